#include "quant/linalg.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quant/weights_test.h"

namespace lathe::quant {
namespace {

using Square = std::vector<double>;

// a a^T + shift I for random a: [n, rank].
Square products(int64_t n, int64_t rank, double shift, uint64_t seed = 1) {
    Noise noise(seed);
    Square a(static_cast<size_t>(n * rank)), h(static_cast<size_t>(n * n));
    for (double& value : a) value = noise.normal();
    for (int64_t r = 0; r < n; ++r)
        for (int64_t c = 0; c < n; ++c) {
            double sum = r == c ? shift : 0;
            for (int64_t l = 0; l < rank; ++l)
                sum += a[static_cast<size_t>(r * rank + l)] * a[static_cast<size_t>(c * rank + l)];
            h[static_cast<size_t>(r * n + c)] = sum;
        }
    return h;
}

TEST(Linalg, InverseOfCholeskyFactorMakesIdentity) {
    ThreadPool threads(2);
    for (const int64_t n : {1, 2, 47, 48, 49, 130, 200}) {
        const Square h = products(n, n + 5, 0.1);
        Square x = h;
        ASSERT_TRUE(invert_cholesky(x.data(), n, threads));
        const auto at = [&](const Square& m, int64_t r, int64_t c) {
            return m[static_cast<size_t>(r * n + c)];
        };
        Square xh(h.size());  // X H X^T = I
        for (int64_t r = 0; r < n; ++r)
            for (int64_t c = 0; c < n; ++c) {
                if (c > r) {
                    EXPECT_EQ(at(x, r, c), 0);
                }
                for (int64_t l = 0; l <= r; ++l)
                    xh[static_cast<size_t>(r * n + c)] += at(x, r, l) * at(h, l, c);
            }
        for (int64_t r = 0; r < n; ++r)
            for (int64_t c = 0; c < n; ++c) {
                double sum = 0;
                for (int64_t l = 0; l <= c; ++l) sum += at(xh, r, l) * at(x, c, l);
                ASSERT_NEAR(sum, r == c ? 1.0 : 0.0, 1e-9) << n << ": " << r << ", " << c;
            }
    }
}

TEST(Linalg, CholeskyRefusesWhatIsNotPositive) {
    ThreadPool threads(1);
    Square zero(100 * 100, 0.0);
    EXPECT_FALSE(invert_cholesky(zero.data(), 100, threads));
    Square negative = products(100, 100, 0);
    negative[99 * 100 + 99] = -1;
    EXPECT_FALSE(invert_cholesky(negative.data(), 100, threads));
    Square nan = products(60, 60, 1);
    nan[30 * 60 + 7] = std::nan("");
    EXPECT_FALSE(invert_cholesky(nan.data(), 60, threads));
}

TEST(Linalg, EigenvectorsDiagonalise) {
    for (const int64_t n : {1, 2, 3, 17, 64}) {
        const Square h = products(n, std::max<int64_t>(1, n / 2), 0);  // half of the values are 0
        const Eigen eigen = eigen_of(h, n);
        for (int64_t i = 0; i < n; ++i) {
            const double* v = eigen.vectors.data() + i * n;
            if (i > 0) {
                EXPECT_GE(eigen.values[static_cast<size_t>(i - 1)], eigen.values[static_cast<size_t>(i)]);
            }
            for (int64_t r = 0; r < n; ++r) {
                double product = 0;
                for (int64_t c = 0; c < n; ++c) product += h[static_cast<size_t>(r * n + c)] * v[c];
                ASSERT_NEAR(product, eigen.values[static_cast<size_t>(i)] * v[r],
                            1e-11 * static_cast<double>(n * n));
            }
            for (int64_t j = 0; j <= i; ++j) {
                double product = 0;
                for (int64_t c = 0; c < n; ++c)
                    product += eigen.vectors[static_cast<size_t>(j * n + c)] * v[c];
                ASSERT_NEAR(product, i == j ? 1.0 : 0.0, 1e-12);
            }
        }
    }
    const Eigen known = eigen_of({2, 1, 1, 2}, 2);  // 3 and 1
    EXPECT_NEAR(known.values[0], 3, 1e-15);
    EXPECT_NEAR(known.values[1], 1, 1e-15);
}

}  // namespace
}  // namespace lathe::quant
