// Elements chosen by tensors of indices.
#include <algorithm>
#include <numeric>

#include "formats/torch/call.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// x[:, i, j, :]: index tensors for neighbouring axes, brought to one shape and to the front.
struct Indexing {
    ValueId x;        // with the indexed axes in front
    ValueId places;   // i64[…, count]
    size_t first = 0, count = 0;
    Dims picked;      // the shape that the indices broadcast to
    Ints perm;        // that brought the axes to the front
};

Result<Indexing> read_indices(Call& c, ValueId x) {
    TRY(const auto ids, c.tensors("indices"));
    Indexing result{.x = x};
    std::vector<ValueId> given;
    for (size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] == kNoValue) continue;
        if (c.type(ids[i]) == DType::kBool)
            return fail("it takes a mask as one of several indices, which is not supported");
        if (given.empty()) result.first = i;
        if (result.first + given.size() != i)
            return fail("its indices are for axes that do not lie side by side, which is not supported");
        given.push_back(ids[i]);
    }
    result.count = given.size();
    if (given.empty() || ids.size() > static_cast<size_t>(c.rank(x)))
        return fail("it has {} indices for {} axes", ids.size(), c.rank(x));
    for (const ValueId id : given) {
        TRY(result.picked, graph::broadcast(result.picked, c.shape(id)));
    }
    std::vector<ValueId> columns;
    for (ValueId id : given) {
        TRY(id, c.importer.cast(id, DType::kI64));
        TRY(id, c.importer.expand(id, result.picked));
        TRY(columns.emplace_back(), c.add("unsqueeze", {id}, {{"axes", Ints{-1}}}));
    }
    result.places = columns[0];
    if (columns.size() > 1) {
        TRY(result.places, c.add("concat", columns, {{"axis", int64_t{-1}}}));
    }
    for (size_t i = 0; i < result.count; ++i) result.perm.push_back(static_cast<int64_t>(result.first + i));
    for (size_t i = 0; i < static_cast<size_t>(c.rank(x)); ++i)
        if (i < result.first || i >= result.first + result.count)
            result.perm.push_back(static_cast<int64_t>(i));
    if (result.first > 0) {
        TRY(result.x, c.add("transpose", {x}, {{"perm", result.perm}}));
    }
    return result;
}

// The mask of x[mask], when that is all that is indexed.
Result<ValueId> sole_mask(Call& c) {
    TRY(const auto ids, c.tensors("indices"));
    if (ids.size() == 1 && ids[0] != kNoValue &&
        (c.type(ids[0]) == DType::kBool || c.type(ids[0]) == DType::kU8))
        return c.importer.cast(ids[0], DType::kBool);
    return kNoValue;
}

// The elements where the mask is true, as many as the run finds.
Result<ValueId> pick_masked(Call& c, ValueId x, ValueId mask) {
    TRY(const ValueId found, c.add("non_zero", {mask}));
    TRY(const ValueId places, c.add("transpose", {found}, {{"perm", Ints{1, 0}}}));
    return c.add("gather_nd", {x, places});
}

Results index(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId mask, sole_mask(c));
    if (mask != kNoValue) return one(pick_masked(c, x, mask));
    TRY(const auto ids, c.tensors("indices"));
    const auto given = std::ranges::count_if(ids, [](ValueId id) { return id != kNoValue; });
    if (given == 0) return std::vector{x};
    if (given == 1) {
        const auto axis = std::ranges::find_if(ids, [](ValueId id) { return id != kNoValue; }) - ids.begin();
        const ValueId id = ids[static_cast<size_t>(axis)];
        if (c.type(id) != DType::kBool && axis < c.rank(x)) {
            TRY(const ValueId places, c.importer.cast(id, DType::kI64));
            return one(c.add("gather", {x, places}, {{"axis", static_cast<int64_t>(axis)}}));
        }
    }
    TRY(const Indexing at, read_indices(c, x));
    TRY(const ValueId picked, c.add("gather_nd", {at.x, at.places}));
    if (at.first == 0) return std::vector{picked};
    // The picked axes go where the indexed ones were.
    Ints perm;
    const auto fresh = static_cast<int64_t>(at.picked.size());
    for (size_t i = 0; i < at.first; ++i) perm.push_back(fresh + static_cast<int64_t>(i));
    for (int64_t i = 0; i < fresh; ++i) perm.push_back(i);
    for (int i = static_cast<int>(perm.size()); i < c.rank(picked); ++i) perm.push_back(i);
    return one(c.add("transpose", {picked}, {{"perm", perm}}));
}

Results index_put(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId values, c.operand("values", c.type(x)));
    const bool accumulate = c.flag("accumulate");
    TRY(ValueId mask, sole_mask(c));
    if (mask != kNoValue) {
        if (c.shape(values) != Dims{} && c.shape(values) != Dims{Dim(1)})
            return fail("it puts {} where a mask is true, expected one value",
                        graph::to_string(c.shape(values)));
        Dims wide = c.shape(mask);
        wide.resize(static_cast<size_t>(c.rank(x)), Dim(1));
        TRY(mask, c.importer.reshape(mask, wide));
        ValueId value = values;
        if (accumulate) {
            TRY(value, c.add("add", {x, values}));
        }
        return one(c.add("where", {mask, value, x}));
    }
    TRY(const Indexing at, read_indices(c, x));
    Dims target = at.picked;
    const Dims& shape = c.shape(at.x);
    target.insert(target.end(), shape.begin() + static_cast<std::ptrdiff_t>(at.count), shape.end());
    if (at.first > 0 && c.rank(values) > 1)
        return fail("it puts {} values behind an axis that is not indexed, which is not supported",
                    graph::to_string(c.shape(values)));
    TRY(const ValueId updates, c.importer.expand(values, target));
    TRY(const ValueId put, c.add("scatter_nd", {at.x, at.places, updates},
                                 {{"reduction", std::string(accumulate ? "add" : "none")}}));
    if (at.first == 0) return std::vector{put};
    Ints inverse(at.perm.size());
    for (size_t i = 0; i < at.perm.size(); ++i)
        inverse[static_cast<size_t>(at.perm[i])] = static_cast<int64_t>(i);
    return one(c.add("transpose", {put}, {{"perm", inverse}}));
}

Results scatter(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    TRY(const ValueId index, c.operand("index", DType::kI64));
    TRY(ValueId source, c.operand(c.schema.find("src") >= 0 ? "src" : "value", c.type(x)));
    if (c.rank(source) == 0 && c.rank(index) > 0) {
        TRY(source, c.importer.expand(source, c.shape(index)));
    }
    if (c.shape(source) != c.shape(index)) {  // only as much of the source as there are indices
        Ints axes(static_cast<size_t>(c.rank(index)));
        std::iota(axes.begin(), axes.end(), 0);
        TRY(source, c.add("slice", {source},
                          {{"starts", Dims(axes.size(), Dim(0))}, {"ends", c.shape(index)}, {"axes", axes}}));
    }
    std::string reduction = c.schema.name == "scatter_add" ? "add" : "none";
    if (c.schema.find("reduce") >= 0 && c.given("reduce")) {
        const std::string how = c.text("reduce");
        reduction = how == "sum" || how == "add"         ? "add"
                    : how == "prod" || how == "multiply" ? "mul"
                    : how == "amax"                      ? "max"
                    : how == "amin"                      ? "min"
                                                         : "";
        if (reduction.empty()) return fail("it combines by '{}', which is not supported", how);
        if (c.schema.find("include_self") >= 0 && !c.flag("include_self"))
            return fail("it leaves out the tensor's own values, which is not supported");
    }
    return one(
        c.add("scatter_elements", {x, index, source}, {{"axis", int64_t{axis}}, {"reduction", reduction}}));
}

// self with a slice or a place replaced (what writing through a view becomes in a functional program).
Results part_scatter(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(ValueId source, c.operand("src", c.type(x)));
    Arguments arguments{.positional = {Value(make_tensor(x))}, .named = {}};
    for (size_t i = 2; i < c.values.size(); ++i) arguments.positional.push_back(c.values[i]);
    TRY(const Value view,
        c.importer.call(c.schema.name == "slice_scatter" ? "aten::slice" : "aten::select", "", arguments));
    const TensorRef& base = *arguments.positional[0].as<TensorRef>();
    TRY(const ValueId now, c.importer.read(view));
    TRY(source, c.importer.expand(source, c.shape(now)));
    if (*view.as<TensorRef>() == base) return std::vector{source};
    TRY_STATUS(write(c.importer.graph, *view.as<TensorRef>(), source));
    return one(read(c.importer.graph, base));
}

Results one_hot(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int64_t classes, c.integer("num_classes"));
    if (classes < 1) return fail("its num_classes is {}, expected a number", classes);
    const ValueId depth = c.importer.constant(Tensor::scalar<int64_t>(classes)),
                  values = c.importer.constant(Tensor::of<int64_t>({2}, {0, 1}));
    return one(c.add("one_hot", {x, depth, values}, {{"axis", int64_t{-1}}}));
}

Results nonzero(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const ValueId found, c.add("non_zero", {x}));
    return one(c.add("transpose", {found}, {{"perm", Ints{1, 0}}}));
}

Results masked_select(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(ValueId mask, c.operand("mask", DType::kBool));
    TRY(const Dims shape, graph::broadcast(c.shape(x), c.shape(mask)));
    TRY(x, c.importer.expand(x, shape));
    TRY(mask, c.importer.expand(mask, shape));
    return one(pick_masked(c, x, mask));
}

constexpr Row kIndexRows[] = {
    {"embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False)",
     "gather(weight, indices, axis=0)"},
    {"index_select(Tensor self, int dim, Tensor index)", "gather(self, index, axis=dim)"},
    {"gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False)",
     "gather_elements(self, index, axis=dim)"},
    {"take_along_dim(Tensor self, Tensor indices, int dim)", "gather_elements(self, indices, axis=dim)"},
    {.schema = "index.Tensor(Tensor self, Tensor?[] indices)", .special = index},
    {.schema = "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False)",
     .special = index_put},
    {.schema = "scatter.src(Tensor self, int dim, Tensor index, Tensor src)", .special = scatter},
    {.schema = "scatter.value(Tensor self, int dim, Tensor index, Scalar value)", .special = scatter},
    {.schema = "scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce)",
     .special = scatter},
    {.schema = "scatter_add(Tensor self, int dim, Tensor index, Tensor src)", .special = scatter},
    {.schema =
         "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True)",
     .special = scatter},
    {.schema =
         "slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1)",
     .special = part_scatter},
    {.schema = "select_scatter(Tensor self, Tensor src, int dim, int index)", .special = part_scatter},
    {.schema = "one_hot(Tensor self, int num_classes=-1)", .special = one_hot},
    {.schema = "nonzero(Tensor self)", .special = nonzero},
    {.schema = "masked_select(Tensor self, Tensor mask)", .special = masked_select},
};

}  // namespace

std::span<const Row> index_rows() { return kIndexRows; }

}  // namespace lathe::formats::torch
