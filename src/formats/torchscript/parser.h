// The parser's two halves. Internal to the reader.
#pragma once
#include "formats/torchscript/lexer.h"
#include "formats/torchscript/syntax.h"

namespace lathe::formats::torchscript {

class Tokens {
public:
    explicit Tokens(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
    const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
    Token take() {
        const Token token = peek();
        if (at_ + 1 < tokens_.size()) ++at_;
        return token;
    }
    bool is(std::string_view text) const { return peek().text == text && peek().kind != TokenKind::kText; }
    bool is(TokenKind kind) const { return peek().kind == kind; }
    bool accept(std::string_view text) { return is(text) && (take(), true); }
    bool accept(TokenKind kind) { return is(kind) && (take(), true); }
    Status expect(std::string_view text);
    Status expect(TokenKind kind, std::string_view what);
    Result<std::string> name();
    std::unexpected<Error> wrong(std::string_view expected) const;

private:
    std::vector<Token> tokens_;
    size_t at_ = 0;
};

// One expression, without a tuple's commas outside brackets.
Result<Expression> parse_expression(Tokens& tokens, int depth = 0);

}  // namespace lathe::formats::torchscript
