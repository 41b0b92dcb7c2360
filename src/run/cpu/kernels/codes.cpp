// Numbers to codes of 8 bits, and back.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/integers.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

LATHE_INLINE Words codes_of(Floats x, Floats scale, float low, float high, int32_t zero) {
    const Floats y = x / scale;
    const Words codes = round_to_words(clamp(y, low, high)) + zero;
    return y == y ? codes : Words{};
}

template <bool kNegative>
LATHE_INLINE Floats numbers(const uint8_t* p, int32_t zero, float scale) {
    WordBytes bytes;
    __builtin_memcpy(&bytes, p, sizeof bytes);
    Words words = __builtin_convertvector(bytes, Words);
    if (!kNegative) words &= 255;
    return __builtin_convertvector(words - zero, Floats) * scale;
}

template <bool kNegative>
void dequantize_all(const Codes& c, float* to, size_t count) {
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) store(to + i, numbers<kNegative>(c.codes + i, c.zero, c.scale));
    for (; i < count; ++i) {
        const int code = kNegative ? static_cast<int8_t>(c.codes[i]) : c.codes[i];
        to[i] = static_cast<float>(code - c.zero) * c.scale;
    }
}

}  // namespace

void quantize(const float* x, const Quantization& q, size_t count) {
    const auto low = static_cast<float>(q.low - q.zero), high = static_cast<float>(q.high - q.zero);
    const Floats scale = splat(q.scale);
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        store_bytes(q.codes + i, codes_of(load(x + i), scale, low, high, q.zero));
    if (i == count) return;
    uint8_t rest[kLanes];
    store_bytes(rest, codes_of(load_part(x + i, count - i), scale, low, high, q.zero));
    for (size_t k = 0; i < count; ++i, ++k) q.codes[i] = rest[k];
}

void dequantize(const Codes& c, float* to, size_t count) {
    if (c.negative) dequantize_all<true>(c, to, count);
    else dequantize_all<false>(c, to, count);
}

void range(const float* x, size_t count, float* low, float* high) {
    constexpr size_t kSums = 4;
    Floats least[kSums], largest[kSums];
    for (size_t v = 0; v < kSums; ++v) least[v] = splat(*low), largest[v] = splat(*high);
    size_t i = 0;
    for (; i + kSums * kLanes <= count; i += kSums * kLanes)
        for (size_t v = 0; v < kSums; ++v) {
            const Floats y = load(x + i + v * kLanes);
            least[v] = min(y, least[v]);
            largest[v] = max(y, largest[v]);
        }
    for (size_t v = 0; v < kSums; ++v)
        for (size_t l = 0; l < kLanes; ++l) {
            *low = least[v][l] < *low ? least[v][l] : *low;
            *high = largest[v][l] > *high ? largest[v][l] : *high;
        }
    for (; i < count; ++i) {
        *low = x[i] < *low ? x[i] : *low;
        *high = x[i] > *high ? x[i] : *high;
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
