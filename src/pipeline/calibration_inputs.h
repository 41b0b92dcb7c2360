// What a model is run on to see what its values are like: pictures through its own preprocessing, positions of games, tensors.
#pragma once
#include <functional>
#include <optional>

#include "pipeline/execute.h"
#include "pipeline/image_inputs.h"

namespace lathe::pipeline {

// The inputs, as often as they are needed.
struct InputSets {
    std::vector<check::NamedTensors> sets;  // empty: pictures
    std::optional<ImageInput> image;
    std::vector<std::string> pictures;
    int64_t batch = 1;  // of pictures, where the graph does not fix it
    std::string described;
    std::vector<std::string> notes;

    size_t count() const;  // of sets
    // Calls `use` with each set in order. Stops at its first error. Errors: a picture that cannot be read.
    Status for_each(ThreadPool& threads, const std::function<Status(const check::NamedTensors&)>& use) const;
    // The first ones, with about so many samples.
    InputSets beginning(int64_t samples) const;
};

struct CalibrationData {
    // Folders (of pictures, or of .sgf games; with what is below them) and files (pictures, games, tensors as .npy, .npz,
    // .pt or .safetensors), all of one kind; or the word "random".
    std::vector<std::string> paths;
    int64_t samples = 128;  // at most: of more, every so manieth is taken
    int64_t batch = 8;  // samples in a run, where the graph does not fix it
};

// To be asked before any work. Errors: nothing given; a path that is not there, or has another kind of files than those before
// it, or none that can serve; "random" with a path.
Status check_calibration_data(const CalibrationData& data);

// The inputs for `graph`. Tensors are taken as they are: the first axis counts samples (it may be missing for one sample);
// several .npy or .pt files are several sets. Of games, positions are taken evenly. `sizes`: of random inputs.
// Errors: those of check_calibration_data; inputs that the graph does not take, naming what it takes.
Result<InputSets> calibration_inputs(const graph::Graph& graph, const CalibrationData& data,
                                     const ImageChoices& choices, const graph::Bindings& sizes);

// A hash of everything that the model will see. Errors: a picture that cannot be read.
Result<std::string> fingerprint(const InputSets& inputs);

}  // namespace lathe::pipeline
