// The reader's inner parts: one ONNX node on its way into a graph.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/known_tensor.h"
#include "formats/onnx/cell_map.h"
#include "formats/onnx/messages.h"
#include "formats/onnx/tensor_message.h"
#include "graph/contexts.h"

namespace lathe::formats::onnx {

using graph::Attr;
using graph::Attrs;
using graph::AttrType;
using graph::Graph;
using graph::kNoValue;
using graph::ValueId;

// An attribute as the type that a row wants. Errors: another type, a value outside its meaning.
Result<Attr> to_attr(const Attribute& attribute, AttrType type, DataSource& source);

// inputs: what the node's inputs are in the graph, absent ones kNoValue. A handler leaves the results in `results`, one
// for every output of the node that is wanted.
struct NodeImport {
    Graph& graph;
    DataSource& source;
    const Node& node;
    int opset;
    std::string prefix;  // of names made here (inside functions)
    std::vector<ValueId> inputs;
    std::vector<ValueId> results;

    bool has(size_t i) const { return i < inputs.size() && inputs[i] != kNoValue; }
    // Attributes of the ONNX node, with the value that its absence means.
    Result<int64_t> integer(std::string_view name, int64_t absent) const;
    Result<double> number(std::string_view name, double absent) const;
    Result<std::vector<int64_t>> integers(std::string_view name) const;  // absent: empty
    std::string_view text(std::string_view name, std::string_view absent) const;

    // Adds a node of a row. `last`: its results are the ONNX node's and take its outputs' names.
    Result<std::vector<ValueId>> add(std::string_view op, std::vector<ValueId> operands, Attrs attrs,
                                     bool last);
    // The only result of an inner node.
    Result<ValueId> inner(std::string_view op, std::vector<ValueId> operands, Attrs attrs = {});
    // The last node.
    Status finish(std::string_view op, std::vector<ValueId> operands, Attrs attrs = {});
    ValueId constant(std::string_view hint, Tensor tensor);
};

// Brings a node in through a row's cell read backwards.
Status import_by_row(NodeImport& import, const RowCell& row);

// What a table cannot say: ONNX operators without a row, or older meanings of those with one.
using Special = Status (*)(NodeImport&);
Special find_special(std::string_view op_type, int opset);  // nullptr: none

}  // namespace lathe::formats::onnx
