// docs/onnx.md lists the operators as the rows have them. With LATHE_WRITE_DOCS=1 in the environment the test writes the
// lists instead of comparing them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "base/file.h"
#include "formats/onnx/schema.h"
#include "ops/ops.h"
#include "places.h"

namespace lathe::onnx_data {
namespace {

using graph::Cell;
using graph::OpDef;

constexpr std::string_view kBegin = "<!-- operators: begin -->\n", kEnd = "<!-- operators: end -->\n";

// One row's cells for one ONNX operator, neighbours joined.
struct Range {
    const OpDef* op;
    int since, until;
    std::string_view fixed;
};

void add_range(std::vector<Range>& ranges, const OpDef* op, const Cell& cell) {
    const int since = std::max(cell.since, 1);
    for (Range& range : ranges) {
        if (range.op != op || range.fixed != cell.fixed) continue;
        if (range.until + 1 == since) return void(range.until = cell.until);
    }
    ranges.push_back({op, since, cell.until, cell.fixed});
}

std::string text_of(const Range& range) {
    const std::string until = range.until >= formats::onnx::kNewestOpset ? "" : format(" to {}", range.until);
    return format("`{}` {}{}{}", range.op->name, range.since, until,
                  range.fixed.empty() ? "" : format(" with {}", range.fixed));
}

std::string generated() {
    std::map<std::string, std::vector<Range>> operators;
    std::string apart, refused;
    for (const OpDef* op : ops::all_ops()) {
        int first = 1000;
        for (const Cell& cell : op->cells) {
            if (cell.format != "onnx") continue;
            first = std::min(first, cell.since);
            add_range(operators[std::string(cell.op)], op, cell);
        }
        std::string& list = op->has_body() ? apart : refused;
        const std::string since = first == 1000 ? "" : format(" (operator set {})", first);
        if (first > formats::onnx::kOldestWrittenOpset)
            list += format("{}`{}`{}", list.empty() ? "" : ", ", op->name, since);
    }
    std::string text = "| ONNX operator | row and operator sets since which it holds |\n|---|---|\n";
    for (const auto& [name, ranges] : operators) {
        std::string line;
        for (const Range& range : ranges) line += (line.empty() ? "" : "; ") + text_of(range);
        text += format("| {} | {} |\n", name, line);
    }
    text += "\nTaken apart where the operator set that is written does not have them yet: " + apart + ".\n";
    text += "\nRefused there, with the operator set that has them: " + refused + ".\n";
    return text;
}

TEST(OnnxDocs, OperatorsAreThoseOfTheRows) {
    const std::string path = std::string(kRepository) + "/docs/onnx.md";
    const auto file = map_file(path);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    const std::string text(as_text(file->bytes()));
    const size_t begin = text.find(kBegin), end = text.find(kEnd);
    ASSERT_TRUE(begin != text.npos && end != text.npos && begin < end);
    const std::string inside = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
    if (inside == generated()) return;
    if (std::getenv("LATHE_WRITE_DOCS") == nullptr) {
        ADD_FAILURE() << "docs/onnx.md is not what the rows say; run the test once with LATHE_WRITE_DOCS=1";
        return;
    }
    const std::string renewed = text.substr(0, begin + kBegin.size()) + generated() + text.substr(end);
    EXPECT_TRUE(write_file(path, as_bytes(renewed)).has_value());
}

}  // namespace
}  // namespace lathe::onnx_data
