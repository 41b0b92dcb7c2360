// Tables of relative positions for other windows.
#include <algorithm>
#include <cmath>

#include "zoo/nn/rel_pos.h"

namespace lathe::zoo::nn {
namespace {

// Places of `from` offsets such that their distances grow by one factor and the outermost lies at about to / 2.
std::vector<float> geometric_places(int64_t from, int64_t to) {
    double left = 1.01, right = 1.5, factor = left;
    while (right - left > 1e-6) {
        factor = (left + right) / 2;
        const double reach = (1 - std::pow(factor, static_cast<double>(from / 2))) / (1 - factor);
        (reach > static_cast<double>(to / 2) ? right : left) = factor;
    }
    std::vector<float> places(static_cast<size_t>(from), 0.0f);
    double place = 1;
    for (int64_t i = 0; i < from / 2; ++i) {
        places[static_cast<size_t>(from / 2 + 1 + i)] = static_cast<float>(place);
        places[static_cast<size_t>(from / 2 - 1 - i)] = static_cast<float>(-place);
        place += std::pow(factor, static_cast<double>(i + 1));
    }
    return places;
}

// [to, from]: linear between neighbouring places, the nearest one outside of all.
std::vector<double> linear_matrix(int64_t from, int64_t to) {
    const std::vector<float> places = geometric_places(from, to);
    std::vector<double> matrix(static_cast<size_t>(to * from), 0.0);
    for (int64_t i = 0; i < to; ++i) {
        const auto x = static_cast<float>(i - to / 2);
        const int64_t right =
            std::min<int64_t>(std::ranges::lower_bound(places, x) - places.begin(), from - 1);
        const int64_t left = std::max<int64_t>(right - 1, 0);
        double before = std::max(x - places[static_cast<size_t>(left)], 0.0f);
        double after = std::max(places[static_cast<size_t>(right)] - x, 0.0f);
        if (before == 0 && after == 0) before = after = 1;
        matrix[static_cast<size_t>(i * from + left)] += after / (before + after);
        matrix[static_cast<size_t>(i * from + right)] += before / (before + after);
    }
    return matrix;
}

struct Grid {
    int64_t heads, h, w;
    std::vector<double> values;  // [heads, h, w]
};

Grid resampled(const Grid& from, int64_t h, int64_t w) {
    const std::vector<double> rows = linear_matrix(from.h, h), columns = linear_matrix(from.w, w);
    Grid to{from.heads, h, w, std::vector<double>(static_cast<size_t>(from.heads * h * w), 0.0)};
    for (int64_t n = 0; n < from.heads; ++n)
        for (int64_t y = 0; y < h; ++y)
            for (int64_t x = 0; x < w; ++x) {
                double& sum = to.values[static_cast<size_t>((n * h + y) * w + x)];
                for (int64_t i = 0; i < from.h; ++i) {
                    const double row = rows[static_cast<size_t>(y * from.h + i)];
                    if (row == 0) continue;
                    for (int64_t j = 0; j < from.w; ++j)
                        sum += row * columns[static_cast<size_t>(x * from.w + j)] *
                               from.values[static_cast<size_t>((n * from.h + i) * from.w + j)];
                }
            }
    return to;
}

Result<Tensor> resize_grid(const Tensor& found, Size2 window) {
    if (found.dim(1) < 3 || found.dim(2) < 3 || found.dim(1) % 2 == 0 || found.dim(2) % 2 == 0)
        return fail("a table of relative positions is {}, expected odd sizes", to_string(found.shape()));
    const Grid from{found.dim(0), found.dim(1), found.dim(2), found.to_doubles()};
    const Grid to = resampled(from, 2 * window.h - 1, 2 * window.w - 1);
    return tensor_from_doubles(DType::kF32, {to.heads, to.h, to.w}, to.values);
}

}  // namespace

Result<Tensor> resize_rel_pos_bias_table(const Tensor& found, Size2 window, int64_t extra) {
    if (found.rank() == 3) return resize_grid(found, window);
    const int64_t rows = found.rank() == 2 ? found.dim(0) - extra : 0;
    const auto side =
        static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(std::max<int64_t>(rows, 0)))));
    if (side < 3 || side % 2 == 0 || side * side != rows)
        return fail("a table of relative positions is {}, not that of a square window",
                    to_string(found.shape()));
    const int64_t heads = found.dim(1);
    const std::vector<double> all = found.to_doubles();
    const auto tail = all.begin() + rows * heads;
    const Tensor places =
        tensor_from_doubles(DType::kF32, {rows, heads}, std::vector<double>(all.begin(), tail));
    TRY(const Tensor grid,
        resize_grid(places.transposed(std::vector<int>{1, 0}).to_contiguous().reshaped({heads, side, side}),
                    window));
    const int64_t count = grid.dim(1) * grid.dim(2);
    std::vector<double> values =
        grid.reshaped({heads, count}).transposed(std::vector<int>{1, 0}).to_doubles();
    values.insert(values.end(), tail, all.end());
    return tensor_from_doubles(DType::kF32, {count + extra, heads}, values);
}

}  // namespace lathe::zoo::nn
