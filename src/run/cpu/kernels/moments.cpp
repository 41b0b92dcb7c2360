// Mean and variance of columns.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/rows.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

LATHE_INLINE void load_to(float& x, const float* from) { x = *from; }
LATHE_INLINE void load_to(Floats& x, const float* from) { x = load(from); }
LATHE_INLINE void store_from(float x, float* to) { *to = x; }
LATHE_INLINE void store_from(Floats x, float* to) { store(to, x); }

// add(sums, v, x) for the v-th T of every row; blocks of rows are added up plainly.
template <class T, size_t kCount, size_t kSums, class Add>
LATHE_INLINE void add_rows(const Moments& p, size_t column, Total<T> (&totals)[kCount][kSums],
                           const Add& add) {
    constexpr size_t kSize = sizeof(T) / sizeof(float);
    const float* input = p.input + column;
    for (size_t r = 0; r < p.rows;) {
        T sums[kCount][kSums] = {};
        const size_t stop = p.rows - r < kSumBlock ? p.rows : r + kSumBlock;
        for (; r < stop; ++r, input += p.stride)
            for (size_t v = 0; v < kCount; ++v) {
                T x;
                load_to(x, input + v * kSize);
                add(sums[v], v, x);
            }
        for (size_t v = 0; v < kCount; ++v)
            for (size_t s = 0; s < kSums; ++s) add_to(totals[v][s], sums[v][s]);
    }
}

template <class T, size_t kCount>
LATHE_INLINE void moments_of(const Moments& p, size_t column) {
    constexpr size_t kSize = sizeof(T) / sizeof(float);
    const auto count = static_cast<float>(p.rows);
    Total<T> sums[kCount][1];
    add_rows<T>(p, column, sums, [](T(&s)[1], size_t, T x) { s[0] += x; });
    T mean[kCount];
    for (size_t v = 0; v < kCount; ++v) mean[v] = sums[v][0].sum / count;
    Total<T> differences[kCount][2];
    add_rows<T>(p, column, differences, [&](T(&s)[2], size_t v, T x) {
        const T difference = x - mean[v];
        s[0] += difference;
        s[1] += difference * difference;
    });
    // The mean was rounded; the sum of the differences says how far (Chan, Golub & LeVeque, 1983).
    for (size_t v = 0; v < kCount; ++v) {
        const T shift = differences[v][0].sum / count;
        store_from(mean[v] + shift, p.mean + column + v * kSize);
        store_from(differences[v][1].sum / count - shift * shift, p.variance + column + v * kSize);
    }
}

}  // namespace

void moments(const Moments& p, size_t first, size_t last) {
    size_t column = first;
    for (; column + 2 * kLanes <= last; column += 2 * kLanes) moments_of<Floats, 2>(p, column);
    for (; column + kLanes <= last; column += kLanes) moments_of<Floats, 1>(p, column);
    if (column < last && last - first >= kLanes) {  // some columns once more
        moments_of<Floats, 1>(p, last - kLanes);
        return;
    }
    for (; column < last; ++column) moments_of<float, 1>(p, column);
}

}  // namespace lathe::run::cpu::LATHE_ISA
