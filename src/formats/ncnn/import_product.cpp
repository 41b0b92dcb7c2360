// Products of matrices, and norms.
#include <algorithm>

#include "formats/ncnn/import.h"

namespace lathe::formats::ncnn {
namespace {

using graph::ValueId;

// x: [rows, K] without a batch axis, weight: [O, K]. -> [rows, O]
ValueId rows_by_weight(LayerView& v, ValueId x, ValueId weight, std::optional<ValueId> bias) {
    std::vector<ValueId> operands{x, weight};
    if (bias) operands.push_back(*bias);
    return v.add("gemm", operands, {{"transB", true}});
}

ValueId as_matrix(LayerView& v, ValueId x, int64_t rows, int64_t columns) {
    return v.add("reshape", {x}, {{"shape", graph::Dims{graph::Dim(rows), graph::Dim(columns)}}});
}

Status inner_product(LayerView& v) {
    TRY(const int64_t outputs, v.size(0, 1));
    TRY(const int64_t count, v.size(2, 1));
    const Shape shape = v.shape();
    const int64_t inputs = count / outputs;
    if (inputs * outputs != count) return fail("it has {} weights for {} results", count, outputs);
    const bool many = shape.size() == 2 && shape[1] == inputs;
    if (!many && element_count(shape) != inputs)
        return fail("its blob has {} elements, and its weights are for {}", element_count(shape), inputs);
    TRY(const Tensor data, v.take(count, true));
    std::optional<ValueId> bias;
    if (v.number(1) != 0) {
        TRY(const Tensor numbers, v.take(outputs, false));
        bias = v.constant("bias", numbers, {outputs});
    }
    ValueId x = as_matrix(v, v.in(), many ? shape[0] : 1, inputs), weight;
    if (v.number(8) != 0) {
        TRY(const Tensor scales, v.take(outputs, false));
        TRY(const Tensor input, v.take(1, false));
        TRY(weight, widened(v, data, {outputs, inputs}, scales));
        TRY(x, narrowed(v, x, input.to_contiguous().values<float>()[0]));
    } else if (data.dtype() == DType::kI8) {
        return fail("its weights are codes without scales");
    } else {
        weight = v.constant("weight", data, {outputs, inputs});
    }
    if (!v.b().ok()) return {};
    ValueId y = rows_by_weight(v, x, weight, bias);
    TRY(y, v.activated(y));
    v.results = {v.reshaped(y, many ? Shape{shape[0], outputs} : Shape{outputs})};
    return {};
}

// Of a computed [M, K] by a constant [N, K] with a constant vector, as PyTorch's linear layers are written.
Status gemm(LayerView& v) {
    TRY_STATUS(v.wants_rank(2));
    const bool linear = v.number(4) == 0 && v.number(5) == 1 && v.number(2) == 0 && v.number(3) == 1;
    const bool plain =
        v.number(11) == 0 && v.number(12) == 0 && v.number(13) == 0 && v.number(14) == 0 && v.number(18) == 0;
    const int32_t kind = v.number(10);
    const bool biased = v.number(6) != 0 && kind != -1;
    if (!linear || !plain || v.inputs() != 1 || (biased && kind != 4 && kind != 0))
        return fail(
            "it is no product of rows with constant weights and a constant vector, which alone is supported");
    TRY(const int64_t outputs, v.size(8, 1));
    TRY(const int64_t inputs, v.size(9, 1));
    const Shape shape = v.shape();
    if (shape[1] != inputs)
        return fail("its blob has rows of {} elements, and its weights are for {}", shape[1], inputs);
    if (outputs > (int64_t{1} << 40) / inputs)
        return fail("it says that it has {} by {} weights", outputs, inputs);
    TRY(const Tensor data, v.take(outputs * inputs, true));
    if (data.dtype() == DType::kI8) return fail("its weights are codes without scales");
    const ValueId weight = v.constant("weight", data, {outputs, inputs});
    std::vector<ValueId> operands{as_matrix(v, v.in(), shape[0], inputs), weight};
    if (biased) {
        const int64_t count = kind == 4 ? outputs : 1;
        TRY(const Tensor bias, v.take(count, true));
        operands.push_back(v.constant("bias", bias, {count}));
    }
    if (!v.b().ok()) return {};
    // (A * B + C * beta) * alpha
    const double alpha = v.real(0, 1), beta = v.real(1, 1);
    const ValueId y = v.add("gemm", operands, {{"transB", true}, {"alpha", alpha}, {"beta", alpha * beta}});
    v.results = {v.reshaped(y, {shape[0], outputs})};
    return {};
}

Status matmul(LayerView& v) {
    if (v.rank(0) < 2 || v.rank(1) < 2) return fail("it multiplies vectors, which is not supported");
    const int rank = std::max(v.rank(0), v.rank(1));
    const auto matrices = [&](size_t operand) {
        Shape shape = v.shape(operand);
        if (std::ssize(shape) == rank) return v.in(operand);
        // [C, H, W] under four axes is [1, C, H, W], as [H, W] under three is [1, H, W].
        shape.insert(shape.begin(), static_cast<size_t>(rank) - shape.size(), 1);
        return v.reshaped(v.in(operand), shape);
    };
    ValueId second = matrices(1);
    if (v.number(0) != 0) {
        graph::Ints perm;
        for (int i = 0; i <= rank; ++i) perm.push_back(i);
        std::swap(perm[static_cast<size_t>(rank)], perm[static_cast<size_t>(rank) - 1]);
        second = v.add("transpose", {second}, {{"perm", perm}});
    }
    v.results = {v.add("matmul", {matrices(0), second})};
    return {};
}

// ---- norms

// Over the last axes of `size` elements together; ncnn tells by the size which those are.
Status row_norm(LayerView& v, bool rms) {
    const int64_t size = v.number(0);
    const Shape shape = v.shape();
    int64_t of_last = 1;
    int axis = static_cast<int>(shape.size());
    while (axis > 0 && of_last < size) of_last *= shape[static_cast<size_t>(--axis)];
    if (size < 1 || of_last != size)
        return fail("it norms {} elements together, which are no last axes of its blob", size);
    if (axis == static_cast<int>(shape.size())) --axis;
    Shape last(shape.begin() + axis, shape.end());
    const bool affine = v.number(2, 1) != 0;
    Tensor scale = Tensor::filled(DType::kF32, {size}, 1), bias = Tensor::filled(DType::kF32, {size}, 0);
    if (affine) {
        TRY(scale, v.take(size, false));
        if (!rms) {
            TRY(bias, v.take(size, false));
        }
    }
    std::vector<ValueId> operands{v.in(), v.constant("gamma", scale, last)};
    if (!rms) operands.push_back(v.constant("beta", bias, last));
    if (!v.b().ok()) return {};
    v.results = {v.add(rms ? "rms_norm" : "layer_norm", operands,
                       {{"axis", int64_t{axis} + 1}, {"epsilon", double{v.real(1, 0.001F)}}})};
    return {};
}
Status layer_norm(LayerView& v) { return row_norm(v, false); }
Status rms_norm(LayerView& v) { return row_norm(v, true); }

Status channel_norm(LayerView& v, int channels_id, int epsilon_id, int affine_id, std::string_view row,
                    std::optional<int64_t> groups) {
    TRY(const int64_t channels, v.size(channels_id, 1));
    const Shape shape = v.shape();
    if (shape[0] != channels) return fail("its blob has {} channels, expected {}", shape[0], channels);
    if (groups && channels % *groups != 0)
        return fail("{} groups do not divide {} channels", *groups, channels);
    Tensor scale = Tensor::filled(DType::kF32, {channels}, 1),
           bias = Tensor::filled(DType::kF32, {channels}, 0);
    if (v.number(affine_id, 1) != 0) {
        TRY(scale, v.take(channels, false));
        TRY(bias, v.take(channels, false));
    }
    graph::Attrs attrs{{"epsilon", double{v.real(epsilon_id, 0.001F)}}};
    if (groups) attrs.set("num_groups", *groups);
    const ValueId x = v.reshaped(v.in(), {channels, 1, element_count(shape) / channels});
    const ValueId y =
        v.add(row, {x, v.constant("gamma", scale, {channels}), v.constant("beta", bias, {channels})}, attrs);
    v.results = {v.reshaped(y, shape)};
    return {};
}
Status group_norm(LayerView& v) {
    TRY(const int64_t groups, v.size(0, 1, 1));
    return channel_norm(v, 1, 2, 3, "group_norm", groups);
}
Status instance_norm(LayerView& v) { return channel_norm(v, 0, 1, 2, "instance_norm", std::nullopt); }

Status batch_norm(LayerView& v) {
    TRY(const int64_t channels, v.size(0, 1));
    if (v.shape()[0] != channels)
        return fail("its blob has {} channels, expected {}", v.shape()[0], channels);
    ValueId held[4];
    for (size_t i = 0; i < 4; ++i) {  // scale, mean, variance, bias
        static constexpr const char* kNames[] = {"slope", "mean", "variance", "bias"};
        TRY(const Tensor data, v.take(channels, false));
        held[i] = v.constant(kNames[i], data, {channels});
    }
    v.results = {
        v.add("batch_norm", {v.in(), held[0], held[3], held[1], held[2]}, {{"epsilon", double{v.real(1)}}})};
    return {};
}

constexpr ImportRow kProductImports[] = {
    {"BatchNorm", batch_norm},       {"Gemm", gemm},
    {"GroupNorm", group_norm},       {"InnerProduct", inner_product},
    {"InstanceNorm", instance_norm}, {"LayerNorm", layer_norm},
    {"MatMul", matmul, 2},           {"RMSNorm", rms_norm},
};

}  // namespace

std::span<const ImportRow> product_imports() { return kProductImports; }

}  // namespace lathe::formats::ncnn
