// Arithmetic of Python on numbers and sizes.
#pragma once
#include "formats/torch/value.h"

namespace lathe::formats::torch {

// "+", "-", "*", "/", "//", "%", "**" on integers (sizes with symbols too), floats and bools. Unknown where the result
// is a float that depends on a size. Errors: division by zero, other operands.
Result<Value> arithmetic(std::string_view op, const Value& a, const Value& b);
// "==", "!=", "<", "<=", ">", ">=". Unknown where it depends on a size.
Result<Value> comparison(std::string_view op, const Value& a, const Value& b);
// Whether Python takes it for true. Nothing: that is not known before the model runs.
std::optional<bool> truth(const Value& value);
// Number of a float or a known integer or bool.
std::optional<double> known_number(const Value& value);

}  // namespace lathe::formats::torch
