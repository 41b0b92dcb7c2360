// Slices, parts and joins.
#include <algorithm>
#include <limits>

#include "formats/torch/call.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

constexpr int64_t kSliceEnd = std::numeric_limits<int64_t>::max();
constexpr int64_t kMostParts = 100'000;

Result<ValueId> slice_axis(Call& c, ValueId x, int axis, const Dim& start, const Dim& end, int64_t step = 1) {
    return c.add("slice", {x},
                 {{"starts", Dims{start}}, {"ends", Dims{end}}, {"axes", Ints{axis}}, {"steps", Ints{step}}});
}

// start, with a number below zero counted from the end, inside [0, size]; symbols are left alone.
Dim clamped(const Dim& at, const Dim& size) {
    const auto number = at.constant();
    if (!number) return at;
    if (*number < 0) {
        const Dim from_end = size + at;
        return from_end.is_constant() && *from_end.constant() < 0 ? Dim(0) : from_end;
    }
    const auto known = size.constant();
    if (known) return Dim(std::min(*number, *known));
    return *number == kSliceEnd ? size : at;
}

struct Part {
    int axis;
    Dim start, end;
    int64_t step = 1;
};

Result<Part> read_slice(Call& c, ValueId x) {
    Part part;
    TRY(part.axis, c.axis("dim", c.rank(x)));
    if (c.rank(x) == 0) return fail("it slices a scalar");
    const Dim& size = c.shape(x)[static_cast<size_t>(part.axis)];
    if (c.given("start")) {
        TRY(part.start, c.size("start"));
    }
    part.end = size;
    if (c.given("end")) {
        TRY(part.end, c.size("end"));
    }
    part.start = clamped(part.start, size);
    part.end = clamped(part.end, size);
    if (c.schema.find("step") >= 0) {
        TRY(part.step, c.integer("step"));
    }
    if (part.step < 1) return fail("its step is {}, expected 1 or more", part.step);
    return part;
}

Results sliced(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Part part, read_slice(c, x));
    if (part.start == Dim(0) && part.end == c.shape(x)[static_cast<size_t>(part.axis)] && part.step == 1)
        return std::vector{x};
    return one(slice_axis(c, x, part.axis, part.start, part.end, part.step));
}

Result<Part> read_narrow(Call& c, ValueId x) {
    Part part;
    TRY(part.axis, c.axis("dim", c.rank(x)));
    if (c.rank(x) == 0) return fail("it narrows a scalar");
    TRY(part.start, c.size("start"));
    TRY(const Dim length, c.size("length"));
    part.start = clamped(part.start, c.shape(x)[static_cast<size_t>(part.axis)]);
    part.end = part.start + length;
    return part;
}

Results narrow(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Part part, read_narrow(c, x));
    return one(slice_axis(c, x, part.axis, part.start, part.end));
}

Results select(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    if (c.rank(x) == 0) return fail("it selects from a scalar");
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(const Dim at, c.size("index"));
    const auto size = c.shape(x)[static_cast<size_t>(axis)].constant(), number = at.constant();
    if (size && number && (*number >= *size || *number < -*size))
        return fail("it selects place {} of {}", *number, *size);
    TRY(const ValueId index, c.importer.number(Value(at), DType::kI64));
    return one(c.add("gather", {x, index}, {{"axis", int64_t{axis}}}));
}

// The tensor that a part was taken from, with the part changed: what lies before it, the part, what lies after it.
Result<ValueId> put_part(Call& c, ValueId x, ValueId changed, const Part& part) {
    const Dim& size = c.shape(x)[static_cast<size_t>(part.axis)];
    if (part.step != 1) {  // one place after the other
        const auto count = c.shape(changed)[static_cast<size_t>(part.axis)].constant();
        const auto start = part.start.constant();
        if (!count || !start)
            return fail("it changes every {}th place of a size that is not known", part.step);
        std::vector<int64_t> places;
        for (int64_t i = 0; i < *count && i < kMostParts; ++i) places.push_back(*start + i * part.step);
        Dims index_shape(static_cast<size_t>(c.rank(x)), Dim(1));
        index_shape[static_cast<size_t>(part.axis)] = Dim(*count);
        TRY(ValueId index, c.importer.reshape(c.importer.constant(Tensor::ints(places)), index_shape));
        TRY(index, c.importer.expand(index, c.shape(changed)));
        return c.add("scatter_elements", {x, index, changed}, {{"axis", int64_t{part.axis}}});
    }
    std::vector<ValueId> pieces;
    if (part.start != Dim(0)) {
        TRY(pieces.emplace_back(), slice_axis(c, x, part.axis, Dim(0), part.start));
    }
    pieces.push_back(changed);
    if (part.end != size) {
        TRY(pieces.emplace_back(), slice_axis(c, x, part.axis, part.end, Dim(kSliceEnd)));
    }
    if (pieces.size() == 1) return changed;
    return c.add("concat", pieces, {{"axis", int64_t{part.axis}}});
}

Result<ValueId> slice_back(Call& c, ValueId changed, size_t) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Part part, read_slice(c, x));
    return put_part(c, x, changed, part);
}

Result<ValueId> narrow_back(Call& c, ValueId changed, size_t) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Part part, read_narrow(c, x));
    return put_part(c, x, changed, part);
}

Result<ValueId> put_place(Call& c, ValueId x, ValueId changed, int axis, Dim at) {
    at = clamped(at, c.shape(x)[static_cast<size_t>(axis)]);
    TRY(const ValueId wide, c.add("unsqueeze", {changed}, {{"axes", Ints{axis}}}));
    return put_part(c, x, wide, {axis, at, at + Dim(1)});
}

Result<ValueId> select_back(Call& c, ValueId changed, size_t) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(const Dim at, c.size("index"));
    return put_place(c, x, changed, axis, at);
}

// ---- parts

Result<std::vector<ValueId>> split_into(Call& c, ValueId x, int axis, const Dims& sizes) {
    if (sizes.size() == 1) return std::vector{x};
    if (sizes.empty() || static_cast<int64_t>(sizes.size()) > kMostParts)
        return fail("it makes {} parts", sizes.size());
    return c.importer.add_many("split", {x}, {{"axis", int64_t{axis}}, {"split", sizes}}, sizes.size());
}

// Parts of `step` each, the last with what is left.
Result<Dims> even_parts(const Dim& size, const Dim& step) {
    if (size == step) return Dims{size};
    const auto total = size.constant(), each = step.constant();
    if (!total || !each) {  // several equal symbolic parts
        const Dim count = Dim::floor_div(size, step);
        const auto n = count.constant();
        if (n && *n > 0 && *n < kMostParts && Dim(*n) * step == size)
            return Dims(static_cast<size_t>(*n), step);
        return fail("it splits {} places into parts of {}, expected numbers; give the input's shape",
                    size.text(), step.text());
    }
    if (*each < 1 || *total / *each > kMostParts)
        return fail("it splits {} places into parts of {}", *total, *each);
    Dims parts;
    for (int64_t at = 0; at < *total; at += *each) parts.emplace_back(std::min(*each, *total - at));
    if (parts.empty()) parts.emplace_back(0);
    return parts;
}

Result<Dims> part_sizes(Call& c, ValueId x, int axis) {
    if (c.rank(x) == 0) return fail("it splits a scalar");
    const Dim& size = c.shape(x)[static_cast<size_t>(axis)];
    const std::string_view name = c.schema.name;
    if (name == "chunk" || name == "unsafe_chunk") {
        TRY(const int64_t chunks, c.integer("chunks"));
        if (chunks < 1) return fail("it makes {} chunks", chunks);
        return even_parts(size, Dim::ceil_div(size, Dim(chunks)));
    }
    if (name == "tensor_split") {
        TRY(const int64_t sections, c.integer("sections"));
        const auto total = size.constant();
        if (sections < 1 || sections > kMostParts || !total)
            return fail("it makes {} parts of {} places", sections, size.text());
        Dims parts;
        for (int64_t i = 0; i < sections; ++i)
            parts.emplace_back(*total / sections + (i < *total % sections ? 1 : 0));
        return parts;
    }
    const std::string_view parameter = c.schema.parameters[1].name;
    if (c.value(parameter).items() != nullptr) return c.dims(parameter);
    TRY(const Dim step, c.size(parameter));
    return even_parts(size, step);
}

Results split(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(const Dims sizes, part_sizes(c, x, axis));
    return split_into(c, x, axis, sizes);
}

Result<ValueId> split_back(Call& c, ValueId changed, size_t result) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(const Dims sizes, part_sizes(c, x, axis));
    Part part{axis, Dim(0), Dim(0)};
    for (size_t i = 0; i < result; ++i) part.start = part.start + sizes[i];
    part.end = part.start + sizes[result];
    return put_part(c, x, changed, part);
}

Results unbind(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    if (c.rank(x) == 0) return fail("it takes a scalar apart");
    const auto size = c.shape(x)[static_cast<size_t>(axis)].constant();
    if (!size || *size > kMostParts)
        return fail("it takes {} places apart, expected a number; give the input's shape",
                    c.shape(x)[static_cast<size_t>(axis)].text());
    TRY(auto parts, split_into(c, x, axis, Dims(static_cast<size_t>(*size), Dim(1))));
    for (ValueId& part : parts) {
        TRY(part, c.add("squeeze", {part}, {{"axes", Ints{axis}}}));
    }
    return parts;
}

Result<ValueId> unbind_back(Call& c, ValueId changed, size_t result) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    return put_place(c, x, changed, axis, Dim(static_cast<int64_t>(result)));
}

// ---- joins

// All operands in the type that they promote to; empty vectors, which PyTorch ignores, left out.
Result<std::vector<ValueId>> joined_operands(Call& c) {
    TRY(auto ids, c.tensors("tensors"));
    if (ids.empty()) return fail("it joins no tensors");
    if (ids.size() > 1) std::erase_if(ids, [&](ValueId id) { return c.shape(id) == Dims{Dim(0)}; });
    if (ids.empty()) return fail("it joins empty tensors only");
    TRY(ids, c.importer.promoted(std::move(ids)));
    return ids;
}

Results cat(Call& c) {
    TRY(const auto ids, joined_operands(c));
    TRY(const int axis, c.axis("dim", c.rank(ids[0])));
    if (ids.size() == 1) return std::vector{ids[0]};
    return one(c.add("concat", ids, {{"axis", int64_t{axis}}}));
}

Results stack(Call& c) {
    TRY(auto ids, joined_operands(c));
    TRY(const int axis, c.axis("dim", c.rank(ids[0]) + 1));
    for (ValueId& id : ids) {
        TRY(id, c.add("unsqueeze", {id}, {{"axes", Ints{axis}}}));
    }
    if (ids.size() == 1) return std::vector{ids[0]};
    return one(c.add("concat", ids, {{"axis", int64_t{axis}}}));
}

template <int axis>
Results stack_along(Call& c) {
    TRY(auto ids, joined_operands(c));
    for (ValueId& id : ids) {  // at least as many axes as the join needs
        if (c.rank(id) > axis) continue;
        if (axis == 1 && c.rank(id) == 1) continue;
        TRY(id, c.importer.reshape(id, axis == 0 ? Dims{Dim(1), Dim(-1)} : Dims{Dim(-1)}));
    }
    if (axis == 0)
        for (ValueId& id : ids) {
            if (c.rank(id) >= 2) continue;
            TRY(id, c.importer.reshape(id, {Dim(1), Dim(-1)}));
        }
    const int64_t along = axis == 1 && c.rank(ids[0]) == 1 ? 0 : axis;
    return one(c.add("concat", ids, {{"axis", along}}));
}

// torch.flip: every axis backwards.
Results flip(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Ints dims, c.ints("dims"));
    if (dims.empty()) return std::vector{x};
    const Dims starts(dims.size(), Dim(-1)), ends(dims.size(), Dim(std::numeric_limits<int64_t>::min()));
    return one(c.add("slice", {x},
                     {{"starts", starts}, {"ends", ends}, {"axes", dims}, {"steps", Ints(dims.size(), -1)}}));
}

// torch.roll: what falls off one end comes in at the other.
Results roll(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(const Dims shifts, c.dims("shifts"));
    TRY(Ints dims, c.ints("dims"));
    const Dims before = c.shape(x);
    const bool flat = dims.empty();
    if (flat) {
        TRY(x, c.importer.reshape(x, {graph::product(before)}));
        dims = {0};
    }
    if (shifts.size() != dims.size()) return fail("it has {} shifts for {} axes", shifts.size(), dims.size());
    TRY(const auto axes, graph::normal_axes(dims, c.rank(x)));
    for (size_t i = 0; i < axes.size(); ++i) {
        const Dim& size = c.shape(x)[static_cast<size_t>(axes[i])];
        const auto shift = shifts[i].constant(), total = size.constant();
        Dim cut = Dim(0) - shifts[i];  // where the result begins, from the end when it is below zero
        if (shift && total) {
            if (*total < 1 || *shift % *total == 0) continue;
            cut = Dim(((-*shift) % *total + *total) % *total);
        } else if (shift && *shift > 0) {
            cut = size - Dim(*shift);
        } else if (!shift) {
            cut = size - shifts[i];
        }
        TRY(const ValueId tail, slice_axis(c, x, axes[i], cut, Dim(kSliceEnd)));
        TRY(const ValueId head, slice_axis(c, x, axes[i], Dim(0), cut));
        TRY(x, c.add("concat", {tail, head}, {{"axis", int64_t{axes[i]}}}));
    }
    return flat ? one(c.importer.reshape(x, before)) : Results(std::vector{x});
}

constexpr Row split_row(std::string_view schema) {
    return {.schema = schema,
            .alias = Alias::kView,
            .gives_list = true,
            .special = split,
            .write_back = split_back};
}

constexpr Row kSplitRows[] = {
    {.schema = "slice.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1)",
     .alias = Alias::kView,
     .special = sliced,
     .write_back = slice_back},
    {.schema = "narrow(Tensor self, int dim, int start, int length)",
     .alias = Alias::kView,
     .special = narrow,
     .write_back = narrow_back},
    {.schema = "select.int(Tensor self, int dim, int index)",
     .alias = Alias::kView,
     .special = select,
     .write_back = select_back},
    split_row("split.Tensor(Tensor self, int split_size, int dim=0)"),
    split_row("split.sizes(Tensor self, int[] split_size, int dim=0)"),
    split_row("split_with_sizes(Tensor self, int[] split_sizes, int dim=0)"),
    split_row("unsafe_split.Tensor(Tensor self, int split_size, int dim=0)"),
    split_row("unsafe_split_with_sizes(Tensor self, int[] split_sizes, int dim=0)"),
    split_row("chunk(Tensor self, int chunks, int dim=0)"),
    split_row("unsafe_chunk(Tensor self, int chunks, int dim=0)"),
    split_row("tensor_split.sections(Tensor self, int sections, int dim=0)"),
    {.schema = "unbind.int(Tensor self, int dim=0)",
     .alias = Alias::kView,
     .gives_list = true,
     .special = unbind,
     .write_back = unbind_back},
    {.schema = "cat(Tensor[] tensors, int dim=0)", .special = cat},
    {.schema = "concat(Tensor[] tensors, int dim=0)", .special = cat},
    {.schema = "concatenate(Tensor[] tensors, int dim=0)", .special = cat},
    {.schema = "stack(Tensor[] tensors, int dim=0)", .special = stack},
    {.schema = "hstack(Tensor[] tensors)", .special = stack_along<1>},
    {.schema = "vstack(Tensor[] tensors)", .special = stack_along<0>},
    {.schema = "flip(Tensor self, int[] dims)", .special = flip},
    {.schema = "roll(Tensor self, int[1] shifts, int[1] dims=[])", .special = roll},
};

}  // namespace

std::span<const Row> split_rows() { return kSplitRows; }

}  // namespace lathe::formats::torch
