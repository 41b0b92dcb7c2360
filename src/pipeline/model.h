// A model as the verbs see it: the checkpoint that was opened and the graph that came out of it.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/graph.h"
#include "zoo/zoo.h"

namespace lathe::pipeline {

struct ModelOptions {
    std::string weights = "model";  // which weights of a checkpoint: "model", or "swa" (the averaged ones)
    std::vector<std::string> heads;  // outputs to keep; empty: all
    std::string arch;  // the model's name, for checkpoints that do not tell by their tensors
    bool random_weights = false;  // a model given by its name gets weights by rule
    bool hollow = false;  // a model given by its name gets no weights at all: for looking at it
    zoo::ImageOptions image;
    // The image options that say how pictures are prepared (mean, std, channels, input size) may be given for a model
    // that holds its own graph: the caller minds them.
    bool for_pictures = false;
    // Inputs of programs that do not say their shapes: "x=1,3,224,224", "tokens=i64[batch, 128]"; without a name it is the
    // only input. Names stand for sizes that stay open.
    std::vector<std::string> input_shapes;
};

struct Model {
    graph::Checkpoint checkpoint;
    graph::Graph graph;
    std::string kind;  // "KataGo network", "ONNX model"
    std::vector<std::string> notes;  // what the user should know: parts left out, sizes that stay fixed
};

// Opens a file and gets its graph: the one inside it, or the one of the architecture that it is. `path` may also be the
// name of a model of the zoo ("resnet50"), with random_weights or hollow. Errors: an unreadable file, a checkpoint of no known architecture (naming the first tensors), a missing head.
Result<Model> open_model(const std::string& path, const ModelOptions& options);
// The same from a checkpoint that was opened before, from checkpoint.path.
Result<Model> model_of(graph::Checkpoint checkpoint, const ModelOptions& options);

}  // namespace lathe::pipeline
