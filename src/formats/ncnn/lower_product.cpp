// Products of matrices: InnerProduct with constant weights, MatMul of two computed operands.
#include <algorithm>

#include "formats/ncnn/lowering.h"

namespace lathe::formats::ncnn {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;

// A constant vector that is added to every row of `product`, and nothing else is done with that: it is the bias.
struct Added {
    const Node* node = nullptr;
    Tensor bias;
};
std::optional<Added> added_vector(Lowering& l, ValueId product, int64_t columns) {
    const Node* add = l.only_user(product);
    if (add == nullptr || add->op->name != "add" || l.shape(add->outputs[0]) != l.shape(product))
        return std::nullopt;
    const ValueId other = add->inputs[add->inputs[0] == product ? 1 : 0];
    const auto& data = l.constant(other);
    if (!data || data->count() != columns || data->rank() == 0 || data->dim(-1) != columns)
        return std::nullopt;
    return Added{add, data->reshaped({columns})};
}

// Rows of x by weight [O, K].
Status inner_product(NodeView& n, ValueId x, const Tensor& weight, std::optional<Tensor> bias) {
    Lowering& l = n.lowering;
    const int64_t outputs = weight.dim(0), inputs = weight.dim(1), rows = element_count(l.shape(x)) / inputs;
    ValueId out = n.out();
    if (!bias)
        if (const auto added = added_vector(l, out, outputs)) {
            bias = added->bias;
            l.skip(*added->node);
            out = added->node->outputs[0];
        }
    auto codes = l.integers(n.node);
    if (codes) codes = codes->grouped(outputs, outputs);
    const int source = l.in_shape(codes ? codes->input : x, rows == 1 ? Shape{inputs} : Shape{rows, inputs});
    Lowering::Parameters parameters{
        {0, static_cast<int32_t>(outputs)}, {1, bias ? 1 : 0}, {2, static_cast<int32_t>(outputs * inputs)}};
    std::vector<Weight> weights{codes ? codes->codes(weight) : l.weight(weight)};
    if (bias) weights.push_back(Lowering::plain(*bias));
    if (codes) {
        for (Weight& scale : codes->scales()) weights.push_back(std::move(scale));
        parameters.emplace_back(8, 2);
    }
    l.emit("InnerProduct", {source}, {l.result_for(out, rows == 1 ? Shape{outputs} : Shape{rows, outputs})},
           std::move(parameters), std::move(weights));
    return {};
}

// Two matrices under axes that both have or only one has: as at most two such axes.
struct Stacked {
    Shape a, b, out;
};
Result<Stacked> stacked(const Shape& a, const Shape& b, const Shape& out) {
    const size_t batch = out.size() - 2;
    const auto padded = [&](const Shape& shape) {
        Shape result(out.size() - shape.size(), 1);
        result.insert(result.end(), shape.begin(), shape.end());
        return result;
    };
    const Shape pa = padded(a), pb = padded(b);
    std::vector<int> kinds;
    for (size_t i = 0; i < batch; ++i)
        kinds.push_back(out[i] == 1 ? -1 : (pa[i] == out[i] ? 1 : 0) + (pb[i] == out[i] ? 2 : 0));
    const auto seen = [&](const Shape& shape) {
        auto own = kinds;
        Shape result = grouped(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(batch)), own);
        if (result == Shape{1} && std::ranges::all_of(kinds, [](int kind) { return kind < 0; }))
            result.clear();
        result.insert(result.end(), shape.end() - 2, shape.end());
        return result;
    };
    Stacked s{seen(pa), seen(pb), seen(out)};
    if (s.out.size() > kMostAxes)
        return fail("it multiplies matrices under {} separate axes, and ncnn does so under at most 2",
                    s.out.size() - 2);
    return s;
}

// The operand of a transpose that only exchanges the last two axes.
const Node* swapped_matrix(Lowering& l, ValueId id) {
    const Node* node = l.producer(id);
    if (node == nullptr || node->op->name != "transpose") return nullptr;
    const auto& perm = std::get<graph::Ints>(*node->attrs.find("perm"));
    const auto rank = static_cast<int64_t>(perm.size());
    if (rank < 2) return nullptr;
    for (int64_t i = 0; i < rank; ++i) {
        const int64_t expected = i < rank - 2 ? i : i == rank - 2 ? rank - 1 : rank - 2;
        if (perm[static_cast<size_t>(i)] != expected) return nullptr;
    }
    return node;
}

Shape with_last_swapped(Shape shape) {
    std::swap(shape[shape.size() - 2], shape.back());
    return shape;
}

Status lower_matmul(NodeView& n) {
    Lowering& l = n.lowering;
    const ValueId a = n.in(0), b = n.in(1);
    if (const auto data = l.weight_of(b); data && data->rank() == 2) {
        const int swap[] = {1, 0};
        return inner_product(n, a, data->transposed(swap), std::nullopt);
    }
    Shape sa = n.shape_in(0), sb = n.shape_in(1), so = n.shape_out();
    // Vectors are matrices of one row or one column.
    const bool row = sa.size() == 1, column = sb.size() == 1;
    if (row) sa.insert(sa.begin(), 1);
    if (column) sb.push_back(1);
    if (row) so.insert(so.end() - (column ? 0 : 1), 1);
    if (column) so.push_back(1);
    TRY(const Stacked s, stacked(sa, sb, so));
    const Node* turned = swapped_matrix(l, b);
    const int second =
        turned != nullptr ? l.in_shape(turned->inputs[0], with_last_swapped(s.b)) : l.in_shape(b, s.b);
    Lowering::Parameters parameters;
    if (turned != nullptr) parameters.emplace_back(0, 1);
    const int first = l.in_shape(a, s.a);
    l.emit("MatMul", {first, second}, {l.result_for(n.out(), s.out)}, std::move(parameters));
    return {};
}

// alpha * a * b' + beta * c with constant b and a vector c; alpha and beta go into the constants.
Status lower_gemm(NodeView& n) {
    Lowering& l = n.lowering;
    const auto scaled = [](const Tensor& tensor, double factor) {
        if (factor == 1) return tensor;
        auto values = tensor.to_doubles();
        for (double& v : values) v *= factor;
        return tensor_from_doubles(DType::kF32, tensor.shape(), values);
    };
    const auto weight = l.weight_of(n.in(1));
    if (!weight) return fail("its weight is computed while the network runs");
    const int swap[] = {1, 0};
    const Tensor rows = n.flag("transB") ? *weight : weight->transposed(swap);
    std::optional<Tensor> bias;
    if (n.has(2)) {
        TRY(const Tensor c, n.constant(2, "bias"));
        std::vector<double> values = c.to_doubles();
        if (values.size() == 1) values.resize(static_cast<size_t>(rows.dim(0)), values[0]);
        for (double& v : values) v *= n.number("beta");
        bias = tensor_from_doubles(DType::kF32, {rows.dim(0)}, values);
    }
    return inner_product(n, n.in(0), scaled(rows, n.number("alpha")), bias);
}

bool is_weight(const Graph& graph, ValueId id) {
    if (graph[id].constant) return true;
    return std::ranges::any_of(graph.nodes, [&](const Node& node) {
        return node.op->name == "dequantize_linear" && node.outputs[0] == id &&
               graph[node.inputs[0]].constant;
    });
}

bool gemm_fits(const Graph& graph, const Node& node) {
    if (std::get<bool>(*node.attrs.find("transA")) || !is_weight(graph, node.inputs[1])) return false;
    if (node.inputs.size() < 3 || node.inputs[2] == graph::kNoValue) return true;
    const graph::Dim outputs =
        graph[node.inputs[1]].shape[std::get<bool>(*node.attrs.find("transB")) ? 0 : 1];
    const ValueId c = node.inputs[2];
    const auto& shape = graph[c].shape;
    return is_weight(graph, c) && (graph::product(shape) == graph::Dim(1) ||
                                   (graph::product(shape) == outputs && shape.back() == outputs));
}

constexpr LowerRow kProductRows[] = {{"gemm", lower_gemm, gemm_fits}, {"matmul", lower_matmul}};

}  // namespace

std::span<const LowerRow> product_lowerings() { return kProductRows; }

}  // namespace lathe::formats::ncnn
