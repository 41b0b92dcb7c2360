// A product (or convolution) shared out among threads, with its epilogue.
#pragma once
#include "run/cpu/epilogue.h"

namespace lathe::run::cpu {

// The kernel's packed form of b[k, n] = values[k * row_stride + n * column_stride] * factor.
SharedBytes pack_matrix(const LoweringContext& context, const float* values, int64_t row_stride,
                        int64_t column_stride, size_t depth, size_t columns, float factor = 1);

// b[k, n] again, in values[k * row_stride + n * column_stride], from what was packed with the factor 1.
void unpack_matrix(const SharedBytes& packed, size_t panel, size_t depth, size_t columns, float* values,
                   int64_t row_stride, int64_t column_stride);

// How rows and panels are cut into tasks. (The kernel itself sees to it that its rows and panels stay in caches.)
struct ProductTasks {
    size_t rows = 0, panels = 0;  // of the whole
    size_t row_step = 1, panel_step = 1;
    size_t down() const { return (rows + row_step - 1) / row_step; }
    size_t across() const { return (panels + panel_step - 1) / panel_step; }
    size_t count() const { return down() * across(); }
};
// chain: whether one goes through every task's results.
ProductTasks share_product(const Kernels& kernels, size_t rows, size_t columns, size_t depth, int threads,
                           bool chain);

// A bias as kernels read it, every group's padded to whole panels of its own; constant memory of the plan. columns: of a
// group.
std::optional<View> bias_view(Lowering& lowering, const Epilogue& epilogue, size_t columns,
                              size_t groups = 1);

}  // namespace lathe::run::cpu
