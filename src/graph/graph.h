// Graph: a network as a list of operators in order. A Graph is a value: passes take one and return one; weights are
// shared immutable storage, so copies are cheap.
//
// Every Value has a unique name, a dtype and a shape whose dimensions may hold symbols. It is one of: an input of the
// graph, a constant (weight), or a result of exactly one node. Nodes are kept in an order in which every operand comes
// before its use. An absent optional operand is kNoValue.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/attr.h"
#include "graph/op_def.h"

namespace lathe::graph {

enum class ValueId : uint32_t {};
inline constexpr ValueId kNoValue{0xffffffff};

struct Value {
    std::string name;
    DType dtype = DType::kF32;
    Dims shape;
    std::optional<Tensor> constant;  // weights: dtype and shape repeat the tensor's
    // What is known of the elements of a small integer vector or scalar that holds sizes (the result of shape_of and of
    // arithmetic on it), row-major. Nothing: not known before the graph runs.
    std::optional<Dims> contents;
};

struct Node {
    const OpDef* op = nullptr;
    std::string name;  // for messages and profiles; need not be unique
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;  // kNoValue for an optional result that nobody uses
    Attrs attrs;  // complete: defaults are filled in when a node is added
    // Names that the shape rule made up for sizes that only the run will tell, in the order in which it asks for them.
    // Kept, so that running the rule again gives the same shapes.
    std::vector<std::string> unknown_sizes;
};

struct Graph {
    std::string name;
    std::vector<Value> values;
    std::vector<Node> nodes;
    std::vector<ValueId> inputs;
    std::vector<ValueId> outputs;
    std::map<std::string, std::string> metadata;  // model-level notes that formats carry along

    Value& operator[](ValueId id) { return values[static_cast<size_t>(id)]; }
    const Value& operator[](ValueId id) const { return values[static_cast<size_t>(id)]; }
    ValueId find(std::string_view name) const;  // kNoValue when there is none; linear
    ValueId add_value(Value value);  // gives the value a fresh name when its name is taken or empty
    ValueId add_constant(std::string_view name, Tensor tensor);

private:
    std::map<std::string, int, std::less<>>
        names_;  // of values added through add_value, and how many variants each has
};

// Appends a node and its result values: checks operand count and types and the attributes, fills in defaults and runs
// the shape rule. `output_names` may be shorter than the results (or empty); missing ones are made from the op's name.
// Returns the index of the node. Errors name the operator and the operand or attribute.
Result<size_t> add_node(Graph& graph, const OpDef& op, std::vector<ValueId> inputs, Attrs attrs,
                        std::vector<std::string> output_names = {}, std::string node_name = {});

// Gives the sizes that the rule of the last added node made up for one of its results the names that they have in
// `declared` (a shape that was written down before). Errors: the shapes differ in more than such names.
Status adopt_sizes(Graph& graph, size_t node, size_t result, const Dims& declared);

// Runs the shape rule of every node again, after shapes of inputs or attributes changed.
Status infer_again(Graph& graph);

// Everything that a legal graph must fulfil: unique names, order, operand counts and types, attributes, shapes as the
// rules say, constants that match their type. Errors name the node.
Status verify(const Graph& graph);

// Drops nodes whose results nobody needs, then values that nobody mentions. Inputs of the graph stay.
Graph without_dead_code(Graph graph);

// Which nodes use each value (graph outputs not counted), and which node makes it (-1: none).
struct Uses {
    std::vector<std::vector<size_t>> users;
    std::vector<int64_t> producer;
};
Uses uses_of(const Graph& graph);

// Makes every node and graph output that mentions `old` mention `fresh` instead.
void replace_uses(Graph& graph, ValueId old, ValueId fresh);

// replace_uses, and when `old` was an output of the graph, `fresh` also takes its name (and gives its own away).
void substitute(Graph& graph, ValueId old, ValueId fresh);

// Sorts the nodes so that operands come before uses; keeps the order otherwise. Errors: a cycle, naming a node in it.
Status sort_nodes(Graph& graph);

int64_t parameter_count(
    const Graph& graph);  // elements of all floating-point (or quantised) constants of rank >= 1
int64_t constant_bytes(const Graph& graph);
std::vector<std::string> symbols_of(const Graph& graph);  // of the inputs, in order

}  // namespace lathe::graph
