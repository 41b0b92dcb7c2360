// `lathe repair`: the labels of a quantised checkpoint, without touching a weight. Older "scaled_fp8" files become current
// ones, lost or contradicting labels are found from the tensors, texts are edited, activation scales added.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace lathe::pipeline {

struct RepairOptions {
    std::string input, output;
    std::string layers;  // pattern: only these are edited; empty: all
    std::vector<std::pair<std::string, Json>> set;  // keys of comfy_quant
    std::vector<std::string> remove;
    std::optional<double> input_scale;  // for layers without one, fp8, mxfp8 and nvfp4
    std::string input_scales;  // .json {layer: number} or a checkpoint with X.input_scale
    std::string format;  // of layers whose tensors fit two
    bool hybrid = false;  // mxfp8 becomes hybrid_mxfp8
    std::string tensor_scales;  // a checkpoint with X.weight_scale to take hybrid scalars from
    uint64_t shard_bytes = 0;
};

struct RepairReport {
    std::string output;
    std::vector<std::string> changes;  // a line each
    size_t layers = 0;  // quantised ones
    std::vector<std::string> notes;
};

// Errors: those of the reader, a file without quantised layers, tensors that no label fits, an edit after which a layer
// could not be read any more.
Result<RepairReport> repair(const RepairOptions& options);

}  // namespace lathe::pipeline
