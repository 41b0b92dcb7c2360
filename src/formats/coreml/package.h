// Packages (.mlpackage): a folder with a manifest that says what is in it. Source: coremltools,
// modelpackage/src/ModelPackage.cpp.
//
//   Manifest.json                                what lies where, by identifiers
//   Data/com.apple.CoreML/model.mlmodel          the message Model
//   Data/com.apple.CoreML/weights/weight.bin     its large constants
#pragma once
#include "formats/coreml/model.h"
#include "formats/coreml/write.h"

namespace lathe::formats::coreml {

inline constexpr std::string_view kManifest = "Manifest.json";

// Operations whose results nobody needs, taken out.
void drop_unused(Program& program);

// Identifiers are made from the contents, so that equal models are equal packages. Everything is written to files that
// have no name yet; the folder is put together at the end. Errors: those of the files.
Status write_package(Model& model, const std::string& path, Written& written);

// Where the model lies in a package, by its manifest: a path within the folder. Errors: no manifest of a package; a path
// that leads out of it.
Result<std::string> model_in(std::string_view manifest);

}  // namespace lathe::formats::coreml
