#include "check/compare.h"

#include <algorithm>

namespace lathe::check {
namespace {

using graph::Graph;
using graph::ValueId;

uint64_t splitmix64(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t fnv1a64(std::string_view text) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

Tensor random_tensor(DType dtype, const Shape& shape, uint64_t seed) {
    const auto count = static_cast<size_t>(element_count(shape));
    if (is_float(dtype)) {
        std::vector<double> values(count);
        for (size_t i = 0; i < count; ++i)
            values[i] = 2 * (static_cast<double>(splitmix64(seed + i) >> 11) * 0x1p-53) - 1;
        return tensor_from_doubles(dtype, shape, values);
    }
    std::vector<int64_t> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<int64_t>(splitmix64(seed + i) >> 61);
    return tensor_from_ints(dtype, shape, values);
}

const Tensor* find(const NamedTensors& named, std::string_view name) {
    const auto it =
        std::ranges::find(named, name, [](const auto& entry) { return std::string_view(entry.first); });
    return it == named.end() ? nullptr : &it->second;
}

std::string names_of(const NamedTensors& named) {
    std::string text;
    for (const auto& [name, tensor] : named) text += (text.empty() ? "" : ", ") + name;
    return text.empty() ? "nothing" : text;
}

Result<NamedTensors> run_side(const run::Program& program, const Graph& graph, const NamedTensors& inputs) {
    TRY(const auto ordered, inputs_in_order(graph, inputs));
    TRY(auto outputs, program.run(ordered));
    NamedTensors named;
    for (size_t i = 0; i < outputs.size(); ++i)
        named.emplace_back(graph[graph.outputs[i]].name, std::move(outputs[i]));
    return named;
}

Result<std::vector<Metrics>> compare_sets(const NamedTensors& actual, const NamedTensors& reference,
                                          Tolerance tolerance, bool common_only) {
    std::vector<Metrics> metrics;
    for (const auto& [name, desired] : reference) {
        const Tensor* found = find(actual, name);
        if (found == nullptr) {
            if (common_only) continue;
            return fail("the first model has no output '{}'; it has {}", name, names_of(actual));
        }
        TRY(Metrics m, compare(name, *found, desired, tolerance));
        metrics.push_back(std::move(m));
    }
    if (metrics.empty())
        return fail("no output in common: {} against {}", names_of(actual), names_of(reference));
    if (!common_only)
        for (const auto& [name, tensor] : actual)
            if (find(reference, name) == nullptr)
                return fail("the second model has no output '{}'; it has {}", name, names_of(reference));
    return metrics;
}

}  // namespace

Result<NamedTensors> random_inputs(const Graph& graph, const InputSizes& sizes, uint64_t seed) {
    graph::Bindings bindings = sizes.sizes;
    for (const std::string& symbol : graph::symbols_of(graph)) bindings.try_emplace(symbol, sizes.other);
    NamedTensors inputs;
    for (const ValueId id : graph.inputs) {
        const auto& value = graph[id];
        TRY(const Shape shape,
            with_place(graph::evaluate(value.shape, bindings), format("input '{}'", value.name)));
        if (!checked_element_count(shape))
            return fail("input '{}' would have shape {}", value.name, to_string(shape));
        inputs.emplace_back(value.name,
                            random_tensor(value.dtype, shape, splitmix64(seed) ^ fnv1a64(value.name)));
    }
    return inputs;
}

Result<std::vector<Tensor>> inputs_in_order(const Graph& graph, const NamedTensors& named) {
    const auto is_input = [&](const auto& entry) {
        return std::ranges::any_of(graph.inputs, [&](ValueId id) { return graph[id].name == entry.first; });
    };
    const auto missing = std::ranges::count_if(
        graph.inputs, [&](ValueId id) { return find(named, graph[id].name) == nullptr; });
    // One input may come under any name, as the array of a .npy does.
    const bool one_left = missing == 1 && std::ranges::count_if(named, is_input) + 1 == std::ssize(named);
    std::vector<Tensor> ordered;
    for (const ValueId id : graph.inputs) {
        const auto& value = graph[id];
        const Tensor* tensor = find(named, value.name);
        if (tensor == nullptr && one_left) tensor = &std::ranges::find_if_not(named, is_input)->second;
        if (tensor == nullptr)
            return fail("no tensor for the input '{}'; given: {}", value.name, names_of(named));
        const bool convert = is_float(tensor->dtype()) && is_float(value.dtype);
        ordered.push_back(convert ? tensor->to(value.dtype) : *tensor);
    }
    return ordered;
}

Result<Comparison> compare_outputs(const NamedTensors& actual, const NamedTensors& reference,
                                   Tolerance tolerance, bool common_only) {
    TRY(auto metrics, compare_sets(actual, reference, tolerance, common_only));
    return Comparison{tolerance, std::move(metrics), 1};
}

Result<Comparison> compare_graphs(const Side& actual, const Side& reference,
                                  std::span<const NamedTensors> input_sets, Tolerance tolerance,
                                  bool common_only, const Progress& progress) {
    TRY(const auto program_a, actual.engine.plan(actual.graph));
    TRY(const auto program_b, reference.engine.plan(reference.graph));
    Comparison comparison{.tolerance = tolerance};
    for (const NamedTensors& inputs : input_sets) {
        if (progress) progress("comparing", static_cast<uint64_t>(comparison.samples), input_sets.size());
        TRY(const NamedTensors a, with_place(run_side(*program_a, actual.graph, inputs), "first model"));
        TRY(const NamedTensors b, with_place(run_side(*program_b, reference.graph, inputs), "second model"));
        TRY(auto metrics, compare_sets(a, b, tolerance, common_only));
        if (comparison.samples == 0) comparison.outputs = std::move(metrics);
        else
            for (size_t i = 0; i < metrics.size(); ++i) merge(comparison.outputs[i], metrics[i]);
        ++comparison.samples;
    }
    if (progress) progress("comparing", input_sets.size(), input_sets.size());
    return comparison;
}

}  // namespace lathe::check
