// 3x3 convolutions by Winograd's minimal filtering: the image is cut into tiles, each becomes n numbers a channel, n products
// of matrices [tiles, in] and [in, out] stand for the convolution, and the results are turned back. Lavin & Gray, 2015.
#include <algorithm>

#include "run/cpu/conv.h"
#include "run/cpu/winograd_weights.h"

namespace lathe::run::cpu {
namespace {

struct Tiles {
    int tile = 4;
    size_t matrices = 36, down = 0, across = 0;
    size_t of_image() const { return down * across; }
};

Tiles tiles_of(const Conv& conv, int tile) {
    const auto cut = [&](int64_t size) { return static_cast<size_t>((size + tile - 1) / tile); };
    return {tile, static_cast<size_t>((tile + 2) * (tile + 2)), cut(conv.shape.out[0]),
            cut(conv.shape.out[1])};
}

// Nanoseconds on one core, roughly: products near the peak, weights from memory, transforms from caches.
double cost(double flops, double weights, double moved, const Kernels& kernels) {
    constexpr double kFlopsOfLane = 12, kMemory = 20, kCaches = 30;
    return flops / (kFlopsOfLane * kernels.lanes) + 4 * weights / kMemory + 4 * moved / kCaches;
}

double cost_of(const Conv& conv, const Tiles& tiles, double batch) {
    const auto in = static_cast<double>(conv.channels_in), out = static_cast<double>(conv.channels_out),
               n = static_cast<double>(tiles.matrices), count = static_cast<double>(tiles.of_image()) * batch,
               positions = static_cast<double>(conv.positions) * batch;
    return cost(2 * n * count * in * out, n * in * out, (n * count + positions) * (in + out), *conv.kernels);
}

double direct_cost(const Conv& conv, double batch) {
    const auto in = static_cast<double>(conv.channels_in), out = static_cast<double>(conv.channels_out);
    const double positions = static_cast<double>(conv.positions) * batch;
    return cost(18 * positions * in * out, 9 * in * out, 0, *conv.kernels);
}

SharedBytes pack_weights(const Lowering& lowering, const Conv& conv, const Tiles& tiles) {
    const Kernels& kernels = *conv.kernels;
    const auto in = static_cast<size_t>(conv.channels_in), out = static_cast<size_t>(conv.channels_out);
    const auto panel = static_cast<size_t>(kernels.panel), panels = (out + panel - 1) / panel,
               matrix = panels * panel * in;
    const Tensor plain = conv.weights(lowering);
    const auto* weights = reinterpret_cast<const float*>(plain.bytes().data());
    const HeapBytes bytes(tiles.matrices * matrix * sizeof(float));
    auto* to = reinterpret_cast<float*>(bytes.data.get());
    // A panel at a time: its columns of all matrices.
    lowering.c.pool.parallel_for(panels, [&](size_t p) {
        const size_t width = std::min(panel, out - p * panel);
        std::vector<float> u(tiles.matrices * in * width);
        winograd_weights(tiles.tile, weights + p * panel * in * 9, width, in, u.data(), 0, in);
        for (size_t j = 0; j < tiles.matrices; ++j)
            kernels.pack_panels(u.data() + j * in * width, static_cast<int64_t>(width), 1, in, width,
                                to + j * matrix + p * panel * in, 0, 1);
    });
    return bytes.freeze();
}

bool possible(const Conv& conv) {
    const auto& axes = conv.shape.window.axes;
    return axes.size() == 2 && conv.shape.groups == 1 &&
           std::ranges::all_of(axes,
                               [](const ops::WindowAxis& axis) {
                                   return axis.kernel == 3 && axis.stride == 1 && axis.dilation == 1;
                               }) &&
           conv.x.strides[2] == conv.x.strides[3] * conv.x.shape[3];
}

}  // namespace

bool lower_winograd(Lowering& lowering, const Group& group, const Conv& conv, std::vector<float>& bias) {
    if (!lowering.c.options.winograd || !possible(conv) || conv.channels_in < 16 || conv.channels_out < 16)
        return false;
    const BatchPart& part = lowering.c.part;
    const auto batch = static_cast<double>(conv.shape.batch * part.whole / part.images);
    Tiles tiles = tiles_of(conv, 4);
    if (const Tiles two = tiles_of(conv, 2); cost_of(conv, two, batch) < cost_of(conv, tiles, batch))
        tiles = two;
    if (cost_of(conv, tiles, batch) > 0.9 * direct_cost(conv, batch)) return false;

    const Kernels& kernels = lowering.kernels();
    const auto in = static_cast<size_t>(conv.channels_in), out = static_cast<size_t>(conv.channels_out);
    const auto panel = static_cast<size_t>(kernels.panel), panels = (out + panel - 1) / panel,
               matrix = panels * panel * in;
    const View packed = lowering.packed(conv.weights_id, format("winograd {} {}", tiles.tile, kernels.name),
                                        [&] { return pack_weights(lowering, conv, tiles); });
    const Epilogue epilogue = make_epilogue(lowering, group, channels_last(4), 1, std::move(bias));
    const auto bias_at = bias_view(lowering, epilogue, out);
    // As many rows of tiles at a time as the caches hold with both sets of matrices. The matrices lie a little apart, or
    // all of them would fall into the same sets of a cache.
    constexpr size_t kBytes = 768 << 10, kLeast = 48, kApart = 16;
    const size_t total = tiles.down * static_cast<size_t>(conv.shape.batch);
    const size_t fit = std::max(kLeast, kBytes / (tiles.matrices * (in + out) * sizeof(float)));
    const size_t chunk = std::min(total, std::max<size_t>(1, fit / tiles.across));
    const size_t v_stride = chunk * tiles.across * in + kApart,
                 m_stride = chunk * tiles.across * out + kApart;
    const View v = lowering.scratch_floats(tiles.matrices * v_stride),
               m = lowering.scratch_floats(tiles.matrices * m_stride);
    std::vector<View> touched = epilogue.touched();
    touched.insert(touched.end(), {conv.x, packed, v, m});
    if (bias_at) touched.push_back(*bias_at);

    const WinogradInput input{.tile = tiles.tile,
                              .height = conv.shape.in[0],
                              .width = conv.shape.in[1],
                              .channels = conv.channels_in,
                              .pixel_stride = conv.x.strides[3],
                              .pad_top = conv.shape.window.axes[0].begin,
                              .pad_left = conv.shape.window.axes[1].begin,
                              .tiles_across = static_cast<int64_t>(tiles.across),
                              .matrix_stride = static_cast<int64_t>(v_stride)};
    const WinogradOutput output{.tile = tiles.tile,
                                .matrix_stride = static_cast<int64_t>(m_stride),
                                .channels = conv.channels_out,
                                .low = epilogue.low,
                                .high = epilogue.high,
                                .tiles_across = static_cast<int64_t>(tiles.across),
                                .height = conv.shape.out[0],
                                .width = conv.shape.out[1],
                                .pixel_stride = conv.channels_out};
    const size_t positions = conv.positions, width = static_cast<size_t>(conv.shape.out[1]);
    const size_t parts = std::min(panels, std::max<size_t>(1, (in * panel * panels * sizeof(float)) >> 18));
    lowering.add_step(
        lowering.describe(group, format("winograd {0}x{0} {1}", tiles.tile, kernels.name)), touched,
        [=, &kernels, x = conv.x](const Run& run) -> Status {
            for (size_t begin = 0; begin < total; begin += chunk) {
                const size_t count = std::min(total - begin, chunk);
                run.threads.parallel_for(count, [&](size_t line) {
                    const size_t image = (begin + line) / tiles.down, down = (begin + line) % tiles.down;
                    WinogradInput one = input;
                    one.input = run.floats(x) + static_cast<int64_t>(image) * x.strides[0];
                    one.v = run.floats(v) + line * tiles.across * in;
                    kernels.winograd_input(one, down * tiles.across, (down + 1) * tiles.across);
                });
                // Whole matrices, or parts of their panels.
                run.threads.parallel_for(tiles.matrices * parts, [&](size_t task) {
                    const size_t j = task / parts, part = task % parts;
                    Product one{.depth = in, .columns = out, .c_stride = static_cast<int64_t>(out)};
                    one.a = run.floats(v) + j * v_stride;
                    one.a_stride = static_cast<int64_t>(in);
                    one.b = run.floats(packed) + j * matrix;
                    one.c = run.floats(m) + j * m_stride;
                    kernels.product(one, 0, count * tiles.across, panels * part / parts,
                                    panels * (part + 1) / parts);
                });
                run.threads.parallel_for(count, [&](size_t line) {
                    const size_t image = (begin + line) / tiles.down, down = (begin + line) % tiles.down;
                    WinogradOutput one = output;
                    one.m = run.floats(m) + line * tiles.across * out;
                    one.bias = bias_at ? run.floats(*bias_at) : nullptr;
                    one.output = run.floats(epilogue.value) + image * positions * out;
                    kernels.winograd_output(one, down * tiles.across, (down + 1) * tiles.across);
                    if (!epilogue.chain) return;
                    const auto size = static_cast<size_t>(tiles.tile);
                    const size_t row = image * positions, first = down * size * width;
                    epilogue.chain->run(run, kernels, row + first,
                                        row + std::min(positions, first + size * width), 0, out);
                });
            }
            return {};
        });
    return true;
}

}  // namespace lathe::run::cpu
