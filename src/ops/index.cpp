#include "ops/index.h"

namespace lathe::ops {

using graph::Ints;

Result<Ints> normal_indices(const Tensor& indices, int64_t size) {
    Ints result = indices.to_ints();
    for (int64_t& index : result) {
        if (index < -size || index >= size)
            return fail("the index {} is outside [-{}, {})", index, size, size);
        if (index < 0) index += size;
    }
    return result;
}

Result<Ints> block_starts(const Shape& x, const Tensor& indices, int batch) {
    const Shape strides = row_major_strides(x);
    const Ints numbers = indices.to_ints();
    const auto depth = static_cast<size_t>(indices.dim(-1));
    int64_t batches = 1;
    for (int i = 0; i < batch; ++i) batches *= x[i];
    const size_t tuples = depth == 0 ? 0 : numbers.size() / depth;
    const int64_t batch_size = batch == 0 ? 0 : strides[batch - 1];
    Ints starts(tuples);
    for (size_t t = 0; t < tuples; ++t) {
        starts[t] = static_cast<int64_t>(t) / (static_cast<int64_t>(tuples) / batches) * batch_size;
        for (size_t i = 0; i < depth; ++i) {
            const int64_t index = numbers[t * depth + i], size = x[batch + i];
            if (index < -size || index >= size)
                return fail("the index {} is outside [-{}, {})", index, size, size);
            starts[t] += (index < 0 ? index + size : index) * strides[batch + i];
        }
    }
    return starts;
}

}  // namespace lathe::ops
