#include "ncnn_program.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "formats/ncnn/model.h"
#include "places.h"

namespace lathe::ncnn_data {
namespace {

namespace fs = std::filesystem;

std::string driver() {
    if (const char* given = std::getenv("LATHE_NCNN"); given != nullptr && *given != '\0') return given;
    return std::string(kNcnnDriver);
}

// The sizes that the file declares for its inputs.
Result<std::map<std::string, Shape>> input_shapes(const std::string& param) {
    TRY(const SharedBytes file, map_file(param));
    TRY(const auto network, formats::ncnn::parse_text(as_text(file.bytes())));
    std::map<std::string, Shape> shapes;
    for (const auto& layer : network.layers) {
        if (layer.type != "Input") continue;
        std::map<int, int64_t> sizes;
        for (const auto& [id, value] : layer.parameters)
            if (const auto* number = std::get_if<int32_t>(&value)) sizes[id] = *number;
        for (const int id : {2, 11, 1, 0})
            if (sizes.contains(id)) shapes[layer.outputs[0]].push_back(sizes[id]);
    }
    return shapes;
}

Status write_inputs(const NcnnJob& job, const std::string& path) {
    TRY(const auto shapes, input_shapes(job.param));
    TRY(OutputFile file, OutputFile::create(path));
    for (const auto& [name, tensor] : job.inputs) {
        const auto it = shapes.find(name);
        if (it == shapes.end()) return fail("{} has no input '{}'", job.param, name);
        std::string line = format("{} {}", name, it->second.size());
        for (const int64_t size : it->second) line += format(" {}", size);
        TRY_STATUS(file.write(line + "\n"));
        TRY_STATUS(file.write(tensor.to(DType::kF32).to_contiguous().bytes()));
    }
    for (const std::string& name : job.outputs) TRY_STATUS(file.write(format("{} 0\n", name)));
    return file.commit();
}

Result<std::vector<Tensor>> answers_in(const std::string& path, const NcnnJob& job) {
    TRY(const SharedBytes file, map_file(path));
    const std::string_view text = as_text(file.bytes());
    std::map<std::string, Tensor> found;
    for (size_t at = 0; at < text.size();) {
        const size_t end = text.find('\n', at);
        if (end == text.npos) return fail("ncnn's answer is cut off");
        const auto words = split(text.substr(at, end - at), ' ');
        Shape shape;
        for (size_t i = 2; i < words.size(); ++i) {
            int64_t size = 0;
            if (!parse_int(words[i], size)) return fail("ncnn's answer has the size '{}'", words[i]);
            shape.push_back(size);
        }
        TensorBuilder numbers(DType::kF32, shape);
        const auto bytes = numbers.bytes();
        if (text.size() - end - 1 < bytes.size()) return fail("ncnn's answer is cut off");
        std::memcpy(bytes.data(), text.data() + end + 1, bytes.size());
        found.insert_or_assign(std::string(words[0]), numbers.finish());
        at = end + 1 + bytes.size();
    }
    std::vector<Tensor> outputs;
    for (const std::string& name : job.outputs) {
        if (!found.contains(name)) return fail("ncnn gave no output '{}'", name);
        outputs.push_back(found.at(name));
    }
    return outputs;
}

}  // namespace

Scratch::Scratch() {
    std::string name = (fs::temp_directory_path() / "lathe-ncnn-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
}
Scratch::~Scratch() {
    std::error_code error;
    if (!path.empty()) fs::remove_all(path, error);
}

std::string ncnn_missing() {
    if (file_exists(driver())) return "";
    return "ncnn does not run here (no library was found when this was built, and LATHE_NCNN names no driver; "
           "docs/ncnn.md says how to get one)";
}

std::vector<Result<std::vector<Tensor>>> run_ncnn(std::span<const NcnnJob> jobs) {
    const Scratch scratch;
    const auto file = [&](std::string_view name, size_t i) {
        return format("{}/{}.{}", scratch.path, i, name);
    };
    std::vector<Result<std::vector<Tensor>>> answers(jobs.size(), fail("ncnn ended without an answer"));
    std::vector<std::string> lines;
    for (size_t i = 0; i < jobs.size(); ++i) {
        if (const Status status = write_inputs(jobs[i], file("in", i)); !status)
            answers[i] = std::unexpected(status.error());
        lines.push_back(format("{} {} {} {}\n", jobs[i].param, jobs[i].bin, file("in", i), file("out", i)));
    }
    for (size_t done = 0; done < jobs.size();) {
        std::string list;
        for (size_t i = done; i < jobs.size(); ++i) list += lines[i];
        const std::string path = scratch.path + "/jobs", said = scratch.path + "/said";
        if (!write_file(path, as_bytes(list)) ||
            std::system(format("'{}' '{}' > '{}' 2> '{}.log'", driver(), path, said, said).c_str()) < 0)
            return answers;
        const auto bytes = map_file(said);
        const size_t before = done;
        for (const auto line :
             bytes ? split(as_text(bytes->bytes()), '\n') : std::vector<std::string_view>{}) {
            if (line.empty() || done == jobs.size()) continue;
            if (line == "ok") answers[done] = answers_in(file("out", done), jobs[done]);
            else answers[done] = fail("{}", line);
            ++done;
        }
        if (done == before) ++done;  // it ended before it could say anything
    }
    return answers;
}

}  // namespace lathe::ncnn_data
