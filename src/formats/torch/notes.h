// What Lathe writes beside a program of PyTorch's, because the program cannot say it: extra/lathe.json.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::torch {

inline constexpr std::string_view kNotesEntry = "extra/lathe.json";

struct Notes {
    struct Input {
        std::string name = {};
        DType dtype = DType::kF32;
        graph::Dims shape = {};
    };
    std::vector<Input> inputs;  // of the program, in order
    std::vector<std::string> outputs;  // names
    std::map<std::string, std::string> metadata;
};

Notes notes_of(const graph::Graph& graph);
std::string to_text(const Notes& notes);
// Errors: not of this form.
Result<Notes> parse_notes(std::string_view text);
// Gives the graph of the program the metadata, and its outputs their names, where nothing else has them.
void apply_notes(const Notes& notes, graph::Graph& graph);

}  // namespace lathe::formats::torch
