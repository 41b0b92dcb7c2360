// Copies between layouts. What a copy's strides say is first put simply (fewer dimensions, each longer); then it is one of:
// runs of elements next to each other, a transposition by blocks, or element by element.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

struct Dimension {
    int64_t size, from, to;
};
// The dimensions that are left; the last two are the innermost, the others counted through.
struct Layout {
    size_t rank = 0;
    Dimension dimensions[kMaxCopyRank + 2] = {};
};

// Without dimensions of one element, and those that lie next to each other on both sides joined.
Layout simplified(const Copy& c, size_t first, size_t last) {
    Layout l;
    for (size_t i = 0; i < c.rank; ++i) {
        const Dimension d{i == 0 ? static_cast<int64_t>(last - first) : c.shape[i], c.from_strides[i],
                          c.to_strides[i]};
        if (d.size == 1) continue;
        if (l.rank > 0) {
            Dimension& before = l.dimensions[l.rank - 1];
            if (before.from == d.size * d.from && before.to == d.size * d.to) {
                before = {before.size * d.size, d.from, d.to};
                continue;
            }
        }
        l.dimensions[l.rank++] = d;
    }
    return l;
}

template <class T>
void run(const T* from, T* to, Dimension d) {
    if (d.from == 1 && d.to == 1) {
        __builtin_memcpy(to, from, static_cast<size_t>(d.size) * sizeof(T));
        return;
    }
    if (d.from == 0 && d.to == 1) {
        const T value = *from;
        for (int64_t i = 0; i < d.size; ++i) to[i] = value;
        return;
    }
    for (int64_t i = 0; i < d.size; ++i) to[i * d.to] = from[i * d.from];
}

// to[i * row_stride + k] = from[i + k * column_stride], i < rows and k < columns.
template <class T>
LATHE_INLINE void transpose_part(const T* from, int64_t column_stride, T* to, int64_t row_stride,
                                 int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t k = 0; k < columns; ++k) to[i * row_stride + k] = from[i + k * column_stride];
}

using Quad [[gnu::vector_size(16)]] = int32_t;
LATHE_INLINE void transpose_4x4(const int32_t* from, int64_t column_stride, int32_t* to, int64_t row_stride) {
    Quad a[4];
    for (int64_t k = 0; k < 4; ++k) __builtin_memcpy(&a[k], from + k * column_stride, sizeof(Quad));
    const Quad low01 = __builtin_shufflevector(a[0], a[1], 0, 4, 1, 5),
               low23 = __builtin_shufflevector(a[2], a[3], 0, 4, 1, 5);
    const Quad high01 = __builtin_shufflevector(a[0], a[1], 2, 6, 3, 7),
               high23 = __builtin_shufflevector(a[2], a[3], 2, 6, 3, 7);
    const Quad rows[4] = {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
                          __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
                          __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
                          __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
    for (int64_t i = 0; i < 4; ++i) __builtin_memcpy(to + i * row_stride, &rows[i], sizeof(Quad));
}

struct Block {
    int64_t rows, columns;
};

LATHE_INLINE void transpose_quads(const int32_t* from, int64_t column_stride, int32_t* to, int64_t row_stride,
                                  Block b) {
    const auto quad = [&](int64_t i, int64_t k) {
        transpose_4x4(from + i + k * column_stride, column_stride, to + i * row_stride + k, row_stride);
    };
    if (column_stride % 512 != 0) {
        for (int64_t i = 0; i < b.rows; i += 4)
            for (int64_t k = 0; k < b.columns; k += 4) quad(i, k);
        return;
    }
    // Such a stride puts all columns into the same few lines of the cache: four are read to the end of their lines
    // before the next.
    for (int64_t line = 0; line < b.rows; line += 16)
        for (int64_t k = 0; k < b.columns; k += 4)
            for (int64_t i = line; i < b.rows && i < line + 16; i += 4) quad(i, k);
}

template <class T>
LATHE_INLINE void transpose_block(const T* from, int64_t column_stride, T* to, int64_t row_stride, Block b) {
    Block quads{0, 0};
    if constexpr (sizeof(T) == 4) {
        quads = {b.rows & ~int64_t{3}, b.columns & ~int64_t{3}};
        transpose_quads(from, column_stride, to, row_stride, quads);
    }
    transpose_part(from + quads.columns * column_stride, column_stride, to + quads.columns, row_stride,
                   quads.rows, b.columns - quads.columns);
    transpose_part(from + quads.rows, column_stride, to + quads.rows * row_stride, row_stride,
                   b.rows - quads.rows, b.columns);
}

// Few columns, or few rows: as many runs side by side.
template <class T, int64_t kCount>
void interleave(const T* from, T* to, Dimension rows, Dimension columns) {
    if (columns.size == kCount) transpose_part(from, columns.from, to, rows.to, rows.size, kCount);
    else
        for (int64_t k = 0; k < columns.size; ++k)
            for (int64_t i = 0; i < kCount; ++i) to[i * rows.to + k] = from[i + k * columns.from];
}

template <class T>
void transpose(const T* from, T* to, Dimension rows, Dimension columns) {
    const int64_t least = rows.size < columns.size ? rows.size : columns.size;
    if (least == 2) return interleave<T, 2>(from, to, rows, columns);
    if (least == 3) return interleave<T, 3>(from, to, rows, columns);
    constexpr int64_t kRows = 64, kColumns = sizeof(T) == 4 ? 64 : 16;  // by measurement
    for (int64_t i = 0; i < rows.size; i += kRows)
        for (int64_t k = 0; k < columns.size; k += kColumns) {
            const Block block{rows.size - i < kRows ? rows.size - i : kRows,
                              columns.size - k < kColumns ? columns.size - k : kColumns};
            transpose_block(from + i + k * columns.from, columns.from, to + i * rows.to + k, rows.to, block);
        }
}

// The last two dimensions.
template <class T>
void plane(const T* from, T* to, Dimension outer, Dimension inner) {
    if (outer.from == 1 && inner.to == 1 && inner.from != 1) {
        transpose(from, to, outer, inner);
        return;
    }
    for (int64_t i = 0; i < outer.size; ++i) run(from + i * outer.from, to + i * outer.to, inner);
}

// A dimension that is next to each other in `from` comes next to the innermost, so that `plane` meets transpositions.
void put_transposed_next(Layout& l) {
    if (l.dimensions[l.rank - 1].from == 1) return;
    for (size_t i = 0; i + 2 < l.rank; ++i)
        if (l.dimensions[i].from == 1) {
            const Dimension d = l.dimensions[i];
            l.dimensions[i] = l.dimensions[l.rank - 2];
            l.dimensions[l.rank - 2] = d;
        }
}

template <class T>
void copy_all(const Layout& l, const T* from, T* to) {
    int64_t at[kMaxCopyRank] = {};
    for (;;) {
        plane(from, to, l.dimensions[l.rank - 2], l.dimensions[l.rank - 1]);
        size_t i = l.rank - 2;
        for (; i > 0; --i) {
            const Dimension& d = l.dimensions[i - 1];
            from += d.from, to += d.to;
            if (++at[i - 1] < d.size) break;
            at[i - 1] = 0;
            from -= d.from * d.size, to -= d.to * d.size;
        }
        if (i == 0) return;
    }
}

template <class T>
void copy_of(const Copy& c, Layout& l, size_t first) {
    const T* from = static_cast<const T*>(c.from);
    T* to = static_cast<T*>(c.to);
    if (c.rank > 0) {
        from += static_cast<int64_t>(first) * c.from_strides[0];
        to += static_cast<int64_t>(first) * c.to_strides[0];
    }
    copy_all(l, from, to);
}

}  // namespace

void copy(const Copy& c, size_t first, size_t last) {
    if (c.rank > 0 && first == last) return;
    for (size_t i = 1; i < c.rank; ++i)
        if (c.shape[i] == 0) return;
    Layout l = simplified(c, first, last);
    for (; l.rank < 2; ++l.rank) {
        for (size_t i = l.rank; i > 0; --i) l.dimensions[i] = l.dimensions[i - 1];
        l.dimensions[0] = {1, 0, 0};
    }
    put_transposed_next(l);
    switch (c.element_bytes) {
        case 1: return copy_of<uint8_t>(c, l, first);
        case 2: return copy_of<uint16_t>(c, l, first);
        case 4: return copy_of<int32_t>(c, l, first);
        default: return copy_of<uint64_t>(c, l, first);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
