#include <algorithm>

#include "base/text.h"
#include "formats/torchscript/parser.h"

namespace lathe::formats::torchscript {
namespace {

using enum ExpressionKind;

std::string unescaped(std::string_view quoted) {
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        const auto hex = [](char d) {
            return d >= '0' && d <= '9'   ? d - '0'
                   : d >= 'a' && d <= 'f' ? d - 'a' + 10
                   : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                          : -1;
        };
        if (c >= '0' && c <= '7') {
            int code = 0;
            size_t digits = 0;
            for (; digits < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7'; ++digits, ++i)
                code = code * 8 + (text[i] - '0');
            --i;
            out += static_cast<char>(code);
        } else if (c == 'x' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
    }
    return out;
}

class ExpressionParser {
public:
    explicit ExpressionParser(Tokens& tokens) : t_(tokens) {}

    // value if condition else value
    Result<Expression> ternary(int depth) {
        if (depth > kDeepestTree)
            return t_.wrong(format("an expression nested at most {} deep", kDeepestTree));
        TRY(Expression value, binary(0, depth));
        if (!t_.accept("if")) return value;
        TRY(Expression condition, binary(0, depth + 1));
        TRY_STATUS(t_.expect("else"));
        TRY(Expression other, ternary(depth + 1));
        return node(kTernary, "", {std::move(value), std::move(condition), std::move(other)});
    }

private:
    Result<Expression> node(ExpressionKind kind, std::string text, std::vector<Expression> parts) {
        Expression e{.kind = kind, .line = t_.peek().line};
        e.text = std::move(text);
        for (const Expression& part : parts) e.depth = std::max(e.depth, part.depth + 1);
        if (e.depth > kDeepestTree)
            return t_.wrong(format("an expression nested at most {} deep", kDeepestTree));
        e.parts = std::move(parts);
        return e;
    }

    // The operator of that level at the token, "" if none. Levels bind ever more tightly.
    std::string operator_at(int level) const {
        const std::string_view text = t_.peek().kind == TokenKind::kText ? "" : t_.peek().text;
        const auto among = [&](std::initializer_list<std::string_view> list) {
            return std::ranges::find(list, text) != list.end() ? std::string(text) : "";
        };
        switch (level) {
            case 0: return among({"or"});
            case 1: return among({"and"});
            case 3:
                if (text == "is" && t_.peek(1).text == "not") return "is not";
                if (text == "not" && t_.peek(1).text == "in") return "not in";
                return among({"==", "!=", "<", "<=", ">", ">=", "is", "in"});
            case 4: return among({"|"});
            case 5: return among({"^"});
            case 6: return among({"&"});
            case 7: return among({"<<", ">>"});
            case 8: return among({"+", "-"});
            case 9: return among({"*", "/", "//", "%", "@"});
            default: return "";
        }
    }

    Result<Expression> binary(int level, int depth) {
        constexpr int kNot = 2, kTightest = 9;
        if (level > kTightest) return unary(depth);
        if (level == kNot) {
            if (!t_.is("not")) return binary(level + 1, depth);
            if (depth > kDeepestTree)
                return t_.wrong(format("an expression nested at most {} deep", kDeepestTree));
            t_.take();
            TRY(Expression operand, binary(level, depth + 1));
            return node(kUnary, "not", {std::move(operand)});
        }
        TRY(Expression left, binary(level + 1, depth));
        for (std::string op = operator_at(level); !op.empty(); op = operator_at(level)) {
            t_.take();
            if (op == "is not" || op == "not in") t_.take();
            TRY(Expression right, binary(level + 1, depth));
            TRY(left, node(kBinary, op, {std::move(left), std::move(right)}));
        }
        return left;
    }

    Result<Expression> unary(int depth) {
        if (depth > kDeepestTree)
            return t_.wrong(format("an expression nested at most {} deep", kDeepestTree));
        for (const std::string_view op : {"-", "+", "~"})
            if (t_.accept(op)) {
                TRY(Expression operand, unary(depth + 1));
                return node(kUnary, std::string(op), {std::move(operand)});
            }
        TRY(Expression base, postfix(depth));
        if (!t_.accept("**")) return base;
        TRY(Expression exponent, unary(depth + 1));
        return node(kBinary, "**", {std::move(base), std::move(exponent)});
    }

    Result<Expression> postfix(int depth) {
        TRY(Expression e, atom(depth));
        while (true) {
            if (t_.accept(".")) {
                TRY(std::string name, t_.name());
                TRY(e, node(kAttribute, std::move(name), one(std::move(e))));
            } else if (t_.accept("(")) {
                TRY(e, call(std::move(e), depth));
            } else if (t_.accept("[")) {
                TRY(Expression index, subscript(depth));
                TRY_STATUS(t_.expect("]"));
                TRY(e, node(kSubscript, "", two(std::move(e), std::move(index))));
            } else {
                return e;
            }
        }
    }

    static std::vector<Expression> one(Expression e) {
        std::vector<Expression> list;
        list.push_back(std::move(e));
        return list;
    }
    static std::vector<Expression> two(Expression a, Expression b) {
        auto list = one(std::move(a));
        list.push_back(std::move(b));
        return list;
    }

    Result<Expression> call(Expression callee, int depth) {
        std::vector<std::string> names{""};
        auto parts = one(std::move(callee));
        while (!t_.accept(")")) {
            const bool named =
                t_.is(TokenKind::kName) && t_.peek(1).text == "=" && t_.peek(1).kind == TokenKind::kSymbol;
            names.emplace_back(named ? t_.take().text : "");
            if (named) t_.take();
            TRY(parts.emplace_back(), ternary(depth + 1));
            if (!t_.is(")")) TRY_STATUS(t_.expect(","));
        }
        TRY(Expression e, node(kCall, "", std::move(parts)));
        e.names = std::move(names);
        return e;
    }

    Result<Expression> subscript(int depth) {
        std::vector<Expression> parts;
        bool comma = false;
        while (!t_.is("]")) {
            TRY(parts.emplace_back(), slice(depth + 1));
            if (!t_.accept(",")) break;
            comma = true;
        }
        if (parts.size() == 1 && !comma) return std::move(parts[0]);
        return node(kTuple, "", std::move(parts));
    }

    Result<Expression> slice(int depth) {
        std::vector<Expression> parts(3);
        size_t at = 0;
        bool is_slice = false;
        while (true) {
            if (t_.accept(":")) {
                is_slice = true;
                if (++at > 2) return t_.wrong("at most two ':'");
            } else if (t_.is("]") || t_.is(",")) {
                break;
            } else {
                TRY(parts[at], ternary(depth));
                if (!t_.is(":")) break;
            }
        }
        return is_slice ? node(kSlice, "", std::move(parts)) : Result<Expression>(std::move(parts[0]));
    }

    // Elements up to the closing bracket; says whether there was a comma.
    Result<bool> elements(std::string_view close, int depth, std::vector<Expression>& parts) {
        bool comma = false;
        while (!t_.accept(close)) {
            TRY(parts.emplace_back(), ternary(depth + 1));
            if (t_.is(close)) continue;
            TRY_STATUS(t_.expect(","));
            comma = true;
        }
        return comma;
    }

    Result<Expression> atom(int depth) {
        std::vector<Expression> parts;
        if (t_.accept("(")) {
            TRY(const bool comma, elements(")", depth, parts));
            if (parts.size() == 1 && !comma) return std::move(parts[0]);
            return node(kTuple, "", std::move(parts));
        }
        if (t_.accept("[")) {
            TRY_STATUS(elements("]", depth, parts));
            return node(kList, "", std::move(parts));
        }
        if (t_.accept("{")) {
            while (!t_.accept("}")) {
                TRY(parts.emplace_back(), ternary(depth + 1));
                TRY_STATUS(t_.expect(":"));
                TRY(parts.emplace_back(), ternary(depth + 1));
                if (!t_.is("}")) TRY_STATUS(t_.expect(","));
            }
            return node(kDict, "", std::move(parts));
        }
        return literal();
    }

    Result<Expression> literal() {
        const Token token = t_.peek();
        Expression e{.line = token.line};
        switch (token.kind) {
            case TokenKind::kText:
                e.kind = kText;
                while (t_.is(TokenKind::kText)) e.text += unescaped(t_.take().text);
                return e;
            case TokenKind::kNumber:
                if (parse_int(token.text, e.integer)) e.kind = kInteger;
                else if (parse_double(token.text.ends_with('.') ? token.text.substr(0, token.text.size() - 1)
                                                                : token.text,
                                      e.number))
                    e.kind = kFloat;
                else return t_.wrong("a number");
                break;
            case TokenKind::kName:
                e.kind = token.text == "None"                            ? kNone
                         : token.text == "True" || token.text == "False" ? kBool
                                                                         : kName;
                e.integer = token.text == "True";
                e.text = token.text;
                break;
            default: return t_.wrong("an expression");
        }
        t_.take();
        return e;
    }

    Tokens& t_;
};

}  // namespace

Status Tokens::expect(std::string_view text) {
    if (!accept(text)) return wrong(format("'{}'", text));
    return {};
}

Status Tokens::expect(TokenKind kind, std::string_view what) {
    if (!accept(kind)) return wrong(what);
    return {};
}

Result<std::string> Tokens::name() {
    if (!is(TokenKind::kName)) return wrong("a name");
    return std::string(take().text);
}

std::unexpected<Error> Tokens::wrong(std::string_view expected) const {
    const Token& token = peek();
    const std::string found = token.kind == TokenKind::kEnd       ? "the end"
                              : token.kind == TokenKind::kNewline ? "the line's end"
                              : token.text.empty()                ? "a change of indentation"
                                                                  : "'" + printable(token.text) + "'";
    return fail("line {}: {}, expected {}", token.line, found, expected);
}

Result<Expression> parse_expression(Tokens& tokens, int depth) {
    return ExpressionParser(tokens).ternary(depth);
}

std::string dotted_name(const Expression& e) {
    if (e.kind == kName) return e.text;
    if (e.kind != kAttribute) return "";
    const std::string outer = dotted_name(e.parts[0]);
    return outer.empty() ? "" : outer + "." + e.text;
}

}  // namespace lathe::formats::torchscript
