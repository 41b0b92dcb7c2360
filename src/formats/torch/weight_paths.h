// Names of weights as PyTorch's modules have them.
#pragma once
#include <string>
#include <vector>

#include "formats/torch/aten.h"

namespace lathe::formats::torch {

// For every weight of the program, in order, its path through modules, each part letters, digits and '_':
// "layer1.0.conv1.weight". All differ, and none is the path of a module of another. A name that would clash with these
// rules, or with what Python's modules have, gets a number.
std::vector<std::string> weight_paths(const aten::Program& program);

}  // namespace lathe::formats::torch
