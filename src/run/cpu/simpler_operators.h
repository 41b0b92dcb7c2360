// Operators that run as others that there are kernels for.
#pragma once
#include "graph/graph.h"

namespace lathe::run::cpu {

// The graph with these operators on f32 in simpler ones: batch_norm that nothing was folded into, einsum, log_softmax,
// sums of magnitudes and of exponentials, norms without parameters.
Result<graph::Graph> with_simpler_operators(graph::Graph graph);

}  // namespace lathe::run::cpu
