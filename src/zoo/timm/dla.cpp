// DLA: Yu et al., "Deep Layer Aggregation", 2017; its Res2Net blocks: Gao et al., 2019.
#include "zoo/timm/families.h"
#include "zoo/timm/res2net.h"

namespace lathe::zoo::timm {
namespace {

enum class DlaBlock : uint8_t { kBasic, kBottleneck, kRes2Net };
using enum DlaBlock;

struct DlaVariant {
    std::string_view name;
    std::array<int, 6> levels;  // convolutions of the first two, depth of the other four's trees
    std::array<int64_t, 6> channels;
    DlaBlock block = kBottleneck;
    int64_t cardinality = 1, base_width = 64;
    bool residual_root = false;
};

constexpr std::array<int64_t, 6> kCompact{16, 32, 64, 64, 128, 256}, kUsual{16, 32, 128, 256, 512, 1024};

constexpr DlaVariant kDlaVariants[] = {
    {"dla60_res2net", {1, 1, 1, 2, 3, 1}, kUsual, kRes2Net, 1, 28},
    {"dla60_res2next", {1, 1, 1, 2, 3, 1}, kUsual, kRes2Net, 8, 4},
    {"dla34", {1, 1, 1, 2, 2, 1}, {16, 32, 64, 128, 256, 512}, kBasic},
    {"dla46_c", {1, 1, 1, 2, 2, 1}, kCompact},
    {"dla46x_c", {1, 1, 1, 2, 2, 1}, kCompact, kBottleneck, 32, 4},
    {"dla60x_c", {1, 1, 1, 2, 3, 1}, kCompact, kBottleneck, 32, 4},
    {"dla60", {1, 1, 1, 2, 3, 1}, kUsual},
    {"dla60x", {1, 1, 1, 2, 3, 1}, kUsual, kBottleneck, 32, 4},
    {"dla102", {1, 1, 1, 3, 4, 1}, kUsual, kBottleneck, 1, 64, true},
    {"dla102x", {1, 1, 1, 3, 4, 1}, kUsual, kBottleneck, 32, 4, true},
    {"dla102x2", {1, 1, 1, 3, 4, 1}, kUsual, kBottleneck, 64, 4, true},
    {"dla169", {1, 1, 2, 3, 5, 1}, kUsual, kBottleneck, 1, 64, true},
};
constexpr int64_t kExpansion = 2, kScale = 4;

struct DlaBuilder {
    Net& net;
    const DlaVariant& v;

    ValueId relu(ValueId x) const { return net.act(x, nn::Act::kRelu); }

    ValueId inside(const Key& key, ValueId x, int64_t out, int64_t stride) const {
        const int64_t inner = out * v.base_width / 64 * v.cardinality / kExpansion;
        switch (v.block) {
            case kBasic:
                x = net.conv(key / "conv1", x, {.out = out, .kernel = 3, .stride = stride, .padding = 1});
                x = net.conv(key / "conv2", relu(net.batch_norm(key / "bn1", x)),
                             {.out = out, .kernel = 3, .padding = 1});
                return net.batch_norm(key / "bn2", x);
            case kBottleneck:
                x = relu(net.batch_norm(key / "bn1", net.conv(key / "conv1", x, {.out = inner})));
                x = net.conv(
                    key / "conv2", x,
                    {.out = inner, .kernel = 3, .stride = stride, .padding = 1, .groups = v.cardinality});
                x = relu(net.batch_norm(key / "bn2", x));
                return net.batch_norm(key / "bn3", net.conv(key / "conv3", x, {.out = out}));
            case kRes2Net:
                return res2net_body(net, key, x,
                                    {.width = inner,
                                     .scale = kScale,
                                     .out = out,
                                     .stride = stride,
                                     .groups = v.cardinality,
                                     .first = stride > 1});
        }
        return x;
    }

    ValueId block(const Key& key, ValueId x, ValueId shortcut, int64_t out, int64_t stride) const {
        return net.mark(key, relu(net.add(inside(key, x, out, stride), shortcut)));
    }

    // Aggregates what the nodes below it made.
    ValueId root(const Key& key, std::vector<ValueId> children, int64_t out) const {
        const ValueId newest = children[0];
        ValueId x = net.batch_norm(key / "bn",
                                   net.conv(key / "conv", net.concat(std::move(children), 1), {.out = out}));
        if (v.residual_root) x = net.add(x, newest);
        return net.mark(key, relu(x));
    }

    // Two trees of one level less, the second of which gets the first one's result for its root; on the lowest level two
    // blocks and a root. With level_root the root sees the tree's input too.
    ValueId tree(const Key& key, ValueId x, int levels, int64_t out, int64_t stride, bool level_root,
                 std::vector<ValueId> children = {}) const {
        const bool pools = stride > 1 && (levels == 1 || level_root);
        const ValueId bottom =
            pools ? net.mark(key / "downsample", net.max_pool(x, {.kernel = stride, .stride = stride})) : x;
        if (level_root) children.push_back(bottom);
        if (levels > 1) {
            children.push_back(tree(key / "tree1", x, levels - 1, out, stride, false));
            return net.mark(key, tree(key / "tree2", children.back(), levels - 1, out, 1, false, children));
        }
        ValueId shortcut = bottom;
        if (net.channels(x) != out) {
            shortcut =
                net.batch_norm(key / "project" / 1, net.conv(key / "project" / 0, bottom, {.out = out}));
            net.mark(key / "project", shortcut);
        }
        const ValueId first = block(key / "tree1", x, shortcut, out, stride);
        const ValueId second = block(key / "tree2", first, first, out, 1);
        children.insert(children.begin(), {second, first});
        return net.mark(key, root(key / "root", std::move(children), out));
    }

    ValueId conv_level(const Key& key, ValueId x, int convs, int64_t out, int64_t stride) const {
        for (int i = 0; i < convs; ++i) {
            x = net.conv(key / (3 * i), x,
                         {.out = out, .kernel = 3, .stride = i == 0 ? stride : 1, .padding = 1});
            x = relu(net.batch_norm(key / (3 * i + 1), x));
        }
        return net.mark(key, x);
    }
};

}  // namespace

ValueId dla(Net& net, std::string_view model, ValueId x) {
    const DlaBuilder build{net, variant(net, kDlaVariants, model)};
    const DlaVariant& v = build.v;
    const Key base = "base_layer";
    x = net.conv(base / 0, x, {.out = v.channels[0], .kernel = 7, .padding = 3});
    x = net.mark(base, build.relu(net.batch_norm(base / 1, x)));
    for (size_t i = 0; i < 6; ++i) {
        const Key key = Key(format("level{}", i));
        const int64_t stride = i == 0 ? 1 : 2;
        if (i == 2 && (net.size(x).h % 16 != 0 || net.size(x).w % 16 != 0))
            net.fail_with(format("DLA takes images whose sides are multiples of 32, not {} x {}",
                                 net.settings.height, net.settings.width));
        x = i < 2 ? build.conv_level(key, x, v.levels[i], v.channels[i], stride)
                  : build.tree(key, x, v.levels[i], v.channels[i], stride, i > 2);
    }
    if (net.settings.features) return x;  // [batch, C, H/32, W/32]
    return nn::conv_classifier(net, "fc", net.global_avg_pool(x));
}

}  // namespace lathe::zoo::timm
