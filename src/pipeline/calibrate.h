// `lathe calibrate`: runs a model and keeps statistics of its layers' inputs, which quantising then weighs errors with
// (pipeline/calibration.h describes the file). The reference engine runs the graph as it was built, and every value is
// looked at when it is made, so that what is in memory is one run's values, two doubles a column, and the products of as
// many layers as fit in product_memory_bytes; where not all do, the model runs again for the next ones.
#pragma once
#include "base/json.h"
#include "pipeline/execute.h"
#include "pipeline/image_inputs.h"
#include "pipeline/layer_inputs.h"

namespace lathe::pipeline {

struct CalibrateOptions {
    ModelOptions model;
    // One of the three:
    std::vector<std::string> inputs;  // .npz, .npy or .sgf files, as read_input_sets takes them
    int every = 0;  // of an .sgf: also the positions after each so many moves, not the last one alone
    std::vector<std::string> pictures;  // files and folders, for image models
    int samples = 0;  // sets of inputs made by rule
    ImageChoices choices;  // how pictures are prepared
    int64_t batch = 8;  // of pictures, where the graph does not fix it
    graph::Bindings sizes;  // of inputs made by rule
    bool products = false;  // also the mean of x x^T, of layers with at most max_columns columns
    int64_t max_columns = 8192;
    uint64_t product_memory_bytes = uint64_t{1} << 30;
    int threads = 0;  // 0: all processors
};

struct CalibratedLayer {
    std::string name;  // the tensor's, without ".weight"
    int64_t columns = 0;
    int64_t samples = 0;  // vectors seen
    double rms = 0;  // square root of the mean of all mean squares
    bool products = false;
};

struct CalibrateReport {
    std::string model, output, inputs;
    size_t sets = 0;  // of inputs
    size_t passes = 1;  // how often the model ran on them
    std::vector<CalibratedLayer> layers;
    std::vector<LeftOut> left_out;
    std::vector<std::string> notes;
};

// Writes `output`, a .safetensors file. Errors: no inputs, or several kinds of them; those of open_model and of the readers;
// a model without a layer that can be traced; a layer whose input is not finite (naming it); those of the disk.
Result<CalibrateReport> calibrate(const std::string& path, const std::string& output,
                                  const CalibrateOptions& options, const Progress& progress);
std::string to_text(const CalibrateReport& report);
Json to_json(const CalibrateReport& report);

}  // namespace lathe::pipeline
