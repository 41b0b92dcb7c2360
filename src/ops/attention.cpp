// Scaled dot-product attention (Vaswani et al. 2017), with shared key heads (Ainslie et al. 2023), masks, a soft cap on
// the logits, sliding windows and a key-value cache. Definition: ONNX Attention, opset 25.
// q: [B, T, heads * D] or [B, heads, T, D]; k, v: the same with their own heads and S positions.
#include <cmath>
#include <limits>

#include "ops/attention_shape.h"
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/matrix_product.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr int64_t kFarthest = int64_t{1} << 40;  // a window beyond every sequence

constexpr OperandDef kAttentionIn[] = {{"q", kFloatTypes, 'T'},
                                       {"k", kFloatTypes, 'T'},
                                       {"v", kFloatTypes, 'V'},
                                       {"attn_mask", kNumericTypes | kBoolType, '\0', Arity::kOptional},
                                       {"past_key", kFloatTypes, 'T', Arity::kOptional},
                                       {"past_value", kFloatTypes, 'V', Arity::kOptional},
                                       {"nonpad_kv_seqlen", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kAttentionOut[] = {{"y", kFloatTypes, 'T'},
                                        {"present_key", kFloatTypes, 'T', Arity::kOptional},
                                        {"present_value", kFloatTypes, 'V', Arity::kOptional},
                                        {"qk_matmul_output", kFloatTypes, 'T', Arity::kOptional}};
// scale 0: 1/sqrt(D); heads 0: from a 4-D operand; softmax_precision: ONNX's code of a type, 0 for that of the operands
// (the kernel computes in double whatever it is); windows of -1 have no end.
constexpr AttrDef kAttentionAttrs[] = {{"is_causal", AttrType::kBool, "false"},
                                       {"kv_num_heads", AttrType::kInt, "0"},
                                       {"left_window_size", AttrType::kInt, "-1"},
                                       {"q_num_heads", AttrType::kInt, "0"},
                                       {"qk_matmul_output_mode", AttrType::kInt, "0"},
                                       {"right_window_size", AttrType::kInt, "-1"},
                                       {"scale", AttrType::kFloat, "0.0"},
                                       {"softcap", AttrType::kFloat, "0.0"},
                                       {"softmax_precision", AttrType::kInt, "0"}};
constexpr Place kAttentionPlaces[] = {{.ours = "left_window_size", .theirs = "", .until = 24},
                                      {.ours = "right_window_size", .theirs = "", .until = 24},
                                      {.ours = "nonpad_kv_seqlen", .theirs = "", .until = 23}};
constexpr Cell kAttentionCells[] = {
    {.format = "onnx", .op = "Attention", .since = 23, .places = kAttentionPlaces}};
constexpr Sample kAttentionSamples[] = {
    {"f32[2, 3, 4, 5]; f32[2, 3, 6, 5]; f32[2, 3, 6, 7]"},
    {"f32[2, 4, 12]; f32[2, 6, 6]; f32[2, 6, 10]", "q_num_heads=4; kv_num_heads=2"},
    {"f32[2, 3, 4, 5]; f32[2, 3, 4, 5]; f32[2, 3, 4, 5]", "is_causal=true; scale=0.25; softcap=2.0"},
    {"f32[2, 2, 4, 5]; f32[2, 1, 6, 5]; f32[2, 1, 6, 5]; f32[4, 6]{-2, 2}"},
    {"f32[2, 2, 2, 5]; f32[2, 2, 3, 5]; f32[2, 2, 3, 5]; bool[2, 1, 2, 3]=1,0,1,1,1,0,0,1,1,1,1,1"},
    {"f32[1, 2, 2, 4]; f32[1, 2, 2, 4]; f32[1, 2, 2, 3]; -; f32[1, 2, 3, 4]; f32[1, 2, 3, 3]",
     "is_causal=true", 3},
    {"f32[1, 2, 3, 4]; f32[1, 2, 3, 4]; f32[1, 2, 3, 4]; f32[3, 3]", "qk_matmul_output_mode=3", 4},
    {"f32[2, 2, 3, 4]; f32[2, 2, 5, 4]; f32[2, 2, 5, 4]; -; -; -; i64[2]=3,5", "is_causal=true"},
    {"f32[1, 2, 4, 4]; f32[1, 2, 6, 4]; f32[1, 2, 6, 4]", "left_window_size=1; right_window_size=1"},
    {"f16[1, 2, 3, 4]; f16[1, 2, 3, 4]; f16[1, 2, 3, 4]"}};

Status infer(InferContext& c) {
    TRY(const AttentionDims d,
        attention_dims(c, [&](int i) { return c.has(i) ? std::optional(c.shape(i)) : std::nullopt; }));
    c.output(0, c.dtype(0), d.y());
    if (c.wanted_outputs() > 1) c.output(1, c.dtype(1), {d.batch, d.kv_heads, d.total, d.key_size});
    if (c.wanted_outputs() > 2) c.output(2, c.dtype(2), {d.batch, d.kv_heads, d.total, d.value_size});
    if (c.wanted_outputs() > 3) c.output(3, c.dtype(0), {d.batch, d.q_heads, d.queries, d.total});
    return {};
}

struct Sizes {
    int64_t batch, q_heads, kv_heads, queries, keys, past, total, key_size, value_size;
};

// [B, heads, positions, size] of a 3-D or 4-D operand, in double.
std::vector<double> by_heads(const Tensor& x, int64_t heads) {
    auto values = x.to_doubles();
    if (x.rank() == 4) return values;
    const int64_t batch = x.dim(0), positions = x.dim(1), size = x.dim(2) / heads;
    std::vector<double> result(values.size());
    size_t to = 0;
    for (int64_t b = 0; b < batch; ++b)
        for (int64_t h = 0; h < heads; ++h)
            for (int64_t t = 0; t < positions; ++t)
                for (int64_t i = 0; i < size; ++i)
                    result[to++] = values[static_cast<size_t>(((b * positions + t) * heads + h) * size + i)];
    return result;
}

// The cache with the new positions behind it: [B, heads, past + keys, size].
std::vector<double> with_past(const Tensor* past, std::vector<double> fresh, int64_t lines) {
    if (past == nullptr || past->count() == 0) return fresh;
    const auto old = past->to_doubles();
    const size_t head = old.size() / static_cast<size_t>(lines),
                 tail = fresh.size() / static_cast<size_t>(lines);
    std::vector<double> result;
    result.reserve(old.size() + fresh.size());
    for (size_t i = 0; i < static_cast<size_t>(lines); ++i) {
        result.insert(result.end(), old.begin() + static_cast<int64_t>(i * head),
                      old.begin() + static_cast<int64_t>((i + 1) * head));
        result.insert(result.end(), fresh.begin() + static_cast<int64_t>(i * tail),
                      fresh.begin() + static_cast<int64_t>((i + 1) * tail));
    }
    return result;
}

// What is added to the logits by attn_mask: 0 or -infinity for a bool mask, its values for another; -infinity beyond its end.
class Mask {
public:
    Mask(const Tensor* mask, const Sizes& s) {
        if (mask == nullptr) return;
        values_ = mask->to_doubles();
        if (mask->dtype() == DType::kBool)
            for (double& v : values_) v = v != 0 ? 0 : -kInf;
        Shape shape = mask->shape(), full{s.batch, s.q_heads, s.queries, s.total};
        length_ = shape.empty() || shape.back() == 1 ? s.total : shape.back();
        full.back() = length_;
        strides_ = broadcast_strides(shape, full);
    }
    double at(int64_t batch, int64_t head, int64_t query, int64_t key) const {
        if (strides_.empty()) return 0;
        if (key >= length_) return -kInf;
        return values_[static_cast<size_t>(batch * strides_[0] + head * strides_[1] + query * strides_[2] +
                                           key * strides_[3])];
    }

private:
    std::vector<double> values_;
    Shape strides_;
    int64_t length_ = 0;
};

// Which keys a query may see by its position: causal order, windows, and how many keys of the batch are no padding.
struct Reach {
    bool causal;
    int64_t left, right, offset, valid;
    bool sees(int64_t query, int64_t key) const {
        const int64_t position = query + offset;
        return key < valid && !(causal && key > position) && !(left >= 0 && key < position - left) &&
               !(right >= 0 && key > position + right);
    }
};

// logits of one query -> probabilities; all 0 where no key may be seen.
void softmax_of_seen(std::span<double> logits) {
    double largest = -kInf, sum = 0;
    for (const double v : logits) largest = std::max(largest, v);
    if (largest == -kInf) {
        std::ranges::fill(logits, 0.0);
        return;
    }
    for (double& v : logits) sum += v = std::exp(v - largest);
    for (double& v : logits) v /= sum;
}

// One head. `logits`: [T, S] become probabilities. `shown` receives stage `mode`.
struct Head {
    double scale, softcap;
    int64_t mode;
    Reach reach;
};
void attend(const Head& head, const Mask& mask, int64_t batch, int64_t number, std::vector<double>& logits,
            int64_t total, std::vector<double>* shown) {
    const auto show = [&](int64_t stage) {
        if (shown != nullptr && head.mode == stage) shown->insert(shown->end(), logits.begin(), logits.end());
    };
    for (double& v : logits) v *= head.scale;
    show(0);
    if (head.softcap != 0)
        for (double& v : logits) v = head.softcap * std::tanh(v / head.softcap);
    show(1);
    double* logit = logits.data();
    for (int64_t query = 0; query < static_cast<int64_t>(logits.size()) / total; ++query)
        for (int64_t key = 0; key < total; ++key, ++logit)
            *logit = head.reach.sees(query, key) ? *logit + mask.at(batch, number, query, key) : -kInf;
    show(2);
    for (size_t i = 0; i < logits.size(); i += static_cast<size_t>(total))
        softmax_of_seen({logits.data() + i, static_cast<size_t>(total)});
    show(3);
}

Result<Sizes> sizes_of(EvalContext& c) {
    TRY(const AttentionDims d, attention_dims(c, [&](int i) {
            return c.has(i) ? std::optional(dims_of(c.in(i).shape())) : std::nullopt;
        }));
    const auto n = [](const Dim& dim) { return *dim.constant(); };
    const Sizes s{n(d.batch), n(d.q_heads), n(d.kv_heads), n(d.queries),   n(d.keys),
                  n(d.past),  n(d.total),   n(d.key_size), n(d.value_size)};
    TRY_STATUS(check_result(DType::kF64, {s.batch, s.q_heads, s.queries, s.total}));
    return s;
}

// [B, heads, T, D] in double to the layout of the operand y.
Tensor from_heads(DType dtype, const std::vector<double>& y, const Sizes& s, bool merged) {
    if (!merged) return tensor_from_doubles(dtype, {s.batch, s.q_heads, s.queries, s.value_size}, y);
    std::vector<double> result;
    result.reserve(y.size());
    for (int64_t b = 0; b < s.batch; ++b)
        for (int64_t t = 0; t < s.queries; ++t)
            for (int64_t h = 0; h < s.q_heads; ++h) {
                const double* from = y.data() + ((b * s.q_heads + h) * s.queries + t) * s.value_size;
                result.insert(result.end(), from, from + s.value_size);
            }
    return tensor_from_doubles(dtype, {s.batch, s.queries, s.q_heads * s.value_size}, result);
}

Status evaluate(EvalContext& c) {
    TRY(const Sizes s, sizes_of(c));
    const auto q = by_heads(c.in(0), s.q_heads);
    const auto k =
        with_past(c.has(4) ? &c.in(4) : nullptr, by_heads(c.in(1), s.kv_heads), s.batch * s.kv_heads);
    const auto v =
        with_past(c.has(5) ? &c.in(5) : nullptr, by_heads(c.in(2), s.kv_heads), s.batch * s.kv_heads);
    const Mask mask(c.has(3) ? &c.in(3) : nullptr, s);
    const Ints valid = c.has(6) ? c.in(6).to_ints() : Ints();
    Head head{.scale = c.number("scale"),
              .softcap = c.number("softcap"),
              .mode = c.integer("qk_matmul_output_mode"),
              .reach = {c.flag("is_causal"), std::min(c.integer("left_window_size"), kFarthest),
                        std::min(c.integer("right_window_size"), kFarthest), s.past, s.total}};
    if (head.scale == 0) head.scale = 1 / std::sqrt(static_cast<double>(s.key_size));
    std::vector<double> y(static_cast<size_t>(s.batch * s.q_heads * s.queries * s.value_size), 0), shown;
    std::vector<double> logits;
    for (int64_t b = 0; b < s.batch; ++b) {
        if (!valid.empty()) {
            head.reach.valid = std::clamp<int64_t>(valid[static_cast<size_t>(b)], 0, s.total);
            head.reach.offset = head.reach.valid - s.queries;
        }
        for (int64_t h = 0; h < s.q_heads; ++h) {
            const int64_t line = b * s.q_heads + h, shared = b * s.kv_heads + h / (s.q_heads / s.kv_heads);
            logits.assign(static_cast<size_t>(s.queries * s.total), 0);
            const auto keys = row_major(k.data() + shared * s.total * s.key_size, s.key_size);
            const auto values = row_major(v.data() + shared * s.total * s.value_size, s.value_size);
            add_product(row_major(q.data() + line * s.queries * s.key_size, s.key_size), transposed(keys),
                        logits.data(), s.queries, s.key_size, s.total);
            if (s.total > 0)
                attend(head, mask, b, h, logits, s.total, c.wanted_outputs() > 3 ? &shown : nullptr);
            add_product(row_major(std::as_const(logits).data(), s.total), values,
                        y.data() + line * s.queries * s.value_size, s.queries, s.total, s.value_size);
        }
    }
    const DType dtype = c.in(0).dtype();
    c.output(0, from_heads(dtype, y, s, c.in(0).rank() == 3));
    if (c.wanted_outputs() > 1)
        c.output(1, tensor_from_doubles(dtype, {s.batch, s.kv_heads, s.total, s.key_size}, k));
    if (c.wanted_outputs() > 2)
        c.output(2, tensor_from_doubles(c.in(2).dtype(), {s.batch, s.kv_heads, s.total, s.value_size}, v));
    if (c.wanted_outputs() > 3)
        c.output(3, tensor_from_doubles(dtype, {s.batch, s.q_heads, s.queries, s.total}, shown));
    return {};
}

struct Work {
    double pairs, key_size, value_size;  // of queries and keys, over all heads
};
Work work_of(const CostContext& c) {
    const auto heads = [&](size_t i, std::string_view attr) {
        const int64_t given = *std::get_if<int64_t>(c.attrs.find(attr));
        return static_cast<double>(c.inputs[i].size() == 4 ? c.inputs[i][1] : given);
    };
    const auto size = [&](size_t i, std::string_view attr) {
        return static_cast<double>(c.inputs[i].back()) / (c.inputs[i].size() == 4 ? 1 : heads(i, attr));
    };
    const Shape &q = c.inputs[0], &k = c.inputs[1];
    const int64_t past = c.inputs.size() > 4 && c.inputs[4].size() == 4 ? c.inputs[4][2] : 0;
    const double queries = static_cast<double>(q[q.size() - 2]),
                 total = static_cast<double>(k[k.size() - 2] + past);
    return {static_cast<double>(q[0]) * heads(0, "q_num_heads") * queries * total, size(0, "q_num_heads"),
            size(2, "kv_num_heads")};
}
double macs(const CostContext& c) {
    const Work work = work_of(c);
    return work.pairs * (work.key_size + work.value_size);
}
double flops(const CostContext& c) { return 2 * macs(c) + 5 * work_of(c).pairs; }

constexpr OpDef kAttentionOps[] = {
    {.name = "attention",
     .summary = "softmax(q k' * scale + mask) v for each head (Vaswani et al. 2017)",
     .inputs = kAttentionIn,
     .outputs = kAttentionOut,
     .attrs = kAttentionAttrs,
     .infer = infer,
     .evaluate = evaluate,
     .macs = macs,
     .flops = flops,
     .samples = kAttentionSamples,
     .cells = kAttentionCells,
     .write_body = write_attention},
};

}  // namespace

std::span<const OpDef> attention_ops() { return kAttentionOps; }

}  // namespace lathe::ops
