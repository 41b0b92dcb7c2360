// A batch in parts: where every image is computed by itself, a few images at a time stay in the caches, and threads can
// take parts of their own instead of sharing every step.
#pragma once
#include <optional>
#include <string>

#include "graph/graph.h"
#include "run/cpu/plan.h"

namespace lathe::run::cpu {

// The symbol that counts the images, when results for some of them are the same rows of the results for all: it leads
// the shape of every value that depends on it, and no operator looks across. Nothing when that is not certain.
// bindings: of all symbols of the inputs.
std::optional<std::string> independent_batch(const graph::Graph& graph, const graph::Bindings& bindings);

// How many of `batch` images one thread should compute at a time; `batch`: all of them together, by all threads in every
// step. of_one: the plan for one image. From estimates of arithmetic and of what comes from caches and memory.
int64_t images_at_once(const Plan& of_one, int64_t batch, int threads, const Kernels& kernels);

}  // namespace lathe::run::cpu
