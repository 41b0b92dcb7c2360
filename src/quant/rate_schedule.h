// Learning rates of the gradient descents of convert_to_quant 1.3.1: how they fall, and when to stop.
#pragma once
#include <cstdint>

#include "quant/rounding.h"

namespace lathe::quant {

class RateSchedule {
public:
    // options.schedule is one of plateau, exponential, adaptive.
    RateSchedule(const SvdOptions& options, int64_t rows, int64_t columns);

    double rate() const { return rate_; }
    double best() const { return best_; }
    // Takes the loss of an iteration and sets the rate of the next; true: it is the best loss so far. hold: the rate stays.
    bool take(double loss, bool hold = false);
    // loss: the best, or the one that counts for stopping.
    bool done(double loss) const {
        return loss <= options_.stop_loss || rate_ <= options_.stop_rate || stall_ > options_.stop_stall;
    }

private:
    enum class Kind : uint8_t { kPlateau, kExponential, kAdaptive };
    void fall_on_plateau();
    void adapt(bool improved, int64_t stalled);

    const SvdOptions& options_;
    Kind kind_;
    double rate_, best_ = -1;  // -1: none yet
    double factor_;  // of the plateau: nearer to 1 for matrices far from square
    double uneven_;  // |rows - columns| / the larger
    int64_t plateau_ = 0, stall_ = 0, cooldown_ = 0;
};

}  // namespace lathe::quant
