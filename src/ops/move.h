// What operators that move elements share: elements are copied by their size in bytes, whatever their type, and what is
// known of the contents of small integer tensors moves along.
#pragma once
#include <cstring>

#include "graph/contexts.h"

namespace lathe::ops {

// Types whose elements are whole bytes. Packed 4-bit types can be reshaped, but their elements are not moved one by one.
inline constexpr graph::TypeSet kMovableTypes =
    graph::kAllTypes & ~graph::types(DType::kF4E2M1, DType::kI4, DType::kU4, DType::kString);
inline constexpr graph::TypeSet kI64 = graph::type_bit(DType::kI64);
inline constexpr graph::TypeSet kReshapableTypes = graph::kAllTypes & ~graph::types(DType::kString);

inline size_t element_bytes(DType dtype) { return static_cast<size_t>(bits_of(dtype) / 8); }

inline bool negative(const graph::Dim& size) { return size.is_constant() && *size.constant() < 0; }
inline double no_flops(const graph::CostContext&) { return 0; }

// A shape that a kernel is about to allocate. Errors: a negative size, or more bytes than a kernel should ever make.
Status check_result(DType dtype, const Shape& shape);

// Calls visit(index) for every index of `shape`, the last axis fastest; `index` is one vector that changes.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
    Shape index(shape.size(), 0);
    for (int64_t left = element_count(shape); left > 0; --left) {
        visit(std::as_const(index));
        for (size_t axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < shape[axis]) break;
            index[axis] = 0;
        }
    }
}

// A tensor of x's type and the given shape, whose element at `index` is x's element number from(index), row-major; where
// that is negative it is the element that `fill` points to.
template <class From>
Tensor select(const Tensor& x, const Shape& shape, From from, const std::byte* fill = nullptr) {
    TensorBuilder builder(x.dtype(), shape);
    const size_t size = element_bytes(x.dtype());
    std::byte* to = builder.bytes().data();
    const std::byte* data = x.bytes().data();
    for_each_index(shape, [&](const Shape& index) {
        const int64_t at = from(index);
        std::memcpy(to, at < 0 ? fill : data + static_cast<size_t>(at) * size, size);
        to += size;
    });
    return builder.finish();
}

// A tensor of x's type whose element at [i, j, …] is x's element [from[0][i], from[1][j], …], with one list for each axis
// of x; where one of these is negative it is the element that `fill` points to.
Tensor select_each(const Tensor& x, const std::vector<graph::Ints>& from, const std::byte* fill = nullptr);
// Where the elements of a padded x come from: a list for each axis, -1 for the constant. c: the node with its operands
// but the first, of which only the shape is looked at. Errors: as pad's.
Result<std::vector<graph::Ints>> pad_sources(graph::EvalContext& c, const Shape& x);
// 0, 1, …, size - 1.
graph::Ints all_of_axis(int64_t size);

// The value of `name` as the plain numbers of an attribute or operand; one value.
Result<int64_t> single_int(graph::EvalContext& c, std::string_view name);
// The same while inferring: nothing when it is not known yet. Errors: more or fewer values than one.
Result<std::optional<graph::Dim>> single_dim(graph::InferContext& c, std::string_view name);

// Length of the operand `name`, a list. Errors: no list, or a length that is not known before the graph runs.
Result<int64_t> list_length(graph::InferContext& c, std::string_view name);
graph::Dims unknown_dims(graph::InferContext& c, int64_t count, std::string_view hint);

// Gives the results the contents that follow from those of the operands [0, moved), whose elements the operator moves;
// the other operands must be known numbers. Runs the operator's own kernel on the elements' positions. To be called
// after the results' shapes are set; does nothing where contents are not known.
void follow_contents(graph::InferContext& c, int moved = 1);

}  // namespace lathe::ops
