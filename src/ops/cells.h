// Short ways to write a row's data.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "graph/op_def.h"

namespace lathe::ops {

template <size_t N>
struct Literal {
    char text[N];
    constexpr Literal(const char (&literal)[N]) { std::copy_n(literal, N, text); }  // NOLINT
    constexpr std::string_view view() const { return {text, N - 1}; }
};

// .cells = onnx<"Exp">: one ONNX cell of that name, for every opset, parameters in the same places under the same names.
// .cells = onnx<"Erf", 9>: since that opset.
template <Literal name, int since = 1>
inline constexpr graph::Cell onnx[1] = {{.format = "onnx", .op = name.view(), .since = since}};

}  // namespace lathe::ops
