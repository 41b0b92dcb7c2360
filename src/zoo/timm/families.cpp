#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

constexpr Family kFamilies[] = {
    {"deit", deit},
    {"densenet", densenet},
    {"efficientnet", efficientnet},
    {"regnet", regnet},
    {"resnet", resnet},
    {"vgg", vgg},
    {"vision_transformer", vision_transformer},
};

}  // namespace

std::span<const Family> all_families() { return kFamilies; }

const Family* find_family(std::string_view name) {
    for (const Family& family : kFamilies)
        if (family.name == name) return &family;
    return nullptr;
}

}  // namespace lathe::zoo::timm
