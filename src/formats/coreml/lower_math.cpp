// Elementwise operators.
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/coreml/lowering.h"

namespace lathe::formats::coreml {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;
using graph::ValueId;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_scalar(const Dims& shape) { return graph::product(shape) == Dim(1); }

// The operands as elementwise operations take them. Values of more axes than MIL has are taken flat, where no axis is
// repeated.
Result<std::vector<std::string>> aligned_operands(NodeView& n, bool& flat) {
    flat = n.shape_out().size() > kMostRank;
    std::vector<std::string> names;
    for (const ValueId id : n.node.inputs) {
        const Dims& shape = n.lowering.shape(id);
        if (!flat) {
            TRY(auto name, n.lowering.operand(id));
            names.push_back(std::move(name));
        } else if (is_scalar(shape)) {
            TRY(auto name, n.lowering.reshaped(id, {Dim(1)}));
            names.push_back(std::move(name));
        } else if (shape == n.shape_out()) {
            TRY(auto name, n.lowering.reshaped(id, {graph::product(shape)}));
            names.push_back(std::move(name));
        } else {
            return fail("it repeats {} over {}, and Core ML's tensors have at most {} axes", to_string(shape),
                        to_string(n.shape_out()), kMostRank);
        }
    }
    return names;
}

Status elementwise_out(NodeView& n, std::string_view type, Arguments arguments, bool flat) {
    if (!flat) return n.out(type, std::move(arguments));
    Lowering& l = n.lowering;
    TRY(const DType dtype, l.type_of(n.out_id()));
    const Dims shape{graph::product(n.shape_out())};
    std::string name = l.emit(type, std::move(arguments), l.hint(n.out_id()), dtype, shape);
    l.place_result(n.out_id(), {std::move(name), dtype, shape});
    return {};
}

}  // namespace

Status lower_elementwise(NodeView& n) {
    bool flat = false;
    TRY(const auto names, aligned_operands(n, flat));
    Arguments arguments{{"x", names[0]}};
    if (names.size() == 2) arguments.emplace_back("y", names[1]);
    if (names.size() > 2) return fail("it has {} operands", names.size());
    return elementwise_out(n, n.operation(), std::move(arguments), flat);
}

namespace {

// An operation with x and parameters of its own.
template <class Parameters>
Status with_parameters(NodeView& n, std::string_view type, Parameters parameters) {
    bool flat = false;
    TRY(const auto names, aligned_operands(n, flat));
    Arguments arguments{{"x", names[0]}};
    for (auto& parameter : parameters()) arguments.push_back(std::move(parameter));
    return elementwise_out(n, type, std::move(arguments), flat);
}

Status lower_alpha(NodeView& n) {
    return with_parameters(n, n.operation(),
                           [&] { return Arguments{{"alpha", n.lowering.number(n.number("alpha"))}}; });
}

Status lower_hard_sigmoid(NodeView& n) {
    return with_parameters(n, n.operation(), [&] {
        return Arguments{{"alpha", n.lowering.number(n.number("alpha"))},
                         {"beta", n.lowering.number(n.number("beta"))}};
    });
}

Status lower_hard_swish(NodeView& n) {
    TRY(const std::string x, n.in(0));
    TRY(const std::string gate,
        n.step("sigmoid_hard",
               {{"x", x}, {"alpha", n.lowering.number(1.0 / 6)}, {"beta", n.lowering.number(0.5)}}));
    return n.out("mul", {{"x", x}, {"y", gate}});
}

Status lower_mish(NodeView& n) {
    TRY(const std::string x, n.in(0));
    TRY(const std::string up, n.step("softplus", {{"x", x}}));
    TRY(const std::string gate, n.step("tanh", {{"x", up}}));
    return n.out("mul", {{"x", x}, {"y", gate}});
}

Status lower_mil_gelu(NodeView& n) {
    const bool tanh = n.string("approximate") == "tanh";
    return with_parameters(n, "gelu", [&] {
        return Arguments{{"mode", n.lowering.text(tanh ? "TANH_APPROXIMATION" : "EXACT")}};
    });
}

Status lower_log(NodeView& n) {
    return with_parameters(n, "log", [&] { return Arguments{{"epsilon", n.lowering.number(0)}}; });
}

Status lower_reciprocal(NodeView& n) {
    TRY(const std::string x, n.in(0));
    return n.out("real_div", {{"x", n.lowering.number(1)}, {"y", x}});
}

Status lower_neg(NodeView& n) {
    TRY(const std::string x, n.in(0));
    TRY(const DType dtype, n.lowering.type_of(n.out_id()));
    const std::string minus = dtype == DType::kI32 ? n.lowering.integer(-1) : n.lowering.number(-1);
    return n.out("mul", {{"x", x}, {"y", minus}});
}

Result<std::optional<double>> bound_of(NodeView& n, size_t operand, std::string_view name) {
    if (!n.has(operand)) return n.number(name);
    const auto known = n.lowering.known(n.id(operand));
    if (!known || known->count() != 1) return std::nullopt;
    return known->to_doubles()[0];
}

// What is computed while the network runs bounds by max and min.
Status clip_by_values(NodeView& n) {
    TRY(std::string x, n.in(0));
    TRY(const std::string low, n.has(1) ? n.in(1) : Result<std::string>(n.lowering.number(-kInfinity)));
    TRY(x, n.step("maximum", {{"x", x}, {"y", low}}));
    TRY(const std::string high, n.has(2) ? n.in(2) : Result<std::string>(n.lowering.number(kInfinity)));
    return n.out("minimum", {{"x", x}, {"y", high}});
}

Status lower_mil_clip(NodeView& n) {
    TRY(const auto low, bound_of(n, 1, "min"));
    TRY(const auto high, bound_of(n, 2, "max"));
    if (!low || !high) return clip_by_values(n);
    TRY(const std::string x, n.in(0));
    if (*low == 0 && *high == kInfinity) return n.out("relu", {{"x", x}});
    if (*low == 0 && *high == 6) return n.out("relu6", {{"x", x}});
    if (*high == kInfinity) return n.out("maximum", {{"x", x}, {"y", n.lowering.number(*low)}});
    if (*low == -kInfinity) return n.out("minimum", {{"x", x}, {"y", n.lowering.number(*high)}});
    if (*low > *high) return n.out("minimum", {{"x", x}, {"y", n.lowering.number(*high)}});
    return n.out("clip", {{"x", x}, {"alpha", n.lowering.number(*low)}, {"beta", n.lowering.number(*high)}});
}

// A slope for each channel: [C], or with axes of size 1 behind.
bool prelu_fits(const Graph& graph, const Node& node) {
    const Dims &x = graph[node.inputs[0]].shape, &slope = graph[node.inputs[1]].shape;
    if (!graph[node.inputs[1]].constant || x.size() < 3 || x.size() > kMostRank) return false;
    if (!x[1].is_constant() || !(graph::product(slope) == x[1])) return false;
    // Aligned from the right, the channels must lie on axis 1.
    const size_t at = x.size() - 1;
    return x[1] == Dim(1) || (slope.size() + 1 >= x.size() && slope[slope.size() - at] == x[1]);
}

Status lower_mil_prelu(NodeView& n) {
    TRY(const std::string x, n.in(0));
    const Tensor& slope = *n.lowering.constant(n.id(1));
    const std::string alpha = n.lowering.constant(n.lowering.value(n.id(1)).name,
                                                  slope.reshaped({slope.count()}), n.lowering.work());
    return n.out("prelu", {{"x", x}, {"alpha", alpha}});
}

// sum, mean, max and min of any number of operands.
Status lower_several(NodeView& n) {
    bool flat = false;
    TRY(const auto names, aligned_operands(n, flat));
    const size_t count = names.size();
    if (count == 1) return n.same();
    if (flat) return fail("its tensors have more than {} axes", kMostRank);
    const bool mean = n.op().name == "mean";
    std::string total = names[0];
    for (size_t i = 1; i < count; ++i) {
        if (i + 1 == count && !mean) return n.out(n.operation(), {{"x", total}, {"y", names[i]}});
        TRY(total, n.step(n.operation(), {{"x", total}, {"y", names[i]}}));
    }
    return n.out("mul", {{"x", total}, {"y", n.lowering.number(1.0 / static_cast<double>(count))}});
}

// MIL's exponents are of the base's type.
Status lower_mil_pow(NodeView& n) {
    TRY(const std::string x, n.in(0));
    const auto known = n.lowering.known(n.id(1));
    if (known && known->count() == 1 && n.shape_in(0).size() >= n.shape_in(1).size()) {
        const double exponent = known->to_doubles()[0];
        if (exponent == 2) return n.out("mul", {{"x", x}, {"y", x}});
        if (exponent == 0.5) return n.out("sqrt", {{"x", x}});
        return n.out("pow", {{"x", x}, {"y", n.lowering.number(exponent)}});
    }
    TRY(std::string y, n.in(1));
    if (!is_float(n.lowering.value(n.id(1)).dtype))
        y = n.step("cast",
                   {{"x", y}, {"dtype", n.lowering.text(std::string(info_of(n.lowering.work())->name))}},
                   n.lowering.work(), n.shape_in(1));
    return n.out("pow", {{"x", x}, {"y", y}});
}

// ONNX's remainder has the sign of the divisor, as MIL's; with fmod that of the dividend.
bool mod_fits(const Graph&, const Node& node) { return !*std::get_if<bool>(node.attrs.find("fmod")); }

bool mil_silu_fits(const Graph&, const Node& node) {
    return *std::get_if<double>(node.attrs.find("alpha")) == 1;
}

Status lower_is_nan(NodeView& n) {
    TRY(const std::string x, n.in(0));
    return n.out("not_equal", {{"x", x}, {"y", x}});
}

Status lower_is_inf(NodeView& n) {
    TRY(std::string x, n.in(0));
    const bool up = n.flag("detect_positive"), down = n.flag("detect_negative");
    if (!up && !down) return fail("it looks for nothing");
    if (up && down) x = n.step("abs", {{"x", x}}, n.lowering.work(), n.shape_out());
    return n.out("equal", {{"x", x}, {"y", n.lowering.number(up ? kInfinity : -kInfinity)}});
}

Status lower_mil_cast(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const DType to, l.type_of(n.out_id()));
    TRY(const Place from, l.place(n.id(0)));
    if (from.dtype == to) return n.same();
    const Arguments arguments{{"x", from.name}, {"dtype", l.text(std::string(info_of(to)->name))}};
    std::string name = l.emit("cast", arguments, l.hint(n.out_id()), to, from.shape);
    l.place_result(n.out_id(), {std::move(name), to, from.shape});
    return {};
}

Status lower_where(NodeView& n) {
    TRY(const std::string condition, n.in(0));
    TRY(const std::string a, n.in(1));
    TRY(const std::string b, n.in(2));
    return n.out("select", {{"cond", condition}, {"a", a}, {"b", b}});
}

Status lower_same(NodeView& n) {
    if (n.node.outputs.size() > 1 && n.out_id(1) != graph::kNoValue) return fail("its mask is asked for");
    return n.same();
}

constexpr LowerRow kMathRows[] = {
    {"cast", lower_mil_cast},
    {"clip", lower_mil_clip},
    {"dropout", lower_same},
    {"elu", lower_alpha},
    {"gelu", lower_mil_gelu},
    {"hard_sigmoid", lower_hard_sigmoid},
    {"hard_swish", lower_hard_swish},
    {"identity", lower_same},
    {"is_inf", lower_is_inf},
    {"is_nan", lower_is_nan},
    {"leaky_relu", lower_alpha},
    {"log", lower_log},
    {"max", lower_several},
    {"mean", lower_several},
    {"min", lower_several},
    {"mish", lower_mish},
    {"mod", lower_elementwise, mod_fits},
    {"neg", lower_neg},
    {"pow", lower_mil_pow},
    {"prelu", lower_mil_prelu, prelu_fits},
    {"silu", lower_elementwise, mil_silu_fits},
    {"reciprocal", lower_reciprocal},
    {"sum", lower_several},
    {"where", lower_where},
};

}  // namespace

std::span<const LowerRow> math_lowerings() { return kMathRows; }

}  // namespace lathe::formats::coreml
