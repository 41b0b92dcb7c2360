// When the values of a method are needed, and where they lie meanwhile.
#pragma once
#include "formats/executorch/program.h"

namespace lathe::formats::executorch {

// Gives every tensor that is computed its place in one memory: bytes are used again as soon as nobody reads what they
// hold. Inputs are there from the beginning, outputs to the end. Sets Method::buffer_bytes.
void plan_memory(Method& method);

// Whether the runtime could run it: every call is of a kernel that we know, with arguments of its kinds; results are no
// constants, and are not overwritten while they are needed; every place lies in its memory.
// Errors: the first call or value that is not so.
Status check_method(const Method& method);

}  // namespace lathe::formats::executorch
