// MobileNetV5: the image encoder of Gemma 3n (Google, 2025). Mobile blocks with RMS norms; the maps of the last two stages
// are fused into one of 16 x 16.
#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/efficientnet_builder.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

using nn::NormAct;

struct Mobilenetv5Variant {
    std::string_view name;
    bool base = false;  // the smaller plan
    bool encoder = false;  // padded as TensorFlow pads; ends with the map
};
constexpr Mobilenetv5Variant kMobilenetv5Variants[] = {
    {"mobilenetv5_300m"}, {"mobilenetv5_300m_enc", false, true}, {"mobilenetv5_base", true}};

constexpr int64_t kStem = 64, kOut = 2048, kMap = 16;

// `first`, then `count` times the others in turn.
nn::StageNotation repeated(nn::StageNotation first, const nn::StageNotation& others, int count) {
    for (int i = 0; i < count; ++i) first.insert(first.end(), others.begin(), others.end());
    return first;
}

std::vector<nn::StageNotation> plan(bool base) {
    const nn::StageNotation fused{"er_r1_k3_s2_e4_c128", "er_r2_k3_s1_e4_c128"};
    const nn::StageNotation local{"uir_r1_a3_k5_s2_e6_c256", "uir_r1_a5_k0_s1_e4_c256",
                                  "uir_r1_a3_k0_s1_e4_c256", "uir_r1_a5_k0_s1_e4_c256",
                                  "uir_r1_a3_k0_s1_e4_c256"};
    if (base)
        return {fused, local,
                repeated({"uir_r1_a5_k5_s2_e6_c512", "uir_r2_a5_k0_s1_e4_c512", "uir_r1_a0_k0_s1_e1_c512"},
                         {"mqa_r1_k3_h8_s1_d64_c512", "uir_r1_a0_k0_s1_e2_c512"}, 6),
                repeated({"uir_r1_a5_k5_s2_e6_c1024"},
                         {"mqa_r1_k3_h16_s1_d64_c1024", "uir_r1_a0_k0_s1_e2_c1024"}, 7)};
    return {fused, local,
            repeated({"uir_r1_a5_k5_s2_e6_c640", "uir_r7_a5_k0_s1_e4_c640", "uir_r1_a0_k0_s1_e1_c640"},
                     {"mqa_r1_k3_h12_v2_s1_d64_c640", "uir_r1_a0_k0_s1_e2_c640"}, 14),
            repeated({"uir_r1_a5_k5_s2_e6_c1280"}, {"mqa_r1_k3_h16_s1_d96_c1280", "uir_r1_a0_k0_s1_e2_c1280"},
                     19)};
}

// Maps of several sizes, the largest first -> [batch, 2048, 16, 16].
ValueId fuse_scales(Net& net, const Key& key, std::vector<ValueId> maps, nn::MobileStyle style) {
    const nn::Size2 size = net.size(maps[0]), out = kMap;
    for (ValueId& map : maps) map = net.resize(map, size, "nearest");
    style.layer_scale = false;
    style.padding = {};
    const nn::MobileBlock ffn{.kind = nn::MobileBlock::kUniversal,
                              .out = kOut,
                              .kernel = {0},
                              .start = {0},
                              .end = {0},
                              .expand = 2,
                              .skip = false};
    ValueId x = nn::mobile_block(net, key / "ffn", net.concat(std::move(maps), 1), ffn, style);
    x = size.h % out.h == 0 && size.w % out.w == 0 ? net.adaptive_avg_pool(x, out)
                                                   : net.resize(x, out, "linear");
    return net.mark(key, nn::norm_act(net, key / "norm", x, style.norm));
}

}  // namespace

ValueId mobilenetv5(Net& net, std::string_view model, ValueId x) {
    const Mobilenetv5Variant& v = variant(net, kMobilenetv5Variants, model);
    nn::MobileStyle style{.act = nn::Act::kGeluTanh, .norm = {NormAct::kRms, 1e-6}, .layer_scale = true};
    if (v.encoder) style.padding = nn::kSame;
    std::vector<nn::MobileStage> stages = nn::decode_stages(plan(v.base));
    nn::scale_widths(stages, {.squeeze_from_expanded = true});
    const nn::Conv stem{.out = kStem, .kernel = 3, .stride = 2, .padding = style.padding, .bias = true};
    x = nn::conv_norm_act(net, "conv_stem", x, stem, style.act, style.norm);
    std::vector<ValueId> maps;
    for (size_t i = 0; i < stages.size(); ++i) {
        x = nn::mobile_stage(net, Key("blocks") / static_cast<int64_t>(i), x, stages[i], style);
        if (i + 2 >= stages.size()) maps.push_back(x);
    }
    x = fuse_scales(net, "msfa", std::move(maps), style);
    if (net.settings.features || v.encoder) return x;
    return nn::classifier(net, "classifier", net.mark("global_pool", nn::global_pool(net, x)));
}

}  // namespace lathe::zoo::timm
