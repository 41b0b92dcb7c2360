#include <limits>

#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using Results = Result<std::vector<ValueId>>;

// NaN and the infinities become numbers: by default 0 and the largest of the type.
Results nan_to_num(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    if (!is_float(c.type(x))) return std::vector{x};
    const double largest = c.type(x) == DType::kF16   ? 65504
                           : c.type(x) == DType::kF64 ? std::numeric_limits<double>::max()
                           : c.type(x) == DType::kBF16
                               ? 3.3895313892515355e38
                               : static_cast<double>(std::numeric_limits<float>::max());
    const auto wanted = [&](std::string_view name, double absent) {
        return c.given(name) ? c.number(name) : Result<double>(absent);
    };
    TRY(const double nan, wanted("nan", 0));
    TRY(const double high, wanted("posinf", largest));
    TRY(const double low, wanted("neginf", -largest));
    TRY(const ValueId is_nan, c.add("is_nan", {x}));
    TRY(x, c.add("where", {is_nan, c.constant_like(x, nan), x}));
    TRY(const ValueId above, c.add("is_inf", {x}, {{"detect_negative", false}}));
    TRY(x, c.add("where", {above, c.constant_like(x, high), x}));
    TRY(const ValueId below, c.add("is_inf", {x}, {{"detect_positive", false}}));
    return one(c.add("where", {below, c.constant_like(x, low), x}));
}

constexpr Row kCompareRows[] = {
    {"eq.Tensor(Tensor self, Tensor other)", "equal(self, other)", Types::kPromoted},
    {"eq.Scalar(Tensor self, Scalar other)", "equal(self, other)", Types::kPromoted},
    {"ne.Tensor(Tensor self, Tensor other)", "logical_not(equal(self, other))", Types::kPromoted},
    {"ne.Scalar(Tensor self, Scalar other)", "logical_not(equal(self, other))", Types::kPromoted},
    {"lt.Tensor(Tensor self, Tensor other)", "less(self, other)", Types::kPromoted},
    {"lt.Scalar(Tensor self, Scalar other)", "less(self, other)", Types::kPromoted},
    {"le.Tensor(Tensor self, Tensor other)", "less_equal(self, other)", Types::kPromoted},
    {"le.Scalar(Tensor self, Scalar other)", "less_equal(self, other)", Types::kPromoted},
    {"gt.Tensor(Tensor self, Tensor other)", "greater(self, other)", Types::kPromoted},
    {"gt.Scalar(Tensor self, Scalar other)", "greater(self, other)", Types::kPromoted},
    {"ge.Tensor(Tensor self, Tensor other)", "greater_equal(self, other)", Types::kPromoted},
    {"ge.Scalar(Tensor self, Scalar other)", "greater_equal(self, other)", Types::kPromoted},
    {"logical_not(Tensor self)", "logical_not(cast(self, to=bool))"},
    {"logical_and(Tensor self, Tensor other)", "logical_and(cast(self, to=bool), cast(other, to=bool))"},
    {"logical_or(Tensor self, Tensor other)", "logical_or(cast(self, to=bool), cast(other, to=bool))"},
    {"logical_xor(Tensor self, Tensor other)", "logical_xor(cast(self, to=bool), cast(other, to=bool))"},
    {"isnan(Tensor self)", "is_nan(self)"},
    {"isinf(Tensor self)", "is_inf(self)"},
    {"isfinite(Tensor self)", "logical_not(logical_or(is_nan(self), is_inf(self)))"},
    {.schema = "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None)",
     .special = nan_to_num},
    {"where.self(Tensor condition, Tensor self, Tensor other)",
     "where(cast(condition, to=bool), self, other)", Types::kPromoted},
    {"where.ScalarSelf(Tensor condition, Scalar self, Tensor other)",
     "where(cast(condition, to=bool), self, other)", Types::kPromoted},
    {"where.ScalarOther(Tensor condition, Tensor self, Scalar other)",
     "where(cast(condition, to=bool), self, other)", Types::kPromoted},
    {"where.Scalar(Tensor condition, Scalar self, Scalar other)",
     "where(cast(condition, to=bool), self, other)", Types::kPromoted},
    {"masked_fill.Scalar(Tensor self, Tensor mask, Scalar value)", "where(cast(mask, to=bool), value, self)"},
    {.schema = "masked_fill.Tensor(Tensor self, Tensor mask, Tensor value)",
     .special = [](Call& c) -> Results {
         TRY(const ValueId self, c.tensor("self"));
         TRY(const ValueId mask, c.operand("mask", DType::kBool));
         TRY(const ValueId value, c.operand("value", c.type(self)));
         return one(c.add("where", {mask, value, self}));
     }},
};

}  // namespace

std::span<const Row> compare_rows() { return kCompareRows; }

}  // namespace lathe::formats::torch
