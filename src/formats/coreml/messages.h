// Core ML models as protobuf messages, both ways. Constants in the weight file are only places in it here.
#pragma once
#include "formats/coreml/model.h"
#include "wire/protobuf.h"

namespace lathe::formats::coreml {

// The message Model. Constants with `in_file` have their offsets.
Result<wire::ProtoWriter> to_message(const Model& model);

// Constants in the weight file get type, in_file and offset, without contents; `kind` says what a model holds that is no
// program, whose program is then empty. Errors: not such a message; operations with blocks, other files of weights,
// immediate constants that do not have the elements of their type.
Result<Model> parse_model(ByteSpan bytes);

}  // namespace lathe::formats::coreml
