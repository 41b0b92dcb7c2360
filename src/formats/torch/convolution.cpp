#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// A list as long as the spatial axes; one number stands for all.
Result<Ints> spatial(Call& c, std::string_view parameter, size_t axes) {
    TRY(Ints list, c.ints(parameter));
    if (list.size() == 1) list.resize(axes, int64_t{list[0]});
    if (list.size() != axes)
        return fail("its argument '{}' has {} numbers, expected {}", parameter, list.size(), axes);
    return list;
}

struct Window {
    ValueId input, weight, bias;
    size_t axes = 0;
    bool unbatched = false;
    Attrs attrs;
};

Result<Window> read_window(Call& c, std::string_view input) {
    Window w;
    TRY(w.input, c.tensor(input));
    TRY(w.weight, c.tensor("weight"));
    TRY(w.bias, c.optional_tensor("bias"));
    if (c.rank(w.weight) < 3)
        return fail("its weight {} has no spatial axes", graph::to_string(c.shape(w.weight)));
    w.axes = static_cast<size_t>(c.rank(w.weight)) - 2;
    w.unbatched = static_cast<size_t>(c.rank(w.input)) == w.axes + 1;
    if (w.unbatched) {
        TRY(w.input, c.add("unsqueeze", {w.input}, {{"axes", Ints{0}}}));
    }
    TRY(const Ints strides, spatial(c, "stride", w.axes));
    TRY(const Ints dilations, spatial(c, "dilation", w.axes));
    TRY(const int64_t groups, c.integer("groups"));
    w.attrs = {{"strides", strides}, {"dilations", dilations}, {"group", groups}};
    return w;
}

Results finish(Call& c, const Window& w, std::string_view op) {
    TRY(const ValueId y, c.add(op, {w.input, w.weight, w.bias}, w.attrs));
    if (!w.unbatched) return std::vector{y};
    return one(c.add("squeeze", {y}, {{"axes", Ints{0}}}));
}

Result<Ints> padding(Call& c, size_t axes) {
    TRY(Ints pads, spatial(c, "padding", axes));
    pads.insert(pads.end(), pads.begin(), pads.end());
    return pads;
}

Results forward(Call& c, std::string_view input) {
    TRY(Window w, read_window(c, input));
    if (c.value("padding").is(Kind::kText)) {
        const std::string mode = c.text("padding");
        if (mode != "same" && mode != "valid")
            return fail("its padding is '{}', expected 'same' or 'valid'", mode);
        w.attrs.set("auto_pad", std::string(mode == "same" ? "SAME_UPPER" : "VALID"));
    } else {
        TRY(const Ints pads, padding(c, w.axes));
        w.attrs.set("pads", pads);
    }
    return finish(c, w, "conv");
}

Results transposed(Call& c, std::string_view input) {
    TRY(Window w, read_window(c, input));
    TRY(const Ints pads, padding(c, w.axes));
    TRY(const Ints extra, spatial(c, "output_padding", w.axes));
    w.attrs.set("pads", pads);
    w.attrs.set("output_padding", extra);
    return finish(c, w, "conv_transpose");
}

Results conv(Call& c) { return forward(c, "input"); }
Results conv_transpose(Call& c) { return transposed(c, "input"); }
Results convolution(Call& c) { return c.flag("transposed") ? transposed(c, "input") : forward(c, "input"); }

constexpr Row kConvolutionRows[] = {
    {.schema =
         "conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, str padding='valid', int[1] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, str padding='valid', int[2] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, str padding='valid', int[3] dilation=1, int groups=1)",
     .special = conv},
    {.schema =
         "_convolution_mode(Tensor input, Tensor weight, Tensor? bias, int[] stride, str padding, int[] dilation, int groups)",
     .special = conv},
    {.schema =
         "convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups)",
     .special = convolution},
    {.schema =
         "_convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups, bool benchmark=False, bool deterministic=False, bool cudnn_enabled=True, bool allow_tf32=True)",
     .special = convolution},
    {.schema =
         "conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=1, int[1] padding=0, int[1] output_padding=0, int groups=1, int[1] dilation=1)",
     .special = conv_transpose},
    {.schema =
         "conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] output_padding=0, int groups=1, int[2] dilation=1)",
     .special = conv_transpose},
    {.schema =
         "conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=1, int[3] padding=0, int[3] output_padding=0, int groups=1, int[3] dilation=1)",
     .special = conv_transpose},
};

}  // namespace

std::span<const Row> convolution_rows() { return kConvolutionRows; }

}  // namespace lathe::formats::torch
