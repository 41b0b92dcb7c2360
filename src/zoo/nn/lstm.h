// PyTorch's LSTM, one layer. Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997.
#pragma once
#include "zoo/nn/net.h"

namespace lathe::zoo::nn {

// x: [L, N, C], N sequences -> [L, N, 2 * hidden], the forward direction first. key.weight_ih_l0 [4 hidden, C],
// key.weight_hh_l0, key.bias_ih_l0, key.bias_hh_l0, and the same with "_reverse".
ValueId bidirectional_lstm(Net& net, const Key& key, ValueId x, int64_t hidden);

}  // namespace lathe::zoo::nn
