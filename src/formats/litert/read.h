// LiteRT models (.tflite) read into a graph: the first subgraph, for the builtin operators that we write and those near
// them. Images are turned to NCHW around each operator that looks at them, with transposes that later passes take out.
// Quantised tensors become quantize_linear and dequantize_linear around f32 arithmetic; where the runtime quantises
// activations as it goes (i8 weights, f32 activations), the graph computes with the widened weights.
#pragma once
#include "formats/format.h"

namespace lathe::formats::litert {

Match match(ByteSpan file, std::string_view path);
// Weights are views of the file. Errors begin with the path and say which operator of which tensor is not understood.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

}  // namespace lathe::formats::litert
