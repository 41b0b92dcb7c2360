// Flat binary weights: a header as JSON, then the tensors in the order in which a network uses them, for programs that read a
// file as it arrives (a browser). docs/bin.md has the layout.
//
//   "LATHEBIN", u32 version 1, u32 bytes of the header, the header (JSON, padded with spaces), the data
//   The data begin at byte 16 + bytes of the header, a multiple of 64, as is every tensor's offset in them.
#pragma once
#include <map>
#include <span>
#include <string>

#include "formats/format.h"

namespace lathe::formats {

Match match_bin(ByteSpan file, std::string_view path);
// Tensors are views of the file, in its order; metadata: the header's.
// Errors: another version, a header that is not of this form, offsets that are not aligned, do not ascend or leave the file.
Result<graph::Checkpoint> read_bin(const SharedBytes& file, const std::string& path);

// Tensors in the order given. Writes atomically. Errors: a type without a name in `name_of`, two tensors of one name.
Status write_bin(const std::string& path, std::span<const graph::NamedTensor> tensors,
                 const std::map<std::string, std::string>& metadata = {});

}  // namespace lathe::formats
