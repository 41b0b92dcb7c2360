#include "zoo/nn/rope.h"

#include <cmath>
#include <numbers>

namespace lathe::zoo::nn {
namespace {

// Writes the sines and cosines of one row of angles.
void write_row(std::span<const double> angles, bool half, std::span<float> sines, std::span<float> cosines) {
    const size_t pairs = angles.size();
    for (size_t i = 0; i < pairs; ++i) {
        const size_t one = half ? i : 2 * i, other = half ? i + pairs : 2 * i + 1;
        sines[one] = sines[other] = static_cast<float>(std::sin(angles[i]));
        cosines[one] = cosines[other] = static_cast<float>(std::cos(angles[i]));
    }
}

// Tables [tables, prefix + rows, 2 * pairs]; angles: [tables, rows, pairs].
Rope rope_tables(Net& net, std::span<const double> angles, int64_t tables, int64_t pairs, bool half,
                 int64_t prefix) {
    const int64_t rows = static_cast<int64_t>(angles.size()) / (pairs * tables), size = 2 * pairs;
    const Shape shape = tables > 1 ? Shape{tables, prefix + rows, size} : Shape{prefix + rows, size};
    TensorBuilder sines(DType::kF32, shape), cosines(DType::kF32, shape);
    for (int64_t t = 0; t < tables; ++t)
        for (int64_t r = 0; r < prefix + rows; ++r) {
            const auto at = static_cast<size_t>((t * (prefix + rows) + r) * size);
            const auto sine = sines.values<float>().subspan(at, static_cast<size_t>(size));
            const auto cosine = cosines.values<float>().subspan(at, static_cast<size_t>(size));
            const std::vector<double> none(static_cast<size_t>(pairs), 0.0);
            const auto from = static_cast<size_t>((t * rows + r - prefix) * pairs);
            write_row(
                r < prefix ? std::span<const double>(none) : angles.subspan(from, static_cast<size_t>(pairs)),
                half, sine, cosine);
        }
    return {net.constant("rope.sin", sines.finish()), net.constant("rope.cos", cosines.finish()), half};
}

}  // namespace

Rope rope_of_angles(Net& net, const std::vector<double>& angles, int64_t head_size, bool half,
                    int64_t prefix) {
    return rope_tables(net, angles, 1, head_size / 2, half, prefix);
}

Rope axial_rope(Net& net, const AxialRope& rope) {
    const int64_t bands = rope.head_size / 4;
    const auto place = [&](int64_t i, int64_t size, int64_t reference) {
        const double at = static_cast<double>(i) + rope.offset;
        return rope.reference ? at / static_cast<double>(size) * static_cast<double>(reference) : at;
    };
    const Size2 reference = rope.reference.value_or(rope.grid);
    std::vector<double> angles;
    for (int64_t row = 0; row < rope.grid.h; ++row)
        for (int64_t column = 0; column < rope.grid.w; ++column) {
            const double y = place(row, rope.grid.h, reference.h),
                         x = place(column, rope.grid.w, reference.w);
            for (const double at : {rope.xy ? x : y, rope.xy ? y : x})
                for (int64_t band = 0; band < bands; ++band)
                    angles.push_back(at / std::pow(rope.temperature,
                                                   static_cast<double>(band) / static_cast<double>(bands)));
        }
    return rope_of_angles(net, angles, rope.head_size, false, rope.prefix);
}

Rope dinov3_rope(Net& net, Size2 grid, int64_t head_size, double temperature, int64_t prefix) {
    const int64_t bands = head_size / 4;
    const auto centre = [](int64_t i, int64_t size) {
        return 2 * (static_cast<double>(i) + 0.5) / static_cast<double>(size) - 1;
    };
    std::vector<double> angles;
    for (int64_t row = 0; row < grid.h; ++row)
        for (int64_t column = 0; column < grid.w; ++column)
            for (const double at : {centre(row, grid.h), centre(column, grid.w)})
                for (int64_t band = 0; band < bands; ++band) {
                    const double period =
                        std::pow(temperature, static_cast<double>(band) / static_cast<double>(bands));
                    angles.push_back(2 * std::numbers::pi * at / period);
                }
    return rope_of_angles(net, angles, head_size, true, prefix);
}

std::vector<Rope> mixed_rope(Net& net, const Key& key, const MixedRope& rope) {
    const int64_t pairs = rope.head_size / 2, places = rope.grid.h * rope.grid.w;
    const Tensor frequencies = net.tensor(key, {2, rope.depth, rope.heads, pairs});
    const std::vector<double> values = net.hollow()
                                           ? std::vector<double>(static_cast<size_t>(frequencies.count()))
                                           : frequencies.to_doubles();
    const auto second = static_cast<size_t>(rope.depth * rope.heads * pairs);
    std::vector<Rope> ropes;
    for (int64_t block = 0; block < rope.depth; ++block) {
        std::vector<double> angles;
        angles.reserve(static_cast<size_t>(rope.heads * places * pairs));
        for (int64_t head = 0; head < rope.heads; ++head)
            for (int64_t place = 0; place < places; ++place) {
                const double row = static_cast<double>(place / rope.grid.w),
                             column = static_cast<double>(place % rope.grid.w);
                for (int64_t i = 0; i < pairs; ++i) {
                    const auto at = static_cast<size_t>((block * rope.heads + head) * pairs + i);
                    angles.push_back((rope.xy ? column : row) * values[at] +
                                     (rope.xy ? row : column) * values[second + at]);
                }
            }
        ropes.push_back(rope_tables(net, angles, rope.heads, pairs, false, rope.prefix));
    }
    return ropes;
}

}  // namespace lathe::zoo::nn
