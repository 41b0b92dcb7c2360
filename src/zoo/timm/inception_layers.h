// What the Inception networks are put together from: rows of convolutions, each with its norm (epsilon 1e-3) and ReLU.
#pragma once
#include <initializer_list>

#include "zoo/nn/conv_norm_act.h"
#include "zoo/timm/families.h"

namespace lathe::zoo::timm {

// One convolution. `name` is empty in a row whose modules are numbered. kKeep: padded to keep the size at stride 1.
struct InceptionConv {
    enum Size : uint8_t { kKeep, kValid };
    std::string_view name;
    int64_t out;
    nn::Size2 kernel = 1;
    int64_t stride = 1;
    Size size = kKeep;
};

inline ValueId inception_conv(Net& net, const Key& key, ValueId x, const InceptionConv& c) {
    const nn::Size2 pad =
        c.size == InceptionConv::kValid ? nn::Size2(0) : nn::Size2(c.kernel.h / 2, c.kernel.w / 2);
    return conv_norm_act(net, key, x, {.out = c.out, .kernel = c.kernel, .stride = c.stride, .padding = pad},
                         nn::Act::kRelu, {.epsilon = 1e-3});
}
// One after the other at key/name, or at key/first, key/first+1, … where there are no names.
inline ValueId inception_row(Net& net, const Key& key, ValueId x, std::initializer_list<InceptionConv> row,
                             int64_t first = 0) {
    for (const InceptionConv& c : row)
        x = inception_conv(net, c.name.empty() ? key / first++ : key / c.name, x, c);
    return x;
}
inline ValueId average_3x3(Net& net, ValueId x, bool count_pads) {
    return net.avg_pool(x, {.kernel = 3, .stride = 1, .padding = 1, .count_include_pad = count_pads});
}
inline ValueId halve_by_max(Net& net, ValueId x) { return net.max_pool(x, {.kernel = 3, .stride = 2}); }

}  // namespace lathe::zoo::timm
