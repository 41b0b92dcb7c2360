// `lathe verify` of a quantised checkpoint: every layer against the original's, by what its format can be expected to keep.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "pipeline/weights.h"

namespace lathe::pipeline {

struct CompareOptions {
    std::optional<double> least_snr_db;  // for all layers, instead of the formats' own
    int threads = 0;
};

struct LayerComparison {
    std::string name, format;
    bool quantized = false;
    quant::ErrorSums errors;
    double snr_db = 0, relative_error = 0;
    double least_snr_db = 0;  // what is asked of it; infinite: must be equal
    std::string problem;  // why it fails; empty: passed
};

struct WeightsReport {
    std::string a, b;
    std::vector<LayerComparison> layers;
    std::vector<std::string> missing, added;  // names that only b, only a has
    quant::ErrorSums errors;  // of the quantised layers together
    bool passed() const;
};

// The least signal-to-noise ratio, in dB, of a layer that is stored well in this format: some 3 dB below what rounding to
// nearest leaves of normally distributed weights; for one scale a tensor, which outliers use up, less is asked.
double expected_snr_db(const quant::LayerSpec& spec);

// a: the quantised one. Errors: an unreadable file, no tensor in common.
Result<WeightsReport> compare_weights(const std::string& a, const std::string& b,
                                      const CompareOptions& options, const Progress& progress);
std::string to_table(const WeightsReport& report);
Json to_json(const WeightsReport& report);

// Whether the file holds quantised layers; unreadable files do not.
bool holds_quantized_layers(const std::string& path);

}  // namespace lathe::pipeline
