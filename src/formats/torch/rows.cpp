#include "formats/torch/row.h"

namespace lathe::formats::torch {

std::vector<const Row*> all_rows() {
    std::vector<const Row*> rows;
    // Those of tensors before those of numbers and of whatever comes: the first that fits is taken.
    for (const auto family : {activation_rows(), attention_rows(), arithmetic_rows(), compare_rows(),
                              convolution_rows(), create_rows(), index_rows(), matmul_rows(), norm_rows(),
                              pool_rows(), recurrent_rows(), reduce_rows(), resize_rows(), shape_rows(),
                              split_rows(), window_rows(), number_rows(), list_rows(), text_rows()})
        for (const Row& row : family) rows.push_back(&row);
    return rows;
}

}  // namespace lathe::formats::torch
