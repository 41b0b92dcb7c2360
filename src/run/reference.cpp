#include "run/reference.h"

#include "base/check.h"
#include "graph/contexts.h"
#include "graph/cost.h"

namespace lathe::run {
namespace {

using graph::Bindings;
using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

size_t index_of(ValueId id) { return static_cast<size_t>(id); }

// The node after which each value is no longer needed; graph outputs are needed for ever.
std::vector<size_t> last_uses(const Graph& graph) {
    std::vector<size_t> last(graph.values.size(), 0);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const ValueId id : graph.nodes[i].inputs)
            if (id != kNoValue) last[index_of(id)] = i;
        for (const ValueId id : graph.nodes[i].outputs)
            if (id != kNoValue && last[index_of(id)] == 0) last[index_of(id)] = i;
    }
    for (const ValueId id : graph.outputs) last[index_of(id)] = graph.nodes.size();
    return last;
}

std::string place_of(const Node& node) { return format("node '{}' ({})", node.name, node.op->name); }

class Run {
public:
    Run(const Graph& graph, std::span<const Tensor> inputs)
        : graph_(graph), values_(graph.values.size()), last_(last_uses(graph)) {
        for (size_t i = 0; i < inputs.size(); ++i)
            values_[index_of(graph.inputs[i])] = inputs[i].to_contiguous();
    }

    Result<std::vector<Tensor>> execute(Bindings& bindings, const NodeWatcher* watcher) {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            TRY_STATUS(step(i, bindings, watcher));
            release(i);
        }
        std::vector<Tensor> outputs;
        for (const ValueId id : graph_.outputs) outputs.push_back(value(id));
        return outputs;
    }

private:
    const Tensor& value(ValueId id) {
        auto& slot = values_[index_of(id)];
        if (!slot) {
            const auto& constant = graph_[id].constant;
            CHECK(constant.has_value(), graph_[id].name);
            slot = constant->to_contiguous();
        }
        return *slot;
    }

    Status step(size_t index, Bindings& bindings, const NodeWatcher* watcher) {
        const Node& node = graph_.nodes[index];
        std::vector<const Tensor*> operands;
        for (const ValueId id : node.inputs) operands.push_back(id == kNoValue ? nullptr : &value(id));
        auto results = with_place(
            graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings), place_of(node));
        if (!results) return std::unexpected(results.error());
        for (size_t i = 0; i < results->size(); ++i) {
            const ValueId id = node.outputs[i];
            if (id == kNoValue) continue;
            TRY_STATUS(
                with_place(graph::bind(graph_[id].shape, (*results)[i].shape(), bindings), place_of(node)));
            CHECK((*results)[i].dtype() == graph_[id].dtype, node.op->name);
            values_[index_of(id)] = (*results)[i];
        }
        if (watcher != nullptr) (*watcher)(index, *results);
        return {};
    }

    void release(size_t index) {
        const Node& node = graph_.nodes[index];
        for (const auto* list : {&node.inputs, &node.outputs})
            for (const ValueId id : *list)
                if (id != kNoValue && last_[index_of(id)] == index) values_[index_of(id)].reset();
    }

    const Graph& graph_;
    std::vector<std::optional<Tensor>> values_;
    std::vector<size_t> last_;
};

Result<std::vector<Tensor>> execute(const Graph& graph, std::span<const Tensor> inputs,
                                    const NodeWatcher& watcher, Bindings* learnt = nullptr) {
    Bindings own;
    Bindings& bindings = learnt == nullptr ? own : *learnt;
    TRY_STATUS(bind_inputs(graph, inputs, bindings));
    return Run(graph, inputs).execute(bindings, watcher ? &watcher : nullptr);
}

class ReferenceProgram : public Program {
public:
    explicit ReferenceProgram(Graph graph) : graph_(std::move(graph)) {}
    using Program::run;
    Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Trace* trace) const override {
        if (trace == nullptr) return execute(graph_, inputs, {});
        trace->steps.clear();
        double start = trace->clock();
        Bindings sizes;
        auto outputs = execute(
            graph_, inputs,
            [&](size_t index, std::span<const Tensor> results) {
                const Node& node = graph_.nodes[index];
                const double now = trace->clock();
                trace->steps.push_back({.node = node.name,
                                        .op = std::string(node.op->name),
                                        .kernel = "reference",
                                        .output = results.empty() ? Shape{} : results[0].shape(),
                                        .start = start,
                                        .seconds = now - start});
                start = now;
            },
            &sizes);
        if (outputs) add_costs(*trace, sizes);
        return outputs;
    }

private:
    void add_costs(Trace& trace, const Bindings& sizes) const {
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            const auto cost = graph::cost_of(graph_, graph_.nodes[i], sizes);
            if (!cost) continue;
            trace.steps[i].flops = cost->flops;
            trace.steps[i].bytes = cost->bytes;
        }
    }

    Graph graph_;
};

class ReferenceEngine : public Engine {
public:
    std::string_view name() const override { return "reference"; }
    Result<std::unique_ptr<Program>> plan(const Graph& graph) const override {
        TRY_STATUS(graph::verify(graph));
        return std::make_unique<ReferenceProgram>(graph);
    }
};

}  // namespace

const Engine& reference_engine() {
    static const ReferenceEngine engine;
    return engine;
}

Result<std::vector<Tensor>> run_reference(const Graph& graph, std::span<const Tensor> inputs) {
    return execute(graph, inputs, {});
}

Result<std::vector<Tensor>> run_reference_watched(const Graph& graph, std::span<const Tensor> inputs,
                                                  const NodeWatcher& watcher) {
    return execute(graph, inputs, watcher);
}

}  // namespace lathe::run
