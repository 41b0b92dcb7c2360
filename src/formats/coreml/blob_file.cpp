#include "formats/coreml/blob_file.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "wire/little_endian.h"

namespace lathe::formats::coreml {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint32_t kSentinel = 0xDEADBEEF, kStorageVersion = 2;

uint64_t aligned(uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

uint64_t stored_size(const Value& value) {
    return static_cast<uint64_t>(bytes_of(*info_of(value.type.element)->dtype, value.data.count()));
}

// A header or description from its beginning, filled up with zeros.
class Record {
public:
    template <class T>
    void add(T number) {
        wire::store_le(bytes_, number);
    }
    ByteSpan bytes() {
        bytes_.resize(kAlignment);
        return as_bytes(bytes_);
    }

private:
    std::string bytes_;
};

// Finite numbers stay finite.
Tensor to_half(const Tensor& data) {
    Tensor half = data.to(DType::kF16);
    if (data.dtype() == DType::kF16 || first_non_finite(half) < 0) return half;
    std::vector<double> values = data.to_doubles();
    for (double& value : values)
        if (std::isfinite(value)) value = std::clamp(value, -kLargestHalf, kLargestHalf);
    return tensor_from_doubles(DType::kF16, data.shape(), values);
}

}  // namespace

Result<SharedBytes> stored_bytes(const Value& value) {
    const DType dtype = *info_of(value.type.element)->dtype;
    const Tensor data = value.data.to_contiguous();
    const Tensor stored = dtype == DType::kF16 ? to_half(data) : data.to(dtype);
    const auto size = static_cast<size_t>(stored.size_bytes());
    return stored.storage().slice(0, size);
}

BlobLayout lay_out_blobs(Program& program) {
    BlobLayout layout;
    const auto add = [&](Value& value) {
        if (!value.in_file) return;
        value.offset = aligned(layout.size_bytes == 0 ? kAlignment : layout.size_bytes);
        layout.size_bytes = value.offset + kAlignment + stored_size(value);
        layout.blobs.push_back(&value);
    };
    for (Operation& operation : program.operations) {
        for (auto& [name, value] : operation.attributes) add(value);
        for (Parameter& parameter : operation.inputs)
            for (Binding& binding : parameter.bindings)
                if (binding.value) add(*binding.value);
    }
    return layout;
}

Status write_blobs(const BlobLayout& layout, OutputFile& file, ContentHash& hash) {
    const auto write = [&](ByteSpan bytes) -> Status {
        hash.add(bytes);
        return file.write(bytes);
    };
    Record header;
    header.add(static_cast<uint32_t>(layout.blobs.size()));
    header.add(kStorageVersion);
    TRY_STATUS(write(header.bytes()));
    for (const Value* blob : layout.blobs) {
        TRY(const SharedBytes bytes, stored_bytes(*blob));
        const DataTypeInfo& info = *info_of(blob->type.element);
        const auto used_bits = static_cast<uint64_t>(blob->data.count()) * static_cast<uint64_t>(info.bits);
        Record description;
        description.add(kSentinel);
        description.add(info.blob);
        description.add(static_cast<uint64_t>(bytes.size()));
        description.add(blob->offset + kAlignment);
        description.add(static_cast<uint64_t>(bytes.size()) * 8 - used_bits);
        TRY_STATUS(file.pad_to(blob->offset));
        TRY_STATUS(write(description.bytes()));
        TRY_STATUS(write(bytes.bytes()));
        release_pages(bytes);
    }
    return {};
}

Result<Value> read_blob(const SharedBytes& file, uint64_t offset, const Type& type) {
    const uint64_t size = file.size();
    if (size < kAlignment || wire::load_le<uint32_t>(file.bytes(), 4) != kStorageVersion)
        return fail("the weight file is no storage of version {}", kStorageVersion);
    if (offset % kAlignment != 0 || offset > size || size - offset < kAlignment)
        return fail("a constant is said to be at byte {} of the weight file, which has {}", offset, size);
    const ByteSpan record = file.bytes().subspan(static_cast<size_t>(offset), kAlignment);
    if (wire::load_le<uint32_t>(record, 0) != kSentinel)
        return fail("byte {} of the weight file does not begin the description of a constant", offset);
    const DataTypeInfo* info = info_of(type.element);
    const auto number = wire::load_le<uint32_t>(record, 4);
    if (info == nullptr || info->blob == 0 || info->blob != number)
        return fail("the constant at byte {} of the weight file is of the type {}, expected {}", offset,
                    number, info == nullptr ? "another" : info->name);
    const auto bytes = wire::load_le<uint64_t>(record, 8), at = wire::load_le<uint64_t>(record, 16);
    if (at % kAlignment != 0 || at > size || size - at < bytes)
        return fail("the constant at byte {} of the weight file ends at {} + {}, and the file has {} bytes",
                    offset, at, bytes, size);
    const auto count = checked_element_count(type.shape);
    if (!count || *count > (int64_t{1} << 56) ||
        (static_cast<uint64_t>(*count) * static_cast<uint64_t>(info->bits) + 7) / 8 != bytes)
        return fail("the constant at byte {} of the weight file has {} bytes, expected those of {} {}",
                    offset, bytes, to_string(type.shape), info->name);
    Value value{.type = type, .in_file = true, .offset = offset};
    const SharedBytes data = file.slice(static_cast<size_t>(at), static_cast<size_t>(bytes));
    if (info->dtype) value.data = Tensor(*info->dtype, type.shape, data);
    else value.packed = data;
    return value;
}

}  // namespace lathe::formats::coreml
