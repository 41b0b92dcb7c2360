// Core ML packages (.mlpackage, by the folder or its manifest) and specifications (.mlmodel) with an ML program.
#pragma once
#include "formats/format.h"

namespace lathe::formats::coreml {

Match match(ByteSpan file, std::string_view path);
// The program as a graph. Errors: a model that is no ML program; operators that are not supported, naming them.
Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path);

// The program of a parsed model, whose large constants are in `weights`.
struct Model;
Result<graph::Graph> import_model(const Model& model, const SharedBytes& weights);

}  // namespace lathe::formats::coreml
