// Where the elements of a resized axis come from, and with which weights: the coordinate rules, rounding modes and
// kernels of ONNX Resize, one axis at a time (N-linear and N-cubic interpolation are products of axes).
// Sources: ONNX operator documentation, Resize-19; cubic kernel: R. Keys, "Cubic convolution interpolation for digital
// image processing", 1981, equation 4.
#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/contexts.h"
#include "tensor/tensor.h"

namespace lathe::ops {

enum class Interpolation : uint8_t { kNearest, kLinear, kCubic };
enum class CoordinateMode : uint8_t {
    kHalfPixel,
    kHalfPixelSymmetric,
    kPytorchHalfPixel,
    kAlignCorners,
    kAsymmetric,
    kTfHalfPixelForNn,
    kTfCropAndResize
};
enum class NearestMode : uint8_t { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil };

// Errors: a word that names none of them, listing those that do.
Result<Interpolation> interpolation_named(std::string_view name);
Result<CoordinateMode> coordinate_mode_named(std::string_view name);
Result<NearestMode> nearest_mode_named(std::string_view name);

struct AxisResize {
    int64_t size = 1;  // of the axis before
    int64_t new_size = 1;  // and after
    double scale = 1;  // new length / length, where a fraction of an element counts
    double new_length = 1;  // scale * size; new_size where sizes were asked for
    double start = 0, end = 1;  // region of interest, for tf_crop_and_resize
    Interpolation interpolation = Interpolation::kNearest;
    CoordinateMode coordinates = CoordinateMode::kHalfPixel;
    NearestMode nearest = NearestMode::kRoundPreferFloor;
    double cubic_a = -0.75;
    bool antialias = false;  // widens the kernel by 1 / scale when scale < 1
    bool exclude_outside = false;  // elements outside weigh nothing; else the edge is repeated
};

// One element of the result: the sum over taps of weight * element. Weights sum to one.
struct Taps {
    struct Tap {
        int64_t index;
        double weight;
    };
    std::vector<Tap> taps;
    bool outside =
        false;  // tf_crop_and_resize only: the coordinate is outside the axis, the extrapolation value stands here
};
std::vector<Taps> axis_taps(const AxisResize& axis);

// What a resize or upsample does to x: axes that keep their elements are not among those listed.
struct ResizedAxis {
    int axis = 0;
    std::vector<Taps> taps;  // one for each element of the result
};
struct Resizing {
    bool nearest = false;  // every element of the result is one of x: its taps' first
    double extrapolation = 0;
    std::vector<ResizedAxis> axes;
};
// c: the node with its operands but the first, of which only the shape is looked at. Errors: as the operator's.
Result<Resizing> resizing_of(graph::EvalContext& c, const Shape& x);

// Weights of the cubic kernel at distance x from a tap; 0 from 2 on.
double cubic_weight(double x, double a);

// `values` (row-major, of `shape`) with `axis` replaced by what the taps say. shape[axis] becomes taps.size().
std::vector<double> apply_taps(const std::vector<double>& values, Shape& shape, int axis,
                               const std::vector<Taps>& taps, double extrapolation);

}  // namespace lathe::ops
