#include "run/cpu/take_work.h"

#include <algorithm>

namespace lathe::run::cpu {
namespace {

// The rows of x that the rows of the result are, over the axes [first, last] of the order.
SharedBytes make_table(const Shape& x, const Order& order, size_t first, size_t last,
                       const AxisSources& sources) {
    std::vector<int64_t> rows{0};
    for (size_t i = first; i <= last; ++i) {
        const auto& list = sources[order[i]];
        const int64_t size = x[order[i]];
        const size_t count = list ? list->size() : static_cast<size_t>(size);
        std::vector<int64_t> longer;
        longer.reserve(rows.size() * count);
        for (const int64_t row : rows)
            for (size_t k = 0; k < count; ++k) {
                const int64_t from = list ? (*list)[k] : static_cast<int64_t>(k);
                longer.push_back(row < 0 || from < 0 ? -1 : row * size + from);
            }
        rows = std::move(longer);
    }
    const HeapBytes bytes(std::max<size_t>(1, rows.size() * sizeof(int32_t)));
    auto* to = reinterpret_cast<int32_t*>(bytes.data.get());
    for (const int64_t row : rows) *to++ = row < 0 ? kPadding : static_cast<int32_t>(row);
    return bytes.freeze();
}

}  // namespace

AxisPlace place_of(const Shape& shape, const Order& order, size_t axis) {
    AxisPlace place{.size = shape[axis]};
    bool behind = false;
    for (const size_t a : order) {
        if (a == axis) behind = true;
        else (behind ? place.inner : place.outer) *= shape[a];
    }
    return place;
}

size_t pieces_of(size_t rows, size_t row_bytes, size_t slices) {
    constexpr size_t kBytes = 64 << 10, kMost = 16;
    if (slices >= kMost) return 1;
    return std::clamp<size_t>(rows * row_bytes / kBytes, 1,
                              std::min<size_t>(kMost, std::max<size_t>(1, rows)));
}

std::optional<View> take_by_axes(Lowering& lowering, const Group& group, View x, DType dtype,
                                 const AxisSources& sources, const SharedBytes& fill) {
    const Order order = dense_order(x).value_or(row_major(x.rank()));
    Shape shape = x.shape;
    for (size_t i = 0; i < shape.size(); ++i)
        if (sources[i]) shape[i] = static_cast<int64_t>(sources[i]->size());
    const auto taken = [&](size_t axis) { return sources[axis].has_value(); };
    const auto first_at = std::ranges::find_if(order, taken);
    if (first_at == order.end()) return x;
    const auto first = static_cast<size_t>(first_at - order.begin());
    size_t last = order.size() - 1;
    while (!taken(order[last])) --last;
    int64_t outer = 1, in_rows = 1, rows = 1, inner = 1;
    for (size_t i = 0; i < order.size(); ++i) {
        if (i < first) outer *= shape[order[i]];
        else if (i > last) inner *= shape[order[i]];
        else in_rows *= x.shape[order[i]], rows *= shape[order[i]];
    }
    if (in_rows >= INT32_MAX || rows >= INT32_MAX) return std::nullopt;
    x = lowering.dense(x, order, dtype);
    const View y = lowering.new_view(shape, order, dtype);
    const View table = lowering.constant_view({0}, make_table(x.shape, order, first, last, sources)),
               filler = lowering.constant_view({0}, fill);
    Take base{.element_bytes = static_cast<size_t>(bits_of(dtype)) / 8,
              .inner = static_cast<size_t>(inner),
              .stride = inner};
    const auto count = static_cast<size_t>(rows), slices = static_cast<size_t>(outer),
               row_bytes = base.inner * base.element_bytes;
    const size_t pieces = pieces_of(count, row_bytes, slices);
    const Kernels& kernels = lowering.kernels();
    lowering.add_step(
        lowering.describe(group, "take"), {x, y, table, filler}, [=, &kernels](const Run& run) -> Status {
            run.threads.parallel_for(slices * pieces, [&](size_t task) {
                const size_t slice = task / pieces, piece = task % pieces;
                Take one = base;
                one.from = run.bases[x.buffer] + (x.offset + static_cast<int64_t>(slice) * in_rows * inner) *
                                                     static_cast<int64_t>(base.element_bytes);
                one.to = run.bases[y.buffer] + slice * count * row_bytes;
                one.index = run.at<int32_t>(table);
                one.fill = run.bases[filler.buffer];
                kernels.take(one, count * piece / pieces, count * (piece + 1) / pieces);
            });
            return {};
        });
    return y;
}

}  // namespace lathe::run::cpu
