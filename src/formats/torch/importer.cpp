#include "formats/torch/importer.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "formats/torch/call.h"
#include "formats/torch/scalar_type.h"
#include "ops/ops.h"

namespace lathe::formats::torch {
namespace {

constexpr size_t kMostNodes = 100'000;
constexpr std::string_view kNamespace = "aten::";
constexpr size_t kPlacesShown = 3;
constexpr size_t kMostElements = 2'000'000;
constexpr size_t kMostCompared = 1'000'000;
constexpr int64_t kMostConstantBytes = int64_t{1} << 29;
constexpr int kMostReadings = 5000;

// "relu_" is relu in place; "__and__" and the like are names of their own.
bool names_change_in_place(std::string_view name) { return name.ends_with('_') && !name.ends_with("__"); }

// No operator takes lists of lists of lists; deeper ones (which may hold themselves) are not looked into.
bool any_unknown(const Items& values, int depth = 0) {
    return std::ranges::any_of(values, [&](const Value& v) {
        return v.is(Kind::kUnknown) ||
               (v.items() != nullptr && depth < 3 && any_unknown(*v.items(), depth + 1));
    });
}

std::string kinds_of(const Arguments& arguments) {
    std::string text;
    for (const Value& v : arguments.positional)
        text += (text.empty() ? "" : ", ") + std::string(name_of(v.kind()));
    for (const auto& [name, v] : arguments.named)
        text += format("{}{}={}", text.empty() ? "" : ", ", printable(name), name_of(v.kind()));
    return text;
}

}  // namespace

Importer::Importer() : place([] { return std::string(); }), sizes_(graph) {
    for (const Row* row : all_rows()) {
        Schema schema = parse_schema(row->schema);
        rows_[std::string(schema.name)].push_back({row, std::move(schema)});
    }
}

Importer::~Importer() {
    for (Value& value : kept_) {
        if (auto* list = value.as<std::shared_ptr<List>>()) (*list)->items.clear();
        if (auto* dict = value.as<std::shared_ptr<Dict>>()) (*dict)->entries.clear();
        if (auto* object = value.as<std::shared_ptr<Object>>()) (*object)->members.clear();
    }
    // Tuples hold only what was there before them: last in, first out.
    while (!kept_.empty()) kept_.pop_back();
}

Value Importer::keep(Value container) {
    const Kind kind = container.kind();
    if (kind != Kind::kList && kind != Kind::kTuple && kind != Kind::kDict && kind != Kind::kObject)
        return container;
    kept_elements_ += 1 + (container.items() == nullptr ? 0 : container.items()->size());
    kept_.push_back(container);
    return container;
}

Status Importer::check_budgets() const {
    if (kept_elements_ > kMostElements)
        return fail("the program makes lists of more than {} elements in all", kMostElements);
    if (compared_ > kMostCompared)
        return fail("the program looks through more than {} elements of lists in all", kMostCompared);
    if (constant_bytes_ > kMostConstantBytes)
        return fail("the program makes constants of more than {} bytes in all", kMostConstantBytes);
    return {};
}

Status Importer::count_reading() {
    if (++readings_ > kMostReadings)
        return fail("the program reads more than {} numbers out of tensors", kMostReadings);
    return {};
}

const std::vector<Importer::ParsedRow>* Importer::find(std::string_view name) const {
    if (name.starts_with(kNamespace)) name.remove_prefix(kNamespace.size());
    const auto it = rows_.find(name);
    return it == rows_.end() ? nullptr : &it->second;
}

bool Importer::has_operator(std::string_view name) const {
    return find(name) != nullptr ||
           (names_change_in_place(name) && find(name.substr(0, name.size() - 1)) != nullptr);
}

void Importer::note_unsupported(const std::string& what) { unsupported_[what].push_back(place()); }

Status Importer::check_supported() const {
    if (unsupported_.empty()) return {};
    std::string text;
    for (const auto& [op, places] : unsupported_) {
        text += format("{}{}", text.empty() ? "" : ", ", op);
        if (places[0].empty()) continue;
        text += " (" + join(std::span(places).first(std::min(places.size(), kPlacesShown)), ", ");
        text += places.size() > kPlacesShown ? format(" and {} more)", places.size() - kPlacesShown) : ")";
    }
    return fail("operators that Lathe does not have: {}", text);
}

Result<Value> Importer::call(std::string_view name, std::string_view overload, const Arguments& arguments) {
    TRY_STATUS(check_budgets());
    const std::vector<ParsedRow>* rows = find(name);
    bool in_place = false;
    if (rows == nullptr && names_change_in_place(name)) {
        rows = find(name.substr(0, name.size() - 1));
        in_place = rows != nullptr;
    }
    const std::string full = std::string(name) + (overload.empty() ? "" : "." + std::string(overload));
    if (rows == nullptr) {
        note_unsupported(printable(full));
        return unknown(format("the result of {}", printable(full)));
    }
    std::string why;
    for (const ParsedRow& row : *rows) {
        if (!overload.empty() && overload != row.schema.overload &&
            !(overload == "default" && row.schema.overload.empty()))
            continue;
        auto values = match_arguments(row.schema, arguments);
        if (!values) {
            why = values.error().message;
            continue;
        }
        if (!row.row->takes_unknown && any_unknown(*values))
            return on_unknown ? on_unknown(row.schema, *values) : unknown(format("the result of {}", full));
        return with_place(run(row, *std::move(values), in_place), printable(full));
    }
    if (rows->size() > 1 || why.empty()) why = kinds_of(arguments);
    note_unsupported(format("{}({})", printable(full), why));
    return unknown(format("the result of {}", printable(full)));
}

Result<Value> Importer::run(const ParsedRow& row, Items values, bool in_place) {
    Call call(*this, *row.row, row.schema, std::move(values));
    if (row.row->compute != nullptr && !in_place) {
        TRY(Value result, row.row->compute(call));
        return keep(std::move(result));
    }
    const bool moves =
        row.row->alias == Alias::kView || row.row->alias == Alias::kCopyOrView || row.row->gives_list;
    if (in_place &&
        (moves || row.row->compute != nullptr || call.values.empty() || !call.values[0].is(Kind::kTensor)))
        return fail("changes the shape of a tensor in place, which is not supported");
    const Items given = call.values;
    TRY(const auto results, call.run());
    if (!in_place) return wrap(row, given, results);
    const TensorRef& self = *given[0].as<TensorRef>();
    TRY(const ValueId old, torch::read(graph, self));
    TRY(ValueId fresh, cast(results[0], graph[old].dtype));
    const Dims &before = graph[old].shape, &after = graph[fresh].shape;
    if (before.size() != after.size())
        return fail("its result {} does not fit into {}", graph::to_string(after), graph::to_string(before));
    TRY_STATUS(write(graph, self, fresh));
    return given[0];
}

// Results as tensors of the program: the same tensor, a view of it, or a new one.
Result<Value> Importer::wrap(const ParsedRow& row, const Items& values, const std::vector<ValueId>& results) {
    const Alias alias = row.row->alias;
    Items items;
    for (size_t i = 0; i < results.size(); ++i) {
        if (results[i] == kNoValue) {
            items.push_back(
                unknown(format("result {} of {}, which Lathe does not compute", i, row.schema.name)));
            continue;
        }
        if (alias == Alias::kFresh || values.empty() || !values[0].is(Kind::kTensor)) {
            items.push_back(Value(make_tensor(results[i])));
            continue;
        }
        const TensorRef& self = *values[0].as<TensorRef>();
        TRY(const ValueId base, torch::read(graph, self));
        if (alias == Alias::kSame) {
            items.push_back(results[i] == base ? values[0] : Value(make_tensor(results[i])));
            continue;
        }
        const auto again = [this, row = &row, values, i](ValueId on) -> Result<ValueId> {
            Call call(*this, *row->row, row->schema, values);
            call.values[0] = Value(make_tensor(on));
            TRY(const auto remade, call.run());
            return remade[i];
        };
        WriteBack write_back;
        if (row.row->write_back != nullptr)
            write_back = [this, row = &row, values, i](ValueId on, ValueId changed) -> Result<ValueId> {
                Call call(*this, *row->row, row->schema, values);
                call.values[0] = Value(make_tensor(on));
                return row->row->write_back(call, changed, i);
            };
        TRY(TensorRef view, make_view(self, results[i], alias == Alias::kView, again, std::move(write_back)));
        items.push_back(Value(std::move(view)));
    }
    if (row.row->gives_list) return keep(make_list(std::move(items)));
    return items.size() == 1 ? items[0] : keep(make_tuple(std::move(items)));
}

Result<ValueId> Importer::read(const Value& tensor) {
    const auto* ref = tensor.as<TensorRef>();
    if (ref == nullptr) return fail("{} where a tensor is expected", describe(tensor));
    return torch::read(graph, *ref);
}

Result<std::vector<ValueId>> Importer::add_many(std::string_view op, std::vector<ValueId> operands,
                                                Attrs attrs, size_t outputs) {
    const graph::OpDef* row = ops::find_op(op);
    CHECK(row != nullptr, op);
    if (op == "cast" && operands.size() == 1) {
        const auto* to = attrs.find("to") == nullptr ? nullptr : std::get_if<DType>(attrs.find("to"));
        if (to != nullptr && graph[operands[0]].dtype == *to) return operands;
    }
    if (graph.nodes.size() >= kMostNodes) return fail("the program makes more than {} nodes", kMostNodes);
    const std::string name = hint.empty() ? std::string(op) : hint;
    TRY(const size_t index, graph::add_node(graph, *row, std::move(operands), std::move(attrs),
                                            std::vector<std::string>(outputs, name), name));
    return graph.nodes[index].outputs;
}

Result<ValueId> Importer::add(std::string_view op, std::vector<ValueId> operands, Attrs attrs) {
    TRY(const auto results, add_many(op, std::move(operands), std::move(attrs), 1));
    return results[0];
}

ValueId Importer::constant(Tensor tensor) {
    constant_bytes_ += tensor.size_bytes();
    return graph.add_constant(hint.empty() ? "constant" : hint + ".constant", std::move(tensor));
}

Result<ValueId> Importer::number(const Value& value, DType dtype) {
    if (const auto* flag = value.as<bool>()) return constant(Tensor::filled(dtype, {}, *flag ? 1 : 0));
    if (const auto* f = value.as<double>()) return constant(Tensor::filled(dtype, {}, *f));
    const auto* dim = value.as<Dim>();
    if (dim == nullptr) return fail("{} where a number is expected", describe(value));
    if (const auto known = dim->constant()) {
        if (is_float(dtype)) return constant(Tensor::filled(dtype, {}, static_cast<double>(*known)));
        return constant(tensor_from_ints(dtype, {}, std::span(&*known, 1)));
    }
    TRY(const ValueId vector, sizes({*dim}));
    TRY(const ValueId scalar, add("reshape", {vector}, {{"shape", Dims{}}}));
    return cast(scalar, dtype);
}

Result<ValueId> Importer::sizes(const Dims& dims) {
    if (const auto known = graph::constant_shape(dims)) return constant(Tensor::ints(*known));
    if (learnt_ == 0)
        for (const ValueId id : graph.inputs) sizes_.learn(id);
    for (; learnt_ < graph.nodes.size(); ++learnt_)
        for (const ValueId id : graph.nodes[learnt_].outputs)
            if (id != kNoValue) sizes_.learn(id);
    return sizes_.vector(dims);
}

Result<ValueId> Importer::cast(ValueId value, DType dtype) {
    if (graph[value].dtype == dtype) return value;
    return add("cast", {value}, {{"to", dtype}});
}

Result<std::vector<ValueId>> Importer::promoted(std::vector<ValueId> values) {
    TypeVote vote;
    for (const ValueId id : values) vote.tensor(graph[id].dtype, static_cast<int>(graph[id].shape.size()));
    const auto common = vote.result();
    for (ValueId& id : values) {
        TRY(id, cast(id, *common));
    }
    return values;
}

Result<ValueId> Importer::reshape(ValueId value, const Dims& shape) {
    if (graph[value].shape == shape) return value;
    const bool zero = std::ranges::find(shape, Dim(0)) != shape.end();
    return add("reshape", {value}, {{"shape", shape}, {"allowzero", zero}});
}

Result<ValueId> Importer::expand(ValueId value, const Dims& shape) {
    if (graph[value].shape == shape) return value;
    return add("expand", {value}, {{"shape", shape}});
}

Result<ValueId> Importer::transposed(ValueId value) {
    const int rank = static_cast<int>(graph[value].shape.size());
    if (rank < 2) return value;
    std::vector<int> swap(static_cast<size_t>(rank));
    for (int i = 0; i < rank; ++i) swap[static_cast<size_t>(i)] = i;
    std::swap(swap[static_cast<size_t>(rank) - 1], swap[static_cast<size_t>(rank) - 2]);
    if (!graph[value].constant)
        return add("transpose", {value}, {{"perm", graph::Ints(swap.begin(), swap.end())}});
    const auto [it, fresh] = transposed_.try_emplace(value, kNoValue);
    if (fresh)
        it->second =
            graph.add_constant(graph[value].name + ".transposed", graph[value].constant->transposed(swap));
    return it->second;
}

}  // namespace lathe::formats::torch
