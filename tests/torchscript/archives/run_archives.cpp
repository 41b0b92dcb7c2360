// Runs TorchScript archives with PyTorch itself.
//
//   run_archives FOLDER
//
// For every line "NAME ARCHIVE" of FOLDER/jobs.txt: inputs from NAME.in0.npy, …; outputs to NAME.out0.npy, …, or what went
// wrong to NAME.error.
#include <torch/csrc/jit/api/module.h>

#include <iostream>

#include "npy.h"

namespace {

std::vector<c10::IValue> inputs_of(const std::string& base) {
    std::vector<c10::IValue> inputs;
    for (size_t i = 0;; ++i) {
        const std::string path = base + ".in" + std::to_string(i) + ".npy";
        if (!std::ifstream(path)) return inputs;
        inputs.emplace_back(read_npy(path));
    }
}

void run(const std::string& base, const std::string& archive) {
    torch::NoGradGuard no_gradients;
    torch::jit::Module module = torch::jit::load(archive);
    module.eval();
    const c10::IValue answer = module.forward(inputs_of(base));
    std::vector<at::Tensor> outputs;
    if (answer.isTensor()) outputs.push_back(answer.toTensor());
    else
        for (const auto& item : answer.toTuple()->elements()) outputs.push_back(item.toTensor());
    for (size_t i = 0; i < outputs.size(); ++i) {
        at::Tensor output = outputs[i];
        if (output.scalar_type() == at::kBFloat16) output = output.to(at::kFloat);
        write_npy(base + ".out" + std::to_string(i) + ".npy", output);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string folder = std::string(argv[1]) + "/";
    std::ifstream jobs(folder + "jobs.txt");
    for (std::string name, archive; jobs >> name >> archive;) try {
            run(folder + name, archive);
        } catch (const std::exception& error) {
            std::ofstream(folder + name + ".error") << error.what();
        }
    return 0;
}
