// Times of the same job done again and again, by one contestant or by several in turn. What disturbs the machine comes and
// goes within seconds, so contestants take turns in short blocks, and what is compared are medians over all blocks.
#pragma once
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace lathe::pipeline {

double seconds_now();  // since anything

// Some runs without a pause. At least one is measured.
struct Block {
    int unmeasured = 0;  // before those that are measured
    double seconds = 0;  // ends after the run that completes this time,
    size_t most = 0;  // or so many measured runs
};

class Contestant {
public:
    virtual ~Contestant() = default;
    // The milliseconds of each measured run. Sleeps when it returns.
    virtual Result<std::vector<double>> run(const Block& block) = 0;
};

struct Effort {
    double seconds = 2;  // of measured runs for each contestant, about
    size_t runs = 0;  // if not 0: this many runs of each instead
};

// The milliseconds of each contestant's runs, in their order. Progress counts milliseconds or runs.
Result<std::vector<std::vector<double>>> take_turns(std::span<Contestant* const> contestants,
                                                    const Effort& effort, const Progress& progress);

struct Summary {
    size_t runs = 0;
    double median_ms = 0, p90_ms = 0, p99_ms = 0, min_ms = 0;
};
// Percentiles are the smallest time that so many of a hundred runs do not exceed.
Summary summary_of(std::vector<double> milliseconds);

}  // namespace lathe::pipeline
