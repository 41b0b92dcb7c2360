#include "formats/torch_export/import.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/torch/outputs.h"
#include "formats/torch/scalar_type.h"
#include "formats/torch_export/schema_json.h"

namespace lathe::formats::torch_export {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using torch::Importer;
using torch::Items;
using torch::Kind;
using torch::Value;

constexpr int64_t kMajorVersion = 8;
constexpr int kDeepestGraphs = 20;

class ProgramImporter {
public:
    explicit ProgramImporter(const Contents& contents) : contents_(contents) {
        importer_.place = [this] { return place_; };
    }

    Result<graph::Graph> run() {
        const Json& version = member_or_null(*contents_.program, "schema_version");
        TRY(const int64_t major, int_member(version, "major", -1));
        if (major != kMajorVersion)
            return fail("the program is of schema version {}, expected {}", major, kMajorVersion);
        const Json& module = member_or_null(*contents_.program, "graph_module");
        const Json& graph = member_or_null(module, "graph");
        const Json& signature = member_or_null(module, "signature");
        if (!graph.is_object() || !signature.is_object())
            return fail("the program has no graph or no signature");
        importer_.graph.name = contents_.name;
        TRY_STATUS(ranges());
        TRY_STATUS(inputs(graph, signature));
        TRY_STATUS(with_place(nodes(graph, 0), "graph"));
        TRY_STATUS(importer_.check_supported());
        return outputs(graph, signature);
    }

private:
    using Scope = std::map<std::string, Value, std::less<>>;

    // What the symbols may be, for people; Lathe's rules take every size of 1 and more.
    Status ranges() {
        const Json& constraints = member_or_null(*contents_.program, "range_constraints");
        if (!constraints.is_object()) return {};
        for (auto it = constraints.begin(); it != constraints.end(); ++it) {
            const Json &low = member_or_null(it.value(), "min_val"),
                       &high = member_or_null(it.value(), "max_val");
            const std::string from = low.is_number_integer() ? format("{}", low.get<int64_t>()) : "any",
                              to = high.is_number_integer() ? format("{}", high.get<int64_t>()) : "any";
            importer_.graph.metadata["range " + it.key()] = from + " to " + to;
        }
        return {};
    }

    Status inputs(const Json& graph, const Json& signature) {
        const Json& specs = member_or_null(signature, "input_specs");
        if (!specs.is_array()) return fail("the signature has no input_specs");
        for (const Json& spec : specs) TRY_STATUS(input(graph, spec));
        return {};
    }

    Status input(const Json& graph, const Json& spec) {
        TRY(const auto choice, union_of(spec));
        const auto& [kind, body] = choice;
        if (kind == "parameter") return weight(*body, "parameter_name");
        if (kind == "buffer") return weight(*body, "buffer_name");
        if (kind == "tensor_constant") return weight(*body, "tensor_constant_name");
        if (kind == "constant_input") {
            TRY(const std::string name, name_in(*body));
            TRY(scope_[name], constant_value(member_or_null(*body, "value")));
            return {};
        }
        if (kind == "token") return {};
        if (kind != "user_input")
            return fail("an input of the kind '{}', which is not supported", printable(kind));
        TRY(const auto argument, union_of(member_or_null(*body, "arg")));
        if (argument.first == "as_sym_int") return symbol_input(*argument.second, graph);
        if (argument.first != "as_tensor") return {};  // a constant that the program was exported with
        TRY(const std::string name, name_in(*argument.second));
        const Json& meta = member_or_null(member_or_null(graph, "tensor_values"), name);
        TRY(const Dims shape, with_place(sizes_of(meta), format("input '{}'", printable(name))));
        TRY(const DType dtype,
            with_place(dtype_of(member_or_null(meta, "dtype")), format("input '{}'", printable(name))));
        const ValueId id = importer_.graph.add_value({.name = name, .dtype = dtype, .shape = shape});
        importer_.graph.inputs.push_back(id);
        scope_[name] = Value(torch::make_tensor(id));
        return {};
    }

    // A number among the inputs: known where it is a size of a tensor input.
    Status symbol_input(const Json& argument, const Json& graph) {
        const Json& name = member_or_null(argument, "as_name");
        if (!name.is_string()) return {};
        TRY(const Dim size,
            size_of(member_or_null(member_or_null(graph, "sym_int_values"), name.get<std::string>())));
        return fail("the program takes the number '{}' ({}) as an input, expected tensors",
                    printable(name.get<std::string>()), size.text());
    }

    Status weight(const Json& body, std::string_view key) {
        TRY(const std::string argument, name_in(member_or_null(body, "arg")));
        TRY(const std::string name, string_member(body, key));
        for (const auto* list : {&contents_.weights, &contents_.constants})
            for (const graph::NamedTensor& tensor : *list)
                if (tensor.name == name) {
                    auto& cell = tied_[tensor.name];
                    if (cell == nullptr) cell = torch::make_weight(name, tensor.tensor);
                    scope_[argument] = Value(cell);
                    return {};
                }
        return fail("the archive has no tensor '{}', which the program reads", printable(name));
    }

    Result<Value> constant_value(const Json& json) {
        TRY(const auto choice, union_of(json));
        const auto& [kind, value] = choice;
        if (kind == "as_none") return Value();
        if (kind == "as_int" && value->is_number_integer()) return torch::make_int(value->get<int64_t>());
        if (kind == "as_float" && value->is_number()) return Value(value->get<double>());
        if (kind == "as_string" && value->is_string()) return Value(value->get<std::string>());
        if (kind == "as_bool" && value->is_boolean()) return Value(value->get<bool>());
        return fail("a constant {}, which is not supported", printable(lathe::to_text(json)));
    }

    // ---- arguments

    Result<Value> named(const std::string& name) {
        const auto it = scope_.find(name);
        if (it == scope_.end()) return fail("it reads '{}', which nothing makes", printable(name));
        return it->second;
    }

    // One element of a list; `kind` is the singular's ("as_int").
    Result<Value> element(std::string_view kind, const Json& json, const Json& graph) {
        if (kind == "as_tensor") {
            TRY(const std::string name, name_in(json));
            return named(name);
        }
        if (kind == "as_optional_tensor") {
            TRY(const auto choice, union_of(json));
            return choice.first == "as_none" ? Result<Value>(Value())
                                             : element("as_tensor", *choice.second, graph);
        }
        if (kind == "as_int" && json.is_number_integer()) return torch::make_int(json.get<int64_t>());
        if (kind == "as_float" && json.is_number()) return Value(json.get<double>());
        // JSON has no infinities; PyTorch writes them as texts.
        if (kind == "as_float" && json.is_string()) {
            double number = 0;
            std::string text = json.get<std::string>();
            if (text == "Infinity") text = "inf";
            if (text == "-Infinity") text = "-inf";
            if (text == "NaN") text = "nan";
            if (parse_double(text, number)) return Value(number);
        }
        if (kind == "as_bool" && json.is_boolean()) return Value(json.get<bool>());
        if (kind == "as_string" && json.is_string()) return Value(json.get<std::string>());
        if (kind == "as_sym_int" || kind == "as_sym_bool" || kind == "as_sym_float") {
            TRY(const auto choice, union_of(json));
            if (choice.first != "as_name") return element(choice.first, *choice.second, graph);
            if (!choice.second->is_string()) return fail("a name that is no text");
            const std::string name = choice.second->get<std::string>();
            if (kind ==
                "as_sym_int") {  // the program says what it is; the node that computes it need not be followed
                const Json& known = member_or_null(member_or_null(graph, "sym_int_values"), name);
                if (!known.is_null())
                    if (const auto size = size_of(known)) return Value(*size);
            }
            return named(name);
        }
        if (kind == "as_scalar_type") {
            TRY(const DType dtype, dtype_of(json));
            return torch::make_int(torch::scalar_type_of(dtype));
        }
        return fail("an argument {}: {}, which is not supported", printable(kind),
                    printable(lathe::to_text(json)));
    }

    Result<Value> argument(const Json& json, const Json& graph) {
        TRY(const auto choice, union_of(json));
        const auto& [kind, value] = choice;
        if (kind == "as_none" || kind == "as_memory_format" || kind == "as_layout") return Value();
        if (kind == "as_device") return Value(std::string("cpu"));
        if (kind.ends_with("s") && value->is_array()) {
            Items items;
            for (const Json& item : *value) {
                TRY(items.emplace_back(), element(kind.substr(0, kind.size() - 1), item, graph));
            }
            return importer_.keep(torch::make_list(std::move(items)));
        }
        return element(kind, *value, graph);
    }

    // ---- nodes

    Status nodes(const Json& graph, int depth) {
        if (depth > kDeepestGraphs) return fail("graphs are nested deeper than {}", kDeepestGraphs);
        const Json& list = member_or_null(graph, "nodes");
        if (!list.is_array()) return fail("no nodes");
        for (size_t i = 0; i < list.size(); ++i) {
            const Json& outputs = member_or_null(list[i], "outputs");
            const auto names = output_names(outputs);
            const Json& target = member_or_null(list[i], "target");
            place_ = format("'{}'", printable(names.empty() ? format("node {}", i) : names[0]));
            if (!target.is_string()) return fail("node {} has no target", i);
            if (auto status = node(list[i], target.get<std::string>(), graph, depth); !status)
                return std::unexpected(status.error().at(format("node {}", place_)));
        }
        return {};
    }

    static std::vector<std::string> output_names(const Json& outputs) {
        std::vector<std::string> names;
        const auto add = [&](const Json& json) {
            const Json* name = find_member(json, "name");
            if (name == nullptr) name = find_member(json, "as_name");
            names.push_back(name != nullptr && name->is_string() ? name->get<std::string>() : "");
        };
        if (!outputs.is_array()) return names;
        for (const Json& output : outputs) {
            if (!output.is_object() || output.size() != 1) continue;
            const Json& value = output.begin().value();
            if (value.is_array())
                for (const Json& item : value) add(item);
            else add(value);
        }
        return names;
    }

    Status node(const Json& json, const std::string& target, const Json& graph, int depth) {
        const Json &inputs = member_or_null(json, "inputs"), &outputs = member_or_null(json, "outputs");
        if (!inputs.is_array() || !outputs.is_array()) return fail("no inputs or no outputs");
        const auto names = output_names(outputs);
        importer_.hint = names.empty() ? "" : names[0];
        const auto [name, overload] = operator_of(target);
        if (name == "higher_order") return higher_order(target, inputs, names, graph, depth);
        if (name.empty()) return {};  // says something of sizes, computes nothing
        torch::Arguments arguments;
        for (const Json& input : inputs) {
            const Json& key = member_or_null(input, "name");
            TRY(Value value, with_place(argument(member_or_null(input, "arg"), graph),
                                        format("argument '{}'",
                                               key.is_string() ? printable(key.get<std::string>()) : "?")));
            const bool plain =
                target.starts_with("torch.ops.") && key.is_string() && !key.get<std::string>().empty();
            if (plain) arguments.named.emplace_back(key.get<std::string>(), std::move(value));
            else arguments.positional.push_back(std::move(value));
        }
        TRY(const Value result, importer_.call(name, overload, arguments));
        return store(names, result, graph);
    }

    // "torch.ops.aten.conv2d.default" is aten::conv2d, "default". Empty: nothing to do.
    static std::pair<std::string, std::string> operator_of(const std::string& target) {
        constexpr std::string_view kOps = "torch.ops.";
        if (!target.starts_with(kOps)) {  // numbers: _operator.add, torch.sym_max, math.trunc
            const std::string plain = target.substr(target.rfind('.') + 1);
            return {"aten::" + (plain == "and_" ? "__and__" : plain == "or_" ? "__or__" : plain), ""};
        }
        const auto parts = split(std::string_view(target).substr(kOps.size()), '.');
        if (parts[0] == "higher_order") return {"higher_order", ""};
        if (parts.size() < 2) return {target, ""};
        const std::string_view name = parts[1];
        if (name.starts_with("_assert") || name.starts_with("sym_constrain") ||
            name == "_functional_assert_async")
            return {"", ""};
        return {format("{}::{}", parts[0], name), parts.size() > 2 ? std::string(parts[2]) : ""};
    }

    // Graphs that are called for a setting that computing does not depend on are put in place.
    Status higher_order(const std::string& target, const Json& inputs, const std::vector<std::string>& names,
                        const Json& outer, int depth) {
        const bool wraps = target.ends_with("wrap_with_set_grad_enabled") ||
                           target.ends_with("wrap_with_autocast") || target.ends_with("wrap");
        const Json* inner = nullptr;
        Items given;
        for (const Json& input : inputs) {
            const Json& arg = member_or_null(input, "arg");
            if (const Json* found = find_member(arg, "as_graph")) {
                inner = &member_or_null(*found, "graph");
                continue;
            }
            if (inner == nullptr) continue;  // the setting
            TRY(given.emplace_back(), argument(arg, outer));
        }
        if (!wraps || inner == nullptr) {
            importer_.note_unsupported(printable(target.substr(10)));
            for (const std::string& name : names)
                scope_[name] = torch::unknown("the result of " + printable(target));
            return {};
        }
        const Json &parameters = member_or_null(*inner, "inputs"),
                   &results = member_or_null(*inner, "outputs");
        if (!parameters.is_array() || !results.is_array() || parameters.size() != given.size())
            return fail("its graph takes {} values, given {}", parameters.size(), given.size());
        Scope saved = scope_;
        for (size_t i = 0; i < given.size(); ++i) {
            const auto own = output_names(Json::array({parameters[i]}));
            if (!own.empty()) scope_[own[0]] = given[i];
        }
        TRY_STATUS(nodes(*inner, depth + 1));
        Items made;
        for (const Json& result : results) {
            TRY(made.emplace_back(), argument(result, *inner));
        }
        scope_ = std::move(saved);
        return store(names, made.size() == 1 ? made[0] : importer_.keep(torch::make_tuple(std::move(made))),
                     outer);
    }

    Status store(const std::vector<std::string>& names, const Value& result, const Json& graph) {
        const Items* items = result.items();
        if (names.size() == 1 && (items == nullptr || items->size() != 1))
            return store_one(names[0], result, graph);
        if (result.is(Kind::kUnknown)) {
            for (const std::string& name : names) scope_[name] = result;
            return {};
        }
        if (items == nullptr || items->size() < names.size())
            return fail("it has {} results, expected {}", items == nullptr ? 1 : items->size(), names.size());
        for (size_t i = 0; i < names.size(); ++i) TRY_STATUS(store_one(names[i], (*items)[i], graph));
        return {};
    }

    // The program says what shape every value has: what Lathe's rules say must not contradict it.
    Status store_one(const std::string& name, const Value& value, const Json& graph) {
        if (name.empty()) return {};
        const Json& meta = member_or_null(member_or_null(graph, "tensor_values"), name);
        if (value.is(Kind::kTensor) && meta.is_object()) {
            TRY(const ValueId id, importer_.read(value));
            TRY(const Dims said, sizes_of(meta));
            const Dims& found = importer_.graph[id].shape;
            bool fits = said.size() == found.size();
            for (size_t i = 0; fits && i < said.size(); ++i)
                fits = !said[i].is_constant() || !found[i].is_constant() || said[i] == found[i];
            if (!fits)
                return fail("its result '{}' has the shape {}, the program says {}", printable(name),
                            graph::to_string(found), graph::to_string(said));
        }
        scope_[name] = value;
        return {};
    }

    // ---- results

    Result<graph::Graph> outputs(const Json& graph, const Json& signature) {
        const Json& specs = member_or_null(signature, "output_specs");
        if (!specs.is_array()) return fail("the signature has no output_specs");
        Items results;
        for (const Json& spec : specs) {
            TRY(const auto choice, union_of(spec));
            const auto& [kind, body] = choice;
            if (kind == "token") continue;
            if (kind != "user_output")
                return fail(
                    "the program has an output of the kind '{}': it changes its own state or its inputs, which Lathe's graphs cannot say",
                    printable(kind));
            TRY(results.emplace_back(), argument(member_or_null(*body, "arg"), graph));
        }
        return torch::finish_graph(importer_, results.size() == 1
                                                  ? results[0]
                                                  : importer_.keep(torch::make_tuple(std::move(results))));
    }

    const Contents& contents_;
    Importer importer_;
    Scope scope_;
    std::map<std::string, torch::TensorRef, std::less<>> tied_;
    std::string place_;
};

}  // namespace

Result<graph::Graph> import_program(const Contents& contents) { return ProgramImporter(contents).run(); }

}  // namespace lathe::formats::torch_export
