// The fast engine for CPUs. A graph becomes a plan for each set of input shapes: elementwise operators join the product,
// convolution or chain before them, constants are packed once, values share one arena. Operators without a kernel of
// its own run by the reference kernel of their row, and the trace says so.
#pragma once
#include "base/threads.h"
#include "run/cpu/kernels/kernels.h"
#include "run/engine.h"

namespace lathe::run::cpu {

struct CpuOptions {
    const Kernels* kernels = nullptr;  // nullptr: the best that the processor has
    bool winograd = true;
    // Products and convolutions by constants (but not channel by channel) take operands rounded to bf16, and sum in f32.
    bool bf16 = false;
    // Of a batch whose images are independent of each other; the results are the same. 0: by an estimate of what takes
    // least time.
    int64_t images_at_once = 0;
};

// The pool must outlive the engine and its programs.
std::unique_ptr<Engine> make_engine(ThreadPool& threads, CpuOptions options = {});

}  // namespace lathe::run::cpu
