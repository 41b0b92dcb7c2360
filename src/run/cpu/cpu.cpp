#include "run/cpu/cpu.h"

#include <algorithm>
#include <list>

#include "base/check.h"
#include "base/format.h"
#include "graph/contexts.h"
#include "run/cpu/lowering.h"
#include "run/cpu/shaping.h"
#include "run/reference.h"

namespace lathe::run::cpu {
namespace {

using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// A plan with memory to run it in; several runs at the same time have one memory each.
struct Session {
    std::shared_ptr<const Plan> plan;
    HeapBytes arena;
    std::vector<std::byte*> bases;
    explicit Session(std::shared_ptr<const Plan> p)
        : plan(std::move(p)), arena(std::max<uint64_t>(1, plan->arena_bytes)), bases(plan->buffers.size()) {
        for (size_t i = 0; i < bases.size(); ++i) {
            const Buffer& buffer = plan->buffers[i];
            if (buffer.home == Buffer::Home::kArena) bases[i] = arena.data.get() + buffer.offset;
            else if (buffer.home == Buffer::Home::kConstant)
                bases[i] = const_cast<std::byte*>(buffer.constant.data());  // steps only read it
        }
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
        TRY(std::unique_ptr<Session> session, take(inputs, bindings));
        if (session == nullptr) return run_plainly(inputs, trace);
        auto outputs = execute(*session, inputs, trace);
        give_back(std::move(session));
        return outputs;
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

    // A session that nobody uses, or a new one; none where sizes depend on what the run computes.
    Result<std::unique_ptr<Session>> take(std::span<const Tensor> inputs,
                                          const graph::Bindings& bindings) const {
        Shapes shapes;
        for (const Tensor& input : inputs) shapes.push_back(input.shape());
        std::optional<std::shared_ptr<const Plan>> plan;
        {
            const Locked locked(lock_);
            if (Prepared* known = find(shapes)) {
                plan = known->plan;
                if (!known->idle.empty()) {
                    auto session = std::move(known->idle.back());
                    known->idle.pop_back();
                    return session;
                }
            }
        }
        if (!plan) {
            TRY(plan, make_plan(bindings));
            const Locked locked(lock_);
            prepared_.push_front({shapes, *plan, {}});
            if (prepared_.size() > kMostPlans) prepared_.pop_back();
            if (*plan != nullptr) notes_ = (*plan)->notes;
        }
        if (*plan == nullptr) return std::unique_ptr<Session>();
        const Locked locked(lock_);
        last_activations_ = (*plan)->arena_bytes;
        return std::make_unique<Session>(*plan);
    }

    void give_back(std::unique_ptr<Session> session) const {
        const Locked locked(lock_);
        for (Prepared& prepared : prepared_)
            if (prepared.plan == session->plan) return prepared.idle.push_back(std::move(session));
    }

    struct Prepared {
        Shapes shapes;  // of the inputs
        std::shared_ptr<const Plan> plan;  // nullptr: by the reference engine
        std::vector<std::unique_ptr<Session>> idle;
    };
    // Moves what it finds to the front.
    Prepared* find(const Shapes& shapes) const {
        const auto found = std::ranges::find(prepared_, shapes, &Prepared::shapes);
        if (found == prepared_.end()) return nullptr;
        prepared_.splice(prepared_.begin(), prepared_, found);
        return &prepared_.front();
    }

    Result<std::shared_ptr<const Plan>> make_plan(const graph::Bindings& bindings) const {
        Shaping shaping(graph_, bindings);
        if (const Status known = shaping.run(); !known) {
            const Locked locked(lock_);
            notes_ = {format("runs by the reference engine: {}", known.error().message)};
            return std::shared_ptr<const Plan>();
        }
        Lowering lowering({
            .shaped = shaping.shaped(),
            .bindings = shaping.bindings(),
            .kernels = *options_.kernels,
            .options = options_,
            .weights = weights_,
            .pool = threads_,
        });
        TRY(Plan plan, lowering.run());
        return std::make_shared<const Plan>(std::move(plan));
    }

    Result<std::vector<Tensor>> run_plainly(std::span<const Tensor> inputs, Trace* trace) const {
        TRY(const auto program, reference_engine().plan(graph_));
        return program->run(inputs, trace);
    }

    Result<std::vector<Tensor>> execute(Session& session, std::span<const Tensor> inputs,
                                        Trace* trace) const {
        const Plan& plan = *session.plan;
        std::vector<Tensor> plain;
        for (const Tensor& input : inputs) plain.push_back(input.to_contiguous());
        std::vector<TensorBuilder> outputs;
        for (size_t i = 0; i < plan.output_types.size(); ++i)
            outputs.emplace_back(plan.output_types[i], plan.output_shapes[i]);
        for (size_t i = 0; i < plan.buffers.size(); ++i) {
            const Buffer& buffer = plan.buffers[i];
            if (buffer.home == Buffer::Home::kInput)
                session.bases[i] = const_cast<std::byte*>(plain[buffer.index].bytes().data());  // only read
            else if (buffer.home == Buffer::Home::kOutput)
                session.bases[i] = outputs[buffer.index].bytes().data();
        }
        const Run run{threads_, session.bases};
        if (trace != nullptr) trace->steps.clear();
        for (const Step& step : plan.steps) {
            const double start = trace != nullptr ? trace->clock() : 0;
            TRY_STATUS(step.work(run));
            if (trace == nullptr) continue;
            trace->steps.push_back(step.description);
            trace->steps.back().start = start;
            trace->steps.back().seconds = trace->clock() - start;
        }
        std::vector<Tensor> results;
        for (TensorBuilder& output : outputs) results.push_back(output.finish());
        return results;
    }

    Graph graph_;
    ThreadPool& threads_;
    CpuOptions options_;
    mutable Lock lock_;
    mutable PackedWeights weights_;
    mutable std::list<Prepared> prepared_;  // the last used first
    mutable uint64_t last_activations_ = 0;
    mutable std::vector<std::string> notes_;
};

class CpuEngine : public Engine {
public:
    CpuEngine(ThreadPool& threads, CpuOptions options) : threads_(threads), options_(options) {}
    std::string_view name() const override { return "cpu"; }
    Result<std::unique_ptr<Program>> plan(const Graph& graph) const override {
        TRY_STATUS(graph::verify(graph));
        return std::make_unique<CpuProgram>(graph, threads_, options_);
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
