// Plain text made safe to stand in other forms.
#pragma once
#include <string>
#include <string_view>

namespace lathe::report {

// UTF-8 without control characters (tabs and line ends become `blank` unless it is 0, which keeps them); what is neither
// becomes U+FFFD.
std::string clean(std::string_view text, char blank = ' ');
size_t characters(std::string_view utf8);  // code points
// At most `limit` characters: the middle is cut out for "…". Takes clean text.
std::string shortened(std::string_view utf8, size_t limit);

std::string escape_html(std::string_view text, char blank = ' ');  // for text and for quoted attributes
// For one line; begins_line: it could be taken for the beginning of a heading or a list.
std::string escape_markdown(std::string_view text, bool begins_line = false);

}  // namespace lathe::report
