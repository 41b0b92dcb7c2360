// Pooling over windows and over everything. Definitions: ONNX MaxPool, AveragePool, LpPool and their Global kin.
#include <cmath>
#include <limits>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"
#include "ops/window.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kMaxTypes = kFloatTypes | types(DType::kI8, DType::kU8);
constexpr OperandDef kMaxIn[] = {{"x", kMaxTypes, 'T'}};
constexpr OperandDef kMaxOut[] = {{"y", kMaxTypes, 'T'},
                                  {"indices", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kPoolIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kPoolOut[] = {{"y", kFloatTypes, 'T'}};

constexpr AttrDef kMaxAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                 {"ceil_mode", AttrType::kBool, "false"},
                                 {"dilations", AttrType::kInts, "[]"},
                                 {"kernel_shape", AttrType::kInts},
                                 {"pads", AttrType::kInts, "[]"},
                                 {"storage_order", AttrType::kInt, "0"},
                                 {"strides", AttrType::kInts, "[]"}};
constexpr AttrDef kAverageAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                     {"ceil_mode", AttrType::kBool, "false"},
                                     {"count_include_pad", AttrType::kBool, "false"},
                                     {"dilations", AttrType::kInts, "[]"},
                                     {"kernel_shape", AttrType::kInts},
                                     {"pads", AttrType::kInts, "[]"},
                                     {"strides", AttrType::kInts, "[]"}};
constexpr AttrDef kPoolLpAttrs[] = {{"auto_pad", AttrType::kString, "\"NOTSET\""},
                                    {"ceil_mode", AttrType::kBool, "false"},
                                    {"dilations", AttrType::kInts, "[]"},
                                    {"kernel_shape", AttrType::kInts},
                                    {"p", AttrType::kInt, "2"},
                                    {"pads", AttrType::kInts, "[]"},
                                    {"strides", AttrType::kInts, "[]"}};
constexpr AttrDef kGlobalLpAttrs[] = {{"p", AttrType::kInt, "2"}};

constexpr Place kMaxPlaces[] = {{.ours = "ceil_mode", .theirs = "", .until = 9},
                                {.ours = "dilations", .theirs = "", .until = 9},
                                {.ours = "storage_order", .theirs = "", .until = 7}};
constexpr Place kAveragePlaces[] = {{.ours = "ceil_mode", .theirs = "", .until = 9},
                                    {.ours = "dilations", .theirs = "", .until = 18}};
constexpr Place kLpPlaces[] = {{.ours = "ceil_mode", .theirs = "", .until = 17},
                               {.ours = "dilations", .theirs = "", .until = 17}};
constexpr Cell kMaxCells[] = {{.format = "onnx", .op = "MaxPool", .places = kMaxPlaces},
                              {.format = "litert", .op = "MAX_POOL_2D", .types = type_bit(DType::kF32)},
                              {.format = "openvino", .op = "MaxPool"}};
constexpr Cell kAverageCells[] = {
    {.format = "onnx", .op = "AveragePool", .since = 7, .places = kAveragePlaces},
    {.format = "litert", .op = "AVERAGE_POOL_2D", .types = type_bit(DType::kF32)},
    {.format = "openvino", .op = "AvgPool"}};
constexpr Cell kLpCells[] = {{.format = "onnx", .op = "LpPool", .since = 2, .places = kLpPlaces}};

constexpr Sample kMaxSamples[] = {
    {"f32[2, 3, 7, 6]", "kernel_shape=[3, 2]"},
    {"f32[1, 2, 9, 8]", "kernel_shape=[3, 3]; strides=[2, 3]; pads=[1, 0, 1, 2]"},
    {"f32[1, 2, 8, 7]", "kernel_shape=[3, 3]; strides=[2, 2]; pads=[1, 1, 1, 1]; ceil_mode=true"},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 3]; dilations=[3, 2]"},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 3]; strides=[2, 2]; auto_pad=\"SAME_UPPER\""},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 3]; auto_pad=\"SAME_LOWER\""},
    {"f32[2, 2, 5, 4]", "kernel_shape=[2, 2]; strides=[2, 1]; pads=[1, 0, 0, 0]", 2},
    {"f32[2, 2, 5, 4]", "kernel_shape=[2, 2]; strides=[2, 1]; storage_order=1", 2},
    {"f32[2, 3, 11]", "kernel_shape=[4]; strides=[3]"},
    {"f32[1, 2, 4, 5, 6]", "kernel_shape=[2, 2, 3]; strides=[2, 1, 2]"}};
constexpr Sample kAverageSamples[] = {
    {"f32[2, 3, 7, 6]", "kernel_shape=[3, 2]"},
    {"f32[1, 2, 9, 8]", "kernel_shape=[3, 3]; strides=[2, 3]; pads=[1, 0, 1, 2]"},
    {"f32[1, 2, 9, 8]", "kernel_shape=[3, 3]; strides=[2, 3]; pads=[1, 0, 1, 2]; count_include_pad=true"},
    {"f32[1, 2, 7, 7]", "kernel_shape=[3, 2]; strides=[2, 2]; ceil_mode=true"},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 3]; strides=[2, 2]; auto_pad=\"SAME_UPPER\""},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 2]; dilations=[2, 3]"},
    {"f32[2, 3, 11]", "kernel_shape=[4]; strides=[3]"},
    {"f32[1, 2, 4, 5, 6]", "kernel_shape=[2, 2, 3]; strides=[2, 1, 2]"}};
constexpr Sample kPoolLpSamples[] = {
    {"f32[2, 3, 7, 6]", "kernel_shape=[3, 2]"},
    {"f32[1, 2, 9, 8]", "kernel_shape=[3, 3]; strides=[2, 3]; pads=[1, 0, 1, 2]; p=3"},
    {"f32[2, 3, 11]", "kernel_shape=[4]; strides=[3]; p=1"},
    {"f32[1, 2, 8, 7]", "kernel_shape=[2, 2]; dilations=[2, 3]; strides=[2, 2]; ceil_mode=true"}};
constexpr Sample kGlobalSamples[] = {
    {"f32[2, 3, 7, 5]"}, {"f32[2, 3, 5]"}, {"f32[1, 2, 3, 4, 5]"}, {"f16[1, 3, 3, 3]"}};
constexpr Sample kGlobalLpSamples[] = {
    {"f32[2, 3, 7, 5]"}, {"f32[2, 3, 5]", "p=3"}, {"f32[1, 2, 3, 4]", "p=1"}};

Result<Window> pool_window(const AttrReader& c) {
    if (c.list("kernel_shape").empty()) return fail("kernel_shape is empty");
    return read_window(c, c.list("kernel_shape"));
}

Status infer_pool(InferContext& c) {
    TRY(const Window window, pool_window(c));
    TRY(const Dims spatial, window_output(window, c.shape(0)));
    Dims shape(c.shape(0).begin(), c.shape(0).begin() + 2);
    shape.insert(shape.end(), spatial.begin(), spatial.end());
    c.output(0, c.dtype(0), shape);
    if (c.wanted_outputs() > 1) c.output(1, DType::kI64, shape);
    return {};
}

Status infer_max(InferContext& c) {
    if (const int64_t order = c.integer("storage_order"); order != 0 && order != 1)
        return fail("storage_order is {}, expected 0 or 1", order);
    return infer_pool(c);
}

struct Pooling {
    Window window;
    Shape in, out;  // spatial
    Shape result;
    int64_t planes = 0, in_plane = 0;
};

Result<Pooling> pooling_of(EvalContext& c) {
    const Shape& x = c.in(0).shape();
    Pooling p;
    TRY(p.window, pool_window(c));
    TRY(p.out, fit_window(p.window, x));
    p.in.assign(x.begin() + 2, x.end());
    p.result = {x[0], x[1]};
    p.result.insert(p.result.end(), p.out.begin(), p.out.end());
    TRY_STATUS(check_result(DType::kF64, p.result));
    p.planes = x[0] * x[1];
    p.in_plane = element_count(p.in);
    return p;
}

// y = finish(total, taps) with total = step(total, value) over the taps of each window. `padding`: taps in the padding
// count too, as zeros.
template <class Step, class Finish>
Status pool(EvalContext& c, bool padding, Step step, Finish finish) {
    TRY(const Pooling p, pooling_of(c));
    const auto values = c.in(0).to_doubles();
    const int64_t positions = element_count(p.out);
    std::vector<double> y(static_cast<size_t>(p.planes * positions));
    for_each_window(p.window, p.in, p.out, [&](const WindowTaps& taps) {
        for (int64_t plane = 0; plane < p.planes; ++plane) {
            const double* x = values.data() + plane * p.in_plane;
            double* to = y.data() + plane * positions + taps.first;
            const int64_t* at = taps.offsets.data();
            for (size_t i = 0; i < taps.ends.size(); ++i) {
                const int64_t *start = at, *end = taps.offsets.data() + taps.ends[i];
                double total = 0;
                for (; at != end; ++at) total = step(total, x[*at]);
                to[i] = finish(total, padding ? taps.all[i] : static_cast<double>(end - start));
            }
        }
    });
    c.output(0, tensor_from_doubles(c.in(0).dtype(), p.result, y));
    return {};
}

Status evaluate_average(EvalContext& c) {
    return pool(
        c, c.flag("count_include_pad"), [](double t, double v) { return t + v; },
        [](double t, double taps) { return t / taps; });
}

Status evaluate_lp_pool(EvalContext& c) {
    const auto p = static_cast<double>(c.integer("p"));
    return pool(
        c, false, [p](double t, double v) { return t + std::pow(std::fabs(v), p); },
        [p](double t, double) { return std::pow(t, 1 / p); });
}

// The number of an element of the whole of x, counted along columns when storage_order is 1 (two spatial axes).
int64_t element_number(int64_t plane, int64_t at, const Pooling& p, bool columns) {
    if (!columns) return plane * p.in_plane + at;
    Shape index(p.in.size());
    for (size_t i = p.in.size(); i-- > 0; at /= p.in[i]) index[i] = at % p.in[i];
    int64_t number = 0;
    for (size_t i = p.in.size(); i-- > 0;) number = number * p.in[i] + index[i];
    return plane * p.in_plane + number;
}

// Where x is largest among some offsets: the first such, or the first NaN; -1 without any.
int64_t largest_of(const double* x, const int64_t* at, const int64_t* end) {
    if (at == end) return -1;
    int64_t best = *at;
    for (++at; at != end; ++at)
        if (x[*at] > x[best] || (std::isnan(x[*at]) && !std::isnan(x[best]))) best = *at;
    return best;
}

Status evaluate_max(EvalContext& c) {
    TRY(const Pooling p, pooling_of(c));
    const auto values = c.in(0).to_doubles();
    const bool columns = c.integer("storage_order") == 1;
    const int64_t positions = element_count(p.out);
    std::vector<double> y(static_cast<size_t>(p.planes * positions));
    std::vector<int64_t> indices(c.wanted_outputs() > 1 ? y.size() : 0);
    for_each_window(p.window, p.in, p.out, [&](const WindowTaps& taps) {
        for (int64_t plane = 0; plane < p.planes; ++plane) {
            const double* x = values.data() + plane * p.in_plane;
            const int64_t* at = taps.offsets.data();
            for (size_t i = 0; i < taps.ends.size(); ++i) {
                const int64_t best = largest_of(x, at, taps.offsets.data() + taps.ends[i]);
                at = taps.offsets.data() + taps.ends[i];
                const size_t to = static_cast<size_t>(plane * positions + taps.first) + i;
                y[to] = best < 0 ? -std::numeric_limits<double>::infinity() : x[best];
                if (!indices.empty()) indices[to] = best < 0 ? -1 : element_number(plane, best, p, columns);
            }
        }
    });
    c.output(0, tensor_from_doubles(c.in(0).dtype(), p.result, y));
    if (c.wanted_outputs() > 1) c.output(1, tensor_from_ints(DType::kI64, p.result, indices));
    return {};
}

double window_flops(const CostContext& c) {
    double taps = 1;
    for (const int64_t k : *std::get_if<Ints>(c.attrs.find("kernel_shape"))) taps *= static_cast<double>(k);
    return taps * static_cast<double>(element_count(c.outputs[0]));
}

// ---- over everything

Status infer_global(InferContext& c) {
    if (c.rank(0) < 2)
        return fail("x is {}, expected batch, channels and spatial axes", to_string(c.shape(0)));
    Dims shape(static_cast<size_t>(c.rank(0)), Dim(1));
    shape[0] = c.shape(0)[0];
    shape[1] = c.shape(0)[1];
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

template <class Step, class Finish>
Status pool_all(EvalContext& c, double start, Step step, Finish finish) {
    const Tensor& x = c.in(0);
    Shape shape(x.shape().size(), 1);
    shape[0] = x.dim(0);
    shape[1] = x.dim(1);
    const auto values = x.to_doubles();
    std::vector<double> y(static_cast<size_t>(shape[0] * shape[1]));
    const size_t plane = y.empty() ? 0 : values.size() / y.size();
    for (size_t i = 0; i < y.size(); ++i) {
        double total = start;
        for (size_t k = 0; k < plane; ++k) total = step(total, values[i * plane + k]);
        y[i] = finish(total, static_cast<double>(plane));
    }
    c.output(0, tensor_from_doubles(x.dtype(), shape, y));
    return {};
}

Status evaluate_global_average(EvalContext& c) {
    return pool_all(
        c, 0, [](double t, double v) { return t + v; }, [](double t, double count) { return t / count; });
}
Status evaluate_global_max(EvalContext& c) {
    return pool_all(
        c, -std::numeric_limits<double>::infinity(),
        [](double t, double v) { return std::isnan(t) || t > v ? t : v; },
        [](double t, double) { return t; });
}
Status evaluate_global_lp(EvalContext& c) {
    const auto p = static_cast<double>(c.integer("p"));
    return pool_all(
        c, 0, [p](double t, double v) { return t + std::pow(std::fabs(v), p); },
        [p](double t, double) { return std::pow(t, 1 / p); });
}

template <Literal reduction>
Result<std::string> write_global(const InferContext& c) {
    std::string axes;
    for (int i = 2; i < c.rank(0); ++i) axes += format("{}{}", i > 2 ? ", " : "", i);
    return format("y = {}(x, axes=[{}], noop_with_empty_axes=true)", reduction.view(), axes);
}

double input_flops(const CostContext& c) { return static_cast<double>(element_count(c.inputs[0])); }

constexpr OpDef global(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                       std::span<const Cell> cells, Result<std::string> (*write_body)(const InferContext&)) {
    return {.name = name,
            .summary = summary,
            .inputs = kPoolIn,
            .outputs = kPoolOut,
            .infer = infer_global,
            .evaluate = evaluate,
            .flops = input_flops,
            .samples = kGlobalSamples,
            .cells = cells,
            .write_body = write_body};
}

constexpr OpDef kPoolOps[] = {
    {.name = "max_pool",
     .summary = "the largest element of each window, and where it is",
     .inputs = kMaxIn,
     .outputs = kMaxOut,
     .attrs = kMaxAttrs,
     .infer = infer_max,
     .evaluate = evaluate_max,
     .flops = window_flops,
     .samples = kMaxSamples,
     .cells = more_cells<kMaxCells, Coreml<"max_pool">, Ncnn<"Pooling">>},
    {.name = "avg_pool",
     .summary = "the mean of each window",
     .inputs = kPoolIn,
     .outputs = kPoolOut,
     .attrs = kAverageAttrs,
     .infer = infer_pool,
     .evaluate = evaluate_average,
     .flops = window_flops,
     .samples = kAverageSamples,
     .cells = more_cells<kAverageCells, Coreml<"avg_pool">, Ncnn<"Pooling">>},
    {.name = "lp_pool",
     .summary = "the p-norm of each window",
     .inputs = kPoolIn,
     .outputs = kPoolOut,
     .attrs = kPoolLpAttrs,
     .infer = infer_pool,
     .evaluate = evaluate_lp_pool,
     .flops = window_flops,
     .samples = kPoolLpSamples,
     .cells = kLpCells},
    global("global_avg_pool", "the mean over all spatial axes", evaluate_global_average,
           cells<Onnx<"GlobalAveragePool">, Litert<"MEAN">, Coreml<"reduce_mean">, Ncnn<"Pooling">,
                 Openvino<"ReduceMean">>,
           write_global<"reduce_mean">),
    global("global_max_pool", "the largest element over all spatial axes", evaluate_global_max,
           cells<Onnx<"GlobalMaxPool">, Litert<"REDUCE_MAX">, Coreml<"reduce_max">, Ncnn<"Pooling">,
                 Openvino<"ReduceMax">>,
           write_global<"reduce_max">),
    {.name = "global_lp_pool",
     .summary = "the p-norm over all spatial axes",
     .inputs = kPoolIn,
     .outputs = kPoolOut,
     .attrs = kGlobalLpAttrs,
     .infer = infer_global,
     .evaluate = evaluate_global_lp,
     .flops = input_flops,
     .samples = kGlobalLpSamples,
     .cells = onnx<"GlobalLpPool", 2>},
};

}  // namespace

std::span<const OpDef> pool_ops() { return kPoolOps; }

}  // namespace lathe::ops
