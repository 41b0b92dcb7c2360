#include "pipeline/engines.h"

#include <algorithm>

#include "base/text.h"
#include "passes/passes.h"
#include "pipeline/precision.h"
#include "run/cpu/cpu.h"
#include "run/reference.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;

// A program of the cpu engine and the threads that run it.
class PooledProgram : public run::Program {
public:
    static Result<std::unique_ptr<run::Program>> plan(const Graph& graph, const EngineOptions& options,
                                                      std::vector<std::string> notes) {
        auto pooled = std::make_unique<PooledProgram>(options.threads);
        pooled->notes_ = std::move(notes);
        const auto engine = run::cpu::make_engine(
            pooled->threads_, {.kernels = &kernels_for(options), .bf16 = options.precision == "bf16"});
        TRY(pooled->program_, engine->plan(graph));
        return pooled;
    }
    explicit PooledProgram(int threads) : threads_(threads) {}

    using Program::run;
    Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, run::Trace* trace) const override {
        return program_->run(inputs, trace);
    }
    run::MemoryUse memory() const override { return program_->memory(); }
    std::vector<std::string> notes() const override {
        std::vector<std::string> all = notes_;
        for (std::string& note : program_->notes()) all.push_back(std::move(note));
        return all;
    }

private:
    std::vector<std::string> notes_;  // of what was made of the graph before
    ThreadPool threads_;
    std::unique_ptr<run::Program> program_;
};

Status check_options(const EngineOptions& options) {
    const auto engines = engine_names();
    if (std::ranges::find(engines, options.engine) == engines.end())
        return fail("there is no engine '{}'; there are: {}", options.engine, join(engines, ", "));
    const auto precisions = engine_precisions();
    if (std::ranges::find(precisions, options.precision) == precisions.end())
        return fail("the {} engine does not compute in '{}'; it has: {}", options.engine, options.precision,
                    join(precisions, ", "));
    if (options.engine == "reference" && options.precision == "bf16")
        return fail("the reference engine does not compute in bf16; the cpu engine does");
    const auto sets = isa_names();
    if (!options.isa.empty() && std::ranges::find(sets, options.isa) == sets.end())
        return fail("there are no kernels '{}' for this processor; there are: {}", options.isa,
                    join(sets, ", "));
    return {};
}

class ChosenEngine : public run::Engine {
public:
    explicit ChosenEngine(EngineOptions options) : options_(std::move(options)) {}
    std::string_view name() const override { return options_.engine; }
    Result<std::unique_ptr<run::Program>> plan(const Graph& graph) const override {
        return plan_for(graph, options_);
    }

private:
    EngineOptions options_;
};

}  // namespace

std::vector<std::string> engine_names() { return {"cpu", "reference"}; }

std::vector<std::string> engine_precisions() { return {"f32", "bf16", "int8"}; }

std::vector<std::string> isa_names() {
    std::vector<std::string> names;
    for (const run::cpu::Kernels* kernels : run::cpu::available_kernels()) names.emplace_back(kernels->name);
    return names;
}

const run::cpu::Kernels& kernels_for(const EngineOptions& options) {
    for (const run::cpu::Kernels* kernels : run::cpu::available_kernels())
        if (options.isa == kernels->name) return *kernels;
    return run::cpu::best_kernels();
}

Result<Graph> ready_to_run(Graph graph, bool merge) {
    TRY(graph, passes::fold_constants(std::move(graph)));
    TRY(graph, passes::fold_batch_norm(std::move(graph)));
    TRY(graph, passes::simplify(std::move(graph)));
    if (!merge) return graph;
    return passes::merge_branches(std::move(graph));
}

Result<std::unique_ptr<run::Program>> plan_for(Graph graph, const EngineOptions& options) {
    TRY_STATUS(check_options(options));
    const bool reference = options.engine == "reference", int8 = options.precision == "int8";
    std::vector<std::string> notes;
    if (!reference || int8) {
        TRY(graph, ready_to_run(std::move(graph)));
    }
    if (int8) {
        TRY(graph, int8_arithmetic(std::move(graph), notes));
    }
    if (options.precision == "bf16" && kernels_for(options).name != std::string_view("amx"))
        notes.push_back("bf16 without AMX tiles: their numbers by f32 arithmetic, no faster than f32");
    if (reference) return run::reference_engine().plan(graph);
    TRY(graph, passes::recognise_operators(std::move(graph)));
    return PooledProgram::plan(graph, options, std::move(notes));
}

Result<std::unique_ptr<run::Engine>> engine_for(const EngineOptions& options) {
    TRY_STATUS(check_options(options));
    return std::make_unique<ChosenEngine>(options);
}

}  // namespace lathe::pipeline
