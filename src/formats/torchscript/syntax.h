// The Python that TorchScript archives are written in (torch/csrc/jit/serialization/python_print.cpp writes it): classes
// of typed attributes and methods, functions, assignments, if, for, while, return, calls. Parsed into trees.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::formats::torchscript {

// Trees are at most this deep, so that walking them recursively is safe.
inline constexpr int kDeepestTree = 100;

enum class ExpressionKind {
    kNone,
    kBool,  // integer
    kInteger,  // integer
    kFloat,  // number
    kText,  // text
    kName,  // text
    kAttribute,  // parts[0].text
    kSubscript,  // parts[0][parts[1]]
    kSlice,  // parts: start, stop, step; kEmpty where absent
    kEmpty,
    kCall,  // parts[0](parts[1…]); names: "" for a positional argument, else its name
    kList,  // parts
    kTuple,  // parts
    kDict,  // parts: key, value, key, value, …
    kUnary,  // text parts[0]
    kBinary,  // parts[0] text parts[1]; also comparisons, "and", "or", "in", "is", "is not", "not in"
    kTernary,  // parts[0] if parts[1] else parts[2]
};

struct Expression {
    ExpressionKind kind = ExpressionKind::kEmpty;
    int line = 0;
    int depth = 1;
    int64_t integer = 0;
    double number = 0;
    std::string text;
    std::vector<std::string> names;
    std::vector<Expression> parts;
};

// "torch.add" for a chain of names, else "".
std::string dotted_name(const Expression& expression);

enum class StatementKind {
    kAssign,  // targets = value
    kExpression,  // value
    kIf,  // value, body, otherwise
    kFor,  // targets[0] in value, body
    kWhile,  // value, body
    kWith,  // body
    kReturn,  // value, or kEmpty
    kRaise,
    kAssert,  // value
    kPass,
    kBreak,
    kContinue,
};

struct Statement {
    StatementKind kind = StatementKind::kPass;
    int line = 0;
    std::vector<Expression> targets;  // names or attributes
    bool unpacks = false;  // the value is a tuple or list of as many
    Expression value;
    std::vector<Statement> body, otherwise;
};

struct ParameterSyntax {
    std::string name;
    Expression type;  // kEmpty: none
    Expression absent;  // kEmpty: must be given
};

struct FunctionSyntax {
    std::string name;
    int line = 0;
    std::vector<ParameterSyntax> parameters;
    Expression result;  // its type
    std::vector<Statement> body;
};

struct AttributeSyntax {
    std::string name;
    Expression type, value;
};

struct ClassSyntax {
    std::string name, base;
    std::vector<AttributeSyntax> attributes;
    std::vector<FunctionSyntax> methods;
};

struct FileSyntax {
    std::vector<ClassSyntax> classes;
    std::vector<FunctionSyntax> functions;
};

// Errors: the line and what was expected there; trees deeper than kDeepestTree.
Result<FileSyntax> parse_file(std::string_view source);

}  // namespace lathe::formats::torchscript
