// Conversion between element types. Definitions: ONNX Cast and CastLike: floats to integers drop the fraction, floats
// round to nearest even, integers wrap around, bool is x != 0.
#include "ops/cast.h"

#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kTypes = kNumericTypes | kSmallFloatTypes | kBoolType | types(DType::kI4, DType::kU4);
constexpr OperandDef kCastIn[] = {{"x", kTypes}};
constexpr OperandDef kLikeIn[] = {{"x", kTypes}, {"target", kTypes}};
constexpr OperandDef kCastOut[] = {{"y", kTypes}};
constexpr AttrDef kCastAttrs[] = {{"to", AttrType::kDType}, {"saturate", AttrType::kBool, "true"}};
constexpr Place kCastPlaces[] = {{.ours = "saturate", .theirs = "", .until = 18}};
constexpr Place kLikePlaces[] = {{.ours = "saturate", .theirs = "", .until = 18}};
constexpr Cell kCastCells[] = {{.format = "onnx", .op = "Cast", .since = 6, .places = kCastPlaces},
                               {.format = "litert", .op = "CAST"},
                               {.format = "openvino", .op = "Convert"}};
constexpr Cell kLikeCells[] = {{.format = "onnx", .op = "CastLike", .since = 15, .places = kLikePlaces}};
constexpr AttrDef kLikeAttrs[] = {{"saturate", AttrType::kBool, "true"}};
constexpr Sample kCastSamples[] = {{"f32[2, 3]{-3, 3}", "to=f16"}, {"f32[5]{-3, 3}", "to=i64"},
                                   {"f32[5]{-3, 3}", "to=i32"},    {"i64[4]{-9, 9}", "to=f32"},
                                   {"bool[4]", "to=f32"},          {"f32[4]=0,-0.25,2,nan", "to=bool"},
                                   {"i64[4]=1,0,300,-1", "to=i8"}, {"f16[7]", "to=f64"},
                                   {"u8[3]{0, 255}", "to=i32"},    {"f32[2, 3]{-3, 3}", "to=bf16"}};
constexpr Sample kLikeSamples[] = {{"f32[2, 3]{-3, 3}; i64[1]"}, {"i64[2, 3]{-3, 3}; f32[]"}};

bool holds_integers(DType dtype) { return is_integer(dtype) || dtype == DType::kBool; }

// Values beyond a float8 type's range become the largest finite value when saturating, else NaN or infinity.
double unsaturated(DType to, double value) {
    const double limit = to == DType::kF8E4M3 ? 464 : to == DType::kF8E5M2 ? 61440 : INFINITY;
    if (!(std::fabs(value) >= limit)) return value;
    return to == DType::kF8E4M3 ? NAN : std::copysign(INFINITY, value);
}
double saturated(DType to, double value) {
    const double largest = to == DType::kF8E4M3 ? 448 : to == DType::kF8E5M2 ? 57344 : INFINITY;
    return std::isnan(value) ? value : std::min(std::max(value, -largest), largest);
}

}  // namespace

Tensor cast(const Tensor& x, DType to, bool saturate) {
    if (x.dtype() == to) return x;
    if (holds_integers(x.dtype()) && holds_integers(to)) {
        auto values = x.to_ints();
        if (to == DType::kBool)
            for (int64_t& v : values) v = v != 0;
        return tensor_from_ints(to, x.shape(), values);
    }
    auto values = x.to_doubles();
    for (double& v : values) {
        if (is_integer(to)) v = std::trunc(v);
        else if (to == DType::kF8E4M3 || to == DType::kF8E5M2)
            v = saturate ? saturated(to, v) : unsaturated(to, v);
    }
    return tensor_from_doubles(to, x.shape(), values);
}

namespace {

void infer_to(InferContext& c, DType to) {
    c.output(0, to, c.shape(0));
    if (is_integer(c.dtype(0)) && is_integer(to) && bits_of(to) >= 32) c.output_contents(0, c.contents(0));
    if (c.dtype(0) == DType::kBool && is_integer(to)) c.output_contents(0, c.contents(0));
}
Status infer_cast(InferContext& c) {
    if ((kTypes & type_bit(c.dtype("to"))) == 0)
        return fail("cast makes no {}", lathe::name_of(c.dtype("to")));
    infer_to(c, c.dtype("to"));
    return {};
}
Status infer_cast_like(InferContext& c) {
    infer_to(c, c.dtype(1));
    return {};
}
Status evaluate_cast(EvalContext& c) {
    c.output(0, cast(c.in(0), c.dtype("to"), c.flag("saturate")));
    return {};
}
Status evaluate_cast_like(EvalContext& c) {
    c.output(0, cast(c.in(0), c.in(1).dtype(), c.flag("saturate")));
    return {};
}
Result<std::string> write_cast_like(const InferContext& c) {
    return format("y = cast(x, to={}, saturate=$saturate)", lathe::name_of(c.dtype(1)));
}

constexpr OpDef kCastOps[] = {
    {.name = "cast",
     .summary = "x converted to another element type",
     .inputs = kCastIn,
     .outputs = kCastOut,
     .attrs = kCastAttrs,
     .infer = infer_cast,
     .evaluate = evaluate_cast,
     .flops = no_flops,
     .samples = kCastSamples,
     .cells = more_cells<kCastCells, CoremlValues<"cast">>},
    {.name = "cast_like",
     .summary = "x converted to the element type of target",
     .inputs = kLikeIn,
     .outputs = kCastOut,
     .attrs = kLikeAttrs,
     .infer = infer_cast_like,
     .evaluate = evaluate_cast_like,
     .flops = no_flops,
     .samples = kLikeSamples,
     .cells = kLikeCells,
     .write_body = write_cast_like},
};

}  // namespace

std::span<const OpDef> cast_ops() { return kCastOps; }

}  // namespace lathe::ops
