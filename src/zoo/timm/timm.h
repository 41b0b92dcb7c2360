// timm's image models as graphs. Input "input": [batch, channels, height, width] f32, normalised already unless
// Options::normalize says that the graph does it; output "output".
#pragma once
#include <string>
#include <vector>

#include "zoo/nn/net.h"
#include "zoo/timm/models.h"
#include "zoo/zoo.h"

namespace lathe::zoo::timm {

using Options = zoo::ImageOptions;

struct Built {
    graph::Graph graph;
    std::vector<nn::Entry> entries;  // every tensor of the model
    std::map<std::string, std::string> aliases;  // second names of some
    std::map<std::string, graph::ValueId> marks;  // what the module at a key returns
};

// Errors: all missing and wrong tensors, named; a size that the network cannot take.
// The graph's metadata say how images are prepared (write_image_metadata).
Result<Built> build(const Chosen& chosen, nn::Weights& weights, const Options& options);

// "2 tensors are missing: …; 1 has another shape: …"; empty when there are none. The first few of each are named.
std::string describe_problems(const std::vector<std::string>& missing, const std::vector<std::string>& wrong,
                              const std::vector<std::string>& unexpected);

// As an architecture of the zoo.
Certainty detect_timm(const graph::Checkpoint& checkpoint);
Result<graph::Graph> build_timm(const graph::Checkpoint& checkpoint, const BuildOptions& options);

}  // namespace lathe::zoo::timm
