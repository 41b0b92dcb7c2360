// The innermost loops of quantising: a run of floats to codes and back, exactly as written here in float32 arithmetic
// (no product is fused with a sum), whatever vectors the machine has. Values are finite; callers refuse others.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "tensor/dtype.h"

namespace lathe::quant {

// The largest magnitude of stored f64, f32, f16 or bf16 elements, and whether all are finite. Other types: by way of floats.
struct Range {
    float max_abs = 0;
    bool finite = true;
    void merge(const Range& other) {
        max_abs = other.max_abs > max_abs ? other.max_abs : max_abs;
        finite = finite && other.finite;
    }
};
Range range_of(DType stored, ByteSpan bytes, size_t count);
Range range_of(const float* values, size_t count);
float largest_magnitude(const float* values, size_t count);

// Stored floats of any type to f32, fast for f32, f16 and bf16.
void load_floats(DType stored, ByteSpan bytes, size_t count, float* values);
// f32 to f16 or bf16 codes, to nearest even; f16 overflows to infinity.
void store_halves(DType stored, const float* values, size_t count, uint16_t* codes);

// code = to nearest even(clamp(value * factor, ±448)), one a byte; ±57344 for e5m2.
void encode_f8e4m3(const float* values, size_t count, float factor, uint8_t* codes);
void encode_f8e5m2(const float* values, size_t count, float factor, uint8_t* codes);
// code = to nearest even(clamp(value * factor, ±127))
void encode_i8(const float* values, size_t count, float factor, int8_t* codes);
// code = to nearest even(clamp(value / divisor, ±127))
void encode_i8_divided(const float* values, size_t count, float divisor, int8_t* codes);

// Runs of blocks of 16, each with its own divisor (0: all codes are 0): code = e2m1(clamp(value / divisor, ±6)), two in a
// byte, the even one in the high half. count: of blocks.
void encode_f4e2m1(const float* values, size_t count, const float* divisors, uint8_t* packed);
// Runs of blocks of 32: code = e4m3(clamp(value / divisor, ±448)). Divisors: powers of two from 2^-127 to 2^127.
void encode_mx(const float* values, size_t count, const float* divisors, uint8_t* codes);
// One row: code = to nearest even(value / divisor) clamped to ±7, two in a byte, the even one in the low half. count: even.
void encode_i4(const float* values, size_t count, float divisor, uint8_t* packed);
// code = to nearest even((value - zero) / scale) + 8 clamped to 0 … 15, packed as encode_i4. count: even.
void encode_u4(const float* values, size_t count, float scale, float zero, uint8_t* packed);

// The largest magnitude of each block of `size` (16 or 32).
void block_maxima(const float* values, size_t blocks, size_t size, float* maxima);

// Codes to values: value = code * scale. (asymmetric: (code - 8) * scale + zero)
void decode_f8e4m3(const uint8_t* codes, size_t count, float scale, float* values);
void decode_f8e5m2(const uint8_t* codes, size_t count, float scale, float* values);
void decode_i8(const int8_t* codes, size_t count, float scale, float* values);
void decode_f4e2m1(const uint8_t* packed, size_t blocks, const float* scales, float* values);
void decode_mx(const uint8_t* codes, size_t blocks, const float* scales, float* values);
void decode_i4(const uint8_t* packed, size_t count, float scale, float* values);
void decode_u4(const uint8_t* packed, size_t count, float scale, float zero, float* values);

// Sums over a run, in double: of squares of a, of squares of a - b, and the largest |a - b|.
struct ErrorSums {
    double signal = 0, noise = 0;
    float largest = 0;
    void merge(const ErrorSums& other);
    double snr_db() const;  // infinite without noise
    double relative_error() const;  // sqrt(noise / signal), 0 without signal
};
ErrorSums error_sums(const float* a, const float* b, size_t count);

}  // namespace lathe::quant
