// Convolutions as products: the rows of the first matrix are the pixels that the taps read.
#include <algorithm>
#include <cstring>

#include "run/cpu/bf16_work.h"
#include "run/cpu/conv.h"

namespace lathe::run::cpu {
namespace {

// w: [M, C/group, taps], as panels of [taps * C/group, M/group] for each group.
SharedBytes pack_conv(const Lowering& lowering, const Conv& conv) {
    const Kernels& kernels = *conv.kernels;
    const auto groups = static_cast<size_t>(conv.shape.groups),
               depth = static_cast<size_t>(conv.shape.group_in),
               columns = static_cast<size_t>(conv.shape.group_out), taps = conv.taps;
    const auto panel = static_cast<size_t>(kernels.panel), panels = (columns + panel - 1) / panel;
    const HeapBytes bytes(groups * panels * panel * taps * depth * sizeof(float));
    auto* packed = reinterpret_cast<float*>(bytes.data.get());
    const Tensor plain = conv.weights(lowering);
    const auto* w = reinterpret_cast<const float*>(plain.bytes().data());
    lowering.c.pool.parallel_for(groups * panels, [&](size_t task) {
        const size_t g = task / panels, p = task % panels;
        const float* from = w + (g * columns + p * panel) * depth * taps;
        float* to = packed + task * taps * depth * panel;
        for (size_t t = 0; t < taps; ++t, to += depth * panel)
            kernels.pack_panels(from + t, static_cast<int64_t>(taps), static_cast<int64_t>(depth * taps),
                                depth, std::min(panel, columns - p * panel), to, 0, 1);
    });
    return bytes.freeze();
}

Tensor unpack_conv(const SharedBytes& packed, const Shape& shape, const ops::ConvShape& conv, size_t panel) {
    const auto depth = static_cast<size_t>(conv.group_in), columns = static_cast<size_t>(conv.group_out),
               taps = count_taps(conv.window), panels = (columns + panel - 1) / panel;
    TensorBuilder builder(DType::kF32, shape);
    float* to = builder.values<float>().data();
    const auto* from = reinterpret_cast<const float*>(packed.data());
    for (size_t g = 0; g < static_cast<size_t>(conv.groups); ++g, from += panels * taps * depth * panel)
        for (size_t m = 0; m < columns; ++m)
            for (size_t c = 0; c < depth; ++c)
                for (size_t t = 0; t < taps; ++t)
                    *to++ = from[((m / panel * taps + t) * depth + c) * panel + m % panel];
    return builder.finish();
}

std::function<Tensor(const SharedBytes&)> unpacking(const Lowering& lowering, const Conv& conv) {
    if (conv.together > 1) return {};
    return [weights = lowering.shape(conv.weights_id), shape = conv.shape,
            panel = static_cast<size_t>(conv.kernels->panel)](const SharedBytes& bytes) {
        return unpack_conv(bytes, weights, shape, panel);
    };
}

// Few channels: the pixels that a tap reads are gathered into rows first, so that the depth is long.
struct Gather {
    size_t taps = 0, depth = 0;
    size_t together = 1;  // taps along the window's last axis, which lie side by side inside the image

    void operator()(const float* x, const int32_t* offsets, size_t positions, size_t first, size_t last,
                    float* to) const {
        const auto reach = static_cast<int32_t>((together - 1) * depth);
        for (size_t p = first; p < last; ++p)
            for (size_t t = 0; t < taps; t += together, to += together * depth) {
                const int32_t* tap = offsets + t * positions + p;
                const int32_t end = tap[(together - 1) * positions];
                if (*tap != kPadding && end != kPadding && end - *tap == reach)
                    copy(x + *tap, together * depth, to);
                else
                    for (size_t k = 0; k < together; ++k) {
                        const int32_t offset = tap[k * positions];
                        for (size_t c = 0; c < depth; ++c)
                            to[k * depth + c] = offset == kPadding ? 0 : x[static_cast<size_t>(offset) + c];
                    }
            }
    }
    static void copy(const float* from, size_t count, float* to) {
        for (size_t i = 0; i < count; ++i) to[i] = from[i];
    }
};

struct Direct {
    enum class Way : uint8_t { kPlain, kGathered, kByOffsets } way = Way::kByOffsets;
    const Kernels& kernels;
    size_t batch, groups, depth, columns, taps, positions;  // depth and columns: of a group
    size_t panel, panels;
    View x, packed, table, zero, memory;
    Epilogue epilogue;
    std::optional<View> bias;
    Product base;
    ProductTasks tasks;
    Gather gather;

    Direct(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> own_bias)
        : kernels(*conv.kernels),
          batch(static_cast<size_t>(conv.shape.batch)),
          groups(static_cast<size_t>(conv.shape.groups)),
          depth(static_cast<size_t>(conv.shape.group_in)),
          columns(static_cast<size_t>(conv.shape.group_out)),
          taps(conv.taps),
          positions(conv.positions),
          panel(static_cast<size_t>(kernels.panel)),
          panels((columns + panel - 1) / panel),
          x(conv.x),
          packed(lowering.packed(
              conv.weights_id, format("conv {} {}", groups, kernels.name),
              [&] { return pack_conv(lowering, conv); }, unpacking(lowering, conv))),
          zero(zeros(lowering, depth)),
          epilogue(make_epilogue(lowering, group, channels_last(conv.x.rank()), 1, std::move(own_bias))),
          bias(bias_view(lowering, epilogue, columns, groups)),
          gather{taps, depth, static_cast<size_t>(conv.shape.window.axes.back().kernel)} {
        const auto pixel = pixel_stride(conv.x, conv.shape);
        way = pixel ? Way::kPlain : depth < 8 && taps > 1 ? Way::kGathered : Way::kByOffsets;
        if (!pixel) table = conv.tap_table(lowering);
        share(lowering);
        const bool by_offsets = way == Way::kByOffsets;
        base = {.a_stride = pixel.value_or(static_cast<int64_t>(taps * depth)),
                .offset_stride = static_cast<int64_t>(positions),
                .taps = by_offsets ? taps : 1,
                .depth = way == Way::kGathered ? taps * depth : depth,
                .columns = columns,
                .c_stride = conv.channels_out,
                .low = epilogue.low,
                .high = epilogue.high};
    }

    void share(Lowering& lowering) {
        const int threads = lowering.threads();
        const bool busy = batch * groups >= static_cast<size_t>(threads) * 3;
        tasks = share_product(kernels, positions, columns, taps * depth, busy ? 1 : threads,
                              epilogue.chain != nullptr);
        if (way != Way::kGathered) return;
        constexpr size_t kBytes = 48 << 10,
                         kRows = 24;  // the rows that are gathered stay in the first caches
        tasks.row_step = std::min(tasks.row_step,
                                  std::max(kRows, kBytes / (taps * depth * sizeof(float)) / kRows * kRows));
        tasks.panel_step = tasks.panels;
        memory = lowering.scratch_floats(tasks.row_step * taps * depth * static_cast<size_t>(threads));
    }

    std::vector<View> touched() const {
        std::vector<View> views = epilogue.touched();
        views.insert(views.end(), {x, packed, zero});
        if (bias) views.push_back(*bias);
        if (way != Way::kPlain) views.push_back(table);
        if (way == Way::kGathered) views.push_back(memory);
        return views;
    }
    std::string name() const {
        constexpr std::string_view kNames[] = {"product", "gathered product", "direct"};
        return format("{} {}", kNames[static_cast<size_t>(way)], kernels.name);
    }

    void run_task(const Run& run, size_t task, size_t slot) const {
        const size_t part = task % tasks.count(), g = task / tasks.count() % groups,
                     n = task / tasks.count() / groups;
        const size_t first = part / tasks.across() * tasks.row_step,
                     last = std::min(positions, first + tasks.row_step);
        const size_t from = part % tasks.across() * tasks.panel_step,
                     to = std::min(panels, from + tasks.panel_step);
        Product one = base;
        one.a = run.floats(x) + static_cast<int64_t>(n) * x.strides[0] + static_cast<int64_t>(g * depth);
        one.b = run.floats(packed) + g * panels * panel * taps * depth;
        one.bias = bias ? run.floats(*bias) + g * panels * panel : nullptr;
        one.c = run.floats(epilogue.value) + n * positions * static_cast<size_t>(one.c_stride) + g * columns;
        if (way == Way::kGathered) {
            float* rows = run.floats(memory) + slot * tasks.row_step * taps * depth;
            gather(one.a, run.at<int32_t>(table), positions, first, last, rows);
            one.a = rows;
            one.c += static_cast<int64_t>(first) * one.c_stride;
            kernels.product(one, 0, last - first, from, to);
        } else {
            if (way == Way::kByOffsets) {
                one.offsets = run.at<int32_t>(table);
                one.zeros = run.floats(zero);
            }
            kernels.product(one, first, last, from, to);
        }
        if (epilogue.chain)
            epilogue.chain->run(run, kernels, n * positions + first, n * positions + last,
                                g * columns + from * panel, g * columns + std::min(columns, to * panel));
    }
};

}  // namespace

std::optional<int64_t> pixel_stride(const View& x, const ops::ConvShape& shape) {
    if (count_taps(shape.window) != 1 || shape.in != shape.out) return std::nullopt;
    for (const ops::WindowAxis& axis : shape.window.axes)
        if (axis.stride != 1 || axis.begin != 0) return std::nullopt;
    const View places{0, 0, places_of(x.shape), places_of(x.strides)};
    const auto line = reshaped(places, {element_count(shape.out)});
    if (!line) return std::nullopt;
    return line->strides[0];
}

void lower_bf16_conv(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> bias) {
    Bf16Operands operands{.batch = static_cast<size_t>(conv.shape.batch),
                          .groups = static_cast<size_t>(conv.shape.groups),
                          .depth = static_cast<size_t>(conv.shape.group_in),
                          .columns = static_cast<size_t>(conv.shape.group_out),
                          .taps = conv.taps,
                          .positions = conv.positions,
                          .x = conv.x,
                          .image_stride = conv.x.strides[0],
                          .row_stride = pixel_stride(conv.x, conv.shape),
                          .weights_id = conv.weights_id,
                          .weight_column = conv.shape.group_in * static_cast<int64_t>(conv.taps),
                          .weight_tap = 1,
                          .weight_depth = static_cast<int64_t>(conv.taps)};
    if (!operands.row_stride) operands.table = conv.tap_table(lowering);
    add_bf16_step(lowering, group, operands,
                  make_epilogue(lowering, group, channels_last(conv.x.rank()), 1, std::move(bias)));
}

void lower_direct(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float> bias) {
    auto direct = std::make_shared<Direct>(lowering, group, conv, std::move(bias));
    lowering.add_step(lowering.describe(group, direct->name()), direct->touched(),
                      [direct](const Run& run) -> Status {
                          run.threads.parallel_for_slots(
                              direct->batch * direct->groups * direct->tasks.count(),
                              [&](size_t task, size_t slot) { direct->run_task(run, task, slot); });
                          return {};
                      });
}

}  // namespace lathe::run::cpu
