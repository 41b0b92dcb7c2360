// Elementwise operations, products, norms and reductions.
#include <algorithm>

#include "formats/coreml/import.h"

namespace lathe::formats::coreml {
namespace {

using graph::Attr;
using graph::Attrs;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

// Operations that are the graph's under another name, or the same.
struct Renamed {
    std::string_view theirs, ours;
};
constexpr Renamed kRenamed[] = {{"maximum", "max"}, {"minimum", "min"}, {"real_div", "div"}};

std::string_view ours(const OperationView& o) {
    const auto row = std::ranges::find(kRenamed, o.operation().type, &Renamed::theirs);
    return row == std::end(kRenamed) ? std::string_view(o.operation().type) : row->ours;
}

Status unary(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    o.results = {o.add(ours(o), {x})};
    return {};
}

Status binary(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId y, o.in("y"));
    o.results = {o.add(ours(o), {x, y})};
    return {};
}

Status with_alpha(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const double alpha, o.number("alpha", 1));
    o.results = {o.add(ours(o), {x}, {{"alpha", alpha}})};
    return {};
}

Status import_not_equal(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId y, o.in("y"));
    o.results = {o.add("logical_not", {o.add("equal", {x, y})})};
    return {};
}

Status import_floor_div(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId y, o.in("y"));
    if (is_float(o.b().dtype(x))) {
        o.results = {o.add("floor", {o.add("div", {x, y})})};
        return {};
    }
    // (x - (x mod y)) / y, whose remainder has y's sign.
    o.results = {o.add("div", {o.add("sub", {x, o.add("mod", {x, y})}), y})};
    return {};
}

Status import_mod(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId y, o.in("y"));
    if (!is_float(o.b().dtype(x))) {
        o.results = {o.add("mod", {x, y})};
        return {};
    }
    const ValueId quotient = o.add("floor", {o.add("div", {x, y})});
    o.results = {o.add("sub", {x, o.add("mul", {quotient, y})})};
    return {};
}

// x + epsilon, where that is not x.
Result<ValueId> shifted(OperationView& o, double absent) {
    TRY(const ValueId x, o.in("x"));
    TRY(const double epsilon, o.number("epsilon", absent));
    return epsilon == 0 ? x : o.add("add", {x, o.number_like(x, epsilon)});
}

Status import_log(OperationView& o) {
    TRY(const ValueId x, shifted(o, 0));
    o.results = {o.add("log", {x})};
    return {};
}
Status import_inverse(OperationView& o) {
    TRY(const ValueId x, shifted(o, 1e-4));
    o.results = {o.add("reciprocal", {x})};
    return {};
}
Status import_rsqrt(OperationView& o) {
    TRY(const ValueId x, shifted(o, 1e-12));
    o.results = {o.add("reciprocal", {o.add("sqrt", {x})})};
    return {};
}
Status import_square(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    o.results = {o.add("mul", {x, x})};
    return {};
}

Status import_clip(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const double low, o.number("alpha", 0));
    TRY(const double high, o.number("beta", 1));
    o.results = {o.add("clip", {x}, {{"min", low}, {"max", high}})};
    return {};
}
Status import_relu6(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    o.results = {o.add("clip", {x}, {{"min", 0.0}, {"max", 6.0}})};
    return {};
}

Status import_sigmoid_hard(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const double alpha, o.number("alpha", 0.2));
    TRY(const double beta, o.number("beta", 0.5));
    o.results = {o.add("hard_sigmoid", {x}, {{"alpha", alpha}, {"beta", beta}})};
    return {};
}

Status import_gelu(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const std::string mode, o.text("mode", "EXACT"));
    if (mode != "EXACT" && mode != "TANH_APPROXIMATION")
        return fail("its mode is '{}', which is not supported", mode);
    o.results = {o.add("gelu", {x}, {{"approximate", std::string(mode == "EXACT" ? "none" : "tanh")}})};
    return {};
}

Status import_prelu(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    const Value* alpha = o.constant("alpha");
    if (alpha == nullptr) return fail("its slopes are no constant");
    TRY(ValueId slope, o.in("alpha"));
    Ints axes;
    for (int i = 2; i < o.rank(x); ++i) axes.push_back(i - 1);
    if (!axes.empty()) slope = o.add("unsqueeze", {slope}, {{"axes", axes}});
    o.results = {o.add("prelu", {x, slope})};
    return {};
}

Status import_cast(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const std::string name, o.text("dtype", ""));
    const DataTypeInfo* info = info_named(name);
    if (info == nullptr || !info->dtype) return fail("its type '{}' is not supported", name);
    o.results = {o.add("cast", {x}, {{"to", *info->dtype}})};
    return {};
}

Status import_select(OperationView& o) {
    TRY(const ValueId condition, o.in("cond"));
    TRY(const ValueId a, o.in("a"));
    TRY(const ValueId b, o.in("b"));
    o.results = {o.add("where", {condition, a, b})};
    return {};
}

// ---- products

ValueId last_two_swapped(OperationView& o, ValueId x) {
    Ints perm;
    for (int i = 0; i < o.rank(x); ++i) perm.push_back(i);
    if (perm.size() < 2) return x;
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return o.add("transpose", {x}, {{"perm", perm}});
}

Status import_linear(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId w, o.in("weight"));
    if (o.rank(w) != 2) return fail("its weight has {} axes, expected 2", o.rank(w));
    ValueId y = o.add("matmul", {x, last_two_swapped(o, w)});
    if (o.has("bias")) {
        TRY(const ValueId bias, o.in("bias"));
        y = o.add("add", {y, bias});
    }
    o.results = {y};
    return {};
}

Status import_matmul(OperationView& o) {
    TRY(ValueId x, o.in("x"));
    TRY(ValueId y, o.in("y"));
    TRY(const bool swap_x, o.flag("transpose_x", false));
    TRY(const bool swap_y, o.flag("transpose_y", false));
    if (swap_x) x = last_two_swapped(o, x);
    if (swap_y) y = last_two_swapped(o, y);
    o.results = {o.add("matmul", {x, y})};
    return {};
}

// ---- norms

// Scale or shift of that size, or one of the same number.
Result<ValueId> scale_or(OperationView& o, std::string_view name, ValueId x, const graph::Dims& shape,
                         double absent) {
    if (o.has(name)) return o.in(name);
    const auto sizes = graph::constant_shape(shape);
    if (!sizes || checked_element_count(*sizes).value_or(int64_t{1} << 40) > int64_t{1} << 32)
        return fail("its '{}' is missing", name);
    return o.b().constant(std::string(name), Tensor(o.b().dtype(x), *sizes, Shape(sizes->size(), 0),
                                                    Tensor::filled(o.b().dtype(x), {}, absent).storage()));
}

Status import_layer_norm(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints axes, o.ints("axes"));
    TRY(const auto normal, graph::normal_axes(axes, o.rank(x)));
    const int first = normal.empty() ? 0 : *std::ranges::min_element(normal);
    if (static_cast<int>(normal.size()) != o.rank(x) - first || normal.empty())
        return fail("it is over other axes than the last, which is not supported");
    const auto& shape = o.b().shape(x);
    const graph::Dims sizes(shape.begin() + first, shape.end());
    TRY(const ValueId gamma, scale_or(o, "gamma", x, sizes, 1));
    TRY(const ValueId beta, scale_or(o, "beta", x, sizes, 0));
    TRY(const double epsilon, o.number("epsilon", 1e-5));
    o.results = {o.add("layer_norm", {x, gamma, beta}, {{"axis", int64_t{first}}, {"epsilon", epsilon}})};
    return {};
}

Result<graph::Dims> channels_of(OperationView& o, ValueId x) {
    if (o.rank(x) < 2) return fail("it has {} axes", o.rank(x));
    return graph::Dims{o.b().shape(x)[1]};
}

Status import_batch_norm(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId mean, o.in("mean"));
    TRY(const ValueId variance, o.in("variance"));
    TRY(const graph::Dims channels, channels_of(o, x));
    TRY(const ValueId gamma, scale_or(o, "gamma", x, channels, 1));
    TRY(const ValueId beta, scale_or(o, "beta", x, channels, 0));
    TRY(const double epsilon, o.number("epsilon", 1e-5));
    o.results = {o.add("batch_norm", {x, gamma, beta, mean, variance}, {{"epsilon", epsilon}})};
    return {};
}

Status import_instance_norm(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const graph::Dims channels, channels_of(o, x));
    TRY(const ValueId gamma, scale_or(o, "gamma", x, channels, 1));
    TRY(const ValueId beta, scale_or(o, "beta", x, channels, 0));
    TRY(const double epsilon, o.number("epsilon", 1e-5));
    o.results = {o.add("instance_norm", {x, gamma, beta}, {{"epsilon", epsilon}})};
    return {};
}

Status import_lrn(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t size, o.integer("size"));
    TRY(const double alpha, o.number("alpha", 1e-4));
    TRY(const double beta, o.number("beta", 0.75));
    TRY(const double k, o.number("k", 1));
    o.results = {o.add("lrn", {x}, {{"size", size}, {"alpha", alpha}, {"beta", beta}, {"bias", k}})};
    return {};
}

Status import_softmax(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t axis, o.integer("axis", -1));
    o.results = {o.add("softmax", {x}, {{"axis", axis}})};
    return {};
}

// ---- reductions

struct Reduction {
    std::string_view theirs, ours;
};
constexpr Reduction kReductions[] = {
    {"reduce_l1_norm", "reduce_l1"},      {"reduce_l2_norm", "reduce_l2"},
    {"reduce_log_sum", "reduce_log_sum"}, {"reduce_log_sum_exp", "reduce_log_sum_exp"},
    {"reduce_max", "reduce_max"},         {"reduce_mean", "reduce_mean"},
    {"reduce_min", "reduce_min"},         {"reduce_prod", "reduce_prod"},
    {"reduce_sum", "reduce_sum"},         {"reduce_sum_square", "reduce_sum_square"},
};

Status import_reduction(OperationView& o) {
    const auto row = std::ranges::find(kReductions, o.operation().type, &Reduction::theirs);
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints axes, o.ints("axes", {}));
    TRY(const bool keep, o.flag("keep_dims", false));
    o.results = {o.add(row->ours, {x}, {{"axes", axes}, {"keepdims", keep}})};
    return {};
}

Status import_arg(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t axis, o.integer("axis", -1));
    TRY(const bool keep, o.flag("keep_dims", false));
    const bool most = o.operation().type == "reduce_argmax";
    const ValueId places = o.add(most ? "arg_max" : "arg_min", {x}, {{"axis", axis}, {"keepdims", keep}});
    o.results = {o.add("cast", {places}, {{"to", DType::kI32}})};
    return {};
}

Status import_cumsum(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t axis, o.integer("axis", 0));
    TRY(const bool exclusive, o.flag("exclusive", false));
    TRY(const bool reverse, o.flag("reverse", false));
    o.results = {o.add("cumsum", {x}, {{"axis", axis}, {"exclusive", exclusive}, {"reverse", reverse}})};
    return {};
}

Status import_topk(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t k, o.integer("k", 1));
    TRY(const int64_t axis, o.integer("axis", -1));
    TRY(const bool ascending, o.flag("ascending", false));
    const auto results = o.b().add_many("top_k", {x}, {{"k", k}, {"axis", axis}, {"largest", !ascending}}, 2);
    o.results = {results[0], o.add("cast", {results[1]}, {{"to", DType::kI32}})};
    return {};
}

constexpr ImportRow kMathImports[] = {
    {"abs", unary},
    {"acos", unary},
    {"add", binary},
    {"asin", unary},
    {"atan", unary},
    {"atanh", unary},
    {"batch_norm", import_batch_norm},
    {"cast", import_cast},
    {"ceil", unary},
    {"clip", import_clip},
    {"cos", unary},
    {"cosh", unary},
    {"cumsum", import_cumsum},
    {"elu", with_alpha},
    {"equal", binary},
    {"erf", unary},
    {"exp", unary},
    {"floor", unary},
    {"floor_div", import_floor_div},
    {"gelu", import_gelu},
    {"greater", binary},
    {"greater_equal", binary},
    {"identity", unary},
    {"instance_norm", import_instance_norm},
    {"inverse", import_inverse},
    {"layer_norm", import_layer_norm},
    {"leaky_relu", with_alpha},
    {"less", binary},
    {"less_equal", binary},
    {"linear", import_linear},
    {"local_response_norm", import_lrn},
    {"log", import_log},
    {"logical_and", binary},
    {"logical_not", unary},
    {"logical_or", binary},
    {"logical_xor", binary},
    {"matmul", import_matmul},
    {"maximum", binary},
    {"minimum", binary},
    {"mod", import_mod},
    {"mul", binary},
    {"not_equal", import_not_equal},
    {"pow", binary},
    {"prelu", import_prelu},
    {"real_div", binary},
    {"reduce_argmax", import_arg},
    {"reduce_argmin", import_arg},
    {"reduce_l1_norm", import_reduction},
    {"reduce_l2_norm", import_reduction},
    {"reduce_log_sum", import_reduction},
    {"reduce_log_sum_exp", import_reduction},
    {"reduce_max", import_reduction},
    {"reduce_mean", import_reduction},
    {"reduce_min", import_reduction},
    {"reduce_prod", import_reduction},
    {"reduce_sum", import_reduction},
    {"reduce_sum_square", import_reduction},
    {"relu", unary},
    {"relu6", import_relu6},
    {"round", unary},
    {"rsqrt", import_rsqrt},
    {"select", import_select},
    {"sigmoid", unary},
    {"sigmoid_hard", import_sigmoid_hard},
    {"sign", unary},
    {"silu", unary},
    {"sin", unary},
    {"sinh", unary},
    {"softmax", import_softmax},
    {"softplus", unary},
    {"softsign", unary},
    {"sqrt", unary},
    {"square", import_square},
    {"sub", binary},
    {"tan", unary},
    {"tanh", unary},
    {"topk", import_topk},
};

}  // namespace

std::span<const ImportRow> math_imports() { return kMathImports; }

}  // namespace lathe::formats::coreml
