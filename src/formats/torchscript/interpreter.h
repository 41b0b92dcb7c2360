// Runs a program's forward method on values whose tensors are values of a graph: calls are put in place, conditions and
// loops are decided as far as constants and sizes decide them, and what remains are the operators.
#pragma once
#include "formats/torchscript/program.h"

namespace lathe::formats::torchscript {

class Interpreter {
public:
    Interpreter(Program& program, torch::Importer& importer);

    // The method of an object, which must have it. Errors: the place in the code, and what is wrong there: a path that
    // depends on something not known, too many steps, exceptions of the program.
    Result<torch::Value> call_method(const torch::Value& object, std::string_view method,
                                     torch::Arguments arguments);

    // Called when sizes of an input that is not known yet are taken apart into so many.
    std::function<void(const torch::Unknown&, size_t count)> on_sizes;

private:
    struct Frame {
        const FunctionSyntax* function;
        const CodePlace* place;
        std::map<std::string, torch::Value, std::less<>> variables;
        std::string path;  // of the module whose method it is
        int line = 0;
        torch::Value result;
    };
    enum class Flow { kNext, kReturn, kBreak, kContinue };
    class Deeper;

    Result<torch::Value> run(const FunctionSyntax& function, const CodePlace& place, const std::string& path,
                             torch::Arguments arguments);
    Status bind(Frame& frame, torch::Arguments& arguments);

    // Statements (interpreter.cpp).
    Result<Flow> block(const std::vector<Statement>& statements, Frame& frame);
    Result<Flow> statement(const Statement& s, Frame& frame);
    Result<Flow> branch(const Statement& s, Frame& frame);
    Result<Flow> loop(const Statement& s, Frame& frame);
    Status assign(const Statement& s, Frame& frame);
    Status store(const Expression& target, torch::Value value, Frame& frame);

    // Expressions (evaluate.cpp).
    Result<torch::Value> evaluate(const Expression& e, Frame& frame);
    Result<torch::Items> evaluate_all(const std::vector<Expression>& list, Frame& frame);
    Result<torch::Value> attribute(const Expression& e, Frame& frame);
    Result<torch::Value> member(const torch::Value& object, const std::string& name);
    Result<torch::Value> subscript(const Expression& e, Frame& frame);
    Result<torch::Value> unary(const Expression& e, Frame& frame);
    Result<torch::Value> binary(const Expression& e, Frame& frame);
    Result<torch::Value> dict(const Expression& e, Frame& frame);

    // Calls (call.cpp).
    Result<torch::Value> call(const Expression& e, Frame& frame);
    Result<torch::Value> call_builtin(const std::string& name, const Expression& e, Frame& frame,
                                      bool& known);
    Result<torch::Value> call_operator(const std::string& name, const Expression& e, Frame& frame);
    Result<torch::Value> call_qualified(const std::string& name, torch::Arguments arguments);
    Result<torch::Value> make_object(const FoundClass& found, const std::string& name,
                                     torch::Arguments arguments);
    Result<torch::Arguments> arguments_of(const Expression& e, Frame& frame);
    Result<torch::Value> operate(std::string_view name, torch::Items operands);
    Result<bool> is_instance(const torch::Value& value, const Expression& type);
    // The elements of a list, tuple or named tuple, or nullptr.
    Result<std::optional<torch::Items>> elements_of(const torch::Value& value);
    std::string where() const;

    Program& program_;
    torch::Importer& importer_;
    std::vector<Frame*> frames_;
    int depth_ = 0;
    int64_t steps_ = 0;
    bool failed_ = false;
};

}  // namespace lathe::formats::torchscript
