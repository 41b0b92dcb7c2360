// Layer norm (Ba et al., 2016) and RMS norm (Zhang & Sennrich, 2019) in means, squares and roots.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/contexts.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace lathe::passes {
namespace {

using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// (x - mean) / sqrt(variance + epsilon), or x over its root mean square, along the axes.
struct Normal {
    ValueId x = kNoValue;
    bool centred = false;
    double epsilon = 0;
    std::vector<int> axes;
};

struct Mean {
    ValueId of = kNoValue;
    std::vector<int> axes;
};
std::optional<Mean> mean_of(const Rewrite& rewrite, ValueId value) {
    const Node* node = rewrite.maker(value, "reduce_mean");
    if (node == nullptr || !graph::AttrReader(*node->op, node->attrs).flag("keepdims")) return std::nullopt;
    const auto list = rewrite.ints(*node, "axes");
    if (!list || list->empty()) return std::nullopt;
    auto axes = graph::normal_axes(*list, static_cast<int>(rewrite.shape(node->inputs[0]).size()));
    if (!axes) return std::nullopt;
    std::ranges::sort(*axes);
    return Mean{node->inputs[0], *std::move(axes)};
}

// What the value is the square of.
ValueId root_of(const Rewrite& rewrite, ValueId value) {
    if (const Node* node = rewrite.maker(value, "mul"))
        return rewrite.same(node->inputs[0], node->inputs[1]) ? node->inputs[0] : kNoValue;
    const Node* node = rewrite.maker(value, "pow");
    return node != nullptr && rewrite.number(node->inputs[1]) == 2.0 ? node->inputs[0] : kNoValue;
}

// variance + epsilon, where the value is its square root (power 1) or one over that (power -1).
ValueId under_root(const Rewrite& rewrite, ValueId value, int power) {
    if (const Node* node = rewrite.maker(value, "pow"))
        return rewrite.number(node->inputs[1]) == 0.5 * power ? node->inputs[0] : kNoValue;
    if (power == 1) {
        const Node* node = rewrite.maker(value, "sqrt");
        return node != nullptr ? node->inputs[0] : kNoValue;
    }
    if (const Node* node = rewrite.maker(value, "reciprocal")) return under_root(rewrite, node->inputs[0], 1);
    const Node* node = rewrite.maker(value, "div");
    return node != nullptr && rewrite.number(node->inputs[0]) == 1.0 ? under_root(rewrite, node->inputs[1], 1)
                                                                     : kNoValue;
}

std::optional<Normal> normal_of(const Rewrite& rewrite, ValueId difference, ValueId inside) {
    const Affine variance = affine(rewrite, inside);
    const auto squares = mean_of(rewrite, variance.base);
    if (!squares || variance.scale != 1 || variance.offset < 0) return std::nullopt;
    const ValueId squared = root_of(rewrite, squares->of);
    if (squared == kNoValue || !rewrite.same(squared, difference)) return std::nullopt;
    Normal normal{difference, false, variance.offset, squares->axes};
    if (const Node* sub = rewrite.maker(difference, "sub"))
        if (const auto mean = mean_of(rewrite, sub->inputs[1]);
            mean && mean->of == sub->inputs[0] && mean->axes == squares->axes) {
            normal.x = sub->inputs[0];
            normal.centred = true;
        }
    return normal;
}
std::optional<Normal> normal(const Rewrite& rewrite, ValueId value) {
    if (const Node* node = rewrite.maker(value, "div"))
        return normal_of(rewrite, node->inputs[0], under_root(rewrite, node->inputs[1], 1));
    const Node* node = rewrite.maker(value, "mul");
    for (size_t i = 0; node != nullptr && i < 2; ++i)
        if (const auto found =
                normal_of(rewrite, node->inputs[i], under_root(rewrite, node->inputs[1 - i], -1)))
            return found;
    return std::nullopt;
}

// The operand of a sum or product that is a constant, and the other one.
struct WithConstant {
    ValueId value, constant;
};
std::optional<WithConstant> with_constant(const Rewrite& rewrite, ValueId value, std::string_view op) {
    const Node* node = rewrite.maker(value, op);
    for (size_t i = 0; node != nullptr && i < 2; ++i)
        if (rewrite.constant(node->inputs[i]) != nullptr)
            return WithConstant{node->inputs[1 - i], node->inputs[i]};
    return std::nullopt;
}

struct Norm {
    Normal normal;
    ValueId scale = kNoValue, bias = kNoValue;  // constants that broadcast to x
};
std::optional<Norm> norm(const Rewrite& rewrite, ValueId root) {
    const auto sum = with_constant(rewrite, root, "add");
    const auto product = with_constant(rewrite, sum ? sum->value : root, "mul");
    for (const auto& candidate : {product, sum}) {
        if (!candidate) continue;
        auto found = normal(rewrite, candidate->value);
        if (!found) continue;
        Norm result{*std::move(found)};
        if (product && candidate->value == product->value) result.scale = product->constant;
        if (sum) result.bias = sum->constant;
        return result;
    }
    if (auto found = normal(rewrite, root)) return Norm{*std::move(found)};
    return std::nullopt;
}

// The last axes of x, or one in front of others.
bool axes_fit(const std::vector<int>& axes, size_t rank) {
    if (axes.size() == 1) return true;
    for (size_t i = 0; i < axes.size(); ++i)
        if (axes[i] != static_cast<int>(rank - axes.size() + i)) return false;
    return true;
}

// A parameter with one number for each place along the axes, of that shape; nothing: it has others too.
std::optional<Tensor> parameter(const Rewrite& rewrite, const Normal& normal, ValueId constant,
                                double absent) {
    const graph::Dims& x = rewrite.shape(normal.x);
    Shape wanted, wide(x.size(), 1);
    for (const int axis : normal.axes) {
        const auto size = x[static_cast<size_t>(axis)].constant();
        if (!size) return std::nullopt;
        wanted.push_back(*size);
        wide[static_cast<size_t>(axis)] = *size;
    }
    const DType dtype = rewrite.graph()[normal.x].dtype;
    const Tensor* given = rewrite.constant(constant);
    if (given == nullptr) return Tensor::filled(dtype, wanted, absent);
    if (given->dtype() != dtype || given->shape().size() > wide.size()) return std::nullopt;
    const size_t lead = wide.size() - given->shape().size();
    for (size_t i = 0; i < given->shape().size(); ++i)
        if (given->shape()[i] != 1 && given->shape()[i] != wide[lead + i]) return std::nullopt;
    if (given->count() == element_count(wanted)) return given->to_contiguous().reshaped(wanted);
    if (given->count() == 1) return Tensor::filled(dtype, wanted, given->to_doubles()[0]);
    return std::nullopt;
}

ValueId rewritten(Rewrite& rewrite, const Norm& found, const std::string& name) {
    const Normal& normal = found.normal;
    const auto scale = parameter(rewrite, normal, found.scale, 1),
               bias = parameter(rewrite, normal, found.bias, 0);
    if (!scale || !bias) return kNoValue;
    const auto rank = static_cast<int>(rewrite.shape(normal.x).size());
    const bool last = normal.axes.back() == rank - 1;
    ValueId x = normal.x;
    Ints there(static_cast<size_t>(rank)), back(there.size());
    if (!last) {  // the axis goes to the end
        std::iota(there.begin(), there.end(), int64_t{0});
        there.erase(there.begin() + normal.axes[0]);
        there.push_back(normal.axes[0]);
        for (size_t i = 0; i < there.size(); ++i)
            back[static_cast<size_t>(there[i])] = static_cast<int64_t>(i);
        x = rewrite.add("transpose", {x}, {{"perm", there}}, name);
    }
    std::vector<ValueId> operands{x, rewrite.add_constant(name + ".scale", *scale)};
    const bool biased = found.bias != kNoValue;
    if (normal.centred && biased) operands.push_back(rewrite.add_constant(name + ".bias", *bias));
    ValueId y = rewrite.add(
        normal.centred ? "layer_norm" : "rms_norm", std::move(operands),
        {{"axis", last ? int64_t{normal.axes[0]} - rank : int64_t{-1}}, {"epsilon", normal.epsilon}}, name);
    if (!last) y = rewrite.add("transpose", {y}, {{"perm", back}}, name);
    return biased && !normal.centred ? rewrite.add("add", {y, found.bias}, {}, name) : y;
}

}  // namespace

Result<Graph> recognise_norms(Graph graph) {
    Rewrite rewrite(std::move(graph));
    rewrite.for_each_result([&](ValueId root) {
        const auto found = norm(rewrite, root);
        if (!found || !axes_fit(found->normal.axes, rewrite.shape(found->normal.x).size()) ||
            !rewrite.closed(root, std::array{found->normal.x}))
            return;
        const std::string name = rewrite.maker(root)->name;
        rewrite.replace(root, rewritten(rewrite, *found, name));
    });
    return std::move(rewrite).finish();
}

}  // namespace lathe::passes
