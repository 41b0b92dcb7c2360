// The tables of a .tflite file, checked: what a reader of graphs needs of them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/litert/model.h"

namespace lathe::formats::litert {

struct ParsedTensor {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;  // -1: open
    std::optional<Tensor> data;  // of constants: a view of the file
    Quantization quantization;
};

struct ParsedOperator {
    int32_t code = 0;
    std::string custom;  // the name of an operator that is no builtin
    std::vector<int> inputs, outputs;  // numbers of tensors that exist, inputs also kNoTensor
    std::optional<wire::FlatTable> options;
    int64_t option(int slot, int64_t absent = 0) const {
        return options ? options->number<int32_t>(slot, static_cast<int32_t>(absent)) : absent;
    }
    int64_t byte_option(int slot) const { return options ? options->number<int8_t>(slot) : 0; }
};

struct ParsedModel {
    std::string name, description;
    std::vector<ParsedTensor> tensors;
    std::vector<ParsedOperator> operators;
    std::vector<Port> inputs, outputs;  // named by the signature, else by their tensors
    std::map<std::string, std::string> metadata;  // entries that are text
};

// Errors: bytes that are no such model, naming table and position; references to what does not exist; sizes that do not
// fit their data; sparse tensors; data in other files.
Result<ParsedModel> parse(const SharedBytes& file);

}  // namespace lathe::formats::litert
