// The header of a .npy file: a Python dictionary with three keys.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace lathe::formats::numpy {

struct Header {
    DType dtype = DType::kF32;
    bool big_endian = false;
    bool fortran_order = false;
    Shape shape;
};

// Errors: no such dictionary, another or a missing key, an element type that is none of ours.
Result<Header> parse_header(std::string_view text);

// NumPy's dtype text ("<f4", "|b1", …). Errors: objects, text, dates, records, named as such.
Result<DType> parse_descr(std::string_view descr, bool& big_endian);
Result<std::string> descr_of(DType dtype);

// A copy with every number turned from big-endian to little-endian (complex numbers: each half).
SharedBytes swapped(ByteSpan bytes, DType dtype);
// Strides, in elements, of an array whose first index runs fastest.
Shape fortran_strides(const Shape& shape);

}  // namespace lathe::formats::numpy
