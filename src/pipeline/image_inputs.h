// Pictures as inputs of image models, and classes from their outputs.
#pragma once
#include <functional>
#include <optional>
#include <span>

#include "base/threads.h"
#include "check/compare.h"
#include "image/batch.h"
#include "pipeline/model.h"

namespace lathe::pipeline {

// What the caller says about the preparation of pictures, instead of what the graph says.
struct ImageChoices {
    std::optional<std::array<int64_t, 3>> input_size;  // channels, height, width
    std::optional<std::vector<double>> mean, std;      // one or three values
    std::optional<std::string> interpolation;          // image::interpolation_named()
    std::optional<double> crop_pct;
    std::optional<std::string> crop_mode;              // image::crop_mode_named()
};

// What the caller said, completed by the options of the model that also say how pictures are prepared.
ImageChoices with_options(ImageChoices choices, const zoo::ImageOptions& model);

// The input of a graph that takes pictures, and how they are prepared for it.
struct ImageInput {
    std::string name;
    bool channels_last = false;     // [N, H, W, C] instead of [N, C, H, W]
    std::optional<int64_t> batch;   // N, where the graph fixes it
    image::Preprocessing how;
    std::vector<std::string> assumed;  // what neither the graph nor the caller said: "mean", "input size", …
};

// Sizes come from the shape of the graph's only floating-point input of rank 4; mean, std, interpolation, crop_pct and
// crop_mode from the choices, else from the graph's metadata (image.mean, …; timm's models and what was exported from
// them have it), else timm's defaults. Errors: no such input or several; a choice that contradicts the shape or is unknown.
Result<ImageInput> image_input(const graph::Graph& graph, const ImageChoices& choices);

// Files as they are, folders by the pictures in them (image::find_pictures). Errors: a path that does not exist.
Result<std::vector<std::string>> picture_paths(std::span<const std::string> files_and_folders);

// One run's worth of pictures.
struct ImageBatch {
    check::NamedTensors inputs;  // one: the graph's input
    std::vector<std::string> paths;  // of the first paths.size() along the batch; the rest repeats the last
    std::vector<Error> unreadable;  // pictures of this batch that were left out
};
// Calls `use` with all pictures in order, `size` at a time, or as many as the graph fixes. Stops at its first error.
Status for_each_batch(const ImageInput& input, std::span<const std::string> paths, int64_t size,
                      ThreadPool& pool, const std::function<Status(const ImageBatch&)>& use);

// --- outputs ---

struct ClassScore {
    int64_t index;
    double probability;
};
// The k largest, the largest first, equal ones by index. `scores` are logits, to which the softmax is applied (in double
// precision), unless they are probabilities already.
std::vector<ClassScore> top_classes(std::span<const double> scores, size_t k, bool are_probabilities);

// The output that holds classes: the first of shape [N, classes]. Nothing when there is none, or when the metadata say
// that the model has no classifier.
struct ClassOutput {
    size_t index;  // among the graph's outputs
    bool are_probabilities;  // the graph ends in a softmax
};
std::optional<ClassOutput> class_output(const graph::Graph& graph);

}  // namespace lathe::pipeline
