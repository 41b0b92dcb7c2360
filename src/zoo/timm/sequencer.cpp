// Sequencer: Tatsunami & Taki, "Sequencer: Deep LSTM for Image Classification", 2022.
#include "zoo/nn/lstm.h"
#include "zoo/nn/mlp.h"
#include "zoo/nn/patch_embed.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

struct SequencerVariant {
    std::string_view name;
    std::array<int, 4> depths;
};

constexpr SequencerVariant kSequencerVariants[] = {
    {"sequencer2d_s", {4, 3, 8, 3}},
    {"sequencer2d_m", {4, 3, 14, 3}},
    {"sequencer2d_l", {8, 8, 16, 4}},
};
constexpr std::array<int64_t, 4> kSequencerPatches{7, 2, 1, 1}, kSequencerWidths{192, 384, 384, 384},
    kSequencerHidden{48, 96, 96, 96};
constexpr int64_t kSequencerMlpRatio = 3;
constexpr double kSequencerEpsilon = 1e-6;

// Columns and rows are read in both directions, each on its own. x: [batch, H, W, C].
ValueId mix_tokens(Net& net, const Key& key, ValueId x, int64_t hidden) {
    const int64_t height = net.dim(x, 1), width = net.dim(x, 2), channels = net.dim(x, 3);
    const nn::Dim batch = net.batch(x);
    ValueId columns = net.reshape(net.transpose(x, {1, 0, 2, 3}), {height, batch * width, channels});
    columns = nn::bidirectional_lstm(net, key / "rnn_v", columns, hidden);
    columns = net.transpose(net.reshape(columns, {height, batch, width, 2 * hidden}), {1, 0, 2, 3});
    ValueId rows = net.reshape(net.transpose(x, {2, 0, 1, 3}), {width, batch * height, channels});
    rows = nn::bidirectional_lstm(net, key / "rnn_h", rows, hidden);
    rows = net.transpose(net.reshape(rows, {width, batch, height, 2 * hidden}), {1, 2, 0, 3});
    return net.mark(key, net.linear(key / "fc", net.concat({columns, rows}, 3), channels));
}

ValueId sequencer_block(Net& net, const Key& key, ValueId x, int64_t hidden) {
    x = net.add(
        x, mix_tokens(net, key / "rnn_tokens", net.layer_norm(key / "norm1", x, kSequencerEpsilon), hidden));
    const ValueId y = net.layer_norm(key / "norm2", x, kSequencerEpsilon);
    return net.mark(key, net.add(x, nn::mlp(net, key / "mlp_channels", y,
                                            {.hidden = kSequencerMlpRatio * net.dim(x, 3)})));
}

}  // namespace

ValueId sequencer(Net& net, std::string_view model, ValueId x) {
    const SequencerVariant& v = variant(net, kSequencerVariants, model);
    x = nn::patch_embed_channels_last(net, "stem", x,
                                      {.patch = kSequencerPatches[0], .width = kSequencerWidths[0]});
    for (size_t i = 0; i < 4; ++i) {
        const Key stage = Key("stages") / static_cast<int64_t>(i);
        if (i > 0) {
            const Key down = stage / "downsample";
            x = net.conv(down / "down", net.channels_first(x),
                         {.out = kSequencerWidths[i],
                          .kernel = kSequencerPatches[i],
                          .stride = kSequencerPatches[i],
                          .padding = 0,
                          .bias = true});
            x = net.mark(down, net.channels_last(x));
        }
        for (int j = 0; j < v.depths[i]; ++j)
            x = sequencer_block(net, stage / "blocks" / j, x, kSequencerHidden[i]);
        net.mark(stage, x);
    }
    x = net.layer_norm("norm", x, kSequencerEpsilon);
    if (net.settings.features) return x;  // [batch, H/14, W/14, C]
    return nn::classifier_head_channels_last(net, "head", x);
}

}  // namespace lathe::zoo::timm
