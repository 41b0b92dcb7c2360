// 3x3 convolutions of codes by Winograd's filtering, exactly: products of integers of 11 and 12 bits, 4 of them for every 9
// of the definition.
#include <algorithm>
#include <cstring>

#include "run/cpu/integer_work.h"

namespace lathe::run::cpu {
namespace {

constexpr size_t kMatrices = 16, kTile = 2;

// (2 G) g (2 G)ᵀ of a channel's 9 weights.
void transform_weights(const int32_t (&g)[9], int32_t (&u)[kMatrices]) {
    const auto rows = [](const int32_t* w, int64_t stride, int32_t* to, int64_t to_stride) {
        const int32_t a = w[0], b = w[stride], c = w[2 * stride];
        to[0] = 2 * a;
        to[to_stride] = a + b + c;
        to[2 * to_stride] = a - b + c;
        to[3 * to_stride] = 2 * c;
    };
    int32_t half[12];  // [4, 3]
    for (int j = 0; j < 3; ++j) rows(g + j, 3, half + j, 3);
    for (int i = 0; i < 4; ++i) rows(half + i * 3, 1, u + i * 4, 1);
}

// [matrices, panels, pairs, panel, 2]
SharedBytes pack_weights(const LoweringContext& context, const IntegerGeometry& g,
                         const IntegerOperands& operands) {
    const auto panel = static_cast<size_t>(context.kernels.panel), panels = (g.columns + panel - 1) / panel,
               matrix = panels * panel * g.depth;
    const HeapBytes bytes(kMatrices * matrix * sizeof(int16_t));
    auto* packed = reinterpret_cast<int16_t*>(bytes.data.get());
    const std::byte* codes = operands.weights.bytes().data();
    const DType dtype = operands.weights.dtype();
    std::memset(packed, 0, bytes.size);
    context.pool.parallel_for(panels, [&](size_t p) {
        for (size_t i = 0; i < std::min(panel, g.columns - p * panel); ++i)
            for (size_t c = 0; c < g.depth; ++c) {
                const size_t column = p * panel + i;
                int32_t weights[9], u[kMatrices];
                for (size_t t = 0; t < 9; ++t)
                    weights[t] =
                        code_at(codes, dtype, (column * g.depth + c) * 9 + t) - operands.weight_zeros[column];
                transform_weights(weights, u);
                for (size_t j = 0; j < kMatrices; ++j)
                    packed[j * matrix + p * panel * g.depth + (c / 2 * panel + i) * 2 + c % 2] =
                        static_cast<int16_t>(u[j]);
            }
    });
    return bytes.freeze();
}

bool possible(const IntegerGeometry& g, const ops::ConvShape& shape) {
    constexpr size_t kLeastIn = 64, kLeastOut = 32, kMostIn = 900;  // 900 * 9 * 255 * 255 < 2^29
    const auto& axes = shape.window.axes;
    return axes.size() == 2 && g.groups == 1 && g.depth >= kLeastIn && g.depth <= kMostIn &&
           g.depth % 2 == 0 && g.columns >= kLeastOut && g.positions >= 16 &&
           std::ranges::all_of(axes,
                               [](const ops::WindowAxis& axis) {
                                   return axis.kernel == 3 && axis.stride == 1 && axis.dilation == 1;
                               }) &&
           g.x.strides[2] == g.x.strides[3] * g.x.shape[3];
}

struct Winograd {
    const Kernels& kernels;
    size_t in, out, positions, panel, panels, matrix;  // matrix: elements of a packed one
    size_t down, across, total, chunk;  // rows of tiles, tiles of a row; rows of all images, and at a time
    size_t v_stride, m_stride;
    View x, packed, v, m;
    IntegerOperands operands;
    IntegerEpilogue epilogue;
    IntegerLists lists;
    IntegerWinogradInput input;
    IntegerWinogradOutput output;

    Winograd(Lowering& lowering, const IntegerGeometry& g, const ops::ConvShape& shape,
             const IntegerOperands& the_operands, const IntegerEpilogue& the_epilogue)
        : kernels(lowering.kernels()),
          in(g.depth),
          out(g.columns),
          positions(g.positions),
          panel(static_cast<size_t>(kernels.panel)),
          panels((out + panel - 1) / panel),
          matrix(panels * panel * in),
          down((static_cast<size_t>(shape.out[0]) + 1) / kTile),
          across((static_cast<size_t>(shape.out[1]) + 1) / kTile),
          total(down * g.batch),
          x(g.x),
          operands(the_operands),
          epilogue(the_epilogue),
          lists(lowering, operands, epilogue, 1, out, panels * panel) {
        packed = lowering.packed(operands.weights_id,
                                 format("integer winograd {}{}", kernels.name, zeros_text(operands)),
                                 [&] { return pack_weights(lowering.c, g, operands); });
        operands.weights = {};
        // As many rows of tiles as the second cache holds with both sets of matrices, which lie a little apart.
        constexpr size_t kBytes = 512 << 10, kLeast = 48, kApart = 32;
        const size_t fit = std::max(kLeast, kBytes / (kMatrices * (2 * in + 4 * out)));
        chunk = std::min(total, std::max<size_t>(1, fit / across));
        v_stride = chunk * across * in + kApart;
        m_stride = chunk * across * out + kApart;
        v = lowering.scratch_floats(kMatrices * v_stride / 2);
        m = lowering.scratch_floats(kMatrices * m_stride);
        input = {.from = {nullptr, operands.dtype == DType::kI8, operands.zero, 1},
                 .height = shape.in[0],
                 .width = shape.in[1],
                 .channels = static_cast<int64_t>(in),
                 .pixel_stride = x.strides[3],
                 .pad_top = shape.window.axes[0].begin,
                 .pad_left = shape.window.axes[1].begin,
                 .tiles_across = static_cast<int64_t>(across),
                 .matrix_stride = static_cast<int64_t>(v_stride)};
        output = {.matrix_stride = static_cast<int64_t>(m_stride),
                  .channels = static_cast<int64_t>(out),
                  .tiles_across = static_cast<int64_t>(across),
                  .height = shape.out[0],
                  .width = shape.out[1],
                  .to = epilogue.kernel_result()};
    }

    std::vector<View> touched() const {
        std::vector<View> views = epilogue.touched();
        views.insert(views.end(), {x, packed, v, m});
        lists.add_touched(views);
        if (operands.run_zero) views.push_back(*operands.run_zero);
        return views;
    }

    int16_t* rows(const Run& run) const { return reinterpret_cast<int16_t*>(run.floats(v)); }

    void turn_input(const Run& run, int32_t zero, size_t begin, size_t line) const {
        const size_t image = (begin + line) / down, row = (begin + line) % down;
        IntegerWinogradInput one = input;
        one.from.codes = run.at<uint8_t>(x) + static_cast<int64_t>(image) * x.strides[0];
        one.from.zero = zero;
        one.v = rows(run) + line * across * in;
        kernels.integer_winograd_input(one, row * across, (row + 1) * across);
    }
    void multiply(const Run& run, size_t count, size_t j, size_t first, size_t last) const {
        IntegerProduct one{.a = rows(run) + j * v_stride,
                           .a_stride = static_cast<int64_t>(in),
                           .pairs = in / 2,
                           .columns = out,
                           .b = run.at<int16_t>(packed) + j * matrix,
                           .wide = true,
                           .to = {}};
        one.to.c = run.at<int32_t>(m) + j * m_stride;
        one.to.c_stride = static_cast<int64_t>(out);
        kernels.integer_product(one, 0, count * across, first, last);
    }
    void turn_output(const Run& run, size_t begin, size_t line) const {
        const size_t image = (begin + line) / down, row = (begin + line) % down;
        IntegerWinogradOutput one = output;
        one.m = run.at<int32_t>(m) + line * across * out;
        lists.set(run, 0, one.to);
        one.to.c = epilogue.at(run, image * positions * out);
        kernels.integer_winograd_output(one, row * across, (row + 1) * across);
        if (!epilogue.chain) return;
        const auto width = static_cast<size_t>(output.width);
        const size_t first = row * kTile * width, base = image * positions;
        epilogue.chain->run(run, kernels, base + first, base + std::min(positions, first + kTile * width), 0,
                            out);
    }

    void operator()(const Run& run) const {
        const int32_t zero = zero_of(run, operands);
        lists.prepare(run, epilogue);
        const size_t parts = std::min(panels, std::max<size_t>(1, (matrix * sizeof(int16_t)) >> 17));
        for (size_t begin = 0; begin < total; begin += chunk) {
            const size_t count = std::min(total - begin, chunk);
            run.threads.parallel_for(count, [&](size_t line) { turn_input(run, zero, begin, line); });
            run.threads.parallel_for(kMatrices * parts, [&](size_t task) {
                const size_t part = task % parts;
                multiply(run, count, task / parts, panels * part / parts, panels * (part + 1) / parts);
            });
            run.threads.parallel_for(count, [&](size_t line) { turn_output(run, begin, line); });
        }
    }
};

}  // namespace

bool add_integer_winograd_step(Lowering& lowering, const Group& group, const IntegerGeometry& geometry,
                               const ops::ConvShape& shape, const IntegerOperands& operands,
                               const IntegerEpilogue& epilogue) {
    if (!lowering.c.options.winograd || !possible(geometry, shape)) return false;
    auto work = std::make_shared<Winograd>(lowering, geometry, shape, operands, epilogue);
    lowering.add_step(lowering.describe(group, format("int8 winograd 2x2 {}", work->kernels.name)),
                      work->touched(), [work](const Run& run) -> Status {
                          (*work)(run);
                          return {};
                      });
    return true;
}

}  // namespace lathe::run::cpu
