#include "zoo/nn/blur_pool.h"

namespace lathe::zoo::nn {
namespace {

// [channels, 1, taps, taps]: outer products of a row of Pascal's triangle, divided by their sum.
Tensor binomial_filter(int64_t channels, int64_t taps) {
    std::vector<double> row{1};
    for (int64_t k = 1; k < taps; ++k)
        row.push_back(row.back() * static_cast<double>(taps - k) / static_cast<double>(k));
    const double sum = static_cast<double>(int64_t{1} << (taps - 1));
    TensorBuilder builder(DType::kF32, {channels, 1, taps, taps});
    auto values = builder.values<float>();
    size_t at = 0;
    for (int64_t c = 0; c < channels; ++c)
        for (const double a : row)
            for (const double b : row) values[at++] = static_cast<float>(a / sum * (b / sum));
    return builder.finish();
}

}  // namespace

ValueId blur_pool(Net& net, ValueId x, int64_t stride, int64_t filter, std::string_view mode) {
    const int64_t channels = net.channels(x), pad = (stride - 1 + filter - 1) / 2;
    Ints pads{0, 0, 0, 0};
    if (mode == "constant") pads = {pad, pad, pad, pad};
    else x = net.pad(x, {0, 0, pad, pad}, {0, 0, pad, pad}, mode);
    return net.b.add("conv", {x, net.constant("blur", binomial_filter(channels, filter))},
                     {{"kernel_shape", Ints{filter, filter}},
                      {"strides", Ints{stride, stride}},
                      {"pads", pads},
                      {"group", channels}});
}

ValueId anti_alias(Net& net, const Key& key, ValueId x, AntiAlias kind, int64_t stride) {
    switch (kind) {
        case AntiAlias::kNone: return x;
        case AntiAlias::kAvg: x = net.avg_pool(x, {.kernel = stride, .stride = stride}); break;
        case AntiAlias::kBlur: x = blur_pool(net, x, stride); break;
        case AntiAlias::kBlurConstant: x = blur_pool(net, x, stride, 3, "constant"); break;
    }
    return net.mark(key, x);
}

}  // namespace lathe::zoo::nn
