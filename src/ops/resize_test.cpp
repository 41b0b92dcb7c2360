#include <cmath>

#include "ops/try_op.h"

namespace lathe::ops {
namespace {

Tensor square() { return f32s({1, 1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}); }
Tensor wide() { return f32s({1, 1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}); }

void expect_near(const Doubles& found, const Doubles& expected, const std::string& what,
                 double tolerance = 2e-6) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    for (size_t i = 0; i < found.size(); ++i)
        EXPECT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << what << " at " << i;
}

TEST(Resize, PublishedExamples) {
    // ONNX operator documentation, Resize: inputs and results as printed there.
    const auto check = [](const Tensor& x, const std::string& attrs, const Doubles& expected) {
        expect_near(values_by("resize", {x}, attrs), expected, attrs);
    };
    check(f32s({1, 1, 2, 2}, {1, 2, 3, 4}), "scales=[1.0, 1.0, 2.0, 3.0]",
          {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4});
    check(wide(), "scales=[1.0, 1.0, 0.6, 0.6]", {1, 3});
    check(wide(), "sizes=[1, 1, 1, 3]", {1, 2, 4});
    check(f32s({1, 1, 2, 2}, {1, 2, 3, 4}), "scales=[1.0, 1.0, 2.0, 2.0]; mode=\"linear\"",
          {1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4});
    check(wide(), "scales=[1.0, 1.0, 0.6, 0.6]; mode=\"linear\"", {2.6666665, 4.3333331});
    check(wide(),
          "scales=[1.0, 1.0, 0.6, 0.6]; mode=\"linear\"; coordinate_transformation_mode=\"align_corners\"",
          {1, 3.142857});
    check(square(),
          "sizes=[1, 1, 3, 1]; mode=\"linear\"; coordinate_transformation_mode=\"pytorch_half_pixel\"",
          {1.6666666, 7, 12.333333});
    check(square(), "scales=[1.0, 1.0, 0.8, 0.8]; mode=\"cubic\"",
          {1.47119141, 2.78125, 4.08251953, 6.71142578, 8.02148438, 9.32275391, 11.91650391, 13.2265625,
           14.52783203});
    check(square(),
          "scales=[1.0, 1.0, 0.8, 0.8]; mode=\"cubic\"; coordinate_transformation_mode=\"align_corners\"",
          {1, 2.39519159, 3.79038317, 6.58076634, 7.97595793, 9.37114951, 12.16153268, 13.55672427,
           14.95191585});
    check(square(), "sizes=[1, 1, 3, 3]; mode=\"cubic\"",
          {1.63078704, 3.00462963, 4.37847222, 7.12615741, 8.5, 9.87384259, 12.62152778, 13.99537037,
           15.36921296});
    check(square(), "scales=[1.0, 1.0, 0.8, 0.8]; mode=\"cubic\"; cubic_coeff_a=-0.5; exclude_outside=true",
          {1.36812675, 2.6695014, 4.0133367, 6.57362535, 7.875, 9.2188353, 11.94896657, 13.25034122,
           14.59417652});
}

TEST(Resize, PublishedExamplesOfNewerVersions) {
    const auto check = [](const Tensor& x, const std::string& attrs, const Doubles& expected) {
        expect_near(values_by("resize", {x}, attrs), expected, attrs);
    };
    check(square(), "scales=[1.0, 1.0, 0.6, 0.6]; mode=\"linear\"; antialias=true", {2.875, 4.5, 9.375, 11});
    check(square(), "sizes=[1, 1, 3, 3]; mode=\"linear\"; antialias=true",
          {2.3636363, 3.590909, 4.818182, 7.2727275, 8.5, 9.727273, 12.181818, 13.409091, 14.636364});
    check(square(), "scales=[1.0, 1.0, 0.6, 0.6]; mode=\"cubic\"; antialias=true",
          {2.5180721, 4.2858863, 9.589329, 11.357142});
    check(square(), "sizes=[1, 1, 3, 3]; mode=\"cubic\"; antialias=true",
          {1.7750092, 3.1200073, 4.4650054, 7.1550016, 8.5, 9.844998, 12.534994, 13.8799925, 15.224991});
    check(f32s({1, 1, 2, 2}, {1, 2, 3, 4}), "axes=[3, 2]; scales=[3.0, 2.0]",
          {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4});
    const Tensor roi = f32s({8}, {0, 0, 0.4, 0.6, 1, 1, 0.6, 0.8}),
                 far = f32s({8}, {0, 0, 0.4, 0.6, 1, 1, 1.2, 1.7});
    const std::string crop =
        "mode=\"linear\"; coordinate_transformation_mode=\"tf_crop_and_resize\"; extrapolation_value=10.0";
    expect_near(values_by("resize", {square(), roi, std::nullopt, i64s({1, 1, 3, 3})}, crop),
                {7.6000004, 7.9, 8.2, 8.8, 9.1, 9.400001, 10, 10.3, 10.6}, crop);
    expect_near(values_by("resize", {square(), far, std::nullopt, i64s({1, 1, 3, 3})}, crop),
                {7.6000004, 10, 10, 12.400001, 10, 10, 10, 10, 10}, crop);
}

// The definition, element by element: the coordinate rule of the documentation, then the sum over every element of the
// (edge-extended) image of the product of the axes' kernels.
struct Definition {
    std::string coordinates, mode, nearest;
    double a = -0.75;
    bool exclude = false, antialias = false;

    double original(double x, double size, double new_size, double scale) const {
        if (coordinates == "half_pixel") return (x + 0.5) / scale - 0.5;
        if (coordinates == "pytorch_half_pixel") return new_size > 1 ? (x + 0.5) / scale - 0.5 : 0;
        if (coordinates == "align_corners") return new_size == 1 ? 0 : x * (size - 1) / (new_size - 1);
        if (coordinates == "asymmetric") return x / scale;
        if (coordinates == "half_pixel_symmetric") return (x + 0.5) / scale - 0.5;  // sizes are whole here
        return scale == 1
                   ? x
                   : (x + 0.5) / scale;  // tf_half_pixel_for_nn; an axis that keeps its size is left alone
    }
    // What element `at` (any whole number) of an axis weighs when x is read.
    double weight(double at, double x, double scale) const {
        if (mode == "nearest") {
            const double up = std::floor(x) + 1 - x, down = x - std::floor(x);
            double taken = std::floor(x);
            if (nearest == "ceil") taken = std::ceil(x);
            if (nearest == "round_prefer_floor") taken = down <= up ? std::floor(x) : std::floor(x) + 1;
            if (nearest == "round_prefer_ceil") taken = down < up ? std::floor(x) : std::floor(x) + 1;
            return at == taken;
        }
        const double d = std::abs(at - x) * (antialias && scale < 1 ? scale : 1);
        if (mode == "linear") return d < 1 ? 1 - d : 0;
        if (d < 1) return (a + 2) * d * d * d - (a + 3) * d * d + 1;
        return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
    }
    double value(const Doubles& image, int64_t h, int64_t w, double y, double x, double sy, double sx) const {
        double sum = 0, total = 0;
        for (int64_t i = -12; i < h + 12; ++i)
            for (int64_t j = -12; j < w + 12; ++j) {
                const bool inside = i >= 0 && j >= 0 && i < h && j < w;
                if (exclude && !inside) continue;
                const double k =
                    weight(static_cast<double>(i), y, sy) * weight(static_cast<double>(j), x, sx);
                sum += k * image[std::clamp<int64_t>(i, 0, h - 1) * w + std::clamp<int64_t>(j, 0, w - 1)];
                total += k;
            }
        return sum / total;
    }
};

TEST(Resize, EveryModeIsItsDefinition) {
    const int64_t h = 5, w = 4;
    Doubles image(h * w);
    for (size_t i = 0; i < image.size(); ++i) image[i] = std::sin(3.0 * static_cast<double>(i)) * 2;
    const Tensor x = tensor_from_doubles(DType::kF64, {1, 1, h, w}, image);
    size_t checked = 0;
    for (const char* coordinates : {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
                                    "half_pixel_symmetric", "tf_half_pixel_for_nn"})
        for (const char* mode :
             {"nearest:floor", "nearest:ceil", "nearest:round_prefer_floor", "nearest:round_prefer_ceil",
              "linear", "cubic", "linear+", "cubic+", "cubic-"})
            for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{7, 9}, {3, 2}, {10, 1}, {5, 6}}) {
                const std::string name(mode);
                Definition d{coordinates,
                             name.substr(0, name.find_first_of(":+-")),
                             "",
                             -0.75,
                             name.ends_with('-'),
                             name.ends_with('+')};
                if (d.mode == "nearest") d.nearest = name.substr(8);
                const auto attrs = format(
                    "sizes=[1, 1, {}, {}]; mode=\"{}\"; nearest_mode=\"{}\"; coordinate_transformation_mode=\"{}\"; exclude_outside={}; antialias={}",
                    rows, columns, d.mode, d.nearest.empty() ? "floor" : d.nearest, coordinates, d.exclude,
                    d.antialias);
                const auto found = values_by("resize", {x}, attrs, {1, 1, rows, columns});
                const double sy = static_cast<double>(rows) / h, sx = static_cast<double>(columns) / w;
                for (int64_t i = 0; i < rows; ++i)
                    for (int64_t j = 0; j < columns; ++j) {
                        const double y = d.original(static_cast<double>(i), h, static_cast<double>(rows), sy);
                        const double at =
                            d.original(static_cast<double>(j), w, static_cast<double>(columns), sx);
                        EXPECT_NEAR(found[i * columns + j], d.value(image, h, w, y, at, sy, sx), 1e-9)
                            << attrs << " at " << i << ", " << j;
                        ++checked;
                    }
            }
    EXPECT_GT(checked, 5000u);
}

TEST(Resize, AspectRatioPolicies) {
    const Tensor x = counting({1, 1, 2, 4});
    // scale = min(7 / 2, 8 / 4) = 2, and max(7 / 2, 8 / 4) = 3.5.
    EXPECT_EQ(values_by("resize", {x}, "axes=[2, 3]; sizes=[7, 8]; keep_aspect_ratio_policy=\"not_larger\"",
                        {1, 1, 4, 8})
                  .size(),
              32u);
    EXPECT_EQ(values_by("resize", {x}, "axes=[2, 3]; sizes=[7, 8]; keep_aspect_ratio_policy=\"not_smaller\"",
                        {1, 1, 7, 14})
                  .size(),
              98u);
    // 0.6 * 4 = 2.4 stays a fraction for this rule: adjustment 2 / 2.4, offset 2 * (1 - 5 / 6), coordinates 1/3 + (i + 0.5) / 0.6 - 0.5.
    expect_near(
        values_by("resize", {f32s({4}, {0, 10, 20, 30})},
                  "scales=[0.6]; mode=\"linear\"; coordinate_transformation_mode=\"half_pixel_symmetric\""),
        {10 * (1.0 / 3 + 0.5 / 0.6 - 0.5), 10 * (1.0 / 3 + 1.5 / 0.6 - 0.5)}, "half_pixel_symmetric");
}

TEST(Resize, SizesOfSymbols) {
    const auto shape = [](std::string_view attrs) {
        return shape_in("input x: f32[b, 3, h, w]\ny = resize(x, " + std::string(attrs) + ")\noutput y");
    };
    EXPECT_EQ(shape("scales=[1.0, 1.0, 2.0, 0.5]"), "[b, 3, 2*h, floordiv(w, 2)]");
    EXPECT_EQ(shape("scales=[1.0, 1.0, 1.5, 1.0]"), "[b, 3, floordiv(3*h, 2), w]");
    EXPECT_EQ(shape("sizes=[b, 3, 7, 2*w]"), "[b, 3, 7, 2*w]");
    // Upsampling to the size of another tensor, as PyTorch's exporter writes it.
    EXPECT_EQ(shape_in(R"(input x: f32[b, 8, h, w]
        input other: f32[b, 4, 2*h, 2*w]
        s = shape_of(x)
        head = slice(s, starts=[0], ends=[2])
        o = shape_of(other)
        tail = slice(o, starts=[2], ends=[4])
        sizes = concat(head, tail, axis=0)
        y = resize(x, -, -, sizes, mode="linear")
        output y)"),
              "[b, 8, 2*h, 2*w]");
}

TEST(Resize, EmptyOperandsAreAbsentAndErrorsAreSentences) {
    const Tensor x = counting({1, 1, 2, 2}), none = f32s({0}, {});
    EXPECT_EQ(values_by("resize", {x, none, none, i64s({1, 1, 4, 2})}, "", {1, 1, 4, 2}),
              (Doubles{0, 1, 0, 1, 2, 3, 2, 3}));
    EXPECT_NE(op_error("resize", {x}).find("one of 'scales' and 'sizes'"), std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "scales=[2.0]").find("1 numbers for 4 axes"), std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "scales=[1.0, 1.0, -1.0, 1.0]").find("-1"), std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "scales=[1.0, 1.0, 2.0, 2.0]; mode=\"area\"")
                  .find("'area' is none of nearest"),
              std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "scales=[1.0, 1.0, 2.0, 2.0]; antialias=true").find("antialias"),
              std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "scales=[1.0, 1.0, 1e9, 1e9]").find("take more than"),
              std::string::npos);
    EXPECT_NE(op_error("resize", {x}, "sizes=[1, 1, 2, -2]").find("-2"), std::string::npos);
    EXPECT_NE(op_error("resize", {counting({1, 1, 0, 2})}, "sizes=[1, 1, 2, 2]").find("nothing to resize"),
              std::string::npos);
}

TEST(Upsample, IsAsymmetricAndRoundsDown) {
    const Tensor x = f32s({1, 1, 2, 2}, {1, 2, 3, 4});
    // ONNX, Upsample, the example of its documentation.
    EXPECT_EQ(values_by("upsample", {x, f32s({4}, {1, 1, 2, 3})}, "", {1, 1, 4, 6}),
              (Doubles{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4}));
    EXPECT_EQ(values_by("upsample", {x}, "scales=[1.0, 1.0, 1.0, 2.0]; mode=\"linear\"", {1, 1, 2, 4}),
              (Doubles{1, 1.5, 2, 2, 3, 3.5, 4, 4}));
    EXPECT_EQ(values_by("upsample", {x}, "scales=[1.0, 1.0, 1.0, 1.5]", {1, 1, 2, 3}),
              (Doubles{1, 1, 2, 3, 3, 4}));
}

}  // namespace
}  // namespace lathe::ops
