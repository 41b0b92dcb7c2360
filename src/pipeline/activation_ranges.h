// The ranges of a graph's values on given inputs, for static quantisation (passes/quantize_static.h). The fast engine runs the
// graph with the wanted values as its outputs, as many at a time as fit in memory; of each value a histogram is kept.
#pragma once
#include "passes/quantize_static.h"
#include "pipeline/calibration_inputs.h"
#include "quant/activation_range.h"

namespace lathe::pipeline {

struct RangeChoices {
    quant::RangeOptions method;
    // A file that keeps ranges from one run to the next, or "". It holds those of one graph, inputs and method, told by their
    // contents; for any other they are measured anew and replace it.
    std::string cache;
    uint64_t memory_bytes = uint64_t{1} << 29;  // of values looked at in one run
    int threads = 0;
};

struct MeasuredRanges {
    passes::Ranges ranges;
    size_t passes = 0;  // how often the model ran on the inputs; 0: from the cache
    std::vector<std::string> notes;
};

// Errors: a value that the graph does not have; inputs that it does not run on; a value that is not finite, naming it and
// the set of inputs; a cache that is some other file.
Result<MeasuredRanges> measure_ranges(const graph::Graph& graph, const std::vector<std::string>& values,
                                      const InputSets& inputs, const RangeChoices& choices,
                                      const Progress& progress);

// A hash of what the graph computes, weights included.
std::string fingerprint(const graph::Graph& graph);

}  // namespace lathe::pipeline
