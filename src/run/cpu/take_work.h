// Elements taken by tables: for each axis a list of where the result's elements come from.
#pragma once
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

// For each axis: which element of x stands where in the result, -1 for the fill; or nothing where the axis stays as it is.
using AxisSources = std::vector<std::optional<graph::Ints>>;

// A step that takes them. Nothing: x is too large for the tables' 32 bits.
// fill: one element's bytes; may be empty where nothing is -1.
std::optional<View> take_by_axes(Lowering& lowering, const Group& group, View x, DType dtype,
                                 const AxisSources& sources, const SharedBytes& fill);

// An axis of a dense value in memory: `outer` slices of `size` rows of `inner` elements.
struct AxisPlace {
    int64_t outer = 1, size = 1, inner = 1;
};
AxisPlace place_of(const Shape& shape, const Order& order, size_t axis);

// How many pieces `rows` of so many bytes are cut into for tasks, where there are `slices` of them.
size_t pieces_of(size_t rows, size_t row_bytes, size_t slices);

}  // namespace lathe::run::cpu
