// Chart: many labelled values, drawn as SVG. Up to 120 become bars in a column, one line each; more become a plot of dots in
// their order, whose labels show where the pointer rests. The drawing has its own colours for light and dark surroundings
// and needs no script. In plain text a chart is its bars when it is short, else the distribution and the worst rows:
// Markdown has no portable way to hold a drawing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lathe::report {

struct Point {
    std::string label;  // "blocks.3.attn.qkv"
    double value = 0;  // infinite values are drawn at the edge, what is no number as a mark of its own
    uint32_t series = 0;  // index in Chart::series; those beyond it are all named "other"
};

struct Chart {
    struct Reference {
        double value = 0;
        std::string label;
    };

    std::string title;  // "Signal to noise by layer"
    std::string axis;  // what the values are: "dB"
    std::string order = "layers in order";  // what a plot's other axis is
    std::vector<std::string> series;  // at most 8 have colours of their own; a legend is drawn from 2 on
    std::vector<Point> points;
    std::optional<Reference> reference;  // a line across
    bool smaller_is_worse = true;  // which end the text shows: signal to noise, not milliseconds
};

// One <svg> element, complete in itself; viewBox sizes are pixels at full size.
std::string to_svg(const Chart& chart);
// Plain text of lines without a title, at most about 100 columns: to stand in a terminal or a fence.
std::string to_text(const Chart& chart);

// The `count` points at the worse end, in that order; what is no number comes first.
std::vector<Point> worst(const Chart& chart, size_t count);
std::string series_name(const Chart& chart, uint32_t series);
std::string short_number(double value);  // "38.21", "1.2e-05", "infinite", "not a number"

}  // namespace lathe::report
