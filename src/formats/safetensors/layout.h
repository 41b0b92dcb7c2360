// Where the bytes of a safetensors file, or of its shards, will lie, before any of them is made.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace lathe::formats::safetensors {

struct Slot {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
};

struct LaidOutFile {
    std::string path;
    std::string start;  // length and header, padded; the tensors follow
    uint64_t size_bytes = 0;  // of the whole file
};
struct Place {
    size_t file = 0;  // of Layout::files
    uint64_t offset = 0;  // from the beginning of that file
    uint64_t size_bytes = 0;
};
struct Layout {
    std::vector<LaidOutFile> files;
    std::vector<Place> places;  // of the slots, in their order
    std::string index_path, index;  // of a sharded model; empty for a single file
};

// With largest_shard_bytes > 0 and more bytes of tensors: shards NAME-00001-of-0000N.safetensors, filled in the order of
// the slots, and NAME.safetensors.index.json. Within a file, tensors of wider elements come first, so that every tensor is
// aligned. Errors: as write_safetensors says.
Result<Layout> lay_out(const std::string& path, std::span<const Slot> slots,
                       std::span<const std::pair<std::string, std::string>> metadata,
                       uint64_t largest_shard_bytes);

}  // namespace lathe::formats::safetensors
