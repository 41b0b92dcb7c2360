#include "run/cpu/cpu.h"

#include <algorithm>
#include <list>

#include "base/check.h"
#include "base/format.h"
#include "graph/contexts.h"
#include "run/cpu/batch.h"
#include "run/cpu/lowering.h"
#include "run/cpu/sessions.h"
#include "run/cpu/shaping.h"
#include "run/cpu/simpler_operators.h"
#include "run/reference.h"

namespace lathe::run::cpu {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// A plan for all images of a batch, or for a few of them at a time.
struct Prepared {
    std::unique_ptr<Sessions> images;  // as many as run together
    std::unique_ptr<Sessions> rest;  // those that are left over at the end, if the batch does not divide
    int64_t batch = 1, at_once = 1;
    std::vector<bool> per_image_inputs;  // the others are the same for all
    std::vector<DType> output_types;
    std::vector<Shape> output_shapes;

    bool in_parts() const { return at_once < batch; }
    size_t parts() const { return static_cast<size_t>((batch + at_once - 1) / at_once); }
    uint64_t activations(int threads) const {
        return images->plan().arena_bytes * std::min(parts(), static_cast<size_t>(threads));
    }
};

class CpuProgram : public Program {
public:
    CpuProgram(Graph graph, ThreadPool& threads, CpuOptions options)
        : graph_(std::move(graph)), threads_(threads), options_(options) {
        if (options_.kernels == nullptr) options_.kernels = &best_kernels();
    }

    using Program::run;
    Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Trace* trace) const override {
        graph::Bindings bindings;
        TRY_STATUS(bind_inputs(graph_, inputs, bindings));
        TRY(const std::shared_ptr<Prepared> prepared, prepared_for(inputs, bindings));
        if (trace != nullptr) trace->steps.clear();
        if (prepared == nullptr) return run_plainly(inputs, trace);
        return execute(*prepared, inputs, trace);
    }

    MemoryUse memory() const override {
        const Locked locked(lock_);
        return {weights_.size_bytes(), last_activations_};
    }
    std::vector<std::string> notes() const override {
        const Locked locked(lock_);
        return notes_;
    }

private:
    using Shapes = std::vector<Shape>;
    static constexpr size_t kMostPlans = 8;  // of different shapes; the one not used for longest goes

    // nullptr: sizes depend on what the run computes, so the reference engine runs it.
    Result<std::shared_ptr<Prepared>> prepared_for(std::span<const Tensor> inputs,
                                                   const graph::Bindings& bindings) const {
        Shapes shapes;
        for (const Tensor& input : inputs) shapes.push_back(input.shape());
        {
            const Locked locked(lock_);
            const auto found = std::ranges::find(known_, shapes, &Known::first);
            if (found != known_.end()) {
                known_.splice(known_.begin(), known_, found);
                return known_.front().second;
            }
        }
        TRY(auto prepared, prepare(inputs, bindings));
        const Locked locked(lock_);
        known_.emplace_front(std::move(shapes), prepared);
        if (known_.size() > kMostPlans) known_.pop_back();
        if (prepared != nullptr) {
            last_activations_ = prepared->activations(threads_.threads());
            notes_ = prepared->images->plan().notes;
            if (prepared->in_parts())
                notes_.push_back(format("{} images of {} are computed at a time, each by one thread",
                                        prepared->at_once, prepared->batch));
        }
        return prepared;
    }

    Result<std::shared_ptr<Prepared>> prepare(std::span<const Tensor> inputs,
                                              const graph::Bindings& bindings) const {
        const Locked planning(planning_);
        const auto symbol = independent_batch(graph_, bindings);
        const int64_t batch = symbol ? bindings.find(*symbol)->second : 1;
        int64_t at_once = batch;
        if (batch > 1) {
            TRY(const auto of_one, make_plan(with(bindings, *symbol, 1), {1, batch}, 1));
            if (!of_one) return std::shared_ptr<Prepared>();
            at_once = options_.images_at_once > 0
                          ? std::min(options_.images_at_once, batch)
                          : images_at_once(*of_one, batch, threads_.threads(), *options_.kernels);
        }
        const bool in_parts = at_once < batch;
        const bool last = !in_parts || batch % at_once == 0;  // constants may go when no plan follows
        TRY(auto plan, in_parts ? make_plan(with(bindings, *symbol, at_once), {at_once, batch}, 1, last)
                                : make_plan(bindings, {}, threads_.threads(), last));
        if (!plan) return std::shared_ptr<Prepared>();
        auto prepared = std::make_shared<Prepared>();
        prepared->images = std::make_unique<Sessions>(*std::move(plan));
        prepared->batch = batch;
        prepared->at_once = at_once;
        if (const int64_t left = batch % at_once; left != 0) {
            TRY(auto rest, make_plan(with(bindings, *symbol, left), {left, batch}, 1, true));
            prepared->rest = std::make_unique<Sessions>(*std::move(rest));
        }
        for (size_t i = 0; i < inputs.size(); ++i) {
            const graph::Dims& dims = graph_[graph_.inputs[i]].shape;
            prepared->per_image_inputs.push_back(in_parts && !dims.empty() && dims[0].text() == *symbol);
        }
        const Plan& made = prepared->images->plan();
        prepared->output_types = made.output_types;
        prepared->output_shapes = made.output_shapes;
        if (in_parts)
            for (Shape& shape : prepared->output_shapes) shape[0] = shape[0] / at_once * batch;
        return prepared;
    }

    static graph::Bindings with(graph::Bindings bindings, const std::string& symbol, int64_t size) {
        bindings[symbol] = size;
        return bindings;
    }

    // Nothing where the reference engine must run the graph.
    // last: of those that one set of inputs needs.
    Result<std::unique_ptr<Plan>> make_plan(const graph::Bindings& bindings, BatchPart part, int threads,
                                            bool last = false) const {
        Shaping shaping(graph_, bindings, [&](ValueId id) { return weights_.is_gone(id); });
        if (const Status known = shaping.run(); !known) {
            const Locked locked(lock_);
            notes_ = {format("runs by the reference engine: {}", known.error().message)};
            return std::unique_ptr<Plan>();
        }
        Lowering lowering({
            .shaped = shaping.shaped(),
            .bindings = shaping.bindings(),
            .kernels = *options_.kernels,
            .options = options_,
            .weights = weights_,
            .pool = threads_,
            .threads = threads,
            .part = part,
            .own = last ? &graph_ : nullptr,
            .only_plan = graph::symbols_of(graph_).empty(),
        });
        TRY(Plan plan, lowering.run());
        return std::make_unique<Plan>(std::move(plan));
    }

    // The graph with all its constants.
    Graph whole_graph() const {
        const Locked planning(planning_);
        Graph whole = graph_;
        for (size_t i = 0; i < whole.values.size(); ++i)
            if (const auto id = static_cast<ValueId>(i); weights_.is_gone(id))
                whole.values[i].constant = weights_.again(id);
        return whole;
    }

    Result<std::vector<Tensor>> run_plainly(std::span<const Tensor> inputs, Trace* trace) const {
        Graph whole = whole_graph();
        TRY(const auto program, reference_engine().plan(whole));
        return program->run(inputs, trace);
    }

    Result<std::vector<Tensor>> execute(Prepared& prepared, std::span<const Tensor> inputs,
                                        Trace* trace) const {
        std::vector<Tensor> plain;
        std::vector<const std::byte*> from;
        for (const Tensor& input : inputs) {
            plain.push_back(input.to_contiguous());
            from.push_back(plain.back().bytes().data());
        }
        std::vector<TensorBuilder> outputs;
        std::vector<std::byte*> to;
        for (size_t i = 0; i < prepared.output_types.size(); ++i) {
            outputs.emplace_back(prepared.output_types[i], prepared.output_shapes[i]);
            to.push_back(outputs.back().bytes().data());
        }
        if (!prepared.in_parts()) {
            TRY_STATUS(prepared.images->run(threads_, from, to, trace));
        } else {
            std::vector<Status> done(prepared.parts());
            const auto run_part = [&](size_t part) {
                auto part_from = from;
                auto part_to = to;
                const auto first = part * static_cast<size_t>(prepared.at_once);
                const auto batch = static_cast<size_t>(prepared.batch);
                for (size_t i = 0; i < part_from.size(); ++i)
                    if (prepared.per_image_inputs[i]) part_from[i] += plain[i].bytes().size() / batch * first;
                for (size_t i = 0; i < part_to.size(); ++i)
                    part_to[i] += outputs[i].bytes().size() / batch * first;
                const bool is_rest = prepared.rest != nullptr && part + 1 == prepared.parts();
                done[part] =
                    (is_rest ? prepared.rest : prepared.images)->run(alone_, part_from, part_to, trace);
            };
            // Steps are timed one after the other.
            if (trace != nullptr)
                for (size_t part = 0; part < prepared.parts(); ++part) run_part(part);
            else threads_.parallel_for(prepared.parts(), run_part);
            for (const Status& status : done) TRY_STATUS(status);
        }
        std::vector<Tensor> results;
        for (TensorBuilder& output : outputs) results.push_back(output.finish());
        return results;
    }

    mutable Graph graph_;  // its constants change while planning_ is held
    ThreadPool& threads_;
    CpuOptions options_;
    mutable Lock lock_, planning_;
    mutable PackedWeights weights_;
    mutable ThreadPool alone_{1};  // where every thread has its own images
    using Known = std::pair<Shapes, std::shared_ptr<Prepared>>;
    mutable std::list<Known> known_;  // the last used first
    mutable uint64_t last_activations_ = 0;
    mutable std::vector<std::string> notes_;
};

class CpuEngine : public Engine {
public:
    CpuEngine(ThreadPool& threads, CpuOptions options) : threads_(threads), options_(options) {}
    std::string_view name() const override { return "cpu"; }
    Result<std::unique_ptr<Program>> plan(const Graph& graph) const override {
        TRY_STATUS(graph::verify(graph));
        TRY(Graph simpler, with_simpler_operators(graph));
        return std::make_unique<CpuProgram>(std::move(simpler), threads_, options_);
    }

private:
    ThreadPool& threads_;
    CpuOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_engine(ThreadPool& threads, CpuOptions options) {
    return std::make_unique<CpuEngine>(threads, options);
}

}  // namespace lathe::run::cpu
