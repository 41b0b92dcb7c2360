// A parsed model -> a graph: inputs, weights, nodes in order, functions and known branches put in place, outputs.
#pragma once
#include "formats/onnx/messages.h"
#include "formats/onnx/read.h"
#include "formats/onnx/tensor_message.h"

namespace lathe::formats::onnx {

Result<graph::Graph> import_graph(const ModelMessage& model, DataSource& source, const ReadOptions& options);

}  // namespace lathe::formats::onnx
