#include <algorithm>
#include <limits>
#include <numeric>

#include "formats/torch/call.h"
#include "formats/torch/scalar_type.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

// ---- other shapes of the same elements

Results view(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Dims shape, c.dims(c.schema.parameters[1].name));
    return one(c.importer.reshape(x, shape));
}

Results view_as(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId other, c.tensor("other"));
    return one(c.importer.reshape(x, c.shape(other)));
}

Results flatten(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    const Dims& from = c.shape(x);
    if (from.empty()) return one(c.importer.reshape(x, {Dim(1)}));
    TRY(const int first, c.axis("start_dim", c.rank(x)));
    TRY(const int last, c.axis("end_dim", c.rank(x)));
    if (first > last) return fail("it flattens from axis {} to {}", first, last);
    Dims shape(from.begin(), from.begin() + first);
    shape.push_back(graph::product(Dims(from.begin() + first, from.begin() + last + 1)));
    shape.insert(shape.end(), from.begin() + last + 1, from.end());
    return one(c.importer.reshape(x, shape));
}

Results unflatten(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(Dims sizes, c.dims("sizes"));
    const Dims& from = c.shape(x);
    for (size_t i = 0; i < sizes.size(); ++i) {
        if (sizes[i] != Dim(-1)) continue;
        Dims others = sizes;
        others[i] = Dim(1);
        const Dim rest = graph::product(others);
        if (rest == Dim(0) || from.empty()) return fail("its sizes are {}", graph::to_string(sizes));
        sizes[i] = Dim::floor_div(from[static_cast<size_t>(axis)], rest);
    }
    Dims shape(from.begin(), from.begin() + axis);
    shape.insert(shape.end(), sizes.begin(), sizes.end());
    if (!from.empty()) shape.insert(shape.end(), from.begin() + axis + 1, from.end());
    return one(c.importer.reshape(x, shape));
}

Results squeeze(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    Ints axes;
    if (c.schema.find("dim") >= 0) {
        TRY(const Ints wanted, c.ints("dim"));
        TRY(const auto normal, graph::normal_axes(wanted, std::max(c.rank(x), 1)));
        for (const int axis : normal)  // axes of other sizes than 1 stay
            if (axis < c.rank(x) && c.shape(x)[static_cast<size_t>(axis)] == Dim(1)) axes.push_back(axis);
    } else {
        for (int i = 0; i < c.rank(x); ++i)
            if (c.shape(x)[static_cast<size_t>(i)] == Dim(1)) axes.push_back(i);
    }
    if (axes.empty()) return std::vector{x};
    return one(c.add("squeeze", {x}, {{"axes", axes}}));
}

Results unsqueeze(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x) + 1));
    return one(c.add("unsqueeze", {x}, {{"axes", Ints{axis}}}));
}

// The changed view, in the shape of what it looks into.
Result<ValueId> reshape_back(Call& c, ValueId changed, size_t) {
    TRY(const ValueId self, c.tensor("self"));
    return c.importer.reshape(changed, c.shape(self));
}

// ---- other orders of axes

Result<Ints> permutation(Call& c, ValueId x) {
    const int rank = c.rank(x);
    Ints perm(static_cast<size_t>(rank));
    std::iota(perm.begin(), perm.end(), 0);
    if (c.schema.name == "t" || c.schema.name == "numpy_T" || c.schema.name == "mT" ||
        c.schema.name == "adjoint") {
        if (c.schema.name == "numpy_T") std::ranges::reverse(perm);
        else if (rank >= 2)
            std::swap(perm[static_cast<size_t>(rank) - 1], perm[static_cast<size_t>(rank) - 2]);
    } else if (c.schema.find("dims") >= 0) {
        TRY(const Ints dims, c.ints("dims"));
        TRY(const auto normal, graph::normal_axes(dims, rank));
        if (normal.size() != perm.size()) return fail("its dims are {} for {} axes", to_string(dims), rank);
        perm.assign(normal.begin(), normal.end());
    } else if (c.schema.find("source") >= 0) {
        TRY(const Ints source, c.ints("source"));
        TRY(const Ints destination, c.ints("destination"));
        TRY(const auto from, graph::normal_axes(source, rank));
        TRY(const auto to, graph::normal_axes(destination, rank));
        if (from.size() != to.size()) return fail("it moves {} axes to {} places", from.size(), to.size());
        perm.assign(perm.size(), -1);
        for (size_t i = 0; i < from.size(); ++i) perm[static_cast<size_t>(to[i])] = from[i];
        int next = 0;
        for (int64_t& p : perm) {
            if (p >= 0) continue;
            while (std::ranges::find(from, next) != from.end()) ++next;
            p = next++;
        }
    } else if (rank > 0) {
        TRY(const int a, c.axis("dim0", rank));
        TRY(const int b, c.axis("dim1", rank));
        std::swap(perm[static_cast<size_t>(a)], perm[static_cast<size_t>(b)]);
    }
    return perm;
}

Results permute(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const Ints perm, permutation(c, x));
    if (std::ranges::is_sorted(perm)) return std::vector{x};
    return one(c.add("transpose", {x}, {{"perm", perm}}));
}

Result<ValueId> permute_back(Call& c, ValueId changed, size_t) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const Ints perm, permutation(c, self));
    Ints inverse(perm.size());
    for (size_t i = 0; i < perm.size(); ++i) inverse[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
    return c.add("transpose", {changed}, {{"perm", inverse}});
}

// ---- repetition

Results expand(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(Dims shape, c.dims("size"));
    const Dims& from = c.shape(x);
    if (shape.size() < from.size())
        return fail("it expands {} to {}", graph::to_string(from), graph::to_string(shape));
    for (size_t i = 0; i < from.size(); ++i) {
        Dim& size = shape[shape.size() - from.size() + i];
        if (size == Dim(-1)) size = from[i];
    }
    return one(c.importer.expand(x, shape));
}

Results expand_as(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId other, c.tensor("other"));
    return one(c.importer.expand(x, c.shape(other)));
}

Results repeat(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(Dims repeats, c.dims(c.schema.parameters[1].name));
    const Dims& from = c.shape(x);
    if (repeats.size() < from.size() && c.schema.name == "tile")
        repeats.insert(repeats.begin(), from.size() - repeats.size(), Dim(1));
    if (repeats.size() < from.size())
        return fail("it repeats {} by {}", graph::to_string(from), graph::to_string(repeats));
    Dims wide(repeats.size() - from.size(), Dim(1));
    wide.insert(wide.end(), from.begin(), from.end());
    TRY(x, c.importer.reshape(x, wide));
    if (std::ranges::all_of(repeats, [](const Dim& d) { return d == Dim(1); })) return std::vector{x};
    return one(c.add("tile", {x}, {{"repeats", repeats}}));
}

// Every element n times in a row: a new axis after it, expanded and merged.
Results repeat_interleave(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(const Dim times, c.size("repeats"));
    if (!c.given("dim")) {
        TRY(x, c.importer.reshape(x, {graph::product(c.shape(x))}));
    }
    TRY(const int64_t given, c.integer_or("dim", 0));
    TRY(const int axis, graph::normal_axis(given, c.rank(x)));
    Dims target = c.shape(x);
    TRY(x, c.add("unsqueeze", {x}, {{"axes", Ints{axis + 1}}}));
    Dims wide = target;
    wide.insert(wide.begin() + axis + 1, times);
    TRY(x, c.importer.expand(x, wide));
    target[static_cast<size_t>(axis)] = target[static_cast<size_t>(axis)] * times;
    return one(c.importer.reshape(x, target));
}

// ---- no change

Results same_elements(Call& c) {
    TRY(const ValueId x, c.tensor(c.schema.parameters[0].name));
    return std::vector{x};
}

Results dropout(Call& c) {
    if (c.flag("train")) {
        TRY(const double p, c.number("p"));
        if (p != 0) return fail("it is random while training; export the network with eval()");
    }
    return same_elements(c);
}

// native_dropout(input, p, train) -> (output, mask)
Results native_dropout(Call& c) {
    TRY(auto results, dropout(c));
    results.push_back(kNoValue);
    return results;
}

Results to_dtype(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const auto dtype, c.dtype("dtype"));
    return one(c.importer.cast(x, dtype.value_or(c.type(x))));
}

Results type_as(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId other, c.tensor("other"));
    return one(c.importer.cast(x, c.type(other)));
}

template <DType dtype>
Results to_type(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    return one(c.importer.cast(x, dtype));
}

constexpr Row view_row(std::string_view schema, Results (*special)(Call&), Alias alias = Alias::kView) {
    return {.schema = schema, .alias = alias, .special = special, .write_back = reshape_back};
}
constexpr Row permute_row(std::string_view schema) {
    return {.schema = schema, .alias = Alias::kView, .special = permute, .write_back = permute_back};
}
constexpr Row same_row(std::string_view schema, Results (*special)(Call&) = same_elements) {
    return {.schema = schema, .alias = Alias::kSame, .special = special};
}

constexpr Row kShapeRows[] = {
    view_row("view(Tensor self, int[] size)", view),
    view_row("reshape(Tensor self, int[] shape)", view, Alias::kCopyOrView),
    view_row("_unsafe_view(Tensor self, int[] size)", view, Alias::kFresh),
    view_row("_reshape_alias(Tensor self, int[] size, int[] stride)", view),
    view_row("view_as(Tensor self, Tensor other)", view_as),
    view_row("reshape_as(Tensor self, Tensor other)", view_as, Alias::kCopyOrView),
    view_row("flatten.using_ints(Tensor self, int start_dim=0, int end_dim=-1)", flatten, Alias::kCopyOrView),
    view_row("unflatten.int(Tensor self, int dim, int[] sizes)", unflatten),
    view_row("squeeze(Tensor self)", squeeze),
    view_row("squeeze.dim(Tensor self, int dim)", squeeze),
    view_row("squeeze.dims(Tensor self, int[] dim)", squeeze),
    view_row("unsqueeze(Tensor self, int dim)", unsqueeze),
    permute_row("permute(Tensor self, int[] dims)"),
    permute_row("transpose.int(Tensor self, int dim0, int dim1)"),
    permute_row("swapaxes(Tensor self, int dim0, int dim1)"),
    permute_row("swapdims(Tensor self, int dim0, int dim1)"),
    permute_row("t(Tensor self)"),
    permute_row("numpy_T(Tensor self)"),
    permute_row("mT(Tensor self)"),
    permute_row("movedim.int(Tensor self, int source, int destination)"),
    permute_row("movedim.intlist(Tensor self, int[] source, int[] destination)"),
    permute_row("moveaxis.int(Tensor self, int source, int destination)"),
    {.schema = "expand(Tensor self, int[] size, *, bool implicit=False)",
     .alias = Alias::kView,
     .special = expand},
    {.schema = "broadcast_to(Tensor self, int[] size)", .alias = Alias::kView, .special = expand},
    {.schema = "expand_as(Tensor self, Tensor other)", .alias = Alias::kView, .special = expand_as},
    {.schema = "repeat(Tensor self, int[] repeats)", .special = repeat},
    {.schema = "tile(Tensor self, int[] dims)", .special = repeat},
    {.schema =
         "repeat_interleave.self_int(Tensor self, int repeats, int? dim=None, *, int? output_size=None)",
     .special = repeat_interleave},
    {.schema = "contiguous(Tensor self, *, any memory_format=0)",
     .alias = Alias::kCopyOrView,
     .special = same_elements,
     .write_back = reshape_back},
    {.schema = "clone(Tensor self, *, any memory_format=None)", .special = same_elements},
    {.schema = "lift_fresh_copy(Tensor self)", .special = same_elements},
    same_row("lift_fresh(Tensor self)"),
    same_row("lift(Tensor self)"),
    same_row("detach(Tensor self)"),
    same_row("detach_(Tensor self)"),
    {.schema = "detach_copy(Tensor self)", .special = same_elements},
    same_row("alias(Tensor self)"),
    {.schema = "alias_copy(Tensor self)", .special = same_elements},
    same_row("requires_grad_(Tensor self, bool requires_grad=True)"),
    same_row("cpu(Tensor self)"),
    same_row("cuda(Tensor self)"),
    same_row("dropout(Tensor input, float p, bool train)", dropout),
    same_row("feature_dropout(Tensor input, float p, bool train)", dropout),
    same_row("alpha_dropout(Tensor input, float p, bool train)", dropout),
    same_row("feature_alpha_dropout(Tensor input, float p, bool train)", dropout),
    {.schema = "native_dropout(Tensor input, float p, bool? train)", .special = native_dropout},
    same_row(
        "to.dtype(Tensor self, int dtype, bool non_blocking=False, bool copy=False, any memory_format=None)",
        to_dtype),
    same_row(
        "to.dtype_layout(Tensor self, *, int? dtype=None, any layout=None, any device=None, any pin_memory=None, bool non_blocking=False, bool copy=False, any memory_format=None)",
        to_dtype),
    same_row(
        "to.device(Tensor self, any device, int dtype, bool non_blocking=False, bool copy=False, any memory_format=None)",
        to_dtype),
    same_row(
        "to.prim_Device(Tensor self, str? device, int? dtype=None, bool non_blocking=False, bool copy=False)",
        to_dtype),
    same_row(
        "to.other(Tensor self, Tensor other, bool non_blocking=False, bool copy=False, any memory_format=None)",
        type_as),
    {.schema =
         "_to_copy(Tensor self, *, int? dtype=None, any layout=None, any device=None, any pin_memory=None, bool non_blocking=False, any memory_format=None)",
     .special = to_dtype},
    same_row("type_as(Tensor self, Tensor other)", type_as),
    same_row("float(Tensor self)", to_type<DType::kF32>),
    same_row("double(Tensor self)", to_type<DType::kF64>),
    same_row("half(Tensor self)", to_type<DType::kF16>),
    same_row("bfloat16(Tensor self)", to_type<DType::kBF16>),
    same_row("long(Tensor self)", to_type<DType::kI64>),
    same_row("int(Tensor self)", to_type<DType::kI32>),
    same_row("bool(Tensor self)", to_type<DType::kBool>),
    same_row("_cast_Float(Tensor self, bool non_blocking=False)", to_type<DType::kF32>),
    same_row("_cast_Long(Tensor self, bool non_blocking=False)", to_type<DType::kI64>),
};

}  // namespace

std::span<const Row> shape_rows() { return kShapeRows; }

}  // namespace lathe::formats::torch
