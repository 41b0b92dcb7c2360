// Convolutions and products of matrices.
#include <algorithm>

#include "formats/coreml/lowering.h"
#include "ops/window.h"

namespace lathe::formats::coreml {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::Node;
using graph::ValueId;
using ops::Window;
using ops::WindowAxis;

// begin and end of every axis, as MIL orders them.
std::vector<int64_t> margins_of(const Window& window) {
    std::vector<int64_t> pads;
    for (const WindowAxis& axis : window.axes) {
        pads.push_back(axis.begin);
        pads.push_back(axis.end);
    }
    return pads;
}

template <class Member>
std::vector<int64_t> each_axis(const Window& window, Member member) {
    std::vector<int64_t> values;
    for (const WindowAxis& axis : window.axes) values.push_back(axis.*member);
    return values;
}

Arguments window_arguments(Lowering& l, const Window& window) {
    const auto pads = margins_of(window);
    const bool valid = std::ranges::all_of(pads, [](int64_t pad) { return pad == 0; });
    return {{"strides", l.ints(each_axis(window, &WindowAxis::stride))},
            {"pad_type", l.text(valid ? "valid" : "custom")},
            {"pad", l.ints(pads)},
            {"dilations", l.ints(each_axis(window, &WindowAxis::dilation))}};
}

Status check_image_rank(const NodeView& n) {
    if (const int rank = n.rank_in(); rank < 3 || rank > 5)
        return fail("Core ML slides windows over one to three axes, not over {}", rank - 2);
    return {};
}

Result<std::string> weight_operand(NodeView& n, size_t operand, int channels, int inputs) {
    Lowering& l = n.lowering;
    const auto& data = l.constant(n.id(operand));
    if (!data) return n.in(operand);
    return l.weight(l.value(n.id(operand)).name, *data, channels, inputs);
}

// [C] as [C, 1, …] behind a batch.
Result<std::string> bias_over(NodeView& n, size_t operand) {
    Dims shape(n.shape_out().size(), Dim(1));
    shape[1] = n.shape_out()[1];
    return n.lowering.reshaped(n.id(operand), shape);
}

// The operation, and the bias added behind it where it is no constant.
Status out_with_bias(NodeView& n, std::string_view type, Arguments arguments) {
    if (!n.has(2)) return n.out(type, std::move(arguments));
    if (n.lowering.constant(n.id(2))) {
        TRY(const std::string bias, n.in(2));
        arguments.emplace_back("bias", bias);
        return n.out(type, std::move(arguments));
    }
    TRY(const std::string product, n.step(type, std::move(arguments)));
    TRY(const std::string bias, bias_over(n, 2));
    return n.out("add", {{"x", product}, {"y", bias}});
}

Status lower_mil_conv(NodeView& n) {
    Lowering& l = n.lowering;
    TRY_STATUS(check_image_rank(n));
    TRY(const graph::Ints kernel, ops::kernel_of(n, n.shape_in(1)));
    TRY(Window window, ops::read_window(n, kernel));
    if (window.same()) {
        TRY(const Shape in,
            fixed_shape({n.shape_in(0).begin() + 2, n.shape_in(0).end()}, "an image padded by its size"));
        Shape whole{1, 1};
        whole.insert(whole.end(), in.begin(), in.end());
        TRY_STATUS(ops::fit_window(window, whole));
    }
    TRY(const std::string x, n.in(0));
    TRY(const std::string w, weight_operand(n, 1, 0, 1));
    Arguments arguments{{"x", x}, {"weight", w}};
    for (Argument& one : window_arguments(l, window)) arguments.push_back(std::move(one));
    arguments.emplace_back("groups", l.integer(n.integer("group")));
    return out_with_bias(n, "conv", std::move(arguments));
}

// Where the result lies in all that the windows cover: from `begin` on, and zeros behind it where it ends later.
Status cut_window(NodeView& n, Window& window, std::vector<int64_t>& zeros) {
    const auto& extra = n.list("output_padding");
    const bool given = !n.list("output_shape").empty();
    for (size_t i = 0; i < window.axes.size(); ++i) {
        TRY(const Shape in, fixed_shape({n.shape_in(0)[i + 2]}, "an image"));
        TRY(const Shape out, fixed_shape({n.shape_out()[i + 2]}, "an image"));
        WindowAxis& axis = window.axes[i];
        const int64_t full = (in[0] - 1) * axis.stride + axis.extent();
        if (given || window.same()) {
            const int64_t total = std::max<int64_t>(0, full + (extra.empty() ? 0 : extra[i]) - out[0]);
            axis.begin = window.auto_pad == Window::AutoPad::kSameUpper ? total / 2 : total - total / 2;
        }
        axis.end = full - axis.begin - out[0];
        zeros.push_back(std::max<int64_t>(0, -axis.end));
        axis.end = std::max<int64_t>(0, axis.end);
    }
    return {};
}

// Zeros behind a product, and the bias on all of it.
Status out_filled_up(NodeView& n, Arguments arguments, const std::vector<int64_t>& zeros) {
    Lowering& l = n.lowering;
    Dims covered = n.shape_out();
    std::vector<int64_t> pads;
    for (size_t i = 0; i < zeros.size(); ++i) {
        covered[i + 2] = covered[i + 2] - zeros[i];
        pads.push_back(0);
        pads.push_back(zeros[i]);
    }
    const std::string product = n.step("conv_transpose", std::move(arguments), l.work(), covered);
    const Arguments padding{
        {"x", product}, {"pad", l.ints(pads)}, {"mode", l.text("constant")}, {"constant_val", l.number(0)}};
    if (!n.has(2)) return n.out("pad", padding);
    TRY(const std::string whole, n.step("pad", padding));
    TRY(const std::string bias, bias_over(n, 2));
    return n.out("add", {{"x", whole}, {"y", bias}});
}

Status lower_mil_conv_transpose(NodeView& n) {
    Lowering& l = n.lowering;
    TRY_STATUS(check_image_rank(n));
    if (!l.constant(n.id(1)))
        return fail("its weight is computed while the network runs, and Core ML needs a constant");
    TRY(const graph::Ints kernel, ops::kernel_of(n, n.shape_in(1)));
    TRY(Window window, ops::read_window(n, kernel));
    std::vector<int64_t> zeros;
    TRY_STATUS(cut_window(n, window, zeros));
    TRY(const std::string x, n.in(0));
    TRY(const std::string w, weight_operand(n, 1, 1, 0));
    Arguments arguments{{"x", x}, {"weight", w}};
    for (Argument& one : window_arguments(l, window)) arguments.push_back(std::move(one));
    arguments.emplace_back("groups", l.integer(n.integer("group")));
    if (std::ranges::any_of(zeros, [](int64_t count) { return count > 0; }))
        return out_filled_up(n, std::move(arguments), zeros);
    return out_with_bias(n, "conv_transpose", std::move(arguments));
}

// ---- products

Tensor swapped(const Tensor& matrix) {
    const int swap[] = {1, 0};
    return matrix.transposed(swap);
}

// Rows of x by a constant weight [outputs, inputs]; `linear` takes up to three axes.
Status product_with_rows(NodeView& n, const std::string& x, const std::string& w, const std::string* bias) {
    if (n.rank_in(0) <= 3) {
        Arguments arguments{{"x", x}, {"weight", w}};
        if (bias != nullptr) arguments.emplace_back("bias", *bias);
        return n.out("linear", std::move(arguments));
    }
    Lowering& l = n.lowering;
    Arguments arguments{{"x", x}, {"y", w}, {"transpose_x", l.flag(false)}, {"transpose_y", l.flag(true)}};
    if (bias == nullptr) return n.out("matmul", std::move(arguments));
    TRY(const std::string product, n.step("matmul", std::move(arguments)));
    return n.out("add", {{"x", product}, {"y", *bias}});
}

Status lower_mil_matmul(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId a = n.id(0), b = n.id(1);
    if (const auto& data = l.constant(b); data && data->rank() == 2 && n.rank_in(0) >= 2) {
        TRY(const std::string x, n.in(0));
        return product_with_rows(n, x, l.weight(l.value(b).name, swapped(*data), 0, 1), nullptr);
    }
    // A vector is a matrix of one row or one column.
    Dims rows = l.shape(a), columns = l.shape(b), out = n.shape_out();
    if (rows.size() == 1) rows.insert(rows.begin(), Dim(1));
    if (columns.size() == 1) columns.emplace_back(1);
    TRY(const std::string x, l.reshaped(a, rows));
    TRY(const std::string y, l.reshaped(b, columns));
    const Arguments arguments{
        {"x", x}, {"y", y}, {"transpose_x", l.flag(false)}, {"transpose_y", l.flag(false)}};
    if (rows.size() == l.shape(a).size() && columns.size() == l.shape(b).size())
        return n.out("matmul", arguments);
    Dims whole = out;
    if (columns.size() != l.shape(b).size()) whole.emplace_back(1);
    if (rows.size() != l.shape(a).size()) whole.insert(whole.end() - 1, Dim(1));
    const Place product{n.step("matmul", arguments, l.work(), whole), l.work(), whole};
    TRY(std::string name, l.reshape(product, out, l.hint(n.out_id())));
    l.place_result(n.out_id(), {std::move(name), l.work(), out});
    return {};
}

bool is_vector_of(const Graph& graph, ValueId id, const Dim& count) {
    return graph[id].constant && graph::product(graph[id].shape) == count;
}

Tensor scaled(const Tensor& tensor, double factor) {
    if (factor == 1) return tensor;
    auto values = tensor.to_doubles();
    for (double& value : values) value *= factor;
    return tensor_from_doubles(tensor.dtype(), tensor.shape(), values);
}

// With a constant weight and a bias that is one for each output.
bool gemm_is_linear(const Graph& graph, const Node& node) {
    if (*std::get_if<bool>(node.attrs.find("transA")) || !graph[node.inputs[1]].constant) return false;
    if (node.inputs.size() < 3 || node.inputs[2] == graph::kNoValue) return true;
    const bool rows = *std::get_if<bool>(node.attrs.find("transB"));
    return is_vector_of(graph, node.inputs[2], graph[node.inputs[1]].shape[rows ? 0 : 1]);
}

Status lower_mil_gemm(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const std::string x, n.in(0));
    if (gemm_is_linear(l.graph(), n.node)) {
        const Tensor& given = *l.constant(n.id(1));
        const Tensor rows = n.flag("transB") ? given : swapped(given);
        const std::string w = l.weight(l.value(n.id(1)).name, scaled(rows, n.number("alpha")), 0, 1);
        if (!n.has(2)) return product_with_rows(n, x, w, nullptr);
        const Tensor& c = *l.constant(n.id(2));
        const std::string bias =
            l.constant(l.value(n.id(2)).name, scaled(c.reshaped({c.count()}), n.number("beta")), l.work());
        return product_with_rows(n, x, w, &bias);
    }
    TRY(const std::string y, n.in(1));
    TRY(std::string product, n.step("matmul", {{"x", x},
                                               {"y", y},
                                               {"transpose_x", l.flag(n.flag("transA"))},
                                               {"transpose_y", l.flag(n.flag("transB"))}}));
    if (n.number("alpha") != 1 || !n.has(2)) {
        const Arguments scale{{"x", product}, {"y", l.number(n.number("alpha"))}};
        if (!n.has(2)) return n.out("mul", scale);
        TRY(product, n.step("mul", scale));
    }
    TRY(std::string c, n.in(2));
    if (n.number("beta") != 1)
        c = n.step("mul", {{"x", c}, {"y", l.number(n.number("beta"))}}, l.work(), n.shape_in(2));
    return n.out("add", {{"x", product}, {"y", c}});
}

constexpr LowerRow kProductRows[] = {
    {"conv", lower_mil_conv},
    {"conv_transpose", lower_mil_conv_transpose},
    {"gemm", lower_mil_gemm},
    {"matmul", lower_mil_matmul},
};

}  // namespace

std::span<const LowerRow> product_lowerings() { return kProductRows; }

}  // namespace lathe::formats::coreml
