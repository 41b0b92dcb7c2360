// KataGo's own network files, versions 3 to 17: `.bin`, `.bin.gz`, `.txt`, `.txt.gz`, and bare `.gz` (binary or text).
// Content: whitespace-separated words; every block of floats is either "@BIN@" and little-endian binary32 values, or
// decimal words. How many there are follows from the sizes in front of it. Source: KataGo, cpp/neuralnet/desc.cpp and
// python/export_model_pytorch.py.
//
// In a Checkpoint ("katago"):
//   metadata  the network's description, one object a record in the file's own order; numbers as in the file, words as
//             in the file ("ACTIVATION_MISH", "ordinary_block"). layout.cpp spells out every member.
//   tensors   f32, named by the path of their record in the description: "trunk.blocks.0.normactconv1.conv.weight".
//             The bytes keep the file's order (y, x, ic, oc); the tensors are views of them as
//               convolution  weight [oc, ic, y, x]
//               matrix       weight [in, out]             y = x · weight
//               bias         bias [C]
//               norm         mean, variance [C]; scale, bias [C] where the file has them
//               rms norm     weight [C] (inside blocks); gamma, beta [C] (trunk tip)
//               rotary       rope_freqs.weight [kv heads, pairs, 2] (radians a step in x, in y)
// A compressed file is inflated straight into one storage for each block of floats; the whole is never held twice.
#pragma once
#include <string>

#include "formats/format.h"

namespace lathe::formats {

Match match_katago(ByteSpan file, std::string_view path);

// Errors: not such a file; cut off; a version below 3 or above 17; sizes that contradict one another or the file's
// size; a reserved header value that is not 0; a NaN or infinite weight. All name the layer.
Result<graph::Checkpoint> read_katago(const SharedBytes& file, const std::string& path);

// Writes a Checkpoint of the form above. The end of `path` chooses binary (.bin), text (.txt), and compression (.gz);
// bare .gz is binary. Reading a file that KataGo's exporter wrote and writing it again gives the same bytes (before
// compression). Errors: another ending; a member or tensor that the layout needs and the checkpoint lacks; those of
// the reader; those of OutputFile.
Status write_katago(const graph::Checkpoint& checkpoint, const std::string& path);

}  // namespace lathe::formats
