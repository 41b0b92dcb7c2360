// What shape rules and reference kernels share: broadcasting, and elements as the numbers that kernels compute in.
// A kernel computes in double (floating-point types), or exactly in int64 (integers and bool; u64 as its bit pattern),
// and rounds once, when its result is stored.
#pragma once
#include <algorithm>
#include <concepts>
#include <span>
#include <vector>

#include "graph/contexts.h"

namespace lathe::ops {

// Shape rules.
// Two sizes that are numbers, and not the same.
inline bool surely_differ(const graph::Dim& a, const graph::Dim& b) {
    return a.is_constant() && b.is_constant() && a != b;
}
Status same_shape(graph::InferContext& c);  // result 0 is like operand 0
Status broadcast_shapes(graph::InferContext& c, DType dtype);  // result 0: what all operands broadcast to

// The shape that all operands broadcast to. Errors: sizes that cannot agree.
Result<Shape> broadcast_shapes(const graph::EvalContext& c);
// Strides, in elements, with which a row-major tensor of shape `from` is read as `to`: 0 along repeated axes.
// `from` broadcasts to `to`.
Shape broadcast_strides(const Shape& from, const Shape& to);

// Calls visit(offset) for every index of `shape` in row-major order, where offset is its product with `strides`.
template <class Visit>
void walk_strided(const Shape& shape, const Shape& strides, Visit visit) {
    if (shape.empty()) {
        visit(int64_t{0});
        return;
    }
    const size_t last = shape.size() - 1;
    const int64_t count = element_count(shape), inner = shape[last], step = strides[last];
    Shape index(shape.size(), 0);
    int64_t offset = 0;
    for (int64_t done = 0; done < count; done += inner) {
        for (int64_t i = 0; i < inner; ++i) visit(offset + i * step);
        for (size_t axis = last; axis-- > 0;) {
            offset += strides[axis];
            if (++index[axis] < shape[axis]) break;
            offset -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

// Elements in row-major order as T = double or int64_t.
template <std::same_as<double> T>
std::vector<double> values_of(const Tensor& x) {
    return x.to_doubles();
}
template <std::same_as<int64_t> T>
std::vector<int64_t> values_of(const Tensor& x) {
    return x.to_ints();
}
// The same, repeated to `shape`, to which x broadcasts.
template <class T>
std::vector<T> values_of(const Tensor& x, const Shape& shape);

inline Tensor tensor_from(DType dtype, Shape shape, std::span<const double> values) {
    return tensor_from_doubles(dtype, std::move(shape), values);
}
inline Tensor tensor_from(DType dtype, Shape shape, std::span<const int64_t> values) {
    return tensor_from_ints(dtype, std::move(shape), values);
}

// Elements as floats, for kernels whose inner loop reads them often: f32 tensors are viewed in place, other types of up
// to 32 bits are decoded once (exactly, but for i32 and u32).
class FloatView {
public:
    explicit FloatView(const Tensor& x);
    std::span<const float> values() const { return values_; }
    const float* data() const { return values_.data(); }

private:
    Tensor kept_;
    std::vector<float> decoded_;
    std::span<const float> values_;
};

// Whether operands of the dtype are computed in double (else in int64).
inline bool computes_in_double(DType dtype) { return is_float(dtype); }

// Result 0 is function(v), of a double, for every element v of operand 0, of the same dtype.
template <class Function>
Status map_doubles(graph::EvalContext& c, Function function) {
    constexpr int64_t kBlock =
        1024;  // elements that stay in the nearest cache, and whole bytes of every type
    const Tensor& x = c.in(0);
    TensorBuilder builder(x.dtype(), x.shape());
    double values[kBlock];
    for (int64_t from = 0; from < x.count(); from += kBlock) {
        const std::span<double> block(values, static_cast<size_t>(std::min(kBlock, x.count() - from)));
        const auto start = static_cast<size_t>(bytes_of(x.dtype(), from));
        decode_doubles(x.dtype(), x.bytes().subspan(start), block);
        for (double& v : block) v = function(v);
        encode_doubles(x.dtype(), block, builder.bytes().subspan(start));
    }
    c.output(0, builder.finish());
    return {};
}

// What is known of the contents of result 0 when it is made element by element from those of operands 0 and 1.
// Nothing unless both are known and `combine` gives an answer for every element.
using CombineDims = std::optional<graph::Dim> (*)(const graph::Dim& a, const graph::Dim& b);
void combine_contents(graph::InferContext& c, CombineDims combine);

}  // namespace lathe::ops
