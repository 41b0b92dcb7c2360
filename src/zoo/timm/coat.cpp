// CoaT: Xu et al., "Co-Scale Conv-Attentional Image Transformers", 2021.
#include <cmath>

#include "zoo/nn/attention.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::kBatch;
using nn::Size2;

struct CoatVariant {
    std::string_view name;
    std::array<int, 4> widths, depths;
    std::array<int, 4> mlp_ratios = {4, 4, 4, 4};
    int parallel = 0;  // blocks in which the scales exchange; the "lite" networks have none
};

constexpr std::array<int, 4> kTwos{2, 2, 2, 2}, kFours{4, 4, 4, 4}, kLiteRatios{8, 8, 4, 4};
constexpr CoatVariant kCoatVariants[] = {
    {"coat_tiny", {152, 152, 152, 152}, kTwos, kFours, 6},
    {"coat_mini", {152, 216, 216, 216}, kTwos, kFours, 6},
    {"coat_small", {152, 320, 320, 320}, kTwos, kFours, 6},
    {"coat_lite_tiny", {64, 128, 256, 320}, kTwos, kLiteRatios},
    {"coat_lite_mini", {64, 128, 320, 512}, kTwos, kLiteRatios},
    {"coat_lite_small", {64, 128, 320, 512}, {3, 4, 6, 3}, kLiteRatios},
    {"coat_lite_medium", {128, 256, 320, 512}, {3, 6, 10, 8}},
    {"coat_lite_medium_384", {128, 256, 320, 512}, {3, 6, 10, 8}},
};
constexpr int64_t kHeads = 8;
constexpr double kCoatEpsilon = 1e-6, kEmbedEpsilon = 1e-5;
struct Window {
    int64_t kernel, heads;
};
constexpr Window kWindows[] = {{3, 2}, {5, 3}, {7, 3}};  // of the convolutional position encoding

// A layer that several blocks share, and therefore has several names.
struct Shared {
    ValueId weight, bias;
};
Shared shared(Net& net, const std::vector<Key>& names, const Shape& weight, int64_t out,
              bool transposed = false) {
    const Key& key = names.front();
    for (size_t i = 1; i < names.size(); ++i) {
        net.alias(names[i] / "weight", key / "weight");
        net.alias(names[i] / "bias", key / "bias");
    }
    const auto transpose = [](const Tensor& t) {
        return t.transposed(std::vector<int>{1, 0}).to_contiguous();
    };
    const ValueId value = transposed ? net.computed(key / "weight", weight, {weight[1], weight[0]}, transpose)
                                     : net.param(key / "weight", weight);
    return {value, net.param(key / "bias", {out})};
}

// [batch, C, H, W]; weight [C, 1, k, k].
ValueId depthwise(Net& net, ValueId x, const Shared& layer, int64_t kernel) {
    const int64_t pad = kernel / 2;
    return net.b.add("conv", {x, layer.weight, layer.bias},
                     {{"kernel_shape", nn::Ints{kernel, kernel}},
                      {"pads", nn::Ints{pad, pad, pad, pad}},
                      {"group", net.channels(x)}});
}

// The position encodings of one scale.
struct Scale {
    Size2 map;
    Shared position;                      // cpe: 3 x 3
    std::array<Shared, 3> relative;       // crpe: a convolution for each window
};

ValueId without_class(Net& net, ValueId x) { return net.slice(x, 1, 1, net.dim(x, 1)); }
ValueId class_token(Net& net, ValueId x) { return net.slice(x, 1, 0, 1); }

ValueId add_position(Net& net, const Key& key, ValueId x, const Scale& s) {
    const ValueId image = net.image(without_class(net, x), s.map);
    const ValueId places = net.tokens(net.add(depthwise(net, image, s.position, 3), image));
    return net.mark(key, net.concat({class_token(net, x), places}, 1));
}

// q times convolved v, for places; nothing for the class token. q, v: [batch, heads, 1 + L, size].
ValueId relative_position(Net& net, ValueId q, ValueId v, const Scale& s) {
    const int64_t tokens = net.dim(q, 2), size = net.dim(q, 3);
    const auto places = [&](ValueId x) { return net.slice(x, 2, 1, tokens); };
    const ValueId image =
        net.reshape(net.transpose(places(v), {0, 1, 3, 2}), {kBatch, kHeads * size, s.map.h, s.map.w});
    nn::Ints widths;
    for (const Window& w : kWindows) widths.push_back(w.heads * size);
    std::vector<ValueId> parts = net.split(image, 1, widths);
    for (size_t i = 0; i < parts.size(); ++i)
        parts[i] = depthwise(net, parts[i], s.relative[i], kWindows[i].kernel);
    ValueId y = net.reshape(net.concat(std::move(parts), 1), {kBatch, kHeads, size, tokens - 1});
    y = net.mul(places(q), net.transpose(y, {0, 1, 3, 2}));
    return net.pad(y, {0, 0, 1, 0}, {0, 0, 0, 0});
}

// Linear in the number of tokens: keys are averaged over places before queries meet them.
ValueId attention(Net& net, const Key& key, ValueId x, const Scale& s) {
    const int64_t width = net.dim(x, -1);
    const nn::Heads h = nn::split_qkv(net, net.linear(key / "qkv", x, 3 * width), kHeads);
    const ValueId summary = net.matmul(net.transpose(net.softmax(h.k, 2), {0, 1, 3, 2}), h.v);
    const double scale = 1 / std::sqrt(static_cast<double>(width / kHeads));
    ValueId y = net.mul(net.matmul(h.q, summary), scale);
    y = net.add(y, relative_position(net, h.q, h.v, s));
    return net.mark(key, net.linear(key / "proj", nn::merge_heads(net, y), width));
}

ValueId serial_block(Net& net, const Key& key, ValueId x, const Scale& s, int64_t mlp_ratio) {
    x = add_position(net, key / "cpe", x, s);
    x = net.add(x, attention(net, key / "factoratt_crpe", net.layer_norm(key / "norm1", x, kCoatEpsilon), s));
    const ValueId y = net.layer_norm(key / "norm2", x, kCoatEpsilon);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp", y, {.hidden = mlp_ratio * net.dim(x, -1)})));
}

// Tokens of one scale at the places of another.
ValueId resized(Net& net, ValueId x, Size2 from, Size2 to) {
    const ValueId image = net.resize(net.image(without_class(net, x), from), to, "linear");
    return net.concat({class_token(net, x), net.tokens(image)}, 1);
}

using Scales = std::array<Scale, 4>;
using Tokens = std::array<ValueId, 4>;

// The three coarser scales attend each to itself, and get what the others found.
void parallel_block(Net& net, const Key& key, Tokens& x, const Scales& scales) {
    const auto named = [&](const char* name, size_t i) { return key / (name + std::to_string(i + 1)); };
    Tokens y{}, mixed{};
    for (size_t i = 1; i < 4; ++i) {
        x[i] = add_position(net, Key("cpe" + std::to_string(i + 1)), x[i], scales[i]);
        y[i] = attention(net, named("factoratt_crpe", i),
                         net.layer_norm(named("norm1", i), x[i], kCoatEpsilon), scales[i]);
    }
    for (size_t i = 1; i < 4; ++i) {
        mixed[i] = y[i];
        for (size_t j = 1; j < 4; ++j)
            if (j != i) mixed[i] = net.add(mixed[i], resized(net, y[j], scales[j].map, scales[i].map));
    }
    const int64_t width = net.dim(x[1], -1), hidden = 4 * width;
    const auto names = [&](const char* layer) {
        return std::vector<Key>{key / "mlp2" / layer, key / "mlp3" / layer, key / "mlp4" / layer};
    };
    const Shared first = shared(net, names("fc1"), {hidden, width}, hidden, true);
    const Shared second = shared(net, names("fc2"), {width, hidden}, width, true);
    const auto linear = [&](ValueId z, const Shared& layer) {
        return net.add(net.matmul(z, layer.weight), layer.bias);
    };
    for (size_t i = 1; i < 4; ++i) {
        x[i] = net.add(x[i], mixed[i]);
        const ValueId z = linear(net.layer_norm(named("norm2", i), x[i], kCoatEpsilon), first);
        x[i] = net.add(x[i], linear(net.act(z, nn::Act::kGelu), second));
    }
}

// All names of the encodings of scale i (from 1): its own, and those of the blocks that use it.
std::vector<Key> names_of(const CoatVariant& v, int64_t i, const std::string& own, const char* serial,
                          bool parallel) {
    const std::string number = std::to_string(i);
    std::vector<Key> names{Key(own)};
    for (int j = 0; j < v.depths[static_cast<size_t>(i - 1)]; ++j)
        names.push_back(Key("serial_blocks" + number) / j / serial);
    for (int j = 0; parallel && i > 1 && j < v.parallel; ++j)
        names.push_back(Key("parallel_blocks") / j / ("factoratt_crpe" + number) / "crpe");
    return names;
}

Scale scale(Net& net, const CoatVariant& v, int64_t i, Size2 map) {
    const int64_t width = v.widths[static_cast<size_t>(i - 1)], size = width / kHeads;
    const std::string number = std::to_string(i);
    Scale s{.map = map};
    std::vector<Key> names = names_of(v, i, "cpe" + number, "cpe", false);
    for (Key& name : names) name = name / "proj";
    s.position = shared(net, names, {width, 1, 3, 3}, width);
    for (size_t w = 0; w < 3; ++w) {
        const int64_t kernel = kWindows[w].kernel, part = kWindows[w].heads * size;
        names = names_of(v, i, "crpe" + number, "factoratt_crpe.crpe", true);
        for (Key& name : names) name = name / "conv_list" / static_cast<int64_t>(w);
        s.relative[w] = shared(net, names, {part, 1, kernel, kernel}, part);
    }
    return s;
}

ValueId head(Net& net, const Tokens& x, bool lite) {
    if (lite) return nn::classifier(net, "head", net.select(x[3], 1, 0));
    const ValueId tokens =
        net.concat({class_token(net, x[1]), class_token(net, x[2]), class_token(net, x[3])}, 1);
    return nn::classifier(net, "head", net.squeeze(net.conv1d("aggregate", tokens, 1, 1, 0, 1, true), {1}));
}

}  // namespace

ValueId coat(Net& net, std::string_view model, ValueId x) {
    const CoatVariant& v = variant(net, kCoatVariants, model);
    Scales scales{};
    Tokens tokens{};
    for (int64_t i = 1; i <= 4; ++i) {
        const size_t at = static_cast<size_t>(i - 1);
        const std::string number = std::to_string(i);
        const nn::Size2 patch = i == 1 ? 4 : 2;
        scales[at] = scale(net, v, i, nn::patch_grid(net, x, patch));
        x = nn::patch_embed(
            net, Key("patch_embed" + number), x,
            {.patch = patch, .width = v.widths[at], .norm = {nn::Norm::kLayer, kEmbedEpsilon}});
        x = nn::prepend(net, net.param(Key("cls_token" + number), {1, 1, v.widths[at]}), x);
        for (int j = 0; j < v.depths[at]; ++j)
            x = serial_block(net, Key("serial_blocks" + number) / j, x, scales[at], v.mlp_ratios[at]);
        tokens[at] = x;
        x = net.image(without_class(net, x), scales[at].map);
    }
    for (int i = 0; i < v.parallel; ++i) parallel_block(net, Key("parallel_blocks") / i, tokens, scales);
    for (size_t i = v.parallel > 0 ? 1 : 3; i < 4; ++i)
        tokens[i] = net.layer_norm(Key("norm" + std::to_string(i + 1)), tokens[i], kCoatEpsilon);
    if (net.settings.features) return tokens[3];  // [batch, 1 + L, C]
    return head(net, tokens, v.parallel == 0);
}

}  // namespace lathe::zoo::timm
