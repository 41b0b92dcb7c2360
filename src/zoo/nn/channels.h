// Numbers of channels, as mobile networks round them: Howard et al., "MobileNets", 2017, and its followers.
#pragma once
#include <cstdint>

namespace lathe::zoo::nn {

// The multiple of `divisor` nearest to v (halves up), at least `least` (0: divisor), and one more divisor when that is
// less than round_limit * v.
int64_t make_divisible(double v, int64_t divisor = 8, int64_t least = 0, double round_limit = 0.9);

// The nearest integer, halves to the even one, as Python's round().
int64_t round_half_even(double v);

// Widths of a network: channels * multiplier, made divisible. A multiplier of 0 changes nothing.
struct ChannelRounding {
    double multiplier = 1;
    int64_t divisor = 8;
    double round_limit = 0.9;
    int64_t operator()(double channels) const;
};

}  // namespace lathe::zoo::nn
