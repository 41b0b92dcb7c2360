#include "report/axis.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace lathe::report {
namespace {

constexpr double kFarthest = 1e290;  // what is beyond it is drawn there; so differences stay finite

double round_step(double width) {
    const double power = std::pow(10.0, std::floor(std::log10(width)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (width <= factor * power * (1 + 1e-9)) return factor * power;
    return 10 * power;
}

}  // namespace

Axis axis_for(const std::vector<double>& values, bool from_zero, int count) {
    double low = INFINITY, high = -INFINITY;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, std::clamp(value, -kFarthest, kFarthest));
        high = std::max(high, std::clamp(value, -kFarthest, kFarthest));
    }
    if (low > high) low = 0, high = 1;
    if (from_zero) low = std::min(low, 0.0), high = std::max(high, 0.0);
    const double largest = std::max(std::abs(low), std::abs(high));
    if (high - low <= 1e-9 * largest || largest < 1e-290) {  // all but one value
        const double margin = largest < 1e-290 ? 1 : 0.05 * largest;
        if (!from_zero && largest >= 1e-290) low -= margin;
        high += margin;
    }
    Axis axis;
    axis.step = round_step((high - low) / count);
    axis.low = std::floor(low / axis.step + 1e-9) * axis.step;
    axis.high = std::ceil(high / axis.step - 1e-9) * axis.step;
    if (!(axis.high > axis.low)) axis.high = axis.low + axis.step;
    return axis;
}

std::vector<double> Axis::ticks() const {
    std::vector<double> all;
    const auto count = static_cast<int>(std::lround((high - low) / step));
    for (int i = 0; i <= count; ++i) all.push_back(low + (high - low) * i / std::max(count, 1));
    return all;
}

std::string Axis::name_of(double tick) const {
    if (std::abs(tick) < step / 1000) return "0";
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    if (decimals > 6 || std::abs(tick) >= 1e7) return format("{:.3g}", tick);
    return format("{:.{}f}", tick, decimals);
}

double Axis::place(double value) const { return std::clamp((value - low) / (high - low), 0.0, 1.0); }

}  // namespace lathe::report
