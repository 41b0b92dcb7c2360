#include "quant/subspace.h"

#include <algorithm>
#include <cmath>

#include "base/vector_clones.h"
#include "quant/linalg.h"
#include "quant/matmul.h"
#include "quant/random.h"
#include "quant/rounding.h"

namespace lathe::quant {
namespace {

constexpr int64_t kPanel = 32;  // rows made orthogonal to each other in double, and to all before by products
constexpr double kLeast = 2e-6;

LATHE_VECTOR_CLONES void subtract(double* x, const double* y, double factor, int64_t count) {
    for (int64_t i = 0; i < count; ++i) x[i] -= factor * y[i];
}

double length_of(const float* x, int64_t count) { return std::sqrt(dot(x, x, count)); }

// Rows that are orthonormal already, and a panel of candidates behind them, in one array.
class Orthonormaliser {
public:
    Orthonormaliser(std::vector<float>& rows, int64_t length, ThreadPool& threads)
        : rows_(rows), length_(length), threads_(threads), wide_(static_cast<size_t>(kPanel * length)) {
        const auto count = static_cast<int64_t>(rows.size()) / length;
        for (int64_t i = 0; i < count; ++i) longest_ = std::max(longest_, length_of(row(i), length));
    }

    Basis run(Dependent dependent) {
        const auto count = static_cast<int64_t>(rows_.size()) / length_;
        for (int64_t from = 0; from < count; from += kPanel) {
            const int64_t size = std::min(kPanel, count - from);
            std::copy_n(row(from), size * length_, row(rank_));
            add(size, kLeast * longest_);
        }
        SplitMix random{static_cast<uint64_t>(rank_)};
        const int64_t wanted = std::min(count, length_);
        while (dependent == Dependent::kReplace && rank_ < wanted) {
            const int64_t size = std::min(kPanel, wanted - rank_);
            for (int64_t i = 0; i < size * length_; ++i) row(rank_)[i] = random.next();
            add(size, 1e-3);
        }
        rows_.resize(static_cast<size_t>(rank_ * length_));
        return {rank_, length_, std::move(rows_)};
    }

private:
    float* row(int64_t index) { return rows_.data() + index * length_; }

    // Takes what is new of the rows [rank, rank + size) into the basis, twice: rounding leaves a part of the basis in them,
    // which is of weight where little was new.
    void add(int64_t size, double least) {
        constexpr double kMostlyNew = 0.1;
        project(size);
        int64_t kept = separate(size, least);
        if (rank_ > 0) {
            project(kept);
            kept = separate(kept, kMostlyNew);
        }
        rank_ += kept;
    }

    // Takes the part within the basis away from the panel.
    void project(int64_t size) {
        if (rank_ == 0) return;
        std::vector<float> parts(static_cast<size_t>(size * rank_));
        const auto panel = matrix<float>(row(rank_), size, length_),
                   basis = matrix<float>(row(0), rank_, length_);
        multiply(panel, basis.transposed(), parts.data(), rank_, Into::kSet, threads_);
        multiply(matrix<float>(parts.data(), size, rank_), basis, row(rank_), length_, Into::kSubtract,
                 threads_);
    }

    // Makes the panel's rows orthonormal to each other, without those that are shorter than `least` then.
    int64_t separate(int64_t size, double least) {
        int64_t kept = 0;
        for (int64_t i = 0; i < size; ++i) {
            double* x = wide_.data() + kept * length_;
            std::copy_n(row(rank_ + i), length_, x);
            double before = std::sqrt(dot(x, x, length_)), after = before;
            for (bool again = kept > 0; again && after > least;) {
                for (int64_t l = 0; l < kept; ++l) {
                    const double* y = wide_.data() + l * length_;
                    subtract(x, y, dot(x, y, length_), length_);
                }
                after = std::sqrt(dot(x, x, length_));
                again = after < 0.5 * before;  // much was taken away: what is left is inexact
                before = after;
            }
            if (!(after > least)) continue;
            for (int64_t j = 0; j < length_; ++j) x[j] /= after;
            std::copy_n(x, length_, row(rank_ + kept));
            ++kept;
        }
        return kept;
    }

    std::vector<float>& rows_;
    int64_t length_, rank_ = 0;
    double longest_ = 0;
    ThreadPool& threads_;
    std::vector<double> wide_;  // [kPanel, length]
};

// The rows of a w, or of a w^T where w is transposed.
std::vector<float> times(const Basis& a, const Operand<float>& w, ThreadPool& threads) {
    std::vector<float> product(static_cast<size_t>(a.rank * w.columns));
    multiply(matrix(a.vectors.data(), a.rank, a.length), w, product.data(), w.columns, Into::kSet, threads);
    return product;
}

}  // namespace

Basis orthonormal(std::vector<float> rows, int64_t length, Dependent dependent, ThreadPool& threads) {
    return Orthonormaliser(rows, length, threads).run(dependent);
}

Subspaces leading_subspaces(const float* w, int64_t rows, int64_t columns, int64_t rank, int iterations,
                            ThreadPool& threads) {
    const auto across = matrix(w, rows, columns), down = across.transposed();
    rank = std::min({rank, rows, columns});
    Basis right{rank, columns, std::vector<float>(static_cast<size_t>(rank * columns))}, left;
    SplitMix random{0};
    for (float& value : right.vectors) value = random.next();
    for (int i = 0; i < iterations; ++i) {
        left = orthonormal(times(right, down, threads), rows, Dependent::kReplace, threads);
        right = orthonormal(times(left, across, threads), columns, Dependent::kReplace, threads);
    }
    left = orthonormal(times(right, down, threads), rows, Dependent::kDrop, threads);
    right = orthonormal(times(left, across, threads), columns, Dependent::kDrop, threads);
    if (right.rank < left.rank)
        left = orthonormal(times(right, down, threads), rows, Dependent::kDrop, threads);
    return {std::move(left), std::move(right)};
}

LowRank low_rank(std::span<const float> error, int64_t rows, int64_t columns, int64_t rank,
                 ThreadPool& threads) {
    constexpr int64_t kMore = 10;  // directions beyond those wanted, which sharpen these
    constexpr int kPasses = 8;
    rank = std::min({rank, rows, columns});
    LowRank result{rank, std::vector<float>(static_cast<size_t>(rows * rank), 0.0f),
                   std::vector<float>(static_cast<size_t>(rank * columns), 0.0f)};
    const Basis left = leading_subspaces(error.data(), rows, columns, rank + kMore, kPasses, threads).left;
    if (left.rank == 0) return result;
    // The core L E = sum of s_i u_i v_i^T; its products with itself have eigenvectors u_i and values s_i^2.
    const std::vector<float> core = times(left, matrix(error.data(), rows, columns), threads);
    const std::vector<double> wide(core.begin(), core.end());
    const auto core_matrix = matrix(wide.data(), left.rank, columns);
    std::vector<double> products(static_cast<size_t>(left.rank * left.rank));
    multiply(core_matrix, core_matrix.transposed(), products.data(), left.rank, Into::kSet, threads);
    const Eigen eigen = eigen_of(std::move(products), left.rank);
    const int64_t found = std::min(rank, left.rank);
    std::vector<float> turned(static_cast<size_t>(found * left.rank));  // [found, left.rank]: s_i u_i
    std::vector<double> down(static_cast<size_t>(found * columns));
    multiply(matrix(eigen.vectors.data(), found, left.rank), core_matrix, down.data(), columns, Into::kSet,
             threads);
    for (int64_t i = 0; i < found; ++i) {
        const double* v = down.data() + i * columns;
        const double size = std::sqrt(dot(v, v, columns));
        if (size == 0) continue;
        for (int64_t j = 0; j < columns; ++j)
            result.down[static_cast<size_t>(i * columns + j)] = static_cast<float>(v[j] / size);
        for (int64_t j = 0; j < left.rank; ++j)
            turned[static_cast<size_t>(i * left.rank + j)] =
                static_cast<float>(eigen.vectors[static_cast<size_t>(i * left.rank + j)] * size);
    }
    multiply(matrix(left.vectors.data(), left.rank, rows).transposed(),
             matrix<float>(turned.data(), found, left.rank).transposed(), result.up.data(), rank, Into::kSet,
             threads);
    return result;
}

}  // namespace lathe::quant
