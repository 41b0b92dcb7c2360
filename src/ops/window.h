// The sliding window of convolution and pooling: kernel sizes, strides, dilations and padding along the spatial axes
// (all but the first two, batch and channel), from ONNX's attributes of these names.
#pragma once
#include "graph/contexts.h"
#include "ops/move.h"

namespace lathe::ops {

struct WindowAxis {
    int64_t kernel = 1, stride = 1, dilation = 1;
    int64_t begin = 0, end = 0;  // padding; follows from the input's size when the padding is automatic
    int64_t extent() const { return (kernel - 1) * dilation + 1; }
};

struct Window {
    enum class AutoPad : uint8_t { kNone, kValid, kSameUpper, kSameLower };
    std::vector<WindowAxis> axes;
    AutoPad auto_pad = AutoPad::kNone;
    bool ceil_mode = false;
    bool same() const { return auto_pad == AutoPad::kSameUpper || auto_pad == AutoPad::kSameLower; }
};

// The window with that kernel, from the attributes strides, pads, dilations, auto_pad and, where the operator has it,
// ceil_mode. Errors: lists of another length, numbers that make no window.
Result<Window> read_window(const graph::AttrReader& c, const graph::Ints& kernel);

// The attribute kernel_shape, or without it the last sizes of the weight [O, I, k…]. Errors: they disagree, or are not
// known.
Result<graph::Ints> kernel_of(const graph::AttrReader& c, const graph::Dims& weight);

// Spatial sizes of the result for an input x: [N, C, …]. Errors: rank, a window larger than its padded input.
Result<graph::Dims> window_output(const Window& window, const graph::Dims& x);
// The same on numbers; also settles automatic padding. Errors also: more padding than memory should be given to.
Result<Shape> fit_window(Window& window, const Shape& x);

// Calls visit(offset) for every tap of the window at `position` (an index of the result) that lies in the padded input;
// offset is into the input's plane of sizes `in`, or -1 in the padding.
template <class Visit>
void for_each_tap(const Window& window, const Shape& in, const Shape& position, Visit visit) {
    int64_t taps = 1;
    for (const WindowAxis& axis : window.axes) taps *= axis.kernel;
    for (int64_t tap = 0; tap < taps; ++tap) {
        int64_t rest = tap, offset = 0, step = 1;
        bool inside = true, padding = false;
        for (size_t i = in.size(); i-- > 0 && inside;) {
            const WindowAxis& axis = window.axes[i];
            const int64_t at = position[i] * axis.stride - axis.begin + rest % axis.kernel * axis.dilation;
            rest /= axis.kernel;
            inside = at >= -axis.begin && at < in[i] + axis.end;
            padding = padding || at < 0 || at >= in[i];
            offset += at * step;
            step *= in[i];
        }
        if (inside) visit(padding ? -1 : offset);
    }
}

// Some neighbouring positions of the result, and where their windows look.
struct WindowTaps {
    int64_t first = 0;  // number of the first position
    graph::Ints offsets;  // of all taps inside the input's plane, position after position
    graph::Ints ends;  // for each position: behind its last offset
    std::vector<double> all;  // for each position: its taps, those in the padding included
};
// Calls visit(WindowTaps) for all positions of the result, a few at a time.
template <class Visit>
void for_each_window(const Window& window, const Shape& in, const Shape& out, Visit visit) {
    constexpr size_t kMany = 4096;
    WindowTaps taps;
    for_each_index(out, [&](const Shape& position) {
        double count = 0;
        for_each_tap(window, in, position, [&](int64_t at) {
            if (at >= 0) taps.offsets.push_back(at);
            ++count;
        });
        taps.ends.push_back(static_cast<int64_t>(taps.offsets.size()));
        taps.all.push_back(count);
        if (taps.offsets.size() < kMany && taps.ends.size() < kMany) return;
        visit(std::as_const(taps));
        taps.first += static_cast<int64_t>(taps.ends.size());
        taps.offsets.clear(), taps.ends.clear(), taps.all.clear();
    });
    if (!taps.ends.empty()) visit(std::as_const(taps));
}

}  // namespace lathe::ops
