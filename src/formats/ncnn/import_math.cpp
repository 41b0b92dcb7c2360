// Elementwise layers, reductions and softmax.
#include <algorithm>
#include <limits>

#include "formats/ncnn/import.h"

namespace lathe::formats::ncnn {
namespace {

using graph::ValueId;

Status finish_math(LayerView& v, ValueId y) {
    v.results = {y};
    return {};
}

// By ncnn's numbers of UnaryOp.
constexpr const char* kUnary[] = {"abs",   "neg",        "floor", "ceil",  "square", "sqrt",  "rsqrt",
                                  "exp",   "log",        "sin",   "cos",   "tan",    "asin",  "acos",
                                  "atan",  "reciprocal", "tanh",  nullptr, "round",  nullptr, "sign",
                                  nullptr, "sinh",       "asinh", "cosh",  "acosh",  "atanh"};

Status import_unary(LayerView& v) {
    const int32_t kind = v.number(0);
    if (kind < 0 || kind >= std::ssize(kUnary) || kUnary[kind] == nullptr)
        return fail("its operation is number {}, which is not supported", kind);
    const std::string_view name = kUnary[kind];
    if (name == "square") return finish_math(v, v.add("mul", {v.in(), v.in()}));
    if (name == "rsqrt") return finish_math(v, v.add("reciprocal", {v.add("sqrt", {v.in()})}));
    return finish_math(v, v.add(name, {v.in()}));
}

template <const char* row>
Status plain(LayerView& v) {
    return finish_math(v, v.add(row, {v.in()}));
}
constexpr char kAbs[] = "abs", kSigmoid[] = "sigmoid", kTanh[] = "tanh", kSilu[] = "silu", kMish[] = "mish",
               kSoftplus[] = "softplus", kErf[] = "erf";

Status import_same(LayerView& v) {
    for (size_t i = 0; i < v.layer().outputs.size(); ++i)
        v.results.push_back(v.in(std::min(i, v.inputs() - 1)));
    return {};
}
Status dropout(LayerView& v) {
    const float scale = v.real(0, 1);
    return scale == 1 ? import_same(v) : finish_math(v, v.add("mul", {v.in(), v.scalar(scale)}));
}

// The operand with axes of size 1, as ncnn adds them where blobs of different rank meet (src/layer/binaryop.cpp): a
// vector as long as the other's first axis stands along that, everything else begins at the front.
ValueId meeting(LayerView& v, size_t operand, const Shape& other) {
    Shape shape = v.shape(operand);
    if (shape.size() >= other.size()) return v.in(operand);
    const bool in_front = shape.size() > 1 || shape[0] == other[0];
    shape.insert(in_front ? shape.end() : shape.begin(), other.size() - shape.size(), 1);
    return v.reshaped(v.in(operand), shape);
}

Status import_binary(LayerView& v) {
    const int32_t kind = v.number(0);
    ValueId a = v.in(), b = graph::kNoValue;
    if (v.number(1) != 0) {
        b = v.scalar(v.real(2));
    } else {
        if (v.inputs() < 2) return fail("it has one blob and no number");
        const Shape first = v.shape(0), second = v.shape(1);
        a = meeting(v, 0, second);
        b = meeting(v, 1, first);
    }
    switch (kind) {
        case 0: return finish_math(v, v.add("add", {a, b}));
        case 1: return finish_math(v, v.add("sub", {a, b}));
        case 2: return finish_math(v, v.add("mul", {a, b}));
        case 3: return finish_math(v, v.add("div", {a, b}));
        case 4: return finish_math(v, v.add("max", {a, b}));
        case 5: return finish_math(v, v.add("min", {a, b}));
        case 6: return finish_math(v, v.add("pow", {a, b}));
        case 7: return finish_math(v, v.add("sub", {b, a}));
        case 8: return finish_math(v, v.add("div", {b, a}));
        case 9: return finish_math(v, v.add("pow", {b, a}));
        default: return fail("its operation is number {}, which is not supported", kind);
    }
}

Status eltwise(LayerView& v) {
    const int32_t kind = v.number(0);
    const Floats factors = v.reals(1);
    if (kind < 0 || kind > 2) return fail("its operation is number {}, which is not supported", kind);
    if (!factors.empty() && (kind != 1 || factors.size() != v.inputs()))
        return fail("it has {} factors for {} blobs", factors.size(), v.inputs());
    static constexpr const char* kRows[] = {"mul", "add", "max"};
    const auto part = [&](size_t i) {
        return factors.empty() ? v.in(i) : v.add("mul", {v.in(i), v.scalar(factors[i])});
    };
    ValueId y = part(0);
    for (size_t i = 1; i < v.inputs(); ++i) y = v.add(kRows[kind], {y, part(i)});
    return finish_math(v, y);
}

Status relu(LayerView& v) {
    const float slope = v.real(0);
    return finish_math(
        v, slope == 0 ? v.add("relu", {v.in()}) : v.add("leaky_relu", {v.in()}, {{"alpha", double{slope}}}));
}

Status clip(LayerView& v) {
    constexpr float kMost = std::numeric_limits<float>::max();
    const double low = v.real(0, -kMost), high = v.real(1, kMost);
    constexpr double kInf = std::numeric_limits<double>::infinity();
    return finish_math(v,
                       v.add("clip", {v.in()},
                             {{"min", low <= -kMost ? -kInf : low}, {"max", high >= kMost ? kInf : high}}));
}

Status gelu(LayerView& v) {
    return finish_math(
        v, v.add("gelu", {v.in()}, {{"approximate", std::string(v.number(0) != 0 ? "tanh" : "none")}}));
}

ValueId gate(LayerView& v) {
    return v.add("hard_sigmoid", {v.in()},
                 {{"alpha", double{v.real(0, 0.2F)}}, {"beta", double{v.real(1, 0.5F)}}});
}
Status hard_sigmoid(LayerView& v) { return finish_math(v, gate(v)); }
Status hard_swish(LayerView& v) { return finish_math(v, v.add("mul", {v.in(), gate(v)})); }
Status elu(LayerView& v) {
    return finish_math(v, v.add("elu", {v.in()}, {{"alpha", double{v.real(0, 0.1F)}}}));
}
Status celu(LayerView& v) {
    return finish_math(v, v.add("celu", {v.in()}, {{"alpha", double{v.real(0, 1)}}}));
}
Status selu(LayerView& v) {
    return finish_math(
        v, v.add("selu", {v.in()},
                 {{"alpha", double{v.real(0, 1.67326324F)}}, {"gamma", double{v.real(1, 1.050700987F)}}}));
}

// A vector along the first axis of the blob, or, of a blob that is one row, along that.
Result<ValueId> per_channel(LayerView& v, std::string_view name, int64_t count) {
    const Shape blob = v.shape();
    if (count != 1 && count != blob[0]) return fail("it has {} numbers for {} channels", count, blob[0]);
    TRY(const Tensor data, v.take(count, false));
    Shape shape(blob.size(), 1);
    shape[0] = count;
    return v.constant(name, data, shape);
}

Status prelu(LayerView& v) {
    TRY(const int64_t count, v.size(0, 1));
    TRY(const ValueId slope, per_channel(v, "slope", count));
    if (!v.b().ok()) return {};
    return finish_math(v, v.add("prelu", {v.in(), slope}));
}

Status scale(LayerView& v) {
    TRY(const int64_t count, v.size(0, 1));
    TRY(const ValueId factors, per_channel(v, "scale", count));
    ValueId y = v.add("mul", {v.in(), factors});
    if (v.number(1) != 0) {
        TRY(const ValueId bias, per_channel(v, "bias", count));
        y = v.add("add", {y, bias});
    }
    return finish_math(v, y);
}

Status bias(LayerView& v) {
    TRY(const int64_t count, v.size(0, 1));
    TRY(const ValueId terms, per_channel(v, "bias", count));
    return finish_math(v, v.add("add", {v.in(), terms}));
}

// ---- along axes

Status softmax(LayerView& v) {
    const int32_t given = v.number(0);
    if (v.number(1) == 0 && given != 0) return fail("it is of an old kind that ncnn itself refuses");
    TRY(const int axis, v.axis(given, v.rank()));
    return finish_math(v, v.add("softmax", {v.in()}, {{"axis", int64_t{axis} + 1}}));
}

Status cumulative_sum(LayerView& v) {
    TRY(const int axis, v.axis(v.number(0), v.rank()));
    const double at = axis + 1;
    const ValueId along =
        v.b().constant(v.layer().name + "/axis", tensor_from_doubles(DType::kI64, {}, std::span(&at, 1)));
    return finish_math(v, v.add("cumsum", {v.in(), along}));
}

Status reduction(LayerView& v) {
    static constexpr const char* kRows[] = {
        "reduce_sum",  "reduce_l1", "reduce_sum_square", "reduce_mean",    "reduce_max",        "reduce_min",
        "reduce_prod", "reduce_l1", "reduce_l2",         "reduce_log_sum", "reduce_log_sum_exp"};
    const int32_t kind = v.number(0);
    if (kind < 0 || kind >= std::ssize(kRows))
        return fail("its operation is number {}, which is not supported", kind);
    const bool all = v.number(1, 1) != 0, keep = v.number(4) != 0;
    std::vector<bool> gone(static_cast<size_t>(v.rank()), all);
    const Ints given = all ? Ints{} : v.list(3);
    if (!all && !given.empty() && v.number(5) == 0)
        return fail("it is of an old kind that ncnn itself refuses");
    for (const int32_t one : given) {
        TRY(const int axis, v.axis(one, v.rank()));
        gone[static_cast<size_t>(axis)] = true;
    }
    graph::Ints axes;
    Shape left;
    for (size_t i = 0; i < gone.size(); ++i)
        if (gone[i]) axes.push_back(static_cast<int64_t>(i) + 1);
        else left.push_back(v.shape()[i]);
    if (axes.empty()) return fail("it reduces no axis");
    ValueId x = v.in();
    ValueId y = v.add(kRows[kind], {x}, {{"axes", axes}, {"keepdims", true}});
    if (v.real(2, 1) != 1) y = v.add("mul", {y, v.scalar(v.real(2, 1))});
    if (!keep) y = v.reshaped(y, left.empty() ? Shape{1} : left);
    return finish_math(v, y);
}

constexpr ImportRow kMathImports[] = {
    {"AbsVal", plain<kAbs>},
    {"Bias", bias},
    {"BinaryOp", import_binary},
    {"CELU", celu},
    {"Clip", clip},
    {"CumulativeSum", cumulative_sum},
    {"Dropout", dropout},
    {"ELU", elu},
    {"Eltwise", eltwise, 2},
    {"Erf", plain<kErf>},
    {"GELU", gelu},
    {"HardSigmoid", hard_sigmoid},
    {"HardSwish", hard_swish},
    {"Mish", plain<kMish>},
    {"Noop", import_same},
    {"PReLU", prelu},
    {"ReLU", relu},
    {"Reduction", reduction},
    {"SELU", selu},
    {"Scale", scale},
    {"Sigmoid", plain<kSigmoid>},
    {"Softmax", softmax},
    {"Softplus", plain<kSoftplus>},
    {"Split", import_same},
    {"Swish", plain<kSilu>},
    {"TanH", plain<kTanh>},
    {"UnaryOp", import_unary},
};

}  // namespace

std::span<const ImportRow> math_imports() { return kMathImports; }

}  // namespace lathe::formats::ncnn
