#include "run/cpu/view.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace lathe::run::cpu {

Order row_major(size_t rank) {
    Order order(rank);
    std::iota(order.begin(), order.end(), size_t{0});
    return order;
}

Order channels_last(size_t rank) { return rank < 3 ? row_major(rank) : with_last(row_major(rank), 1); }

Order with_last(Order order, size_t axis) {
    std::erase(order, axis);
    order.push_back(axis);
    return order;
}

Shape dense_strides(const Shape& shape, const Order& order) {
    Shape strides(shape.size());
    int64_t step = 1;
    for (size_t i = order.size(); i-- > 0;) {
        strides[order[i]] = step;
        step *= std::max<int64_t>(1, shape[order[i]]);
    }
    return strides;
}

bool is_dense(const View& view, const Order& order) {
    int64_t step = 1;
    for (size_t i = order.size(); i-- > 0;) {
        const size_t axis = order[i];
        if (view.shape[axis] == 1) continue;
        if (view.strides[axis] != step) return false;
        step *= view.shape[axis];
    }
    return true;
}

std::optional<Order> dense_order(const View& view) {
    if (is_dense(view, row_major(view.rank()))) return row_major(view.rank());
    Order order = row_major(view.rank());
    std::ranges::stable_sort(order, [&](size_t a, size_t b) { return view.strides[a] > view.strides[b]; });
    if (!is_dense(view, order)) return std::nullopt;
    return order;
}

std::optional<View> reshaped(const View& view, const Shape& shape) {
    CHECK(element_count(view.shape) == element_count(shape));
    View result{view.buffer, view.offset, shape, Shape(shape.size(), 0)};
    if (element_count(shape) == 0) {
        result.strides = row_major_strides(shape);
        return result;
    }
    // Runs of axes of both shapes with equal products; inside a run the elements must be evenly spaced.
    size_t i = 0, j = 0;
    while (i < view.rank() || j < shape.size()) {
        const size_t first_i = i, first_j = j;
        int64_t from = 1, to = 1;
        do {
            if (from <= to && i < view.rank()) from *= view.shape[i++];
            else if (j < shape.size()) to *= shape[j++];
            else from *= view.shape[i++];
        } while (from != to);
        while (i < view.rank() && view.shape[i] == 1) ++i;
        while (j < shape.size() && shape[j] == 1) ++j;
        int64_t step = 0;
        std::optional<int64_t> span;  // of the run's axes so far, from its end
        for (size_t k = i; k-- > first_i;) {
            if (view.shape[k] == 1) continue;
            if (!span) step = view.strides[k];
            else if (view.strides[k] != *span) return std::nullopt;
            span = view.strides[k] * view.shape[k];
        }
        for (size_t k = j; k-- > first_j;) {
            result.strides[k] = step;
            step *= shape[k];
        }
    }
    return result;
}

std::optional<View> by_heads(const View& view, int64_t heads) {
    const Shape& s = view.shape;
    auto split = reshaped(view, {s[0], s[1], heads, s[2] / heads});
    if (split) {
        std::swap(split->shape[1], split->shape[2]);
        std::swap(split->strides[1], split->strides[2]);
    }
    return split;
}

View broadcast_to(const View& view, const Shape& shape) {
    CHECK(view.rank() <= shape.size());
    View result{view.buffer, view.offset, shape, Shape(shape.size(), 0)};
    const size_t lead = shape.size() - view.rank();
    for (size_t i = 0; i < view.rank(); ++i) {
        if (view.shape[i] == 1) continue;
        CHECK(view.shape[i] == shape[lead + i]);
        result.strides[lead + i] = view.strides[i];
    }
    return result;
}

}  // namespace lathe::run::cpu
