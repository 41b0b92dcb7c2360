#include "ort.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "formats/numpy/npz.h"
#include "places.h"

namespace lathe::onnx_data {
namespace {

namespace fs = std::filesystem;

// A folder of its own that goes away.
struct Scratch {
    fs::path path;
    Scratch() {
        std::string name = (fs::temp_directory_path() / "lathe-ort-XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) path = name;
    }
    ~Scratch() {
        std::error_code error;
        if (!path.empty()) fs::remove_all(path, error);
    }
};

Result<Json> describe_job(const OrtJob& job, const std::string& stem) {
    Json json = Json::object();
    json["model"] = job.model_path.empty() ? stem + ".onnx" : job.model_path;
    if (job.model_path.empty()) TRY_STATUS(write_file(stem + ".onnx", job.model));
    std::vector<graph::NamedTensor> inputs;
    for (const auto& [name, tensor] : job.inputs) inputs.push_back({name, tensor});
    TRY_STATUS(formats::write_npz(stem + ".in.npz", inputs));
    json["input"] = stem + ".in.npz";
    json["output"] = stem + ".out.npz";
    json["outputs"] = job.outputs;
    if (job.repeat > 0) json["repeat"] = job.repeat;
    if (!job.optimization.empty()) json["session_options"]["graphOptimizationLevel"] = job.optimization;
    return json;
}

Result<OrtAnswer> answer_of(const Json& line, const OrtJob& job, const std::string& stem) {
    OrtAnswer answer;
    if (const Json* error = find_member(line, "error"))
        return fail("ONNX Runtime: {}", error->get_ref<const std::string&>());
    TRY(answer.median_ms, number_member(line, "median_ms", 0));
    TRY(const SharedBytes bytes, map_file(stem + ".out.npz"));
    TRY(const graph::Checkpoint arrays, formats::read_npz(bytes, stem + ".out.npz"));
    for (const std::string& name : job.outputs) {
        const Tensor* tensor = arrays.find(name);
        if (tensor == nullptr) return fail("ONNX Runtime gave no output '{}'", name);
        answer.outputs.push_back(tensor->to_contiguous());
    }
    return answer;
}

}  // namespace

std::string ort_missing() {
    const std::string script = std::string(kRepository) + "/tests/node/ort_run.mjs";
    if (std::system(format("node '{}' --version > /dev/null 2>&1", script).c_str()) == 0) return "";
    return "ONNX Runtime does not run here (./dev setup installs it into tests/node)";
}

std::vector<Result<OrtAnswer>> run_ort(std::span<const OrtJob> jobs) {
    const Scratch scratch;
    const auto stem = [&](size_t i) { return (scratch.path / std::to_string(i)).string(); };
    std::vector<Result<OrtAnswer>> answers(jobs.size(), fail("ONNX Runtime did not finish"));
    Json list = Json::array();
    for (size_t i = 0; i < jobs.size(); ++i) {
        auto job = describe_job(jobs[i], stem(i));
        if (!job) return std::vector<Result<OrtAnswer>>(jobs.size(), std::unexpected(job.error()));
        list.push_back(*std::move(job));
    }
    const std::string path = (scratch.path / "jobs.json").string(),
                      lines_path = (scratch.path / "lines").string();
    if (!write_file(path, as_bytes(to_text(list)))) return answers;
    // The exit status only says whether a job failed; the lines say which.
    if (std::system(
            format("node '{}/tests/node/ort_run.mjs' --batch '{}' > '{}'", kRepository, path, lines_path)
                .c_str()) < 0)
        return answers;
    const auto bytes = map_file(lines_path);
    const auto lines = bytes ? split(as_text(bytes->bytes()), '\n') : std::vector<std::string_view>{};
    for (size_t i = 0; i < jobs.size() && i < lines.size(); ++i)
        if (const auto line = parse_json(lines[i])) answers[i] = answer_of(*line, jobs[i], stem(i));
    return answers;
}

}  // namespace lathe::onnx_data
