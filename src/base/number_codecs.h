// Number codecs: how the small floating-point types of networks are stored, and the way to float and back.
// Encoding rounds to nearest, ties to even. Types without infinity (e4m3, e2m1) saturate; NaN stays NaN where the type has
// one. Sources: IEEE 754-2019 (f16), OCP 8-bit Floating Point Specification 1.0 (e4m3fn, e5m2),
// OCP Microscaling Formats 1.0 (e2m1, e8m0).
#pragma once
#include <bit>
#include <cstdint>

#include "base/bytes.h"

namespace lathe {

inline float bf16_to_f32(uint16_t code) { return std::bit_cast<float>(uint32_t{code} << 16); }
uint16_t f32_to_bf16(float value);

float f16_to_f32(uint16_t code);  // 1 sign, 5 exponent (bias 15), 10 mantissa
uint16_t f32_to_f16(float value);

float f8e4m3_to_f32(uint8_t code);  // 1-4-3, bias 7; no infinity, 0x7f and 0xff are NaN; largest 448
uint8_t f32_to_f8e4m3(float value);

float f8e5m2_to_f32(uint8_t code);  // 1-5-2, bias 15; infinities and NaNs as IEEE; largest finite 57344
uint8_t f32_to_f8e5m2(float value);  // overflow gives infinity, as IEEE rounding does

float f4e2m1_to_f32(uint8_t code);  // 1-2-1, bias 1: 0 0.5 1 1.5 2 3 4 6; low four bits of code
uint8_t f32_to_f4e2m1(float value);

float f8e8m0_to_f32(uint8_t code);  // 2^(code-127); 0xff is NaN
uint8_t f32_to_f8e8m0(float value);  // nearest power of two of |value|; NaN gives 0xff

bool all_finite_f32(
    ByteSpan floats);  // no NaN, no infinity; at any alignment, bytes after the last whole float ignored

}  // namespace lathe
