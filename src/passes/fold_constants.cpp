#include <algorithm>

#include "graph/contexts.h"
#include "passes/passes.h"

namespace lathe::passes {
namespace {

using graph::Dims;
using graph::kNoValue;
using graph::Node;
using graph::Value;
using graph::ValueId;

constexpr int64_t kFreeBytes = 64 * 1024;

void make_constant(Value& value, Tensor tensor) {
    value.shape = graph::dims_of(tensor.shape());
    value.constant = std::move(tensor);
}

// An integer scalar or vector whose contents the shape rules know as plain numbers.
bool fold_known_contents(Graph& graph, ValueId id) {
    Value& value = graph[id];
    if (value.constant || !value.contents || value.shape.size() > 1 || !is_integer(value.dtype)) return false;
    const auto numbers = graph::constant_shape(*value.contents);
    const auto shape = graph::constant_shape(value.shape);
    if (!numbers || !shape || element_count(*shape) != static_cast<int64_t>(numbers->size())) return false;
    make_constant(value, tensor_from_ints(value.dtype, *shape, *numbers));
    return true;
}

bool has_symbols(const Node& node) {
    return std::ranges::any_of(node.attrs, [](const auto& entry) {
        const Dims* dims = std::get_if<Dims>(&entry.second);
        return dims != nullptr && !graph::constant_shape(*dims);
    });
}

// Codes of 8 bits, and of the 32 that biases have, stay codes: engines compute with them.
bool makes_floats_of_codes(const Graph& graph, const Node& node) {
    if (node.op->name != "dequantize_linear") return false;
    const DType codes = graph[node.inputs[0]].dtype;
    return codes == DType::kI8 || codes == DType::kU8 || codes == DType::kI32;
}

// Evaluates the node when its operands are constants. False: it stays.
Result<bool> fold_node(Graph& graph, const Node& node) {
    std::vector<Tensor> operands;
    int64_t operand_bytes = 0;
    for (const ValueId id : node.inputs) {
        if (id == kNoValue) {
            operands.emplace_back();
            continue;
        }
        if (!graph[id].constant) return false;
        operands.push_back(*graph[id].constant);
        operand_bytes += graph[id].constant->size_bytes();
    }
    if (has_symbols(node) || makes_floats_of_codes(graph, node)) return false;
    int64_t result_bytes = 0;
    for (const ValueId id : node.outputs) {
        if (id == kNoValue) continue;
        const auto shape = graph::constant_shape(graph[id].shape);
        const auto count = shape ? checked_element_count(*shape) : std::nullopt;
        if (!count) return false;
        result_bytes += bytes_of(graph[id].dtype, *count);
    }
    if (result_bytes > kFreeBytes && result_bytes > operand_bytes) return false;
    std::vector<const Tensor*> pointers;
    for (size_t i = 0; i < operands.size(); ++i) {
        operands[i] = node.inputs[i] == kNoValue ? Tensor() : operands[i].to_contiguous();
        pointers.push_back(node.inputs[i] == kNoValue ? nullptr : &operands[i]);
    }
    TRY(auto results, graph::evaluate(*node.op, node.attrs, pointers, node.outputs.size()));
    for (size_t i = 0; i < results.size(); ++i)
        if (node.outputs[i] != kNoValue) make_constant(graph[node.outputs[i]], std::move(results[i]));
    return true;
}

bool is_output(const Graph& graph, const Node& node) {
    return std::ranges::any_of(node.outputs, [&](ValueId id) {
        return std::ranges::find(graph.outputs, id) != graph.outputs.end();
    });
}

}  // namespace

Result<Graph> fold_constants(Graph graph) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        // An output of the graph must stay the result of a node.
        bool folded = false;
        if (!is_output(graph, node)) {
            folded = node.outputs.size() == 1 && node.outputs[0] != kNoValue &&
                     fold_known_contents(graph, node.outputs[0]);
            if (!folded) {
                TRY(folded, with_place(fold_node(graph, node), node.name));
            }
        }
        if (!folded) kept.push_back(std::move(node));
    }
    graph.nodes = std::move(kept);
    return graph::without_dead_code(std::move(graph));
}

}  // namespace lathe::passes
