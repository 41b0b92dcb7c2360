// Elementwise operators, on blobs of any shape.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/text.h"
#include "formats/ncnn/lowering.h"

namespace lathe::formats::ncnn {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// The parameters of a cell, "0=7".
Lowering::Parameters fixed_parameters(const graph::Cell& cell) {
    Lowering::Parameters list;
    if (cell.fixed.empty()) return list;
    for (const auto part : split(cell.fixed, ';')) {
        int64_t id = 0, value = 0;
        const auto sides = split(trim(part), '=');
        CHECK(sides.size() == 2 && parse_int(sides[0], id) && parse_int(sides[1], value), cell.fixed);
        list.emplace_back(static_cast<int>(id), static_cast<int32_t>(value));
    }
    return list;
}

Shape padded_shape(const Shape& shape, size_t rank) {
    Shape result(rank - shape.size(), 1);
    result.insert(result.end(), shape.begin(), shape.end());
    return result;
}

}  // namespace

Result<Meeting> meet(Lowering& l, ValueId a, ValueId b, ValueId out) {
    const Shape& o = l.shape(out);
    if (element_count(l.shape(a)) == element_count(o) && element_count(l.shape(b)) == element_count(o)) {
        const Shape shape = l.known(a) ? l.blob(l.first(b)).shape : l.blob(l.first(a)).shape;
        return Meeting{shape, shape, shape};
    }
    const Shape pa = padded_shape(l.shape(a), o.size()), pb = padded_shape(l.shape(b), o.size());
    if (const auto axes = axes_to_keep(o))
        return Meeting{with_axes(pa, *axes), with_axes(pb, *axes), with_axes(o, *axes)};
    std::vector<int> kinds;
    for (size_t i = 0; i < o.size(); ++i)
        kinds.push_back(o[i] == 1 ? -1 : (pa[i] == o[i] ? 1 : 0) + (pb[i] == o[i] ? 2 : 0));
    Meeting m;
    auto of_a = kinds, of_b = kinds;
    m.a = grouped(pa, of_a);
    m.b = grouped(pb, of_b);
    m.out = grouped(o, kinds);
    if (m.out.size() > kMostAxes)
        return fail("its operands meet along {} separate axes, and ncnn's blobs have at most 4",
                    m.out.size());
    return m;
}

namespace {

// The operation with its operands exchanged, by BinaryOp's numbers.
int reversed(int operation) {
    switch (operation) {
        case 1: return 7;  // sub
        case 3: return 8;  // div
        case 6: return 9;  // pow
        default: return operation;
    }
}

std::optional<float> single(Lowering& l, ValueId id) {
    const auto data = l.constant(id);
    if (!data || data->count() != 1) return std::nullopt;
    const auto value = static_cast<float>(data->to_doubles()[0]);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Status emit_binary(Lowering& l, int operation, ValueId a, ValueId b, ValueId out) {
    for (const bool second : {true, false})
        if (const auto number = single(l, second ? b : a);
            number && element_count(l.shape(second ? a : b)) == element_count(l.shape(out))) {
            const int x = l.first(second ? a : b);
            l.emit("BinaryOp", {x}, {l.result_for(out, l.blob(x).shape)},
                   {{0, second ? operation : reversed(operation)}, {1, 1}, {2, *number}});
            return {};
        }
    TRY(const Meeting m, meet(l, a, b, out));
    const int x = l.in_shape(a, m.a), y = l.in_shape(b, m.b);
    l.emit("BinaryOp", {x, y}, {l.result_for(out, m.out)}, {{0, operation}});
    return {};
}

Status emit_unary(NodeView& n, std::string_view type, Lowering::Parameters parameters = {}) {
    const int x = n.lowering.first(n.in(0));
    n.lowering.emit(type, {x}, {n.lowering.result_for(n.out(), n.lowering.blob(x).shape)},
                    std::move(parameters));
    return {};
}

// A sum, largest or smallest of any number of operands of one shape, step by step.
Status lower_fold(NodeView& n) {
    Lowering& l = n.lowering;
    if (n.node.inputs.size() == 1) return l.same(n.out(), n.in(0)), Status{};
    if (n.node.inputs.size() == 2) return lower_by_cell(n);
    const graph::Cell* cell = n.node.op->cell("ncnn", 1);
    const int operation = std::get<int32_t>(fixed_parameters(*cell)[0].second);
    const Shape shape = natural_shape(n.shape_out());
    for (const ValueId id : n.node.inputs)
        if (element_count(l.shape(id)) != element_count(n.shape_out()))
            return fail("it has more than two operands, of different shapes");
    int so_far = l.in_shape(n.in(0), shape);
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        const int next = l.in_shape(n.in(i), shape);
        const bool last = i + 1 == n.node.inputs.size();
        const int y = last ? l.result_for(n.out(), shape) : l.result(l.name_of(n.out()) + "/part", shape);
        l.emit("BinaryOp", {so_far, next}, {y}, {{0, operation}});
        so_far = y;
    }
    return {};
}

float narrow_number(double value) { return static_cast<float>(value); }

Result<double> bound(NodeView& n, size_t operand, std::string_view name) {
    if (!n.has(operand)) return n.number(name);
    TRY(const Tensor data, n.constant(operand, name));
    return data.to_doubles()[0];
}

Status lower_clip(NodeView& n) {
    TRY(const double low, bound(n, 1, "min"));
    TRY(const double high, bound(n, 2, "max"));
    if (low == 0 && std::isinf(high)) return emit_unary(n, "ReLU");
    Lowering::Parameters parameters;
    if (std::isfinite(low)) parameters.emplace_back(0, narrow_number(low));
    if (std::isfinite(high)) parameters.emplace_back(1, narrow_number(high));
    return emit_unary(n, "Clip", std::move(parameters));
}

Status lower_gelu(NodeView& n) {
    return n.string("approximate") == "tanh" ? emit_unary(n, "GELU", {{0, 1}}) : emit_unary(n, "GELU");
}

template <int id>
Status with_alpha(NodeView& n) {
    return emit_unary(n, n.node.op->cell("ncnn", 1)->op, {{id, narrow_number(n.number("alpha"))}});
}

Status lower_selu(NodeView& n) {
    return emit_unary(n, "SELU",
                      {{0, narrow_number(n.number("alpha"))}, {1, narrow_number(n.number("gamma"))}});
}

Status lower_hard_sigmoid(NodeView& n) {
    return emit_unary(n, "HardSigmoid",
                      {{0, narrow_number(n.number("alpha"))}, {1, narrow_number(n.number("beta"))}});
}
Status lower_hard_swish(NodeView& n) {
    return emit_unary(n, "HardSwish", {{0, narrow_number(1.0 / 6)}, {1, 0.5F}});
}

// Whole powers as products: ncnn's own are not for numbers below 0.
Status whole_power(NodeView& n, int exponent) {
    Lowering& l = n.lowering;
    const int x = l.first(n.in(0));
    const Shape shape = l.blob(x).shape;
    int so_far = x;
    for (int i = 2; i <= std::abs(exponent); ++i) {
        const bool last = i == exponent;
        const int y = last ? l.result_for(n.out(), shape) : l.result(l.name_of(n.out()) + "/part", shape);
        l.emit("BinaryOp", {so_far, x}, {y}, {{0, 2}});
        so_far = y;
    }
    if (exponent < 0) l.emit("UnaryOp", {so_far}, {l.result_for(n.out(), shape)}, {{0, 15}});
    return {};
}

Status lower_pow(NodeView& n) {
    Lowering& l = n.lowering;
    constexpr float kMostFactors = 8;
    if (const auto exponent = single(l, n.in(1));
        exponent && element_count(n.shape_in(0)) == element_count(n.shape_out())) {
        if (*exponent == 1) return l.same(n.out(), n.in(0)), Status{};
        if (*exponent == 2) return emit_unary(n, "UnaryOp", {{0, 4}});
        if (*exponent == 0.5F) return emit_unary(n, "UnaryOp", {{0, 5}});
        if (*exponent == -0.5F) return emit_unary(n, "UnaryOp", {{0, 6}});
        if (*exponent != 0 && std::fabs(*exponent) <= kMostFactors && *exponent == std::floor(*exponent))
            return whole_power(n, static_cast<int>(*exponent));
    }
    return emit_binary(l, 6, n.in(0), n.in(1), n.out());
}

bool silu_fits(const graph::Graph&, const Node& node) {
    return std::get<double>(*node.attrs.find("alpha")) == 1;
}
Status lower_silu(NodeView& n) { return emit_unary(n, "Swish"); }

// One slope for each channel (the axis behind the batch), or one for all.
bool prelu_fits(const graph::Graph& graph, const Node& node) {
    const auto& slope = graph[node.inputs[1]].constant;
    if (!slope) return false;
    const graph::Dims& x = graph[node.inputs[0]].shape;
    if (slope->count() == 1) return true;
    const auto rank = static_cast<int>(x.size());
    return rank >= 2 && x[0] == graph::Dim(1) && slope->rank() <= rank - 1 && slope->rank() == rank - 1 &&
           x[1] == graph::Dim(slope->count()) && slope->dim(0) == slope->count() && rank <= 5;
}

Status lower_prelu(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const Tensor slope, n.constant(1, "slope"));
    const auto count = static_cast<int32_t>(slope.count());
    const Shape& x = n.shape_in(0);
    const int source = count == 1 ? l.first(n.in(0)) : l.in_shape(n.in(0), Shape(x.begin() + 1, x.end()));
    l.emit("PReLU", {source}, {l.result_for(n.out(), l.blob(source).shape)}, {{0, count}},
           {Lowering::plain(slope)});
    return {};
}

Status lower_cast(NodeView& n) {
    if (n.lowering.graph()[n.in(0)].dtype != DType::kF32) return fail("ncnn's blobs hold f32 only");
    return n.lowering.same(n.out(), n.in(0)), Status{};
}

bool float_cast(const graph::Graph& graph, const Node& node) {
    return graph[node.inputs[0]].dtype == DType::kF32 && graph[node.outputs[0]].dtype == DType::kF32;
}

Status lower_same(NodeView& n) { return n.lowering.same(n.out(), n.in(0)), Status{}; }

// Codes are the affair of the products that take them: everything else computes with the numbers.
Status lower_widened(NodeView& n) {
    if (n.lowering.weight_of(n.out())) return {};
    if (n.lowering.graph()[n.in(0)].dtype == DType::kI8) return lower_same(n);
    return fail("ncnn has i8 codes around 0 for operands of products only");
}
Status lower_narrowed(NodeView& n) { return lower_same(n); }

constexpr LowerRow kMathRows[] = {
    {"cast", lower_cast, float_cast},
    {"celu", with_alpha<0>},
    {"clip", lower_clip},
    {"dequantize_linear", lower_widened},
    {"dropout", lower_same},
    {"elu", with_alpha<0>},
    {"gelu", lower_gelu},
    {"hard_sigmoid", lower_hard_sigmoid},
    {"hard_swish", lower_hard_swish},
    {"identity", lower_same},
    {"leaky_relu", with_alpha<0>},
    {"max", lower_fold},
    {"min", lower_fold},
    {"pow", lower_pow},
    {"prelu", lower_prelu, prelu_fits},
    {"quantize_linear", lower_narrowed},
    {"selu", lower_selu},
    {"silu", lower_silu, silu_fits},
    {"sum", lower_fold},
};

}  // namespace

Status lower_by_cell(NodeView& n) {
    const graph::Cell* cell = n.node.op->cell("ncnn", 1);
    if (cell == nullptr) return fail("ncnn has no such layer, and it cannot be taken apart");
    auto parameters = fixed_parameters(*cell);
    if (cell->op != "BinaryOp") return emit_unary(n, cell->op, std::move(parameters));
    return emit_binary(n.lowering, std::get<int32_t>(parameters[0].second), n.in(0), n.in(1), n.out());
}

std::span<const LowerRow> math_lowerings() { return kMathRows; }

}  // namespace lathe::formats::ncnn
