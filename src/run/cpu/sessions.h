// A plan and the memories it runs in: one for each run at the same time, kept for the next run.
#pragma once
#include "run/cpu/plan.h"

namespace lathe::run::cpu {

class Sessions {
public:
    explicit Sessions(Plan plan) : plan_(std::move(plan)) {}
    const Plan& plan() const { return plan_; }

    // inputs, outputs: where each lies, row-major. Appends to the trace, if there is one. Errors: a step's.
    Status run(ThreadPool& threads, std::span<const std::byte* const> inputs,
               std::span<std::byte* const> outputs, Trace* trace);

private:
    struct Session {
        HeapBytes arena;
        std::vector<std::byte*> bases;  // of the plan's buffers
        explicit Session(const Plan& plan);
    };
    std::unique_ptr<Session> take();

    const Plan plan_;
    Lock lock_;
    std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace lathe::run::cpu
