// The JSON header of a safetensors file.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace lathe::formats::safetensors {

inline constexpr uint64_t kLargestHeader = 100'000'000;
inline constexpr std::string_view kMetadataKey = "__metadata__";

std::optional<DType> dtype_named(std::string_view name);  // "F32", "BF16", …
std::optional<std::string_view> name_of(DType dtype);

struct Entry {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
    uint64_t begin = 0, end = 0;  // in the bytes behind the header
};

struct Header {
    std::vector<Entry> entries;  // ordered by begin
    std::vector<std::pair<std::string, std::string>> metadata;
    size_t data_offset = 0;  // of the tensors' bytes in the file
};

// Reads and validates the header of a whole file. See read_safetensors for the errors.
Result<Header> parse_header(ByteSpan file);

}  // namespace lathe::formats::safetensors
