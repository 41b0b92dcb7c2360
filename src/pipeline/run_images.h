// `lathe run --image`: pictures through an image model.
#pragma once
#include "base/progress.h"
#include "image/labels.h"
#include "pipeline/engines.h"
#include "pipeline/image_inputs.h"

namespace lathe::pipeline {

struct RunImagesOptions {
    ModelOptions model;  // its mean, std, channels and input size also choose how pictures are prepared
    std::vector<std::string> pictures;  // files and folders
    EngineOptions engine;
    ImageChoices choices;
    std::string labels;  // "imagenet" or a file (image::load_labels); empty: classes have numbers only
    size_t top = 5;
    int64_t batch = 8;   // where the graph does not fix it
};

struct PictureResult {
    std::string path;
    std::vector<ClassScore> top;  // empty for models without classes
};

struct RunImagesReport {
    ImageInput input;
    std::vector<PictureResult> pictures;   // in the order of their paths
    std::vector<Error> unreadable;         // pictures that were left out, with the reason
    image::Labels labels;                  // empty: none
    check::NamedTensors outputs;           // all pictures' results, stacked along the first axis
    std::vector<std::string> notes;        // what was assumed
};

// Errors: those of open_model, image_input and load_labels; every picture unreadable; a model that does not run.
Result<RunImagesReport> run_images(const std::string& model, const RunImagesOptions& options,
                                   ThreadPool& pool, const Progress& progress);
std::string to_text(const RunImagesReport& report);
Json to_json(const RunImagesReport& report);

}  // namespace lathe::pipeline
