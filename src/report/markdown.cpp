#include <algorithm>

#include "base/format.h"
#include "report/document.h"
#include "report/escape.h"

namespace lathe::report {
namespace {

constexpr size_t kWorst = 15;  // rows beneath a chart of many values

std::string fenced(std::string_view text) {
    size_t longest = 0, run = 0;
    for (const char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
    const std::string fence(std::max<size_t>(3, longest + 1), '`');
    std::string out = fence + "text\n" + clean(text, 0);
    if (!out.ends_with('\n')) out += '\n';
    return out + fence + '\n';
}

std::string row(const std::vector<std::string>& cells) {
    std::string out = "|";
    for (const std::string& cell : cells) out += ' ' + cell + " |";
    return out + '\n';
}

std::string markdown_table(const Table& markdown_table) {
    if (markdown_table.columns.empty()) return {};
    std::string out =
        markdown_table.caption.empty() ? "" : escape_markdown(markdown_table.caption, true) + "\n\n";
    std::vector<std::string> titles, rules;
    for (const Column& column : markdown_table.columns) {
        titles.push_back(escape_markdown(column.title));
        rules.push_back(column.number ? "--:" : ":--");
    }
    out += row(titles) + row(rules);
    for (const auto& cells : markdown_table.rows) {
        std::vector<std::string> escaped(markdown_table.columns.size());
        for (size_t i = 0; i < std::min(cells.size(), escaped.size()); ++i)
            escaped[i] = escape_markdown(cells[i]);
        out += row(escaped);
    }
    return out;
}

std::string chart(const Chart& chart) {
    const std::string unit = chart.axis.empty() ? "" : format(" ({})", chart.axis);
    const std::string text = to_text(chart);
    std::string out = "**" + escape_markdown(chart.title + unit) + "**\n\n" + fenced(text);
    const auto lines = static_cast<size_t>(std::ranges::count(text, '\n'));
    if (lines >= chart.points.size()) return out;
    Table rows{.columns = {{"label"}, {chart.axis.empty() ? "value" : chart.axis, true}}};
    if (chart.series.size() > 1) rows.columns.push_back({"series"});
    for (const Point& point : worst(chart, kWorst))
        rows.rows.push_back({point.label, short_number(point.value), series_name(chart, point.series)});
    rows.caption = format("The {} {}:", rows.rows.size(), chart.smaller_is_worse ? "smallest" : "largest");
    return out + '\n' + markdown_table(rows);
}

struct Markdown {
    std::string operator()(const Heading& heading) const {
        return std::string(static_cast<size_t>(std::clamp(heading.level, 2, 4)), '#') + ' ' +
               escape_markdown(heading.text) + '\n';
    }
    std::string operator()(const Paragraph& paragraph) const {
        return escape_markdown(paragraph.text, true) + '\n';
    }
    std::string operator()(const Preformatted& block) const { return fenced(block.text); }
    std::string operator()(const Table& block) const { return markdown_table(block); }
    std::string operator()(const Chart& block) const { return chart(block); }
};

}  // namespace

std::string to_markdown(const Document& document) {
    std::string out = "# " + escape_markdown(document.title) + '\n';
    for (const Block& block : document.blocks) out += '\n' + std::visit(Markdown(), block);
    return out;
}

}  // namespace lathe::report
