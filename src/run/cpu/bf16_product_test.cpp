// Rows of bf16 and their products, against plain loops in double.
#include <cmath>

#include "base/number_codecs.h"
#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

std::vector<uint16_t> halves(Samples& s, size_t count) {
    std::vector<uint16_t> codes(count);
    for (uint16_t& code : codes) code = f32_to_bf16(s.number());
    return codes;
}

size_t whole(size_t size, size_t of) { return (size + of - 1) / of * of; }

TEST(Bf16, RowsAreRoundedAndFilledUp) {
    for (const Kernels* kernels : available_kernels()) {
        SCOPED_TRACE(kernels->name);
        Samples s(5);
        for (int round = 0; round < 60; ++round) {
            const bool offsets = s.chance();
            const size_t rows = s.size(1, 20), taps = offsets ? s.size(1, 9) : 1, depth = s.size(1, 50),
                         pixels = rows + s.size(1, 9), to_stride = whole(taps * depth, kBf16Depth);
            std::vector<float> a = s.numbers(pixels * depth);
            for (const float special :
                 {INFINITY, -INFINITY, 1e38f, 3.4e38f, 1e-42f, NAN, 0.0f, 1.00390625f, 1.01171875f})
                a[s.size(0, a.size() - 1)] = special;
            std::vector<int32_t> table(taps * rows);
            for (int32_t& offset : table)
                offset = s.size(0, 4) == 0 ? kPadding : static_cast<int32_t>(s.size(0, pixels - 1) * depth);
            if (offsets && taps > 2)
                table[rows] = table[0] + static_cast<int32_t>(table[0] == kPadding ? 0 : depth);
            for (int32_t& offset : table)
                if (offset > static_cast<int32_t>((pixels - 1) * depth)) offset = 0;
            Guarded<uint16_t> found(rows * to_stride);
            Narrowing n{.a = a.data(),
                        .a_stride = static_cast<int64_t>(depth),
                        .taps = taps,
                        .depth = depth,
                        .to_stride = static_cast<int64_t>(to_stride)};
            if (offsets) n.offsets = table.data(), n.offset_stride = static_cast<int64_t>(rows);
            for (const auto& [first, last] : random_ranges(s, rows)) {
                n.to = found.data() + first * to_stride;
                kernels->narrow(n, first, last);
            }
            EXPECT_TRUE(found.guards_untouched());
            for (size_t r = 0; r < rows; ++r)
                for (size_t k = 0; k < to_stride; ++k) {
                    const int32_t at = k >= taps * depth ? kPadding
                                       : offsets         ? table[k / depth * rows + r]
                                                         : static_cast<int32_t>(r * depth);
                    const float x = at == kPadding ? 0 : a[static_cast<size_t>(at) + k % depth];
                    const uint16_t code = found[r * to_stride + k];
                    if (std::isnan(x)) ASSERT_TRUE(std::isnan(bf16_to_f32(code)));
                    else ASSERT_EQ(code, f32_to_bf16(x)) << x << " in row " << r << ", column " << k;
                }
        }
    }
}

TEST(Bf16, ProductsEqualSumsInDouble) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(6);
        const auto panel = static_cast<size_t>(kernels->panel);
        for (int round = 0; round < 120; ++round) {
            const size_t rows = s.size(1, 90), columns = s.size(1, 140), used = s.size(1, 200),
                         depth = whole(used, kBf16Depth), panels = (columns + panel - 1) / panel,
                         c_stride = columns + s.size(0, 5), a_stride = depth + kBf16Depth * s.size(0, 1);
            SCOPED_TRACE(testing::Message()
                         << kernels->name << ": " << rows << " x " << used << " x " << columns);
            std::vector<uint16_t> a = halves(s, rows * a_stride), b(panels * panel * depth);
            for (size_t r = 0; r < rows; ++r)
                for (size_t k = used; k < depth; ++k) a[r * a_stride + k] = 0;
            const auto at = [&](size_t k, size_t n) {
                return ((n / panel * depth / 2 + k / 2) * panel + n % panel) * 2 + k % 2;
            };
            for (size_t k = 0; k < used; ++k)
                for (size_t n = 0; n < columns; ++n) b[at(k, n)] = f32_to_bf16(s.number());
            const std::vector<float> bias = s.numbers(panels * panel);
            const bool biased = s.chance(), clamped = s.chance();
            Bf16Product p{.a = a.data(),
                          .a_stride = static_cast<int64_t>(a_stride),
                          .depth = depth,
                          .columns = columns,
                          .b = b.data(),
                          .c_stride = static_cast<int64_t>(c_stride)};
            if (biased) p.bias = bias.data();
            if (clamped) p.low = -0.5f, p.high = 0.75f;
            Guarded<float> all(rows * c_stride), split(rows * c_stride);
            p.c = all.data();
            kernels->bf16_product(p, 0, rows, 0, panels);
            for (size_t r = 0; r < rows; ++r)
                for (size_t n = 0; n < c_stride; ++n) {
                    if (n >= columns) {
                        ASSERT_TRUE(all.untouched(r * c_stride + n));
                        continue;
                    }
                    double sum = biased ? bias[n] : 0, magnitude = std::abs(sum);
                    for (size_t k = 0; k < used; ++k) {
                        const double one =
                            double{bf16_to_f32(a[r * a_stride + k])} * bf16_to_f32(b[at(k, n)]);
                        sum += one;
                        magnitude += std::abs(one);
                    }
                    if (clamped) sum = std::min(0.75, std::max(-0.5, sum));
                    ASSERT_NEAR(all[r * c_stride + n], sum, 2e-6 * magnitude) << r << ", " << n;
                }
            EXPECT_TRUE(all.guards_untouched());
            p.c = split.data();
            for (const auto& [first_panel, last_panel] : random_ranges(s, panels))
                for (const auto& [first, last] : random_ranges(s, rows))
                    kernels->bf16_product(p, first, last, first_panel, last_panel);
            EXPECT_TRUE(all == split);
            if (HasFailure()) return;
        }
    }
}

}  // namespace
}  // namespace lathe::run::cpu
