// How fast the CPU engine's kernels are on one thread, for every instruction set of this processor, on the shapes of image
// networks; beside the processor's own limit, the fused multiplications and additions of a loop in registers.
// --filter TEXT: only lines that contain it ("avx2", "winograd", "56x56").
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>
#include <string>
#include <vector>

#include "run/cpu/kernels/kernels.h"
#include "run/cpu/winograd_weights.h"

namespace {

using namespace lathe::run::cpu;

std::string filter;

// Processor seconds of one run of `work`: the best of many.
template <class Work>
double best_seconds(const Work& work) {
    const auto seconds_of = [&](int runs) {
        const std::clock_t start = std::clock();
        for (int i = 0; i < runs; ++i) work();
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    };
    int runs = 1;
    while (seconds_of(runs) < 1e-3 && runs < 1 << 20) runs *= 2;
    double best = 1e9;
    for (int i = 0; i < 25; ++i) best = std::min(best, seconds_of(runs) / runs);
    return best;
}

// Aligned as the engine's memory is.
template <class T>
struct Aligned {
    using value_type = T;
    static T* allocate(size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{64}));
    }
    static void deallocate(T* p, size_t) { ::operator delete(p, std::align_val_t{64}); }
    bool operator==(const Aligned&) const { return true; }
};
using Numbers = std::vector<float, Aligned<float>>;

Numbers numbers(size_t count) {
    Numbers result(count);
    for (size_t i = 0; i < count; ++i) result[i] = static_cast<float>(i * 2654435761u % 2001) / 1000 - 1;
    return result;
}

// Sums enough to hide the latency; the loop holds nothing else.
using Floats4 [[gnu::vector_size(16)]] = float;
using Floats8 [[gnu::vector_size(32)]] = float;
using Floats16 [[gnu::vector_size(64)]] = float;
template <class Floats>
[[gnu::always_inline]] inline float multiply_add(int rounds) {
    Floats sums[12], x = Floats{} + 0.5f;
    for (Floats& sum : sums) sum = Floats{} + 1.0f;
    for (int i = 0; i < rounds; ++i)
#pragma GCC unroll 12
        for (int j = 0; j < 12; ++j) sums[j] = sums[j] * x + x;
    float total = 0;
    for (const Floats& sum : sums) total += sum[0];
    return total;
}
#ifdef __x86_64__
[[gnu::target("avx512f,fma"), gnu::noinline]] float multiply_add_16(int rounds) {
    return multiply_add<Floats16>(rounds);
}
[[gnu::target("avx2,fma"), gnu::noinline]] float multiply_add_8(int rounds) {
    return multiply_add<Floats8>(rounds);
}
#endif
float multiply_add_of(int lanes, int rounds) {
#ifdef __x86_64__
    if (lanes == 16) return multiply_add_16(rounds);
    if (lanes == 8) return multiply_add_8(rounds);
#endif
    return multiply_add<Floats4>(rounds);
}

class Bench {
public:
    explicit Bench(const Kernels& kernels) : k_(kernels) {
        volatile int rounds = 20000;  // so that no run is taken for another's
        volatile float sink = 0;
        const double seconds = best_seconds([&] { sink = multiply_add_of(k_.lanes, rounds); });
        peak_ = 2.0 * 12 * rounds * k_.lanes / seconds;
        std::printf("%s: %.1f GFLOP/s at most\n", k_.name, peak_ * 1e-9);
    }

    void product(size_t rows, size_t depth, size_t columns) const {
        const std::string name = text("product %zu x %zu x %zu", rows, depth, columns);
        if (!wanted(name)) return;
        const Numbers a = numbers(rows * depth), b = packed(depth, columns), bias = numbers(columns + 64);
        Numbers c(rows * columns);
        const Product p{.a = a.data(),
                        .a_stride = static_cast<int64_t>(depth),
                        .depth = depth,
                        .columns = columns,
                        .b = b.data(),
                        .bias = bias.data(),
                        .c = c.data(),
                        .c_stride = static_cast<int64_t>(columns)};
        const double seconds = best_seconds([&] { k_.product(p, 0, rows, 0, panels(columns)); });
        print(name, seconds, 2.0 * static_cast<double>(rows * depth * columns),
              4.0 * static_cast<double>(b.size() + a.size() + c.size()));
    }

    // Of a matrix [depth, columns], or [columns, depth].
    void pack(size_t depth, size_t columns, bool transposed) const {
        const std::string name =
            text(transposed ? "pack %zu x %zu, transposed" : "pack %zu x %zu", depth, columns);
        if (!wanted(name)) return;
        const Numbers b = numbers(depth * columns);
        Numbers to = packed(depth, columns);
        const int64_t row_stride = transposed ? 1 : static_cast<int64_t>(columns),
                      column_stride = transposed ? static_cast<int64_t>(depth) : 1;
        const double seconds = best_seconds([&] {
            k_.pack_panels(b.data(), row_stride, column_stride, depth, columns, to.data(), 0,
                           panels(columns));
        });
        print(name, seconds, 0, 8.0 * static_cast<double>(b.size()));
    }

    // 3x3, step 1 and padding 1; by tiles of 0: by product, else by Winograd.
    void convolution(size_t side, size_t in, size_t out, int tile) const {
        const std::string name =
            text(tile == 0 ? "convolution %zux%zu %zu to %zu" : "winograd %zux%zu %zu to %zu", side, side, in,
                 out) +
            (tile == 0   ? ""
             : tile == 2 ? ", tile 2"
                         : ", tile 4");
        if (!wanted(name)) return;
        if (tile == 0) by_product(name, side, in, out);
        else by_winograd(name, side, in, out, static_cast<size_t>(tile));
    }

    void depthwise(size_t side, size_t channels, size_t window, size_t step) const {
        const std::string name = text("depthwise %zux%zu of %zu, window %zu", side, side, channels, window) +
                                 (step == 2 ? ", step 2" : "");
        if (!wanted(name)) return;
        const size_t output_side = side / step, pixels = output_side * output_side, taps = window * window;
        const std::vector<int32_t> offsets = window_offsets(side, channels, window, step);
        const Numbers input = numbers(side * side * channels), weights = numbers(taps * channels),
                      zeros(channels);
        Numbers output(pixels * channels);
        const Depthwise d{.input = input.data(),
                          .offsets = offsets.data(),
                          .offset_stride = static_cast<int64_t>(pixels),
                          .zeros = zeros.data(),
                          .taps = taps,
                          .channels = channels,
                          .weights = weights.data(),
                          .bias = zeros.data(),
                          .output = output.data(),
                          .output_stride = static_cast<int64_t>(channels)};
        const double seconds = best_seconds([&] { k_.depthwise(d, 0, pixels); });
        print(name, seconds, 2.0 * static_cast<double>(pixels * channels * taps),
              4.0 * static_cast<double>(input.size() + output.size()));
    }

    void pool(size_t side, size_t channels, size_t window, size_t step, Pool::Kind kind) const {
        const std::string name = text(kind == Pool::kMax ? "max pool %zux%zu of %zu, window %zu"
                                                         : "sum pool %zux%zu of %zu, window %zu",
                                      side, side, channels, window);
        if (!wanted(name)) return;
        const size_t output_side = side / step, pixels = output_side * output_side, taps = window * window;
        const std::vector<int32_t> offsets = window_offsets(side, channels, window, step);
        const Numbers input = numbers(side * side * channels), factors = numbers(pixels);
        Numbers output(pixels * channels);
        const Pool p{.kind = kind,
                     .input = input.data(),
                     .offsets = offsets.data(),
                     .offset_stride = static_cast<int64_t>(pixels),
                     .factors = factors.data(),
                     .taps = taps,
                     .channels = channels,
                     .output = output.data(),
                     .output_stride = static_cast<int64_t>(channels)};
        const double seconds = best_seconds([&] { k_.pool(p, 0, pixels); });
        print(name, seconds, static_cast<double>(pixels * channels * taps),
              4.0 * static_cast<double>(input.size() + output.size()));
    }

    // [outer, rows, columns] to [outer, columns, rows]
    void transpose(size_t outer, size_t rows, size_t columns, size_t element_bytes) const {
        const std::string name =
            text("transpose %zu x %zu x %zu of %zu bytes", outer, rows, columns, element_bytes);
        if (!wanted(name)) return;
        const size_t count = outer * rows * columns;
        const Numbers from = numbers(count * element_bytes / 4 + 1);
        Numbers to(from.size());
        const int64_t r = static_cast<int64_t>(rows), c = static_cast<int64_t>(columns),
                      o = static_cast<int64_t>(outer);
        const Copy copy{.rank = 3,
                        .element_bytes = element_bytes,
                        .shape = {o, c, r},
                        .from_strides = {r * c, 1, c},
                        .to_strides = {r * c, r, 1},
                        .from = from.data(),
                        .to = to.data()};
        const double seconds = best_seconds([&] { k_.copy(copy, 0, outer); });
        const double plain =
            best_seconds([&] { std::memcpy(to.data(), from.data(), count * element_bytes); });
        print(name + text(" (memcpy: %.1f GB/s)",
                          2.0 * static_cast<double>(count * element_bytes) / plain * 1e-9),
              seconds, 0, 2.0 * static_cast<double>(count * element_bytes));
    }

private:
    template <class... Args>
    static std::string text(const char* format, Args... args) {
        char buffer[200];
        std::snprintf(buffer, sizeof buffer, format, args...);
        return buffer;
    }
    bool wanted(const std::string& name) const {
        return (std::string(k_.name) + " " + name).find(filter) != std::string::npos;
    }
    void print(const std::string& name, double seconds, double flops, double bytes) const {
        std::printf("%-6s %-58s %9.3f ms %7.1f GFLOP/s %5.1f %% %6.1f GB/s\n", k_.name, name.c_str(),
                    seconds * 1e3, flops / seconds * 1e-9, 100 * flops / seconds / peak_,
                    bytes / seconds * 1e-9);
        std::fflush(stdout);
    }
    size_t panels(size_t columns) const {
        const size_t panel = static_cast<size_t>(k_.panel);
        return (columns + panel - 1) / panel;
    }
    Numbers packed(size_t depth, size_t columns) const {
        return numbers(panels(columns) * static_cast<size_t>(k_.panel) * depth);
    }
    static std::vector<int32_t> window_offsets(size_t side, size_t channels, size_t window, size_t step) {
        std::vector<int32_t> offsets;
        for (size_t t = 0; t < window * window; ++t)
            for (size_t y = 0; y + step <= side; y += step)
                for (size_t x = 0; x + step <= side; x += step) {
                    const size_t row = y + t / window - window / 2, column = x + t % window - window / 2;
                    offsets.push_back(row < side && column < side
                                          ? static_cast<int32_t>((row * side + column) * channels)
                                          : kPadding);
                }
        return offsets;
    }

    void by_product(const std::string& name, size_t side, size_t in, size_t out) const {
        const size_t pixels = side * side;
        const std::vector<int32_t> offsets = window_offsets(side, in, 3, 1);
        const Numbers input = numbers(pixels * in), b = packed(9 * in, out), bias = numbers(out + 64),
                      zeros(in);
        Numbers output(pixels * out);
        const Product p{.a = input.data(),
                        .offsets = offsets.data(),
                        .offset_stride = static_cast<int64_t>(pixels),
                        .zeros = zeros.data(),
                        .taps = 9,
                        .depth = in,
                        .columns = out,
                        .b = b.data(),
                        .bias = bias.data(),
                        .c = output.data(),
                        .c_stride = static_cast<int64_t>(out)};
        const double seconds = best_seconds([&] { k_.product(p, 0, pixels, 0, panels(out)); });
        print(name, seconds, 18.0 * static_cast<double>(pixels * in * out),
              4.0 * static_cast<double>(b.size()));
    }

    // The whole convolution, its share of the peak of plain flops; and each transform, by what it reads and writes.
    void by_winograd(const std::string& name, size_t side, size_t in, size_t out, size_t tile) const {
        const size_t across = (side + tile - 1) / tile, tiles = across * across, n = (tile + 2) * (tile + 2);
        const size_t v_stride = tiles * in + 16, m_stride = tiles * out + 16;
        const Numbers image = numbers(side * side * in), b = packed(in, out), bias = numbers(out + 64);
        Numbers u(n * b.size()), v(n * v_stride), m(n * m_stride), output(side * side * out);
        for (float& x : u) x = 0.01f;
        const auto s = [](size_t x) { return static_cast<int64_t>(x); };
        const WinogradInput input{.tile = static_cast<int>(tile),
                                  .input = image.data(),
                                  .height = s(side),
                                  .width = s(side),
                                  .channels = s(in),
                                  .pixel_stride = s(in),
                                  .pad_top = 1,
                                  .pad_left = 1,
                                  .tiles_across = s(across),
                                  .v = v.data(),
                                  .matrix_stride = s(v_stride)};
        const WinogradOutput back{.tile = static_cast<int>(tile),
                                  .m = m.data(),
                                  .matrix_stride = s(m_stride),
                                  .channels = s(out),
                                  .bias = bias.data(),
                                  .low = 0,
                                  .tiles_across = s(across),
                                  .output = output.data(),
                                  .height = s(side),
                                  .width = s(side),
                                  .pixel_stride = s(out)};
        const auto products = [&] {
            for (size_t j = 0; j < n; ++j)
                k_.product({.a = v.data() + j * v_stride,
                            .a_stride = s(in),
                            .depth = in,
                            .columns = out,
                            .b = u.data() + j * b.size(),
                            .c = m.data() + j * m_stride,
                            .c_stride = s(out)},
                           0, tiles, 0, panels(out));
        };
        const double whole = best_seconds([&] {
            k_.winograd_input(input, 0, tiles);
            products();
            k_.winograd_output(back, 0, tiles);
        });
        print(name, whole, 18.0 * static_cast<double>(side * side * in * out),
              4.0 * static_cast<double>(u.size()));
        print(name + ": input", best_seconds([&] { k_.winograd_input(input, 0, tiles); }), 0,
              4.0 * static_cast<double>(image.size() + v.size()));
        print(name + ": products", best_seconds(products), 2.0 * static_cast<double>(n * tiles * in * out),
              4.0 * static_cast<double>(u.size()));
        print(name + ": output", best_seconds([&] { k_.winograd_output(back, 0, tiles); }), 0,
              4.0 * static_cast<double>(output.size() + m.size()));
    }

    const Kernels& k_;
    double peak_;
};

void products(const Bench& bench) {
    constexpr size_t kShapes[][3] = {{12544, 64, 64},  {3136, 64, 64},   {3136, 64, 256},  {3136, 256, 64},
                                     {784, 128, 512},  {784, 512, 128},  {784, 512, 256},  {196, 256, 1024},
                                     {196, 1024, 256}, {196, 1024, 512}, {49, 512, 2048},  {49, 2048, 512},
                                     {197, 768, 768},  {197, 768, 2304}, {197, 768, 3072}, {197, 3072, 768},
                                     {361, 864, 96},   {361, 1152, 128}, {3136, 24, 72},   {784, 40, 120},
                                     {784, 144, 24},   {196, 40, 240},   {49, 576, 96},    {12544, 16, 64},
                                     {12544, 147, 64}, {1, 2048, 1000},  {1, 512, 1000},   {1, 768, 3072},
                                     {3, 768, 3072},   {8, 768, 3072},   {9, 1024, 1024}};
    for (const auto& [rows, depth, columns] : kShapes) bench.product(rows, depth, columns);
    for (const bool transposed : {false, true}) {
        bench.pack(768, 768, transposed);
        bench.pack(64, 197, transposed);
    }
}

void convolutions(const Bench& bench) {
    constexpr size_t kShapes[][3] = {{56, 64, 64}, {28, 128, 128}, {14, 256, 256}, {7, 512, 512},
                                     {19, 96, 96}, {19, 128, 128}, {19, 192, 192}};
    for (const auto& [side, in, out] : kShapes)
        for (const int tile : {0, 2, 4}) bench.convolution(side, in, out, tile);
}

void windows(const Bench& bench) {
    constexpr size_t kShapes[][4] = {{112, 32, 3, 1}, {112, 96, 3, 2}, {56, 144, 3, 1}, {56, 24, 3, 1},
                                     {28, 40, 5, 1},  {28, 72, 5, 1},  {28, 88, 3, 1},  {14, 112, 5, 1},
                                     {14, 200, 3, 1}, {14, 576, 3, 1}, {14, 672, 5, 1}, {7, 960, 3, 1},
                                     {7, 1152, 5, 1}, {56, 96, 7, 1},  {14, 384, 7, 1}, {7, 768, 7, 1}};
    for (const auto& [side, channels, window, step] : kShapes) bench.depthwise(side, channels, window, step);
    bench.pool(112, 64, 3, 2, Pool::kMax);
    bench.pool(56, 64, 3, 1, Pool::kSum);
}

void transposes(const Bench& bench) {
    constexpr size_t kShapes[][3] = {{1, 3, 50176}, {1, 50176, 3}, {1, 2048, 49},  {1, 64, 3136},
                                     {1, 3136, 64}, {1, 512, 784}, {1, 1024, 196}, {1, 49, 2048},
                                     {1, 22, 361},  {8, 128, 361}, {12, 197, 64}};
    for (const auto& [outer, rows, columns] : kShapes) bench.transpose(outer, rows, columns, 4);
    for (const size_t bytes : {1, 2, 8}) bench.transpose(1, 64, 3136, bytes);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--filter") == 0) filter = argv[2];
    else if (argc != 1) return std::fprintf(stderr, "usage: cpu_kernels [--filter TEXT]\n"), 2;
    for (const Kernels* kernels : available_kernels()) {
        const Bench bench(*kernels);
        products(bench);
        convolutions(bench);
        windows(bench);
        transposes(bench);
    }
}
