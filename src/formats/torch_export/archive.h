// The three layouts of torch.export's .pt2 archives, opened: the program as JSON, and its weights and constants by name.
//   1. up to PyTorch 2.7: serialized_exported_program.json, serialized_state_dict.pt and serialized_constants.pt, each
//      of the latter an archive of torch.save, in the root (older: named .json);
//   2. PyTorch 2.8: ROOT/archive_format "pt2", ROOT/models/NAME.json, ROOT/data/weights/NAME.pt, ROOT/data/constants/NAME.pt;
//   3. from 2.9: ROOT/data/weights/NAME_weights_config.json and …/constants/NAME_constants_config.json, which say for every
//      name in which file its storage lies as raw bytes.
// Sources: torch/_export/serde/schema.py, torch/csrc/export/pt2_archive_constants.h, torch/export/pt2_archive/_package.py.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "formats/torch/notes.h"
#include "graph/checkpoint.h"
#include "wire/zip.h"

namespace lathe::formats::torch_export {

struct Contents {
    int generation = 0;  // 1 to 3, as above
    std::string name;  // of the model: "model"
    std::shared_ptr<const Json> program;  // ExportedProgram
    std::vector<graph::NamedTensor> weights;  // parameters and buffers
    std::vector<graph::NamedTensor> constants;  // and buffers that are not saved
    std::optional<torch::Notes> notes;  // of a program that Lathe wrote
};

bool is_archive(const wire::ZipArchive& archive);
// Errors: none of the layouts, several models, damaged parts.
Result<Contents> open_archive(const SharedBytes& file);

// PyTorch's element type of a program (ScalarType of schema.py, counted from 1). Errors: one that Lathe does not have.
Result<DType> dtype_of(const Json& code);
int64_t code_of(DType dtype);  // 0: PyTorch's programs have no such type

}  // namespace lathe::formats::torch_export
