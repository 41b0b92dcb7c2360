#include "pipeline/layer_inputs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "base/text.h"
#include "graph/contexts.h"
#include "pipeline/weights.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

constexpr std::string_view kWeight = ".weight";
constexpr double kRoundingTolerance = 1e-5;  // of weights that were multiplied by a factor in f32

bool is_candidate(const graph::NamedTensor& named) {
    return is_float(named.tensor.dtype()) && named.tensor.rank() >= 2 && named.tensor.count() > 0;
}

// A matrix or more, or a vector that is stored as one of a layer.
bool looks_like_a_layer(const graph::NamedTensor& named) {
    if (!is_candidate(named)) return false;
    const auto wide = std::ranges::count_if(named.tensor.shape(), [](int64_t size) { return size > 1; });
    return wide >= 2 || named.name.ends_with(kWeight);
}

int64_t columns_of(const Shape& shape) { return element_count(std::span(shape).subspan(1)); }

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

// W as the graph multiplies with it: f32 [rows, columns].
struct Matrix {
    int64_t rows = 0, columns = 0;
    std::vector<float> values;
    const float* row(int64_t r) const { return values.data() + r * columns; }
};

std::vector<float> floats_of(const Tensor& tensor) {
    const Tensor plain = tensor.to(DType::kF32).to_contiguous();
    return {plain.values<float>().begin(), plain.values<float>().end()};
}

Matrix matrix_of(const Tensor& tensor) {
    return {tensor.dim(0), columns_of(tensor.shape()), floats_of(tensor)};
}

Matrix transposed(const Matrix& matrix) {
    Matrix result{matrix.columns, matrix.rows, std::vector<float>(matrix.values.size())};
    for (int64_t r = 0; r < matrix.rows; ++r)
        for (int64_t c = 0; c < matrix.columns; ++c)
            result.values[static_cast<size_t>(c * matrix.rows + r)] = matrix.row(r)[c];
    return result;
}

bool same_row(const float* a, const float* b, int64_t columns) { return std::equal(a, a + columns, b); }

// The rows of `whole` that `part` is, or -1.
int64_t find_rows(const Matrix& part, const Matrix& whole) {
    if (part.columns != whole.columns) return -1;
    for (int64_t first = 0; first + part.rows <= whole.rows; ++first)
        if (std::equal(part.values.begin(), part.values.end(), whole.row(first))) return first;
    return -1;
}

// Whether every column of `a` has the values of `b`'s, in any order of the rows and up to signs and one factor for all:
// queries whose rows were rearranged and scaled still have the same inputs.
bool same_columns(const Matrix& a, const Matrix& b) {
    if (a.rows != b.rows || a.columns != b.columns) return false;
    double square_a = 0, square_b = 0;
    for (const float v : a.values) square_a += static_cast<double>(v) * static_cast<double>(v);
    for (const float v : b.values) square_b += static_cast<double>(v) * static_cast<double>(v);
    if (!(square_a > 0) || !(square_b > 0)) return false;
    const double factor = std::sqrt(square_a / square_b);
    const auto column = [](const Matrix& m, int64_t c) {
        std::vector<double> values;
        for (int64_t r = 0; r < m.rows; ++r) values.push_back(std::abs(static_cast<double>(m.row(r)[c])));
        std::ranges::sort(values);
        return values;
    };
    for (int64_t c = 0; c < a.columns; ++c) {
        const auto of_a = column(a, c), of_b = column(b, c);
        const double slack = kRoundingTolerance * factor * of_b.back();
        for (size_t r = 0; r < of_a.size(); ++r)
            if (!(std::abs(of_a[r] - factor * of_b[r]) <= slack)) return false;
    }
    return true;
}

// What a constant of the graph is in the checkpoint.
struct Found {
    int64_t tensor = -1;  // its index, -1: none
    int64_t first = 0, rows = 0;  // the part of the tensor's rows
    std::string why;  // when it is none, or cannot be used
};

class Tensors {
public:
    explicit Tensors(const graph::Checkpoint& checkpoint) : all_(checkpoint.tensors) {}

    // Tensors that are called so, with or without what checkpoints put in front of names; the very name first.
    std::vector<int64_t> called(const std::string& name) const {
        std::vector<int64_t> found;
        for (size_t i = 0; i < all_.size(); ++i) {
            if (!is_candidate(all_[i])) continue;
            if (all_[i].name == name) found.insert(found.begin(), static_cast<int64_t>(i));
            else if (all_[i].name.ends_with("." + name)) found.push_back(static_cast<int64_t>(i));
        }
        return found;
    }
    std::vector<int64_t> called(const std::vector<std::string>& names) const {
        std::vector<int64_t> found;
        for (const std::string& name : names)
            for (const int64_t i : called(name))
                if (std::ranges::find(found, i) == found.end()) found.push_back(i);
        return found;
    }

    Found find(const Matrix& matrix, const std::vector<std::string>& names) const {
        const std::vector<int64_t> named = called(names);
        for (const int64_t i : named)
            if (const int64_t first = find_rows(matrix, load(i)); first >= 0)
                return {i, first, matrix.rows, {}};
        for (const int64_t i : named)
            if (same_columns(matrix, load(i))) return {i, 0, matrix.rows, {}};
        if (named.empty()) return find_contents(matrix);
        const Matrix turned = transposed(matrix);
        for (const int64_t i : named)
            if (find_rows(turned, load(i)) >= 0)
                return {
                    i, 0, 0,
                    "stored as [in, out], where quantising works along rows [out, in]; calibrate the checkpoint that the model was made from"};
        return {named.front(), 0, 0,
                "the graph has other values than the checkpoint: a weight that is computed from it"};
    }

    const graph::NamedTensor& operator[](int64_t i) const { return all_[static_cast<size_t>(i)]; }

private:
    Matrix load(int64_t i) const { return matrix_of((*this)[i].tensor); }

    // By the values alone, for graphs whose constants have names of their own.
    Found find_contents(const Matrix& matrix) const {
        std::vector<int64_t> found;
        for (size_t i = 0; i < all_.size(); ++i) {
            const Tensor& tensor = all_[i].tensor;
            if (!is_candidate(all_[i]) || tensor.dim(0) != matrix.rows ||
                columns_of(tensor.shape()) != matrix.columns)
                continue;
            const auto row = floats_of(rows_of(tensor, 0, 1));
            if (same_row(row.data(), matrix.row(0), matrix.columns) &&
                load(static_cast<int64_t>(i)).values == matrix.values)
                found.push_back(static_cast<int64_t>(i));
        }
        if (found.size() == 1) return {found[0], 0, matrix.rows, {}};
        if (found.empty()) return {-1, 0, 0, "no tensor of the checkpoint has these values"};
        return {-1, 0, 0,
                format("'{}' and '{}' of the checkpoint both have these values", (*this)[found[0]].name,
                       (*this)[found[1]].name)};
    }

    const std::vector<graph::NamedTensor>& all_;
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
        const Found found = tensors_.find(matrix, names);
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
    Tensors tensors_;
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
