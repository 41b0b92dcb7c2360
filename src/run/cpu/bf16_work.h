// Products and convolutions of bf16 numbers, shared out among threads: rows of activations are rounded block by block, in
// memory that each thread has of its own; weights when they are packed. Sums, biases and all else stay f32.
#pragma once
#include "run/cpu/epilogue.h"

namespace lathe::run::cpu {

struct Bf16Operands {
    size_t batch = 1, groups = 1;
    size_t depth = 0, columns = 0, taps = 1, positions = 0;  // depth and columns: of a group
    View x;  // the first row
    int64_t image_stride = 0;  // of x
    std::optional<int64_t> row_stride;  // of x; without it rows are found by the table
    View table;  // [taps, positions]
    graph::ValueId weights_id = graph::kNoValue;
    int64_t weight_column = 0, weight_tap = 0,
            weight_depth = 0;  // strides of their elements, as they lie contiguous
    float factor = 1;  // of the weights
};

void add_bf16_step(Lowering& lowering, const Group& group, const Bf16Operands& operands, Epilogue epilogue);

}  // namespace lathe::run::cpu
