// Pooling over windows.
#include <algorithm>

#include "graph/contexts.h"
#include "run/cpu/taps.h"

namespace lathe::run::cpu {

using graph::kNoValue;
using graph::Node;

namespace {

// The largest codes stand for the largest numbers.
Result<bool> pool_codes(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const CodedView coded = *lowering.codes(node.inputs[0]);
    const graph::AttrReader attrs(*node.op, node.attrs);
    TRY(ops::Window window, ops::read_window(attrs, attrs.list("kernel_shape")));
    TRY(const Shape out, ops::fit_window(window, lowering.shape(node.inputs[0])));
    const auto x = channels_together(lowering, coded.view, coded.type.dtype);
    if (!x || element_count(x->shape) == 0) return false;
    const Shape& shape = lowering.shape(node.outputs[0]);
    const View y = lowering.new_view(shape, channels_last(shape.size()), coded.type.dtype);
    lowering.define_codes(node.outputs[0], {y, coded.type});
    const View offsets = tap_table(lowering, window, places_of(x->shape), places_of(x->strides), out);
    const auto channels = static_cast<size_t>(shape[1]), batch = static_cast<size_t>(shape[0]),
               positions = static_cast<size_t>(element_count(out));
    const size_t step = std::max<size_t>(4, 65536 / channels), parts = (positions + step - 1) / step;
    const CodePool base{.flip = static_cast<uint8_t>(coded.type.dtype == DType::kI8 ? 128 : 0),
                        .offset_stride = static_cast<int64_t>(positions),
                        .taps = count_taps(window),
                        .channels = channels,
                        .output_stride = shape[1]};
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(lowering.describe(group, format("codes {}", kernels.name)), {*x, y, offsets},
                      [=, &kernels, x = *x](const Run& run) -> Status {
                          run.threads.parallel_for(batch * parts, [&](size_t task) {
                              const size_t n = task / parts, first = task % parts * step;
                              CodePool one = base;
                              one.codes = run.at<uint8_t>(x) + static_cast<int64_t>(n) * x.strides[0];
                              one.offsets = run.at<int32_t>(offsets);
                              one.output = run.at<uint8_t>(y) + n * positions * channels;
                              kernels.code_pool(one, first, std::min(positions, first + step));
                          });
                          return {};
                      });
    return true;
}

// A window that sees only padding has no largest code.
bool always_sees_pixels(Lowering& lowering, const Node& node) {
    const graph::AttrReader attrs(*node.op, node.attrs);
    auto window = ops::read_window(attrs, attrs.list("kernel_shape"));
    if (!window || !ops::fit_window(*window, lowering.shape(node.inputs[0]))) return false;
    const Shape &in = lowering.shape(node.inputs[0]), &out = lowering.shape(node.outputs[0]);
    for (size_t i = 0; i < window->axes.size(); ++i) {
        const ops::WindowAxis& axis = window->axes[i];
        const int64_t last = (out[i + 2] - 1) * axis.stride - axis.begin;  // where the last window begins
        if (axis.dilation != 1 || axis.begin >= axis.kernel || last >= in[i + 2]) return false;
    }
    return true;
}

}  // namespace

Result<bool> lower_pool(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const bool max = node.op->name == "max_pool";
    if (lowering.dtype(node.inputs[0]) != DType::kF32 || element_count(lowering.shape(node.outputs[0])) == 0)
        return false;
    if (node.outputs.size() > 1 && node.outputs[1] != kNoValue) return false;
    if (max && lowering.codes(node.inputs[0]) != nullptr && always_sees_pixels(lowering, node)) {
        TRY(const bool done, pool_codes(lowering, group));
        if (done) return true;
    }
    const graph::AttrReader attrs(*node.op, node.attrs);
    TRY(ops::Window window, ops::read_window(attrs, attrs.list("kernel_shape")));
    TRY(const Shape out, ops::fit_window(window, lowering.shape(node.inputs[0])));
    const auto x = channels_together(lowering, node.inputs[0]);
    if (!x || element_count(x->shape) == 0) return false;
    const Shape in = places_of(x->shape);
    const size_t taps = count_taps(window), positions = static_cast<size_t>(element_count(out));
    // What each sum is divided by: the pixels inside, or those in the padding too (but not beyond it).
    std::optional<View> factors;
    if (!max) {
        const HeapBytes bytes(positions * sizeof(float));
        auto* to = reinterpret_cast<float*>(bytes.data.get());
        const bool padding = attrs.flag("count_include_pad");
        ops::for_each_window(window, in, out, [&](const ops::WindowTaps& seen) {
            int64_t begin = 0;
            for (size_t i = 0; i < seen.ends.size(); ++i) {
                const double inside = static_cast<double>(seen.ends[i] - begin);
                begin = seen.ends[i];
                *to++ = static_cast<float>(1 / (padding ? seen.all[i] : inside));
            }
        });
        factors = lowering.constant_view({0}, bytes.freeze());
    }
    const Shape& shape = lowering.shape(node.outputs[0]);
    const View y = lowering.new_view(shape, channels_last(shape.size()), DType::kF32);
    lowering.define(node.outputs[0], y);
    const View offsets = tap_table(lowering, window, in, places_of(x->strides), out);
    std::vector<View> touched{*x, y, offsets};
    if (factors) touched.push_back(*factors);
    const auto channels = static_cast<size_t>(shape[1]), batch = static_cast<size_t>(shape[0]);
    const size_t step = std::max<size_t>(4, 16384 / channels), parts = (positions + step - 1) / step;
    const Pool base{.kind = max ? Pool::kMax : Pool::kSum,
                    .offset_stride = static_cast<int64_t>(positions),
                    .taps = taps,
                    .channels = channels,
                    .output_stride = shape[1]};
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(lowering.describe(group, "pool"), touched,
                      [=, &kernels, x = *x](const Run& run) -> Status {
                          run.threads.parallel_for(batch * parts, [&](size_t task) {
                              const size_t n = task / parts, first = task % parts * step;
                              Pool one = base;
                              one.input = run.floats(x) + static_cast<int64_t>(n) * x.strides[0];
                              one.offsets = run.at<int32_t>(offsets);
                              one.factors = factors ? run.floats(*factors) : nullptr;
                              one.output = run.floats(y) + n * positions * channels;
                              kernels.pool(one, first, std::min(positions, first + step));
                          });
                          return {};
                      });
    return true;
}

}  // namespace lathe::run::cpu
