#include <algorithm>

#include "base/format.h"
#include "report/document.h"
#include "report/escape.h"

namespace lathe::report {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #dde1e6; --page: #ffffff; --band: #f5f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --soft: #9aa4af; --line: #343b43; --page: #15181c; --band: #1d2126; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 64rem; color: var(--ink); background: var(--page);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; color: var(--soft); margin: 1.5rem 0 .5rem; }
p { max-width: 46rem; margin: .75rem 0; }
pre, .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; }
pre { padding: .6rem .8rem; background: var(--band); font: 13px/1.5 ui-monospace, "SF Mono", Consolas, monospace; }
.scroll { max-height: 40rem; }
.chart { overflow-x: auto; margin: 1rem 0; }
.chart svg { display: block; width: 100%; min-width: 46rem; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; overflow-wrap: normal; }
th { position: sticky; top: 0; background: var(--band); font-weight: 600; white-space: nowrap; }
td { border-top: 1px solid var(--line); }
th.n, td.n { text-align: right; white-space: nowrap; }
.caption, summary { color: var(--soft); font-size: .875rem; margin: .75rem 0 .25rem; }
summary { cursor: pointer; }
@media print { .scroll { max-height: none; overflow: visible; } }
)";

std::string table(const Table& table) {
    if (table.columns.empty()) return {};
    const auto cell = [](std::string_view tag, const Column& column, std::string_view text) {
        return format("<{}{}>{}</{}>", tag, column.number ? " class=\"n\"" : "", escape_html(text), tag);
    };
    std::string body = "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>";
    for (const Column& column : table.columns) body += cell("th", column, column.title);
    body += "</tr></thead>\n<tbody>\n";
    for (const auto& cells : table.rows) {
        body += "<tr>";
        for (size_t i = 0; i < table.columns.size(); ++i)
            body += cell("td", table.columns[i], i < cells.size() ? std::string_view(cells[i]) : "");
        body += "</tr>\n";
    }
    body += "</tbody>\n</table>\n</div>\n";
    const std::string caption = escape_html(table.caption);
    if (table.folded) {
        const std::string summary = caption.empty() ? format("{} rows", table.rows.size()) : caption;
        return "<details>\n<summary>" + summary + "</summary>\n" + body + "</details>\n";
    }
    return caption.empty() ? body : "<p class=\"caption\">" + caption + "</p>\n" + body;
}

struct Writer {
    std::string operator()(const Heading& heading) const {
        const int level = std::clamp(heading.level, 2, 4);
        return format("<h{}>{}</h{}>\n", level, escape_html(heading.text), level);
    }
    std::string operator()(const Paragraph& paragraph) const {
        return "<p>" + escape_html(paragraph.text) + "</p>\n";
    }
    std::string operator()(const Preformatted& block) const {
        return "<pre>" + escape_html(block.text, 0) + "</pre>\n";
    }
    std::string operator()(const Table& block) const { return table(block); }
    std::string operator()(const Chart& block) const {
        return "<div class=\"chart\">\n" + to_svg(block) + "</div>\n";
    }
};

}  // namespace

std::string to_html(const Document& document) {
    const std::string title = escape_html(document.title);
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    out += "<title>" + title + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n";
    out += "<h1>" + title + "</h1>\n";
    for (const Block& block : document.blocks) out += std::visit(Writer(), block);
    return out + "</body>\n</html>\n";
}

}  // namespace lathe::report
