#include "formats/onnx/tensor_message.h"

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "formats/onnx/schema.h"

namespace lathe::formats::onnx {
namespace {

using graph::NamedTensor;
using wire::ProtoField;
using wire::ProtoReader;

struct ExternalPlace {
    std::string_view location;
    int64_t offset = 0;
    int64_t length = -1;
};

// The fields of a TensorProto. Of the typed ones, only that of its type may be there.
struct Fields {
    std::string_view name;
    std::vector<int64_t> dims;
    int32_t data_type = 0;
    std::vector<float> floats;
    std::vector<int32_t> int32s;
    std::vector<int64_t> int64s;
    std::vector<double> doubles;
    std::vector<uint64_t> uint64s;
    bool has_raw = false;
    bool has_segment = false;
    uint64_t raw_offset = 0;
    ByteSpan raw;
    bool is_external = false;
    ExternalPlace external;
};

Status parse_external_entry(const ProtoField& field, ExternalPlace& into) {
    TRY(ProtoReader reader, field.as_message());
    std::string_view key, value;
    ProtoField inner;
    while (true) {
        TRY(const bool more, reader.next(inner));
        if (!more) break;
        if (inner.number != entry::kKey && inner.number != entry::kValue) continue;
        TRY((inner.number == entry::kKey ? key : value), inner.as_text());
    }
    if (key == "location") into.location = value;
    if (key == "offset" && (!parse_int(value, into.offset) || into.offset < 0))
        return fail("external data has the offset '{}', expected a number", printable(value));
    if (key == "length" && (!parse_int(value, into.length) || into.length < 0))
        return fail("external data has the length '{}', expected a number", printable(value));
    return {};
}

Status parse_field(const ProtoField& field, Fields& into) {
    switch (field.number) {
        case tensor_field::kName: {
            TRY(into.name, field.as_text());
            return {};
        }
        case tensor_field::kDims: return field.append_to(into.dims);
        case tensor_field::kDataType: {
            TRY(into.data_type, field.as_int32());
            return {};
        }
        case tensor_field::kFloatData: return field.append_to(into.floats);
        case tensor_field::kInt32Data: return field.append_to(into.int32s);
        case tensor_field::kInt64Data: return field.append_to(into.int64s);
        case tensor_field::kDoubleData: return field.append_to(into.doubles);
        case tensor_field::kUint64Data: return field.append_to(into.uint64s);
        case tensor_field::kSegment: into.has_segment = true; return {};
        case tensor_field::kRawData: {
            TRY(into.raw, field.as_bytes());
            into.has_raw = true;
            into.raw_offset = field.offset;
            return {};
        }
        case tensor_field::kExternalData: return parse_external_entry(field, into.external);
        case tensor_field::kDataLocation: {
            TRY(const int32_t location, field.as_int32());
            into.is_external = location == 1;
            return {};
        }
        default: return {};
    }
}

// Integers into `size_bytes` bytes each, low byte first.
template <class T>
std::vector<std::byte> narrowed(const std::vector<T>& values, size_t size_bytes) {
    std::vector<std::byte> bytes(values.size() * size_bytes);
    for (size_t i = 0; i < values.size(); ++i)
        std::memcpy(bytes.data() + i * size_bytes, &values[i], size_bytes);
    return bytes;
}

// The typed field that holds a type, as the bytes that raw_data would have.
std::vector<std::byte> typed_bytes(DType dtype, const Fields& f) {
    switch (dtype) {
        case DType::kF32:
        case DType::kC64: return narrowed(f.floats, 4);
        case DType::kF64:
        case DType::kC128: return narrowed(f.doubles, 8);
        case DType::kI64: return narrowed(f.int64s, 8);
        case DType::kU64: return narrowed(f.uint64s, 8);
        case DType::kU32: return narrowed(f.uint64s, 4);
        case DType::kI32: return narrowed(f.int32s, 4);
        case DType::kI16:
        case DType::kU16:
        case DType::kF16:
        case DType::kBF16: return narrowed(f.int32s, 2);
        default: return narrowed(f.int32s, 1);  // also pairs of 4-bit elements
    }
}

Result<SharedBytes> data_of(const Fields& f, DType dtype, DataSource& source) {
    if (f.is_external) return source.external(f.external.location, f.external.offset, f.external.length);
    if (f.has_raw) return source.file().slice(f.raw_offset, f.raw.size());
    return SharedBytes::from_vector(typed_bytes(dtype, f));
}

// A stored bool may be any byte; in memory it must be 0 or 1.
SharedBytes with_clean_bools(SharedBytes bytes, DType dtype) {
    if (dtype != DType::kBool ||
        std::ranges::all_of(bytes.bytes(), [](std::byte b) { return b <= std::byte{1}; }))
        return bytes;
    HeapBytes copy(bytes.size());
    for (size_t i = 0; i < bytes.size(); ++i) copy.data.get()[i] = std::byte{bytes.data()[i] != std::byte{0}};
    return copy.freeze();
}

}  // namespace

Result<SharedBytes> DataSource::external(std::string_view location, int64_t offset, int64_t length) {
    if (path_.empty())
        return fail("its data is in the file '{}', but the model was not read from a file",
                    printable(location));
    bool leaves = location.empty() || location.front() == '/' || location.find('\0') != location.npos ||
                  location.find('\\') != location.npos || (location.size() > 1 && location[1] == ':');
    for (const auto part : split(location, '/')) leaves = leaves || part == "..";
    if (leaves)
        return fail("its data is said to be in '{}', expected a file in the model's own folder",
                    printable(location));
    auto found = siblings_.find(location);
    if (found == siblings_.end()) {
        const size_t slash = path_.rfind('/');
        const std::string folder = slash == path_.npos ? "" : path_.substr(0, slash + 1);
        auto mapped = map_file(folder + std::string(location));
        if (!mapped) return fail("its data file is missing: {}", mapped.error().message);
        found = siblings_.emplace(std::string(location), *std::move(mapped)).first;
    }
    const SharedBytes& file = found->second;
    const auto size = static_cast<int64_t>(file.size());
    if (offset > size || length > size - offset)
        return fail("its data is at bytes [{}, {} + {}) of '{}', which has {}; it may be incomplete", offset,
                    offset, length < 0 ? 0 : length, printable(location), size);
    return file.slice(static_cast<size_t>(offset), static_cast<size_t>(length < 0 ? size - offset : length));
}

Result<NamedTensor> read_tensor(ProtoReader reader, DataSource& source) {
    Fields fields;
    ProtoField field;
    while (true) {
        TRY(const bool more, reader.next(field));
        if (!more) break;
        TRY_STATUS(parse_field(field, fields));
    }
    const std::string place =
        fields.name.empty() ? "a tensor" : format("tensor '{}'", printable(fields.name));
    if (fields.has_segment) return fail("{} is stored in segments, which no released writer makes", place);
    const auto dtype = dtype_of_code(fields.data_type);
    if (!dtype || *dtype == DType::kString)
        return fail("{} holds {} elements, which Lathe cannot hold", place, code_text(fields.data_type));
    const auto count = checked_element_count(fields.dims);
    if (!count || *count > int64_t{1} << 58)
        return fail("{} has the impossible shape {}", place, lathe::to_string(fields.dims));
    TRY(SharedBytes bytes, with_place(data_of(fields, *dtype, source), place));
    const int64_t wanted = bytes_of(*dtype, *count);
    // External data without a length runs to the end of its file.
    const bool open_end = fields.is_external && fields.external.length < 0;
    if (static_cast<int64_t>(bytes.size()) < wanted ||
        (!open_end && static_cast<int64_t>(bytes.size()) != wanted))
        return fail("{} is {}{} and needs {} bytes, but {} are stored", place, lathe::name_of(*dtype),
                    lathe::to_string(fields.dims), wanted, bytes.size());
    bytes = bytes.slice(0, static_cast<size_t>(wanted));
    return NamedTensor{std::string(fields.name),
                       Tensor(*dtype, fields.dims, with_clean_bools(std::move(bytes), *dtype))};
}

}  // namespace lathe::formats::onnx
