#include "formats/torchscript/read.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/torch/outputs.h"
#include "formats/torchscript/guess.h"
#include "formats/torchscript/interpreter.h"

namespace lathe::formats::torchscript {
namespace {

using graph::Dims;
using torch::Arguments;
using torch::Importer;
using torch::Items;
using torch::Unknown;
using torch::Value;

// One parameter of forward as it is called: tensors of the graph, or what its default says.
class Inputs {
public:
    explicit Inputs(const FunctionSyntax& forward) : forward_(forward) {}

    // The names of the tensors. Errors: a parameter of another type without a default.
    Status collect() {
        for (size_t i = 1; i < forward_.parameters.size(); ++i) {
            const ParameterSyntax& p = forward_.parameters[i];
            if (p.absent.kind == ExpressionKind::kEmpty) TRY_STATUS(collect_type(p.type, p.name));
        }
        return {};
    }

    // Arguments for a call, with `make` giving the tensor of a number.
    Arguments arguments(const std::function<Value(size_t)>& make) const {
        Arguments result;
        size_t next = 0;
        for (size_t i = 1; i < forward_.parameters.size(); ++i) {
            const ParameterSyntax& p = forward_.parameters[i];
            if (p.absent.kind == ExpressionKind::kEmpty)
                result.named.emplace_back(p.name, value(p.type, make, next));
        }
        return result;
    }

    std::vector<std::string> names;

private:
    static std::string type_name(const Expression& type) {
        return dotted_name(type.kind == ExpressionKind::kSubscript ? type.parts[0] : type);
    }

    Status collect_type(const Expression& type, const std::string& name) {
        const std::string kind = type_name(type);
        if (kind == "Tensor" || type.kind == ExpressionKind::kEmpty) {
            names.push_back(name);
            return {};
        }
        if (kind == "Optional") return {};  // None
        if (kind == "Tuple" && type.kind == ExpressionKind::kSubscript) {
            if (type.parts[1].kind != ExpressionKind::kTuple) return collect_type(type.parts[1], name + ".0");
            for (size_t i = 0; i < type.parts[1].parts.size(); ++i)
                TRY_STATUS(collect_type(type.parts[1].parts[i], format("{}.{}", name, i)));
            return {};
        }
        return fail("its input '{}' is of type {}, expected tensors", printable(name),
                    kind.empty() ? "another" : printable(kind));
    }

    Value value(const Expression& type, const std::function<Value(size_t)>& make, size_t& next) const {
        const std::string kind = type_name(type);
        if (kind == "Optional") return Value();
        if (kind != "Tuple") return make(next++);
        Items items;
        if (type.parts[1].kind != ExpressionKind::kTuple) items.push_back(value(type.parts[1], make, next));
        else
            for (const Expression& part : type.parts[1].parts) items.push_back(value(part, make, next));
        return torch::make_tuple(std::move(items));
    }

    const FunctionSyntax& forward_;
};

Result<const FunctionSyntax*> forward_of(Program& program) {
    const auto* root = program.root.as<std::shared_ptr<torch::Object>>();
    if (root == nullptr) return fail("its data.pkl holds {}, expected a module", describe(program.root));
    TRY(const FoundClass found, program.find_class((*root)->type));
    if (found.syntax == nullptr)
        return fail("the archive has no code of its module's class '{}'", printable((*root)->type));
    for (const FunctionSyntax& f : found.syntax->methods)
        if (f.name == "forward") return &f;
    return fail("its module '{}' has no forward method", printable((*root)->type));
}

// The names of a named tuple's fields, for outputs.
Result<std::vector<std::string>> field_names(Program& program, const Value& value) {
    std::vector<std::string> names;
    const auto* object = value.as<std::shared_ptr<torch::Object>>();
    if (object == nullptr) return names;
    TRY(const FoundClass found, program.find_class((*object)->type));
    if (found.syntax != nullptr && found.syntax->base == "NamedTuple")
        for (const AttributeSyntax& a : found.syntax->attributes) names.push_back(a.name);
    return names;
}

// Runs the program on inputs that are not known, and learns from what it does with them. Where it gets stuck does not
// matter.
Status guess(const SharedBytes& file, const Inputs& inputs, std::vector<InputGuess>& guesses) {
    Importer importer;
    TRY(const auto program, Program::open(file, importer));
    Interpreter interpreter(*program, importer);
    Guesser guesser(importer, guesses);
    importer.on_unknown = [&](const torch::Schema& schema, const Items& values) {
        return guesser(schema, values);
    };
    interpreter.on_sizes = [&](const Unknown& sizes, size_t count) { guesser.sizes_taken(sizes, count); };
    const auto arguments = inputs.arguments(
        [](size_t i) { return Value(Unknown{.why = "an input", .input = static_cast<int>(i)}); });
    (void)interpreter.call_method(program->root, "forward", arguments);
    return {};
}

Status give_shapes(const OpenOptions& options, std::vector<InputGuess>& guesses) {
    for (const auto& [name, type] : options.inputs) {
        auto it = std::ranges::find(guesses, name, &InputGuess::name);
        if (name.empty() && guesses.size() == 1) it = guesses.begin();
        if (it != guesses.end()) {
            it->shape = type.shape;
            it->dtype = type.dtype.value_or(it->dtype);
            continue;
        }
        std::string names;
        for (const InputGuess& g : guesses) names += (names.empty() ? "" : ", ") + g.name;
        return fail("a shape is given for the input '{}'; the program has {}", printable(name),
                    printable(names));
    }
    for (const InputGuess& g : guesses)
        if (!g.shape)
            return fail(
                "a TorchScript archive does not say the shapes of its inputs, and that of '{}' does not follow from the program; give it with "
                "--input-shape {}=1,3,224,224",
                printable(g.name), printable(g.name));
    return {};
}

bool is_open(const std::vector<InputGuess>& guesses) {
    return std::ranges::any_of(guesses, [](const InputGuess& g) { return !graph::constant_shape(*g.shape); });
}

std::string shape_text(const std::vector<InputGuess>& guesses) {
    std::string text;
    for (const InputGuess& g : guesses)
        text += format("{}{}{}", text.empty() ? "" : ", ", g.name, graph::to_string(*g.shape));
    return text;
}

Result<graph::Checkpoint> read_archive(const SharedBytes& file, const std::string& path,
                                       const OpenOptions& options) {
    Importer importer;
    TRY(const auto program, Program::open(file, importer));
    graph::Checkpoint checkpoint{.format = "torchscript", .path = path};
    checkpoint.tensors = std::move(program->tensors);
    Json metadata = Json::object();
    if (const auto* root = program->root.as<std::shared_ptr<torch::Object>>())
        metadata["class"] = (*root)->type;
    metadata["archive_version"] = program->version;
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata));

    TRY(const FunctionSyntax* forward, forward_of(*program));
    Inputs inputs(*forward);
    TRY_STATUS(inputs.collect());
    std::vector<InputGuess> guesses;
    for (const std::string& name : inputs.names) guesses.push_back({.name = name, .shape = {}});
    const bool noted = program->notes && program->notes->inputs.size() == guesses.size();
    for (size_t i = 0; noted && i < guesses.size(); ++i) {
        const torch::Notes::Input& input = program->notes->inputs[i];
        guesses[i] = {.name = input.name, .shape = input.shape, .dtype = input.dtype};
    }
    if (!noted) TRY_STATUS(guess(file, inputs, guesses));
    const bool guessed = !noted && std::ranges::any_of(guesses, [&](const InputGuess& g) {
        return g.shape && !options.inputs.contains(g.name);
    });
    TRY_STATUS(give_shapes(options, guesses));

    std::vector<Value> tensors;
    for (const InputGuess& g : guesses) {
        const graph::ValueId id =
            importer.graph.add_value({.name = g.name, .dtype = g.dtype, .shape = *g.shape});
        importer.graph.inputs.push_back(id);
        tensors.emplace_back(torch::make_tensor(id));
    }
    const auto add_advice = [&](Error error) {
        if (guessed && is_open(guesses))
            error.message +=
                format(" (with inputs taken to be {}; --input-shape gives others)", shape_text(guesses));
        return error;
    };
    Interpreter interpreter(*program, importer);
    const auto result = interpreter.call_method(program->root, "forward",
                                                inputs.arguments([&](size_t i) { return tensors[i]; }));
    TRY_STATUS(importer.check_supported());
    if (!result) return std::unexpected(add_advice(result.error()));
    TRY(const auto fields, field_names(*program, *result));
    auto graph = torch::finish_graph(importer, *result, fields);
    if (!graph) return std::unexpected(add_advice(graph.error()));
    if (program->notes) torch::apply_notes(*program->notes, *graph);
    checkpoint.graph = std::make_shared<const graph::Graph>(*std::move(graph));
    return checkpoint;
}

}  // namespace

Match match(ByteSpan file, std::string_view) {
    if (!wire::looks_like_zip(file)) return Match::kNo;
    const auto archive = wire::ZipArchive::open(SharedBytes(nullptr, file));
    return archive && folder_of(*archive) ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read_with(const SharedBytes& file, const std::string& path,
                                    const OpenOptions& options) {
    return with_place(read_archive(file, path, options), path);
}
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    return read_with(file, path, {});
}

}  // namespace lathe::formats::torchscript
