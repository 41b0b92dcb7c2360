// Config: a training checkpoint's configuration, as far as the network's computation depends on it.
// Source: KataGo, python/katago/train/modelconfigs.py.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "zoo/katago/net.h"

namespace lathe::zoo::katago {

struct Config {
    int64_t version = 0;
    std::string norm_kind;  // fixup, fixscale, bnorm, brenorm, fixbrenorm, fixscaleonenorm
    Activation activation = Activation::kRelu;
    bool gamma_is_offset = false;  // the file holds gamma - 1
    bool pass_alive_under_suicide_rules = false;

    struct BlockKind {
        std::string name, kind;  // kind without the ending "gpool"
        bool pooling = false;
    };
    std::vector<BlockKind> blocks;
    int64_t channels = 0, mid_channels = 0, gpool_channels = 0;

    bool meta_encoder = false;
    bool normless_tip = false, rms_tip = false, rms_tip_spatial = false;
    int64_t intermediate_blocks = 0;  // 0: no intermediate heads

    int64_t rms_tip_group = 0;                       // channels of a group of the spatial RMS norm; 0: all
    bool channel_gate = false, residual_backout = false;  // shares in the trunk's sums

    int64_t heads = 0, kv_heads = 0, query_size = 0, value_size = 0;  // sizes 0: width / heads
    int64_t inner_channels = 0;                                      // of feed-forward blocks
    bool qk_norm = false, local_feed_forward = false;
    bool learned_rope = false;
    double rope_theta = 100;

    // Of the checkpoint's norms, those of these kinds carry constant factors that the file does not hold.
    bool has_hidden_scales() const {
        return norm_kind == "fixscale" || norm_kind == "fixbrenorm" || norm_kind == "fixscaleonenorm";
    }
};

// Errors name the entry: missing, of a wrong type, of an unknown value, or asking for what is not supported.
Result<Config> parse_config(const Json& json);

}  // namespace lathe::zoo::katago
