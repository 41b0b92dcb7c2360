// Core ML's weight files (weight.bin): a header of 64 bytes, then for every blob a description of 64 bytes and its data,
// each at a multiple of 64 bytes. Source: coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp.
//
//   header       u32 count, u32 version = 2, zeros
//   description  u32 0xDEADBEEF, u32 type, u64 size in bytes, u64 offset of the data, u64 unused bits at the end, zeros
#pragma once
#include "base/content_hash.h"
#include "formats/coreml/model.h"

namespace lathe {
class OutputFile;
}

namespace lathe::formats::coreml {

inline constexpr double kLargestHalf = 65504, kLeastHalf = 0x1p-24;  // above 0, of f16
inline constexpr std::string_view kWeightsPath = "@model_path/weights/weight.bin";

// The constants that go into the weight file, in order, with places there. Equal bytes may be written twice.
struct BlobLayout {
    std::vector<const Value*> blobs;
    uint64_t size_bytes = 0;  // of the whole file; 0: no blob
};
// Gives every constant of the program with `in_file` its offset.
BlobLayout lay_out_blobs(Program& program);

// The bytes of a constant as they are stored: converted to its type; f16 keeps numbers beyond its range as its largest.
Result<SharedBytes> stored_bytes(const Value& value);

// The whole file; `hash` gets its contents.
Status write_blobs(const BlobLayout& layout, OutputFile& file, ContentHash& hash);

// The blob that is described at `offset`, as `type`. Errors: a description that is none, another type, another size than
// the type's, data outside the file.
Result<Value> read_blob(const SharedBytes& file, uint64_t offset, const Type& type);

}  // namespace lathe::formats::coreml
