// What Lathe writes beside a TorchScript program, because TorchScript cannot say it: extra/lathe.json.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::torchscript {

inline constexpr std::string_view kNotesEntry = "extra/lathe.json";

struct Notes {
    struct Input {
        std::string name;
        DType dtype = DType::kF32;
        graph::Dims shape;
    };
    std::vector<Input> inputs;  // of forward, in order
    std::vector<std::string> outputs;  // names
    std::map<std::string, std::string> metadata;
};

Notes notes_of(const graph::Graph& graph);
std::string to_text(const Notes& notes);
// Errors: not of this form.
Result<Notes> parse_notes(std::string_view text);

}  // namespace lathe::formats::torchscript
