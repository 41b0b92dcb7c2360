#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

constexpr Family kFamilies[] = {
    {"cait", cait},
    {"convit", convit},
    {"crossvit", crossvit},
    {"deit", deit},
    {"densenet", densenet},
    {"efficientnet", efficientnet},
    {"eva", eva},
    {"gemma4_vit", gemma4_vit},
    {"hiera", hiera},
    {"inception_resnet_v2", inception_resnet_v2},
    {"inception_v3", inception_v3},
    {"inception_v4", inception_v4},
    {"mlp_mixer", mlp_mixer},
    {"naflexvit", naflexvit},
    {"pit", pit},
    {"regnet", regnet},
    {"resnet", resnet},
    {"tnt", tnt},
    {"fasternet", fasternet},
    {"ghostnet", ghostnet},
    {"hardcorenas", hardcorenas},
    {"hgnet", hgnet},
    {"mobilenetv3", mobilenetv3},
    {"mobilenetv5", mobilenetv5},
    {"regnet", regnet},
    {"repghost", repghost},
    {"repvit", repvit},
    {"resnet", resnet},
    {"rexnet", rexnet},
    {"shvit", shvit},
    {"starnet", starnet},
    {"vgg", vgg},
    {"vision_transformer", vision_transformer},
    {"volo", volo},
    {"xception", xception},
    {"xception_aligned", xception_aligned},
    {"xcit", xcit},
};

}  // namespace

std::span<const Family> all_families() { return kFamilies; }

const Family* find_family(std::string_view name) {
    for (const Family& family : kFamilies)
        if (family.name == name) return &family;
    return nullptr;
}

}  // namespace lathe::zoo::timm
