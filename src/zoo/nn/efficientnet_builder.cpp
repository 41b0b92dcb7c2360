#include "zoo/nn/efficientnet_builder.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace lathe::zoo::nn {
namespace {

struct KindName {
    std::string_view name;
    MobileBlock::Kind kind;
};
constexpr KindName kKinds[] = {
    {"cn", MobileBlock::kConv},        {"ds", MobileBlock::kDepthwise},  {"dsa", MobileBlock::kDepthwise},
    {"ir", MobileBlock::kInverted},    {"er", MobileBlock::kEdge},       {"uir", MobileBlock::kUniversal},
    {"mqa", MobileBlock::kMultiQuery}, {"mha", MobileBlock::kMultiHead},
};

struct ActName {
    std::string_view name;
    Act act;
};
constexpr ActName kActs[] = {
    {"nre", Act::kRelu}, {"nr6", Act::kRelu6}, {"nhs", Act::kHardSwish},
    {"nsw", Act::kSilu}, {"nmi", Act::kMish},
};

double number(std::string_view text) {
    double value = 0;
    CHECK(parse_double(text, value), text);
    return value;
}
int64_t integer(std::string_view text) { return static_cast<int64_t>(number(text)); }

Ints kernels(std::string_view text) {
    Ints sizes;
    for (const std::string_view size : split(text, '.')) sizes.push_back(integer(size));
    return sizes;
}

bool set_word(MobileBlock& block, std::string_view word) {
    if (word == "skip" || word == "noskip") {
        block.skip = word == "skip";
        return true;
    }
    for (const ActName& row : kActs)
        if (row.name == word) {
            block.act = row.act;
            return true;
        }
    return false;
}

void set_option(MobileBlock& block, int64_t& repeats, std::string_view option) {
    const size_t at = std::min(option.find_first_of("0123456789"), option.size());
    const std::string_view key = option.substr(0, at), value = option.substr(at);
    const bool attends = block.kind == MobileBlock::kMultiQuery || block.kind == MobileBlock::kMultiHead;
    if (key == "r") repeats = integer(value);
    else if (key == "k") block.kernel = kernels(value);
    else if (key == "s") block.stride = integer(value);
    else if (key == "e") block.expand = block.kind == MobileBlock::kDepthwise ? 1 : number(value);
    else if (key == "c") block.out = integer(value);
    else if (key == "se") block.squeeze = number(value);
    else if (key == "a") block.start = kernels(value);
    else if (key == "p") block.end = kernels(value);
    else if (key == "gs") block.group_size = integer(value);
    else if (key == "cc") block.experts = integer(value);
    else if (key == "fc") block.force_in = integer(value);
    else if (key == "h") block.heads = integer(value);
    else if (key == "v") block.kv_stride = integer(value);
    else if (key == "d" && attends) block.head_size = integer(value);
    else if (key == "d") block.space_to_depth = integer(value) > 0 ? 1 : 0;
    else CHECK(false, option);
}

MobileBlock decode_block(std::string_view notation, int64_t& repeats) {
    MobileBlock block;
    const std::vector<std::string_view> words = split(notation, '_');
    const auto* const kind = std::ranges::find(kKinds, words[0], &KindName::name);
    CHECK(kind != std::end(kKinds), notation);
    block.kind = kind->kind;
    if (block.kind == MobileBlock::kUniversal) block.start = block.end = {0};
    for (size_t i = 1; i < words.size(); ++i)
        if (!set_word(block, words[i])) set_option(block, repeats, words[i]);
    if (words[0] == "dsa") {
        block.last_act = true;
        block.skip = false;
    }
    return block;
}

// The blocks of a stage share its scaled depth in proportion, settled from the last to the first, so that the first
// grows last.
Ints scale_repeats(Ints repeats, double multiplier, bool round) {
    int64_t total = 0;
    for (const int64_t count : repeats) total += count;
    const double wanted = static_cast<double>(total) * multiplier;
    int64_t scaled =
        round ? std::max<int64_t>(1, round_half_even(wanted)) : static_cast<int64_t>(std::ceil(wanted));
    for (size_t i = repeats.size(); i-- > 0;) {
        const int64_t before = repeats[i];
        repeats[i] =
            std::max<int64_t>(1, round_half_even(static_cast<double>(before) / static_cast<double>(total) *
                                                 static_cast<double>(scaled)));
        total -= before;
        scaled -= repeats[i];
    }
    return repeats;
}

MobileStage decode_stage(const StageNotation& notation, double multiplier, const DepthScaling& depth) {
    MobileStage blocks, stage;
    Ints repeats;
    for (const std::string& text : notation) {
        int64_t count = 1;
        MobileBlock block = decode_block(text, count);
        block.experts *= depth.experts;
        if (!block.group_size) block.group_size = depth.group_size;
        blocks.push_back(std::move(block));
        repeats.push_back(count);
    }
    repeats = scale_repeats(std::move(repeats), multiplier, depth.round);
    for (size_t i = 0; i < blocks.size(); ++i)
        stage.insert(stage.end(), static_cast<size_t>(repeats[i]), blocks[i]);
    return stage;
}

}  // namespace

std::vector<MobileStage> decode_stages(std::span<const StageNotation> notations, const DepthScaling& depth) {
    std::vector<MobileStage> stages;
    for (size_t i = 0; i < notations.size(); ++i) {
        const bool fixed = depth.fix_first_last && (i == 0 || i + 1 == notations.size());
        const double multiplier = depth.multipliers.size() == 1 ? depth.multipliers[0] : depth.multipliers[i];
        stages.push_back(decode_stage(notations[i], fixed ? 1.0 : multiplier, depth));
    }
    return stages;
}

void scale_widths(std::vector<MobileStage>& stages, const MobileWidths& widths) {
    int region = 0;  // of space to depth: 1 at its first block, 2 within
    for (MobileStage& stage : stages)
        for (size_t i = 0; i < stage.size(); ++i) {
            MobileBlock& block = stage[i];
            if (i > 0) block.stride = 1;
            block.out = widths.rounding(static_cast<double>(block.out));
            if (block.force_in > 0) block.force_in = widths.rounding(static_cast<double>(block.force_in));
            const bool begins = region == 0 && block.space_to_depth > 0,
                       ends = region == 2 && block.stride == 2;
            block.space_to_depth = begins ? 1 : region == 2 && !ends ? 2 : 0;
            if (ends) {  // the stride was taken by the first block, and the input has four times the channels
                block.stride = 1;
                block.expand /= 4;
            }
            region = block.space_to_depth > 0 ? 2 : 0;
            if (block.space_to_depth > 0) block.out *= 4;
            if (!widths.squeeze_from_expanded) block.squeeze /= block.expand;
            if (begins) block.squeeze /= 4;
        }
}

ValueId mobile_stage(Net& net, const Key& key, ValueId x, const MobileStage& stage,
                     const MobileStyle& style) {
    for (size_t i = 0; i < stage.size(); ++i)
        x = mobile_block(net, key / static_cast<int64_t>(i), x, stage[i], style);
    return net.mark(key, x);
}

ValueId mobile_stages(Net& net, const Key& key, ValueId x, std::span<const MobileStage> stages,
                      const MobileStyle& style) {
    for (size_t i = 0; i < stages.size(); ++i)
        x = mobile_stage(net, key / static_cast<int64_t>(i), x, stages[i], style);
    return net.mark(key, x);
}

}  // namespace lathe::zoo::nn
