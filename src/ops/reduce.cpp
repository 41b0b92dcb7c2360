// Reductions along axes. Definitions: ONNX Reduce*, ArgMax, ArgMin. Without axes everything is reduced, or nothing when
// noop_with_empty_axes says so (what a composite does to single elements it then still does).
#include <cmath>
#include <limits>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kReduceIn[] = {{"x", kNumericTypes, 'T'},
                                    {"axes", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kReduceOut[] = {{"y", kNumericTypes, 'T'}};
constexpr AttrDef kReduceAttrs[] = {{"axes", AttrType::kInts, "[]"},
                                    {"keepdims", AttrType::kBool, "true"},
                                    {"noop_with_empty_axes", AttrType::kBool, "false"}};
constexpr Sample kReduceSamples[] = {{"f32[2, 3, 5]", "axes=[1]"},
                                     {"f32[2, 3, 5]", "axes=[-1, 0]; keepdims=false"},
                                     {"f32[2, 3]"},
                                     {"f32[2, 3]; i64[1]=1"},
                                     {"f32[2, 3]", "noop_with_empty_axes=true"},
                                     {"f16[3, 7]", "axes=[1]"},
                                     {"i32[2, 3]{-9, 9}", "axes=[1]; keepdims=false"}};
constexpr Sample kReducePositiveSamples[] = {{"f32[2, 3, 5]{0.1, 2}", "axes=[1]"},
                                             {"f32[2, 3, 5]{0.1, 2}", "axes=[-1, 0]; keepdims=false"},
                                             {"f32[2, 3]{0.1, 2}"},
                                             {"f32[2, 3]{0.1, 2}; i64[1]=1"},
                                             {"f16[3, 7]{0.1, 2}", "axes=[1]"}};

// The axes moved from attribute to operand with opset 13 (ReduceSum) and 18 (the others), and the no-op came with it.
constexpr Place kOldPlaces[] = {{.ours = "axes", .theirs = "axes"},
                                {.ours = "noop_with_empty_axes", .theirs = ""}};
template <Literal name, int moved>
constexpr Cell kReduceCells[] = {
    {.format = "onnx", .op = name.view(), .since = 1, .until = moved - 1, .places = kOldPlaces},
    {.format = "onnx", .op = name.view(), .since = moved}};
// The same with LiteRT's operator.
template <Literal name, int moved, Literal litert, TypeSet types>
constexpr Cell kCellsWith[] = {kReduceCells<name, moved>[0],
                               kReduceCells<name, moved>[1],
                               {.format = "litert", .op = litert.view(), .types = types},
                               {.format = "openvino", .op = name.view()}};

// Which axes of x go, as flags.
Result<std::vector<bool>> reduced_axes(const Ints& axes, int rank, bool noop) {
    TRY(const auto normal, normal_axes(axes, rank));
    std::vector<bool> reduced(static_cast<size_t>(rank), normal.empty() && !noop);
    for (const int axis : normal) reduced[static_cast<size_t>(axis)] = true;
    return reduced;
}

template <class Size>
std::vector<Size> reduced_shape(const std::vector<Size>& shape, const std::vector<bool>& reduced,
                                bool keepdims) {
    std::vector<Size> result;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (!reduced[i]) result.push_back(shape[i]);
        else if (keepdims) result.push_back(Size(1));
    }
    return result;
}

Status infer_reduce(InferContext& c) {
    const auto axes = c.ints("axes");
    if (!axes) {  // an operand that only the run will tell
        TRY(const int64_t count, list_length(c, "axes"));
        const int64_t rank = c.rank(0), left = c.flag("keepdims") ? rank : rank - count;
        if (left < 0 || (count == 0 && !c.flag("keepdims")))
            return fail("{} axes of a tensor of rank {}", count, rank);
        c.output(0, c.dtype(0), unknown_dims(c, left, "size"));
        return {};
    }
    TRY(const auto reduced, reduced_axes(*axes, c.rank(0), c.flag("noop_with_empty_axes")));
    c.output(0, c.dtype(0), reduced_shape(c.shape(0), reduced, c.flag("keepdims")));
    return {};
}

std::optional<Dim> multiply(const Dim& a, const Dim& b) { return a * b; }
std::optional<Dim> add(const Dim& a, const Dim& b) { return a + b; }
std::optional<Dim> smaller(const Dim& a, const Dim& b) { return Dim::min(a, b); }
std::optional<Dim> larger(const Dim& a, const Dim& b) { return Dim::max(a, b); }

template <CombineDims combine>
Status infer_with_contents(InferContext& c) {
    TRY_STATUS(infer_reduce(c));
    const auto& contents = c.contents(0);
    if (!contents || contents->empty() || !c.ints("axes") || c.rank(0) != 1 ||
        (c.flag("noop_with_empty_axes") && c.ints("axes")->empty()))
        return {};
    Dim all = (*contents)[0];
    for (size_t i = 1; i < contents->size(); ++i) all = *combine(all, (*contents)[i]);
    c.output_contents(0, Dims{all});
    return {};
}

// Where a reduction puts its results.
struct Plan {
    Shape result;  // as the operator gives it
    Shape strides;  // with which the result is walked along x: 0 along reduced axes
    int64_t group = 1;  // elements of x per element of the result
};

Result<Plan> plan_of(EvalContext& c) {
    TRY(const Ints axes, c.ints("axes"));
    const Shape& x = c.in(0).shape();
    TRY(const auto reduced, reduced_axes(axes, c.in(0).rank(), c.flag("noop_with_empty_axes")));
    Plan plan{.result = reduced_shape(x, reduced, c.flag("keepdims")),
              .strides = broadcast_strides(reduced_shape(x, reduced, true), x)};
    for (size_t i = 0; i < x.size(); ++i)
        if (reduced[i]) plan.group *= x[i];
    return plan;
}

// totals[result element] = step(totals[…], value) for every value of x in order.
template <class T, class Step>
void accumulate(const std::vector<T>& values, const Shape& shape, const Shape& strides,
                std::vector<T>& totals, Step step) {
    size_t i = 0;
    walk_strided(shape, strides, [&](int64_t offset) {
        T& total = totals[static_cast<size_t>(offset)];
        total = step(total, values[i++]);
    });
}

// In double: start, then step(total, value), then finish(total, elements reduced).
struct FloatRule {
    double start;
    double (*step)(double total, double value);
    double (*finish)(double total, double count);
};

Status reduce_doubles(EvalContext& c, const FloatRule& rule) {
    TRY(const Plan plan, plan_of(c));
    std::vector<double> totals(static_cast<size_t>(element_count(plan.result)), rule.start);
    accumulate(c.in(0).to_doubles(), c.in(0).shape(), plan.strides, totals, rule.step);
    const bool whole = !is_float(c.in(0).dtype());
    for (double& total : totals) {
        total = rule.finish(total, static_cast<double>(plan.group));
        if (whole) total = std::trunc(total);
    }
    c.output(0, tensor_from_doubles(c.in(0).dtype(), plan.result, totals));
    return {};
}

// On integers, exactly; u64 as bit patterns.
Status reduce_ints(EvalContext& c, int64_t start, int64_t (*step)(int64_t total, int64_t value)) {
    TRY(const Plan plan, plan_of(c));
    std::vector<int64_t> totals(static_cast<size_t>(element_count(plan.result)), start);
    accumulate(c.in(0).to_ints(), c.in(0).shape(), plan.strides, totals, step);
    c.output(0, tensor_from_ints(c.in(0).dtype(), plan.result, totals));
    return {};
}

constexpr double kReduceInfinity = std::numeric_limits<double>::infinity();
double keep(double total, double) { return total; }
double plus(double total, double value) { return total + value; }
double plus_square(double total, double value) { return total + value * value; }
int64_t wrapped(uint64_t value) { return static_cast<int64_t>(value); }
int64_t whole_plus(int64_t t, int64_t v) {
    return wrapped(static_cast<uint64_t>(t) + static_cast<uint64_t>(v));
}
int64_t whole_times(int64_t t, int64_t v) {
    return wrapped(static_cast<uint64_t>(t) * static_cast<uint64_t>(v));
}

Status evaluate_sum(EvalContext& c) {
    return is_float(c.in(0).dtype()) ? reduce_doubles(c, {0, plus, keep}) : reduce_ints(c, 0, whole_plus);
}
Status evaluate_prod(EvalContext& c) {
    if (!is_float(c.in(0).dtype())) return reduce_ints(c, 1, whole_times);
    return reduce_doubles(c, {1, [](double t, double v) { return t * v; }, keep});
}
Status evaluate_sum_square(EvalContext& c) {
    if (!is_float(c.in(0).dtype()))
        return reduce_ints(c, 0, [](int64_t t, int64_t v) { return whole_plus(t, whole_times(v, v)); });
    return reduce_doubles(c, {0, plus_square, keep});
}
Status evaluate_l1(EvalContext& c) {
    if (is_float(c.in(0).dtype()))
        return reduce_doubles(c, {0, [](double t, double v) { return t + std::fabs(v); }, keep});
    if (!is_signed_integer(c.in(0).dtype())) return reduce_ints(c, 0, whole_plus);
    return reduce_ints(c, 0,
                       [](int64_t t, int64_t v) { return whole_plus(t, v < 0 ? whole_times(v, -1) : v); });
}
Status evaluate_reduce_mean(EvalContext& c) {
    return reduce_doubles(c, {0, plus, [](double t, double count) { return t / count; }});
}
Status evaluate_l2(EvalContext& c) {
    return reduce_doubles(c, {0, plus_square, [](double t, double) { return std::sqrt(t); }});
}
Status evaluate_log_sum(EvalContext& c) {
    return reduce_doubles(c, {0, plus, [](double t, double) { return std::log(t); }});
}
Status evaluate_reduce_max(EvalContext& c) {
    if (is_float(c.in(0).dtype()))
        return reduce_doubles(
            c, {-kReduceInfinity, [](double t, double v) { return std::isnan(t) || t > v ? t : v; }, keep});
    if (!is_signed_integer(c.in(0).dtype()))
        return reduce_ints(c, 0, [](int64_t t, int64_t v) {
            return static_cast<uint64_t>(v) > static_cast<uint64_t>(t) ? v : t;
        });
    return reduce_ints(c, std::numeric_limits<int64_t>::min(),
                       [](int64_t t, int64_t v) { return v > t ? v : t; });
}
Status evaluate_min(EvalContext& c) {
    if (is_float(c.in(0).dtype()))
        return reduce_doubles(
            c, {kReduceInfinity, [](double t, double v) { return std::isnan(t) || t < v ? t : v; }, keep});
    if (!is_signed_integer(c.in(0).dtype()))
        return reduce_ints(c, -1, [](int64_t t, int64_t v) {
            return static_cast<uint64_t>(v) < static_cast<uint64_t>(t) ? v : t;
        });
    return reduce_ints(c, std::numeric_limits<int64_t>::max(),
                       [](int64_t t, int64_t v) { return v < t ? v : t; });
}

// log(sum of exp(x)), with the largest element taken out first so that exp stays finite.
Status evaluate_log_sum_exp(EvalContext& c) {
    TRY(const Plan plan, plan_of(c));
    const auto count = static_cast<size_t>(element_count(plan.result));
    auto values = c.in(0).to_doubles();
    std::vector<double> largest(count, -kReduceInfinity), sums(count, 0);
    accumulate(values, c.in(0).shape(), plan.strides, largest,
               [](double t, double v) { return v > t ? v : t; });
    for (double& v : largest) v = std::isinf(v) ? 0 : v;
    size_t i = 0;
    walk_strided(c.in(0).shape(), plan.strides, [&](int64_t offset) {
        const auto at = static_cast<size_t>(offset);
        sums[at] += std::exp(values[i++] - largest[at]);
    });
    for (size_t k = 0; k < count; ++k) sums[k] = largest[k] + std::log(sums[k]);
    if (!is_float(c.in(0).dtype()))
        for (double& v : sums) v = std::trunc(v);
    c.output(0, tensor_from_doubles(c.in(0).dtype(), plan.result, sums));
    return {};
}

double flops_of_reduction(const CostContext& c) { return static_cast<double>(element_count(c.inputs[0])); }

// "r = reduce_sum(t, …)" with the node's own axes, wherever they are.
std::string reduce_line(const InferContext& c, std::string_view result, std::string_view op,
                        std::string_view from) {
    return format("{} = {}({}{}, keepdims=$keepdims, noop_with_empty_axes=$noop_with_empty_axes)\n", result,
                  op, from, c.has(1) ? ", axes" : ", axes=$axes");
}
Result<std::string> write_l1(const InferContext& c) {
    return "a = abs(x)\n" + reduce_line(c, "y", "reduce_sum", "a");
}
Result<std::string> write_l2(const InferContext& c) {
    return "q = mul(x, x)\n" + reduce_line(c, "s", "reduce_sum", "q") + "y = sqrt(s)";
}
Result<std::string> write_log_sum(const InferContext& c) {
    return reduce_line(c, "s", "reduce_sum", "x") + "y = log(s)";
}
Result<std::string> write_sum_square(const InferContext& c) {
    return "q = mul(x, x)\n" + reduce_line(c, "y", "reduce_sum", "q");
}
Result<std::string> write_log_sum_exp(const InferContext& c) {
    const std::string axes = c.has(1) ? "axes" : "axes=$axes";
    std::string text = format(
        "m = reduce_max(x, {}, noop_with_empty_axes=$noop_with_empty_axes)\nd = sub(x, m)\ne = exp(d)\n",
        axes);
    text += reduce_line(c, "s", "reduce_sum", "e") + reduce_line(c, "n", "reduce_max", "x");
    return text + "l = log(s)\ny = add(l, n)";
}

// ---- arg_max, arg_min

constexpr OperandDef kArgIn[] = {{"x", kNumericTypes}};
constexpr OperandDef kArgOut[] = {{"y", type_bit(DType::kI64)}};
constexpr AttrDef kArgAttrs[] = {{"axis", AttrType::kInt, "0"},
                                 {"keepdims", AttrType::kBool, "true"},
                                 {"select_last_index", AttrType::kBool, "false"}};
constexpr Sample kArgSamples[] = {{"f32[2, 3, 5]", "axis=1"},
                                  {"f32[2, 3, 5]", "axis=-1; keepdims=false"},
                                  {"f32[2, 3]"},
                                  {"f32[6]=1,3,0,3,0,2"},
                                  {"f32[6]=1,3,0,3,0,2", "select_last_index=true"},
                                  {"i32[2, 7]{-2, 2}", "axis=1"}};

Status infer_arg(InferContext& c) {
    TRY(const auto reduced, reduced_axes({c.integer("axis")}, c.rank(0), false));
    c.output(0, DType::kI64, reduced_shape(c.shape(0), reduced, c.flag("keepdims")));
    return {};
}

template <bool largest>
Status evaluate_arg(EvalContext& c) {
    const Shape& shape = c.in(0).shape();
    TRY(const int axis, normal_axis(c.integer("axis"), c.in(0).rank()));
    TRY(const auto reduced, reduced_axes({axis}, c.in(0).rank(), false));
    const int64_t length = shape[static_cast<size_t>(axis)];
    if (length == 0) return fail("axis {} of x is empty, so that it has no extreme", axis);
    const int64_t inner = row_major_strides(shape)[static_cast<size_t>(axis)];
    const bool last = c.flag("select_last_index");
    std::vector<int64_t> found(static_cast<size_t>(c.in(0).count() / length));
    const auto search = [&](const auto& values) {
        for (size_t i = 0; i < found.size(); ++i) {
            const auto at = static_cast<int64_t>(i), start = at / inner * inner * length + at % inner;
            int64_t best = 0;
            for (int64_t k = 1; k < length; ++k) {
                const auto v = values[static_cast<size_t>(start + k * inner)],
                           b = values[static_cast<size_t>(start + best * inner)];
                if ((largest ? v > b : v < b) || (last && v == b)) best = k;
            }
            found[i] = best;
        }
    };
    if (is_float(c.in(0).dtype())) search(c.in(0).to_doubles());
    else search(c.in(0).to_ints());
    c.output(0, tensor_from_ints(DType::kI64, reduced_shape(shape, reduced, c.flag("keepdims")), found));
    return {};
}

constexpr OpDef reduction(std::string_view name, std::string_view summary, Status (*infer)(InferContext&),
                          Status (*evaluate)(EvalContext&), std::span<const Sample> samples,
                          std::span<const Cell> cells,
                          Result<std::string> (*write_body)(const InferContext&) = nullptr) {
    return {.name = name,
            .summary = summary,
            .inputs = kReduceIn,
            .outputs = kReduceOut,
            .attrs = kReduceAttrs,
            .infer = infer,
            .evaluate = evaluate,
            .flops = flops_of_reduction,
            .samples = samples,
            .cells = cells,
            .write_body = write_body};
}

constexpr OpDef kReduceOps[] = {
    reduction("reduce_sum", "the sum along axes", infer_with_contents<add>, evaluate_sum, kReduceSamples,
              more_cells<kCellsWith<"ReduceSum", 13, "SUM", kLitertNumbers>, CoremlNumbers<"reduce_sum">,
                         Ncnn<"Reduction", "0=0">>),
    reduction("reduce_mean", "the mean along axes", infer_reduce, evaluate_reduce_mean, kReduceSamples,
              more_cells<kCellsWith<"ReduceMean", 18, "MEAN", type_bit(DType::kF32)>, Coreml<"reduce_mean">,
                         Ncnn<"Reduction", "0=3">>),
    reduction("reduce_max", "the largest element along axes", infer_with_contents<larger>,
              evaluate_reduce_max, kReduceSamples,
              more_cells<kCellsWith<"ReduceMax", 18, "REDUCE_MAX", kLitertNumbers>,
                         CoremlNumbers<"reduce_max">, Ncnn<"Reduction", "0=4">>),
    reduction("reduce_min", "the smallest element along axes", infer_with_contents<smaller>, evaluate_min,
              kReduceSamples,
              more_cells<kCellsWith<"ReduceMin", 18, "REDUCE_MIN", kLitertNumbers>,
                         CoremlNumbers<"reduce_min">, Ncnn<"Reduction", "0=5">>),
    reduction("reduce_prod", "the product along axes", infer_with_contents<multiply>, evaluate_prod,
              kReduceSamples,
              more_cells<kCellsWith<"ReduceProd", 18, "REDUCE_PROD", kLitertNumbers>,
                         CoremlNumbers<"reduce_prod">, Ncnn<"Reduction", "0=6">>),
    reduction("reduce_l1", "the sum of absolute values along axes", infer_reduce, evaluate_l1, kReduceSamples,
              more_cells<kReduceCells<"ReduceL1", 18>, Coreml<"reduce_l1_norm">, Ncnn<"Reduction", "0=7">,
                         Openvino<"ReduceL1", 4>>,
              write_l1),
    reduction("reduce_l2", "the root of the sum of squares along axes", infer_reduce, evaluate_l2,
              kReducePositiveSamples,
              more_cells<kReduceCells<"ReduceL2", 18>, Coreml<"reduce_l2_norm">, Ncnn<"Reduction", "0=8">,
                         Openvino<"ReduceL2", 4>>,
              write_l2),
    reduction(
        "reduce_log_sum", "the logarithm of the sum along axes", infer_reduce, evaluate_log_sum,
        kReducePositiveSamples,
        more_cells<kReduceCells<"ReduceLogSum", 18>, Coreml<"reduce_log_sum">, Ncnn<"Reduction", "0=9">>,
        write_log_sum),
    reduction("reduce_log_sum_exp", "the logarithm of the sum of exp(x) along axes", infer_reduce,
              evaluate_log_sum_exp, kReducePositiveSamples,
              more_cells<kReduceCells<"ReduceLogSumExp", 18>, Coreml<"reduce_log_sum_exp">>,
              write_log_sum_exp),
    reduction("reduce_sum_square", "the sum of squares along axes", infer_reduce, evaluate_sum_square,
              kReduceSamples,
              more_cells<kReduceCells<"ReduceSumSquare", 18>, Coreml<"reduce_sum_square">,
                         Ncnn<"Reduction", "0=2">>,
              write_sum_square),
    {.name = "arg_max",
     .summary = "the index of the largest element along an axis",
     .inputs = kArgIn,
     .outputs = kArgOut,
     .attrs = kArgAttrs,
     .infer = infer_arg,
     .evaluate = evaluate_arg<true>,
     .flops = flops_of_reduction,
     .samples = kArgSamples,
     .cells = cells<Onnx<"ArgMax">, Litert<"ARG_MAX">, CoremlNumbers<"reduce_argmax">, Openvino<"TopK", 11>>},
    {.name = "arg_min",
     .summary = "the index of the smallest element along an axis",
     .inputs = kArgIn,
     .outputs = kArgOut,
     .attrs = kArgAttrs,
     .infer = infer_arg,
     .evaluate = evaluate_arg<false>,
     .flops = flops_of_reduction,
     .samples = kArgSamples,
     .cells = cells<Onnx<"ArgMin">, Litert<"ARG_MIN">, CoremlNumbers<"reduce_argmin">, Openvino<"TopK", 11>>},
};

}  // namespace

std::span<const OpDef> reduce_ops() { return kReduceOps; }

}  // namespace lathe::ops
