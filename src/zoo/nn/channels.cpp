#include "zoo/nn/channels.h"

#include <algorithm>
#include <cmath>

namespace lathe::zoo::nn {

int64_t make_divisible(double v, int64_t divisor, int64_t least, double round_limit) {
    const int64_t nearest = static_cast<int64_t>(v + static_cast<double>(divisor) / 2) / divisor * divisor;
    const int64_t channels = std::max(least > 0 ? least : divisor, nearest);
    return static_cast<double>(channels) < round_limit * v ? channels + divisor : channels;
}

int64_t round_half_even(double v) { return static_cast<int64_t>(std::nearbyint(v)); }

int64_t ChannelRounding::operator()(double channels) const {
    if (multiplier == 0) return static_cast<int64_t>(channels);
    return make_divisible(channels * multiplier, divisor, 0, round_limit);
}

}  // namespace lathe::zoo::nn
