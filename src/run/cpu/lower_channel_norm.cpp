// Norms over each channel, or group of channels, of an image: mean and variance of every channel, then a factor and a
// summand for each.
#include <algorithm>
#include <cmath>

#include "graph/contexts.h"
#include "run/cpu/taps.h"

namespace lathe::run::cpu {
namespace {

using graph::Node;

struct ChannelNorm {
    const Kernels& kernels;
    View x, y, scale, bias, moments;  // moments: [4, N, C]: means, variances, factors, summands
    size_t batch = 0, channels = 0, pixels = 0, groups = 0;
    float epsilon = 0;

    size_t row(size_t kind, size_t n) const { return (kind * batch + n) * channels; }

    void measure(const Run& run) const {
        constexpr size_t kChannels = 64;  // of a task
        const size_t parts = (channels + kChannels - 1) / kChannels;
        run.threads.parallel_for(batch * parts, [&](size_t task) {
            const size_t n = task / parts, first = task % parts * kChannels;
            const Moments one{.input = run.floats(x) + static_cast<int64_t>(n) * x.strides[0],
                              .stride = static_cast<int64_t>(channels),
                              .rows = pixels,
                              .mean = run.floats(moments) + row(0, n),
                              .variance = run.floats(moments) + row(1, n)};
            kernels.moments(one, first, std::min(channels, first + kChannels));
        });
    }

    // Moments of a group from those of its channels, which are all of as many pixels.
    void settle(const Run& run) const {
        const size_t size = channels / groups;
        float* values = run.floats(moments);
        for (size_t n = 0; n < batch; ++n)
            for (size_t first = 0; first < channels; first += size) {
                const float *means = values + row(0, n), *variances = values + row(1, n);
                double mean = 0, variance = 0;
                for (size_t c = first; c < first + size; ++c) mean += static_cast<double>(means[c]);
                mean /= static_cast<double>(size);
                for (size_t c = first; c < first + size; ++c) {
                    const double difference = static_cast<double>(means[c]) - mean;
                    variance += static_cast<double>(variances[c]) + difference * difference;
                }
                const double root =
                    std::sqrt(variance / static_cast<double>(size) + static_cast<double>(epsilon));
                for (size_t c = first; c < first + size; ++c) {
                    const double factor = static_cast<double>(run.floats(scale)[c]) / root;
                    values[row(2, n) + c] = static_cast<float>(factor);
                    values[row(3, n) + c] =
                        static_cast<float>(static_cast<double>(run.floats(bias)[c]) - mean * factor);
                }
            }
    }

    void write(const Run& run) const {
        const size_t step = std::max<size_t>(1, 16384 / channels), parts = (pixels + step - 1) / step;
        constexpr ChainStep kSteps[] = {{Function::kMul, 0, 1}, {Function::kAdd, 3, 2}};
        run.threads.parallel_for(batch * parts, [&](size_t task) {
            const size_t n = task / parts, first = task % parts * step;
            Chain chain{.steps = kSteps, .step_count = 2, .operand_count = 3, .output_count = 1};
            chain.operands[1] = run.floats(moments) + row(2, n);
            chain.operands[2] = run.floats(moments) + row(3, n);
            chain.output_values[0] = 4;
            for (size_t p = first; p < std::min(pixels, first + step); ++p) {
                const size_t at = (n * pixels + p) * channels;
                chain.operands[0] = run.floats(x) + at;
                chain.outputs[0] = run.floats(y) + at;
                kernels.chain(chain, channels);
            }
        });
    }
};

}  // namespace

Result<bool> lower_channel_norm(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const Shape& shape = lowering.shape(node.inputs[0]);
    for (const graph::ValueId id : node.inputs)
        if (lowering.dtype(id) != DType::kF32) return false;
    if (shape.size() < 2 || element_count(shape) == 0) return false;
    const Order order = channels_last(shape.size());
    ChannelNorm work{.kernels = lowering.kernels(),
                     .x = lowering.dense(node.inputs[0], order),
                     .y = lowering.new_view(shape, order, DType::kF32),
                     .scale = lowering.row_major_view(node.inputs[1]),
                     .bias = lowering.row_major_view(node.inputs[2]),
                     .batch = static_cast<size_t>(shape[0]),
                     .channels = static_cast<size_t>(shape[1]),
                     .pixels = static_cast<size_t>(element_count(places_of(shape))),
                     .epsilon = static_cast<float>(std::get<double>(*node.attrs.find("epsilon")))};
    const graph::Attr* groups = node.attrs.find("num_groups");
    work.groups = groups == nullptr ? work.channels : static_cast<size_t>(std::get<int64_t>(*groups));
    if (work.channels % work.groups != 0) return false;
    work.moments = lowering.scratch_floats(4 * work.batch * work.channels);
    lowering.define(node.outputs[0], work.y);
    lowering.add_step(lowering.describe(group, "normalize"),
                      {work.x, work.y, work.scale, work.bias, work.moments},
                      [work](const Run& run) -> Status {
                          work.measure(run);
                          work.settle(run);
                          work.write(run);
                          return {};
                      });
    return true;
}

}  // namespace lathe::run::cpu
