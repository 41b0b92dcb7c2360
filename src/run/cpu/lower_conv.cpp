// Convolutions: images lie as rows of channels, and a table says which pixel each tap of the window reads.
#include <algorithm>
#include <cstring>

#include "graph/contexts.h"
#include "run/cpu/conv.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// Groups of few channels fill no vectors, and their pixels are read in pieces: some of them together are one group whose
// other weights are zeros.
size_t groups_together(const ops::ConvShape& shape, const Kernels& kernels) {
    constexpr int64_t kFew = 8;  // channels
    if (shape.groups == 1 || shape.group_in >= kFew || shape.group_out >= kFew) return 1;
    int64_t together = 1;
    for (int64_t n = 2; n * std::max(shape.group_in, shape.group_out) <= kernels.panel; ++n)
        if (shape.groups % n == 0) together = n;
    return static_cast<size_t>(together);
}

// w: [M, C/group, taps] with zeros for the channels of the other groups that go together with each.
Tensor with_zeros(const Tensor& w, size_t taps, size_t group_in, size_t group_out, size_t together) {
    const auto channels = static_cast<size_t>(w.dim(0)), row = group_in * taps;
    TensorBuilder builder(DType::kF32,
                          {w.dim(0), static_cast<int64_t>(group_in * together), static_cast<int64_t>(taps)});
    const auto from = w.values<float>();
    const auto to = builder.values<float>();
    std::ranges::fill(to, 0.0f);
    for (size_t m = 0; m < channels; ++m)
        std::copy_n(from.data() + m * row, row, to.data() + (m * together + m / group_out % together) * row);
    return builder.finish();
}

void depthwise(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> bias) {
    const Kernels& kernels = *conv.kernels;
    const auto channels = static_cast<size_t>(conv.channels_out), taps = conv.taps,
               positions = conv.positions;
    const View weights = lowering.packed(conv.weights_id, "depthwise", [&] {
        const HeapBytes bytes(channels * taps * sizeof(float));
        const Tensor plain = conv.weights(lowering);
        const auto* w = reinterpret_cast<const float*>(plain.bytes().data());
        auto* to = reinterpret_cast<float*>(bytes.data.get());
        for (size_t t = 0; t < taps; ++t)
            for (size_t c = 0; c < channels; ++c) *to++ = w[c * taps + t];
        return bytes.freeze();
    });
    const Order order = channels_last(conv.x.rank());
    const Epilogue epilogue = make_epilogue(lowering, group, order, 1, std::move(bias));
    const auto bias_at = bias_view(lowering, epilogue, channels);
    const View table = conv.tap_table(lowering), zero = zeros(lowering, channels);
    std::vector<View> touched = epilogue.touched();
    touched.insert(touched.end(), {conv.x, weights, table, zero});
    if (bias_at) touched.push_back(*bias_at);
    const size_t step = std::max<size_t>(4, 16384 / channels), parts = (positions + step - 1) / step;
    const auto batch = static_cast<size_t>(conv.shape.batch);
    const int64_t image = conv.x.strides[0];
    const Depthwise base{.offset_stride = static_cast<int64_t>(positions),
                         .taps = taps,
                         .channels = channels,
                         .output_stride = conv.channels_out,
                         .low = epilogue.low,
                         .high = epilogue.high};
    lowering.add_step(lowering.describe(group, format("depthwise {}", kernels.name)), touched,
                      [=, &kernels, x = conv.x](const Run& run) -> Status {
                          run.threads.parallel_for(batch * parts, [&](size_t task) {
                              const size_t n = task / parts, first = task % parts * step,
                                           last = std::min(positions, first + step);
                              Depthwise one = base;
                              one.input = run.floats(x) + static_cast<int64_t>(n) * image;
                              one.offsets = run.at<int32_t>(table);
                              one.zeros = run.floats(zero);
                              one.weights = run.floats(weights);
                              one.bias = bias_at ? run.floats(*bias_at) : nullptr;
                              one.output = run.floats(epilogue.value) + n * positions * channels;
                              kernels.depthwise(one, first, last);
                              if (epilogue.chain)
                                  epilogue.chain->run(run, kernels, n * positions + first,
                                                      n * positions + last, 0, channels);
                          });
                          return {};
                      });
}

}  // namespace

Tensor Conv::weights(const Lowering& lowering) const {
    const Tensor plain = lowering.whole_constant(weights_id).to_contiguous();
    if (together == 1) return plain;
    return with_zeros(plain, taps, static_cast<size_t>(shape.group_in) / together,
                      static_cast<size_t>(shape.group_out) / together, together);
}

Result<bool> lower_conv(Lowering& lowering, const Group& group) {
    if (lowering.codes(lowering.graph().nodes[group.nodes[0]].inputs[0]) != nullptr) {
        TRY(const bool done, lower_integer_conv(lowering, group));
        if (done) return true;
    }
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const Tensor* weights = lowering.constant(node.inputs[1]);
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (lowering.dtype(node.inputs[0]) != DType::kF32 || weights == nullptr ||
        (has_bias && lowering.constant(node.inputs[2]) == nullptr) ||
        element_count(lowering.shape(node.outputs[0])) == 0 || lowering.shape(node.inputs[0]).size() < 3)
        return false;
    const graph::AttrReader attrs(*node.op, node.attrs);
    TRY(ops::ConvShape shape, ops::conv_shape(attrs, lowering.shape(node.inputs[0]), weights->shape()));
    const auto x = channels_together(lowering, node.inputs[0]);
    if (!x || element_count(x->shape) == 0) return false;
    Conv conv{.shape = shape,
              .x = *x,
              .weights_id = node.inputs[1],
              .channels_in = x->shape[1],
              .channels_out = weights->shape()[0],
              .taps = count_taps(shape.window),
              .positions = static_cast<size_t>(element_count(shape.out)),
              .kernels = &lowering.kernels()};
    std::vector<float> bias;
    if (has_bias) bias = lowering.floats(node.inputs[2]);
    if (shape.group_in == 1 && shape.group_out == 1 && shape.groups > 1)
        depthwise(lowering, group, conv, std::move(bias));
    else if (lowering.c.options.bf16) lower_bf16_conv(lowering, group, conv, std::move(bias));
    else if (!lower_winograd(lowering, group, conv, bias)) {
        conv.together = groups_together(shape, *conv.kernels);
        conv.shape.groups /= static_cast<int64_t>(conv.together);
        conv.shape.group_in *= static_cast<int64_t>(conv.together);
        conv.shape.group_out *= static_cast<int64_t>(conv.together);
        lower_direct(lowering, group, conv, std::move(bias));
    }
    return true;
}

}  // namespace lathe::run::cpu
