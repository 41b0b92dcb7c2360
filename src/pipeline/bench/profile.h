// Where the time of a run goes, step by step and operator by operator, and what bounds each.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "run/cpu/limits.h"
#include "run/engine.h"

namespace lathe::pipeline {

// A step, or all steps with one operator and kernel together. Times are medians over the runs.
struct ProfileRow {
    std::string node;  // of a step
    std::string op, kernel;
    Shape output;  // of a step
    size_t count = 1;  // steps
    double ms = 0;
    double share = 0;  // of Profile::run_ms
    double flops = 0, bytes = 0;
    // Whichever of the machine's limits the row comes nearer to, "compute" or "memory", or "overhead" where it is far from both.
    std::string bound;

    double gflops() const { return ms > 0 ? flops / ms * 1e-6 : 0; }  // a second
    double gb_per_s() const { return ms > 0 ? bytes / ms * 1e-6 : 0; }
};

struct Profile {
    size_t runs = 0;
    double between_ms = 0;  // of a run, outside all steps
    double run_ms = 0;  // that and all steps; runs that were disturbed take longer
    std::vector<ProfileRow> steps;  // in the order they run
    std::vector<ProfileRow> operators;  // the most time first
};

struct TracedRun {
    double start = 0, seconds = 0;
    std::vector<run::StepTime> steps;
};

// The runs are of one program on the same shapes.
Profile profile_of(std::span<const TracedRun> runs, const run::cpu::Rates& limits);

}  // namespace lathe::pipeline
