// Convolutions, pooling, resizing.
#include <algorithm>

#include "formats/openvino/import.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::ValueId;

// strides, pads, dilations and automatic padding as ONNX's attributes.
Result<graph::Attrs> window(LayerView& v, bool dilates) {
    const auto axes = static_cast<size_t>(std::max(v.rank(0) - 2, 0));
    TRY(const Ints strides, v.list("strides", Ints(axes, 1)));
    TRY(const Ints dilations, v.list("dilations", Ints(axes, 1)));
    TRY(Ints pads, v.list("pads_begin", Ints(axes, 0)));
    TRY(const Ints end, v.list("pads_end", Ints(axes, 0)));
    if (axes == 0 || strides.size() != axes || dilations.size() != axes || pads.size() != axes ||
        end.size() != axes)
        return fail("its strides, dilations or pads are not {} numbers", axes);
    pads.insert(pads.end(), end.begin(), end.end());
    const std::string how = v.text("auto_pad", "explicit");
    graph::Attrs attrs{{"strides", strides}};
    if (dilates) attrs.set("dilations", dilations);
    if (how == "explicit" || how == "notset") attrs.set("pads", pads);
    else if (how == "same_upper") attrs.set("auto_pad", std::string("SAME_UPPER"));
    else if (how == "same_lower") attrs.set("auto_pad", std::string("SAME_LOWER"));
    else if (how == "valid") attrs.set("auto_pad", std::string("VALID"));
    else return fail("its auto_pad is '{}'", how);
    return attrs;
}

// [G, A, B, k…] as [G·A, B, k…]
Result<ValueId> without_groups(LayerView& v, int64_t& groups) {
    const Dims& shape = v.shape(1);
    if (shape.size() < 4 || !shape[0].constant())
        return fail("its filter is {}, expected groups first", to_string(shape));
    groups = *shape[0].constant();
    Dims merged{shape[0] * shape[1]};
    merged.insert(merged.end(), shape.begin() + 2, shape.end());
    const auto& constant = v.b().graph()[v.in(1)].constant;
    if (const auto sizes = graph::constant_shape(merged); constant && sizes)
        return v.constant("weight", constant->reshaped(*sizes));
    return v.add("reshape", {v.in(1)}, {{"shape", merged}});
}

template <bool grouped>
Status import_convolution(LayerView& v) {
    TRY(graph::Attrs attrs, window(v, true));
    ValueId w = v.in(1);
    if (grouped) {
        int64_t groups = 1;
        TRY(w, without_groups(v, groups));
        attrs.set("group", groups);
    }
    v.result(v.add("conv", {v.in(0), w}, attrs));
    return {};
}

template <bool grouped>
Status import_backprop(LayerView& v) {
    TRY(graph::Attrs attrs, window(v, true));
    if (v.inputs() > 2) {
        TRY(const Ints shape, v.ints(2));
        attrs.set("output_shape", shape);
    }
    TRY(const Ints extra, v.list("output_padding", {}));
    if (std::ranges::any_of(extra, [](int64_t n) { return n != 0; })) attrs.set("output_padding", extra);
    ValueId w = v.in(1);
    if (grouped) {
        int64_t groups = 1;
        TRY(w, without_groups(v, groups));
        attrs.set("group", groups);
    }
    v.result(v.add("conv_transpose", {v.in(0), w}, attrs));
    return {};
}

// "ceil" may let the last window begin in the padding; "ceil_torch" (opset 14) may not, as ceil_mode of ours.
Status round_up(LayerView& v, graph::Attrs& attrs) {
    const std::string how = v.text("rounding_type", "floor");
    if (how == "floor") return {};
    if (how != "ceil" && how != "ceil_torch") return fail("its rounding_type is '{}'", how);
    attrs.set("ceil_mode", true);
    return {};
}

Status import_max_pool(LayerView& v) {
    TRY(graph::Attrs attrs, window(v, v.layer().opset >= 8));
    TRY(const Ints kernel, v.list("kernel", {}));
    TRY_STATUS(round_up(v, attrs));
    attrs.set("kernel_shape", kernel);
    const bool indices = v.layer().outputs.size() > 1;
    TRY(const int64_t axis, v.integer("axis", 0));
    if (indices && axis != 0) return fail("its indices count from axis {}, expected 0", axis);
    TRY(const DType dtype, v.element("index_element_type", DType::kI64));
    v.results = v.b().add_many("max_pool", {v.in(0)}, attrs, indices ? 2 : 1);
    if (indices && dtype != DType::kI64) v.results[1] = v.add("cast", {v.results[1]}, {{"to", dtype}});
    return {};
}

Status import_avg_pool(LayerView& v) {
    TRY(graph::Attrs attrs, window(v, false));
    TRY(const Ints kernel, v.list("kernel", {}));
    TRY(const bool excludes, v.flag("exclude-pad", true));
    TRY_STATUS(round_up(v, attrs));
    attrs.set("kernel_shape", kernel);
    attrs.set("count_include_pad", !excludes);
    v.result(v.add("avg_pool", {v.in(0)}, attrs));
    return {};
}

// Interpolate-4: image, sizes, scales, axes. Interpolate-11: image, sizes or scales, axes.
Status import_interpolate(LayerView& v) {
    const bool old = v.layer().opset < 11;
    const std::string mode = v.text("mode", "nearest");
    if (mode != "nearest" && mode != "linear" && mode != "linear_onnx" && mode != "cubic")
        return fail("its mode '{}' is not supported", mode);
    TRY(const bool antialias, v.flag("antialias", false));
    if (antialias) return fail("it smooths what it makes smaller (antialias), which is not supported");
    for (const std::string_view key : {"pads_begin", "pads_end"}) {
        TRY(const Ints pads, v.list(key, {}));
        if (std::ranges::any_of(pads, [](int64_t p) { return p != 0; })) return fail("it pads the image");
    }
    TRY(const double coefficient, v.number("cube_coeff", -0.75));
    const size_t axes_at = old ? 3 : 2;
    Ints axes;
    if (v.inputs() > axes_at) {
        TRY(axes, v.ints(axes_at));
    }
    const bool by_sizes = v.text("shape_calculation_mode", "sizes") == "sizes";
    const size_t amount = old && !by_sizes ? 2 : 1;
    if (v.inputs() <= amount) return fail("it has {} inputs", v.inputs());
    const auto known = v.known(amount);
    if (!known) return fail("its sizes are computed while the network runs, which is not supported");
    graph::Attrs attrs{
        {"mode", std::string(mode.starts_with("linear") ? "linear" : mode)},
        {"coordinate_transformation_mode", v.text("coordinate_transformation_mode", "half_pixel")},
        {"nearest_mode", v.text("nearest_mode", "round_prefer_floor")},
        {"cubic_coeff_a", coefficient},
        {"axes", axes}};
    if (by_sizes) {
        Dims sizes;
        for (const int64_t size : known->to_ints()) sizes.emplace_back(size);
        attrs.set("sizes", sizes);
    } else {
        attrs.set("scales", known->to_doubles());
    }
    v.result(v.add("resize", {v.in(0)}, attrs));
    return {};
}

Status import_depth_to_space(LayerView& v) {
    TRY(const int64_t block, v.integer("block_size", 1));
    const std::string mode = v.text("mode", "blocks_first");
    if (mode != "blocks_first" && mode != "depth_first") return fail("its mode is '{}'", mode);
    v.result(v.add("depth_to_space", {v.in(0)},
                   {{"blocksize", block}, {"mode", std::string(mode == "depth_first" ? "CRD" : "DCR")}}));
    return {};
}

Status import_space_to_depth(LayerView& v) {
    TRY(const int64_t block, v.integer("block_size", 1));
    if (v.text("mode", "blocks_first") != "blocks_first") return fail("its mode is not blocks_first");
    v.result(v.add("space_to_depth", {v.in(0)}, {{"blocksize", block}}));
    return {};
}

Status import_grid_sample(LayerView& v) {
    TRY(const bool corners, v.flag("align_corners", false));
    const std::string mode = v.text("mode", "bilinear");
    v.result(v.add(
        "grid_sample", {v.in(0), v.in(1)},
        {{"align_corners", corners}, {"mode", mode}, {"padding_mode", v.text("padding_mode", "zeros")}}));
    return {};
}

constexpr ImportRow kImageImports[] = {{"Convolution", 2, import_convolution<false>},
                                       {"GroupConvolution", 2, import_convolution<true>},
                                       {"ConvolutionBackpropData", 2, import_backprop<false>},
                                       {"GroupConvolutionBackpropData", 2, import_backprop<true>},
                                       {"MaxPool", 1, import_max_pool},
                                       {"AvgPool", 1, import_avg_pool},
                                       {"Interpolate", 2, import_interpolate, 4},
                                       {"DepthToSpace", 1, import_depth_to_space},
                                       {"SpaceToDepth", 1, import_space_to_depth},
                                       {"GridSample", 2, import_grid_sample}};

}  // namespace

std::span<const ImportRow> image_imports() { return kImageImports; }

}  // namespace lathe::formats::openvino
