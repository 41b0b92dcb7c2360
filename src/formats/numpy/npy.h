// NumPy's array file .npy, versions 1 to 3. Source: NumPy, "A simple file format for NumPy arrays"
// (numpy.lib.format). Numbers, booleans and complex numbers; no objects, no text, no records.
#pragma once
#include <string>

#include "base/file.h"
#include "formats/format.h"
#include "tensor/tensor.h"
#include "wire/pieces.h"

namespace lathe::formats {

Match match_npy(ByteSpan file, std::string_view path);
// One tensor, named like the file without folder and extension; metadata is empty.
Result<graph::Checkpoint> read_npy(const SharedBytes& file, const std::string& path);

// The array in the contents of a .npy file: a view; arrays in Fortran's order are strided, those in big-endian order
// are swapped into new memory. Errors: not .npy, an element type that is none of ours, more elements than bytes.
Result<Tensor> parse_npy(const SharedBytes& contents);

// The contents of a .npy file, version 1, row-major. Errors: types that NumPy lacks (bf16, f8, f4, i4, u4, string).
Result<wire::Pieces> npy_pieces(const Tensor& tensor);
Status write_npy(OutputFile& file, const Tensor& tensor);  // not committed

}  // namespace lathe::formats
