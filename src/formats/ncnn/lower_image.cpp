// Convolutions, pooling, resizing and padding: images [C, H, W], one at a time.
#include <algorithm>
#include <array>
#include <cmath>

#include "formats/ncnn/lowering.h"
#include "ops/window.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;
using ops::Window;
using ops::WindowAxis;

int32_t narrow_size(int64_t value) { return static_cast<int32_t>(value); }

// [1, C, L] and [1, C, H, W] as [C, H, W].
Result<Shape> image_shape(const Shape& shape) {
    if (shape.size() != 3 && shape.size() != 4)
        return fail("it slides over {} axes of space, and ncnn is written with one or two here",
                    static_cast<int64_t>(shape.size()) - 2);
    if (shape[0] != 1) return fail("it works on {} images at once, and ncnn has no batch axis", shape[0]);
    return shape.size() == 3 ? Shape{shape[1], 1, shape[2]} : Shape(shape.begin() + 1, shape.end());
}

Result<int> image_blob(NodeView& n) {
    TRY(const Shape shape, image_shape(n.shape_in(0)));
    return n.lowering.in_shape(n.in(0), shape);
}

struct Sides {
    WindowAxis h, w;  // h is trivial over rows
};

Result<Sides> window_of(NodeView& n, const graph::Ints& kernel) {
    TRY(Window window, ops::read_window(n, kernel));
    TRY_STATUS(ops::fit_window(window, n.shape_in(0)));
    Sides s;
    if (window.axes.size() == 2) s.h = window.axes[0];
    s.w = window.axes.back();
    return s;
}

// ---- conv

// [O, I, kh, kw]
Tensor as_filters(const Tensor& weight) {
    return weight.rank() == 3 ? weight.reshaped({weight.dim(0), weight.dim(1), 1, weight.dim(2)}) : weight;
}

Lowering::Parameters conv_parameters(const Sides& s, int64_t outputs, bool bias, int64_t weights) {
    return {{0, narrow_size(outputs)},      {1, narrow_size(s.w.kernel)},    {11, narrow_size(s.h.kernel)},
            {2, narrow_size(s.w.dilation)}, {12, narrow_size(s.h.dilation)}, {3, narrow_size(s.w.stride)},
            {13, narrow_size(s.h.stride)},  {4, narrow_size(s.w.begin)},     {15, narrow_size(s.w.end)},
            {14, narrow_size(s.h.begin)},   {16, narrow_size(s.h.end)},      {5, bias ? 1 : 0},
            {6, narrow_size(weights)}};
}

bool is_point(const Sides& s) {
    const auto plain = [](const WindowAxis& axis) {
        return axis.kernel == 1 && axis.begin == 0 && axis.end == 0;
    };
    return plain(s.h) && plain(s.w);
}

Status lower_conv(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(Shape shape, image_shape(n.shape_in(0)));
    TRY(const Shape out, image_shape(n.shape_out()));
    TRY(const Tensor given, n.constant(1, "weight"));
    const Tensor w = as_filters(given.to_contiguous());
    TRY(const graph::Ints kernel, ops::kernel_of(n, graph::dims_of(given.shape())));
    TRY(const Sides s, window_of(n, kernel));
    const int64_t groups = n.integer("group"), outputs = w.dim(0);
    auto codes = l.integers(n.node);
    if (codes) codes = codes->grouped(outputs, groups == 1 ? outputs : groups);
    std::vector<Weight> weights{codes ? codes->codes(w) : l.weight(w)};
    if (n.has(2)) {
        TRY(const Tensor bias, n.constant(2, "bias"));
        weights.push_back(Lowering::plain(bias));
    }
    if (codes)
        for (Weight& scale : codes->scales()) weights.push_back(std::move(scale));
    const ValueId x = codes ? codes->input : n.in(0);
    // Of a single point: a product with a vector.
    const bool vector = groups == 1 && is_point(s) && shape[1] * shape[2] == 1;
    if (vector) {
        Lowering::Parameters parameters{
            {0, narrow_size(outputs)}, {1, n.has(2) ? 1 : 0}, {2, narrow_size(w.count())}};
        if (codes) parameters.emplace_back(8, 2);
        l.emit("InnerProduct", {l.in_shape(x, {shape[0]})}, {l.result_for(n.out(), {outputs})},
               std::move(parameters), std::move(weights));
        return {};
    }
    auto parameters = conv_parameters(s, outputs, n.has(2), w.count());
    if (groups > 1) parameters.emplace_back(7, narrow_size(groups));
    if (codes) parameters.emplace_back(8, groups == 1 ? 2 : 1);
    l.emit(groups == 1 ? "Convolution" : "ConvolutionDepthWise", {l.in_shape(x, shape)},
           {l.result_for(n.out(), out)}, std::move(parameters), std::move(weights));
    return {};
}

// Groups of [in, out/g, kh, kw] as [g, out/g, in/g, kh, kw].
Tensor deconvolution_weight(const Tensor& w, int64_t groups) {
    const Shape split{groups, w.dim(0) / groups, w.dim(1), w.dim(2), w.dim(3)};
    const int order[] = {0, 2, 1, 3, 4};
    return w.to_contiguous().reshaped(split).transposed(order).to_contiguous();
}

Status lower_conv_transpose(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int x, image_blob(n));
    TRY(const Shape out, image_shape(n.shape_out()));
    TRY(const Tensor given, n.constant(1, "weight"));
    const Tensor w = as_filters(given.to_contiguous());
    const int64_t groups = n.integer("group"), outputs = w.dim(1) * groups;
    const Shape in = l.blob(x).shape;
    const bool rows = n.shape_in(0).size() == 3;
    const auto number = [&](std::string_view name, size_t axis, int64_t absent) {
        const auto& list = n.list(name);
        if (rows && axis == 0) return absent;
        const size_t at = rows ? 0 : axis;
        return at < list.size() ? list[at] : absent;
    };
    if (n.string("auto_pad") != "NOTSET" || !n.list("output_shape").empty())
        return fail(
            "its padding follows from the size that it gives, and is written for ncnn as numbers only");
    Sides s;
    int64_t more[2]{};
    for (const size_t axis : {size_t{0}, size_t{1}}) {
        WindowAxis& a = axis == 0 ? s.h : s.w;
        a.kernel = w.dim(static_cast<int>(axis) + 2);
        a.stride = number("strides", axis, 1);
        a.dilation = number("dilations", axis, 1);
        const auto& pads = n.list("pads");
        const size_t at = rows ? 0 : axis;
        if (!pads.empty() && !(rows && axis == 0)) {
            a.begin = pads[at];
            a.end = pads[at + pads.size() / 2];
        }
        more[axis] = number("output_padding", axis, 0);
        if (a.begin < 0 || a.end < 0) return fail("its padding is negative");
        if ((in[axis + 1] - 1) * a.stride + a.extent() - a.begin - a.end + more[axis] != out[axis + 1])
            return fail("it gives {} elements along an axis, which is not what ncnn would give",
                        out[axis + 1]);
    }
    std::vector<Weight> weights{l.weight(deconvolution_weight(w, groups))};
    if (n.has(2)) {
        TRY(const Tensor bias, n.constant(2, "bias"));
        weights.push_back(Lowering::plain(bias));
    }
    auto parameters = conv_parameters(s, outputs, n.has(2), w.count());
    if (groups > 1) parameters.emplace_back(7, narrow_size(groups));
    if (more[0] != 0 || more[1] != 0) {
        parameters.emplace_back(18, narrow_size(more[1]));
        parameters.emplace_back(19, narrow_size(more[0]));
    }
    l.emit(groups == 1 ? "Deconvolution" : "DeconvolutionDepthWise", {x}, {l.result_for(n.out(), out)},
           std::move(parameters), std::move(weights));
    return {};
}

// ---- pooling

Status emit_pool(NodeView& n, int kind, Sides s, bool count_padding) {
    TRY(const int x, image_blob(n));
    TRY(const Shape out, image_shape(n.shape_out()));
    n.lowering.emit("Pooling", {x}, {n.lowering.result_for(n.out(), out)},
                    {{0, kind},
                     {1, narrow_size(s.w.kernel)},
                     {11, narrow_size(s.h.kernel)},
                     {2, narrow_size(s.w.stride)},
                     {12, narrow_size(s.h.stride)},
                     {3, narrow_size(s.w.begin)},
                     {14, narrow_size(s.w.end)},
                     {13, narrow_size(s.h.begin)},
                     {15, narrow_size(s.h.end)},
                     {5, 1},
                     {6, count_padding ? 1 : 0}});
    return {};
}

// With ceil_mode the last window may look beyond the padding; ncnn's windows do not, so that there is more padding.
// -> whether there is
bool cover(WindowAxis& axis, int64_t in, int64_t out) {
    const int64_t needed = (out - 1) * axis.stride + axis.extent() - in - axis.begin;
    const bool more = needed > axis.end;
    axis.end = std::max<int64_t>(needed, 0);
    return more;
}

Status lower_pool(NodeView& n) {
    const bool mean = n.node.op->name == "avg_pool";
    if (n.node.outputs.size() > 1 && n.node.outputs[1] != graph::kNoValue)
        return fail("ncnn's pooling does not say where the largest values were");
    TRY(Sides s, window_of(n, n.list("kernel_shape")));
    TRY(const Shape in, image_shape(n.shape_in(0)));
    TRY(const Shape out, image_shape(n.shape_out()));
    if (s.h.dilation != 1 || s.w.dilation != 1) return fail("ncnn's pooling has no dilation");
    const bool counted = mean && n.flag("count_include_pad");
    const bool below = cover(s.h, in[1], out[1]), beside = cover(s.w, in[2], out[2]);
    if ((below || beside) && counted)
        return fail("its last windows look beyond the padding that counts, which ncnn cannot tell apart");
    return emit_pool(n, mean ? 1 : 0, s, counted);
}

Status lower_global(NodeView& n) {
    Lowering& l = n.lowering;
    const Shape& shape = n.shape_in(0);
    const int64_t channels = shape[0] * shape[1];
    const Shape seen{channels, 1, element_count(shape) / channels};
    const auto natural = axes_to_keep(shape);
    const Shape wanted = natural && natural->size() == 3 && shape[0] == 1 ? with_axes(shape, *natural) : seen;
    l.emit("Pooling", {l.in_shape(n.in(0), wanted)}, {l.result_for(n.out(), {channels})},
           {{0, n.node.op->name == "global_avg_pool" ? 1 : 0}, {4, 1}});
    return {};
}

// ---- resize

Status lower_resize(NodeView& n) {
    const std::string &mode = n.string("mode"), &where = n.string("coordinate_transformation_mode");
    if (n.shape_in(0).size() != 4 || n.shape_in(0)[1] != n.shape_out()[1] ||
        n.shape_in(0)[0] != n.shape_out()[0])
        return fail("ncnn resizes height and width of images only");
    if (n.flag("antialias")) return fail("ncnn's resizing has no antialiasing");
    const bool corners = where == "align_corners";
    const bool half = where == "half_pixel" || where == "pytorch_half_pixel";
    TRY(const int x, image_blob(n));
    TRY(const Shape out, image_shape(n.shape_out()));
    const Shape in = n.lowering.blob(x).shape;
    if (where == "pytorch_half_pixel" && (out[1] == 1 || out[2] == 1))
        return fail("ncnn takes the middle of an axis that is resized to one element, and {} its begin",
                    where);
    int type = 0;
    if (mode == "nearest") {
        const std::string& rounding = n.string("nearest_mode");
        const bool whole = out[1] % in[1] == 0 && out[2] % in[2] == 0;
        const bool floors = where == "asymmetric" && rounding == "floor";
        const bool rounds = half && whole && rounding != "floor" && rounding != "ceil";
        if (!floors && !rounds)
            return fail("ncnn has no nearest neighbour by {} with the rounding {}", where, rounding);
        type = 1;
    } else {
        if (!half && !corners) return fail("ncnn's resizing has no coordinates of the kind {}", where);
        if (mode == "cubic" && (n.number("cubic_coeff_a") != -0.75 || n.flag("exclude_outside")))
            return fail("ncnn's cubic curve is that of the coefficient -0.75, with edges repeated");
        type = mode == "cubic" ? 3 : 2;
    }
    Lowering::Parameters parameters{{0, type}, {3, narrow_size(out[1])}, {4, narrow_size(out[2])}};
    if (corners) parameters.emplace_back(6, 1);
    n.lowering.emit("Interp", {x}, {n.lowering.result_for(n.out(), out)}, std::move(parameters));
    return {};
}

Status lower_depth_to_space(NodeView& n) {
    TRY(const int x, image_blob(n));
    TRY(const Shape out, image_shape(n.shape_out()));
    n.lowering.emit("PixelShuffle", {x}, {n.lowering.result_for(n.out(), out)},
                    {{0, narrow_size(n.integer("blocksize"))}, {1, n.string("mode") == "DCR" ? 1 : 0}});
    return {};
}

// ---- pad

Status lower_pad(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const graph::Ints pads, n.ints("pads"));
    TRY(graph::Ints axes, n.ints("axes"));
    const Shape& in = n.shape_in(0);
    if (axes.empty())
        for (size_t i = 0; i < in.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    TRY(const auto normal, graph::normal_axes(axes, static_cast<int>(in.size())));
    std::vector<std::array<int64_t, 2>> sides(in.size());
    for (size_t i = 0; i < normal.size(); ++i)
        sides[static_cast<size_t>(normal[i])] = {pads[i], pads[normal.size() + i]};
    // Each padded axis stands alone, and those between them as one.
    Shape sizes;
    std::vector<std::array<int64_t, 2>> margins;
    for (size_t i = 0; i < in.size(); ++i) {
        const bool none = sides[i][0] == 0 && sides[i][1] == 0;
        if (sides[i][0] < 0 || sides[i][1] < 0)
            return fail("its padding is negative, and ncnn's cannot take away");
        if (none && in[i] == 1) continue;
        if (none && !sizes.empty() && margins.back()[0] == 0 && margins.back()[1] == 0) sizes.back() *= in[i];
        else {
            sizes.push_back(in[i]);
            margins.push_back(sides[i]);
        }
    }
    if (element_count(n.shape_out()) == element_count(in)) return l.same(n.out(), n.in(0)), Status{};
    const bool fits = sizes.size() <= 3 || (sizes.size() == 4 && margins[0][0] == 0 && margins[0][1] == 0);
    if (!fits) return fail("it pads more axes than ncnn's padding knows (height, width and one more)");
    const std::string& mode = n.string("mode");
    if (mode == "wrap") return fail("ncnn's padding does not wrap around");
    const size_t last = sizes.size() - 1;
    const auto margin = [&](size_t from_end, size_t side) {
        return from_end <= last ? narrow_size(margins[last - from_end][side]) : 0;
    };
    if (mode != "constant" && (margin(2, 0) != 0 || margin(2, 1) != 0))
        return fail("ncnn's padding by {} is of height and width only", mode);
    double value = 0;
    if (mode == "constant") {
        if (!n.has(2)) {
            value = n.number("constant_value");
        } else {
            TRY(const Tensor given, n.constant(2, "value"));
            value = given.to_doubles()[0];
        }
    }
    Shape out = sizes;
    for (size_t i = 0; i < out.size(); ++i) out[i] += margins[i][0] + margins[i][1];
    l.emit("Padding", {l.in_shape(n.in(0), sizes)}, {l.result_for(n.out(), out)},
           {{0, margin(1, 0)},
            {1, margin(1, 1)},
            {2, margin(0, 0)},
            {3, margin(0, 1)},
            {4, mode == "constant" ? 0
                : mode == "edge"   ? 1
                                   : 2},
            {5, static_cast<float>(value)},
            {7, margin(2, 0)},
            {8, margin(2, 1)}});
    return {};
}

bool one_image(const Graph& graph, const Node& node) {
    return graph[node.inputs[0]].shape[0] == graph::Dim(1);
}
bool shuffle_fits(const Graph& graph, const Node& node) { return one_image(graph, node); }

constexpr LowerRow kImageRows[] = {
    {"avg_pool", lower_pool},
    {"conv", lower_conv},
    {"conv_transpose", lower_conv_transpose},
    {"depth_to_space", lower_depth_to_space, shuffle_fits},
    {"global_avg_pool", lower_global},
    {"global_max_pool", lower_global},
    {"max_pool", lower_pool},
    {"pad", lower_pad},
    {"resize", lower_resize},
};

}  // namespace

std::span<const LowerRow> image_lowerings() { return kImageRows; }

}  // namespace lathe::formats::ncnn
