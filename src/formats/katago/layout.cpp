// The layout of KataGo's network files, versions 3 to 17, once for reading and writing.
// Source: KataGo, cpp/neuralnet/desc.cpp; cpp/neuralnet/modelversion.cpp for what each version changed.
#include <array>

#include "formats/katago/records.h"

namespace lathe::formats::katago {
namespace {

constexpr int64_t kMaxChannels = 65536;
constexpr int64_t kAny = -1;
constexpr std::array<int, 1> kVector{0};
constexpr std::array<int, 2> kInOut{0, 1};
constexpr std::array<int, 3> kFrequencies{0, 1, 2};
constexpr std::array<int, 4> kOutInYX{3, 2, 0, 1};  // of y, x, ic, oc

class Layout {
public:
    explicit Layout(Records& records) : r(records) {}
    void network();

private:
    // Each gives back its number of output channels. `in`, `out`: what the neighbours expect, or kAny.
    int64_t conv(std::string_view key, int64_t in, int64_t out = kAny);
    int64_t matrix(std::string_view key, int64_t in, int64_t out = kAny);
    void bias(std::string_view key, int64_t channels);
    void norm(std::string_view key, int64_t channels);
    void block_norm(std::string_view key, int64_t channels);
    void tip_norm(std::string_view key, int64_t channels);
    void activation(std::string_view key);

    void header();
    void trunk();
    void meta_encoder();
    void blocks(int64_t count, int64_t channels, int depth);
    void ordinary(int64_t channels);
    void pooling(int64_t channels);
    void nested(int64_t channels, int depth);
    void attention(int64_t channels);
    void rotary(int64_t kv_heads, int64_t query_size);
    void feed_forward(int64_t channels);
    void policy_head();
    void value_head();
    int64_t policy_channels();

    Records& r;
    int64_t version = 0, spatial_inputs = 0, global_inputs = 0, trunk_channels = 0;
    bool has_meta_encoder = false;
};

int64_t Layout::conv(std::string_view key, int64_t in, int64_t out) {
    const auto scope = r.enter(key);
    r.name();
    const int64_t kernel_y = r.integer("kernel_y", 1, 63), kernel_x = r.integer("kernel_x", 1, 63);
    const int64_t ic = r.integer("in", 1, kMaxChannels), oc = r.integer("out", 1, kMaxChannels);
    r.integer("dilation_y", 1, 63);
    r.integer("dilation_x", 1, 63);
    if (kernel_y % 2 == 0 || kernel_x % 2 == 0) r.fail_here("a kernel with an even size, expected odd sizes");
    if (in != kAny) r.expect_channels("input channels", ic, in);
    if (out != kAny) r.expect_channels("output channels", oc, out);
    r.floats("weight", {kernel_y, kernel_x, ic, oc}, kOutInYX);
    return oc;
}

int64_t Layout::matrix(std::string_view key, int64_t in, int64_t out) {
    const auto scope = r.enter(key);
    r.name();
    const int64_t rows = r.integer("in", 1, kMaxChannels), columns = r.integer("out", 1, kMaxChannels);
    if (in != kAny) r.expect_channels("input channels", rows, in);
    if (out != kAny) r.expect_channels("output channels", columns, out);
    r.floats("weight", {rows, columns}, kInOut);
    return columns;
}

void Layout::bias(std::string_view key, int64_t channels) {
    const auto scope = r.enter(key);
    r.name();
    r.expect_channels("channels", r.integer("channels", 1, kMaxChannels), channels);
    r.floats("bias", {channels}, kVector);
}

void Layout::norm(std::string_view key, int64_t channels) {
    const auto scope = r.enter(key);
    r.name();
    r.expect_channels("channels", r.integer("channels", 1, kMaxChannels), channels);
    r.number("epsilon");
    const bool has_scale = r.flag("has_scale"), has_bias = r.flag("has_bias");
    r.floats("mean", {channels}, kVector);
    r.floats("variance", {channels}, kVector);
    if (has_scale) r.floats("scale", {channels}, kVector);
    if (has_bias) r.floats("bias", {channels}, kVector);
}

void Layout::block_norm(std::string_view key, int64_t channels) {
    const auto scope = r.enter(key);
    r.name();
    r.expect_channels("channels", r.integer("channels", 1, kMaxChannels), channels);
    r.number("epsilon");
    r.floats("weight", {channels}, kVector);
}

void Layout::tip_norm(std::string_view key, int64_t channels) {
    const auto scope = r.enter(key);
    r.name();
    r.expect_channels("channels", r.integer("channels", 1, kMaxChannels), channels);
    r.number("epsilon");
    r.flag("spatial");
    if (r.integer("group_size", 0, kMaxChannels) != 0)
        r.fail_here("a grouped RMS norm, which KataGo itself refuses");
    r.floats("gamma", {channels}, kVector);
    r.floats("beta", {channels}, kVector);
}

void Layout::activation(std::string_view key) {
    const auto scope = r.enter(key);
    r.name();
    if (version < 11) return;  // always relu
    const std::string kind = r.word("kind");
    if (!r.ok() || kind == "ACTIVATION_IDENTITY" || kind == "ACTIVATION_RELU" || kind == "ACTIVATION_MISH" ||
        kind == "ACTIVATION_SILU")
        return;
    r.fail_here(format("activation '{}', expected ACTIVATION_IDENTITY, _RELU, _MISH or _SILU", kind));
}

void Layout::header() {
    r.word("name");
    version = r.integer("version", 0, 1 << 20);
    if (version < 3)
        r.fail_here(format("model version {} is older than 3, the oldest that KataGo still reads", version));
    if (version > 17)
        r.fail_here(
            format("model version {} is newer than 17, the newest whose layout is known here", version));
    spatial_inputs = r.integer("spatial_inputs", 1, kMaxChannels);
    global_inputs = r.integer("global_inputs", 1, kMaxChannels);
    if (version >= 13) {
        const auto scope = r.enter("multipliers");
        for (const char* key : {"td_score", "score_mean", "score_stdev", "lead", "variance_time",
                                "shortterm_value_error", "shortterm_score_error"})
            r.number(key);
    }
    if (version < 15) return;
    has_meta_encoder = r.integer("meta_encoder_version", 0, 1) > 0;
    r.flag("pass_alive_under_suicide_rules");
    r.reserved(6);
}

void Layout::trunk() {
    const auto scope = r.enter("trunk");
    r.name();
    const int64_t count = r.list("blocks", 1, 10000);
    trunk_channels = r.integer("channels", 1, kMaxChannels);
    r.integer("mid_channels", 1, kMaxChannels);
    r.integer("regular_channels", 1, kMaxChannels);
    r.integer("dilated_channels", 0, kMaxChannels);  // without meaning
    r.integer("gpool_channels", 1, kMaxChannels);
    const bool rms_tip = version >= 15 && r.integer("norm_kind", 0, 1) == 1;
    if (version >= 15) r.reserved(5);
    conv("conv_spatial", spatial_inputs, trunk_channels);
    matrix("linear_global", global_inputs, trunk_channels);
    if (has_meta_encoder) meta_encoder();
    blocks(count, trunk_channels, 0);
    if (rms_tip) tip_norm("norm_trunkfinal", trunk_channels);
    else norm("norm_trunkfinal", trunk_channels);
    activation("act_trunkfinal");
}

void Layout::meta_encoder() {
    const auto scope = r.enter("sgf_metadata_encoder");
    r.name();
    r.expect_channels("inputs", r.integer("inputs", 1, kMaxChannels), 192);
    int64_t channels = matrix("mul1", 192);
    bias("bias1", channels);
    activation("act1");
    channels = matrix("mul2", channels);
    bias("bias2", channels);
    activation("act2");
    matrix("mul3", channels, trunk_channels);
}

void Layout::blocks(int64_t count, int64_t channels, int depth) {
    if (depth > 8) r.fail_here("blocks nested deeper than 8 levels");
    for (int64_t i = 0; i < count && r.ok(); ++i) {
        const auto scope = r.enter(depth == 0 ? "blocks" : "blockstack", i);
        const std::string kind = r.word("kind");
        r.name();
        if (kind == "ordinary_block") ordinary(channels);
        else if (kind == "gpool_block") pooling(channels);
        else if (kind == "nested_bottleneck_block") nested(channels, depth);
        else if (kind == "transformer_attention_block") attention(channels);
        else if (kind == "transformer_ffn_block") feed_forward(channels);
        else r.fail_here(format("a block of the unknown kind '{}'", kind));
    }
}

void Layout::ordinary(int64_t channels) {
    int64_t inner = 0;
    {
        const auto scope = r.enter("normactconv1");
        norm("norm", channels);
        activation("act");
        inner = conv("conv", channels);
    }
    const auto scope = r.enter("normactconv2");
    norm("norm", inner);
    activation("act");
    conv("conv", inner, channels);
}

void Layout::pooling(int64_t channels) {
    int64_t inner = 0;
    {
        const auto scope = r.enter("normactconv1");
        norm("norm", channels);
        activation("act");
        const auto pool_scope = r.enter("convpool");
        inner = conv("conv1r", channels);
        const int64_t pooled = conv("conv1g", channels);
        norm("normg", pooled);
        activation("actg");
        matrix("linear_g", 3 * pooled, inner);
    }
    const auto scope = r.enter("normactconv2");
    norm("norm", inner);
    activation("act");
    conv("conv", inner, channels);
}

void Layout::nested(int64_t channels, int depth) {
    const int64_t count = r.list("blockstack", 1, 1000);
    int64_t inner = 0;
    {
        const auto scope = r.enter("normactconvp");
        norm("norm", channels);
        activation("act");
        inner = conv("conv", channels);
    }
    blocks(count, inner, depth + 1);
    const auto scope = r.enter("normactconvq");
    norm("norm", inner);
    activation("act");
    conv("conv", inner, channels);
}

void Layout::attention(int64_t channels) {
    const int64_t heads = r.integer("heads", 1, 4096), kv_heads = r.integer("kv_heads", 1, 4096);
    const int64_t query_size = r.integer("query_size", 1, 8192),
                  value_size = r.integer("value_size", 1, 8192);
    const bool has_rope = r.flag("rope"), learned = r.flag("learned_rope");
    if (heads % kv_heads != 0)
        r.fail_here(format("{} heads are no multiple of {} key-value heads", heads, kv_heads));
    if (has_rope && query_size % 2 != 0)
        r.fail_here(format("rotary embedding on heads of odd size {}", query_size));
    block_norm("norm1", channels);
    matrix("q_proj", channels, heads * query_size);
    matrix("k_proj", channels, kv_heads * query_size);
    matrix("v_proj", channels, kv_heads * value_size);
    matrix("out_proj", heads * value_size, channels);
    if (has_rope && learned) rotary(kv_heads, query_size);
    if (has_rope && !learned) {
        const auto scope = r.enter("rope_theta");
        r.name();
        r.number("theta");
    }
}

void Layout::rotary(int64_t kv_heads, int64_t query_size) {
    const auto scope = r.enter("rope_freqs");
    r.name();
    r.expect_channels("key-value heads", r.integer("kv_heads", 1, 4096), kv_heads);
    r.expect_channels("pairs", r.integer("pairs", 1, 4096), query_size / 2);
    r.expect_channels("directions", r.integer("directions", 1, 4096), 2);
    r.floats("weight", {kv_heads, query_size / 2, 2}, kFrequencies);
}

void Layout::feed_forward(int64_t channels) {
    r.expect_channels("channels", r.integer("channels", 1, kMaxChannels), channels);
    const int64_t inner = r.integer("inner_channels", 1, kMaxChannels);
    const bool gated = r.flag("swiglu");
    block_norm("norm", channels);
    matrix("ffn_linear1", channels, inner);
    if (gated) matrix("ffn_linear_gate", channels, inner);
    matrix("ffn_linear2", inner, channels);
}

int64_t Layout::policy_channels() {
    if (version < 17) return version == 16 ? 4 : version >= 12 ? 2 : 1;
    const int64_t channels = r.integer("policy_channels", 1, 64);
    if (channels != 2 && channels != 4) r.fail_here(format("{} policy channels, expected 2 or 4", channels));
    r.reserved(3);
    return channels;
}

void Layout::policy_head() {
    const auto scope = r.enter("policy_head");
    r.name();
    const int64_t outputs = policy_channels();
    const int64_t inner = conv("conv1p", trunk_channels);
    const int64_t pooled = conv("conv1g", trunk_channels);
    norm("biasg", pooled);
    activation("actg");
    matrix("linear_g", 3 * pooled, inner);
    norm("bias2", inner);
    activation("act2");
    conv("conv2p", inner, outputs);
    matrix("linear_pass", 3 * pooled, version >= 15 ? inner : outputs);
    if (version < 15) return;
    bias("linear_pass_bias", inner);
    activation("act_pass");
    matrix("linear_pass2", inner, outputs);
}

void Layout::value_head() {
    const auto scope = r.enter("value_head");
    r.name();
    if (version >= 17) r.reserved(3);
    const int64_t spatial = conv("conv1", trunk_channels);
    norm("bias1", spatial);
    activation("act1");
    const int64_t inner = matrix("linear2", 3 * spatial);
    bias("bias2", inner);
    activation("act2");
    matrix("linear_valuehead", inner, 3);
    bias("bias_valuehead", 3);
    const int64_t scores = version >= 9 ? 6 : version == 8 ? 4 : version >= 4 ? 2 : 1;
    matrix("linear_miscvaluehead", inner, scores);
    bias("bias_miscvaluehead", scores);
    conv("conv_ownership", spatial, 1);
}

void Layout::network() {
    header();
    trunk();
    policy_head();
    value_head();
    r.end();
}

}  // namespace

void network_records(Records& records) { Layout(records).network(); }

}  // namespace lathe::formats::katago
