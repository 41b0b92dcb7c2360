// Pooling, resizing and what else looks at images.
#include <algorithm>

#include "formats/openvino/lowering.h"
#include "ops/window.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct PoolWindow {
    Ints strides, dilations, begin, end, kernel;
    std::string rounding = "floor", auto_pad = "explicit";
    bool dilated = false, beyond = false;  // beyond: the last window looks past the padding
};

Result<PoolWindow> pool_window(NodeView& n) {
    PoolWindow p{.kernel = n.list("kernel_shape")};
    TRY(ops::Window window, ops::read_window(n, p.kernel));
    Shape in{1, 1};
    bool known = true;
    for (size_t i = 2; i < n.shape_in(0).size(); ++i) {
        known = known && n.shape_in(0)[i].constant() && n.shape_out()[i].constant();
        in.push_back(n.shape_in(0)[i].constant().value_or(1));
    }
    if (known) TRY_STATUS(ops::fit_window(window, in));
    else if (window.same())
        p.auto_pad = window.auto_pad == ops::Window::AutoPad::kSameUpper ? "same_upper" : "same_lower";
    for (size_t i = 0; i < window.axes.size(); ++i) {
        const ops::WindowAxis& axis = window.axes[i];
        p.strides.push_back(axis.stride);
        p.dilations.push_back(axis.dilation);
        p.begin.push_back(axis.begin);
        p.end.push_back(axis.end);
        p.dilated = p.dilated || axis.dilation != 1;
        if (axis.begin < 0 || axis.end < 0) return fail("its padding is negative, which OpenVINO lacks here");
        if (!known) continue;
        const int64_t reach = (*n.shape_out()[i + 2].constant() - 1) * axis.stride + axis.extent();
        p.beyond = p.beyond || reach > in[i + 2] + axis.begin + axis.end;
    }
    if (window.ceil_mode && (p.beyond || !known)) p.rounding = "ceil_torch";
    return p;
}

Data pool_data(const PoolWindow& p) {
    return {{"strides", list_text(p.strides)}, {"pads_begin", list_text(p.begin)},
            {"pads_end", list_text(p.end)},    {"kernel", list_text(p.kernel)},
            {"rounding_type", p.rounding},     {"auto_pad", p.auto_pad}};
}

Status lower_max_pool(NodeView& n) {
    TRY(const PoolWindow p, pool_window(n));
    Data data = pool_data(p);
    const bool indices = n.wants(1);
    if (!p.dilated && !indices && p.rounding == "floor") {
        n.emit("MaxPool", 1, std::move(data), {n.source(0)});
        return {};
    }
    data.insert(data.begin() + 1, {"dilations", list_text(p.dilations)});
    data.emplace_back("index_element_type", "i64");
    data.emplace_back("axis", "0");
    const int layer = n.lowering.add_many("MaxPool", p.rounding == "floor" ? 8 : 14, std::move(data),
                                          {n.source(0)}, {n.result(), {DType::kI64, n.shape_out(), {}}});
    n.lowering.place(n.out(), {layer, 0});
    if (indices) n.lowering.place(n.out(1), {layer, 1});
    return {};
}
bool max_pool_fits(const Graph& graph, const Node& node) {
    const size_t rank = graph[node.inputs[0]].shape.size();
    const bool columns = *std::get_if<int64_t>(node.attrs.find("storage_order")) != 0;
    return rank >= 3 && rank <= 5 && !(columns && node.outputs.size() > 1 && node.outputs[1] != kNoValue);
}

Status lower_avg_pool(NodeView& n) {
    TRY(const PoolWindow p, pool_window(n));
    Data data = pool_data(p);
    data.insert(data.begin() + 1, {"exclude-pad", flag_text(!n.flag("count_include_pad"))});
    n.emit("AvgPool", p.rounding == "floor" ? 1 : 14, std::move(data), {n.source(0)});
    return {};
}
bool avg_pool_fits(const Graph& graph, const Node& node) {
    const size_t rank = graph[node.inputs[0]].shape.size();
    const auto& dilations = *std::get_if<Ints>(node.attrs.find("dilations"));
    return rank >= 3 && rank <= 5 && std::ranges::all_of(dilations, [](int64_t d) { return d == 1; });
}

// ---- resize

std::string attribute(const Node& node, std::string_view name) {
    return *std::get_if<std::string>(node.attrs.find(name));
}

std::string coordinate_mode(const std::string& mode) {
    static constexpr std::string_view kModes[] = {"half_pixel", "pytorch_half_pixel", "asymmetric",
                                                  "align_corners", "tf_half_pixel_for_nn"};
    return std::ranges::find(kModes, mode) != std::end(kModes) ? mode : "";
}

std::vector<int> resized_axes(const Graph& graph, const Node& node) {
    const auto& axes = *std::get_if<Ints>(node.attrs.find("axes"));
    std::vector<int> result;
    const auto rank = static_cast<int>(graph[node.inputs[0]].shape.size());
    for (int i = 0; i < (axes.empty() ? rank : static_cast<int>(axes.size())); ++i)
        result.push_back(axes.empty() ? i
                                      : static_cast<int>(axes[static_cast<size_t>(i)] < 0
                                                             ? axes[static_cast<size_t>(i)] + rank
                                                             : axes[static_cast<size_t>(i)]));
    return result;
}

// Scales decide where pixels lie only together with sizes that do not follow from them exactly.
bool exact_scales(const Graph& graph, const Node& node) {
    const auto& scales = *std::get_if<graph::Floats>(node.attrs.find("scales"));
    const auto axes = resized_axes(graph, node);
    for (size_t i = 0; i < scales.size(); ++i) {
        const auto in = graph[node.inputs[0]].shape[static_cast<size_t>(axes[i])].constant();
        const auto out = graph[node.outputs[0]].shape[static_cast<size_t>(axes[i])].constant();
        if (scales[i] == 1) continue;
        if (!in || !out) return scales[i] == static_cast<double>(static_cast<int64_t>(scales[i]));
        if (static_cast<double>(*in) * scales[i] != static_cast<double>(*out)) return false;
    }
    return true;
}

bool resize_fits(const Graph& graph, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue) return false;
    const bool flags = *std::get_if<bool>(node.attrs.find("exclude_outside"));
    const bool antialias = *std::get_if<bool>(node.attrs.find("antialias"));
    const std::string mode = attribute(node, "mode");
    const DType dtype = graph[node.inputs[0]].dtype;
    const size_t rank = graph[node.inputs[0]].shape.size();
    if (flags || antialias || attribute(node, "keep_aspect_ratio_policy") != "stretch") return false;
    if (coordinate_mode(attribute(node, "coordinate_transformation_mode")).empty()) return false;
    if (dtype != DType::kF32 && dtype != DType::kF16) return false;
    if (!exact_scales(graph, node)) return false;
    // linear_onnx: the last axes of an image alone; cubic: two of them.
    std::vector<int> axes;
    const Dims &in = graph[node.inputs[0]].shape, &out = graph[node.outputs[0]].shape;
    for (size_t i = 0; i < rank; ++i)
        if (!(in[i] == out[i])) axes.push_back(static_cast<int>(i));
    if (mode == "nearest") return true;
    return rank == 4 && std::ranges::all_of(axes, [](int axis) { return axis >= 2; });
}

Status lower_resize(NodeView& n) {
    Lowering& l = n.lowering;
    const std::string mode = n.string("mode");
    std::vector<int> axes = resized_axes(l.graph(), n.node);
    if (mode != "nearest") axes = {2, 3};
    Ints list(axes.begin(), axes.end());
    // Sizes that are numbers are said as such, whether they were given so or as scales.
    Dims sizes;
    for (const int axis : axes) sizes.push_back(n.shape_out()[static_cast<size_t>(axis)]);
    const bool by_sizes = graph::constant_shape(sizes).has_value();
    Source amount;
    if (by_sizes) {
        amount = l.ints(*graph::constant_shape(sizes));
    } else {
        std::vector<float> scales;
        const auto& given = n.numbers("scales");
        const auto all = resized_axes(l.graph(), n.node);
        for (const int axis : axes) {
            const auto at = std::ranges::find(all, axis);
            scales.push_back(at == all.end() || given.empty()
                                 ? 1.0F
                                 : static_cast<float>(given[static_cast<size_t>(at - all.begin())]));
        }
        if (given.empty()) return fail("its sizes stay open; fix them (--fix), or give scales");
        amount = l.weight("scales", Tensor::of<float>({static_cast<int64_t>(scales.size())},
                                                      std::span<const float>(scales)));
    }
    n.emit("Interpolate", 11,
           {{"mode", mode == "linear" ? "linear_onnx" : mode},
            {"shape_calculation_mode", by_sizes ? "sizes" : "scales"},
            {"coordinate_transformation_mode", coordinate_mode(n.string("coordinate_transformation_mode"))},
            {"nearest_mode", n.string("nearest_mode")},
            {"antialias", "false"},
            {"pads_begin", "0"},
            {"pads_end", "0"},
            {"cube_coeff", number_text(n.number("cubic_coeff_a"))}},
           {n.source(0), amount, l.ints(list)});
    return {};
}

Status lower_depth_to_space(NodeView& n) {
    n.emit("DepthToSpace", 1,
           {{"mode", n.string("mode") == "CRD" ? "depth_first" : "blocks_first"},
            {"block_size", std::to_string(n.integer("blocksize"))}},
           {n.source(0)});
    return {};
}

Status lower_space_to_depth(NodeView& n) {
    n.emit("SpaceToDepth", 1,
           {{"mode", "blocks_first"}, {"block_size", std::to_string(n.integer("blocksize"))}}, {n.source(0)});
    return {};
}

Status lower_grid_sample(NodeView& n) {
    const std::string mode = n.string("mode");
    n.emit("GridSample", 9,
           {{"align_corners", flag_text(n.flag("align_corners"))},
            {"mode", mode.ends_with("linear")  ? "bilinear"
                     : mode.ends_with("cubic") ? "bicubic"
                                               : "nearest"},
            {"padding_mode", n.string("padding_mode")}},
           {n.source(0), n.source(1)});
    return {};
}
bool grid_sample_fits(const Graph& graph, const Node& node) {
    return graph[node.inputs[0]].shape.size() == 4;
}

constexpr LowerRow kImageLowerings[] = {
    {"max_pool", lower_max_pool, max_pool_fits}, {"avg_pool", lower_avg_pool, avg_pool_fits},
    {"resize", lower_resize, resize_fits},       {"depth_to_space", lower_depth_to_space},
    {"space_to_depth", lower_space_to_depth},    {"grid_sample", lower_grid_sample, grid_sample_fits}};

}  // namespace

std::span<const LowerRow> image_lowerings() { return kImageLowerings; }

}  // namespace lathe::formats::openvino
