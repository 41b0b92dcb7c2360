// `lathe run` and `lathe verify`.
#pragma once
#include <optional>

#include "base/progress.h"
#include "check/compare.h"
#include "pipeline/engines.h"
#include "pipeline/model.h"

namespace lathe::pipeline {

// Tensors of an .npz (by their names) or .npy (one, named after the file) or .safetensors file.
Result<check::NamedTensors> read_tensors(const std::string& path);
Status write_tensors(const std::string& path,
                     const check::NamedTensors& tensors);  // .npz, .npy (one) or .safetensors

// Sets of inputs from files: each .sgf is a position, for Go networks (its last; with `every` also those after each so many moves); other files belong together until one has a name
// again, and each is a set of its own for a graph with one input.
Result<std::vector<check::NamedTensors>> read_input_sets(const graph::Graph& graph,
                                                         const std::vector<std::string>& paths,
                                                         int every = 0);
// open_model; a program that does not say the shapes of its inputs takes those in the first file (of several .npy, in all).
Result<Model> open_for_inputs(const std::string& path, const ModelOptions& options,
                              const std::vector<std::string>& inputs);

struct RunOptions {
    ModelOptions model;
    std::vector<std::string> inputs;  // files
    EngineOptions engine;
};
Result<check::NamedTensors> run_model(const std::string& path, const RunOptions& options);

struct VerifyOptions {
    ModelOptions model_a, model_b;
    std::vector<std::string>
        inputs;  // .npz/.npy files, or .sgf positions for Go networks; empty: made by rule
    int samples = 3;  // sets of inputs made by rule
    graph::Bindings sizes;  // of inputs made by rule
    std::optional<double> rtol, atol;  // default: the table's, by the narrower arithmetic of the two
    bool common_only = false;
    EngineOptions engine{.engine = "reference"};  // of `a`; the reference engine runs `b`
};
struct VerifyReport {
    std::string a, b, compared_on;
    check::Comparison comparison;
};
Result<VerifyReport> verify_models(const std::string& a, const std::string& b, const VerifyOptions& options,
                                   const Progress& progress);

// Inputs to try `graph` on: Go positions played by rule on a small board for networks that take KataGo's planes,
// random tensors for others. `described` says which, for the report.
Result<std::vector<check::NamedTensors>> trial_inputs(const graph::Graph& graph, const graph::Bindings& sizes,
                                                      int samples, std::string& described);
// The arithmetic that decides the tolerance: the narrowest floating-point type among the graph's values, or i8 when it
// computes in integers or with codes.
DType arithmetic_of(const graph::Graph& graph);

}  // namespace lathe::pipeline
