// Convolutions, pooling and resizing: rows of channels, [N, H, W, C].
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/litert/lowering.h"
#include "ops/window.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;
using ops::Window;
using ops::WindowAxis;
using wire::flat_number;
using wire::FlatField;

// Channels last: 0, 2, …, 1.
Order channels_last(size_t rank) {
    Order order{0};
    for (size_t i = 2; i < rank; ++i) order.push_back(static_cast<int>(i));
    order.push_back(1);
    return order;
}

Dims image_dims(const Dims& shape) {  // of [N, C, L] or [N, C, H, W]: [N, H, W, C]
    if (shape.size() == 3) return {shape[0], Dim(1), shape[2], shape[1]};
    return {shape[0], shape[2], shape[3], shape[1]};
}

// The image as [N, H, W, C]; of rows ([N, C, L]) H is 1.
Result<int> image(NodeView& n, size_t operand) {
    Lowering& l = n.lowering;
    const ValueId id = n.in(operand);
    const size_t rank = l.rank(id);
    if (rank != 3 && rank != 4)
        return fail("LiteRT slides windows over one or two axes of space here, not over {}", rank - 2);
    const int x = l.in_order(id, channels_last(rank));
    if (rank == 4) return x;
    const int wide = l.result(l.name_of(id) + "/image", l.value(id).dtype, image_dims(l.shape(id)));
    TRY(const int target, l.shape_operand(image_dims(l.shape(id)), true));
    l.emit(Builtin::kReshape, {x, target}, {wide});
    return wide;
}

// Emits the operator whose result is the node's, as an image.
Status emit_image(NodeView& n, Builtin code, std::vector<int> inputs, std::vector<FlatField> options) {
    Lowering& l = n.lowering;
    const size_t rank = n.shape_out().size();
    if (rank == 4) {
        l.emit(code, std::move(inputs), {l.result_for(n.out(), channels_last(4))}, std::move(options));
        return {};
    }
    const int y = l.result(l.name_of(n.out()) + "/image", l.value(n.out()).dtype, image_dims(n.shape_out()));
    l.emit(code, std::move(inputs), {y}, std::move(options));
    const int rows = l.result_for(n.out(), channels_last(3));
    TRY(const int target, l.shape_operand(l.tensor(rows).shape, true));
    l.emit(Builtin::kReshape, {y, target}, {rows});
    return {};
}

// Sizes of space, the batch and channels as one: windows do not look at them.
Result<Shape> space_of(const Dims& shape) {
    Shape sizes{1, 1};
    for (size_t i = 2; i < shape.size(); ++i) {
        const auto size = shape[i].constant();
        if (!size)
            return fail(
                "the image is {}, and LiteRT needs its height and width as numbers; fix them (--fix {}=SIZE)",
                to_string(shape), shape[i].text());
        sizes.push_back(*size);
    }
    return sizes;
}

struct Fitted {
    WindowAxis h, w;  // h is trivial over rows
    Shape in, out;  // heights and widths
    Padding padding = Padding::kValid;
    bool explicit_pads = false;
};

// What LiteRT's SAME would put in front and behind.
bool same_fits(const WindowAxis& axis, int64_t in, int64_t out) {
    if (out != (in + axis.stride - 1) / axis.stride) return false;
    const int64_t total = std::max<int64_t>((out - 1) * axis.stride + axis.extent() - in, 0);
    return axis.begin == total / 2 && axis.end == total - total / 2;
}

Result<Fitted> fit(NodeView& n, const graph::Ints& kernel) {
    TRY(Window window, ops::read_window(n, kernel));
    TRY(const Shape in, space_of(n.shape_in(0)));
    TRY(const Shape out, space_of(n.shape_out()));
    TRY_STATUS(ops::fit_window(window, in));
    Fitted f{.in = {in.size() == 4 ? in[2] : 1, in.back()},
             .out = {out.size() == 4 ? out[2] : 1, out.back()}};
    if (window.axes.size() == 2) f.h = window.axes[0];
    f.w = window.axes.back();
    const bool none = f.h.begin == 0 && f.h.end == 0 && f.w.begin == 0 && f.w.end == 0;
    if (!none && same_fits(f.h, f.in[0], f.out[0]) && same_fits(f.w, f.in[1], f.out[1]))
        f.padding = Padding::kSame;
    else f.explicit_pads = !none;
    return f;
}

// The image with margins of `value`.
int with_margins(Lowering& l, int x, const std::vector<int64_t>& before_after, double value) {
    const TensorInfo info = l.tensor(x);
    Dims shape = info.shape;
    for (size_t i = 0; i < shape.size(); ++i)
        shape[i] = shape[i] + Dim(before_after[2 * i] + before_after[2 * i + 1]);
    const int padded = l.result(info.name + "/padded", info.dtype, shape);
    const int pads = l.constant_tensor(
        "pads", tensor_from_ints(DType::kI32, {static_cast<int64_t>(shape.size()), 2}, before_after));
    if (value == 0) l.emit(Builtin::kPad, {x, pads}, {padded});
    else l.emit(Builtin::kPadv2, {x, pads, l.scalar(info.dtype, value)}, {padded});
    return padded;
}

int with_window_margins(Lowering& l, int x, const Fitted& f, double value) {
    return with_margins(l, x, {0, 0, f.h.begin, f.h.end, f.w.begin, f.w.end, 0, 0}, value);
}

int8_t code(Padding padding) { return static_cast<int8_t>(padding); }
int32_t narrow(int64_t value) { return static_cast<int32_t>(value); }

// ---- conv

Result<int> bias_of(NodeView& n, size_t operand, int64_t channels) {
    Lowering& l = n.lowering;
    const std::string name = l.name_of(n.out()) + "/bias";
    if (!n.has(operand)) return l.constant_tensor(name, Tensor::filled(DType::kF32, {channels}, 0));
    if (const auto& data = l.constant(n.in(operand)))
        return l.weight(l.name_of(n.in(operand)), *data, 0, false);
    return l.plain(n.in(operand));
}

Status lower_conv(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int x, image(n, 0));
    TRY(const graph::Ints kernel, ops::kernel_of(n, n.shape_in(1)));
    TRY(const Fitted f, fit(n, kernel));
    const auto& weight = l.constant(n.in(1));
    const auto codes = l.codes_of(n.in(1));
    if (!weight && !codes)
        return fail("its weight '{}' is computed, and LiteRT needs a constant", l.name_of(n.in(1)));
    Tensor w = weight ? *weight : codes->data;  // [O, I, kh, kw]
    if (w.rank() == 3) w = w.reshaped({w.dim(0), w.dim(1), 1, w.dim(2)});
    const int64_t groups = n.integer("group"), channels = w.dim(1) * groups, outputs = w.dim(0);
    const bool depthwise = w.dim(1) == 1 && groups == channels && groups > 1;
    const Order order = depthwise ? Order{1, 2, 3, 0} : Order{0, 2, 3, 1};
    int filter = kNoTensor;
    if (codes) {
        TRY(filter, l.codes_tensor({w, codes->node}, order));
    } else {
        filter = l.weight(l.name_of(n.in(1)), w.transposed(order), depthwise ? 3 : 0, true);
    }
    TRY(const int bias, bias_of(n, 2, outputs));
    const int source = f.explicit_pads ? with_window_margins(l, x, f, 0) : x;
    if (depthwise) {
        using namespace depthwise_slot;
        return emit_image(
            n, Builtin::kDepthwiseConv2d, {source, filter, bias},
            {flat_number(kPadding, code(f.padding)), flat_number(kStrideW, narrow(f.w.stride)),
             flat_number(kStrideH, narrow(f.h.stride)), flat_number(kMultiplier, narrow(outputs / channels)),
             flat_number(kActivation, int8_t{0}), flat_number(kDilationW, narrow(f.w.dilation)),
             flat_number(kDilationH, narrow(f.h.dilation))});
    }
    using namespace conv_slot;
    return emit_image(
        n, Builtin::kConv2d, {source, filter, bias},
        {flat_number(kPadding, code(f.padding)), flat_number(kStrideW, narrow(f.w.stride)),
         flat_number(kStrideH, narrow(f.h.stride)), flat_number(kActivation, int8_t{0}),
         flat_number(kDilationW, narrow(f.w.dilation)), flat_number(kDilationH, narrow(f.h.dilation))});
}

// ---- pooling

std::vector<FlatField> pool_options(const Fitted& f, Padding padding) {
    using namespace pool_slot;
    return {flat_number(kPadding, code(padding)),      flat_number(kStrideW, narrow(f.w.stride)),
            flat_number(kStrideH, narrow(f.h.stride)), flat_number(kFilterW, narrow(f.w.kernel)),
            flat_number(kFilterH, narrow(f.h.kernel)), flat_number(kActivation, int8_t{0})};
}

// With ceil_mode the last window may look beyond the padding; windows of LiteRT do not.
void cover(WindowAxis& axis, int64_t in, int64_t out) {
    axis.end = std::max(axis.end, (out - 1) * axis.stride + axis.extent() - in - axis.begin);
}

Result<Fitted> fit_pool(NodeView& n) {
    TRY(Fitted f, fit(n, n.list("kernel_shape")));
    if (f.h.dilation != 1 || f.w.dilation != 1) return fail("LiteRT's pooling has no dilation");
    if (f.padding == Padding::kSame) return f;
    cover(f.h, f.in[0], f.out[0]);
    cover(f.w, f.in[1], f.out[1]);
    f.explicit_pads = f.h.begin + f.h.end + f.w.begin + f.w.end > 0;
    return f;
}

Status lower_max_pool(NodeView& n) {
    if (n.node.outputs.size() > 1 && n.node.outputs[1] != graph::kNoValue)
        return fail("LiteRT's pooling does not say where the largest values were");
    TRY(const int x, image(n, 0));
    TRY(const Fitted f, fit_pool(n));
    constexpr double kLowest = std::numeric_limits<float>::lowest();
    const int source = f.explicit_pads ? with_window_margins(n.lowering, x, f, kLowest) : x;
    return emit_image(n, Builtin::kMaxPool2d, {source}, pool_options(f, f.padding));
}

// How many of a window's taps count at each place of an axis.
std::vector<double> counted(const WindowAxis& axis, int64_t in, int64_t out, bool with_padding,
                            int64_t padded_end) {
    std::vector<double> counts;
    for (int64_t i = 0; i < out; ++i) {
        const int64_t from = i * axis.stride - axis.begin, to = from + axis.kernel;
        const int64_t low = with_padding ? -axis.begin : 0, high = with_padding ? in + padded_end : in;
        counts.push_back(static_cast<double>(std::min(to, high) - std::max(from, low)));
    }
    return counts;
}

Status lower_avg_pool(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int x, image(n, 0));
    TRY(const Fitted exact, fit(n, n.list("kernel_shape")));
    TRY(const Fitted f, fit_pool(n));
    const bool with_padding = n.flag("count_include_pad");
    if (!f.explicit_pads && !(with_padding && f.padding == Padding::kSame))
        return emit_image(n, Builtin::kAveragePool2d, {x}, pool_options(f, f.padding));
    // LiteRT divides by all taps: what it gives is scaled to the taps that count.
    const auto rows = counted(f.h, f.in[0], f.out[0], with_padding, exact.h.end);
    const auto columns = counted(f.w, f.in[1], f.out[1], with_padding, exact.w.end);
    std::vector<double> factors;
    bool all = true;
    for (const double row : rows)
        for (const double column : columns) {
            factors.push_back(static_cast<double>(f.h.kernel * f.w.kernel) / (row * column));
            all &= factors.back() == 1;
        }
    const int source = with_window_margins(l, x, f, 0);
    if (all) return emit_image(n, Builtin::kAveragePool2d, {source}, pool_options(f, Padding::kValid));
    const int mean = l.result(l.name_of(n.out()) + "/mean", DType::kF32, image_dims(n.shape_out()));
    l.emit(Builtin::kAveragePool2d, {source}, {mean}, pool_options(f, Padding::kValid));
    const int factor =
        l.constant_tensor("counted", tensor_from_doubles(DType::kF32, {1, f.out[0], f.out[1], 1}, factors));
    return emit_image(n, Builtin::kMul, {mean, factor}, {});
}

// ---- resize

// Factors of the image's sizes, and whether nothing else is resized.
Status check_resize(NodeView& n) {
    if (n.shape_in(0).size() != 4 || n.shape_out().size() != 4)
        return fail("LiteRT resizes images [N, C, H, W] only");
    for (const size_t axis : {size_t{0}, size_t{1}})
        if (!(n.shape_in(0)[axis] == n.shape_out()[axis]))
            return fail("LiteRT resizes height and width only");
    return {};
}

Status lower_resize(NodeView& n) {
    Lowering& l = n.lowering;
    TRY_STATUS(check_resize(n));
    const std::string& mode = n.string("mode");
    const std::string& where = n.string("coordinate_transformation_mode");
    if (mode == "cubic")
        return fail("LiteRT resizes by nearest neighbour or bilinearly, not by cubic curves");
    if (n.flag("antialias")) return fail("LiteRT's resizing has no antialiasing");
    const bool half = where == "half_pixel" || where == "pytorch_half_pixel",
               corners = where == "align_corners";
    if (!half && !corners && where != "asymmetric")
        return fail("LiteRT's resizing has no coordinates of the kind {}", where);
    TRY(const int x, image(n, 0));
    TRY(const Shape out, space_of(n.shape_out()));
    TRY(const Shape in, space_of(n.shape_in(0)));
    const int size = l.ints({out[2], out[3]}, "size");
    if (mode != "nearest") {
        using namespace resize_slot;
        return emit_image(
            n, Builtin::kResizeBilinear, {x, size},
            {flat_number(kAlignCorners, uint8_t{corners}), flat_number(kHalfPixelCenters, uint8_t{half})});
    }
    // Nearest: LiteRT takes floor((i + 0.5) * scale) with half pixels and floor(i * scale) without. By whole factors
    // all of ONNX's roundings of asymmetric and half-pixel coordinates but one give the latter.
    const bool whole = out[2] % in[2] == 0 && out[3] % in[3] == 0;
    const std::string& rounding = n.string("nearest_mode");
    const bool floors = where == "asymmetric" && rounding == "floor";
    const bool rounds = half && whole && rounding != "floor" && rounding != "ceil";
    if (!floors && !rounds)
        return fail("LiteRT has no nearest neighbour by {} with the rounding {}", where, rounding);
    return emit_image(n, Builtin::kResizeNearestNeighbor, {x, size},
                      {flat_number(0, uint8_t{0}), flat_number(1, uint8_t{0})});
}

Status lower_blocks(NodeView& n) {
    if (n.node.op->name == "depth_to_space" && n.string("mode") != "DCR")
        return fail("LiteRT moves depth to space in the order DCR only");
    TRY(const int x, image(n, 0));
    return emit_image(n, n.builtin(), {x}, {flat_number(0, narrow(n.integer("blocksize")))});
}

// ---- pad

Status lower_pad(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const graph::Ints pads, n.ints("pads"));
    TRY(const graph::Ints given, n.ints("axes"));
    const View x = l.view(n.in(0));
    const int rank = static_cast<int>(x.order.size());
    graph::Ints axes = given;
    if (axes.empty())
        for (int i = 0; i < rank; ++i) axes.push_back(i);
    TRY(const auto normal, graph::normal_axes(axes, rank));
    std::vector<int64_t> sides(2 * x.order.size(), 0);
    bool negative = false;
    for (size_t i = 0; i < normal.size(); ++i) {
        const size_t at = place_of(x.order, normal[i]);
        sides[2 * at] = pads[i];
        sides[2 * at + 1] = pads[normal.size() + i];
        negative |= pads[i] < 0 || pads[normal.size() + i] < 0;
    }
    if (negative) return fail("LiteRT's padding cannot take away");
    const int matrix =
        l.constant_tensor("pads", tensor_from_ints(DType::kI32, {static_cast<int64_t>(rank), 2}, sides));
    const std::string& mode = n.string("mode");
    const DType dtype = l.value(n.in(0)).dtype;
    if (mode == "reflect") {
        l.emit(Builtin::kMirrorPad, {x.tensor, matrix}, {l.result_for(n.out(), x.order)},
               {flat_number(0, int8_t{0})});
        return {};
    }
    if (mode != "constant") return fail("LiteRT has no padding of the kind {}", mode);
    double value = 0;
    if (!n.has(2)) {
        value = n.number("constant_value");
    } else {
        const auto known = l.known(n.in(2));
        if (!known || known->count() != 1)
            return fail("its constant_value is computed while the network runs");
        value = known->to_doubles()[0];
    }
    const int y = l.result_for(n.out(), x.order);
    if (value == 0) l.emit(Builtin::kPad, {x.tensor, matrix}, {y});
    else l.emit(Builtin::kPadv2, {x.tensor, matrix, l.scalar(dtype, value)}, {y});
    return {};
}

constexpr LowerRow kLowerImageRows[] = {
    {"avg_pool", lower_avg_pool},     {"conv", lower_conv}, {"depth_to_space", lower_blocks},
    {"max_pool", lower_max_pool},     {"pad", lower_pad},   {"resize", lower_resize},
    {"space_to_depth", lower_blocks},
};

}  // namespace

std::span<const LowerRow> image_lowerings() { return kLowerImageRows; }

}  // namespace lathe::formats::litert
