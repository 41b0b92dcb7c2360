#include "formats/torchscript/lexer.h"

#include <array>
#include <cctype>

#include "base/text.h"

namespace lathe::formats::torchscript {
namespace {

constexpr size_t kMostTokens = size_t{1} << 24;
constexpr int kDeepestBlock = 100;

bool begins_name(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool continues_name(char c) { return begins_name(c) || is_digit(c); }

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    Result<std::vector<Token>> run() {
        while (at_ < source_.size()) {
            if (tokens_.size() > kMostTokens) return fail("more than {} tokens", kMostTokens);
            if (line_begins_ && brackets_ == 0) TRY_STATUS(indentation());
            if (at_ < source_.size()) TRY_STATUS(token());
        }
        if (!line_begins_) push(TokenKind::kNewline, 0);
        for (; indents_.size() > 1; indents_.pop_back()) push(TokenKind::kDedent, 0);
        push(TokenKind::kEnd, 0);
        return std::move(tokens_);
    }

private:
    char next(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }

    void push(TokenKind kind, size_t length) {
        tokens_.push_back({kind, source_.substr(at_, length), line_});
        at_ += length;
    }

    Status indentation() {
        size_t width = 0;
        while (next() == ' ' || next() == '\t') {
            width += next() == '\t' ? 8 : 1;
            ++at_;
        }
        if (next() == '\n' || next() == '#' || next() == '\r' || at_ >= source_.size())
            return {};  // nothing on this line
        line_begins_ = false;
        if (width > indents_.back()) {
            if (indents_.size() > kDeepestBlock)
                return fail("line {}: blocks are nested deeper than {}", line_, kDeepestBlock);
            indents_.push_back(width);
            push(TokenKind::kIndent, 0);
        }
        for (; width < indents_.back(); indents_.pop_back()) push(TokenKind::kDedent, 0);
        if (width != indents_.back()) return fail("line {}: its indentation fits no block", line_);
        return {};
    }

    Status token() {
        const char c = next();
        if (c == '\n') {
            if (!line_begins_ && brackets_ == 0) push(TokenKind::kNewline, 0);
            line_begins_ = brackets_ == 0;
            ++at_;
            ++line_;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            ++at_;
        } else if (c == '#') {
            while (at_ < source_.size() && next() != '\n') ++at_;
        } else if (begins_name(c)) {
            size_t length = 1;
            while (continues_name(next(length))) ++length;
            push(TokenKind::kName, length);
        } else if (is_digit(c) || (c == '.' && is_digit(next(1)))) {
            number();
        } else if (c == '"' || c == '\'') {
            return text(c);
        } else {
            return symbol();
        }
        return {};
    }

    void number() {
        size_t length = 0;
        while (is_digit(next(length)) || next(length) == '.' || continues_name(next(length)) ||
               ((next(length) == '-' || next(length) == '+') &&
                (next(length - 1) == 'e' || next(length - 1) == 'E')))
            ++length;
        push(TokenKind::kNumber, length);
    }

    Status text(char quote) {
        size_t length = 1;
        while (next(length) != quote) {
            if (at_ + length >= source_.size() || next(length) == '\n')
                return fail("line {}: a text without an end", line_);
            length += next(length) == '\\' ? 2 : 1;
        }
        push(TokenKind::kText, length + 1);
        return {};
    }

    Status symbol() {
        constexpr auto kSymbols = std::to_array<std::string_view>(
            {"->", "**", "//", "==", "!=", "<=", ">=", "<<", ">>", "+", "-", "*", "/", "%", "<", ">",
             "=",  "(",  ")",  "[",  "]",  "{",  "}",  ",",  ":",  ".", ";", "&", "|", "^", "~", "@"});
        for (const std::string_view s : kSymbols) {
            if (source_.substr(at_, s.size()) != s) continue;
            if (s == "(" || s == "[" || s == "{") ++brackets_;
            if ((s == ")" || s == "]" || s == "}") && brackets_ > 0) --brackets_;
            push(TokenKind::kSymbol, s.size());
            return {};
        }
        return fail("line {}: '{}' begins no token", line_, printable(source_.substr(at_, 1)));
    }

    std::string_view source_;
    size_t at_ = 0;
    int line_ = 1, brackets_ = 0;
    bool line_begins_ = true;
    std::vector<size_t> indents_{0};
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace lathe::formats::torchscript
