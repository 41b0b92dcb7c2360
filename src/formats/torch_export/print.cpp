#include "formats/torch_export/print.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "formats/torch/storage.h"
#include "formats/torch_export/archive.h"

namespace lathe::formats::torch_export {
namespace {

namespace aten = torch::aten;

using graph::Dim;
using graph::Dims;

constexpr int kStrided = 7;  // of Layout
constexpr int kPositional = 1, kKeyword = 2;  // of ArgumentKind
constexpr int kSchemaMajor = 8, kSchemaMinor = 17;
constexpr int kAtenVersion = 10;
constexpr std::string_view kTorchVersion = "2.9.0";  // the first that writes this layout
constexpr int64_t kHintOfBatch = 2, kHintOfSize = 64;

// A size as SymPy's srepr spells it.
class SympyText : public graph::DimWalk {
public:
    Result<int> number(int64_t value) override { return keep(format("Integer({})", value)); }
    Result<int> symbol(const std::string& name) override {
        return keep(format("Symbol('{}', {}integer=True)", name, name[0] == 's' ? "positive=True, " : ""));
    }
    Result<int> apply(std::string_view function, int a, int b) override {
        const std::string_view name = function == "+"          ? "Add"
                                      : function == "*"        ? "Mul"
                                      : function == "floordiv" ? "FloorDiv"
                                      : function == "mod"      ? "PythonMod"
                                      : function == "min"      ? "Min"
                                                               : "Max";
        return keep(format("{}({}, {})", name, texts[static_cast<size_t>(a)], texts[static_cast<size_t>(b)]));
    }
    std::vector<std::string> texts;

private:
    int keep(std::string text) {
        texts.push_back(std::move(text));
        return static_cast<int>(texts.size()) - 1;
    }
};

Dims row_major(const Dims& shape) {
    Dims strides(shape.size(), Dim(1));
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

// JSON has no infinities; PyTorch writes them as texts.
Json number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return value;
}

// A tree of Python's containers, as torch.utils._pytree.treespec_dumps spells it.
Json leaf() { return {{"type", Json()}, {"context", Json()}, {"children_spec", Json::array()}}; }
Json tuple_of(Json children) {
    return {{"type", "builtins.tuple"}, {"context", "null"}, {"children_spec", std::move(children)}};
}
Json leaves(size_t count) {
    Json list = Json::array();
    for (size_t i = 0; i < count; ++i) list.push_back(leaf());
    return list;
}
std::string tree_text(Json tree) { return to_text(Json::array({1, std::move(tree)})); }

}  // namespace

bool is_parameter(const aten::Weight& weight) {
    return is_float(weight.tensor.dtype()) && weight.tensor.rank() > 0;
}

ProgramPrinter::ProgramPrinter(const aten::Program& program, const std::vector<std::string>& paths)
    : program_(program), paths_(paths) {
    std::vector<std::string> of_inputs, all;
    for (const int input : program.inputs)
        for (const Dim& dim : program.values[static_cast<size_t>(input)].shape)
            dim.collect_symbols(of_inputs);
    all = of_inputs;
    for (const aten::Value& value : program.values) {
        for (const Dim& dim : value.shape) dim.collect_symbols(all);
        if (value.is_size) value.size.collect_symbols(all);
    }
    for (size_t i = 0; i < all.size(); ++i) {
        const bool shown = i < of_inputs.size();  // others are known when the program has run so far
        names_.push_back(shown ? format("s{}", i) : format("u{}", i - of_inputs.size()));
        symbols_.emplace(all[i], Dim::symbol(names_.back()));
        hints_[names_.back()] = i == 0 ? kHintOfBatch : kHintOfSize;
    }
}

Json ProgramPrinter::size(const Dim& dim) const {
    if (const auto constant = dim.constant()) return {{"as_int", *constant}};
    const Dim own = dim.substitute(symbols_);
    SympyText text;
    const auto index = own.walk(text);
    Json expression{{"expr_str", index ? text.texts[static_cast<size_t>(*index)] : own.text()}};
    const auto hint = own.evaluate(hints_);
    const bool known = hint && own.text().find('u') == std::string::npos;
    expression["hint"] = known ? Json{{"as_int", *hint}} : Json();
    return {{"as_expr", std::move(expression)}};
}

Json ProgramPrinter::meta(DType dtype, const Dims& sizes, const Dims& strides) const {
    Json size_list = Json::array(), stride_list = Json::array();
    for (const Dim& dim : sizes) size_list.push_back(size(dim));
    for (const Dim& dim : strides) stride_list.push_back(size(dim));
    return {{"dtype", code_of(dtype)},
            {"sizes", std::move(size_list)},
            {"requires_grad", false},
            {"device", {{"type", "cpu"}, {"index", Json()}}},
            {"strides", std::move(stride_list)},
            {"storage_offset", {{"as_int", 0}}},
            {"layout", kStrided}};
}

Json ProgramPrinter::tensor_meta(const aten::Value& value) const {
    return meta(value.dtype, value.shape, row_major(value.shape));
}

Json ProgramPrinter::payload(const aten::Weight& weight, const std::string& path_name) const {
    return {{"path_name", path_name},
            {"is_param", is_parameter(weight)},
            {"use_pickle", false},
            {"tensor_meta", meta(weight.tensor.dtype(), graph::dims_of(weight.tensor.shape()),
                                 graph::dims_of(torch::stored_strides(weight.tensor)))}};
}

Json ProgramPrinter::named(int value) const {
    return {{"as_tensor", {{"name", program_.values[static_cast<size_t>(value)].name}}}};
}

Json ProgramPrinter::list(const aten::Args& items, const aten::NamedArg& arg) const {
    Json list = Json::array();
    const auto name_of = [&](const aten::Arg& item) {
        return Json{{"name", program_.values[static_cast<size_t>(item.as<aten::Ref>()->value)].name}};
    };
    if (arg.tensor) {
        const bool optional = arg.name == "indices";
        for (const aten::Arg& item : items)
            list.push_back(optional ? Json{{"as_tensor", name_of(item)}} : name_of(item));
        return {{optional ? "as_optional_tensors" : "as_tensors", std::move(list)}};
    }
    bool computed = false;
    for (const aten::Arg& item : items) computed = computed || item.as<aten::Ref>() != nullptr;
    for (const aten::Arg& item : items) {
        if (const auto* ref = item.as<aten::Ref>())
            list.push_back({{"as_name", program_.values[static_cast<size_t>(ref->value)].name}});
        else if (computed) list.push_back({{"as_int", *item.as<int64_t>()}});
        else list.push_back(*item.as<int64_t>());
    }
    return {{computed ? "as_sym_ints" : "as_ints", std::move(list)}};
}

Json ProgramPrinter::argument(const aten::NamedArg& arg) const {
    const aten::Arg& value = arg.value;
    if (value.none()) return {{"as_none", true}};
    if (const auto* ref = value.as<aten::Ref>()) {
        const aten::Value& made = program_.values[static_cast<size_t>(ref->value)];
        if (!made.is_size) return named(ref->value);
        return {{"as_sym_int", {{"as_name", made.name}}}};
    }
    if (const auto* integer = value.as<int64_t>()) return {{"as_int", *integer}};
    if (const auto* real = value.as<double>()) return {{"as_float", number(*real)}};
    if (const auto* flag = value.as<bool>()) return {{"as_bool", *flag}};
    if (const auto* word = value.as<std::string>()) return {{"as_string", *word}};
    if (const auto* type = value.as<DType>()) return {{"as_scalar_type", code_of(*type)}};
    return list(*value.as<aten::Args>(), arg);
}

Json ProgramPrinter::node(const aten::Call& call) const {
    const std::string target =
        call.op == "+"          ? "_operator.add"
        : call.op == "*"        ? "_operator.mul"
        : call.op == "floordiv" ? "_operator.floordiv"
        : call.op == "mod"      ? "_operator.mod"
        : call.op == "min"      ? "torch.sym_min"
        : call.op == "max"
            ? "torch.sym_max"
            : format("torch.ops.aten.{}{}", call.op, call.op.find('.') == call.op.npos ? ".default" : "");
    Json inputs = Json::array(), outputs = Json::array();
    for (const aten::NamedArg& arg : call.args)
        inputs.push_back(
            {{"name", arg.name}, {"arg", argument(arg)}, {"kind", arg.keyword ? kKeyword : kPositional}});
    for (const int result : call.results) {
        const aten::Value& value = program_.values[static_cast<size_t>(result)];
        if (value.is_size) outputs.push_back({{"as_sym_int", {{"as_name", value.name}}}});
        else if (call.gives_list) outputs.push_back({{"name", value.name}});
        else outputs.push_back(named(result));
    }
    if (call.gives_list) outputs = Json::array({Json{{"as_tensors", std::move(outputs)}}});
    return {{"target", target}, {"inputs", inputs}, {"outputs", outputs}, {"metadata", Json::object()}};
}

Json ProgramPrinter::graph() const {
    Json inputs = Json::array(), outputs = Json::array(), nodes = Json::array(), tensors = Json::object(),
         sizes = Json::object();
    for (const int input : program_.inputs) {  // first, so that their sizes are known by the symbols alone
        const aten::Value& value = program_.values[static_cast<size_t>(input)];
        tensors[value.name] = tensor_meta(value);
    }
    for (const aten::Weight& weight : program_.weights) inputs.push_back(named(weight.value));
    for (const int input : program_.inputs) inputs.push_back(named(input));
    for (const int output : program_.outputs) outputs.push_back(named(output));
    for (const aten::Call& call : program_.calls) nodes.push_back(node(call));
    for (const aten::Value& value : program_.values) {
        if (value.is_size) sizes[value.name] = size(value.size);
        else if (!tensors.contains(value.name)) tensors[value.name] = tensor_meta(value);
    }
    return {{"inputs", std::move(inputs)},        {"outputs", std::move(outputs)},
            {"nodes", std::move(nodes)},          {"tensor_values", std::move(tensors)},
            {"sym_int_values", std::move(sizes)}, {"sym_bool_values", Json::object()},
            {"is_single_tensor_return", false},   {"custom_obj_values", Json::object()},
            {"sym_float_values", Json::object()}};
}

Json ProgramPrinter::signature() const {
    Json inputs = Json::array(), outputs = Json::array();
    for (size_t i = 0; i < program_.weights.size(); ++i) {
        const aten::Weight& weight = program_.weights[i];
        const Json arg{{"name", program_.values[static_cast<size_t>(weight.value)].name}};
        if (is_parameter(weight))
            inputs.push_back({{"parameter", {{"arg", arg}, {"parameter_name", paths_[i]}}}});
        else inputs.push_back({{"tensor_constant", {{"arg", arg}, {"tensor_constant_name", paths_[i]}}}});
    }
    for (const int input : program_.inputs) inputs.push_back({{"user_input", {{"arg", named(input)}}}});
    for (const int output : program_.outputs) outputs.push_back({{"user_output", {{"arg", named(output)}}}});
    return {{"input_specs", std::move(inputs)}, {"output_specs", std::move(outputs)}};
}

// forward(x, …), by position; one tensor, or a tuple of them.
Json ProgramPrinter::call_signature() const {
    Json inputs = Json::array(), outputs = Json::array(), names = Json::array();
    for (const int input : program_.inputs) {
        inputs.push_back(named(input));
        names.push_back(program_.values[static_cast<size_t>(input)].name);
    }
    for (const int output : program_.outputs) outputs.push_back(named(output));
    const Json keywords{{"type", "builtins.dict"}, {"context", "[]"}, {"children_spec", Json::array()}};
    const size_t count = program_.outputs.size();
    return {
        {"inputs", std::move(inputs)},
        {"outputs", std::move(outputs)},
        {"in_spec", tree_text(tuple_of(Json::array({tuple_of(leaves(program_.inputs.size())), keywords})))},
        {"out_spec", tree_text(count == 1 ? leaf() : tuple_of(leaves(count)))},
        {"forward_arg_names", std::move(names)}};
}

Json ProgramPrinter::program() const {
    Json ranges = Json::object();
    for (const std::string& name : names_)
        ranges[name] = {{"min_val", name[0] == 's' ? 1 : 0}, {"max_val", Json()}};
    Json module{{"graph", graph()},
                {"signature", signature()},
                {"module_call_graph", Json::array({Json{{"fqn", ""}, {"signature", call_signature()}}})},
                {"metadata", Json::object()},
                {"treespec_namedtuple_fields", Json::object()}};
    return {{"graph_module", std::move(module)},
            {"opset_version", {{"aten", kAtenVersion}}},
            {"range_constraints", std::move(ranges)},
            {"schema_version", {{"major", kSchemaMajor}, {"minor", kSchemaMinor}}},
            {"verifiers", Json::array({"TRAINING"})},
            {"torch_version", kTorchVersion},
            {"guards_code", Json::array()}};
}

}  // namespace lathe::formats::torch_export
