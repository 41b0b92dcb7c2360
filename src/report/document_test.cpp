#include "report/document.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/format.h"
#include "report/escape.h"
#include "report/markup_test.h"

namespace lathe::report {
namespace {

const std::string kNasty = "</td><script>alert(\"1\" & '2')</script>|`code`\n# no\x01\xff\xc3\xa9_*[x](y)";

TEST(Escape, CleanIsUtf8WithoutControls) {
    EXPECT_EQ(clean("a\tb\nc"), "a b c");
    EXPECT_EQ(clean("a\tb\nc", 0), "a\tb\nc");
    EXPECT_EQ(clean("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"), "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    const std::string bad = "\xef\xbf\xbd";
    EXPECT_EQ(clean("\x01\x7f\xff\xc2\x85"), bad + bad + bad + bad);
    EXPECT_EQ(clean("\xc3"), bad);
    EXPECT_EQ(clean("\xc0\xaf"), bad + bad);              // longer than need be
    EXPECT_EQ(clean("\xed\xa0\x80"), bad + bad + bad);    // half of a pair
    EXPECT_EQ(clean("\xf4\x90\x80\x80").size(), 4 * 3u);  // beyond U+10FFFF
}

TEST(Escape, ShortenedKeepsBothEnds) {
    EXPECT_EQ(shortened("abcdefghij", 10), "abcdefghij");
    EXPECT_EQ(shortened("abcdefghijk", 6), "ab…ijk");
    EXPECT_EQ(characters(shortened("äöüäöüäöüäöü", 5)), 5u);
}

TEST(Escape, Markdown) {
    EXPECT_EQ(escape_markdown("a_b *c* <d> [e] |f| `g` $h$"),
              "a_b \\*c\\* \\<d\\> \\[e\\] \\|f\\| \\`g\\` \\$h\\$");
    EXPECT_EQ(escape_markdown("_a_ R&D &amp; & b"), "\\_a\\_ R\\&D \\&amp; & b");
    EXPECT_EQ(escape_markdown("1. x", true), "1\\. x");
    EXPECT_EQ(escape_markdown("21.4 GB", true), "21.4 GB");
    EXPECT_EQ(escape_markdown("# x", true), "\\# x");
    EXPECT_EQ(escape_markdown("-3"), "-3");
}

Document nasty_document() {
    Document document{.title = kNasty};
    Chart chart{.title = kNasty, .axis = kNasty, .series = {kNasty, kNasty}};
    for (int i = 0; i < 130; ++i) chart.points.push_back({kNasty, 1.0 * i, static_cast<uint32_t>(i % 2)});
    chart.reference = Chart::Reference{3, kNasty};
    Chart small = chart;
    small.points.resize(3);
    document.blocks = {
        Heading{2, kNasty},
        Paragraph{kNasty},
        Preformatted{kNasty + "\n```\n"},
        Table{kNasty, {{kNasty}, {kNasty, true}}, {{kNasty, kNasty}, {kNasty}, {"1", "2", "3"}}},
        Table{"", {{kNasty}}, {}, true},
        Table{},
        chart,
        small};
    return document;
}

TEST(Html, WhatTextsSayIsNeverMarkup) {
    std::vector<std::string> names;
    const std::string html = to_html(nasty_document());
    EXPECT_EQ(fault_of_markup(html, &names), "");
    EXPECT_EQ(std::ranges::count(names, "script"), 0);
    EXPECT_EQ(std::ranges::count(names, "table"), 2);
    EXPECT_EQ(std::ranges::count(names, "td"), 6);  // short rows are filled, long ones cut
    EXPECT_EQ(std::ranges::count(names, "svg"), 2);
    EXPECT_EQ(html.find('\x01'), std::string::npos);
    // Nothing is fetched from elsewhere (the one address names the language of drawings).
    for (size_t at = html.find("://"); at != std::string::npos; at = html.find("://", at + 1))
        EXPECT_EQ(html.substr(at - 4, 26), "http://www.w3.org/2000/svg");
}

TEST(Html, EmptyDocument) { EXPECT_EQ(fault_of_markup(to_html({})), ""); }

TEST(Markdown, TablesHaveTheirShape) {
    const Table table{"The table", {{"Layer"}, {"dB", true}}, {{"a|b", "1.5"}, {"c"}, {"d", "2", "dropped"}}};
    EXPECT_EQ(to_markdown({.title = "T", .blocks = {table}}),
              "# T\n\nThe table\n\n| Layer | dB |\n| :-- | --: |\n| a\\|b | 1.5 |\n| c |  |\n| d | 2 |\n");
}

// Outside fences no line has a bare bar, angle or fence of a text's.
TEST(Markdown, WhatTextsSayIsNeverMarkup) {
    const std::string text = to_markdown(nasty_document());
    bool fenced = false;
    std::string fence;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        start = end + 1;
        if (!fenced && line.starts_with("```")) {
            fenced = true;
            fence = line.substr(0, line.find_first_not_of('`'));
            continue;
        }
        if (fenced) {
            fenced = line != fence;
            continue;
        }
        for (size_t i = 0; i < line.size(); ++i) {
            const bool escaped = i > 0 && line[i - 1] == '\\';
            EXPECT_TRUE(escaped || (line[i] != '<' && line[i] != '`')) << line;
        }
    }
    EXPECT_FALSE(fenced);
}

TEST(Markdown, AChartShowsItsValuesOnce) {
    Chart chart{.title = "Noise", .axis = "dB"};
    for (int i = 0; i < 24; ++i) chart.points.push_back({format("layer {}", i), 1.0 * i});
    EXPECT_EQ(to_markdown({.blocks = {chart}}).find("smallest"), std::string::npos);
    for (int i = 24; i < 500; ++i) chart.points.push_back({format("layer {}", i), 1.0 * i});
    const std::string text = to_markdown({.blocks = {chart}});
    EXPECT_NE(text.find("The 15 smallest:"), std::string::npos);
    EXPECT_NE(text.find("| layer 14 | 14 |"), std::string::npos);
    EXPECT_EQ(text.find("| layer 15 | 15 |"), std::string::npos);
}

}  // namespace
}  // namespace lathe::report
