// Convolutions and matrix products.
#include "formats/openvino/lowering.h"
#include "ops/window.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Ints;
using graph::Node;
using graph::ValueId;

// strides, pads and dilations as OpenVINO writes them; automatic padding is settled for the sizes that there are.
Result<Data> window_data(NodeView& n, const Ints& kernel) {
    TRY(ops::Window window, ops::read_window(n, kernel));
    std::string auto_pad = "explicit";
    if (window.same()) {
        Shape in{1, 1};
        bool known = true;
        for (size_t i = 2; i < n.shape_in(0).size(); ++i) {
            known = known && n.shape_in(0)[i].constant();
            in.push_back(n.shape_in(0)[i].constant().value_or(1));
        }
        if (known) TRY_STATUS(ops::fit_window(window, in));
        else auto_pad = window.auto_pad == ops::Window::AutoPad::kSameUpper ? "same_upper" : "same_lower";
    }
    Ints strides, dilations, begin, end;
    for (const ops::WindowAxis& axis : window.axes) {
        strides.push_back(axis.stride);
        dilations.push_back(axis.dilation);
        begin.push_back(axis.begin);
        end.push_back(axis.end);
        if (axis.begin < 0 || axis.end < 0) return fail("its padding is negative, which OpenVINO lacks here");
    }
    return Data{{"strides", list_text(strides)},
                {"dilations", list_text(dilations)},
                {"pads_begin", list_text(begin)},
                {"pads_end", list_text(end)},
                {"auto_pad", auto_pad}};
}

// [O, I, k…] as [G, O/G, I, k…] for a convolution; [I, O/G, k…] as [G, I/G, O/G, k…] for a transposed one.
Dims in_groups(const Dims& shape, int64_t groups) {
    Dims result{Dim(groups), Dim::floor_div(shape[0], Dim(groups))};
    result.insert(result.end(), shape.begin() + 1, shape.end());
    return result;
}

// The filter, with its groups in front where there are any. `outputs`: its axis of output channels.
Result<Source> filter(NodeView& n, int64_t groups, int outputs) {
    Lowering& l = n.lowering;
    const ValueId w = n.in(1);
    const Dims shape = groups > 1 ? in_groups(n.shape_in(1), groups) : n.shape_in(1);
    const auto sizes = graph::constant_shape(shape);
    // Of depthwise convolutions each group is an output channel; else codes would need a scale for each pair of axes.
    const bool one_each = groups > 1 && shape[static_cast<size_t>(outputs)] == Dim(1);
    const int channels = groups == 1 ? outputs : one_each ? 0 : -1;
    if (sizes && l.constant(w)) return l.weight_of(w, *sizes, channels);
    const Node* codes = l.widening_of(w);
    if (codes == nullptr || !sizes || groups == 1) return groups == 1 ? l.of(w) : l.reshape(l.of(w), shape);
    const Tensor& scale = *l.constant(codes->inputs[1]);
    const int64_t axis = *std::get_if<int64_t>(codes->attrs.find("axis"));
    if (!one_each || (scale.count() > 1 && axis != 0)) return l.reshape(l.of(w), shape);
    const bool has_zero = codes->inputs.size() > 2 && codes->inputs[2] != graph::kNoValue;
    return l.widened(l.value(codes->inputs[0]).name, l.constant(codes->inputs[0])->reshaped(*sizes), scale,
                     has_zero ? l.constant(codes->inputs[2]) : std::nullopt, 0);
}

Status with_bias(NodeView& n, Source y, size_t operand) {
    Lowering& l = n.lowering;
    if (n.has(operand)) {
        Dims shape{Dim(1), n.shape_in(operand)[0]};
        for (int i = 2; i < n.rank_in(0); ++i) shape.emplace_back(1);
        const auto sizes = graph::constant_shape(shape);
        const Source bias = sizes && l.constant(n.in(operand)) ? l.weight_of(n.in(operand), *sizes)
                                                               : l.reshape(n.source(operand), shape);
        y = l.add("Add", 1, {{"auto_broadcast", "numpy"}}, {y, bias}, n.result());
    }
    l.place(n.out(), y);
    return {};
}

Status lower_conv(NodeView& n) {
    TRY(const Ints kernel, ops::kernel_of(n, n.shape_in(1)));
    TRY(Data data, window_data(n, kernel));
    const int64_t groups = n.integer("group");
    TRY(const Source w, filter(n, groups, groups > 1 ? 1 : 0));
    return with_bias(n,
                     n.lowering.add(groups > 1 ? "GroupConvolution" : "Convolution", 1, std::move(data),
                                    {n.source(0), w}, n.result()),
                     2);
}
bool conv_fits(const Graph& graph, const Node& node) {
    const size_t rank = graph[node.inputs[0]].shape.size();
    return rank >= 3 && rank <= 5 && graph[node.inputs[0]].dtype != DType::kF64;
}

// ConvolutionBackpropData: out = (in - 1) * stride + extent - begin - end + output_padding.
Status lower_conv_transpose(NodeView& n) {
    TRY(const Ints kernel, ops::kernel_of(n, n.shape_in(1)));
    const size_t axes = kernel.size();
    const auto list = [&](std::string_view name, int64_t absent) {
        const Ints& given = n.list(name);
        return given.empty() ? Ints(axes, absent) : given;
    };
    const Ints strides = list("strides", 1), dilations = list("dilations", 1);
    Ints begin(axes), end(axes), extra = list("output_padding", 0);
    // The padding that gives the result its size, as the row's rule settled it.
    const bool upper = n.string("auto_pad") == "SAME_UPPER";
    const Ints& pads = n.list("pads");
    const bool settled = n.string("auto_pad") == "NOTSET" && n.list("output_shape").empty();
    for (size_t i = 0; i < axes; ++i) {
        if (settled) {
            if (!pads.empty()) begin[i] = pads[i], end[i] = pads[axes + i];
            continue;
        }
        const auto in = n.shape_in(0)[i + 2].constant(), out = n.shape_out()[i + 2].constant();
        if (!in || !out) return fail("its padding depends on sizes that stay open; fix them (--fix)");
        int64_t total = (*in - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + extra[i] - *out;
        if (total < 0) {
            extra[i] -= total;
            total = 0;
        }
        begin[i] = upper ? total / 2 : total - total / 2;
        end[i] = total - begin[i];
    }
    for (size_t i = 0; i < axes; ++i)
        if (begin[i] < 0 || end[i] < 0) return fail("its padding is negative, which OpenVINO lacks here");
    const int64_t groups = n.integer("group");
    TRY(const Source w, filter(n, groups, groups > 1 ? 2 : 1));
    return with_bias(
        n,
        n.lowering.add(groups > 1 ? "GroupConvolutionBackpropData" : "ConvolutionBackpropData", 1,
                       {{"strides", list_text(strides)},
                        {"dilations", list_text(dilations)},
                        {"pads_begin", list_text(begin)},
                        {"pads_end", list_text(end)},
                        {"auto_pad", "explicit"},
                        {"output_padding", list_text(extra)}},
                       {n.source(0), w}, n.result()),
        2);
}

Source product_weight(NodeView& n, size_t operand, bool transposed) {
    Lowering& l = n.lowering;
    const auto& data = l.constant(n.in(operand));
    if (!data || data->rank() < 2) return n.source(operand);
    const bool second = operand == 1;
    // The axis of the result's columns (or rows): the last but the summed one.
    const int last = data->rank() - 1;
    const int channels = (second != transposed) ? last : last - 1;
    return l.weight_of(n.in(operand), data->shape(), second && data->rank() == 2 ? channels : -1);
}

Data product_data(bool a, bool b) { return {{"transpose_a", flag_text(a)}, {"transpose_b", flag_text(b)}}; }

Status lower_matmul(NodeView& n) {
    n.emit("MatMul", 1, product_data(false, false), {n.source(0), product_weight(n, 1, false)});
    return {};
}

Status lower_gemm(NodeView& n) {
    Lowering& l = n.lowering;
    const bool a = n.flag("transA"), b = n.flag("transB");
    const Data numpy = {{"auto_broadcast", "numpy"}};
    Source y = l.add("MatMul", 1, product_data(a, b), {n.source(0), product_weight(n, 1, b)}, n.result());
    const auto times = [&](Source x, double factor) {
        if (factor == 1) return x;
        const Output shape{l.output(x).dtype, l.output(x).shape, {}};
        return l.add("Multiply", 1, numpy, {x, l.number(shape.dtype, factor)}, shape);
    };
    y = times(y, n.number("alpha"));
    if (n.has(2)) y = l.add("Add", 1, numpy, {y, times(n.source(2), n.number("beta"))}, n.result());
    l.place(n.out(), y);
    return {};
}
bool product_fits(const Graph& graph, const Node& node) {
    return !graph[node.inputs[0]].shape.empty() && !graph[node.inputs[1]].shape.empty();
}

constexpr LowerRow kProductLowerings[] = {{"conv", lower_conv, conv_fits},
                                          {"conv_transpose", lower_conv_transpose, conv_fits},
                                          {"matmul", lower_matmul, product_fits},
                                          {"gemm", lower_gemm}};

}  // namespace

std::span<const LowerRow> product_lowerings() { return kProductLowerings; }

}  // namespace lathe::formats::openvino
