#include "pipeline/doctor.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "base/threads.h"
#include "base/version.h"
#include "pipeline/other_programs.h"
#include "pipeline/trtexec.h"

namespace lathe::pipeline {
namespace {

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}

// The instruction sets that matter to kernels, as Linux reports them.
constexpr std::string_view kFeatures[] = {
    "sse4_1",      "avx2",     "fma",      "f16c",     "avx512f",  "avx512bw", "avx512_vnni", "avx512_bf16",
    "avx512_fp16", "avx_vnni", "amx_tile", "amx_bf16", "amx_int8", "asimd",    "asimddp",     "sve"};

void read_processor(Diagnosis& d) {
    std::FILE* file = std::fopen("/proc/cpuinfo", "r");
    if (file == nullptr) return;
    char line[8192];
    while (std::fgets(line, sizeof line, file) != nullptr) {
        const std::string_view text(line);
        const size_t colon = text.find(':');
        if (colon == std::string_view::npos) continue;
        const auto key = trim(text.substr(0, colon)), value = trim(text.substr(colon + 1));
        if (key == "model name" && d.processor.empty()) d.processor = value;
        if ((key != "flags" && key != "Features") || !d.features.empty()) continue;
        for (const std::string_view flag : split(value, ' '))
            for (const std::string_view feature : kFeatures)
                if (flag == feature) d.features.emplace_back(flag);
    }
    std::fclose(file);
}

// The first of these files that exists; `folder` may come from the environment.
std::string first_existing(const std::vector<std::string>& candidates) {
    for (const std::string& file : candidates)
        if (file_exists(file)) return file;
    return {};
}

std::vector<std::string> library_places(const std::string& name) {
    return {"/usr/lib/x86_64-linux-gnu/" + name, "/usr/lib/aarch64-linux-gnu/" + name, "/usr/lib/" + name,
            "/usr/local/lib/" + name};
}

Finding program_finding(std::string topic, std::string_view program, std::string_view use,
                        std::string_view way) {
    const std::string place = program_on_path(program);
    if (place.empty()) return {std::move(topic), false, format("{}; {}", use, way)};
    return {std::move(topic), true, format("{}: {}", place, use)};
}

Finding library_finding(std::string topic, const std::string& file, std::string_view use,
                        std::string_view way) {
    const std::string place = first_existing(library_places(file));
    if (place.empty()) return {std::move(topic), false, format("{}; {}", use, way)};
    return {std::move(topic), true, format("{}: {}", place, use)};
}

Finding onnxruntime() {
    constexpr std::string_view kUse = "runs our ONNX files in the tests and beside ours in `lathe bench`";
    const std::string place = onnxruntime_folder();
    if (place.empty()) return {"ONNX Runtime", false, format("{}; {}", kUse, kOnnxruntimeWay)};
    return {"ONNX Runtime", true, format("{}: {}", place, kUse)};
}

Finding ncnn() {
    constexpr std::string_view kUse = "runs our .param files in the tests";
    const char* driver = std::getenv("LATHE_NCNN");
    std::string place = driver != nullptr && file_exists(driver) ? driver : "";
    for (const char* file : {"libncnn.so", "libncnn.a"})
        if (place.empty()) place = first_existing(library_places(file));
    if (place.empty())
        return {"ncnn", false, format("{}; from its source repository, see docs/ncnn.md", kUse)};
    return {"ncnn", true, format("{}: {}", place, kUse)};
}

Finding tensorrt() {
    constexpr std::string_view kUse = "builds engines on NVIDIA GPUs, and runs them beside the model";
    const std::string place = trtexec_program();
    if (place.empty()) return {"TensorRT", false, format("{}; {}", kUse, kTrtexecWay)};
    return {"TensorRT", true, format("{}: {}", place, kUse)};
}

// Only Python's PyTorch opens programs of torch.export, and only from 2.9 on those that we write.
Finding python_torch() {
    constexpr std::string_view kUse =
        "opens our torch.export files from version 2.9 on; here our own reader checks them";
    const std::string place = first_existing({"/usr/lib/python3/dist-packages/torch/__init__.py",
                                              "/usr/local/lib/python3/dist-packages/torch/__init__.py"});
    if (place.empty()) return {"PyTorch", false, format("{}; pip install torch", kUse)};
    return {"PyTorch", true, format("{}: {}", place, kUse)};
}

// Its files are checked by our own reader and against OpenVINO's specifications; a library of OpenVINO's, where there is one, may run them.
Finding openvino() {
    constexpr std::string_view kUse =
        "runs our .xml files; without it our own reader checks them, and the tests hold them against its specifications";
    const std::string place = first_existing(library_places("libopenvino.so"));
    if (place.empty())
        return {"OpenVINO", false, format("{}; from docs.openvino.ai or npm's openvino-node", kUse)};
    return {"OpenVINO", true, format("{}: {}", place, kUse)};
}

// ExecuTorch is built from source into the program that uses it; its schema is what others can check files by.
Finding executorch() {
    constexpr std::string_view kUse =
        "decodes our .pte files by ExecuTorch's schema; docs/executorch.md says how its "
        "runtime is built for the tests";
    return program_finding("flatc", "flatc", kUse, "apt install flatbuffers-compiler libflatbuffers-dev");
}

}  // namespace

Diagnosis diagnose() {
    Diagnosis d{.version = version(), .compiler = compiler(), .processors = processor_count()};
    read_processor(d);
    d.findings.push_back(onnxruntime());
    d.findings.push_back(
        program_finding("Node.js", "node", "runs ONNX Runtime and the WebAssembly tests", kNodeWay));
    d.findings.push_back(library_finding("libonnx", "libonnx.so", "a second opinion on ONNX files",
                                         "apt install libonnx-dev"));
    d.findings.push_back(
        program_finding("protoc", "protoc",
                        "decodes ONNX and Core ML files by their schemas, those of Core ML from the "
                        "folder that LATHE_COREML_PROTO names",
                        "apt install protobuf-compiler"));
    d.findings.push_back(
        {"Core ML", false,
         "runs .mlpackage folders on Apple's systems only; here their messages are checked by protoc, and "
         "their numbers by Lathe's own reader"});
    d.findings.push_back(
        program_finding("KataGo", "katago", "evaluates .bin.gz networks", "see its releases page"));
    d.findings.push_back(library_finding("libtorch", "libtorch.so", "runs our TorchScript files in the tests",
                                         "apt install libtorch-dev"));
    d.findings.push_back(ncnn());
    d.findings.push_back(python_torch());
    d.findings.push_back(openvino());
    d.findings.push_back(tensorrt());
    d.findings.push_back(executorch());
    return d;
}

std::string to_text(const Diagnosis& d) {
    std::string text = format("lathe {} ({})\n", d.version, d.compiler);
    text += format("processor: {}, {} core{}\n", d.processor.empty() ? "unknown" : d.processor, d.processors,
                   d.processors == 1 ? "" : "s");
    text += format("features:  {}\n\n", d.features.empty() ? "none known" : join(d.features, " "));
    for (const Finding& f : d.findings)
        text += format("{:<14} {:<9} {}\n", f.topic, f.found ? "found" : "not found", f.detail);
    return text;
}

Json to_json(const Diagnosis& d) {
    Json findings = Json::array();
    for (const Finding& f : d.findings)
        findings.push_back({{"topic", f.topic}, {"found", f.found}, {"detail", f.detail}});
    return {{"version", d.version},       {"compiler", d.compiler}, {"processor", d.processor},
            {"processors", d.processors}, {"features", d.features}, {"findings", std::move(findings)}};
}

}  // namespace lathe::pipeline
