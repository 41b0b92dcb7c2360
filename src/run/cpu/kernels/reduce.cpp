// Reductions: along numbers next to each other, or of whole rows at once.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/math.h"
#include "run/cpu/kernels/rows.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

// Numbers and vectors of them, for functions that work on either.
LATHE_INLINE void load_to(float& x, const float* from) { x = *from; }
LATHE_INLINE void load_to(Floats& x, const float* from) { x = load(from); }
LATHE_INLINE void store_from(float x, float* to) { *to = x; }
LATHE_INLINE void store_from(Floats x, float* to) { store(to, x); }

struct Plain {
    template <class T>
    [[gnu::always_inline]] T operator()(T x) const {
        return x;
    }
};
struct Square {
    template <class T>
    [[gnu::always_inline]] T operator()(T x) const {
        return x * x;
    }
};
// NaN where there is one.
struct Larger {
    static constexpr float kFirst = -kInfinity;
    template <class T>
    [[gnu::always_inline]] T operator()(T a, T b) const {
        const T larger = a > b ? a : b;
        return a != a ? a : larger;
    }
};
struct Smaller {
    static constexpr float kFirst = kInfinity;
    template <class T>
    [[gnu::always_inline]] T operator()(T a, T b) const {
        const T smaller = a < b ? a : b;
        return a != a ? a : smaller;
    }
};

float divisor(const Reduce& p) { return p.kind == Reduce::kMean ? static_cast<float>(p.count) : 1; }

template <class Term>
struct SumOf {
    // kVectors T next to each other from each row.
    template <class T, size_t kVectors>
    static void columns(const Reduce& p, const float* input, float* output) {
        constexpr size_t kSize = sizeof(T) / sizeof(float);
        Total<T> totals[kVectors];
        for (size_t r = 0; r < p.count;) {
            T sums[kVectors] = {};
            const size_t stop = p.count - r < kSumBlock ? p.count : r + kSumBlock;
            for (; r < stop; ++r, input += p.stride)
                for (size_t v = 0; v < kVectors; ++v) {
                    T x;
                    load_to(x, input + v * kSize);
                    sums[v] += Term()(x);
                }
            for (size_t v = 0; v < kVectors; ++v) add_to(totals[v], sums[v]);
        }
        for (size_t v = 0; v < kVectors; ++v) store_from(totals[v].sum / divisor(p), output + v * kSize);
    }
    static float row(const Reduce& p, const float* input) {
        const size_t end = p.count % kLanes;
        Total<Floats> totals[1];
        add_vectors(p.count - end, totals,
                    [&](size_t at, Floats(&sums)[1]) { sums[0] += Term()(load(input + at)); });
        if (end != 0) add_to(totals[0], Term()(load_end(input, p.count, end, 0)));
        return sum_across(totals[0].sum) / divisor(p);
    }
};

template <class Choice>
struct Extreme {
    template <class T, size_t kVectors>
    static void columns(const Reduce& p, const float* input, float* output) {
        constexpr size_t kSize = sizeof(T) / sizeof(float);
        T results[kVectors];
        for (size_t v = 0; v < kVectors; ++v) results[v] = T{} + Choice::kFirst;
        for (size_t r = 0; r < p.count; ++r, input += p.stride)
            for (size_t v = 0; v < kVectors; ++v) {
                T x;
                load_to(x, input + v * kSize);
                results[v] = Choice()(results[v], x);
            }
        for (size_t v = 0; v < kVectors; ++v) store_from(results[v], output + v * kSize);
    }
    static float row(const Reduce& p, const float* input) {
        const size_t end = p.count % kLanes;
        Floats result = fold_vectors(input, p.count - end, splat(Choice::kFirst), Choice());
        if (end != 0) result = Choice()(result, load_end(input, p.count, end, Choice::kFirst));
        return across(result, Choice());
    }
};

// All columns of one outer index. A column goes through the same sums whatever vector it is in.
template <class Kind>
void reduce_columns(const Reduce& p, const float* input, float* output) {
    size_t i = 0;
    if (p.inner < kLanes) {
        for (; i < p.inner; ++i) Kind::template columns<float, 1>(p, input + i, output + i);
        return;
    }
    for (; i + 8 * kLanes <= p.inner; i += 8 * kLanes)
        Kind::template columns<Floats, 8>(p, input + i, output + i);
    for (; i + 3 * kLanes <= p.inner; i += 3 * kLanes)
        Kind::template columns<Floats, 3>(p, input + i, output + i);
    for (; i + kLanes <= p.inner; i += kLanes) Kind::template columns<Floats, 1>(p, input + i, output + i);
    if (i < p.inner) {
        i = p.inner - kLanes;
        Kind::template columns<Floats, 1>(p, input + i, output + i);
    }
}

template <class Kind>
void reduce_as(const Reduce& p, size_t first, size_t last) {
    for (size_t o = first; o < last; ++o) {
        const float* input = p.input + static_cast<int64_t>(o) * p.outer_stride;
        float* output = p.output + o * p.inner;
        if (p.inner == 1 && p.stride == 1) *output = Kind::row(p, input);
        else reduce_columns<Kind>(p, input, output);
    }
}

}  // namespace

void reduce(const Reduce& p, size_t first, size_t last) {
    switch (p.kind) {
        case Reduce::kSum:
        case Reduce::kMean: return reduce_as<SumOf<Plain>>(p, first, last);
        case Reduce::kSumSquare: return reduce_as<SumOf<Square>>(p, first, last);
        case Reduce::kMax: return reduce_as<Extreme<Larger>>(p, first, last);
        case Reduce::kMin: return reduce_as<Extreme<Smaller>>(p, first, last);
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
