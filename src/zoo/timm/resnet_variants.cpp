// The rows of ResNet's table.
#include "zoo/timm/resnet.h"

namespace lathe::zoo::timm {
namespace {

using enum ResNetBlock;
using enum nn::AntiAlias;

constexpr const ResNetStem &kResnetVariantsB = kStemB, &kLight = kStemLight, &kC = kStemC,
                           &kResnetVariantsS = kStemS, &kD = kStemD, &kE = kStemE, &kT = kStemT;
constexpr ResNetStem kTest{.kind = ResNetStem::kDeep, .width = 16, .average_down = true};
constexpr ResNetStem kRs{
    .kind = ResNetStem::kDeep, .width = 32, .average_down = true, .strided_convolution = true};

constexpr const auto &kBasics = kBasicBlocks, &kBottlenecks = kBottleneckBlocks;
constexpr std::array<ResNetBlock, 4> kMixed{kBasic, kBasic, kBottleneck, kBasic};

constexpr nn::ChannelAttention kPlain{};
constexpr nn::ChannelAttention kResnetVariantsSe{.kind = nn::ChannelAttention::kSe},
    kResnetVariantsEca{.kind = nn::ChannelAttention::kEca};
constexpr nn::ChannelAttention kResnetVariantsSeQuarter{.kind = nn::ChannelAttention::kSe, .ratio = 0.25};
constexpr ResNetGroups kDense{};
constexpr nn::NormAct kBatchNorm{}, kGroupNorm{.kind = nn::NormAct::kGroup};

constexpr PrunedWidths kPruned50 = {.outs = {19, 171, 818, 2022},
                                    .inner = {{47, 18},
                                              {52, 22},
                                              {64, 35},
                                              {85, 37},
                                              {107, 80},
                                              {120, 85},
                                              {125, 87},
                                              {198, 126},
                                              {255, 232},
                                              {256, 233},
                                              {253, 235},
                                              {256, 225},
                                              {256, 239},
                                              {492, 237},
                                              {512, 500},
                                              {512, 490}}};
constexpr PrunedWidths kPruned101 = {
    .outs = {26, 142, 278, 2042},
    .inner = {{45, 25},   {53, 20},   {60, 27},   {81, 24},   {93, 49},   {102, 54},  {122, 78},
              {101, 25},  {239, 160}, {234, 156}, {250, 176}, {253, 191}, {251, 175}, {230, 128},
              {244, 154}, {244, 159}, {238, 97},  {244, 149}, {253, 181}, {245, 119}, {255, 216},
              {256, 201}, {253, 149}, {254, 141}, {256, 190}, {256, 217}, {255, 156}, {256, 155},
              {256, 232}, {256, 214}, {499, 289}, {512, 512}, {512, 502}}};

constexpr ResNetVariant kResnetVariantsVariants[] = {
    {"resnet10t", {1, 1, 1, 1}, kBasics, kT},
    {"resnet14t", {1, 1, 1, 1}, kBottlenecks, kT},
    {"resnet18", {2, 2, 2, 2}, kBasics},
    {"resnet18d", {2, 2, 2, 2}, kBasics, kD},
    {"resnet34", {3, 4, 6, 3}, kBasics},
    {"resnet34d", {3, 4, 6, 3}, kBasics, kD},
    {"resnet26", {2, 2, 2, 2}, kBottlenecks},
    {"resnet26t", {2, 2, 2, 2}, kBottlenecks, kT},
    {"resnet26d", {2, 2, 2, 2}, kBottlenecks, kD},
    {"resnet50", {3, 4, 6, 3}, kBottlenecks},
    {"resnet50c", {3, 4, 6, 3}, kBottlenecks, kC},
    {"resnet50d", {3, 4, 6, 3}, kBottlenecks, kD},
    {"resnet50s", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsS},
    {"resnet50t", {3, 4, 6, 3}, kBottlenecks, kT},
    {"resnet101", {3, 4, 23, 3}, kBottlenecks},
    {"resnet101c", {3, 4, 23, 3}, kBottlenecks, kC},
    {"resnet101d", {3, 4, 23, 3}, kBottlenecks, kD},
    {"resnet101s", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsS},
    {"resnet152", {3, 8, 36, 3}, kBottlenecks},
    {"resnet152c", {3, 8, 36, 3}, kBottlenecks, kC},
    {"resnet152d", {3, 8, 36, 3}, kBottlenecks, kD},
    {"resnet152s", {3, 8, 36, 3}, kBottlenecks, kResnetVariantsS},
    {"resnet200", {3, 24, 36, 3}, kBottlenecks},
    {"resnet200d", {3, 24, 36, 3}, kBottlenecks, kD},
    {"wide_resnet50_2", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kPlain, {1, 128}},
    {"wide_resnet101_2", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {1, 128}},
    {"resnet50_gn", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kPlain, kDense, kNone, kGroupNorm},
    {"resnext50_32x4d", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kPlain, {32, 4}},
    {"resnext50d_32x4d", {3, 4, 6, 3}, kBottlenecks, kD, kPlain, {32, 4}},
    {"resnext101_32x4d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {32, 4}},
    {"resnext101_32x8d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {32, 8}},
    {"resnext101_32x16d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {32, 16}},
    {"resnext101_32x32d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {32, 32}},
    {"resnext101_64x4d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kPlain, {64, 4}},
    {"ecaresnet26t", {2, 2, 2, 2}, kBottlenecks, kT, kResnetVariantsEca},
    {"ecaresnet50d", {3, 4, 6, 3}, kBottlenecks, kD, kResnetVariantsEca},
    {"ecaresnet50d_pruned",
     {3, 4, 6, 3},
     kBottlenecks,
     kD,
     kResnetVariantsEca,
     kDense,
     kNone,
     kBatchNorm,
     &kPruned50},
    {"ecaresnet50t", {3, 4, 6, 3}, kBottlenecks, kT, kResnetVariantsEca},
    {"ecaresnetlight", {1, 1, 11, 3}, kBottlenecks, kLight, kResnetVariantsEca},
    {"ecaresnet101d", {3, 4, 23, 3}, kBottlenecks, kD, kResnetVariantsEca},
    {"ecaresnet101d_pruned",
     {3, 4, 23, 3},
     kBottlenecks,
     kD,
     kResnetVariantsEca,
     kDense,
     kNone,
     kBatchNorm,
     &kPruned101},
    {"ecaresnet200d", {3, 24, 36, 3}, kBottlenecks, kD, kResnetVariantsEca},
    {"ecaresnet269d", {3, 30, 48, 8}, kBottlenecks, kD, kResnetVariantsEca},
    {"ecaresnext26t_32x4d", {2, 2, 2, 2}, kBottlenecks, kT, kResnetVariantsEca, {32, 4}},
    {"ecaresnext50t_32x4d", {2, 2, 2, 2}, kBottlenecks, kT, kResnetVariantsEca, {32, 4}},
    {"seresnet18", {2, 2, 2, 2}, kBasics, kResnetVariantsB, kResnetVariantsSe},
    {"seresnet34", {3, 4, 6, 3}, kBasics, kResnetVariantsB, kResnetVariantsSe},
    {"seresnet50", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe},
    {"seresnet50t", {3, 4, 6, 3}, kBottlenecks, kT, kResnetVariantsSe},
    {"seresnet101", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe},
    {"seresnet152", {3, 8, 36, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe},
    {"seresnet152d", {3, 8, 36, 3}, kBottlenecks, kD, kResnetVariantsSe},
    {"seresnet200d", {3, 24, 36, 3}, kBottlenecks, kD, kResnetVariantsSe},
    {"seresnet269d", {3, 30, 48, 8}, kBottlenecks, kD, kResnetVariantsSe},
    {"seresnext26d_32x4d", {2, 2, 2, 2}, kBottlenecks, kD, kResnetVariantsSe, {32, 4}},
    {"seresnext26t_32x4d", {2, 2, 2, 2}, kBottlenecks, kT, kResnetVariantsSe, {32, 4}},
    {"seresnext50_32x4d", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe, {32, 4}},
    {"seresnext101_32x4d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe, {32, 4}},
    {"seresnext101_32x8d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe, {32, 8}},
    {"seresnext101d_32x8d", {3, 4, 23, 3}, kBottlenecks, kD, kResnetVariantsSe, {32, 8}},
    {"seresnext101_64x4d", {3, 4, 23, 3}, kBottlenecks, kResnetVariantsB, kResnetVariantsSe, {64, 4}},
    {"senet154",
     {3, 8, 36, 3},
     kBottlenecks,
     kResnetVariantsS,
     kResnetVariantsSe,
     {64, 4},
     kNone,
     kBatchNorm,
     nullptr,
     2,
     3},
    {"resnetblur18", {2, 2, 2, 2}, kBasics, kResnetVariantsB, kPlain, kDense, kBlur},
    {"resnetblur50", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kPlain, kDense, kBlur},
    {"resnetblur50d", {3, 4, 6, 3}, kBottlenecks, kD, kPlain, kDense, kBlur},
    {"resnetblur101d", {3, 4, 23, 3}, kBottlenecks, kD, kPlain, kDense, kBlur},
    {"resnetaa34d", {3, 4, 6, 3}, kBasics, kD, kPlain, kDense, kAvg},
    {"resnetaa50", {3, 4, 6, 3}, kBottlenecks, kResnetVariantsB, kPlain, kDense, kAvg},
    {"resnetaa50d", {3, 4, 6, 3}, kBottlenecks, kD, kPlain, kDense, kAvg},
    {"resnetaa101d", {3, 4, 23, 3}, kBottlenecks, kD, kPlain, kDense, kAvg},
    {"seresnetaa50d", {3, 4, 6, 3}, kBottlenecks, kD, kResnetVariantsSe, kDense, kAvg},
    {"seresnextaa101d_32x8d", {3, 4, 23, 3}, kBottlenecks, kD, kResnetVariantsSe, {32, 8}, kAvg},
    {"seresnextaa201d_32x8d", {3, 24, 36, 4}, kBottlenecks, kE, kResnetVariantsSe, {32, 8}, kAvg},
    {"resnetrs50", {3, 4, 6, 3}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs101", {3, 4, 23, 3}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs152", {3, 8, 36, 3}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs200", {3, 24, 36, 3}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs270", {4, 29, 53, 4}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs350", {4, 36, 72, 4}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"resnetrs420", {4, 44, 87, 4}, kBottlenecks, kRs, kResnetVariantsSeQuarter},
    {"test_resnet",
     {1, 1, 1, 1},
     kMixed,
     kTest,
     kPlain,
     kDense,
     kNone,
     kBatchNorm,
     nullptr,
     1,
     1,
     {32, 48, 48, 96}},
};

}  // namespace

std::span<const ResNetVariant> resnet_variants() { return kResnetVariantsVariants; }

}  // namespace lathe::zoo::timm
