#include "pipeline/trtexec.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "base/text.h"
#include "pipeline/other_programs.h"

namespace lathe::pipeline {
namespace {

constexpr std::string_view kTrtexecPlaces[] = {
    "/usr/src/tensorrt/bin/trtexec", "/usr/local/tensorrt/bin/trtexec", "/opt/tensorrt/bin/trtexec"};

// Everything that it says, to its end; of errors it speaks on its standard error.
Result<std::string> said_by(const std::vector<std::string>& command) {
    std::vector<std::string> both{"sh", "-c", "exec \"$0\" \"$@\" 2>&1"};
    both.insert(both.end(), command.begin(), command.end());
    TRY(ChildProcess process, ChildProcess::start(both));
    std::string text;
    while (true) {
        const auto line = process.receive();
        if (!line) return text;
        text += *line + "\n";
    }
}

// The last line that speaks of an error, or the last at all.
std::string last_words(const std::string& text) {
    std::string_view last, error;
    for (const std::string_view line : split(text, '\n')) {
        if (trim(line).empty()) continue;
        last = line;
        if (line.find("[E]") != line.npos) error = line;
    }
    return printable(error.empty() ? last : error);
}

std::string with_crosses(const Shape& shape) {
    std::vector<std::string> sizes;
    for (const int64_t size : shape) sizes.push_back(format("{}", size));
    return join(sizes, "x");
}

std::string shapes_argument(std::string_view option, std::span<const ProfiledInput> inputs, size_t which) {
    std::vector<std::string> list;
    for (const ProfiledInput& input : inputs)
        list.push_back(input.name + ":" + with_crosses(input.shapes[which]));
    return format("{}={}", option, join(list, ","));
}

// What --exportOutput writes: [{"name", "dimensions": "2x1000", "values": [...]}]
Result<check::NamedTensors> outputs_in(std::string_view text) {
    TRY(const Json json, parse_json(text));
    if (!json.is_array()) return fail("it wrote no list of outputs");
    check::NamedTensors outputs;
    for (const Json& one : json) {
        const Json* name = find_member(one, "name");
        const Json* dimensions = find_member(one, "dimensions");
        const Json* values = find_member(one, "values");
        if (name == nullptr || !name->is_string() || dimensions == nullptr || !dimensions->is_string() ||
            values == nullptr || !values->is_array())
            return fail("an output lacks its name, dimensions or values");
        Shape shape;
        for (const std::string_view word : split(dimensions->get<std::string>(), 'x')) {
            int64_t size = 0;
            if (!parse_int(word, size) || size < 0)
                return fail("the output '{}' has the dimensions '{}'", printable(name->get<std::string>()),
                            printable(dimensions->get<std::string>()));
            shape.push_back(size);
        }
        std::vector<double> numbers;
        for (const Json& value : *values) {
            if (!value.is_number()) return fail("an output has a value that is no number");
            numbers.push_back(value.get<double>());
        }
        if (std::cmp_not_equal(numbers.size(), element_count(shape)))
            return fail("the output '{}' has {} values, expected {}", printable(name->get<std::string>()),
                        numbers.size(), to_string(shape));
        outputs.emplace_back(name->get<std::string>(), tensor_from_doubles(DType::kF32, shape, numbers));
    }
    return outputs;
}

}  // namespace

std::string trtexec_program() {
    if (const char* named = std::getenv("LATHE_TRTEXEC"); named != nullptr && *named != '\0')
        return file_exists(named) ? named : "";
    if (std::string place = program_on_path("trtexec"); !place.empty()) return place;
    for (const std::string_view place : kTrtexecPlaces)
        if (file_exists(std::string(place))) return std::string(place);
    return {};
}

Result<Trtexec> Trtexec::start() {
    std::string program = trtexec_program();
    if (program.empty()) return fail("TensorRT is not here: {}", kTrtexecWay);
    TRY(std::string help, said_by({program, "--help"}));
    if (help.find("--saveEngine") == help.npos)
        return fail("{}: it does not answer to --help as TensorRT's trtexec does", program);
    return Trtexec(std::move(program), std::move(help));
}

Result<std::vector<std::string>> Trtexec::arguments(const EngineJob& job) const {
    std::vector<std::string> list{program_, "--onnx=" + job.onnx, "--saveEngine=" + job.engine};
    if (knows("--skipInference")) list.emplace_back("--skipInference");
    const bool typed = knows("--stronglyTyped");
    if (job.precision == "bf16") {
        if (!knows("--bf16"))
            return fail(
                "this TensorRT computes in the types that the model says, and has no --bf16; fp16 serves");
        list.emplace_back("--bf16");
    } else if (job.precision == "fp8" && !typed) {
        return fail("this TensorRT has no fp8; int8-static serves, or TensorRT 9 and later");
    } else if (job.precision != "fp32") {
        // From 9 on types are as the model says them; before, the builder may use what it is allowed to.
        list.emplace_back(typed ? "--stronglyTyped" : job.precision == "fp16" ? "--fp16" : "--int8");
    }
    if (!job.open.empty())
        for (const auto& [option, which] :
             {std::pair<std::string_view, size_t>{"--minShapes", 0}, {"--optShapes", 1}, {"--maxShapes", 2}})
            list.push_back(shapes_argument(option, job.open, which));
    if (!job.timing_cache.empty()) list.push_back("--timingCacheFile=" + job.timing_cache);
    return list;
}

Status Trtexec::build(const EngineJob& job) const {
    TRY(const auto command, arguments(job));
    TRY(const std::string said, said_by(command));
    if (!file_exists(job.engine)) return fail("trtexec made no engine: {}", last_words(said));
    return {};
}

Result<check::NamedTensors> Trtexec::run(const std::string& engine, const check::NamedTensors& inputs,
                                         bool open) const {
    TRY(const TemporaryFolder folder, TemporaryFolder::create());
    std::vector<std::string> files, shapes;
    for (size_t i = 0; i < inputs.size(); ++i) {
        const auto& [name, tensor] = inputs[i];
        const std::string path = folder.at(format("{}.bin", i));
        TRY(OutputFile file, OutputFile::create(path));
        TRY_STATUS(file.write(tensor.to_contiguous().bytes()));
        TRY_STATUS(file.commit());
        files.push_back(format("'{}':{}", name, path));
        shapes.push_back(name + ":" + with_crosses(tensor.shape()));
    }
    const std::string answers = folder.at("outputs.json");
    std::vector<std::string> command{program_,
                                     "--loadEngine=" + engine,
                                     "--loadInputs=" + join(files, ","),
                                     "--exportOutput=" + answers,
                                     "--iterations=1",
                                     "--warmUp=0",
                                     "--duration=0"};
    if (open) command.push_back("--shapes=" + join(shapes, ","));
    TRY(const std::string said, said_by(command));
    const auto text = map_file(answers);
    if (!text) return fail("trtexec did not run the engine: {}", last_words(said));
    return with_place(outputs_in(as_text(text->bytes())), "trtexec's outputs");
}

std::string gpu_name() {
    if (program_on_path("nvidia-smi").empty()) return "gpu";
    const auto said = said_by({"nvidia-smi", "--query-gpu=name", "--format=csv,noheader"});
    if (!said) return "gpu";
    std::string name;
    for (const char c : trim(std::string_view(*said).substr(0, said->find('\n')))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) name += c;
        else if (!name.empty() && name.back() != '-') name += '-';
    }
    return name.empty() ? "gpu" : name;
}

}  // namespace lathe::pipeline
