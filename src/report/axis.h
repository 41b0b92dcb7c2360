// The range of an axis and its round ticks.
#pragma once
#include <string>
#include <vector>

namespace lathe::report {

struct Axis {
    double low = 0, high = 1;  // finite, low < high, both ticks
    double step = 0.5;  // 1, 2 or 5 times a power of ten

    std::vector<double> ticks() const;
    std::string name_of(double tick) const;
    double place(
        double value) const;  // 0 at low, 1 at high; beyond is cut off; infinite values are at the ends
};

// About `count` steps that reach from the least to the largest of `values` that are finite, and to zero when asked.
Axis axis_for(const std::vector<double>& values, bool from_zero, int count);

}  // namespace lathe::report
