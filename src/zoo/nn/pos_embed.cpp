#include "zoo/nn/pos_embed.h"

#include <algorithm>
#include <cmath>

namespace lathe::zoo::nn {
namespace {

// Keys' cubic convolution kernel.
double cubic(double x, double a) {
    x = std::abs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

// out[n, i, c] = sum over j of matrix[i, j] * in[n, j, c].
std::vector<double> along_middle(const std::vector<double>& in, const std::vector<double>& matrix,
                                 int64_t outer, int64_t from, int64_t to, int64_t inner) {
    std::vector<double> out(static_cast<size_t>(outer * to * inner), 0.0);
    for (int64_t n = 0; n < outer; ++n)
        for (int64_t i = 0; i < to; ++i)
            for (int64_t j = 0; j < from; ++j) {
                const double weight = matrix[static_cast<size_t>(i * from + j)];
                if (weight == 0) continue;
                const double* source = &in[static_cast<size_t>((n * from + j) * inner)];
                double* target = &out[static_cast<size_t>((n * to + i) * inner)];
                for (int64_t c = 0; c < inner; ++c) target[c] += weight * source[c];
            }
    return out;
}

// The side of a square of `count` places; 0 when it is none.
int64_t square_side(int64_t count) {
    const auto side =
        static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(std::max<int64_t>(count, 0)))));
    return side * side == count ? side : 0;
}

}  // namespace

std::vector<double> bicubic_matrix(int64_t from, int64_t to, bool antialias) {
    std::vector<double> matrix(static_cast<size_t>(from * to), 0.0);
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double stretch = antialias ? std::max(scale, 1.0) : 1.0, support = 2 * stretch;
    for (int64_t i = 0; i < to; ++i) {
        const double center = scale * (static_cast<double>(i) + 0.5);
        double* row = &matrix[static_cast<size_t>(i * from)];
        const auto weight = [&](int64_t j) {
            return cubic((static_cast<double>(j) + 0.5 - center) / stretch, antialias ? -0.5 : -0.75);
        };
        if (antialias) {  // taps beyond the border are left out
            const int64_t begin = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
            const int64_t end = std::min<int64_t>(static_cast<int64_t>(center + support + 0.5), from);
            double sum = 0;
            for (int64_t j = begin; j < end; ++j) sum += row[j] = weight(j);
            for (int64_t j = begin; j < end; ++j) row[j] /= sum;
        } else {  // taps beyond the border take the border's value
            const auto first = static_cast<int64_t>(std::floor(center - 0.5)) - 1;
            for (int64_t j = first; j < first + 4; ++j) row[std::clamp<int64_t>(j, 0, from - 1)] += weight(j);
        }
    }
    return matrix;
}

Tensor resample_bicubic(const Tensor& images, Size2 to, bool antialias) {
    const int64_t batch = images.dim(0), h = images.dim(1), w = images.dim(2), channels = images.dim(3);
    std::vector<double> values =
        along_middle(images.to_doubles(), bicubic_matrix(w, to.w, antialias), batch * h, w, to.w, channels);
    values = along_middle(values, bicubic_matrix(h, to.h, antialias), batch, h, to.h, to.w * channels);
    return tensor_from_doubles(DType::kF32, {batch, to.h, to.w, channels}, values);
}

Tensor resample_linear(const Tensor& table, int64_t rows) {
    const int64_t from = table.dim(0), channels = table.dim(1);
    const double scale = static_cast<double>(from) / static_cast<double>(rows);
    std::vector<double> matrix(static_cast<size_t>(from * rows), 0.0);
    for (int64_t i = 0; i < rows; ++i) {
        const double at = std::max(0.0, (static_cast<double>(i) + 0.5) * scale - 0.5);
        const int64_t below = std::min(static_cast<int64_t>(at), from - 1),
                      above = std::min(below + 1, from - 1);
        const double part = at - static_cast<double>(below);
        matrix[static_cast<size_t>(i * from + below)] += 1 - part;
        matrix[static_cast<size_t>(i * from + above)] += part;
    }
    return tensor_from_doubles(DType::kF32, {rows, channels},
                               along_middle(table.to_doubles(), matrix, 1, from, rows, channels));
}

Result<Tensor> resample_abs_pos_embed(const Tensor& found, Size2 to, int64_t prefix) {
    if (found.rank() != 3 || found.dim(0) != 1)
        return fail("a position embedding is {}, expected [1, tokens, channels]", to_string(found.shape()));
    const int64_t side = square_side(found.dim(1) - prefix), channels = found.dim(2);
    if (side == 0)
        return fail("a position embedding of {} tokens, {} of them without a place, is not of a square image",
                    found.dim(1), prefix);
    const std::vector<double> all = found.to_doubles();
    const auto places = all.begin() + prefix * channels;
    const Tensor grid =
        tensor_from_doubles(DType::kF32, {1, side, side, channels}, std::vector<double>(places, all.end()));
    const std::vector<double> resampled = resample_bicubic(grid, to).to_doubles();
    std::vector<double> result(all.begin(), places);
    result.insert(result.end(), resampled.begin(), resampled.end());
    return tensor_from_doubles(DType::kF32, {1, prefix + to.h * to.w, channels}, result);
}

ValueId abs_pos_embed(Net& net, const Key& key, Size2 grid, int64_t width, int64_t prefix) {
    return net.fitted(key, {1, prefix + grid.h * grid.w, width},
                      [&](const Tensor& found) { return resample_abs_pos_embed(found, grid, prefix); });
}

ValueId abs_pos_embed_nhwc(Net& net, const Key& key, Size2 grid, int64_t width) {
    return net.fitted(key, {1, grid.h, grid.w, width}, [&](const Tensor& found) -> Result<Tensor> {
        if (found.rank() != 4)
            return fail("a position embedding is {}, expected 4 axes", to_string(found.shape()));
        return resample_bicubic(found, grid);
    });
}

ValueId abs_pos_embed_nchw(Net& net, const Key& key, Size2 grid, int64_t width) {
    return net.fitted(key, {1, width, grid.h, grid.w}, [&](const Tensor& found) -> Result<Tensor> {
        if (found.rank() != 4)
            return fail("a position embedding is {}, expected 4 axes", to_string(found.shape()));
        const Tensor last = found.transposed(std::vector<int>{0, 2, 3, 1});
        return resample_bicubic(last.to_contiguous(), grid)
            .transposed(std::vector<int>{0, 3, 1, 2})
            .to_contiguous();
    });
}

ValueId window_pos_embed(Net& net, const Key& key, const Key& window_key, const WindowPosEmbed& e) {
    const Shape tokens{1, e.grid.h * e.grid.w, e.width};
    const auto channels_last = [](const Tensor& t) {
        return t.transposed(std::vector<int>{0, 2, 3, 1}).to_contiguous();
    };
    const ValueId global =
        net.computed(key, {1, e.width, e.global.h, e.global.w}, tokens, [&](const Tensor& found) {
            return resample_bicubic(channels_last(found), e.grid, e.antialias).reshaped(tokens);
        });
    const ValueId window =
        net.computed(window_key, {1, e.width, e.window, e.window}, tokens, [&](const Tensor& found) {
            const std::vector<double> values = channels_last(found).to_doubles();
            std::vector<double> tiled;
            for (int64_t y = 0; y < e.grid.h; ++y)
                for (int64_t x = 0; x < e.grid.w; ++x) {
                    const auto at = values.begin() + (y % e.window * e.window + x % e.window) * e.width;
                    tiled.insert(tiled.end(), at, at + e.width);
                }
            return tensor_from_doubles(DType::kF32, tokens, tiled);
        });
    return net.add(global, window);
}

}  // namespace lathe::zoo::nn
