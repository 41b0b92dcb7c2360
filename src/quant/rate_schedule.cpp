#include "quant/rate_schedule.h"

#include <algorithm>
#include <cmath>

namespace lathe::quant {

RateSchedule::RateSchedule(const SvdOptions& options, int64_t rows, int64_t columns)
    : options_(options), rate_(options.learning_rate) {
    kind_ = options.schedule == "exponential" ? Kind::kExponential
            : options.schedule == "adaptive"  ? Kind::kAdaptive
                                              : Kind::kPlateau;
    const auto [less, more] = std::minmax({static_cast<double>(rows), static_cast<double>(columns)});
    factor_ = options.factor;
    factor_ += (std::pow(options.factor, std::sqrt(more / less)) - options.factor) * options.shape_influence;
    uneven_ = (more - less) / more;
}

bool RateSchedule::take(double loss, bool hold) {
    const bool improved = best_ < 0 || loss < best_ * (1 - options_.threshold);
    const int64_t stalled = stall_;
    if (improved) best_ = loss;
    plateau_ = improved ? 0 : plateau_ + 1;
    stall_ = improved ? 0 : stall_ + 1;
    if (hold) return improved;
    switch (kind_) {
        case Kind::kExponential: rate_ = std::max(options_.gamma * rate_, options_.lowest_rate); break;
        case Kind::kPlateau: fall_on_plateau(); break;
        case Kind::kAdaptive: adapt(improved, stalled); break;
    }
    return improved;
}

void RateSchedule::fall_on_plateau() {
    if (cooldown_ > 0) {
        --cooldown_;
    } else if (plateau_ >= options_.patience && plateau_ > 0) {
        rate_ = std::max(factor_ * rate_, options_.lowest_rate);
        cooldown_ = options_.cooldown;
        plateau_ = 0;
    }
}

// A cosine over the time without success: quick changes when it has just come, slow ones half way to giving up.
void RateSchedule::adapt(bool improved, int64_t stalled) {
    constexpr double kPi = 3.141592653589793;
    const int64_t w = improved ? stalled : stall_;
    const double t = std::min(
        static_cast<double>(w) / static_cast<double>(std::max<int64_t>(options_.stop_stall, 1)), 1.0);
    const double u = (1 + std::cos(2 * kPi * t)) / 2;
    if (improved) {
        rate_ = std::min(100.0, rate_ * (1 + 0.25 * (1 + uneven_ / 2) * (1 - u)));
    } else if (stall_ % std::max<int64_t>(options_.cooldown, 1) == 0) {
        const double fall = options_.factor - 0.03 * uneven_;
        rate_ = std::max(rate_ * (fall + (0.995 - fall) * u), options_.stop_rate);
    }
}

}  // namespace lathe::quant
