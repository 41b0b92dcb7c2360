#include "formats/torch/storage.h"

#include <algorithm>
#include <numeric>

namespace lathe::formats::torch {
namespace {

// Whether the elements fill their storage without gaps and without sharing.
bool fills_storage(const Tensor& tensor) {
    if (tensor.contiguous()) return true;
    std::vector<size_t> axes(tensor.shape().size());
    std::iota(axes.begin(), axes.end(), 0);
    std::erase_if(axes, [&](size_t i) { return tensor.shape()[i] == 1; });
    std::ranges::sort(axes, {}, [&](size_t i) { return tensor.strides()[i]; });
    int64_t next = 1;
    for (const size_t i : axes) {
        if (tensor.strides()[i] != next) return false;
        next *= tensor.shape()[i];
    }
    return tensor.storage().size() == static_cast<size_t>(tensor.size_bytes());
}

}  // namespace

Shape stored_strides(const Tensor& tensor) {
    return !tensor.contiguous() && fills_storage(tensor) ? tensor.strides()
                                                         : row_major_strides(tensor.shape());
}

wire::Pieces stored_bytes(const Tensor& tensor) {
    wire::Pieces pieces;
    if (fills_storage(tensor)) pieces.borrow(tensor.storage());
    else
        pieces.make_later(static_cast<uint64_t>(tensor.size_bytes()),
                          [tensor]() -> Result<SharedBytes> { return tensor.to_contiguous().storage(); });
    return pieces;
}

}  // namespace lathe::formats::torch
