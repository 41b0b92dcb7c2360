// Attention within windows of an image (timm's window_partition, grid_partition and their inverses). Images are channels
// last, [batch, H, W, C]; windows are an axis of their own, [batch, windows, L, C], in row-major order.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// Windows that lie side by side; `window` divides the image. L = window.h * window.w.
ValueId window_partition(Net& net, ValueId x, Size2 window);
ValueId window_reverse(Net& net, ValueId windows, Size2 window, Size2 image);
// MaxViT's grid: L = grid.h * grid.w pixels that lie H / grid.h rows and W / grid.w columns apart.
ValueId grid_partition(Net& net, ValueId x, Size2 grid);
ValueId grid_reverse(Net& net, ValueId windows, Size2 grid, Size2 image);

// Zeros below and to the right until `window` divides the image; cropped() undoes it.
ValueId padded_to_windows(Net& net, ValueId x, Size2 window);
ValueId cropped(Net& net, ValueId x, Size2 size);
// torch.roll by (shift.h, shift.w).
ValueId rolled(Net& net, ValueId x, Size2 shift);

// The additive mask of shifted windows (Liu et al., "Swin Transformer", 2021, section 3.2): -100 between pixels that the
// roll by -shift brought together, else 0. [windows, L, L]. `image` is already a multiple of `window`.
Tensor shifted_window_mask(Size2 image, Size2 window, Size2 shift);

// q, k, v: [batch, windows, heads, L, size] -> [batch, windows, L, heads * size]. bias: [1, heads, L, L] or none; mask:
// [windows, L, L] or none. scale 0: 1 / sqrt(size).
ValueId window_attention(Net& net, ValueId q, ValueId k, ValueId v, ValueId bias, ValueId mask = kNoValue,
                         double scale = 0);
// The same with the heads apart: [batch, windows, heads, L, size].
ValueId window_attention_heads(Net& net, ValueId q, ValueId k, ValueId v, ValueId bias,
                               ValueId mask = kNoValue, double scale = 0);
struct WindowHeads {
    ValueId q, k, v;  // [batch, windows, heads, L, size]
};
WindowHeads split_window_qkv(Net& net, ValueId qkv, int64_t heads);  // [batch, windows, L, 3 * heads * size]

}  // namespace lathe::zoo::nn
