// Makes the archives that the test beside it reads, with PyTorch itself: defines modules from source text, saves them,
// runs them, and writes what they answered. Built with the system's compiler when libtorch is there (1.13 or later).
//
//   make_archives FOLDER
//
// For every network NAME: NAME.pt, NAME.in0.npy, …, and NAME.out0.npy, …; FOLDER/cases.txt lists the names.
#include <ATen/Parallel.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/script.h>

#include <fstream>
#include <iostream>

#include "networks.h"
#include "npy.h"

namespace {

using torch::Tensor;
using torch::jit::Module;

Tensor make_tensor(const TensorRule& rule) {
    if (rule.kind == 'i') return torch::randint(rule.low, rule.high, rule.shape, at::kLong);
    if (rule.kind == 'b') return torch::rand(rule.shape) > 0.5;
    return torch::rand(rule.shape) * (rule.high - rule.low) + rule.low;
}

Module build(const ModuleText& text) {
    Module module("net_" + text.name);
    for (const auto& [name, rule] : text.parameters)
        module.register_parameter(name, make_tensor(rule), false);
    for (const auto& [name, rule] : text.buffers) module.register_buffer(name, make_tensor(rule));
    for (const ModuleText& child : text.children) module.register_module(child.name, build(child));
    module.define(text.source);
    return module;
}

void collect(const c10::IValue& value, std::vector<Tensor>& tensors) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (value.isTuple())
        for (const auto& item : value.toTuple()->elements()) collect(item, tensors);
    if (value.isTensorList())
        for (const Tensor& item : value.toTensorVector()) tensors.push_back(item);
}

void make(const std::string& folder, const Network& network) {
    torch::manual_seed(7);
    Module module = build(network.module);
    module.eval();
    const std::string base = folder + "/" + network.module.name;
    module.save(base + ".pt");
    std::vector<c10::IValue> inputs;
    for (size_t i = 0; i < network.inputs.size(); ++i) {
        const Tensor input = make_tensor(network.inputs[i]);
        write_npy(base + ".in" + std::to_string(i) + ".npy", input);
        inputs.emplace_back(input.clone());  // programs may write to their inputs
    }
    std::vector<Tensor> outputs;
    collect(module.forward(inputs), outputs);
    for (size_t i = 0; i < outputs.size(); ++i)
        write_npy(base + ".out" + std::to_string(i) + ".npy", outputs[i]);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    at::set_num_threads(1);
    const torch::NoGradGuard no_grad;
    std::ofstream list(std::string(argv[1]) + "/cases.txt");
    int failed = 0;
    for (const Network& network : networks()) {
        try {
            make(argv[1], network);
            list << network.module.name << '\n';
        } catch (const std::exception& e) {
            std::cerr << network.module.name << ": " << e.what() << '\n';
            ++failed;
        }
    }
    return failed == 0 ? 0 : 1;
}
