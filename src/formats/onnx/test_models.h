// Models put together by hand, message by message, for tests of the reader.
#pragma once
#include <string>
#include <vector>

#include "formats/onnx/schema.h"
#include "wire/protobuf.h"

namespace lathe::formats::onnx::testing {

using wire::ProtoWriter;

inline ProtoWriter node(const char* op, std::vector<std::string> inputs, std::vector<std::string> outputs) {
    ProtoWriter message;
    for (const auto& name : inputs) message.text(node_field::kInput, name);
    for (const auto& name : outputs) message.text(node_field::kOutput, name);
    message.text(node_field::kOpType, op);
    return message;
}

inline ProtoWriter float_input(const char* name, std::vector<int64_t> dims) {
    ProtoWriter shape, tensor, type, info;
    for (const int64_t d : dims) {
        ProtoWriter dim;
        dim.int64(shape_field::kDimValue, d);
        shape.message(shape_field::kDim, std::move(dim));
    }
    tensor.int64(type_field::kElemType, 1);
    tensor.message(type_field::kShape, std::move(shape));
    type.message(type_field::kTensor, std::move(tensor));
    info.text(value_info::kName, name);
    info.message(value_info::kType, std::move(type));
    return info;
}

inline std::vector<std::byte> model_of(ProtoWriter graph, int opset = 17) {
    ProtoWriter import, model;
    import.int64(opset_id::kVersion, opset);
    model.int64(model::kIrVersion, 8);
    model.message(model::kOpsetImport, std::move(import));
    model.message(model::kGraph, std::move(graph));
    return *model.pieces().to_vector();
}

inline ProtoWriter tensor(const char* name, std::vector<int64_t> dims, int type, std::string_view raw) {
    ProtoWriter message;
    message.packed(tensor_field::kDims, dims);
    message.int64(tensor_field::kDataType, type);
    message.text(tensor_field::kName, name);
    message.bytes(tensor_field::kRawData, as_bytes(raw));
    return message;
}

template <class... T>
std::vector<ProtoWriter> list(T... items) {
    std::vector<ProtoWriter> result;
    (result.push_back(std::move(items)), ...);
    return result;
}

}  // namespace lathe::formats::onnx::testing
