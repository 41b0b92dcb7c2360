// The block of Res2Net, which DLA has too.
#pragma once
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct Res2NetBlock {
    int64_t width;  // of each scale
    int64_t scale;  // parts that the channels are split into
    int64_t out;
    int64_t stride = 1, groups = 1;
    bool first = false;  // of a stage: the parts go their ways alone, and the last one through a pool
};

// key.conv1, bn1, convs, bns, conv3, bn3: [batch, C, H, W] -> [batch, out, H/stride, W/stride], without the shortcut.
ValueId res2net_body(Net& net, const Key& key, ValueId x, const Res2NetBlock& block);

}  // namespace lathe::zoo::timm
