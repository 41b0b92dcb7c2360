#include "zoo/nn/patch_embed.h"

namespace lathe::zoo::nn {
namespace {

ValueId project(Net& net, const Key& key, ValueId image, const PatchEmbed& e) {
    const Size2 size = net.size(image);
    if (size.h < e.patch.h || size.w < e.patch.w)
        net.fail_with(format("an input of {} x {} is smaller than a patch of {} x {}", size.h, size.w,
                             e.patch.h, e.patch.w));
    return net.conv(key / "proj", image,
                    {.out = e.width, .kernel = e.patch, .stride = e.patch, .padding = 0, .bias = e.bias});
}

}  // namespace

Size2 patch_grid(Net& net, ValueId image, Size2 patch) {
    const Size2 size = net.size(image);
    return {size.h / patch.h, size.w / patch.w};
}

ValueId patch_embed(Net& net, const Key& key, ValueId image, const PatchEmbed& e) {
    return net.mark(key, norm(net, key / "norm", net.tokens(project(net, key, image, e)), e.norm));
}

ValueId patch_embed_image(Net& net, const Key& key, ValueId image, const PatchEmbed& e) {
    return net.mark(key, norm_2d(net, key / "norm", project(net, key, image, e), e.norm));
}

ValueId patch_embed_channels_last(Net& net, const Key& key, ValueId image, const PatchEmbed& e) {
    return net.mark(key, norm(net, key / "norm", net.channels_last(project(net, key, image, e)), e.norm));
}

ValueId expand_batch(Net& net, ValueId token, ValueId like) {
    Dims shape = net.b.shape(token);
    if (shape.empty()) return kNoValue;
    shape[0] = net.batch(like);
    return net.expand(token, std::move(shape));
}

ValueId prepend(Net& net, ValueId token, ValueId x) {
    return net.concat({expand_batch(net, token, x), x}, 1);
}

}  // namespace lathe::zoo::nn
