// SelecSLS: Mehta et al., "XNect: Real-time Multi-Person 3D Motion Capture with a Single RGB Camera", 2019.
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {
namespace {

// Blocks of one width, the first of which strides; the last one makes other channels.
struct Group {
    int64_t width;
    int blocks;
    int64_t last;
};
struct Head {
    int64_t first, third, last, last_kernel;
};

struct SelecslsVariant {
    std::string_view name;
    std::array<Group, 3> groups;
    Head head;
};

constexpr std::array<Group, 3> k42{{{64, 2, 128}, {144, 2, 288}, {304, 2, 480}}};
constexpr std::array<Group, 3> k60{{{64, 2, 128}, {128, 3, 288}, {288, 4, 416}}};
constexpr std::array<Group, 3> k84{{{64, 2, 144}, {144, 5, 304}, {304, 6, 512}}};

constexpr SelecslsVariant kSelecslsVariants[] = {
    {"selecsls42", k42, {960, 1024, 1280, 1}}, {"selecsls42b", k42, {960, 1280, 1024, 1}},
    {"selecsls60", k60, {756, 1024, 1280, 1}}, {"selecsls60b", k60, {756, 1280, 1024, 1}},
    {"selecsls84", k84, {960, 1024, 1280, 3}},
};
constexpr int64_t kSelecslsStemWidth = 32, kHeadWidth = 1024;

ValueId conv(Net& net, const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t stride = 1) {
    x = net.batch_norm(key / 1, net.conv(key / 0, x, {.out = out, .kernel = kernel, .stride = stride}));
    return net.mark(key, net.act(x, nn::Act::kRelu));
}

// Gathers what it made on the way and, but for a group's first block (skip: none), what that one made.
ValueId block(Net& net, const Key& key, ValueId x, ValueId skip, int64_t width, int64_t out) {
    const ValueId d1 = conv(net, key / "conv1", x, width, 3, skip == nn::kNoValue ? 2 : 1);
    const ValueId d2 = conv(net, key / "conv3", conv(net, key / "conv2", d1, width, 1), width / 2, 3);
    const ValueId d3 = conv(net, key / "conv5", conv(net, key / "conv4", d2, width, 1), width / 2, 3);
    std::vector<ValueId> all{d1, d2, d3};
    if (skip != nn::kNoValue) all.push_back(skip);
    return conv(net, key / "conv6", net.concat(all, 1), out, 1);
}

}  // namespace

ValueId selecsls(Net& net, std::string_view model, ValueId x) {
    const SelecslsVariant& v = variant(net, kSelecslsVariants, model);
    x = conv(net, "stem", x, kSelecslsStemWidth, 3, 2);
    int number = 0;
    for (const Group& group : v.groups) {
        ValueId skip = nn::kNoValue;
        for (int i = 0; i < group.blocks; ++i) {
            x = block(net, Key("features") / number++, x, skip, group.width,
                      i + 1 == group.blocks ? group.last : group.width);
            if (i == 0) skip = x;
        }
    }
    x = conv(net, "head.0", x, v.head.first, 3, 2);
    x = conv(net, "head.1", x, kHeadWidth, 3);
    x = conv(net, "head.2", x, v.head.third, 3, 2);
    x = net.mark("head", conv(net, "head.3", x, v.head.last, v.head.last_kernel));
    if (net.settings.features) return x;  // [batch, C, H/64, W/64]
    return nn::classifier(net, "fc", net.mark("global_pool", net.global_avg_pool(x)));
}

}  // namespace lathe::zoo::timm
