// What an ONNX file says, message by message, before any of it is understood. Text and bytes are views of the mapped
// file, which must outlive these; only names that inlining may change are owned.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/onnx/schema.h"
#include "wire/protobuf.h"

namespace lathe::formats::onnx {

struct Attribute {
    std::string_view name;
    AttributeType type =
        AttributeType::kUndefined;  // old files leave it out: then it follows from the field in use
    float number = 0;
    int64_t integer = 0;
    std::string_view text;
    std::vector<float> numbers;
    std::vector<int64_t> integers;
    std::vector<std::string_view> texts;
    wire::ProtoReader tensor;  // of a TensorProto, when type is kTensor
    wire::ProtoReader graph;  // of a GraphProto, when type is kGraph
    std::string_view ref;  // inside functions: take the value of the caller's attribute of this name
};

struct Node {
    std::string name;
    std::string op_type;
    std::string domain;  // "" is ONNX's own
    std::string overload;
    std::vector<std::string> inputs;  // "" is an absent optional one
    std::vector<std::string> outputs;
    std::vector<Attribute> attributes;

    const Attribute* find(std::string_view attribute_name) const;
    std::string label() const;  // for messages: its name, or its first output
};

struct Dimension {
    std::optional<int64_t> value;
    std::string_view param;
};

struct ValueInfo {
    std::string_view name;
    uint32_t kind = 0;  // type_field::kTensor, kSequence, …; 0: none given
    int64_t elem_type = 0;  // of a tensor
    bool has_shape = false;  // false: not even the rank is said
    std::vector<Dimension> shape;
};

struct GraphMessage {
    std::string_view name;
    std::vector<Node> nodes;
    std::vector<wire::ProtoReader> initializers;  // of TensorProtos
    std::vector<ValueInfo> inputs;
    std::vector<ValueInfo> outputs;
    bool has_sparse_initializers = false;
};

using OpsetImports =
    std::map<std::string, int64_t, std::less<>>;  // domain -> version; "ai.onnx" is stored as ""

struct FunctionMessage {
    std::string_view name;
    std::string_view domain;
    std::string_view overload;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::vector<std::string_view> attributes;  // must be given by the caller
    std::vector<Attribute> default_attributes;  // may be given
    std::vector<Node> nodes;
    OpsetImports opsets;
};

struct ModelMessage {
    int64_t ir_version = 0;
    std::string_view producer_name;
    std::string_view producer_version;
    std::string_view domain;
    int64_t model_version = 0;
    std::string_view doc_string;
    OpsetImports opsets;
    std::optional<GraphMessage> graph;
    std::vector<FunctionMessage> functions;
    std::vector<std::pair<std::string_view, std::string_view>> metadata;
};

// Errors: not protobuf, a field of the wrong wire type, subgraphs nested too deeply.
Result<ModelMessage> parse_model(ByteSpan file);
Result<GraphMessage> parse_graph(wire::ProtoReader reader);

}  // namespace lathe::formats::onnx
