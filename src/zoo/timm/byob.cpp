#include "zoo/timm/byob.h"

#include <cmath>

#include "zoo/nn/channels.h"

namespace lathe::zoo::timm::byob {
namespace {

using nn::Act;
using nn::ChannelAttention;

struct ByobShape {
    int64_t out, stride, groups, inner;
};

class Builder {
public:
    Builder(Net& net, const Network& network) : net_(net), n_(network) {}

    ValueId stem(ValueId x);
    ValueId block(const Key& key, ValueId x, const Blocks& b, int64_t stride, int index);
    ValueId head(ValueId x);
    ValueId conv(const Key& key, ValueId x, const nn::Conv& conv, bool act = true, bool aa = true) {
        return conv_norm_act(net_, key, x, conv, act ? n_.act : Act::kNone, n_.norm,
                             aa ? n_.aa : nn::AntiAlias::kNone);
    }

private:
    ValueId stem_row(const Key& key, ValueId x, const std::vector<int64_t>& widths, int64_t kernel,
                     size_t plain);
    ValueId attend(const Key& key, ValueId x, bool wanted) {
        if (!wanted) return x;
        if (n_.other_attention != nullptr) return n_.other_attention(net_, key, x);
        return n_.attention.kind == ChannelAttention::kNone ? x
                                                            : channel_attention(net_, key, x, n_.attention);
    }
    ValueId residual(const Key& key, ValueId x, ValueId y, const ByobShape& s);
    ValueId basic(const Key& key, ValueId x, const Blocks& b, const ByobShape& s);
    ValueId bottleneck(const Key& key, ValueId x, const Blocks& b, const ByobShape& s);
    ValueId dark(const Key& key, ValueId x, const Blocks& b, const ByobShape& s);
    ValueId edge(const Key& key, ValueId x, const Blocks& b, const ByobShape& s);
    ValueId self_attention(const Key& key, ValueId x, const Blocks& b, const ByobShape& s);
    ValueId branched(const Key& key, ValueId x, int64_t kernel, const ByobShape& s, bool rep,
                     int64_t branches, bool attention);
    ValueId attention_pool(const Key& key, ValueId x);

    Net& net_;
    const Network& n_;
};

int64_t groups_of(int64_t group_size, int64_t channels) { return group_size > 0 ? channels / group_size : 1; }

// ---- the start

ValueId Builder::stem_row(const Key& key, ValueId x, const std::vector<int64_t>& widths, int64_t kernel,
                          size_t plain) {
    for (size_t i = 0; i < widths.size(); ++i) {
        const bool last_strides = n_.stem_pool == StemPool::kNone && i + 1 == widths.size();
        const nn::Conv c{.out = widths[i], .kernel = kernel, .stride = i == 0 || last_strides ? 2 : 1};
        const Key at = key / format("conv{}", i + 1);
        x = i < plain ? net_.conv(at, x, c) : conv(at, x, c, true, false);
    }
    if (n_.stem_pool == StemPool::kMax) x = net_.max_pool(x, {.kernel = 3, .stride = 2, .padding = 1});
    if (n_.stem_pool == StemPool::kAvg2) x = net_.avg_pool(x, {.kernel = 2, .stride = 2});
    if (n_.stem_pool != StemPool::kNone) net_.mark(key / "pool", x);
    return net_.mark(key, x);
}

ValueId Builder::stem(ValueId x) {
    const Key key = "stem";
    std::vector<int64_t> widths;
    for (const int64_t width : n_.stem_widths)
        widths.push_back(nn::round_half_even(static_cast<double>(width) * n_.width));
    const int64_t out = widths.back();
    const ByobShape halved{.out = out, .stride = 2, .groups = 1, .inner = out};
    switch (n_.stem) {
        case StemKind::kQuad: return stem_row(key, x, {out / 8, out / 4, out / 2, out}, 3, 0);
        case StemKind::kQuad2: return stem_row(key, x, {out / 8, out / 4, out / 2, out}, 3, 2);
        case StemKind::kTiered: return stem_row(key, x, {3 * out / 8, out / 2, out}, 3, 0);
        case StemKind::kDeep: return stem_row(key, x, {out, out, out}, 3, 0);
        case StemKind::kList: return stem_row(key, x, widths, 3, 0);
        case StemKind::kRep: return branched(key, x, 3, halved, true, 1, n_.attention_in_stem);
        case StemKind::kOne: return branched(key, x, 3, halved, false, 1, n_.attention_in_stem);
        case StemKind::k7x7:
            if (n_.stem_pool != StemPool::kNone) return stem_row(key, x, {out}, 7, 0);
            return conv(key, x, {.out = out, .kernel = 7, .stride = 2}, true, false);
        case StemKind::k3x3: break;
    }
    if (n_.stem_pool != StemPool::kNone) return stem_row(key, x, {out}, 3, 0);
    return conv(key, x, {.out = out, .kernel = 3, .stride = 2}, true, false);
}

// ---- blocks

ValueId Builder::residual(const Key& key, ValueId x, ValueId y, const ByobShape& s) {
    const bool same = net_.channels(x) == s.out && s.stride == 1;
    if (!same && n_.shortcut == Shortcut::kConv)
        x = conv(key / "shortcut", x, {.out = s.out, .kernel = 1, .stride = s.stride}, false);
    if (!same && n_.shortcut == Shortcut::kAvg) {
        if (s.stride > 1)
            x = net_.avg_pool(
                x, {.kernel = 2, .stride = s.stride, .ceil_mode = true, .count_include_pad = false});
        x = net_.mark(key / "shortcut",
                      conv(key / "shortcut" / "conv", x, {.out = s.out, .kernel = 1}, false));
    }
    if (same || n_.shortcut != Shortcut::kNone) y = net_.add(y, x);
    return n_.linear_out ? y : net_.act(y, n_.act);
}

ValueId Builder::basic(const Key& key, ValueId x, const Blocks& b, const ByobShape& s) {
    ValueId y = conv(key / "conv1_kxk", x, {.out = s.inner, .kernel = b.kernel, .stride = s.stride});
    y = conv(key / "conv2_kxk", y, {.out = s.out, .kernel = b.kernel, .groups = s.groups}, false);
    return residual(key, x, attend(key / "attn_last", y, b.attention), s);
}

ValueId Builder::bottleneck(const Key& key, ValueId x, const Blocks& b, const ByobShape& s) {
    ValueId y = conv(key / "conv1_1x1", x, {.out = s.inner, .kernel = 1});
    y = conv(key / "conv2_kxk", y,
             {.out = s.inner, .kernel = b.kernel, .stride = s.stride, .groups = s.groups});
    if (n_.extra_conv && b.extra_conv)
        y = conv(key / "conv2b_kxk", y, {.out = s.inner, .kernel = b.kernel, .groups = s.groups});
    y = conv(key / "conv3_1x1", attend(key / "attn", y, b.attention), {.out = s.out, .kernel = 1}, false);
    return residual(key, x, y, s);
}

ValueId Builder::dark(const Key& key, ValueId x, const Blocks& b, const ByobShape& s) {
    ValueId y = conv(key / "conv1_1x1", x, {.out = s.inner, .kernel = 1});
    y = conv(key / "conv2_kxk", y, {.out = s.out, .kernel = b.kernel, .stride = s.stride, .groups = s.groups},
             false);
    return residual(key, x, attend(key / "attn_last", y, b.attention), s);
}

ValueId Builder::edge(const Key& key, ValueId x, const Blocks& b, const ByobShape& s) {
    ValueId y = conv(key / "conv1_kxk", x,
                     {.out = s.inner, .kernel = b.kernel, .stride = s.stride, .groups = s.groups});
    y = conv(key / "conv2_1x1", attend(key / "attn", y, b.attention), {.out = s.out, .kernel = 1}, false);
    return residual(key, x, y, s);
}

ValueId Builder::self_attention(const Key& key, ValueId x, const Blocks& b, const ByobShape& s) {
    ValueId y = conv(key / "conv1_1x1", x, {.out = s.inner, .kernel = 1});
    int64_t stride = s.stride;
    if (n_.extra_conv && b.extra_conv) {
        y = conv(key / "conv2_kxk", y,
                 {.out = s.inner, .kernel = b.kernel, .stride = stride, .groups = s.groups});
        stride = 1;
    }
    const SelfAttention attend = b.self_attention != nullptr ? b.self_attention : n_.self_attention;
    y = net_.mark(key / "self_attn", attend(net_, key / "self_attn", y, stride, n_));
    if (n_.norm_after_attention) y = norm_act(net_, key / "post_attn", y, n_.norm, n_.act);
    return residual(key, x, conv(key / "conv3_1x1", y, {.out = s.out, .kernel = 1}, false), s);
}

// RepVGG's and MobileOne's: parallel branches, or the one convolution that they were merged into.
ValueId Builder::branched(const Key& key, ValueId x, int64_t kernel, const ByobShape& s, bool rep,
                          int64_t branches, bool attention) {
    const nn::Conv full{.out = s.out, .kernel = kernel, .stride = s.stride, .groups = s.groups};
    ValueId y;
    if (net_.has(key / "reparam_conv" / "weight")) {
        nn::Conv merged = full;
        merged.bias = true;
        y = net_.conv(key / "reparam_conv", x, merged);
    } else {
        nn::Conv point = full;
        point.kernel = 1;
        point.padding = 0;
        const bool same = net_.channels(x) == s.out && s.stride == 1;
        const ValueId identity = same ? norm_act(net_, key / "identity", x, n_.norm) : nn::kNoValue;
        if (rep) {
            const ValueId one = conv(key / "conv_1x1", x, point, false);
            y = net_.add(one, conv(key / "conv_kxk", x, full, false));
        } else {
            y = kernel > 1 ? conv(key / "conv_scale", x, point, false) : nn::kNoValue;
            for (int64_t i = 0; i < branches; ++i) {
                const ValueId branch = conv(key / "conv_kxk" / i, x, full, false);
                y = y == nn::kNoValue ? branch : net_.add(y, branch);
            }
        }
        if (same) y = net_.add(y, identity);
    }
    return net_.mark(key, net_.act(attend(key / "attn", y, attention), n_.act));
}

ValueId Builder::block(const Key& key, ValueId x, const Blocks& b, int64_t stride, int index) {
    const int64_t in = net_.channels(x), out = nn::make_divisible(b.out * n_.width);
    ByobShape s{.out = out,
                .stride = stride,
                .groups = 1,
                .inner = nn::make_divisible(
                    static_cast<double>(n_.bottle_in && b.kind != Kind::kEdge ? in : out) * b.ratio)};
    s.groups = groups_of(b.group_size, s.inner);
    switch (b.kind) {
        case Kind::kBasic: return net_.mark(key, basic(key, x, b, s));
        case Kind::kBottleneck: return net_.mark(key, bottleneck(key, x, b, s));
        case Kind::kDark: return net_.mark(key, dark(key, x, b, s));
        case Kind::kEdge: return net_.mark(key, edge(key, x, b, s));
        case Kind::kCustom: return net_.mark(key, b.custom(net_, key, x, b, n_));
        case Kind::kSelfAttention: return net_.mark(key, self_attention(key, x, b, s));
        case Kind::kRep:
            s.groups = b.halves_groups > 0 && index % 2 == 1 ? in / (out / b.halves_groups) : 1;
            break;
        case Kind::kOne: s.groups = groups_of(b.group_size, in); break;
    }
    return branched(key, x, b.kernel, s, b.kind == Kind::kRep, n_.branches, b.attention);
}

// ---- the end

// CLIP's: one query, the mean of all pixels, looks at all of them. timm's AttentionPool2d.
ValueId Builder::attention_pool(const Key& key, ValueId x) {
    const nn::Size2 size = net_.size(x);
    const int64_t width = net_.channels(x), length = size.h * size.w + 1, head_size = 64,
                  heads = width / head_size;
    ValueId t = net_.tokens(x);
    t = net_.concat({net_.mean(t, {1}, true), t}, 1);
    t = net_.add(t, net_.param(key / "pos_embed", {length, width}));
    const auto split_heads = [&](ValueId v, int64_t count) {
        return net_.transpose(net_.reshape(v, {nn::kBatch, count, heads, head_size}), {0, 2, 1, 3});
    };
    // Only the first token's answer is used.
    const ValueId q = split_heads(net_.linear(key / "q", net_.slice(t, 1, 0, 1), width), 1);
    const ValueId k = split_heads(net_.linear(key / "k", t, width), length),
                  v = split_heads(net_.linear(key / "v", t, width), length);
    const ValueId y =
        net_.reshape(net_.transpose(net_.attention(q, k, v), {0, 2, 1, 3}), {nn::kBatch, width});
    return net_.mark(key, nn::classifier(net_, key / "proj", y));
}

ValueId Builder::head(ValueId x) {
    const Key key = "head";
    if (n_.head == Head::kAttention) return attention_pool(key, x);
    if (n_.head == Head::kClassifier) return nn::classifier_head(net_, key, x);
    x = net_.batch_norm(key / "norm", net_.mean(x, {2, 3}));  // [batch, C]
    x = net_.act(net_.linear(key / "pre_logits" / "fc", x, n_.hidden), n_.act);
    return net_.mark(key, nn::classifier(net_, key / "fc", x));
}

}  // namespace

ValueId build(Net& net, const Network& network, ValueId x) {
    Builder b(net, network);
    x = b.stem(x);
    for (size_t i = 0; i < network.stages.size(); ++i) {
        const Key key = Key("stages") / static_cast<int64_t>(i);
        int index = 0;
        for (const Blocks& row : network.stages[i])
            for (int k = 0; k < row.count; ++k, ++index)
                x = b.block(key / index, x, row, index == 0 ? network.stages[i][0].stride : 1, index);
        net.mark(key, x);
    }
    if (network.last > 0)
        x = b.conv(
            "final_conv", x,
            {.out = nn::round_half_even(network.width * static_cast<double>(network.last)), .kernel = 1});
    return net.settings.features ? x : b.head(x);
}

}  // namespace lathe::zoo::timm::byob
