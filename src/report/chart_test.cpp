#include "report/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/format.h"
#include "report/axis.h"
#include "report/markup_test.h"

namespace lathe::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(),
                 kInfinity = std::numeric_limits<double>::infinity();

Chart chart_of(const std::vector<double>& values) {
    Chart chart{.title = "Title", .axis = "dB"};
    for (const double value : values)
        chart.points.push_back({format("layer {}", chart.points.size()), value});
    return chart;
}

// The drawing's elements; no number in it may be anything but a plain decimal.
std::vector<std::string> elements_of(const Chart& chart) {
    const std::string svg = to_svg(chart);
    std::vector<std::string> names;
    EXPECT_EQ(fault_of_markup(svg, &names), "");
    for (const char* attribute : {"x", "y", "cx", "cy", "width", "height", "d", "viewBox"}) {
        const std::string start = format(" {}=\"", attribute);
        for (size_t at = svg.find(start); at != std::string::npos; at = svg.find(start, at + 1)) {
            const size_t begin = at + start.size();
            const std::string value = svg.substr(begin, svg.find('"', begin) - begin);
            EXPECT_EQ(value.find_first_not_of("0123456789.- MLlhmz"), std::string::npos)
                << attribute << " " << value;
        }
    }
    return names;
}
size_t count(const std::vector<std::string>& names, std::string_view name) {
    return static_cast<size_t>(std::ranges::count(names, name));
}

TEST(Axis, ReachesOverTheValuesInRoundSteps) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> exponent(-200, 200), mantissa(-10, 10);
    for (int i = 0; i < 2000; ++i) {
        const double scale = std::pow(10, exponent(random)), a = mantissa(random) * scale,
                     b = mantissa(random) * scale;
        const Axis axis = axis_for({a, b, kNaN, kInfinity}, i % 2 == 0, 7);
        EXPECT_LE(axis.low, std::min(a, b) + 1e-6 * axis.step);
        EXPECT_GE(axis.high, std::max(a, b) - 1e-6 * axis.step);
        const double digit = axis.step / std::pow(10, std::floor(std::log10(axis.step) + 1e-6));
        EXPECT_TRUE(std::abs(digit - 1) < 1e-6 || std::abs(digit - 2) < 1e-6 || std::abs(digit - 5) < 1e-6)
            << digit;
        EXPECT_GE(axis.ticks().size(), 2u);
        EXPECT_LE(axis.ticks().size(), 10u);
        EXPECT_TRUE(i % 2 == 1 || (axis.low <= 0 && axis.high >= 0));
    }
    const Axis axis = axis_for({18.2, 41}, false, 5);
    EXPECT_EQ(axis.low, 15);
    EXPECT_EQ(axis.high, 45);
    EXPECT_EQ(axis.step, 5);
    EXPECT_EQ(axis.name_of(20), "20");
    EXPECT_EQ(axis_for({0, 1}, false, 5).name_of(0.2), "0.2");
}

TEST(Axis, ExtremesStayFinite) {
    const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
    for (const std::vector<double>& values : std::vector<std::vector<double>>{{},
                                                                              {0},
                                                                              {5},
                                                                              {-5},
                                                                              {most},
                                                                              {-most, most},
                                                                              {least},
                                                                              {kNaN},
                                                                              {kInfinity, -kInfinity},
                                                                              {1, 1 + 1e-15}})
        for (const bool from_zero : {false, true}) {
            const Axis axis = axis_for(values, from_zero, 7);
            EXPECT_TRUE(std::isfinite(axis.low) && std::isfinite(axis.high) && axis.low < axis.high);
            EXPECT_GT(axis.step, 0);
            EXPECT_LE(axis.ticks().size(), 20u);
            for (const double value : values) {
                if (std::isnan(value)) continue;
                EXPECT_GE(axis.place(value), 0);
                EXPECT_LE(axis.place(value), 1);
            }
        }
}

TEST(Chart, FewValuesAreBarsAndManyAreDots) {
    EXPECT_EQ(count(elements_of(chart_of(std::vector<double>(120, 20.0))), "g"), 120u);
    const auto dots = elements_of(chart_of(std::vector<double>(3000, 20.0)));
    EXPECT_EQ(count(dots, "circle"), 3000u);
    EXPECT_EQ(count(dots, "title"), 3000u);  // what shows where the pointer rests
}

TEST(Chart, NothingAndOne) {
    EXPECT_NE(to_svg(Chart()).find("no values"), std::string::npos);
    EXPECT_EQ(fault_of_markup(to_svg(Chart())), "");
    EXPECT_EQ(to_text(Chart()), "no values\n");
    for (const double value : {0.0, -3.0, 30.0, 1e300, kNaN, kInfinity, -kInfinity}) {
        elements_of(chart_of({value}));
        EXPECT_EQ(std::ranges::count(to_text(chart_of({value})), '\n'), 1);
    }
}

TEST(Chart, ValuesWithoutAPlaceAreMarked) {
    std::vector<double> values(200, 20.0);
    values[5] = kNaN;
    values[6] = kInfinity;
    values[7] = -kInfinity;
    values[8] = std::numeric_limits<double>::max();
    Chart chart = chart_of(values);
    chart.reference = Chart::Reference{kNaN, "no line"};
    EXPECT_EQ(count(elements_of(chart), "circle"), 197u);
    const std::string svg = to_svg(chart);
    for (const char* words : {"layer 5: not a number<", "layer 6: infinite<", "layer 7: -infinite<"})
        EXPECT_NE(svg.find(words), std::string::npos) << words;
    EXPECT_NE(to_text(chart).find("not finite: 3"), std::string::npos);
    chart.points.resize(20);
    elements_of(chart);
}

TEST(Chart, WorstFirst) {
    Chart chart = chart_of({20, kNaN, 10, kInfinity, -kInfinity, 10});
    const auto labels = [&] {
        std::string all;
        for (const Point& point : worst(chart, 5)) all += point.label.back();
        return all;
    };
    EXPECT_EQ(labels(), "14250");
    chart.smaller_is_worse = false;
    EXPECT_EQ(labels(), "13025");
    EXPECT_EQ(worst(chart, 100).size(), 6u);
}

TEST(Chart, SeriesHaveALegend) {
    Chart chart = chart_of({20, 30, 40});
    for (int i = 0; i < 11; ++i) chart.series.push_back(format("series <{}>", i));
    chart.points[1].series = 10;
    chart.points[2].series = 4000000000;  // beyond: named "other"
    elements_of(chart);
    const std::string svg = to_svg(chart);
    EXPECT_NE(svg.find("series &lt;3&gt;"), std::string::npos);
    EXPECT_NE(svg.find("layer 2: 40 dB (other)"), std::string::npos);
}

// Every value is counted once, whatever the bins.
TEST(Chart, TheDistributionCountsEveryValue) {
    std::mt19937 random(5);
    std::normal_distribution<double> normal(20, 5);
    std::vector<double> values;
    for (int i = 0; i < 3000; ++i) values.push_back(normal(random));
    const std::string text = to_text(chart_of(values));
    size_t total = 0;
    for (size_t start = 0; start < text.size();) {
        const size_t end = text.find('\n', start);
        double low = 0, high = 0;
        size_t number = 0;
        ASSERT_EQ(std::sscanf(text.c_str() + start, "%lf to %lf %zu", &low, &high, &number), 3);
        const auto expected = std::ranges::count_if(values, [&](double v) { return v >= low && v < high; });
        EXPECT_EQ(number, static_cast<size_t>(expected)) << low;
        total += number;
        start = end + 1;
    }
    EXPECT_EQ(total, values.size());
}

}  // namespace
}  // namespace lathe::report
