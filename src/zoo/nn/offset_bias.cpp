#include "zoo/nn/offset_bias.h"

#include <cstdlib>

namespace lathe::zoo::nn {

Tensor offset_index(Size2 keys, int64_t stride) {
    std::vector<int64_t> index;
    for (int64_t y = 0; y < keys.h; y += stride)
        for (int64_t x = 0; x < keys.w; x += stride)
            for (int64_t ky = 0; ky < keys.h; ++ky)
                for (int64_t kx = 0; kx < keys.w; ++kx)
                    index.push_back(std::abs(y - ky) * keys.w + std::abs(x - kx));
    const int64_t count = keys.h * keys.w;
    return tensor_from_ints(DType::kI64, {static_cast<int64_t>(index.size()) / count, count}, index);
}

}  // namespace lathe::zoo::nn
