// Tensors that are made, filled, or shaped by a rule.
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/known_tensor.h"
#include "formats/torch/call.h"
#include "formats/torch/scalar_type.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

constexpr int64_t kLargestMade = int64_t{1}
                                 << 22;  // elements of a constant; larger ones are made as the graph runs

Result<ValueId> filled(Call& c, const Dims& shape, double value, DType dtype) {
    if (const auto known = graph::constant_shape(shape)) {
        const auto count = checked_element_count(*known);
        if (!count) return fail("it makes a tensor of shape {}", to_string(*known));
        if (*count <= 16) return c.importer.constant(Tensor::filled(dtype, *known, value));
    }
    return c.add("constant_of_shape", {}, {{"shape", shape}, {"value", value}, {"dtype", dtype}});
}

DType number_type(const Value& v) {
    return v.is(Kind::kBool) ? DType::kBool : v.is(Kind::kInt) ? DType::kI64 : DType::kF32;
}

// zeros, ones, full, empty: with a size, like another tensor, or of another's type (new_…).
Results fill(Call& c) {
    const std::string_view name = c.schema.name;
    std::optional<DType> own;
    Dims shape;
    if (c.schema.find("self") >= 0) {
        TRY(const ValueId self, c.tensor("self"));
        own = c.type(self);
        shape = c.shape(self);
    }
    if (c.schema.find("size") >= 0) {
        TRY(shape, c.dims("size"));
    }
    double value = name.find("ones") != std::string_view::npos ? 1 : 0;
    DType absent = DType::kF32;
    if (c.schema.find("fill_value") >= 0) {
        absent = number_type(c.value("fill_value"));
        if (c.value("fill_value").is(Kind::kInt) && !c.value("fill_value").as<Dim>()->is_constant()) {
            TRY(const auto asked, c.dtype("dtype"));
            TRY(const ValueId number,
                c.importer.number(c.value("fill_value"), asked.value_or(own.value_or(absent))));
            return one(c.importer.expand(number, shape));
        }
        TRY(value, c.number("fill_value"));
    }
    TRY(const auto asked, c.dtype("dtype"));
    return one(filled(c, shape, value, asked.value_or(own.value_or(absent))));
}

// fill, zero, copy: what they leave in a tensor that is changed in place.
Results refill(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    if (c.schema.find("value") < 0) return one(filled(c, c.shape(self), 0, c.type(self)));
    TRY(const ValueId value, c.operand("value", c.type(self)));
    return one(c.importer.expand(value, c.shape(self)));
}

Results copy(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const ValueId source, c.operand("src", c.type(self)));
    return one(c.importer.expand(source, c.shape(self)));
}

Results arange(Call& c) {
    const Value start = c.schema.find("start") >= 0 ? c.value("start") : make_int(0), end = c.value("end");
    const Value step = c.schema.find("step") >= 0 ? c.value("step") : make_int(1);
    TRY(const auto asked, c.dtype("dtype"));
    const bool floats = start.is(Kind::kFloat) || end.is(Kind::kFloat) || step.is(Kind::kFloat);
    const DType dtype = asked.value_or(floats ? DType::kF32 : DType::kI64);
    const auto known = [&](const Value& v) -> std::optional<double> {
        const auto attr = c.attribute(v, graph::AttrType::kFloat, "end");
        return attr ? std::optional(*std::get_if<double>(&*attr)) : std::nullopt;
    };
    const auto from = known(start), to = known(end), by = known(step);
    if (from && to && by) {
        if (*by == 0 || !std::isfinite(*from) || !std::isfinite(*to) || !std::isfinite(*by))
            return fail("it counts from {} to {} by {}", *from, *to, *by);
        const double count = std::max(0.0, std::ceil((*to - *from) / *by));
        if (count > static_cast<double>(kLargestMade))
            return fail("it makes {} numbers, at most {} are made", count, kLargestMade);
        std::vector<double> values(static_cast<size_t>(count));
        for (size_t i = 0; i < values.size(); ++i) values[i] = *from + static_cast<double>(i) * *by;
        return std::vector{
            c.importer.constant(tensor_from_doubles(dtype, {static_cast<int64_t>(values.size())}, values))};
    }
    const DType counted = is_integer(dtype) ? DType::kI64 : dtype;
    std::vector<ValueId> operands;
    for (const Value* v : {&start, &end, &step}) {
        TRY(operands.emplace_back(), c.importer.number(*v, counted));
    }
    TRY(const ValueId numbers, c.add("range", operands));
    return one(c.importer.cast(numbers, dtype));
}

Results linspace(Call& c) {
    TRY(const double start, c.number("start"));
    TRY(const double end, c.number("end"));
    TRY(const int64_t steps, c.integer("steps"));
    if (steps < 0 || steps > kLargestMade) return fail("it makes {} numbers", steps);
    TRY(const auto asked, c.dtype("dtype"));
    std::vector<double> values(static_cast<size_t>(steps));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = steps == 1
                        ? start
                        : start + (end - start) * static_cast<double>(i) / static_cast<double>(steps - 1);
    return std::vector{
        c.importer.constant(tensor_from_doubles(asked.value_or(DType::kF32), {steps}, values))};
}

Results eye(Call& c) {
    TRY(const int64_t n, c.integer("n"));
    const std::string_view columns = c.schema.find("m") >= 0 ? "m" : "n";
    TRY(const int64_t m, c.integer(columns));
    if (n < 0 || m < 0 || n > 2048 || m > 2048) return fail("it makes a matrix of {} by {}", n, m);
    TRY(const auto asked, c.dtype("dtype"));
    std::vector<double> values(static_cast<size_t>(n * m), 0);
    for (int64_t i = 0; i < std::min(n, m); ++i) values[static_cast<size_t>(i * m + i)] = 1;
    return std::vector{c.importer.constant(tensor_from_doubles(asked.value_or(DType::kF32), {n, m}, values))};
}

Results scalar_tensor(Call& c) {
    const std::string_view name = c.schema.parameters[0].name;
    TRY(const auto asked, c.dtype("dtype"));
    return one(c.importer.number(c.value(name), asked.value_or(number_type(c.value(name)))));
}

// torch.tensor(numbers, or lists of numbers to any depth)
Status flatten_numbers(const Value& data, size_t depth, std::vector<Value>& numbers, Dims& shape) {
    const Items* items = data.items();
    if (items == nullptr) {
        if (!data.is(Kind::kInt) && !data.is(Kind::kFloat) && !data.is(Kind::kBool))
            return fail("it holds {}, expected numbers", describe(data));
        if (depth != shape.size()) return fail("its lists are of different depths");
        numbers.push_back(data);
        return {};
    }
    if (depth > 8 || numbers.size() > 1'000'000) return fail("its lists are too deep or too long");
    const Dim size(static_cast<int64_t>(items->size()));
    if (depth == shape.size()) shape.push_back(size);
    else if (shape[depth] != size) return fail("its lists are of different lengths");
    for (const Value& item : *items) TRY_STATUS(flatten_numbers(item, depth + 1, numbers, shape));
    return {};
}

Results tensor_of_list(Call& c) {
    std::vector<Value> numbers;
    Dims shape;
    TRY_STATUS(flatten_numbers(c.value("data"), 0, numbers, shape));
    DType dtype = numbers.empty() ? DType::kF32 : number_type(numbers[0]);
    for (const Value& v : numbers) dtype = promote(dtype, number_type(v));
    TRY(const auto asked, c.dtype("dtype"));
    dtype = asked.value_or(dtype);
    Dims sizes;
    std::vector<double> plain;
    for (const Value& v : numbers) {
        if (const auto attr = c.attribute(v, graph::AttrType::kFloat, "data"))
            plain.push_back(*std::get_if<double>(&*attr));
        if (const auto* dim = v.as<Dim>()) sizes.push_back(*dim);
    }
    if (plain.size() == numbers.size()) {
        const auto known = graph::constant_shape(shape);
        return std::vector{c.importer.constant(tensor_from_doubles(dtype, *known, plain))};
    }
    if (sizes.size() != numbers.size())
        return fail("it mixes sizes that depend on the input with other numbers");
    TRY(const ValueId vector, c.importer.sizes(sizes));
    TRY(const ValueId shaped, c.importer.reshape(vector, shape));
    return one(c.importer.cast(shaped, dtype));
}

template <bool upper>
Results triangle(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const int64_t k, c.integer("diagonal"));
    return one(c.add("trilu", {self}, {{"k", k}, {"upper", upper}}));
}

// With "xy" the first two change places, and their grids back.
Results meshgrid(Call& c) {
    TRY(auto ids, c.tensors("tensors"));
    const std::string indexing = c.schema.find("indexing") >= 0 ? c.text("indexing") : "ij";
    if (indexing != "ij" && indexing != "xy")
        return fail("its indexing is '{}', expected 'ij' or 'xy'", indexing);
    const bool swapped = indexing == "xy" && ids.size() >= 2;
    if (swapped) std::swap(ids[0], ids[1]);
    Dims shape;
    for (const ValueId id : ids) shape.push_back(graph::product(c.shape(id)));
    for (size_t i = 0; i < ids.size(); ++i) {
        Dims own(ids.size(), Dim(1));
        own[i] = shape[i];
        TRY(ids[i], c.importer.reshape(ids[i], own));
        TRY(ids[i], c.importer.expand(ids[i], shape));
    }
    if (swapped) std::swap(ids[0], ids[1]);
    return ids;
}

Results broadcast_tensors(Call& c) {
    TRY(auto ids, c.tensors("tensors"));
    Dims shape;
    for (const ValueId id : ids) {
        TRY(shape, graph::broadcast(shape, c.shape(id)));
    }
    for (ValueId& id : ids) {
        TRY(id, c.importer.expand(id, shape));
    }
    return ids;
}

// pad: numbers from the last axis backwards, two an axis.
Results pad_with(Call& c, std::string_view mode, double value) {
    TRY(ValueId x, c.tensor("self"));
    const std::string_view parameter = c.schema.find("pad") >= 0 ? "pad" : "padding";
    TRY(const Dims pads, c.dims(parameter));
    const auto rank = static_cast<size_t>(c.rank(x));
    if (pads.size() % 2 != 0 || pads.size() / 2 > rank)
        return fail("its padding {} is for more axes than {} has", graph::to_string(pads),
                    graph::to_string(c.shape(x)));
    Dims both(2 * rank, Dim(0));
    for (size_t i = 0; i < pads.size() / 2; ++i) {
        both[rank - 1 - i] = pads[2 * i];
        both[2 * rank - 1 - i] = pads[2 * i + 1];
    }
    if (std::ranges::all_of(both, [](const Dim& d) { return d == Dim(0); })) return std::vector{x};
    // Some engines have no padding of bools.
    const bool flags = c.type(x) == DType::kBool;
    if (flags) {
        TRY(x, c.importer.cast(x, DType::kI32));
    }
    TRY(const ValueId padded,
        c.add("pad", {x}, {{"pads", both}, {"mode", std::string(mode)}, {"constant_value", value}}));
    return one(c.importer.cast(padded, flags ? DType::kBool : c.type(padded)));
}

Results constant_pad(Call& c) {
    TRY(const double value, c.number("value"));
    return pad_with(c, "constant", value);
}
Results reflection_pad(Call& c) { return pad_with(c, "reflect", 0); }
Results replication_pad(Call& c) { return pad_with(c, "edge", 0); }
Results pad(Call& c) {
    const std::string mode = c.text("mode");
    double value = 0;
    if (c.given("value")) {
        TRY(value, c.number("value"));
    }
    if (mode == "constant") return pad_with(c, mode, value);
    if (mode == "reflect") return pad_with(c, mode, 0);
    if (mode == "replicate") return pad_with(c, "edge", 0);
    if (mode == "circular") return pad_with(c, "wrap", 0);
    return fail("its mode is '{}'", mode);
}

#define LATHE_TENSOR_OPTIONS "*, int? dtype=None, any layout=None, any device=None, any pin_memory=None"
constexpr Row fill_row(std::string_view schema) { return {.schema = schema, .special = fill}; }

constexpr Row kCreateRows[] = {
    fill_row("zeros(int[] size, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("ones(int[] size, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("empty.memory_format(int[] size, " LATHE_TENSOR_OPTIONS ", any memory_format=None)"),
    fill_row("full(int[] size, Scalar fill_value, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("zeros_like(Tensor self, " LATHE_TENSOR_OPTIONS ", any memory_format=None)"),
    fill_row("ones_like(Tensor self, " LATHE_TENSOR_OPTIONS ", any memory_format=None)"),
    fill_row("empty_like(Tensor self, " LATHE_TENSOR_OPTIONS ", any memory_format=None)"),
    fill_row("full_like(Tensor self, Scalar fill_value, " LATHE_TENSOR_OPTIONS ", any memory_format=None)"),
    fill_row("new_zeros(Tensor self, int[] size, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("new_ones(Tensor self, int[] size, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("new_empty(Tensor self, int[] size, " LATHE_TENSOR_OPTIONS ")"),
    fill_row("new_full(Tensor self, int[] size, Scalar fill_value, " LATHE_TENSOR_OPTIONS ")"),
    {.schema = "fill.Scalar(Tensor self, Scalar value)", .special = refill},
    {.schema = "fill.Tensor(Tensor self, Tensor value)", .special = refill},
    {.schema = "zero(Tensor self)", .special = refill},
    {.schema = "copy(Tensor self, Tensor src, bool non_blocking=False)", .special = copy},
    {.schema = "arange(Scalar end, " LATHE_TENSOR_OPTIONS ")", .special = arange},
    {.schema = "arange.start(Scalar start, Scalar end, " LATHE_TENSOR_OPTIONS ")", .special = arange},
    {.schema = "arange.start_step(Scalar start, Scalar end, Scalar step=1, " LATHE_TENSOR_OPTIONS ")",
     .special = arange},
    {.schema = "linspace(Scalar start, Scalar end, int steps, " LATHE_TENSOR_OPTIONS ")",
     .special = linspace},
    {.schema = "eye(int n, " LATHE_TENSOR_OPTIONS ")", .special = eye},
    {.schema = "eye.m(int n, int m, " LATHE_TENSOR_OPTIONS ")", .special = eye},
    {.schema = "scalar_tensor(Scalar s, " LATHE_TENSOR_OPTIONS ")", .special = scalar_tensor},
    {.schema = "tensor.number(Scalar t, *, int? dtype=None, any device=None, bool requires_grad=False)",
     .special = scalar_tensor},
    {.schema = "tensor(any data, *, int? dtype=None, any device=None, bool requires_grad=False)",
     .special = tensor_of_list},
    {.schema = "prim::NumToTensor.Scalar(Scalar a, *, int? dtype=None)", .special = scalar_tensor},
    {.schema = "tril(Tensor self, int diagonal=0)", .special = triangle<false>},
    {.schema = "triu(Tensor self, int diagonal=0)", .special = triangle<true>},
    {.schema = "meshgrid(Tensor[] tensors)", .gives_list = true, .special = meshgrid},
    {.schema = "meshgrid.indexing(Tensor[] tensors, *, str indexing)",
     .gives_list = true,
     .special = meshgrid},
    {.schema = "broadcast_tensors(Tensor[] tensors)", .gives_list = true, .special = broadcast_tensors},
    {.schema = "constant_pad_nd(Tensor self, int[] pad, Scalar value=0)", .special = constant_pad},
    {.schema = "pad(Tensor self, int[] pad, str mode='constant', float? value=None)", .special = pad},
    {.schema = "reflection_pad1d(Tensor self, int[] padding)", .special = reflection_pad},
    {.schema = "reflection_pad2d(Tensor self, int[] padding)", .special = reflection_pad},
    {.schema = "reflection_pad3d(Tensor self, int[] padding)", .special = reflection_pad},
    {.schema = "replication_pad1d(Tensor self, int[] padding)", .special = replication_pad},
    {.schema = "replication_pad2d(Tensor self, int[] padding)", .special = replication_pad},
    {.schema = "replication_pad3d(Tensor self, int[] padding)", .special = replication_pad},
};
#undef LATHE_TENSOR_OPTIONS

}  // namespace

std::span<const Row> create_rows() { return kCreateRows; }

}  // namespace lathe::formats::torch
