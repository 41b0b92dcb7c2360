#include "run/cpu/sessions.h"

#include <algorithm>

namespace lathe::run::cpu {

Sessions::Session::Session(const Plan& plan)
    : arena(std::max<uint64_t>(1, plan.arena_bytes)), bases(plan.buffers.size()) {
    for (size_t i = 0; i < bases.size(); ++i) {
        const Buffer& buffer = plan.buffers[i];
        if (buffer.home == Buffer::Home::kArena) bases[i] = arena.data.get() + buffer.offset;
        else if (buffer.home == Buffer::Home::kConstant)
            bases[i] = const_cast<std::byte*>(buffer.constant.data());  // steps only read it
    }
}

std::unique_ptr<Sessions::Session> Sessions::take() {
    {
        const Locked locked(lock_);
        if (!idle_.empty()) {
            auto session = std::move(idle_.back());
            idle_.pop_back();
            return session;
        }
    }
    return std::make_unique<Session>(plan_);
}

Status Sessions::run(ThreadPool& threads, std::span<const std::byte* const> inputs,
                     std::span<std::byte* const> outputs, Trace* trace) {
    std::unique_ptr<Session> session = take();
    for (size_t i = 0; i < plan_.buffers.size(); ++i) {
        const Buffer& buffer = plan_.buffers[i];
        if (buffer.home == Buffer::Home::kInput)
            session->bases[i] = const_cast<std::byte*>(inputs[buffer.index]);  // only read
        else if (buffer.home == Buffer::Home::kOutput) session->bases[i] = outputs[buffer.index];
    }
    const Run run{threads, session->bases};
    Status done;
    for (const Step& step : plan_.steps) {
        const double start = trace != nullptr ? trace->clock() : 0;
        done = step.work(run);
        if (!done) break;
        if (trace == nullptr) continue;
        trace->steps.push_back(step.description);
        trace->steps.back().start = start;
        trace->steps.back().seconds = trace->clock() - start;
    }
    const Locked locked(lock_);
    idle_.push_back(std::move(session));
    return done;
}

}  // namespace lathe::run::cpu
