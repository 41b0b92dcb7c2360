#include <map>

#include "formats/executorch/program.h"
#include "formats/executorch/schema.h"
#include "formats/torch/scalar_type.h"
#include "wire/flatbuffer.h"

namespace lathe::formats::executorch {
namespace {

using wire::flat_number;
using wire::flat_object;
using wire::FlatBuilder;
using wire::FlatField;
using wire::Pieces;

uint64_t padded(uint64_t size, uint64_t alignment) { return (size + alignment - 1) / alignment * alignment; }

// The tensors of the constant segment, each once.
class Constants {
public:
    Constants() { offsets_.push_back(0); }

    // The number that a tensor mentions; 0 is reserved.
    uint32_t add(const Tensor& tensor) {
        const std::pair key{tensor.storage().data(), tensor.size_bytes()};
        if (tensor.contiguous())
            if (const auto it = known_.find(key); it != known_.end()) return it->second;
        offsets_.push_back(padded(bytes_.size_bytes(), kTensorAlignment));
        bytes_.zeros(offsets_.back() - bytes_.size_bytes());
        if (tensor.contiguous()) {
            bytes_.borrow(tensor.storage());
            known_[key] = static_cast<uint32_t>(offsets_.size() - 1);
        } else {
            bytes_.make_later(static_cast<uint64_t>(tensor.size_bytes()),
                              [tensor]() -> Result<SharedBytes> { return tensor.to_contiguous().storage(); });
        }
        return static_cast<uint32_t>(offsets_.size() - 1);
    }
    bool empty() const { return offsets_.size() == 1; }
    const std::vector<uint64_t>& offsets() const { return offsets_; }
    Pieces take() { return std::move(bytes_); }

private:
    std::map<std::pair<const std::byte*, int64_t>, uint32_t> known_;
    std::vector<uint64_t> offsets_;
    Pieces bytes_;
};

// How PyTorch's containers are spelled: a tuple of the arguments' tuple and no keywords; a tuple of results.
std::string tree_of(size_t leaves) {
    std::string text = format("T{}", leaves);
    for (size_t i = 0; i < leaves; ++i) text += "#1";
    text += '(';
    for (size_t i = 0; i < leaves; ++i) text += i == 0 ? "$" : ",$";
    return text + ')';
}

class ProgramWriter {
public:
    explicit ProgramWriter(const Program& program) : program_(program), method_(program.method) {}

    Result<Pieces> run() {
        const size_t plan = b_.objects({execution_plan()});
        const size_t offsets = b_.numbers(constants_.offsets());
        const size_t constant_segment = b_.table({flat_number(subsegment_slot::kSegmentIndex, uint32_t{0}),
                                                  flat_object(subsegment_slot::kOffsets, offsets)});
        const size_t names = named_data();
        const size_t none = b_.objects({}), segments = segment_table();
        const size_t root = b_.table({flat_number(program_slot::kVersion, uint32_t{0}),
                                      flat_object(program_slot::kExecutionPlan, plan),
                                      flat_object(program_slot::kBackendDelegateData, none),
                                      flat_object(program_slot::kSegments, segments),
                                      flat_object(program_slot::kConstantSegment, constant_segment),
                                      flat_object(program_slot::kNamedData, names)});
        TRY(Pieces file,
            b_.finish(root, kIdentifier, {kHeaderBytes, [&](uint64_t bytes) { return header(bytes); }}));
        if (!segments_.empty()) file.zeros(padded(file.size_bytes(), kSegmentAlignment) - file.size_bytes());
        const uint64_t base = file.size_bytes();
        for (Segment& segment : segments_) {
            file.zeros(base + segment.offset - file.size_bytes());
            file.append(std::move(segment.bytes));
        }
        return file;
    }

private:
    struct Segment {
        Pieces bytes;
        uint64_t offset = 0, size_bytes = 0;
    };

    std::string header(uint64_t program_bytes) const {
        std::string bytes(kHeaderMagic);
        wire::store_le(bytes, static_cast<uint32_t>(kHeaderBytes));
        wire::store_le(bytes, program_bytes);
        wire::store_le(bytes, segments_.empty() ? uint64_t{0} : padded(program_bytes, kSegmentAlignment));
        wire::store_le(
            bytes, segments_.empty() ? uint64_t{0} : segments_.back().offset + segments_.back().size_bytes);
        return bytes;
    }

    uint32_t add_segment(Pieces bytes) {
        const uint64_t end = segments_.empty() ? 0 : segments_.back().offset + segments_.back().size_bytes;
        const uint64_t size = bytes.size_bytes();
        segments_.push_back({std::move(bytes), padded(end, kSegmentAlignment), size});
        return static_cast<uint32_t>(segments_.size() - 1);
    }

    size_t segment_table() {
        std::vector<size_t> tables;
        for (const Segment& segment : segments_)
            tables.push_back(b_.table({flat_number(segment_slot::kOffset, segment.offset),
                                       flat_number(segment_slot::kSize, segment.size_bytes)}));
        return b_.objects(std::move(tables));
    }

    size_t named_data() {
        std::vector<size_t> tables;
        for (const auto& [key, text] : program_.texts) {
            Pieces bytes;
            bytes.copy(text);
            const size_t name = b_.text(key);
            tables.push_back(
                b_.table({flat_object(named_data_slot::kKey, name),
                          flat_number(named_data_slot::kSegmentIndex, add_segment(std::move(bytes)))}));
        }
        return b_.objects(std::move(tables));
    }

    // ---- the method

    size_t execution_plan() {
        std::vector<size_t> values, operators, delegates;
        for (const Value& value : method_.values) values.push_back(evalue(value));
        if (!constants_.empty()) add_segment(constants_.take());
        for (const Delegate& one : method_.delegates) delegates.push_back(delegate(one));
        for (const Operator& op : method_.operators) {
            const size_t name = b_.text(op.name), overload = b_.text(op.overload);
            operators.push_back(b_.table(
                {flat_object(operator_slot::kName, name), flat_object(operator_slot::kOverload, overload)}));
        }
        const size_t chains = b_.objects({chain()});
        const size_t value_list = b_.objects(std::move(values)),
                     operator_list = b_.objects(std::move(operators)),
                     delegate_list = b_.objects(std::move(delegates));
        const size_t inputs = indices(method_.inputs), outputs = indices(method_.outputs);
        const std::vector<int64_t> bytes(method_.buffer_bytes.begin(), method_.buffer_bytes.end());
        const size_t buffers = b_.numbers(bytes), name = b_.text(method_.name), meta = container();
        return b_.table({flat_object(plan_slot::kName, name),
                         flat_object(plan_slot::kContainerMetaType, meta),
                         flat_object(plan_slot::kValues, value_list), flat_object(plan_slot::kInputs, inputs),
                         flat_object(plan_slot::kOutputs, outputs), flat_object(plan_slot::kChains, chains),
                         flat_object(plan_slot::kOperators, operator_list),
                         flat_object(plan_slot::kDelegates, delegate_list),
                         flat_object(plan_slot::kNonConstBufferSizes, buffers)});
    }

    size_t container() {
        const size_t n = method_.inputs.size();
        const size_t in = b_.text(format("T2#{}#0({},D0())", n, tree_of(n))),
                     out = b_.text(tree_of(method_.outputs.size()));
        return b_.table(
            {flat_object(container_slot::kInputs, in), flat_object(container_slot::kOutputs, out)});
    }

    size_t delegate(const Delegate& one) {
        const uint32_t segment = add_segment(Pieces(one.written));
        const size_t data =
            b_.table({flat_number(reference_slot::kLocation, static_cast<int8_t>(DataLocation::kSegment)),
                      flat_number(reference_slot::kIndex, segment)});
        const size_t id = b_.text(one.id), none = b_.objects({});
        return b_.table({flat_object(delegate_slot::kId, id), flat_object(delegate_slot::kProcessed, data),
                         flat_object(delegate_slot::kCompileSpecs, none)});
    }

    size_t chain() {
        std::vector<size_t> list;
        for (const Instruction& instruction : method_.instructions) {
            const size_t args = indices(instruction.args);
            const size_t call =
                b_.table({flat_number(call_slot::kIndex, static_cast<int32_t>(instruction.index)),
                          flat_object(call_slot::kArgs, args)});
            const auto type =
                instruction.delegate ? InstructionType::kDelegateCall : InstructionType::kKernelCall;
            list.push_back(b_.table({flat_number(instruction_slot::kType, static_cast<uint8_t>(type)),
                                     flat_object(instruction_slot::kArgs, call)}));
        }
        const size_t instructions = b_.objects(std::move(list)), inputs = indices({}), outputs = indices({});
        return b_.table({flat_object(chain_slot::kInputs, inputs), flat_object(chain_slot::kOutputs, outputs),
                         flat_object(chain_slot::kInstructions, instructions)});
    }

    size_t indices(const std::vector<int>& list) {
        return b_.numbers(std::vector<int32_t>(list.begin(), list.end()));
    }

    // ---- values

    size_t evalue(const Value& value) {
        const auto [type, object] = std::visit([&](const auto& held) { return content(held); }, value);
        return b_.table({flat_number(value_slot::kType, static_cast<uint8_t>(type)),
                         flat_object(value_slot::kValue, object)});
    }
    using Content = std::pair<ValueType, size_t>;
    Content content(std::monostate) { return {ValueType::kNull, b_.table({})}; }
    Content content(int64_t number) { return {ValueType::kInt, b_.table({flat_number(0, number)})}; }
    Content content(double number) { return {ValueType::kDouble, b_.table({flat_number(0, number)})}; }
    Content content(bool flag) {
        return {ValueType::kBool, b_.table({flat_number(0, static_cast<uint8_t>(flag))})};
    }
    Content content(const std::string& text) {
        const size_t object = b_.text(text);
        return {ValueType::kString, b_.table({flat_object(0, object)})};
    }
    Content content(const IntList& list) {
        return wrapped(ValueType::kIntList,
                       b_.numbers(std::vector<int64_t>(list.items.begin(), list.items.end())));
    }
    Content content(const TensorList& list) {
        return wrapped(list.optional ? ValueType::kOptionalTensorList : ValueType::kTensorList,
                       indices(list.items));
    }
    Content content(const DoubleList& list) {
        return wrapped(ValueType::kDoubleList, b_.numbers(list.items));
    }
    Content content(const BoolList& list) {
        return wrapped(ValueType::kBoolList,
                       b_.numbers(std::vector<uint8_t>(list.items.begin(), list.items.end())));
    }
    Content wrapped(ValueType type, size_t items) { return {type, b_.table({flat_object(0, items)})}; }

    Content content(const TensorValue& tensor) {
        std::vector<uint8_t> order;
        for (size_t i = 0; i < tensor.shape.size(); ++i) order.push_back(static_cast<uint8_t>(i));
        const std::vector<int32_t> shape(tensor.shape.begin(), tensor.shape.end());
        const size_t sizes = b_.numbers(shape), orders = b_.numbers(order);
        std::vector<FlatField> fields{
            flat_number(tensor_slot::kScalarType, static_cast<int8_t>(torch::scalar_type_of(tensor.dtype))),
            flat_object(tensor_slot::kSizes, sizes), flat_object(tensor_slot::kDimOrder, orders)};
        if (tensor.constant)
            fields.push_back(flat_number(tensor_slot::kDataBufferIdx, constants_.add(*tensor.constant)));
        if (tensor.place) {
            const size_t place = b_.table(
                {flat_number(allocation_slot::kMemoryId, tensor.place->memory),
                 flat_number(allocation_slot::kOffsetLow, static_cast<uint32_t>(tensor.place->offset)),
                 flat_number(allocation_slot::kOffsetHigh,
                             static_cast<uint32_t>(tensor.place->offset >> 32))});
            fields.push_back(flat_object(tensor_slot::kAllocationInfo, place));
        }
        if (!tensor.name.empty()) {
            const size_t name = b_.text(tensor.name);
            const size_t extra = b_.table({flat_object(extra_slot::kFullyQualifiedName, name)});
            fields.push_back(flat_object(tensor_slot::kExtraTensorInfo, extra));
        }
        return {ValueType::kTensor, b_.table(std::move(fields))};
    }

    const Program& program_;
    const Method& method_;
    FlatBuilder b_;
    Constants constants_;
    std::vector<Segment> segments_;
};

}  // namespace

Result<Pieces> serialise(const Program& program) { return ProgramWriter(program).run(); }

}  // namespace lathe::formats::executorch
