// Networks of mobile blocks from their notation in words: "ir_r2_k3_s2_e6_c24_se0.25" is two (r) inverted residuals (ir)
// with kernel 3 (k), stride 2 of the first (s), expansion 6 (e), 24 output channels (c), squeeze-and-excitation 0.25 (se).
//   ds, dsa  depthwise separable, dsa with an activation at the end     er   edge residual (fused)
//   cn       convolution        uir  universal inverted residual        mqa, mha  attention of h heads of d channels, v: key stride
//   a, p     kernels at the start and the end          nre nr6 nhs nsw nmi  activation        gs  group size
//   cc       experts      fc  channels to expand       d   space to depth        skip, noskip
#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "zoo/nn/efficientnet_blocks.h"

namespace lathe::zoo::nn {

using MobileStage = std::vector<MobileBlock>;
using StageNotation = std::vector<std::string>;  // of one stage

struct DepthScaling {
    std::vector<double> multipliers{1};  // one for all stages, or one for each
    bool round = false;  // to the nearest number of blocks, else up
    bool fix_first_last = false;  // these stages keep their depth
    int64_t experts = 1;  // multiplies the experts
    std::optional<int64_t> group_size;  // of blocks that name none
};
// Notations are ours: a wrong one is a CHECK.
std::vector<MobileStage> decode_stages(std::span<const StageNotation> notations,
                                       const DepthScaling& depth = {});

struct MobileWidths {
    ChannelRounding rounding = {};
    bool squeeze_from_expanded =
        false;  // the share of squeeze-and-excitation is of the expanded channels, else of the input's
};
// Rounds the widths, gives strides to first blocks only, and settles space-to-depth and the shares of squeeze-and-excitation.
void scale_widths(std::vector<MobileStage>& stages, const MobileWidths& widths);

// The blocks of one stage at key.0, key.1, …
ValueId mobile_stage(Net& net, const Key& key, ValueId x, const MobileStage& stage, const MobileStyle& style);
// The blocks at key.0.0, key.0.1, key.1.0, …
ValueId mobile_stages(Net& net, const Key& key, ValueId x, std::span<const MobileStage> stages,
                      const MobileStyle& style);

}  // namespace lathe::zoo::nn
