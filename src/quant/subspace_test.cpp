#include "quant/subspace.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quant/rounding.h"
#include "quant/weights_test.h"

namespace lathe::quant {
namespace {

using Floats = std::vector<float>;

Floats noise(int64_t count, uint64_t seed) {
    Noise source(seed);
    Floats values(static_cast<size_t>(count));
    for (float& value : values) value = static_cast<float>(source.normal());
    return values;
}

// a b for a: [m, k], b: [k, n], in double.
std::vector<double> product(const Floats& a, const Floats& b, int64_t m, int64_t k, int64_t n) {
    std::vector<double> c(static_cast<size_t>(m * n), 0.0);
    for (int64_t i = 0; i < m; ++i)
        for (int64_t l = 0; l < k; ++l)
            for (int64_t j = 0; j < n; ++j)
                c[static_cast<size_t>(i * n + j)] += static_cast<double>(a[static_cast<size_t>(i * k + l)]) *
                                                     static_cast<double>(b[static_cast<size_t>(l * n + j)]);
    return c;
}

void expect_orthonormal(const Basis& basis) {
    for (int64_t i = 0; i < basis.rank; ++i)
        for (int64_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (int64_t l = 0; l < basis.length; ++l)
                sum += static_cast<double>(basis.vectors[static_cast<size_t>(i * basis.length + l)]) *
                       static_cast<double>(basis.vectors[static_cast<size_t>(j * basis.length + l)]);
            ASSERT_NEAR(sum, i == j ? 1.0 : 0.0, 3e-6) << i << ", " << j;
        }
}

// How much of the rows x [count, length] lies outside of the basis, relative to their size.
double outside(const Basis& basis, const std::vector<double>& x) {
    const auto length = static_cast<size_t>(basis.length);
    double all = 0, rest = 0;
    for (size_t from = 0; from < x.size(); from += length) {
        std::vector<double> left(x.begin() + static_cast<int64_t>(from),
                                 x.begin() + static_cast<int64_t>(from + length));
        for (const double value : left) all += value * value;
        for (size_t i = 0; i < static_cast<size_t>(basis.rank); ++i) {
            const float* v = basis.vectors.data() + i * length;
            double sum = 0;
            for (size_t l = 0; l < length; ++l) sum += x[from + l] * static_cast<double>(v[l]);
            for (size_t l = 0; l < length; ++l) left[l] -= sum * static_cast<double>(v[l]);
        }
        for (const double value : left) rest += value * value;
    }
    return std::sqrt(rest / all);
}

TEST(Subspace, BasisSpansRowsAndDropsDependentOnes) {
    ThreadPool threads(2);
    const int64_t rank = 45, count = 110, length = 160;
    const auto wide = product(noise(count * rank, 1), noise(rank * length, 2), count, rank, length);
    const Basis basis = orthonormal(Floats(wide.begin(), wide.end()), length, Dependent::kDrop, threads);
    EXPECT_EQ(basis.rank, rank);
    expect_orthonormal(basis);
    EXPECT_LT(outside(basis, wide), 1e-5);
    const Basis filled = orthonormal(Floats(wide.begin(), wide.end()), length, Dependent::kReplace, threads);
    EXPECT_EQ(filled.rank, count);
    expect_orthonormal(filled);
}

TEST(Subspace, BasisOfDifficultRows) {
    ThreadPool threads(1);
    EXPECT_EQ(orthonormal(Floats(40 * 50, 0.0f), 50, Dependent::kDrop, threads).rank, 0);
    EXPECT_EQ(orthonormal(Floats(40 * 50, 1.0f), 50, Dependent::kDrop, threads).rank, 1);
    const Basis more =
        orthonormal(noise(40 * 20, 1), 20, Dependent::kReplace, threads);  // more rows than dimensions
    EXPECT_EQ(more.rank, 20);
    expect_orthonormal(more);
    Floats close = noise(70 * 300, 3);  // all but parallel, lengths over 12 powers of ten
    for (size_t r = 1; r < 70; ++r)
        for (size_t j = 0; j < 300; ++j) close[r * 300 + j] = close[j] + 1e-3f * close[r * 300 + j];
    const Basis basis = orthonormal(close, 300, Dependent::kDrop, threads);
    EXPECT_EQ(basis.rank, 70);
    expect_orthonormal(basis);
}

TEST(Subspace, FindsRowAndColumnSpaceOfLowRank) {
    ThreadPool one(1), two(2);
    for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{90, 150}, {150, 90}, {64, 64}}) {
        const int64_t rank = 37;
        const Floats a = noise(rows * rank, 1), b = noise(rank * columns, 2);
        const auto wide = product(a, b, rows, rank, columns);
        const Floats w(wide.begin(), wide.end());
        const Subspaces found = leading_subspaces(w.data(), rows, columns, 60, 4, two);
        EXPECT_EQ(found.left.rank, rank);
        EXPECT_EQ(found.right.rank, rank);
        expect_orthonormal(found.left);
        expect_orthonormal(found.right);
        EXPECT_LT(outside(found.right, std::vector<double>(b.begin(), b.end())), 1e-5);
        const Subspaces again = leading_subspaces(w.data(), rows, columns, 60, 4, one);
        EXPECT_EQ(found.left.vectors, again.left.vectors);
        EXPECT_EQ(found.right.vectors, again.right.vectors);
    }
}

TEST(Subspace, FindsLeadingDirectionsAboveNoise) {
    ThreadPool threads(2);
    const int64_t rows = 120, columns = 200, rank = 20;
    const Floats a = noise(rows * rank, 1), b = noise(rank * columns, 2), c = noise(rows * columns, 3);
    auto wide = product(a, b, rows, rank, columns);
    Floats w(wide.size());
    for (size_t i = 0; i < w.size(); ++i) w[i] = static_cast<float>(wide[i]) + 1e-3f * c[i];
    const Subspaces found = leading_subspaces(w.data(), rows, columns, rank, 4, threads);
    EXPECT_LT(outside(found.right, std::vector<double>(b.begin(), b.end())), 2e-3);
}

TEST(Subspace, OfDegenerateMatrices) {
    ThreadPool threads(1);
    const Floats zero(30 * 40, 0.0f);
    EXPECT_EQ(leading_subspaces(zero.data(), 30, 40, 10, 4, threads).left.rank, 0);
    const Floats row = noise(40, 1);
    const Subspaces wide = leading_subspaces(row.data(), 1, 40, 10, 4, threads);
    EXPECT_EQ(wide.left.rank, 1);
    EXPECT_LT(outside(wide.right, std::vector<double>(row.begin(), row.end())), 1e-6);
    EXPECT_EQ(leading_subspaces(row.data(), 40, 1, 10, 4, threads).right.rank, 1);
}

TEST(LowRank, IsExactForMatricesOfThatRank) {
    ThreadPool one(1), two(2);
    const int64_t rows = 70, columns = 110, rank = 12;
    const auto wide = product(noise(rows * rank, 1), noise(rank * columns, 2), rows, rank, columns);
    const Floats w(wide.begin(), wide.end());
    const LowRank found = low_rank(w, rows, columns, rank, two);
    ASSERT_EQ(found.rank, rank);
    const auto back = product(found.up, found.down, rows, rank, columns);
    for (size_t i = 0; i < wide.size(); ++i) ASSERT_NEAR(back[i], wide[i], 2e-5);
    expect_orthonormal({rank, columns, found.down});
    const LowRank again = low_rank(w, rows, columns, rank, one);
    EXPECT_EQ(again.up, found.up);
    EXPECT_EQ(again.down, found.down);
    const LowRank more = low_rank(w, rows, columns, 30, two);  // the rest is zero
    const auto same = product(more.up, more.down, rows, 30, columns);
    for (size_t i = 0; i < wide.size(); ++i) ASSERT_NEAR(same[i], wide[i], 2e-5);
}

// Eckart and Young: no matrix of that rank is nearer than the sum of the squares of the other singular values.
TEST(LowRank, IsNearestForKnownSingularValues) {
    ThreadPool threads(2);
    const int64_t rows = 80, columns = 60, all = 60, rank = 8;
    const Basis u = orthonormal(noise(all * rows, 1), rows, Dependent::kDrop, threads);
    const Basis v = orthonormal(noise(all * columns, 2), columns, Dependent::kDrop, threads);
    Floats scaled(static_cast<size_t>(rows * all));
    double rest = 0;
    for (int64_t i = 0; i < all; ++i) {
        const double s = std::pow(0.8, static_cast<double>(i));
        if (i >= rank) rest += s * s;
        for (int64_t r = 0; r < rows; ++r)
            scaled[static_cast<size_t>(r * all + i)] =
                static_cast<float>(s * static_cast<double>(u.vectors[static_cast<size_t>(i * rows + r)]));
    }
    const auto wide = product(scaled, v.vectors, rows, all, columns);
    const LowRank found = low_rank(Floats(wide.begin(), wide.end()), rows, columns, rank, threads);
    const auto back = product(found.up, found.down, rows, rank, columns);
    double error = 0;
    for (size_t i = 0; i < wide.size(); ++i) error += (wide[i] - back[i]) * (wide[i] - back[i]);
    EXPECT_NEAR(std::sqrt(error / rest), 1, 1e-3);
}

TEST(LowRank, OfDegenerateMatrices) {
    ThreadPool threads(1);
    const LowRank zero = low_rank(Floats(20 * 30, 0.0f), 20, 30, 4, threads);
    EXPECT_EQ(zero.rank, 4);
    EXPECT_EQ(zero.up, Floats(20 * 4, 0.0f));
    EXPECT_EQ(zero.down, Floats(4 * 30, 0.0f));
    const Floats row = noise(30, 1);
    const LowRank wide = low_rank(row, 1, 30, 4, threads);
    ASSERT_EQ(wide.rank, 1);
    for (size_t i = 0; i < 30; ++i) EXPECT_NEAR(wide.up[0] * wide.down[i], row[i], 1e-5);
    EXPECT_EQ(low_rank(row, 30, 1, 4, threads).rank, 1);
}

}  // namespace
}  // namespace lathe::quant
