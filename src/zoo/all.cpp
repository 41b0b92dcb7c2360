#include "zoo/katago/katago.h"
#include "zoo/timm/timm.h"
#include "zoo/zoo.h"

namespace lathe::zoo {
namespace {

constexpr Architecture kArchitectures[] = {
    {"katago", "KataGo's networks for the game of Go", katago_detect, katago_build},
    {"timm", "image model of timm", timm::detect_timm, timm::build_timm},
};

}  // namespace

std::span<const Architecture> all_architectures() { return kArchitectures; }

const Architecture* detect_architecture(const graph::Checkpoint& checkpoint) {
    const Architecture* best = nullptr;
    Certainty surest = Certainty::kNo;
    for (const Architecture& architecture : kArchitectures) {
        const Certainty certainty = architecture.detect(checkpoint);
        if (certainty <= surest) continue;
        surest = certainty;
        best = &architecture;
        if (surest == Certainty::kCertain) break;
    }
    return best;
}

const Architecture* find_architecture(std::string_view name) {
    for (const Architecture& architecture : kArchitectures)
        if (architecture.name == name) return &architecture;
    return nullptr;
}

Result<graph::Graph> build_named(const BuildOptions& options, NoWeights kind) {
    TRY(const timm::Chosen chosen, timm::choose_model(options.model));
    const auto weights = kind == NoWeights::kHollow ? nn::hollow_weights() : nn::weights_by_rule();
    TRY(timm::Built built, timm::build(chosen, *weights, options.image));
    return std::move(built.graph);
}

Result<graph::Checkpoint> checkpoint_by_rule(const BuildOptions& options) {
    TRY(const timm::Chosen chosen, timm::choose_model(options.model));
    const auto hollow = nn::hollow_weights();
    TRY(const timm::Built built, timm::build(chosen, *hollow, options.image));
    graph::Checkpoint checkpoint{.format = "name", .path = options.model};
    for (const nn::Entry& entry : built.entries)
        checkpoint.tensors.push_back({entry.name, nn::tensor_by_rule(entry, 1)});
    return checkpoint;
}

bool is_model_name(std::string_view name) { return timm::choose_model(name).has_value(); }

}  // namespace lathe::zoo
