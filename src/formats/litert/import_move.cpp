// Operators that move elements, and sizes.
#include <algorithm>
#include <limits>

#include "formats/litert/import.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

Dims as_dims(const Ints& values) {
    Dims dims;
    for (const int64_t value : values) dims.push_back(Dim(value));
    return dims;
}

Status reshape(OperatorView& o) {
    if (o.has(1) && !o.tensor(1).data) {
        o.results = {o.b().add("reshape", {o.in(0), o.as_i64(o.raw(1))}, {{"allowzero", true}})};
        return {};
    }
    Ints shape;
    if (o.has(1)) {
        TRY(shape, o.ints(1));
    } else if (o.op().options) {
        TRY(const auto given, o.op().options->vector<int32_t>(0));
        for (size_t i = 0; i < given.size(); ++i) shape.push_back(given[i]);
    }
    const bool open = std::ranges::find(shape, -1) != shape.end();
    o.results = {o.b().add("reshape", {o.in(0)}, {{"shape", as_dims(shape)}, {"allowzero", !open}})};
    return {};
}

Status transpose(OperatorView& o) {
    TRY(const Ints perm, o.ints(1));
    o.results = {o.transposed(o.in(0), perm)};
    return {};
}

Status squeeze(OperatorView& o) {
    Ints axes;
    if (o.op().options) {
        TRY(const auto given, o.op().options->vector<int32_t>(0));
        for (size_t i = 0; i < given.size(); ++i) axes.push_back(given[i]);
    }
    o.results = {o.b().add("squeeze", {o.in(0)}, {{"axes", axes}})};
    return {};
}

Status expand_dims(OperatorView& o) {
    TRY(const Ints axis, o.ints(1));
    o.results = {o.b().add("unsqueeze", {o.in(0)}, {{"axes", axis}})};
    return {};
}

Status concat(OperatorView& o) {
    std::vector<ValueId> parts;
    for (size_t i = 0; i < o.inputs(); ++i) {
        if (!o.has(i)) return fail("its operand {} is missing", i);
        parts.push_back(o.in(i));
    }
    ValueId y = o.b().add("concat", parts, {{"axis", o.op().option(0)}});
    TRY(y, o.activated(y, o.op().byte_option(1)));
    o.results = {y};
    return {};
}

Status pack(OperatorView& o) {
    std::vector<ValueId> parts;
    const int64_t axis = o.op().option(1);
    for (size_t i = 0; i < o.inputs(); ++i) {
        if (!o.has(i)) return fail("its operand {} is missing", i);
        parts.push_back(o.b().add("unsqueeze", {o.in(i)}, {{"axes", Ints{axis}}}));
    }
    o.results = {o.b().add("concat", parts, {{"axis", axis}})};
    return {};
}

Status split_into(OperatorView& o, size_t operand, int64_t axis, const Ints& lengths) {
    o.results = o.b().add_many("split", {o.in(operand)}, {{"axis", axis}, {"split", as_dims(lengths)}},
                               lengths.size());
    return {};
}

Status split(OperatorView& o) {
    TRY(const Ints axis, o.ints(0));
    const int rank = o.rank(1);
    if (axis.size() != 1) return fail("its axis has {} numbers", axis.size());
    TRY(const int along, graph::normal_axis(axis[0], rank));
    const int64_t size = o.tensor(1).shape[static_cast<size_t>(along)];
    const auto parts = static_cast<int64_t>(o.op().outputs.size());
    if (size < 0 || size % parts != 0) return fail("{} does not divide into {} parts", size, parts);
    return split_into(o, 1, along, Ints(static_cast<size_t>(parts), size / parts));
}

Status split_v(OperatorView& o) {
    TRY(const Ints lengths, o.ints(1));
    TRY(const Ints axis, o.ints(2));
    if (axis.size() != 1) return fail("its axis has {} numbers", axis.size());
    if (std::ranges::any_of(lengths, [](int64_t length) { return length < 0; }))
        return fail("the length of a part is left open, which is not supported");
    return split_into(o, 0, axis[0], lengths);
}

Status unpack(OperatorView& o) {
    const int rank = o.rank(0);
    TRY(const int axis, graph::normal_axis(o.op().option(1), rank));
    const Ints ones(o.op().outputs.size(), 1);
    TRY_STATUS(split_into(o, 0, axis, ones));
    for (ValueId& part : o.results) part = o.b().add("squeeze", {part}, {{"axes", Ints{axis}}});
    return {};
}

Status slice(OperatorView& o) {
    TRY(const Ints begin, o.ints(1));
    TRY(const Ints size, o.ints(2));
    if (begin.size() != size.size() || static_cast<int>(begin.size()) != o.rank(0))
        return fail("it has {} begins and {} sizes for {} axes", begin.size(), size.size(), o.rank(0));
    Ints starts, ends, axes;
    for (size_t i = 0; i < begin.size(); ++i) {
        if (begin[i] < 0 || size[i] < -1) return fail("it takes {} from {}", size[i], begin[i]);
        if (begin[i] == 0 && size[i] == -1) continue;
        starts.push_back(begin[i]);
        ends.push_back(size[i] == -1 ? std::numeric_limits<int64_t>::max() : begin[i] + size[i]);
        axes.push_back(static_cast<int64_t>(i));
    }
    o.results = {axes.empty()
                     ? o.in(0)
                     : o.b().add("slice", {o.in(0)},
                                 {{"starts", as_dims(starts)}, {"ends", as_dims(ends)}, {"axes", axes}})};
    return {};
}

Status strided_slice(OperatorView& o) {
    TRY(const Ints begin, o.ints(1));
    TRY(const Ints end, o.ints(2));
    TRY(const Ints stride, o.ints(3));
    using namespace strided_slice_slot;
    const auto mask = [&](int slot) { return static_cast<uint64_t>(o.op().option(slot)); };
    if (mask(kEllipsisMask) != 0 || mask(kNewAxisMask) != 0)
        return fail("it makes new axes, which is not supported");
    if (begin.size() != end.size() || begin.size() != stride.size() ||
        static_cast<int>(begin.size()) > o.rank(0))
        return fail("it has {} begins, {} ends and {} strides for {} axes", begin.size(), end.size(),
                    stride.size(), o.rank(0));
    constexpr int64_t kFar = std::numeric_limits<int64_t>::max();
    Ints starts, ends, axes, steps, gone;
    for (size_t i = 0; i < begin.size(); ++i) {
        const bool back = stride[i] < 0, single = (mask(kShrinkAxisMask) >> i & 1) != 0;
        starts.push_back((mask(kBeginMask) >> i & 1) != 0 ? (back ? kFar : 0) : begin[i]);
        ends.push_back((mask(kEndMask) >> i & 1) != 0 ? (back ? -kFar : kFar) : end[i]);
        if (single) ends.back() = begin[i] == -1 ? kFar : begin[i] + 1;
        steps.push_back(single ? 1 : stride[i]);
        axes.push_back(static_cast<int64_t>(i));
        if (single) gone.push_back(static_cast<int64_t>(i));
    }
    ValueId y =
        o.b().add("slice", {o.in(0)},
                  {{"starts", as_dims(starts)}, {"ends", as_dims(ends)}, {"axes", axes}, {"steps", steps}});
    if (!gone.empty()) y = o.b().add("squeeze", {y}, {{"axes", gone}});
    o.results = {y};
    return {};
}

Status gather(OperatorView& o) {
    if (o.op().option(1) != 0) return fail("it has batch_dims, which is not supported");
    o.results = {o.b().add("gather", {o.in(0), o.raw(1)}, {{"axis", o.op().option(0)}})};
    return {};
}

Status gather_nd(OperatorView& o) {
    o.results = {o.b().add("gather_nd", {o.in(0), o.as_i64(o.raw(1))})};
    return {};
}

// [rank, 2] margins to the order of the graph's operator: all before, then all behind.
Result<Dims> margins(OperatorView& o) {
    TRY(const Ints pads, o.ints(1));
    if (static_cast<int>(pads.size()) != 2 * o.rank(0))
        return fail("it has {} margins for {} axes", pads.size(), o.rank(0));
    Dims sorted;
    for (const size_t side : {size_t{0}, size_t{1}})
        for (size_t i = side; i < pads.size(); i += 2) sorted.push_back(Dim(pads[i]));
    return sorted;
}

Status pad(OperatorView& o) {
    TRY(const Dims pads, margins(o));
    std::vector<ValueId> operands{o.in(0)};
    if (o.has(2)) operands = {o.in(0), kNoValue, o.in(2)};
    o.results = {o.b().add("pad", operands, {{"pads", pads}})};
    return {};
}

Status mirror_pad(OperatorView& o) {
    if (o.op().byte_option(0) != 0) return fail("it repeats the edge, which is not supported");
    TRY(const Dims pads, margins(o));
    o.results = {o.b().add("pad", {o.in(0)}, {{"pads", pads}, {"mode", std::string("reflect")}})};
    return {};
}

Status tile(OperatorView& o) {
    TRY(const Ints repeats, o.ints(1));
    o.results = {o.b().add("tile", {o.in(0)}, {{"repeats", as_dims(repeats)}})};
    return {};
}

Status broadcast_to(OperatorView& o) {
    if (o.tensor(1).data) {
        TRY(const Ints shape, o.ints(1));
        o.results = {o.b().add("expand", {o.in(0)}, {{"shape", as_dims(shape)}})};
    } else {
        o.results = {o.b().add("expand", {o.in(0), o.as_i64(o.raw(1))})};
    }
    return {};
}

Status shape(OperatorView& o) {
    ValueId y = o.b().add("shape_of", {o.raw(0)});
    if (o.output().dtype != DType::kI64) y = o.b().add("cast", {y}, {{"to", o.output().dtype}});
    o.results = {y};
    return {};
}

Status reverse(OperatorView& o) {
    TRY(const Ints axes, o.ints(1));
    const int64_t far = std::numeric_limits<int64_t>::max();
    const Ints steps(axes.size(), -1);
    o.results = {o.b().add("slice", {o.in(0)},
                           {{"starts", as_dims(Ints(axes.size(), far))},
                            {"ends", as_dims(Ints(axes.size(), -far))},
                            {"axes", axes},
                            {"steps", steps}})};
    return {};
}

constexpr ImportRow kImportMoveRows[] = {
    {Builtin::kReshape, reshape, 1},
    {Builtin::kTranspose, transpose, 2},
    {Builtin::kSqueeze, squeeze, 1},
    {Builtin::kExpandDims, expand_dims, 2},
    {Builtin::kConcatenation, concat, 1},
    {Builtin::kPack, pack, 1},
    {Builtin::kSplit, split, 2},
    {Builtin::kSplitV, split_v, 3},
    {Builtin::kUnpack, unpack, 1},
    {Builtin::kSlice, slice, 3},
    {Builtin::kStridedSlice, strided_slice, 4},
    {Builtin::kGather, gather, 2},
    {Builtin::kGatherNd, gather_nd, 2},
    {Builtin::kPad, pad, 2},
    {Builtin::kPadv2, pad, 3},
    {Builtin::kMirrorPad, mirror_pad, 2},
    {Builtin::kTile, tile, 2},
    {Builtin::kBroadcastTo, broadcast_to, 2},
    {Builtin::kShape, shape, 1},
    {Builtin::kReverseV2, reverse, 2},
};

}  // namespace

std::span<const ImportRow> move_imports() { return kImportMoveRows; }

}  // namespace lathe::formats::litert
