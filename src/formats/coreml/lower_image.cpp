// Pooling, padding, resizing and what moves channels into space.
#include <algorithm>
#include <limits>

#include "formats/coreml/lowering.h"
#include "ops/window.h"

namespace lathe::formats::coreml {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;
using ops::Window;
using ops::WindowAxis;

// ---- pooling

struct PoolWindow {
    Window window;
    bool reaches_out = false;  // windows end behind the padding that was asked for (ceil_mode)
};

Result<PoolWindow> pool_window(NodeView& n) {
    PoolWindow pool;
    TRY(pool.window, ops::read_window(n, n.list("kernel_shape")));
    for (const WindowAxis& axis : pool.window.axes)
        if (axis.dilation != 1) return fail("Core ML's pooling has no dilation");
    if (const int rank = n.rank_in(); rank < 3 || rank > 5)
        return fail("Core ML slides windows over one to three axes, not over {}", rank - 2);
    if (!pool.window.same() && !pool.window.ceil_mode) return pool;
    TRY(Shape in, fixed_shape({n.shape_in(0).begin() + 2, n.shape_in(0).end()}, "an image"));
    TRY(const Shape out, fixed_shape({n.shape_out().begin() + 2, n.shape_out().end()}, "an image"));
    Shape whole{1, 1};
    whole.insert(whole.end(), in.begin(), in.end());
    TRY_STATUS(ops::fit_window(pool.window, whole));
    for (size_t i = 0; i < in.size(); ++i) {
        WindowAxis& axis = pool.window.axes[i];
        const int64_t end = (out[i] - 1) * axis.stride + axis.extent() - in[i] - axis.begin;
        pool.reaches_out |= end > axis.end;
        axis.end = std::max(axis.end, end);
    }
    return pool;
}

Arguments pool_arguments(NodeView& n, const std::string& x, const Window& window) {
    std::vector<int64_t> kernel, strides, pads;
    for (const WindowAxis& axis : window.axes) {
        kernel.push_back(axis.kernel);
        strides.push_back(axis.stride);
        pads.push_back(axis.begin);
        pads.push_back(axis.end);
    }
    Lowering& l = n.lowering;
    const bool valid = std::ranges::all_of(pads, [](int64_t pad) { return pad == 0; });
    return {{"x", x},
            {"kernel_sizes", l.ints(kernel)},
            {"strides", l.ints(strides)},
            {"pad_type", l.text(valid ? "valid" : "custom")},
            {"pad", l.ints(pads)},
            {"ceil_mode", l.flag(false)}};
}

Status lower_mil_max_pool(NodeView& n) {
    if (n.node.outputs.size() > 1 && n.out_id(1) != graph::kNoValue)
        return fail("Core ML's pooling does not say where the largest values were");
    TRY(const PoolWindow pool, pool_window(n));
    TRY(const std::string x, n.in(0));
    return n.out("max_pool", pool_arguments(n, x, pool.window));
}

Status lower_mil_avg_pool(NodeView& n) {
    TRY(const PoolWindow pool, pool_window(n));
    const bool count_padding = n.flag("count_include_pad");
    if (count_padding && pool.reaches_out)
        return fail(
            "it counts the padding but not what lies behind it (ceil_mode), which Core ML's pooling does not");
    TRY(const std::string x, n.in(0));
    Arguments arguments = pool_arguments(n, x, pool.window);
    arguments.emplace_back("exclude_padding_from_average", n.lowering.flag(!count_padding));
    return n.out("avg_pool", std::move(arguments));
}

Status lower_mil_global(NodeView& n) {
    std::vector<int64_t> axes;
    for (int i = 2; i < n.rank_in(); ++i) axes.push_back(i);
    if (axes.empty()) return n.same();
    TRY(const std::string x, n.in(0));
    return n.out(n.operation(),
                 {{"x", x}, {"axes", n.lowering.ints(axes)}, {"keep_dims", n.lowering.flag(true)}});
}

// ---- padding

// Takes away where margins are below 0. -> x and the margins that are left
Result<std::string> cropped(NodeView& n, std::vector<int64_t>& pads) {
    TRY(const std::string x, n.in(0));
    if (std::ranges::all_of(pads, [](int64_t pad) { return pad >= 0; })) return x;
    TRY(const Shape in, fixed_shape(n.shape_in(0), "what is cut"));
    std::vector<int64_t> begin, end;
    Dims shape;
    for (size_t i = 0; i < in.size(); ++i) {
        int64_t &before = pads[2 * i], &behind = pads[2 * i + 1];
        begin.push_back(before < 0 ? -before : 0);
        end.push_back(behind < 0 ? in[i] + behind : in[i]);
        before = std::max<int64_t>(before, 0), behind = std::max<int64_t>(behind, 0);
        shape.emplace_back(end.back() - begin.back());
        if (end.back() <= begin.back()) return fail("it takes away all of an axis before it pads");
    }
    Lowering& l = n.lowering;
    const std::string no = l.flags(std::vector<bool>(in.size(), false));
    TRY(const DType dtype, l.type_of(n.id(0)));
    return n.step("slice_by_index",
                  {{"x", x},
                   {"begin", l.ints(begin)},
                   {"end", l.ints(end)},
                   {"stride", l.ints(std::vector<int64_t>(in.size(), 1))},
                   {"begin_mask", no},
                   {"end_mask", no},
                   {"squeeze_mask", no}},
                  dtype, shape);
}

Status lower_mil_pad(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const graph::Ints given, n.ints("pads"));
    TRY(graph::Ints axes, n.ints("axes"));
    const int rank = n.rank_in();
    if (axes.empty())
        for (int i = 0; i < rank; ++i) axes.push_back(i);
    TRY(const auto normal, graph::normal_axes(axes, rank));
    std::vector<int64_t> pads(2 * static_cast<size_t>(rank), 0);
    for (size_t i = 0; i < normal.size(); ++i) {
        pads[2 * static_cast<size_t>(normal[i])] = given[i];
        pads[2 * static_cast<size_t>(normal[i]) + 1] = given[normal.size() + i];
    }
    const std::string& mode = n.string("mode");
    const std::string_view theirs = mode == "constant"  ? "constant"
                                    : mode == "reflect" ? "reflect"
                                    : mode == "edge"    ? "replicate"
                                                        : "";
    if (theirs.empty()) return fail("Core ML has no padding of the kind {}", mode);
    double value = 0;
    if (!n.has(2)) {
        value = n.number("constant_value");
    } else {
        const auto known = l.known(n.id(2));
        if (!known || known->count() != 1)
            return fail("its constant_value is computed while the network runs");
        value = known->to_doubles()[0];
    }
    TRY(const std::string x, cropped(n, pads));
    // Axes in front that have no margins need not be named.
    size_t first = 0;
    while (first + 2 < pads.size() && pads[first] == 0 && pads[first + 1] == 0) first += 2;
    return n.out("pad", {{"x", x},
                         {"pad", l.ints({pads.begin() + static_cast<std::ptrdiff_t>(first), pads.end()})},
                         {"mode", l.text(std::string(theirs))},
                         {"constant_val", l.number(value)}});
}

// ---- resizing

// Sizes before and behind, of the last two axes; nothing else may change.
struct Resized {
    Shape in, out;
};
Result<Resized> resized_axes(NodeView& n) {
    const size_t rank = n.shape_out().size();
    if (rank < 3 || rank > kMostRank) return fail("Core ML resizes images of three to five axes");
    for (size_t i = 0; i + 2 < rank; ++i)
        if (!(n.shape_in(0)[i] == n.shape_out()[i])) return fail("Core ML resizes the last two axes only");
    Resized sizes;
    TRY(sizes.in, fixed_shape({n.shape_in(0).end() - 2, n.shape_in(0).end()}, "an image that is resized"));
    TRY(sizes.out, fixed_shape({n.shape_out().end() - 2, n.shape_out().end()}, "an image that is resized"));
    return sizes;
}

Status resize_nearest(NodeView& n, const std::string& x, const Resized& sizes) {
    Lowering& l = n.lowering;
    const std::string& where = n.string("coordinate_transformation_mode");
    const std::string& rounding = n.string("nearest_mode");
    const bool whole = sizes.out[0] % sizes.in[0] == 0 && sizes.out[1] % sizes.in[1] == 0;
    // By whole factors all of ONNX's roundings of asymmetric and half-pixel coordinates but one give floor(i * scale).
    const bool floors = where == "asymmetric" && rounding == "floor";
    const bool rounds = (where == "half_pixel" || where == "pytorch_half_pixel") && whole &&
                        rounding != "floor" && rounding != "ceil";
    if (!floors && !rounds)
        return fail("Core ML has no nearest neighbour by {} with the rounding {}", where, rounding);
    if (whole)
        return n.out("upsample_nearest_neighbor",
                     {{"x", x},
                      {"scale_factor_height", l.integer(sizes.out[0] / sizes.in[0])},
                      {"scale_factor_width", l.integer(sizes.out[1] / sizes.in[1])}});
    return n.out("resize_nearest_neighbor", {{"x", x},
                                             {"target_size_height", l.integer(sizes.out[0])},
                                             {"target_size_width", l.integer(sizes.out[1])}});
}

Status lower_mil_resize(NodeView& n) {
    Lowering& l = n.lowering;
    const std::string& mode = n.string("mode");
    const std::string& where = n.string("coordinate_transformation_mode");
    if (n.flag("antialias")) return fail("Core ML's resizing has no antialiasing");
    if (mode != "nearest" && mode != "linear")
        return fail("Core ML resizes by nearest neighbour or bilinearly, not by {} curves", mode);
    TRY(const Resized sizes, resized_axes(n));
    TRY(const std::string x, n.in(0));
    if (mode == "nearest") return resize_nearest(n, x, sizes);
    const bool single = sizes.out[0] == 1 || sizes.out[1] == 1;
    const std::string_view sampling = where == "half_pixel" || (where == "pytorch_half_pixel" && !single)
                                          ? "UNALIGN_CORNERS"
                                      : where == "align_corners" && !single ? "STRICT_ALIGN_CORNERS"
                                      : where == "asymmetric" && !single    ? "DEFAULT"
                                                                            : "";
    if (sampling.empty())
        return fail("Core ML's resizing has no coordinates of the kind {} for this size", where);
    return n.out("resize_bilinear", {{"x", x},
                                     {"target_size_height", l.integer(sizes.out[0])},
                                     {"target_size_width", l.integer(sizes.out[1])},
                                     {"sampling_mode", l.text(std::string(sampling))}});
}

Status lower_mil_depth_to_space(NodeView& n) {
    TRY(const std::string x, n.in(0));
    const std::string block = n.lowering.integer(n.integer("blocksize"));
    if (n.string("mode") == "CRD") return n.out("pixel_shuffle", {{"x", x}, {"upscale_factor", block}});
    return n.out("depth_to_space", {{"x", x}, {"block_size", block}});
}

Status lower_mil_space_to_depth(NodeView& n) {
    TRY(const std::string x, n.in(0));
    return n.out("space_to_depth", {{"x", x}, {"block_size", n.lowering.integer(n.integer("blocksize"))}});
}

// MIL's blocks are larger than one pixel.
bool blocks_fit(const Graph&, const Node& node) {
    return *std::get_if<int64_t>(node.attrs.find("blocksize")) > 1;
}

constexpr LowerRow kImageRows[] = {
    {"avg_pool", lower_mil_avg_pool},      {"depth_to_space", lower_mil_depth_to_space, blocks_fit},
    {"global_avg_pool", lower_mil_global}, {"global_max_pool", lower_mil_global},
    {"max_pool", lower_mil_max_pool},      {"pad", lower_mil_pad},
    {"resize", lower_mil_resize},          {"space_to_depth", lower_mil_space_to_depth, blocks_fit},
};

}  // namespace

std::span<const LowerRow> image_lowerings() { return kImageRows; }

}  // namespace lathe::formats::coreml
