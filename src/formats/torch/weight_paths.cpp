#include "formats/torch/weight_paths.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace lathe::formats::torch {
namespace {

// Members of every module, and words of Python.
constexpr std::string_view kMembers[] = {
    "training", "forward", "self",       "None",    "True",      "False", "in",         "is",       "if",
    "for",      "def",     "class",      "return",  "not",       "and",   "or",         "as",       "from",
    "import",   "with",    "pass",       "lambda",  "global",    "del",   "while",      "else",     "try",
    "eval",     "train",   "parameters", "buffers", "modules",   "name",  "state_dict", "children", "type",
    "half",     "float",   "double",     "apply",   "to",        "cpu",   "cuda",       "raise",    "yield",
    "nonlocal", "elif",    "except",     "assert",  "extra_repr"};

std::string path_part(std::string_view part) {
    std::string text;
    for (const char c : part) {
        const bool keep =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        text += keep ? c : '_';
    }
    return text.empty() ? "_" : text;
}

bool is_member(const std::string& part) { return std::ranges::find(kMembers, part) != std::end(kMembers); }

class Paths {
public:
    std::string add(std::string_view name) {
        const auto parts = lathe::split(name, '.');
        std::string path;
        for (size_t i = 0; i < parts.size(); ++i) {
            const bool last = i + 1 == parts.size();
            const std::string wanted = path_part(parts[i]);
            std::string part = wanted;
            const auto clashes = [&] {
                const std::string full = path + part;
                return is_member(part) || tensors_.contains(full) || (last && modules_.contains(full));
            };
            for (int k = 1; clashes(); ++k) part = format("{}_{}", wanted, k);
            path += part;
            if (last) break;
            modules_.insert(path);
            path += '.';
        }
        tensors_.insert(path);
        return path;
    }

private:
    std::set<std::string> tensors_, modules_;
};

}  // namespace

std::vector<std::string> weight_paths(const aten::Program& program) {
    Paths paths;
    std::vector<std::string> list;
    for (const aten::Weight& weight : program.weights) list.push_back(paths.add(weight.name));
    return list;
}

}  // namespace lathe::formats::torch
