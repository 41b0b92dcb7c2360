// Sizes in exported programs: expressions of SymPy, as str() prints them ("2*s0 + 1", "(s0//2)", "Max(1, s0)") or as
// srepr() does ("Add(Mul(Integer(2), Symbol('s0', integer=True)), Integer(1))").
#pragma once
#include "graph/dim.h"

namespace lathe::formats::torch_export {

// Errors: something else, what Dim cannot say (fractions, floats), nesting deeper than 100.
Result<graph::Dim> parse_expression(std::string_view text);

}  // namespace lathe::formats::torch_export
