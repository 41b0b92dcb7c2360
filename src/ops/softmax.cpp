// Softmax and its kin along one axis. Definitions: ONNX Softmax, LogSoftmax, Hardmax since opset 13; before it they took
// all axes from `axis` on as one, which the flat_ rows mean.
#include <algorithm>
#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kSoftmaxIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kSoftmaxOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kSoftmaxAttrs[] = {{"axis", AttrType::kInt, "-1"}};
constexpr AttrDef kFlatAttrs[] = {{"axis", AttrType::kInt, "1"}};
constexpr Sample kSoftmaxSamples[] = {{"f32[2, 3, 5]{-4, 4}"},
                                      {"f32[2, 3, 5]{-4, 4}", "axis=1"},
                                      {"f32[3, 2]{-4, 4}", "axis=0"},
                                      {"f16[3, 7]{-4, 4}"},
                                      {"f32[2, 3]=1000,1001,-1000,3,3,2"}};
constexpr Sample kFlatSamples[] = {{"f32[2, 3, 5]{-4, 4}"},
                                   {"f32[2, 3, 5]{-4, 4}", "axis=2"},
                                   {"f32[3, 2]{-4, 4}", "axis=0"},
                                   {"f16[3, 7]{-4, 4}"}};
constexpr Cell kFlatSoftmax[] = {{.format = "onnx", .op = "Softmax", .until = 12}};
constexpr Cell kFlatLogSoftmax[] = {{.format = "onnx", .op = "LogSoftmax", .until = 12}};
constexpr Cell kFlatHardmax[] = {{.format = "onnx", .op = "Hardmax", .until = 12}};

template <bool flat>
Status infer_axis(InferContext& c) {
    if (flat && c.integer("axis") == c.rank(0)) return same_shape(c);
    TRY_STATUS(normal_axis(c.integer("axis"), c.rank(0)));
    return same_shape(c);
}

// What one line of numbers becomes.
void softmax_line(std::vector<double>& line) {
    const double largest = *std::ranges::max_element(line);
    double sum = 0;
    for (double& v : line) sum += v = std::exp(v - largest);
    for (double& v : line) v /= sum;
}
void log_softmax_line(std::vector<double>& line) {
    const double largest = *std::ranges::max_element(line);
    double sum = 0;
    for (const double v : line) sum += std::exp(v - largest);
    for (double& v : line) v -= largest + std::log(sum);
}
void hardmax_line(std::vector<double>& line) {
    const auto at = std::ranges::max_element(line) - line.begin();
    std::ranges::fill(line, 0);
    line[static_cast<size_t>(at)] = 1;
}

// x as lines of `length` elements that lie `inner` apart.
template <void (*change)(std::vector<double>&)>
Status change_lines(EvalContext& c, int64_t length, int64_t inner) {
    auto values = c.in(0).to_doubles();
    std::vector<double> line(static_cast<size_t>(length));
    const int64_t lines = length == 0 ? 0 : c.in(0).count() / length;
    for (int64_t i = 0; i < lines; ++i) {
        double* start = values.data() + i / inner * inner * length + i % inner;
        for (int64_t k = 0; k < length; ++k) line[static_cast<size_t>(k)] = start[k * inner];
        change(line);
        for (int64_t k = 0; k < length; ++k) start[k * inner] = line[static_cast<size_t>(k)];
    }
    c.output(0, tensor_from_doubles(c.in(0).dtype(), c.in(0).shape(), values));
    return {};
}

template <void (*change)(std::vector<double>&)>
Status evaluate_axis(EvalContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.in(0).rank()));
    const Shape& shape = c.in(0).shape();
    return change_lines<change>(c, shape[static_cast<size_t>(axis)],
                                row_major_strides(shape)[static_cast<size_t>(axis)]);
}

template <void (*change)(std::vector<double>&)>
Status evaluate_flat(EvalContext& c) {
    int64_t axis = c.integer("axis");
    if (axis < 0) axis += c.in(0).rank();
    const Shape& shape = c.in(0).shape();
    return change_lines<change>(c, element_count(Shape(shape.begin() + axis, shape.end())), 1);
}

double flops_of_softmax(const CostContext& c) { return 5 * static_cast<double>(element_count(c.inputs[0])); }

constexpr OpDef along_axis(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                           std::span<const Cell> cells, std::string_view body) {
    return {.name = name,
            .summary = summary,
            .inputs = kSoftmaxIn,
            .outputs = kSoftmaxOut,
            .attrs = kSoftmaxAttrs,
            .infer = infer_axis<false>,
            .evaluate = evaluate,
            .flops = flops_of_softmax,
            .samples = kSoftmaxSamples,
            .cells = cells,
            .body = body};
}
constexpr OpDef flat(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                     std::span<const Cell> cells, std::string_view body) {
    return {.name = name,
            .summary = summary,
            .inputs = kSoftmaxIn,
            .outputs = kSoftmaxOut,
            .attrs = kFlatAttrs,
            .infer = infer_axis<true>,
            .evaluate = evaluate,
            .flops = flops_of_softmax,
            .samples = kFlatSamples,
            .cells = cells,
            .body = body};
}

constexpr OpDef kSoftmaxOps[] = {
    along_axis("softmax", "exp(x) over its sum along the axis", evaluate_axis<softmax_line>,
               cells<Onnx<"Softmax", 13>, Litert<"SOFTMAX">, Coreml<"softmax">, Ncnn<"Softmax">,
                     Openvino<"SoftMax", 8>>,
               "m = reduce_max(x, axes=[$axis])\nd = sub(x, m)\ne = exp(d)\ns = reduce_sum(e, axes=[$axis])\n"
               "y = div(e, s)"),
    along_axis("log_softmax", "the logarithm of softmax", evaluate_axis<log_softmax_line>,
               cells<Onnx<"LogSoftmax", 13>, Litert<"LOG_SOFTMAX">, Openvino<"LogSoftmax", 5>>,
               "m = reduce_max(x, axes=[$axis])\nd = sub(x, m)\ne = exp(d)\ns = reduce_sum(e, axes=[$axis])\n"
               "l = log(s)\ny = sub(d, l)"),
    along_axis("hardmax", "1 at the first largest element along the axis, else 0",
               evaluate_axis<hardmax_line>, onnx<"Hardmax", 13>, {}),
    flat("flat_softmax", "softmax over all axes from `axis` on (ONNX Softmax before opset 13)",
         evaluate_flat<softmax_line>, kFlatSoftmax,
         "f = flatten(x, axis=$axis)\ns = softmax(f)\nsizes = shape_of(x)\ny = reshape(s, sizes)"),
    flat("flat_log_softmax", "log_softmax over all axes from `axis` on (ONNX LogSoftmax before opset 13)",
         evaluate_flat<log_softmax_line>, kFlatLogSoftmax,
         "f = flatten(x, axis=$axis)\ns = log_softmax(f)\nsizes = shape_of(x)\ny = reshape(s, sizes)"),
    flat("flat_hardmax", "hardmax over all axes from `axis` on (ONNX Hardmax before opset 13)",
         evaluate_flat<hardmax_line>, kFlatHardmax,
         "f = flatten(x, axis=$axis)\ns = hardmax(f)\nsizes = shape_of(x)\ny = reshape(s, sizes)"),
};

}  // namespace

std::span<const OpDef> softmax_ops() { return kSoftmaxOps; }

}  // namespace lathe::ops
