// Attention in one pass over the keys (Dao et al., "FlashAttention", 2022): a few queries against a block of keys at a
// time, with the largest score so far and the sum of exponentials relative to it. Blocks of keys begin at the same keys for
// every query, and so its result does not depend on the queries beside it.
#include "run/cpu/kernels/functions.h"
#include "run/cpu/kernels/math.h"
#include "run/cpu/kernels/rows.h"
#include "run/cpu/kernels/transpose.h"

namespace lathe::run::cpu::LATHE_ISA {
namespace {

constexpr size_t kQueries = 24;  // whole tiles of a product
constexpr size_t kKeys = 256;  // whole panels

size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }
size_t least(size_t a, size_t b) { return a < b ? a : b; }

// The parts of the scratch memory.
struct Scratch {
    float* keys;  // panels of k': [key panels, depth, kPanel]
    float* values;  // for each block of keys, its panels: [value panels, keys of the block, kPanel]
    float*
        biases;  // [keys in whole panels]: those that all queries share; -infinity for keys that do not exist
    float* queries;  // [kQueries, depth], scaled
    float* scores;  // [kQueries, kKeys]
    float* sums;  // [kQueries, value_width]: of values, weighted
    size_t value_width;  // value_depth in whole panels
};
Scratch scratch_of(const Attention& p) {
    Scratch s{};
    s.value_width = round_up(p.value_depth, kPanel);
    s.keys = p.scratch;
    s.values = s.keys + round_up(p.keys, kPanel) * p.depth;
    s.biases = s.values + p.keys * s.value_width;
    s.queries = s.biases + round_up(p.keys, kPanel);
    s.scores = s.queries + kQueries * p.depth;
    s.sums = s.scores + kQueries * kKeys;
    return s;
}

// Keys [key, key + kLanes) as lanes of `depth` vectors, kPanel apart; those that do not exist repeat the last.
void pack_keys(const Attention& p, size_t key, float* to) {
    const float* rows[kLanes];
    for (size_t i = 0; i < kLanes; ++i)
        rows[i] = p.k + static_cast<int64_t>(least(key + i, p.keys - 1)) * p.k_stride;
    for (size_t at = 0; at < p.depth; at += kLanes) {
        const size_t n = least(kLanes, p.depth - at);
        Floats square[kLanes];
        for (size_t i = 0; i < kLanes; ++i)
            square[i] = n == kLanes ? load(rows[i] + at) : load_part(rows[i] + at, n);
        transpose(square);
        for (size_t i = 0; i < n; ++i) store(to + (at + i) * kPanel, square[i]);
    }
}
// Values of a block of keys: rows in panels.
void pack_values(const Attention& p, size_t key, size_t keys, float* to) {
    for (size_t column = 0; column < p.value_depth; column += kPanel)
        for (size_t i = 0; i < keys; ++i, to += kPanel) {
            const float* from = p.v + static_cast<int64_t>(key + i) * p.v_stride + column;
            const size_t n = p.value_depth - column;
            for (size_t v = 0; v < kPanelVectors; ++v) {
                const size_t at = v * kLanes;
                store(to + at, n >= at + kLanes ? load(from + at)
                               : n > at         ? load_part(from + at, n - at)
                                                : Floats{});
            }
        }
}
bool shares_bias(const Attention& p) { return p.bias != nullptr && p.bias_stride == 0; }
void pack_bias(const Attention& p, float* to) {
    for (size_t i = 0; i < p.keys; ++i) to[i] = p.bias[i];
    for (size_t i = p.keys; i < round_up(p.keys, kPanel); ++i) to[i] = -kInfinity;
}
void pack(const Attention& p, const Scratch& scratch) {
    if (shares_bias(p)) pack_bias(p, scratch.biases);
    if (p.packed) return;
    for (size_t key = 0; key < p.keys; key += kPanel)
        for (size_t v = 0; v < kPanelVectors; ++v)
            pack_keys(p, key + v * kLanes, scratch.keys + key * p.depth + v * kLanes);
    for (size_t key = 0; key < p.keys; key += kKeys)
        pack_values(p, key, least(kKeys, p.keys - key), scratch.values + key * scratch.value_width);
}

void multiply(const float* from, size_t count, float factor, float* to) {
    size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) store(to + i, load(from + i) * factor);
    for (; i < count; ++i) to[i] = from[i] * factor;
}

// What the keys so far came to for one query.
struct Query {
    float largest;
    float base;  // what exponentials are relative to: the largest score, or 0 while nothing was seen
    Floats sum;  // of exponentials, over the lanes
};

class Block {  // of queries [first, first + count)
public:
    Block(const Attention& p, const Scratch& scratch, size_t first, size_t count)
        : p_(p), scratch_(scratch), first_(first), count_(count) {}

    void run() {
        for (size_t q = 0; q < count_; ++q) {
            queries_[q].largest = -kInfinity;
            queries_[q].sum = Floats{};
        }
        scale_queries();
        const size_t seen = keys_seen(count_ - 1);
        for (size_t key = 0; key < seen; key += kKeys) add_keys(key, least(kKeys, p_.keys - key));
        for (size_t q = 0; q < count_; ++q) finish(q, seen != 0);
    }

private:
    // How many keys, from the first, a query of this block sees.
    size_t keys_seen(size_t q) const {
        if (p_.causal >= static_cast<int64_t>(p_.keys)) return p_.keys;
        const int64_t seen = static_cast<int64_t>(first_ + q) + p_.causal + 1;
        return seen < 0 ? 0 : least(static_cast<size_t>(seen), p_.keys);
    }
    void scale_queries() {
        for (size_t q = 0; q < count_; ++q) {
            const float* from = p_.q + static_cast<int64_t>(first_ + q) * p_.q_stride;
            multiply(from, p_.depth, p_.scale, scratch_.queries + q * p_.depth);
        }
    }
    void add_keys(size_t key, size_t keys) {
        const size_t panels = round_up(keys, kPanel) / kPanel, value_panels = scratch_.value_width / kPanel;
        product({.a = scratch_.queries,
                 .a_stride = static_cast<int64_t>(p_.depth),
                 .depth = p_.depth,
                 .columns = round_up(keys, kLanes),
                 .b = scratch_.keys + key * p_.depth,
                 .bias = shares_bias(p_) ? scratch_.biases + key : nullptr,
                 .c = scratch_.scores,
                 .c_stride = kKeys},
                0, count_, 0, panels);
        // The next query's largest score is looked for while the last one's is still on its way.
        for (size_t q = 0; q < count_; ++q) find_base(q, key, keys);
        for (size_t q = 0; q < count_; ++q) weigh(q, round_up(keys, kLanes));
        product({.a = scratch_.scores,
                 .a_stride = kKeys,
                 .depth = keys,
                 .columns = scratch_.value_width,
                 .b = scratch_.values + key * scratch_.value_width,
                 .c = scratch_.sums,
                 .c_stride = static_cast<int64_t>(scratch_.value_width),
                 .add = key != 0},
                0, count_, 0, value_panels);
    }
    // Adds the bias, hides keys, and finds what exponentials are to be relative to.
    void find_base(size_t q, size_t key, size_t keys) {
        float* scores = scratch_.scores + q * kKeys;
        if (p_.bias != nullptr && !shares_bias(p_)) add_bias(scores, q, key, keys);
        const size_t seen = keys_seen(q), end = round_up(keys, kLanes);
        hide(scores, seen > key ? least(seen - key, keys) : 0, end);
        Query& query = queries_[q];
        const float before = query.largest;
        query.largest = max_across(fold_vectors(scores, end, splat(before), max));
        query.base = query.largest == -kInfinity ? 0 : query.largest;
        if (key != 0 && before != query.largest) shrink(q, before);
    }
    // Scores from `seen` on become -infinity: whole vectors at a time, as the product has just stored them and as they are
    // read next, for a load waits until a store of a part of its bytes is done.
    static void hide(float* scores, size_t seen, size_t end) {
        for (size_t i = seen / kLanes * kLanes; i < end; i += kLanes) {
            const auto left = static_cast<int32_t>(seen > i ? seen - i : 0);
            store(scores + i, lane_numbers() < left ? load(scores + i) : splat(-kInfinity));
        }
    }
    // Scores become weights.
    void weigh(size_t q, size_t end) {
        float* scores = scratch_.scores + q * kKeys;
        const Floats base = splat(queries_[q].base);
        Floats sums[2] = {};
        const auto weigh_at = [&](size_t i, Floats& sum) {
            const Floats weight = exp_or_zero(load(scores + i) - base);
            store(scores + i, weight);
            sum += weight;
        };
        size_t i = 0;
        for (; i + 2 * kLanes <= end; i += 2 * kLanes) {
            weigh_at(i, sums[0]);
            weigh_at(i + kLanes, sums[1]);
        }
        if (i < end) weigh_at(i, sums[0]);
        queries_[q].sum += sums[0] + sums[1];
    }
    void add_bias(float* scores, size_t q, size_t key, size_t keys) {
        const float* bias = p_.bias + static_cast<int64_t>(first_ + q) * p_.bias_stride + key;
        for (size_t i = 0; i < keys; ++i) scores[i] += bias[i];
    }
    // What was relative to the largest score before is made relative to the new one.
    void shrink(size_t q, float before) {
        const Floats factor = exp_or_zero(splat(before) - queries_[q].base);
        queries_[q].sum *= factor;
        float* sums = scratch_.sums + q * scratch_.value_width;
        for (size_t i = 0; i < scratch_.value_width; i += kLanes) store(sums + i, load(sums + i) * factor);
    }
    // A query that sees no key gets zeros.
    void finish(size_t q, bool seen) {
        const float sum = sum_across(queries_[q].sum);
        float* output = p_.output + static_cast<int64_t>(first_ + q) * p_.output_stride;
        if (seen && sum != 0) {
            multiply(scratch_.sums + q * scratch_.value_width, p_.value_depth, 1 / sum, output);
        } else {
            for (size_t i = 0; i < p_.value_depth; ++i) output[i] = 0;
        }
    }

    const Attention& p_;
    const Scratch& scratch_;
    size_t first_, count_;
    Query queries_[kQueries];
};

}  // namespace

void attention(const Attention& p, size_t first, size_t last) {
    const Scratch scratch = scratch_of(p);
    pack(p, scratch);
    for (size_t query = first; query < last; query += kQueries)
        Block(p, scratch, query, least(kQueries, last - query)).run();
}

size_t attention_scratch(size_t keys, size_t depth, size_t value_depth) {
    const size_t value_width = round_up(value_depth, kPanel);
    const size_t whole = round_up(keys, kPanel);
    return (whole + kQueries) * depth + (keys + kQueries) * value_width + whole + kQueries * kKeys;
}

}  // namespace lathe::run::cpu::LATHE_ISA
