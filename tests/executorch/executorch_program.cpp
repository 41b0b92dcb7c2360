#include "executorch_program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace lathe::executorch_data {
namespace {

namespace fs = std::filesystem;

std::string driver() {
    const char* given = std::getenv("LATHE_EXECUTORCH");
    return given == nullptr ? "" : given;
}

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<std::vector<Tensor>> answers_of(const std::string& prefix, const ExecutorchJob& job) {
    std::vector<Tensor> outputs;
    for (size_t k = 0; k < job.outputs.size(); ++k) {
        const auto& [dtype, shape] = job.outputs[k];
        const std::string bytes = text_of(format("{}.{}", prefix, k));
        if (static_cast<int64_t>(bytes.size()) != bytes_of(dtype, element_count(shape)))
            return fail("output {} has {} bytes", k, bytes.size());
        TensorBuilder made(dtype, shape);
        std::ranges::copy(as_bytes(bytes), made.bytes().begin());
        outputs.push_back(made.finish());
    }
    return outputs;
}

}  // namespace

std::string executorch_missing() {
    if (!driver().empty() && file_exists(driver())) return "";
    return "ExecuTorch does not run here: LATHE_EXECUTORCH names no driver (tests/executorch/driver/build.sh makes one)";
}

std::vector<Result<std::vector<Tensor>>> run_executorch(std::span<const ExecutorchJob> jobs,
                                                        const std::string& folder) {
    std::vector<Result<std::vector<Tensor>>> answers(jobs.size(), fail("ExecuTorch ended without an answer"));
    std::vector<std::string> lines;
    for (size_t i = 0; i < jobs.size(); ++i) {
        std::string line = format("{} {}/out{}", jobs[i].path, folder, i);
        for (size_t k = 0; k < jobs[i].inputs.size(); ++k) {
            const std::string path = format("{}/in{}.{}", folder, i, k);
            const Tensor plain = jobs[i].inputs[k].to_contiguous();
            if (!write_file(path, plain.bytes())) return answers;
            line += " " + path;
        }
        lines.push_back(line + "\n");
    }
    for (size_t done = 0; done < jobs.size();) {
        std::string list;
        for (size_t i = done; i < jobs.size(); ++i) list += lines[i];
        const std::string path = folder + "/jobs", said = folder + "/said", log = folder + "/log";
        if (!write_file(path, as_bytes(list)) ||
            std::system(format("'{}' < '{}' > '{}' 2> '{}'", driver(), path, said, log).c_str()) < 0)
            return answers;
        const size_t before = done;
        const std::string text = text_of(said);
        for (const auto line : split(text, '\n')) {
            if (line.empty() || done == jobs.size()) continue;
            if (line == "ok") answers[done] = answers_of(format("{}/out{}", folder, done), jobs[done]);
            else answers[done] = fail("{}", line);
            ++done;
        }
        if (done == before || done < jobs.size()) {
            const std::string why = text_of(log);
            answers[done] = fail("it ends the process: {}",
                                 printable(why.substr(why.size() - std::min<size_t>(why.size(), 400))));
            ++done;
        }
    }
    return answers;
}

std::string kernel_list() { return (fs::path(driver()).parent_path() / "names").string(); }

std::string flatc_missing() {
    const fs::path schema = fs::path(driver()).parent_path() / "schema/program.fbs";
    if (driver().empty() || !fs::exists(schema)) return "LATHE_EXECUTORCH leads to no schema";
    if (std::system("flatc --version > /dev/null 2>&1") != 0) return "flatc is not installed";
    return "";
}

std::string read_by_flatc(const std::string& schema, const std::string& path, std::string* json) {
    const fs::path folder = fs::path(path).parent_path() / "flatc";
    fs::create_directories(folder);
    const std::string log = (folder / "log").string();
    const fs::path of = fs::path(driver()).parent_path() / "schema" / schema;
    const int status =
        std::system(format("flatc --json --strict-json --raw-binary -o '{}' '{}' -- '{}' > '{}' 2>&1",
                           folder.string(), of.string(), path, log)
                        .c_str());
    if (json != nullptr) *json = text_of((folder / fs::path(path).stem()).string() + ".json");
    const std::string said = status == 0 ? "" : "flatc: " + text_of(log);
    fs::remove_all(folder);
    return said;
}

}  // namespace lathe::executorch_data
