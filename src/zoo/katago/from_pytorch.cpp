// A Net from a training checkpoint: the state dictionary of KataGo's PyTorch model, raw or averaged, and its
// configuration. The mapping and the factors that the file does not hold are in reference/katago.md, sections 2.4, 2.5;
// source: KataGo, python/katago/train/model_pytorch.py and load_model.py.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "zoo/katago/config.h"
#include "zoo/katago/load.h"
#include "zoo/katago/source.h"

namespace lathe::zoo::katago {
namespace {

constexpr std::string_view kRaw = "model.", kAveraged = "swa_model.";

// What data-parallel training and compilation put in front of names, any number of times.
std::string_view without_wrappers(std::string_view key) {
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view wrapper : {"module.", "_orig_mod."})
            if (key.starts_with(wrapper)) key.remove_prefix(wrapper.size()), again = true;
    }
    return key;
}

// Tensors of the state dictionary that inference has no use for.
bool is_training_only(std::string_view key) {
    for (const std::string_view part :
         {".renorm_running_", ".renorm_upper_rclippage", ".renorm_lower_rclippage", ".renorm_dclippage",
          "score_belief_offset_vector", "score_belief_offset_bias_vector", "score_belief_parity_vector"})
        if (key.find(part) != std::string_view::npos) return true;
    return key == "n_averaged";
}

template <class F>
Tensor map_floats(const Tensor& tensor, F function) {
    const Tensor plain = tensor.to_contiguous();
    TensorBuilder builder(DType::kF32, plain.shape());
    std::ranges::transform(plain.values<float>(), builder.values<float>().begin(), function);
    return builder.finish();
}

class PytorchSource final : public Source {
public:
    PytorchSource(const graph::Checkpoint& checkpoint, std::string_view section, const Config& config)
        : config_(config) {
        for (const graph::NamedTensor& entry : checkpoint.tensors) {
            if (!entry.name.starts_with(section)) continue;
            const std::string key(without_wrappers(std::string_view(entry.name).substr(section.size())));
            if (!is_training_only(key)) tensors_.emplace(key, entry.tensor);
        }
    }

    Conv conv(const std::string& key, int64_t in, int64_t out) override {
        Conv conv = checked(Conv{.key = key, .weight = take(key + ".weight", 4)}, in, out);
        const std::string beside = key + "1x1.weight";  // an extra 1x1 convolution of the same input
        if (ok() && key.ends_with(".conv") && has(beside)) add_to_centre(conv, take(beside, 4), beside);
        return conv;
    }

    Norm norm(const std::string& key, int64_t channels, std::optional<double> scale) override {
        Norm norm{.key = key, .mean = take_vector_if_there(key + ".running_mean", channels)};
        // KataGo's exporter keeps the standard deviation, which already has its epsilon, as a variance in f32.
        if (auto std = take_vector_if_there(key + ".running_std", channels))
            norm.variance = map_floats(*std, [](float s) { return std::max(1e-20F, s * s - 1e-20F); });
        const auto gamma = take_vector_if_there(key + ".gamma", channels);
        const float factor = static_cast<float>(scale.value_or(1)),
                    offset = config_.gamma_is_offset ? 1.0F : 0.0F;
        if (gamma) norm.scale = map_floats(*gamma, [=](float g) { return (g + offset) * factor; });
        else if (scale) norm.scale = Tensor::filled(DType::kF32, {channels}, factor);
        norm.bias = take_vector(key + ".beta", channels);
        return norm;
    }

    Matrix matrix(const std::string& key, int64_t in, int64_t out, const std::string& bias_key) override {
        constexpr int kSwap[] = {1, 0};  // stored [out, in]
        Matrix matrix{.key = key, .weight = take(key + ".weight", 2).transposed(kSwap)};
        matrix = checked(std::move(matrix), in, out);
        if (!bias_key.empty()) matrix.bias = take_vector(key + ".bias", matrix.out());
        return matrix;
    }

    RmsNorm block_norm(const std::string& key, int64_t channels) override {
        return {.key = key, .weight = take_vector(key + ".weight", channels), .epsilon = 1e-6};
    }

    Activation activation(const std::string&) override { return config_.activation; }

    Net network();

private:
    static std::optional<double> if_hidden(bool hidden, double scale) {
        return hidden ? std::optional(scale) : std::nullopt;
    }
    // 1 / sqrt(n): the factor of the n-th norm of its row.
    std::optional<double> hidden_scale(int64_t n) const {
        return if_hidden(config_.has_hidden_scales(), 1.0 / std::sqrt(static_cast<double>(n)));
    }
    void add_to_centre(Conv& conv, const Tensor& addend, const std::string& name);
    MetaEncoder meta_encoder();
    Chain res_block(const std::string& key, int64_t channels, int64_t position);
    Chain bottleneck(const std::string& key, int64_t length, int64_t position);
    Nested nested(const std::string& key, int64_t length, int64_t position);
    Nested nested_dilated(const std::string& key, int64_t length, int64_t position);
    Nested nested_transformer(const std::string& key, int64_t length, int64_t position, bool gated);
    Attention rotary_attention(const std::string& key, int64_t channels);
    FeedForward feed_forward_block(const std::string& key, int64_t channels, bool gated);
    Block block(int64_t i);
    ResidualShares shares(int64_t blocks);
    Tensor share(const std::string& key);
    Tip tip(const std::string& key, bool normless, bool rms, std::optional<double> scale);
    void check_leftovers();

    const Config& config_;
};

void PytorchSource::add_to_centre(Conv& conv, const Tensor& addend, const std::string& name) {
    const Shape& shape = conv.weight.shape();
    if (addend.shape() != Shape{shape[0], shape[1], 1, 1})
        return fail_with(format("'{}' is {} beside {}", name, describe(addend), describe(conv.weight)));
    const Tensor plain = conv.weight.to_contiguous(), plain_addend = addend.to_contiguous();
    TensorBuilder builder(DType::kF32, shape);
    const auto sum = builder.values<float>();
    std::ranges::copy(plain.values<float>(), sum.begin());
    const auto area = static_cast<size_t>(shape[2] * shape[3]);
    for (size_t i = 0; i < plain_addend.values<float>().size(); ++i)
        sum[i * area + area / 2] += plain_addend.values<float>()[i];
    conv.weight = builder.finish();
}

// The layers of a network file: the input's mask goes into the first weights, the output's factor 1/2 into the last.
MetaEncoder PytorchSource::meta_encoder() {
    const std::string key = "metadata_encoder";
    MetaEncoder encoder{.first = matrix(key + ".linear1", 192, kAny, key)};
    const Tensor mask = take_vector(key + ".feature_mask", 192);
    if (!ok()) return encoder;
    const auto inputs = mask.values<float>();
    const Tensor plain = encoder.first.weight.to_contiguous();  // [192, C]
    TensorBuilder builder(DType::kF32, plain.shape());
    const auto width = static_cast<size_t>(plain.dim(1));
    for (size_t i = 0; i < builder.values<float>().size(); ++i)
        builder.values<float>()[i] = plain.values<float>()[i] * inputs[i / width];
    encoder.first.weight = builder.finish();
    encoder.second = matrix(key + ".linear2", encoder.first.out(), kAny, key);
    encoder.last = matrix(key + ".linear_output_to_trunk", encoder.second.out(), config_.channels, {});
    encoder.last.weight = map_floats(encoder.last.weight, [](float w) { return 0.5F * w; });
    encoder.first_act = encoder.second_act = config_.activation;
    return encoder;
}

// position: from 1, the block's place among its neighbours; the trunk adds up that many parts in front of it.
Chain PytorchSource::res_block(const std::string& key, int64_t channels, int64_t position) {
    NormActConv first = norm_act_conv(key + ".normactconv1", channels, kAny, hidden_scale(position));
    NormActConv second = norm_act_conv(key + ".normactconv2", out_channels(first), channels);
    return {{std::move(first), std::move(second)}};
}

Chain PytorchSource::bottleneck(const std::string& key, int64_t length, int64_t position) {
    Chain chain{{norm_act_conv(key + ".normactconvp", config_.channels, kAny, hidden_scale(position))}};
    for (int64_t i = 0; i < length; ++i)
        chain.layers.push_back(
            norm_act_conv(format("{}.normactconvstack.{}", key, i), out_channels(chain.layers.back())));
    chain.layers.push_back(
        norm_act_conv(key + ".normactconvq", out_channels(chain.layers.back()), config_.channels));
    return chain;
}

Nested PytorchSource::nested(const std::string& key, int64_t length, int64_t position) {
    Nested nested{.in = norm_act_conv(key + ".normactconvp", config_.channels, kAny, hidden_scale(position))};
    const int64_t inner = out_channels(nested.in);
    for (int64_t i = 0; i < length; ++i) {
        const std::string inside = format("{}.blockstack.{}", key, i);
        nested.blocks.push_back({inside, res_block(inside, inner, i + 1)});
    }
    nested.out = norm_act_conv(key + ".normactconvq", inner, config_.channels, hidden_scale(length + 1));
    return nested;
}

// The model splits the board into nine lattices of every third point and runs the inner blocks on each; they only have
// 3x3 convolutions, so that this is a dilation by 3.
Nested PytorchSource::nested_dilated(const std::string& key, int64_t length, int64_t position) {
    Nested dilated = nested(key, length, position);
    for (Block& inner : dilated.blocks)
        for (NormActConv& layer : std::get<Chain>(inner.body).layers)
            if (auto* conv = std::get_if<Conv>(&layer.conv)) conv->dilation_y = conv->dilation_x = 3;
            else fail_with(format("'{}' pools over the board within a dilated block", inner.key));
    return dilated;
}

Nested PytorchSource::nested_transformer(const std::string& key, int64_t length, int64_t position,
                                         bool gated) {
    Nested nested{.in = norm_act_conv(key + ".normactconvp", config_.channels, kAny, hidden_scale(position))};
    const int64_t inner = out_channels(nested.in);
    for (int64_t i = 0; i < 2 * length; ++i) {
        const std::string inside = format("{}.blockstack.{}", key, i);
        if (i % 2 == 0) nested.blocks.push_back({inside, rotary_attention(inside, inner)});
        else nested.blocks.push_back({inside, feed_forward_block(inside, inner, gated)});
    }
    nested.out = norm_act_conv(key + ".normactconvq", inner, config_.channels, hidden_scale(length + 1));
    return nested;
}

Attention PytorchSource::rotary_attention(const std::string& key, int64_t channels) {
    Attention shape{.heads = config_.heads, .kv_heads = config_.kv_heads};
    const int64_t width = channels / std::max<int64_t>(config_.heads, 1);
    shape.query_size = config_.query_size > 0 ? config_.query_size : width;
    shape.value_size = config_.value_size > 0 ? config_.value_size : width;
    shape.rotary = Rotary{.theta = config_.rope_theta};
    if (config_.learned_rope) shape.rotary->frequencies = take(key + ".rope_freqs", 3);
    Attention result = attention(key, channels, std::move(shape));
    if (!config_.qk_norm) return result;
    result.q_norm = block_norm(key + ".q_norm", result.query_size);
    result.k_norm = block_norm(key + ".k_norm", result.query_size);
    return result;
}

FeedForward PytorchSource::feed_forward_block(const std::string& key, int64_t channels, bool gated) {
    FeedForward layers = feed_forward(key, channels, config_.inner_channels, gated);
    layers.act = gated ? Activation::kSilu : config_.activation;
    if (!config_.local_feed_forward) return layers;
    const int64_t inner = layers.up.out();
    layers.local = conv(key + ".ffn_dwconv", 1, inner);
    layers.local->groups = inner;
    return layers;
}

Block PytorchSource::block(int64_t i) {
    const auto& [name, kind, pooling] = config_.blocks[static_cast<size_t>(i)];
    const std::string key = format("blocks.{}", i);
    const int64_t position = i + 1;
    if (kind == "regular") return {key, res_block(key, config_.channels, position)};
    if (kind == "bottle" || kind == "bottle1") return {key, bottleneck(key, 1, position)};
    if (kind == "bottle2" || kind == "bottle3") return {key, bottleneck(key, kind.back() - '0', position)};
    if (kind == "bottlenest2" || kind == "bottlenest3")
        return {key, nested(key, kind.back() - '0', position)};
    if (kind == "dilatedbottlenest2") return {key, nested_dilated(key, 2, position)};
    if (kind == "attnrope") return {key, rotary_attention(key, config_.channels)};
    if (kind == "ffnsg" || kind == "ffng")
        return {key, feed_forward_block(key, config_.channels, kind == "ffnsg")};
    if (kind == "bottlenest2transformerrope") return {key, nested_transformer(key, 2, position, false)};
    if (kind == "bottlenest2transformerropesg") return {key, nested_transformer(key, 2, position, true)};
    if (kind == "bottlenest3transformerropesg") return {key, nested_transformer(key, 3, position, true)};
    fail_with(format("block {} ('{}') is of the kind '{}', which is not supported", i, name, kind));
    return {key, Chain{}};
}

Tip PytorchSource::tip(const std::string& key, bool normless, bool rms, std::optional<double> scale) {
    Tip tip{.act = config_.activation};
    const int64_t channels = config_.channels;
    if (!rms) {
        tip.norm = norm(key, channels, scale);
        if (normless && std::get<Norm>(tip.norm).mean)
            fail_with(format("'{}' has statistics without being a norm", key));
        return tip;
    }
    const std::string weight = config_.rms_tip_spatial ? ".gamma" : ".norm.weight";
    RmsNorm norm{
        .key = key, .weight = take_vector(key + weight, channels), .spatial = config_.rms_tip_spatial};
    norm.bias = take_vector(key + ".beta", channels);
    norm.group_size = config_.rms_tip_group;
    tip.norm = std::move(norm);
    return tip;
}

Tensor PytorchSource::share(const std::string& key) {
    return map_floats(take_vector(key, config_.channels),
                      [](float logit) { return 1 / (1 + std::exp(-logit)); });
}

ResidualShares PytorchSource::shares(int64_t blocks) {
    ResidualShares shares;
    for (int64_t i = 0; config_.channel_gate && i < blocks; ++i) {
        const Tensor logits = take_vector(format("trunk_channel_gate_logits.{}", i), config_.channels);
        const auto n = static_cast<double>(i + 1);  // of parts in the sum so far
        const auto taken = [n](float logit) {
            return (n + 1) / n / (1 / n + std::exp(-0.5 * static_cast<double>(logit)));
        };
        shares.take.push_back(
            map_floats(logits, [&](float logit) { return static_cast<float>(taken(logit)); }));
        shares.keep.push_back(
            map_floats(logits, [&](float logit) { return static_cast<float>((n + 1 - taken(logit)) / n); }));
    }
    if (!config_.residual_backout) return shares;
    shares.back_start = share("backout_add_logit_embedding");
    for (int64_t i = 0; i + 1 < blocks; ++i) {
        shares.back_add.push_back(share(format("backout_add_logits.{}", i)));
        shares.back_use.push_back(share(format("backout_use_logits.{}", i)));
    }
    shares.back_use_final = share("backout_use_logit_final");
    return shares;
}

void PytorchSource::check_leftovers() {
    for (const auto& [name, tensor] : tensors_)
        if (!used_.contains(name))
            fail_with(
                format("the weight '{}' ({}) has no place in the network that the configuration describes",
                       name, describe(tensor)));
}

Net PytorchSource::network() {
    Net net{.version = config_.version};
    if (net.version > 12) net.multipliers.shortterm_score_error = 150;
    net.pass_alive_under_suicide_rules = config_.pass_alive_under_suicide_rules;
    net.mid_channels = config_.mid_channels;
    net.gpool_channels = config_.gpool_channels;
    Trunk& trunk = net.trunk;
    trunk.spatial = conv("conv_spatial", 22, config_.channels);
    trunk.global = matrix("linear_global", 19, config_.channels, {});
    if (config_.meta_encoder) trunk.meta = meta_encoder();
    const auto blocks = static_cast<int64_t>(config_.blocks.size());
    for (int64_t i = 0; i < blocks && ok(); ++i) trunk.blocks.push_back(block(i));
    trunk.shares = shares(blocks);
    trunk.tip = tip("norm_trunkfinal", config_.normless_tip, config_.rms_tip,
                    config_.rms_tip ? std::nullopt : hidden_scale(blocks + 1));
    net.heads = {policy_head("policy_head", config_.channels), value_head("value_head", config_.channels)};
    if (config_.intermediate_blocks > 0) {
        IntermediateHeads extra{.blocks = config_.intermediate_blocks};
        extra.tip = tip("norm_intermediate_trunkfinal", false, false, {});
        extra.heads.policy = policy_head("intermediate_policy_head", config_.channels);
        extra.heads.value = value_head("intermediate_value_head", config_.channels);
        net.intermediate = std::move(extra);
    }
    check_leftovers();
    return net;
}

// The configuration inside, or for old checkpoints the file that training keeps beside them.
Result<Json> find_config(const graph::Checkpoint& checkpoint) {
    if (checkpoint.metadata)
        if (const Json* config = find_member(*checkpoint.metadata, "config")) return *config;
    const size_t slash = checkpoint.path.rfind('/');
    const std::string beside =
        (slash == std::string::npos ? std::string() : checkpoint.path.substr(0, slash + 1)) +
        "model.config.json";
    if (!file_exists(beside))
        return fail(
            "the checkpoint holds no configuration, and there is no '{}'; copy the network's model.config.json "
            "to that place",
            beside);
    TRY(const SharedBytes file, map_file(beside));
    return with_place(parse_json(as_text(file.bytes())), beside);
}

}  // namespace

bool has_pytorch_keys(const graph::Checkpoint& checkpoint) {
    int found = 0;
    for (const graph::NamedTensor& entry : checkpoint.tensors) {
        std::string_view name = entry.name;
        if (!name.starts_with(kRaw)) continue;
        name = without_wrappers(name.substr(kRaw.size()));
        if (name == "conv_spatial.weight" || name == "linear_global.weight" ||
            name == "policy_head.conv1p.weight")
            ++found;
    }
    return found == 3;
}

Result<Net> load_pytorch(const graph::Checkpoint& checkpoint, std::string_view weights) {
    const bool averaged = weights == "swa";
    if (!averaged && !weights.empty() && weights != "model")
        return fail("the checkpoint has no weights '{}': expected 'model' or 'swa'", weights);
    const std::string_view section = averaged ? kAveraged : kRaw;
    const auto in_section = [&](const graph::NamedTensor& entry) { return entry.name.starts_with(section); };
    if (!std::ranges::any_of(checkpoint.tensors, in_section))
        return fail("the checkpoint has no {} weights ('{}…')", averaged ? "averaged" : "raw", section);
    TRY(const Json json, find_config(checkpoint));
    TRY(const Config config, parse_config(json));
    PytorchSource source(checkpoint, section, config);
    Net net = source.network();
    if (!source.ok()) return std::unexpected(source.error());
    net.weights = averaged ? "swa" : "model";
    net.config = to_text(json);
    return net;
}

}  // namespace lathe::zoo::katago
