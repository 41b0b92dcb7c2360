// `lathe doctor`: what this program and this machine are, and which other programs can check our files here.
#pragma once
#include <string>
#include <vector>

#include "base/json.h"

namespace lathe::pipeline {

struct Finding {
    std::string topic;   // "ONNX Runtime"
    bool found = false;
    std::string detail;  // version and place, or how to get it
};
struct Diagnosis {
    std::string version, compiler, processor;
    int processors = 0;
    std::vector<std::string> features;  // instruction sets that the kernels can use
    std::vector<Finding> findings;
};

Diagnosis diagnose();
std::string to_text(const Diagnosis& diagnosis);
Json to_json(const Diagnosis& diagnosis);

}  // namespace lathe::pipeline
