// Networks as TorchScript source, with the tensors that they need.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct TensorRule {
    std::vector<int64_t> shape;
    double low = -1, high = 1;
    char kind = 'f';  // 'f' f32 in [low, high), 'i' i64 in [low, high), 'b' bool
};

struct ModuleText {
    std::string name;
    std::string source;  // methods
    std::vector<std::pair<std::string, TensorRule>> parameters, buffers;
    std::vector<ModuleText> children;
};

struct Network {
    ModuleText module;
    std::vector<TensorRule> inputs;
};

// Whole networks, and one small network for every operator.
std::vector<Network> networks();
std::vector<Network> operator_networks();
