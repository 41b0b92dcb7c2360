#include "graph/graph.h"

#include <algorithm>
#include <set>

#include "graph/contexts.h"

namespace lathe::graph {
namespace {

// Fills in defaults and checks names and types. A parameter that is given as an operand keeps no attribute.
Result<Attrs> complete_attrs(const OpDef& op, const std::vector<ValueId>& inputs, const Attrs& given) {
    for (const auto& [name, value] : given) {
        const AttrDef* def = op.find_attr(name);
        if (def == nullptr) return fail("{} has no attribute '{}'", op.name, name);
        if (def->type != type_of(value))
            return fail("attribute '{}' of {} is {}, expected {}", name, op.name, name_of(type_of(value)),
                        name_of(def->type));
    }
    Attrs result;
    for (const AttrDef& def : op.attrs) {
        const int operand = op.input_index(def.name);
        const bool as_operand = operand >= 0 && static_cast<size_t>(operand) < inputs.size() &&
                                inputs[static_cast<size_t>(operand)] != kNoValue;
        const Attr* value = given.find(def.name);
        if (value != nullptr && as_operand) {
            TRY(const Attr absent,
                def.absent == kRequired ? Result<Attr>(Attr(false)) : parse_attr(def.type, def.absent));
            if (!same_attr(*value, absent))
                return fail("'{}' of {} is given twice, as operand and as attribute", def.name, op.name);
            continue;
        }
        if (as_operand) continue;
        if (value != nullptr) {
            result.set(def.name, *value);
            continue;
        }
        if (def.absent == kRequired) return fail("{} needs the attribute '{}'", op.name, def.name);
        TRY(Attr absent, parse_attr(def.type, def.absent));
        result.set(def.name, std::move(absent));
    }
    return result;
}

const OperandDef* operand_at(std::span<const OperandDef> defs, size_t i) {
    if (i < defs.size()) return &defs[i];
    if (!defs.empty() && defs.back().arity == Arity::kVariadic) return &defs.back();
    return nullptr;
}

Status check_operands(const Graph& graph, const OpDef& op, const std::vector<ValueId>& inputs) {
    DType groups[128];
    bool seen[128] = {};
    for (size_t i = 0; i < inputs.size(); ++i) {
        const OperandDef* def = operand_at(op.inputs, i);
        if (def == nullptr)
            return fail("{} takes {} operands, got {}", op.name, op.inputs.size(), inputs.size());
        if (inputs[i] == kNoValue) {
            if (def->arity != Arity::kOptional) return fail("{} needs the operand '{}'", op.name, def->name);
            continue;
        }
        if (static_cast<size_t>(inputs[i]) >= graph.values.size())
            return fail("{} uses a value that does not exist", op.name);
        const Value& value = graph[inputs[i]];
        if ((def->types & type_bit(value.dtype)) == 0)
            return fail("{} does not take {} as its operand '{}' (value '{}')", op.name,
                        lathe::name_of(value.dtype), def->name, value.name);
        if (def->group == '\0') continue;
        const auto g = static_cast<size_t>(def->group);
        if (seen[g] && groups[g] != value.dtype)
            return fail("{} needs operands of one type, got {} and {} (value '{}')", op.name,
                        lathe::name_of(groups[g]), lathe::name_of(value.dtype), value.name);
        seen[g] = true;
        groups[g] = value.dtype;
    }
    for (size_t i = inputs.size(); i < op.inputs.size(); ++i)
        if (op.inputs[i].arity == Arity::kOne ||
            (op.inputs[i].arity == Arity::kVariadic && i >= inputs.size() && inputs.size() <= i))
            return fail("{} needs the operand '{}'", op.name, op.inputs[i].name);
    return {};
}

Result<std::vector<InferContext::Output>> infer(const Graph& graph, const Node& node,
                                                std::vector<std::string>* unknown_sizes = nullptr) {
    InferContext context(graph, node);
    TRY_STATUS(node.op->infer(context));
    if (unknown_sizes != nullptr) *unknown_sizes = std::move(context.unknown_sizes);
    std::vector<InferContext::Output> outputs;
    for (auto& result : context.results) {
        CHECK(result.has_value(), node.op->name);
        outputs.push_back(std::move(*result));
    }
    return outputs;
}

void store(Graph& graph, const Node& node, std::vector<InferContext::Output>& results) {
    for (size_t i = 0; i < results.size(); ++i) {
        if (node.outputs[i] == kNoValue) continue;
        Value& value = graph[node.outputs[i]];
        value.dtype = results[i].dtype;
        value.shape = std::move(results[i].shape);
        value.contents = std::move(results[i].contents);
    }
}

std::string place_of(const Node& node) {
    return node.name.empty() ? std::string(node.op->name)
                             : format("node '{}' ({})", node.name, node.op->name);
}

// Contents of a small integer constant, so that shape rules can read it.
std::optional<Dims> contents_of(const Tensor& tensor) {
    if (!is_integer(tensor.dtype()) || tensor.rank() > 1 || tensor.count() > 64) return std::nullopt;
    const auto ints = tensor.to_ints();
    return Dims(ints.begin(), ints.end());
}

}  // namespace

ValueId Graph::find(std::string_view value_name) const {
    for (size_t i = 0; i < values.size(); ++i)
        if (values[i].name == value_name) return ValueId{static_cast<uint32_t>(i)};
    return kNoValue;
}

ValueId Graph::add_value(Value value) {
    if (names_.size() < values.size())
        for (const Value& v : values) names_.try_emplace(v.name, 0);
    const std::string base = value.name.empty() ? "v" : value.name;
    if (value.name.empty()) value.name = format("v{}", values.size());
    while (!names_.try_emplace(value.name, 0).second) value.name = format("{}_{}", base, ++names_[base]);
    values.push_back(std::move(value));
    return ValueId{static_cast<uint32_t>(values.size() - 1)};
}

ValueId Graph::add_constant(std::string_view constant_name, Tensor tensor) {
    Value value{
        .name = std::string(constant_name), .dtype = tensor.dtype(), .shape = dims_of(tensor.shape())};
    value.contents = contents_of(tensor);
    value.constant = std::move(tensor);
    return add_value(std::move(value));
}

Result<size_t> add_node(Graph& graph, const OpDef& op, std::vector<ValueId> inputs, Attrs attrs,
                        std::vector<std::string> output_names, std::string node_name) {
    while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
    Node node{.op = &op, .name = std::move(node_name), .inputs = std::move(inputs)};
    TRY_STATUS(with_place(check_operands(graph, op, node.inputs), place_of(node)));
    auto complete = with_place(complete_attrs(op, node.inputs, attrs), place_of(node));
    if (!complete) return std::unexpected(complete.error());
    node.attrs = *std::move(complete);
    size_t required = 0;
    for (const OperandDef& out : op.outputs) required += out.arity != Arity::kOptional;
    const size_t count = std::max(output_names.size(), required);
    if (count > op.outputs.size() && (op.outputs.empty() || op.outputs.back().arity != Arity::kVariadic))
        return fail("{} has {} results, not {}", op.name, op.outputs.size(), count);
    output_names.resize(count);
    node.outputs.assign(count, kNoValue);
    auto results = with_place(infer(graph, node, &node.unknown_sizes), place_of(node));
    if (!results) return std::unexpected(results.error());
    for (size_t i = 0; i < count; ++i)
        node.outputs[i] =
            graph.add_value({.name = output_names[i].empty() ? std::string(op.name) : output_names[i]});
    store(graph, node, *results);
    graph.nodes.push_back(std::move(node));
    return graph.nodes.size() - 1;
}

Status adopt_sizes(Graph& graph, size_t index, size_t result, const Dims& declared) {
    Node& node = graph.nodes[index];
    const Value& value = graph[node.outputs[result]];
    std::map<std::string, Dim, std::less<>> fresh;
    for (size_t i = 0; i < declared.size() && i < value.shape.size(); ++i) {
        const auto it = std::ranges::find(node.unknown_sizes, value.shape[i].text());
        if (it == node.unknown_sizes.end() || !declared[i].is_symbol()) continue;
        fresh.emplace(*it, declared[i]);
        *it = declared[i].text();
    }
    Dims renamed = value.shape;
    for (Dim& size : renamed) size = size.substitute(fresh);
    if (renamed != declared)
        return fail("'{}' has the shape {}, declared as {}", value.name, to_string(value.shape),
                    to_string(declared));
    if (fresh.empty()) return {};
    auto results = with_place(infer(graph, node), place_of(node));
    if (!results) return std::unexpected(results.error());
    store(graph, node, *results);
    return {};
}

Status infer_again(Graph& graph) {
    for (Value& value : graph.values)
        if (value.constant) value.contents = contents_of(*value.constant);
    for (Node& node : graph.nodes) {
        TRY_STATUS(with_place(check_operands(graph, *node.op, node.inputs), place_of(node)));
        auto results = with_place(infer(graph, node, &node.unknown_sizes), place_of(node));
        if (!results) return std::unexpected(results.error());
        store(graph, node, *results);
    }
    return {};
}

Status verify(const Graph& graph) {
    std::set<std::string_view> names;
    std::vector<bool> ready(graph.values.size(), false);
    for (size_t i = 0; i < graph.values.size(); ++i) {
        const Value& value = graph.values[i];
        if (value.name.empty() || !names.insert(value.name).second)
            return fail("the value name '{}' occurs twice", value.name);
        if (!value.constant) continue;
        ready[i] = true;
        if (value.constant->dtype() != value.dtype || dims_of(value.constant->shape()) != value.shape)
            return fail("constant '{}' is declared {}{} but holds {}", value.name,
                        lathe::name_of(value.dtype), to_string(value.shape), describe(*value.constant));
    }
    const auto known = [&](ValueId id) { return static_cast<size_t>(id) < graph.values.size(); };
    for (const ValueId id : graph.inputs) {
        if (!known(id) || ready[static_cast<size_t>(id)])
            return fail("an input of the graph is listed twice or is no value");
        ready[static_cast<size_t>(id)] = true;
    }
    for (const Node& node : graph.nodes) {
        const std::string place = place_of(node);
        for (const ValueId id : node.inputs)
            if (id != kNoValue && (!known(id) || !ready[static_cast<size_t>(id)]))
                return fail("{}: uses '{}' before it is made", place, known(id) ? graph[id].name : "?");
        TRY_STATUS(with_place(check_operands(graph, *node.op, node.inputs), place));
        auto attrs = with_place(complete_attrs(*node.op, node.inputs, node.attrs), place);
        if (!attrs) return std::unexpected(attrs.error());
        auto results = with_place(infer(graph, node), place);
        if (!results) return std::unexpected(results.error());
        for (size_t i = 0; i < node.outputs.size(); ++i) {
            const ValueId id = node.outputs[i];
            if (id == kNoValue) continue;
            if (!known(id) || ready[static_cast<size_t>(id)])
                return fail("{}: its result is made twice", place);
            ready[static_cast<size_t>(id)] = true;
            const auto& rule = (*results)[i];
            if (rule.dtype != graph[id].dtype || rule.shape != graph[id].shape)
                return fail("{}: result '{}' is declared {}{}, the rule gives {}{}", place, graph[id].name,
                            lathe::name_of(graph[id].dtype), to_string(graph[id].shape),
                            lathe::name_of(rule.dtype), to_string(rule.shape));
        }
    }
    for (const ValueId id : graph.outputs)
        if (!known(id) || !ready[static_cast<size_t>(id)])
            return fail("an output of the graph is never made");
    return {};
}

Graph without_dead_code(Graph graph) {
    std::vector<bool> needed(graph.values.size(), false);
    for (const ValueId id : graph.outputs) needed[static_cast<size_t>(id)] = true;
    std::vector<bool> keep(graph.nodes.size(), false);
    for (size_t i = graph.nodes.size(); i-- > 0;) {
        const Node& node = graph.nodes[i];
        keep[i] = std::ranges::any_of(
            node.outputs, [&](ValueId id) { return id != kNoValue && needed[static_cast<size_t>(id)]; });
        if (!keep[i]) continue;
        for (const ValueId id : node.inputs)
            if (id != kNoValue) needed[static_cast<size_t>(id)] = true;
    }
    for (const ValueId id : graph.inputs) needed[static_cast<size_t>(id)] = true;
    for (size_t i = 0; i < graph.nodes.size(); ++i)
        if (keep[i])
            for (const ValueId id : graph.nodes[i].outputs)
                if (id != kNoValue) needed[static_cast<size_t>(id)] = true;
    Graph result;
    result.name = graph.name;
    result.metadata = graph.metadata;
    std::vector<ValueId> renamed(graph.values.size(), kNoValue);
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (needed[i]) renamed[i] = result.add_value(std::move(graph.values[i]));
    const auto rename = [&](std::vector<ValueId>& ids) {
        for (ValueId& id : ids)
            if (id != kNoValue) id = renamed[static_cast<size_t>(id)];
    };
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        if (!keep[i]) continue;
        rename(graph.nodes[i].inputs);
        rename(graph.nodes[i].outputs);
        result.nodes.push_back(std::move(graph.nodes[i]));
    }
    result.inputs = std::move(graph.inputs);
    result.outputs = std::move(graph.outputs);
    rename(result.inputs);
    rename(result.outputs);
    return result;
}

Uses uses_of(const Graph& graph) {
    Uses uses{std::vector<std::vector<size_t>>(graph.values.size()),
              std::vector<int64_t>(graph.values.size(), -1)};
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const ValueId id : graph.nodes[i].inputs)
            if (id != kNoValue) uses.users[static_cast<size_t>(id)].push_back(i);
        for (const ValueId id : graph.nodes[i].outputs)
            if (id != kNoValue) uses.producer[static_cast<size_t>(id)] = static_cast<int64_t>(i);
    }
    return uses;
}

void replace_uses(Graph& graph, ValueId old, ValueId fresh) {
    for (Node& node : graph.nodes) std::ranges::replace(node.inputs, old, fresh);
    std::ranges::replace(graph.outputs, old, fresh);
}

void substitute(Graph& graph, ValueId old, ValueId fresh) {
    if (std::ranges::find(graph.outputs, old) != graph.outputs.end())
        std::swap(graph[old].name, graph[fresh].name);
    replace_uses(graph, old, fresh);
}

Status sort_nodes(Graph& graph) {
    const Uses uses = uses_of(graph);
    enum class Mark : uint8_t { kNew, kOpen, kDone };
    std::vector<Mark> marks(graph.nodes.size(), Mark::kNew);
    std::vector<size_t> order;
    std::vector<std::pair<size_t, size_t>> stack;  // node, next operand
    for (size_t start = 0; start < graph.nodes.size(); ++start) {
        if (marks[start] == Mark::kNew) stack.push_back({start, 0});
        while (!stack.empty()) {
            auto& [node, next] = stack.back();
            marks[node] = Mark::kOpen;
            const auto& inputs = graph.nodes[node].inputs;
            if (next == inputs.size()) {
                marks[node] = Mark::kDone;
                order.push_back(node);
                stack.pop_back();
                continue;
            }
            const ValueId id = inputs[next++];
            const int64_t maker = id == kNoValue ? -1 : uses.producer[static_cast<size_t>(id)];
            if (maker < 0 || marks[static_cast<size_t>(maker)] == Mark::kDone) continue;
            if (marks[static_cast<size_t>(maker)] == Mark::kOpen)
                return fail("{}: is part of a cycle", place_of(graph.nodes[static_cast<size_t>(maker)]));
            stack.push_back({static_cast<size_t>(maker), 0});
        }
    }
    std::vector<Node> sorted;
    for (const size_t i : order) sorted.push_back(std::move(graph.nodes[i]));
    graph.nodes = std::move(sorted);
    return {};
}

int64_t parameter_count(const Graph& graph) {
    int64_t count = 0;
    for (const Value& value : graph.values)
        if (value.constant && value.constant->rank() >= 1 &&
            (is_float(value.dtype) || bits_of(value.dtype) <= 8))
            count += value.constant->count();
    return count;
}

int64_t constant_bytes(const Graph& graph) {
    int64_t size = 0;
    for (const Value& value : graph.values)
        if (value.constant) size += value.constant->size_bytes();
    return size;
}

std::vector<std::string> symbols_of(const Graph& graph) {
    std::vector<std::string> symbols;
    for (const ValueId id : graph.inputs)
        for (const Dim& dim : graph[id].shape) dim.collect_symbols(symbols);
    return symbols;
}

}  // namespace lathe::graph
