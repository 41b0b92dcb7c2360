// What rides in a .tflite file beside the network, and weights as 8-bit codes.
#pragma once
#include "formats/litert/model.h"

namespace lathe::formats::litert {

inline constexpr std::string_view kGraphMetadata = "lathe";  // Graph::metadata as a JSON object

std::vector<Metadata> metadata_of(const graph::Graph& graph);

// Makes the constant (f32) one that is stored as i8: code = round(w / scale), scale = max|w| / 127 for each index of
// `axis`.
void quantise_weight(TensorInfo& weight, int axis);

}  // namespace lathe::formats::litert
