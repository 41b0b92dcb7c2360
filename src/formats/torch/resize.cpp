// Images in other sizes.
#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Floats;
using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// The spatial sizes or factors: a factor given to PyTorch is what it computes positions with, even where the size says
// something slightly different.
Result<Attrs> target(Call& c, int axes) {
    Ints which;
    for (int i = 0; i < axes; ++i) which.push_back(i + 2);
    Floats scales;
    if (c.schema.find("scale_factors") >= 0) {
        TRY(scales, c.numbers("scale_factors"));
        if (!scales.empty() && scales.size() != which.size())
            return fail("it has {} scale factors for {} axes", scales.size(), axes);
    } else {
        for (const std::string_view name : {"scales_d", "scales_h", "scales_w", "scales"}) {
            if (c.schema.find(name) < 0 || !c.given(name)) continue;
            TRY(scales.emplace_back(), c.number(name));
        }
    }
    if (scales.size() == which.size()) {
        for (const double s : scales)
            if (!(s > 0)) return fail("its scale factor is {}", s);
        return Attrs{{"axes", which}, {"scales", scales}};
    }
    TRY(Dims sizes, c.dims("output_size"));
    if (sizes.size() == 1) sizes.assign(which.size(), sizes[0]);
    if (sizes.size() != which.size())
        return fail("its output_size is {} for {} axes", graph::to_string(sizes), axes);
    return Attrs{{"axes", which}, {"sizes", sizes}};
}

enum class Way { kNearest, kNearestExact, kLinear, kCubic };

Results resized(Call& c, int axes, Way way, bool antialias) {
    TRY(const ValueId x, c.tensor("self"));
    if (c.rank(x) != axes + 2)
        return fail("its input is {}, expected {} axes", graph::to_string(c.shape(x)), axes + 2);
    TRY(Attrs attrs, target(c, axes));
    const bool corners = c.schema.find("align_corners") >= 0 && c.flag("align_corners");
    const auto set = [&](std::string_view name, std::string_view value) {
        attrs.set(name, std::string(value));
    };
    if (way == Way::kNearest) {
        set("mode", "nearest");
        set("coordinate_transformation_mode", "asymmetric");
        set("nearest_mode", "floor");
    } else if (way == Way::kNearestExact) {
        set("mode", "nearest");
        set("coordinate_transformation_mode", "half_pixel");
        set("nearest_mode", "round_prefer_ceil");
    } else {
        set("mode", way == Way::kLinear ? "linear" : "cubic");
        set("coordinate_transformation_mode", corners ? "align_corners" : "half_pixel");
        if (antialias) {
            attrs.set("antialias", true);
            attrs.set("exclude_outside", true);
        }
        if (way == Way::kCubic) attrs.set("cubic_coeff_a", antialias ? -0.5 : -0.75);
    }
    return one(c.add("resize", {x}, std::move(attrs)));
}

template <int axes, Way way, bool antialias = false>
Results resize(Call& c) {
    return resized(c, axes, way, antialias);
}

Results grid_sample(Call& c) {
    TRY(const ValueId x, c.tensor("input"));
    TRY(const ValueId grid, c.tensor("grid"));
    TRY(const int64_t mode, c.integer("interpolation_mode"));
    TRY(const int64_t padding, c.integer("padding_mode"));
    if (mode < 0 || mode > 2 || padding < 0 || padding > 2)
        return fail("its modes are {} and {}, expected 0 to 2", mode, padding);
    constexpr const char* kModes[] = {"linear", "nearest", "cubic"};
    constexpr const char* kPaddings[] = {"zeros", "border", "reflection"};
    return one(c.add("grid_sample", {x, grid},
                     {{"mode", std::string(kModes[mode])},
                      {"padding_mode", std::string(kPaddings[padding])},
                      {"align_corners", c.flag("align_corners")}}));
}

Results pixel_shuffle(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int64_t factor, c.integer("upscale_factor"));
    return one(c.add("depth_to_space", {x}, {{"blocksize", factor}, {"mode", std::string("CRD")}}));
}

// [N, C, h*r, w*r] -> [N, C*r*r, h, w], channels slowest (ONNX's space_to_depth has them fastest).
Results pixel_unshuffle(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int64_t r, c.integer("downscale_factor"));
    const Dims s = c.shape(x);
    if (s.size() != 4 || r < 1) return fail("its input is {} and its factor {}", graph::to_string(s), r);
    const Dim h = Dim::floor_div(s[2], Dim(r)), w = Dim::floor_div(s[3], Dim(r));
    TRY(const ValueId apart, c.importer.reshape(x, {s[0], s[1], h, Dim(r), w, Dim(r)}));
    TRY(const ValueId moved, c.add("transpose", {apart}, {{"perm", Ints{0, 1, 3, 5, 2, 4}}}));
    return one(c.importer.reshape(moved, {s[0], s[1] * Dim(r) * Dim(r), h, w}));
}

Results channel_shuffle(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int64_t groups, c.integer("groups"));
    const Dims s = c.shape(x);
    if (s.size() < 3 || groups < 1)
        return fail("its input is {} and its groups {}", graph::to_string(s), groups);
    Dims apart{s[0], Dim(groups), Dim::floor_div(s[1], Dim(groups))};
    apart.insert(apart.end(), s.begin() + 2, s.end());
    TRY(const ValueId split, c.importer.reshape(x, apart));
    Ints perm{0, 2, 1};
    for (size_t i = 3; i < apart.size(); ++i) perm.push_back(static_cast<int64_t>(i));
    TRY(const ValueId moved, c.add("transpose", {split}, {{"perm", perm}}));
    return one(c.importer.reshape(moved, s));
}

constexpr Row kResizeRows[] = {
    {.schema = "upsample_nearest1d(Tensor self, int[1] output_size, float? scales=None)",
     .special = resize<1, Way::kNearest>},
    {.schema = "upsample_nearest1d.vec(Tensor self, int[]? output_size, float[]? scale_factors)",
     .special = resize<1, Way::kNearest>},
    {.schema = "upsample_nearest2d.vec(Tensor self, int[]? output_size, float[]? scale_factors)",
     .special = resize<2, Way::kNearest>},
    {.schema =
         "upsample_nearest2d(Tensor self, int[2] output_size, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kNearest>},
    {.schema = "upsample_nearest3d.vec(Tensor self, int[]? output_size, float[]? scale_factors)",
     .special = resize<3, Way::kNearest>},
    {.schema =
         "upsample_nearest3d(Tensor self, int[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None)",
     .special = resize<3, Way::kNearest>},
    {.schema = "_upsample_nearest_exact2d.vec(Tensor self, int[]? output_size, float[]? scale_factors)",
     .special = resize<2, Way::kNearestExact>},
    {.schema =
         "_upsample_nearest_exact2d(Tensor self, int[2] output_size, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kNearestExact>},
    {.schema =
         "upsample_linear1d.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<1, Way::kLinear>},
    {.schema = "upsample_linear1d(Tensor self, int[1] output_size, bool align_corners, float? scales=None)",
     .special = resize<1, Way::kLinear>},
    {.schema =
         "upsample_bilinear2d.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<2, Way::kLinear>},
    {.schema =
         "upsample_bilinear2d(Tensor self, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kLinear>},
    {.schema =
         "upsample_trilinear3d.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<3, Way::kLinear>},
    {.schema =
         "upsample_trilinear3d(Tensor self, int[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? scales_w=None)",
     .special = resize<3, Way::kLinear>},
    {.schema =
         "upsample_bicubic2d.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<2, Way::kCubic>},
    {.schema =
         "upsample_bicubic2d(Tensor self, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kCubic>},
    {.schema =
         "_upsample_bilinear2d_aa.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<2, Way::kLinear, true>},
    {.schema =
         "_upsample_bilinear2d_aa(Tensor self, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kLinear, true>},
    {.schema =
         "_upsample_bicubic2d_aa.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)",
     .special = resize<2, Way::kCubic, true>},
    {.schema =
         "_upsample_bicubic2d_aa(Tensor self, int[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None)",
     .special = resize<2, Way::kCubic, true>},
    {.schema =
         "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)",
     .special = grid_sample},
    {.schema =
         "grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)",
     .special = grid_sample},
    {.schema =
         "grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)",
     .special = grid_sample},
    {"affine_grid_generator(Tensor theta, int[] size, bool align_corners)",
     "affine_grid(theta, size=size, align_corners=align_corners)"},
    {.schema = "pixel_shuffle(Tensor self, int upscale_factor)", .special = pixel_shuffle},
    {.schema = "pixel_unshuffle(Tensor self, int downscale_factor)", .special = pixel_unshuffle},
    {.schema = "channel_shuffle(Tensor self, int groups)", .special = channel_shuffle},
};

}  // namespace

std::span<const Row> resize_rows() { return kResizeRows; }

}  // namespace lathe::formats::torch
