// Document: a report as plain blocks, and the forms it is written in. Texts are plain texts: every writer escapes what would
// mean something in its form, and replaces control characters and bytes that are not UTF-8 by U+FFFD.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "report/chart.h"

namespace lathe::report {

struct Heading {
    int level = 2;  // 2 … 4; 1 is the document's title
    std::string text;
};
struct Paragraph {
    std::string text;
};
struct Preformatted {
    std::string text;  // lines as they are: a command, a listing
};

struct Column {
    std::string title;
    bool number = false;  // set flush right
};
struct Table {
    std::string caption;  // may be empty
    std::vector<Column> columns;
    std::vector<std::vector<std::string>>
        rows;  // shorter rows are filled with empty cells; further cells are dropped
    bool folded = false;  // HTML shows the caption alone until it is opened
};

using Block = std::variant<Heading, Paragraph, Preformatted, Table, Chart>;

struct Document {
    std::string title;
    std::vector<Block> blocks;
};

// GitHub's Markdown. A chart becomes to_text in a fence and, when it has more points than that shows, a table of the worst.
std::string to_markdown(const Document& document);
// One file that needs no other and no script; light or dark as the reader's system is; wide tables scroll on their own.
std::string to_html(const Document& document);

}  // namespace lathe::report
