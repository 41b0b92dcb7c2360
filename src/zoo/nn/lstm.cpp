#include "zoo/nn/lstm.h"

namespace lathe::zoo::nn {
namespace {

// PyTorch's gates are input, forget, cell, output; ONNX's input, output, forget, cell. [4 h, …] -> [1, 4 h, …].
constexpr int64_t kOnnxGates[] = {0, 3, 1, 2};

ValueId in_onnx_order(Net& net, const Key& key, const Shape& shape) {
    Shape result{1};
    result.insert(result.end(), shape.begin(), shape.end());
    return net.computed(key, shape, result, [&](const Tensor& found) {
        const auto from = found.values<float>();
        const size_t gate = from.size() / 4;
        std::vector<float> to;
        for (const int64_t g : kOnnxGates) {
            const auto rows = from.subspan(static_cast<size_t>(g) * gate, gate);
            to.insert(to.end(), rows.begin(), rows.end());
        }
        return Tensor::of<float>(result, std::span<const float>(to));
    });
}

}  // namespace

ValueId bidirectional_lstm(Net& net, const Key& key, ValueId x, int64_t hidden) {
    const int64_t channels = net.dim(x, 2), length = net.dim(x, 0);
    const auto both = [&](const std::string& name, const Shape& shape) {
        return net.concat(
            {in_onnx_order(net, key / name, shape), in_onnx_order(net, key / (name + "_reverse"), shape)}, 0);
    };
    const ValueId input = both("weight_ih_l0", {4 * hidden, channels});
    const ValueId recurrent = both("weight_hh_l0", {4 * hidden, hidden});
    const ValueId biases =
        net.concat({both("bias_ih_l0", {4 * hidden}), both("bias_hh_l0", {4 * hidden})}, 1);
    net.b.scope(key.text() + "/");
    ValueId y = net.b.add("lstm", {x, input, recurrent, biases},
                          {{"direction", std::string("bidirectional")}, {"hidden_size", hidden}});
    y = net.transpose(y, {0, 2, 1, 3});  // [L, N, 2, hidden]
    return net.mark(key, net.reshape(y, {Dim(length), net.b.shape(y).size() == 4 ? net.b.shape(y)[1] : Dim(1),
                                         2 * hidden}));
}

}  // namespace lathe::zoo::nn
