// What the two generations of Swin share. Maps are channels last, [batch, H, W, C].
#pragma once
#include <functional>

#include "zoo/nn/window.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct SwinWindow {
    nn::Size2 window, shift;
};
// A window never exceeds the map, and a map of one window is not shifted. Every second block is shifted by half.
SwinWindow swin_window(nn::Size2 map, nn::Size2 window, bool shifted);

// Rolls, pads and cuts x into windows, calls attend(windows [batch, n, L, C], mask or kNoValue), and puts them back.
ValueId in_shifted_windows(Net& net, ValueId x, const SwinWindow& w,
                           const std::function<ValueId(ValueId, ValueId)>& attend);

// Squares of 2 x 2 pixels as one of 4 C channels, columns before rows: [batch, ceil(H/2), ceil(W/2), 4 C].
ValueId swin_merge_pixels(Net& net, ValueId x);

// Swin V2's attention by cosines; `logit` [heads, 1, 1] is the logarithm of each head's factor, at most 100. The result is
// [batch, windows, L, heads * size].
ValueId cosine_window_attention(Net& net, const nn::WindowHeads& heads, ValueId logit, ValueId bias,
                                ValueId mask);

}  // namespace lathe::zoo::timm
