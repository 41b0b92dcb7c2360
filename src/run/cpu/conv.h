// What the ways to compute a convolution share.
#pragma once
#include "ops/convolution.h"
#include "run/cpu/product_work.h"
#include "run/cpu/taps.h"

namespace lathe::run::cpu {

struct Conv {
    ops::ConvShape shape;
    View x;
    graph::ValueId weights_id = graph::kNoValue;  // [M, C/group, k…]
    int64_t channels_in = 0, channels_out = 0;
    size_t taps = 1, positions = 1;  // of the window, and of one image's result
    const Kernels* kernels = nullptr;

    size_t together = 1;  // groups of the operator that make one of `shape`

    // [M, C/group, taps] for the groups of `shape`.
    Tensor weights(const Lowering& lowering) const;
    View tap_table(Lowering& lowering) const {
        return cpu::tap_table(lowering, shape.window, shape.in, places_of(x.strides), shape.out);
    }
};

// The elements of x from a pixel to the next, where single pixels are read in their own order: a plain product then.
std::optional<int64_t> pixel_stride(const View& x, const ops::ConvShape& shape);

// As products of what the taps read, for any convolution.
void lower_direct(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> bias);

// The same with operands rounded to bf16.
void lower_bf16_conv(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> bias);

// By Winograd's filtering, where that is possible and costs less: 3x3, step 1, one group. False: it was not done.
bool lower_winograd(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float>& bias);

}  // namespace lathe::run::cpu
