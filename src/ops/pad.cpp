// pad and center_crop_pad: operators that widen or narrow a tensor at its borders.
#include <algorithm>
#include <numeric>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kPadY[] = {{"y", kMovableTypes, 'T'}};

Result<std::vector<int>> listed_axes(const Ints& axes, int rank) {
    if (!axes.empty()) return normal_axes(axes, rank);
    std::vector<int> all(static_cast<size_t>(rank));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

// ---- pad

Status infer_pad(InferContext& c) {
    const std::string& mode = c.string("mode");
    if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
        return fail("the mode '{}' is none of constant, reflect, edge, wrap", mode);
    Dims shape = c.shape(0);
    const auto axis_list = c.ints("axes");
    if (!axis_list) {
        c.output(0, c.dtype(0), unknown_dims(c, c.rank(0), "size"));
        return {};
    }
    TRY(const auto axes, listed_axes(*axis_list, c.rank(0)));
    const auto pads = c.dims("pads");
    if (pads && pads->size() != 2 * axes.size())
        return fail("'pads' has {} numbers for {} axes", pads->size(), axes.size());
    for (size_t i = 0; i < axes.size(); ++i) {
        Dim& size = shape[axes[i]];
        size = pads ? size + (*pads)[i] + (*pads)[axes.size() + i] : c.unknown("size");
        if (negative(size))
            return fail("'pads' takes more away from axis {} of {} than it has", axes[i],
                        to_string(c.shape(0)));
    }
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// One axis: position `at` counts from the start of what is kept of x, [low, low + size); outside of that the mode says
// which element stands there, -1 for the constant.
int64_t source_of(int64_t at, int64_t low, int64_t size, std::string_view mode) {
    if (at >= 0 && at < size) return low + at;
    if (mode == "constant" || size == 0) return -1;
    if (mode == "edge") return low + (at < 0 ? 0 : size - 1);
    const int64_t period = mode == "wrap" ? size : std::max<int64_t>(2 * (size - 1), 1);
    const int64_t in_period = (at % period + period) % period;
    return low + (in_period < size ? in_period : period - in_period);
}

Result<Tensor> pad_value(EvalContext& c) {
    if (const int i = c.op().input_index("constant_value"); c.has(i)) {
        if (c.in(i).count() != 1)
            return fail("'constant_value' has {} values, expected one", c.in(i).count());
        return c.in(i);
    }
    return Tensor::filled(c.in(0).dtype(), {}, c.number("constant_value"));
}

Status evaluate_pad(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const auto sources, pad_sources(c, x.shape()));
    TRY(const Tensor value, pad_value(c));
    c.output(0, select_each(x, sources, value.bytes().data()));
    return {};
}

constexpr OperandDef kPadIn[] = {{"x", kMovableTypes, 'T'},
                                 {"pads", kI64, '\0', Arity::kOptional},
                                 {"constant_value", kMovableTypes, 'T', Arity::kOptional},
                                 {"axes", kIndexTypes, '\0', Arity::kOptional}};
constexpr AttrDef kPadAttrs[] = {{"pads", AttrType::kDims},
                                 {"constant_value", AttrType::kFloat, "0.0"},
                                 {"axes", AttrType::kInts, "[]"},
                                 {"mode", AttrType::kString, "\"constant\""}};
constexpr Sample kPadSamples[] = {{"f32[2, 3]", "pads=[1, 0, 0, 2]"},
                                  {"f32[2, 1, 5]", "pads=[0, 1, -1, 1, 0, 3]; constant_value=0.5"},
                                  {"f16[3, 5]", "pads=[2, 1, 0, 4]; mode=\"reflect\""},
                                  {"f32[2, 3, 5]", "pads=[0, 1, 2, 0, 3, 1]; mode=\"edge\""},
                                  {"f32[2, 3]; i64[4]=0,1,1,0; f32[]=7"},
                                  {"i64[4]; i64[2]=1,2; -", "mode=\"reflect\""}};
constexpr Place kPadPlaces[] = {{"pads", "pads", -1, 1, 10}, {"constant_value", "value", -1, 1, 10},
                                {"pads", "pads", 1, 11},     {"constant_value", "constant_value", 2, 11},
                                {"axes", "", -1, 1, 17},     {"axes", "axes", 3, 18}};
constexpr Cell kPadCells[] = {{.format = "onnx", .op = "Pad", .since = 2, .places = kPadPlaces},
                              {.format = "litert", .op = "PAD"},
                              {.format = "openvino", .op = "Pad"}};

// ---- center_crop_pad

Status infer_center_crop_pad(InferContext& c) {
    TRY(const auto axes, listed_axes(c.list("axes"), c.rank(0)));
    const auto target = c.dims("shape");
    if (target && target->size() != axes.size())
        return fail("'shape' has {} numbers for {} axes", target->size(), axes.size());
    Dims shape = c.shape(0);
    for (size_t i = 0; i < axes.size(); ++i) {
        shape[axes[i]] = target ? (*target)[i] : c.unknown("size");
        if (negative(shape[axes[i]]))
            return fail("the shape {} has the size {}", to_string(*target), shape[axes[i]].text());
    }
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// Where the odd element goes: cropping starts at floor of half the surplus, padding puts floor of half the lack in front.
Status evaluate_center_crop_pad(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const auto axes, listed_axes(c.list("axes"), x.rank()));
    TRY(const Ints target, c.ints("shape"));
    if (target.size() != axes.size())
        return fail("'shape' has {} numbers for {} axes", target.size(), axes.size());
    Shape shape = x.shape(), shift(shape.size(), 0);
    for (size_t i = 0; i < axes.size(); ++i) {
        const int64_t size = std::exchange(shape[axes[i]], target[i]);
        shift[axes[i]] = target[i] < size ? (size - target[i]) / 2 : -((target[i] - size) / 2);
    }
    TRY_STATUS(check_result(x.dtype(), shape));
    std::vector<Ints> sources;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
        sources.push_back(all_of_axis(shape[axis]));
        for (int64_t& at : sources.back())
            if (at += shift[axis]; at >= x.shape()[axis]) at = -1;
    }
    c.output(0, select_each(x, sources, Tensor::filled(x.dtype(), {}, 0).bytes().data()));
    return {};
}

constexpr OperandDef kCenterIn[] = {{"x", kMovableTypes, 'T'},
                                    {"shape", kIndexTypes, '\0', Arity::kOptional}};
constexpr AttrDef kCenterAttrs[] = {{"shape", AttrType::kDims}, {"axes", AttrType::kInts, "[]"}};
constexpr Sample kCenterSamples[] = {{"f32[5, 4]", "shape=[2, 7]"},
                                     {"f16[2, 5, 3]; i64[2]=6,4", "axes=[1, -1]"}};
constexpr Place kCenterPlaces[] = {{"shape", "shape", 1}};
constexpr Cell kCenterCells[] = {
    {.format = "onnx", .op = "CenterCropPad", .since = 18, .places = kCenterPlaces}};

constexpr OpDef kPadOps[] = {
    {.name = "pad",
     .summary = "x with elements put before and after each axis, or taken away (ONNX Pad)",
     .inputs = kPadIn,
     .outputs = kPadY,
     .attrs = kPadAttrs,
     .infer = infer_pad,
     .evaluate = evaluate_pad,
     .flops = no_flops,
     .samples = kPadSamples,
     .cells = more_cells<kPadCells, Coreml<"pad">, Ncnn<"Padding">>},
    {.name = "center_crop_pad",
     .summary = "x cut, or padded with zeros, around its middle (ONNX CenterCropPad)",
     .inputs = kCenterIn,
     .outputs = kPadY,
     .attrs = kCenterAttrs,
     .infer = infer_center_crop_pad,
     .evaluate = evaluate_center_crop_pad,
     .flops = no_flops,
     .samples = kCenterSamples,
     .cells = kCenterCells},
};

}  // namespace

Result<std::vector<Ints>> pad_sources(EvalContext& c, const Shape& x) {
    TRY(const Ints axis_list, c.ints("axes"));
    TRY(const auto axes, listed_axes(axis_list, static_cast<int>(x.size())));
    TRY(const Ints pads, c.ints("pads"));
    if (pads.size() != 2 * axes.size())
        return fail("'pads' has {} numbers for {} axes", pads.size(), axes.size());
    const std::string& mode = c.string("mode");
    const DType dtype = c.has(0) ? c.in(0).dtype() : DType::kF32;
    Shape shape = x;
    std::vector<Ints> sources;
    for (const int64_t size : shape) sources.push_back(all_of_axis(size));
    for (size_t i = 0; i < axes.size(); ++i) {
        const int64_t before = pads[i], after = pads[axes.size() + i], size = x[static_cast<size_t>(axes[i])];
        if (__builtin_add_overflow(size, before, &shape[axes[i]]) ||
            __builtin_add_overflow(shape[axes[i]], after, &shape[axes[i]]))
            return fail("'pads' makes the result too large");
        TRY_STATUS(check_result(dtype, shape));
        const int64_t low = std::max<int64_t>(-before, 0), kept = size - low - std::max<int64_t>(-after, 0);
        if (kept < 0 || (kept == 0 && shape[axes[i]] > 0 && mode != "constant"))
            return fail("axis {} of {} has nothing left to pad from", axes[i], to_string(x));
        Ints& source = sources[axes[i]];
        source.resize(static_cast<size_t>(shape[axes[i]]));
        for (size_t at = 0; at < source.size(); ++at)
            source[at] = source_of(static_cast<int64_t>(at) - std::max<int64_t>(before, 0), low, kept, mode);
    }
    return sources;
}

std::span<const OpDef> pad_ops() { return kPadOps; }

}  // namespace lathe::ops
