// What every instruction set's sources define, in its own namespace; table.cpp makes the table of them.
#pragma once
#include "run/cpu/kernels/vectors.h"

namespace lathe::run::cpu::LATHE_ISA {

void product(const Product&, size_t first, size_t last, size_t first_panel, size_t last_panel);
void pack_panels(const float* b, int64_t row_stride, int64_t column_stride, size_t depth, size_t columns,
                 float* packed, size_t first_panel, size_t last_panel);
void widen(const Widening&, size_t first, size_t last);
void integer_product(const IntegerProduct&, size_t first, size_t last, size_t first_panel, size_t last_panel);
void integer_depthwise(const IntegerDepthwise&, size_t first, size_t last);
void quantize(const float* x, const Quantization&, size_t count);
void dequantize(const Codes&, float* to, size_t count);
void range(const float* x, size_t count, float* low, float* high);
void narrow(const Narrowing&, size_t first, size_t last);
void bf16_product(const Bf16Product&, size_t first, size_t last, size_t first_panel, size_t last_panel);
void depthwise(const Depthwise&, size_t first, size_t last);
void pool(const Pool&, size_t first, size_t last);
void chain(const Chain&, size_t count);
void normalize(const Norm&, size_t first, size_t last);
void softmax(const float* input, int64_t input_stride, size_t columns, float* output, int64_t output_stride,
             size_t first, size_t last);
void reduce(const Reduce&, size_t first, size_t last);
void attention(const Attention&, size_t first, size_t last);
size_t attention_scratch(size_t keys, size_t depth, size_t value_depth);
void rotate(const Rotary&, size_t first, size_t last);
void copy(const Copy&, size_t first, size_t last);
void take(const Take&, size_t first, size_t last);
void blend(const Blend&, size_t first, size_t last);
void moments(const Moments&, size_t first, size_t last);
void winograd_input(const WinogradInput&, size_t first, size_t last);
void winograd_output(const WinogradOutput&, size_t first, size_t last);
void integer_winograd_input(const IntegerWinogradInput&, size_t first, size_t last);
void integer_winograd_output(const IntegerWinogradOutput&, size_t first, size_t last);
void code_pool(const CodePool&, size_t first, size_t last);
float multiply_adds(size_t rounds, float factor);
float read(const float* from, size_t count);

}  // namespace lathe::run::cpu::LATHE_ISA
