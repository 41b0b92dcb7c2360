// Position embeddings: learned tables, resampled for other image sizes, and the fixed sine and cosine ones.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// Images [batch, h, w, C] (channels last) resized by the separable antialiased cubic filter (a = -0.5, half-pixel
// centres) that PyTorch's interpolate(mode="bicubic", antialias=True) has. f32, computed in double.
Tensor resample_bicubic(const Tensor& images, Size2 to);
// The filter: [to, from], rows sum to 1.
std::vector<double> bicubic_matrix(int64_t from, int64_t to);

// timm's resample_abs_pos_embed: [1, prefix + h * w, C] -> [1, prefix + to.h * to.w, C]. The found grid is square.
Result<Tensor> resample_abs_pos_embed(const Tensor& found, Size2 to, int64_t prefix);

// The learned table at `key`, [1, prefix + grid.h * grid.w, width], fitted to the grid.
ValueId abs_pos_embed(Net& net, const Key& key, Size2 grid, int64_t width, int64_t prefix = 0);
// A learned table of images: [1, grid.h, grid.w, width], or with channels first [1, width, grid.h, grid.w].
ValueId abs_pos_embed_nhwc(Net& net, const Key& key, Size2 grid, int64_t width);
ValueId abs_pos_embed_nchw(Net& net, const Key& key, Size2 grid, int64_t width);

}  // namespace lathe::zoo::nn
