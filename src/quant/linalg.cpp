#include "quant/linalg.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/vector_clones.h"
#include "quant/matmul.h"

namespace lathe::quant {
namespace {

constexpr int64_t kSmall = 48;

// invert_cholesky of a small matrix whose rows are `step` apart.
bool invert_small(double* a, int64_t n, int64_t step) {
    const auto at = [&](int64_t r, int64_t c) -> double& { return a[r * step + c]; };
    for (int64_t j = 0; j < n; ++j) {
        for (int64_t l = 0; l < j; ++l) {
            const double factor = at(j, l);
            for (int64_t i = j; i < n; ++i) at(i, j) -= at(i, l) * factor;
        }
        const double square = at(j, j);
        if (!(square > 0) || !std::isfinite(square)) return false;
        const double root = std::sqrt(square);
        for (int64_t i = j; i < n; ++i) at(i, j) /= root;
    }
    for (int64_t j = 0; j < n;
         ++j) {  // columns left to right: those of L that are still needed lie to the right
        at(j, j) = 1 / at(j, j);
        for (int64_t i = j + 1; i < n; ++i) {
            double sum = 0;
            for (int64_t l = j; l < i; ++l) sum += at(i, l) * at(l, j);
            at(i, j) = -sum / at(i, i);
        }
        std::fill_n(a + j * step + j + 1, n - j - 1, 0.0);
    }
    return true;
}

constexpr int64_t kStrip = 256;
// Calls work(from, to) for strips of 0 … n; triangles are multiplied strip by strip without their zeros.
template <class Work>
void in_strips(int64_t n, const Work& work) {
    for (int64_t from = 0; from < n; from += kStrip) work(from, std::min(n, from + kStrip));
}

// With a = [A B^T; B C]: L = [P 0; Q R], P P^T = A, Q = B P^-T, R R^T = C - Q Q^T, and
// L^-1 = [P^-1 0; -R^-1 Q P^-1 R^-1]: all but the smallest parts are products.
bool invert_part(double* a, int64_t n, int64_t step, ThreadPool& threads) {
    if (n <= kSmall) return invert_small(a, n, step);
    const int64_t top = (n / 2 + kSmall - 1) / kSmall * kSmall, rest = n - top;
    double *below = a + top * step, *corner = below + top;
    if (!invert_part(a, top, step, threads)) return false;
    std::vector<double> q(static_cast<size_t>(rest * top));
    const auto part = [&](const double* x, int64_t x_step, int64_t r0, int64_t r1, int64_t c0, int64_t c1) {
        return matrix(x + r0 * x_step + c0, r1 - r0, c1 - c0, x_step);
    };
    in_strips(top, [&](int64_t from, int64_t to) {
        multiply(part(below, step, 0, rest, 0, to), part(a, step, from, to, 0, to).transposed(),
                 q.data() + from, top, Into::kSet, threads);
    });
    in_strips(rest, [&](int64_t from, int64_t to) {
        multiply(part(q.data(), top, from, to, 0, top), part(q.data(), top, 0, to, 0, top).transposed(),
                 corner + from * step, step, Into::kSubtract, threads);
    });
    if (!invert_part(corner, rest, step, threads)) return false;
    in_strips(top, [&](int64_t from, int64_t to) {
        multiply(part(q.data(), top, 0, rest, from, top), part(a, step, from, top, from, to), below + from,
                 step, Into::kSet, threads);
    });
    in_strips(rest, [&](int64_t from, int64_t to) {
        multiply(part(corner, step, from, to, 0, to), part(below, step, 0, to, 0, top), q.data() + from * top,
                 top, Into::kSet, threads);
    });
    for (int64_t r = 0; r < rest; ++r)
        for (int64_t c = 0; c < top; ++c) below[r * step + c] = -q[static_cast<size_t>(r * top + c)];
    for (int64_t r = 0; r < top; ++r) std::fill_n(a + r * step + top, rest, 0.0);
    return true;
}

// Rows x and y become cosine x - sine y and sine x + cosine y.
LATHE_VECTOR_CLONES void turn(double* x, double* y, double cosine, double sine, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const double u = x[i], v = y[i];
        x[i] = cosine * u - sine * v;
        y[i] = sine * u + cosine * v;
    }
}

// Makes a[p][q] zero by a rotation of rows and columns p and q.
void turn_away(std::vector<double>& a, std::vector<double>& vectors, int64_t n, int64_t p, int64_t q) {
    const auto at = [&](int64_t r, int64_t c) -> double& { return a[static_cast<size_t>(r * n + c)]; };
    const double ratio = (at(q, q) - at(p, p)) / (2 * at(p, q));
    const double tangent = (ratio < 0 ? -1.0 : 1.0) / (std::abs(ratio) + std::sqrt(ratio * ratio + 1));
    const double cosine = 1 / std::sqrt(tangent * tangent + 1), sine = tangent * cosine;
    turn(&at(p, 0), &at(q, 0), cosine, sine, n);
    for (int64_t r = 0; r < n; ++r) turn(&at(r, p), &at(r, q), cosine, sine, 1);
    turn(&vectors[static_cast<size_t>(p * n)], &vectors[static_cast<size_t>(q * n)], cosine, sine, n);
}

}  // namespace

bool invert_cholesky(double* a, int64_t n, ThreadPool& threads) { return invert_part(a, n, n, threads); }

Eigen eigen_of(std::vector<double> a, int64_t n) {
    constexpr int kMostSweeps = 60;
    const auto size = static_cast<size_t>(n);
    std::vector<double> vectors(size * size, 0.0);
    for (size_t i = 0; i < size; ++i) vectors[i * size + i] = 1;
    const double tolerance = 1e-16 * std::sqrt(dot(a.data(), a.data(), n * n)) / static_cast<double>(n + 1);
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
        bool turned = false;
        for (int64_t p = 0; p < n; ++p)
            for (int64_t q = p + 1; q < n; ++q) {
                if (!(std::abs(a[static_cast<size_t>(p * n + q)]) > tolerance)) continue;
                turn_away(a, vectors, n, p, q);
                turned = true;
            }
        if (!turned) break;
    }
    std::vector<size_t> order(size);
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, [&](size_t x, size_t y) { return a[x * size + x] > a[y * size + y]; });
    Eigen eigen{std::vector<double>(size), std::vector<double>(size * size)};
    for (size_t i = 0; i < size; ++i) {
        eigen.values[i] = a[order[i] * size + order[i]];
        std::copy_n(vectors.begin() + static_cast<int64_t>(order[i] * size), n,
                    eigen.vectors.begin() + static_cast<int64_t>(i * size));
    }
    return eigen;
}

}  // namespace lathe::quant
