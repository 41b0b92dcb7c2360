#include "zoo/katago/source.h"

#include "base/number_codecs.h"

namespace lathe::zoo::katago {

void Source::fail_with(std::string message) {
    if (!error_) error_ = Error{std::move(message)};
}

Tensor Source::take(const std::string& name, int rank) {
    const Tensor empty(DType::kF32, Shape(static_cast<size_t>(rank), 0), SharedBytes());
    if (!ok()) return empty;
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) return fail_with(format("the weight '{}' is missing", name)), empty;
    used_.insert(name);
    const Tensor& tensor = found->second;
    if (!is_float(tensor.dtype()) || tensor.rank() != rank)
        return fail_with(
                   format("the weight '{}' is {}, expected {} axes of floats", name, describe(tensor), rank)),
               empty;
    Tensor floats = tensor.to(DType::kF32);
    if (!all_finite_f32(floats.storage().bytes()))
        return fail_with(format("the weight '{}' holds a NaN or an infinity", name)), empty;
    return floats;
}

Tensor Source::take_vector(const std::string& name, int64_t channels) {
    const auto found = tensors_.find(name);
    const int rank =
        found == tensors_.end() ? 1 : found->second.rank();  // [C], or [1, C, 1, 1] in checkpoints
    const Tensor tensor = take(name, rank);
    expect(name, "elements", tensor.count(), channels);
    return ok() ? tensor.reshaped({channels}) : Tensor(DType::kF32, {0}, SharedBytes());
}

std::optional<Tensor> Source::take_vector_if_there(const std::string& name, int64_t channels) {
    if (!has(name)) return std::nullopt;
    return take_vector(name, channels);
}

void Source::expect(const std::string& key, std::string_view what, int64_t found, int64_t expected) {
    if (expected != kAny && found != expected)
        fail_with(format("'{}' has {} {}, expected {}", key, found, what, expected));
}

Matrix Source::checked(Matrix matrix, int64_t in, int64_t out) {
    expect(matrix.key, "input channels", matrix.in(), in);
    expect(matrix.key, "output channels", matrix.out(), out);
    return matrix;
}

Conv Source::checked(Conv conv, int64_t in, int64_t out) {
    expect(conv.key, "input channels", conv.weight.dim(1), in);
    expect(conv.key, "output channels", conv.weight.dim(0), out);
    for (const int axis : {2, 3})
        if (ok() && conv.weight.dim(axis) % 2 == 0)
            fail_with(format("'{}' is {}, expected kernels of odd sizes", conv.key, describe(conv.weight)));
    return conv;
}

int64_t out_channels(const NormActConv& layer) {
    const auto* pooling = std::get_if<PoolingConv>(&layer.conv);
    return (pooling != nullptr ? pooling->regular : std::get<Conv>(layer.conv)).weight.dim(0);
}

NormActConv Source::norm_act_conv(const std::string& key, int64_t in, int64_t out,
                                  std::optional<double> scale) {
    NormActConv layer{.norm = norm(key + ".norm", in, scale), .act = activation(key + ".act")};
    if (!has(key + ".convpool.conv1r.weight")) {
        layer.conv = conv(key + ".conv", in, out);
        return layer;
    }
    const std::string pool = key + ".convpool";
    PoolingConv pooling{.regular = conv(pool + ".conv1r", in, out), .pooled = conv(pool + ".conv1g", in)};
    const int64_t pooled = pooling.pooled.weight.dim(0);
    pooling.norm = norm(pool + ".normg", pooled);
    pooling.act = activation(pool + ".actg");
    pooling.linear = matrix(pool + ".linear_g", 3 * pooled, pooling.regular.weight.dim(0));
    layer.conv = std::move(pooling);
    return layer;
}

Attention Source::attention(const std::string& key, int64_t channels, Attention a) {
    if (a.heads < 1 || a.kv_heads < 1 || a.query_size < 1 || a.value_size < 1 || a.heads % a.kv_heads != 0)
        fail_with(format("'{}' has {} heads of {} and {} channels on {} key-value heads", key, a.heads,
                         a.query_size, a.value_size, a.kv_heads));
    if (a.rotary && a.query_size % (a.rotary->frequencies ? 2 : 4) != 0)
        fail_with(format("'{}': rotary embedding on heads of {} channels", key, a.query_size));
    a.norm = block_norm(key + ".norm1", channels);
    a.q = matrix(key + ".q_proj", channels, a.heads * a.query_size);
    a.k = matrix(key + ".k_proj", channels, a.kv_heads * a.query_size);
    a.v = matrix(key + ".v_proj", channels, a.kv_heads * a.value_size);
    a.out = matrix(key + ".out_proj", a.heads * a.value_size, channels);
    if (a.rotary && a.rotary->frequencies && ok()) {
        const Shape expected{a.kv_heads, a.query_size / 2, 2};
        if (a.rotary->frequencies->shape() != expected)
            fail_with(format("'{}.rope_freqs' is {}, expected f32{}", key, describe(*a.rotary->frequencies),
                             to_string(expected)));
    }
    return a;
}

FeedForward Source::feed_forward(const std::string& key, int64_t channels, int64_t inner, bool gated) {
    FeedForward f{.norm = block_norm(key + ".norm", channels)};
    f.up = matrix(key + ".ffn_linear1", channels, inner);
    if (gated) f.gate = matrix(key + ".ffn_linear_gate", channels, f.up.out());
    f.down = matrix(key + ".ffn_linear2", f.up.out(), channels);
    return f;
}

PolicyHead Source::policy_head(const std::string& key, int64_t channels) {
    PolicyHead head{.p1 = conv(key + ".conv1p", channels), .g1 = conv(key + ".conv1g", channels)};
    const int64_t inner = head.p1.weight.dim(0), pooled = head.g1.weight.dim(0);
    head.g_norm = norm(key + ".biasg", pooled);
    head.g_act = activation(key + ".actg");
    head.g_to_p = matrix(key + ".linear_g", 3 * pooled, inner);
    head.p_norm = norm(key + ".bias2", inner);
    head.p_act = activation(key + ".act2");
    head.p2 = conv(key + ".conv2p", inner);
    const int64_t policies = head.p2.weight.dim(0);
    if (!has(key + ".linear_pass2.weight")) {  // up to version 14
        head.pass = matrix(key + ".linear_pass", 3 * pooled, policies);
        return head;
    }
    head.pass = matrix(key + ".linear_pass", 3 * pooled, inner, key + ".linear_pass_bias");
    head.pass_act = activation(key + ".act_pass");
    head.pass2 = matrix(key + ".linear_pass2", inner, policies);
    return head;
}

ValueHead Source::value_head(const std::string& key, int64_t channels) {
    ValueHead head{.v1 = conv(key + ".conv1", channels)};
    const int64_t spatial = head.v1.weight.dim(0);
    head.norm = norm(key + ".bias1", spatial);
    head.act = activation(key + ".act1");
    head.v2 = matrix(key + ".linear2", 3 * spatial, kAny, key + ".bias2");
    head.v2_act = activation(key + ".act2");
    const int64_t inner = head.v2.out();
    head.value = matrix(key + ".linear_valuehead", inner, 3, key + ".bias_valuehead");
    head.misc = matrix(key + ".linear_miscvaluehead", inner, kAny, key + ".bias_miscvaluehead");
    if (has(key + ".linear_moremiscvaluehead.weight"))
        head.more_misc =
            matrix(key + ".linear_moremiscvaluehead", inner, 8, key + ".linear_moremiscvaluehead");
    head.ownership = conv(key + ".conv_ownership", spatial, 1);
    if (has(key + ".conv_scoring.weight")) head.scoring = conv(key + ".conv_scoring", spatial, 1);
    if (has(key + ".conv_futurepos.weight")) head.futurepos = conv(key + ".conv_futurepos", channels, 2);
    if (has(key + ".conv_seki.weight")) head.seki = conv(key + ".conv_seki", channels, 4);
    head.score_belief = score_belief(key, 3 * spatial);
    return head;
}

std::optional<ScoreBelief> Source::score_belief(const std::string& key, int64_t pooled) {
    if (!has(key + ".linear_s2.weight")) return std::nullopt;
    ScoreBelief belief{.pooled = matrix(key + ".linear_s2", pooled, kAny, key + ".linear_s2")};
    const int64_t inner = belief.pooled.out();
    belief.offset = take_vector(key + ".linear_s2off.weight", inner);
    belief.parity = take_vector(key + ".linear_s2par.weight", inner);
    belief.mixands = matrix(key + ".linear_s3", inner, kAny, key + ".linear_s3");
    belief.weights = matrix(key + ".linear_smix", pooled, belief.mixands.out(), key + ".linear_smix");
    return belief;
}

}  // namespace lathe::zoo::katago
