// Weight matrices like those of real networks and inputs like those of their layers, by rule.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/threads.h"
#include "quant/matmul.h"

namespace lathe::bench {

struct Matrix {
    std::string name;
    int64_t rows = 0, columns = 0;
    std::vector<float> values;  // [rows, columns]
};

// splitmix64 and Box-Muller.
class Noise {
public:
    explicit Noise(uint64_t seed) : state_(seed) {}
    double uniform() {  // in (0, 1)
        uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        return (static_cast<double>((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
    }
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
    double chi(int freedom) {  // the root of the mean of so many squares
        double squares = 0;
        for (int i = 0; i < freedom; ++i) squares += std::pow(normal(), 2);
        return std::sqrt(squares / freedom);
    }
    double student(int freedom) { return normal() / chi(freedom); }

private:
    uint64_t state_;
};

inline constexpr double kSize = 0.02;  // of the elements, roughly

template <class Element>
Matrix made(std::string name, int64_t rows, int64_t columns, Element element) {
    Matrix matrix{std::move(name), rows, columns, {}};
    matrix.values.reserve(static_cast<size_t>(rows * columns));
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < columns; ++c)
            matrix.values.push_back(static_cast<float>(kSize * element(r, c)));
    return matrix;
}

inline Matrix gaussian(int64_t rows, int64_t columns) {
    Noise noise(1);
    return made("Gaussian", rows, columns, [&](int64_t, int64_t) { return noise.normal(); });
}
// Every element Student's t of 5 degrees of freedom: heavy tails anywhere.
inline Matrix student(int64_t rows, int64_t columns) {
    Noise noise(2);
    return made("t5", rows, columns, [&](int64_t, int64_t) { return noise.student(5); });
}
// Normal columns whose sizes differ as Student's t has it.
inline Matrix student_columns(int64_t rows, int64_t columns) {
    Noise noise(3);
    std::vector<double> sizes;
    for (int64_t c = 0; c < columns; ++c) sizes.push_back(1 / noise.chi(5));
    return made("t5 columns", rows, columns,
                [&](int64_t, int64_t c) { return sizes[static_cast<size_t>(c)] * noise.normal(); });
}
// One column of 128 is 20 to 50 times as large as the others.
inline Matrix outliers(int64_t rows, int64_t columns) {
    Noise noise(4);
    std::vector<double> sizes(static_cast<size_t>(columns), 1.0);
    for (int64_t c = 37; c < columns; c += 128) sizes[static_cast<size_t>(c)] = 20 + 30 * noise.uniform();
    return made("outliers", rows, columns,
                [&](int64_t, int64_t c) { return sizes[static_cast<size_t>(c)] * noise.normal(); });
}

inline std::vector<float> normals(int64_t count, uint64_t seed) {
    Noise noise(seed);
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = static_cast<float>(noise.normal());
    return values;
}

// A matrix of rank columns / 16, about as large as the t5 noise that is added to it.
inline Matrix low_rank(int64_t rows, int64_t columns, ThreadPool& threads) {
    Noise noise(5);
    Matrix matrix = made("low rank + t5", rows, columns, [&](int64_t, int64_t) { return noise.student(5); });
    const int64_t rank = columns / 16;
    std::vector<float> up = normals(rows * rank, 6);
    const std::vector<float> down = normals(rank * columns, 7);
    for (float& value : up) value *= static_cast<float>(kSize / std::sqrt(static_cast<double>(rank)));
    quant::multiply(quant::matrix(up.data(), rows, rank), quant::matrix(down.data(), rank, columns),
                    matrix.values.data(), columns, quant::Into::kAdd, threads);
    return matrix;
}

// Mean of x x^T over samples x = D G S z: z normal, S a spectrum that falls as 1 / sqrt(i), G a fixed normal mixture and D
// the sizes of the channels, some of them large. [columns, columns]; another seed gives other samples of the same inputs.
inline std::vector<float> input_products(int64_t columns, int64_t samples, uint64_t seed,
                                         ThreadPool& threads) {
    const auto n = static_cast<size_t>(columns);
    std::vector<float> mixture = normals(columns * columns, 8);
    Noise sizes(9);
    for (size_t c = 0; c < n; ++c) {
        const double size = c % 61 == 17 ? 8 : std::exp(0.5 * sizes.normal());
        for (size_t i = 0; i < n; ++i)
            mixture[i * n + c] *= static_cast<float>(size / std::sqrt(static_cast<double>(i + 1)));
    }
    const std::vector<float> z = normals(samples * columns, seed);
    std::vector<float> x(z.size()), products(n * n);
    using quant::matrix, quant::multiply;
    multiply(matrix(z.data(), samples, columns), matrix(mixture.data(), columns, columns), x.data(), columns,
             quant::Into::kSet, threads);
    multiply(matrix(x.data(), samples, columns).transposed(), matrix(x.data(), samples, columns),
             products.data(), columns, quant::Into::kSet, threads);
    for (float& product : products) product /= static_cast<float>(samples);
    return products;
}

}  // namespace lathe::bench
