#include "pipeline/layer_inputs.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "graph/contexts.h"
#include "pipeline/weight_match.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr std::string_view kWeight = ".weight";

// A matrix or more, or a vector that is stored as one of a layer.
bool looks_like_a_layer(const graph::NamedTensor& named) {
    if (!is_candidate(named)) return false;
    const auto wide = std::ranges::count_if(named.tensor.shape(), [](int64_t size) { return size > 1; });
    return wide >= 2 || named.name.ends_with(kWeight);
}

// Values that follow from constants alone, and what they are.
class Constants {
public:
    explicit Constants(const Graph& graph)
        : graph_(graph), producer_(graph::uses_of(graph).producer), known_(graph.values.size()) {
        for (size_t i = 0; i < graph.values.size(); ++i) known_[i] = graph.values[i].constant.has_value();
        for (const Node& node : graph.nodes) {
            const bool known = !node.inputs.empty() && std::ranges::all_of(node.inputs, [&](ValueId id) {
                return id == kNoValue || is_known(id);
            });
            for (const ValueId id : node.outputs)
                if (id != kNoValue) known_[static_cast<size_t>(id)] = known;
        }
    }

    bool is_known(ValueId id) const { return known_[static_cast<size_t>(id)]; }

    // Adds the names of the constants with two axes or more that it is made of to `names`.
    Result<Tensor> value(ValueId id, std::vector<std::string>& names) const {
        const graph::Value& value = graph_[id];
        if (value.constant) {
            if (value.constant->rank() >= 2) names.push_back(value.name);
            return value.constant->to_contiguous();
        }
        const Node& node = graph_.nodes[static_cast<size_t>(producer_[static_cast<size_t>(id)])];
        std::vector<Tensor> operands;
        for (const ValueId operand : node.inputs) {
            operands.emplace_back();
            if (operand == kNoValue) continue;
            TRY(operands.back(), this->value(operand, names));
        }
        std::vector<const Tensor*> pointers;
        for (size_t i = 0; i < operands.size(); ++i)
            pointers.push_back(node.inputs[i] == kNoValue ? nullptr : &operands[i]);
        TRY(auto results, graph::evaluate(*node.op, node.attrs, pointers, node.outputs.size()));
        return std::move(
            results[static_cast<size_t>(std::ranges::find(node.outputs, id) - node.outputs.begin())]);
    }

private:
    const Graph& graph_;
    std::vector<int64_t> producer_;
    std::vector<bool> known_;
};

// A product of a node: which operand is the weight, and how the other one holds the vectors.
struct Product {
    ValueId weight = kNoValue, value = kNoValue;
    VectorLayout layout = VectorLayout::kLast;
    bool transposed = false;  // the weight is [columns, rows]
};

class Search {
public:
    Search(const Graph& graph, const graph::Checkpoint& checkpoint)
        : graph_(graph), checkpoint_(checkpoint), constants_(graph), tensors_(checkpoint) {}

    LayerInputs run() {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) look_at(i);
        for (auto& [tensor, parts] : parts_) settle(tensor, parts);
        explain_the_rest();
        return std::move(result_);
    }

private:
    struct Part {
        int64_t first = 0, rows = 0;
        LayerUse use;
    };

    bool known(const Node& node, size_t i) const {
        return node.inputs.size() > i && node.inputs[i] != kNoValue && constants_.is_known(node.inputs[i]);
    }
    int rank(ValueId id) const { return static_cast<int>(graph_[id].shape.size()); }

    void look_at(size_t index) {
        const Node& node = graph_.nodes[index];
        const std::string_view op = node.op->name;
        const bool by_right = known(node, 1) && !known(node, 0), by_left = known(node, 0) && !known(node, 1);
        if ((op == "conv" || op == "matmul" || op == "gemm") && known(node, 0) && known(node, 1))
            return constant_product(node);
        if (op == "conv" && by_right) return convolution(index);
        if (op == "matmul" && by_right && rank(node.inputs[1]) >= 2)
            return take(index, {node.inputs[1], node.inputs[0], VectorLayout::kLast, true});
        if (op == "matmul" && by_left && rank(node.inputs[0]) >= 2)
            return take(index,
                        {node.inputs[0], node.inputs[1],
                         rank(node.inputs[1]) == 1 ? VectorLayout::kLast : VectorLayout::kSecondLast, false});
        if (op != "gemm" || (!by_left && !by_right)) return;
        const graph::AttrReader attrs(*node.op, node.attrs);
        const bool trans_a = attrs.flag("transA"), trans_b = attrs.flag("transB");
        if (by_right)
            take(index, {node.inputs[1], node.inputs[0],
                         trans_a ? VectorLayout::kSecondLast : VectorLayout::kLast, !trans_b});
        else
            take(index, {node.inputs[0], node.inputs[1],
                         trans_b ? VectorLayout::kLast : VectorLayout::kSecondLast, trans_a});
    }

    void constant_product(const Node& node) {
        for (const ValueId id : {node.inputs[0], node.inputs[1]}) {
            std::vector<std::string> names;
            if (constants_.value(id, names))
                leave_out({}, tensors_.called(names), "a product that does not depend on the model's inputs");
        }
    }

    void convolution(size_t index) {
        const Node& node = graph_.nodes[index];
        const int64_t groups = graph::AttrReader(*node.op, node.attrs).integer("group");
        if (groups == 1) return take(index, {node.inputs[1], node.inputs[0], VectorLayout::kPatches, false});
        std::vector<std::string> names;
        if (!constants_.value(node.inputs[1], names)) return;
        leave_out(names, tensors_.called(names),
                  "a convolution in groups, each of which has inputs of its own");
    }

    void leave_out(const std::vector<std::string>& names, const std::vector<int64_t>& tensors,
                   const std::string& why) {
        for (const int64_t i : tensors) why_.emplace(i, why);
        if (tensors.empty() && !names.empty()) result_.left_out.push_back({names.front(), why});
    }

    void take(size_t index, const Product& product) {
        std::vector<std::string> names;
        auto value = constants_.value(product.weight, names);
        if (!value) return leave_out(names, tensors_.called(names), value.error().message);
        Tensor weight = *std::move(value);
        if (!is_float(weight.dtype()) || weight.count() == 0) return;
        const Shape shape = weight.shape();
        if (product.layout != VectorLayout::kPatches && shape.size() > 2) {
            const int64_t rows = shape[shape.size() - 2], columns = shape.back();
            if (weight.count() != rows * columns)
                return leave_out(names, tensors_.called(names),
                                 format("a bank of {} matrices", weight.count() / (rows * columns)));
            weight = weight.reshaped({rows, columns});
        }
        Matrix matrix = matrix_of(weight);
        if (product.transposed) matrix = transposed(matrix);
        const FoundTensor found = tensors_.find(matrix, names);
        if (found.tensor < 0) return leave_out(names, {}, found.why);
        traced_.insert(names.begin(), names.end());
        if (!found.why.empty()) return leave_out(names, {found.tensor}, found.why);
        LayerUse use{index, product.value, product.layout, {}};
        if (product.layout == VectorLayout::kPatches) use.weight = shape;
        parts_[found.tensor].push_back({found.first, found.rows, std::move(use)});
    }

    // Uses of the whole are added up; uses of parts must all see the same x.
    void settle(int64_t tensor, std::vector<Part>& parts) {
        const graph::NamedTensor& named = tensors_[tensor];
        Layer layer{named.name, columns_of(named.tensor.shape()), {}};
        const auto whole = [&](const Part& part) { return part.rows == named.tensor.dim(0); };
        if (std::ranges::all_of(parts, whole)) {
            for (Part& part : parts) layer.uses.push_back(std::move(part.use));
        } else {
            for (const Part& part : parts)
                if (part.use.value != parts[0].use.value || part.use.layout != parts[0].use.layout) {
                    why_[tensor] = "parts of it multiply different inputs";
                    return;
                }
            layer.uses.push_back(std::move(parts[0].use));
        }
        result_.layers.push_back(std::move(layer));
    }

    void explain_the_rest() {
        std::set<std::string_view> done;
        for (const Layer& layer : result_.layers) done.insert(layer.tensor);
        const auto users = users_of_constants();
        for (size_t i = 0; i < checkpoint_.tensors.size(); ++i) {
            const graph::NamedTensor& named = checkpoint_.tensors[i];
            if (!looks_like_a_layer(named) || done.contains(named.name)) continue;
            const auto why = why_.find(static_cast<int64_t>(i));
            result_.left_out.push_back({named.name, why != why_.end()
                                                        ? why->second
                                                        : without_product(static_cast<int64_t>(i), users)});
        }
    }

    // Operators that take a constant as it is, by its name.
    std::map<std::string_view, std::set<std::string>> users_of_constants() const {
        std::map<std::string_view, std::set<std::string>> users;
        for (const Node& node : graph_.nodes)
            for (const ValueId id : node.inputs)
                if (id != kNoValue && graph_[id].constant)
                    users[graph_[id].name].insert(std::string(node.op->name));
        return users;
    }

    std::string without_product(int64_t tensor,
                                const std::map<std::string_view, std::set<std::string>>& users) const {
        for (std::string_view name = tensors_[tensor].name;;) {
            const auto found = users.find(name);
            // A constant that is another tensor of that name is not this one.
            if (found != users.end() && !traced_.contains(name) &&
                tensors_.called(std::string(name)).front() == tensor)
                return format(
                    "no weight of a layer that is looked at: used by {}",
                    join(std::vector<std::string>(found->second.begin(), found->second.end()), ", "));
            const size_t dot = name.find('.');
            if (dot == name.npos) return "not among the weights that were run";
            name.remove_prefix(dot + 1);
        }
    }

    const Graph& graph_;
    const graph::Checkpoint& checkpoint_;
    Constants constants_;
    CheckpointTensors tensors_;
    std::map<int64_t, std::vector<Part>> parts_;  // by the tensor's place in the checkpoint
    std::map<int64_t, std::string> why_;
    std::set<std::string, std::less<>> traced_;  // constants that are tensors of the checkpoint
    LayerInputs result_;
};

}  // namespace

std::string Layer::name() const {
    return tensor.ends_with(kWeight) ? tensor.substr(0, tensor.size() - kWeight.size()) : tensor;
}

LayerInputs find_layer_inputs(const Graph& graph, const graph::Checkpoint& checkpoint) {
    return Search(graph, checkpoint).run();
}

}  // namespace lathe::pipeline
