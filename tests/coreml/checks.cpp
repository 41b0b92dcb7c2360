#include "checks.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "requirements.h"

namespace lathe::coreml_data {
namespace {

using formats::coreml::Model;
using formats::coreml::Operation;

// The definition in force: the last one that is not younger than the model.
const Requirement* requirement_of(const std::string& operation, int version) {
    const Requirement* found = nullptr;
    for (const Requirement& one : kRequirements)
        if (one.operation == operation && one.since <= version) found = &one;
    return found;
}

bool is_identifier(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    return std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

struct Known {
    std::set<std::string> values, constants;
};

std::string parameter_errors(const Operation& operation, int version, const Known& known) {
    if (operation.type == "const") return operation.attribute("val") != nullptr ? "" : "has no value";
    const Requirement* requirement = requirement_of(operation.type, version);
    if (requirement == nullptr) return "is no operation of this version";
    std::set<std::string> allowed;
    for (const std::string_view word : split(requirement->parameters, ' ')) {
        const std::string name(word.substr(0, word.find_first_of("!?")));
        allowed.insert(name);
        const auto* input = operation.input(name);
        const bool there = input != nullptr || operation.attribute(name) != nullptr;
        if (!there && !word.ends_with('?')) return "lacks its parameter " + name;
        if (input != nullptr && word.find('!') != word.npos)
            for (const auto& binding : input->bindings)
                if (!binding.value && !known.constants.contains(binding.name))
                    return "has a computed parameter " + name;
    }
    for (const auto& input : operation.inputs) {
        if (!allowed.contains(input.name)) return "has a parameter " + input.name + " that it does not know";
        for (const auto& binding : input.bindings)
            if (!binding.value && !known.values.contains(binding.name))
                return "uses '" + binding.name + "' too early";
    }
    for (const auto& [name, value] : operation.attributes)
        if (name != "name" && !allowed.contains(name))
            return "has an attribute " + name + " that it does not know";
    return "";
}

std::string shell(const std::string& command) {
    return std::system((command + " 2> /dev/null").c_str()) == 0 ? "" : "protoc does not decode it";
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string program_errors(const Model& model) {
    Known known;
    for (const auto& input : model.program.inputs) known.values.insert(input.name);
    for (const Operation& operation : model.program.operations) {
        const std::string place =
            format("{} '{}' ", operation.type, operation.outputs.empty() ? "" : operation.outputs[0].name);
        if (operation.attribute("name") == nullptr) return place + "has no name";
        if (const std::string wrong = parameter_errors(operation, model.version, known); !wrong.empty())
            return place + wrong;
        for (const auto& output : operation.outputs) {
            if (!is_identifier(output.name)) return place + "makes a value that is no identifier";
            if (!known.values.insert(output.name).second)
                return place + "makes a value that was there before";
            if (output.type.shape.size() > 5) return place + "makes a value of more than five axes";
            if (operation.type == "const" || operation.type.starts_with("constexpr_"))
                known.constants.insert(output.name);
        }
    }
    for (const std::string& output : model.program.outputs)
        if (!known.values.contains(output)) return "the output '" + output + "' is not made";
    return "";
}

bool have_protoc() {
    static const bool found = std::system("protoc --version > /dev/null 2>&1") == 0;
    return found;
}

std::string schema_missing() {
    if (!have_protoc()) return "protoc is not installed (apt install protobuf-compiler)";
    const char* folder = std::getenv("LATHE_COREML_PROTO");
    if (folder == nullptr)
        return "LATHE_COREML_PROTO names no folder with coremltools' mlmodel/format/*.proto";
    if (!file_exists(std::string(folder) + "/Model.proto")) return format("{}: has no Model.proto", folder);
    return "";
}

std::string message_errors(const std::string& specification) {
    if (!have_protoc()) return "";
    const std::string text = specification + ".txt";
    if (!schema_missing().empty())
        return shell(format("protoc --decode_raw < '{}' > '{}'", specification, text));
    const std::string how =
        format("protoc --proto_path='{}' --{{}}=CoreML.Specification.Model Model.proto < '{{}}' > '{{}}'",
               std::getenv("LATHE_COREML_PROTO"));
    const auto run = [&](const std::string& verb, const std::string& from, const std::string& to) {
        std::string command = how;
        for (const std::string& part : {verb, from, to}) command.replace(command.find("{}"), 2, part);
        return shell(command);
    };
    if (const std::string wrong = run("decode", specification, text); !wrong.empty()) return wrong;
    const std::string decoded = text_of(text);
    for (const std::string_view line : split(decoded, '\n'))
        if (const auto word = trim(line); !word.empty() && word[0] >= '0' && word[0] <= '9')
            return format("it has a field that the schema does not know: {}", word);
    const std::string again = specification + ".again";
    if (const std::string wrong = run("encode", text, again); !wrong.empty()) return wrong;
    const auto size = std::filesystem::file_size(specification), other = std::filesystem::file_size(again);
    return size == other ? "" : format("it has {} bytes, and what protoc encodes of it {}", size, other);
}

}  // namespace lathe::coreml_data
