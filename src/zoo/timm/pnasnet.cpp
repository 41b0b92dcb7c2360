// PNASNet: Liu et al., "Progressive Neural Architecture Search", 2017, figure 1.
#include "zoo/timm/families.h"
#include "zoo/timm/nasnet_cells.h"

namespace lathe::zoo::timm {
namespace {

constexpr int64_t kPnasnetStemWidth = 54, kPnasnetWidth = 216;

// The five sums of a cell; left and right are the results before the last and the last one.
struct Cell {
    int64_t width, stride;
    bool stem;  // left still has the image's first channels, and changes to the cell's in its own branches
};
ValueId combine(Net& net, const Key& key, ValueId left, ValueId right, const Cell& c) {
    const auto branch = [&](const char* name, ValueId x, int64_t kernel, int64_t stride, bool early = false) {
        return separables(net, key / name, x, {c.width, kernel, stride, early});
    };
    const ValueId pooled = max_pool_3(net, right, c.stride);
    ValueId other = max_pool_3(net, left, c.stride);
    if (c.stem) {
        const Key pool = key / "comb_iter_0_right";
        other = net.batch_norm(pool / "bn", net.conv(pool / "conv", other, {.out = c.width}), nn::Act::kNone,
                               kNasNetEpsilon);
    }
    const ValueId zero = net.add(branch("comb_iter_0_left", left, 5, c.stride, c.stem), other);
    const ValueId one = net.add(branch("comb_iter_1_left", right, 7, c.stride), pooled);
    const ValueId two = net.add(branch("comb_iter_2_left", right, 5, c.stride),
                                branch("comb_iter_2_right", right, 3, c.stride));
    const ValueId three = net.add(branch("comb_iter_3_left", two, 3, 1), pooled);
    if (c.stride > 1) right = act_conv_norm(net, key / "comb_iter_4_right", right, c.width, c.stride);
    const ValueId four = net.add(branch("comb_iter_4_left", left, 3, c.stride, c.stem), right);
    return net.mark(key, net.concat({zero, one, two, three, four}, 1));
}

ValueId stem_cell(Net& net, const Key& key, ValueId x) {
    return combine(net, key, x, act_conv_norm(net, key / "conv_1x1", x, kPnasnetStemWidth),
                   {kPnasnetStemWidth, 2, true});
}

// Where the results before were reduced in between, left is twice as large as right.
ValueId cell(Net& net, const Key& key, ValueId left, ValueId right, int64_t width, int64_t stride) {
    const Key previous = key / "conv_prev_1x1";
    left = net.size(left) == net.size(right) ? act_conv_norm(net, previous, left, width)
                                             : factorized_reduction(net, previous, left, width / 2);
    right = act_conv_norm(net, key / "conv_1x1", right, width);
    return combine(net, key, left, right, {width, stride, false});
}

}  // namespace

ValueId pnasnet(Net& net, std::string_view, ValueId x) {
    ValueId before = nasnet_stem(net, "conv_0", x);
    ValueId last = stem_cell(net, "cell_stem_0", before);
    const auto next = [&](const Key& key, int64_t width, int64_t stride) {
        before = std::exchange(last, cell(net, key, before, last, width, stride));
    };
    next("cell_stem_1", 2 * kPnasnetStemWidth, 2);
    for (int64_t i = 0; i < 12; ++i)
        next(Key("cell_" + std::to_string(i)), kPnasnetWidth << (i / 4), i == 4 || i == 8 ? 2 : 1);
    return nasnet_head(net, last);
}

}  // namespace lathe::zoo::timm
