// Operators that move elements by a fixed pattern: depth_to_space, space_to_depth, reverse_sequence, trilu.
#include <algorithm>
#include <numeric>

#include "ops/cells.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kX[] = {{"x", kMovableTypes, 'T'}};
constexpr OperandDef kRearrangeY[] = {{"y", kMovableTypes, 'T'}};

// ---- depth_to_space, space_to_depth: reshape, transpose, reshape

struct Rearranged {
    Dims split;               // the six axes that x is taken apart into
    std::vector<int> order;   // how they are transposed
    Dims shape;               // of the result
};

Result<Rearranged> depth_to_space_plan(const AttrReader& c, const Dims& x) {
    const int64_t block = c.integer("blocksize");
    if (x.size() != 4) return fail("x has rank {}, expected [N, C, H, W]", x.size());
    if (block < 1 || block > 1 << 20) return fail("'blocksize' is {}", block);
    if (c.string("mode") != "DCR" && c.string("mode") != "CRD")
        return fail("the mode '{}' is neither DCR nor CRD", c.string("mode"));
    const Dim depth = Dim::floor_div(x[1], Dim(block * block));
    if (x[1].is_constant() && depth * Dim(block * block) != x[1])
        return fail("{} channels do not divide by blocks of {}", x[1].text(), block * block);
    Rearranged plan{.shape = {x[0], depth, x[2] * Dim(block), x[3] * Dim(block)}};
    if (c.string("mode") == "DCR") {
        plan.split = {x[0], block, block, depth, x[2], x[3]};
        plan.order = {0, 3, 4, 1, 5, 2};
    } else {
        plan.split = {x[0], depth, block, block, x[2], x[3]};
        plan.order = {0, 1, 4, 2, 5, 3};
    }
    return plan;
}

Result<Rearranged> space_to_depth_plan(const AttrReader& c, const Dims& x) {
    const int64_t block = c.integer("blocksize");
    if (x.size() != 4) return fail("x has rank {}, expected [N, C, H, W]", x.size());
    if (block < 1 || block > 1 << 20) return fail("'blocksize' is {}", block);
    const Dim height = Dim::floor_div(x[2], Dim(block)), width = Dim::floor_div(x[3], Dim(block));
    for (int i = 2; i < 4; ++i)
        if (x[i].is_constant() && *x[i].constant() % block != 0)
            return fail("{} does not divide by blocks of {}", x[i].text(), block);
    return Rearranged{.split = {x[0], x[1], height, block, width, block},
                      .order = {0, 3, 5, 1, 2, 4},
                      .shape = {x[0], x[1] * Dim(block * block), height, width}};
}

template <Result<Rearranged> (*rule)(const AttrReader&, const Dims&)>
Status infer_rearranged(InferContext& c) {
    TRY(Rearranged plan, rule(c, c.shape(0)));
    c.output(0, c.dtype(0), std::move(plan.shape));
    return {};
}

template <Result<Rearranged> (*rule)(const AttrReader&, const Dims&)>
Status evaluate_rearranged(EvalContext& c) {
    TRY(const Rearranged plan, rule(c, dims_of(c.in(0).shape())));
    const auto split = constant_shape(plan.split), shape = constant_shape(plan.shape);
    if (!split || !shape || checked_element_count(*shape) != c.in(0).count())
        return fail("{} cannot be rearranged by blocks of {}", to_string(c.in(0).shape()),
                    c.integer("blocksize"));
    c.output(0, c.in(0).reshaped(*split).transposed(plan.order).reshaped(*shape));
    return {};
}

template <Result<Rearranged> (*rule)(const AttrReader&, const Dims&)>
Result<std::string> write_rearranged(const InferContext& c) {
    TRY(const Rearranged plan, rule(c, c.shape(0)));
    return format("a = reshape(x, shape={})\nb = transpose(a, perm={})\ny = reshape(b, shape={})",
                  to_string(plan.split), to_string(Attr(Ints(plan.order.begin(), plan.order.end()))),
                  to_string(plan.shape));
}

constexpr AttrDef kDepthAttrs[] = {{"blocksize", AttrType::kInt}, {"mode", AttrType::kString, "\"DCR\""}};
constexpr AttrDef kSpaceAttrs[] = {{"blocksize", AttrType::kInt}};
constexpr Sample kDepthSamples[] = {{"f32[2, 8, 3, 5]", "blocksize=2"},
                                    {"f32[1, 18, 2, 1]", "blocksize=3; mode=\"CRD\""}};
constexpr Sample kSpaceSamples[] = {{"f32[2, 3, 4, 6]", "blocksize=2"}, {"f32[1, 1, 3, 9]", "blocksize=3"}};
constexpr Place kDepthPlaces[] = {{"mode", "", -1, 1, 10}};
constexpr Cell kDepthCells[] = {{.format = "onnx", .op = "DepthToSpace", .places = kDepthPlaces},
                                {.format = "litert", .op = "DEPTH_TO_SPACE", .types = type_bit(DType::kF32)},
                                {.format = "openvino", .op = "DepthToSpace"}};

// ---- reverse_sequence

Status check_sequences(const Dims& x, const Dims& lengths, int64_t batch, int64_t time) {
    if (x.size() < 2) return fail("x has rank {}, expected 2 or more", x.size());
    if (batch + time != 1 || batch * time != 0)
        return fail("'batch_axis' is {} and 'time_axis' {}; one is 0, the other 1", batch, time);
    if (lengths.size() != 1) return fail("'sequence_lens' is {}, expected a list", to_string(lengths));
    if (lengths[0].is_constant() && x[batch].is_constant() && lengths[0] != x[batch])
        return fail("there are {} lengths for {} sequences", lengths[0].text(), x[batch].text());
    return {};
}

Status infer_reverse_sequence(InferContext& c) {
    TRY_STATUS(check_sequences(c.shape(0), c.shape(1), c.integer("batch_axis"), c.integer("time_axis")));
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

Status evaluate_reverse_sequence(EvalContext& c) {
    const Tensor& x = c.in(0);
    const int64_t batch = c.integer("batch_axis"), time = c.integer("time_axis");
    TRY_STATUS(check_sequences(dims_of(x.shape()), dims_of(c.in(1).shape()), batch, time));
    const Ints lengths = c.in(1).to_ints();
    for (const int64_t length : lengths)
        if (length < 0 || length > x.shape()[time])
            return fail("a sequence of {} steps has the length {}", x.shape()[time], length);
    const Shape strides = row_major_strides(x.shape());
    c.output(0, select(x, x.shape(), [&](const Shape& at) {
                 const int64_t step = at[time], length = lengths[at[batch]];
                 const int64_t from = step < length ? length - 1 - step : step;
                 return std::inner_product(at.begin(), at.end(), strides.begin(),
                                           (from - step) * strides[time]);
             }));
    return {};
}

constexpr OperandDef kSequencesIn[] = {{"x", kMovableTypes, 'T'}, {"sequence_lens", type_bit(DType::kI64)}};
constexpr AttrDef kSequencesAttrs[] = {{"batch_axis", AttrType::kInt, "1"},
                                       {"time_axis", AttrType::kInt, "0"}};
constexpr Sample kSequencesSamples[] = {{"f32[4, 3]; i64[3]=4,1,2"},
                                        {"f32[2, 5, 3]; i64[2]=3,5", "batch_axis=0; time_axis=1"}};
constexpr Cell kSequencesCells[] = {{.format = "onnx", .op = "ReverseSequence", .since = 10},
                                    {.format = "openvino", .op = "ReverseSequence"}};

// ---- trilu

Status infer_trilu(InferContext& c) {
    if (c.rank(0) < 2) return fail("x has rank {}, expected 2 or more", c.rank(0));
    TRY_STATUS(single_dim(c, "k"));
    c.output(0, c.dtype(0), c.shape(0));
    return {};
}

Status evaluate_trilu(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int64_t given, single_int(c, "k"));
    const int64_t k = std::clamp<int64_t>(given, -x.dim(-2), x.dim(-1));
    const bool upper = c.flag("upper");
    const Tensor zero = Tensor::filled(x.dtype(), {}, 0);
    const size_t rank = x.shape().size();
    int64_t next = 0;
    c.output(0, select(
                    x, x.shape(),
                    [&](const Shape& at) {
                        const int64_t diagonal = at[rank - 1] - at[rank - 2], here = next++;
                        return (upper ? diagonal >= k : diagonal <= k) ? here : -1;
                    },
                    zero.bytes().data()));
    return {};
}

constexpr TypeSet kTriluTypes = kNumericTypes | kBoolType;
constexpr OperandDef kTriluIn[] = {{"x", kTriluTypes, 'T'},
                                   {"k", type_bit(DType::kI64), '\0', Arity::kOptional}};
constexpr OperandDef kTriluOut[] = {{"y", kTriluTypes, 'T'}};
constexpr AttrDef kTriluAttrs[] = {{"k", AttrType::kInt, "0"}, {"upper", AttrType::kBool, "true"}};
constexpr Sample kTriluSamples[] = {
    {"f32[3, 5]"}, {"f32[2, 5, 3]", "k=-1; upper=false"}, {"i64[4, 4]; i64[]=2"}};
constexpr Place kTriluPlaces[] = {{"k", "k", 1}};
constexpr Cell kTriluCells[] = {{.format = "onnx", .op = "Trilu", .since = 14, .places = kTriluPlaces}};

constexpr OpDef kRearrangeOps[] = {
    {.name = "depth_to_space",
     .summary = "blocks of channels spread over squares of pixels (ONNX DepthToSpace)",
     .inputs = kX,
     .outputs = kRearrangeY,
     .attrs = kDepthAttrs,
     .infer = infer_rearranged<depth_to_space_plan>,
     .evaluate = evaluate_rearranged<depth_to_space_plan>,
     .flops = no_flops,
     .samples = kDepthSamples,
     .cells = more_cells<kDepthCells, Coreml<"pixel_shuffle">, Ncnn<"PixelShuffle">>,
     .write_body = write_rearranged<depth_to_space_plan>},
    {.name = "space_to_depth",
     .summary = "squares of pixels gathered into channels (ONNX SpaceToDepth)",
     .inputs = kX,
     .outputs = kRearrangeY,
     .attrs = kSpaceAttrs,
     .infer = infer_rearranged<space_to_depth_plan>,
     .evaluate = evaluate_rearranged<space_to_depth_plan>,
     .flops = no_flops,
     .samples = kSpaceSamples,
     .cells = cells<Onnx<"SpaceToDepth">, Litert<"SPACE_TO_DEPTH">, Coreml<"space_to_depth">,
                    Openvino<"SpaceToDepth">>,
     .write_body = write_rearranged<space_to_depth_plan>},
    {.name = "reverse_sequence",
     .summary = "the first steps of each sequence in reverse order (ONNX ReverseSequence)",
     .inputs = kSequencesIn,
     .outputs = kRearrangeY,
     .attrs = kSequencesAttrs,
     .infer = infer_reverse_sequence,
     .evaluate = evaluate_reverse_sequence,
     .flops = no_flops,
     .samples = kSequencesSamples,
     .cells = kSequencesCells},
    {.name = "trilu",
     .summary = "the upper or lower triangle of matrices from diagonal k on, else zeros (ONNX Trilu)",
     .inputs = kTriluIn,
     .outputs = kTriluOut,
     .attrs = kTriluAttrs,
     .infer = infer_trilu,
     .evaluate = evaluate_trilu,
     .flops = no_flops,
     .samples = kTriluSamples,
     .cells = more_cells<kTriluCells, CoremlValues<"band_part">>},
};

}  // namespace

std::span<const OpDef> rearrange_ops() { return kRearrangeOps; }

}  // namespace lathe::ops
