// Matrix products, shared by matmul, gemm, attention and convolutions. Both matrices are cut into panels, converted once
// to the type of the sums, from which small tiles of the result are summed in registers (Goto & van de Geijn 2008,
// "Anatomy of High-Performance Matrix Multiplication"). Every element is summed in the order of k, whatever its place.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>

#include "graph/dim.h"

namespace lathe::ops {

// Shape of the product of a and b as NumPy's matmul makes it. Errors: scalars, sizes that do not fit.
Result<graph::Dims> matmul_output(const graph::Dims& a, const graph::Dims& b);

// A matrix in memory: element (i, j) is data[i * row + j * column].
template <class T>
struct MatrixView {
    const T* data;
    int64_t row, column;
    T at(int64_t i, int64_t j) const { return data[i * row + j * column]; }
};
template <class T>
MatrixView<T> row_major(const T* data, int64_t columns) {
    return {data, columns, 1};
}
template <class T>
MatrixView<T> transposed(MatrixView<T> a) {
    return {a.data, a.column, a.row};
}

inline constexpr int64_t kTileRows = 4, kTileColumns = 8;

// out += a * b for one block. a: panels [depth, kTileRows] of rows, then single rows [depth] for what is left of m;
// b: panels [depth, kTileColumns] of columns, the last filled up; out: [m, n], rows `stride` apart.
struct BlockSizes {
    int64_t m, depth, n, stride;
};
void add_block(const double* a, const double* b, double* out, BlockSizes sizes);
void add_block(const uint64_t* a, const uint64_t* b, uint64_t* out, BlockSizes sizes);

// Rows [0, m) and columns [from, from + depth) of `a`, as add_block takes them.
template <class In, class Sum>
void pack_rows(const MatrixView<In>& a, int64_t m, int64_t from, int64_t depth, Sum* to) {
    for (int64_t i = 0; i < m;) {
        const int64_t rows = m - i >= kTileRows ? kTileRows : 1;
        for (int64_t r = 0; r < rows; ++r)
            for (int64_t p = 0; p < depth; ++p) to[p * rows + r] = static_cast<Sum>(a.at(i + r, from + p));
        to += rows * depth;
        i += rows;
    }
}

// One panel of a matrix in memory, as add_product's `pack` makes it.
template <class In>
struct PackColumns {
    MatrixView<In> b;
    template <class Sum>
    void operator()(int64_t from, int64_t depth, int64_t column, int64_t width, Sum* to) const {
        if (width < kTileColumns) std::fill_n(to, depth * kTileColumns, Sum{0});
        if (b.column == 1 && width == kTileColumns) {
            for (int64_t p = 0; p < depth; ++p) {
                const In* row = b.data + (from + p) * b.row + column;
                for (int64_t j = 0; j < kTileColumns; ++j)
                    to[p * kTileColumns + j] = static_cast<Sum>(row[j]);
            }
            return;
        }
        for (int64_t j = 0; j < width; ++j)
            for (int64_t p = 0; p < depth; ++p)
                to[p * kTileColumns + j] = static_cast<Sum>(b.at(from + p, column + j));
    }
};

// out[m, n] += a[m, k] * b[k, n]; out is row-major. Sums are double for floats and uint64_t, which wraps around, for
// integers. b is given by pack(from, depth, column, width, to), which writes rows [from, from + depth) of the columns
// [column, column + width) as to: [depth, kTileColumns]; what lies beyond `width` is of no account.
template <class In, class Sum, class Pack>
void add_packed_product(const MatrixView<In>& a, Sum* out, int64_t m, int64_t k, int64_t n,
                        const Pack& pack) {
    constexpr int64_t kDepth = 256, kColumns = 128;  // a block of b stays in the second cache
    const int64_t depth = std::min(k, kDepth),
                  columns = std::min((n + kTileColumns - 1) / kTileColumns * kTileColumns, kColumns);
    const auto left = std::make_unique_for_overwrite<Sum[]>(static_cast<size_t>(m * depth));
    const auto right = std::make_unique_for_overwrite<Sum[]>(static_cast<size_t>(depth * columns));
    for (int64_t from = 0; from < k; from += kDepth) {
        const int64_t now = std::min(kDepth, k - from);
        pack_rows(a, m, from, now, left.get());
        for (int64_t block = 0; block < n; block += kColumns) {
            const int64_t width = std::min(kColumns, n - block);
            for (int64_t j = 0; j < width; j += kTileColumns)
                pack(from, now, block + j, std::min(kTileColumns, width - j), right.get() + j * now);
            add_block(left.get(), right.get(), out + block, {.m = m, .depth = now, .n = width, .stride = n});
        }
    }
}
template <class In, class Sum>
void add_product(const MatrixView<In>& a, const MatrixView<In>& b, Sum* out, int64_t m, int64_t k,
                 int64_t n) {
    add_packed_product(a, out, m, k, n, PackColumns<In>{b});
}

}  // namespace lathe::ops
