// What the processor can do at best, to hold other times against.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {

float multiply_adds(size_t rounds, float factor) {
    Floats sums[kIndependentSums] = {};
    const Floats factors = splat(factor);
    for (size_t round = 0; round < rounds; ++round)
        for (Floats& sum : sums) sum = sum * factors + factors;
    Floats total{};
    for (const Floats& sum : sums) total += sum;
    return total[0];
}

float read(const float* from, size_t count) {
    constexpr size_t kAtOnce = 8;
    Floats sums[kAtOnce] = {};
    for (; count >= kAtOnce * kLanes; count -= kAtOnce * kLanes)
        for (Floats& sum : sums) {
            sum += load(from);
            from += kLanes;
        }
    Floats total{};
    for (const Floats& sum : sums) total += sum;
    return total[0];
}

}  // namespace lathe::run::cpu::LATHE_ISA
