#include "graph/checkpoint.h"

#include <algorithm>

namespace lathe::graph {

const Tensor* Checkpoint::find(std::string_view name) const {
    const auto it = std::ranges::find(tensors, name, &NamedTensor::name);
    return it == tensors.end() ? nullptr : &it->tensor;
}

}  // namespace lathe::graph
