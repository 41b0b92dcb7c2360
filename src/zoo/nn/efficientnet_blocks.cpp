#include "zoo/nn/efficientnet_blocks.h"

#include "zoo/nn/attention_2d.h"
#include "zoo/nn/cond_conv.h"
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/mixed_conv.h"

namespace lathe::zoo::nn {

ValueId mobile_squeeze_excite(Net& net, const Key& key, ValueId x, int64_t squeezed, Act act, Act gate) {
    const int64_t channels = net.channels(x);
    ValueId y = net.global_avg_pool(x, true);
    y = net.act(net.conv(key / "conv_reduce", y, {.out = squeezed, .bias = true}), act);
    y = net.conv(key / "conv_expand", y, {.out = channels, .bias = true});
    return net.mark(key, net.mul(x, net.act(y, gate)));
}

namespace {

// One block being written: what its steps have in common.
class Writer {
public:
    Writer(Net& net, const Key& key, const MobileBlock& block, const MobileStyle& style)
        : net_(net), key_(key), block_(block), style_(style), act_(block.act.value_or(style.act)) {}

    ValueId write(ValueId x) {
        const bool shapes_agree = block_.stride == 1 && net_.channels(x) == block_.out;
        const bool skip = shapes_agree && block_.skip.value_or(block_.kind != MobileBlock::kConv);
        const ValueId y = body(x);
        return net_.mark(key_, skip ? net_.add(y, x) : y);
    }

private:
    ValueId body(ValueId x) {
        switch (block_.kind) {
            case MobileBlock::kConv: return plain(x);
            case MobileBlock::kDepthwise: return depthwise(x);
            case MobileBlock::kInverted: return inverted(x);
            case MobileBlock::kEdge: return edge(x);
            case MobileBlock::kUniversal: return universal(x);
            case MobileBlock::kMultiQuery:
            case MobileBlock::kMultiHead: return attention(x);
        }
        return x;
    }

    // group_size 0: one group.
    static int64_t groups_of(int64_t group_size, int64_t channels) {
        return group_size == 0 ? 1 : channels / group_size;
    }
    bool antialiased() const {
        return style_.aa != AntiAlias::kNone && block_.stride > 1 && block_.space_to_depth != 1;
    }
    int64_t stride() const { return antialiased() ? 1 : block_.stride; }

    ValueId conv(std::string_view name, ValueId x, int64_t out, const Ints& kernels, int64_t stride = 1,
                 int64_t groups = 1) {
        const Conv conv{.out = out, .stride = stride, .padding = padding_, .groups = groups};
        if (routing_ == kNoValue) return mixed_conv(net_, key_ / name, x, kernels, conv);
        Conv one = conv;
        one.kernel = kernels[0];
        return cond_conv(net_, key_ / name, x, routing_, one);
    }
    ValueId norm(std::string_view name, ValueId x, Act act) {
        return norm_act(net_, key_ / name, x, style_.norm, act);
    }
    ValueId antialias(ValueId x) {
        return antialiased() ? anti_alias(net_, key_ / "aa", x, style_.aa, block_.stride) : x;
    }
    ValueId squeeze(ValueId x) {
        if (block_.squeezed == 0 && block_.squeeze == 0) return x;
        const Key key = key_ / "se";
        if (style_.attend) return net_.mark(key, style_.attend(net_, key, x, block_.squeeze, act_));
        const MobileSqueeze& se = style_.squeeze;
        const double share = static_cast<double>(net_.channels(x)) * block_.squeeze;
        const int64_t rounded = se.rounding ? (*se.rounding)(share) : round_half_even(share);
        return mobile_squeeze_excite(net_, key, x, block_.squeezed > 0 ? block_.squeezed : rounded,
                                     se.act.value_or(act_), se.gate);
    }
    int64_t middle(int64_t in) const {
        return block_.middle > 0 ? block_.middle : make_divisible(static_cast<double>(in) * block_.expand);
    }

    ValueId plain(ValueId x) {
        x = conv("conv", x, block_.out, block_.kernel, stride(),
                 groups_of(block_.group_size.value_or(0), net_.channels(x)));
        return antialias(norm("bn1", x, act_));
    }

    // Four pixels become four times the channels; kernels are half as large from here on.
    ValueId space_to_depth(ValueId x, Ints& kernel) {
        if (block_.space_to_depth != 1) return x;
        padding_ = kSame;
        x = norm("bn_s2d", conv("conv_s2d", x, 4 * net_.channels(x), {2}, 2), act_);
        kernel = {(kernel[0] + 1) / 2};
        return x;
    }

    ValueId depthwise(ValueId x) {
        Ints kernel = block_.kernel;
        x = space_to_depth(x, kernel);
        padding_ = kernel == Ints{2} ? kSame : style_.padding;
        const int64_t in = net_.channels(x);
        x = conv("conv_dw", x, in, kernel, stride(), groups_of(block_.group_size.value_or(1), in));
        x = squeeze(antialias(norm("bn1", x, act_)));
        padding_ = style_.padding;
        return norm("bn2", conv("conv_pw", x, block_.out, block_.end), block_.last_act ? act_ : Act::kNone);
    }

    ValueId inverted(ValueId x) {
        if (block_.experts > 0) {
            const ValueId pooled = net_.global_avg_pool(x);  // [batch, C]
            routing_ = net_.act(net_.linear(key_ / "routing_fn", pooled, block_.experts), Act::kSigmoid);
        }
        Ints kernel = block_.kernel;
        x = space_to_depth(x, kernel);
        padding_ = style_.padding;
        const int64_t middle = this->middle(net_.channels(x));
        x = norm("bn1", conv("conv_pw", x, middle, block_.start), act_);
        padding_ = kernel == Ints{2} ? kSame : style_.padding;
        x = conv("conv_dw", x, middle, kernel, stride(), groups_of(block_.group_size.value_or(1), middle));
        x = squeeze(antialias(norm("bn2", x, act_)));
        padding_ = style_.padding;
        return norm("bn3", conv("conv_pwl", x, block_.out, block_.end), Act::kNone);
    }

    ValueId edge(ValueId x) {
        const int64_t middle = this->middle(block_.force_in > 0 ? block_.force_in : net_.channels(x));
        x = conv("conv_exp", x, middle, block_.kernel, stride(),
                 groups_of(block_.group_size.value_or(0), middle));
        x = squeeze(antialias(norm("bn1", x, act_)));
        return norm("bn2", conv("conv_pwl", x, block_.out, block_.end), Act::kNone);
    }

    // One of the three depthwise convolutions, or a pointwise one (group_size 0).
    ValueId conv_norm(std::string_view name, ValueId x, int64_t out, int64_t kernel, int64_t stride,
                      int64_t group_size, Act act) {
        const Conv conv{.out = out,
                        .kernel = kernel,
                        .stride = stride,
                        .padding = style_.padding,
                        .groups = groups_of(group_size, out)};
        return conv_norm_act(net_, key_ / name, x, conv, act, style_.norm, style_.aa);
    }

    ValueId layer_scale(ValueId x) {
        return style_.layer_scale
                   ? net_.mark(key_ / "layer_scale", net_.scale_2d(key_ / "layer_scale" / "gamma", x))
                   : x;
    }

    ValueId universal(ValueId x) {
        const int64_t in = net_.channels(x), middle = this->middle(in),
                      group_size = block_.group_size.value_or(1);
        const int64_t before = block_.start[0], within = block_.kernel[0], after = block_.end[0];
        if (before > 0)
            x = conv_norm("dw_start", x, in, before, within > 0 ? 1 : block_.stride, group_size, Act::kNone);
        x = conv_norm("pw_exp", x, middle, 1, 1, 0, act_);
        if (within > 0) x = conv_norm("dw_mid", x, middle, within, block_.stride, group_size, act_);
        x = conv_norm("pw_proj", squeeze(x), block_.out, 1, 1, 0, Act::kNone);
        const int64_t last_stride = before > 0 || within > 0 ? 1 : block_.stride;
        if (after > 0) x = conv_norm("dw_end", x, block_.out, after, last_stride, group_size, Act::kNone);
        return layer_scale(x);
    }

    ValueId attention(ValueId x) {
        x = norm("norm", x, Act::kNone);
        if (block_.kind == MobileBlock::kMultiHead)
            return layer_scale(attention_2d(net_, key_ / "attn", x,
                                            {.out = block_.out, .heads = block_.heads, .bias = false}));
        const MultiQuery query{.out = block_.out,
                               .heads = block_.heads,
                               .key_size = block_.head_size,
                               .value_size = block_.head_size,
                               .kv_stride = block_.kv_stride,
                               .kernel = block_.kernel[0],
                               .padding = style_.padding,
                               .norm = style_.norm};
        return layer_scale(multi_query_attention_2d(net_, key_ / "attn", x, query));
    }

    Net& net_;
    const Key key_;
    const MobileBlock& block_;
    const MobileStyle& style_;
    const Act act_;
    Padding padding_ = style_.padding;
    ValueId routing_ = kNoValue;
};

}  // namespace

ValueId mobile_block(Net& net, const Key& key, ValueId x, const MobileBlock& block,
                     const MobileStyle& style) {
    return Writer(net, key, block, style).write(x);
}

}  // namespace lathe::zoo::nn
