// Short ways to write a row's data.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
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

// .cells = cells<Onnx<"Exp">, Litert<"EXP">>: a cell for each format.
template <class... Parts>
inline constexpr graph::Cell cells[] = {Parts::cell...};
template <Literal name, int since = 1>
struct Onnx {
    static constexpr graph::Cell cell = onnx<name, since>[0];
};

// LiteRT's operators by their names in its schema. Arithmetic is f32 there; some operators take integers too, and those
// that only move elements take anything.
inline constexpr graph::TypeSet kLitertNumbers = graph::types(DType::kF32, DType::kI32, DType::kI64);
inline constexpr graph::TypeSet kLitertCodes = graph::types(DType::kI8, DType::kU8, DType::kI32);
template <Literal name, graph::TypeSet taken = graph::type_bit(DType::kF32)>
struct Litert {
    static constexpr graph::Cell cell{.format = "litert", .op = name.view(), .types = taken};
};
template <Literal name>
using LitertNumbers = Litert<name, kLitertNumbers>;
template <Literal name>
using LitertAny = Litert<name, graph::kAllTypes>;

// Core ML's operators by their names in MIL. Floats are f32 or f16 there, and whole numbers i32.
inline constexpr graph::TypeSet kCoremlFloats = graph::types(DType::kF32, DType::kF16);
inline constexpr graph::TypeSet kCoremlNumbers = kCoremlFloats | graph::types(DType::kI32, DType::kI64);
template <Literal name, graph::TypeSet taken = kCoremlFloats>
struct Coreml {
    static constexpr graph::Cell cell{.format = "coreml", .op = name.view(), .types = taken};
};
template <Literal name>
using CoremlNumbers = Coreml<name, kCoremlNumbers>;
template <Literal name>
using CoremlValues = Coreml<name, kCoremlNumbers | graph::kBoolType>;

// ncnn's layers by their names; `parameters`: those that make it this operator, "0=7". Blobs are f32.
template <Literal name, Literal parameters = "">
struct Ncnn {
    static constexpr graph::Cell cell{.format = "ncnn",
                                      .op = name.view(),
                                      .fixed = parameters.view(),
                                      .types = graph::type_bit(DType::kF32)};
};

// .cells = more_cells<kClipCells, Coreml<"clip">>: the row's own cells and more.
template <const auto& base, class... Parts>
inline constexpr auto more_cells = [] {
    std::array<graph::Cell, std::size(base) + sizeof...(Parts)> all{};
    graph::Cell* next = std::ranges::copy(base, all.data()).out;
    ((*next++ = Parts::cell), ...);
    return all;
}();

// OpenVINO's operations by their types in its files; `since`: the operation set that has them as they are written.
template <Literal name, int since = 1>
struct Openvino {
    static constexpr graph::Cell cell{.format = "openvino", .op = name.view(), .since = since};
};

}  // namespace lathe::ops
