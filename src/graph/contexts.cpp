#include "graph/contexts.h"

#include <algorithm>

#include "base/check.h"

namespace lathe::graph {

const Attr& AttrReader::get(std::string_view name) const {
    const Attr* attr = attrs_.find(name);
    CHECK(attr != nullptr, name);
    return *attr;
}
bool AttrReader::flag(std::string_view name) const { return *std::get_if<bool>(&get(name)); }
int64_t AttrReader::integer(std::string_view name) const { return *std::get_if<int64_t>(&get(name)); }
double AttrReader::number(std::string_view name) const { return *std::get_if<double>(&get(name)); }
const std::string& AttrReader::string(std::string_view name) const {
    return *std::get_if<std::string>(&get(name));
}
DType AttrReader::dtype(std::string_view name) const { return *std::get_if<DType>(&get(name)); }
const Ints& AttrReader::list(std::string_view name) const { return *std::get_if<Ints>(&get(name)); }
const Floats& AttrReader::numbers(std::string_view name) const { return *std::get_if<Floats>(&get(name)); }

InferContext::InferContext(const Graph& graph, const Node& node)
    : AttrReader(*node.op, node.attrs), results(node.outputs.size()), graph_(graph), node_(node) {}

const Value& InferContext::value(int i) const {
    CHECK(has(i), node_.op->name);
    return graph_[node_.inputs[static_cast<size_t>(i)]];
}

bool InferContext::given(std::string_view name) const {
    if (const int i = op().input_index(name); i >= 0 && has(i)) return true;
    const Attr* attr = attrs().find(name);
    const AttrDef* def = op().find_attr(name);
    if (attr == nullptr || def == nullptr) return false;
    if (def->absent == kRequired) return true;
    const auto absent = parse_attr(def->type, def->absent);
    return !absent || !same_attr(*attr, *absent);
}

std::optional<Dims> InferContext::dims(std::string_view name) const {
    if (const int i = op().input_index(name); i >= 0 && has(i)) return contents(i);
    const Attr* attr = attrs().find(name);
    CHECK(attr != nullptr, name);
    if (const Dims* dims = std::get_if<Dims>(attr)) return *dims;
    if (const Ints* ints = std::get_if<Ints>(attr)) return Dims(ints->begin(), ints->end());
    return Dims{Dim(*std::get_if<int64_t>(attr))};
}

std::optional<Ints> InferContext::ints(std::string_view name) const {
    const auto found = dims(name);
    return found ? constant_shape(*found) : std::nullopt;
}

Dim InferContext::unknown(std::string_view hint) {
    const size_t asked = unknown_sizes.size();
    if (asked < node_.unknown_sizes.size()) {
        unknown_sizes.push_back(node_.unknown_sizes[asked]);
        return Dim::symbol(unknown_sizes.back());
    }
    std::vector<std::string> taken = symbols_of(graph_);
    taken.insert(taken.end(), unknown_sizes.begin(), unknown_sizes.end());
    for (const Node& node : graph_.nodes)
        taken.insert(taken.end(), node.unknown_sizes.begin(), node.unknown_sizes.end());
    const std::string base =
        format("{}.{}", node_.name.empty() ? node_.op->name : std::string_view(node_.name), hint);
    Dim fresh = Dim::symbol(base);
    for (int i = 1; std::ranges::find(taken, fresh.text()) != taken.end(); ++i)
        fresh = Dim::symbol(format("{}_{}", base, i));
    unknown_sizes.push_back(fresh.text());
    return fresh;
}

void InferContext::output(int i, DType type, Dims shape) {
    if (static_cast<size_t>(i) < results.size())
        results[static_cast<size_t>(i)] = Output{type, std::move(shape), std::nullopt};
}

void InferContext::output_contents(int i, std::optional<Dims> contents) {
    if (static_cast<size_t>(i) >= results.size() || (contents && contents->size() > 64)) return;
    results[static_cast<size_t>(i)]->contents = std::move(contents);
}

bool EvalContext::given(std::string_view name) const {
    if (const int i = op().input_index(name); i >= 0 && has(i)) return true;
    const Attr* attr = attrs().find(name);
    const AttrDef* def = op().find_attr(name);
    if (attr == nullptr || def == nullptr) return false;
    if (def->absent == kRequired) return true;
    const auto absent = parse_attr(def->type, def->absent);
    return !absent || !same_attr(*attr, *absent);
}

Result<Ints> EvalContext::ints(std::string_view name) const {
    if (const int i = op().input_index(name); i >= 0 && has(i)) return in(i).to_ints();
    const Attr* attr = attrs().find(name);
    CHECK(attr != nullptr, name);
    if (const Ints* ints = std::get_if<Ints>(attr)) return *ints;
    if (const int64_t* one = std::get_if<int64_t>(attr)) return Ints{*one};
    return graph::evaluate(*std::get_if<Dims>(attr), bindings_);
}

Result<int> normal_axis(int64_t axis, int rank) {
    if (axis < -rank || axis >= rank) return fail("axis {} is outside [-{}, {})", axis, rank, rank);
    return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Result<std::vector<int>> normal_axes(const Ints& axes, int rank) {
    std::vector<int> result;
    for (const int64_t axis : axes) {
        TRY(const int normal, normal_axis(axis, rank));
        if (std::ranges::find(result, normal) != result.end()) return fail("axis {} is listed twice", axis);
        result.push_back(normal);
    }
    return result;
}

Result<Dims> broadcast(const Dims& a, const Dims& b) {
    const size_t rank = std::max(a.size(), b.size());
    Dims result(rank);
    for (size_t i = 0; i < rank; ++i) {
        const Dim x = i + a.size() < rank ? Dim(1) : a[i + a.size() - rank];
        const Dim y = i + b.size() < rank ? Dim(1) : b[i + b.size() - rank];
        const auto one = [](const Dim& d) { return d.is_constant() && *d.constant() == 1; };
        if (one(x)) result[i] = y;
        else if (one(y) || x == y) result[i] = x;
        else if (x.is_constant() && y.is_constant())
            return fail("shapes {} and {} do not broadcast: {} against {} at axis {}", to_string(a),
                        to_string(b), x.text(), y.text(), i);
        else result[i] = x.is_constant() ? x : y.is_constant() ? y : x;
    }
    return result;
}

Result<Shape> broadcast(const Shape& a, const Shape& b) {
    TRY(const Dims result, broadcast(dims_of(a), dims_of(b)));
    return *constant_shape(result);
}

Result<std::vector<Tensor>> evaluate(const OpDef& op, const Attrs& attrs,
                                     std::span<const Tensor* const> inputs, size_t outputs,
                                     const Bindings& bindings) {
    EvalContext context(op, attrs, inputs, outputs, bindings);
    TRY_STATUS(op.evaluate(context));
    std::vector<Tensor> tensors;
    for (auto& result : context.results) {
        CHECK(result.has_value(), op.name);
        tensors.push_back(std::move(*result));
    }
    return tensors;
}

}  // namespace lathe::graph
