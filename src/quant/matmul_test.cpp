#include "quant/matmul.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "quant/weights_test.h"

namespace lathe::quant {
namespace {

template <class T>
std::vector<T> noise(int64_t count, uint64_t seed) {
    Noise source(seed);
    std::vector<T> values(static_cast<size_t>(count));
    for (T& value : values) value = static_cast<T>(source.normal());
    return values;
}

struct Case {
    int64_t m, n, k;
};
constexpr Case kCases[] = {{1, 1, 1},    {1, 7, 3},     {7, 1, 300},    {6, 16, 256}, {5, 17, 257},
                           {97, 193, 5}, {30, 50, 513}, {100, 200, 20}, {3, 2, 0}};

// What a triple loop in double precision says.
template <class T>
std::vector<double> expected(const Operand<T>& a, const Operand<T>& b, const std::vector<T>& start,
                             Into into) {
    std::vector<double> c(start.begin(), start.end());
    for (int64_t i = 0; i < a.rows; ++i)
        for (int64_t j = 0; j < b.columns; ++j) {
            double sum = 0;
            for (int64_t l = 0; l < a.columns; ++l)
                sum += static_cast<double>(a.data[i * a.row_step + l * a.column_step]) *
                       static_cast<double>(b.data[l * b.row_step + j * b.column_step]);
            double& out = c[static_cast<size_t>(i * b.columns + j)];
            out = into == Into::kSet ? sum : into == Into::kAdd ? out + sum : out - sum;
        }
    return c;
}

template <class T>
void check(double tolerance) {
    ThreadPool one(1), two(2);
    for (const auto& [m, n, k] : kCases)
        for (int form = 0; form < 12; ++form) {
            const auto a = noise<T>(m * k, 1), b = noise<T>(k * n, 2), start = noise<T>(m * n, 3);
            const auto left = form & 1 ? matrix<T>(a.data(), k, m).transposed() : matrix<T>(a.data(), m, k);
            const auto right = form & 2 ? matrix<T>(b.data(), n, k).transposed() : matrix<T>(b.data(), k, n);
            const Into into = form < 4 ? Into::kSet : form < 8 ? Into::kAdd : Into::kSubtract;
            std::vector<T> c = start, again = start;
            multiply(left, right, c.data(), n, into, one);
            multiply(left, right, again.data(), n, into, two);
            EXPECT_EQ(c, again);
            const auto oracle = expected(left, right, start, into);
            for (size_t i = 0; i < c.size(); ++i)
                ASSERT_NEAR(static_cast<double>(c[i]), oracle[i],
                            tolerance * std::sqrt(static_cast<double>(k + 1)))
                    << m << " x " << n << " x " << k << ", form " << form;
        }
}

TEST(Matmul, SingleEqualsTripleLoop) { check<float>(1e-5); }
TEST(Matmul, DoubleEqualsTripleLoop) { check<double>(1e-14); }

TEST(Matmul, WritesOnlyItsRows) {
    ThreadPool threads(1);
    const auto a = noise<float>(9 * 4, 1), b = noise<float>(4 * 5, 2);
    std::vector<float> c(9 * 11, 42.0f);
    multiply(matrix(a.data(), 9, 4), matrix(b.data(), 4, 5), c.data(), 11, Into::kSet, threads);
    for (size_t r = 0; r < 9; ++r)
        for (size_t j = 5; j < 11; ++j) EXPECT_EQ(c[r * 11 + j], 42.0f);
}

TEST(Matmul, DotsAreSumsInDouble) {
    const std::vector<float> x = {1e8f, 1, -1e8f}, y = {1, 1, 1};
    EXPECT_EQ(dot(x.data(), y.data(), 3), 1.0);
    const auto a = noise<double>(1000, 5), b = noise<double>(1000, 6);
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    EXPECT_NEAR(dot(a.data(), b.data(), 1000), sum, 1e-11);
}

}  // namespace
}  // namespace lathe::quant
