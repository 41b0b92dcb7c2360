// grid_sample and affine_grid: images read at coordinates that a network computes (spatial transformers).
// Coordinates are in [-1, 1]; the last axis of a grid holds them in the order x, y(, z): innermost axis first.
#include <algorithm>
#include <array>
#include <cmath>

#include "ops/cells.h"
#include "ops/interpolate.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

// ---- grid_sample

enum class Padding : uint8_t { kZeros, kBorder, kReflection };

// The words of operator set 16 mean the same.
Result<Interpolation> grid_mode(const AttrReader& c) {
    const std::string& mode = c.string("mode");
    return interpolation_named(mode == "bilinear"  ? "linear"
                               : mode == "bicubic" ? "cubic"
                                                   : std::string_view(mode));
}

Result<Padding> padding_of(const AttrReader& c) {
    const std::string& mode = c.string("padding_mode");
    if (mode == "zeros") return Padding::kZeros;
    if (mode == "border") return Padding::kBorder;
    if (mode == "reflection") return Padding::kReflection;
    return fail("the padding mode '{}' is none of zeros, border, reflection", mode);
}

Status infer_grid_sample(InferContext& c) {
    TRY_STATUS(grid_mode(c));
    TRY_STATUS(padding_of(c));
    const Dims &x = c.shape(0), &grid = c.shape(1);
    const auto spatial = static_cast<int64_t>(x.size()) - 2;
    if (spatial < 1 || spatial > 3 || grid.size() != x.size())
        return fail("x is {} and the grid {}; their ranks must be equal, 3 to 5", to_string(x),
                    to_string(grid));
    if (grid.back().is_constant() && grid.back() != Dim(spatial))
        return fail("the grid {} has not {} coordinates", to_string(grid), spatial);
    if (x[0].is_constant() && grid[0].is_constant() && x[0] != grid[0])
        return fail("x is {} and the grid {}; their batches differ", to_string(x), to_string(grid));
    Dims shape{x[0], x[1]};
    shape.insert(shape.end(), grid.begin() + 1, grid.end() - 1);
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

// One axis of the image.
struct GridAxis {
    int64_t size;
    double low, high;  // the borders that reflection folds at
    bool align_corners;
    Padding padding;

    double coordinate(double normalised) const {
        const auto length = static_cast<double>(size);
        return align_corners ? (normalised + 1) / 2 * (length - 1) : ((normalised + 1) * length - 1) / 2;
    }
    // Folded into [low, high], like a ray between two mirrors.
    double reflected(double x) const {
        const double range = high - low;
        if (range <= 0) return 0;
        const double period = std::fmod(std::abs(x - low), 2 * range);
        return low + (period > range ? 2 * range - period : period);
    }
    double placed(double x) const {
        if (!std::isfinite(x)) return padding == Padding::kZeros ? -8 : 0;
        if (padding == Padding::kBorder) return std::clamp(x, 0.0, static_cast<double>(size - 1));
        if (padding == Padding::kReflection && (x < low || x > high)) return reflected(x);
        return std::clamp(x, -8.0, static_cast<double>(size) + 8);
    }
    // The element that stands at a whole coordinate, -1 for a zero.
    int64_t element(double at) const {
        if (padding == Padding::kReflection && (at < 0 || at > static_cast<double>(size - 1)))
            at = std::trunc(reflected(at));
        if (at >= 0 && at < static_cast<double>(size)) return static_cast<int64_t>(at);
        return padding == Padding::kZeros
                   ? -1
                   : static_cast<int64_t>(std::clamp(at, 0.0, static_cast<double>(size - 1)));
    }
};

// Up to four taps of one axis; index -1 weighs nothing.
std::vector<Taps::Tap> grid_taps(const GridAxis& axis, double normalised, Interpolation mode) {
    double x = axis.coordinate(normalised);
    if (mode == Interpolation::kNearest) return {{axis.element(axis.placed(std::nearbyint(x))), 1.0}};
    x = axis.placed(x);
    const double first = std::floor(x);
    std::vector<Taps::Tap> taps;
    if (mode == Interpolation::kLinear)
        for (int i = 0; i < 2; ++i)
            taps.push_back({axis.element(first + i), i == 0 ? 1 - (x - first) : x - first});
    else
        for (int i = -1; i < 3; ++i)
            taps.push_back({axis.element(first + i), cubic_weight(x - first - i, -0.75)});
    return taps;
}

// The sum over all combinations of the axes' taps.
double sampled(const double* image, std::span<const std::vector<Taps::Tap>> taps,
               std::span<const int64_t> strides) {
    if (taps.empty()) return *image;
    double sum = 0;
    for (const auto& tap : taps[0])
        if (tap.index >= 0 && tap.weight != 0)
            sum += tap.weight * sampled(image + tap.index * strides[0], taps.subspan(1), strides.subspan(1));
    return sum;
}

Status evaluate_grid_sample(EvalContext& c) {
    const Tensor &x = c.in(0), &grid = c.in(1);
    TRY(const Interpolation mode, grid_mode(c));
    TRY(const Padding padding, padding_of(c));
    const int spatial = x.rank() - 2;
    std::vector<GridAxis> axes;
    for (int i = 0; i < spatial; ++i) {
        const auto size = static_cast<double>(x.dim(2 + i));
        const bool align = c.flag("align_corners");
        if (size == 0) return fail("x is {}; there is nothing to sample", to_string(x.shape()));
        axes.push_back({x.dim(2 + i), align ? 0 : -0.5, align ? size - 1 : size - 0.5, align, padding});
    }
    Shape shape(x.shape().begin(), x.shape().begin() + 2);
    shape.insert(shape.end(), grid.shape().begin() + 1, grid.shape().end() - 1);
    TRY_STATUS(check_result(x.dtype(), shape));
    const auto values = x.to_doubles(), points = grid.to_doubles();
    const Shape strides = row_major_strides(std::span(x.shape()).subspan(2));
    const int64_t batch = x.dim(0), channels = x.dim(1),
                  image = element_count(std::span(x.shape()).subspan(2));
    const int64_t count = element_count(std::span(shape).subspan(2));
    std::vector<double> result(static_cast<size_t>(element_count(shape)));
    std::vector<std::vector<Taps::Tap>> taps(static_cast<size_t>(spatial));
    for (int64_t n = 0; n < batch; ++n)
        for (int64_t p = 0; p < count; ++p) {
            for (int i = 0; i < spatial; ++i)
                taps[i] = grid_taps(axes[i], points[(n * count + p) * spatial + spatial - 1 - i], mode);
            for (int64_t k = 0; k < channels; ++k)
                result[(n * channels + k) * count + p] =
                    sampled(values.data() + (n * channels + k) * image, taps, strides);
        }
    c.output(0, tensor_from_doubles(x.dtype(), shape, result));
    return {};
}

double grid_sample_flops(const CostContext& c) {
    const std::string& mode = *std::get_if<std::string>(c.attrs.find("mode"));
    const double taps = mode == "nearest" ? 0 : mode == "cubic" || mode == "bicubic" ? 4 : 2;
    return 2 * std::pow(taps, static_cast<double>(c.inputs[0].size()) - 2) *
           static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kGridSampleIn[] = {{"x", kFloatTypes, 'T'}, {"grid", kFloatTypes}};
constexpr OperandDef kGridFloatOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kGridSampleAttrs[] = {{"mode", AttrType::kString, "\"linear\""},
                                        {"padding_mode", AttrType::kString, "\"zeros\""},
                                        {"align_corners", AttrType::kBool, "false"}};
constexpr Sample kGridSampleSamples[] = {
    {"f32[2, 3, 5, 4]; f32[2, 3, 2, 2]{-1.4, 1.4}", "mode=\"bilinear\""},
    {"f32[1, 2, 5, 4]; f32[1, 3, 3, 2]{-1.4, 1.4}", "mode=\"nearest\"; padding_mode=\"border\""},
    {"f32[1, 2, 5, 4]; f32[1, 3, 3, 2]{-1.4, 1.4}",
     "mode=\"bicubic\"; padding_mode=\"reflection\"; align_corners=true"}};
constexpr Cell kGridSampleCells[] = {{.format = "onnx", .op = "GridSample", .since = 16},
                                     {.format = "openvino", .op = "GridSample", .since = 9}};

// ---- affine_grid

Status check_theta(const Dims& theta, size_t sizes) {
    if (sizes != 4 && sizes != 5)
        return fail("'size' has {} numbers, expected [N, C, H, W] or [N, C, D, H, W]", sizes);
    const auto spatial = static_cast<int64_t>(sizes) - 2;
    if (theta.size() != 3 || (theta[1].is_constant() && theta[1] != Dim(spatial)) ||
        (theta[2].is_constant() && theta[2] != Dim(spatial + 1)))
        return fail("theta is {}, expected [N, {}, {}]", to_string(theta), spatial, spatial + 1);
    return {};
}

Status infer_affine_grid(InferContext& c) {
    TRY(const int64_t length, list_length(c, "size"));
    TRY_STATUS(check_theta(c.shape(0), static_cast<size_t>(length)));
    const auto size = c.dims("size");
    Dims shape{size ? (*size)[0] : c.shape(0)[0]};
    for (int64_t i = 2; i < length; ++i) shape.push_back(size ? (*size)[i] : c.unknown("size"));
    for (const Dim& d : shape)
        if (negative(d)) return fail("'size' has {}", d.text());
    shape.push_back(length - 2);
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

Status evaluate_affine_grid(EvalContext& c) {
    const Tensor& theta = c.in(0);
    TRY(const Ints size, c.ints("size"));
    TRY_STATUS(check_theta(dims_of(theta.shape()), size.size()));
    if (size[0] != theta.dim(0))
        return fail("'size' asks for {} images, theta has {}", size[0], theta.dim(0));
    const int64_t spatial = theta.dim(1);
    Shape shape{size[0]};
    shape.insert(shape.end(), size.begin() + 2, size.end());
    shape.push_back(spatial);
    TRY_STATUS(check_result(theta.dtype(), shape));
    const bool align = c.flag("align_corners");
    const auto matrix = theta.to_doubles();
    std::vector<double> result;
    for_each_index(shape, [&](const Shape& at) {
        const double* row = matrix.data() + (at[0] * spatial + at.back()) * (spatial + 1);
        double sum = row[spatial];
        for (int64_t i = 0; i < spatial; ++i) {  // x is the innermost axis
            const auto place = static_cast<double>(at[spatial - i]),
                       length = static_cast<double>(shape[spatial - i]);
            sum += row[i] *
                   (align ? (length > 1 ? 2 * place / (length - 1) - 1 : 0) : (2 * place + 1) / length - 1);
        }
        result.push_back(sum);
    });
    c.output(0, tensor_from_doubles(theta.dtype(), shape, result));
    return {};
}

double affine_grid_flops(const CostContext& c) {
    return 2 * static_cast<double>(c.outputs[0].empty() ? 0 : c.outputs[0].back()) *
           static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kAffineIn[] = {{"theta", kFloatTypes, 'T'},
                                    {"size", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr AttrDef kAffineAttrs[] = {{"size", AttrType::kDims}, {"align_corners", AttrType::kBool, "false"}};
constexpr Sample kAffineSamples[] = {{"f32[2, 2, 3]", "size=[2, 3, 4, 5]"},
                                     {"f32[1, 3, 4]; i64[5]=1,2,3,4,2", "align_corners=true"}};
constexpr Place kAffinePlaces[] = {{"size", "size", 1}};
constexpr Cell kAffineCells[] = {
    {.format = "onnx", .op = "AffineGrid", .since = 20, .places = kAffinePlaces}};

constexpr OpDef kGridOps[] = {
    {.name = "grid_sample",
     .summary = "x read at the points of a grid (ONNX GridSample)",
     .inputs = kGridSampleIn,
     .outputs = kGridFloatOut,
     .attrs = kGridSampleAttrs,
     .infer = infer_grid_sample,
     .evaluate = evaluate_grid_sample,
     .flops = grid_sample_flops,
     .samples = kGridSampleSamples,
     .cells = kGridSampleCells},
    {.name = "affine_grid",
     .summary = "the grid of points that matrices map an image's pixels to (ONNX AffineGrid)",
     .inputs = kAffineIn,
     .outputs = kGridFloatOut,
     .attrs = kAffineAttrs,
     .infer = infer_affine_grid,
     .evaluate = evaluate_affine_grid,
     .flops = affine_grid_flops,
     .samples = kAffineSamples,
     .cells = kAffineCells},
};

}  // namespace

std::span<const OpDef> grid_ops() { return kGridOps; }

}  // namespace lathe::ops
