#include <algorithm>

#include "base/text.h"
#include "formats/executorch/program.h"
#include "formats/executorch/schema.h"
#include "formats/torch/scalar_type.h"
#include "graph/dim.h"
#include "wire/flatbuffer.h"

namespace lathe::formats::executorch {
namespace {

using wire::FlatTable;
using wire::FlatVector;

constexpr size_t kLongestText = 4096;
constexpr uint64_t kLargestNamedText = uint64_t{4} << 20;

class ProgramParser {
public:
    explicit ProgramParser(const SharedBytes& file) : file_(file) {}

    Result<Program> run() {
        TRY(const FlatTable root, FlatTable::root(file_.bytes(), kIdentifier));
        TRY_STATUS(header());
        TRY_STATUS(segments(root));
        TRY_STATUS(constants(root));
        TRY(inline_data_, root.tables(program_slot::kBackendDelegateData));
        TRY(const auto plans, root.tables(program_slot::kExecutionPlan));
        if (plans.empty()) return fail("the program has no method");
        TRY_STATUS(choose(plans));
        TRY_STATUS(texts(root));
        return std::move(program_);
    }

private:
    Status header() {
        const ByteSpan bytes = file_.bytes();
        if (bytes.size() < kHeaderOffset + kShortHeaderBytes ||
            as_text(bytes.subspan(kHeaderOffset, kHeaderMagic.size())) != kHeaderMagic)
            return {};
        const auto length = wire::load_le<uint32_t>(bytes, kHeaderOffset + 4);
        if (length < kShortHeaderBytes || length > bytes.size() - kHeaderOffset)
            return fail("the header says that it has {} bytes", length);
        base_ = wire::load_le<uint64_t>(bytes, kHeaderOffset + 16);
        if (base_ > bytes.size())
            return fail("the segments begin at byte {}, the file has {}", base_, bytes.size());
        return {};
    }

    Status segments(const FlatTable& root) {
        TRY(const auto tables, root.tables(program_slot::kSegments));
        for (const FlatTable& table : tables) {
            const auto offset = table.number<uint64_t>(segment_slot::kOffset),
                       size = table.number<uint64_t>(segment_slot::kSize);
            const uint64_t room = file_.size() - base_;
            if (base_ == 0 || offset > room || size > room - offset)
                return fail("segment {} lies at bytes {}+{} behind byte {}, outside the file ({} bytes)",
                            segments_.size(), offset, size, base_, file_.size());
            segments_.push_back(file_.slice(static_cast<size_t>(base_ + offset), static_cast<size_t>(size)));
        }
        return {};
    }

    Result<SharedBytes> segment(uint32_t index) const {
        if (index >= segments_.size())
            return fail("segment {} is mentioned; there are {}", index, segments_.size());
        return segments_[index];
    }

    Status constants(const FlatTable& root) {
        TRY(const auto found, root.table(program_slot::kConstantSegment));
        if (found) {
            TRY(constant_offsets_, found->vector<uint64_t>(subsegment_slot::kOffsets));
            if (constant_offsets_.size() > 1) {
                TRY(constant_bytes_, segment(found->number<uint32_t>(subsegment_slot::kSegmentIndex)));
            }
        }
        TRY(constant_buffers_, root.tables(program_slot::kConstantBuffer));  // until 2024
        return {};
    }

    // The bytes of constant `index`, at least `size` of them.
    Result<SharedBytes> constant_data(uint32_t index, uint64_t size) const {
        if (index < constant_offsets_.size()) {
            const uint64_t offset = constant_offsets_[index];
            if (offset > constant_bytes_.size() || size > constant_bytes_.size() - offset)
                return fail("constant {} lies at bytes {}+{} of a segment of {}", index, offset, size,
                            constant_bytes_.size());
            return constant_bytes_.slice(static_cast<size_t>(offset), static_cast<size_t>(size));
        }
        if (index >= constant_buffers_.size())
            return fail("constant {} is mentioned; there are {}", index,
                        std::max(constant_offsets_.size(), constant_buffers_.size()));
        TRY(const auto data, constant_buffers_[index].vector<uint8_t>(0));
        if (data.size() < size)
            return fail("constant {} has {} bytes, expected {}", index, data.size(), size);
        if (size == 0) return SharedBytes();
        return file_.slice(static_cast<size_t>(data.bytes().data() - file_.data()),
                           static_cast<size_t>(size));
    }

    Status texts(const FlatTable& root) {
        TRY(const auto tables, root.tables(program_slot::kNamedData));
        for (const FlatTable& table : tables) {
            TRY(const std::string key, text_in(table, named_data_slot::kKey));
            TRY(const SharedBytes bytes, segment(table.number<uint32_t>(named_data_slot::kSegmentIndex)));
            if (bytes.size() > kLargestNamedText || !key.ends_with(".json")) continue;
            TRY_STATUS(spend(bytes.size()));
            program_.texts[key] = std::string(as_text(bytes.bytes()));
        }
        return {};
    }

    // What lists and texts hold together is never more than the file: they could be mentioned often.
    Status spend(uint64_t bytes) {
        spent_ += bytes;
        if (spent_ > 2 * uint64_t{file_.size()}) return fail("its lists hold more than the file");
        return {};
    }
    Result<std::string> text_in(const FlatTable& table, int slot) {
        TRY(const std::string_view text, table.text(slot));
        if (text.size() > kLongestText)
            return fail("the table at byte {} has a text of {} characters", table.position(), text.size());
        TRY_STATUS(spend(text.size()));
        return std::string(text);
    }

    // "forward", or the first.
    Status choose(const std::vector<FlatTable>& plans) {
        size_t chosen = 0;
        std::vector<std::string> names;
        for (const FlatTable& plan : plans) {
            TRY(names.emplace_back(), text_in(plan, plan_slot::kName));
            if (names.back() == "forward") chosen = names.size() - 1;
        }
        for (size_t i = 0; i < names.size(); ++i)
            if (i != chosen) program_.other_methods.push_back(names[i]);
        method_.name = names[chosen];
        return with_place(plan(plans[chosen]), format("method '{}'", printable(names[chosen])));
    }

    Status plan(const FlatTable& table) {
        TRY(const auto values, table.tables(plan_slot::kValues));
        value_count_ = values.size();
        for (size_t i = 0; i < values.size(); ++i) {
            TRY(Value made, with_place(value(values[i]), format("value {}", i)));
            method_.values.push_back(std::move(made));
        }
        TRY_STATUS(check_lists());
        TRY(method_.inputs, indices<int32_t>(table, plan_slot::kInputs));
        TRY(method_.outputs, indices<int32_t>(table, plan_slot::kOutputs));
        TRY(const auto buffers, table.vector<int64_t>(plan_slot::kNonConstBufferSizes));
        TRY_STATUS(spend(buffers.bytes().size()));
        for (size_t i = 0; i < buffers.size(); ++i) {
            if (buffers[i] < 0) return fail("a planned buffer has {} bytes", buffers[i]);
            method_.buffer_bytes.push_back(static_cast<uint64_t>(buffers[i]));
        }
        TRY(const auto operators, table.tables(plan_slot::kOperators));
        for (const FlatTable& op : operators) {
            TRY(const std::string name, text_in(op, operator_slot::kName));
            TRY(const std::string overload, text_in(op, operator_slot::kOverload));
            method_.operators.push_back({name, overload});
        }
        TRY_STATUS(delegates(table));
        TRY(const auto chains, table.tables(plan_slot::kChains));
        for (const FlatTable& chain : chains) TRY_STATUS(instructions(chain));
        return {};
    }

    Status delegates(const FlatTable& table) {
        TRY(const auto tables, table.tables(plan_slot::kDelegates));
        for (const FlatTable& one : tables) {
            Delegate delegate;
            TRY(delegate.id, text_in(one, delegate_slot::kId));
            TRY(const auto data, one.table(delegate_slot::kProcessed));
            if (!data) return fail("the delegate '{}' has no data", printable(delegate.id));
            const auto index = data->number<uint32_t>(reference_slot::kIndex);
            if (data->number<int8_t>(reference_slot::kLocation) != 0) {
                TRY(delegate.read, segment(index));
            } else {
                if (index >= inline_data_.size()) return fail("delegate data {} does not exist", index);
                TRY(const auto bytes, inline_data_[index].vector<uint8_t>(0));
                if (!bytes.empty())
                    delegate.read =
                        file_.slice(static_cast<size_t>(bytes.bytes().data() - file_.data()), bytes.size());
            }
            method_.delegates.push_back(std::move(delegate));
        }
        return {};
    }

    Status instructions(const FlatTable& chain) {
        TRY(const auto tables, chain.tables(chain_slot::kInstructions));
        for (const FlatTable& table : tables) {
            const auto type = static_cast<InstructionType>(table.number<uint8_t>(instruction_slot::kType));
            if (type == InstructionType::kFreeCall) continue;
            if (type != InstructionType::kKernelCall && type != InstructionType::kDelegateCall)
                return fail("instruction {} is no call; control flow is not supported",
                            method_.instructions.size());
            Instruction made{.delegate = type == InstructionType::kDelegateCall};
            TRY(const auto call, table.table(instruction_slot::kArgs));
            if (!call) return fail("instruction {} is empty", method_.instructions.size());
            made.index = call->number<int32_t>(call_slot::kIndex);
            const size_t count = made.delegate ? method_.delegates.size() : method_.operators.size();
            if (made.index < 0 || static_cast<size_t>(made.index) >= count)
                return fail("instruction {} calls {} {}; there are {}", method_.instructions.size(),
                            made.delegate ? "delegate" : "operator", made.index, count);
            TRY(made.args, indices<int32_t>(*call, call_slot::kArgs));
            method_.instructions.push_back(std::move(made));
        }
        return {};
    }

    // Numbers of values.
    template <class T>
    Result<std::vector<int>> indices(const FlatTable& table, int slot, bool optional = false) {
        TRY(const auto list, table.vector<T>(slot));
        TRY_STATUS(spend(list.bytes().size()));
        std::vector<int> result;
        for (size_t i = 0; i < list.size(); ++i) {
            const T index = list[i];
            const bool absent = optional && index == -1;
            if (!absent && (index < 0 || static_cast<uint64_t>(index) >= value_count_))
                return fail("the table at byte {} mentions value {}; there are {}", table.position(), index,
                            value_count_);
            result.push_back(static_cast<int>(index));
        }
        return result;
    }

    Status check_lists() const {
        for (size_t i = 0; i < method_.values.size(); ++i) {
            const auto* list = std::get_if<TensorList>(&method_.values[i]);
            if (list == nullptr) continue;
            for (const int item : list->items)
                if (item >= 0 && method_.tensor(item) == nullptr && !(list->optional && is_null(item)))
                    return fail("value {} is a list of tensors, and its element {} is none", i, item);
        }
        return {};
    }
    bool is_null(int item) const {
        return std::holds_alternative<std::monostate>(method_.values[static_cast<size_t>(item)]);
    }

    Result<Value> value(const FlatTable& table) {
        const auto type = static_cast<ValueType>(table.number<uint8_t>(value_slot::kType));
        if (type == ValueType::kNull) return Value();
        TRY(const auto held, table.table(value_slot::kValue));
        if (!held) return fail("it is empty");
        switch (type) {
            case ValueType::kInt: return Value(held->number<int64_t>(0));
            case ValueType::kBool: return Value(held->flag(0));
            case ValueType::kDouble: return Value(held->number<double>(0));
            case ValueType::kString: {
                TRY(std::string text, text_in(*held, 0));
                return Value(std::move(text));
            }
            case ValueType::kTensor: return tensor(*held);
            case ValueType::kIntList: {
                TRY(auto items, indices<int64_t>(*held, 0));
                return Value(IntList{std::move(items)});
            }
            case ValueType::kTensorList:
            case ValueType::kOptionalTensorList: {
                const bool optional = type == ValueType::kOptionalTensorList;
                TRY(auto items, indices<int32_t>(*held, 0, optional));
                return Value(TensorList{std::move(items), optional});
            }
            case ValueType::kDoubleList: {
                TRY(const auto list, held->vector<double>(0));
                TRY_STATUS(spend(list.bytes().size()));
                DoubleList made;
                for (size_t i = 0; i < list.size(); ++i) made.items.push_back(list[i]);
                return Value(std::move(made));
            }
            case ValueType::kBoolList: {
                TRY(const auto list, held->vector<uint8_t>(0));
                TRY_STATUS(spend(list.bytes().size()));
                BoolList made;
                for (size_t i = 0; i < list.size(); ++i) made.items.push_back(list[i] != 0);
                return Value(std::move(made));
            }
            default: return fail("it is of kind {}, which is not known", static_cast<int>(type));
        }
    }

    Result<Value> tensor(const FlatTable& table) {
        TensorValue made;
        const auto code = table.number<int8_t>(tensor_slot::kScalarType);
        const auto dtype = torch::dtype_of_scalar_type(code);
        if (!dtype) return fail("a tensor of the type number {}, which is not supported", code);
        made.dtype = *dtype;
        TRY(const auto sizes, table.vector<int32_t>(tensor_slot::kSizes));
        TRY(const auto order, table.vector<uint8_t>(tensor_slot::kDimOrder));
        if (sizes.size() > kMostAxes || order.size() != sizes.size())
            return fail("a tensor of {} axes in an order of {}", sizes.size(), order.size());
        for (size_t i = 0; i < sizes.size(); ++i) {
            if (sizes[i] < 0) return fail("a tensor with the size {}", sizes[i]);
            made.shape.push_back(sizes[i]);
        }
        if (table.number<int32_t>(tensor_slot::kStorageOffset) != 0)
            return fail("a tensor with a storage offset");
        if (table.number<int8_t>(tensor_slot::kShapeDynamism) != 0)
            return fail("a tensor of open sizes (at most {}), which is not supported",
                        graph::to_string(graph::dims_of(made.shape)));
        TRY_STATUS(place(table, made));
        const auto buffer = table.number<uint32_t>(tensor_slot::kDataBufferIdx);
        if (buffer != 0) {
            if (made.place) return fail("a tensor that the program changes and that has a first content");
            TRY(made.constant, constant(made, order, buffer));
        }
        return Value(std::move(made));
    }

    Status place(const FlatTable& table, TensorValue& made) {
        TRY(const auto extra, table.table(tensor_slot::kExtraTensorInfo));
        if (extra) {
            TRY(made.name, text_in(*extra, extra_slot::kFullyQualifiedName));
            if (extra->number<int8_t>(extra_slot::kLocation) != 0)
                return fail("the data of '{}' lies in another file, which is not supported",
                            printable(made.name));
        }
        TRY(const auto found, table.table(tensor_slot::kAllocationInfo));
        if (!found) return {};
        const auto low = found->number<uint32_t>(allocation_slot::kOffsetLow),
                   high = found->number<uint32_t>(allocation_slot::kOffsetHigh);
        made.place = Place{.memory = found->number<uint32_t>(allocation_slot::kMemoryId),
                           .offset = uint64_t{high} << 32 | low};
        return {};
    }

    Result<Tensor> constant(const TensorValue& made, const FlatVector<uint8_t>& order,
                            uint32_t buffer) const {
        const auto size = bytes_of(made);
        if (!size) return fail("a constant with too many elements");
        TRY(const SharedBytes bytes, constant_data(buffer, *size));
        Shape strides(made.shape.size(), -1);
        int64_t step = 1;
        bool plain = true;
        for (size_t i = order.size(); i-- > 0;) {
            const size_t axis = order[i];
            if (axis >= strides.size() || strides[axis] >= 0)
                return fail("a constant whose axes are in no order");
            strides[axis] = step;
            step *= std::max<int64_t>(made.shape[axis], 1);
            plain = plain && axis == i;
        }
        return plain ? Tensor(made.dtype, made.shape, bytes) : Tensor(made.dtype, made.shape, strides, bytes);
    }

    const SharedBytes& file_;
    uint64_t base_ = 0, spent_ = 0;
    size_t value_count_ = 0;
    std::vector<SharedBytes> segments_;
    SharedBytes constant_bytes_;
    FlatVector<uint64_t> constant_offsets_;
    std::vector<FlatTable> constant_buffers_, inline_data_;
    Program program_;
    Method& method_ = program_.method;
};

}  // namespace

std::optional<uint64_t> bytes_of(const TensorValue& tensor) {
    const auto count = checked_element_count(tensor.shape);
    if (!count || *count > INT64_MAX / 16) return std::nullopt;
    return static_cast<uint64_t>(lathe::bytes_of(tensor.dtype, *count));
}

Result<Program> parse(const SharedBytes& file) { return ProgramParser(file).run(); }

}  // namespace lathe::formats::executorch
