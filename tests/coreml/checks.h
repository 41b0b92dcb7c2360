// What can be said of a package without Apple's systems: that its messages are of their schema, and that its operations
// have the parameters that MIL's definitions ask for.
#pragma once
#include <string>

#include "formats/coreml/model.h"

namespace lathe::coreml_data {

// "" or what is wrong: an operation that MIL does not have in that version, a parameter that is missing, unknown or
// computed where it must be constant, a value that is used before it is made, a name that is no identifier or not the
// only one.
std::string program_errors(const formats::coreml::Model& model);

// How the messages of a specification are looked at: "" (by Apple's schema, from the folder that LATHE_COREML_PROTO
// names) or why not by more than their bytes.
std::string schema_missing();
// By protoc: decodes the file, with the schema where there is one, looks for unknown fields and encodes it again. "" or
// what is wrong. Without protoc nothing is looked at.
std::string message_errors(const std::string& specification);
bool have_protoc();

}  // namespace lathe::coreml_data
