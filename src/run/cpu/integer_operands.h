// Products and convolutions of codes, in the three forms that graphs have them: of dequantised operands (conv, matmul, gemm),
// as sums (conv_integer, matmul_integer), and quantised again (qlinear_conv, qlinear_matmul).
#pragma once
#include "run/cpu/lowering.h"

namespace lathe::run::cpu {

struct IntegerOperands {
    View x;  // the activations' codes
    DType dtype = DType::kU8;
    int32_t zero = 0;
    std::optional<View> run_zero;  // instead of `zero`, where only the run tells: one code
    graph::ValueId weights_id = graph::kNoValue;
    Tensor weights;  // codes, contiguous
    // One for each column:
    std::vector<int32_t> weight_zeros;
    std::vector<int32_t> start;  // that sums begin with, or none
    std::vector<float> scale;  // of the sums; none: the result is the sums
    std::vector<float> bias;  // added after that, or none
    std::optional<Quantized> codes;  // that the result is; else f32 or sums
};

// Of the node with so many columns (output channels), which lie along `axis` of the weights; nothing where there is no
// kernel for them: weights that are no constants, or scales and zero points of another granularity.
std::optional<IntegerOperands> integer_operands(Lowering& lowering, const graph::Node& node, size_t columns,
                                                size_t axis);

}  // namespace lathe::run::cpu
