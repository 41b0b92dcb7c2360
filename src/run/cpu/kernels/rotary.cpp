// Rotary embedding of rows: pairs of numbers turned as complex numbers are.
#include "run/cpu/kernels/functions.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

struct Row {
    const float *input, *cosine, *sine;
    float* output;
};

void turn_halves(const Row& r, size_t half) {
    size_t i = 0;
    for (; i + kLanes <= half; i += kLanes) {
        const Floats a = load(r.input + i), b = load(r.input + half + i), cosine = load(r.cosine + i),
                     sine = load(r.sine + i);
        store(r.output + i, a * cosine - b * sine);
        store(r.output + half + i, a * sine + b * cosine);
    }
    for (; i < half; ++i) {
        const float a = r.input[i], b = r.input[half + i];
        r.output[i] = a * r.cosine[i] - b * r.sine[i];
        r.output[half + i] = a * r.sine[i] + b * r.cosine[i];
    }
}

void turn_neighbours(const Row& r, size_t half) {
    for (size_t i = 0; i < half; ++i) {
        const float a = r.input[2 * i], b = r.input[2 * i + 1];
        r.output[2 * i] = a * r.cosine[i] - b * r.sine[i];
        r.output[2 * i + 1] = a * r.sine[i] + b * r.cosine[i];
    }
}

}  // namespace

void rotate(const Rotary& p, size_t first, size_t last) {
    for (size_t row = first; row < last; ++row) {
        const auto at = static_cast<int64_t>(row);
        const Row r{p.input + at * p.input_stride, p.cosine + at * p.cosine_stride,
                    p.sine + at * p.sine_stride, p.output + at * p.output_stride};
        if (p.interleaved) turn_neighbours(r, p.half);
        else turn_halves(r, p.half);
        for (size_t i = 2 * p.half; i < 2 * p.half + p.rest; ++i) r.output[i] = r.input[i];
    }
}

}  // namespace lathe::run::cpu::LATHE_ISA
