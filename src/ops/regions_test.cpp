#include <cmath>

#include "ops/try_op.h"

namespace lathe::ops {
namespace {

void expect_near(const Doubles& found, const Doubles& expected, double tolerance) {
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

TEST(GridSample, PublishedExamples) {
    // ONNX operator documentation, GridSample: x is 3 by 2 pixels.
    const Tensor x = counting({1, 1, 3, 2});
    const Tensor near =
        f32s({1, 2, 4, 2}, {-1, -1, -0.5, -0.5, -0.2, -0.2, 0, 0, 0, 0, -0.2, -0.2, 0.5, 0.5, 1, 1});
    const Tensor far =
        f32s({1, 2, 4, 2}, {-10, -10, -5, -5, -0.2, -0.2, 10, 10, 10, 10, -0.2, -0.2, 5, 5, 10, 10});
    expect_near(values_by("grid_sample", {x, near}, "mode=\"linear\"", {1, 1, 2, 4}),
                {0, 0.5, 1.7, 2.5, 2.5, 1.7, 4.5, 1.25}, 1e-6);
    expect_near(values_by("grid_sample", {x, near}, "align_corners=true"), {0, 1.25, 2, 2.5, 2.5, 2, 3.75, 5},
                1e-6);
    expect_near(values_by("grid_sample", {x, near}, "mode=\"nearest\""), {0, 0, 2, 2, 2, 2, 5, 0}, 0);
    expect_near(values_by("grid_sample", {x, near}, "mode=\"bicubic\""),
                {-0.1406, 0.3828, 1.7556, 2.9688, 2.9688, 1.7556, 5.1445, 1.3906}, 6e-5);
    expect_near(values_by("grid_sample", {x, far}, "padding_mode=\"zeros\""), {0, 0, 1.7, 0, 0, 1.7, 0, 0},
                1e-6);
    expect_near(values_by("grid_sample", {x, far}, "padding_mode=\"border\""), {0, 0, 1.7, 5, 5, 1.7, 5, 5},
                1e-6);
    expect_near(values_by("grid_sample", {x, far}, "padding_mode=\"reflection\""),
                {2.5, 0, 1.7, 2.5, 2.5, 1.7, 5, 2.5}, 1e-5);
    EXPECT_NE(op_error("grid_sample", {x, counting({1, 2, 2, 3})}).find("has not 2 coordinates"),
              std::string::npos);
    EXPECT_NE(op_error("grid_sample", {x, near}, "padding_mode=\"wrap\"").find("'wrap'"), std::string::npos);
    EXPECT_EQ(shape_in("input x: f32[b, 3, h, w]\ninput g: f32[b, p, q, 2]\ny = grid_sample(x, g)\noutput y"),
              "[b, 3, p, q]");
}

// Reading an image through the grid of the identity gives the image back, in two dimensions and in three.
TEST(AffineGrid, IdentityReadsTheImage) {
    const Tensor flat = f32s({1, 2, 3}, {1, 0, 0, 0, 1, 0}),
                 solid = f32s({1, 3, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0});
    for (const char* align : {"true", "false"}) {
        const auto corners = format("align_corners={}", align);
        const auto grid = try_op("affine_grid", {flat}, format("size=[1, 2, 3, 4]; {}", corners));
        ASSERT_TRUE(grid.has_value()) << grid.error().message;
        EXPECT_EQ((*grid)[0].shape(), (Shape{1, 3, 4, 2}));
        const Tensor x = counting({1, 2, 3, 4});
        expect_near(values_by("grid_sample", {x, (*grid)[0]}, corners), x.to_doubles(), 1e-5);
        const auto grid3 = try_op("affine_grid", {solid, i64s({1, 1, 2, 3, 4})}, corners);
        ASSERT_TRUE(grid3.has_value()) << grid3.error().message;
        const Tensor volume = counting({1, 1, 2, 3, 4});
        expect_near(values_by("grid_sample", {volume, (*grid3)[0]}, corners), volume.to_doubles(), 1e-5);
    }
    // x' = 2x + 0.5, y' = -y, at the pixel (0, 1) of a 2 by 2 image: x = 0.5, y = -0.5 where corners are not aligned.
    const auto moved =
        values_by("affine_grid", {f32s({1, 2, 3}, {2, 0, 0.5, 0, -1, 0})}, "size=[1, 1, 2, 2]");
    expect_near({moved[2], moved[3]}, {1.5, 0.5}, 1e-6);
    EXPECT_EQ(shape_in("input t: f32[b, 2, 3]\ny = affine_grid(t, size=[b, 3, h, w])\noutput y"),
              "[b, h, w, 2]");
    EXPECT_NE(op_error("affine_grid", {flat}, "size=[1, 2, 3]").find("3 numbers"), std::string::npos);
}

// Where a map is a plane, every interpolated value is the plane's, and so is the mean: at the middle of each bin.
TEST(RoiAlign, PlanesStayPlanes) {
    Doubles plane(8 * 10);
    for (int64_t y = 0; y < 8; ++y)
        for (int64_t x = 0; x < 10; ++x)
            plane[y * 10 + x] = 3.0 * static_cast<double>(x) - 2.0 * static_cast<double>(y) + 1;
    const Tensor map = f32s({1, 1, 8, 10}, plane), boxes = f32s({2, 4}, {2, 1, 8, 7, 1.5, 2.5, 6.5, 5.5});
    for (const bool half : {true, false})
        for (const int ratio : {0, 1, 3}) {
            const auto found = values_by(
                "roi_align", {map, boxes, i64s({0, 0})},
                format(
                    "output_height=3; output_width=2; sampling_ratio={}; coordinate_transformation_mode=\"{}\"",
                    ratio, half ? "half_pixel" : "output_half_pixel"),
                {2, 1, 3, 2});
            const auto b = boxes.to_doubles();
            for (int64_t r = 0; r < 2; ++r)
                for (int64_t i = 0; i < 3; ++i)
                    for (int64_t j = 0; j < 2; ++j) {
                        const double width = (b[r * 4 + 2] - b[r * 4]) / 2,
                                     height = (b[r * 4 + 3] - b[r * 4 + 1]) / 3;
                        const double x = b[r * 4] + (static_cast<double>(j) + 0.5) * width - (half ? 0.5 : 0),
                                     y = b[r * 4 + 1] + (static_cast<double>(i) + 0.5) * height -
                                         (half ? 0.5 : 0);
                        EXPECT_NEAR(found[(r * 3 + i) * 2 + j], 3 * x - 2 * y + 1, 1e-4)
                            << half << ratio << r << i << j;
                    }
        }
    EXPECT_NE(op_error("roi_align", {map, boxes, i64s({0, 1})}).find("box 1 is of image 1 of 1"),
              std::string::npos);
    EXPECT_NE(op_error("roi_align", {map, f32s({1, 4}, {0, 0, 1e30, 1}), i64s({0})}).find("too large"),
              std::string::npos);
}

TEST(NonMaxSuppression, PublishedExamples) {
    // ONNX operator documentation, NonMaxSuppression.
    const Tensor boxes = f32s({1, 6, 4}, {0, 0,  1, 1,  0, 0.1,  1, 1.1,  0, -0.1, 1, 0.9,
                                          0, 10, 1, 11, 0, 10.1, 1, 11.1, 0, 100,  1, 101});
    const Tensor flipped = f32s({1, 6, 4}, {1, 1,  0, 0,  0, 0.1,  1, 1.1,  0, 0.9, 1, -0.1,
                                            0, 10, 1, 11, 1, 10.1, 0, 11.1, 1, 101, 0, 100});
    const Tensor centers = f32s({1, 6, 4}, {0.5, 0.5,  1, 1, 0.5, 0.6,  1, 1, 0.5, 0.4,   1, 1,
                                            0.5, 10.5, 1, 1, 0.5, 10.6, 1, 1, 0.5, 100.5, 1, 1});
    const Tensor scores = f32s({1, 1, 6}, {0.9, 0.75, 0.6, 0.95, 0.5, 0.3});
    const auto kept = [&](const Tensor& b, int64_t most, float least, std::string_view attrs = {}) {
        return values_by("non_max_suppression",
                         {b, scores, i64s({most}), f32s({1}, {0.5}), Tensor::of<float>({1}, {least})}, attrs);
    };
    EXPECT_EQ(kept(boxes, 3, 0.0f), (Doubles{0, 0, 3, 0, 0, 0, 0, 0, 5}));
    EXPECT_EQ(kept(flipped, 3, 0.0f), (Doubles{0, 0, 3, 0, 0, 0, 0, 0, 5}));
    EXPECT_EQ(kept(centers, 3, 0.0f, "center_point_box=true"), (Doubles{0, 0, 3, 0, 0, 0, 0, 0, 5}));
    EXPECT_EQ(kept(boxes, 2, 0.0f), (Doubles{0, 0, 3, 0, 0, 0}));
    EXPECT_EQ(kept(boxes, 3, 0.4f), (Doubles{0, 0, 3, 0, 0, 0}));
    EXPECT_EQ(values_by("non_max_suppression", {boxes, scores}, "", {0, 3}), Doubles{});
    EXPECT_NE(op_error("non_max_suppression", {boxes, counting({1, 1, 5})}).find("expected [N, C, B]"),
              std::string::npos);
}

TEST(Fold, Col2ImAndMaxUnpool) {
    // ONNX operator documentation, Col2Im and MaxUnpool.
    const Tensor columns = f32s({1, 9, 4}, {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0,
                                            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0});
    EXPECT_EQ(values_by("col2im", {columns, i64s({5, 5}), i64s({3, 3})}, "strides=[2, 2]", {1, 1, 5, 5}),
              (Doubles{0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 2, 1, 2, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0}));
    const Tensor x = f32s({1, 1, 2, 2}, {1, 2, 3, 4}), at = Tensor::of<int64_t>({1, 1, 2, 2}, {5, 7, 13, 15});
    EXPECT_EQ(values_by("max_unpool", {x, at}, "kernel_shape=[2, 2]; strides=[2, 2]", {1, 1, 4, 4}),
              (Doubles{0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4}));
    EXPECT_EQ(values_by("max_unpool", {x, at, i64s({1, 1, 5, 5})}, "kernel_shape=[2, 2]; strides=[2, 2]",
                        {1, 1, 5, 5}),
              (Doubles{0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0, 0}));
    EXPECT_NE(op_error("col2im", {columns, i64s({5, 5}), i64s({3, 3})}).find("9 blocks fit"),
              std::string::npos);
    EXPECT_NE(op_error("max_unpool", {x, Tensor::of<int64_t>({1, 1, 2, 2}, {0, 1, 2, 16})},
                       "kernel_shape=[2, 2]; strides=[2, 2]")
                  .find("index 16"),
              std::string::npos);
}

// Blocks without overlap put back: every element stands where it was taken from.
TEST(Fold, Col2ImUndoesCuttingIntoBlocks) {
    const Tensor image = counting({2, 3, 4, 6});
    // [N, C, 2, 2, 2, 3] by blocks of 2 by 3 to [N, C * 6, 4]
    const auto split = try_op("reshape", {image}, "shape=[2, 3, 2, 2, 2, 3]");
    const auto moved = try_op("transpose", {(*split)[0]}, "perm=[0, 1, 3, 5, 2, 4]");
    const auto columns = try_op("reshape", {(*moved)[0]}, "shape=[2, 18, 4]");
    ASSERT_TRUE(columns.has_value());
    EXPECT_EQ(values_by("col2im", {(*columns)[0]}, "image_shape=[4, 6]; block_shape=[2, 3]; strides=[2, 3]",
                        {2, 3, 4, 6}),
              image.to_doubles());
}

}  // namespace
}  // namespace lathe::ops
