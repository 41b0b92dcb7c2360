// NASNet: Zoph et al., "Learning Transferable Architectures for Scalable Image Recognition", 2017, figure 4.
#include "zoo/timm/families.h"
#include "zoo/timm/nasnet_cells.h"

namespace lathe::zoo::timm {
namespace {

constexpr int64_t kNasnetFeatures = 4032, kWidth = kNasnetFeatures / 24;

// left and right are prepared: `left` from the result before the last one.
ValueId reduce(Net& net, const Key& key, ValueId left, ValueId right, int64_t width, bool early = false) {
    const auto branch = [&](const char* name, ValueId x, int64_t kernel, int64_t stride, bool first = false) {
        return separables(net, key / name, x, {width, kernel, stride, first});
    };
    const ValueId zero =
        net.add(branch("comb_iter_0_left", right, 5, 2), branch("comb_iter_0_right", left, 7, 2, early));
    const ValueId one = net.add(max_pool_3(net, right, 2), branch("comb_iter_1_right", left, 7, 2, early));
    const ValueId two = net.add(avg_pool_3(net, right, 2), branch("comb_iter_2_right", left, 5, 2, early));
    const ValueId three = net.add(avg_pool_3(net, zero, 1), one);
    const ValueId four = net.add(branch("comb_iter_4_left", zero, 3, 1), max_pool_3(net, right, 2));
    return net.mark(key, net.concat({one, two, three, four}, 1));
}

ValueId normal(Net& net, const Key& key, ValueId left, ValueId right, int64_t width) {
    const auto branch = [&](const char* name, ValueId x, int64_t kernel) {
        return separables(net, key / name, x, {width, kernel});
    };
    const ValueId averaged = avg_pool_3(net, left, 1);
    const ValueId zero = net.add(branch("comb_iter_0_left", right, 5), branch("comb_iter_0_right", left, 3));
    const ValueId one = net.add(branch("comb_iter_1_left", left, 5), branch("comb_iter_1_right", left, 3));
    const ValueId two = net.add(avg_pool_3(net, right, 1), left);
    const ValueId three = net.add(averaged, averaged);
    const ValueId four = net.add(branch("comb_iter_4_left", right, 3), right);
    return net.mark(key, net.concat({left, zero, one, two, three, four}, 1));
}

ValueId normal_cell(Net& net, const Key& key, ValueId before, ValueId last, int64_t width) {
    const ValueId left = net.size(before) == net.size(last)
                             ? act_conv_norm(net, key / "conv_prev_1x1", before, width)
                             : factorized_reduction(net, key, before, width / 2);
    return normal(net, key, left, act_conv_norm(net, key / "conv_1x1", last, width), width);
}

ValueId reduction_cell(Net& net, const Key& key, ValueId before, ValueId last, int64_t width) {
    const ValueId left = act_conv_norm(net, key / "conv_prev_1x1", before, width);
    return reduce(net, key, left, act_conv_norm(net, key / "conv_1x1", last, width), width);
}

}  // namespace

ValueId nasnet(Net& net, std::string_view, ValueId x) {
    const ValueId first = nasnet_stem(net, "conv0", x);
    Key key = "cell_stem_0";
    ValueId before =
        reduce(net, key, first, act_conv_norm(net, key / "conv_1x1", first, kWidth / 4), kWidth / 4, true);
    key = "cell_stem_1";
    const ValueId narrow = act_conv_norm(net, key / "conv_1x1", before, kWidth / 2);
    ValueId last = reduce(net, key, factorized_reduction(net, key, first, kWidth / 4), narrow, kWidth / 2);
    for (int64_t stage = 0; stage < 3; ++stage) {
        const int64_t width = kWidth << stage;
        if (stage > 0) {
            // The cell behind sees what came before the last cell, at the size before the reduction.
            const Key reduction("reduction_cell_" + std::to_string(stage - 1));
            last = reduction_cell(net, reduction, before, last, width);
        }
        for (int64_t i = 0; i < 6; ++i) {
            const Key cell("cell_" + std::to_string(6 * stage + i));
            before = std::exchange(last, normal_cell(net, cell, before, last, width));
        }
    }
    return nasnet_head(net, last);
}

}  // namespace lathe::zoo::timm
