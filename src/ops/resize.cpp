// resize, and upsample, which older ONNX has in its place.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ops/cells.h"
#include "ops/interpolate.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

// ---- Parameters: scales or sizes, of all axes or of those listed.

// Numbers of an attribute or of an operand; an empty operand is an absent one. Nothing: not known yet.
std::optional<Floats> known_floats(const InferContext& c, std::string_view name) {
    const int i = c.op().input_index(name);
    if (!c.has(i)) return c.numbers(name);
    if (product(c.shape(i)) == Dim(0)) return Floats{};
    if (c.value(i).constant) return c.value(i).constant->to_doubles();
    return std::nullopt;
}

Floats floats_of(EvalContext& c, std::string_view name) {
    const int i = c.op().input_index(name);
    return c.has(i) ? c.in(i).to_doubles() : c.numbers(name);
}

Result<std::vector<int>> resized_axes(const AttrReader& c, int rank) {
    const bool listed = c.op().find_attr("axes") != nullptr && !c.list("axes").empty();
    if (listed) return normal_axes(c.list("axes"), rank);
    std::vector<int> all(static_cast<size_t>(rank));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

Status check_count(std::string_view name, size_t found, size_t axes) {
    if (found != axes) return fail("'{}' has {} numbers for {} axes", name, found, axes);
    return {};
}

Status check_scale(double scale) {
    if (!(scale > 0) || !std::isfinite(scale)) return fail("the scale {} is not positive", scale);
    return {};
}

// floor(size * scale) as runtimes compute it, in single precision.
int64_t scaled(int64_t size, double scale) {
    const float product = static_cast<float>(size) * static_cast<float>(scale);
    return static_cast<int64_t>(std::min(std::floor(product), 0x1p40f));
}

// The same of a symbol, where the scale is a whole number or a fraction of a power of two.
Dim scaled(InferContext& c, const Dim& size, double scale) {
    if (size.is_constant()) return scaled(*size.constant(), scale);
    for (int64_t below = 1; below <= 1024 && scale < 1 << 20; below *= 2)
        if (const double above = scale * static_cast<double>(below); above == std::floor(above))
            return Dim::floor_div(size * Dim(static_cast<int64_t>(above)), Dim(below));
    return c.unknown("size");
}

enum class Policy : uint8_t { kStretch, kNotLarger, kNotSmaller };
Result<Policy> policy_of(const AttrReader& c) {
    const std::string& name = c.string("keep_aspect_ratio_policy");
    if (name == "stretch") return Policy::kStretch;
    if (name == "not_larger") return Policy::kNotLarger;
    if (name == "not_smaller") return Policy::kNotSmaller;
    return fail("the policy '{}' is none of stretch, not_larger, not_smaller", name);
}

// One scale for all axes, so that no axis gets larger (or smaller) than was asked for.
struct CommonScale {
    double scale;
    Ints sizes;
};
CommonScale common_scale(Policy policy, const Ints& from, const Ints& wanted) {
    CommonScale common{.scale = 0};
    for (size_t i = 0; i < from.size(); ++i) {
        const double scale = static_cast<double>(wanted[i]) / static_cast<double>(from[i]);
        if (i == 0 || (policy == Policy::kNotLarger ? scale < common.scale : scale > common.scale))
            common.scale = scale;
    }
    for (const int64_t size : from)
        common.sizes.push_back(static_cast<int64_t>(
            std::floor(std::min(common.scale * static_cast<double>(size), 0x1p40) + 0.5)));
    return common;
}

// ---- resize

// Both forms at once: what was asked for, per resized axis.
struct Wanted {
    std::vector<int> axes;
    Floats scales;  // as floats, or empty
    Ints sizes;     // or empty
};

Status check_modes(const AttrReader& c) {
    TRY(const auto interpolation, interpolation_named(c.string("mode")));
    TRY_STATUS(coordinate_mode_named(c.string("coordinate_transformation_mode")));
    TRY_STATUS(nearest_mode_named(c.string("nearest_mode")));
    TRY_STATUS(policy_of(c));
    if (c.flag("antialias") && interpolation == Interpolation::kNearest)
        return fail("'antialias' goes with linear and cubic only");
    return {};
}

Status infer_sizes(InferContext& c, const std::vector<int>& axes, const Dims& sizes, Dims& shape) {
    TRY_STATUS(check_count("sizes", sizes.size(), axes.size()));
    TRY(const Policy policy, policy_of(c));
    Dims from;
    for (size_t i = 0; i < axes.size(); ++i) {
        if (negative(sizes[i])) return fail("'sizes' has {}", sizes[i].text());
        from.push_back(std::exchange(shape[axes[i]], sizes[i]));
        if (from[i] == Dim(0)) return fail("{} has nothing to resize", to_string(c.shape(0)));
    }
    if (policy == Policy::kStretch) return {};
    const auto known_from = constant_shape(from), known_sizes = constant_shape(sizes);
    CommonScale common;
    if (known_from && known_sizes) common = common_scale(policy, *known_from, *known_sizes);
    for (size_t i = 0; i < axes.size(); ++i)
        shape[axes[i]] = common.sizes.empty() ? c.unknown("size") : Dim(common.sizes[i]);
    return {};
}

Status infer_scales(InferContext& c, const std::vector<int>& axes, const Floats& scales, Dims& shape) {
    TRY_STATUS(check_count("scales", scales.size(), axes.size()));
    for (size_t i = 0; i < axes.size(); ++i) {
        TRY_STATUS(check_scale(scales[i]));
        shape[axes[i]] = scaled(c, shape[axes[i]], static_cast<float>(scales[i]));
    }
    return {};
}

Status infer_resize(InferContext& c) {
    TRY_STATUS(check_modes(c));
    TRY(const auto axes, resized_axes(c, c.rank(0)));
    const auto scales = known_floats(c, "scales");
    const auto sizes = c.dims("sizes");
    if (scales && sizes && scales->empty() == sizes->empty())
        return fail("one of 'scales' and 'sizes' must be given, and only one");
    Dims shape = c.shape(0);
    if (sizes && !sizes->empty()) {
        TRY_STATUS(infer_sizes(c, axes, *sizes, shape));
    } else if (scales && !scales->empty()) {
        TRY_STATUS(infer_scales(c, axes, *scales, shape));
    } else {
        for (const int axis : axes) shape[axis] = c.unknown("size");
    }
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// Sizes and scales of the resized axes, one entry each, from whichever was given.
Status set_sizes(const AttrReader& c, const Wanted& wanted, const Shape& x, std::vector<AxisResize>& plan) {
    TRY(const Policy policy, wanted.sizes.empty() ? Result<Policy>(Policy::kStretch) : policy_of(c));
    Ints from;
    for (size_t i = 0; i < plan.size(); ++i) {
        AxisResize& axis = plan[i];
        const auto size = static_cast<double>(axis.size);
        if (axis.size == 0) return fail("{} has nothing to resize", to_string(x));
        if (wanted.sizes.empty()) {
            axis.scale = static_cast<float>(wanted.scales[i]);
            axis.new_size = scaled(axis.size, axis.scale);
            axis.new_length = axis.scale * size;
        } else {
            if (wanted.sizes[i] < 0) return fail("'sizes' has {}", wanted.sizes[i]);
            axis.new_size = wanted.sizes[i];
            axis.scale = static_cast<double>(axis.new_size) / size;
            axis.new_length = static_cast<double>(axis.new_size);
        }
        from.push_back(axis.size);
    }
    if (policy == Policy::kStretch) return {};
    const CommonScale common = common_scale(policy, from, wanted.sizes);
    for (size_t i = 0; i < plan.size(); ++i) {
        plan[i].scale = common.scale;
        plan[i].new_length = common.scale * static_cast<double>(plan[i].size);
        plan[i].new_size = common.sizes[i];
    }
    return {};
}

Result<Wanted> wanted_of(EvalContext& c, const Shape& x) {
    Wanted wanted;
    TRY(wanted.axes, resized_axes(c, static_cast<int>(x.size())));
    wanted.scales = floats_of(c, "scales");
    TRY(wanted.sizes, c.ints("sizes"));
    if (wanted.scales.empty() == wanted.sizes.empty())
        return fail("one of 'scales' and 'sizes' must be given, and only one");
    TRY_STATUS(wanted.sizes.empty() ? check_count("scales", wanted.scales.size(), wanted.axes.size())
                                    : check_count("sizes", wanted.sizes.size(), wanted.axes.size()));
    for (const double scale : wanted.scales) TRY_STATUS(check_scale(scale));
    return wanted;
}

Result<std::vector<AxisResize>> plan_of(EvalContext& c, const Wanted& wanted, const Shape& x) {
    TRY_STATUS(check_modes(c));
    AxisResize common;
    TRY(common.interpolation, interpolation_named(c.string("mode")));
    TRY(common.coordinates, coordinate_mode_named(c.string("coordinate_transformation_mode")));
    TRY(common.nearest, nearest_mode_named(c.string("nearest_mode")));
    common.cubic_a = c.number("cubic_coeff_a");
    common.antialias = c.flag("antialias");
    common.exclude_outside = c.flag("exclude_outside");
    std::vector<AxisResize> plan(wanted.axes.size(), common);
    for (size_t i = 0; i < plan.size(); ++i) plan[i].size = x[static_cast<size_t>(wanted.axes[i])];
    TRY_STATUS(set_sizes(c, wanted, x, plan));
    if (common.coordinates != CoordinateMode::kTfCropAndResize) return plan;
    const Floats roi = floats_of(c, "roi");
    TRY_STATUS(check_count("roi", roi.size(), 2 * plan.size()));
    for (size_t i = 0; i < plan.size(); ++i) plan[i].start = roi[i], plan[i].end = roi[plan.size() + i];
    return plan;
}

// Errors: a result that no memory should be given to.
Status check_sizes(const EvalContext& c, const std::vector<int>& axes, const std::vector<AxisResize>& plan,
                   Shape shape) {
    for (size_t i = 0; i < axes.size(); ++i) shape[static_cast<size_t>(axes[i])] = plan[i].new_size;
    return check_result(c.has(0) ? c.in(0).dtype() : DType::kF32, shape);
}

// An axis that keeps its size is left alone, whatever the modes.
bool untouched(const AxisResize& axis) {
    return axis.scale == 1 && axis.new_size == axis.size &&
           (axis.coordinates != CoordinateMode::kTfCropAndResize || (axis.start == 0 && axis.end == 1));
}

// What the plan says of the axes that it changes.
Resizing resizing(const std::vector<int>& axes, const std::vector<AxisResize>& plan, double extrapolation) {
    Resizing result{.nearest = !plan.empty() && plan[0].interpolation == Interpolation::kNearest,
                    .extrapolation = extrapolation};
    for (size_t i = 0; i < axes.size(); ++i)
        if (!untouched(plan[i])) result.axes.push_back({axes[i], axis_taps(plan[i])});
    return result;
}

Result<Resizing> resizing_of_resize(EvalContext& c, const Shape& x) {
    TRY(const Wanted wanted, wanted_of(c, x));
    TRY(const auto plan, plan_of(c, wanted, x));
    TRY_STATUS(check_sizes(c, wanted.axes, plan, x));
    return resizing(wanted.axes, plan, c.number("extrapolation_value"));
}

Tensor nearest_of(const Tensor& x, const Resizing& resizing) {
    std::vector<Ints> from;
    for (const int64_t size : x.shape()) from.push_back(all_of_axis(size));
    for (const ResizedAxis& axis : resizing.axes) {
        from[axis.axis].clear();
        for (const Taps& source : axis.taps)
            from[axis.axis].push_back(source.outside ? -1 : source.taps[0].index);
    }
    return select_each(x, from, Tensor::filled(x.dtype(), {}, resizing.extrapolation).bytes().data());
}

Status evaluate_either(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const Resizing resizing, resizing_of(c, x.shape()));
    if (resizing.nearest) {
        c.output(0, nearest_of(x, resizing));
        return {};
    }
    auto values = x.to_doubles();
    Shape shape = x.shape();
    for (const ResizedAxis& axis : resizing.axes)
        values = apply_taps(values, shape, axis.axis, axis.taps, resizing.extrapolation);
    c.output(0, tensor_from_doubles(x.dtype(), shape, values));
    return {};
}

// Taps per resized axis, one axis after another, as if each made the whole result.
double resize_flops(const CostContext& c) {
    const Attr* mode = c.attrs.find("mode");
    const double taps = *std::get_if<std::string>(mode) == "nearest" ? 0
                        : *std::get_if<std::string>(mode) == "cubic" ? 4
                                                                     : 2;
    double axes = 0;
    for (size_t i = 0; i < c.inputs[0].size(); ++i) axes += c.inputs[0][i] != c.outputs[0][i];
    return 2 * taps * axes * static_cast<double>(element_count(c.outputs[0]));
}

// The same for all axes, for formats that cannot name some of them.
Result<std::string> write_resize(const InferContext& c) {
    if (c.list("axes").empty() || c.flag("antialias") || c.string("keep_aspect_ratio_policy") != "stretch")
        return fail(
            "antialiasing and keeping the aspect ratio came with ONNX's operator set 18; choose a newer one");
    const auto scales = known_floats(c, "scales"), regions = known_floats(c, "roi");
    const auto sizes = c.dims("sizes");
    if (!scales || !sizes || !regions || !regions->empty())
        return fail(
            "some axes resized to what only the run tells came with ONNX's operator set 18; choose a newer one");
    TRY(const auto axes, normal_axes(c.list("axes"), c.rank(0)));
    std::string target;
    if (!sizes->empty()) {
        Dims all = c.shape(0);
        for (size_t i = 0; i < axes.size(); ++i) all[axes[i]] = (*sizes)[i];
        target = "sizes=" + to_string(graph::Attr(all));
    } else {
        Floats all(c.shape(0).size(), 1.0);
        for (size_t i = 0; i < axes.size(); ++i) all[static_cast<size_t>(axes[i])] = (*scales)[i];
        target = "scales=" + to_string(graph::Attr(all));
    }
    return format(
        "y = resize(x, {}, mode=$mode, coordinate_transformation_mode=$coordinate_transformation_mode, "
        "nearest_mode=$nearest_mode, cubic_coeff_a=$cubic_coeff_a, exclude_outside=$exclude_outside, "
        "extrapolation_value=$extrapolation_value)",
        target);
}

constexpr OperandDef kResizeIn[] = {{"x", kNumericTypes, 'T'},
                                    {"roi", kFloatTypes, '\0', Arity::kOptional},
                                    {"scales", type_bit(DType::kF32), '\0', Arity::kOptional},
                                    {"sizes", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kResizeNumbersOut[] = {{"y", kNumericTypes, 'T'}};
constexpr AttrDef kResizeAttrs[] = {{"roi", AttrType::kFloats, "[]"},
                                    {"scales", AttrType::kFloats, "[]"},
                                    {"sizes", AttrType::kDims, "[]"},
                                    {"mode", AttrType::kString, "\"nearest\""},
                                    {"coordinate_transformation_mode", AttrType::kString, "\"half_pixel\""},
                                    {"nearest_mode", AttrType::kString, "\"round_prefer_floor\""},
                                    {"cubic_coeff_a", AttrType::kFloat, "-0.75"},
                                    {"exclude_outside", AttrType::kBool, "false"},
                                    {"extrapolation_value", AttrType::kFloat, "0.0"},
                                    {"antialias", AttrType::kBool, "false"},
                                    {"axes", AttrType::kInts, "[]"},
                                    {"keep_aspect_ratio_policy", AttrType::kString, "\"stretch\""}};
constexpr Sample kResizeSamples[] = {
    {"f32[2, 3, 3, 5]", "scales=[1.0, 1.0, 2.0, 3.0]"},
    {"f32[2, 1, 3, 5]", "sizes=[2, 1, 5, 7]; mode=\"linear\""},
    {"f32[2, 1, 5, 7]",
     "sizes=[2, 1, 3, 4]; mode=\"linear\"; coordinate_transformation_mode=\"pytorch_half_pixel\""},
    {"f32[1, 2, 3, 5]",
     "sizes=[1, 2, 7, 9]; mode=\"linear\"; coordinate_transformation_mode=\"align_corners\""},
    {"f32[1, 1, 5, 6]", "scales=[1.0, 1.0, 2.0, 1.5]; mode=\"cubic\""},
    {"f32[1, 1, 5, 6]", "sizes=[1, 1, 8, 9]; mode=\"cubic\"; cubic_coeff_a=-0.5; exclude_outside=true"},
    {"f32[1, 1, 4, 5]",
     "scales=[1.0, 1.0, 2.0, 2.0]; coordinate_transformation_mode=\"asymmetric\"; nearest_mode=\"floor\""},
    {"f16[1, 2, 4, 4]", "scales=[1.0, 1.0, 0.5, 0.5]; nearest_mode=\"round_prefer_ceil\""},
    {"f32[1, 1, 4, 5]; f32[8]=0,0,0.25,0.5,1,1,0.75,1.25; -; i64[4]=1,1,3,3",
     "mode=\"linear\"; coordinate_transformation_mode=\"tf_crop_and_resize\"; extrapolation_value=7.0"},
    {"f32[1, 1, 3, 3]; -; f32[4]=1,1,2,2"},
    {"f32[2, 3, 4, 5]", "sizes=[7, 3]; axes=[2, -1]; mode=\"linear\""},
    {"f32[2, 3, 4, 5]", "scales=[2.0, 1.5]; axes=[3, 2]; mode=\"cubic\""}};
constexpr Place kResizePlaces[] = {{"roi", "roi", 1},       {"scales", "scales", 2},
                                   {"sizes", "sizes", 3},   {"antialias", "", -1, 1, 17},
                                   {"axes", "", -1, 1, 17}, {"keep_aspect_ratio_policy", "", -1, 1, 17}};
constexpr Cell kResizeCells[] = {
    {.format = "onnx", .op = "Resize", .since = 11, .places = kResizePlaces},
    {.format = "litert", .op = "RESIZE_BILINEAR", .types = type_bit(DType::kF32)},
    {.format = "openvino", .op = "Interpolate", .since = 11}};

// ---- upsample

Status infer_upsample(InferContext& c) {
    const std::string& mode = c.string("mode");
    if (mode != "nearest" && mode != "linear")
        return fail("the mode '{}' is neither nearest nor linear", mode);
    const auto scales = known_floats(c, "scales");
    Dims shape = c.shape(0);
    if (scales) {
        TRY(const auto axes, resized_axes(c, c.rank(0)));
        TRY_STATUS(infer_scales(c, axes, *scales, shape));
    } else {
        for (Dim& size : shape) size = c.unknown("size");
    }
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

Result<Resizing> resizing_of_upsample(EvalContext& c, const Shape& x) {
    Wanted wanted{.scales = floats_of(c, "scales")};
    TRY(wanted.axes, resized_axes(c, static_cast<int>(x.size())));
    TRY_STATUS(check_count("scales", wanted.scales.size(), wanted.axes.size()));
    for (const double scale : wanted.scales) TRY_STATUS(check_scale(scale));
    AxisResize common{.coordinates = CoordinateMode::kAsymmetric, .nearest = NearestMode::kFloor};
    TRY(common.interpolation, interpolation_named(c.string("mode")));
    std::vector<AxisResize> plan(wanted.axes.size(), common);
    for (size_t i = 0; i < plan.size(); ++i) plan[i].size = x[static_cast<size_t>(wanted.axes[i])];
    TRY_STATUS(set_sizes(c, wanted, x, plan));
    TRY_STATUS(check_sizes(c, wanted.axes, plan, x));
    return resizing(wanted.axes, plan, 0);
}

Result<std::string> write_upsample(const InferContext& c) {
    const std::string how =
        format("mode=\"{}\", coordinate_transformation_mode=\"asymmetric\", nearest_mode=\"floor\"",
               c.string("mode"));
    if (c.has(1)) return format("y = resize(x, -, scales, {})", how);
    return format("y = resize(x, scales=$scales, {})", how);
}

constexpr OperandDef kUpsampleIn[] = {{"x", kNumericTypes, 'T'},
                                      {"scales", type_bit(DType::kF32), '\0', Arity::kOptional}};
constexpr AttrDef kUpsampleAttrs[] = {{"scales", AttrType::kFloats, "[]"},
                                      {"mode", AttrType::kString, "\"nearest\""}};
constexpr Sample kUpsampleSamples[] = {{"f32[1, 2, 3, 5]", "scales=[1.0, 1.0, 2.0, 3.0]"},
                                       {"f32[1, 1, 3, 2]; f32[4]=1,1,2,2", "mode=\"linear\""}};
constexpr Place kUpsamplePlaces[] = {{"scales", "scales", -1, 1, 8}, {"scales", "scales", 1, 9}};
constexpr Cell kUpsampleCells[] = {
    {.format = "onnx", .op = "Upsample", .since = 7, .until = 9, .places = kUpsamplePlaces},
    {.format = "onnx", .op = "Resize", .since = 10, .until = 10, .places = kUpsamplePlaces}};

constexpr OpDef kResizeOps[] = {
    {.name = "resize",
     .summary = "x interpolated to other sizes along some axes (ONNX Resize)",
     .inputs = kResizeIn,
     .outputs = kResizeNumbersOut,
     .attrs = kResizeAttrs,
     .infer = infer_resize,
     .evaluate = evaluate_either,
     .flops = resize_flops,
     .samples = kResizeSamples,
     .cells = more_cells<kResizeCells, Coreml<"resize_bilinear">, Ncnn<"Interp">>,
     .write_body = write_resize},
    {.name = "upsample",
     .summary = "resize with coordinates y / scale, rounded down (ONNX Upsample, Resize-10)",
     .inputs = kUpsampleIn,
     .outputs = kResizeNumbersOut,
     .attrs = kUpsampleAttrs,
     .infer = infer_upsample,
     .evaluate = evaluate_either,
     .flops = resize_flops,
     .samples = kUpsampleSamples,
     .cells = kUpsampleCells,
     .write_body = write_upsample},
};

}  // namespace

Result<Resizing> resizing_of(EvalContext& c, const Shape& x) {
    return c.op().name == "upsample" ? resizing_of_upsample(c, x) : resizing_of_resize(c, x);
}

std::span<const OpDef> resize_ops() { return kResizeOps; }

}  // namespace lathe::ops
