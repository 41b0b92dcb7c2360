#include "formats/litert/parse.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "formats/litert/model_metadata.h"
#include "wire/zip.h"

namespace lathe::formats::litert {
namespace {

using wire::FlatTable;

constexpr size_t kMostAxes = 16;
constexpr size_t kLongestName = 4096;
constexpr size_t kLargestMetadata = size_t{4} << 20;

struct Code {
    int32_t code = 0;
    std::string custom;
};

Result<std::string> name_in(const FlatTable& table, int slot) {
    TRY(const std::string_view text, table.text(slot));
    if (text.size() > kLongestName)
        return fail("the table at byte {} has a name of {} characters", table.position(), text.size());
    return std::string(text);
}

class Parser {
public:
    Parser(const SharedBytes& file, const FlatTable& model) : file_(file), model_(model) {}

    Result<ParsedModel> run() {
        TRY(const auto graphs, model_.tables(model_slot::kSubgraphs));
        if (graphs.empty()) return fail("the model has no subgraph");
        TRY(buffers_, model_.tables(model_slot::kBuffers));
        TRY_STATUS(codes());
        TRY(parsed_.name, name_in(graphs[0], subgraph_slot::kName));
        TRY(parsed_.description, name_in(model_, model_slot::kDescription));
        TRY(const auto tensors, graphs[0].tables(subgraph_slot::kTensors));
        for (const FlatTable& table : tensors) TRY_STATUS(tensor(table));
        TRY(const auto operators, graphs[0].tables(subgraph_slot::kOperators));
        for (const FlatTable& table : operators) TRY_STATUS(operation(table));
        TRY_STATUS(ports(graphs[0], subgraph_slot::kInputs, parsed_.inputs));
        TRY_STATUS(ports(graphs[0], subgraph_slot::kOutputs, parsed_.outputs));
        TRY_STATUS(signature());
        TRY_STATUS(metadata());
        return std::move(parsed_);
    }

private:
    Status codes() {
        TRY(const auto tables, model_.tables(model_slot::kOperatorCodes));
        for (const FlatTable& table : tables) {
            Code code;
            // Files from before 2020 have the old field only; the larger of the two is meant.
            code.code = std::max<int32_t>(table.number<int8_t>(operator_code_slot::kDeprecatedBuiltinCode),
                                          table.number<int32_t>(operator_code_slot::kBuiltinCode));
            TRY(code.custom, name_in(table, operator_code_slot::kCustomCode));
            codes_.push_back(std::move(code));
        }
        return {};
    }

    Result<SharedBytes> bytes_of_buffer(uint32_t number) {
        if (number >= buffers_.size())
            return fail("buffer {} does not exist; there are {}", number, buffers_.size());
        const FlatTable& table = buffers_[number];
        const auto offset = table.number<uint64_t>(buffer_slot::kOffset),
                   size = table.number<uint64_t>(buffer_slot::kSize);
        if (offset > 1) {
            if (offset > file_.size() || size > file_.size() - offset)
                return fail("buffer {} lies at bytes {} to {}+{}, outside the file ({} bytes)", number,
                            offset, offset, size, file_.size());
            return file_.slice(static_cast<size_t>(offset), static_cast<size_t>(size));
        }
        TRY(const auto data, table.vector<uint8_t>(buffer_slot::kData));
        if (data.empty()) return SharedBytes();
        return file_.slice(static_cast<size_t>(data.bytes().data() - file_.data()), data.size());
    }

    Result<Quantization> quantization(const FlatTable& table, const ParsedTensor& info) {
        Quantization q;
        TRY(const auto found, table.table(tensor_slot::kQuantization));
        if (!found) return q;
        TRY(const auto scales, found->vector<float>(quantization_slot::kScale));
        TRY(const auto zero_points, found->vector<int64_t>(quantization_slot::kZeroPoint));
        if (scales.empty()) return q;
        if (found->number<uint8_t>(quantization_slot::kDetailsType) != 0)
            return fail("tensor '{}' is quantised in a way that is not supported (custom or in blocks)",
                        info.name);
        q.axis = found->number<int32_t>(quantization_slot::kQuantizedDimension);
        if (zero_points.size() > 1 && zero_points.size() != scales.size())
            return fail("tensor '{}' has {} scales and {} zero points", info.name, scales.size(),
                        zero_points.size());
        const bool per_channel = scales.size() > 1;
        if (per_channel && (q.axis < 0 || q.axis >= static_cast<int>(info.shape.size()) ||
                            info.shape[static_cast<size_t>(q.axis)] != static_cast<int64_t>(scales.size())))
            return fail("tensor '{}' {} has {} scales along axis {}", info.name,
                        to_string(graph::dims_of(info.shape)), scales.size(), q.axis);
        for (size_t i = 0; i < scales.size(); ++i) {
            q.scales.push_back(scales[i]);
            q.zero_points.push_back(zero_points.empty() ? 0 : zero_points[zero_points.size() == 1 ? 0 : i]);
        }
        return q;
    }

    Status tensor(const FlatTable& table) {
        ParsedTensor info;
        TRY(info.name, name_in(table, tensor_slot::kName));
        const auto type = table.number<int8_t>(tensor_slot::kType);
        const auto dtype = dtype_of_tensor_type(type);
        if (!dtype)
            return fail("tensor '{}' is of the type number {}, which is not supported", info.name, type);
        info.dtype = *dtype;
        TRY(const auto shape, table.vector<int32_t>(tensor_slot::kShape));
        TRY(const auto signature, table.vector<int32_t>(tensor_slot::kShapeSignature));
        if (shape.size() > kMostAxes || (!signature.empty() && signature.size() != shape.size()))
            return fail("tensor '{}' has {} axes and a signature of {}", info.name, shape.size(),
                        signature.size());
        for (size_t i = 0; i < shape.size(); ++i) {
            if (shape[i] < 0) return fail("tensor '{}' has the size {}", info.name, shape[i]);
            info.shape.push_back(!signature.empty() && signature[i] < 0 ? -1 : shape[i]);
        }
        TRY(const auto sparsity, table.table(tensor_slot::kSparsity));
        if (sparsity) return fail("tensor '{}' is sparse, which is not supported", info.name);
        TRY(const SharedBytes bytes, bytes_of_buffer(table.number<uint32_t>(tensor_slot::kBuffer)));
        if (bytes.size() > 0) {
            TRY(info.data, constant(info, bytes));
        }
        TRY(info.quantization, quantization(table, info));
        parsed_.tensors.push_back(std::move(info));
        return {};
    }

    static Result<Tensor> constant(const ParsedTensor& info, const SharedBytes& bytes) {
        int64_t count = 1;
        for (const int64_t size : info.shape) {
            if (size < 0) return fail("the constant '{}' has an open size", info.name);
            if (size > 0 && count > std::numeric_limits<int64_t>::max() / 64 / size)
                return fail("the constant '{}' has too many elements", info.name);
            count *= size;
        }
        if (static_cast<uint64_t>(bytes_of(info.dtype, count)) != bytes.size())
            return fail("the constant '{}' {}{} has {} bytes of data, expected {}", info.name,
                        lathe::name_of(info.dtype), to_string(graph::dims_of(info.shape)), bytes.size(),
                        bytes_of(info.dtype, count));
        return Tensor(info.dtype, info.shape, bytes);
    }

    Result<std::vector<int>> numbers(const FlatTable& table, int slot, bool may_be_absent) {
        TRY(const auto list, table.vector<int32_t>(slot));
        std::vector<int> result;
        for (size_t i = 0; i < list.size(); ++i) {
            const int32_t number = list[i];
            const bool absent = number == kNoTensor && may_be_absent;
            if (!absent && (number < 0 || static_cast<size_t>(number) >= parsed_.tensors.size()))
                return fail("the table at byte {} mentions tensor {}; there are {}", table.position(), number,
                            parsed_.tensors.size());
            result.push_back(number);
        }
        return result;
    }

    Status operation(const FlatTable& table) {
        ParsedOperator op;
        const auto index = table.number<uint32_t>(operator_slot::kOpcodeIndex);
        if (index >= codes_.size())
            return fail("the operator at byte {} is of kind {}; there are {}", table.position(), index,
                        codes_.size());
        op.code = codes_[index].code;
        op.custom = codes_[index].custom;
        TRY(op.inputs, numbers(table, operator_slot::kInputs, true));
        TRY(op.outputs, numbers(table, operator_slot::kOutputs, false));
        TRY(op.options, table.table(operator_slot::kOptions));
        parsed_.operators.push_back(std::move(op));
        return {};
    }

    Status ports(const FlatTable& graph, int slot, std::vector<Port>& into) {
        TRY(const auto list, numbers(graph, slot, false));
        for (const int number : list)
            into.push_back({parsed_.tensors[static_cast<size_t>(number)].name, number});
        return {};
    }

    Status rename(const FlatTable& signature, int slot, std::vector<Port>& named) {
        TRY(const auto maps, signature.tables(slot));
        for (const FlatTable& map : maps) {
            TRY(const std::string name, name_in(map, tensor_map_slot::kName));
            const auto number = map.number<uint32_t>(tensor_map_slot::kTensorIndex);
            for (Port& port : named)
                if (port.tensor == static_cast<int>(number) && !name.empty()) port.name = name;
        }
        return {};
    }

    Status signature() {
        TRY(const auto signatures, model_.tables(model_slot::kSignatureDefs));
        for (const FlatTable& table : signatures) {
            if (table.number<uint32_t>(signature_slot::kSubgraphIndex) != 0) continue;
            TRY_STATUS(rename(table, signature_slot::kInputs, parsed_.inputs));
            return rename(table, signature_slot::kOutputs, parsed_.outputs);
        }
        return {};
    }

    Status metadata() {
        TRY(const auto entries, model_.tables(model_slot::kMetadata));
        size_t all = 0;
        for (const FlatTable& entry : entries) {
            TRY(const std::string name, name_in(entry, metadata_slot::kName));
            TRY(const SharedBytes bytes, bytes_of_buffer(entry.number<uint32_t>(metadata_slot::kBuffer)));
            if (name == kModelMetadata) {
                TRY_STATUS(description(bytes.bytes()));
                continue;
            }
            const std::string_view text = as_text(bytes.bytes());
            if (text.empty() || text.find('\0') != text.npos) continue;
            all += text.size();
            if (all > kLargestMetadata) break;
            parsed_.metadata[name] = std::string(text);
        }
        return {};
    }

    // Only what says so has an archive behind it.
    Status description(ByteSpan bytes) {
        TRY(const auto texts, read_model_metadata(bytes));
        for (const auto& [key, text] : texts) parsed_.metadata["tflite." + key] = text;
        const auto archive = wire::ZipArchive::open(file_);
        if (!archive) return {};
        if (const wire::ZipEntry* entry = archive->find(kLabels)) {
            TRY(const SharedBytes labels, archive->read(*entry, kLargestMetadata));
            parsed_.metadata[std::string(kLabels)] = as_text(labels.bytes());
        }
        return {};
    }

    const SharedBytes& file_;
    const FlatTable& model_;
    std::vector<FlatTable> buffers_;
    std::vector<Code> codes_;
    ParsedModel parsed_;
};

}  // namespace

Result<ParsedModel> parse(const SharedBytes& file) {
    TRY(const FlatTable model, FlatTable::root(file.bytes(), kIdentifier));
    const auto version = model.number<uint32_t>(model_slot::kVersion);
    if (version != kSchemaVersion)
        return fail("the model is of the schema's version {}, expected {}", version, kSchemaVersion);
    return Parser(file, model).run();
}

}  // namespace lathe::formats::litert
