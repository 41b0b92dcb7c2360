#include "run/cpu/product_work.h"

#include <algorithm>
#include <cstring>

namespace lathe::run::cpu {

SharedBytes pack_matrix(const LoweringContext& context, const float* values, int64_t row_stride,
                        int64_t column_stride, size_t depth, size_t columns, float factor) {
    const Kernels& kernels = context.kernels;
    const auto panel = static_cast<size_t>(kernels.panel), panels = (columns + panel - 1) / panel;
    const size_t count = panels * panel * depth;
    const HeapBytes bytes(std::max<size_t>(1, count * sizeof(float)));
    auto* packed = reinterpret_cast<float*>(bytes.data.get());
    constexpr size_t kPanels = 4;  // of a task
    context.pool.parallel_for((panels + kPanels - 1) / kPanels, [&](size_t task) {
        const size_t first = task * kPanels, last = std::min(panels, first + kPanels);
        kernels.pack_panels(values, row_stride, column_stride, depth, columns, packed, first, last);
        if (factor == 1) return;
        for (size_t i = first * panel * depth; i < last * panel * depth; ++i) packed[i] *= factor;
    });
    return bytes.freeze();
}

void unpack_matrix(const SharedBytes& packed, size_t panel, size_t depth, size_t columns, float* values,
                   int64_t row_stride, int64_t column_stride) {
    const auto* from = reinterpret_cast<const float*>(packed.data());
    for (size_t n = 0; n < columns; ++n)
        for (size_t k = 0; k < depth; ++k)
            values[static_cast<int64_t>(k) * row_stride + static_cast<int64_t>(n) * column_stride] =
                from[(n / panel * depth + k) * panel + n % panel];
}

ProductTasks share_product(const Kernels& kernels, size_t rows, size_t columns, size_t depth, int threads,
                           bool chain) {
    constexpr size_t kRows = 24, kPanels = 4;  // of the smallest task
    constexpr size_t kFewBytes = 256 << 10, kChainBytes = 128 << 10;
    const auto panel = static_cast<size_t>(kernels.panel);
    ProductTasks tasks{.rows = rows, .panels = (columns + panel - 1) / panel};
    tasks.row_step = std::max<size_t>(1, rows);
    tasks.panel_step = std::max<size_t>(1, tasks.panels);
    // Tasks for all threads to end at about the same time, and results that are still in a cache when the chain comes.
    size_t wanted = threads <= 1 ? 1 : static_cast<size_t>(threads) * 4;
    if (chain) wanted = std::max(wanted, rows * columns * sizeof(float) / kChainBytes);
    if (wanted <= 1) return tasks;
    const size_t a = rows * depth * sizeof(float), b = columns * depth * sizeof(float);
    const auto part = [&](size_t whole, size_t parts, size_t least) {
        const size_t step = (whole + parts - 1) / parts;
        return std::max(least, (step + least - 1) / least * least);
    };
    // A large b is read once when its columns are shared out, and once for each task when the rows are.
    if (b > kFewBytes && (b > a || rows < 2 * kRows)) {
        tasks.panel_step = std::min(tasks.panel_step, part(tasks.panels, wanted, kPanels));
        if (tasks.count() * 2 <= static_cast<size_t>(threads))
            tasks.panel_step = part(tasks.panels, wanted, 1);
        return tasks;
    }
    tasks.row_step = std::min(tasks.row_step, part(rows, wanted, kRows));
    while (tasks.count() < static_cast<size_t>(threads) * 2 && tasks.panel_step > 1)
        tasks.panel_step = (tasks.panel_step + 1) / 2;
    return tasks;
}

std::optional<View> bias_view(Lowering& lowering, const Epilogue& epilogue, size_t columns, size_t groups) {
    if (epilogue.bias.empty()) return std::nullopt;
    const auto panel = static_cast<size_t>(lowering.kernels().panel),
               padded = (columns + panel - 1) / panel * panel;
    const HeapBytes bytes(groups * padded * sizeof(float));
    std::memset(bytes.data.get(), 0, bytes.size);
    auto* to = reinterpret_cast<float*>(bytes.data.get());
    for (size_t g = 0; g < groups; ++g)
        std::copy_n(epilogue.bias.data() + g * columns, std::min(columns, epilogue.bias.size() - g * columns),
                    to + g * padded);
    return lowering.constant_view({static_cast<int64_t>(groups * padded)}, bytes.freeze());
}

}  // namespace lathe::run::cpu
