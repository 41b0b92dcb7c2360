// Operators that go along the lines of an axis one element after the other: arg_max, arg_min, top_k, cumsum.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/contexts.h"
#include "run/cpu/take_work.h"

namespace lathe::run::cpu {
namespace {

using graph::kNoValue;
using graph::Node;

constexpr size_t kBlock = 128;  // lines next to each other that go together

struct Lines {
    View x;
    Order order;
    size_t axis = 0;
    AxisPlace place;
    size_t blocks() const { return (static_cast<size_t>(place.inner) + kBlock - 1) / kBlock; }
    size_t tasks() const { return static_cast<size_t>(place.outer) * blocks(); }
    const float* slice(const Run& run, size_t task) const {
        return run.floats(x) + static_cast<int64_t>(task / blocks()) * place.size * place.inner + first(task);
    }
    int64_t first(size_t task) const { return static_cast<int64_t>(task % blocks() * kBlock); }
    int64_t count(size_t task) const {
        return std::min<int64_t>(static_cast<int64_t>(kBlock), place.inner - first(task));
    }
    // Where the lines' results begin in something dense with `size` rows along the axis.
    int64_t result(size_t task, int64_t size) const {
        return static_cast<int64_t>(task / blocks()) * size * place.inner + first(task);
    }
};

Lines lines_of(Lowering& lowering, graph::ValueId id, size_t axis) {
    Lines lines{.x = lowering.view(id), .axis = axis};
    lines.order = dense_order(lines.x).value_or(row_major(lines.x.rank()));
    lines.x = lowering.dense(lines.x, lines.order, DType::kF32);
    lines.place = place_of(lines.x.shape, lines.order, axis);
    return lines;
}
View result_of(Lowering& lowering, const Lines& lines, int64_t size, DType dtype) {
    Shape shape = lines.x.shape;
    shape[lines.axis] = size;
    return lowering.new_view(shape, lines.order, dtype);
}

// Tasks of some thousand elements: lines that are short go together.
template <class F>
void for_each_block(const Run& run, const Lines& lines, const F& visit) {
    const size_t elements =
        static_cast<size_t>(lines.place.size * std::min<int64_t>(kBlock, lines.place.inner));
    const size_t step = std::max<size_t>(1, 16384 / std::max<size_t>(1, elements)), tasks = lines.tasks();
    run.threads.parallel_for((tasks + step - 1) / step, [&](size_t task) {
        for (size_t t = task * step; t < std::min(tasks, (task + 1) * step); ++t) visit(t);
    });
}

template <class Better>
void find_extremes(const float* x, int64_t size, int64_t inner, int64_t count, int64_t* found,
                   const Better& better) {
    float best[kBlock];
    std::copy_n(x, count, best);
    std::fill_n(found, count, 0);
    for (int64_t k = 1; k < size; ++k) {
        const float* row = x + k * inner;
        for (int64_t i = 0; i < count; ++i) {
            const bool is_better = better(row[i], best[i]);
            best[i] = is_better ? row[i] : best[i];
            found[i] = is_better ? k : found[i];
        }
    }
}

// The same of a line whose elements lie together.
template <class Better>
int64_t find_extreme(const float* x, int64_t size, const Better& better) {
    float best = x[0];
    int64_t found = 0;
    for (int64_t k = 1; k < size; ++k)
        if (better(x[k], best)) {
            best = x[k];
            found = k;
        }
    return found;
}

void arg(Lowering& lowering, const Group& group, const Node& node, const Lines& lines) {
    const bool largest = node.op->name == "arg_max",
               last = std::get<bool>(*node.attrs.find("select_last_index"));
    View y = result_of(lowering, lines, 1, DType::kI64);
    lowering.add_step(lowering.describe(group, "lines"), {lines.x, y}, [=](const Run& run) -> Status {
        for_each_block(run, lines, [&](size_t task) {
            const auto find = [&](const auto& better) {
                int64_t* to = run.at<int64_t>(y) + lines.result(task, 1);
                if (lines.place.inner == 1)
                    *to = find_extreme(lines.slice(run, task), lines.place.size, better);
                else
                    find_extremes(lines.slice(run, task), lines.place.size, lines.place.inner,
                                  lines.count(task), to, better);
            };
            if (largest && last) find([](float v, float b) { return v >= b; });
            else if (largest) find([](float v, float b) { return v > b; });
            else if (last) find([](float v, float b) { return v <= b; });
            else find([](float v, float b) { return v < b; });
        });
        return {};
    });
    if (!std::get<bool>(*node.attrs.find("keepdims"))) {
        y.shape.erase(y.shape.begin() + static_cast<std::ptrdiff_t>(lines.axis));
        y.strides.erase(y.strides.begin() + static_cast<std::ptrdiff_t>(lines.axis));
    }
    lowering.define(node.outputs[0], y);
}

// NaNs are equal to each other and larger than the rest; of equals the first comes first.
bool comes_before(float a, float b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

void top_k(Lowering& lowering, const Group& group, const Node& node, const Lines& lines, int64_t k) {
    const bool largest = std::get<bool>(*node.attrs.find("largest"));
    const bool indices = node.outputs.size() > 1 && node.outputs[1] != kNoValue;
    const View y = result_of(lowering, lines, k, DType::kF32);
    if (node.outputs[0] != kNoValue) lowering.define(node.outputs[0], y);
    std::vector<View> touched{lines.x, y};
    if (indices) {
        touched.push_back(result_of(lowering, lines, k, DType::kI64));
        lowering.define(node.outputs[1], touched[2]);
    }
    lowering.add_step(lowering.describe(group, "lines"), touched, [=](const Run& run) -> Status {
        for_each_block(run, lines, [&](size_t task) {
            const int64_t inner = lines.place.inner;
            std::vector<int64_t> order(static_cast<size_t>(lines.place.size));
            for (int64_t i = 0; i < lines.count(task); ++i) {
                const float* x = lines.slice(run, task) + i;
                std::iota(order.begin(), order.end(), int64_t{0});
                std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
                    const float u = x[a * inner], v = x[b * inner];
                    if (largest ? comes_before(u, v) : comes_before(v, u)) return true;
                    return a < b && !(largest ? comes_before(v, u) : comes_before(u, v));
                });
                const int64_t at = lines.result(task, k) + i;
                for (int64_t n = 0; n < k; ++n) {
                    const int64_t from = order[static_cast<size_t>(n)];
                    run.floats(y)[at + n * inner] = x[from * inner];
                    if (indices) run.at<int64_t>(touched[2])[at + n * inner] = from;
                }
            }
        });
        return {};
    });
}

// A line whose elements lie together.
void add_up(const float* x, int64_t size, bool exclusive, bool reverse, float* to) {
    double sum = 0;
    for (int64_t k = 0; k < size; ++k) {
        const int64_t at = reverse ? size - 1 - k : k;
        const double before = sum;
        sum += static_cast<double>(x[at]);
        to[at] = static_cast<float>(exclusive ? before : sum);
    }
}

void cumsum(Lowering& lowering, const Group& group, const Node& node, const Lines& lines) {
    const bool exclusive = std::get<bool>(*node.attrs.find("exclusive")),
               reverse = std::get<bool>(*node.attrs.find("reverse"));
    const View y = result_of(lowering, lines, lines.place.size, DType::kF32);
    lowering.define(node.outputs[0], y);
    lowering.add_step(lowering.describe(group, "lines"), {lines.x, y}, [=](const Run& run) -> Status {
        for_each_block(run, lines, [&](size_t task) {
            const int64_t size = lines.place.size, inner = lines.place.inner, count = lines.count(task);
            const float* x = lines.slice(run, task);
            float* to = run.floats(y) + lines.result(task, size);
            if (inner == 1) return add_up(x, size, exclusive, reverse, to);
            double sums[kBlock] = {};
            for (int64_t k = 0; k < size; ++k) {
                const int64_t row = (reverse ? size - 1 - k : k) * inner;
                for (int64_t i = 0; i < count; ++i) {
                    const double before = sums[i];
                    sums[i] += static_cast<double>(x[row + i]);
                    to[row + i] = static_cast<float>(exclusive ? before : sums[i]);
                }
            }
        });
        return {};
    });
}

}  // namespace

Result<bool> lower_lines(Lowering& lowering, const Group& group) {
    const Node& node = lowering.graph().nodes[group.nodes[0]];
    const Shape& shape = lowering.shape(node.inputs[0]);
    if (lowering.dtype(node.inputs[0]) != DType::kF32 || shape.empty() || element_count(shape) == 0)
        return false;
    if (node.inputs.size() > 1 && node.inputs[1] != kNoValue && lowering.constant(node.inputs[1]) == nullptr)
        return false;
    const auto number = [&](std::string_view name) -> Result<int64_t> {
        const graph::Attr* attr = node.attrs.find(name);
        if (attr != nullptr && std::holds_alternative<int64_t>(*attr) &&
            (node.inputs.size() < 2 || node.inputs[1] == kNoValue))
            return std::get<int64_t>(*attr);
        const auto values = lowering.constant(node.inputs[1])->to_ints();
        if (values.size() != 1) return fail("'{}' has {} values, expected one", name, values.size());
        return values[0];
    };
    if (node.op->name == "cumsum") {
        TRY(const int64_t given, number("axis"));
        TRY(const int axis, graph::normal_axis(given, static_cast<int>(shape.size())));
        cumsum(lowering, group, node, lines_of(lowering, node.inputs[0], static_cast<size_t>(axis)));
        return true;
    }
    TRY(const int place,
        graph::normal_axis(std::get<int64_t>(*node.attrs.find("axis")), static_cast<int>(shape.size())));
    const auto axis = static_cast<size_t>(place);
    if (node.op->name != "top_k") {
        arg(lowering, group, node, lines_of(lowering, node.inputs[0], axis));
        return true;
    }
    TRY(const int64_t k, number("k"));
    if (k < 1 || k > shape[axis]) return false;  // none, or an error: as the row says
    top_k(lowering, group, node, lines_of(lowering, node.inputs[0], axis), k);
    return true;
}

}  // namespace lathe::run::cpu
