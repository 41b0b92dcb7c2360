// Python's tokens. Indentation becomes kIndent and kDedent; line ends inside brackets do not count.
#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::formats::torchscript {

enum class TokenKind { kName, kNumber, kText, kSymbol, kNewline, kIndent, kDedent, kEnd };

struct Token {
    TokenKind kind;
    std::string_view text;  // of the source; texts with their quotes
    int line;
};

// Errors: the line of a character that begins no token, of a text without an end, of an indentation that fits no block.
Result<std::vector<Token>> tokenize(std::string_view source);

}  // namespace lathe::formats::torchscript
