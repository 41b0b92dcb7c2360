// ncnn networks (.param, text or binary, with the .bin beside it) read into a graph: the layers that we write and those
// near them. ncnn has no batch axis; every value of the graph has one of size 1 in front, so that inputs and outputs are
// those of other formats. Weights of f16 are widened where they are used; products of i8 codes become quantize_linear and
// dequantize_linear around f32 arithmetic.
#pragma once
#include "formats/format.h"

namespace lathe::formats::ncnn {

Match match(ByteSpan file, std::string_view path);
// Weights are views of the .bin file. Errors begin with the path and say which layer is not understood. The second form
// takes the shapes of inputs whose sizes the file leaves open.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);
Result<graph::Checkpoint> read_with(const SharedBytes& file, const std::string& path,
                                    const OpenOptions& options);

// The same from memory: `param` as text or binary, `bin`: the weights.
Result<graph::Graph> read_network(ByteSpan param, const SharedBytes& bin, const OpenOptions& options = {});

}  // namespace lathe::formats::ncnn
