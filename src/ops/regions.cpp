// Operators on boxes: roi_align, non_max_suppression.
#include <algorithm>
#include <cmath>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr int64_t kMostSamples = 4096;  // along one axis of one bin

// ---- roi_align: He et al., "Mask R-CNN", 2017, section 3

Status check_roi(const AttrReader& c, const Dims& x, const Dims& rois, const Dims& batches) {
    if (x.size() != 4) return fail("x is {}, expected [N, C, H, W]", to_string(x));
    if (rois.size() != 2 || (rois[1].is_constant() && rois[1] != Dim(4)))
        return fail("the boxes are {}, expected [R, 4]", to_string(rois));
    if (batches.size() != 1) return fail("'batch_indices' is {}, expected a list", to_string(batches));
    if (rois[0].is_constant() && batches[0].is_constant() && rois[0] != batches[0])
        return fail("there are {} boxes and {} batch indices", rois[0].text(), batches[0].text());
    if (c.string("mode") != "avg" && c.string("mode") != "max")
        return fail("the mode '{}' is neither avg nor max", c.string("mode"));
    const std::string& coordinates = c.string("coordinate_transformation_mode");
    if (coordinates != "half_pixel" && coordinates != "output_half_pixel")
        return fail("the mode '{}' is neither half_pixel nor output_half_pixel", coordinates);
    if (c.integer("output_height") < 1 || c.integer("output_width") < 1 || c.integer("sampling_ratio") < 0 ||
        c.integer("sampling_ratio") > kMostSamples)
        return fail("the output is {} by {} with {} samples", c.integer("output_height"),
                    c.integer("output_width"), c.integer("sampling_ratio"));
    return {};
}

Status infer_roi_align(InferContext& c) {
    TRY_STATUS(check_roi(c, c.shape(0), c.shape(1), c.shape(2)));
    c.output(0, c.dtype(0),
             {c.shape(1)[0], c.shape(0)[1], c.integer("output_height"), c.integer("output_width")});
    return {};
}

// One axis of a box, cut into bins with samples.
struct RoiAxis {
    double start, bin;
    int64_t samples;

    RoiAxis(const EvalContext& c, double from, double to, int64_t bins) {
        const bool half_pixel = c.string("coordinate_transformation_mode") == "half_pixel";
        const double scale = c.number("spatial_scale");
        start = from * scale - (half_pixel ? 0.5 : 0);
        double length = to * scale - (half_pixel ? 0.5 : 0) - start;
        if (!half_pixel) length = std::max(length, 1.0);
        bin = length / static_cast<double>(bins);
        const int64_t wanted = c.integer("sampling_ratio");
        samples = wanted > 0           ? wanted
                  : std::isfinite(bin) ? static_cast<int64_t>(std::clamp(std::ceil(bin), 0.0, 0x1p40))
                                       : 0;
    }
    double at(int64_t output, int64_t sample) const {
        return start + static_cast<double>(output) * bin +
               (static_cast<double>(sample) + 0.5) * bin / static_cast<double>(samples);
    }
};

// The four weighted pixels around (y, x); zeros more than a pixel outside.
struct Corners {
    double parts[4];
};
Corners corners_at(const double* image, int64_t height, int64_t width, double y, double x) {
    if (!(y >= -1 && y <= static_cast<double>(height) && x >= -1 && x <= static_cast<double>(width)))
        return {{0, 0, 0, 0}};
    y = std::clamp(y, 0.0, static_cast<double>(height - 1));
    x = std::clamp(x, 0.0, static_cast<double>(width - 1));
    const auto y0 = static_cast<int64_t>(y), x0 = static_cast<int64_t>(x);
    const int64_t y1 = std::min(y0 + 1, height - 1), x1 = std::min(x0 + 1, width - 1);
    const double ly = y - static_cast<double>(y0), lx = x - static_cast<double>(x0);
    return {{(1 - ly) * (1 - lx) * image[y0 * width + x0], (1 - ly) * lx * image[y0 * width + x1],
             ly * (1 - lx) * image[y1 * width + x0], ly * lx * image[y1 * width + x1]}};
}

// In max mode ONNX takes the largest single weighted pixel, not the largest interpolated value.
double pooled(const double* image, int64_t height, int64_t width, const RoiAxis& vertical,
              const RoiAxis& horizontal, int64_t row, int64_t column, bool average) {
    double sum = 0, largest = 0;
    for (int64_t i = 0; i < vertical.samples; ++i)
        for (int64_t j = 0; j < horizontal.samples; ++j) {
            const Corners found =
                corners_at(image, height, width, vertical.at(row, i), horizontal.at(column, j));
            const double most = *std::ranges::max_element(found.parts);
            largest = i == 0 && j == 0 ? most : std::max(largest, most);
            sum += found.parts[0] + found.parts[1] + found.parts[2] + found.parts[3];
        }
    return average ? sum / static_cast<double>(std::max<int64_t>(vertical.samples * horizontal.samples, 1))
                   : largest;
}

Status evaluate_roi_align(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY_STATUS(check_roi(c, dims_of(x.shape()), dims_of(c.in(1).shape()), dims_of(c.in(2).shape())));
    const int64_t count = c.in(1).dim(0), channels = x.dim(1), height = x.dim(2), width = x.dim(3);
    const int64_t rows = c.integer("output_height"), columns = c.integer("output_width");
    const Shape shape{count, channels, rows, columns};
    TRY_STATUS(check_result(x.dtype(), shape));
    if (height == 0 || width == 0) return fail("x is {}; there is nothing to sample", to_string(x.shape()));
    const auto values = x.to_doubles(), boxes = c.in(1).to_doubles();
    const Ints batches = c.in(2).to_ints();
    const bool average = c.string("mode") == "avg";
    std::vector<double> result;
    for (int64_t r = 0; r < count; ++r) {
        if (batches[r] < 0 || batches[r] >= x.dim(0))
            return fail("box {} is of image {} of {}", r, batches[r], x.dim(0));
        const RoiAxis horizontal(c, boxes[r * 4], boxes[r * 4 + 2], columns),
            vertical(c, boxes[r * 4 + 1], boxes[r * 4 + 3], rows);
        if (std::max(horizontal.samples, vertical.samples) > kMostSamples)
            return fail("box {} is too large to be sampled", r);
        for (int64_t k = 0; k < channels; ++k) {
            const double* image = values.data() + (batches[r] * channels + k) * height * width;
            for (int64_t i = 0; i < rows * columns; ++i)
                result.push_back(
                    pooled(image, height, width, vertical, horizontal, i / columns, i % columns, average));
        }
    }
    c.output(0, tensor_from_doubles(x.dtype(), shape, result));
    return {};
}

// Four pixels a sample, and as many samples as are asked for (four where the box decides).
double roi_align_flops(const CostContext& c) {
    const int64_t ratio = *std::get_if<int64_t>(c.attrs.find("sampling_ratio"));
    return 8 * static_cast<double>(ratio > 0 ? ratio * ratio : 4) *
           static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kRoiIn[] = {
    {"x", kFloatTypes, 'T'}, {"rois", kFloatTypes, 'T'}, {"batch_indices", type_bit(DType::kI64)}};
constexpr OperandDef kRegionsFloatOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kRoiAttrs[] = {{"mode", AttrType::kString, "\"avg\""},
                                 {"output_height", AttrType::kInt, "1"},
                                 {"output_width", AttrType::kInt, "1"},
                                 {"sampling_ratio", AttrType::kInt, "0"},
                                 {"spatial_scale", AttrType::kFloat, "1.0"},
                                 {"coordinate_transformation_mode", AttrType::kString, "\"half_pixel\""}};
constexpr Sample kRoiSamples[] = {
    {"f32[2, 3, 7, 5]; f32[2, 4]=0,0,4,6,1,2,3.5,5; i64[2]=1,0",
     "output_height=3; output_width=2; sampling_ratio=2"},
    {"f32[1, 2, 7, 5]; f32[2, 4]=0,0,9,8,2,2,6,6; i64[2]=0,0",
     "output_height=2; output_width=2; spatial_scale=0.5; coordinate_transformation_mode=\"output_half_pixel\""},
    {"f32[1, 1, 6, 6]; f32[1, 4]=1,1,5,4; i64[1]=0",
     "mode=\"max\"; output_height=2; output_width=2; sampling_ratio=1"}};
constexpr Cell kRoiCells[] = {{.format = "onnx", .op = "RoiAlign", .since = 16}};

// ---- non_max_suppression

struct Box {
    double y0, x0, y1, x1;
    double area() const { return (y1 - y0) * (x1 - x0); }
};

Box box_of(const double* b, bool center) {
    if (center) return {b[1] - b[3] / 2, b[0] - b[2] / 2, b[1] + b[3] / 2, b[0] + b[2] / 2};
    return {std::min(b[0], b[2]), std::min(b[1], b[3]), std::max(b[0], b[2]), std::max(b[1], b[3])};
}

// Intersection over union.
double overlap(const Box& a, const Box& b) {
    const double height = std::min(a.y1, b.y1) - std::max(a.y0, b.y0),
                 width = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
    if (height <= 0 || width <= 0 || a.area() <= 0 || b.area() <= 0) return 0;
    return height * width / (a.area() + b.area() - height * width);
}

Status check_boxes(const Dims& boxes, const Dims& scores) {
    if (boxes.size() != 3 || (boxes[2].is_constant() && boxes[2] != Dim(4)))
        return fail("the boxes are {}, expected [N, B, 4]", to_string(boxes));
    const auto differ = [](const Dim& a, const Dim& b) {
        return a.is_constant() && b.is_constant() && a != b;
    };
    if (scores.size() != 3 || differ(boxes[0], scores[0]) || differ(boxes[1], scores[2]))
        return fail("the scores are {}, expected [N, C, B] for the boxes {}", to_string(scores),
                    to_string(boxes));
    return {};
}

Status infer_non_max_suppression(InferContext& c) {
    TRY_STATUS(check_boxes(c.shape(0), c.shape(1)));
    c.output(0, DType::kI64, {c.unknown("selected"), 3});
    return {};
}

// One number of an optional operand.
Result<double> number_of(EvalContext& c, int i, double absent) {
    if (!c.has(i) || c.in(i).count() == 0) return absent;
    if (c.in(i).count() != 1)
        return fail("'{}' has {} values, expected one", c.op().inputs[i].name, c.in(i).count());
    return c.in(i).to_doubles()[0];
}

// The boxes of one image and class, best first; of equal scores the one listed first.
Ints kept_boxes(const std::vector<Box>& boxes, const double* scores, double most, double iou, double least) {
    Ints order, kept;
    for (int64_t i = 0; i < static_cast<int64_t>(boxes.size()); ++i)
        if (scores[i] > least) order.push_back(i);
    std::ranges::stable_sort(order, [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
    for (const int64_t i : order) {
        if (static_cast<double>(kept.size()) >= most) break;
        if (std::ranges::none_of(kept, [&](int64_t k) { return overlap(boxes[i], boxes[k]) > iou; }))
            kept.push_back(i);
    }
    return kept;
}

Status evaluate_non_max_suppression(EvalContext& c) {
    TRY_STATUS(check_boxes(dims_of(c.in(0).shape()), dims_of(c.in(1).shape())));
    TRY(const double most, number_of(c, 2, 0));
    TRY(const double iou, number_of(c, 3, 0));
    TRY(const double least, number_of(c, 4, -INFINITY));
    const auto boxes = c.in(0).to_doubles(), scores = c.in(1).to_doubles();
    const int64_t images = c.in(1).dim(0), classes = c.in(1).dim(1), count = c.in(1).dim(2);
    Ints found;
    for (int64_t n = 0; n < images; ++n) {
        std::vector<Box> own;
        for (int64_t b = 0; b < count; ++b)
            own.push_back(box_of(boxes.data() + (n * count + b) * 4, c.flag("center_point_box")));
        for (int64_t k = 0; k < classes; ++k)
            for (const int64_t b :
                 kept_boxes(own, scores.data() + (n * classes + k) * count, most, iou, least))
                found.insert(found.end(), {n, k, b});
    }
    c.output(0, tensor_from_ints(DType::kI64, {static_cast<int64_t>(found.size()) / 3, 3}, found));
    return {};
}

constexpr TypeSet kRegionsF32 = type_bit(DType::kF32);
constexpr OperandDef kNmsIn[] = {
    {"boxes", kRegionsF32},
    {"scores", kRegionsF32},
    {"max_output_boxes_per_class", type_bit(DType::kI64), '\0', Arity::kOptional},
    {"iou_threshold", kRegionsF32, '\0', Arity::kOptional},
    {"score_threshold", kRegionsF32, '\0', Arity::kOptional}};
constexpr OperandDef kNmsOut[] = {{"selected_indices", type_bit(DType::kI64)}};
constexpr AttrDef kNmsAttrs[] = {{"center_point_box", AttrType::kBool, "false"}};
constexpr Sample kNmsSamples[] = {
    {"f32[1, 4, 4]=0,0,1,1,0,0.1,1,1.1,0,10,1,11,1,11.1,0,10.1; f32[1, 1, 4]=0.9,0.75,0.95,0.5; i64[1]=3; f32[1]=0.5; f32[1]=0.1"},
    {"f32[2, 2, 4]=0.5,0.5,1,1,0.5,0.6,1,1,0.5,0.5,1,1,5,5,1,1; f32[2, 2, 2]=0.9,0.75,0.2,0.6,0.3,0.4,0.8,0.7; i64[]=2; f32[]=0.5",
     "center_point_box=true"}};
constexpr Cell kNmsCells[] = {{.format = "onnx", .op = "NonMaxSuppression", .since = 10}};

constexpr OpDef kRegionsOps[] = {
    {.name = "roi_align",
     .summary = "boxes of feature maps, sampled to one size (ONNX RoiAlign)",
     .inputs = kRoiIn,
     .outputs = kRegionsFloatOut,
     .attrs = kRoiAttrs,
     .infer = infer_roi_align,
     .evaluate = evaluate_roi_align,
     .flops = roi_align_flops,
     .samples = kRoiSamples,
     .cells = kRoiCells},
    {.name = "non_max_suppression",
     .summary = "the best boxes of each class that overlap no better one (ONNX NonMaxSuppression)",
     .inputs = kNmsIn,
     .outputs = kNmsOut,
     .attrs = kNmsAttrs,
     .infer = infer_non_max_suppression,
     .evaluate = evaluate_non_max_suppression,
     .samples = kNmsSamples,
     .cells = kNmsCells},
};

}  // namespace

std::span<const OpDef> region_ops() { return kRegionsOps; }

}  // namespace lathe::ops
