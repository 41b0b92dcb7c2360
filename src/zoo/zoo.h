// The zoo: architectures that turn a checkpoint of bare weights into a graph. One folder or file per architecture, each
// with its own typed Config; this table is how the rest of the program meets them without knowing which they are.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/checkpoint.h"
#include "graph/graph.h"

namespace lathe::zoo {

// kCertain: names and shapes are of this architecture and no other. kPossible: some of them are.
enum class Certainty { kNo, kPossible, kCertain };

struct BuildOptions {
    std::vector<std::string> outputs;  // keep only these; empty: what the architecture gives by default
    std::string weights;  // which set of a checkpoint that has several ("swa"); empty: the usual one
};

struct Architecture {
    std::string_view name;
    std::string_view description;  // a phrase for people
    Certainty (*detect)(const graph::Checkpoint& checkpoint);
    // Errors name the configuration entry, the weight or the output that is wrong, missing or left over.
    Result<graph::Graph> (*build)(const graph::Checkpoint& checkpoint, const BuildOptions& options);
};

std::span<const Architecture> all_architectures();
// The architecture that is surest of itself; nullptr when none knows the checkpoint.
const Architecture* detect_architecture(const graph::Checkpoint& checkpoint);

}  // namespace lathe::zoo
