// The weights of a program as a tree of modules: "layer1.0.conv1.weight" is the weight of conv1 in 0 in layer1.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/torch/aten.h"
#include "wire/zip.h"

namespace lathe::formats::torchscript {

struct ModuleTree {
    struct Member {
        std::string name;
        int module = -1;  // index into modules; -1: a tensor
        int weight = -1;  // index into Program::weights
        bool parameter = false;
    };
    struct Module {
        std::string class_name;  // without "__torch__."
        std::vector<Member> members;
    };
    std::vector<Module> modules;  // the root first, every other one behind its parent
    std::map<int, std::string> expressions;  // of the program's values that are weights: "self.layer1.weight"
};

ModuleTree module_tree(const torch::aten::Program& program);

// The classes of all modules, leaves first; that of the root ends with the methods `forward`.
std::string classes_text(const ModuleTree& tree, const torch::aten::Program& program,
                         std::string_view forward);

// data.pkl, and the entries data/N under `folder`.
Status add_weights(wire::ZipWriter& zip, const std::string& folder, const ModuleTree& tree,
                   const torch::aten::Program& program);

}  // namespace lathe::formats::torchscript
