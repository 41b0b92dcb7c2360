// Transposed convolutions: results that lie a stride apart see the same taps of the kernel, and make one convolution of
// step 1 (a phase). Each task computes some rows of a phase and puts them where they belong.
#include <algorithm>
#include <cstring>

#include "graph/contexts.h"
#include "ops/convolution.h"
#include "run/cpu/product_work.h"
#include "run/cpu/taps.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;
using ops::SpreadShape;

// Along one axis: the results first, first + stride, … and what they see.
struct AxisPhase {
    int64_t first = 0, count = 0;
    struct Tap {
        int64_t tap, shift;  // of the kernel, and result number q sees x at q + shift
    };
    std::vector<Tap> taps;
};
std::vector<AxisPhase> axis_phases(const SpreadShape& shape, size_t i) {
    const ops::WindowAxis& axis = shape.axes[i];
    std::vector<AxisPhase> phases;
    for (int64_t first = 0; first < std::min(axis.stride, shape.out[i]); ++first) {
        AxisPhase phase{.first = first, .count = (shape.out[i] - first + axis.stride - 1) / axis.stride};
        for (int64_t tap = 0; tap < axis.kernel; ++tap) {
            const int64_t from = first + shape.cut[i] - tap * axis.dilation;
            if (from % axis.stride == 0) phase.taps.push_back({tap, from / axis.stride});
        }
        phases.push_back(std::move(phase));
    }
    return phases;
}

// One of each axis' phases.
struct Phase {
    std::vector<size_t> kernel_taps;  // their numbers in w
    size_t rows = 0;
    std::vector<int32_t> offsets;  // [taps, rows]: what each row sees, in elements of x, or kPadding
    std::vector<int32_t> places;  // [rows]: the pixel of the result
};
// strides: of x along its places.
Phase join(const SpreadShape& shape, const std::vector<const AxisPhase*>& axes, const Shape& strides) {
    const size_t rank = axes.size();
    Shape counts(rank), taps(rank);
    for (size_t i = 0; i < rank; ++i) {
        counts[i] = axes[i]->count;
        taps[i] = static_cast<int64_t>(axes[i]->taps.size());
    }
    Phase phase{.rows = static_cast<size_t>(element_count(counts))};
    const Shape out_strides = row_major_strides(shape.out);
    ops::for_each_index(counts, [&](const Shape& at) {
        int64_t place = 0;
        for (size_t i = 0; i < rank; ++i)
            place += (axes[i]->first + at[i] * shape.axes[i].stride) * out_strides[i];
        phase.places.push_back(static_cast<int32_t>(place));
    });
    ops::for_each_index(taps, [&](const Shape& tap) {
        size_t number = 0;
        for (size_t i = 0; i < rank; ++i)
            number = number * static_cast<size_t>(shape.axes[i].kernel) +
                     static_cast<size_t>(axes[i]->taps[static_cast<size_t>(tap[i])].tap);
        phase.kernel_taps.push_back(number);
        ops::for_each_index(counts, [&](const Shape& at) {
            int64_t offset = 0;
            bool inside = true;
            for (size_t i = 0; i < rank; ++i) {
                const int64_t from = at[i] + axes[i]->taps[static_cast<size_t>(tap[i])].shift;
                inside = inside && from >= 0 && from < shape.in[i];
                offset += from * strides[i];
            }
            phase.offsets.push_back(inside ? static_cast<int32_t>(offset) : kPadding);
        });
    });
    return phase;
}
std::vector<Phase> phases_of(const SpreadShape& shape, const Shape& strides) {
    std::vector<std::vector<AxisPhase>> axes;
    Shape counts;
    for (size_t i = 0; i < shape.axes.size(); ++i) {
        axes.push_back(axis_phases(shape, i));
        counts.push_back(static_cast<int64_t>(axes.back().size()));
    }
    std::vector<Phase> phases;
    ops::for_each_index(counts, [&](const Shape& at) {
        std::vector<const AxisPhase*> chosen;
        for (size_t i = 0; i < axes.size(); ++i) chosen.push_back(&axes[i][static_cast<size_t>(at[i])]);
        phases.push_back(join(shape, chosen, strides));
    });
    return phases;
}

struct Work {
    const Kernels& kernels;
    size_t batch, groups, depth, columns, pixels;  // depth and columns: of a group; pixels: of a result
    bool depthwise;
    size_t panel, panels;
    View x, y, zero, memory;
    std::optional<View> bias;
    struct PhaseWork {
        size_t rows, taps, row_step;
        View packed, offsets, places;
        size_t tasks() const { return (rows + row_step - 1) / row_step; }
    };
    std::vector<PhaseWork> phases;
    std::vector<std::pair<size_t, size_t>> tasks;  // phase, and number among its tasks
    size_t most_floats = 0;  // that a task computes

    Work(Lowering& lowering, const SpreadShape& shape, const View& from, const View& to)
        : kernels(lowering.kernels()),
          batch(static_cast<size_t>(shape.batch)),
          groups(static_cast<size_t>(shape.groups)),
          depth(static_cast<size_t>(shape.group_in)),
          columns(static_cast<size_t>(shape.group_out)),
          pixels(static_cast<size_t>(element_count(shape.out))),
          depthwise(depth == 1 && columns == 1 && groups > 1),
          panel(static_cast<size_t>(kernels.panel)),
          panels((columns + panel - 1) / panel),
          x(from),
          y(to),
          zero(zeros(lowering, depthwise ? groups : depth)) {}

    size_t width() const { return depthwise ? groups : columns; }  // of what a task computes

    // w: [C, M/group, taps]
    SharedBytes pack(const LoweringContext& context, const Tensor& weights, size_t kernel_size,
                     const Phase& phase) const {
        const auto* w = reinterpret_cast<const float*>(weights.bytes().data());
        const size_t taps = phase.kernel_taps.size();
        const size_t count = depthwise ? groups * taps : groups * panels * panel * taps * depth;
        const HeapBytes bytes(std::max<size_t>(1, count * sizeof(float)));
        auto* to = reinterpret_cast<float*>(bytes.data.get());
        if (depthwise) {
            for (const size_t tap : phase.kernel_taps)
                for (size_t c = 0; c < groups; ++c) *to++ = w[c * kernel_size + tap];
            return bytes.freeze();
        }
        context.pool.parallel_for(groups * panels, [&](size_t task) {
            const size_t g = task / panels, p = task % panels;
            float* at = to + task * taps * depth * panel;
            for (const size_t tap : phase.kernel_taps) {
                kernels.pack_panels(w + (g * depth * columns + p * panel) * kernel_size + tap,
                                    static_cast<int64_t>(columns * kernel_size),
                                    static_cast<int64_t>(kernel_size), depth,
                                    std::min(panel, columns - p * panel), at, 0, 1);
                at += depth * panel;
            }
        });
        return bytes.freeze();
    }

    void add_phase(Lowering& lowering, graph::ValueId weights, size_t kernel_size, Phase phase) {
        if (phase.rows == 0) return;
        if (depthwise && phase.kernel_taps.empty()) {  // the kernel wants a tap
            phase.kernel_taps.push_back(0);
            phase.offsets.assign(phase.rows, kPadding);
        }
        const Tensor tensor = lowering.constant(weights)->to_contiguous();
        const std::string purpose =
            format("transposed {} {} {}", groups, kernels.name, join_numbers(phase.kernel_taps));
        constexpr size_t kBytes = 128 << 10, kRows = 24;  // results of a task stay in the second cache
        const size_t row_step = std::max(kRows, kBytes / (width() * sizeof(float)) / kRows * kRows);
        phases.push_back(
            {phase.rows, phase.kernel_taps.size(), std::min(row_step, phase.rows),
             lowering.packed(weights, purpose, [&] { return pack(lowering.c, tensor, kernel_size, phase); }),
             table(lowering, phase.offsets), table(lowering, phase.places)});
        for (size_t i = 0; i < phases.back().tasks(); ++i) tasks.emplace_back(phases.size() - 1, i);
        most_floats = std::max(most_floats, phases.back().row_step * width());
    }
    static std::string join_numbers(const std::vector<size_t>& numbers) {
        std::string text;
        for (const size_t n : numbers) text += format("{},", n);
        return text;
    }
    static View table(Lowering& lowering, const std::vector<int32_t>& numbers) {
        const HeapBytes bytes(std::max<size_t>(1, numbers.size() * sizeof(int32_t)));
        if (!numbers.empty()) std::memcpy(bytes.data.get(), numbers.data(), numbers.size() * sizeof(int32_t));
        return lowering.constant_view({0}, bytes.freeze());
    }

    size_t task_count() const { return batch * (depthwise ? 1 : groups) * tasks.size(); }

    void run_task(const Run& run, size_t number, size_t slot) const {
        const auto [p, part] = tasks[number % tasks.size()];
        const PhaseWork& phase = phases[p];
        const size_t image = number / tasks.size(), g = depthwise ? 0 : image % groups,
                     n = depthwise ? image : image / groups;
        const size_t first = part * phase.row_step, last = std::min(phase.rows, first + phase.row_step);
        float* results = run.floats(memory) + slot * most_floats;
        const float* from =
            run.floats(x) + static_cast<int64_t>(n) * x.strides[0] + static_cast<int64_t>(g * depth);
        if (depthwise) spread_channels(run, phase, from, results, first, last);
        else spread_product(run, phase, g, from, results, first, last);
        const int32_t* places = run.at<int32_t>(phase.places);
        float* to = run.floats(y) + n * pixels * groups * columns + g * columns;
        for (size_t r = first; r < last; ++r, results += width())
            std::memcpy(to + static_cast<size_t>(places[r]) * groups * columns, results,
                        width() * sizeof(float));
    }
    void spread_product(const Run& run, const PhaseWork& phase, size_t g, const float* from, float* results,
                        size_t first, size_t last) const {
        Product one{.a = from,
                    .offsets = run.at<int32_t>(phase.offsets) + first,
                    .offset_stride = static_cast<int64_t>(phase.rows),
                    .zeros = run.floats(zero),
                    .taps = phase.taps,
                    .depth = depth,
                    .columns = columns,
                    .b = run.floats(phase.packed) + g * panels * panel * phase.taps * depth,
                    .bias = bias ? run.floats(*bias) + g * panels * panel : nullptr,
                    .c = results,
                    .c_stride = static_cast<int64_t>(columns)};
        kernels.product(one, 0, last - first, 0, panels);
    }
    void spread_channels(const Run& run, const PhaseWork& phase, const float* from, float* results,
                         size_t first, size_t last) const {
        Depthwise one{.input = from,
                      .offsets = run.at<int32_t>(phase.offsets) + first,
                      .offset_stride = static_cast<int64_t>(phase.rows),
                      .zeros = run.floats(zero),
                      .taps = phase.taps,
                      .channels = groups,
                      .weights = run.floats(phase.packed),
                      .bias = bias ? run.floats(*bias) : nullptr,
                      .output = results,
                      .output_stride = static_cast<int64_t>(groups)};
        kernels.depthwise(one, 0, last - first);
    }
};

// Every group's begins at a panel of its own; those of single channels lie together.
View bias_of(Lowering& lowering, const std::vector<float>& values, const Work& work) {
    const size_t padded = work.depthwise ? 1 : work.panels * work.panel;
    const HeapBytes bytes(work.groups * padded * sizeof(float));
    std::memset(bytes.data.get(), 0, bytes.size);
    auto* to = reinterpret_cast<float*>(bytes.data.get());
    for (size_t g = 0; g < work.groups; ++g)
        std::copy_n(values.data() + g * work.columns, work.columns, to + g * padded);
    return lowering.constant_view({0}, bytes.freeze());
}

}  // namespace

Result<bool> lower_conv_transpose(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const Tensor* weights = lowering.constant(node.inputs[1]);
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    const Shape& shape = lowering.shape(node.outputs[0]);
    if (lowering.dtype(node.inputs[0]) != DType::kF32 || weights == nullptr ||
        (has_bias && lowering.constant(node.inputs[2]) == nullptr) || element_count(shape) == 0 ||
        shape.size() < 3)
        return false;
    const graph::AttrReader attrs(*node.op, node.attrs);
    TRY(const SpreadShape spread, ops::spread_shape(attrs, lowering.shape(node.inputs[0]), weights->shape()));
    const auto x = channels_together(lowering, node.inputs[0]);
    if (!x || element_count(x->shape) == 0 || element_count(spread.out) >= INT32_MAX) return false;
    const View y = lowering.new_view(shape, channels_last(shape.size()), DType::kF32);
    lowering.define(node.outputs[0], y);
    auto work = std::make_shared<Work>(lowering, spread, *x, y);
    size_t kernel_size = 1;
    for (const ops::WindowAxis& axis : spread.axes) kernel_size *= static_cast<size_t>(axis.kernel);
    for (const Phase& phase : phases_of(spread, places_of(x->strides)))
        work->add_phase(lowering, node.inputs[1], kernel_size, phase);
    if (has_bias) work->bias = bias_of(lowering, lowering.floats(node.inputs[2]), *work);
    work->memory =
        lowering.scratch_floats(work->most_floats * static_cast<size_t>(std::max(1, lowering.threads())));
    std::vector<View> touched{*x, y, work->zero, work->memory};
    if (work->bias) touched.push_back(*work->bias);
    for (const auto& phase : work->phases)
        touched.insert(touched.end(), {phase.packed, phase.offsets, phase.places});
    lowering.add_step(lowering.describe(group, format("transposed {}", work->kernels.name)), touched,
                      [work](const Run& run) -> Status {
                          run.threads.parallel_for_slots(work->task_count(), [&](size_t task, size_t slot) {
                              work->run_task(run, task, slot);
                          });
                          return {};
                      });
    return true;
}

}  // namespace lathe::run::cpu
