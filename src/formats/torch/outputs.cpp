#include "formats/torch/outputs.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::formats::torch {
namespace {

constexpr int kDeepest = 8;
constexpr size_t kMostOutputs = 10'000;

Status collect(Importer& importer, const Value& value, const std::string& name,
               const std::vector<std::string>& fields, int depth) {
    if (depth > kDeepest || importer.graph.outputs.size() > kMostOutputs)
        return fail("the program returns more than a graph's outputs can be");
    if (value.none()) return {};
    if (value.is(Kind::kTensor)) {
        TRY(const ValueId id, importer.read(value));
        return add_output(importer, id, name.empty() ? "output" : name);
    }
    if (const Items* items = value.items()) {
        for (size_t i = 0; i < items->size(); ++i)
            TRY_STATUS(collect(
                importer, (*items)[i],
                items->size() == 1 && name.empty() ? "" : format("{}_{}", name.empty() ? "output" : name, i),
                {}, depth + 1));
        return {};
    }
    if (const auto* dict = value.as<std::shared_ptr<Dict>>()) {
        for (const auto& [key, item] : (*dict)->entries) {
            const std::string own = key.is(Kind::kText) ? *key.as<std::string>() : describe(key);
            TRY_STATUS(collect(importer, item, name.empty() ? own : name + "." + own, {}, depth + 1));
        }
        return {};
    }
    if (const auto* object = value.as<std::shared_ptr<Object>>(); object != nullptr && !fields.empty()) {
        for (const std::string& field : fields)
            if (const auto it = (*object)->members.find(field); it != (*object)->members.end())
                TRY_STATUS(collect(importer, it->second, field, {}, depth + 1));
        return {};
    }
    if (value.is(Kind::kInt) || value.is(Kind::kFloat) || value.is(Kind::kBool)) {
        const DType dtype = value.is(Kind::kInt)     ? DType::kI64
                            : value.is(Kind::kFloat) ? DType::kF32
                                                     : DType::kBool;
        TRY(const ValueId id, importer.number(value, dtype));
        return add_output(importer, id, name.empty() ? "output" : name);
    }
    if (const auto* u = value.as<Unknown>()) return fail("the program returns {}", u->why);
    return fail("the program returns {}, expected tensors", describe(value));
}

}  // namespace

Status add_output(Importer& importer, ValueId id, const std::string& name) {
    graph::Graph& graph = importer.graph;
    const auto among = [&](const std::vector<ValueId>& list, ValueId v) {
        return std::ranges::find(list, v) != list.end();
    };
    if (graph[id].constant || among(graph.inputs, id) || among(graph.outputs, id)) {
        importer.hint = name;
        TRY(id, importer.add("identity", {id}));
    }
    const ValueId taken = graph.find(name);
    if (taken == kNoValue) graph[id].name = name;
    else if (!among(graph.inputs, taken) && !among(graph.outputs, taken))
        std::swap(graph[id].name, graph[taken].name);
    graph.outputs.push_back(id);
    return {};
}

Result<graph::Graph> take_graph(Importer& importer) {
    if (importer.graph.outputs.empty()) return fail("the program returns no tensors");
    graph::Graph result = graph::without_dead_code(std::move(importer.graph));
    TRY_STATUS(graph::verify(result));
    return result;
}

Result<graph::Graph> finish_graph(Importer& importer, const Value& result,
                                  const std::vector<std::string>& fields) {
    TRY_STATUS(collect(importer, result, "", fields, 0));
    return take_graph(importer);
}

}  // namespace lathe::formats::torch
