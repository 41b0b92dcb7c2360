#include "run/cpu/integer_work.h"

#include <algorithm>
#include <cstring>

namespace lathe::run::cpu {
namespace {

// [groups, panels, pairs, panel, 2] of code - zero.
template <class T>
SharedBytes pack_weights(const LoweringContext& context, const IntegerGeometry& g,
                         const IntegerOperands& operands) {
    const auto panel = static_cast<size_t>(context.kernels.panel), panels = (g.columns + panel - 1) / panel,
               pairs = (g.taps * g.depth + 1) / 2, size = pairs * 2 * panel;
    const HeapBytes bytes(g.groups * panels * size * sizeof(T));
    auto* packed = reinterpret_cast<T*>(bytes.data.get());
    const std::byte* codes = operands.weights.bytes().data();
    const DType dtype = operands.weights.dtype();
    context.pool.parallel_for(g.groups * panels, [&](size_t task) {
        const size_t group = task / panels, first = task % panels * panel;
        T* to = packed + task * size;
        std::memset(to, 0, size * sizeof(T));
        for (size_t i = 0; i < std::min(panel, g.columns - first); ++i) {
            const size_t column = group * g.columns + first + i;
            const int32_t zero = operands.weight_zeros[column];
            for (size_t t = 0, k = 0; t < g.taps; ++t)
                for (size_t c = 0; c < g.depth; ++c, ++k) {
                    const size_t at = column * g.weight_column + t * g.weight_tap + c * g.weight_depth;
                    to[(k / 2 * panel + i) * 2 + k % 2] = static_cast<T>(code_at(codes, dtype, at) - zero);
                }
        }
    });
    return bytes.freeze();
}

struct IntegerWork {
    const Kernels& kernels;
    IntegerGeometry g;
    IntegerOperands operands;
    IntegerEpilogue epilogue;
    size_t panel, panels, padded, to_stride;  // padded: columns of a group; to_stride: of widened rows
    bool wide;
    View packed, rows;
    IntegerLists lists;
    IntegerProduct base;
    ProductTasks tasks;

    IntegerWork(Lowering& lowering, const IntegerGeometry& geometry, const IntegerOperands& the_operands,
                const IntegerEpilogue& the_epilogue)
        : kernels(lowering.kernels()),
          g(geometry),
          operands(the_operands),
          epilogue(the_epilogue),
          panel(static_cast<size_t>(kernels.panel)),
          panels((g.columns + panel - 1) / panel),
          padded(panels * panel),
          to_stride((g.taps * g.depth + 1) / 2 * 2),
          wide(is_wide(operands)),
          packed(lowering.packed(
              operands.weights_id,
              format("integers {} {} {}{}", g.groups, g.weight_column, kernels.name, zeros_text(operands)),
              [&] {
                  return wide ? pack_weights<int16_t>(lowering.c, g, operands)
                              : pack_weights<int8_t>(lowering.c, g, operands);
              })),
          lists(lowering, operands, epilogue, g.groups, g.columns, padded) {
        operands.weights = {};
        base = {.a_stride = static_cast<int64_t>(to_stride),
                .pairs = to_stride / 2,
                .columns = g.columns,
                .wide = wide,
                .to = epilogue.kernel_result()};
        share(lowering);
    }

    void share(Lowering& lowering) {
        constexpr size_t kRows = 24, kFewBytes = 128 << 10, kManyBytes = 512 << 10;
        const int threads = lowering.threads();
        const bool busy = g.batch * g.groups >= static_cast<size_t>(threads) * 3;
        // A code is a quarter of what share_product counts.
        tasks = share_product(kernels, g.positions, g.columns, to_stride / 4 + 1, busy ? 1 : threads,
                              epilogue.chain != nullptr);
        // Where the weights leave the second cache, more rows at once read them less often.
        const size_t bytes = padded * to_stride > kManyBytes / 2 ? kManyBytes : kFewBytes;
        tasks.row_step =
            std::min(tasks.row_step, std::max(kRows, bytes / (to_stride * sizeof(int16_t)) / kRows * kRows));
        const size_t numbers = tasks.row_step * to_stride * static_cast<size_t>(threads);
        rows = lowering.scratch_floats((numbers + 1) / 2);
    }

    std::vector<View> touched() const {
        std::vector<View> views = epilogue.touched();
        views.insert(views.end(), {g.x, packed, rows});
        lists.add_touched(views);
        if (operands.run_zero) views.push_back(*operands.run_zero);
        if (!g.row_stride) views.push_back(g.table);
        return views;
    }

    void run_task(const Run& run, const Codes& now, size_t task, size_t slot) const {
        const size_t part = task % tasks.count(), group = task / tasks.count() % g.groups,
                     n = task / tasks.count() / g.groups;
        const size_t first = part / tasks.across() * tasks.row_step,
                     last = std::min(g.positions, first + tasks.row_step);
        const size_t from = part % tasks.across() * tasks.panel_step,
                     to = std::min(panels, from + tasks.panel_step);
        auto* widened = reinterpret_cast<int16_t*>(run.floats(rows)) + slot * tasks.row_step * to_stride;
        Widening widening{.from = now,
                          .stride = g.row_stride.value_or(0),
                          .offsets = g.row_stride ? nullptr : run.at<int32_t>(g.table),
                          .offset_stride = static_cast<int64_t>(g.positions),
                          .taps = g.taps,
                          .depth = g.depth,
                          .to = widened,
                          .to_stride = base.a_stride};
        widening.from.codes = run.at<uint8_t>(g.x) + static_cast<int64_t>(n) * g.image_stride +
                              static_cast<int64_t>(group * g.depth);
        kernels.widen(widening, first, last);
        IntegerProduct one = base;
        one.a = widened;
        const std::byte* weights = run.bases[packed.buffer];
        one.b = weights + group * padded * to_stride * (wide ? sizeof(int16_t) : sizeof(int8_t));
        lists.set(run, group, one.to);
        one.to.c = epilogue.at(run, (n * g.positions + first) * g.groups * g.columns + group * g.columns);
        kernels.integer_product(one, 0, last - first, from, to);
        if (epilogue.chain)
            epilogue.chain->run(run, kernels, n * g.positions + first, n * g.positions + last,
                                group * g.columns + from * panel,
                                group * g.columns + std::min(g.columns, to * panel));
    }
};

}  // namespace

void add_integer_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                      const IntegerOperands& operands, const IntegerEpilogue& epilogue) {
    auto work = std::make_shared<IntegerWork>(lowering, geometry, operands, epilogue);
    lowering.add_step(lowering.describe(group, format("int8 {}", work->kernels.name)), work->touched(),
                      [work](const Run& run) -> Status {
                          work->lists.prepare(run, work->epilogue);
                          const Codes now{nullptr, work->operands.dtype == DType::kI8,
                                          zero_of(run, work->operands), 1};
                          run.threads.parallel_for_slots(
                              work->g.batch * work->g.groups * work->tasks.count(),
                              [&](size_t task, size_t slot) { work->run_task(run, now, task, slot); });
                          return {};
                      });
}

}  // namespace lathe::run::cpu
