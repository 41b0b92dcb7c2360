// A KataGo network as data: every layer with its weights, whichever file they came from. The parts that a network file
// (.bin) lacks and a training checkpoint has are optional. Tensors are f32 and may be strided views of the file.
// Source of the architecture: KataGo, python/katago/train/model_pytorch.py; D. J. Wu, "Accelerating Self-Play Learning
// in Go", 2019 (the first version).
//
// Sizes: C channels of the layer at hand, T of the trunk, B batch, H x W board tensor, S = H * W points.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace lathe::zoo::katago {

enum class Activation { kIdentity, kRelu, kMish, kSilu, kElu, kGelu, kHardswish };

// Keys are the weights' names in the checkpoint, without the ending ".weight".
struct Conv {
    std::string key;
    Tensor weight;  // [out, in, y, x]; odd sizes, zero padding to the same board
    int64_t dilation_y = 1, dilation_x = 1;
    int64_t groups = 1;  // in = groups * weight's second size
};

struct Matrix {
    std::string key;
    Tensor weight;  // [in, out]; y = x · weight + bias
    std::optional<Tensor> bias;  // [out]
    int64_t in() const { return weight.dim(0); }
    int64_t out() const { return weight.dim(1); }
};

// y = (x - mean) / sqrt(variance + epsilon) * scale + bias, channel by channel; absent: 0, 1, 1, 0. All [C].
struct Norm {
    std::string key;
    std::optional<Tensor> mean, variance, scale, bias;
    double epsilon = 1e-20;
};

// y = x / sqrt(mean(x²) + epsilon) * weight + bias. The mean is over the channels of a point; `spatial`: over the
// channels of all points on the board, in groups of `group_size` channels (0: all in one).
struct RmsNorm {
    std::string key;
    Tensor weight;  // [C]
    std::optional<Tensor> bias;  // [C]
    double epsilon = 1e-6;
    bool spatial = false;
    int64_t group_size = 0;
};

// regular(x) + linear(pool(act(norm(pooled(x))))): a convolution with a bias that looks at the whole board.
struct PoolingConv {
    Conv regular, pooled;
    Norm norm;
    Activation act = Activation::kRelu;
    Matrix linear;  // [3 * pooled, regular]
};

struct NormActConv {
    Norm norm;
    Activation act = Activation::kRelu;
    std::variant<Conv, PoolingConv> conv;
};

struct Rotary {
    std::optional<Tensor>
        frequencies;  // [kv heads, pairs, 2]: radians a step in x and in y; absent: fixed by theta
    double theta = 100;
};

struct Attention {
    RmsNorm norm;
    Matrix q, k, v, out;  // T -> heads * query_size, kv_heads * query_size, kv_heads * value_size; back to T
    int64_t heads = 1, kv_heads = 1, query_size = 0, value_size = 0;
    std::optional<Rotary> rotary;
    std::optional<RmsNorm> q_norm, k_norm;  // of each head, after the rotation
};

struct FeedForward {
    RmsNorm norm;
    Matrix up;  // T -> F
    std::optional<Matrix> gate;  // T -> F: down(silu(up x) * gate x)
    std::optional<Conv> local;  // F -> F, channel by channel, before `down`
    Matrix down;  // F -> T
    Activation act = Activation::kSilu;
};

struct Block;
// Two layers (an ordinary or a pooling block); plain bottlenecks have more.
struct Chain {
    std::vector<NormActConv> layers;
};
struct Nested {
    NormActConv in, out;  // 1x1: T -> M and M -> T
    std::vector<Block> blocks;
};

// What a block computes is added to what it was given.
struct Block {
    std::string key;
    std::variant<Chain, Nested, Attention, FeedForward> body;
};

// How the SGF metadata of a position (player ranks, dates, …) enters the trunk: linear, act, linear, act, linear.
struct MetaEncoder {
    Matrix first, second, last;
    Activation first_act = Activation::kRelu, second_act = Activation::kRelu;
};

struct Tip {
    std::variant<Norm, RmsNorm> norm;
    Activation act = Activation::kRelu;
};

// Channels' shares in the sums of the trunk, all [T]. Without them a block's output is added as it is.
// out = out * keep + block(in) * take; a second sum, `back`, takes part of the same and is taken away again from what
// blocks and heads see: in = out - back * use.
struct ResidualShares {
    std::vector<Tensor> keep, take;  // for each block; empty: 1
    std::optional<Tensor> back_start;  // absent: no second sum. back = start * back_start
    std::vector<Tensor>
        back_add;  // for each block but the last: back = back * keep + block(in) * take * back_add
    std::vector<Tensor> back_use;  // for each block but the first
    std::optional<Tensor> back_use_final;  // by the heads
};

struct Trunk {
    Conv spatial;  // [T, planes, y, x]
    Matrix global;  // [globals, T]
    std::optional<MetaEncoder> meta;
    std::vector<Block> blocks;
    ResidualShares shares;
    Tip tip;
};

struct PolicyHead {
    Conv p1, g1;
    Norm g_norm;
    Activation g_act = Activation::kRelu;
    Matrix g_to_p;  // [3 * G, P]
    Norm p_norm;
    Activation p_act = Activation::kRelu;
    Conv p2;  // to the policies' logits, one channel each
    Matrix pass;  // [3 * G, policies], or to a hidden layer
    Activation pass_act = Activation::kIdentity;
    std::optional<Matrix> pass2;  // [hidden, policies]
};

// The distribution of the final score: a mixture of distributions over 842 half-points. Training checkpoints only.
struct ScoreBelief {
    Matrix pooled;  // linear_s2: [3 * V, D]
    Tensor offset, parity;  // linear_s2off, linear_s2par: [D]
    Matrix mixands, weights;  // linear_s3: [D, N]; linear_smix: [3 * V, N]
};

struct ValueHead {
    Conv v1;
    Norm norm;
    Activation act = Activation::kRelu;
    Matrix v2;  // [3 * V, D]
    Activation v2_act = Activation::kRelu;
    Matrix value;  // [D, 3]: win, loss, no result
    Matrix misc;  // [D, 1 | 2 | 4 | 6] of a network file, [D, 10] of a checkpoint
    std::optional<Matrix> more_misc;  // [D, 8]
    Conv ownership;  // V -> 1
    std::optional<Conv> scoring, futurepos, seki;  // V -> 1, T -> 2, T -> 4
    std::optional<ScoreBelief> score_belief;
};

struct Heads {
    PolicyHead policy;
    ValueHead value;
};

// A second pair of heads on the trunk after its first blocks.
struct IntermediateHeads {
    int64_t blocks = 0;
    Tip tip;
    Heads heads;
};

// What raw outputs are to be multiplied with (katago.h). Files before version 13 do not say; these are theirs.
struct Multipliers {
    double td_score = 20, score_mean = 20, score_stdev = 20, lead = 20, variance_time = 40;
    double shortterm_value_error = 0.25, shortterm_score_error = 30;
};

struct Net {
    std::string name;
    int64_t version = 0;
    Multipliers multipliers;
    bool pass_alive_under_suicide_rules = false;
    int64_t mid_channels = 0, gpool_channels = 0;  // as the header of a network file repeats them
    Trunk trunk;
    Heads heads;
    std::optional<IntermediateHeads> intermediate;
    std::string weights;  // "model" or "swa" of a checkpoint; empty for network files
    std::string config;  // the checkpoint's configuration as JSON

    bool from_checkpoint() const { return !weights.empty(); }
    int64_t planes() const { return trunk.spatial.weight.dim(1); }
    int64_t globals() const { return trunk.global.in(); }
    int64_t channels() const { return trunk.spatial.weight.dim(0); }
};

}  // namespace lathe::zoo::katago
