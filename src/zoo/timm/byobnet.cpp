// RepVGG (Ding et al. 2021), MobileOne (Vasu et al. 2022), GENet (Lin et al. 2020), RegNet-Z (Dollár et al. 2021), CLIP's
// ResNets (Radford et al. 2021), and ResNets with other stems and attention, as timm puts them together.
#include <algorithm>

#include "zoo/timm/byob.h"

namespace lathe::zoo::timm {
namespace {

using byob::Blocks;
using byob::Kind;
using byob::Network;
using byob::Stage;
using byob::StemKind;
using byob::StemPool;
using nn::Act;
using nn::ChannelAttention;

using Four = std::array<double, 4>;
constexpr std::array<int, 4> kDepths50 = {3, 4, 6, 3};

std::vector<Stage> as_stages(std::vector<Blocks> rows) {
    std::vector<Stage> stages;
    for (Blocks& row : rows) stages.push_back({row});
    return stages;
}

Network gernet(std::vector<Blocks> rows, int64_t stem, int64_t last) {
    return {.stages = as_stages(std::move(rows)), .stem_widths = {stem}, .last = last};
}

Network rep_vgg(std::array<int, 4> depths, Four widths, int64_t stem, int64_t groups = 0) {
    constexpr double kWidths[] = {64, 128, 256, 512};
    Network n{.stem = StemKind::kRep, .stem_widths = {stem}};
    for (size_t i = 0; i < 4; ++i)
        n.stages.push_back({{.kind = Kind::kRep,
                             .count = depths[i],
                             .out = kWidths[i] * widths[i],
                             .halves_groups = groups}});
    return n;
}

// Depthwise and pointwise blocks in turn. attended: how many pairs at the end of each stage have squeeze-excitation.
Network mobile_one(Four widths, int64_t stem, int64_t branches = 1, std::array<int, 4> attended = {}) {
    constexpr int kDepths[] = {2, 8, 10, 1};
    constexpr double kWidths[] = {64, 128, 256, 512};
    Network n{.stem = StemKind::kOne,
              .stem_widths = {stem},
              .attention = {.kind = ChannelAttention::kSe},
              .branches = branches};
    double before = std::min(64.0, kWidths[0] * widths[0]);
    for (size_t i = 0; i < 4; ++i) {
        Stage stage;
        for (int k = 0; k < kDepths[i]; ++k) {
            const bool se = k >= kDepths[i] - attended[i];
            stage.push_back(
                {.kind = Kind::kOne, .count = 1, .out = before, .group_size = 1, .attention = se});
            before = kWidths[i] * widths[i];
            stage.push_back({.kind = Kind::kOne, .count = 1, .out = before, .kernel = 1, .attention = se});
        }
        n.stages.push_back(std::move(stage));
    }
    return n;
}

// Four stages of bottlenecks.
std::vector<Stage> bottlenecks(std::array<int, 4> depths, Four widths, int64_t group_size,
                               double ratio = 0.25, int64_t first_stride = 1) {
    std::vector<Stage> stages;
    for (size_t i = 0; i < 4; ++i)
        stages.push_back({{.count = depths[i],
                           .out = widths[i],
                           .stride = i == 0 ? first_stride : 2,
                           .group_size = group_size,
                           .ratio = ratio}});
    return stages;
}

Network tiered(std::vector<Stage> stages, StemPool pool, int64_t last, ChannelAttention::Kind attention,
               Act act = Act::kSilu) {
    return {.stages = std::move(stages),
            .stem = StemKind::kTiered,
            .stem_pool = pool,
            .stem_widths = {64},
            .last = last,
            .act = act,
            .attention = {.kind = attention}};
}
Network res_next_26(ChannelAttention::Kind attention) {
    return tiered(bottlenecks({2, 2, 2, 2}, {256, 512, 1024, 2048}, 32), StemPool::kMax, 0, attention);
}
Network res_net_33(ChannelAttention::Kind attention, int64_t last = 1280) {
    return tiered(bottlenecks({2, 3, 3, 2}, {256, 512, 1536, 1536}, 0), StemPool::kNone, last, attention);
}

Network reg_net_z(std::vector<Stage> stages, StemKind stem, int64_t stem_width, int64_t last,
                  bool evos = false) {
    Network n{.stages = std::move(stages),
              .stem = stem,
              .stem_widths = {stem_width},
              .last = last,
              .shortcut = byob::Shortcut::kNone,
              .act = Act::kSilu,
              .attention = {.kind = ChannelAttention::kSe, .ratio = 0.25},
              .bottle_in = true,
              .linear_out = true};
    if (evos) n.norm = {.kind = nn::NormAct::kEvoS0a, .epsilon = 1e-3, .group_size = 16};
    return n;
}

Network clip(std::array<int, 4> depths, double width, byob::Head head) {
    return {.stages = bottlenecks(depths, {256, 512, 1024, 2048}, 0),
            .stem = StemKind::kList,
            .stem_pool = StemPool::kAvg2,
            .stem_widths = {32, 32, 64},
            .width = width,
            .shortcut = byob::Shortcut::kAvg,
            .head = head,
            .hidden = head == byob::Head::kMlp ? 1024 : 0,
            .aa = nn::AntiAlias::kAvg};
}

Network q51() {
    Network n{.stages = as_stages({{.count = 2, .out = 256, .stride = 1, .group_size = 32, .ratio = 0.25},
                                   {.count = 4, .out = 512, .group_size = 32, .ratio = 0.25},
                                   {.count = 6, .out = 1536, .group_size = 32, .ratio = 0.25},
                                   {.count = 4, .out = 1536, .group_size = 1}}),
              .stem = StemKind::kQuad2,
              .stem_widths = {128},
              .last = 2048,
              .act = Act::kSilu};
    return n;
}
Network q61() {
    Network n = q51();
    n.stages[0] = {{.kind = Kind::kEdge, .count = 1, .out = 256, .stride = 1}};
    n.stem = StemKind::kQuad;
    n.extra_conv = true;
    return n;
}

// timm's BatNonLocalAttn: Chi et al., "Non-Local Neural Networks With Grouped Bilinear Attentional Transforms", 2020.
// Rows and columns of blocks of the image are mixed by matrices that the image itself gives.
ValueId bilinear_attention(Net& net, const Key& key, ValueId x) {
    constexpr int64_t kBlocks = 8, kGroups = 2;
    const int64_t channels = std::max<int64_t>(8, (net.channels(x) / 4 + 4) / 8 * 8),
                  each = channels / kGroups;
    const nn::Size2 size = net.size(x);
    const int64_t rows = size.h / kBlocks, columns = size.w / kBlocks;
    const ValueId low = nn::conv_norm_act(net, key / "conv1", x, {.out = channels, .kernel = 1});
    const ValueId seen = nn::conv_norm_act(net, key / "ba" / "conv1", low, {.out = kGroups, .kernel = 1});
    const auto matrix = [&](const char* name, nn::Size2 window, nn::Size2 kernel, int64_t axis) {
        ValueId m = net.max_pool(seen, {.kernel = window, .stride = window});
        m = net.conv(key / "ba" / name, m,
                     {.out = kBlocks * kBlocks * kGroups, .kernel = kernel, .padding = 0, .bias = true});
        m = net.act(net.reshape(m, {nn::kBatch, kGroups, 1, kBlocks, kBlocks}), Act::kSigmoid);
        return net.div(m, net.sum(m, {axis}, true));
    };
    const ValueId p = matrix("conv_p", {rows, size.w}, {kBlocks, 1}, 4),
                  q = matrix("conv_q", {size.h, columns}, {1, kBlocks}, 3);
    ValueId y = net.reshape(low, {nn::kBatch, kGroups, each, kBlocks, rows * size.w});
    y = net.matmul(p, y);
    y = net.reshape(y, {nn::kBatch, kGroups, each * size.h, kBlocks, columns});
    y = net.matmul(net.transpose(q, {0, 1, 2, 4, 3}), y);
    y = net.reshape(y, {nn::kBatch, channels, size.h, size.w});
    y = nn::conv_norm_act(net, key / "ba" / "conv2", y, {.out = channels, .kernel = 1});
    y = nn::conv_norm_act(net, key / "conv2", y, {.out = net.channels(x), .kernel = 1});
    return net.mark(key, net.add(y, x));
}

Network bat_26() {
    Network n = res_next_26(ChannelAttention::kNone);
    n.other_attention = bilinear_attention;
    return n;
}
Network rep_vgg_d2se() {
    Network n = rep_vgg({8, 14, 24, 1}, {2.5, 2.5, 2.5, 5}, 64);
    n.attention = {.kind = ChannelAttention::kSe, .ratio = 0.0625, .divisor = 1};
    n.attention_in_stem = true;
    return n;
}
Network for_tests() {
    return {
        .stages = as_stages({{.kind = Kind::kEdge, .count = 1, .out = 32, .ratio = 0.5},
                             {.kind = Kind::kDark, .count = 1, .out = 64, .ratio = 0.5},
                             {.kind = Kind::kBasic, .count = 1, .out = 128, .group_size = 32, .ratio = 0.25},
                             {.count = 1, .out = 256, .group_size = 64, .ratio = 0.25}}),
        .stem_widths = {24},
        .shortcut = byob::Shortcut::kAvg,
        .attention = {.kind = ChannelAttention::kSe, .ratio = 0.25}};
}

struct ByobnetVariant {
    std::string_view name;
    Network (*network)();
};

using enum byob::Head;
constexpr Blocks ger(Kind kind, int count, double out, int64_t stride, int64_t group_size, double ratio) {
    return {
        .kind = kind, .count = count, .out = out, .stride = stride, .group_size = group_size, .ratio = ratio};
}
constexpr auto kBasic = Kind::kBasic, kBottle = Kind::kBottleneck;

const ByobnetVariant kByobnetVariants[] = {
    {"gernet_l",
     [] {
         return gernet(
             {ger(kBasic, 1, 128, 2, 0, 1), ger(kBasic, 2, 192, 2, 0, 1), ger(kBottle, 6, 640, 2, 0, 0.25),
              ger(kBottle, 5, 640, 2, 1, 3), ger(kBottle, 4, 640, 1, 1, 3)},
             32, 2560);
     }},
    {"gernet_m",
     [] {
         return gernet(
             {ger(kBasic, 1, 128, 2, 0, 1), ger(kBasic, 2, 192, 2, 0, 1), ger(kBottle, 6, 640, 2, 0, 0.25),
              ger(kBottle, 4, 640, 2, 1, 3), ger(kBottle, 1, 640, 1, 1, 3)},
             32, 2560);
     }},
    {"gernet_s",
     [] {
         return gernet(
             {ger(kBasic, 1, 48, 2, 0, 1), ger(kBasic, 3, 48, 2, 0, 1), ger(kBottle, 7, 384, 2, 0, 0.25),
              ger(kBottle, 2, 560, 2, 1, 3), ger(kBottle, 1, 256, 1, 1, 3)},
             13, 1920);
     }},
    {"repvgg_a0", [] { return rep_vgg({2, 4, 14, 1}, {0.75, 0.75, 0.75, 2.5}, 48); }},
    {"repvgg_a1", [] { return rep_vgg({2, 4, 14, 1}, {1, 1, 1, 2.5}, 64); }},
    {"repvgg_a2", [] { return rep_vgg({2, 4, 14, 1}, {1.5, 1.5, 1.5, 2.75}, 64); }},
    {"repvgg_b0", [] { return rep_vgg({4, 6, 16, 1}, {1, 1, 1, 2.5}, 64); }},
    {"repvgg_b1", [] { return rep_vgg({4, 6, 16, 1}, {2, 2, 2, 4}, 64); }},
    {"repvgg_b1g4", [] { return rep_vgg({4, 6, 16, 1}, {2, 2, 2, 4}, 64, 4); }},
    {"repvgg_b2", [] { return rep_vgg({4, 6, 16, 1}, {2.5, 2.5, 2.5, 5}, 64); }},
    {"repvgg_b2g4", [] { return rep_vgg({4, 6, 16, 1}, {2.5, 2.5, 2.5, 5}, 64, 4); }},
    {"repvgg_b3", [] { return rep_vgg({4, 6, 16, 1}, {3, 3, 3, 5}, 64); }},
    {"repvgg_b3g4", [] { return rep_vgg({4, 6, 16, 1}, {3, 3, 3, 5}, 64, 4); }},
    {"repvgg_d2se", rep_vgg_d2se},
    {"resnet51q", q51},
    {"resnet61q", q61},
    {"resnext26ts", [] { return res_next_26(ChannelAttention::kNone); }},
    {"gcresnext26ts", [] { return res_next_26(ChannelAttention::kGca); }},
    {"seresnext26ts", [] { return res_next_26(ChannelAttention::kSe); }},
    {"eca_resnext26ts", [] { return res_next_26(ChannelAttention::kEca); }},
    {"bat_resnext26ts", bat_26},
    {"resnet32ts", [] { return res_net_33(ChannelAttention::kNone, 0); }},
    {"resnet33ts", [] { return res_net_33(ChannelAttention::kNone); }},
    {"gcresnet33ts", [] { return res_net_33(ChannelAttention::kGca); }},
    {"seresnet33ts", [] { return res_net_33(ChannelAttention::kSe); }},
    {"eca_resnet33ts", [] { return res_net_33(ChannelAttention::kEca); }},
    {"gcresnet50t",
     [] {
         return tiered(bottlenecks(kDepths50, {256, 512, 1024, 2048}, 0), StemPool::kNone, 0,
                       ChannelAttention::kGca, Act::kRelu);
     }},
    {"gcresnext50ts",
     [] {
         return tiered(bottlenecks(kDepths50, {256, 512, 1024, 2048}, 32), StemPool::kMax, 0,
                       ChannelAttention::kGca);
     }},
    {"regnetz_b16",
     [] {
         return reg_net_z(bottlenecks({2, 6, 12, 2}, {48, 96, 192, 288}, 16, 3, 2), StemKind::k3x3, 32, 1536);
     }},
    {"regnetz_c16",
     [] {
         return reg_net_z(bottlenecks({2, 6, 12, 2}, {48, 96, 192, 288}, 16, 4, 2), StemKind::k3x3, 32, 1536);
     }},
    {"regnetz_d32",
     [] {
         return reg_net_z(bottlenecks({3, 6, 12, 3}, {64, 128, 256, 384}, 32, 4), StemKind::kTiered, 64,
                          1792);
     }},
    {"regnetz_d8",
     [] {
         return reg_net_z(bottlenecks({3, 6, 12, 3}, {64, 128, 256, 384}, 8, 4), StemKind::kTiered, 64, 1792);
     }},
    {"regnetz_e8",
     [] {
         return reg_net_z(bottlenecks({3, 8, 16, 3}, {96, 192, 384, 512}, 8, 4), StemKind::kTiered, 64, 2048);
     }},
    {"regnetz_b16_evos",
     [] {
         return reg_net_z(bottlenecks({2, 6, 12, 2}, {48, 96, 192, 288}, 16, 3, 2), StemKind::k3x3, 32, 1536,
                          true);
     }},
    {"regnetz_c16_evos",
     [] {
         return reg_net_z(bottlenecks({2, 6, 12, 2}, {48, 96, 192, 288}, 16, 4, 2), StemKind::k3x3, 32, 1536,
                          true);
     }},
    {"regnetz_d8_evos",
     [] {
         return reg_net_z(bottlenecks({3, 6, 12, 3}, {64, 128, 256, 384}, 8, 4), StemKind::kDeep, 64, 1792,
                          true);
     }},
    {"mobileone_s0", [] { return mobile_one({0.75, 1, 1, 2}, 48, 4); }},
    {"mobileone_s1", [] { return mobile_one({1.5, 1.5, 2, 2.5}, 64); }},
    {"mobileone_s2", [] { return mobile_one({1.5, 2, 2.5, 4}, 64); }},
    {"mobileone_s3", [] { return mobile_one({2, 2.5, 3, 4}, 64); }},
    {"mobileone_s4", [] { return mobile_one({3, 3.5, 3.5, 4}, 64, 1, {0, 0, 5, 1}); }},
    {"resnet50_clip", [] { return clip(kDepths50, 1, kAttention); }},
    {"resnet101_clip", [] { return clip({3, 4, 23, 3}, 1, kAttention); }},
    {"resnet50x4_clip", [] { return clip({4, 6, 10, 6}, 1.25, kAttention); }},
    {"resnet50x16_clip", [] { return clip({6, 8, 18, 8}, 1.5, kAttention); }},
    {"resnet50x64_clip", [] { return clip({3, 15, 36, 10}, 2, kAttention); }},
    {"resnet50_clip_gap", [] { return clip(kDepths50, 1, kClassifier); }},
    {"resnet101_clip_gap", [] { return clip({3, 4, 23, 3}, 1, kClassifier); }},
    {"resnet50x4_clip_gap", [] { return clip({4, 6, 10, 6}, 1.25, kClassifier); }},
    {"resnet50x16_clip_gap", [] { return clip({6, 8, 18, 8}, 1.5, kClassifier); }},
    {"resnet50x64_clip_gap", [] { return clip({3, 15, 36, 10}, 2, kClassifier); }},
    {"resnet50_mlp", [] { return clip(kDepths50, 1, kMlp); }},
    {"test_byobnet", for_tests},
};

}  // namespace

ValueId byobnet(Net& net, std::string_view model, ValueId x) {
    return byob::build(net, variant(net, kByobnetVariants, model).network(), x);
}

}  // namespace lathe::zoo::timm
