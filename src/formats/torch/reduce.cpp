#include <cmath>

#include "formats/torch/call.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// How many elements are reduced along these axes; no axes: all.
Result<Dim> reduced_count(const Call& c, ValueId x, const Ints& axes) {
    if (axes.empty()) return graph::product(c.shape(x));
    TRY(const auto normal, graph::normal_axes(axes, c.rank(x)));
    Dim count(1);
    for (const int axis : normal) count = count * c.shape(x)[static_cast<size_t>(axis)];
    return count;
}

// variance = sum((x - mean)²) / (count - correction)
Result<std::vector<ValueId>> moments(Call& c, double correction, bool root) {
    TRY(const ValueId x, c.tensor("self"));
    Ints axes;
    if (c.schema.find("dim") >= 0) {
        TRY(axes, c.ints("dim"));
    }
    const bool keep = c.schema.find("keepdim") >= 0 && c.flag("keepdim");
    TRY(const ValueId mean, c.add("reduce_mean", {x}, {{"axes", axes}}));
    TRY(const ValueId centred, c.add("sub", {x, mean}));
    TRY(const ValueId squared, c.add("mul", {centred, centred}));
    TRY(ValueId variance, c.add("reduce_mean", {squared}, {{"axes", axes}, {"keepdims", keep}}));
    if (correction != 0) {
        TRY(const Dim count, reduced_count(c, x, axes));
        ValueId factor = kNoValue;
        if (const auto known = count.constant()) {
            const auto n = static_cast<double>(*known);
            factor = c.constant_like(variance, n / std::max(n - correction, 0.0));
        } else {
            TRY(const ValueId n, c.importer.number(Value(count), c.type(x)));
            TRY(const ValueId rest, c.add("sub", {n, c.constant_like(n, correction)}));
            TRY(factor, c.add("div", {n, rest}));
        }
        TRY(variance, c.add("mul", {variance, factor}));
    }
    if (root) {
        TRY(variance, c.add("sqrt", {variance}));
    }
    TRY(const ValueId shown, c.add("reduce_mean", {x}, {{"axes", axes}, {"keepdims", keep}}));
    return std::vector{variance, shown};
}

enum class With { kCorrection, kUnbiased };
template <bool root, bool with_mean, With how>
Results variance(Call& c) {
    double correction = 1;
    if (how == With::kUnbiased) {
        correction = c.flag("unbiased") ? 1 : 0;
    } else if (c.given("correction")) {
        TRY(correction, c.number("correction"));
    }
    TRY(auto both, moments(c, correction, root));
    if (!with_mean) both.pop_back();
    return both;
}

template <bool largest>
Results extreme_of_axis(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    const bool keep = c.flag("keepdim");
    TRY(const ValueId values,
        c.add(largest ? "reduce_max" : "reduce_min", {x}, {{"axes", Ints{axis}}, {"keepdims", keep}}));
    TRY(const ValueId indices,
        c.add(largest ? "arg_max" : "arg_min", {x}, {{"axis", int64_t{axis}}, {"keepdims", keep}}));
    return std::vector{values, indices};
}

template <bool largest>
Results index_of_extreme(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    const std::string_view op = largest ? "arg_max" : "arg_min";
    if (c.given("dim")) {
        TRY(const int axis, c.axis("dim", c.rank(x)));
        return one(c.add(op, {x}, {{"axis", int64_t{axis}}, {"keepdims", c.flag("keepdim")}}));
    }
    TRY(x, c.importer.reshape(x, {Dim(-1)}));
    return one(c.add(op, {x}, {{"axis", int64_t{0}}, {"keepdims", false}}));
}

// Whether all or any elements are true: the minimum or maximum of them as integers.
template <bool all>
Results quantified(Call& c) {
    TRY(ValueId x, c.tensor("self"));
    TRY(x, c.importer.cast(x, DType::kBool));
    TRY(x, c.importer.cast(x, DType::kI32));
    Attrs attrs{{"keepdims", false}};
    if (c.schema.find("dim") >= 0) {
        TRY(const Ints axes, c.ints("dim"));
        attrs = {{"axes", axes}, {"keepdims", c.flag("keepdim")}};
    }
    TRY(const ValueId extreme, c.add(all ? "reduce_min" : "reduce_max", {x}, attrs));
    return one(c.importer.cast(extreme, DType::kBool));
}

Results norm_of(Call& c, std::string_view order_name) {
    TRY(ValueId x, c.tensor("self"));
    const Value& order = c.value(order_name);
    double p = 2;
    if (order.is(Kind::kText)) {
        if (c.text(order_name) != "fro")
            return fail("its norm is '{}', expected a number or 'fro'", c.text(order_name));
    } else if (!order.none()) {
        TRY(p, c.number(order_name));
    }
    Attrs attrs{{"keepdims", false}};
    if (c.schema.find("dim") >= 0) {
        TRY(const Ints axes, c.ints("dim"));
        attrs = {{"axes", axes}, {"keepdims", c.flag("keepdim")}};
    }
    if (p == 2) return one(c.add("reduce_l2", {x}, attrs));
    if (p == 1) return one(c.add("reduce_l1", {x}, attrs));
    TRY(const ValueId size, c.add("abs", {x}));
    if (std::isinf(p)) return one(c.add(p > 0 ? "reduce_max" : "reduce_min", {size}, attrs));
    if (p == 0) return fail("its norm is of order 0, which is not supported");
    TRY(const ValueId powers, c.add("pow", {size, c.constant_like(size, p)}));
    TRY(const ValueId sum, c.add("reduce_sum", {powers}, attrs));
    return one(c.add("pow", {sum, c.constant_like(sum, 1 / p)}));
}
Results norm(Call& c) { return norm_of(c, "p"); }
Results vector_norm(Call& c) { return norm_of(c, "ord"); }

Results top_k(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int64_t k, c.integer("k"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    return c.importer.add_many(
        "top_k", {x}, {{"k", k}, {"axis", int64_t{axis}}, {"largest", c.flag("largest")}, {"sorted", true}},
        2);
}

Results sort(Call& c) {
    TRY(const ValueId x, c.tensor("self"));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    if (c.rank(x) == 0) return fail("it sorts a scalar");
    const auto size = c.shape(x)[static_cast<size_t>(axis)].constant();
    if (!size)
        return fail("it sorts along an axis of size {}, expected a number; give the input's shape",
                    c.shape(x)[static_cast<size_t>(axis)].text());
    TRY(auto both,
        c.importer.add_many("top_k", {x},
                            {{"k", *size}, {"axis", int64_t{axis}}, {"largest", c.flag("descending")}}, 2));
    if (c.schema.name == "argsort") both.erase(both.begin());
    return both;
}

constexpr Row kReduceRows[] = {
    {"sum(Tensor self, *, int? dtype=None)", "reduce_sum(self, keepdims=false)", Types::kSum},
    {"sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)",
     "reduce_sum(self, axes=dim, keepdims=keepdim)", Types::kSum},
    {"mean(Tensor self, *, int? dtype=None)", "reduce_mean(self, keepdims=false)", Types::kAsked},
    {"mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)",
     "reduce_mean(self, axes=dim, keepdims=keepdim)", Types::kAsked},
    {"prod(Tensor self, *, int? dtype=None)", "reduce_prod(self, keepdims=false)", Types::kSum},
    {"prod.dim_int(Tensor self, int dim, bool keepdim=False, *, int? dtype=None)",
     "reduce_prod(self, axes=dim, keepdims=keepdim)", Types::kSum},
    {"amax(Tensor self, int[1] dim=[], bool keepdim=False)", "reduce_max(self, axes=dim, keepdims=keepdim)"},
    {"amin(Tensor self, int[1] dim=[], bool keepdim=False)", "reduce_min(self, axes=dim, keepdims=keepdim)"},
    {"max(Tensor self)", "reduce_max(self, keepdims=false)"},
    {"min(Tensor self)", "reduce_min(self, keepdims=false)"},
    {.schema = "max.dim(Tensor self, int dim, bool keepdim=False)", .special = extreme_of_axis<true>},
    {.schema = "min.dim(Tensor self, int dim, bool keepdim=False)", .special = extreme_of_axis<false>},
    {"max.other(Tensor self, Tensor other)", "max(self, other)", Types::kPromoted},
    {"min.other(Tensor self, Tensor other)", "min(self, other)", Types::kPromoted},
    {.schema = "argmax(Tensor self, int? dim=None, bool keepdim=False)", .special = index_of_extreme<true>},
    {.schema = "argmin(Tensor self, int? dim=None, bool keepdim=False)", .special = index_of_extreme<false>},
    {.schema = "var(Tensor self, bool unbiased=True)", .special = variance<false, false, With::kUnbiased>},
    {.schema = "var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False)",
     .special = variance<false, false, With::kUnbiased>},
    {.schema =
         "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)",
     .special = variance<false, false, With::kCorrection>},
    {.schema = "std(Tensor self, bool unbiased=True)", .special = variance<true, false, With::kUnbiased>},
    {.schema = "std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False)",
     .special = variance<true, false, With::kUnbiased>},
    {.schema =
         "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)",
     .special = variance<true, false, With::kCorrection>},
    {.schema = "var_mean(Tensor self, bool unbiased=True)",
     .special = variance<false, true, With::kUnbiased>},
    {.schema = "var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False)",
     .special = variance<false, true, With::kUnbiased>},
    {.schema =
         "var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)",
     .special = variance<false, true, With::kCorrection>},
    {.schema = "std_mean(Tensor self, bool unbiased=True)", .special = variance<true, true, With::kUnbiased>},
    {.schema = "std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False)",
     .special = variance<true, true, With::kUnbiased>},
    {.schema =
         "std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)",
     .special = variance<true, true, With::kCorrection>},
    {"logsumexp(Tensor self, int[1] dim, bool keepdim=False)",
     "reduce_log_sum_exp(self, axes=dim, keepdims=keepdim)"},
    {.schema = "all(Tensor self)", .special = quantified<true>},
    {.schema = "all.dim(Tensor self, int dim, bool keepdim=False)", .special = quantified<true>},
    {.schema = "all.dims(Tensor self, int[]? dim=None, bool keepdim=False)", .special = quantified<true>},
    {.schema = "any(Tensor self)", .special = quantified<false>},
    {.schema = "any.dim(Tensor self, int dim, bool keepdim=False)", .special = quantified<false>},
    {.schema = "any.dims(Tensor self, int[]? dim=None, bool keepdim=False)", .special = quantified<false>},
    {.schema = "norm.Scalar(Tensor self, Scalar p=2)", .special = norm},
    {.schema = "norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False)", .special = norm},
    {.schema = "norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, int dtype)",
     .types = Types::kAsked,
     .special = norm},
    {.schema =
         "linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, int? dtype=None)",
     .types = Types::kAsked,
     .special = vector_norm},
    {.schema =
         "linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, int? dtype=None)",
     .types = Types::kAsked,
     .special = vector_norm},
    {"frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False)",
     "reduce_l2(self, axes=dim, keepdims=keepdim)"},
    {"cumsum(Tensor self, int dim, *, int? dtype=None)", "cumsum(self, axis=dim)", Types::kSum},
    {.schema = "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True)", .special = top_k},
    {.schema = "sort(Tensor self, int dim=-1, bool descending=False)", .special = sort},
    {.schema = "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False)",
     .special = sort},
    {.schema = "argsort(Tensor self, int dim=-1, bool descending=False)", .special = sort},
    {.schema = "argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False)",
     .special = sort},
};

}  // namespace

std::span<const Row> reduce_rows() { return kReduceRows; }

}  // namespace lathe::formats::torch
