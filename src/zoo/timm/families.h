// The families of timm: one file each, one function each. `model` is a name of the family; x is the image
// [batch, channels, height, width] of net.settings. The result is what timm's model returns: [batch, classes], or without
// a classifier the pooled features; with settings.features what forward_features returns.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "zoo/nn/head.h"
#include "zoo/nn/net.h"

namespace lathe::zoo::timm {

struct Model;

using nn::Key;
using nn::Net;
using nn::ValueId;

using BuildFamily = ValueId (*)(Net& net, std::string_view model, ValueId x);

struct Family {
    std::string_view name;
    BuildFamily build;
};

std::span<const Family> all_families();  // sorted by name
const Family& family_of(const Model& model);  // every family in the table of models is built

ValueId beit(Net& net, std::string_view model, ValueId x);
ValueId byoanet(Net& net, std::string_view model, ValueId x);
ValueId byobnet(Net& net, std::string_view model, ValueId x);
ValueId cait(Net& net, std::string_view model, ValueId x);
ValueId coat(Net& net, std::string_view model, ValueId x);
ValueId convit(Net& net, std::string_view model, ValueId x);
ValueId convmixer(Net& net, std::string_view model, ValueId x);
ValueId convnext(Net& net, std::string_view model, ValueId x);
ValueId cpubone(Net& net, std::string_view model, ValueId x);
ValueId crossvit(Net& net, std::string_view model, ValueId x);
ValueId csatv2(Net& net, std::string_view model, ValueId x);
ValueId cspnet(Net& net, std::string_view model, ValueId x);
ValueId davit(Net& net, std::string_view model, ValueId x);
ValueId deit(Net& net, std::string_view model, ValueId x);
ValueId densenet(Net& net, std::string_view model, ValueId x);
ValueId dla(Net& net, std::string_view model, ValueId x);
ValueId dpn(Net& net, std::string_view model, ValueId x);
ValueId edgenext(Net& net, std::string_view model, ValueId x);
ValueId efficientformer(Net& net, std::string_view model, ValueId x);
ValueId efficientformer_v2(Net& net, std::string_view model, ValueId x);
ValueId efficientnet(Net& net, std::string_view model, ValueId x);
ValueId efficientvit_mit(Net& net, std::string_view model, ValueId x);
ValueId efficientvit_msra(Net& net, std::string_view model, ValueId x);
ValueId eva(Net& net, std::string_view model, ValueId x);
ValueId fasternet(Net& net, std::string_view model, ValueId x);
ValueId fastvit(Net& net, std::string_view model, ValueId x);
ValueId focalnet(Net& net, std::string_view model, ValueId x);
ValueId gcvit(Net& net, std::string_view model, ValueId x);
ValueId gemma4_vit(Net& net, std::string_view model, ValueId x);
ValueId ghostnet(Net& net, std::string_view model, ValueId x);
ValueId hardcorenas(Net& net, std::string_view model, ValueId x);
ValueId hgnet(Net& net, std::string_view model, ValueId x);
ValueId hiera(Net& net, std::string_view model, ValueId x);
ValueId hieradet_sam2(Net& net, std::string_view model, ValueId x);
ValueId hrnet(Net& net, std::string_view model, ValueId x);
ValueId inception_next(Net& net, std::string_view model, ValueId x);
ValueId inception_resnet_v2(Net& net, std::string_view model, ValueId x);
ValueId inception_v3(Net& net, std::string_view model, ValueId x);
ValueId inception_v4(Net& net, std::string_view model, ValueId x);
ValueId levit(Net& net, std::string_view model, ValueId x);
ValueId mambaout(Net& net, std::string_view model, ValueId x);
ValueId maxxvit(Net& net, std::string_view model, ValueId x);
ValueId metaformer(Net& net, std::string_view model, ValueId x);
ValueId mlp_mixer(Net& net, std::string_view model, ValueId x);
ValueId mobilenetv3(Net& net, std::string_view model, ValueId x);
ValueId mobilenetv5(Net& net, std::string_view model, ValueId x);
ValueId mobilevit(Net& net, std::string_view model, ValueId x);
ValueId mvitv2(Net& net, std::string_view model, ValueId x);
ValueId naflexvit(Net& net, std::string_view model, ValueId x);
ValueId nasnet(Net& net, std::string_view model, ValueId x);
ValueId nest(Net& net, std::string_view model, ValueId x);
ValueId nextvit(Net& net, std::string_view model, ValueId x);
ValueId nfnet(Net& net, std::string_view model, ValueId x);
ValueId pit(Net& net, std::string_view model, ValueId x);
ValueId pnasnet(Net& net, std::string_view model, ValueId x);
ValueId pvt_v2(Net& net, std::string_view model, ValueId x);
ValueId rdnet(Net& net, std::string_view model, ValueId x);
ValueId regnet(Net& net, std::string_view model, ValueId x);
ValueId repghost(Net& net, std::string_view model, ValueId x);
ValueId repvit(Net& net, std::string_view model, ValueId x);
ValueId res2net(Net& net, std::string_view model, ValueId x);
ValueId resnest(Net& net, std::string_view model, ValueId x);
ValueId resnet(Net& net, std::string_view model, ValueId x);
ValueId resnetv2(Net& net, std::string_view model, ValueId x);
ValueId rexnet(Net& net, std::string_view model, ValueId x);
ValueId selecsls(Net& net, std::string_view model, ValueId x);
ValueId senet(Net& net, std::string_view model, ValueId x);
ValueId sequencer(Net& net, std::string_view model, ValueId x);
ValueId shvit(Net& net, std::string_view model, ValueId x);
ValueId sknet(Net& net, std::string_view model, ValueId x);
ValueId starnet(Net& net, std::string_view model, ValueId x);
ValueId swiftformer(Net& net, std::string_view model, ValueId x);
ValueId swin_transformer(Net& net, std::string_view model, ValueId x);
ValueId swin_transformer_v2(Net& net, std::string_view model, ValueId x);
ValueId swin_transformer_v2_cr(Net& net, std::string_view model, ValueId x);
ValueId tiny_vit(Net& net, std::string_view model, ValueId x);
ValueId tnt(Net& net, std::string_view model, ValueId x);
ValueId tresnet(Net& net, std::string_view model, ValueId x);
ValueId twins(Net& net, std::string_view model, ValueId x);
ValueId vgg(Net& net, std::string_view model, ValueId x);
ValueId visformer(Net& net, std::string_view model, ValueId x);
ValueId vision_transformer(Net& net, std::string_view model, ValueId x);
ValueId vision_transformer_hybrid(Net& net, std::string_view model, ValueId x);
ValueId vision_transformer_relpos(Net& net, std::string_view model, ValueId x);
ValueId vision_transformer_sam(Net& net, std::string_view model, ValueId x);
ValueId vitamin(Net& net, std::string_view model, ValueId x);
ValueId volo(Net& net, std::string_view model, ValueId x);
ValueId vovnet(Net& net, std::string_view model, ValueId x);
ValueId xception(Net& net, std::string_view model, ValueId x);
ValueId xception_aligned(Net& net, std::string_view model, ValueId x);
ValueId xcit(Net& net, std::string_view model, ValueId x);

// The row of a family's table of variants; a name that is in no row is an error of the graph.
template <class Variant>
const Variant& variant(Net& net, std::span<const Variant> table, std::string_view model) {
    for (const Variant& row : table)
        if (row.name == model) return row;
    net.fail_with(format("no variant of its family is called '{}'", model));
    return table[0];
}
template <class Variant, size_t kCount>
const Variant& variant(Net& net, const Variant (&table)[kCount], std::string_view model) {
    return variant(net, std::span<const Variant>(table), model);
}

}  // namespace lathe::zoo::timm
