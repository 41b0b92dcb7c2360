// The scheme of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008): slices of both factors
// are copied into slivers that the innermost loop reads one after another, and a tile of the result stays in registers.
#include "quant/matmul.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/vector_clones.h"

namespace lathe::quant {
namespace {

#define LATHE_INLINE [[gnu::always_inline]] inline

constexpr int64_t kDepth = 256;  // of a slice
constexpr int64_t kTileRows = 6;
constexpr int64_t kBlockRows = 96, kBlockColumns = 192;  // of the result, the unit of work of a thread

template <class T>
struct Vector {
    static constexpr int64_t kLanes = 32 / sizeof(T);
    static constexpr int64_t kTileColumns = 2 * kLanes;
    typedef T Type __attribute__((vector_size(32)));
};

constexpr int64_t up(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// tile: [6, kTileColumns] = the product of a sliver a [depth, 6] and a sliver b [depth, kTileColumns].
template <class T>
LATHE_INLINE void product_of_slivers(const T* a, const T* b, int64_t depth, T* tile) {
    using V = typename Vector<T>::Type;
    constexpr int64_t kLanes = Vector<T>::kLanes;
    V sums[kTileRows][2] = {};
    for (int64_t p = 0; p < depth; ++p, a += kTileRows, b += 2 * kLanes) {
        V left, right;
        std::memcpy(&left, b, sizeof left);
        std::memcpy(&right, b + kLanes, sizeof right);
        for (int64_t r = 0; r < kTileRows; ++r) {
            sums[r][0] += left * a[r];
            sums[r][1] += right * a[r];
        }
    }
    std::memcpy(tile, sums, sizeof sums);
}

template <class T>
struct Block {
    const T *a, *b;  // slivers one after another
    int64_t rows, columns, depth;
    T* c;
    int64_t c_step;
    Into into;
};

template <class T>
LATHE_INLINE void block_of(const Block<T>& block) {
    constexpr int64_t kWide = Vector<T>::kTileColumns;
    T tile[kTileRows * kWide];
    for (int64_t j = 0; j < block.columns; j += kWide)
        for (int64_t i = 0; i < block.rows; i += kTileRows) {
            product_of_slivers(block.a + i * block.depth, block.b + j * block.depth, block.depth, tile);
            const int64_t rows = std::min(kTileRows, block.rows - i),
                          wide = std::min(kWide, block.columns - j);
            for (int64_t r = 0; r < rows; ++r) {
                T* c = block.c + (i + r) * block.c_step + j;
                const T* from = tile + r * kWide;
                if (block.into == Into::kSet)
                    for (int64_t l = 0; l < wide; ++l) c[l] = from[l];
                else if (block.into == Into::kAdd)
                    for (int64_t l = 0; l < wide; ++l) c[l] += from[l];
                else
                    for (int64_t l = 0; l < wide; ++l) c[l] -= from[l];
            }
        }
}
LATHE_VECTOR_CLONES void compute(const Block<float>& block) { block_of(block); }
LATHE_VECTOR_CLONES void compute(const Block<double>& block) { block_of(block); }

// Rows [first, first + wide) of x, columns [from, from + depth): out[p * wide + r], zeros beyond x.
template <class T>
void pack_sliver(const Operand<T>& x, int64_t first, int64_t wide, int64_t from, int64_t depth, T* out) {
    const int64_t rows = std::min(wide, x.rows - first);
    const T* start = x.data + first * x.row_step + from * x.column_step;
    if (rows < wide) std::fill_n(out, wide * depth, T{0});
    if (x.row_step == 1) {
        for (int64_t p = 0; p < depth; ++p) std::copy_n(start + p * x.column_step, rows, out + p * wide);
        return;
    }
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t p = 0; p < depth; ++p) out[p * wide + r] = start[r * x.row_step + p * x.column_step];
}

template <class T>
void multiply_any(const Operand<T>& a, const Operand<T>& b, T* c, int64_t c_step, Into into,
                  ThreadPool& threads) {
    CHECK(a.columns == b.rows);
    constexpr int64_t kWide = Vector<T>::kTileColumns;
    const int64_t m = a.rows, n = b.columns, k = a.columns;
    if (m == 0 || n == 0) return;
    if (k == 0 && into == Into::kSet)
        for (int64_t r = 0; r < m; ++r) std::fill_n(c + r * c_step, n, T{0});
    const auto slivers_a = static_cast<size_t>(up(m, kTileRows) / kTileRows);
    const auto slivers_b = static_cast<size_t>(up(n, kWide) / kWide);
    const auto depth_of_slice = static_cast<size_t>(std::min(k, kDepth));
    std::vector<T> left(slivers_a * kTileRows * depth_of_slice), right(slivers_b * kWide * depth_of_slice);
    const int64_t down = up(m, kBlockRows) / kBlockRows, across = up(n, kBlockColumns) / kBlockColumns;
    const Operand<T> bt = b.transposed();
    constexpr size_t kRun = 16;  // slivers that are packed at once
    const size_t runs_a = (slivers_a + kRun - 1) / kRun, runs_b = (slivers_b + kRun - 1) / kRun;
    for (int64_t from = 0; from < k; from += kDepth) {
        const int64_t depth = std::min(kDepth, k - from);
        threads.parallel_for(runs_a + runs_b, [&](size_t run) {
            const bool is_a = run < runs_a;
            const size_t first = (is_a ? run : run - runs_a) * kRun;
            const size_t last = std::min(first + kRun, is_a ? slivers_a : slivers_b);
            const int64_t wide = is_a ? kTileRows : kWide;
            for (size_t sliver = first; sliver < last; ++sliver) {
                const auto s = static_cast<int64_t>(sliver);
                pack_sliver(is_a ? a : bt, s * wide, wide, from, depth,
                            (is_a ? left.data() : right.data()) + s * wide * depth);
            }
        });
        const Into now = from == 0 || into != Into::kSet ? into : Into::kAdd;
        threads.parallel_for(static_cast<size_t>(down * across), [&](size_t index) {
            const int64_t i = static_cast<int64_t>(index) / across * kBlockRows;
            const int64_t j = static_cast<int64_t>(index) % across * kBlockColumns;
            compute(Block<T>{left.data() + i * depth, right.data() + j * depth, std::min(kBlockRows, m - i),
                             std::min(kBlockColumns, n - j), depth, c + i * c_step + j, c_step, now});
        });
    }
}

template <class T>
LATHE_INLINE double dot_of(const T* x, const T* y, int64_t count) {
    constexpr int64_t kLanes = 16;
    double sums[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (int64_t l = 0; l < kLanes; ++l)
            sums[l] += static_cast<double>(x[i + l]) * static_cast<double>(y[i + l]);
    for (; i < count; ++i) sums[0] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    for (int64_t half = kLanes / 2; half > 0; half /= 2)
        for (int64_t l = 0; l < half; ++l) sums[l] += sums[l + half];
    return sums[0];
}

}  // namespace

LATHE_VECTOR_CLONES double dot(const float* x, const float* y, int64_t count) { return dot_of(x, y, count); }
LATHE_VECTOR_CLONES double dot(const double* x, const double* y, int64_t count) {
    return dot_of(x, y, count);
}

void multiply(const Operand<float>& a, const Operand<float>& b, float* c, int64_t c_step, Into into,
              ThreadPool& threads) {
    multiply_any(a, b, c, c_step, into, threads);
}
void multiply(const Operand<double>& a, const Operand<double>& b, double* c, int64_t c_step, Into into,
              ThreadPool& threads) {
    multiply_any(a, b, c, c_step, into, threads);
}

}  // namespace lathe::quant
