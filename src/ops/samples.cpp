#include "ops/samples.h"

#include <cmath>

#include "base/text.h"

namespace lathe::ops {
namespace {

using namespace graph;

// splitmix64 (Steele, Lea, Flood 2014): one step from `state`.
uint64_t mix(uint64_t state) {
    state += 0x9e3779b97f4a7c15u;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

struct Range {
    double low = -1, high = 1;
};

Tensor made_by_rule(DType dtype, const Shape& shape, Range range, uint64_t seed) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i) {
        const double unit = static_cast<double>(mix(seed + i) >> 11) * 0x1p-53;  // [0, 1)
        if (is_float(dtype)) values[i] = range.low + unit * (range.high - range.low);
        else values[i] = range.low + std::floor(unit * (range.high - range.low + 1));
    }
    return tensor_from_doubles(dtype, shape, values);
}

template <class T>
Result<std::vector<T>> numbers(std::string_view text, bool (*parse)(std::string_view, T&)) {
    std::vector<T> values;
    for (const std::string_view part : split(text, ',')) {
        T value{};
        if (!parse(trim(part), value)) return fail("'{}' is no number", printable(part));
        values.push_back(value);
    }
    return values;
}

Result<Tensor> written_values(DType dtype, const Shape& shape, std::string_view text) {
    const auto count = static_cast<size_t>(element_count(shape));
    const auto fits = [&](size_t given) { return given == count || given == 1; };
    if (is_float(dtype)) {
        TRY(auto values, numbers<double>(text, parse_double));
        if (!fits(values.size())) return fail("{} values for the shape {}", values.size(), to_string(shape));
        values.resize(count, values[0]);
        return tensor_from_doubles(dtype, shape, values);
    }
    TRY(auto values, numbers<int64_t>(text, parse_int));
    if (!fits(values.size())) return fail("{} values for the shape {}", values.size(), to_string(shape));
    values.resize(count, values[0]);
    return tensor_from_ints(dtype, shape, values);
}

// "f32[2, 3]{0.5, 2}" or "i64[3]=1,0,2"
Result<Tensor> parse_operand(std::string_view text, uint64_t seed, bool& written) {
    const size_t open = text.find('['), close = text.find(']');
    if (open == text.npos || close == text.npos || close < open)
        return fail("'{}' has no shape", printable(text));
    const auto dtype = dtype_named(trim(text.substr(0, open)));
    if (!dtype) return fail("'{}' has no dtype", printable(text));
    Shape shape;
    if (const auto inside = text.substr(open + 1, close - open - 1); !trim(inside).empty()) {
        TRY(shape, numbers<int64_t>(inside, parse_int));
    }
    if (!checked_element_count(shape)) return fail("'{}' has a shape of no size", printable(text));
    const std::string_view rest = trim(text.substr(close + 1));
    written = rest.starts_with('=');
    if (written) return written_values(*dtype, shape, rest.substr(1));
    Range range;
    if (!is_float(*dtype) && !is_signed_integer(*dtype)) range.low = 0;
    if (rest.empty()) return made_by_rule(*dtype, shape, range, seed);
    if (!rest.starts_with('{') || !rest.ends_with('}'))
        return fail("'{}' is neither a range nor values", printable(rest));
    TRY(const auto ends, numbers<double>(rest.substr(1, rest.size() - 2), parse_double));
    if (ends.size() != 2) return fail("'{}' is no range", printable(rest));
    return made_by_rule(*dtype, shape, {ends[0], ends[1]}, seed);
}

Result<Attrs> parse_attrs(const OpDef& op, std::string_view text) {
    Attrs attrs;
    for (const std::string_view part : split(text, ';')) {
        if (trim(part).empty()) continue;
        const size_t equals = part.find('=');
        const AttrDef* def = equals == part.npos ? nullptr : op.find_attr(trim(part.substr(0, equals)));
        if (def == nullptr) return fail("{} has no attribute like '{}'", op.name, printable(part));
        TRY(Attr value, parse_attr(def->type, part.substr(equals + 1)));
        attrs.set(def->name, std::move(value));
    }
    return attrs;
}

}  // namespace

Result<SampleInputs> parse_sample(const OpDef& op, const Sample& sample, uint64_t seed) {
    SampleInputs result;
    if (!trim(sample.inputs).empty())
        for (const std::string_view part : split(sample.inputs, ';')) {
            const std::string_view text = trim(part);
            bool written = false;
            std::optional<Tensor> operand;
            if (text != "-") {
                const uint64_t place = mix(mix(seed) + result.operands.size());
                TRY(operand, with_place(parse_operand(text, place, written), op.name));
            }
            result.operands.push_back(std::move(operand));
            result.written.push_back(written);
        }
    TRY(result.attrs, parse_attrs(op, sample.attrs));
    size_t required = 0;
    for (const OperandDef& out : op.outputs) required += out.arity != Arity::kOptional;
    result.outputs = sample.outputs > 0 ? static_cast<size_t>(sample.outputs) : required;
    return result;
}

Result<SampleGraph> sample_graph(const OpDef& op, const Sample& sample, uint64_t seed) {
    TRY(SampleInputs inputs, parse_sample(op, sample, seed));
    SampleGraph result;
    Graph& graph = result.graph;
    graph.name = op.name;
    std::vector<ValueId> operands;
    for (size_t i = 0; i < inputs.operands.size(); ++i) {
        const auto& tensor = inputs.operands[i];
        if (!tensor) {
            operands.push_back(kNoValue);
            continue;
        }
        const std::string name(op.inputs[std::min(i, op.inputs.size() - 1)].name);
        if (inputs.written[i] && !is_float(tensor->dtype())) {
            operands.push_back(graph.add_constant(name, *tensor));
            continue;
        }
        operands.push_back(
            graph.add_value({.name = name, .dtype = tensor->dtype(), .shape = dims_of(tensor->shape())}));
        graph.inputs.push_back(operands.back());
        result.inputs.push_back(*tensor);
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < inputs.outputs; ++i)
        names.emplace_back(op.outputs[std::min(i, op.outputs.size() - 1)].name);
    TRY(const size_t node, add_node(graph, op, std::move(operands), std::move(inputs.attrs), std::move(names),
                                    std::string(op.name)));
    graph.outputs = graph.nodes[node].outputs;
    return result;
}

}  // namespace lathe::ops
