#include "run/cpu/bf16_work.h"

#include <algorithm>
#include <cstring>

#include "base/number_codecs.h"
#include "run/cpu/product_work.h"

namespace lathe::run::cpu {
namespace {

size_t whole_depth(const Bf16Operands& o) {
    return (o.taps * o.depth + kBf16Depth - 1) / kBf16Depth * kBf16Depth;
}

// [groups, panels, depth / 2, panel, 2]
SharedBytes pack_weights(const Lowering& lowering, const Bf16Operands& o) {
    const Tensor plain = lowering.whole_constant(o.weights_id).to_contiguous();
    const auto* weights = reinterpret_cast<const float*>(plain.bytes().data());
    const auto panel = static_cast<size_t>(lowering.kernels().panel),
               panels = (o.columns + panel - 1) / panel, size = whole_depth(o) * panel;
    const HeapBytes bytes(o.groups * panels * size * sizeof(uint16_t));
    auto* packed = reinterpret_cast<uint16_t*>(bytes.data.get());
    lowering.c.pool.parallel_for(o.groups * panels, [&](size_t task) {
        const size_t first = task / panels * o.columns + task % panels * panel,
                     width = std::min(panel, o.columns - task % panels * panel);
        uint16_t* to = packed + task * size;
        std::memset(to, 0, size * sizeof(uint16_t));
        for (size_t i = 0; i < width; ++i) {
            const float* column = weights + static_cast<int64_t>(first + i) * o.weight_column;
            for (size_t t = 0, k = 0; t < o.taps; ++t)
                for (size_t c = 0; c < o.depth; ++c, ++k) {
                    const float weight = column[static_cast<int64_t>(t) * o.weight_tap +
                                                static_cast<int64_t>(c) * o.weight_depth];
                    to[(k / 2 * panel + i) * 2 + k % 2] = f32_to_bf16(weight * o.factor);
                }
        }
    });
    return bytes.freeze();
}

struct Bf16Work {
    const Kernels& kernels;
    Bf16Operands o;
    Epilogue epilogue;
    size_t panel, panels, stride;  // stride: of rounded rows
    View packed, rows;
    std::optional<View> bias;
    ProductTasks tasks;

    Bf16Work(Lowering& lowering, const Bf16Operands& operands, Epilogue the_epilogue)
        : kernels(lowering.kernels()),
          o(operands),
          epilogue(std::move(the_epilogue)),
          panel(static_cast<size_t>(kernels.panel)),
          panels((o.columns + panel - 1) / panel),
          stride(whole_depth(o)),
          packed(lowering.packed(
              o.weights_id,
              format("bf16 {} {} {} {} {}", o.groups, o.weight_column, o.weight_depth, o.factor, panel),
              [&] { return pack_weights(lowering, o); })),
          bias(bias_view(lowering, epilogue, o.columns, o.groups)) {
        share(lowering);
    }

    void share(Lowering& lowering) {
        constexpr size_t kRows = 32, kBytes = 256 << 10;
        const int threads = lowering.threads();
        const bool busy = o.batch * o.groups >= static_cast<size_t>(threads) * 3;
        tasks = share_product(kernels, o.positions, o.columns, stride / 2, busy ? 1 : threads,
                              epilogue.chain != nullptr);
        const size_t fit = std::max(kRows, kBytes / (stride * sizeof(uint16_t)) / kRows * kRows);
        tasks.row_step = std::min((tasks.row_step + kRows - 1) / kRows * kRows, fit);
        rows = lowering.scratch_floats(tasks.row_step * stride / 2 * static_cast<size_t>(threads));
    }

    std::vector<View> touched() const {
        std::vector<View> views = epilogue.touched();
        views.insert(views.end(), {o.x, packed, rows});
        if (bias) views.push_back(*bias);
        if (!o.row_stride) views.push_back(o.table);
        return views;
    }

    void run_task(const Run& run, size_t task, size_t slot) const {
        const size_t part = task % tasks.count(), group = task / tasks.count() % o.groups,
                     n = task / tasks.count() / o.groups;
        const size_t first = part / tasks.across() * tasks.row_step,
                     last = std::min(o.positions, first + tasks.row_step);
        const size_t from = part % tasks.across() * tasks.panel_step,
                     to = std::min(panels, from + tasks.panel_step);
        const size_t all_columns = o.groups * o.columns;
        auto* rounded = reinterpret_cast<uint16_t*>(run.floats(rows)) + slot * tasks.row_step * stride;
        const Narrowing narrowing{.a = run.floats(o.x) + static_cast<int64_t>(n) * o.image_stride +
                                       static_cast<int64_t>(group * o.depth),
                                  .a_stride = o.row_stride.value_or(0),
                                  .offsets = o.row_stride ? nullptr : run.at<int32_t>(o.table),
                                  .offset_stride = static_cast<int64_t>(o.positions),
                                  .taps = o.taps,
                                  .depth = o.depth,
                                  .to = rounded,
                                  .to_stride = static_cast<int64_t>(stride)};
        kernels.narrow(narrowing, first, last);
        const Bf16Product product{
            .a = rounded,
            .a_stride = static_cast<int64_t>(stride),
            .depth = stride,
            .columns = o.columns,
            .b = run.at<uint16_t>(packed) + group * panels * panel * stride,
            .bias = bias ? run.floats(*bias) + group * panels * panel : nullptr,
            .c = run.floats(epilogue.value) + (n * o.positions + first) * all_columns + group * o.columns,
            .c_stride = static_cast<int64_t>(all_columns),
            .low = epilogue.low,
            .high = epilogue.high};
        kernels.bf16_product(product, 0, last - first, from, to);
        if (epilogue.chain)
            epilogue.chain->run(run, kernels, n * o.positions + first, n * o.positions + last,
                                group * o.columns + from * panel,
                                group * o.columns + std::min(o.columns, to * panel));
    }
};

}  // namespace

void add_bf16_step(Lowering& lowering, const Group& group, const Bf16Operands& operands, Epilogue epilogue) {
    auto work = std::make_shared<Bf16Work>(lowering, operands, std::move(epilogue));
    lowering.add_step(lowering.describe(group, format("bf16 {}", work->kernels.name)), work->touched(),
                      [work](const Run& run) -> Status {
                          run.threads.parallel_for_slots(
                              work->o.batch * work->o.groups * work->tasks.count(),
                              [&](size_t task, size_t slot) { work->run_task(run, task, slot); });
                          return {};
                      });
}

}  // namespace lathe::run::cpu
