#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

constexpr Family kFamilies[] = {
    {"beit", beit},
    {"byobnet", byobnet},
    {"cait", cait},
    {"convit", convit},
    {"convmixer", convmixer},
    {"convnext", convnext},
    {"cpubone", cpubone},
    {"crossvit", crossvit},
    {"cspnet", cspnet},
    {"davit", davit},
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
    {"focalnet", focalnet},
    {"gcvit", gcvit},
    {"gemma4_vit", gemma4_vit},
    {"ghostnet", ghostnet},
    {"hardcorenas", hardcorenas},
    {"hgnet", hgnet},
    {"hiera", hiera},
    {"hieradet_sam2", hieradet_sam2},
    {"hrnet", hrnet},
    {"inception_next", inception_next},
    {"inception_resnet_v2", inception_resnet_v2},
    {"inception_v3", inception_v3},
    {"inception_v4", inception_v4},
    {"levit", levit},
    {"mambaout", mambaout},
    {"maxxvit", maxxvit},
    {"metaformer", metaformer},
    {"mlp_mixer", mlp_mixer},
    {"mobilenetv3", mobilenetv3},
    {"mobilenetv5", mobilenetv5},
    {"mobilevit", mobilevit},
    {"mvitv2", mvitv2},
    {"naflexvit", naflexvit},
    {"nest", nest},
    {"nfnet", nfnet},
    {"pit", pit},
    {"pvt_v2", pvt_v2},
    {"rdnet", rdnet},
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
    {"sequencer", sequencer},
    {"shvit", shvit},
    {"sknet", sknet},
    {"starnet", starnet},
    {"swin_transformer", swin_transformer},
    {"swin_transformer_v2", swin_transformer_v2},
    {"swin_transformer_v2_cr", swin_transformer_v2_cr},
    {"tiny_vit", tiny_vit},
    {"tnt", tnt},
    {"tresnet", tresnet},
    {"twins", twins},
    {"vgg", vgg},
    {"visformer", visformer},
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
