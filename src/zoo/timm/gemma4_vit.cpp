// The image encoder of Gemma 4 (Google DeepMind, 2026): a vision transformer with rotary positions along both axes, norms
// before and after attention and MLP, and linear layers whose inputs and outputs may be clipped.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/token_pool.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct Gemma4VitVariant {
    std::string_view name;
    int64_t width, depth, heads, hidden;
    bool clipped;  // bounds of every linear layer are part of the checkpoint
    bool standardize;  // a mean and a scale of the pooled tokens are, too
    bool encoder = false;  // gives tokens of 3 x 3 patches, without a head
};

constexpr Gemma4VitVariant kGemma4VitVariants[] = {
    {"gemma4_vit_167m", 768, 16, 12, 3072, true, false},
    {"gemma4_vit_167m_enc", 768, 16, 12, 3072, true, false, true},
    {"gemma4_vit_570m", 1152, 27, 16, 4304, false, true},
    {"gemma4_vit_570m_enc", 1152, 27, 16, 4304, false, true, true},
};
constexpr int64_t kGemma4VitPatch = 16, kGemma4VitPlaces = 10240, kPool = 3;
constexpr double kGemma4VitEpsilon = 1e-6, kTheta = 100;

// A bound that a checkpoint leaves infinite is none.
ValueId clip(Net& net, const Key& lowest, const Key& highest, ValueId x) {
    const Tensor low = net.tensor(lowest, {}, true), high = net.tensor(highest, {}, true);
    if (net.hollow()) return x;
    nn::Attrs attrs;
    const double from = low.to_doubles()[0], to = high.to_doubles()[0];
    if (std::isfinite(from)) attrs.set("min", from);
    if (std::isfinite(to)) attrs.set("max", to);
    return std::isfinite(from) || std::isfinite(to) ? net.b.add("clip", {x}, std::move(attrs)) : x;
}

ValueId linear(Net& net, const Key& key, ValueId x, int64_t out, const Gemma4VitVariant& v) {
    if (v.clipped) x = clip(net, key / "input_min", key / "input_max", x);
    x = net.linear(key / "linear", x, out, false);
    if (v.clipped) x = clip(net, key / "output_min", key / "output_max", x);
    return net.mark(key, x);
}

// One half of a head turns with the column, the other with the row.
nn::Rope rotary(Net& net, Size2 grid, int64_t head_size) {
    const int64_t part = head_size / 2, pairs = part / 2;
    std::vector<float> sines, cosines;
    for (int64_t row = 0; row < grid.h; ++row)
        for (int64_t column = 0; column < grid.w; ++column)
            for (const int64_t place : {column, row})
                for (int64_t i = 0; i < part; ++i) {
                    const double angle =
                        static_cast<double>(place) /
                        std::pow(kTheta, static_cast<double>(2 * (i % pairs)) / static_cast<double>(part));
                    sines.push_back(static_cast<float>(std::sin(angle)));
                    cosines.push_back(static_cast<float>(std::cos(angle)));
                }
    const Shape shape{grid.h * grid.w, head_size};
    return {net.constant("rope.sin", Tensor::of<float>(shape, std::span<const float>(sines))),
            net.constant("rope.cos", Tensor::of<float>(shape, std::span<const float>(cosines))), true, 2};
}

ValueId attend(Net& net, const Key& key, ValueId x, const Gemma4VitVariant& v, const nn::Rope& rope) {
    const auto heads = [&](const char* name) {
        return nn::split_heads(net, linear(net, key / name, x, v.width, v), v.heads);
    };
    const ValueId q = net.rms_norm(key / "q_norm", heads("q_proj"), kGemma4VitEpsilon),
                  k = net.rms_norm(key / "k_norm", heads("k_proj"), kGemma4VitEpsilon);
    const ValueId values = net.rms_norm(key / "v_norm", heads("v_proj"), kGemma4VitEpsilon, false);
    const ValueId y =
        net.attention(nn::rotate(net, q, rope), nn::rotate(net, k, rope), values, nn::kNoValue, 1.0);
    return net.mark(key, linear(net, key / "o_proj", nn::merge_heads(net, y), v.width, v));
}

ValueId feed_forward(Net& net, const Key& key, ValueId x, const Gemma4VitVariant& v) {
    const ValueId gate = net.act(linear(net, key / "gate_proj", x, v.hidden, v), nn::Act::kGeluTanh);
    return net.mark(key, linear(net, key / "down_proj",
                                net.mul(gate, linear(net, key / "up_proj", x, v.hidden, v)), v.width, v));
}

// Pixels in [0, 1] become [-1, 1]; positions are a row of a table for the column plus one for the row.
ValueId embed(Net& net, const Key& key, ValueId image, Size2 grid, const Gemma4VitVariant& v) {
    const int64_t channels = net.channels(image);
    const Shape flat{v.width, channels * kGemma4VitPatch * kGemma4VitPatch},
        kernel{v.width, channels, kGemma4VitPatch, kGemma4VitPatch}, tokens{grid.h * grid.w, v.width};
    const ValueId weight = net.computed(key / "input_proj.weight", flat, kernel,
                                        [&](const Tensor& found) { return found.reshaped(kernel); });
    const ValueId centred = net.mul(net.add(image, -0.5), 2);
    ValueId x = net.conv(key / "input_proj", centred,
                         {.out = v.width, .kernel = kGemma4VitPatch, .stride = kGemma4VitPatch, .padding = 0},
                         weight);
    x = net.mark(key / "input_proj", net.tokens(x));
    const ValueId places = net.computed(
        key / "position_embedding_table", {2, kGemma4VitPlaces, v.width}, tokens, [&](const Tensor& found) {
            const auto table = found.values<float>();
            TensorBuilder builder(DType::kF32, tokens);
            auto sums = builder.values<float>();
            for (int64_t place = 0; place < grid.h * grid.w; ++place)
                for (int64_t c = 0; c < v.width; ++c) {
                    const int64_t column = (place % grid.w) * v.width + c,
                                  row = (kGemma4VitPlaces + place / grid.w) * v.width + c;
                    sums[static_cast<size_t>(place * v.width + c)] =
                        table[static_cast<size_t>(column)] + table[static_cast<size_t>(row)];
                }
            return builder.finish();
        });
    return net.mark(key, net.add(x, places));
}

ValueId encode(Net& net, const Key& key, ValueId image, Size2 grid, const Gemma4VitVariant& v) {
    ValueId x = embed(net, key / "patch_embed", image, grid, v);
    const nn::Rope rope = rotary(net, grid, v.width / v.heads);
    for (int64_t i = 0; i < v.depth; ++i) {
        const Key block = key / "blocks" / i;
        const auto norm = [&](const char* name, ValueId y) {
            return net.rms_norm(block / name, y, kGemma4VitEpsilon);
        };
        x = net.add(x, norm("norm2", attend(net, block / "attn", norm("norm1", x), v, rope)));
        x = net.mark(block, net.add(x, norm("norm4", feed_forward(net, block / "mlp", norm("norm3", x), v))));
    }
    return x;
}

// Averages of 3 x 3 patches, scaled.
ValueId soft_pool(Net& net, ValueId x, Size2 grid, const Gemma4VitVariant& v) {
    if (grid.h % kPool != 0 || grid.w % kPool != 0)
        net.fail_with(format("{} x {} patches do not divide into groups of 3 x 3", grid.h, grid.w));
    x = net.tokens(net.avg_pool(net.image(x, grid), {.kernel = kPool, .stride = kPool}));
    x = net.mark("pooler", net.mul(x, std::sqrt(static_cast<double>(v.width))));
    if (!v.standardize) return x;
    return net.mul(net.sub(x, net.buffer("std_bias", {v.width})), net.buffer("std_scale", {v.width}));
}

}  // namespace

ValueId gemma4_vit(Net& net, std::string_view model, ValueId image) {
    const Gemma4VitVariant& v = variant(net, kGemma4VitVariants, model);
    const Size2 size = net.size(image), grid = nn::patch_grid(net, image, kGemma4VitPatch);
    if (size.h % kGemma4VitPatch != 0 || size.w % kGemma4VitPatch != 0 ||
        std::max(grid.h, grid.w) > kGemma4VitPlaces)
        net.fail_with(format("an input of {} x {} does not divide into patches of {}, at most {} a side",
                             size.h, size.w, kGemma4VitPatch, kGemma4VitPlaces));
    const Key key = v.encoder ? Key() : Key("encoder");
    ValueId x = encode(net, key, image, grid, v);
    if (v.encoder && !net.settings.features) return soft_pool(net, x, grid, v);
    if (v.standardize) {
        net.declare(key / "std_bias", {v.width}, DType::kF32, true);
        net.declare(key / "std_scale", {v.width}, DType::kF32, true);
    }
    if (net.settings.features) return x;  // [batch, L, width]
    x = net.rms_norm("norm", nn::pool_tokens(net, x, nn::TokenPool::kAvg), kGemma4VitEpsilon, false);
    return nn::classifier(net, "head", x);
}

}  // namespace lathe::zoo::timm
