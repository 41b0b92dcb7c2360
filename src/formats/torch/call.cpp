#include "formats/torch/call.h"

#include <algorithm>

#include "base/check.h"
#include "formats/known_tensor.h"
#include "formats/torch/scalar_type.h"
#include "graph/contexts.h"

namespace lathe::formats::torch {
namespace {

using graph::Attr;
using graph::AttrType;
using graph::Floats;
using graph::Ints;

// Parameters whose type never takes part in a promotion.
bool stands_apart(std::string_view name) {
    return name == "condition" || name == "mask" || name == "index" || name == "indices";
}

DType own_type(const Value& number) {
    return number.is(Kind::kBool) ? DType::kBool : number.is(Kind::kInt) ? DType::kI64 : DType::kF32;
}

}  // namespace

const Value& Call::value(std::string_view parameter) const {
    const int i = schema.find(parameter);
    CHECK(i >= 0, parameter);
    return values[static_cast<size_t>(i)];
}

Result<std::vector<ValueId>> Call::run() {
    TRY_STATUS(settle_types());
    if (row.special != nullptr) return row.special(*this);
    CHECK(!row.body.empty(), row.schema);
    return run_body(*this, row.body);
}

Status Call::settle_types() {
    switch (row.types) {
        case Types::kAsTheyAre: return {};
        case Types::kPromoted: return settle_promoted(false);
        case Types::kFloat: return settle_promoted(true);
        case Types::kAsked:
        case Types::kSum: return settle_asked();
    }
    return {};
}

Status Call::settle_promoted(bool floats) {
    TypeVote vote;
    std::vector<std::pair<size_t, ValueId>> tensors;
    for (size_t i = 0; i < values.size(); ++i) {
        if (stands_apart(schema.parameters[i].name)) continue;
        if (values[i].is(Kind::kTensor)) {
            TRY(const ValueId id, importer.read(values[i]));
            vote.tensor(type(id), rank(id));
            tensors.emplace_back(i, id);
        } else if (schema.parameters[i].type.base == ParameterType::Base::kScalar && !values[i].none() &&
                   schema.parameters[i].name != "alpha") {
            vote.number(own_type(values[i]));
        }
    }
    auto common = vote.result();
    if (!common) return {};
    if (floats && !is_float(*common)) common = DType::kF32;
    for (const auto& [i, id] : tensors) {
        TRY(settled_[i], importer.cast(id, *common));
    }
    for (size_t i = 0; i < values.size(); ++i) {
        if (schema.parameters[i].type.base != ParameterType::Base::kScalar || values[i].none()) continue;
        TRY(settled_[i], importer.number(values[i], *common));
    }
    return {};
}

Status Call::settle_asked() {
    TRY(const ValueId self, importer.read(values[0]));
    TRY(const auto asked, dtype("dtype"));
    const bool whole = is_integer(type(self)) || type(self) == DType::kBool;
    const DType wanted = asked ? *asked : row.types == Types::kSum && whole ? DType::kI64 : type(self);
    TRY(settled_[0], importer.cast(self, wanted));
    return {};
}

Result<ValueId> Call::tensor(std::string_view parameter) {
    const int i = schema.find(parameter);
    CHECK(i >= 0, parameter);
    if (const auto it = settled_.find(static_cast<size_t>(i)); it != settled_.end()) return it->second;
    return importer.read(values[static_cast<size_t>(i)]);
}

Result<ValueId> Call::optional_tensor(std::string_view parameter) {
    if (!given(parameter)) return kNoValue;
    return tensor(parameter);
}

Result<std::vector<ValueId>> Call::tensors(std::string_view parameter) {
    const Items* items = value(parameter).items();
    if (items == nullptr)
        return fail("its argument '{}' is {}, expected a list", parameter, describe(value(parameter)));
    std::vector<ValueId> ids;
    for (const Value& item : *items) {
        if (item.none()) {
            ids.push_back(kNoValue);
            continue;
        }
        TRY(ids.emplace_back(), importer.read(item));
    }
    return ids;
}

Result<ValueId> Call::operand(std::string_view parameter, DType dtype) {
    const int i = schema.find(parameter);
    CHECK(i >= 0, parameter);
    if (const auto it = settled_.find(static_cast<size_t>(i)); it != settled_.end())
        return importer.cast(it->second, dtype);
    const Value& v = values[static_cast<size_t>(i)];
    if (!v.is(Kind::kTensor)) return importer.number(v, dtype);
    TRY(const ValueId id, importer.read(v));
    return importer.cast(id, dtype);
}

Result<Dim> Call::size(std::string_view parameter) const {
    const Value& v = value(parameter);
    if (const auto* dim = v.as<Dim>()) return *dim;
    return fail("its argument '{}' is {}, expected an integer", parameter, describe(v));
}

Result<Dims> Call::dims(std::string_view parameter) const {
    const Value& v = value(parameter);
    if (v.none()) return Dims{};
    if (v.is(Kind::kInt)) return Dims{*v.as<Dim>()};
    TRY(Attr attr, attribute(v, AttrType::kDims, parameter));
    return *std::get_if<Dims>(&attr);
}

Result<int64_t> Call::integer(std::string_view parameter) const {
    TRY(const Dim dim, size(parameter));
    if (const auto known = dim.constant()) return *known;
    return fail(
        "its argument '{}' is {}, expected a number that is known before the model runs; give the input's shape",
        parameter, dim.text());
}

Result<int64_t> Call::integer_or(std::string_view parameter, int64_t absent) const {
    return given(parameter) ? integer(parameter) : Result<int64_t>(absent);
}

Result<Ints> Call::ints(std::string_view parameter) const {
    TRY(const Dims all, dims(parameter));
    Ints result;
    for (const Dim& dim : all) {
        const auto known = dim.constant();
        if (!known)
            return fail(
                "its argument '{}' holds {}, expected numbers that are known before the model runs; give the input's shape",
                parameter, dim.text());
        result.push_back(*known);
    }
    return result;
}

Result<double> Call::number(std::string_view parameter) const {
    TRY(const Attr attr, attribute(value(parameter), AttrType::kFloat, parameter));
    return *std::get_if<double>(&attr);
}

Result<Floats> Call::numbers(std::string_view parameter) const {
    if (!given(parameter)) return Floats{};
    TRY(const Attr attr, attribute(value(parameter), AttrType::kFloats, parameter));
    return *std::get_if<Floats>(&attr);
}

bool Call::flag(std::string_view parameter) const {
    const auto* flag = value(parameter).as<bool>();
    return flag != nullptr && *flag;
}

std::string Call::text(std::string_view parameter) const {
    const auto* text = value(parameter).as<std::string>();
    return text == nullptr ? std::string() : *text;
}

Result<std::optional<DType>> Call::dtype(std::string_view parameter) const {
    if (!given(parameter)) return std::optional<DType>();
    TRY(const int64_t code, integer(parameter));
    const auto dtype = dtype_of_scalar_type(code);
    if (!dtype)
        return fail("its argument '{}' is the element type {}, which Lathe does not have", parameter, code);
    return dtype;
}

Result<int> Call::axis(std::string_view parameter, int rank) const {
    TRY(const int64_t axis, integer(parameter));
    return graph::normal_axis(axis, std::max(rank, 1));
}

ValueId Call::constant_like(ValueId like, double value) {
    return importer.constant(Tensor::filled(type(like), {}, value));
}

namespace {

std::optional<double> plain_number(const Value& value) {
    if (const auto* f = value.as<double>()) return *f;
    if (const auto* flag = value.as<bool>()) return *flag ? 1 : 0;
    if (const auto* dim = value.as<Dim>(); dim != nullptr && dim->is_constant())
        return static_cast<double>(*dim->constant());
    return std::nullopt;
}

std::optional<Attr> list_attribute(const Items& items, AttrType type) {
    Dims dims;
    Ints ints;
    Floats floats;
    for (const Value& item : items) {
        const auto* dim = item.as<Dim>();
        if (type == AttrType::kFloats) {
            const auto number = plain_number(item);
            if (!number) return std::nullopt;
            floats.push_back(*number);
        } else if (dim == nullptr || (type == AttrType::kInts && !dim->is_constant())) {
            return std::nullopt;
        } else {
            dims.push_back(*dim);
            if (dim->is_constant()) ints.push_back(*dim->constant());
        }
    }
    if (type == AttrType::kFloats) return floats;
    return type == AttrType::kInts ? Attr(std::move(ints)) : Attr(std::move(dims));
}

}  // namespace

Result<Attr> Call::attribute(const Value& value, AttrType type, std::string_view parameter) const {
    std::optional<Attr> result;
    const auto* dim = value.as<Dim>();
    const auto number = plain_number(value);
    const std::optional<int64_t> integer = dim != nullptr ? dim->constant() : std::nullopt;
    switch (type) {
        case AttrType::kBool:
            if (const auto* flag = value.as<bool>()) result = *flag;
            break;
        case AttrType::kInt:
            if (integer) result = *integer;
            break;
        case AttrType::kFloat:
            if (number) result = *number;
            break;
        case AttrType::kString:
            if (const auto* text = value.as<std::string>()) result = *text;
            break;
        case AttrType::kDType:
            if (const auto dtype = integer ? dtype_of_scalar_type(*integer) : std::nullopt) result = *dtype;
            break;
        case AttrType::kInts:
        case AttrType::kDims:
        case AttrType::kFloats:
            if (const Items* items = value.items()) result = list_attribute(*items, type);
            else if (dim != nullptr || number) result = list_attribute({value}, type);
            break;
        case AttrType::kTensor: break;
    }
    if (result) return *std::move(result);
    return fail("its argument '{}' is {}, expected {} that is known before the model runs", parameter,
                describe(value), graph::name_of(type));
}

}  // namespace lathe::formats::torch
