#include "pipeline/other_programs.h"

#include <cstdlib>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace lathe::pipeline {
namespace {

// The folders of an environment variable that lists them.
std::vector<std::string> folders_in(const char* variable) {
    std::vector<std::string> folders;
    const char* text = std::getenv(variable);
    for (const std::string_view folder : split(text == nullptr ? "" : text, ':'))
        if (!folder.empty()) folders.emplace_back(folder);
    return folders;
}

}  // namespace

std::string program_on_path(std::string_view name) {
    for (const std::string& folder : folders_in("PATH")) {
        const std::string file = format("{}/{}", folder, name);
        if (file_exists(file) && !is_directory(file)) return file;
    }
    return {};
}

std::string onnxruntime_folder() {
    std::vector<std::string> places = folders_in("NODE_PATH");
    places.insert(places.begin(), {"tests/node/node_modules", "node_modules"});
    for (const std::string& place : places)
        if (file_exists(place + "/onnxruntime-node/package.json")) return place + "/onnxruntime-node";
    return {};
}

}  // namespace lathe::pipeline
