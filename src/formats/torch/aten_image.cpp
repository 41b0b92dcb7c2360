// Convolutions, pooling, resizing: images are [N, C, spatial axes…] on both sides.
#include <algorithm>
#include <limits>

#include "formats/torch/aten_lowering.h"
#include "ops/window.h"

namespace lathe::formats::torch::aten {
namespace {

using ops::Window;
using ops::WindowAxis;

Args each(const Window& window, int64_t WindowAxis::* member) {
    Args list;
    for (const WindowAxis& axis : window.axes) list.emplace_back(axis.*member);
    return list;
}

bool symmetric(const Window& window) {
    return std::ranges::all_of(window.axes, [](const WindowAxis& a) { return a.begin == a.end; });
}

// The node's window, with its padding settled. Nothing: automatic padding of an image whose size is not known.
std::optional<Window> window_of(const NodeView& n, const Ints& kernel) {
    auto window = ops::read_window(n, kernel);
    if (!window) return std::nullopt;
    if (!window->same()) return *window;
    Shape in{1, 1};
    for (size_t i = 2; i < n.shape().size(); ++i) {
        const auto size = n.shape()[i].constant();
        if (!size) return std::nullopt;
        in.push_back(*size);
    }
    if (!ops::fit_window(*window, in)) return std::nullopt;
    return *window;
}

// x with margins of `value` around the spatial axes; those of the window are then 0.
Ref with_margins(NodeView& n, Ref x, Window& window, double value) {
    Args pads;
    Dims shape = n.made(x).shape;
    for (size_t i = window.axes.size(); i-- > 0;) {
        WindowAxis& axis = window.axes[i];
        pads.emplace_back(axis.begin);
        pads.emplace_back(axis.end);
        shape[i + 2] = shape[i + 2] + Dim(axis.begin + axis.end);
        axis.begin = axis.end = 0;
    }
    const DType dtype = n.made(x).dtype;
    const Arg fill = is_float(dtype) ? Arg(value) : Arg(static_cast<int64_t>(value));
    return n.call(kPad, {x, pads, fill}, dtype, std::move(shape));
}

// ---- conv

bool can_convolve(const NodeView& n) {
    const auto kernel = ops::kernel_of(n, n.shape(1));
    return kernel && kernel->size() <= 3 && window_of(n, *kernel);
}

void write_conv(NodeView& n) {
    Window window = *window_of(n, *ops::kernel_of(n, n.shape(1)));
    Ref x = std::get<Ref>(n.in(0));
    if (!symmetric(window)) x = with_margins(n, x, window, 0);
    const int64_t group = n.integer("group");
    const Args args{x,
                    n.in(1),
                    n.in(2),
                    each(window, &WindowAxis::stride),
                    each(window, &WindowAxis::begin),
                    each(window, &WindowAxis::dilation),
                    group};
    constexpr std::string_view kSchemas[] = {
        "conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] dilation=1, "
        "int groups=1)",
        "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, "
        "int groups=1)",
        "conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] dilation=1, "
        "int groups=1)"};
    n.give(kSchemas[window.axes.size() - 1], args);
}

// ---- conv_transpose: without padding it makes the whole image, of which a part is cut out

bool can_transpose(const NodeView& n) {
    const auto kernel = ops::kernel_of(n, n.shape(1));
    return kernel && kernel->size() <= 3 && graph::constant_shape({n.shape().begin() + 2, n.shape().end()}) &&
           graph::constant_shape({n.out().shape.begin() + 2, n.out().shape.end()});
}

void write_conv_transpose(NodeView& n) {
    const Ints kernel = *ops::kernel_of(n, n.shape(1));
    const size_t axes = kernel.size();
    const auto list = [&](std::string_view name, int64_t absent) {
        Ints values = n.list(name);
        if (values.empty()) values.assign(axes, absent);
        return values;
    };
    const Ints strides = list("strides", 1), dilations = list("dilations", 1),
               extra = list("output_padding", 0);
    const std::string& automatic = n.string("auto_pad");
    Args stride, zero, no_extra, dilation;
    Dims whole{n.out().shape[0], n.out().shape[1]};
    Ints begins(axes, 0);
    for (size_t i = 0; i < axes; ++i) {
        stride.emplace_back(strides[i]);
        dilation.emplace_back(dilations[i]);
        zero.emplace_back(int64_t{0});
        const int64_t out = *n.out().shape[i + 2].constant();
        const int64_t base =
            (*n.shape()[i + 2].constant() - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
        const Ints pads = list("pads", 0).size() == 2 * axes ? n.list("pads") : Ints(2 * axes, 0);
        const int64_t total = base + extra[i] - out;  // pads of both sides
        begins[i] = automatic == "SAME_UPPER"         ? total / 2
                    : automatic == "SAME_LOWER"       ? total - total / 2
                    : !n.list("output_shape").empty() ? total - total / 2
                                                      : pads[i];
        // What the result has behind the whole image: rows that no pixel reaches.
        const int64_t behind = std::max<int64_t>(out + begins[i] - base, 0);
        no_extra.emplace_back(behind);
        whole.emplace_back(base + behind);
    }
    constexpr std::string_view kSchemas[] = {
        "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, "
        "int[1] output_padding=0, int groups=1, int[1] dilation=1)",
        "conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, "
        "int[2] output_padding=0, int groups=1, int[2] dilation=1)",
        "conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, "
        "int[3] output_padding=0, int groups=1, int[3] dilation=1)"};
    Ref y = n.call(kSchemas[axes - 1],
                   {n.in(0), n.in(1), n.in(2), stride, zero, no_extra, n.integer("group"), dilation},
                   n.type(), whole);
    for (size_t i = 0; i < axes; ++i) {
        const int64_t out = *n.out().shape[i + 2].constant();
        if (begins[i] < 0) {
            Window margin;
            margin.axes.resize(axes);
            margin.axes[i].begin = -begins[i];
            y = with_margins(n, y, margin, 0);
            begins[i] = 0;
        }
        Dims shape = n.made(y).shape;
        if (shape[i + 2] == Dim(out)) continue;
        shape[i + 2] = Dim(out);
        y = n.call(kSlice, {y, static_cast<int64_t>(i + 2), begins[i], begins[i] + out, int64_t{1}}, n.type(),
                   shape);
    }
    n.give(y);
}

// ---- pooling

std::optional<Window> pool_window(const NodeView& n) { return window_of(n, n.list("kernel_shape")); }

// PyTorch's own padding is at most half a window.
bool padding_fits(const Window& window) {
    return symmetric(window) &&
           std::ranges::all_of(window.axes, [](const WindowAxis& a) { return a.begin <= a.kernel / 2; });
}

bool can_max_pool(const NodeView& n) {
    const auto window = pool_window(n);
    return window && window->axes.size() <= 3 && !n.wants(1) && (padding_fits(*window) || !window->ceil_mode);
}

void write_max_pool(NodeView& n) {
    Window window = *pool_window(n);
    Ref x = std::get<Ref>(n.in(0));
    if (!padding_fits(window))
        x = with_margins(n, x, window,
                         is_float(n.type()) ? -std::numeric_limits<double>::infinity()
                                            : (is_signed_integer(n.type()) ? -128.0 : 0.0));
    constexpr std::string_view kSchemas[] = {
        "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, "
        "bool ceil_mode=False)",
        "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, "
        "bool ceil_mode=False)",
        "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, "
        "bool ceil_mode=False)"};
    n.give(kSchemas[window.axes.size() - 1],
           {x, each(window, &WindowAxis::kernel), each(window, &WindowAxis::stride),
            each(window, &WindowAxis::begin), each(window, &WindowAxis::dilation), window.ceil_mode});
}

bool undilated(const Window& window) {
    return std::ranges::all_of(window.axes, [](const WindowAxis& a) { return a.dilation == 1; });
}

bool can_average_pool(const NodeView& n) {
    const auto window = pool_window(n);
    if (!window || window->axes.size() > 3 || !undilated(*window)) return false;
    if (padding_fits(*window)) return true;
    return !window->ceil_mode;
}

Ref average(NodeView& n, Ref x, const Window& window, bool count_padding, Dims shape) {
    constexpr std::string_view kSchemas[] = {
        "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, "
        "bool count_include_pad=True)",
        "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, "
        "bool count_include_pad=True)",
        "avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, "
        "bool count_include_pad=True)"};
    return n.call(kSchemas[window.axes.size() - 1],
                  {x, each(window, &WindowAxis::kernel), each(window, &WindowAxis::stride),
                   each(window, &WindowAxis::begin), window.ceil_mode, count_padding},
                  n.made(x).dtype, std::move(shape));
}

// Where margins do not count, the average over the margins' zeros is divided by the share of pixels that are real.
void write_avg_pool(NodeView& n) {
    Window window = *pool_window(n);
    const Ref x = std::get<Ref>(n.in(0));
    const bool count = n.flag("count_include_pad");
    if (padding_fits(window)) return n.give(average(n, x, window, count, n.out().shape));
    Window again = window;
    const Ref sums = average(n, with_margins(n, x, window, 0), window, true, n.out().shape);
    if (count) return n.give(sums);
    Dims one{Dim(1), Dim(1)};
    one.insert(one.end(), n.shape().begin() + 2, n.shape().end());
    Dims out_one{Dim(1), Dim(1)};
    out_one.insert(out_one.end(), n.out().shape.begin() + 2, n.out().shape.end());
    const Ref ones = n.call("full(int[] size, Scalar fill_value, *, int? dtype=None)",
                            {n.sizes(one), 1.0, n.type()}, n.type(), one);
    const Ref share = average(n, with_margins(n, ones, again, 0), again, true, out_one);
    n.give("div.Tensor(Tensor self, Tensor other)", {sums, share});
}

Args spatial_axes(const NodeView& n) {
    Args axes;
    for (int64_t i = 2; i < n.rank(); ++i) axes.emplace_back(i);
    return axes;
}
void write_global_average(NodeView& n) {
    n.give("mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)",
           {n.in(0), spatial_axes(n), true});
}
void write_global_max(NodeView& n) {
    n.give("amax(Tensor self, int[1] dim=[], bool keepdim=False)", {n.in(0), spatial_axes(n), true});
}
bool has_space(const NodeView& n) { return n.rank() > 2; }

// ---- resize

struct Resized {
    std::string_view schema;
    bool corners = false;
};

// PyTorch's own interpolation by target sizes: of the last one to three axes, whose scales are the ratios of the sizes.
std::optional<Resized> resized(const NodeView& n) {
    const Dims &x = n.shape(), &y = n.out().shape;
    if (x.size() < 3 || x.size() > 5 || !(x[0] == y[0]) || !(x[1] == y[1]) || !is_float(n.type()))
        return std::nullopt;
    if (n.flag("antialias") || n.flag("exclude_outside") || n.string("keep_aspect_ratio_policy") != "stretch")
        return std::nullopt;
    if (!graph::constant_shape({x.begin() + 2, x.end()}) || !graph::constant_shape({y.begin() + 2, y.end()}))
        return std::nullopt;
    const std::string &mode = n.string("mode"), &coordinates = n.string("coordinate_transformation_mode");
    const size_t axes = x.size() - 2;
    for (size_t i = 2; i < x.size(); ++i) {
        const int64_t in = *x[i].constant(), out = *y[i].constant();
        if (in < 1 || out < 1) return std::nullopt;
    }
    // Scales that are given must be what PyTorch takes them to be.
    if (n.given("scales")) {
        const auto held = n.node.op->input_index("scales") < 0
                              ? std::nullopt
                              : n.known(static_cast<size_t>(n.node.op->input_index("scales")));
        const std::vector<double> scales = held ? held->to_doubles() : n.numbers("scales");
        if (scales.size() != x.size()) return std::nullopt;
        for (size_t i = 0; i < x.size(); ++i) {
            if (i < 2 && scales[i] != 1) return std::nullopt;
            if (i >= 2 &&
                scales[i] * static_cast<double>(*x[i].constant()) != static_cast<double>(*y[i].constant()))
                return std::nullopt;
        }
    }
    const bool corners = coordinates == "align_corners";
    const bool half = coordinates == "half_pixel" || coordinates == "pytorch_half_pixel";
    for (size_t i = 2; i < x.size(); ++i)
        if (coordinates == "half_pixel" && *y[i].constant() == 1 && *x[i].constant() != 1)
            return std::nullopt;
    if (mode == "nearest") {
        constexpr std::string_view kSchemas[] = {"upsample_nearest1d(Tensor self, int[1] output_size)",
                                                 "upsample_nearest2d(Tensor self, int[2] output_size)",
                                                 "upsample_nearest3d(Tensor self, int[3] output_size)"};
        if (coordinates != "asymmetric" || n.string("nearest_mode") != "floor") return std::nullopt;
        return Resized{kSchemas[axes - 1]};
    }
    if (!corners && !half) return std::nullopt;
    if (mode == "linear") {
        constexpr std::string_view kSchemas[] = {
            "upsample_linear1d(Tensor self, int[1] output_size, bool align_corners)",
            "upsample_bilinear2d(Tensor self, int[2] output_size, bool align_corners)",
            "upsample_trilinear3d(Tensor self, int[3] output_size, bool align_corners)"};
        return Resized{kSchemas[axes - 1], corners};
    }
    if (mode == "cubic" && axes == 2 && n.number("cubic_coeff_a") == -0.75)
        return Resized{"upsample_bicubic2d(Tensor self, int[2] output_size, bool align_corners)", corners};
    return std::nullopt;
}

bool can_resize(const NodeView& n) { return resized(n).has_value(); }

void write_resize(NodeView& n) {
    const Resized how = *resized(n);
    const Dims& y = n.out().shape;
    Args args{n.in(0), n.sizes({y.begin() + 2, y.end()})};
    if (how.schema.find("nearest") == std::string_view::npos) args.emplace_back(how.corners);
    n.give(how.schema, args);
}

// ---- grids

void write_grid_sample(NodeView& n) {
    const auto number_of = [](std::string_view word, std::initializer_list<std::string_view> words) {
        int64_t i = 0;
        for (const std::string_view one : words) {
            if (word == one) return i;
            ++i;
        }
        return int64_t{-1};
    };
    const std::string& mode = n.string("mode");
    const int64_t interpolation = mode == "nearest" ? 1 : mode == "cubic" || mode == "bicubic" ? 2 : 0;
    n.give(
        "grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)",
        {n.in(0), n.in(1), interpolation,
         number_of(n.string("padding_mode"), {"zeros", "border", "reflection"}), n.flag("align_corners")});
}
bool can_sample(const NodeView& n) {
    const std::string& mode = n.string("mode");
    return n.rank() == 4 || (n.rank() == 5 && mode != "cubic" && mode != "bicubic");
}

void write_affine_grid(NodeView& n) {
    n.give("affine_grid_generator(Tensor theta, int[] size, bool align_corners)",
           {n.in(0), n.sizes(*n.dims("size")), n.flag("align_corners")});
}

constexpr Row kImageRows[] = {
    {"affine_grid", "", write_affine_grid, [](const NodeView& n) { return n.dims("size").has_value(); }},
    {"avg_pool", "", write_avg_pool, can_average_pool},
    {"conv", "", write_conv, can_convolve},
    {"conv_transpose", "", write_conv_transpose, can_transpose},
    {"global_avg_pool", "", write_global_average, has_space},
    {"global_max_pool", "", write_global_max, has_space},
    {"grid_sample", "", write_grid_sample, can_sample},
    {"max_pool", "", write_max_pool, can_max_pool},
    {"resize", "", write_resize, can_resize},
};

}  // namespace

std::span<const Row> image_rows() { return kImageRows; }

}  // namespace lathe::formats::torch::aten
