// The writer's inner parts: nodes and tensors as messages.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "wire/protobuf.h"

namespace lathe::formats::onnx {

// Small constants that stand for attributes of rows which are inputs in ONNX; equal ones are made once.
class SmallConstants {
public:
    void reserve(const std::string& name) { taken_.insert(name); }  // a name that is in use
    std::string name_of(const Tensor& tensor, const std::string& hint);
    const std::vector<std::pair<std::string, Tensor>>& all() const { return all_; }

private:
    std::set<std::string, std::less<>> taken_;
    std::map<std::string, std::string> names_;  // type, shape and bytes -> name
    std::vector<std::pair<std::string, Tensor>> all_;
};

// Adds the NodeProtos of one node to a GraphProto. The node has a usable cell.
// used: which values somebody needs. Errors: an operand that must be a constant and is none.
Status export_node(const graph::Graph& graph, const graph::Node& node, int opset,
                   const std::vector<bool>& used, SmallConstants& constants,
                   wire::ProtoWriter& graph_message);

// What a table cannot say: changes the attributes of an ONNX node before they are written.
using NamedAttrs = std::vector<std::pair<std::string, graph::Attr>>;
using SpecialExport = Status (*)(const graph::Node& node, int opset, NamedAttrs& attributes);
SpecialExport find_special_export(std::string_view row);  // nullptr: none

// Whether the storage is the row-major bytes, be their address odd or not (a view of a file).
bool is_dense(const Tensor& tensor);
// Fields of a TensorProto but its data.
void tensor_header(wire::ProtoWriter& message, const std::string& name, const Tensor& tensor);
// A whole one; the bytes are borrowed, or, for strided tensors, made when they are written.
wire::ProtoWriter tensor_message(const std::string& name, const Tensor& tensor);

}  // namespace lathe::formats::onnx
