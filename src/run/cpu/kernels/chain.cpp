// Elementwise chains, in strips that stay in the first cache: every step is one loop over a strip.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/math.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kStrip = 256;  // a multiple of every kLanes
constexpr size_t kMaxValues = kMaxChainOperands + kMaxChainSteps;
constexpr size_t kMaxSlots = kMaxChainSteps + kMaxChainOutputs;  // of values that are in no output's memory

struct Source {
    const float* at;
    size_t step;  // kLanes, or 0: the same vector for all elements
};

// `to` may be the memory of a source.
template <class F>
LATHE_INLINE void map(Source a, float* to, size_t count, F f) {
    for (size_t i = 0; i < count; i += kLanes, a.at += a.step) store(to + i, f(load(a.at)));
}
template <class F>
LATHE_INLINE void map(Source a, Source b, float* to, size_t count, F f) {
    for (size_t i = 0; i < count; i += kLanes, a.at += a.step, b.at += b.step)
        store(to + i, f(load(a.at), load(b.at)));
}

LATHE_INLINE Floats truth(Words test) { return as_floats(test & as_words(splat(1.0f))); }

void run_binary(Function function, Source a, Source b, float* to, size_t n) {
    switch (function) {
        case Function::kAdd: return map(a, b, to, n, [](Floats x, Floats y) { return x + y; });
        case Function::kSub: return map(a, b, to, n, [](Floats x, Floats y) { return x - y; });
        case Function::kMul: return map(a, b, to, n, [](Floats x, Floats y) { return x * y; });
        case Function::kDiv: return map(a, b, to, n, [](Floats x, Floats y) { return x / y; });
        case Function::kMin: return map(a, b, to, n, [](Floats x, Floats y) { return min_or_nan(x, y); });
        case Function::kMax: return map(a, b, to, n, [](Floats x, Floats y) { return max_or_nan(x, y); });
        case Function::kEqual: return map(a, b, to, n, [](Floats x, Floats y) { return truth(x == y); });
        case Function::kLess: return map(a, b, to, n, [](Floats x, Floats y) { return truth(x < y); });
        case Function::kLessEqual: return map(a, b, to, n, [](Floats x, Floats y) { return truth(x <= y); });
        default: break;
    }
    if (b.step == 0 && *b.at == 2.0f) return map(a, to, n, [](Floats x) { return x * x; });
    return map(a, b, to, n, [](Floats x, Floats y) { return pow(x, y); });
}

void run_select(Source a, Source b, Source c, float* to, size_t n) {
    for (size_t i = 0; i < n; i += kLanes, a.at += a.step, b.at += b.step, c.at += c.step)
        store(to + i, load(a.at) != 0.0f ? load(b.at) : load(c.at));
}

LATHE_INLINE Floats mish(Floats x) {  // x tanh(ln(1 + e^x)); the quotient is 1 in float beyond 20
    const Floats e = exp_or_zero(min(splat(20.0f), x)), n = e * (e + 2.0f);
    return x * (n / (n + 2.0f));
}
LATHE_INLINE Floats gelu(Floats x) {
    const Floats half = 0.5f * x;
    return half * erf(x * 0x1.6a09e6p-1f) + half;
}
LATHE_INLINE Floats
gelu_tanh(Floats x) {  // (1 + tanh(u)) / 2 = sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x³)
    constexpr float kLinear = 1.5957691216057308f, kCubic = 0.071354816272600246f;
    return x / one_plus_exp(-x * (kLinear + kCubic * (x * x)));
}

void run_activation(const ChainStep& s, Source a, float* to, size_t n) {
    switch (s.function) {
        case Function::kRelu: return map(a, to, n, [](Floats x) { return max(Floats{}, x); });
        case Function::kSilu: return map(a, to, n, [](Floats x) { return x / one_plus_exp(-x); });
        case Function::kGelu: return map(a, to, n, [](Floats x) { return gelu(x); });
        case Function::kGeluTanh: return map(a, to, n, [](Floats x) { return gelu_tanh(x); });
        case Function::kMish: return map(a, to, n, [](Floats x) { return mish(x); });
        case Function::kHardSigmoid:
            return map(a, to, n, [&s](Floats x) { return clamp(x * s.p + s.q, 0.0f, 1.0f); });
        case Function::kHardSwish:
            return map(a, to, n, [](Floats x) { return x * clamp(x * (1.0f / 6) + 0.5f, 0.0f, 1.0f); });
        case Function::kElu:
            return map(a, to, n, [&s](Floats x) { return x < 0.0f ? s.p * expm1(min(Floats{}, x)) : x; });
        case Function::kLeakyRelu: return map(a, to, n, [&s](Floats x) { return x < 0.0f ? s.p * x : x; });
        case Function::kClip: return map(a, to, n, [&s](Floats x) { return clamp(x, s.p, s.q); });
        default: return map(a, to, n, [&s](Floats x) { return x * s.p + s.q; });
    }
}

void run_unary(const ChainStep& s, Source a, float* to, size_t n) {
    switch (s.function) {
        case Function::kNeg: return map(a, to, n, [](Floats x) { return -x; });
        case Function::kAbs: return map(a, to, n, [](Floats x) { return abs(x); });
        case Function::kSqrt: return map(a, to, n, [](Floats x) { return sqrt(x); });
        case Function::kReciprocal: return map(a, to, n, [](Floats x) { return 1.0f / x; });
        case Function::kExp: return map(a, to, n, [](Floats x) { return exp(x); });
        case Function::kLog: return map(a, to, n, [](Floats x) { return log(x); });
        case Function::kTanh: return map(a, to, n, [](Floats x) { return tanh(x); });
        case Function::kErf: return map(a, to, n, [](Floats x) { return erf(x); });
        case Function::kSigmoid: return map(a, to, n, [](Floats x) { return sigmoid(x); });
        case Function::kSoftplus: return map(a, to, n, [](Floats x) { return softplus(x); });
        case Function::kSin: return map(a, to, n, [](Floats x) { return sin(x); });
        case Function::kCos: return map(a, to, n, [](Floats x) { return cos(x); });
        case Function::kFloor: return map(a, to, n, [](Floats x) { return floor(x); });
        case Function::kCeil: return map(a, to, n, [](Floats x) { return ceil(x); });
        case Function::kRound: return map(a, to, n, [](Floats x) { return round(x); });
        case Function::kSign: return map(a, to, n, [](Floats x) { return sign(x); });
        default: return run_activation(s, a, to, n);
    }
}

void copy(Source a, float* to, size_t n) {
    map(a, to, n, [](Floats x) { return x; });
}

template <class T>
void widen(const void* from, size_t start, float* to, size_t n) {
    const T* at = static_cast<const T*>(from) + start;
    for (size_t i = 0; i < n; ++i) to[i] = static_cast<float>(at[i]);
}
// Elements [start, start + n) as floats.
void read_elements(const void* from, Element type, const Coding& codes, size_t start, float* to, size_t n) {
    if (codes.used)
        return dequantize(
            {static_cast<const uint8_t*>(from) + start, type == Element::kI8, codes.zero, codes.scale}, to,
            n);
    switch (type) {
        case Element::kF32: return widen<float>(from, start, to, n);
        case Element::kBool: return widen<bool>(from, start, to, n);
        case Element::kI8: return widen<int8_t>(from, start, to, n);
        case Element::kI32: return widen<int32_t>(from, start, to, n);
        case Element::kI64: return widen<int64_t>(from, start, to, n);
        default: return widen<uint8_t>(from, start, to, n);
    }
}
void write_elements(const float* from, Element type, const Coding& codes, size_t start, void* to, size_t n) {
    if (codes.used) {
        const int32_t low = type == Element::kI8 ? -128 : 0;
        return quantize(from, {codes.scale, codes.zero, low, low + 255, static_cast<uint8_t*>(to) + start},
                        n);
    }
    if (type == Element::kF32) {
        float* at = static_cast<float*>(to) + start;
        for (size_t i = 0; i < n; ++i) at[i] = from[i];
        return;
    }
    uint8_t* at = static_cast<uint8_t*>(to) + start;
    for (size_t i = 0; i < n; ++i) at[i] = from[i] != 0.0f;
}

// Where values lie while a chain runs: operands and most results in their own memory, the rest in slots of a strip.
class Places {
public:
    explicit Places(const Chain& chain) : chain_(chain) {
        place_operands();
        find_last_uses();
        place_results();
    }

    void run(size_t count) {
        for (size_t start = 0; start < count; start += kStrip)
            run_strip(start, count - start < kStrip ? count - start : kStrip);
    }

private:
    struct Place {
        float* at;
        bool moves;  // with the strips
        bool uniform;
        uint8_t last_use;  // the number of the step; that of the last step + 1: an output
    };

    void place_operands() {
        for (size_t v = 0; v < chain_.operand_count; ++v) {
            const Element type = chain_.operand_types[v];
            if (chain_.uniform[v]) {
                float value;
                read_elements(chain_.operands[v], type, chain_.operand_codes[v], 0, &value, 1);
                store(uniform_[v], splat(value));
                places_[v] = {uniform_[v], false, true, 0};
            } else if (type == Element::kF32)
                places_[v] = {static_cast<float*>(const_cast<void*>(chain_.operands[v])), true, false, 0};
            else places_[v] = {widened_[v], false, false, 0};
        }
    }
    void find_last_uses() {
        for (size_t s = 0; s < chain_.step_count; ++s) {
            const ChainStep& step = chain_.steps[s];
            places_[chain_.operand_count + s].last_use = static_cast<uint8_t>(s);
            places_[step.a].last_use = static_cast<uint8_t>(s);
            if (reads_b(step.function)) places_[step.b].last_use = static_cast<uint8_t>(s);
            if (reads_c(step.function)) places_[step.c].last_use = static_cast<uint8_t>(s);
        }
        for (size_t o = 0; o < chain_.output_count; ++o)
            if (chain_.output_values[o] >= chain_.operand_count)
                places_[chain_.output_values[o]].last_use = static_cast<uint8_t>(chain_.step_count);
    }
    void place_results() {
        for (size_t o = 0; o < chain_.output_count; ++o) {
            copied_[o] = true;
            if (chain_.output_values[o] < chain_.operand_count) staged_[o] = take_slot();
        }
        for (size_t s = 0; s < chain_.step_count; ++s) {
            const ChainStep& step = chain_.steps[s];
            free_slot_after(step.a, s);
            if (reads_b(step.function) && step.b != step.a) free_slot_after(step.b, s);
            if (reads_c(step.function) && step.c != step.a && step.c != step.b) free_slot_after(step.c, s);
            place_result(s);
        }
    }
    void place_result(size_t s) {
        Place& place = places_[chain_.operand_count + s];
        place.uniform = false;
        for (size_t o = 0; o < chain_.output_count; ++o) {
            if (chain_.output_values[o] != chain_.operand_count + s || !may_overwrite(o, s)) continue;
            place.at = static_cast<float*>(chain_.outputs[o]);
            place.moves = true;
            copied_[o] = false;
            return;
        }
        place.at = take_slot();
        place.moves = false;
        if (place.last_use == s) free_slot(place.at);  // nobody wants it
    }
    // Whether no step after s reads an operand in the memory of output o.
    bool may_overwrite(size_t o, size_t s) const {
        if (chain_.output_types[o] != Element::kF32) return false;
        for (size_t v = 0; v < chain_.operand_count; ++v)
            if (chain_.operands[v] == chain_.outputs[o] && places_[v].last_use > s) return false;
        return true;
    }

    float* take_slot() {
        const int slot = __builtin_ctz(free_slots_);
        free_slots_ &= free_slots_ - 1;
        return slots_[slot];
    }
    void free_slot(const float* at) {
        free_slots_ |= 1u << (at - slots_[0]) / static_cast<ptrdiff_t>(kStrip);
    }
    void free_slot_after(size_t value, size_t s) {
        const Place& place = places_[value];
        if (value >= chain_.operand_count && place.last_use == s && !place.moves) free_slot(place.at);
    }

    float* address(size_t value, size_t start) const {
        return places_[value].at + (places_[value].moves ? start : 0);
    }
    Source source(size_t value, size_t start) const {
        return {address(value, start), places_[value].uniform ? 0 : kLanes};
    }
    void run_strip(size_t start, size_t n) {
        for (size_t v = 0; v < chain_.operand_count; ++v)
            if (places_[v].at == widened_[v])
                read_elements(chain_.operands[v], chain_.operand_types[v], chain_.operand_codes[v], start,
                              widened_[v], n);
        for (size_t o = 0; o < chain_.output_count; ++o)
            if (chain_.output_values[o] < chain_.operand_count)
                copy(source(chain_.output_values[o], start), staged_[o], n);
        for (size_t s = 0; s < chain_.step_count; ++s) {
            const ChainStep& step = chain_.steps[s];
            float* to = address(chain_.operand_count + s, start);
            if (reads_c(step.function))
                run_select(source(step.a, start), source(step.b, start), source(step.c, start), to, n);
            else if (reads_b(step.function))
                run_binary(step.function, source(step.a, start), source(step.b, start), to, n);
            else run_unary(step, source(step.a, start), to, n);
        }
        for (size_t o = 0; o < chain_.output_count; ++o) {
            if (!copied_[o]) continue;
            const size_t value = chain_.output_values[o];
            const float* from = value < chain_.operand_count ? staged_[o] : address(value, start);
            write_elements(from, chain_.output_types[o], chain_.output_codes[o], start, chain_.outputs[o], n);
        }
    }

    const Chain& chain_;
    Place places_[kMaxValues];
    bool copied_[kMaxChainOutputs];  // from elsewhere at the end of a strip
    float* staged_[kMaxChainOutputs];  // copies of operands that are outputs: others may overwrite them
    uint32_t free_slots_ = (1u << kMaxSlots) - 1;
    float uniform_[kMaxChainOperands][kLanes];
    float widened_[kMaxChainOperands][kStrip];  // operands that are no floats
    float slots_[kMaxSlots][kStrip];
};

// The last elements, which fill no vector, in copies that do.
void run_tail(const Chain& chain, size_t start, size_t n) {
    float operands[kMaxChainOperands][kLanes], outputs[kMaxChainOutputs][kLanes];
    Chain tail = chain;
    for (size_t v = 0; v < chain.operand_count; ++v) {
        if (chain.uniform[v]) continue;
        store(operands[v], Floats{});
        read_elements(chain.operands[v], chain.operand_types[v], chain.operand_codes[v], start, operands[v],
                      n);
        tail.operands[v] = operands[v];
        tail.operand_types[v] = Element::kF32;
        tail.operand_codes[v] = {};
    }
    for (size_t o = 0; o < chain.output_count; ++o) {
        tail.outputs[o] = outputs[o];
        tail.output_types[o] = Element::kF32;
        tail.output_codes[o] = {};
    }
    Places(tail).run(kLanes);
    for (size_t o = 0; o < chain.output_count; ++o)
        write_elements(outputs[o], chain.output_types[o], chain.output_codes[o], start, chain.outputs[o], n);
}

}  // namespace

void chain(const Chain& chain, size_t count) {
    const size_t whole = count / kLanes * kLanes;
    if (whole != 0) Places(chain).run(whole);
    if (whole != count) run_tail(chain, whole, count - whole);
}

}  // namespace lathe::run::cpu::LATHE_ISA
