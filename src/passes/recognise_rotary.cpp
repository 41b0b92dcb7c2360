// Rotary position embedding (Su et al., 2021) in slices, products with cosines and sines, and concatenations.
#include <algorithm>

#include "graph/contexts.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace lathe::passes {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct FoundRotary {
    ValueId x = kNoValue;  // [batch, heads, positions, size], or with an axis between heads and positions
    ValueId cosine = kNoValue, sine = kNoValue;  // broadcast to x's half, or to x where `doubled`
    bool interleaved = false, doubled = false;
};

// Elements [first, last) of the value's last axis.
struct Part {
    ValueId of = kNoValue;
    Dim first = 0, last = 0;
};
std::optional<Part> part_of(const Rewrite& rewrite, ValueId value) {
    const Node* node = rewrite.producer(value);
    if (node == nullptr || (node->op->name != "slice" && node->op->name != "split")) return std::nullopt;
    const ValueId of = node->inputs[0];
    const auto rank = static_cast<int64_t>(rewrite.shape(of).size());
    if (node->op->name == "split") {
        const int64_t axis = std::get<int64_t>(*node->attrs.find("axis"));
        if (axis != -1 && axis != rank - 1) return std::nullopt;
        Dim first = 0;
        for (const ValueId output : node->outputs) {
            if (output == kNoValue) return std::nullopt;
            const Dim last = first + rewrite.shape(output).back();
            if (output == value) return Part{of, first, last};
            first = last;
        }
        return std::nullopt;
    }
    const auto axes = rewrite.ints(*node, "axes"), starts = rewrite.ints(*node, "starts"),
               steps = rewrite.ints(*node, "steps");
    if (!axes || !starts || !steps || axes->size() != 1 || starts->size() != 1 ||
        (axes->at(0) != -1 && axes->at(0) != rank - 1) || (!steps->empty() && steps->at(0) != 1))
        return std::nullopt;
    const auto size = rewrite.shape(of).back().constant(), count = rewrite.shape(value).back().constant();
    if (!size || !count) return std::nullopt;
    const int64_t first = starts->at(0) < 0 ? starts->at(0) + *size : starts->at(0);
    return first < 0 ? std::nullopt : std::optional(Part{of, first, first + *count});
}

// Whether the values are the first and the second half of one value's last axis; which.
ValueId halves_of(const Rewrite& rewrite, ValueId first, ValueId second) {
    const auto a = part_of(rewrite, first), b = part_of(rewrite, second);
    if (!a || !b || a->of != b->of || a->first != Dim(0) || a->last != b->first ||
        b->last != a->last + a->last || rewrite.shape(a->of).back() != b->last)
        return kNoValue;
    return a->of;
}

std::optional<std::pair<ValueId, ValueId>> joined(const Rewrite& rewrite, ValueId value) {
    const Node* node = rewrite.maker(value, "concat");
    if (node == nullptr || node->inputs.size() != 2) return std::nullopt;
    const int64_t axis = std::get<int64_t>(*node->attrs.find("axis"));
    if (axis != -1 && axis + 1 != static_cast<int64_t>(rewrite.shape(value).size())) return std::nullopt;
    return std::pair(node->inputs[0], node->inputs[1]);
}

using Pair = std::pair<ValueId, ValueId>;
std::optional<Pair> operands(const Rewrite& rewrite, ValueId value, std::string_view op) {
    const Node* node = rewrite.maker(value, op);
    return node == nullptr ? std::nullopt : std::optional(Pair(node->inputs[0], node->inputs[1]));
}
// The operand of a product beside `known`.
ValueId beside(const Pair& product, ValueId known) {
    return product.first == known ? product.second : product.second == known ? product.first : kNoValue;
}

// concat(a cos - b sin, a sin + b cos)
std::optional<FoundRotary> by_halves(const Rewrite& rewrite, ValueId root) {
    const auto parts = joined(rewrite, root);
    const auto difference = parts ? operands(rewrite, parts->first, "sub") : std::nullopt;
    const auto sum = parts ? operands(rewrite, parts->second, "add") : std::nullopt;
    if (!difference || !sum) return std::nullopt;
    const auto a_cos = operands(rewrite, difference->first, "mul"),
               b_sin = operands(rewrite, difference->second, "mul"),
               one = operands(rewrite, sum->first, "mul"), other = operands(rewrite, sum->second, "mul");
    if (!a_cos || !b_sin || !one || !other) return std::nullopt;
    for (const auto& [a, cosine] : {*a_cos, Pair(a_cos->second, a_cos->first)})
        for (const auto& [b, sine] : {*b_sin, Pair(b_sin->second, b_sin->first)}) {
            const ValueId x = halves_of(rewrite, a, b);
            if (x == kNoValue) continue;
            for (const auto& [a_sin, b_cos] : {std::pair(*one, *other), std::pair(*other, *one)})
                if (beside(a_sin, a) == sine && beside(b_cos, b) == cosine)
                    return FoundRotary{.x = x, .cosine = cosine, .sine = sine};
        }
    return std::nullopt;
}

// x cos + turned(x) sin, where turned makes (-b, a) of every pair (a, b).
std::optional<FoundRotary> by_turning(const Rewrite& rewrite, ValueId x, ValueId cosine,
                                      const Pair& product) {
    for (const auto& [turned, sine] : {product, Pair(product.second, product.first)}) {
        const Node* shaped = rewrite.maker(turned, "reshape");
        const auto parts = joined(rewrite, shaped != nullptr ? shaped->inputs[0] : turned);
        const Node* negative = parts ? rewrite.maker(parts->first, "neg") : nullptr;
        if (negative == nullptr) continue;
        const ValueId from = halves_of(rewrite, parts->second, negative->inputs[0]);
        if (from == kNoValue) continue;
        FoundRotary found{
            .x = x, .cosine = cosine, .sine = sine, .interleaved = shaped != nullptr, .doubled = true};
        if (shaped == nullptr) {
            if (from == x) return found;
            continue;
        }
        const Node* pairs = rewrite.maker(from, "reshape");  // [..., size / 2, 2]
        if (pairs == nullptr || pairs->inputs[0] != x || rewrite.shape(turned) != rewrite.shape(x)) continue;
        Dims wanted = rewrite.shape(x);
        wanted.back() = Dim::floor_div(wanted.back(), 2);
        wanted.push_back(2);
        if (rewrite.shape(from) == wanted) return found;
    }
    return std::nullopt;
}
std::optional<FoundRotary> by_whole(const Rewrite& rewrite, ValueId root) {
    const auto sum = operands(rewrite, root, "add");
    if (!sum) return std::nullopt;
    const auto one = operands(rewrite, sum->first, "mul"), other = operands(rewrite, sum->second, "mul");
    if (!one || !other) return std::nullopt;
    for (const auto& [straight, turned] : {std::pair(*one, *other), std::pair(*other, *one)})
        for (const auto& [x, cosine] : {straight, Pair(straight.second, straight.first)})
            if (auto found = by_turning(rewrite, x, cosine, turned)) return found;
    return std::nullopt;
}

// One number for both of a pair, where the table has it twice; nothing: they differ, or nobody knows.
std::optional<Tensor> one_of_each(const Tensor& table, bool interleaved) {
    const auto values = table.to_doubles();
    Shape shape = table.shape();
    if (shape.empty() || shape.back() % 2 != 0) return std::nullopt;
    const auto size = static_cast<size_t>(shape.back()), half = size / 2;
    std::vector<double> kept;
    for (size_t row = 0; row < values.size(); row += size)
        for (size_t i = 0; i < half; ++i) {
            const double first = values[row + (interleaved ? 2 * i : i)];
            if (first != values[row + (interleaved ? 2 * i + 1 : i + half)]) return std::nullopt;
            kept.push_back(first);
        }
    shape.back() /= 2;
    return tensor_from_doubles(table.dtype(), shape, kept);
}

// Whether the last axis holds the same half twice: a function of a value that was put beside itself.
bool repeats_half(const Rewrite& rewrite, ValueId value) {
    while (const Node* node = rewrite.maker(value)) {
        const std::string_view op = node->op->name;
        if (const auto parts = joined(rewrite, value)) return parts->first == parts->second;
        const bool inner = op == "unsqueeze" &&
                           rewrite.shape(value).back() == rewrite.shape(node->inputs[0]).back() &&
                           rewrite.shape(value).back() != Dim(1);
        if (op == "mul" && rewrite.number(node->inputs[0])) value = node->inputs[1];
        else if (inner || op == "cos" || op == "sin" || op == "cast" ||
                 (op == "mul" && rewrite.number(node->inputs[1])))
            value = node->inputs[0];
        else return false;
    }
    return false;
}

// One number for both of a pair; kNoValue: the table may have two.
ValueId without_repeats(Rewrite& rewrite, const FoundRotary& found, ValueId given, const std::string& name) {
    if (const Tensor* all = rewrite.constant(given)) {
        const auto kept = one_of_each(*all, found.interleaved);
        return kept ? rewrite.add_constant(name + ".half", *kept) : kNoValue;
    }
    const auto size = rewrite.shape(given).back().constant();
    if (found.interleaved || !size || *size % 2 != 0 || !repeats_half(rewrite, given)) return kNoValue;
    return rewrite.add("slice", {given}, {{"starts", Dims{0}}, {"ends", Dims{*size / 2}}, {"axes", Ints{-1}}},
                       name);
}

// The table as [batch or 1, heads or 1, positions, half], also where two axes of x stand for heads.
ValueId table(Rewrite& rewrite, const FoundRotary& found, ValueId given, const std::string& name) {
    if (found.doubled) given = without_repeats(rewrite, found, given, name);
    if (given == kNoValue) return kNoValue;
    const Dims x = rewrite.shape(found.x);
    Dims own = rewrite.shape(given);
    if (own.size() > x.size()) return kNoValue;
    if (own.size() < x.size()) {
        own.insert(own.begin(), x.size() - own.size(), Dim(1));
        given = rewrite.add("reshape", {given}, {{"shape", own}}, name);
    }
    if (own[own.size() - 2] != x[x.size() - 2] || own.back() + own.back() != x.back()) return kNoValue;
    if (x.size() == 4) return given;
    Dims wide = own;
    if (own[1] != Dim(1) || own[2] != Dim(1)) {
        wide[1] = x[1], wide[2] = x[2];
        given = rewrite.add("expand", {given}, {{"shape", wide}}, name);
    }
    return rewrite.add("reshape", {given}, {{"shape", Dims{wide[0], wide[1] * wide[2], wide[3], wide[4]}}},
                       name);
}

// [batch, groups, heads of a group, positions, size] with one axis of heads.
ValueId with_all_heads(Rewrite& rewrite, ValueId x, const std::string& name) {
    const Dims own = rewrite.shape(x), wanted{own[0], own[1] * own[2], own[3], own[4]};
    const Node* apart = rewrite.maker(x, "reshape");
    if (apart != nullptr && rewrite.shape(apart->inputs[0]) == wanted) return apart->inputs[0];
    return rewrite.add("reshape", {x}, {{"shape", wanted}}, name);
}

ValueId rewritten(Rewrite& rewrite, const FoundRotary& found, ValueId root, const std::string& name) {
    const Dims shape = rewrite.shape(found.x);
    const ValueId cosine = table(rewrite, found, found.cosine, name),
                  sine = table(rewrite, found, found.sine, name);
    ValueId x = found.x;
    const bool wide = shape.size() == 5;
    if (wide) x = with_all_heads(rewrite, x, name);
    const ValueId y = rewrite.add("rotary_embedding", {x, cosine, sine},
                                  {{"per_head", true}, {"interleaved", found.interleaved}}, name);
    if (!wide || y == kNoValue) return y;
    // Who gives it another shape starts from this one.
    for (const ValueId user : rewrite.results_of_users(root, "reshape")) {
        const Dims wanted = rewrite.shape(user);
        rewrite.replace(user, rewrite.add("reshape", {y}, {{"shape", wanted}}, name));
    }
    return rewrite.add("reshape", {y}, {{"shape", shape}}, name);
}

}  // namespace

Result<Graph> recognise_rotary(Graph graph) {
    Rewrite rewrite(std::move(graph));
    rewrite.for_each_result([&](ValueId root) {
        auto found = by_halves(rewrite, root);
        if (!found) found = by_whole(rewrite, root);
        if (!found || !rewrite.closed(root, std::array{found->x, found->cosine, found->sine})) return;
        const size_t rank = rewrite.shape(found->x).size();
        if ((rank != 4 && rank != 5) || rewrite.shape(root) != rewrite.shape(found->x)) return;
        const std::string name = rewrite.maker(root)->name;
        rewrite.replace(root, rewritten(rewrite, *found, root, name));
    });
    return std::move(rewrite).finish();
}

}  // namespace lathe::passes
