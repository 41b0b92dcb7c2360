// View: where the elements of a value lie: a buffer of the plan, and strides. Operators that only move indices (transpose,
// slice, split, expand, most reshapes) make another view and no step.
#pragma once
#include <optional>
#include <vector>

#include "tensor/shape.h"

namespace lathe::run::cpu {

// Axes from the slowest to the fastest in memory.
using Order = std::vector<size_t>;

struct View {
    size_t buffer = 0;
    int64_t offset = 0;  // all in elements
    Shape shape, strides;

    size_t rank() const { return shape.size(); }
};

Order row_major(size_t rank);
Order channels_last(size_t rank);  // batch, places, channels: [N, C, …] in images
Order with_last(Order order, size_t axis);  // the same with `axis` the fastest

// Elements next to each other in that order, without gaps; axes of size 1 may be anywhere.
Shape dense_strides(const Shape& shape, const Order& order);
bool is_dense(const View& view, const Order& order);
// The order in which the view is dense, or nothing. Axes of size 1 keep their place among the others as well as they can.
std::optional<Order> dense_order(const View& view);

// The view with another shape, where its strides allow that without moving an element.
std::optional<View> reshaped(const View& view, const Shape& shape);
// [batch, positions, heads * size] as [batch, heads, positions, size], where the strides allow that.
std::optional<View> by_heads(const View& view, int64_t heads);
// The view repeated to `shape`, as NumPy broadcasts: strides 0 along what is repeated.
View broadcast_to(const View& view, const Shape& shape);

}  // namespace lathe::run::cpu
