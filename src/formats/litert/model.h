// A LiteRT model before its bytes are laid out: tensors and operators in their order, as the schema has them.
#pragma once
#include <string>
#include <vector>

#include "formats/litert/schema.h"
#include "graph/graph.h"
#include "wire/flatbuffer.h"

namespace lathe::formats::litert {

inline constexpr int kNoTensor = -1;  // an optional operand that is absent

// value = (code - zero_point) * scale, one pair for the tensor or one for each index of `axis`.
struct Quantization {
    std::vector<float> scales;  // empty: the tensor is not quantised
    std::vector<int64_t> zero_points;
    int axis = 0;
};

struct TensorInfo {
    std::string name;
    DType dtype = DType::kF32;
    graph::Dims shape;  // as it lies in memory; sizes with symbols are open
    // Constants. Its type may be f32 where `dtype` is narrower: it is converted when it is written (to i8: by the
    // quantisation), so that no converted copy of all weights is held.
    std::optional<Tensor> data;
    Quantization quantization;
};

struct Operator {
    Builtin code;
    int version = 1;
    std::vector<int> inputs, outputs;  // numbers of tensors, or kNoTensor
    std::vector<wire::FlatField> options;  // by the slots of the operator's options
};

struct Port {
    std::string name;  // as the signature says it
    int tensor;
};

struct Metadata {
    std::string name;
    std::string content;
};

struct Model {
    std::string name;
    std::vector<TensorInfo> tensors;
    std::vector<Operator> operators;
    std::vector<Port> inputs, outputs;
    std::vector<Metadata> metadata;
};

// Sets the versions of all operators: the least that the operator's parameters and types need, by the rules of
// tflite/converter/tools/versioning/op_version.cc.
void set_versions(Model& model);

// relu, relu6 and clips to [-1, 1] behind an operator that can hold them, and additions of a vector behind a product
// without one, become part of that operator.
void fuse(Model& model);

// Operators whose operands are widened from i8 codes and whose result is only quantised again become operators on codes,
// biases i32; what only moves elements takes codes along. What has no integer kernel stays between DEQUANTIZE and QUANTIZE.
void use_integers(Model& model);

// Drops operators whose results nobody takes, and tensors that no operator mentions.
void drop_unused(Model& model);

// The file. Weights lie inside the FlatBuffer, or, with more than 2 GB of them, behind it, where Buffer.offset and
// Buffer.size tell. Errors: a type that the schema lacks; what has 2 GB even without weights.
Result<wire::Pieces> serialise(const Model& model, const std::string& description);

}  // namespace lathe::formats::litert
