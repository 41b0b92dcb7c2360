#include "zoo/katago/katago.h"
#include "zoo/zoo.h"

namespace lathe::zoo {
namespace {

constexpr Architecture kArchitectures[] = {
    {"katago", "KataGo's networks for the game of Go", katago_detect, katago_build},
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
    }
    return best;
}

}  // namespace lathe::zoo
