#include <cmath>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

struct ProductCase {
    size_t rows, taps, depth, columns;
    bool offsets, bias, add, clamped;
};

ProductCase random_product(Samples& s) {
    const bool offsets = s.chance(), add = s.chance(), large = s.size(0, 9) == 0;
    return {.rows = s.size(1, large ? 90 : 33),
            .taps = offsets ? s.size(1, 10) : 1,
            .depth = s.size(1, large && !offsets ? 1500 : 70),
            .columns = s.size(1, 100),
            .offsets = offsets,
            .bias = !add && s.chance(),
            .add = add,
            .clamped = s.chance()};
}

struct ProductOperands {
    Product product;
    std::vector<float> a, b, bias, zeros, packed, before;
    std::vector<int32_t> offsets;
    size_t a_stride, c_stride, panels;
};

ProductOperands make(const Kernels& kernels, const ProductCase& c, Samples& s) {
    ProductOperands o;
    const size_t panel = static_cast<size_t>(kernels.panel), depth = c.taps * c.depth;
    o.a_stride = c.depth + s.size(0, 5);
    o.c_stride = c.columns + s.size(0, 5);
    o.panels = (c.columns + panel - 1) / panel;
    o.a = s.numbers((c.rows - 1) * o.a_stride + c.depth);
    o.b = s.numbers(depth * c.columns);
    o.bias = s.numbers(o.panels * panel);
    o.zeros.resize(c.depth);
    o.before = s.numbers(c.rows * o.c_stride);
    Guarded<float> packed(o.panels * panel * depth);
    for (const auto& [first, last] : random_ranges(s, o.panels))
        kernels.pack_panels(o.b.data(), static_cast<int64_t>(c.columns), 1, depth, c.columns, packed.data(),
                            first, last);
    EXPECT_TRUE(packed.guards_untouched());
    o.packed.assign(packed.data(), packed.data() + packed.size());
    o.offsets.resize(c.taps * c.rows);
    for (int32_t& offset : o.offsets)
        offset = s.size(0, 5) == 0 ? kPadding : static_cast<int32_t>(s.size(0, c.rows - 1) * o.a_stride);
    o.product = {.a = o.a.data(), .a_stride = static_cast<int64_t>(o.a_stride)};
    if (c.offsets) {
        o.product.offsets = o.offsets.data();
        o.product.offset_stride = static_cast<int64_t>(c.rows);
        o.product.zeros = o.zeros.data();
    }
    o.product.taps = c.taps, o.product.depth = c.depth, o.product.columns = c.columns;
    o.product.b = o.packed.data();
    if (c.bias) o.product.bias = o.bias.data();
    o.product.c_stride = static_cast<int64_t>(o.c_stride);
    o.product.add = c.add;
    if (c.clamped) o.product.low = -0.5f, o.product.high = 0.75f;
    return o;
}

void expect_near(const ProductCase& c, const ProductOperands& o, size_t row, size_t column, float result) {
    double sum = c.bias  ? o.bias[column]
                 : c.add ? o.before[row * o.c_stride + column]
                         : 0,
           magnitude = std::abs(sum);
    for (size_t t = 0; t < c.taps; ++t) {
        const int32_t offset =
            c.offsets ? o.offsets[t * c.rows + row] : static_cast<int32_t>(row * o.a_stride);
        if (offset == kPadding) continue;
        for (size_t k = 0; k < c.depth; ++k) {
            const double product =
                double{o.a[static_cast<size_t>(offset) + k]} * o.b[(t * c.depth + k) * c.columns + column];
            sum += product;
            magnitude += std::abs(product);
        }
    }
    sum = std::min(double{o.product.high}, std::max(double{o.product.low}, sum));
    ASSERT_NEAR(result, sum, 1e-6 * magnitude) << "row " << row << ", column " << column;
}

void check_product(const Kernels& kernels, const ProductCase& c, Samples& s) {
    ProductOperands o = make(kernels, c, s);
    Guarded<float> whole(c.rows * o.c_stride), split(c.rows * o.c_stride);
    for (Guarded<float>* to : {&whole, &split})
        for (size_t i = 0; i < to->size() && c.add; ++i)
            if (i % o.c_stride < c.columns) (*to)[i] = o.before[i];
    o.product.c = whole.data();
    kernels.product(o.product, 0, c.rows, 0, o.panels);
    for (size_t r = 0; r < c.rows; ++r)
        for (size_t n = 0; n < o.c_stride; ++n) {
            if (n < c.columns) expect_near(c, o, r, n, whole[r * o.c_stride + n]);
            else ASSERT_TRUE(whole.untouched(r * o.c_stride + n)) << "row " << r << " after its columns";
            if (testing::Test::HasFatalFailure()) return;
        }
    EXPECT_TRUE(whole.guards_untouched());
    o.product.c = split.data();
    for (const auto& [first_panel, last_panel] : random_ranges(s, o.panels))
        for (const auto& [first, last] : random_ranges(s, c.rows))
            kernels.product(o.product, first, last, first_panel, last_panel);
    EXPECT_TRUE(whole == split);
}

TEST(Product, EqualsSumsInDouble) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(6);
        for (int i = 0; i < 250; ++i) {
            const ProductCase c = random_product(s);
            SCOPED_TRACE(testing::Message()
                         << kernels->name << ": " << c.rows << " rows, " << c.taps << " taps of " << c.depth
                         << ", " << c.columns << " columns; offsets, bias, add, clamped: " << c.offsets
                         << c.bias << c.add << c.clamped);
            check_product(*kernels, c, s);
            if (HasFailure()) return;
        }
    }
}

TEST(Product, PacksTransposedMatrices) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(7);
        const size_t depth = 37, columns = 45, panel = static_cast<size_t>(kernels->panel),
                     panels = (columns + panel - 1) / panel;
        const std::vector<float> b = s.numbers(columns * depth);  // [columns, depth]
        Guarded<float> packed(panels * panel * depth);
        kernels->pack_panels(b.data(), 1, static_cast<int64_t>(depth), depth, columns, packed.data(), 0,
                             panels);
        for (size_t i = 0; i < packed.size(); ++i) {
            const size_t column = i / (panel * depth) * panel + i % panel, k = i / panel % depth;
            ASSERT_EQ(packed[i], column < columns ? b[column * depth + k] : 0.0f)
                << kernels->name << " at " << i;
        }
        EXPECT_TRUE(packed.guards_untouched());
    }
}

}  // namespace
}  // namespace lathe::run::cpu
