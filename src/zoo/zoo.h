// The zoo: architectures that turn a checkpoint of bare weights into a graph. One folder or file per architecture, each
// with its own typed Config; this table is how the rest of the program meets them without knowing which they are.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace lathe::zoo {

// kCertain: names and shapes are of this architecture and no other. kPossible: some of them are.
enum class Certainty { kNo, kPossible, kCertain };

// Options of image models. Sizes in pixels.
struct ImageOptions {
    std::optional<int64_t> num_classes;  // must be the checkpoint's; 0: without the classifier
    std::optional<int64_t> in_channels;  // 1 or 3
    std::optional<std::array<int64_t, 2>> input_size;  // height, width
    bool features = false;  // stop before the head
    bool softmax = false;  // probabilities over the last axis
    bool normalize = false;  // the input is in [0, 1]; mean and std are in the graph
    std::optional<std::vector<double>> mean, std;  // instead of the model's own; one or three values
    bool any() const {
        return num_classes || in_channels || input_size || features || softmax || normalize || mean || std;
    }
};

struct BuildOptions {
    std::vector<std::string> outputs;  // keep only these; empty: what the architecture gives by default
    std::string weights;  // which set of a checkpoint that has several ("swa"); empty: the usual one
    std::string model;  // the name of the model ("resnet50"); empty: by its tensors
    ImageOptions image;
};

struct Architecture {
    std::string_view name;
    std::string_view description;  // a phrase for people
    Certainty (*detect)(const graph::Checkpoint& checkpoint);
    // Errors name the configuration entry, the weight or the output that is wrong, missing or left over.
    // What later stages need to know is in the graph's metadata (zoo/image_metadata.h says what image models keep).
    Result<graph::Graph> (*build)(const graph::Checkpoint& checkpoint, const BuildOptions& options);
};

std::span<const Architecture> all_architectures();
// The architecture that is surest of itself; nullptr when none knows the checkpoint.
const Architecture* detect_architecture(const graph::Checkpoint& checkpoint);
const Architecture* find_architecture(std::string_view name);  // "katago"; nullptr: none

// --- by name, without a checkpoint ---

enum class NoWeights {
    kHollow /* zeros that take no memory */,
    kByRule /* the values of zoo/nn/weights.h */
};
// A graph of the model that options.model names. Errors: an unknown name, with the nearest ones.
Result<graph::Graph> build_named(const BuildOptions& options, NoWeights weights);
// A checkpoint of a model that is named, with weights by rule, under the names that its checkpoints have.
Result<graph::Checkpoint> checkpoint_by_rule(const BuildOptions& options);
bool is_model_name(std::string_view name);  // with or without tag

}  // namespace lathe::zoo
