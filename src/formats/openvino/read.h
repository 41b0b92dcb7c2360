// OpenVINO's intermediate representation (.xml with .bin beside it), versions 10 and 11, read into a graph: the operations
// that we write and those near them. FakeQuantize becomes quantize_linear and dequantize_linear where its range is that of
// 8-bit codes, and arithmetic that says the same elsewhere.
#pragma once
#include "formats/format.h"

namespace lathe::formats::openvino {

Match match(ByteSpan file, std::string_view path);
// Weights are views of the .bin file. Errors begin with the path and name the layer that is not understood; all
// unsupported operations are named at once.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

}  // namespace lathe::formats::openvino
