#include "ops/window.h"

#include "ops/kernel_support.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr int64_t kLargestWindow = int64_t{1} << 30;

// The list, or `count` times `absent` when it is empty. Errors: another length, numbers outside [least, kLargestWindow].
Result<Ints> list_of(const AttrReader& c, std::string_view name, size_t count, int64_t least,
                     int64_t absent) {
    if (c.attrs().find(name) == nullptr) return Ints(count, absent);
    const Ints& list = c.list(name);
    if (list.empty()) return Ints(count, absent);
    if (list.size() != count) return fail("{} has {} numbers, expected {}", name, list.size(), count);
    for (const int64_t v : list)
        if (v < least || v > kLargestWindow)
            return fail("{} holds {}, expected {} to {}", name, v, least, kLargestWindow);
    return list;
}

Result<Window::AutoPad> auto_pad_named(const std::string& name) {
    if (name == "NOTSET") return Window::AutoPad::kNone;
    if (name == "VALID") return Window::AutoPad::kValid;
    if (name == "SAME_UPPER") return Window::AutoPad::kSameUpper;
    if (name == "SAME_LOWER") return Window::AutoPad::kSameLower;
    return fail("auto_pad is '{}', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER", name);
}

Result<Dim> axis_output(const Window& window, const WindowAxis& axis, const Dim& in) {
    if (window.same()) return Dim::ceil_div(in, axis.stride);
    const Dim slack = in + axis.begin + axis.end - axis.extent();
    if (const auto known = slack.constant(); known && *known < 0)
        return fail("the window spans {}, but the padded input only {}", axis.extent(),
                    *known + axis.extent());
    if (!window.ceil_mode || window.auto_pad == Window::AutoPad::kValid)
        return Dim::floor_div(slack, axis.stride) + 1;
    // A window that would begin in the padding at the end is left out.
    return Dim::min(Dim::ceil_div(slack, axis.stride) + 1, Dim::ceil_div(in + axis.begin, axis.stride));
}

}  // namespace

Result<Window> read_window(const AttrReader& c, const Ints& kernel) {
    const size_t rank = kernel.size();
    Window window;
    TRY(const Ints strides, list_of(c, "strides", rank, 1, 1));
    TRY(const Ints dilations, list_of(c, "dilations", rank, 1, 1));
    TRY(const Ints pads, list_of(c, "pads", 2 * rank, 0, 0));
    TRY(window.auto_pad, auto_pad_named(c.string("auto_pad")));
    window.ceil_mode = c.op().find_attr("ceil_mode") != nullptr && c.flag("ceil_mode");
    for (size_t i = 0; i < rank; ++i) {
        if (kernel[i] < 1 || kernel[i] > kLargestWindow)
            return fail("the kernel's size {} is not positive", kernel[i]);
        WindowAxis axis{.kernel = kernel[i], .stride = strides[i], .dilation = dilations[i]};
        if (window.auto_pad == Window::AutoPad::kNone) axis.begin = pads[i], axis.end = pads[i + rank];
        window.axes.push_back(axis);
    }
    return window;
}

Result<Ints> kernel_of(const AttrReader& c, const Dims& weight) {
    const Ints& given = c.list("kernel_shape");
    if (weight.size() < 3) return fail("the weight {} has no spatial axes", to_string(weight));
    const Dims sizes(weight.begin() + 2, weight.end());
    const auto known = constant_shape(sizes);
    if (!given.empty()) {
        if (given.size() != sizes.size() || (known && *known != given))
            return fail("kernel_shape {} does not fit the weight {}", lathe::to_string(given),
                        to_string(weight));
        return given;
    }
    if (!known) return fail("the kernel's sizes {} must be known numbers", to_string(sizes));
    return *known;
}

Result<Dims> window_output(const Window& window, const Dims& x) {
    if (x.size() != window.axes.size() + 2)
        return fail("x is {}, expected batch, channels and {} spatial axes", to_string(x),
                    window.axes.size());
    Dims result;
    for (size_t i = 0; i < window.axes.size(); ++i) {
        TRY(Dim out, axis_output(window, window.axes[i], x[i + 2]));
        result.push_back(std::move(out));
    }
    return result;
}

Result<Shape> fit_window(Window& window, const Shape& x) {
    TRY(const Dims dims, window_output(window, dims_of(x)));
    const Shape out = *constant_shape(dims);
    Shape padded(x.begin(), x.begin() + 2);
    for (size_t i = 0; i < out.size(); ++i) {
        WindowAxis& axis = window.axes[i];
        if (window.same()) {
            const int64_t total = std::max<int64_t>((out[i] - 1) * axis.stride + axis.extent() - x[i + 2], 0);
            axis.begin = window.auto_pad == Window::AutoPad::kSameUpper ? total / 2 : total - total / 2;
            axis.end = total - axis.begin;
        }
        padded.push_back(x[i + 2] + axis.begin + axis.end);
    }
    TRY_STATUS(check_result(DType::kF64, padded));
    return out;
}

}  // namespace lathe::ops
