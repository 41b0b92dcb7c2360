// Which of timm's models a set of tensors is.
#pragma once
#include <string>
#include <vector>

#include "zoo/timm/models.h"
#include "zoo/timm/state.h"

namespace lathe::zoo::timm {

struct Match {
    const Model* model;
    // Tensors of the model that are not there, tensors that it has no place for, tensors of another shape.
    size_t missing = 0, extra = 0, wrong = 0;
    bool exact() const { return missing + extra + wrong == 0; }
    size_t faults() const { return missing + extra + wrong; }
};

// The models whose tensors these are, the best first. Classifiers of other sizes, other input channels and the buffers
// that hold no weights are no fault. When none fits exactly: the nearest few, or nothing when not even half of a model
// is there. Among equals the one that the hint names comes first, then the one with most published weights.
std::vector<Match> detect(const State& state);

// How a set of tensors differs from one model's.
Match compare(const State& state, const Model& model);

}  // namespace lathe::zoo::timm
