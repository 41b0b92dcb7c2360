#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "report/axis.h"
#include "report/chart.h"
#include "report/escape.h"

namespace lathe::report {
namespace {

constexpr size_t kMostBars = 120, kLongestLabel = 48;
constexpr double kWidth = 960, kCharacter = 6.7, kRow = 19, kBar = 12;
constexpr double kPlotHeight = 320, kMargin = 16;

// Eight colours that stay apart for most eyes (after Okabe and Ito 2008), on light and on dark ground.
using Palette = std::array<std::string_view, 8>;
constexpr Palette kOnLight = {"#2b6cb0", "#d97706", "#15805d", "#9355b5",
                              "#c53048", "#0e8a9c", "#8a7412", "#6b7280"};
constexpr Palette kOnDark = {"#63a4e8", "#f0a040", "#4cc398", "#c08fe0",
                             "#f2788a", "#4fc6d6", "#d3ba45", "#a3abb8"};

// Rules of a colour scheme. (Colours are spelled out, for not every viewer of drawings knows variables.)
std::string scheme(std::string_view ink, std::string_view soft, std::string_view grid,
                   const Palette& colours) {
    std::string out;
    const auto rule = [&](std::string_view what, std::string_view property, std::string_view colour) {
        out += format(".lathe-chart {} {{ {}: {}; }}\n", what, property, colour);
    };
    rule("text", "fill", ink);
    rule(".soft", "fill", soft);
    rule(".grid", "stroke", grid);
    rule(".base", "stroke", soft);
    rule(".reference, .lathe-chart .none", "stroke", ink);
    rule(".row:hover rect", "stroke", ink);
    rule(".dots :hover", "stroke", ink);
    for (size_t i = 0; i < colours.size(); ++i) rule(format(".c{}", i), "fill", colours[i]);
    return out;
}

std::string style() {
    return R"(<style>
.lathe-chart { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; }
.lathe-chart .title { font-size: 14px; font-weight: 600; }
.lathe-chart .end { text-anchor: end; }
.lathe-chart .mid { text-anchor: middle; }
.lathe-chart .grid, .lathe-chart .base, .lathe-chart .reference, .lathe-chart .none { fill: none; }
.lathe-chart .reference { stroke-dasharray: 5 4; }
.lathe-chart .dots { fill-opacity: .8; }
)" + scheme("#1c2024", "#5b6570", "#e3e7eb", kOnLight) +
           "@media (prefers-color-scheme: dark) {\n" + scheme("#e4e7eb", "#9aa4af", "#30363d", kOnDark) +
           "}\n</style>\n";
}

std::string text(double x, double y, std::string_view classes, std::string_view words) {
    return format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, classes,
                  escape_html(words));
}
std::string line(double x0, double y0, double x1, double y1, std::string_view classes) {
    return format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" class=\"{}\"/>\n", x0, y0, x1, y1, classes);
}
double width_of(std::string_view words) { return kCharacter * static_cast<double>(characters(clean(words))); }

size_t colour_of(const Chart& chart, uint32_t series) {
    return series < chart.series.size() || chart.series.empty() ? series % kOnLight.size()
                                                                : kOnLight.size() - 1;
}

std::string hover_text(const Chart& chart, const Point& point) {
    std::string words = format("{}: {}", clean(point.label), short_number(point.value));
    if (!chart.axis.empty() && std::isfinite(point.value)) words += ' ' + clean(chart.axis);
    if (chart.series.size() > 1) words += format(" ({})", clean(series_name(chart, point.series)));
    return "<title>" + escape_html(words) + "</title>";
}

// Title and legend. `y` is where they begin, and then where they end.
std::string head(const Chart& chart, double& y) {
    std::string out;
    if (!chart.title.empty()) {
        y += 14;
        out += text(0, y, "title", shortened(clean(chart.title), 110));
        y += 8;
    }
    if (chart.series.size() < 2) return out;
    double x = 0;
    y += 16;
    for (size_t i = 0; i < chart.series.size(); ++i) {
        const std::string name = shortened(clean(chart.series[i]), kLongestLabel);
        const double width = 16 + width_of(name) + 18;
        if (x > 0 && x + width > kWidth) {
            x = 0;
            y += 18;
        }
        out += format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"11\" height=\"11\" rx=\"2\" class=\"c{}\"/>\n",
                      x, y - 10, colour_of(chart, static_cast<uint32_t>(i)));
        out += text(x + 16, y, "", name);
        x += width;
    }
    y += 6;
    return out;
}

std::string complete(const Chart& chart, double height, const std::string& content) {
    return format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" class=\"lathe-chart\" role=\"img\" "
        "aria-label=\"{}\">\n{}{}</svg>\n",
        kWidth, height, escape_html(chart.title), style(), content);
}

std::vector<double> values_of(const Chart& chart) {
    std::vector<double> values;
    for (const Point& point : chart.points) values.push_back(point.value);
    if (chart.reference) values.push_back(chart.reference->value);
    return values;
}

// The columns of a bar chart: labels, bars from `left` to `right`, values behind them.
struct BarFrame {
    Axis axis;
    double left = 0, right = 0, top = 0, bottom = 0;

    double x(double value) const { return left + (right - left) * axis.place(value); }
};

std::string bar_grid(const Chart& chart, const BarFrame& frame) {
    std::string out;
    for (const double tick : frame.axis.ticks()) {
        const double x = frame.x(tick);
        out += line(x, frame.top, x, frame.bottom, "grid");
        out += text(x, frame.bottom + 16, "soft mid", frame.axis.name_of(tick));
        if (chart.points.size() > 30) out += text(x, frame.top - 6, "soft mid", frame.axis.name_of(tick));
    }
    return out + text((frame.left + frame.right) / 2, frame.bottom + 34, "soft mid", chart.axis);
}

std::string one_bar(const Chart& chart, const BarFrame& frame, const Point& point, double y) {
    const std::string label = shortened(clean(point.label), kLongestLabel);
    std::string out = "<g class=\"row\">" + hover_text(chart, point);
    out += text(frame.left - 8, y + kBar - 2, "end", label);
    double end = frame.x(0);
    if (!std::isnan(point.value)) {
        const double a = std::min(frame.x(0), frame.x(point.value)),
                     b = std::max(frame.x(0), frame.x(point.value));
        out += format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" rx=\"1.5\" class=\"c{}\"/>\n",
            a, y, std::max(b - a, 0.5), kBar, colour_of(chart, point.series));
        end = b;
    }
    return out + text(end + 6, y + kBar - 2, "soft", short_number(point.value)) + "</g>\n";
}

std::string bars(const Chart& chart) {
    double y = 0;
    std::string out = head(chart, y);
    double label_width = 40, value_width = 0;
    for (const Point& point : chart.points) {
        label_width = std::max(label_width, width_of(shortened(clean(point.label), kLongestLabel)));
        value_width = std::max(value_width, width_of(short_number(point.value)));
    }
    BarFrame frame{.axis = axis_for(values_of(chart), true, 8)};
    frame.left = label_width + 12;
    frame.right = kWidth - value_width - kMargin;
    frame.top = y + (chart.reference ? 26 : 10) + (chart.points.size() > 30 ? 16 : 0);
    frame.bottom = frame.top + kRow * static_cast<double>(chart.points.size()) + 2;
    out += bar_grid(chart, frame);
    if (chart.reference && std::isfinite(chart.reference->value)) {
        const double x = frame.x(chart.reference->value),
                     above = frame.top - (chart.points.size() > 30 ? 20 : 4);
        out += line(x, above, x, frame.bottom, "reference");
        const bool right_half = x > kWidth / 2;
        const std::string name = shortened(clean(chart.reference->label), 60);
        out += text(x + (right_half ? -5 : 5), above - 2, right_half ? "end" : "", name);
    }
    for (size_t i = 0; i < chart.points.size(); ++i)
        out += one_bar(chart, frame, chart.points[i], frame.top + 4 + kRow * static_cast<double>(i));
    out += line(frame.x(0), frame.top, frame.x(0), frame.bottom, "base");
    return complete(chart, frame.bottom + (chart.axis.empty() ? 24 : 42), out);
}

struct DotFrame {
    Axis axis;
    double left = 56, right = kWidth - 8, top = 0;
    size_t count = 0;

    double bottom() const { return top + kPlotHeight; }
    double y(double value) const { return bottom() - kPlotHeight * axis.place(value); }
    double x(size_t index) const {
        return left + 8 +
               (right - left - 16) * (static_cast<double>(index) + 0.5) / static_cast<double>(count);
    }
};

std::string dot(const Chart& chart, const DotFrame& frame, size_t index) {
    const Point& point = chart.points[index];
    const double x = frame.x(index), radius = chart.points.size() > 1000 ? 2.2 : 3;
    const std::string title = hover_text(chart, point);
    if (std::isnan(point.value))  // a cross on the floor
        return format(
            "<path d=\"M{:.1f} {:.1f}l8 8m0 -8l-8 8\" class=\"none\" stroke-width=\"2\">{}</path>\n", x - 4,
            frame.bottom() - 4, title);
    const std::string end = format(" class=\"c{}\">{}", colour_of(chart, point.series), title);
    const double y = frame.y(point.value);
    if (std::isfinite(point.value))
        return format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"{}</circle>\n", x, y, radius, end);
    const double tip = point.value > 0 ? -10 : 10;  // a triangle that points beyond the edge
    return format("<path d=\"M{:.1f} {:.1f}h12l-6 {:.0f}z\"{}</path>\n", x - 6, y - tip, tip, end);
}

std::string dot_grid(const Chart& chart, const DotFrame& frame) {
    std::string out;
    for (const double tick : frame.axis.ticks()) {
        out += line(frame.left, frame.y(tick), frame.right, frame.y(tick), "grid");
        out += text(frame.left - 8, frame.y(tick) + 4, "soft end", frame.axis.name_of(tick));
    }
    const Axis order = axis_for({1, static_cast<double>(frame.count)}, true, 10);
    for (const double tick : order.ticks()) {
        const auto number = static_cast<size_t>(std::lround(std::max(tick, 1.0)));
        if (number > frame.count) continue;
        out += line(frame.x(number - 1), frame.bottom(), frame.x(number - 1), frame.bottom() + 5, "base");
        out += text(frame.x(number - 1), frame.bottom() + 18, "soft mid", format("{}", number));
    }
    out += line(frame.left, frame.bottom(), frame.right, frame.bottom(), "base");
    out += text(0, frame.top - 14, "soft", chart.axis);
    return out + text((frame.left + frame.right) / 2, frame.bottom() + 36, "soft mid", chart.order);
}

std::string dots(const Chart& chart) {
    double y = 0;
    std::string out = head(chart, y);
    const DotFrame frame{
        .axis = axis_for(values_of(chart), false, 7), .top = y + 32, .count = chart.points.size()};
    out += dot_grid(chart, frame);
    out += "<g class=\"dots\">\n";
    for (size_t i = 0; i < chart.points.size(); ++i) out += dot(chart, frame, i);
    out += "</g>\n";
    if (chart.reference && std::isfinite(chart.reference->value)) {
        const double at = frame.y(chart.reference->value);
        out += line(frame.left, at, frame.right, at, "reference");
        out += text(frame.right, at - 5, "end", shortened(clean(chart.reference->label), 60));
    }
    return complete(chart, frame.bottom() + 44, out);
}

}  // namespace

std::string to_svg(const Chart& chart) {
    if (chart.points.empty()) {
        double y = 0;
        const std::string out = head(chart, y);
        return complete(chart, y + 40, out + text(0, y + 24, "soft", "no values"));
    }
    return chart.points.size() <= kMostBars ? bars(chart) : dots(chart);
}

}  // namespace lathe::report
