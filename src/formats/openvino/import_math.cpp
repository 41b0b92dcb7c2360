// Elementwise operations, reductions, norms, products and quantisation.
#include <algorithm>
#include <cmath>

#include "formats/openvino/import.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::ValueId;

Status broadcasts_like_numpy(const LayerView& v) {
    const std::string mode = v.text("auto_broadcast", "numpy");
    if (mode == "numpy" || mode == "none" || mode == "explicit") return {};
    return fail("its auto_broadcast is '{}', expected numpy or none", mode);
}

struct RowName {
    std::string_view type, row;
};
constexpr RowName kTwoOperands[] = {{"Minimum", "min"}, {"Maximum", "max"}, {"Power", "pow"}};

Status import_two(LayerView& v) {
    TRY_STATUS(broadcasts_like_numpy(v));
    const auto row = std::ranges::find(kTwoOperands, v.layer().type, &RowName::type);
    v.result(v.add(row->row, {v.in(0), v.in(1)}));
    return {};
}

// Rounds down where it says so and towards 0 elsewhere; of numbers that are not whole, neither.
Status import_divide(LayerView& v) {
    TRY_STATUS(broadcasts_like_numpy(v));
    TRY(const bool down, v.flag("m_pythondiv", true));
    const ValueId x = v.in(0), y = v.in(1);
    if (!down || is_float(v.dtype(0)) || !is_signed_integer(v.dtype(0))) {
        v.result(v.add("div", {x, y}));
        return {};
    }
    v.result(v.add("div", {v.add("sub", {x, v.add("mod", {x, y})}), y}));
    return {};
}

template <bool truncated>
Status import_mod(LayerView& v) {
    TRY_STATUS(broadcasts_like_numpy(v));
    if (!truncated && is_float(v.dtype(0))) {
        // a - floor(a / b) * b
        const ValueId times = v.add("floor", {v.add("div", {v.in(0), v.in(1)})});
        v.result(v.add("sub", {v.in(0), v.add("mul", {times, v.in(1)})}));
        return {};
    }
    v.result(v.add("mod", {v.in(0), v.in(1)}, {{"fmod", truncated}}));
    return {};
}

Status import_squared_difference(LayerView& v) {
    const ValueId d = v.add("sub", {v.in(0), v.in(1)});
    v.result(v.add("mul", {d, d}));
    return {};
}

Status import_not_equal(LayerView& v) {
    v.result(v.add("logical_not", {v.add("equal", {v.in(0), v.in(1)})}));
    return {};
}

Status import_convert(LayerView& v) {
    TRY(const DType to, v.element("destination_type", v.layer().outputs[0].dtype));
    v.result(v.add("cast", {v.in(0)}, {{"to", to}}));
    return {};
}

Status import_round(LayerView& v) {
    if (v.text("mode", "half_to_even") != "half_to_even") {
        // half_away_from_zero: sign(x) * floor(|x| + 1/2)
        const ValueId half = v.add("floor", {v.add("add", {v.add("abs", {v.in(0)}), v.number_like(0, 0.5)})});
        v.result(v.add("mul", {v.add("sign", {v.in(0)}), half}));
        return {};
    }
    v.result(v.add("round", {v.in(0)}));
    return {};
}

Status import_elu(LayerView& v) {
    TRY(const double alpha, v.number("alpha", 1));
    v.result(v.add("elu", {v.in(0)}, {{"alpha", alpha}}));
    return {};
}

Status import_selu(LayerView& v) {
    TRY(const double alpha, v.scalar(1));
    TRY(const double gamma, v.scalar(2));
    v.result(v.add("selu", {v.in(0)}, {{"alpha", alpha}, {"gamma", gamma}}));
    return {};
}

Status import_hard_sigmoid(LayerView& v) {
    TRY(const double alpha, v.scalar(1));
    TRY(const double beta, v.scalar(2));
    v.result(v.add("hard_sigmoid", {v.in(0)}, {{"alpha", alpha}, {"beta", beta}}));
    return {};
}

Status import_hsigmoid(LayerView& v) {
    v.result(v.add("hard_sigmoid", {v.in(0)}, {{"alpha", 1.0 / 6}, {"beta", 0.5}}));
    return {};
}

Status import_gelu(LayerView& v) {
    v.result(v.add(
        "gelu", {v.in(0)},
        {{"approximate", std::string(v.text("approximation_mode", "erf") == "tanh" ? "tanh" : "none")}}));
    return {};
}

Status import_swish(LayerView& v) {
    double alpha = 1;
    if (v.inputs() > 1) {
        TRY(alpha, v.scalar(1));
    }
    v.result(v.add("silu", {v.in(0)}, {{"alpha", alpha}}));
    return {};
}

// A slope of one axis as long as the channels belongs to them.
Status import_prelu(LayerView& v) {
    ValueId slope = v.in(1);
    if (v.rank(1) == 1 && v.rank(0) > 1 && v.shape(1)[0] == v.shape(0)[1] && v.rank(0) != 2) {
        Dims shape{v.shape(1)[0]};
        for (int i = 2; i < v.rank(0); ++i) shape.emplace_back(1);
        slope = v.add("reshape", {slope}, {{"shape", shape}});
    }
    const auto known = v.known(1);
    if (known && known->count() == 1) {
        v.result(v.add("leaky_relu", {v.in(0)}, {{"alpha", known->to_doubles()[0]}}));
        return {};
    }
    v.result(v.add("prelu", {v.in(0), slope}));
    return {};
}

Status import_clamp(LayerView& v) {
    TRY(const double low, v.number("min", 0));
    TRY(const double high, v.number("max", 0));
    if (low > high) return fail("its min is {} and its max {}", low, high);
    v.result(v.add("clip", {v.in(0)}, {{"min", low}, {"max", high}}));
    return {};
}

Status import_is_inf(LayerView& v) {
    TRY(const bool negative, v.flag("detect_negative", true));
    TRY(const bool positive, v.flag("detect_positive", true));
    v.result(v.add("is_inf", {v.in(0)}, {{"detect_negative", negative}, {"detect_positive", positive}}));
    return {};
}

Status import_shift(LayerView& v) {
    v.result(v.add("bit_shift", {v.in(0), v.in(1)},
                   {{"direction", std::string(v.layer().type == "BitwiseLeftShift" ? "LEFT" : "RIGHT")}}));
    return {};
}

// ---- along axes

constexpr RowName kReductions[] = {{"ReduceSum", "reduce_sum"},   {"ReduceMean", "reduce_mean"},
                                   {"ReduceMax", "reduce_max"},   {"ReduceMin", "reduce_min"},
                                   {"ReduceProd", "reduce_prod"}, {"ReduceL1", "reduce_l1"},
                                   {"ReduceL2", "reduce_l2"}};

Status import_reduce(LayerView& v) {
    const auto row = std::ranges::find(kReductions, v.layer().type, &RowName::type);
    TRY(const Ints axes, v.ints(1));
    TRY(const bool keep, v.flag("keep_dims", false));
    v.result(
        v.add(row->row, {v.in(0)}, {{"axes", axes}, {"keepdims", keep}, {"noop_with_empty_axes", true}}));
    return {};
}

template <bool logarithm>
Status import_softmax(LayerView& v) {
    TRY(const int64_t axis, v.integer("axis", 1));
    v.result(v.add(logarithm ? "log_softmax" : "softmax", {v.in(0)}, {{"axis", axis}}));
    return {};
}

Status import_mvn(LayerView& v) {
    TRY(const Ints axes, v.ints(1));
    TRY(const bool divides, v.flag("normalize_variance", true));
    TRY(const double epsilon, v.number("eps", 0));
    const std::string mode = v.text("eps_mode", "inside_sqrt");
    if (mode != "inside_sqrt" && mode != "outside_sqrt") return fail("its eps_mode is '{}'", mode);
    const graph::Attrs along{{"axes", axes}, {"keepdims", true}};
    const ValueId apart = v.add("sub", {v.in(0), v.add("reduce_mean", {v.in(0)}, along)});
    if (!divides) {
        v.result(apart);
        return {};
    }
    ValueId spread = v.add("reduce_mean", {v.add("mul", {apart, apart})}, along);
    const ValueId little = v.number_like(0, epsilon);
    if (mode == "inside_sqrt") spread = v.add("sqrt", {v.add("add", {spread, little})});
    else spread = v.add("add", {v.add("sqrt", {spread}), little});
    v.result(v.add("div", {apart, spread}));
    return {};
}

Status import_group_norm(LayerView& v) {
    TRY(const int64_t groups, v.integer("num_groups", 0));
    TRY(const double epsilon, v.number("epsilon", 0));
    v.result(
        v.add("group_norm", {v.in(0), v.in(1), v.in(2)}, {{"num_groups", groups}, {"epsilon", epsilon}}));
    return {};
}

Status import_batch_norm(LayerView& v) {
    TRY(const double epsilon, v.number("epsilon", 0));
    v.result(v.add("batch_norm", {v.in(0), v.in(1), v.in(2), v.in(3), v.in(4)}, {{"epsilon", epsilon}}));
    return {};
}

Status import_lrn(LayerView& v) {
    TRY(const Ints axes, v.ints(1));
    TRY(const double alpha, v.number("alpha", 0));
    TRY(const double beta, v.number("beta", 0));
    TRY(const double bias, v.number("bias", 0));
    TRY(const int64_t size, v.integer("size", 0));
    if (axes != Ints{1}) return fail("it normalises along other axes than the channels");
    v.result(v.add("lrn", {v.in(0)}, {{"alpha", alpha}, {"beta", beta}, {"bias", bias}, {"size", size}}));
    return {};
}

// ---- products

ValueId transposed_last(LayerView& v, size_t i, bool wanted) {
    if (!wanted || v.rank(i) < 2) return v.in(i);
    Ints perm;
    for (int axis = 0; axis < v.rank(i); ++axis) perm.push_back(axis);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    if (const auto tensor = v.b().graph()[v.in(i)].constant)
        return v.constant("weight", tensor->transposed(std::vector<int>(perm.begin(), perm.end())));
    return v.add("transpose", {v.in(i)}, {{"perm", perm}});
}

Status import_matmul(LayerView& v) {
    TRY(const bool a, v.flag("transpose_a", false));
    TRY(const bool b, v.flag("transpose_b", false));
    if (v.rank(0) == 2 && v.rank(1) == 2 && (a || b)) {
        v.result(v.add("gemm", {v.in(0), v.in(1)}, {{"transA", a}, {"transB", b}}));
        return {};
    }
    v.result(v.add("matmul", {transposed_last(v, 0, a), transposed_last(v, 1, b)}));
    return {};
}

// ---- quantisation

struct Bounds {
    std::vector<double> in_low, in_high, out_low, out_high;
    bool uniform = false;  // all of one shape, with one axis at most that is longer than 1
    int axis = 0;
};

std::optional<Bounds> known_bounds(LayerView& v) {
    Bounds b;
    std::vector<double>* const lists[] = {&b.in_low, &b.in_high, &b.out_low, &b.out_high};
    Shape shape;
    b.uniform = true;
    for (size_t i = 0; i < 4; ++i) {
        const auto tensor = v.known(i + 1);
        if (!tensor) return std::nullopt;
        *lists[i] = tensor->to_doubles();
        if (i == 0) shape = tensor->shape();
        b.uniform = b.uniform && tensor->shape() == shape;
    }
    int longer = 0;
    for (size_t i = 0; i < shape.size(); ++i)
        if (shape[i] != 1) {
            ++longer;
            b.axis = static_cast<int>(i) + v.rank(0) - static_cast<int>(shape.size());
        }
    b.uniform = b.uniform && longer <= 1 && static_cast<int>(shape.size()) <= v.rank(0) && b.axis >= 0;
    return b;
}

// The scales and zero points of u8 codes with that range. Nothing: it is not that of codes.
std::optional<std::pair<std::vector<double>, std::vector<int64_t>>> codes_of(const Bounds& b) {
    constexpr double kSteps = 255, kSlack = 1e-3;
    if (!b.uniform || b.in_low != b.out_low || b.in_high != b.out_high) return std::nullopt;
    std::vector<double> scales;
    std::vector<int64_t> zeros;
    for (size_t i = 0; i < b.in_low.size(); ++i) {
        const double scale = (b.in_high[i] - b.in_low[i]) / kSteps;
        if (!(scale > 0) || !std::isfinite(scale)) return std::nullopt;
        const double zero = std::nearbyint(-b.in_low[i] / scale);
        if (zero < 0 || zero > kSteps || std::fabs(zero + b.in_low[i] / scale) > kSlack) return std::nullopt;
        scales.push_back(scale);
        zeros.push_back(static_cast<int64_t>(zero));
    }
    return std::pair(std::move(scales), std::move(zeros));
}

Status import_fake_quantize(LayerView& v) {
    TRY(const int64_t levels, v.integer("levels", 0));
    TRY_STATUS(broadcasts_like_numpy(v));
    if (levels < 2 || levels > (int64_t{1} << 32)) return fail("it has {} levels", levels);
    const auto bounds = known_bounds(v);
    if (bounds && levels == 256)
        if (const auto codes = codes_of(*bounds)) {
            const auto count = static_cast<int64_t>(codes->first.size());
            const Shape shape = count == 1 ? Shape{} : Shape{count};
            const ValueId scale = v.constant("scale", tensor_from_doubles(v.dtype(0), shape, codes->first));
            const ValueId zero = v.constant("zero_point", tensor_from_ints(DType::kU8, shape, codes->second));
            const graph::Attrs along{{"axis", int64_t{count == 1 ? 0 : bounds->axis}}};
            const ValueId q = v.add("quantize_linear", {v.in(0), scale, zero}, along);
            v.result(v.add("dequantize_linear", {q, scale, zero}, along));
            return {};
        }
    // round((clamp(x) - in_low) / (in_high - in_low) * (levels - 1)) / (levels - 1) * (out_high - out_low) + out_low
    const ValueId low = v.add("min", {v.in(1), v.in(2)}), high = v.add("max", {v.in(1), v.in(2)});
    const ValueId inside = v.add("min", {v.add("max", {v.in(0), low}), high});
    const ValueId steps = v.number_like(0, static_cast<double>(levels - 1));
    const ValueId place = v.add("div", {v.add("sub", {inside, v.in(1)}), v.add("sub", {v.in(2), v.in(1)})});
    const ValueId code = v.add("round", {v.add("mul", {place, steps})});
    const ValueId size = v.add("div", {v.add("sub", {v.in(4), v.in(3)}), steps});
    v.result(v.add("add", {v.add("mul", {code, size}), v.in(3)}));
    return {};
}

// codes as numbers, times a scale: what dequantize_linear says, where the scale has one long axis at most.
std::optional<ValueId> widened_codes(LayerView& v) {
    const auto scale = v.known(1);
    if (!scale || v.dtype(0) != DType::kF32) return std::nullopt;
    const Layer* from = &v.source(v.layer().inputs[0]);
    std::optional<Tensor> zero;
    if (from->type == "Subtract" && from->inputs.size() == 2) {
        const Layer& constant = v.source(from->inputs[1]);
        if (!constant.value) return std::nullopt;
        zero = constant.value->to_contiguous();
        from = &v.source(from->inputs[0]);
    }
    if (from->type != "Convert" || from->inputs.size() != 1) return std::nullopt;
    const Layer& stored = v.source(from->inputs[0]);
    const DType dtype = stored.value ? stored.value->dtype() : DType::kF32;
    if (dtype != DType::kI8 && dtype != DType::kU8) return std::nullopt;
    const ValueId codes = v.value(from->inputs[0]);
    int longer = 0;
    int64_t axis = 0;
    const int more = v.rank(0) - scale->rank();
    for (int i = 0; i < scale->rank(); ++i)
        if (scale->dim(i) != 1) {
            ++longer;
            axis = i + more;
        }
    if (longer > 1 || more < 0 || (zero && zero->shape() != scale->shape() && zero->count() != 1))
        return std::nullopt;
    const int64_t count = scale->count();
    const Shape shape = longer == 0 ? Shape{} : Shape{count};
    std::vector<int64_t> zeros(static_cast<size_t>(count), 0);
    if (zero) {
        const auto given = zero->to_doubles();
        for (size_t i = 0; i < zeros.size(); ++i) {
            const double z = given[given.size() == 1 ? 0 : i];
            zeros[i] = static_cast<int64_t>(z);
            if (static_cast<double>(zeros[i]) != z || z < -128 || z > 255) return std::nullopt;
        }
    }
    return v.add("dequantize_linear",
                 {codes, v.constant("scale", scale->reshaped(shape)),
                  v.constant("zero_point", tensor_from_ints(dtype, shape, zeros))},
                 {{"axis", axis}});
}

Status import_multiply(LayerView& v) {
    TRY_STATUS(broadcasts_like_numpy(v));
    if (const auto wide = widened_codes(v)) {
        v.result(*wide);
        return {};
    }
    v.result(v.add("mul", {v.in(0), v.in(1)}));
    return {};
}

constexpr ImportRow kMathImports[] = {{"Minimum", 2, import_two},
                                      {"Maximum", 2, import_two},
                                      {"Power", 2, import_two},
                                      {"Multiply", 2, import_multiply},
                                      {"Divide", 2, import_divide},
                                      {"Mod", 2, import_mod<true>},
                                      {"FloorMod", 2, import_mod<false>},
                                      {"SquaredDifference", 2, import_squared_difference},
                                      {"NotEqual", 2, import_not_equal},
                                      {"Convert", 1, import_convert},
                                      {"Round", 1, import_round},
                                      {"Elu", 1, import_elu},
                                      {"Selu", 3, import_selu},
                                      {"HardSigmoid", 3, import_hard_sigmoid},
                                      {"HSigmoid", 1, import_hsigmoid},
                                      {"Gelu", 1, import_gelu},
                                      {"Swish", 1, import_swish},
                                      {"PReLU", 2, import_prelu},
                                      {"Clamp", 1, import_clamp},
                                      {"IsInf", 1, import_is_inf},
                                      {"BitwiseLeftShift", 2, import_shift},
                                      {"BitwiseRightShift", 2, import_shift},
                                      {"ReduceSum", 2, import_reduce},
                                      {"ReduceMean", 2, import_reduce},
                                      {"ReduceMax", 2, import_reduce},
                                      {"ReduceMin", 2, import_reduce},
                                      {"ReduceProd", 2, import_reduce},
                                      {"ReduceL1", 2, import_reduce},
                                      {"ReduceL2", 2, import_reduce},
                                      {"SoftMax", 1, import_softmax<false>},
                                      {"LogSoftmax", 1, import_softmax<true>},
                                      {"MVN", 2, import_mvn, 6},
                                      {"GroupNormalization", 3, import_group_norm},
                                      {"BatchNormInference", 5, import_batch_norm, 5},
                                      {"LRN", 2, import_lrn},
                                      {"MatMul", 2, import_matmul},
                                      {"FakeQuantize", 5, import_fake_quantize}};

}  // namespace

std::span<const ImportRow> math_imports() { return kMathImports; }

}  // namespace lathe::formats::openvino
