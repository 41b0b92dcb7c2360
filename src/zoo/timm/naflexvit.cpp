// NaFlexViT: vision transformers for any aspect ratio, after Beyer et al., "FlexiViT", 2022, Dehghani et al., "Patch n'
// Pack: NaViT", 2023, and Tschannen et al., "SigLIP 2", 2025. Here for images of one size.
#include "zoo/nn/patch_embed.h"
#include "zoo/nn/pos_embed.h"
#include "zoo/timm/vision_transformer.h"

namespace lathe::zoo::timm {
namespace {

using nn::Size2;

struct NaflexvitVariant {
    std::string_view name;
    Vit vit;
    bool keep_aspect = false;  // positions are resized to a square, of which the image's part is taken
    bool factorized = false;  // a table of rows plus one of columns
};

constexpr VitOptions with(VitOptions options, int registers, VitPool pool) {
    options.class_token = false;
    options.reg_tokens = registers;
    options.pool = pool;
    return options;
}
constexpr VitOptions kScaled{.layer_scale = true};
constexpr VitOptions kShapeOptimized{.mlp_ratio = 34.0 / 13, .qkv_bias = false, .layer_scale = true};
constexpr VitOptions kSiglip{.act = nn::Act::kGeluTanh};

// name, {name, patch, width, depth, heads}
constexpr NaflexvitVariant kNaflexvitVariants[] = {
    {"naflexvit_base_patch16_gap", {"", 16, 768, 12, 12, with(kScaled, 4, VitPool::kAvg)}},
    {"naflexvit_base_patch16_par_gap", {"", 16, 768, 12, 12, with(kScaled, 4, VitPool::kAvg)}, true},
    {"naflexvit_base_patch16_parfac_gap", {"", 16, 768, 12, 12, with(kScaled, 4, VitPool::kAvg)}, true, true},
    {"naflexvit_base_patch16_map", {"", 16, 768, 12, 12, with(kScaled, 1, VitPool::kMap)}},
    {"naflexvit_so150m2_patch16_reg1_gap", {"", 16, 832, 21, 13, with(kShapeOptimized, 1, VitPool::kAvg)}},
    {"naflexvit_so150m2_patch16_reg1_map", {"", 16, 832, 21, 13, with(kShapeOptimized, 1, VitPool::kMap)}},
    {"naflexvit_base_patch16_siglip", {"", 16, 768, 12, 12, with(kSiglip, 0, VitPool::kMap)}},
    {"naflexvit_so400m_patch16_siglip",
     {"", 16, 1152, 27, 16, with({.mlp_ratio = 3.7362, .act = nn::Act::kGeluTanh}, 0, VitPool::kMap)}},
};
constexpr int64_t kGrid = 16;  // side of the learned tables

// A linear layer of patches with the colours last, as the convolution that it is: [batch, width, h, w].
ValueId project(Net& net, const Key& key, ValueId image, const Vit& vit) {
    const int64_t channels = net.channels(image), patch = vit.patch;
    const ValueId weight = net.computed(key / "weight", {vit.width, patch * patch * channels},
                                        {vit.width, channels, patch, patch}, [&](const Tensor& found) {
                                            return found.reshaped({vit.width, patch, patch, channels})
                                                .transposed(std::vector<int>{0, 3, 1, 2})
                                                .to_contiguous();
                                        });
    return net.conv(key, image,
                    {.out = vit.width, .kernel = patch, .stride = patch, .padding = 0, .bias = true}, weight);
}

// The first rows and columns of a table [1, h, w, width] as [1, grid.h * grid.w, width].
Tensor part_of(const Tensor& table, Size2 grid) {
    const int64_t columns = table.dim(2), width = table.dim(3);
    const std::vector<double> values = table.to_doubles();
    std::vector<double> result;
    for (int64_t y = 0; y < grid.h; ++y) {
        const auto row = values.begin() + y * columns * width;
        result.insert(result.end(), row, row + grid.w * width);
    }
    return tensor_from_doubles(DType::kF32, {1, grid.h * grid.w, width}, result);
}

// [1, h * w, width].
ValueId places(Net& net, Size2 grid, const NaflexvitVariant& v) {
    const int64_t width = v.vit.width;
    const Size2 whole = v.keep_aspect ? Size2(std::max(grid.h, grid.w)) : grid;
    if (!v.factorized)
        return net.computed(
            "embeds.pos_embed", {1, kGrid, kGrid, width}, {1, grid.h * grid.w, width},
            [&](const Tensor& found) { return part_of(nn::resample_bicubic(found, whole), grid); });
    const auto line = [&](const char* key, int64_t whole_length, int64_t length) {
        return net.computed(key, {1, kGrid, width}, {length, width}, [&](const Tensor& found) {
            const Tensor all = nn::resample_linear(found.reshaped({kGrid, width}), whole_length);
            return part_of(all.reshaped({1, 1, whole_length, width}), {1, length}).reshaped({length, width});
        });
    };
    const ValueId rows = net.unsqueeze(line("embeds.pos_embed_y", whole.h, grid.h), {1});
    return net.reshape(net.add(rows, line("embeds.pos_embed_x", whole.w, grid.w)),
                       {1, grid.h * grid.w, width});
}

}  // namespace

ValueId naflexvit(Net& net, std::string_view model, ValueId image) {
    const NaflexvitVariant& v = variant(net, kNaflexvitVariants, model);
    const Vit& vit = v.vit;
    const Size2 size = net.size(image), grid = nn::patch_grid(net, image, vit.patch);
    if (size.h % vit.patch != 0 || size.w % vit.patch != 0)
        net.fail_with(
            format("an input of {} x {} does not divide into patches of {}", size.h, size.w, vit.patch));
    ValueId x = net.tokens(project(net, "embeds.proj", image, vit));
    x = net.add(net.mark("embeds.proj", x), places(net, grid, v));
    if (vit.options.reg_tokens > 0)
        x = nn::prepend(net, net.param("embeds.reg_token", {1, vit.options.reg_tokens, vit.width}), x);
    x = vit_encode(net, net.mark("embeds", x), vit);
    return net.settings.features ? x : vit_head(net, x, vit);
}

}  // namespace lathe::zoo::timm
