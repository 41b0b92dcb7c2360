// softmax(scale q k' + mask) v (Vaswani et al., 2017) in products, sums and a softmax.
#include <algorithm>
#include <numeric>

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

struct FoundAttention {
    ValueId q = kNoValue;  // [..., queries, size]
    ValueId k = kNoValue;
    bool k_turned = false;  // [..., size, keys] rather than [..., keys, size]
    ValueId v = kNoValue;
    ValueId mask = kNoValue;
    double scale = 1;
};

// Takes numbers out of a value that nobody else needs.
ValueId without_numbers(const Rewrite& rewrite, ValueId value, double& scale) {
    while (rewrite.users(value) == 1) {
        const Factors product = factors(rewrite, value);
        if (product.values.size() != 1 || product.values[0] == value) break;
        scale *= product.number;
        value = product.values[0];
    }
    return value;
}

bool exchanges_last_two(const Rewrite& rewrite, const Node& transpose) {
    const auto& perm = std::get<Ints>(*transpose.attrs.find("perm"));
    const size_t rank = rewrite.shape(transpose.inputs[0]).size();
    if (perm.empty()) return rank == 2;
    for (size_t i = 0; i < rank; ++i) {
        const size_t wanted = i + 2 < rank ? i : 2 * rank - 3 - i;
        if (perm[i] != static_cast<int64_t>(wanted)) return false;
    }
    return true;
}

// scale q k'
bool find_products(const Rewrite& rewrite, ValueId value, FoundAttention& found) {
    found.scale = 1;
    const ValueId scores = without_numbers(rewrite, value, found.scale);
    const Node* product = rewrite.maker(scores, "matmul");
    if (product == nullptr) return false;
    found.q = without_numbers(rewrite, product->inputs[0], found.scale);
    found.k = without_numbers(rewrite, product->inputs[1], found.scale);
    const Node* turn = rewrite.maker(found.k, "transpose");
    found.k_turned = turn == nullptr || !exchanges_last_two(rewrite, *turn);
    if (!found.k_turned) found.k = without_numbers(rewrite, turn->inputs[0], found.scale);
    return found.scale != 0;
}

// ... + mask, where there is one.
bool find_scores(const Rewrite& rewrite, ValueId value, FoundAttention& found) {
    if (find_products(rewrite, value, found)) return true;
    const Node* sum = rewrite.maker(value, "add");
    if (sum == nullptr || rewrite.users(value) != 1) return false;
    for (size_t i = 0; i < 2; ++i)
        if (find_products(rewrite, sum->inputs[i], found)) {
            found.mask = sum->inputs[1 - i];
            return true;
        }
    return false;
}

// The value, or what it is where that is a number, when 0 stands for what is none: a softmax over nothing.
ValueId without_nan(const Rewrite& rewrite, ValueId value) {
    const Node* choice = rewrite.maker(value, "where");
    const Node* test = choice != nullptr ? rewrite.maker(choice->inputs[0], "is_nan") : nullptr;
    const bool fits =
        test != nullptr && test->inputs[0] == choice->inputs[2] && rewrite.number(choice->inputs[1]) == 0.0;
    return fits ? choice->inputs[2] : value;
}

std::optional<FoundAttention> attention(const Rewrite& rewrite, ValueId root) {
    const Node* product = rewrite.maker(root, "matmul");
    if (product == nullptr) return std::nullopt;
    const Node* softmax = rewrite.maker(without_nan(rewrite, product->inputs[0]), "softmax");
    if (softmax == nullptr) return std::nullopt;
    const auto rank = static_cast<int64_t>(rewrite.shape(root).size());
    const int64_t axis = graph::AttrReader(*softmax->op, softmax->attrs).integer("axis");
    FoundAttention found{.v = product->inputs[1]};
    if ((axis != -1 && axis != rank - 1) || !find_scores(rewrite, softmax->inputs[0], found))
        return std::nullopt;
    return found;
}

// Heads [batch, heads, positions, size] that several heads of queries share, where the value repeats each for all of them:
// [batch, heads * group, positions, size].
ValueId before_repeating(const Rewrite& rewrite, ValueId value) {
    const Node* joined = rewrite.maker(value, "reshape");
    const Node* repeated = joined != nullptr ? rewrite.maker(joined->inputs[0], "expand") : nullptr;
    const Node* apart = repeated != nullptr ? rewrite.maker(repeated->inputs[0], "unsqueeze") : nullptr;
    if (repeated != nullptr && apart == nullptr) apart = rewrite.maker(repeated->inputs[0], "reshape");
    if (apart == nullptr) return kNoValue;
    const Dims &own = rewrite.shape(apart->inputs[0]), &wide = rewrite.shape(repeated->outputs[0]);
    if (own.size() != 4 || wide.size() != 5) return kNoValue;
    const Dims once{own[0], own[1], 1, own[2], own[3]}, all{own[0], own[1], wide[2], own[2], own[3]},
        result{own[0], own[1] * wide[2], own[2], own[3]};
    const bool fits =
        rewrite.shape(repeated->inputs[0]) == once && wide == all && rewrite.shape(value) == result;
    return fits ? apart->inputs[0] : kNoValue;
}
void share_heads(const Rewrite& rewrite, FoundAttention& found) {
    const ValueId k = found.k_turned ? kNoValue : before_repeating(rewrite, found.k),
                  v = before_repeating(rewrite, found.v);
    if (k == kNoValue || v == kNoValue || rewrite.shape(k)[1] != rewrite.shape(v)[1]) return;
    found.k = k;
    found.v = v;
}

// Equal batches and heads, as the row has them; what only broadcasts has a meaning of its own there.
bool shapes_fit(const Rewrite& rewrite, const FoundAttention& found, ValueId root) {
    const Dims &q = rewrite.shape(found.q), &k = rewrite.shape(found.k), &v = rewrite.shape(found.v);
    const size_t rank = q.size();
    if (rank < 3 || rank > 4 || k.size() != rank || v.size() != rank || rewrite.shape(root).size() != rank)
        return false;
    for (size_t i = 0; i + 2 < rank; ++i)
        if (q[i] != k[i] || q[i] != v[i]) return false;
    const auto& values = rewrite.graph();
    const DType dtype = values[found.q].dtype;
    if (values[found.k].dtype != dtype || values[found.v].dtype != dtype) return false;
    return found.mask == kNoValue ||
           (values[found.mask].dtype == dtype && rewrite.shape(found.mask).size() <= rank);
}

// Queries of several heads that lie one behind the other for each head of keys, as they were before: [batch, heads, queries, size].
ValueId queries_by_heads(const Rewrite& rewrite, const FoundAttention& found) {
    const Node* joined = rewrite.maker(found.q, "reshape");
    if (joined == nullptr || rewrite.users(found.q) != 1) return kNoValue;
    const Dims &own = rewrite.shape(joined->inputs[0]), &rows = rewrite.shape(found.q);
    if (own.size() != 4 || rows.size() != 4 || own[0] != rows[0] || own[3] != rows[3]) return kNoValue;
    const auto heads = own[1].constant(), kv_heads = rows[1].constant();
    if (!heads || !kv_heads || *kv_heads == 0 || *heads % *kv_heads != 0 ||
        own[2] * Dim(*heads / *kv_heads) != rows[2])
        return kNoValue;
    if (found.mask != kNoValue) {  // one for all queries and heads
        const Dims& mask = rewrite.shape(found.mask);
        for (size_t i = 2; i <= std::min<size_t>(3, mask.size()); ++i)
            if (mask[mask.size() - i] != Dim(1)) return kNoValue;
    }
    return joined->inputs[0];
}

ValueId rewritten(Rewrite& rewrite, FoundAttention found, ValueId root, const std::string& name) {
    const Dims result = rewrite.shape(root);
    const bool headless = result.size() == 3;
    if (found.k_turned) {
        Ints perm(result.size());
        std::iota(perm.begin(), perm.end(), int64_t{0});
        std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
        found.k = rewrite.add("transpose", {found.k}, {{"perm", perm}}, name);
    }
    const ValueId apart = headless ? kNoValue : queries_by_heads(rewrite, found);
    if (apart != kNoValue) found.q = apart;
    if (headless) {  // batches of one head
        for (ValueId* operand : {&found.q, &found.k, &found.v})
            *operand = rewrite.add("unsqueeze", {*operand}, {{"axes", Ints{1}}}, name);
        if (found.mask != kNoValue && rewrite.shape(found.mask).size() == 3)
            found.mask = rewrite.add("unsqueeze", {found.mask}, {{"axes", Ints{1}}}, name);
    }
    std::vector<ValueId> operands{found.q, found.k, found.v};
    if (found.mask != kNoValue) operands.push_back(found.mask);
    const ValueId y = rewrite.add("attention", std::move(operands), {{"scale", found.scale}}, name);
    if (y == kNoValue) return kNoValue;
    if (headless) return rewrite.add("squeeze", {y}, {{"axes", Ints{1}}}, name);
    if (apart == kNoValue) return y;
    // Who takes the heads apart again gets them as they are.
    for (const ValueId user : rewrite.results_of_users(root, "reshape"))
        if (rewrite.shape(user) == rewrite.shape(y)) rewrite.replace(user, y);
    return rewrite.add("reshape", {y}, {{"shape", result}}, name);
}

}  // namespace

Result<Graph> recognise_attention(Graph graph) {
    Rewrite rewrite(std::move(graph));
    rewrite.for_each_result([&](ValueId root) {
        auto found = attention(rewrite, root);
        if (!found || !shapes_fit(rewrite, *found, root)) return;
        share_heads(rewrite, *found);
        std::vector<ValueId> leaves{found->q, found->k, found->v};
        if (found->mask != kNoValue) leaves.push_back(found->mask);
        if (!rewrite.closed(root, leaves)) return;
        const std::string name = rewrite.maker(root)->name;
        rewrite.replace(root, rewritten(rewrite, *found, root, name));
    });
    return std::move(rewrite).finish();
}

Result<Graph> recognise_operators(Graph graph) {
    for (const auto pass : {recognise_activations, recognise_norms, recognise_rotary, recognise_attention}) {
        TRY(graph, pass(std::move(graph)));
    }
    return graph;
}

}  // namespace lathe::passes
