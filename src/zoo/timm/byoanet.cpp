// ResNets in which some blocks attend (byoanet_attention.h), as timm puts them together: BoTNet, HaloNet, LambdaNet.
#include "zoo/timm/byoanet_attention.h"
#include "zoo/timm/byob.h"

namespace lathe::zoo::timm {
namespace {

using byob::Blocks;
using byob::Kind;
using byob::Network;
using byob::SelfAttention;
using byob::Stage;
using byob::StemKind;
using byob::StemPool;
using nn::Act;
using nn::ChannelAttention;

template <AllPixels a>
ValueId all(Net& net, const Key& key, ValueId x, int64_t stride, const Network&) {
    return attend_to_all(net, key, x, stride, a);
}
template <Halo halo>
ValueId near(Net& net, const Key& key, ValueId x, int64_t stride, const Network&) {
    return attend_with_halo(net, key, x, stride, halo);
}
template <Lambda l>
ValueId lambda(Net& net, const Key& key, ValueId x, int64_t stride, const Network&) {
    return apply_lambda(net, key, x, stride, l);
}

// A stage of `depth` blocks, of which the last of every `run` attends (0: none, 1: all of them).
struct Row {
    int depth;
    double out;
    int run;
    SelfAttention attention = nullptr;
};
struct ByoanetShape {
    int64_t group_size = 0;
    std::array<double, 4> ratios = {0.25, 0.25, 0.25, 0.25};
    int64_t first_stride = 1;
};
std::vector<Stage> stages(const std::array<Row, 4>& rows, const ByoanetShape& shape = {}) {
    std::vector<Stage> all;
    for (size_t s = 0; s < rows.size(); ++s) {
        const Row& row = rows[s];
        Stage stage;
        for (int i = 0; i < row.depth; ++i) {
            const bool attends = row.run > 0 && i % row.run == row.run - 1;
            stage.push_back({.kind = attends ? Kind::kSelfAttention : Kind::kBottleneck,
                             .count = 1,
                             .out = row.out,
                             .stride = s == 0 ? shape.first_stride : 2,
                             .group_size = shape.group_size,
                             .ratio = shape.ratios[s],
                             .self_attention = row.attention});
        }
        all.push_back(std::move(stage));
    }
    return all;
}

Network tiered(std::vector<Stage> stages, SelfAttention attention, StemPool pool, Act act = Act::kSilu,
               ChannelAttention::Kind channels = ChannelAttention::kNone) {
    return {.stages = std::move(stages),
            .stem = StemKind::kTiered,
            .stem_pool = pool,
            .stem_widths = {64},
            .act = act,
            .attention = {.kind = channels},
            .self_attention = attention};
}

Network depth_26(SelfAttention attention) {
    return tiered(stages({{{2, 256, 0}, {2, 512, 0}, {2, 1024, 2}, {2, 2048, 1}}}), attention, StemPool::kMax,
                  Act::kRelu);
}
Network next_26(SelfAttention attention) {
    return tiered(stages({{{2, 256, 0}, {2, 512, 0}, {2, 1024, 2}, {2, 2048, 1}}}, {.group_size = 16}),
                  attention, StemPool::kMax, Act::kSilu, ChannelAttention::kEca);
}
Network depth_33(SelfAttention attention) {
    Network n = tiered(stages({{{2, 256, 0}, {3, 512, 3}, {3, 1024, 3}, {2, 1536, 1}}},
                              {.ratios = {0.25, 0.25, 0.25, 0.333}}),
                       attention, StemPool::kNone, Act::kSilu, ChannelAttention::kSe);
    n.last = 1280;
    return n;
}
// second: the attention of the second stage, where it is another.
Network depth_50(SelfAttention attention, SelfAttention second = nullptr) {
    return tiered(stages({{{3, 256, 0}, {4, 512, 4, second}, {6, 1024, 2}, {3, 2048, 2}}}), attention,
                  StemPool::kMax);
}
Network mixed_50(SelfAttention second, SelfAttention third, SelfAttention fourth) {
    return tiered(stages({{{3, 256, 0}, {4, 512, 2, second}, {6, 1024, 2, third}, {3, 2048, 2, fourth}}}),
                  nullptr, StemPool::kNone);
}
Network halonet_h1() {
    return {
        .stages = stages({{{3, 64, 1}, {3, 128, 1}, {10, 256, 1}, {3, 512, 1}}}, {.ratios = {1, 1, 1, 1}}),
        .stem = StemKind::k7x7,
        .stem_pool = StemPool::kMax,
        .stem_widths = {64},
        .self_attention = near<Halo{}>};
}
Network haloregnetz_b() {
    return {.stages = stages({{{2, 48, 0}, {6, 96, 0}, {12, 192, 4}, {2, 288, 1}}},
                             {.group_size = 16, .ratios = {3, 3, 3, 3}, .first_stride = 2}),
            .stem_widths = {32},
            .last = 1536,
            .shortcut = byob::Shortcut::kNone,
            .act = Act::kSilu,
            .attention = {.kind = ChannelAttention::kSe, .ratio = 0.25},
            .bottle_in = true,
            .linear_out = true,
            .self_attention = near<Halo{.block = 7, .halo = 2, .key_ratio = 0.33}>};
}

constexpr SelfAttention kAll = all<AllPixels{}>, kNear2 = near<Halo{.halo = 2}>, kNear3 = near<Halo{}>,
                        kLambda9 = lambda<Lambda{}>;

struct ByoanetVariant {
    std::string_view name;
    Network (*network)();
};
const ByoanetVariant kByoanetVariants[] = {
    {"botnet26t_256", [] { return depth_26(kAll); }},
    {"sebotnet33ts_256", [] { return depth_33(kAll); }},
    {"botnet50ts_256", [] { return depth_50(kAll); }},
    {"eca_botnext26ts_256", [] { return next_26(all<AllPixels{.key_size = 16}>); }},
    {"halonet_h1", halonet_h1},
    {"halonet26t", [] { return depth_26(kNear2); }},
    {"sehalonet33ts", [] { return depth_33(kNear3); }},
    {"halonet50ts", [] { return depth_50(kNear3, near<Halo{.heads = 4}>); }},
    {"eca_halonext26ts", [] { return next_26(near<Halo{.halo = 2, .key_size = 16}>); }},
    {"lambda_resnet26t", [] { return depth_26(kLambda9); }},
    {"lambda_resnet50ts", [] { return depth_50(kLambda9); }},
    {"lambda_resnet26rpt_256", [] { return depth_26(lambda<Lambda{.radius = 0}>); }},
    {"haloregnetz_b", haloregnetz_b},
    {"lamhalobotnet50ts_256", [] { return mixed_50(lambda<Lambda{.radius = 13}>, kNear3, kAll); }},
    {"halo2botnet50ts_256", [] { return mixed_50(kNear3, kNear3, kAll); }},
};

}  // namespace

ValueId byoanet(Net& net, std::string_view model, ValueId x) {
    return byob::build(net, variant(net, kByoanetVariants, model).network(), x);
}

}  // namespace lathe::zoo::timm
