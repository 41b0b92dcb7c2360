// NumPy's archive .npz: a zip archive of .npy files. Source: NumPy, numpy.savez and numpy.savez_compressed.
#pragma once
#include <span>
#include <string>

#include "formats/format.h"

namespace lathe::formats {

Match match_npz(ByteSpan file, std::string_view path);
// Tensors are named like the entries without ".npy". Stored arrays are views of the file; compressed ones are unpacked,
// at most 1 GiB in all or 100 times the file, whichever is more. Errors also for any entry that is no .npy.
Result<graph::Checkpoint> read_npz(const SharedBytes& file, const std::string& path);
// The same with another limit for all that is unpacked.
Result<graph::Checkpoint> read_npz_within(uint64_t limit_bytes, const SharedBytes& file,
                                          const std::string& path);

enum class NpzPacking { kStored, kDeflated };
// Writes a whole file, atomically. Errors: as npy_pieces; two tensors of one name.
Status write_npz(const std::string& path, std::span<const graph::NamedTensor> tensors,
                 NpzPacking packing = NpzPacking::kStored);

}  // namespace lathe::formats
