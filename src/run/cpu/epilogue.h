// What follows a product or convolution: a bias and a clamp that its kernel does itself, and a chain for the rest.
#pragma once
#include "run/cpu/chain_work.h"

namespace lathe::run::cpu {

struct Epilogue {
    std::vector<float> bias;  // one for each column, or none
    float low = -kInfinity, high = kInfinity;
    View value;  // where the product writes; dense in the order
    std::shared_ptr<ChainWork> chain;  // or none

    std::vector<View> touched() const;
};

// own_bias: the operator's own, or empty. channel_axis: of the columns in the result.
Epilogue make_epilogue(Lowering& lowering, const Group& group, const Order& order, size_t channel_axis,
                       std::vector<float> own_bias);

}  // namespace lathe::run::cpu
