// write_katago FILE SHAPE: a network file of KataGo's shape with weights by rule. SHAPE is b18c384nbt (18 nested bottlenecks of
// 384 channels) or b10c128 (10 blocks of two 3x3 convolutions, 128 channels).
#include <cmath>
#include <cstdio>

#include "formats/katago/katago.h"
#include "zoo/katago/katago.h"

namespace {

using namespace lathe;
using namespace lathe::zoo;

// Uniform, at the scale of a fresh network behind relu.
Tensor weights(Shape shape, uint64_t& state) {
    TensorBuilder builder(DType::kF32, shape);
    const double inputs = static_cast<double>(element_count(shape)) / static_cast<double>(shape[0]);
    const double width = std::sqrt(6 / inputs) * std::ldexp(1.0, -31);
    for (float& value : builder.values<float>()) {
        uint64_t z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        value = static_cast<float>(static_cast<int32_t>(z >> 32) * width);
    }
    return builder.finish();
}

katago::NormActConv layer(int64_t channels, double scale, uint64_t& state) {
    return {.norm = {.scale = Tensor::filled(DType::kF32, {channels}, scale),
                     .bias = Tensor::filled(DType::kF32, {channels}, 0)},
            .act = katago::Activation::kRelu,
            .conv = katago::Conv{.weight = weights({channels, channels, 3, 3}, state)}};
}

// The demonstration network with other blocks.
Result<graph::Checkpoint> plain_net(int64_t blocks, int64_t channels, std::string_view name) {
    const auto demo = katago::make_demo_net({.blocks = 1, .channels = channels});
    TRY(katago::Net net, katago::load(demo));
    net.trunk.blocks.clear();
    uint64_t state = 1;
    for (int64_t i = 0; i < blocks; ++i) {
        const double scale = 1 / std::sqrt(static_cast<double>(i + 1));
        net.trunk.blocks.push_back(
            {{}, katago::Chain{{layer(channels, scale, state), layer(channels, 1, state)}}});
    }
    return katago::to_records(net, name);
}

Status write(const std::string& path, const std::string& shape) {
    long long blocks = 0, channels = 0;
    char kind[4] = "";
    const int found = std::sscanf(shape.c_str(), "b%lldc%lld%3s", &blocks, &channels, kind);
    const bool nested = std::string_view(kind) == "nbt";
    if (found < 2 || (found == 3 && !nested) || blocks < 1 || blocks > 100 || channels < 24 ||
        channels > 2048)
        return fail("'{}' is no shape; write for example b10c128 or b18c384nbt", shape);
    if (nested)
        return formats::write_katago(katago::make_demo_net({.blocks = blocks, .channels = channels}), path);
    TRY(const auto records, plain_net(blocks, channels, shape));
    return formats::write_katago(records, path);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: write_katago FILE SHAPE\n");
        return 2;
    }
    const auto written = write(arguments[1], arguments[2]);
    if (!written) std::fprintf(stderr, "write_katago: %s\n", written.error().message.c_str());
    return written ? 0 : 1;
}
