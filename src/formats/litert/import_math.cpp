// Elementwise operators and reductions.
#include "formats/litert/import.h"

namespace lathe::formats::litert {
namespace {

using graph::Ints;
using graph::ValueId;

struct Name {
    Builtin code;
    std::string_view row;
};
constexpr Name kNames[] = {
    {Builtin::kAbs, "abs"},
    {Builtin::kCeil, "ceil"},
    {Builtin::kCos, "cos"},
    {Builtin::kExp, "exp"},
    {Builtin::kFloor, "floor"},
    {Builtin::kLog, "log"},
    {Builtin::kNeg, "neg"},
    {Builtin::kRound, "round"},
    {Builtin::kLogistic, "sigmoid"},
    {Builtin::kSign, "sign"},
    {Builtin::kSin, "sin"},
    {Builtin::kSqrt, "sqrt"},
    {Builtin::kTanh, "tanh"},
    {Builtin::kRelu, "relu"},
    {Builtin::kHardSwish, "hard_swish"},
    {Builtin::kElu, "elu"},
    {Builtin::kPow, "pow"},
    {Builtin::kMinimum, "min"},
    {Builtin::kMaximum, "max"},
    {Builtin::kGreater, "greater"},
    {Builtin::kGreaterEqual, "greater_equal"},
    {Builtin::kLess, "less"},
    {Builtin::kLessEqual, "less_equal"},
    {Builtin::kEqual, "equal"},
    {Builtin::kLogicalAnd, "logical_and"},
    {Builtin::kLogicalOr, "logical_or"},
    {Builtin::kLogicalNot, "logical_not"},
    {Builtin::kSelect, "where"},
    {Builtin::kSelectV2, "where"},
    {Builtin::kFloorMod, "mod"},
    {Builtin::kPrelu, "prelu"},
    {Builtin::kAdd, "add"},
    {Builtin::kSub, "sub"},
    {Builtin::kMul, "mul"},
    {Builtin::kDiv, "div"},
    {Builtin::kMean, "reduce_mean"},
    {Builtin::kSum, "reduce_sum"},
    {Builtin::kReduceMax, "reduce_max"},
    {Builtin::kReduceMin, "reduce_min"},
    {Builtin::kReduceProd, "reduce_prod"},
    {Builtin::kArgMax, "arg_max"},
    {Builtin::kArgMin, "arg_min"},
};

std::string_view row_of(const OperatorView& o) {
    for (const Name& name : kNames)
        if (static_cast<int32_t>(name.code) == o.op().code) return name.row;
    return "identity";
}

std::vector<ValueId> all(OperatorView& o) {
    std::vector<ValueId> operands;
    for (size_t i = 0; i < o.inputs(); ++i)
        if (o.has(i)) operands.push_back(o.in(i));
    return operands;
}

Status plain(OperatorView& o) {
    o.results = {o.b().add(row_of(o), all(o))};
    return {};
}

// With a fused activation in slot 0.
Status arithmetic(OperatorView& o) {
    TRY(const ValueId y, o.activated(o.b().add(row_of(o), all(o)), o.op().byte_option(0)));
    o.results = {y};
    return {};
}

ValueId number(OperatorView& o, double value) {
    return o.b().constant("number", Tensor::filled(o.b().dtype(o.in(0)), {}, value));
}

template <int low, int high>
Status clip(OperatorView& o) {
    o.results = {o.b().add("clip", {o.in(0)}, {{"min", double{low}}, {"max", double{high}}})};
    return {};
}
Status square(OperatorView& o) {
    o.results = {o.b().add("mul", {o.in(0), o.in(0)})};
    return {};
}
Status rsqrt(OperatorView& o) {
    o.results = {o.b().add("reciprocal", {o.b().add("sqrt", {o.in(0)})})};
    return {};
}
Status squared_difference(OperatorView& o) {
    const ValueId d = o.b().add("sub", {o.in(0), o.in(1)});
    o.results = {o.b().add("mul", {d, d})};
    return {};
}
Status not_equal(OperatorView& o) {
    o.results = {o.b().add("logical_not", {o.b().add("equal", {o.in(0), o.in(1)})})};
    return {};
}
// Sizes, which are never below 0, divide alike rounding down and towards 0.
Status floor_div(OperatorView& o) {
    const ValueId y = o.b().add("div", {o.in(0), o.in(1)});
    o.results = {is_float(o.tensor(0).dtype) ? o.b().add("floor", {y}) : y};
    return {};
}
Status leaky(OperatorView& o) {
    const float alpha = o.op().options ? o.op().options->number<float>(0) : 0;
    o.results = {o.b().add("leaky_relu", {o.in(0)}, {{"alpha", double{alpha}}})};
    return {};
}
Status gelu(OperatorView& o) {
    const bool approximate = o.op().options && o.op().options->flag(0);
    o.results = {o.b().add("gelu", {o.in(0)}, {{"approximate", std::string(approximate ? "tanh" : "none")}})};
    return {};
}
Status cast(OperatorView& o) {
    o.results = {o.b().add("cast", {o.raw(0)}, {{"to", o.output().dtype}})};
    return {};
}
// Widening; codes were widened when they were asked for.
Status dequantize(OperatorView& o) {
    const ValueId x = o.in(0);
    o.results = {o.b().dtype(x) == DType::kF32 ? x : o.b().add("cast", {x}, {{"to", DType::kF32}})};
    return {};
}
Status quantize(OperatorView& o) {
    o.results = {o.in(0)};
    return {};
}

Status reduction(OperatorView& o) {
    TRY(const Ints axes, o.ints(1));
    const bool keep = o.op().options && o.op().options->flag(0);
    o.results = {o.b().add(row_of(o), {o.in(0)},
                           {{"axes", axes}, {"keepdims", keep}, {"noop_with_empty_axes", true}})};
    return {};
}
Status arg(OperatorView& o) {
    TRY(const Ints axis, o.ints(1));
    if (axis.size() != 1) return fail("its axis has {} numbers", axis.size());
    ValueId y = o.b().add(row_of(o), {o.in(0)}, {{"axis", axis[0]}, {"keepdims", false}});
    if (o.output().dtype != DType::kI64) y = o.b().add("cast", {y}, {{"to", o.output().dtype}});
    o.results = {y};
    return {};
}
Status cumsum(OperatorView& o) {
    TRY(const Ints axis, o.ints(1));
    if (axis.size() != 1) return fail("its axis has {} numbers", axis.size());
    const auto flag = [&](int slot) { return o.op().options && o.op().options->flag(slot); };
    o.results = {
        o.b().add("cumsum", {o.in(0)}, {{"axis", axis[0]}, {"exclusive", flag(0)}, {"reverse", flag(1)}})};
    return {};
}
Status l2_norm(OperatorView& o) {
    const ValueId square_sum = o.b().add("reduce_sum", {o.b().add("mul", {o.in(0), o.in(0)})},
                                         {{"axes", Ints{-1}}, {"keepdims", true}});
    o.results = {
        o.b().add("div", {o.in(0), o.b().add("sqrt", {o.b().add("max", {square_sum, number(o, 1e-6)})})})};
    return {};
}

constexpr ImportRow kImportMathRows[] = {
    {Builtin::kAbs, plain, 1},
    {Builtin::kCeil, plain, 1},
    {Builtin::kCos, plain, 1},
    {Builtin::kExp, plain, 1},
    {Builtin::kFloor, plain, 1},
    {Builtin::kLog, plain, 1},
    {Builtin::kNeg, plain, 1},
    {Builtin::kRound, plain, 1},
    {Builtin::kLogistic, plain, 1},
    {Builtin::kSign, plain, 1},
    {Builtin::kSin, plain, 1},
    {Builtin::kSqrt, plain, 1},
    {Builtin::kTanh, plain, 1},
    {Builtin::kRelu, plain, 1},
    {Builtin::kHardSwish, plain, 1},
    {Builtin::kElu, plain, 1},
    {Builtin::kPow, plain, 2},
    {Builtin::kMinimum, plain, 2},
    {Builtin::kMaximum, plain, 2},
    {Builtin::kGreater, plain, 2},
    {Builtin::kGreaterEqual, plain, 2},
    {Builtin::kLess, plain, 2},
    {Builtin::kLessEqual, plain, 2},
    {Builtin::kEqual, plain, 2},
    {Builtin::kLogicalAnd, plain, 2},
    {Builtin::kLogicalOr, plain, 2},
    {Builtin::kLogicalNot, plain, 1},
    {Builtin::kSelect, plain, 3},
    {Builtin::kSelectV2, plain, 3},
    {Builtin::kFloorMod, plain, 2},
    {Builtin::kPrelu, plain, 2},
    {Builtin::kAdd, arithmetic, 2},
    {Builtin::kSub, arithmetic, 2},
    {Builtin::kMul, arithmetic, 2},
    {Builtin::kDiv, arithmetic, 2},
    {Builtin::kRelu6, clip<0, 6>, 1},
    {Builtin::kRelu0To1, clip<0, 1>, 1},
    {Builtin::kReluN1To1, clip<-1, 1>, 1},
    {Builtin::kSquare, square, 1},
    {Builtin::kRsqrt, rsqrt, 1},
    {Builtin::kSquaredDifference, squared_difference, 2},
    {Builtin::kNotEqual, not_equal, 2},
    {Builtin::kFloorDiv, floor_div, 2},
    {Builtin::kLeakyRelu, leaky, 1},
    {Builtin::kGelu, gelu, 1},
    {Builtin::kCast, cast, 1},
    {Builtin::kDequantize, dequantize, 1},
    {Builtin::kQuantize, quantize, 1},
    {Builtin::kMean, reduction, 2},
    {Builtin::kSum, reduction, 2},
    {Builtin::kReduceMax, reduction, 2},
    {Builtin::kReduceMin, reduction, 2},
    {Builtin::kReduceProd, reduction, 2},
    {Builtin::kArgMax, arg, 2},
    {Builtin::kArgMin, arg, 2},
    {Builtin::kCumsum, cumsum, 2},
    {Builtin::kL2Normalization, l2_norm, 1},
};

}  // namespace

std::span<const ImportRow> math_imports() { return kImportMathRows; }

}  // namespace lathe::formats::litert
