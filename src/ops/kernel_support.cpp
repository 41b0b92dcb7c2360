#include "ops/kernel_support.h"

#include <algorithm>

namespace lathe::ops {

using graph::Dim;
using graph::Dims;
using graph::EvalContext;
using graph::InferContext;

Status same_shape(InferContext& c) {
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

Status broadcast_shapes(InferContext& c, DType dtype) {
    Dims shape = c.shape(0);
    for (int i = 1; i < c.inputs(); ++i)
        if (c.has(i)) {
            TRY(shape, graph::broadcast(shape, c.shape(i)));
        }
    c.output(0, dtype, std::move(shape));
    return {};
}

Result<Shape> broadcast_shapes(const EvalContext& c) {
    Shape shape = c.in(0).shape();
    for (int i = 1; i < c.inputs(); ++i)
        if (c.has(i)) {
            TRY(shape, graph::broadcast(shape, c.in(i).shape()));
        }
    return shape;
}

Shape broadcast_strides(const Shape& from, const Shape& to) {
    const Shape own = row_major_strides(from);
    Shape strides(to.size(), 0);
    const size_t lead = to.size() - from.size();
    for (size_t i = 0; i < from.size(); ++i)
        if (from[i] != 1) strides[lead + i] = own[i];
    return strides;
}

template <class T>
std::vector<T> values_of(const Tensor& x, const Shape& shape) {
    std::vector<T> values = values_of<T>(x);
    if (x.shape() == shape) return values;
    std::vector<T> result;
    result.reserve(static_cast<size_t>(element_count(shape)));
    walk_strided(shape, broadcast_strides(x.shape(), shape),
                 [&](int64_t at) { result.push_back(values[static_cast<size_t>(at)]); });
    return result;
}

template std::vector<double> values_of(const Tensor& x, const Shape& shape);
template std::vector<int64_t> values_of(const Tensor& x, const Shape& shape);

FloatView::FloatView(const Tensor& x) : kept_(x) {
    if (x.dtype() == DType::kF32) {
        values_ = kept_.values<float>();
        return;
    }
    decoded_.resize(static_cast<size_t>(x.count()));
    decode_floats(x.dtype(), x.bytes(), decoded_);
    values_ = decoded_;
}

void combine_contents(InferContext& c, CombineDims combine) {
    const auto &a = c.contents(0), &b = c.contents(1);
    if (!a || !b || c.rank(0) > 1 || c.rank(1) > 1 || a->empty() || b->empty()) return;
    Dims result;
    for (size_t i = 0; i < std::max(a->size(), b->size()); ++i) {
        const auto dim = combine((*a)[a->size() == 1 ? 0 : i], (*b)[b->size() == 1 ? 0 : i]);
        if (!dim) return;
        result.push_back(*dim);
    }
    c.output_contents(0, std::move(result));
}

}  // namespace lathe::ops
