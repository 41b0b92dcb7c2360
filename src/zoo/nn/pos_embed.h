// Position embeddings: learned tables, resampled for other image sizes, and the fixed sine and cosine ones.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// Images [batch, h, w, C] (channels last) resized by the separable antialiased cubic filter (a = -0.5, half-pixel
// centres) that PyTorch's interpolate(mode="bicubic", antialias=True) has; or by its plain one (a = -0.75). f32, computed
// in double.
Tensor resample_bicubic(const Tensor& images, Size2 to, bool antialias = true);
// A table [rows, C] resampled to `rows` as interpolate(mode="linear") does, without antialiasing.
Tensor resample_linear(const Tensor& table, int64_t rows);
// The filter: [to, from], rows sum to 1.
std::vector<double> bicubic_matrix(int64_t from, int64_t to, bool antialias = true);

// timm's resample_abs_pos_embed: [1, prefix + h * w, C] -> [1, prefix + to.h * to.w, C]. The found grid is square.
Result<Tensor> resample_abs_pos_embed(const Tensor& found, Size2 to, int64_t prefix);

// The learned table at `key`, [1, prefix + grid.h * grid.w, width], fitted to the grid.
ValueId abs_pos_embed(Net& net, const Key& key, Size2 grid, int64_t width, int64_t prefix = 0);
// A learned table of images: [1, grid.h, grid.w, width], or with channels first [1, width, grid.h, grid.w].
ValueId abs_pos_embed_nhwc(Net& net, const Key& key, Size2 grid, int64_t width);
ValueId abs_pos_embed_nchw(Net& net, const Key& key, Size2 grid, int64_t width);

// The embedding of Bolya et al., "Window Attention is Bugged: How not to Interpolate Position Embeddings", 2023: a table of
// the whole image at `key`, [1, width, global.h, global.w], resized to the grid, plus one of a window at `window_key`,
// [1, width, window, window], repeated over it. [1, grid.h * grid.w, width].
struct WindowPosEmbed {
    Size2 grid = 1, global = 1;
    int64_t window = 8, width = 96;
    bool antialias = true;
};
ValueId window_pos_embed(Net& net, const Key& key, const Key& window_key, const WindowPosEmbed& embed);

}  // namespace lathe::zoo::nn
