// The ends of networks.
#pragma once
#include "zoo/nn/norm.h"

namespace lathe::zoo::nn {

enum class GlobalPool : uint8_t { kNone, kAvg, kMax, kAvgMax /* their mean */, kCatAvgMax };

// [batch, C, H, W] -> [batch, C] (kCatAvgMax: 2 C).
ValueId global_pool(Net& net, ValueId x, GlobalPool pool = GlobalPool::kAvg);
// The linear layer that makes the classes; without classes x itself. [batch, C] -> [batch, classes].
ValueId classifier(Net& net, const Key& key, ValueId x, bool bias = true);
// The same as a 1 x 1 convolution: key.weight [classes, C, 1, 1]. [batch, C] -> [batch, classes].
ValueId conv_classifier(Net& net, const Key& key, ValueId x);
// timm's ClassifierHead at `key`: pooling, then key.fc.
ValueId classifier_head(Net& net, const Key& key, ValueId x, GlobalPool pool = GlobalPool::kAvg);
// The same of [batch, H, W, C], with average pooling.
ValueId classifier_head_channels_last(Net& net, const Key& key, ValueId x);
// timm's NormMlpClassifierHead at `key`: pooling, key.norm (a LayerNorm over channels), key.pre_logits.fc of `hidden`
// channels with `act` (0: none), key.fc.
ValueId norm_mlp_head(Net& net, const Key& key, ValueId x, double epsilon, int64_t hidden = 0,
                      Act act = Act::kGelu, GlobalPool pool = GlobalPool::kAvg);
// As above with any norm.
ValueId norm_mlp_head(Net& net, const Key& key, ValueId x, const Norm& norm, int64_t hidden = 0,
                      Act act = Act::kGelu, GlobalPool pool = GlobalPool::kAvg);

}  // namespace lathe::zoo::nn
