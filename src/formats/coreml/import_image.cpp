// Convolutions, pooling, padding and resizing.
#include <algorithm>

#include "formats/coreml/import.h"

namespace lathe::formats::coreml {
namespace {

using graph::Attrs;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

// MIL: begin and end of every axis; ONNX: all begins, then all ends.
Result<Ints> sorted_margins(const Ints& pads) {
    if (pads.size() % 2 != 0) return fail("its margins are {} numbers", pads.size());
    Ints sorted;
    for (const size_t side : {size_t{0}, size_t{1}})
        for (size_t i = side; i < pads.size(); i += 2) sorted.push_back(pads[i]);
    return sorted;
}

// strides, dilations and pads by pad_type, of `spatial` axes.
Result<Attrs> window_attrs(OperationView& o, size_t spatial, bool dilated) {
    Attrs attrs;
    TRY(const Ints strides, o.ints("strides", Ints(spatial, 1)));
    attrs.set("strides", strides);
    if (dilated) {
        TRY(const Ints dilations, o.ints("dilations", Ints(spatial, 1)));
        attrs.set("dilations", dilations);
    }
    TRY(const std::string kind, o.text("pad_type", "valid"));
    if (kind == "custom") {
        TRY(const Ints pads, o.ints("pad", Ints(2 * spatial, 0)));
        TRY(Ints sorted, sorted_margins(pads));
        attrs.set("pads", std::move(sorted));
    } else if (kind == "same" || kind == "same_lower") {
        attrs.set("auto_pad", std::string(kind == "same" ? "SAME_UPPER" : "SAME_LOWER"));
    } else if (kind != "valid") {
        return fail("its padding is of the kind '{}'", kind);
    }
    return attrs;
}

Result<std::vector<ValueId>> conv_operands(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const ValueId w, o.in("weight"));
    if (o.rank(x) < 3) return fail("its image has {} axes", o.rank(x));
    std::vector<ValueId> operands{x, w};
    if (o.has("bias")) {
        TRY(const ValueId bias, o.in("bias"));
        operands.push_back(bias);
    }
    return operands;
}

Status import_conv(OperationView& o) {
    TRY(const auto operands, conv_operands(o));
    const auto spatial = static_cast<size_t>(o.rank(operands[0]) - 2);
    TRY(Attrs attrs, window_attrs(o, spatial, true));
    TRY(const int64_t groups, o.integer("groups", 1));
    attrs.set("group", groups);
    const bool transposed = o.operation().type == "conv_transpose";
    if (transposed && o.has("output_shape"))
        return fail("it says its output's sizes, which is not supported");
    o.results = {o.add(transposed ? "conv_transpose" : "conv", operands, std::move(attrs))};
    return {};
}

Status import_pool(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints kernel, o.ints("kernel_sizes"));
    TRY(Attrs attrs, window_attrs(o, kernel.size(), false));
    attrs.set("kernel_shape", kernel);
    TRY(const bool ceil, o.flag("ceil_mode", false));
    attrs.set("ceil_mode", ceil);
    const bool average = o.operation().type == "avg_pool";
    if (average) {
        TRY(const bool exclude, o.flag("exclude_padding_from_average", false));
        attrs.set("count_include_pad", !exclude);
    }
    o.results = {o.add(average ? "avg_pool" : "max_pool", {x}, std::move(attrs))};
    return {};
}

Status import_pad(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(Ints pads, o.ints("pad"));
    const auto rank = static_cast<size_t>(o.rank(x));
    if (pads.size() > 2 * rank) return fail("it has {} margins for {} axes", pads.size(), rank);
    pads.insert(pads.begin(), 2 * rank - pads.size(), 0);
    TRY(const Ints sorted, sorted_margins(pads));
    TRY(const std::string mode, o.text("mode", "constant"));
    if (mode != "constant" && mode != "reflect" && mode != "replicate") return fail("its mode is '{}'", mode);
    TRY(const double value, o.number("constant_val", 0));
    o.results = {o.add("pad", {x},
                       {{"pads", as_dims(sorted)},
                        {"mode", mode == "replicate" ? std::string("edge") : mode},
                        {"constant_value", value}})};
    return {};
}

// ---- resizing

Result<Attrs> sizes_attrs(OperationView& o, ValueId x) {
    TRY(const int64_t height, o.integer("target_size_height", 1));
    TRY(const int64_t width, o.integer("target_size_width", 1));
    Attrs attrs;
    attrs.set("sizes", as_dims({height, width}));
    attrs.set("axes", Ints{o.rank(x) - 2, o.rank(x) - 1});
    return attrs;
}

Result<Attrs> factors_attrs(OperationView& o, ValueId x) {
    TRY(const double height, o.number("scale_factor_height", 1));
    TRY(const double width, o.number("scale_factor_width", 1));
    Attrs attrs;
    attrs.set("scales", graph::Floats{height, width});
    attrs.set("axes", Ints{o.rank(x) - 2, o.rank(x) - 1});
    return attrs;
}

Status import_resize_bilinear(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    if (o.rank(x) < 3) return fail("its image has {} axes", o.rank(x));
    TRY(Attrs attrs, sizes_attrs(o, x));
    TRY(const std::string mode, o.text("sampling_mode", "DEFAULT"));
    const std::string_view where = mode == "UNALIGN_CORNERS" ? "half_pixel"
                                   : mode == "STRICT_ALIGN_CORNERS" || mode == "ALIGN_CORNERS"
                                       ? "align_corners"
                                   : mode == "DEFAULT" ? "asymmetric"
                                                       : "";
    if (where.empty()) return fail("its sampling_mode is '{}', which is not supported", mode);
    attrs.set("mode", std::string("linear"));
    attrs.set("coordinate_transformation_mode", std::string(where));
    o.results = {o.add("resize", {x}, std::move(attrs))};
    return {};
}

Status import_upsample_bilinear(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    if (o.rank(x) < 3) return fail("its image has {} axes", o.rank(x));
    TRY(Attrs attrs, factors_attrs(o, x));
    TRY(const bool align, o.flag("align_corners", true));
    TRY(const bool half, o.flag("half_pixel_centers", !align));
    attrs.set("mode", std::string("linear"));
    attrs.set("coordinate_transformation_mode", std::string(align  ? "align_corners"
                                                            : half ? "half_pixel"
                                                                   : "asymmetric"));
    o.results = {o.add("resize", {x}, std::move(attrs))};
    return {};
}

Status import_nearest(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    if (o.rank(x) < 3) return fail("its image has {} axes", o.rank(x));
    const bool sizes = o.operation().type == "resize_nearest_neighbor";
    TRY(Attrs attrs, sizes ? sizes_attrs(o, x) : factors_attrs(o, x));
    attrs.set("mode", std::string("nearest"));
    attrs.set("coordinate_transformation_mode", std::string("asymmetric"));
    attrs.set("nearest_mode", std::string("floor"));
    o.results = {o.add("resize", {x}, std::move(attrs))};
    return {};
}

Status import_blocks(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    const std::string& type = o.operation().type;
    TRY(const int64_t block, o.integer(type == "pixel_shuffle" ? "upscale_factor" : "block_size"));
    if (type == "space_to_depth") o.results = {o.add("space_to_depth", {x}, {{"blocksize", block}})};
    else
        o.results = {
            o.add("depth_to_space", {x},
                  {{"blocksize", block}, {"mode", std::string(type == "pixel_shuffle" ? "CRD" : "DCR")}})};
    return {};
}

constexpr ImportRow kImageImports[] = {
    {"avg_pool", import_pool},
    {"conv", import_conv},
    {"conv_transpose", import_conv},
    {"depth_to_space", import_blocks},
    {"max_pool", import_pool},
    {"pad", import_pad},
    {"pixel_shuffle", import_blocks},
    {"resize_bilinear", import_resize_bilinear},
    {"resize_nearest_neighbor", import_nearest},
    {"space_to_depth", import_blocks},
    {"upsample_bilinear", import_upsample_bilinear},
    {"upsample_nearest_neighbor", import_nearest},
};

}  // namespace

std::span<const ImportRow> image_imports() { return kImageImports; }

}  // namespace lathe::formats::coreml
