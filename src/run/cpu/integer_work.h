// A product of integers, or many (a convolution's images and groups), shared out among threads. Rows of codes are widened to
// int16 block by block, in memory that each thread has of its own.
#pragma once
#include "ops/convolution.h"
#include "run/cpu/integer_lists.h"
#include "run/cpu/product_work.h"

namespace lathe::run::cpu {

// Where rows and weights lie.
struct IntegerGeometry {
    size_t batch = 1, groups = 1;
    size_t depth = 0, columns = 0, taps = 1, positions = 0;  // depth and columns: of a group
    View x;  // its offset and buffer: the first row
    int64_t image_stride = 0;  // of x
    std::optional<int64_t> row_stride;  // of x; without it rows are found by the table
    View table;  // [taps, positions]
    size_t weight_column = 0, weight_tap = 0, weight_depth = 0;  // strides of the weights' elements
};

void add_integer_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                      const IntegerOperands& operands, const IntegerEpilogue& epilogue);

// The same where every channel is a group by itself, of at most kMaxDepthwiseTaps taps; with a table.
void add_integer_depthwise_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                                const IntegerOperands& operands, const IntegerEpilogue& epilogue);

// The same by Winograd's filtering, where that is possible and pays. False: it was not done.
bool add_integer_winograd_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                               const ops::ConvShape& shape, const IntegerOperands& operands,
                               const IntegerEpilogue& epilogue);

}  // namespace lathe::run::cpu
