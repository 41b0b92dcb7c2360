// Attention, and the fused layers of transformers that PyTorch takes apart only in training.
#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// Heads in a 4-D layout, [batch, heads, positions, size]: axes of size 1 are put in front.
Result<ValueId> as_heads(Call& c, ValueId x) {
    Ints axes;
    for (int i = c.rank(x); i < 4; ++i) axes.push_back(static_cast<int64_t>(axes.size()));
    if (axes.empty()) return x;
    return c.add("unsqueeze", {x}, {{"axes", axes}});
}

Result<ValueId> attend(Call& c, ValueId mask) {
    if (c.schema.find("dropout_p") >= 0) {
        TRY(const double dropout, c.number("dropout_p"));
        if (dropout != 0)
            return fail("its dropout_p is {}, which is random; export the network with eval()", dropout);
    }
    TRY(ValueId q, c.tensor("query"));
    TRY(ValueId k, c.tensor("key"));
    TRY(ValueId v, c.tensor("value"));
    const Dims before = c.shape(q);
    if (before.size() < 2)
        return fail("its query is {}, expected two axes or more", graph::to_string(before));
    const Dim value_size = c.shape(v).empty() ? Dim(0) : c.shape(v).back();
    if (before.size() > 4) {
        for (ValueId* x : {&q, &k, &v}) {  // the axes in front are one batch
            const Dims& shape = c.shape(*x);
            if (shape.size() != before.size())
                return fail("its query is {} and another operand {}", graph::to_string(before),
                            graph::to_string(shape));
            const size_t heads = shape.size() - 3;
            Dims flat{
                graph::product(Dims(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(heads)))};
            flat.insert(flat.end(), shape.end() - 3, shape.end());
            TRY(*x, c.importer.reshape(*x, flat));
        }
        if (mask != kNoValue && c.rank(mask) > 4)
            return fail("its mask {} has more than 4 axes", graph::to_string(c.shape(mask)));
    }
    for (ValueId* x : {&q, &k, &v}) {
        TRY(*x, as_heads(c, *x));
    }
    Attrs attrs{{"is_causal", c.flag("is_causal")}};
    if (c.given("scale")) {
        TRY(const double scale, c.number("scale"));
        attrs.set("scale", scale);
    }
    if (mask != kNoValue && c.rank(mask) == 3 &&
        before.size() == 3) {  // [batch, L, S], and the batch is now the heads' axis
        TRY(mask, c.add("unsqueeze", {mask}, {{"axes", Ints{0}}}));
    }
    if (mask != kNoValue && c.type(mask) != DType::kBool) {
        TRY(mask, c.importer.cast(mask, c.type(q)));
    }
    TRY(const ValueId y, c.add("attention", {q, k, v, mask}, std::move(attrs)));
    Dims after = before;
    after.back() = value_size;
    return c.importer.reshape(y, after);
}

Results attention(Call& c) {
    TRY(const ValueId mask, c.optional_tensor("attn_mask"));
    return one(attend(c, mask));
}

// Variants of one device each, with results that only training reads.
template <size_t results>
Results fused_attention(Call& c) {
    const std::string_view mask_name = c.schema.find("attn_bias") >= 0 ? "attn_bias" : "attn_mask";
    ValueId mask = kNoValue;
    if (c.schema.find(mask_name) >= 0) {
        TRY(mask, c.optional_tensor(mask_name));
    }
    TRY(const ValueId y, attend(c, mask));
    std::vector<ValueId> all(results, kNoValue);
    all[0] = y;
    return all;
}

// x @ weightᵀ + bias
Result<ValueId> project(Call& c, ValueId x, ValueId weight, ValueId bias) {
    TRY(const ValueId turned, c.importer.transposed(weight));
    TRY(const ValueId product, c.add("matmul", {x, turned}));
    return c.add("add", {product, bias});
}

// The mask of a fused layer, where true (or a number) is added to the scores: [T, T] for queries and keys (type 0), or
// [N, T] for keys (type 1). PyTorch's attention keeps where a mask is true, these layers drop.
Result<ValueId> fused_mask(Call& c) {
    TRY(ValueId mask, c.optional_tensor("mask"));
    if (mask == kNoValue) return mask;
    TRY(const int64_t kind, c.integer_or("mask_type", 0));
    if (kind != 0 && kind != 1) return fail("its mask is of type {}, expected 0 or 1", kind);
    if (c.type(mask) == DType::kBool) {
        TRY(mask, c.add("logical_not", {mask}));
    }
    if (kind == 0) return mask;
    return c.add("unsqueeze", {mask}, {{"axes", Ints{1, 2}}});
}

// Self- or cross-attention over [N, T, C] with the projections of queries, keys and values in one matrix.
Result<ValueId> heads_attention(Call& c, ValueId query, ValueId key, ValueId value, int64_t heads) {
    TRY(const ValueId mask, fused_mask(c));
    TRY(const ValueId weight, c.tensor("qkv_weight"));
    TRY(const ValueId bias, c.tensor("qkv_bias"));
    std::vector<ValueId> qkv;
    if (query == key && key == value) {
        TRY(const ValueId all, project(c, query, weight, bias));
        TRY(qkv,
            c.importer.add_many("split", {all}, {{"axis", int64_t{-1}}, {"num_outputs", int64_t{3}}}, 3));
    } else {
        TRY(const auto weights,
            c.importer.add_many("split", {weight}, {{"axis", int64_t{0}}, {"num_outputs", int64_t{3}}}, 3));
        TRY(const auto biases,
            c.importer.add_many("split", {bias}, {{"axis", int64_t{0}}, {"num_outputs", int64_t{3}}}, 3));
        for (size_t i = 0; i < 3; ++i) {
            TRY(qkv.emplace_back(), project(c, i == 0 ? query : i == 1 ? key : value, weights[i], biases[i]));
        }
    }
    TRY(const ValueId y, c.add("attention", {qkv[0], qkv[1], qkv[2], mask},
                               {{"q_num_heads", heads}, {"kv_num_heads", heads}}));
    TRY(const ValueId out_weight, c.tensor("proj_weight"));
    TRY(const ValueId out_bias, c.tensor("proj_bias"));
    return project(c, y, out_weight, out_bias);
}

Results multi_head_attention(Call& c) {
    TRY(const ValueId query, c.tensor("query"));
    TRY(const ValueId key, c.tensor("key"));
    TRY(const ValueId value, c.tensor("value"));
    TRY(const int64_t heads, c.integer("num_head"));
    TRY(const ValueId y, heads_attention(c, query, key, value, heads));
    return std::vector{y, kNoValue};  // the weights are for people to look at
}

Result<ValueId> normalised(Call& c, ValueId x, std::string_view number) {
    TRY(const double epsilon, c.number("eps"));
    TRY(const ValueId weight, c.tensor(format("norm_weight_{}", number)));
    TRY(const ValueId bias, c.tensor(format("norm_bias_{}", number)));
    return c.add("layer_norm", {x, weight, bias}, {{"epsilon", epsilon}});
}

Result<ValueId> feed_forward(Call& c, ValueId x) {
    TRY(const ValueId w1, c.tensor("ffn_weight_1"));
    TRY(const ValueId b1, c.tensor("ffn_bias_1"));
    TRY(const ValueId w2, c.tensor("ffn_weight_2"));
    TRY(const ValueId b2, c.tensor("ffn_bias_2"));
    TRY(const ValueId up, project(c, x, w1, b1));
    TRY(const ValueId active, c.add(c.flag("use_gelu") ? "gelu" : "relu", {up}));
    return project(c, active, w2, b2);
}

// nn.TransformerEncoderLayer: each half normalises before (norm_first) or after its sum.
Results encoder_layer(Call& c) {
    TRY(ValueId x, c.tensor("src"));
    TRY(const int64_t heads, c.integer("num_heads"));
    const bool first = c.flag("norm_first");
    for (const std::string_view half : {"1", "2"}) {
        ValueId y = x;
        if (first) {
            TRY(y, normalised(c, y, half));
        }
        TRY(y, half == "1" ? heads_attention(c, y, y, y, heads) : feed_forward(c, y));
        TRY(x, c.add("add", {x, y}));
        if (!first) {
            TRY(x, normalised(c, x, half));
        }
    }
    return std::vector{x};
}

constexpr Row kAttentionRows[] = {
    {.schema =
         "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False)",
     .special = attention},
    {.schema =
         "_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False)",
     .special = fused_attention<2>},
    {.schema =
         "_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0.0, bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None)",
     .special = fused_attention<2>},
    {.schema =
         "_scaled_dot_product_flash_attention(Tensor query, Tensor key, Tensor value, float dropout_p=0.0, bool is_causal=False, bool return_debug_mask=False, *, float? scale=None)",
     .special = fused_attention<9>},
    {.schema =
         "_scaled_dot_product_efficient_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0.0, bool is_causal=False, *, float? scale=None)",
     .special = fused_attention<4>},
    {.schema =
         "_scaled_dot_product_cudnn_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_bias, bool compute_log_sumexp, float dropout_p=0.0, bool is_causal=False, bool return_debug_mask=False, *, float? scale=None)",
     .special = fused_attention<9>},
    {.schema =
         "_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None, bool need_weights=True, bool average_attn_weights=True, int? mask_type=None)",
     .special = multi_head_attention},
    {.schema =
         "_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps, Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2, Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None, int? mask_type=None)",
     .special = encoder_layer},
};

}  // namespace

std::span<const Row> attention_rows() { return kAttentionRows; }

}  // namespace lathe::formats::torch
