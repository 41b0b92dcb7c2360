// GGUF version 3: tensors and metadata in one file. Source: ggml's gguf.h (the layout is described at its top) and ggml.h (types).
//
//   "GGUF", u32 version 3, i64 tensors, i64 pairs
//   pairs       key (u64 length, bytes), i32 type, value; an array has its element type and an u64 count
//   tensors     name, u32 dimensions, i64 sizes (the fastest first), i32 type, u64 offset from the beginning of the data
//   data        at the next multiple of general.alignment (32 unless said), as is every tensor in it
//
// Types of numbers: f64 f32 f16 bf16 i64 i32 i16 i8. Blocks of quantised numbers are not read or written.
#pragma once
#include <map>
#include <span>
#include <string>

#include "formats/format.h"

namespace lathe::formats {

Match match_gguf(ByteSpan file, std::string_view path);
// Tensors are views of the file, in its order. Metadata: the pairs, arrays of more than 64 values as "N values".
// Errors: another version or byte order, more than 4 dimensions, names of 64 bytes or more, offsets that are not aligned or leave
// the file, two tensors of one name; tensors of quantised types, all of them counted by type.
Result<graph::Checkpoint> read_gguf(const SharedBytes& file, const std::string& path);

struct GgufOptions {
    std::string architecture = "unknown";  // general.architecture
    std::string name;  // general.name; empty: left out
    std::map<std::string, std::string> metadata;  // further texts; keys begin with "lathe."
    // What matrices (two axes or more) of floating-point numbers are stored as; nothing: as they are. Vectors stay as they are,
    // as other programs expect.
    std::optional<DType> matrices;
};
// Writes atomically, tensor by tensor. Errors, before any byte is written: every tensor whose name has 64 bytes or more, whose type
// GGUF lacks or which has more than 4 axes; two tensors of one name.
Status write_gguf(const std::string& path, std::span<const graph::NamedTensor> tensors,
                  const GgufOptions& options = {});

}  // namespace lathe::formats
