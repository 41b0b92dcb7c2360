// ResNet's variants: what each name changes of the network in resnet.cpp; and that network with blocks of other kinds.
#pragma once
#include <functional>

#include "zoo/nn/blur_pool.h"
#include "zoo/nn/norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

enum class ResNetBlock : uint8_t { kBasic, kBottleneck };
inline constexpr std::array<ResNetBlock, 4> kBasicBlocks{ResNetBlock::kBasic, ResNetBlock::kBasic,
                                                         ResNetBlock::kBasic, ResNetBlock::kBasic};
inline constexpr std::array<ResNetBlock, 4> kBottleneckBlocks{
    ResNetBlock::kBottleneck, ResNetBlock::kBottleneck, ResNetBlock::kBottleneck, ResNetBlock::kBottleneck};

// One 7 x 7 convolution of 64 channels; or three of 3 x 3, of widths w, w, 2 w (deep) or 3 w / 4, w, 2 w (tiered).
struct ResNetStem {
    enum Kind : uint8_t { kPlain, kDeep, kTiered } kind = kPlain;
    int64_t width = 64;
    bool average_down = false;  // of the network's projections: they pool before they convolve
    bool strided_convolution = false;  // instead of the stem's pool
};
// Of a bottleneck's conv2: `cardinality` groups of base_width / 64 * planes channels.
struct ResNetGroups {
    int64_t cardinality = 1, base_width = 64;
};
// The letters that names end in.
inline constexpr ResNetStem kStemB{}, kStemLight{.average_down = true};
inline constexpr ResNetStem kStemC{.kind = ResNetStem::kDeep, .width = 32},
    kStemS{.kind = ResNetStem::kDeep, .width = 64};
inline constexpr ResNetStem kStemD{.kind = ResNetStem::kDeep, .width = 32, .average_down = true};
inline constexpr ResNetStem kStemE{.kind = ResNetStem::kDeep, .width = 64, .average_down = true};
inline constexpr ResNetStem kStemT{.kind = ResNetStem::kTiered, .width = 32, .average_down = true};

// A network that lost channels: those of each stage's output, and of conv1 and conv2 of each block in order.
struct PrunedWidths {
    int16_t outs[4];
    int16_t inner[33][2];
};

struct ResNetVariant {
    std::string_view name;
    std::array<int, 4> layers;
    std::array<ResNetBlock, 4> blocks;
    ResNetStem stem = {};
    nn::ChannelAttention attention = {};
    ResNetGroups groups = {};
    nn::AntiAlias anti_alias = nn::AntiAlias::kNone;
    nn::NormAct norm = {};
    const PrunedWidths* pruned = nullptr;
    int64_t reduce_first = 1;  // conv1 of a bottleneck is narrower than conv2
    int64_t down_kernel = 1;
    std::array<int64_t, 4> channels{64, 128, 256, 512};
};

std::span<const ResNetVariant> resnet_variants();

// A block of the network: where it stands, and how wide it is.
struct ResNetPlace {
    ResNetBlock kind;
    int64_t planes, out, stride;
    int64_t first, width;  // channels of conv1 and, in a bottleneck, of conv2
    bool projects;  // its shortcut is a convolution
};
// What a block computes before its shortcut is added: [batch, C, H, W] -> [batch, place.out, H/stride, W/stride].
using ResNetBody = std::function<ValueId(const Key& key, ValueId x, const ResNetPlace& place)>;

// One block of ResNet, stride 1, at `key`; the shortcut is a convolution where the channels change.
ValueId resnet_block(Net& net, const Key& key, ValueId x, ResNetBlock kind, int64_t planes);
// The stem and the first `stages` stages at `key`: [batch, C, H/32, W/32] after all four.
ValueId resnet_features(Net& net, const Key& key, ValueId x, const ResNetVariant& variant, int stages = 4,
                        const ResNetBody& body = {});
// The whole network; without a body that of ResNet.
ValueId resnet_of(Net& net, ValueId x, const ResNetVariant& variant, const ResNetBody& body = {});

}  // namespace lathe::zoo::timm
