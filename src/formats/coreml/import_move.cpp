// Operations that move elements, and sizes.
#include <algorithm>
#include <limits>

#include "formats/coreml/import.h"

namespace lathe::formats::coreml {
namespace {

using graph::Ints;
using graph::ValueId;

constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

// The attribute where the numbers are known, or the operand.
Result<std::pair<graph::Attrs, std::vector<ValueId>>> sizes_of(OperationView& o, std::string_view theirs,
                                                               std::string_view ours) {
    std::pair<graph::Attrs, std::vector<ValueId>> result;
    if (o.constant(theirs) != nullptr) {
        TRY(const Ints sizes, o.ints(theirs));
        result.first.set(ours, as_dims(sizes));
    } else {
        TRY(const ValueId sizes, o.in(theirs));
        result.second = {o.as_i64(sizes)};
    }
    return result;
}

Status import_reshape(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(auto sizes, sizes_of(o, "shape", "shape"));
    std::vector<ValueId> operands{x};
    operands.insert(operands.end(), sizes.second.begin(), sizes.second.end());
    o.results = {o.add("reshape", operands, std::move(sizes.first))};
    return {};
}

Status import_tile(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(auto sizes, sizes_of(o, "reps", "repeats"));
    std::vector<ValueId> operands{x};
    operands.insert(operands.end(), sizes.second.begin(), sizes.second.end());
    o.results = {o.add("tile", operands, std::move(sizes.first))};
    return {};
}

Status import_fill(OperationView& o) {
    TRY(auto sizes, sizes_of(o, "shape", "shape"));
    const Value* value = o.constant("value");
    if (value == nullptr || !info_of(value->type.element) || !info_of(value->type.element)->dtype)
        return fail("its value is no constant");
    TRY(const double number, o.number("value", 0));
    sizes.first.set("value", number);
    sizes.first.set("dtype", *info_of(value->type.element)->dtype);
    o.results = {o.add("constant_of_shape", sizes.second, std::move(sizes.first))};
    return {};
}

Status import_shape(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    o.results = {o.add("cast", {o.add("shape_of", {x})}, {{"to", DType::kI32}})};
    return {};
}

Status import_range(OperationView& o) {
    TRY(const ValueId start, o.in("start"));
    TRY(const ValueId end, o.in("end"));
    TRY(const ValueId step, o.in("step"));
    o.results = {o.add("range", {start, end, step})};
    return {};
}

Status import_transpose(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints perm, o.ints("perm"));
    Ints normal;
    for (const int64_t axis : perm) {
        TRY(const int one, graph::normal_axis(axis, o.rank(x)));
        normal.push_back(one);
    }
    o.results = {o.add("transpose", {x}, {{"perm", normal}})};
    return {};
}

Status import_squeeze(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints axes, o.ints("axes", {}));
    const bool less = o.operation().type == "squeeze";
    o.results = {o.add(less ? "squeeze" : "unsqueeze", {x}, {{"axes", axes}})};
    return {};
}

Status import_concat(OperationView& o) {
    TRY(const auto values, o.all("values"));
    TRY(const int64_t axis, o.integer("axis"));
    TRY(const bool interleave, o.flag("interleave", false));
    if (interleave) return fail("it interleaves, which is not supported");
    if (values.empty()) return fail("it has no values");
    o.results = {o.add("concat", values, {{"axis", axis}})};
    return {};
}

Status import_stack(OperationView& o) {
    TRY(auto values, o.all("values"));
    TRY(const int64_t axis, o.integer("axis"));
    if (values.empty()) return fail("it has no values");
    for (ValueId& value : values) value = o.add("unsqueeze", {value}, {{"axes", Ints{axis}}});
    o.results = {o.add("concat", values, {{"axis", axis}})};
    return {};
}

Status import_split(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const int64_t given, o.integer("axis"));
    TRY(const int axis, graph::normal_axis(given, o.rank(x)));
    Ints lengths;
    if (o.has("split_sizes")) {
        TRY(lengths, o.ints("split_sizes"));
    } else {
        TRY(const int64_t parts, o.integer("num_splits"));
        const auto size = o.b().shape(x)[static_cast<size_t>(axis)].constant();
        if (!size || parts < 1 || parts > *size || *size % parts != 0)
            return fail("it does not divide into {} parts", parts);
        lengths.assign(static_cast<size_t>(parts), *size / parts);
    }
    if (lengths.size() != o.operation().outputs.size())
        return fail("it has {} parts and {} results", lengths.size(), o.operation().outputs.size());
    if (std::ranges::any_of(lengths, [](int64_t length) { return length < 0; }))
        return fail("a part has no length");
    o.results =
        o.b().add_many("split", {x}, {{"axis", int64_t{axis}}, {"split", as_dims(lengths)}}, lengths.size());
    return {};
}

Status import_slice_by_index(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints begin, o.ints("begin"));
    TRY(const Ints end, o.ints("end"));
    const size_t rank = begin.size();
    if (static_cast<int>(rank) != o.rank(x) || end.size() != rank)
        return fail("it has {} begins and {} ends for {} axes", rank, end.size(), o.rank(x));
    TRY(const Ints stride, o.ints("stride", Ints(rank, 1)));
    TRY(const Ints begin_mask, o.ints("begin_mask", Ints(rank, 0)));
    TRY(const Ints end_mask, o.ints("end_mask", Ints(rank, 0)));
    TRY(const Ints squeeze, o.ints("squeeze_mask", Ints(rank, 0)));
    for (const Ints* list : {&stride, &begin_mask, &end_mask, &squeeze})
        if (list->size() != rank) return fail("it has {} strides or masks for {} axes", list->size(), rank);
    Ints starts, ends, axes, steps, gone;
    for (size_t i = 0; i < rank; ++i) {
        const bool back = stride[i] < 0, single = squeeze[i] != 0;
        starts.push_back(begin_mask[i] != 0 ? (back ? kFar : 0) : begin[i]);
        ends.push_back(end_mask[i] != 0 ? (back ? -kFar : kFar) : end[i]);
        if (single) ends.back() = begin[i] == -1 ? kFar : begin[i] + 1;
        steps.push_back(single ? 1 : stride[i]);
        axes.push_back(static_cast<int64_t>(i));
        if (single) gone.push_back(static_cast<int64_t>(i));
    }
    ValueId y =
        o.add("slice", {x},
              {{"starts", as_dims(starts)}, {"ends", as_dims(ends)}, {"axes", axes}, {"steps", steps}});
    if (!gone.empty()) y = o.add("squeeze", {y}, {{"axes", gone}});
    o.results = {y};
    return {};
}

Status import_slice_by_size(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    TRY(const Ints begin, o.ints("begin"));
    TRY(const Ints size, o.ints("size"));
    if (static_cast<int>(begin.size()) != o.rank(x) || size.size() != begin.size())
        return fail("it has {} begins and {} sizes for {} axes", begin.size(), size.size(), o.rank(x));
    Ints ends, axes;
    for (size_t i = 0; i < begin.size(); ++i) {
        if (begin[i] < 0 || size[i] < -1 || size[i] > kFar - begin[i])
            return fail("it takes {} from {}", size[i], begin[i]);
        ends.push_back(size[i] == -1 ? kFar : begin[i] + size[i]);
        axes.push_back(static_cast<int64_t>(i));
    }
    o.results = {o.add("slice", {x}, {{"starts", as_dims(begin)}, {"ends", as_dims(ends)}, {"axes", axes}})};
    return {};
}

Status import_reverse(OperationView& o) {
    TRY(const ValueId x, o.in("x"));
    Ints all;
    for (int i = 0; i < o.rank(x); ++i) all.push_back(i);
    TRY(const Ints axes, o.ints("axes", all));
    o.results = {o.add("slice", {x},
                       {{"starts", as_dims(Ints(axes.size(), kFar))},
                        {"ends", as_dims(Ints(axes.size(), -kFar))},
                        {"axes", axes},
                        {"steps", Ints(axes.size(), -1)}})};
    return {};
}

constexpr ImportRow kMoveImports[] = {
    {"concat", import_concat},
    {"expand_dims", import_squeeze},
    {"fill", import_fill},
    {"range_1d", import_range},
    {"reshape", import_reshape},
    {"reverse", import_reverse},
    {"shape", import_shape},
    {"slice_by_index", import_slice_by_index},
    {"slice_by_size", import_slice_by_size},
    {"split", import_split},
    {"squeeze", import_squeeze},
    {"stack", import_stack},
    {"tile", import_tile},
    {"transpose", import_transpose},
};

}  // namespace

std::span<const ImportRow> move_imports() { return kMoveImports; }

}  // namespace lathe::formats::coreml
