// Operators on numbers, and those that tell numbers of tensors.
#include <cmath>

#include "formats/known_tensor.h"
#include "formats/torch/call.h"
#include "formats/torch/numbers.h"
#include "formats/torch/scalar_type.h"

namespace lathe::formats::torch {
namespace {

// ---- of tensors

Result<Value> sizes_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    Items items;
    for (const Dim& size : c.shape(x)) items.push_back(Value(size));
    return make_list(std::move(items));
}

Result<Value> size_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    TRY(const int axis, c.axis("dim", c.rank(x)));
    if (c.rank(x) == 0) return fail("it asks a scalar for its sizes");
    return Value(c.shape(x)[static_cast<size_t>(axis)]);
}

Result<Value> count_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    return Value(graph::product(c.shape(x)));
}

Result<Value> rank_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    return make_int(c.rank(x));
}

Result<Value> length_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    if (c.rank(x) == 0) return fail("it asks a scalar for its length");
    return Value(c.shape(x)[0]);
}

Result<Value> type_code_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    return make_int(scalar_type_of(c.type(x)));
}

Result<Value> is_floating(Call& c) {
    if (!c.values[0].is(torch::Kind::kTensor)) return Value(c.values[0].is(Kind::kFloat));
    TRY(const ValueId x, c.importer.read(c.values[0]));
    return Value(is_float(c.type(x)));
}

template <bool answer>
Result<Value> always(Call&) {
    return Value(answer);
}
Result<Value> device_of(Call&) { return Value(std::string("cpu")); }
Result<Value> layout_of(Call&) { return make_int(0); }

// The only element of a tensor, where that is known.
Result<Value> item_of(Call& c) {
    TRY(const ValueId x, c.importer.read(c.values[0]));
    const graph::Value& value = c.importer.graph[x];
    if (value.contents && value.contents->size() == 1 && is_integer(value.dtype))
        return Value((*value.contents)[0]);
    TRY_STATUS(c.importer.count_reading());
    const auto known = known_tensor(c.importer.graph, x);
    if (!known) return unknown(format("a number that is computed while the model runs ('{}')", value.name));
    if (known->count() != 1) return fail("it reads one number of {}", lathe::describe(*known));
    if (is_float(known->dtype())) return Value(known->to_contiguous().to_doubles()[0]);
    const int64_t integer = known->to_contiguous().to_ints()[0];
    return known->dtype() == DType::kBool ? Value(integer != 0) : make_int(integer);
}

// ---- of numbers

Result<Value> to_integer(const Value& v) {
    if (v.is(Kind::kInt) || v.is(Kind::kUnknown)) return v;
    if (const auto* text = v.as<std::string>()) return fail("int('{}')", *text);
    const auto number = known_number(v);
    if (!number || !(std::fabs(*number) < 9.2e18)) return fail("int({})", describe(v));
    return make_int(static_cast<int64_t>(std::trunc(*number)));
}

Result<Value> to_float(const Value& v) {
    if (v.is(Kind::kFloat) || v.is(Kind::kUnknown)) return v;
    if (const auto number = known_number(v)) return Value(*number);
    if (const auto* text = v.as<std::string>()) {
        if (*text == "inf") return Value(INFINITY);
        if (*text == "-inf") return Value(-INFINITY);
        if (*text == "nan") return Value(static_cast<double>(NAN));
    }
    if (v.is(Kind::kInt)) return unknown(format("the size {} as a float", describe(v)));
    return fail("float({})", describe(v));
}

Result<Value> to_bool(const Value& v) {
    const auto known = truth(v);
    return known ? Value(*known) : unknown(format("whether {} is true", describe(v)));
}

Result<Value> through_item(Call& c, Result<Value> (*convert)(const Value&)) {
    if (!c.values[0].is(Kind::kTensor)) return convert(c.values[0]);
    TRY(const Value item, item_of(c));
    return item.is(Kind::kUnknown) ? Result<Value>(item) : convert(item);
}
Result<Value> int_of(Call& c) { return through_item(c, to_integer); }
Result<Value> float_of(Call& c) { return through_item(c, to_float); }
Result<Value> bool_of(Call& c) { return through_item(c, to_bool); }

// The operator of Python that a row's name stands for.
std::string_view operator_of(std::string_view name) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"add", "+"},       {"sub", "-"},       {"mul", "*"}, {"div", "/"},  {"truediv", "/"},
        {"floordiv", "//"}, {"remainder", "%"}, {"mod", "%"}, {"pow", "**"}, {"eq", "=="},
        {"ne", "!="},       {"lt", "<"},        {"le", "<="}, {"gt", ">"},   {"ge", ">="}};
    for (const auto& [row, op] : kNames)
        if (row == name) return op;
    return "";
}

Result<Value> compute(Call& c) { return arithmetic(operator_of(c.schema.name), c.values[0], c.values[1]); }
Result<Value> compare(Call& c) { return comparison(operator_of(c.schema.name), c.values[0], c.values[1]); }
Result<Value> divided_mode(Call& c) {
    const std::string mode = c.text("rounding_mode");
    TRY(const Value quotient, arithmetic(mode == "floor" ? "//" : "/", c.values[0], c.values[1]));
    return mode == "trunc" ? to_integer(quotient) : Result<Value>(quotient);
}

template <bool largest>
Result<Value> extreme(Call& c) {
    Items list;
    if (c.values.size() == 1 && c.values[0].items() != nullptr) list = *c.values[0].items();
    else list = c.values;
    if (list.empty()) return fail("it takes the {} of nothing", largest ? "largest" : "smallest");
    Value best = list[0];
    for (const Value& v : list) {
        TRY(const Value better, comparison(largest ? ">" : "<", v, best));
        if (const auto* known = better.as<bool>()) {
            if (*known) best = v;
        } else if (v.is(Kind::kInt) && best.is(Kind::kInt)) {
            best = Value(largest ? Dim::max(*best.as<Dim>(), *v.as<Dim>())
                                 : Dim::min(*best.as<Dim>(), *v.as<Dim>()));
        } else {
            return better;
        }
    }
    return best;
}

template <double function(double)>
Result<Value> of_double(Call& c) {
    const auto x = known_number(c.values[0]);
    return x ? Value(function(*x)) : unknown(format("a function of the size {}", describe(c.values[0])));
}
// floor, ceil, round and trunc give integers.
template <double function(double)>
Result<Value> to_whole(Call& c) {
    if (c.values[0].is(Kind::kInt)) return c.values[0];
    TRY(const Value rounded, of_double<function>(c));
    return to_integer(rounded);
}
double half_to_even(double x) { return std::nearbyint(x); }

Result<Value> negative(Call& c) { return arithmetic("*", c.values[0], make_int(-1)); }
Result<Value> size_without_sign(Call& c) {
    TRY(const Value below, comparison("<", c.values[0], make_int(0)));
    if (below.is(Kind::kUnknown)) return below;
    return *below.as<bool>() ? negative(c) : Result<Value>(c.values[0]);
}

Result<Value> negated(Call& c) {
    const auto known = truth(c.values[0]);
    return known ? Value(!*known) : unknown(format("whether {} is true", describe(c.values[0])));
}

Result<Value> logic(Call& c) {
    const auto a = truth(c.values[0]), b = truth(c.values[1]);
    const bool is_and = c.schema.name.find("and") != std::string_view::npos,
               is_or = c.schema.name.find("or") != std::string_view::npos &&
                       c.schema.name.find("xor") == std::string_view::npos;
    if (c.values[0].is(Kind::kInt) && c.values[1].is(Kind::kInt)) {
        const auto x = c.values[0].as<Dim>()->constant(), y = c.values[1].as<Dim>()->constant();
        if (!x || !y) return unknown("bits of a size");
        return make_int(is_and ? *x & *y : is_or ? *x | *y : *x ^ *y);
    }
    if (is_and && (a == false || b == false)) return Value(false);
    if (is_or && (a == true || b == true)) return Value(true);
    if (!a || !b) return unknown("a condition that depends on sizes");
    return Value(is_and ? *a && *b : is_or ? *a || *b : *a != *b);
}

template <bool same>
Result<Value> identity(Call& c) {
    const Value &a = c.values[0], &b = c.values[1];
    if (a.is(Kind::kUnknown) || b.is(Kind::kUnknown)) {
        const Value& other = a.is(Kind::kUnknown) ? b : a;
        if (other.none()) {  // what is computed is not None; an unknown input is a tensor
            return Value(!same);
        }
        return unknown("whether two things are the same");
    }
    if (a.none() || b.none()) return Value((a.none() && b.none()) == same);
    if (a.is(Kind::kTensor) && b.is(Kind::kTensor))
        return Value((*a.as<TensorRef>() == *b.as<TensorRef>()) == same);
    const auto equal = torch::same(a, b);
    return equal ? Value(*equal == same) : unknown("whether two things are the same");
}

// How many turns `range(lo, hi, step)` has, and which number the turn `idx` has.
Result<Value> range_length(Call& c) {
    TRY(const int64_t step, c.integer("step"));
    if (step == 0) return fail("a range with the step 0");
    TRY(const Dim low, c.size("lo"));
    TRY(const Dim high, c.size("hi"));
    const Dim span = step > 0 ? high - low : low - high;
    const auto known = span.constant();
    if (!known)
        return step == 1 ? Result<Value>(Value(span)) : Result<Value>(unknown("the length of a range"));
    const int64_t width = step > 0 ? step : -step;
    return make_int(*known <= 0 ? 0 : (*known - 1) / width + 1);
}
Result<Value> range_index(Call& c) {
    TRY(const Dim at, c.size("idx"));
    TRY(const Dim start, c.size("start"));
    TRY(const Dim step, c.size("step"));
    return Value(start + at * step);
}

#define LATHE_COMPUTE(schema_text, function) {.schema = schema_text, .compute = function}
constexpr Row kNumberRows[] = {
    LATHE_COMPUTE("size(Tensor self)", sizes_of),
    LATHE_COMPUTE("size.int(Tensor self, int dim)", size_of),
    LATHE_COMPUTE("sym_size(Tensor self)", sizes_of),
    LATHE_COMPUTE("sym_size.int(Tensor self, int dim)", size_of),
    LATHE_COMPUTE("prim::shape(Tensor a)", sizes_of),
    LATHE_COMPUTE("__range_length(int lo, int hi, int step)", range_length),
    LATHE_COMPUTE("__derive_index(int idx, int start, int step)", range_index),
    LATHE_COMPUTE("is_contiguous(Tensor self)", always<true>),
    LATHE_COMPUTE("is_contiguous.memory_format(Tensor self, *, any memory_format)", always<true>),
    LATHE_COMPUTE("numel(Tensor self)", count_of),
    LATHE_COMPUTE("sym_numel(Tensor self)", count_of),
    LATHE_COMPUTE("dim(Tensor self)", rank_of),
    LATHE_COMPUTE("len.Tensor(Tensor t)", length_of),
    LATHE_COMPUTE("prim::dtype(Tensor a)", type_code_of),
    LATHE_COMPUTE("is_floating_point(any self)", is_floating),
    LATHE_COMPUTE("is_complex(Tensor self)", always<false>),
    LATHE_COMPUTE("is_grad_enabled()", always<true>),
    LATHE_COMPUTE("prim::requires_grad(Tensor a)", always<true>),
    LATHE_COMPUTE("prim::is_cuda(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::is_quantized(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::is_sparse(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::is_mkldnn(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::is_mps(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::is_nested(Tensor a)", always<false>),
    LATHE_COMPUTE("prim::device(Tensor a)", device_of),
    LATHE_COMPUTE("prim::layout(Tensor a)", layout_of),
    LATHE_COMPUTE("is_scripting()", always<true>),
    LATHE_COMPUTE("is_tracing()", always<false>),
    LATHE_COMPUTE("is_autocast_enabled()", always<false>),
    LATHE_COMPUTE("is_autocast_cpu_enabled()", always<false>),
    LATHE_COMPUTE("has_torch_function(any args)", always<false>),
    LATHE_COMPUTE("item(Tensor self)", item_of),
    LATHE_COMPUTE("_local_scalar_dense(Tensor self)", item_of),
    LATHE_COMPUTE("IntImplicit(Tensor a)", int_of),
    LATHE_COMPUTE("FloatImplicit(Tensor a)", float_of),
    LATHE_COMPUTE("ScalarImplicit(Tensor a)", item_of),
    LATHE_COMPUTE("Int(any a)", int_of),
    LATHE_COMPUTE("Float(any a)", float_of),
    LATHE_COMPUTE("Bool(any a)", bool_of),
    LATHE_COMPUTE("sym_int(Scalar a)", int_of),
    LATHE_COMPUTE("sym_float(Scalar a)", float_of),
    LATHE_COMPUTE("add.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("sub.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("mul.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("div.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("div.mode(Scalar a, Scalar b, *, str? rounding_mode)", divided_mode),
    LATHE_COMPUTE("truediv(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("floordiv.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("remainder.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("mod.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("pow.int(Scalar a, Scalar b)", compute),
    LATHE_COMPUTE("neg.int(Scalar a)", negative),
    LATHE_COMPUTE("pos(Scalar a)", [](Call& c) -> Result<Value> { return c.values[0]; }),
    LATHE_COMPUTE("abs.int(Scalar a)", size_without_sign),
    LATHE_COMPUTE("prim::abs.int(Scalar a)", size_without_sign),
    LATHE_COMPUTE("prim::max.int(Scalar a, Scalar b)", extreme<true>),
    LATHE_COMPUTE("prim::max.self(any[] a)", extreme<true>),
    LATHE_COMPUTE("prim::min.int(Scalar a, Scalar b)", extreme<false>),
    LATHE_COMPUTE("prim::min.self(any[] a)", extreme<false>),
    LATHE_COMPUTE("sym_max(Scalar a, Scalar b)", extreme<true>),
    LATHE_COMPUTE("sym_min(Scalar a, Scalar b)", extreme<false>),
    LATHE_COMPUTE("floor.float(Scalar a)", to_whole<std::floor>),
    LATHE_COMPUTE("ceil.float(Scalar a)", to_whole<std::ceil>),
    LATHE_COMPUTE("trunc.float(Scalar a)", to_whole<std::trunc>),
    LATHE_COMPUTE("round.float(Scalar a)", of_double<half_to_even>),
    LATHE_COMPUTE("sqrt.float(Scalar a)", of_double<std::sqrt>),
    LATHE_COMPUTE("sym_sqrt(Scalar a)", of_double<std::sqrt>),
    LATHE_COMPUTE("exp.float(Scalar a)", of_double<std::exp>),
    LATHE_COMPUTE("log.float(Scalar a)", of_double<std::log>),
    LATHE_COMPUTE("eq.any(any a, any b)", compare),
    LATHE_COMPUTE("ne.any(any a, any b)", compare),
    LATHE_COMPUTE("lt.any(any a, any b)", compare),
    LATHE_COMPUTE("le.any(any a, any b)", compare),
    LATHE_COMPUTE("gt.any(any a, any b)", compare),
    LATHE_COMPUTE("ge.any(any a, any b)", compare),
    {.schema = "__and__.bool(any a, any b)", .takes_unknown = true, .compute = logic},
    {.schema = "__or__.bool(any a, any b)", .takes_unknown = true, .compute = logic},
    {.schema = "__xor__.bool(any a, any b)", .compute = logic},
    LATHE_COMPUTE("__not__(any a)", negated),
    LATHE_COMPUTE("sym_not(any a)", negated),
    {.schema = "__is__(any a, any b)", .takes_unknown = true, .compute = identity<true>},
    {.schema = "__isnot__(any a, any b)", .takes_unknown = true, .compute = identity<false>},
};
#undef LATHE_COMPUTE

}  // namespace

std::span<const Row> number_rows() { return kNumberRows; }

}  // namespace lathe::formats::torch
