#include "zoo/katago/config.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace lathe::zoo::katago {
namespace {

// Options that change the computation in ways that are not known here.
constexpr const char* kUnsupported[] = {"inline_registers", "attention_num_rw_registers"};

bool is_set(const Json& json, const char* key) {
    const Json* value = find_member(json, key);
    if (value == nullptr || value->is_null()) return false;
    return value->is_boolean() ? value->get<bool>() : !value->is_number() || value->get<double>() != 0;
}

Result<int64_t> required(const Json& json, const char* key) {
    if (find_member(json, key) == nullptr) return fail("the configuration has no '{}'", key);
    TRY(const int64_t value, int_member(json, key, 0));
    if (value < 1 || value > (1 << 20)) return fail("'{}' is {}", key, value);
    return value;
}

Result<Activation> parse_activation(const std::string& name) {
    constexpr std::pair<const char*, Activation> kNames[] = {
        {"identity", Activation::kIdentity},  {"relu", Activation::kRelu}, {"mish", Activation::kMish},
        {"silu", Activation::kSilu},          {"elu", Activation::kElu},   {"gelu", Activation::kGelu},
        {"hardswish", Activation::kHardswish}};
    for (const auto& [known, activation] : kNames)
        if (name == known) return activation;
    return fail("'activation' is '{}', which is unknown", name);
}

Status parse_norms(const Json& json, Config& config) {
    constexpr std::array<std::string_view, 6> kKinds{"fixup",   "fixscale",   "bnorm",
                                                     "brenorm", "fixbrenorm", "fixscaleonenorm"};
    TRY(config.norm_kind, string_member(json, "norm_kind"));
    if (std::ranges::find(kKinds, config.norm_kind) == kKinds.end())
        return fail("'norm_kind' is '{}', which is unknown", config.norm_kind);
    TRY(const std::string activation, string_member(json, "activation", "relu"));
    TRY(config.activation, parse_activation(activation));
    TRY(config.gamma_is_offset, bool_member(json, "gamma_weight_decay_center_1", false));
    TRY(config.normless_tip, bool_member(json, "trunk_normless", false));
    TRY(config.rms_tip, bool_member(json, "trunk_final_rmsnorm", false));
    TRY(config.rms_tip_spatial, bool_member(json, "trunk_rmsnorm_spatial", false));
    if (!config.rms_tip_spatial || !is_set(json, "rmsnorm_spatial_cgroup_size")) return {};
    TRY(config.rms_tip_group, int_member(json, "rmsnorm_spatial_cgroup_size", 0));
    if (config.rms_tip_group < 1 || config.channels % config.rms_tip_group != 0)
        return fail("'rmsnorm_spatial_cgroup_size' is {}, which does not divide {} channels",
                    config.rms_tip_group, config.channels);
    return {};
}

Status parse_blocks(const Json& json, Config& config) {
    const Json* blocks = find_member(json, "block_kind");
    if (blocks == nullptr || !blocks->is_array() || blocks->empty())
        return fail("the configuration has no list 'block_kind'");
    for (const Json& entry : *blocks) {
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_string())
            return fail("an entry of 'block_kind' is {}, expected a name and a kind", to_text(entry));
        Config::BlockKind block{.name = entry[0].get<std::string>(), .kind = entry[1].get<std::string>()};
        block.pooling = block.kind.ends_with("gpool");
        if (block.pooling) block.kind.resize(block.kind.size() - 5);
        config.blocks.push_back(std::move(block));
    }
    return {};
}

Status parse_attention(const Json& json, Config& config) {
    TRY(config.heads, int_member(json, "transformer_heads", 0));
    TRY(config.kv_heads, int_member(json, "transformer_kv_heads", config.heads));
    TRY(config.query_size, int_member(json, "attention_query_head_dim", 0));
    TRY(config.value_size, int_member(json, "attention_value_head_dim", 0));
    TRY(config.inner_channels, int_member(json, "transformer_ffn_channels", 0));
    TRY(config.learned_rope, bool_member(json, "learnable_rope", false));
    TRY(config.rope_theta, number_member(json, "rope_theta", 100));
    TRY(config.qk_norm, bool_member(json, "attention_qk_norm", false));
    TRY(config.local_feed_forward, bool_member(json, "transformer_ffn_depthwise_conv", false));
    if (!(config.rope_theta > 0)) return fail("'rope_theta' is {}", config.rope_theta);
    return {};
}

}  // namespace

Result<Config> parse_config(const Json& json) {
    for (const char* option : kUnsupported)
        if (is_set(json, option)) return fail("the network has '{}', which is not supported", option);
    Config config;
    TRY(config.version, required(json, "version"));
    if (config.version > 17)
        return fail("version {} is newer than 17, the newest known here", config.version);
    TRY(config.channels, required(json, "trunk_num_channels"));
    TRY(config.mid_channels, required(json, "mid_num_channels"));
    TRY(config.gpool_channels, required(json, "gpool_num_channels"));
    TRY_STATUS(parse_norms(json, config));
    TRY_STATUS(parse_blocks(json, config));
    TRY_STATUS(parse_attention(json, config));
    const Json* encoder = find_member(json, "metadata_encoder");
    config.meta_encoder = encoder != nullptr && !encoder->is_null();
    if (config.meta_encoder) {
        TRY(const int64_t version, int_member(*encoder, "meta_encoder_version", 1));
        if (version != 1) return fail("'meta_encoder_version' is {}, expected 1", version);
    }
    TRY(config.pass_alive_under_suicide_rules,
        bool_member(json, "always_compute_pass_alive_under_suicide_rules", false));
    TRY(config.channel_gate, bool_member(json, "use_trunk_channel_gate", false));
    TRY(config.residual_backout, bool_member(json, "use_trunk_residual_backout", false));
    TRY(const bool intermediate, bool_member(json, "has_intermediate_head", false));
    if (intermediate) {
        TRY(config.intermediate_blocks, required(json, "intermediate_head_blocks"));
        if (config.intermediate_blocks > static_cast<int64_t>(config.blocks.size()))
            return fail("'intermediate_head_blocks' is {} of {} blocks", config.intermediate_blocks,
                        config.blocks.size());
    }
    return config;
}

}  // namespace lathe::zoo::katago
