#include "pipeline/bench/onnxruntime.h"

#include <array>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/other_programs.h"

namespace lathe::pipeline {
namespace {

constexpr std::array kTypes = {
    std::pair{DType::kF32, "float32"}, std::pair{DType::kF64, "float64"}, std::pair{DType::kF16, "float16"},
    std::pair{DType::kI64, "int64"},   std::pair{DType::kU64, "uint64"},  std::pair{DType::kI32, "int32"},
    std::pair{DType::kU32, "uint32"},  std::pair{DType::kI16, "int16"},   std::pair{DType::kU16, "uint16"},
    std::pair{DType::kI8, "int8"},     std::pair{DType::kU8, "uint8"},    std::pair{DType::kBool, "bool"}};

Result<Json> written_input(const std::string& name, const Tensor& tensor, const std::string& file) {
    for (const auto& [dtype, type] : kTypes) {
        if (dtype != tensor.dtype()) continue;
        TRY_STATUS(write_file(file, tensor.to_contiguous().bytes()));
        return Json{{"name", name}, {"type", type}, {"dims", tensor.shape()}, {"file", file}};
    }
    return fail("the input '{}' is {}, which ONNX Runtime does not take from Node", name,
                name_of(tensor.dtype()));
}

Result<std::pair<std::string, Tensor>> read_output(const Json& json) {
    TRY(const std::string name, string_member(json, "name"));
    TRY(const std::string type, string_member(json, "type"));
    TRY(const std::string file, string_member(json, "file"));
    const Json* dims = find_member(json, "dims");
    for (const auto& [dtype, text] : kTypes) {
        if (type != text || dims == nullptr) continue;
        const auto shape = dims->get<Shape>();
        TRY(const SharedBytes bytes, map_file(file));
        const auto count = checked_element_count(shape);
        if (!count || static_cast<int64_t>(bytes.size()) != bytes_of(dtype, *count))
            return fail("ONNX Runtime's output '{}' has another size than its shape", name);
        return std::pair(name, Tensor(dtype, shape, bytes));
    }
    return fail("ONNX Runtime's output '{}' is of type {}", name, type);
}

}  // namespace

Result<std::unique_ptr<Onnxruntime>> Onnxruntime::start(const TemporaryFolder& folder) {
    const std::string package = onnxruntime_folder(), node = program_on_path("node");
    if (package.empty()) return fail("ONNX Runtime is not found: {}", kOnnxruntimeWay);
    if (node.empty()) return fail("Node.js, which runs ONNX Runtime, is not found: {}", kNodeWay);
    const std::string script = folder.at("onnxruntime.cjs");
    TRY_STATUS(write_file(script, as_bytes(onnxruntime_script())));
    TRY(auto process, ChildProcess::start({node, script, package, folder.at("")}));
    return std::unique_ptr<Onnxruntime>(new Onnxruntime(std::move(process), folder));
}

Result<Json> Onnxruntime::ask(const Json& question) {
    TRY_STATUS(process_.send(lathe::to_text(question)));
    TRY(const std::string line, with_place(process_.receive(), "ONNX Runtime"));
    TRY(Json answer, with_place(parse_json(line), "ONNX Runtime"));
    TRY(const std::string error, string_member(answer, "error"));
    if (!error.empty()) return fail("ONNX Runtime: {}", error);
    return answer;
}

Status Onnxruntime::load(const OnnxruntimeJob& job) {
    Json question{{"model", job.model},      {"threads", job.threads}, {"optimization", job.optimization},
                  {"inputs", Json::array()}, {"outputs", job.outputs}, {"prefix", folder_.at("output")}};
    for (const auto& [name, tensor] : job.inputs) {
        TRY(question["inputs"].emplace_back(),
            written_input(name, tensor, folder_.at(format("input{}", question["inputs"].size()))));
    }
    TRY(const Json answer, ask({{"load", std::move(question)}}));
    TRY(version, string_member(answer, "version"));
    TRY(load_ms, number_member(answer, "load_ms", 0));
    TRY(first_ms, number_member(answer, "first_ms", 0));
    TRY(peak_mb, number_member(answer, "peak_mb", 0));
    for (const Json& output : answer["outputs"]) {
        TRY(outputs.emplace_back(), read_output(output));
    }
    return {};
}

Result<std::vector<double>> Onnxruntime::run(const Block& block) {
    TRY(const Json answer,
        ask({{"block",
              {{"unmeasured", block.unmeasured}, {"seconds", block.seconds}, {"most", block.most}}}}));
    return answer["ms"].get<std::vector<double>>();
}

}  // namespace lathe::pipeline
