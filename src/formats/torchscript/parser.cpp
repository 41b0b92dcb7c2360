#include "formats/torchscript/parser.h"

#include "base/text.h"

namespace lathe::formats::torchscript {
namespace {

class FileParser {
public:
    explicit FileParser(Tokens tokens) : t_(std::move(tokens)) {}

    Result<FileSyntax> run() {
        FileSyntax file;
        while (!t_.is(TokenKind::kEnd)) {
            if (t_.is("class")) {
                TRY(file.classes.emplace_back(), class_definition());
            } else if (t_.is("def")) {
                TRY(file.functions.emplace_back(), function());
            } else if (t_.is("import") || t_.is("from") || t_.is("op_version_set")) {
                while (!t_.accept(TokenKind::kNewline)) {
                    if (t_.is(TokenKind::kEnd)) break;
                    t_.take();
                }
            } else {
                return t_.wrong("a class or a function");
            }
        }
        return file;
    }

private:
    // ':' and an indented block, of which `each` reads the lines.
    template <class Each>
    Status block(Each each) {
        TRY_STATUS(t_.expect(":"));
        TRY_STATUS(t_.expect(TokenKind::kNewline, "the line's end"));
        TRY_STATUS(t_.expect(TokenKind::kIndent, "an indented block"));
        while (!t_.accept(TokenKind::kDedent)) TRY_STATUS(each());
        return {};
    }

    Result<ClassSyntax> class_definition() {
        ClassSyntax result;
        t_.take();
        TRY(result.name, t_.name());
        if (t_.accept("(")) {
            TRY(const Expression base, parse_expression(t_));
            result.base = dotted_name(base);
            TRY_STATUS(t_.expect(")"));
        }
        TRY_STATUS(block([&]() -> Status {
            if (t_.is("def")) {
                TRY(result.methods.emplace_back(), function());
                return {};
            }
            return attribute(result);
        }));
        return result;
    }

    // `name : type`, `name : type = value`, `name = value`, `__annotations__["0"] = type`
    Status attribute(ClassSyntax& result) {
        if (t_.accept("pass")) return t_.expect(TokenKind::kNewline, "the line's end");
        AttributeSyntax attribute;
        TRY(const Expression target, parse_expression(t_));
        const bool annotation =
            target.kind == ExpressionKind::kSubscript && target.parts[1].kind == ExpressionKind::kText;
        attribute.name = annotation ? target.parts[1].text : target.text;
        if (t_.accept(":")) {
            TRY(attribute.type, parse_expression(t_));
        }
        if (t_.accept("=")) {
            TRY(Expression value, parse_expression(t_));
            (annotation ? attribute.type : attribute.value) = std::move(value);
        }
        result.attributes.push_back(std::move(attribute));
        return t_.expect(TokenKind::kNewline, "the line's end");
    }

    Result<FunctionSyntax> function() {
        FunctionSyntax result{.line = t_.peek().line};
        t_.take();
        TRY(result.name, t_.name());
        TRY_STATUS(t_.expect("("));
        while (!t_.accept(")")) {
            if (t_.accept("*")) {  // those that follow are given by name
                if (!t_.is(")")) TRY_STATUS(t_.expect(","));
                continue;
            }
            ParameterSyntax& p = result.parameters.emplace_back();
            TRY(p.name, t_.name());
            if (t_.accept(":")) {
                TRY(p.type, parse_expression(t_));
            }
            if (t_.accept("=")) {
                TRY(p.absent, parse_expression(t_));
            }
            if (!t_.is(")")) TRY_STATUS(t_.expect(","));
        }
        if (t_.accept("->")) {
            TRY(result.result, parse_expression(t_));
        }
        TRY(result.body, body());
        return result;
    }

    Result<std::vector<Statement>> body() {
        std::vector<Statement> list;
        TRY_STATUS(block([&]() -> Status {
            TRY(list.emplace_back(), statement());
            return {};
        }));
        return list;
    }

    Result<Statement> statement() {
        Statement s{.line = t_.peek().line};
        if (t_.accept("if")) return condition(std::move(s));
        if (t_.accept("for")) return loop(std::move(s));
        if (t_.accept("while")) {
            s.kind = StatementKind::kWhile;
            TRY(s.value, parse_expression(t_));
            TRY(s.body, body());
            return s;
        }
        if (t_.accept("with")) {
            s.kind = StatementKind::kWith;
            TRY_STATUS(parse_expression(t_));
            if (t_.accept("as")) TRY_STATUS(t_.name());
            TRY(s.body, body());
            return s;
        }
        TRY_STATUS(simple(s));
        TRY_STATUS(t_.expect(TokenKind::kNewline, "the line's end"));
        return s;
    }

    Result<Statement> condition(Statement s) {
        s.kind = StatementKind::kIf;
        TRY(s.value, parse_expression(t_));
        TRY(s.body, body());
        if (t_.is("elif")) return t_.wrong("'else' (the archive's programs have no elif)");
        if (t_.accept("else")) {
            TRY(s.otherwise, body());
        }
        return s;
    }

    Result<Statement> loop(Statement s) {
        s.kind = StatementKind::kFor;
        TRY(s.targets.emplace_back().text, t_.name());
        s.targets[0].kind = ExpressionKind::kName;
        TRY_STATUS(t_.expect("in"));
        TRY(s.value, parse_expression(t_));
        TRY(s.body, body());
        return s;
    }

    // A tuple's commas are allowed here without brackets.
    Result<Expression> listed() {
        TRY(Expression first, parse_expression(t_));
        if (!t_.is(",")) return first;
        Expression tuple{.kind = ExpressionKind::kTuple, .line = first.line};
        tuple.depth = first.depth + 1;
        tuple.parts.push_back(std::move(first));
        while (t_.accept(",")) {
            if (t_.is("=") || t_.is(TokenKind::kNewline)) break;
            TRY(tuple.parts.emplace_back(), parse_expression(t_));
            tuple.depth = std::max(tuple.depth, tuple.parts.back().depth + 1);
        }
        return tuple;
    }

    Status simple(Statement& s) {
        const auto keyword = [&](std::string_view word, StatementKind kind) {
            if (!t_.is(word) || !t_.is(TokenKind::kName)) return false;
            t_.take();
            s.kind = kind;
            return true;
        };
        if (keyword("pass", StatementKind::kPass) || keyword("break", StatementKind::kBreak) ||
            keyword("continue", StatementKind::kContinue))
            return {};
        const bool bare = t_.peek(1).kind == TokenKind::kNewline;
        if (keyword("return", StatementKind::kReturn) || keyword("raise", StatementKind::kRaise)) {
            if (bare) return {};
            TRY(s.value, listed());
            return {};
        }
        if (keyword("assert", StatementKind::kAssert)) {
            TRY(s.value, listed());
            return {};
        }
        return assignment(s);
    }

    Status assignment(Statement& s) {
        s.kind = StatementKind::kExpression;
        TRY(s.value, listed());
        if (t_.accept(":")) TRY_STATUS(parse_expression(t_));  // the type of a variable
        if (!t_.accept("=")) return {};
        s.kind = StatementKind::kAssign;
        if (s.value.kind == ExpressionKind::kTuple) s.targets = std::move(s.value.parts);
        else s.targets.push_back(std::move(s.value));
        // `a, = x` takes a list of one apart; the tuple keeps that apart from `a = x`.
        s.unpacks = s.value.kind == ExpressionKind::kTuple;
        for (const Expression& target : s.targets)
            if (target.kind != ExpressionKind::kName && target.kind != ExpressionKind::kAttribute)
                return fail(
                    "line {}: it assigns to something that is no name, expected a variable or an attribute",
                    s.line);
        TRY(s.value, listed());
        return {};
    }

    Tokens t_;
};

}  // namespace

Result<FileSyntax> parse_file(std::string_view source) {
    TRY(auto tokens, tokenize(source));
    return FileParser(Tokens(std::move(tokens))).run();
}

}  // namespace lathe::formats::torchscript
