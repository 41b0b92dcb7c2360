#include "formats/torchscript/interpreter.h"

#include <algorithm>

#include "base/text.h"
#include "formats/torch/numbers.h"
#include "formats/torchscript/deeper.h"

namespace lathe::formats::torchscript {

using torch::Arguments;
using torch::Items;
using torch::Kind;
using torch::Unknown;
using torch::Value;

namespace {

constexpr int64_t kMostSteps = 500'000;

// Whether a block ends in an exception: a check of the program, not a way to go.
bool raises(const std::vector<Statement>& block) {
    return std::ranges::any_of(block, [](const Statement& s) {
        return s.kind == StatementKind::kRaise ||
               (s.kind == StatementKind::kExpression && s.value.kind == ExpressionKind::kCall &&
                dotted_name(s.value.parts[0]) == "ops.prim.RaiseException");
    });
}

std::string why_unknown(const Value& value) {
    const auto* u = value.as<Unknown>();
    return u != nullptr && !u->why.empty() ? u->why : std::string(name_of(value.kind()));
}

}  // namespace

Interpreter::Interpreter(Program& program, torch::Importer& importer)
    : program_(program), importer_(importer) {
    importer_.place = [this] { return where(); };
}

std::string Interpreter::where() const {
    if (frames_.empty()) return "";
    const Frame& frame = *frames_.back();
    const std::string code = format("{}:{}", printable(frame.place->file), frame.line);
    return frame.path.empty() ? code : format("'{}' at {}", printable(frame.path), code);
}

Result<Value> Interpreter::call_method(const Value& object, std::string_view method, Arguments arguments) {
    const auto* ref = object.as<std::shared_ptr<torch::Object>>();
    if (ref == nullptr) return fail("it calls {} of {}", printable(method), describe(object));
    TRY(const FoundClass found, program_.find_class((*ref)->type));
    if (found.syntax == nullptr)
        return fail("the archive has no code of the class '{}'", printable((*ref)->type));
    for (const FunctionSyntax& f : found.syntax->methods) {
        if (f.name != method) continue;
        arguments.positional.insert(arguments.positional.begin(), object);
        return run(f, *found.place, (*ref)->path, std::move(arguments));
    }
    return fail("the class '{}' has no method '{}'", printable((*ref)->type), printable(method));
}

Result<Value> Interpreter::run(const FunctionSyntax& function, const CodePlace& place,
                               const std::string& path, Arguments arguments) {
    const Deeper deeper(*this);
    if (deeper.too_deep())
        return fail("calls, blocks and expressions are nested deeper than {}", Deeper::kDeepest);
    Frame frame{.function = &function,
                .place = &place,
                .path = path.empty() && !frames_.empty() ? frames_.back()->path : path,
                .line = function.line};
    TRY_STATUS(with_place(bind(frame, arguments), function.name));
    frames_.push_back(&frame);
    const auto flow = block(function.body, frame);
    const bool says_where = !flow && !std::exchange(failed_, true);  // the innermost place, once
    const std::string here = says_where ? where() : "";
    frames_.pop_back();
    if (!flow) return std::unexpected(says_where ? flow.error().at(here) : flow.error());
    return frame.result;
}

Status Interpreter::bind(Frame& frame, Arguments& arguments) {
    const auto& parameters = frame.function->parameters;
    if (arguments.positional.size() > parameters.size())
        return fail("called with {} arguments, expected at most {}", arguments.positional.size(),
                    parameters.size());
    for (size_t i = 0; i < arguments.positional.size(); ++i)
        frame.variables[parameters[i].name] = std::move(arguments.positional[i]);
    for (auto& [name, value] : arguments.named) {
        if (std::ranges::find(parameters, name, &ParameterSyntax::name) == parameters.end())
            return fail("called with '{}', which it does not take", printable(name));
        frame.variables[name] = std::move(value);
    }
    for (const ParameterSyntax& p : parameters) {
        if (frame.variables.contains(p.name)) continue;
        if (p.absent.kind == ExpressionKind::kEmpty) return fail("called without '{}'", printable(p.name));
        TRY(frame.variables[p.name], evaluate(p.absent, frame));
    }
    return {};
}

Result<Interpreter::Flow> Interpreter::block(const std::vector<Statement>& statements, Frame& frame) {
    const Deeper deeper(*this);
    if (deeper.too_deep())
        return fail("calls, blocks and expressions are nested deeper than {}", Deeper::kDeepest);
    for (const Statement& s : statements) {
        frame.line = s.line;
        if (++steps_ > kMostSteps) return fail("the program runs for more than {} steps", kMostSteps);
        TRY_STATUS(importer_.check_budgets());
        auto flow = statement(s, frame);
        if (!flow || *flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
}

Result<Interpreter::Flow> Interpreter::statement(const Statement& s, Frame& frame) {
    switch (s.kind) {
        case StatementKind::kAssign: TRY_STATUS(assign(s, frame)); return Flow::kNext;
        case StatementKind::kExpression: TRY_STATUS(evaluate(s.value, frame)); return Flow::kNext;
        case StatementKind::kIf: return branch(s, frame);
        case StatementKind::kFor:
        case StatementKind::kWhile: return loop(s, frame);
        case StatementKind::kWith: return block(s.body, frame);
        case StatementKind::kReturn:
            if (s.value.kind != ExpressionKind::kEmpty) {
                TRY(frame.result, evaluate(s.value, frame));
            }
            return Flow::kReturn;
        case StatementKind::kRaise:
            return fail("the program raises an exception here, for the inputs that it was given");
        case StatementKind::kAssert: {
            const Expression& condition =
                s.value.kind == ExpressionKind::kTuple && !s.value.parts.empty() ? s.value.parts[0] : s.value;
            TRY(const Value value, evaluate(condition, frame));
            if (torch::truth(value) == false)
                return fail("an assertion of the program does not hold for the inputs that it was given");
            return Flow::kNext;
        }
        case StatementKind::kPass: return Flow::kNext;
        case StatementKind::kBreak: return Flow::kBreak;
        case StatementKind::kContinue: return Flow::kContinue;
    }
    return Flow::kNext;
}

Result<Interpreter::Flow> Interpreter::branch(const Statement& s, Frame& frame) {
    TRY(Value condition, evaluate(s.value, frame));
    if (condition.is(Kind::kTensor)) {
        TRY(condition, operate("aten::Bool", {condition}));
    }
    const auto taken = torch::truth(condition);
    if (taken) return block(*taken ? s.body : s.otherwise, frame);
    // A check that cannot be made yet is taken to hold.
    if (raises(s.body) != raises(s.otherwise)) return block(raises(s.body) ? s.otherwise : s.body, frame);
    return fail("which way the program goes depends on {}", why_unknown(condition));
}

Result<Interpreter::Flow> Interpreter::loop(const Statement& s, Frame& frame) {
    const auto turn = [&]() -> Result<Flow> {
        if (++steps_ > kMostSteps) return fail("the program runs for more than {} steps", kMostSteps);
        return block(s.body, frame);
    };
    if (s.kind == StatementKind::kWhile) {
        while (true) {
            frame.line = s.line;
            TRY(const Value condition, evaluate(s.value, frame));
            const auto taken = torch::truth(condition);
            if (!taken) return fail("how often a loop runs depends on {}", why_unknown(condition));
            if (!*taken) return Flow::kNext;
            TRY(const Flow flow, turn());
            if (flow == Flow::kReturn) return flow;
            if (flow == Flow::kBreak) return Flow::kNext;
        }
    }
    TRY(const Value over, evaluate(s.value, frame));
    TRY(const auto elements, elements_of(over));
    if (!elements) return fail("how often a loop runs depends on {}", why_unknown(over));
    for (const Value& element : *elements) {
        frame.variables[s.targets[0].text] = element;
        TRY(const Flow flow, turn());
        if (flow == Flow::kReturn) return flow;
        if (flow == Flow::kBreak) break;
    }
    return Flow::kNext;
}

Status Interpreter::assign(const Statement& s, Frame& frame) {
    TRY(const Value value, evaluate(s.value, frame));
    if (!s.unpacks) return store(s.targets[0], value, frame);
    if (const auto* u = value.as<Unknown>()) {
        if (u->sizes && u->input >= 0 && on_sizes) on_sizes(*u, s.targets.size());
        for (const Expression& target : s.targets) TRY_STATUS(store(target, torch::unknown(u->why), frame));
        return {};
    }
    TRY(const auto elements, elements_of(value));
    if (!elements) return fail("{} is taken apart into {}", describe(value), s.targets.size());
    if (elements->size() != s.targets.size())
        return fail("{} is taken apart into {}", describe(value), s.targets.size());
    for (size_t i = 0; i < s.targets.size(); ++i) TRY_STATUS(store(s.targets[i], (*elements)[i], frame));
    return {};
}

Status Interpreter::store(const Expression& target, Value value, Frame& frame) {
    if (target.kind == ExpressionKind::kName) {
        frame.variables[target.text] = std::move(value);
        return {};
    }
    TRY(const Value object, evaluate(target.parts[0], frame));
    const auto* ref = object.as<std::shared_ptr<torch::Object>>();
    if (ref == nullptr) return fail("it sets '{}' of {}", printable(target.text), describe(object));
    const bool tensors = value.is(Kind::kTensor) || value.is(Kind::kUnknown);
    if ((*ref)->stored && tensors)
        return fail("it sets the module's own '{}.{}'; Lathe's graphs keep no state", printable((*ref)->path),
                    printable(target.text));
    (*ref)->members[target.text] = std::move(value);
    return {};
}

}  // namespace lathe::formats::torchscript
