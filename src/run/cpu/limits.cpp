#include "run/cpu/limits.h"

#include <algorithm>

#include "base/bytes.h"

namespace lathe::run::cpu {
namespace {

constexpr double kSeconds = 0.12;  // for each of the four rates
constexpr size_t kRounds = 1 << 14;  // of multiply-adds in a piece of work: some 50 microseconds
constexpr size_t kBufferFloats = size_t{1} << 26, kPieceFloats = size_t{1} << 18;

// The best rate of `amount` in one call; the others were disturbed.
double best_rate(double amount, double (*clock)(), const std::function<void()>& work) {
    double best = 0;
    const double begin = clock();
    for (double now = begin; now - begin < kSeconds;) {
        work();
        const double then = clock();
        best = std::max(best, amount / std::max(then - now, 1e-9));
        now = then;
    }
    return best;
}

double multiply_add_rate(ThreadPool& threads, const Kernels& kernels, double (*clock)()) {
    const auto pieces = static_cast<size_t>(threads.threads()) * 16;
    const double flops =
        2.0 * static_cast<double>(kIndependentSums * kRounds * pieces) * static_cast<double>(kernels.lanes);
    return best_rate(flops, clock, [&] {
        threads.parallel_for(pieces, [&](size_t) {
            volatile float result = kernels.multiply_adds(kRounds, 0.5f);
            (void)result;
        });
    });
}

double read_rate(ThreadPool& threads, const Kernels& kernels, double (*clock)(),
                 std::span<const float> buffer) {
    return best_rate(static_cast<double>(buffer.size_bytes()), clock, [&] {
        threads.parallel_for(buffer.size() / kPieceFloats, [&](size_t piece) {
            volatile float result = kernels.read(&buffer[piece * kPieceFloats], kPieceFloats);
            (void)result;
        });
    });
}

}  // namespace

Limits measure_limits(ThreadPool& threads, const Kernels& kernels, double (*clock)()) {
    HeapBytes block(kBufferFloats * sizeof(float));
    const std::span<float> buffer{reinterpret_cast<float*>(block.data.get()), kBufferFloats};
    threads.parallel_for(kBufferFloats / kPieceFloats, [&](size_t piece) {
        std::ranges::fill(buffer.subspan(piece * kPieceFloats, kPieceFloats), 1.0f);
    });
    Limits limits{.kernels = kernels.name, .threads = threads.threads()};
    limits.all = {multiply_add_rate(threads, kernels, clock), read_rate(threads, kernels, clock, buffer)};
    limits.one = limits.all;
    if (limits.threads > 1) {
        ThreadPool caller(1);
        limits.one = {multiply_add_rate(caller, kernels, clock), read_rate(caller, kernels, clock, buffer)};
    }
    return limits;
}

}  // namespace lathe::run::cpu
