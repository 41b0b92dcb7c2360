#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

struct Case {
    size_t queries, keys, depth, value_depth;
    size_t q_stride, k_stride, v_stride, output_stride, bias_stride;
    bool biased;
    int64_t causal;
    float scale;
};

Case random_case(Samples& s) {
    const size_t queries = s.size(1, s.chance() ? 8 : 70), keys = s.size(1, s.chance() ? 40 : 600);
    const size_t depth = s.size(1, s.chance() ? 16 : 70), value_depth = s.size(1, s.chance() ? 16 : 70);
    return {.queries = queries,
            .keys = keys,
            .depth = depth,
            .value_depth = value_depth,
            .q_stride = depth + s.size(0, 5),
            .k_stride = depth + s.size(0, 5),
            .v_stride = value_depth + s.size(0, 5),
            .output_stride = value_depth + s.size(0, 5),
            .bias_stride = s.chance() ? 0 : keys + s.size(0, 3),
            .biased = s.chance(),
            .causal = s.chance() ? INT64_MAX : static_cast<int64_t>(s.size(0, 300)) - 20,
            .scale = s.number() * 3};
}

struct Operands {
    std::vector<float> q, k, v, bias;
};
Operands random_operands(const Case& c, Samples& s) {
    Operands o{s.numbers(c.queries * c.q_stride),
               s.numbers(c.keys * c.k_stride),
               s.numbers(c.keys * c.v_stride),
               {}};
    if (!c.biased) return o;
    o.bias = s.numbers((c.queries - 1) * c.bias_stride + c.keys);
    for (float& x : o.bias) x = s.size(0, 4) == 0 ? -kInfinity : x * 5;
    // A query may see none of the keys of a block, or none at all.
    for (size_t i = 0; i < std::min<size_t>(c.keys, s.size(0, 3) * 200); ++i) o.bias[i] = -kInfinity;
    return o;
}

std::vector<double> weights(const Case& c, const Operands& o, size_t query) {
    std::vector<double> result(c.keys);
    double largest = -HUGE_VAL, sum = 0;
    for (size_t key = 0; key < c.keys; ++key) {
        double score = 0;
        for (size_t i = 0; i < c.depth; ++i)
            score += static_cast<double>(o.q[query * c.q_stride + i]) * o.k[key * c.k_stride + i];
        score *= c.scale;
        if (c.biased) score += o.bias[query * c.bias_stride + key];
        if (c.causal != INT64_MAX && static_cast<int64_t>(key) > static_cast<int64_t>(query) + c.causal)
            score = -HUGE_VAL;
        result[key] = score;
        largest = std::max(largest, score);
    }
    for (double& w : result) sum += w = largest == -HUGE_VAL ? 0 : std::exp(w - largest);
    for (double& w : result) w = sum == 0 ? 0 : w / sum;
    return result;
}

void check(const Kernels& kernels, const Case& c, Samples& s) {
    const Operands o = random_operands(c, s);
    const size_t scratch_size = kernels.attention_scratch(c.keys, c.depth, c.value_depth);
    Guarded<float> scratch(scratch_size), whole(c.queries * c.output_stride),
        split(c.queries * c.output_stride);
    Attention attention{.q = o.q.data(),
                        .k = o.k.data(),
                        .v = o.v.data(),
                        .q_stride = static_cast<int64_t>(c.q_stride),
                        .k_stride = static_cast<int64_t>(c.k_stride),
                        .v_stride = static_cast<int64_t>(c.v_stride),
                        .keys = c.keys,
                        .depth = c.depth,
                        .value_depth = c.value_depth,
                        .scale = c.scale,
                        .bias = c.biased ? o.bias.data() : nullptr,
                        .bias_stride = static_cast<int64_t>(c.bias_stride),
                        .causal = c.causal,
                        .output = whole.data(),
                        .output_stride = static_cast<int64_t>(c.output_stride),
                        .scratch = scratch.data()};
    kernels.attention(attention, 0, c.queries);
    attention.output = split.data();
    attention.packed = s.chance();
    for (const auto& [first, last] : random_ranges(s, c.queries)) kernels.attention(attention, first, last);
    EXPECT_TRUE(whole == split);
    EXPECT_TRUE(whole.guards_untouched() && scratch.guards_untouched());
    for (size_t query = 0; query < c.queries; ++query) {
        const std::vector<double> w = weights(c, o, query);
        for (size_t i = 0; i < c.output_stride; ++i) {
            const size_t at = query * c.output_stride + i;
            if (i >= c.value_depth) {
                ASSERT_TRUE(whole.untouched(at)) << "after query " << query;
                continue;
            }
            double wanted = 0;
            for (size_t key = 0; key < c.keys; ++key) wanted += w[key] * o.v[key * c.v_stride + i];
            ASSERT_NEAR(whole[at], wanted, 5e-6) << "query " << query << ", " << i;
        }
    }
}

TEST(Attention, AnySizesMasksAndCausalOrder) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(11);
        for (int i = 0; i < 120; ++i) {
            check(*kernels, random_case(s), s);
            if (HasFailure()) FAIL() << kernels->name << ", case " << i;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
