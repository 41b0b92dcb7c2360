// The JSON of a program: torch/_export/serde/schema.py, ExportedProgram, version 8.17.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "formats/torch/aten.h"

namespace lathe::formats::torch_export {

class ProgramPrinter {
public:
    // paths: of the weights, as torch::weight_paths gives them.
    ProgramPrinter(const torch::aten::Program& program, const std::vector<std::string>& paths);

    Json program() const;  // ExportedProgram
    // PayloadMeta of a weight that lies in the file `path_name`.
    Json payload(const torch::aten::Weight& weight, const std::string& path_name) const;

private:
    Json graph() const;
    Json signature() const;
    Json call_signature() const;
    Json node(const torch::aten::Call& call) const;
    Json argument(const torch::aten::NamedArg& arg) const;
    Json list(const torch::aten::Args& items, const torch::aten::NamedArg& arg) const;
    Json tensor_meta(const torch::aten::Value& value) const;
    Json meta(DType dtype, const graph::Dims& sizes, const graph::Dims& strides) const;
    Json size(const graph::Dim& dim) const;
    Json named(int value) const;  // as_tensor

    const torch::aten::Program& program_;
    const std::vector<std::string>& paths_;
    std::map<std::string, graph::Dim, std::less<>> symbols_;  // of the graph: as the program calls them
    graph::Bindings hints_;  // sizes for the program's own symbols, of an example
    std::vector<std::string> names_;  // of the program's symbols, in order
};

bool is_parameter(const torch::aten::Weight& weight);

}  // namespace lathe::formats::torch_export
