// TensorRT by its own program `trtexec`, which comes with every TensorRT from 8 on: it builds an engine of an ONNX model for
// the GPU that is there, and runs one. Nothing is linked to, and the user's version serves.
// Source of the arguments: TensorRT, samples/common/sampleOptions.cpp (8.6, 10.3, 11.1).
#pragma once
#include <array>
#include <optional>

#include "check/compare.h"

namespace lathe::pipeline {

inline constexpr std::string_view kTrtexecWay =
    "install NVIDIA's TensorRT (its program trtexec on the PATH, in /usr/src/tensorrt/bin, or named by LATHE_TRTEXEC)";

// The program, or "": LATHE_TRTEXEC, the PATH, or where NVIDIA's packages put it.
std::string trtexec_program();

// An input whose first axis is open, with its sizes for the profile: those that the engine takes, and for which it is tuned.
struct ProfiledInput {
    std::string name;
    std::array<Shape, 3> shapes;  // least, usual, most
};

struct EngineJob {
    std::string onnx, engine;  // files
    std::string
        precision;  // fp32 fp16 bf16 int8-static fp8: what the model's types say, but for bf16, whose model is f32
    std::vector<ProfiledInput> open;  // none: every size is fixed
    std::string timing_cache;  // a file, there or not; "": none
};

class Trtexec {
public:
    // Errors: it is not there (kTrtexecWay), or does not answer to --help.
    static Result<Trtexec> start();

    // The arguments that build the engine. Errors: a precision that this TensorRT has no way to.
    Result<std::vector<std::string>> arguments(const EngineJob& job) const;
    // Errors: it made no engine, with its own last words.
    Status build(const EngineJob& job) const;
    // The outputs for one set of inputs, as f32 whatever their type. Errors: it does not run; answers that are no numbers.
    Result<check::NamedTensors> run(const std::string& engine, const check::NamedTensors& inputs,
                                    bool open) const;

private:
    Trtexec(std::string program, std::string help) : program_(std::move(program)), help_(std::move(help)) {}
    bool knows(std::string_view option) const { return help_.find(option) != help_.npos; }

    std::string program_, help_;
};

// The GPU's name as a part of a file's name: "NVIDIA-H100-80GB-HBM3", or "gpu" where nvidia-smi does not say.
std::string gpu_name();

}  // namespace lathe::pipeline
