// PyTorch's element types by number, as its operators take them (c10/core/ScalarType.h).
#pragma once
#include <cstdint>
#include <optional>

#include "tensor/dtype.h"

namespace lathe::formats::torch {

std::optional<DType> dtype_of_scalar_type(int64_t code);  // nothing: quantised, complex32, FNUZ, unknown
int64_t scalar_type_of(DType dtype);                      // -1: PyTorch has none

// torch.result_type: what arithmetic on two types is computed in.
DType promote(DType a, DType b);

// The type that arithmetic on some operands is computed in: tensors of rank 1 and more decide; scalars (tensors of rank
// 0, then plain numbers) count only when they are of a higher kind (bool, integer, float). Source: the documentation of
// torch.result_type.
class TypeVote {
public:
    void tensor(DType dtype, int rank) { add(rank > 0 ? 0 : 1, dtype); }
    void number(DType dtype) { add(2, dtype); }
    std::optional<DType> result() const;

private:
    void add(int level, DType dtype) {
        levels_[level] = levels_[level] ? promote(*levels_[level], dtype) : dtype;
    }
    std::optional<DType> levels_[3];
};

}  // namespace lathe::formats::torch
