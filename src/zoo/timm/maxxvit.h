// The blocks of CoAtNet and MaxViT.
#pragma once
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

struct MaxxOptions {
    enum class Pool : uint8_t { kAvg2, kMax3 };  // 2 x 2 averages, or maxima of 3 x 3; both with stride 2
    enum class Position : uint8_t { kBias, kBiasTf, kMlp };

    // Convolution blocks: inverted bottlenecks, or ConvNeXt's.
    bool convnext = false;
    bool expand_output = true;  // bottleneck: 4 times the block's outputs, else 4 times its inputs
    bool pre_norm_act = false;
    bool output_bias = true;
    bool stride_by_pool = false;  // else by the depthwise convolution
    bool early_se = false;        // squeeze-and-excite before the second norm
    double se_ratio = 0.25;
    nn::Act se_act = nn::Act::kSilu;
    bool conv_scale = false;  // ConvNeXt's layer scale
    nn::Act conv_act = nn::Act::kGelu;
    double conv_epsilon = 1e-5;
    bool same_padding = false;

    // Transformer blocks.
    bool head_first = true;    // q, k and v of a head lie together
    bool expand_first = true;  // wider inside the attention, else at its end
    bool shortcut_bias = true;
    bool grid_only = false;  // no attention in windows
    bool scale = false;      // layer scale
    Position position = Position::kBias;
    int position_hidden = 512;
    nn::Act act = nn::Act::kGelu;
    nn::Norm norm = {};

    Pool pool = Pool::kAvg2;  // of shortcuts, and before attention
};

// A convolution block: [batch, C, H, W] -> [batch, width, H/stride, W/stride].
ValueId maxx_conv_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                        const MaxxOptions& o);
// CoAtNet's attention over the whole map.
ValueId maxx_attention_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                             const MaxxOptions& o);
// MaxViT: a convolution block, then attention in windows, then in grids of the same size.
ValueId maxx_window_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                          nn::Size2 window, const MaxxOptions& o);
// timm's: two convolution blocks, then windows and grids side by side.
ValueId maxx_parallel_block(Net& net, const Key& key, ValueId x, int64_t width, int64_t stride,
                            nn::Size2 window, const MaxxOptions& o);
// Average or largest of neighbours at half the size, then key.expand when `width` is another.
ValueId maxx_downsample(Net& net, const Key& key, ValueId x, int64_t width, MaxxOptions::Pool pool, bool bias,
                        nn::Padding padding = 0);

}  // namespace lathe::zoo::timm
