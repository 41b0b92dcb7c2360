#include "zoo/timm/swin.h"

#include <cmath>

namespace lathe::zoo::timm {

using nn::Size2;

SwinWindow swin_window(Size2 map, Size2 window, bool shifted) {
    const Size2 fitted{std::min(map.h, window.h), std::min(map.w, window.w)};
    const auto shift = [&](int64_t size, int64_t across, int64_t target) {
        return shifted && size > across ? target / 2 : 0;
    };
    return {fitted, {shift(map.h, fitted.h, window.h), shift(map.w, fitted.w, window.w)}};
}

ValueId in_shifted_windows(Net& net, ValueId x, const SwinWindow& w,
                           const std::function<ValueId(ValueId, ValueId)>& attend) {
    const Size2 map{net.dim(x, 1), net.dim(x, 2)};
    const bool shifted = w.shift.h > 0 || w.shift.w > 0;
    if (shifted) x = nn::rolled(net, x, {-w.shift.h, -w.shift.w});
    x = nn::padded_to_windows(net, x, w.window);
    const Size2 padded{net.dim(x, 1), net.dim(x, 2)};
    const ValueId mask = shifted ? net.shared_constant("shifted_window_mask",
                                                       nn::shifted_window_mask(padded, w.window, w.shift))
                                 : nn::kNoValue;
    x = attend(nn::window_partition(net, x, w.window), mask);
    x = nn::cropped(net, nn::window_reverse(net, x, w.window, padded), map);
    return shifted ? nn::rolled(net, x, w.shift) : x;
}

ValueId swin_merge_pixels(Net& net, ValueId x) {
    x = nn::padded_to_windows(net, x, 2);
    const int64_t height = net.dim(x, 1) / 2, width = net.dim(x, 2) / 2, channels = net.dim(x, 3);
    x = net.reshape(x, {nn::kBatch, height, 2, width, 2, channels});
    return net.reshape(net.transpose(x, {0, 1, 3, 4, 2, 5}), {nn::kBatch, height, width, 4 * channels});
}

ValueId cosine_window_attention(Net& net, const nn::WindowHeads& heads, ValueId logit, ValueId bias,
                                ValueId mask) {
    const ValueId scale = net.unary("exp", net.b.add("min", {logit, net.number(std::log(100.0))}));
    const ValueId q = net.mul(net.l2_normalize(heads.q, -1), scale), k = net.l2_normalize(heads.k, -1);
    return nn::window_attention(net, q, k, heads.v, bias, mask, 1);
}

}  // namespace lathe::zoo::timm
