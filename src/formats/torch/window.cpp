// Windows that are laid side by side: unfold and fold.
#include <numeric>

#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

constexpr int64_t kMostTaps = int64_t{1} << 22;

// Where the taps of the windows along one axis lie: i64[taps, windows] or, `windows_first`, i64[windows, taps].
Result<Tensor> places(int64_t size, int64_t taps, int64_t dilation, int64_t stride, bool windows_first) {
    if (size < 0 || size > (int64_t{1} << 40) || taps < 1 || taps > kMostTaps || dilation < 1 ||
        dilation > kMostTaps || stride < 1)
        return fail("windows of {} taps, {} apart, every {} places of {}", taps, dilation, stride, size);
    const int64_t extent = (taps - 1) * dilation + 1;
    if (extent > size) return fail("windows of {} places in {}", extent, size);
    const int64_t windows = (size - extent) / stride + 1;
    if (windows > kMostTaps / taps) return fail("{} windows of {} taps", windows, taps);
    std::vector<int64_t> at;
    for (int64_t i = 0; i < (windows_first ? windows : taps); ++i)
        for (int64_t k = 0; k < (windows_first ? taps : windows); ++k)
            at.push_back((windows_first ? i : k) * stride + (windows_first ? k : i) * dilation);
    return tensor_from_ints(DType::kI64, windows_first ? Shape{windows, taps} : Shape{taps, windows}, at);
}

Result<int64_t> known_size(Call& c, ValueId x, int axis) {
    const Dim& size = c.shape(x)[static_cast<size_t>(axis)];
    if (const auto known = size.constant()) return *known;
    return fail("its input has the size {} along axis {}, expected a number; give the input's shape",
                size.text(), axis);
}

// Tensor.unfold: windows along one axis, their taps in a new last axis.
Results unfold(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dimension", c.rank(x)));
    if (c.rank(x) == 0) return fail("it unfolds a scalar");
    TRY(const int64_t taps, c.integer("size"));
    TRY(const int64_t stride, c.integer("step"));
    TRY(const int64_t size, known_size(c, x, axis));
    TRY(Tensor at, places(size, taps, 1, stride, true));
    TRY(const ValueId windows,
        c.add("gather", {x, c.importer.constant(std::move(at))}, {{"axis", int64_t{axis}}}));
    Ints perm(static_cast<size_t>(c.rank(windows)));
    std::iota(perm.begin(), perm.end(), 0);
    perm.erase(perm.begin() + axis + 1);
    perm.push_back(axis + 1);
    return one(c.add("transpose", {windows}, {{"perm", perm}}));
}

// x: [N, C, H, W] -> [N, C * kh * kw, windows]
Results im2col(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(const Ints kernel, c.ints("kernel_size"));
    TRY(const Ints dilation, c.ints("dilation"));
    TRY(const Ints padding, c.ints("padding"));
    TRY(const Ints stride, c.ints("stride"));
    if (c.rank(x) != 4) return fail("its input is {}, expected 4 axes", graph::to_string(c.shape(x)));
    if (padding != Ints{0, 0}) {
        TRY(x,
            c.add("pad", {x}, {{"pads", Dims{0, 0, padding[0], padding[1], 0, 0, padding[0], padding[1]}}}));
    }
    const Dim batch = c.shape(x)[0], channels = c.shape(x)[1];
    Dim windows(1);
    for (const int axis : {2, 4}) {  // rows [N, C, kh, oh, W], then columns [N, C, kh, oh, kw, ow]
        const auto i = static_cast<size_t>(axis / 2 - 1);
        TRY(const int64_t size, known_size(c, x, axis));
        TRY(Tensor at, places(size, kernel[i], dilation[i], stride[i], false));
        windows = windows * Dim(at.dim(1));
        TRY(x, c.add("gather", {x, c.importer.constant(std::move(at))}, {{"axis", int64_t{axis}}}));
    }
    TRY(x, c.add("transpose", {x}, {{"perm", Ints{0, 1, 2, 4, 3, 5}}}));
    return one(c.importer.reshape(x, {batch, channels * Dim(kernel[0]) * Dim(kernel[1]), windows}));
}

Results col2im(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Dims size, c.dims("output_size"));
    TRY(const Dims kernel, c.dims("kernel_size"));
    TRY(const Ints dilations, c.ints("dilation"));
    TRY(Ints pads, c.ints("padding"));
    TRY(const Ints strides, c.ints("stride"));
    pads.insert(pads.end(), pads.begin(), pads.end());
    return one(c.add("col2im", {x},
                     {{"image_shape", size},
                      {"block_shape", kernel},
                      {"dilations", dilations},
                      {"pads", pads},
                      {"strides", strides}}));
}

constexpr Row kWindowRows[] = {
    {.schema = "unfold(Tensor self, int dimension, int size, int step)", .special = unfold},
    {.schema = "im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride)",
     .special = im2col},
    {.schema =
         "col2im(Tensor self, int[] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride)",
     .special = col2im},
};

}  // namespace

std::span<const Row> window_rows() { return kWindowRows; }

}  // namespace lathe::formats::torch
