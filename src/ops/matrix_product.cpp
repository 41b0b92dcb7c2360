#include "ops/matrix_product.h"

#include "base/vector_clones.h"
#include "ops/lanes.h"

namespace lathe::ops {
namespace {

// sums[rows, kTileColumns] += a[depth, rows]' * b[depth, kTileColumns]; rows of `sums` lie `stride` apart.
template <int64_t rows, class Sum>
[[gnu::always_inline]] inline void add_tile(const Sum* a, const Sum* b, Sum* sums, int64_t depth,
                                            int64_t stride) {
    using Vector = typename Lanes<Sum>::Type;
    constexpr int64_t kLanes = Lanes<Sum>::kCount, kVectors = kTileColumns / kLanes;
    Vector tile[rows][kVectors];
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < kVectors; ++j)
            tile[r][j] = *reinterpret_cast<const Vector*>(sums + r * stride + j * kLanes);
    for (int64_t p = 0; p < depth; ++p, a += rows, b += kTileColumns)
        for (int64_t r = 0; r < rows; ++r)
            for (int64_t j = 0; j < kVectors; ++j)
                tile[r][j] += a[r] * *reinterpret_cast<const Vector*>(b + j * kLanes);
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t j = 0; j < kVectors; ++j)
            *reinterpret_cast<Vector*>(sums + r * stride + j * kLanes) = tile[r][j];
}

// The same where the result has only `width` columns.
template <int64_t rows, class Sum>
[[gnu::always_inline]] inline void add_narrow_tile(const Sum* a, const Sum* b, Sum* sums, int64_t depth,
                                                   int64_t stride, int64_t width) {
    Sum wide[rows * kTileColumns] = {};
    for (int64_t r = 0; r < rows; ++r) std::copy_n(sums + r * stride, width, wide + r * kTileColumns);
    add_tile<rows>(a, b, wide, depth, kTileColumns);
    for (int64_t r = 0; r < rows; ++r) std::copy_n(wide + r * kTileColumns, width, sums + r * stride);
}

template <int64_t rows, class Sum>
[[gnu::always_inline]] inline void add_row_of_tiles(const Sum* a, const Sum* b, Sum* out,
                                                    const BlockSizes& s) {
    for (int64_t j = 0; j < s.n; j += kTileColumns) {
        const int64_t width = s.n - j;
        if (width >= kTileColumns) add_tile<rows>(a, b + j * s.depth, out + j, s.depth, s.stride);
        else add_narrow_tile<rows>(a, b + j * s.depth, out + j, s.depth, s.stride, width);
    }
}

template <class Sum>
[[gnu::always_inline]] inline void add_tiles(const Sum* a, const Sum* b, Sum* out, const BlockSizes& s) {
    int64_t i = 0;
    for (; i + kTileRows <= s.m; i += kTileRows)
        add_row_of_tiles<kTileRows>(a + i * s.depth, b, out + i * s.stride, s);
    for (; i < s.m; ++i) add_row_of_tiles<1>(a + i * s.depth, b, out + i * s.stride, s);
}

}  // namespace

LATHE_VECTOR_CLONES void add_block(const double* a, const double* b, double* out, BlockSizes sizes) {
    add_tiles(a, b, out, sizes);
}
void add_block(const uint64_t* a, const uint64_t* b, uint64_t* out, BlockSizes sizes) {
    add_tiles(a, b, out, sizes);
}

}  // namespace lathe::ops
