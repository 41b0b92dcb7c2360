// Convolutions, pooling, resizing and products.
#include <algorithm>

#include "formats/litert/import.h"

namespace lathe::formats::litert {
namespace {

using graph::Attrs;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

Status wants_rank(const OperatorView& o, size_t operand, int rank) {
    if (o.rank(operand) == rank) return {};
    return fail("its operand '{}' has {} axes, expected {}", o.tensor(operand).name, o.rank(operand), rank);
}

std::string auto_pad(int64_t padding) { return padding == 0 ? "SAME_UPPER" : "VALID"; }

Status finish_image(OperatorView& o, ValueId y, int64_t activation) {
    TRY(y, o.activated(y, activation));
    o.results = {o.nhwc(y)};
    return {};
}

// Both kinds: the filter [O, h, w, I], of depthwise ones [1, h, w, O].
Status convolution(OperatorView& o, bool depthwise) {
    TRY_STATUS(wants_rank(o, 0, 4));
    TRY_STATUS(wants_rank(o, 1, 4));
    const auto& op = o.op();
    const int shift = depthwise ? 1 : 0;  // depth_multiplier stands before the activation
    const int64_t channels = o.tensor(0).shape[3];
    const int64_t taken = depthwise ? 1 : o.tensor(1).shape[3];
    if (channels <= 0 || taken <= 0 || channels % taken != 0)
        return fail("its image has {} channels and its filter takes {}", channels, taken);
    const ValueId filter = o.weight(1, depthwise ? Ints{3, 0, 1, 2} : Ints{0, 3, 1, 2});
    Attrs attrs{{"auto_pad", auto_pad(op.byte_option(conv_slot::kPadding))},
                {"strides", Ints{op.option(conv_slot::kStrideH), op.option(conv_slot::kStrideW)}},
                {"dilations", Ints{op.option(conv_slot::kDilationH + shift, 1),
                                   op.option(conv_slot::kDilationW + shift, 1)}},
                {"group", channels / taken}};
    std::vector<ValueId> operands{o.nchw(o.in(0)), filter};
    if (o.has(2)) operands.push_back(o.in(2));
    return finish_image(o, o.b().add("conv", operands, attrs),
                        op.byte_option(conv_slot::kActivation + shift));
}

Status conv(OperatorView& o) { return convolution(o, false); }
Status depthwise(OperatorView& o) { return convolution(o, true); }

Status pool(OperatorView& o, std::string_view row) {
    TRY_STATUS(wants_rank(o, 0, 4));
    const auto& op = o.op();
    using namespace pool_slot;
    const Attrs attrs{{"auto_pad", auto_pad(op.byte_option(kPadding))},
                      {"strides", Ints{op.option(kStrideH), op.option(kStrideW)}},
                      {"kernel_shape", Ints{op.option(kFilterH), op.option(kFilterW)}}};
    return finish_image(o, o.b().add(row, {o.nchw(o.in(0))}, attrs), op.byte_option(kActivation));
}
Status max_pool(OperatorView& o) { return pool(o, "max_pool"); }
Status avg_pool(OperatorView& o) { return pool(o, "avg_pool"); }

Status resize(OperatorView& o, std::string_view mode, int flags) {
    TRY_STATUS(wants_rank(o, 0, 4));
    TRY(const Ints size, o.ints(1));
    if (size.size() != 2) return fail("its size has {} numbers, expected 2", size.size());
    const bool corners = o.op().options && o.op().options->flag(flags);
    const bool half = o.op().options && o.op().options->flag(flags + 1);
    const bool nearest = mode == "nearest";
    // With half pixels nearest takes floor((i + 0.5) * scale): half up.
    const ValueId y = o.b().add(
        "resize", {o.nchw(o.in(0)), kNoValue, kNoValue},
        {{"sizes", graph::dims_of({size[0], size[1]})},
         {"axes", Ints{2, 3}},
         {"mode", std::string(mode)},
         {"coordinate_transformation_mode", std::string(corners ? "align_corners"
                                                        : half  ? "half_pixel"
                                                                : "asymmetric")},
         {"nearest_mode", std::string(nearest && (half || corners) ? "round_prefer_ceil" : "floor")}});
    return finish_image(o, y, 0);
}
Status resize_bilinear(OperatorView& o) { return resize(o, "linear", resize_slot::kAlignCorners); }
Status resize_nearest(OperatorView& o) { return resize(o, "nearest", 0); }

Status blocks(OperatorView& o, std::string_view row) {
    TRY_STATUS(wants_rank(o, 0, 4));
    return finish_image(o, o.b().add(row, {o.nchw(o.in(0))}, {{"blocksize", o.op().option(0)}}), 0);
}
Status depth_to_space(OperatorView& o) { return blocks(o, "depth_to_space"); }
Status space_to_depth(OperatorView& o) { return blocks(o, "space_to_depth"); }

Status fully_connected(OperatorView& o) {
    TRY_STATUS(wants_rank(o, 1, 2));
    using namespace fully_connected_slot;
    const auto& op = o.op();
    if (op.byte_option(kWeightsFormat) != 0) return fail("its weights are shuffled, which is not supported");
    const ValueId w = o.weight(1, {1, 0});
    ValueId x = o.in(0);
    const int64_t depth = o.tensor(1).shape[1];
    const bool keep = op.options && op.options->flag(kKeepNumDims);
    if (!keep && o.rank(0) != 2)
        x = o.b().add("reshape", {x}, {{"shape", graph::Dims{graph::Dim(-1), graph::Dim(depth)}}});
    ValueId y = o.b().add("matmul", {x, w});
    if (o.has(2)) y = o.b().add("add", {y, o.in(2)});
    TRY(y, o.activated(y, op.byte_option(kActivation)));
    o.results = {y};
    return {};
}

// The last two axes swapped.
ValueId swapped(OperatorView& o, size_t operand) {
    Ints perm;
    for (int i = 0; i < o.rank(operand); ++i) perm.push_back(i);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return o.transposed(o.in(operand), perm);
}

Status batch_matmul(OperatorView& o) {
    if (o.rank(0) < 2 || o.rank(1) < 2) return fail("its operands have {} and {} axes", o.rank(0), o.rank(1));
    const auto flag = [&](int slot) { return o.op().options && o.op().options->flag(slot); };
    const ValueId a = flag(batch_matmul_slot::kAdjointX) ? swapped(o, 0) : o.in(0);
    const ValueId b = flag(batch_matmul_slot::kAdjointY) ? swapped(o, 1) : o.in(1);
    o.results = {o.b().add("matmul", {a, b})};
    return {};
}

Status softmax(OperatorView& o) {
    ValueId x = o.in(0);
    const float beta = o.op().options ? o.op().options->number<float>(0, 0) : 1;
    if (beta != 1) x = o.b().add("mul", {x, o.b().constant("beta", Tensor::filled(DType::kF32, {}, beta))});
    o.results = {o.b().add("softmax", {x}, {{"axis", int64_t{-1}}})};
    return {};
}
Status log_softmax(OperatorView& o) {
    o.results = {o.b().add("log_softmax", {o.in(0)}, {{"axis", int64_t{-1}}})};
    return {};
}

constexpr ImportRow kImportImageRows[] = {
    {Builtin::kConv2d, conv, 2},
    {Builtin::kDepthwiseConv2d, depthwise, 2},
    {Builtin::kMaxPool2d, max_pool, 1},
    {Builtin::kAveragePool2d, avg_pool, 1},
    {Builtin::kResizeBilinear, resize_bilinear, 2},
    {Builtin::kResizeNearestNeighbor, resize_nearest, 2},
    {Builtin::kDepthToSpace, depth_to_space, 1},
    {Builtin::kSpaceToDepth, space_to_depth, 1},
    {Builtin::kFullyConnected, fully_connected, 2},
    {Builtin::kBatchMatmul, batch_matmul, 2},
    {Builtin::kSoftmax, softmax, 1},
    {Builtin::kLogSoftmax, log_softmax, 1},
};

}  // namespace

std::span<const ImportRow> image_imports() { return kImportImageRows; }

}  // namespace lathe::formats::litert
