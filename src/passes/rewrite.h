// What passes that recognise operators in decomposed graphs have in common: who makes a value, constants as numbers, and
// putting one value in place of another with the nodes that only served the old one.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace lathe::passes {

class Rewrite {
public:
    explicit Rewrite(graph::Graph graph);
    graph::Graph finish() &&;  // sorted, without dead nodes

    const graph::Graph& graph() const { return graph_; }
    // Results of the nodes of the graph as it came, the last first, so that whoever takes in most comes first. Those of
    // more than one result, and those that a replacement left behind, are not among them.
    template <class F>
    void for_each_result(F f) {
        for (size_t n = graph_.nodes.size(); n-- > 0;) {
            const graph::Node& node = graph_.nodes[n];
            if (!dead_[n] && node.outputs.size() == 1 && node.outputs[0] != graph::kNoValue)
                f(node.outputs[0]);
        }
    }

    // The node that makes the value, where it is that operator and the value its only result; else nullptr. Valid until
    // `add`, as every reference into the graph.
    const graph::Node* maker(graph::ValueId value, std::string_view op) const;
    const graph::Node* maker(graph::ValueId value) const;
    const graph::Node* producer(graph::ValueId value) const;  // that node, with any number of results
    size_t users(graph::ValueId value) const;  // the caller of the graph counts as one
    std::vector<graph::ValueId> results_of_users(graph::ValueId value, std::string_view op) const;

    const graph::Dims& shape(graph::ValueId value) const { return graph_[value].shape; }
    const Tensor* constant(graph::ValueId value) const;  // nullptr: none
    std::optional<double> number(graph::ValueId value) const;  // of a constant with one element
    // A list that is an attribute or a constant operand of that name; nothing: not known, or not plain numbers.
    std::optional<graph::Ints> ints(const graph::Node& node, std::string_view name) const;
    // One value, or results of equal nodes on the same operands.
    bool same(graph::ValueId a, graph::ValueId b) const;

    // Whether `root` follows from `leaves` and constants, and nobody but it needs what lies between.
    bool closed(graph::ValueId root, std::span<const graph::ValueId> leaves) const;

    // A new node's result, kNoValue where its shape rule refuses.
    graph::ValueId add(std::string_view op, std::vector<graph::ValueId> inputs, graph::Attrs attrs,
                       std::string_view name);
    graph::ValueId add_constant(std::string_view name, Tensor tensor);
    // Everybody who needs `root` gets `fresh`; what served only `root` goes. False, and nothing changes, where types or
    // shapes differ.
    bool replace(graph::ValueId root, graph::ValueId fresh);

private:
    void drop(graph::ValueId value);  // its maker, when nobody needs it, and what that alone needed

    graph::Graph graph_;
    std::vector<std::vector<size_t>> users_;  // of values, once for each operand
    std::vector<int64_t> maker_;
    std::vector<bool> dead_;  // of nodes
    std::vector<int> asked_;  // of values: how often they are outputs of the graph
};

// base * scale + offset, by numbers.
struct Affine {
    graph::ValueId base = graph::kNoValue;
    double scale = 1, offset = 0;
};
// Taken apart as far as that goes, but not beyond `stop`.
Affine affine(const Rewrite& rewrite, graph::ValueId value, graph::ValueId stop = graph::kNoValue);

// c[0] + c[1] x + c[2] x² + c[3] x³; nothing: the value is no such thing of x.
using Cubic = std::array<double, 4>;
std::optional<Cubic> cubic(const Rewrite& rewrite, graph::ValueId value, graph::ValueId x);

// A product as number * values; values that somebody else needs too stay whole.
struct Factors {
    double number = 1;
    std::vector<graph::ValueId> values;
};
Factors factors(const Rewrite& rewrite, graph::ValueId root);

// Constants that were rounded to f32, and written with 7 digits.
bool close(double value, double wanted);

}  // namespace lathe::passes
