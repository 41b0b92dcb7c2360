#include <algorithm>
#include <cmath>
#include <map>

#include "formats/litert/model.h"

namespace lathe::formats::litert {
namespace {

using wire::flat_number;
using wire::flat_object;
using wire::FlatBuilder;
using wire::FlatField;

constexpr size_t kDataAlignment = 16;
constexpr uint64_t kMostInside = (uint64_t{1} << 31) - (uint64_t{64} << 20);
constexpr int32_t kLastOldCode = 127;  // deprecated_builtin_code holds a byte

// ---- contents of tensors

int8_t code_of_value(float value, float scale) {
    if (scale == 0) return 0;
    return static_cast<int8_t>(std::clamp(std::nearbyint(value / scale), -127.0F, 127.0F));
}

// Codes of a dense f32 tensor, symmetric, by the scales of its axis.
SharedBytes quantised(const Tensor& tensor, const Quantization& quantization) {
    const Tensor dense = tensor.to_contiguous();
    const auto values = dense.values<float>();
    HeapBytes codes(values.size());
    size_t inner = 1;
    for (int i = quantization.axis + 1; i < dense.rank(); ++i) inner *= static_cast<size_t>(dense.dim(i));
    const size_t channels = quantization.scales.size();
    for (size_t i = 0; i < values.size(); ++i) {
        const size_t channel = channels == 1 ? 0 : i / inner % channels;
        codes.data.get()[i] = static_cast<std::byte>(code_of_value(values[i], quantization.scales[channel]));
    }
    return codes.freeze();
}

SharedBytes content_of(const TensorInfo& info) {
    if (info.data->dtype() == info.dtype) return info.data->to_contiguous().storage();
    if (info.dtype == DType::kI8) return quantised(*info.data, info.quantization);
    return info.data->to_contiguous().to(info.dtype).storage();
}

uint64_t size_of(const TensorInfo& info) {
    return static_cast<uint64_t>(bytes_of(info.dtype, info.data->count()));
}

// ---- tables

class Writer {
public:
    Writer(const Model& model, bool inside) : model_(model), inside_(inside) {}

    // `begin`: where data behind the FlatBuffer starts.
    Result<wire::Pieces> run(const std::string& description, uint64_t begin) {
        end_ = begin;
        const size_t empty = b_.table({});
        buffers_.push_back(empty);
        TRY(const size_t graph, subgraph());
        const size_t subgraphs = b_.objects({graph});
        const size_t codes = operator_codes();
        const size_t signatures = b_.objects({signature()});
        const auto [metadata, metadata_buffer] = metadata_tables();
        const size_t buffers = b_.objects(buffers_);
        const size_t text = b_.text(description);
        std::vector<FlatField> fields{flat_number(model_slot::kVersion, kSchemaVersion),
                                      flat_object(model_slot::kOperatorCodes, codes),
                                      flat_object(model_slot::kSubgraphs, subgraphs),
                                      flat_object(model_slot::kDescription, text),
                                      flat_object(model_slot::kBuffers, buffers),
                                      flat_object(model_slot::kSignatureDefs, signatures)};
        if (!model_.metadata.empty()) {
            fields.push_back(flat_object(model_slot::kMetadataBuffer, metadata_buffer));
            fields.push_back(flat_object(model_slot::kMetadata, metadata));
        }
        return b_.finish(b_.table(std::move(fields)), kIdentifier);
    }

    // What lies behind the FlatBuffer, in order.
    const std::vector<const TensorInfo*>& outside() const { return outside_; }

private:
    uint32_t buffer(const TensorInfo& info) {
        const uint64_t size = size_of(info);
        if (size == 0) return 0;
        if (inside_) {
            const bool as_it_is = info.data->dtype() == info.dtype && info.data->contiguous();
            const size_t data = as_it_is
                                    ? b_.bytes(info.data->storage(), kDataAlignment)
                                    : b_.bytes_later(
                                          size, [&info]() -> Result<SharedBytes> { return content_of(info); },
                                          kDataAlignment);
            buffers_.push_back(b_.table({flat_object(buffer_slot::kData, data)}));
        } else {
            end_ = (end_ + kDataAlignment - 1) / kDataAlignment * kDataAlignment;
            buffers_.push_back(
                b_.table({flat_number(buffer_slot::kOffset, end_), flat_number(buffer_slot::kSize, size)}));
            outside_.push_back(&info);
            end_ += size;
        }
        return static_cast<uint32_t>(buffers_.size() - 1);
    }

    size_t quantization(const Quantization& q) {
        const size_t scales = b_.numbers(q.scales), zero_points = b_.numbers(q.zero_points);
        return b_.table({flat_object(quantization_slot::kScale, scales),
                         flat_object(quantization_slot::kZeroPoint, zero_points),
                         flat_number(quantization_slot::kQuantizedDimension, static_cast<int32_t>(q.axis))});
    }

    Result<size_t> tensor(const TensorInfo& info) {
        const auto type = tensor_type_of(info.dtype);
        if (!type)
            return fail("tensor '{}' is {}, which LiteRT does not have", info.name,
                        lathe::name_of(info.dtype));
        std::vector<int32_t> shape, signature;
        bool open = false;
        for (const graph::Dim& dim : info.shape) {
            const auto size = dim.constant();
            if (size && (*size < 0 || *size > INT32_MAX))
                return fail("tensor '{}' has the size {}, which LiteRT cannot hold", info.name, *size);
            open |= !size;
            shape.push_back(size ? static_cast<int32_t>(*size) : 1);
            signature.push_back(size ? static_cast<int32_t>(*size) : -1);
        }
        const size_t name = b_.text(info.name);
        std::vector<FlatField> fields{
            flat_object(tensor_slot::kShape, b_.numbers(shape)), flat_number(tensor_slot::kType, *type),
            flat_object(tensor_slot::kName, name), flat_number(tensor_slot::kHasRank, uint8_t{1})};
        if (info.data) fields.push_back(flat_number(tensor_slot::kBuffer, buffer(info)));
        if (!info.quantization.scales.empty())
            fields.push_back(flat_object(tensor_slot::kQuantization, quantization(info.quantization)));
        if (open) fields.push_back(flat_object(tensor_slot::kShapeSignature, b_.numbers(signature)));
        return b_.table(std::move(fields));
    }

    size_t operation(const Operator& op) {
        const auto [it, fresh] = codes_.try_emplace({static_cast<int32_t>(op.code), op.version},
                                                    static_cast<uint32_t>(codes_.size()));
        if (fresh) code_order_.push_back(it->first);
        const std::vector<int32_t> ins(op.inputs.begin(), op.inputs.end()),
            outs(op.outputs.begin(), op.outputs.end());
        std::vector<FlatField> fields{flat_number(operator_slot::kOpcodeIndex, it->second),
                                      flat_object(operator_slot::kInputs, b_.numbers(ins)),
                                      flat_object(operator_slot::kOutputs, b_.numbers(outs))};
        if (const uint8_t type = builtin_of(static_cast<int32_t>(op.code))->options; type != 0) {
            fields.push_back(flat_number(operator_slot::kOptionsType, type));
            fields.push_back(flat_object(operator_slot::kOptions, b_.table(op.options)));
        }
        return b_.table(std::move(fields));
    }

    Result<size_t> subgraph() {
        std::vector<size_t> tensors, operators;
        for (const TensorInfo& info : model_.tensors) {
            TRY(const size_t one, tensor(info));
            tensors.push_back(one);
        }
        for (const Operator& op : model_.operators) operators.push_back(operation(op));
        const auto ports = [&](const std::vector<Port>& list) {
            std::vector<int32_t> numbers;
            for (const Port& port : list) numbers.push_back(port.tensor);
            return b_.numbers(numbers);
        };
        const size_t inputs = ports(model_.inputs), outputs = ports(model_.outputs);
        const size_t tensor_list = b_.objects(std::move(tensors)),
                     operator_list = b_.objects(std::move(operators));
        const size_t name = b_.text(model_.name);
        return b_.table(
            {flat_object(subgraph_slot::kTensors, tensor_list), flat_object(subgraph_slot::kInputs, inputs),
             flat_object(subgraph_slot::kOutputs, outputs),
             flat_object(subgraph_slot::kOperators, operator_list), flat_object(subgraph_slot::kName, name)});
    }

    size_t operator_codes() {
        std::vector<size_t> codes;
        for (const auto& [code, version] : code_order_)
            codes.push_back(
                b_.table({flat_number(operator_code_slot::kDeprecatedBuiltinCode,
                                      static_cast<int8_t>(std::min(code, kLastOldCode))),
                          flat_number(operator_code_slot::kVersion, static_cast<int32_t>(version)),
                          flat_number(operator_code_slot::kBuiltinCode, code)}));
        return b_.objects(std::move(codes));
    }

    size_t signature() {
        const auto ports = [&](const std::vector<Port>& list) {
            std::vector<size_t> maps;
            for (const Port& port : list) {
                const size_t name = b_.text(port.name);
                maps.push_back(b_.table(
                    {flat_object(tensor_map_slot::kName, name),
                     flat_number(tensor_map_slot::kTensorIndex, static_cast<uint32_t>(port.tensor))}));
            }
            return b_.objects(std::move(maps));
        };
        const size_t inputs = ports(model_.inputs), outputs = ports(model_.outputs);
        const size_t key = b_.text("serving_default");
        return b_.table({flat_object(signature_slot::kInputs, inputs),
                         flat_object(signature_slot::kOutputs, outputs),
                         flat_object(signature_slot::kSignatureKey, key)});
    }

    std::pair<size_t, size_t> metadata_tables() {
        std::vector<size_t> tables;
        std::vector<int32_t> numbers;
        for (const Metadata& entry : model_.metadata) {
            const auto bytes = as_bytes(entry.content);
            const size_t data =
                b_.bytes(SharedBytes::from_vector({bytes.begin(), bytes.end()}), kDataAlignment);
            buffers_.push_back(b_.table({flat_object(buffer_slot::kData, data)}));
            const auto number = static_cast<uint32_t>(buffers_.size() - 1);
            const size_t name = b_.text(entry.name);
            tables.push_back(b_.table(
                {flat_object(metadata_slot::kName, name), flat_number(metadata_slot::kBuffer, number)}));
            numbers.push_back(static_cast<int32_t>(number));
        }
        const size_t list = b_.objects(std::move(tables));
        return {list, b_.numbers(numbers)};
    }

    const Model& model_;
    bool inside_;
    uint64_t end_ = 0;
    FlatBuilder b_;
    std::vector<size_t> buffers_;
    std::vector<const TensorInfo*> outside_;
    std::map<std::pair<int32_t, int>, uint32_t> codes_;
    std::vector<std::pair<int32_t, int>> code_order_;
};

}  // namespace

Result<wire::Pieces> serialise(const Model& model, const std::string& description) {
    uint64_t constants = 0;
    for (const TensorInfo& info : model.tensors)
        if (info.data) constants += size_of(info) + kDataAlignment;
    if (constants < kMostInside) return Writer(model, true).run(description, 0);
    // The FlatBuffer's size does not depend on the offsets in it.
    TRY(const wire::Pieces sizing, Writer(model, false).run(description, 2));
    Writer writer(model, false);
    TRY(wire::Pieces pieces, writer.run(description, sizing.size_bytes()));
    for (const TensorInfo* info : writer.outside()) {
        pieces.zeros((kDataAlignment - pieces.size_bytes() % kDataAlignment) % kDataAlignment);
        pieces.make_later(size_of(*info), [info]() -> Result<SharedBytes> { return content_of(*info); });
    }
    return pieces;
}

}  // namespace lathe::formats::litert
