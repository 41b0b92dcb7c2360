// The precisions that an export can have, by name, as passes over the graph.
#pragma once
#include "passes/quantize_static.h"
#include "pipeline/activation_ranges.h"

namespace lathe::pipeline {

// fp32 (nothing changes), fp16, bf16 (weights only); uint8, int8: activations get their scales while the model runs;
// int8-static, fp8: from calibration; int4: weights only, in blocks.
std::vector<std::string> precision_names();
bool is_calibrated(const std::string& precision);  // int8-static, fp8

// What a person chooses of the quantised precisions.
struct QuantizationChoices {
    CalibrationData data;
    RangeChoices ranges;
    std::string activations = "u8";  // of int8-static: u8, i8, or i8-symmetric
    std::string weights = "i8";  // of int8-static: i8 or u8
    bool reduce_range = false;
    std::vector<std::string> keep_fp32;  // patterns (base/pattern.h) that names of operators are searched for
    int64_t block = 32;  // of int4
};

// To be asked before any work. Errors: choices that contradict each other or that the precision has no use for;
// calibration data that are not there; patterns that are none.
Status check_choices(const std::string& precision, const QuantizationChoices& choices);

// What a format's integer kernels are like: the passes' options, apart from what a person chooses.
Result<passes::StaticOptions> static_options(const std::string& precision,
                                             const QuantizationChoices& choices);

// What a precision made of the graph.
struct Precised {
    graph::Graph graph;
    std::vector<passes::LayerPrecision> layers;  // of the calibrated precisions and int4
    std::vector<std::string> notes;  // what a person should know: layers kept in another precision
};

// fp32, fp16, bf16, uint8, int8, int4. half_io, of fp16: inputs and outputs in the inner type too.
Result<Precised> apply_precision(graph::Graph graph, const std::string& precision,
                                 const QuantizationChoices& choices, bool half_io);

// int8-static and fp8, by ranges measured on `inputs`. The graph is ready to run (pipeline/engines.h). `options`: from
// static_options(), with what a format asks for.
Result<Precised> apply_calibrated(graph::Graph graph, const InputSets& inputs,
                                  const QuantizationChoices& choices, const passes::StaticOptions& options,
                                  const Progress& progress);

// What an engine computes in "int8" (see passes::dynamic_quantize; sums are exact and weights take all 8 bits).
Result<graph::Graph> int8_arithmetic(graph::Graph graph, std::vector<std::string>& notes);
// Where the names of nodes begin that every precision leaves in f32: the heads of Go networks.
const std::vector<std::string>& head_scopes();

}  // namespace lathe::pipeline
