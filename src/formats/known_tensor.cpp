#include "formats/known_tensor.h"

#include <algorithm>

#include "graph/contexts.h"

namespace lathe::formats {
namespace {

using graph::kNoValue;
using graph::ValueId;

constexpr int kMostEvaluations = 100;  // nodes looked at to know one value
constexpr int64_t kLargestKnown = 4096;    // elements
constexpr int64_t kLargestRead = 1 << 14;  // of a constant that is computed with

const graph::Node* maker_of(const graph::Graph& graph, ValueId id, size_t& output) {
    for (size_t i = graph.nodes.size(); i-- > 0;) {
        const auto& outputs = graph.nodes[i].outputs;
        const auto it = std::ranges::find(outputs, id);
        if (it == outputs.end()) continue;
        output = static_cast<size_t>(it - outputs.begin());
        return &graph.nodes[i];
    }
    return nullptr;
}

bool small(const graph::Value& value) {
    const auto shape = graph::constant_shape(value.shape);
    const auto count = shape ? checked_element_count(*shape) : std::nullopt;
    return count && *count <= kLargestKnown;
}

std::optional<Tensor> known(const graph::Graph& graph, ValueId id, int& budget) {
    const graph::Value& value = graph[id];
    if (value.constant) return *value.constant;
    if (value.contents && is_integer(value.dtype))
        if (const auto ints = graph::constant_shape(*value.contents))
            if (const auto shape = graph::constant_shape(value.shape);
                shape && element_count(*shape) == static_cast<int64_t>(ints->size()))
                return tensor_from_ints(value.dtype, *shape, *ints);
    if (budget-- <= 0 || !small(value)) return std::nullopt;
    size_t output = 0;
    const graph::Node* node = maker_of(graph, id, output);
    if (node == nullptr) return std::nullopt;
    std::vector<std::optional<Tensor>> tensors(node->inputs.size());
    std::vector<const Tensor*> operands(node->inputs.size(), nullptr);
    for (size_t i = 0; i < tensors.size(); ++i) {
        if (node->inputs[i] == kNoValue) continue;
        tensors[i] = known(graph, node->inputs[i], budget);
        if (!tensors[i] || tensors[i]->count() > kLargestRead) return std::nullopt;
        *tensors[i] = tensors[i]->to_contiguous();
        operands[i] = &*tensors[i];
    }
    auto results = graph::evaluate(*node->op, node->attrs, operands, node->outputs.size());
    if (!results) return std::nullopt;
    return std::move((*results)[output]);
}

}  // namespace

std::optional<Tensor> known_tensor(const graph::Graph& graph, ValueId id) {
    int budget = kMostEvaluations;
    return known(graph, id, budget);
}

}  // namespace lathe::formats
