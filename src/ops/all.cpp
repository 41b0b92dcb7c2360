#include <algorithm>
#include <vector>

#include "base/check.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

std::vector<const OpDef*> collect() {
    std::vector<const OpDef*> rows;
    for (const auto family :
         {             // Arithmetic.
          activation_ops(), attention_ops(), binary_ops(), cast_ops(), conv_ops(), einsum_ops(),
          elementwise_ops(), logic_ops(), matmul_ops(), norm_ops(), norm_plain_ops(), pool_ops(),
          quantize_ops(), quantized_ops(), recurrent_ops(), reduce_ops(), rotary_ops(), softmax_ops(),
             // Movement.
          shape_ops(), expand_ops(), fill_ops(), join_ops(), pad_ops(), gather_ops(), scatter_ops(),
          order_ops(), rearrange_ops(), resize_ops(), grid_ops(), region_ops(), fold_ops()})
        for (const OpDef& row : family) rows.push_back(&row);
    std::ranges::sort(rows, {}, &OpDef::name);
    for (size_t i = 1; i < rows.size(); ++i) CHECK(rows[i - 1]->name != rows[i]->name, rows[i]->name);
    return rows;
}

const std::vector<const OpDef*>& table() {
    static const std::vector<const OpDef*> rows = collect();
    return rows;
}

}  // namespace

const OpDef* find_op(std::string_view name) {
    const auto& rows = table();
    const auto it = std::ranges::lower_bound(rows, name, {}, &OpDef::name);
    return it != rows.end() && (*it)->name == name ? *it : nullptr;
}

std::span<const OpDef* const> all_ops() { return table(); }

}  // namespace lathe::ops
