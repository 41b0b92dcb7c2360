// TFLite's own description of a model, which Android's tools, the Task Library and ML Kit read: what the tensors are, how
// images are prepared, which file names the classes. A FlatBuffer in the file's metadata under "TFLITE_METADATA"; the files
// that it names are a zip archive behind the model. Source: tflite-support, metadata_schema.fbs (M001, version 1.1.0).
#pragma once
#include <map>

#include "formats/litert/model.h"

namespace lathe::formats::litert {

inline constexpr std::string_view kModelMetadata = "TFLITE_METADATA";
inline constexpr std::string_view kLabels = "labels.txt";  // a class a line

// Notes: those of the graph; "image.size" ("3 224 224"), "image.mean" and "image.std" (of values in 0 … 1, a number for each
// channel or one for all) tell of the first input with four axes; "architecture" names the model. `labels`: the archive
// has kLabels, for the first output.
Result<std::string> model_metadata(const Model& model, const std::map<std::string, std::string>& notes,
                                   bool labels);

// The texts of such a FlatBuffer, by "name", "description", "version", "author" and "license", as far as they are there.
// Errors: offsets that leave it, another identifier.
Result<std::map<std::string, std::string>> read_model_metadata(ByteSpan bytes);

}  // namespace lathe::formats::litert
