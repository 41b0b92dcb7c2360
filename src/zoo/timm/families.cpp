#include "zoo/timm/families.h"

#include <algorithm>

#include "base/check.h"
#include "zoo/timm/models.h"

namespace lathe::zoo::timm {
namespace {

constexpr Family kFamilies[] = {
    {"beit", beit},
    {"byoanet", byoanet},
    {"byobnet", byobnet},
    {"cait", cait},
    {"coat", coat},
    {"convit", convit},
    {"convmixer", convmixer},
    {"convnext", convnext},
    {"cpubone", cpubone},
    {"crossvit", crossvit},
    {"csatv2", csatv2},
    {"cspnet", cspnet},
    {"davit", davit},
    {"deit", deit},
    {"densenet", densenet},
    {"dla", dla},
    {"dpn", dpn},
    {"edgenext", edgenext},
    {"efficientformer", efficientformer},
    {"efficientformer_v2", efficientformer_v2},
    {"efficientnet", efficientnet},
    {"efficientvit_mit", efficientvit_mit},
    {"efficientvit_msra", efficientvit_msra},
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
    {"nasnet", nasnet},
    {"nest", nest},
    {"nextvit", nextvit},
    {"nfnet", nfnet},
    {"pit", pit},
    {"pnasnet", pnasnet},
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
    {"swiftformer", swiftformer},
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
    {"vitamin", vitamin},
    {"volo", volo},
    {"vovnet", vovnet},
    {"xception", xception},
    {"xception_aligned", xception_aligned},
    {"xcit", xcit},
};

}  // namespace

std::span<const Family> all_families() { return kFamilies; }

const Family& family_of(const Model& model) {
    const auto found = std::ranges::find(kFamilies, model.family, &Family::name);
    CHECK(found != std::end(kFamilies), model.family);
    return *found;
}

}  // namespace lathe::zoo::timm
