// Networks out of given blocks: timm's ByobNet, the engine of byobnet and byoanet. A network is a table of stages.
#pragma once
#include <vector>

#include "zoo/nn/conv_norm_act.h"
#include "zoo/nn/squeeze_excite.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm::byob {

enum class Kind : uint8_t {
    kBasic,
    kBottleneck,
    kDark,
    kEdge,
    kRep /* RepVGG */,
    kOne /* MobileOne */,
    kSelfAttention,
    kCustom
};
enum class StemKind : uint8_t {
    k3x3,
    k7x7,
    kQuad,
    kQuad2 /* norms in its second half only */,
    kTiered,
    kDeep,
    kRep,
    kOne,
    kList
};
enum class StemPool : uint8_t { kNone, kMax, kAvg2 };
enum class Shortcut : uint8_t { kConv, kAvg, kNone /* no residual where shapes differ */ };
enum class Head : uint8_t { kClassifier, kMlp, kAttention };

struct Network;
// The attention of kSelfAttention at `key`; stride > 1 where it also halves the image.
using SelfAttention = ValueId (*)(Net& net, const Key& key, ValueId x, int64_t stride,
                                  const Network& network);
// Another attention over channels than those of squeeze_excite.h.
using OtherAttention = ValueId (*)(Net& net, const Key& key, ValueId x);

struct Blocks;
// A block of another kind; x -> [batch, out, …].
using CustomBlock = ValueId (*)(Net& net, const Key& key, ValueId x, const Blocks& blocks,
                                const Network& network);

struct Blocks {
    Kind kind = Kind::kBottleneck;
    int count;
    double out;
    int64_t stride = 2;  // of the first block; of the stage's first row only
    int64_t group_size = 0;  // 0: one group
    double ratio = 1;  // of the inner width
    int64_t kernel = 3;  // kOne
    bool extra_conv = true;  // where the network has them
    int64_t halves_groups = 0;  // > 0: every second block has so many groups (RepVGG)
    bool attention = true;  // where the network has it
    CustomBlock custom = nullptr;  // kCustom, with:
    int64_t custom_width = 0, custom_depth = 0;
    SelfAttention self_attention = nullptr;  // kSelfAttention; nullptr: the network's
};
using Stage = std::vector<Blocks>;

struct Network {
    std::vector<Stage> stages;
    StemKind stem = StemKind::k3x3;
    StemPool stem_pool = StemPool::kNone;
    std::vector<int64_t> stem_widths = {32};
    double width = 1;
    int64_t last = 0;  // channels of the last convolution; 0: none
    Shortcut shortcut = Shortcut::kConv;
    Head head = Head::kClassifier;
    int64_t hidden = 0;  // of the head
    nn::Act act = nn::Act::kRelu;
    nn::NormAct norm = {};
    nn::AntiAlias aa = nn::AntiAlias::kNone;
    nn::ChannelAttention attention = {};
    bool attention_in_stem = false;  // blocks that serve as stem have it too
    OtherAttention other_attention = nullptr;
    bool bottle_in = false;  // inner widths follow from the block's input
    bool linear_out = false;  // no activation behind the sum
    bool extra_conv = false;  // a second k x k
    int64_t branches = 1;  // parallel convolutions of kOne
    SelfAttention self_attention = nullptr;
    bool norm_after_attention = true;
};

ValueId build(Net& net, const Network& network, ValueId x);

}  // namespace lathe::zoo::timm::byob
