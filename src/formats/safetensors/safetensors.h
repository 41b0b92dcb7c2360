// safetensors files, single or sharded by an index. Source: the safetensors README, "Format": 8 bytes N (little-endian),
// N bytes of JSON {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …, "__metadata__": {text: text}}, then the
// tensors' bytes, which the offsets cover without holes and without overlaps.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "formats/format.h"
#include "wire/pieces.h"

namespace lathe::formats {

Match match_safetensors(ByteSpan file, std::string_view path);
// `file` is a .safetensors file or an index (model.safetensors.index.json), whose shards lie in the same folder.
// Tensors are views, in the order of their bytes (of the shards). Metadata: the members of __metadata__, all texts; with
// an index also the members of its "metadata".
// Errors: a header beyond 100 MB or not of this form, two tensors of one name, holes, overlaps, sizes that do not
// fit type and shape, types that are none of ours (F6_E2M3, F6_E3M2, F8_E4M3FNUZ, F8_E5M2FNUZ); for an index also shards
// that are missing or do not hold exactly what it lists.
Result<graph::Checkpoint> read_safetensors(const SharedBytes& file, const std::string& path);

// A tensor to be written: its type and shape are known, its bytes are made when their turn comes, so that only one tensor
// is in memory at a time.
struct OutgoingTensor {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
    wire::MakeBytes make;  // row-major, bytes_of(dtype, count) of them

    static OutgoingTensor of(std::string name, Tensor tensor);
};

struct SafetensorsOptions {
    std::vector<std::pair<std::string, std::string>> metadata;
    // With more bytes of tensors than this: shards NAME-00001-of-0000N.safetensors and NAME.safetensors.index.json
    // instead of one file. A tensor that is larger gets a shard of its own. 0: always one file.
    uint64_t largest_shard_bytes = 0;
};
// Writes atomically, file by file, the index last. Within a file, tensors of wider elements come first, so that every
// tensor is aligned. Errors: the path does not end in .safetensors, two tensors of one name, a name that is not UTF-8 or
// "__metadata__", types that the format lacks (i4, u4, c128, string), f4 of an odd count, a maker's error.
Status write_safetensors(const std::string& path, std::span<const OutgoingTensor> tensors,
                         const SafetensorsOptions& options = {});
Status write_safetensors(const std::string& path, std::span<const graph::NamedTensor> tensors,
                         const SafetensorsOptions& options = {});

}  // namespace lathe::formats
