// Rotary position embedding (Su et al. 2021). Definition: ONNX RotaryEmbedding, opset 23.
// x: [B, heads, T, D] or [B, T, heads * D]. The first rotary_embedding_dim numbers of every head (0: all) are rotated in
// pairs (i, i + half), or (2i, 2i + 1) when interleaved, by the angles whose cosines and sines the caches hold.
// Beyond ONNX: with per_head the caches have 4 axes, [B, heads, T, half] or 1 in place of the first two, and x has 4.
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kRotaryIn[] = {{"x", kFloatTypes, 'T'},
                                    {"cos_cache", kFloatTypes, 'T'},
                                    {"sin_cache", kFloatTypes, 'T'},
                                    {"position_ids", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kRotaryOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kRotaryAttrs[] = {{"interleaved", AttrType::kBool, "false"},
                                    {"num_heads", AttrType::kInt, "0"},
                                    {"per_head", AttrType::kBool, "false"},
                                    {"rotary_embedding_dim", AttrType::kInt, "0"}};
constexpr Sample kRotarySamples[] = {
    {"f32[2, 3, 4, 6]; f32[9, 3]; f32[9, 3]; i64[2, 4]=0,1,2,3,4,8,0,5"},
    {"f32[2, 4, 18]; f32[2, 4, 3]; f32[2, 4, 3]", "num_heads=3"},
    {"f32[2, 3, 4, 6]; f32[2, 4, 3]; f32[2, 4, 3]", "interleaved=true"},
    {"f32[2, 3, 4, 6]; f32[2, 4, 2]; f32[2, 4, 2]", "rotary_embedding_dim=4"},
    {"f32[2, 4, 18]; f32[9, 2]; f32[9, 2]; i64[2, 4]=0,1,2,3,4,8,0,5",
     "num_heads=3; rotary_embedding_dim=4; interleaved=true"},
    {"f16[1, 2, 3, 4]; f16[1, 3, 2]; f16[1, 3, 2]"},
    {"f32[2, 3, 4, 6]; f32[1, 3, 4, 3]; f32[1, 3, 4, 3]", "per_head=true"},
    {"f32[2, 3, 4, 6]; f32[2, 1, 4, 2]; f32[2, 1, 4, 2]",
     "per_head=true; interleaved=true; rotary_embedding_dim=4"}};
constexpr Place kRotaryPlaces[] = {{.ours = "per_head", .theirs = ""}};
constexpr Cell kRotaryCells[] = {
    {.format = "onnx", .op = "RotaryEmbedding", .since = 23, .places = kRotaryPlaces}};

struct RotaryDims {
    Dim heads, size, half;  // of one head; half of what is rotated
};

Result<RotaryDims> rotary_dims(const AttrReader& c, const Dims& x, const Dims& cos, const Dims& sin,
                               const Dims* ids) {
    const int64_t given = c.integer("num_heads"), part = c.integer("rotary_embedding_dim");
    if (x.size() != 3 && x.size() != 4) return fail("x is {}, expected 3 or 4 axes", to_string(x));
    if (x.size() == 3 && given < 1) return fail("x has 3 axes, so that num_heads must be given");
    RotaryDims d{x.size() == 4 ? x[1] : Dim(given), x.back(), Dim(0)};
    if (x.size() == 3) {
        if (const auto hidden = x[2].constant(); hidden && *hidden % given != 0)
            return fail("x {} does not divide into {} heads", to_string(x), given);
        d.size = Dim::floor_div(x[2], Dim(given));
    }
    const Dim rotated = part == 0 ? d.size : Dim(part);
    if (const auto n = rotated.constant();
        n && (*n % 2 != 0 || *n < 0 || (d.size.is_constant() && *n > *d.size.constant())))
        return fail("{} of {} numbers of a head cannot be rotated in pairs", *n, d.size.text());
    d.half = Dim::floor_div(rotated, Dim(2));
    const bool per_head = c.flag("per_head");
    if (per_head && (ids != nullptr || x.size() != 4))
        return fail("x is {}, expected 4 axes and no position_ids with caches for each head", to_string(x));
    const size_t rank = ids != nullptr ? 2 : per_head ? 4 : 3;
    if (cos.size() != rank || sin.size() != rank || surely_differ(cos.back(), d.half) ||
        surely_differ(sin.back(), d.half))
        return fail("the caches are {} and {}, expected {} axes, the last of {}", to_string(cos),
                    to_string(sin), rank, d.half.text());
    for (size_t i = 0; i + 1 < rank; ++i)
        if (surely_differ(cos[i], sin[i]))
            return fail("the caches are {} and {}, expected equal shapes", to_string(cos), to_string(sin));
    if (per_head) {
        for (size_t i = 0; i < 3; ++i)
            if (surely_differ(cos[i], x[i]) && (i == 2 || cos[i] != Dim(1)))
                return fail("the caches are {}, which does not broadcast to x {}", to_string(cos),
                            to_string(x));
        return d;
    }
    const Dims steps{x[0], x.size() == 4 ? x[2] : x[1]};
    const Dims found = ids != nullptr ? *ids : Dims{cos[0], cos[1]};
    if (found.size() != 2 || surely_differ(found[0], steps[0]) || surely_differ(found[1], steps[1]))
        return fail("angles are given for {}, expected {}", to_string(found), to_string(steps));
    return d;
}

Status infer_rotary(InferContext& c) {
    TRY_STATUS(rotary_dims(c, c.shape(0), c.shape(1), c.shape(2), c.has(3) ? &c.shape(3) : nullptr));
    return same_shape(c);
}

Status evaluate_rotary(EvalContext& c) {
    const Tensor& x = c.in(0);
    const Dims ids = c.has(3) ? dims_of(c.in(3).shape()) : Dims{};
    TRY(const RotaryDims d, rotary_dims(c, dims_of(x.shape()), dims_of(c.in(1).shape()),
                                        dims_of(c.in(2).shape()), c.has(3) ? &ids : nullptr));
    const bool merged = x.rank() == 3, interleaved = c.flag("interleaved");
    const int64_t heads = *d.heads.constant(), size = *d.size.constant(), half = *d.half.constant();
    const int64_t steps = merged ? x.dim(1) : x.dim(2), known = c.in(1).dim(0);
    const auto cos = c.in(1).to_doubles(), sin = c.in(2).to_doubles();
    const Ints positions = c.has(3) ? c.in(3).to_ints() : Ints();
    const bool per_head = c.flag("per_head");
    const Shape& table = c.in(1).shape();
    auto values = x.to_doubles();
    for (int64_t b = 0; b < x.dim(0); ++b)
        for (int64_t t = 0; t < steps; ++t) {
            int64_t angle = b * steps + t;
            if (c.has(3)) {
                angle = positions[static_cast<size_t>(angle)];
                if (angle < 0 || angle >= known)
                    return fail("position {} is outside the caches of {} positions", angle, known);
            }
            for (int64_t h = 0; h < heads; ++h) {
                if (per_head)
                    angle = ((table[0] == 1 ? 0 : b) * table[1] + (table[1] == 1 ? 0 : h)) * steps + t;
                double* head = values.data() +
                               (merged ? (b * steps + t) * heads + h : (b * heads + h) * steps + t) * size;
                for (int64_t i = 0; i < half; ++i) {
                    double &first = head[interleaved ? 2 * i : i],
                           &second = head[interleaved ? 2 * i + 1 : i + half];
                    const double co = cos[static_cast<size_t>(angle * half + i)],
                                 si = sin[static_cast<size_t>(angle * half + i)];
                    const double real = co * first - si * second, imaginary = si * first + co * second;
                    first = real;
                    second = imaginary;
                }
            }
        }
    c.output(0, tensor_from_doubles(x.dtype(), x.shape(), values));
    return {};
}

// Halves are rotated as [B, heads, T, half] (4-D operands) or [B, T, heads, half].
Result<std::string> write_rotary(const InferContext& c) {
    TRY(const RotaryDims d,
        rotary_dims(c, c.shape(0), c.shape(1), c.shape(2), c.has(3) ? &c.shape(3) : nullptr));
    const auto size = d.size.constant(), half = d.half.constant(), heads = d.heads.constant();
    if (!size || !half || !heads) return fail("the sizes of its heads must be known");
    const bool merged = c.rank(0) == 3, interleaved = c.flag("interleaved"), partial = 2 * *half != *size;
    std::string text, from = "x", cos = "cos_cache", sin = "sin_cache";
    if (merged) text += format("h = reshape(x, shape=[0, 0, {}, {}])\n", *heads, *size), from = "h";
    if (c.has(3))
        text += "c2 = gather(cos_cache, position_ids)\ns2 = gather(sin_cache, position_ids)\n", cos = "c2",
                                                                                                sin = "s2";
    if (c.flag("per_head")) text += format("co = identity({})\nsi = identity({})\n", cos, sin);
    else
        text += format("co = unsqueeze({}, axes=[{}])\nsi = unsqueeze({}, axes=[{}])\n", cos, merged ? 2 : 1,
                       sin, merged ? 2 : 1);
    const auto cut = [&](std::string_view name, int64_t start, int64_t end, int64_t step) {
        text += format("{} = slice({}, starts=[{}], ends=[{}], axes=[3], steps=[{}])\n", name, from, start,
                       end, step);
    };
    if (interleaved) cut("a", 0, 2 * *half, 2), cut("b", 1, 2 * *half, 2);
    else cut("a", 0, *half, 1), cut("b", *half, 2 * *half, 1);
    text += "ca = mul(a, co)\nsb = mul(b, si)\nreal = sub(ca, sb)\nsa = mul(a, si)\ncb = mul(b, co)\n"
            "imag = add(sa, cb)\n";
    if (interleaved)
        text += format(
            "r5 = unsqueeze(real, axes=[4])\ni5 = unsqueeze(imag, axes=[4])\npairs = concat(r5, i5, axis=4)\n"
            "turned = reshape(pairs, shape=[0, 0, 0, {}])\n",
            2 * *half);
    else text += "turned = concat(real, imag, axis=3)\n";
    if (partial) {
        cut("rest", 2 * *half, *size, 1);
        text += "whole = concat(turned, rest, axis=3)\n";
    }
    const std::string_view last = partial ? "whole" : "turned";
    if (merged) return text + format("y = reshape({}, shape=[0, 0, {}])", last, *heads * *size);
    return text + format("y = identity({})", last);
}

double flops_of_rotary(const CostContext& c) { return 3 * static_cast<double>(element_count(c.inputs[0])); }

constexpr OpDef kRotaryOps[] = {
    {.name = "rotary_embedding",
     .summary =
         "pairs of numbers of each head turned by angles that follow from the position (Su et al. 2021)",
     .inputs = kRotaryIn,
     .outputs = kRotaryOut,
     .attrs = kRotaryAttrs,
     .infer = infer_rotary,
     .evaluate = evaluate_rotary,
     .flops = flops_of_rotary,
     .samples = kRotarySamples,
     .cells = kRotaryCells,
     .write_body = write_rotary},
};

}  // namespace

std::span<const OpDef> rotary_ops() { return kRotaryOps; }

}  // namespace lathe::ops
