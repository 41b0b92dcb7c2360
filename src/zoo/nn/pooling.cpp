// Pooling and resizing of images.
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {
namespace {

Attrs window_attrs(const Pool& pool, Ints pads) {
    return {{"kernel_shape", Ints{pool.kernel.h, pool.kernel.w}},
            {"strides", Ints{pool.stride.h, pool.stride.w}},
            {"pads", std::move(pads)},
            {"ceil_mode", pool.ceil_mode}};
}

// [out, in]: row i averages the inputs from floor(i in / out) to ceil((i + 1) in / out).
Tensor averaging_matrix(int64_t in, int64_t out) {
    TensorBuilder builder(DType::kF32, {out, in});
    auto values = builder.values<float>();
    for (int64_t i = 0; i < out; ++i) {
        const int64_t from = i * in / out, to = ((i + 1) * in + out - 1) / out;
        for (int64_t j = 0; j < in; ++j)
            values[static_cast<size_t>(i * in + j)] =
                j >= from && j < to ? 1.0f / static_cast<float>(to - from) : 0.0f;
    }
    return builder.finish();
}

}  // namespace

ValueId Net::max_pool(ValueId x, const Pool& pool) {
    return b.add("max_pool", {x},
                 window_attrs(pool, conv_pads(x, pool.kernel, pool.stride, 1, pool.padding)));
}

ValueId Net::avg_pool(ValueId x, const Pool& pool) {
    Attrs attrs = window_attrs(pool, conv_pads(x, pool.kernel, pool.stride, 1, pool.padding));
    const bool zeros_before = pool.padding.kind == Padding::kSame && pool.stride != Size2(1);
    attrs.set("count_include_pad", pool.count_include_pad || zeros_before);
    return b.add("avg_pool", {x}, std::move(attrs));
}

ValueId Net::adaptive_avg_pool(ValueId x, Size2 out) {
    const Size2 in = size(x);
    if (out == Size2(1)) return global_avg_pool(x, true);
    if (in == out) return x;
    if (in.h % out.h == 0 && in.w % out.w == 0) {
        const Size2 kernel{in.h / out.h, in.w / out.w};
        return avg_pool(x, {.kernel = kernel, .stride = kernel});
    }
    const ValueId rows = constant("averaging", averaging_matrix(in.h, out.h));
    const ValueId columns =
        constant("averaging", averaging_matrix(in.w, out.w).transposed(std::vector<int>{1, 0}));
    return matmul(rows, matmul(x, columns));
}

ValueId Net::global_avg_pool(ValueId x, bool keepdims) { return mean(x, {2, 3}, keepdims); }

ValueId Net::resize(ValueId x, Size2 out, std::string_view mode, bool align_corners) {
    if (size(x) == out) return x;
    Attrs attrs{{"sizes", Dims{out.h, out.w}}, {"axes", Ints{2, 3}}, {"mode", std::string(mode)}};
    if (mode == "nearest") {
        attrs.set("coordinate_transformation_mode", std::string("asymmetric"));
        attrs.set("nearest_mode", std::string("floor"));
    } else {
        attrs.set("coordinate_transformation_mode",
                  std::string(align_corners ? "align_corners" : "pytorch_half_pixel"));
    }
    return b.add("resize", {x}, std::move(attrs));
}

}  // namespace lathe::zoo::nn
