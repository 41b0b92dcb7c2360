#include "litert_js.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "formats/numpy/npz.h"
#include "places.h"

namespace lathe::litert_data {
namespace {

namespace fs = std::filesystem;

struct Scratch {
    fs::path path;
    Scratch() {
        std::string name = (fs::temp_directory_path() / "lathe-litert-XXXXXX").string();
        if (mkdtemp(name.data()) != nullptr) path = name;
    }
    ~Scratch() {
        std::error_code error;
        if (!path.empty()) fs::remove_all(path, error);
    }
};

Result<Json> describe_job(const LitertJob& job, const std::string& stem) {
    Json json = Json::object();
    json["model"] = job.model_path.empty() ? stem + ".tflite" : job.model_path;
    if (job.model_path.empty()) TRY_STATUS(write_file(stem + ".tflite", job.model));
    std::vector<graph::NamedTensor> inputs;
    for (const auto& [name, tensor] : job.inputs) inputs.push_back({name, tensor});
    TRY_STATUS(formats::write_npz(stem + ".in.npz", inputs));
    json["input"] = stem + ".in.npz";
    json["output"] = stem + ".out.npz";
    return json;
}

Result<std::vector<Tensor>> answer_of(const Json& line, const LitertJob& job, const std::string& stem) {
    if (const Json* error = find_member(line, "error"))
        return fail("LiteRT: {}", error->get_ref<const std::string&>());
    TRY(const SharedBytes bytes, map_file(stem + ".out.npz"));
    TRY(const graph::Checkpoint arrays, formats::read_npz(bytes, stem + ".out.npz"));
    std::vector<Tensor> outputs;
    for (const std::string& name : job.outputs) {
        const Tensor* tensor = arrays.find(name);
        if (tensor == nullptr) return fail("LiteRT gave no output '{}'", name);
        outputs.push_back(tensor->to_contiguous());
    }
    return outputs;
}

std::string script() { return std::string(kRepository) + "/tests/node/litert_run.mjs"; }

}  // namespace

std::string litert_missing() {
    if (std::system(format("node '{}' --version > /dev/null 2>&1", script()).c_str()) == 0) return "";
    return "LiteRT does not run here (./dev setup installs @litertjs/core into tests/node)";
}

std::vector<Result<std::vector<Tensor>>> run_litert(std::span<const LitertJob> jobs) {
    const Scratch scratch;
    const auto stem = [&](size_t i) { return (scratch.path / std::to_string(i)).string(); };
    std::vector<Result<std::vector<Tensor>>> answers(jobs.size(), fail("LiteRT ended without an answer"));
    Json list = Json::array();
    for (size_t i = 0; i < jobs.size(); ++i) {
        auto job = describe_job(jobs[i], stem(i));
        if (!job) return std::vector<Result<std::vector<Tensor>>>(jobs.size(), std::unexpected(job.error()));
        list.push_back(*std::move(job));
    }
    const std::string path = (scratch.path / "jobs.json").string(),
                      lines_path = (scratch.path / "lines").string();
    if (!write_file(path, as_bytes(to_text(list)))) return answers;
    for (size_t done = 0; done < jobs.size();) {
        if (std::system(format("node '{}' --batch '{}' --skip {} > '{}' 2> '{}.log'", script(), path, done,
                               lines_path, lines_path)
                            .c_str()) < 0)
            return answers;
        const auto bytes = map_file(lines_path);
        const size_t before = done;
        for (const auto line :
             bytes ? split(as_text(bytes->bytes()), '\n') : std::vector<std::string_view>{}) {
            const auto json = parse_json(line);
            if (line.empty() || !json || done == jobs.size()) continue;
            answers[done] = answer_of(*json, jobs[done], stem(done));
            ++done;
        }
        if (done == before) ++done;  // it ended before it could say anything
    }
    return answers;
}

}  // namespace lathe::litert_data
