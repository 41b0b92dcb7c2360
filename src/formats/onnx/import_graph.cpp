#include "formats/onnx/import_graph.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"
#include "formats/onnx/import.h"
#include "formats/onnx/node_order.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Dim;
using graph::Dims;

constexpr int kDeepestNesting = 32;       // of functions and branches
constexpr size_t kMostInlined = 100'000;  // nodes of functions and branches

// Names seen by a list of nodes: those of the graph, of a branch (which sees its surroundings), or of a function.
struct Scope {
    const Scope* outer = nullptr;  // null for the graph and for functions
    std::map<std::string, ValueId, std::less<>> names;
    std::string prefix;
    const Node* call = nullptr;  // inside a function: whose attributes its nodes refer to
    const FunctionMessage* function = nullptr;
    int opset = 0;
    int depth = 0;

    const ValueId* find(std::string_view name) const {
        for (const Scope* s = this; s != nullptr; s = s->outer)
            if (const auto it = s->names.find(name); it != s->names.end()) return &it->second;
        return nullptr;
    }
};

class Importer {
public:
    Importer(const ModelMessage& model, DataSource& source, const ReadOptions& options)
        : model_(model), source_(source), options_(options), rows_(ops::all_ops()) {}

    Result<Graph> run();

private:
    Status inputs(const GraphMessage& message, Scope& scope);
    Result<Dims> input_shape(const ValueInfo& info, const std::set<std::string, std::less<>>& known) const;
    Status initializers(const GraphMessage& message, Scope& scope);
    Status outputs(const GraphMessage& message, const Scope& scope);
    // Nodes of the graph, a branch or a function; `wanted`: the results that are asked of them.
    Status nodes(const std::vector<Node>& list, std::span<const std::string> wanted, Scope& scope);
    Status node(const Node& node, Scope& scope);
    Result<Node> with_references(const Node& node, const Scope& scope) const;
    Status constant(NodeImport& import);
    Status branch(NodeImport& import, const Scope& scope);
    Status call(NodeImport& import, const FunctionMessage& function, const Scope& scope);
    Status by_rows(NodeImport& import);

    const FunctionMessage* function_of(const Node& node) const;
    bool is_known(const Node& node, int opset) const;
    Status refuse_unknown(const std::vector<Node>& list, int opset) const;

    const ModelMessage& model_;
    DataSource& source_;
    const ReadOptions& options_;
    RowIndex rows_;
    Graph graph_;
    size_t inlined_ = 0;
    std::set<std::string, std::less<>>
        not_computed_;  // results that rows lack; harmless while nobody reads them
};

// A symbol that means something; files also write "?", "" or "-1" for "some size".
bool is_name(std::string_view param) {
    return std::ranges::any_of(param,
                               [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

Result<Dims> Importer::input_shape(const ValueInfo& info,
                                   const std::set<std::string, std::less<>>& known) const {
    if (const auto it = options_.input_shapes.find(info.name); it != options_.input_shapes.end())
        return it->second;
    if (!info.has_shape)
        return fail("input '{}' has no shape in the file; give it one", printable(info.name));
    Dims dims;
    for (const Dimension& d : info.shape) {
        if (d.value && *d.value >= 0) {
            dims.emplace_back(*d.value);
        } else if (is_name(d.param)) {
            // An expression counts where its symbols are sizes of the inputs themselves.
            const auto parsed = Dim::parse(d.param);
            std::vector<std::string> symbols;
            if (parsed) parsed->collect_symbols(symbols);
            const bool usable = !symbols.empty() && std::ranges::all_of(symbols, [&](const auto& s) {
                return known.contains(s);
            });
            dims.push_back(usable ? *parsed : Dim::symbol(d.param));
        } else {
            dims.push_back(Dim::symbol(format("{}_dim{}", info.name, dims.size())));
        }
    }
    return dims;
}

Status Importer::inputs(const GraphMessage& message, Scope& scope) {
    std::set<std::string, std::less<>> known;  // symbols that stand alone somewhere
    for (const ValueInfo& info : message.inputs)
        for (const Dimension& d : info.shape)
            if (!d.value && Dim::symbol(d.param).text() == d.param) known.emplace(d.param);
    for (const ValueInfo& info : message.inputs) {
        if (scope.names.contains(info.name)) continue;  // an initializer too: a weight
        if (const auto given = options_.input_values.find(info.name); given != options_.input_values.end()) {
            scope.names.emplace(std::string(info.name), graph_.add_constant(info.name, given->second));
            continue;
        }
        if (info.kind != type_field::kTensor)
            return fail("input '{}' is no tensor; sequences, maps and optional values are not supported",
                        printable(info.name));
        const auto dtype = dtype_of_code(info.elem_type);
        if (!dtype || *dtype == DType::kString)
            return fail("input '{}' has elements of {}, which Lathe's tensors do not hold",
                        printable(info.name), code_text(info.elem_type));
        TRY(Dims shape, input_shape(info, known));
        const ValueId id =
            graph_.add_value({.name = std::string(info.name), .dtype = *dtype, .shape = std::move(shape)});
        graph_.inputs.push_back(id);
        if (info.name.empty() || !scope.names.emplace(std::string(info.name), id).second)
            return fail("the input name '{}' occurs twice", printable(info.name));
    }
    return {};
}

Status Importer::initializers(const GraphMessage& message, Scope& scope) {
    if (message.has_sparse_initializers) return fail("sparse initializers are not supported");
    for (const wire::ProtoReader& reader : message.initializers) {
        TRY(auto tensor, read_tensor(reader, source_));
        const ValueId id = graph_.add_constant(scope.prefix + tensor.name, std::move(tensor.tensor));
        if (tensor.name.empty() || !scope.names.emplace(tensor.name, id).second)
            return fail("the initializer name '{}' occurs twice", printable(tensor.name));
    }
    return {};
}

Status Importer::outputs(const GraphMessage& message, const Scope& scope) {
    if (message.outputs.empty()) return fail("the model has no outputs");
    for (const ValueInfo& info : message.outputs) {
        const ValueId* found = scope.find(info.name);
        if (found == nullptr) return fail("the output '{}' is made by no node", printable(info.name));
        ValueId id = *found;
        const bool is_result = !graph_[id].constant &&
                               std::ranges::find(graph_.inputs, id) == graph_.inputs.end() &&
                               std::ranges::find(graph_.outputs, id) == graph_.outputs.end();
        if (is_result && graph_[id].name != info.name && graph_.find(info.name) == kNoValue)
            graph_[id].name = info.name;
        if (graph_[id].name != info.name) {  // the same value under two names
            TRY(const size_t index,
                graph::add_node(graph_, *ops::find_op("identity"), {id}, {}, {std::string(info.name)}));
            id = graph_.nodes[index].outputs[0];
        }
        graph_.outputs.push_back(id);
    }
    return {};
}

const FunctionMessage* Importer::function_of(const Node& node) const {
    for (const FunctionMessage& f : model_.functions)
        if (f.name == node.op_type && f.domain == node.domain && f.overload == node.overload) return &f;
    return nullptr;
}

bool Importer::is_known(const Node& node, int opset) const {
    if (function_of(node) != nullptr) return true;
    if (!node.domain.empty()) return false;
    if (node.op_type == "Constant" || node.op_type == "If") return true;
    return find_special(node.op_type, opset) != nullptr || !rows_.find(node.op_type, opset).empty();
}

Status Importer::refuse_unknown(const std::vector<Node>& list, int opset) const {
    std::map<std::string, std::vector<std::string>> unknown;
    for (const Node& node : list)
        if (!is_known(node, opset))
            unknown[node.domain.empty() ? node.op_type : node.domain + "." + node.op_type].push_back(
                printable(!node.name.empty() || node.outputs.empty() ? node.name : node.outputs[0]));
    if (unknown.empty()) return {};
    std::string text;
    for (const auto& [op, places] : unknown) {
        text += format("{}{} (", text.empty() ? "" : ", ", printable(op));
        for (size_t i = 0; i < places.size() && i < 3; ++i) text += (i == 0 ? "'" : ", '") + places[i] + "'";
        text += places.size() > 3 ? format(" and {} more)", places.size() - 3) : ")";
    }
    return fail("operators that Lathe does not have at operator set {}: {}", opset, text);
}

// Inside a function, attributes may refer to those of its call.
Result<Node> Importer::with_references(const Node& node, const Scope& scope) const {
    Node result = node;
    std::erase_if(result.attributes, [&](Attribute& a) {
        if (a.ref.empty()) return false;
        const Attribute* given = scope.call == nullptr ? nullptr : scope.call->find(a.ref);
        if (given == nullptr && scope.function != nullptr)
            for (const Attribute& d : scope.function->default_attributes)
                if (d.name == a.ref) given = &d;
        if (given == nullptr) return true;
        const std::string_view name = a.name;
        a = *given;
        a.name = name;
        return false;
    });
    return result;
}

Status Importer::constant(NodeImport& import) {
    const Node& node = import.node;
    if (node.attributes.size() != 1 || node.outputs.size() != 1)
        return fail("expected one attribute and one output");
    const Attribute& a = node.attributes[0];
    Tensor tensor;
    switch (a.type) {
        case AttributeType::kTensor: {
            TRY(auto read, read_tensor(a.tensor, source_));
            tensor = std::move(read.tensor);
            break;
        }
        case AttributeType::kFloat: tensor = Tensor::scalar<float>(a.number); break;
        case AttributeType::kInt: tensor = Tensor::scalar<int64_t>(a.integer); break;
        case AttributeType::kInts: tensor = Tensor::ints(a.integers); break;
        case AttributeType::kFloats:
            tensor = Tensor::of<float>({static_cast<int64_t>(a.numbers.size())},
                                       std::span<const float>(a.numbers));
            break;
        default:
            return fail("its attribute '{}' is {}; text and sparse constants are not supported",
                        printable(a.name), name_of(a.type));
    }
    import.results.push_back(graph_.add_constant(import.prefix + node.outputs[0], std::move(tensor)));
    return {};
}

Status Importer::branch(NodeImport& import, const Scope& scope) {
    if (!import.has(0)) return fail("it has no condition");
    const auto condition = known_tensor(graph_, import.inputs[0]);
    if (!condition || condition->count() != 1)
        return fail(
            "its condition depends on the input; only branches that are known before the model runs are supported");
    const Attribute* taken = import.node.find(condition->to_ints()[0] != 0 ? "then_branch" : "else_branch");
    if (taken == nullptr || taken->type != AttributeType::kGraph) return fail("its branch is missing");
    TRY(const GraphMessage message, parse_graph(taken->graph));
    Scope inside{.outer = &scope,
                 .prefix = scope.prefix,
                 .call = scope.call,
                 .function = scope.function,
                 .opset = scope.opset,
                 .depth = scope.depth + 1};
    if (!message.inputs.empty()) return fail("its branch has inputs");
    TRY_STATUS(initializers(message, inside));
    std::vector<std::string> wanted;
    for (const ValueInfo& out : message.outputs) wanted.emplace_back(out.name);
    TRY_STATUS(nodes(message.nodes, wanted, inside));
    if (wanted.size() < import.node.outputs.size())
        return fail("its branch has {} results, expected {}", wanted.size(), import.node.outputs.size());
    for (const std::string& name : wanted) {
        const ValueId* id = inside.find(name);
        if (id == nullptr) return fail("its branch does not make '{}'", printable(name));
        import.results.push_back(*id);
    }
    return {};
}

Status Importer::call(NodeImport& import, const FunctionMessage& function, const Scope& scope) {
    const Node& node = import.node;
    if (node.inputs.size() > function.inputs.size() || node.outputs.size() > function.outputs.size())
        return fail("it has more inputs or outputs than the function it calls");
    const auto opset = function.opsets.find("");
    Scope inside{.prefix = scope.prefix + (node.name.empty() ? node.op_type : node.name) + "/",
                 .call = &node,
                 .function = &function,
                 .opset = opset == function.opsets.end() ? scope.opset : static_cast<int>(opset->second),
                 .depth = scope.depth + 1};
    for (size_t i = 0; i < function.inputs.size(); ++i)
        inside.names[function.inputs[i]] = i < import.inputs.size() ? import.inputs[i] : kNoValue;
    TRY_STATUS(nodes(function.nodes, function.outputs, inside));
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        const ValueId* id = inside.find(function.outputs[i]);
        if (id == nullptr) return fail("the function does not make '{}'", printable(function.outputs[i]));
        import.results.push_back(*id);
    }
    return {};
}

Status Importer::by_rows(NodeImport& import) {
    const auto candidates = rows_.find(import.node.op_type, import.opset);
    for (const RowCell& row : candidates) {
        const auto fixed = fixed_attributes(*row.cell);
        const bool fits = std::ranges::all_of(fixed, [&](const auto& f) {
            const Attribute* given = import.node.find(f.first);
            const auto value = given == nullptr ? Result<Attr>(Attr(false))
                                                : to_attr(*given, graph::type_of(f.second), source_);
            return given != nullptr && value && graph::same_attr(*value, f.second);
        });
        if (fits) return import_by_row(import, row);
    }
    // No spelling matches outright: the one whose fixed attributes are not contradicted.
    for (const RowCell& row : candidates) {
        const auto fixed = fixed_attributes(*row.cell);
        if (std::ranges::none_of(fixed, [&](const auto& f) { return import.node.find(f.first) != nullptr; }))
            return import_by_row(import, row);
    }
    return fail("its attributes are of a kind that Lathe does not have");
}

Status Importer::node(const Node& original, Scope& scope) {
    TRY(const Node node, with_references(original, scope));
    if (scope.depth > 0 && ++inlined_ > kMostInlined)
        return fail("the model has more than {} nodes of functions once they are put in place", kMostInlined);
    if (scope.depth > kDeepestNesting)
        return fail("functions or branches are nested deeper than {}", kDeepestNesting);
    NodeImport import{
        .graph = graph_, .source = source_, .node = node, .opset = scope.opset, .prefix = scope.prefix};
    for (const std::string& name : node.inputs) {
        const ValueId* id = name.empty() ? &kNoValue : scope.find(name);
        if (id == nullptr && not_computed_.contains(name))
            return fail("reads '{}', a result that Lathe does not compute", printable(name));
        if (id == nullptr) return fail("reads '{}', which nothing makes", printable(name));
        import.inputs.push_back(*id);
    }
    const FunctionMessage* function = function_of(node);
    if (function != nullptr) TRY_STATUS(call(import, *function, scope));
    else if (node.op_type == "Constant") TRY_STATUS(constant(import));
    else if (node.op_type == "If") TRY_STATUS(branch(import, scope));
    else if (const Special special = find_special(node.op_type, scope.opset)) TRY_STATUS(special(import));
    else TRY_STATUS(by_rows(import));
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        if (node.outputs[i].empty()) continue;
        if (i >= import.results.size() || import.results[i] == kNoValue) {
            not_computed_.insert(node.outputs[i]);
            continue;
        }
        if (scope.find(node.outputs[i]) != nullptr)
            return fail("makes '{}', a name that is taken", printable(node.outputs[i]));
        scope.names.emplace(node.outputs[i], import.results[i]);
    }
    return {};
}

Status Importer::nodes(const std::vector<Node>& list, std::span<const std::string> wanted, Scope& scope) {
    TRY(const auto ordered, ordered_nodes(list, wanted));
    TRY_STATUS(refuse_unknown(ordered, scope.opset));
    for (const Node& n : ordered) TRY_STATUS(with_place(node(n, scope), n.label()));
    return {};
}

Result<Graph> Importer::run() {
    if (!model_.graph) return fail("the file holds no graph");
    if (model_.ir_version > kNewestIrVersion)
        return fail("the file is of IR version {}, expected at most {}", model_.ir_version, kNewestIrVersion);
    const auto opset = model_.opsets.find("");
    Scope scope{.opset = opset == model_.opsets.end()
                             ? 1
                             : static_cast<int>(std::clamp<int64_t>(opset->second, 0, 1000))};
    if (opset != model_.opsets.end() && (scope.opset < kOldestOpset || scope.opset > kNewestOpset))
        return fail("the model uses operator set {}, expected {} to {}", opset->second, kOldestOpset,
                    kNewestOpset);
    const GraphMessage& message = *model_.graph;
    graph_.name = message.name;
    for (const auto& [key, value] : model_.metadata) graph_.metadata.emplace(key, value);
    TRY_STATUS(initializers(message, scope));
    TRY_STATUS(inputs(message, scope));
    std::vector<std::string> wanted;
    for (const ValueInfo& out : message.outputs) wanted.emplace_back(out.name);
    TRY_STATUS(nodes(message.nodes, wanted, scope));
    TRY_STATUS(outputs(message, scope));
    Graph result = graph::without_dead_code(std::move(graph_));
    TRY_STATUS(graph::verify(result));
    return result;
}

}  // namespace

Result<Graph> import_graph(const ModelMessage& model, DataSource& source, const ReadOptions& options) {
    return Importer(model, source, options).run();
}

}  // namespace lathe::formats::onnx
