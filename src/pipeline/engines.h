// The place where an engine is chosen: from a graph as it was opened to a program that runs.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "run/cpu/kernels/kernels.h"
#include "run/engine.h"

namespace lathe::pipeline {

struct EngineOptions {
    std::string engine = "cpu";  // one of engine_names()
    int threads = 0;  // 0: one per processor; the reference engine has one
    std::string precision = "f32";  // of the arithmetic, one of engine_precisions()
    std::string
        isa;  // the instruction set of the cpu engine's kernels, one of isa_names(); "": the best that there is
};

std::vector<std::string> engine_names();
// f32; bf16: convolutions (but those of every channel by itself) and products by constants of operands rounded to bf16, summed
// in f32; int8: convolutions and products by constants in 8 bits, activations quantised by the range that each run finds. A
// graph that holds quantised operators is computed as they say, in either.
std::vector<std::string> engine_precisions();
std::vector<std::string> isa_names();  // those that this processor has, the best last

// The kernels of that instruction set, or the best.
const run::cpu::Kernels& kernels_for(const EngineOptions& options);

// A program with threads of its own. The graph is made ready first; the reference engine runs it as it is.
// Errors: an engine, precision or instruction set that is not there, naming those that are; what the engine refuses.
Result<std::unique_ptr<run::Program>> plan_for(graph::Graph graph, const EngineOptions& options);

// An engine whose programs are those of plan_for. Errors: as plan_for's for the options.
Result<std::unique_ptr<run::Engine>> engine_for(const EngineOptions& options);

// The passes between a graph as it was opened and one to run or to write: constants and norms are folded, and with
// `merge` parallel branches that are linear become one convolution.
Result<graph::Graph> ready_to_run(graph::Graph graph, bool merge = true);

}  // namespace lathe::pipeline
