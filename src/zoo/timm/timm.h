// timm's image models as graphs. Input "input": [batch, channels, height, width] f32, already normalised unless
// Options::normalize; output "output".
#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "zoo/nn/net.h"
#include "zoo/timm/models.h"

namespace lathe::zoo::timm {

struct Options {
    std::optional<int64_t> num_classes;  // 0: no classifier
    std::optional<int64_t> in_channels;  // 1 or 3
    std::optional<nn::Size2> input_size;
    bool features = false;
    bool softmax = false;
    bool normalize = false;  // the input is in [0, 1]; the graph subtracts the mean and divides by std
    std::optional<std::vector<float>> mean, std;  // with normalize; one value per channel
};

struct Built {
    graph::Graph graph;
    std::vector<nn::Entry> entries;                // every tensor of the model
    std::map<std::string, std::string> aliases;    // second names of some
    std::map<std::string, graph::ValueId> marks;   // what the module at a key returns
};

// Errors: a family not built yet; all missing and wrong tensors, named; a size that the network cannot take.
Result<Built> build(const Chosen& chosen, nn::Weights& weights, const Options& options);

}  // namespace lathe::zoo::timm
