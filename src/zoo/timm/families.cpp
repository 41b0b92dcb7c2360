#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

constexpr Family kFamilies[] = {
    {"beit", beit},
    {"byobnet", byobnet},
    {"cait", cait},
    {"convit", convit},
    {"convnext", convnext},
    {"cpubone", cpubone},
    {"crossvit", crossvit},
    {"cspnet", cspnet},
    {"deit", deit},
    {"densenet", densenet},
    {"dla", dla},
    {"dpn", dpn},
    {"edgenext", edgenext},
    {"efficientnet", efficientnet},
    {"efficientvit_mit", efficientvit_mit},
    {"eva", eva},
    {"fasternet", fasternet},
    {"fastvit", fastvit},
    {"gemma4_vit", gemma4_vit},
    {"ghostnet", ghostnet},
    {"hardcorenas", hardcorenas},
    {"hgnet", hgnet},
    {"hiera", hiera},
    {"hieradet_sam2", hieradet_sam2},
    {"hrnet", hrnet},
    {"inception_resnet_v2", inception_resnet_v2},
    {"inception_v3", inception_v3},
    {"inception_v4", inception_v4},
    {"levit", levit},
    {"mlp_mixer", mlp_mixer},
    {"mobilenetv3", mobilenetv3},
    {"mobilenetv5", mobilenetv5},
    {"mobilevit", mobilevit},
    {"naflexvit", naflexvit},
    {"nfnet", nfnet},
    {"pit", pit},
    {"regnet", regnet},
    {"repghost", repghost},
    {"repvit", repvit},
    {"res2net", res2net},
    {"resnest", resnest},
    {"resnet", resnet},
    {"resnetv2", resnetv2},
    {"rexnet", rexnet},
    {"selecsls", selecsls},
    {"senet", senet},
    {"shvit", shvit},
    {"sknet", sknet},
    {"starnet", starnet},
    {"swin_transformer", swin_transformer},
    {"swin_transformer_v2", swin_transformer_v2},
    {"tiny_vit", tiny_vit},
    {"tnt", tnt},
    {"tresnet", tresnet},
    {"vgg", vgg},
    {"vision_transformer", vision_transformer},
    {"vision_transformer_hybrid", vision_transformer_hybrid},
    {"vision_transformer_relpos", vision_transformer_relpos},
    {"vision_transformer_sam", vision_transformer_sam},
    {"volo", volo},
    {"vovnet", vovnet},
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
