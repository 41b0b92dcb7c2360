// The elementwise operators of a group as one chain over its elements, with operands that broadcast.
#pragma once
#include <optional>

#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

class ChainWork {
public:
    // The nodes of the group from `first` on. Results lie dense in `order`; those that others see are defined.
    // anchor: what the nodes before made: its value, and where it lies (dense in `order` too).
    ChainWork(Lowering& lowering, const Group& group, size_t first, const Order& order,
              graph::ValueId anchor = graph::kNoValue, const View* anchor_view = nullptr);

    // All axes but the last of the order, and that.
    size_t rows() const { return rows_; }
    size_t columns() const { return columns_; }
    void run(const Run& run, const Kernels& kernels, size_t row, size_t last_row, size_t column,
             size_t last_column) const;
    const std::vector<View>& touched() const { return touched_; }
    void flatten();  // when every operand lies like the results or is one number: one row of all elements

private:
    struct Operand {
        View view;
        Shape outer;  // strides along the axes of sizes_
        int64_t inner = 0;  // 0 or 1
        DType dtype = DType::kF32;
        std::optional<Quantized> codes;  // whose numbers the elements stand for
    };
    void add_operand(Lowering& lowering, const View& view, const Shape& shape, const Order& order,
                     DType dtype, const std::optional<Quantized>& codes = {});
    void merge_rows();
    int64_t offset(const Operand& operand, size_t row) const;
    std::byte* at(const Run& run, const Operand& operand, size_t row, size_t column) const;

    std::vector<ChainStep> steps_;
    std::vector<Operand> operands_, outputs_;
    std::vector<uint8_t> output_values_;
    Shape sizes_;  // of the rows' axes, those of size 1 left out
    size_t rows_ = 1, columns_ = 1, together_ = 1;  // rows that are one run of elements
    std::vector<View> touched_;
};

}  // namespace lathe::run::cpu
