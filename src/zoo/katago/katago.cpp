#include "zoo/katago/katago.h"

#include <algorithm>

#include "zoo/katago/load.h"

namespace lathe::zoo {
namespace katago {

Result<Net> load(const graph::Checkpoint& checkpoint, std::string_view weights) {
    if (checkpoint.format != "katago") return load_pytorch(checkpoint, weights);
    if (!weights.empty())
        return fail("a KataGo network file holds one set of weights, so none can be chosen as '{}'", weights);
    return load_records(checkpoint);
}

}  // namespace katago

Certainty katago_detect(const graph::Checkpoint& checkpoint) {
    if (checkpoint.format == "katago" || katago::has_pytorch_keys(checkpoint)) return Certainty::kCertain;
    return Certainty::kNo;
}

Result<graph::Graph> katago_build(const graph::Checkpoint& checkpoint, const BuildOptions& options) {
    TRY(const katago::Net net, with_place(katago::load(checkpoint, options.weights), checkpoint.path));
    const auto is_intermediate = [](const std::string& name) { return name.starts_with("intermediate_"); };
    return with_place(
        katago::to_graph(net, {.outputs = options.outputs,
                               .intermediate = std::ranges::any_of(options.outputs, is_intermediate)}),
        checkpoint.path);
}

}  // namespace lathe::zoo
