#include "report/chart.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/format.h"
#include "report/axis.h"
#include "report/escape.h"

namespace lathe::report {
namespace {

constexpr size_t kListed = 24;  // points that text shows one by one
constexpr int kBins = 16;  // about
constexpr size_t kLabelWidth = 44, kBarWidth = 30;

// A bar of eighths of a character.
std::string bar(double part, size_t width) {
    constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths =
        static_cast<size_t>(std::lround(std::clamp(part, 0.0, 1.0) * static_cast<double>(width * 8)));
    std::string out;
    for (size_t i = 0; i < eighths / 8; ++i) out += "█";
    return out += kEighths[eighths % 8];
}

std::string padded(std::string text, size_t width, bool right = false) {
    const size_t length = characters(text);
    if (length >= width) return text;
    return right ? std::string(width - length, ' ') + text : text + std::string(width - length, ' ');
}

std::string listed(const Chart& chart) {
    std::vector<double> values;
    size_t widest = 0, longest = 0;
    for (const Point& point : chart.points) {
        values.push_back(point.value);
        widest = std::max(widest, characters(shortened(clean(point.label), kLabelWidth)));
        longest = std::max(longest, short_number(point.value).size());
    }
    const Axis axis = axis_for(values, true, 5);
    std::string out;
    for (const Point& point : chart.points) {
        const double size = std::isnan(point.value) ? 0 : std::abs(axis.place(point.value) - axis.place(0));
        out += padded(shortened(clean(point.label), kLabelWidth), widest) + "  " +
               padded(short_number(point.value), longest, true) + "  " + bar(size, kBarWidth) + '\n';
    }
    return out;
}

std::string distribution(const Chart& chart) {
    std::vector<double> values;
    size_t not_finite = 0;
    for (const Point& point : chart.points) {
        if (std::isfinite(point.value)) values.push_back(point.value);
        else ++not_finite;
    }
    std::string out;
    if (!values.empty()) {
        const Axis axis = axis_for(values, false, kBins);
        const std::vector<double> ticks = axis.ticks();
        std::vector<size_t> counts(ticks.size() - 1);
        for (const double value : values) {
            const double place = axis.place(value) * static_cast<double>(counts.size());
            ++counts[std::min(static_cast<size_t>(place), counts.size() - 1)];
        }
        const size_t most = *std::ranges::max_element(counts);
        size_t widest = 0;
        for (const double tick : ticks) widest = std::max(widest, axis.name_of(tick).size());
        for (size_t i = 0; i < counts.size(); ++i) {
            const double part = static_cast<double>(counts[i]) / static_cast<double>(most);
            out += padded(axis.name_of(ticks[i]), widest, true) + " to " +
                   padded(axis.name_of(ticks[i + 1]), widest, true) +
                   padded(format("{}", counts[i]), 8, true) + "  " + bar(part, kBarWidth) + '\n';
        }
    }
    if (not_finite > 0) out += format("not finite: {}\n", not_finite);
    return out;
}

}  // namespace

std::string short_number(double value) {
    if (std::isnan(value)) return "not a number";
    if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
    return format("{:.4g}", value);
}

std::string series_name(const Chart& chart, uint32_t series) {
    return series < chart.series.size() ? chart.series[series] : "other";
}

std::vector<Point> worst(const Chart& chart, size_t count) {
    std::vector<size_t> order(chart.points.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const auto badness = [&](size_t i) {
        const double value = chart.points[i].value;
        return std::isnan(value) ? INFINITY : chart.smaller_is_worse ? -value : value;
    };
    std::ranges::stable_sort(order, [&](size_t a, size_t b) {
        const bool no_a = std::isnan(chart.points[a].value), no_b = std::isnan(chart.points[b].value);
        return no_a != no_b ? no_a : badness(a) > badness(b);
    });
    std::vector<Point> points;
    for (size_t i = 0; i < std::min(count, order.size()); ++i) points.push_back(chart.points[order[i]]);
    return points;
}

std::string to_text(const Chart& chart) {
    if (chart.points.empty()) return "no values\n";
    std::string out = chart.points.size() <= kListed ? listed(chart) : distribution(chart);
    if (chart.reference)
        out += format("{}: {}\n", clean(chart.reference->label), short_number(chart.reference->value));
    return out;
}

}  // namespace lathe::report
