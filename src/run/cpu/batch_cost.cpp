#include <algorithm>

#include "run/cpu/batch.h"

namespace lathe::run::cpu {
namespace {

// Of one core of a server's processor, roughly; only their proportions matter.
constexpr double kNearBytes = 384 << 10;  // of the second cache that hold a step's values
constexpr double kSharedBytes = 12 << 20;  // of the last cache
constexpr double kFlopsOfLane = 10e9;  // a second
constexpr double kSharedRate = 20e9;  // bytes a second, of each core
constexpr double kMemoryRate = 9e9;  // of all cores
constexpr double kMeeting = 4e-6;  // seconds until all threads have come to the end of a step

double seconds_to_move(double bytes, double working_set, int parts) {
    if (working_set <= kNearBytes) return 0;
    return bytes / (working_set * parts <= kSharedBytes ? kSharedRate : kMemoryRate / parts);
}

// `images` of them on each of `parts` cores at the same time.
double seconds_of_part(const Plan& of_one, double images, int parts, const Kernels& kernels) {
    double weights = 0;
    for (const Step& step : of_one.steps) weights += step.weight_bytes;
    double seconds = 0;
    for (const Step& step : of_one.steps) {
        const double values = step.value_bytes * images;
        seconds += step.description.flops * images / (kFlopsOfLane * kernels.lanes) +
                   seconds_to_move(values, values, parts) +
                   // Weights are shared by all cores.
                   seconds_to_move(step.weight_bytes, weights / parts, parts);
    }
    return seconds;
}

double seconds_of_whole(const Plan& of_one, double images, int threads, const Kernels& kernels) {
    const double alone = seconds_of_part(of_one, images / threads, threads, kernels);
    return alone + (threads > 1 ? kMeeting * static_cast<double>(of_one.steps.size()) : 0);
}

}  // namespace

int64_t images_at_once(const Plan& of_one, int64_t batch, int threads, const Kernels& kernels) {
    int64_t best = batch;
    double least = 0.97 * seconds_of_whole(of_one, static_cast<double>(batch), threads, kernels);
    for (int64_t images = 1; images < batch; images *= 2) {
        const int64_t parts = (batch + images - 1) / images;
        const int at_once = static_cast<int>(std::min<int64_t>(parts, threads));
        const int64_t rounds = (parts + at_once - 1) / at_once;
        const double seconds = static_cast<double>(rounds) *
                               seconds_of_part(of_one, static_cast<double>(images), at_once, kernels);
        if (seconds < least) least = seconds, best = images;
    }
    return best;
}

}  // namespace lathe::run::cpu
