// The nodes of one ONNX graph in an order in which every operand comes before its use, without those that nobody needs.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "formats/onnx/messages.h"

namespace lathe::formats::onnx {

// Names that the node reads, those that its subgraphs take from outside included (and perhaps some of their own).
// Errors: a subgraph that does not parse.
Result<std::vector<std::string>> names_read(const Node& node);

// Keeps the file's order where it can. Errors: a value made twice; a cycle, naming a node in it.
Result<std::vector<Node>> ordered_nodes(std::vector<Node> nodes, std::span<const std::string> wanted);

}  // namespace lathe::formats::onnx
