// The innermost loops of the CPU engine: one table of functions for each instruction set, made from the same sources
// (every .cpp of this folder is compiled once for each set). They work on plain memory, allocate nothing, and give the
// same bits however rows, pixels or columns are shared out among threads. All numbers are f32 unless said otherwise;
// sizes and strides count floats. "Rows" are what lies in memory one after the other with a stride; images are rows of
// channels (NHWC), a pixel a row.
#pragma once
#include <cstddef>
#include <cstdint>

namespace lathe::run::cpu {

inline constexpr int32_t kPadding = INT32_MIN;  // among offsets: a pixel outside the image, all zeros
inline constexpr float kInfinity = __builtin_inff();

// c[r, n] = clamp(bias[n] + Σ_t Σ_k a(t, r)[k] * b[t * depth + k, n]): a matrix product (one tap), or a convolution whose
// tap t reads, for output pixel r, the pixel at offsets[t * offset_stride + r].
struct Product {
    const float* a = nullptr;
    int64_t a_stride = 0;  // between rows, where there are no offsets (then taps is 1)
    const int32_t* offsets = nullptr;  // [taps, offset_stride], from a, or kPadding
    int64_t offset_stride = 0;
    const float* zeros = nullptr;  // `depth` zeros; with offsets only
    size_t taps = 1, depth = 0, columns = 0;
    const float* b =
        nullptr;  // [panels, taps * depth, panel]: Kernels::panel columns each, the last one filled up with zeros
    const float* bias = nullptr;  // [panels * panel], or none
    float* c = nullptr;
    int64_t c_stride = 0;
    bool add = false;  // to what c holds (before the clamp); no bias then
    float low = -kInfinity, high = kInfinity;
};

// Codes of 8 bits as numbers: (code - zero) * scale.
struct Codes {
    const uint8_t* codes = nullptr;
    bool negative = false;  // they are i8, not u8
    int32_t zero = 0;
    float scale = 1;
};

// Rows of int16 numbers code - zero, as an IntegerProduct reads them: every row is `taps` runs of `depth` codes, found as
// a Product finds its rows; what is padding, and what follows them up to to_stride, is 0.
struct Widening {
    Codes from;
    int64_t stride = 0;  // between rows, where there are no offsets (then taps is 1)
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    size_t taps = 1, depth = 0;
    int16_t* to = nullptr;  // the first row of the range
    int64_t to_stride = 0;  // even
};

// What sums of integers, exact but for whole multiples of 2^32, become. They begin with start[n]; then, with
// y = clamp(f32(sum) * scale[n] + bias[n]): c takes the sums (i32), y (f32), or codes round(y) + zero (8 bits, u8 or i8 as
// low and high have it; ties to even). The lists end at a whole panel.
struct IntegerResult {
    enum Kind : uint8_t { kSums, kFloats, kCodes } kind = kSums;
    const int32_t* start = nullptr;  // or none
    const float* scale = nullptr;  // not for sums
    const float* bias = nullptr;  // or none
    float low = -kInfinity, high = kInfinity;
    int32_t zero = 0;
    void* c = nullptr;
    int64_t c_stride = 0;  // elements
};

// sums[r, n] = start[n] + Σ_k a[r, k] * b[k, n]
struct IntegerProduct {
    const int16_t* a = nullptr;
    int64_t a_stride = 0;
    size_t pairs = 0;  // of neighbours along k, the last one with a zero if need be
    size_t columns = 0;
    const void* b = nullptr;  // [panels, pairs, panel, 2]: int8, or int16 where `wide`
    bool wide = false;
    IntegerResult to;
};

inline constexpr size_t kMaxDepthwiseTaps = 128;  // of codes
// Every channel by itself: sums[p, c] = start[c] + Σ_t code(offsets[t, p] + c) * weights[t, c], where code ^ flip is what
// lies in memory: 128 makes u8 of i8.
struct IntegerDepthwise {
    const uint8_t* codes = nullptr;
    uint8_t flip = 0;
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    const uint8_t* padding = nullptr;  // `channels` codes
    size_t taps = 0, channels = 0;
    const int16_t* weights = nullptr;  // [pairs of taps, channels, 2], the last with a zero if need be
    IntegerResult to;  // its lists have `channels` elements
};

// To codes round(number / scale) + zero, kept in [low, high]; 0 for a NaN.
struct Quantization {
    float scale = 1;
    int32_t zero = 0, low = 0, high = 255;
    uint8_t* codes = nullptr;
};

// Rows of bf16 numbers, as a Bf16Product reads them: every row is `taps` runs of `depth` floats, found as a Product finds its
// rows, and rounded to the nearest (ties to even); what is padding, and what follows them up to to_stride, is 0.
struct Narrowing {
    const float* a = nullptr;
    int64_t a_stride = 0;  // between rows, where there are no offsets (then taps is 1)
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    size_t taps = 1, depth = 0;
    uint16_t* to = nullptr;  // the first row of the range
    int64_t to_stride = 0;
};

// c[r, n] = clamp(bias[n] + Σ_k a[r, k] * b[k, n]): bf16 numbers, whose products are added up in f32 by pairs of k.
inline constexpr size_t kBf16Depth = 32;  // a whole number of these, filled up with zeros in both matrices
struct Bf16Product {
    const uint16_t* a = nullptr;
    int64_t a_stride = 0;
    size_t depth = 0, columns = 0;
    const uint16_t* b = nullptr;  // [panels, depth / 2, panel, 2]
    const float* bias = nullptr;  // [panels * panel], or none
    float* c = nullptr;
    int64_t c_stride = 0;
    float low = -kInfinity, high = kInfinity;
};

// Every channel by itself: output[p, c] = clamp(bias[c] + Σ_t input[offsets[t, p] + c] * weights[t, c]).
struct Depthwise {
    const float* input = nullptr;
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    const float* zeros = nullptr;  // `channels` zeros
    size_t taps = 0, channels = 0;
    const float* weights = nullptr;  // [taps, channels]
    const float* bias = nullptr;  // [channels], or none
    float* output = nullptr;
    int64_t output_stride = 0;
    float low = -kInfinity, high = kInfinity;
};

// Over the pixels of each window; those outside count neither for the largest nor for the mean.
struct Pool {
    enum Kind : uint8_t { kMax, kSum } kind = kMax;
    const float* input = nullptr;
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    const float* factors = nullptr;  // [pixels]: what sums are multiplied by; kSum only
    size_t taps = 0, channels = 0;
    float* output = nullptr;
    int64_t output_stride = 0;
};

// The largest code of every channel over the pixels of each window, which are not all outside; code ^ flip is what lies in
// memory, as in IntegerDepthwise.
struct CodePool {
    const uint8_t* codes = nullptr;
    uint8_t flip = 0;
    const int32_t* offsets = nullptr;  // [taps, offset_stride]
    int64_t offset_stride = 0;
    size_t taps = 0, channels = 0;
    uint8_t* output = nullptr;
    int64_t output_stride = 0;
};

// Elementwise chains. Values are numbered: first the operands, then one for each step.
enum class Function : uint8_t {
    kAdd,
    kSub,
    kMul,
    kDiv,
    kMin,
    kMax,
    kPow,
    kEqual,
    kLess,
    kLessEqual,  // of a and b; truths are 1 and 0
    kSelect,  // a is not 0 ? b : c
    kNeg,
    kAbs,
    kSqrt,
    kReciprocal,
    kExp,
    kLog,
    kTanh,
    kErf,
    kSigmoid,
    kSoftplus,
    kSin,
    kCos,
    kFloor,
    kCeil,
    kRound,
    kSign,
    kRelu,
    kSilu,
    kGelu,
    kGeluTanh,
    kMish,
    kHardSigmoid,
    kHardSwish,
    kElu,
    kLeakyRelu,
    kClip,  // of a; parameters p and q
    kScaleAdd,  // a * p + q
};
// kElu: p the alpha. kLeakyRelu: p the slope. kClip: p to q. kHardSigmoid: clamp(a * p + q, 0, 1).
struct ChainStep {
    Function function = Function::kAdd;
    uint8_t a = 0, b = 0;
    float p = 0, q = 0;
    uint8_t c = 0;
};
constexpr bool reads_b(Function f) { return f <= Function::kSelect; }
constexpr bool reads_c(Function f) { return f == Function::kSelect; }
// What lies in memory; chains compute in f32. Outputs are f32, bool (a byte, 0 or 1) or codes.
enum class Element : uint8_t { kF32, kBool, kU8, kI8, kI32, kI64 };
// Elements of kU8 or kI8 that stand for (code - zero) * scale.
struct Coding {
    bool used = false;
    int32_t zero = 0;
    float scale = 1;
};
inline constexpr size_t kMaxChainSteps = 24, kMaxChainOperands = 8, kMaxChainOutputs = 4;
struct Chain {
    const ChainStep* steps = nullptr;
    size_t step_count = 0, operand_count = 0, output_count = 0;
    const void* operands[kMaxChainOperands] = {};
    Element operand_types[kMaxChainOperands] = {};
    Coding operand_codes[kMaxChainOperands] = {};
    bool uniform[kMaxChainOperands] = {};  // one number for the whole run, not one for each element
    void* outputs[kMaxChainOutputs] = {};  // may be an operand's memory, exactly, where both are f32
    Element output_types[kMaxChainOutputs] = {};
    Coding output_codes[kMaxChainOutputs] = {};
    uint8_t output_values[kMaxChainOutputs] = {};  // which value each output takes
};

// Rows of `columns` numbers next to each other.
struct Norm {
    const float* input = nullptr;
    int64_t input_stride = 0;
    size_t columns = 0;
    const float* scale = nullptr;  // [columns], or none
    const float* bias = nullptr;
    float epsilon = 0;
    bool centre = true;  // false: by the root mean square alone
    float* output = nullptr;
    int64_t output_stride = 0;
};

// output[o, i] = over r of input[o * outer_stride + r * stride + i]; inner is 1 or numbers next to each other.
struct Reduce {
    enum Kind : uint8_t { kSum, kMean, kMax, kMin, kSumSquare } kind = kSum;
    const float* input = nullptr;
    int64_t outer_stride = 0, stride = 0;
    size_t count = 0, inner = 1;
    float* output = nullptr;  // [outer, inner]
};

// One head: softmax(scale * q k^T + bias) v in one pass over the keys, without the matrix of scores. Zeros for a query
// that sees no key.
struct Attention {
    const float* q = nullptr;  // [queries, depth]
    const float* k = nullptr;  // [keys, depth]
    const float* v = nullptr;  // [keys, value_depth]
    int64_t q_stride = 0, k_stride = 0, v_stride = 0;  // between rows
    size_t keys = 0, depth = 0, value_depth = 0;
    float scale = 1;
    const float* bias = nullptr;  // [queries, keys], or none
    int64_t bias_stride = 0;  // between queries; 0: the same for all
    int64_t causal = INT64_MAX;  // query i sees keys up to i + causal
    float* output = nullptr;  // [queries, value_depth]
    int64_t output_stride = 0;
    float* scratch = nullptr;  // attention_scratch floats
    bool packed = false;  // a call before has left the same keys and values in scratch
};

// Rows whose pairs of numbers are turned by angles: (a, b) -> (a cos - b sin, a sin + b cos). Pair i is numbers i and half + i,
// or 2i and 2i + 1 when interleaved; the `rest` behind the pairs stays.
struct Rotary {
    const float* input = nullptr;
    int64_t input_stride = 0;  // between rows
    const float *cosine = nullptr, *sine = nullptr;  // [rows, half]
    int64_t cosine_stride = 0, sine_stride = 0;
    size_t half = 0, rest = 0;
    bool interleaved = false;
    float* output = nullptr;
    int64_t output_stride = 0;
};

// A copy of up to 6 dimensions, the last of which is the fastest in the output; elements of 1, 2, 4 or 8 bytes. Strides
// in elements.
inline constexpr size_t kMaxCopyRank = 6;
struct Copy {
    size_t rank = 0, element_bytes = 4;
    int64_t shape[kMaxCopyRank] = {}, from_strides[kMaxCopyRank] = {}, to_strides[kMaxCopyRank] = {};
    const void* from = nullptr;
    void* to = nullptr;
};

// Rows of `inner` elements from where an index says: to[r] = from[index[r]]; kPadding stands for a row of fills.
struct Take {
    size_t element_bytes = 4, inner = 1;  // of 1, 2, 4 or 8 bytes
    const void* from = nullptr;
    int64_t stride = 0;  // elements from one row of `from` to the next
    const int32_t* index = nullptr;
    const void* fill = nullptr;  // one element
    void* to = nullptr;  // rows next to each other
};

// Weighted sums of rows: output[r, c] = Σ_t weights[t * table_stride + r] * input[offsets[t * table_stride + r] + c];
// kPadding stands for a tap that is left out.
struct Blend {
    const float* input = nullptr;
    const int32_t* offsets = nullptr;  // [taps, table_stride]
    const float* weights = nullptr;  // the same
    int64_t table_stride = 0;
    size_t taps = 0, columns = 0;
    float* output = nullptr;
    int64_t output_stride = 0;
};

// Mean and variance of each column over rows.
struct Moments {
    const float* input = nullptr;
    int64_t stride = 0;  // between rows
    size_t rows = 0;
    float* mean = nullptr;  // [columns]
    float* variance = nullptr;
};

// 3x3 convolution by Winograd's minimal filtering, F(tile x tile, 3 x 3), step 1; with n = (tile + 2)²:
//   v[j, t, c]: n matrices [tiles, channels] = input_transform; m[j] = v[j] u[j] by `product`; output_transform(m).
// A tile is `tile` x `tile` output pixels. Lavin & Gray, 2015.
struct WinogradInput {
    int tile = 4;  // 2 or 4
    const float* input = nullptr;  // the image [height, width, channels]
    int64_t height = 0, width = 0, channels = 0, pixel_stride = 0;
    int64_t pad_top = 0, pad_left = 0;
    int64_t tiles_across = 0;  // tiles go along rows of tiles
    float* v = nullptr;  // [n, matrix_stride]; tile `first` is its row 0
    int64_t matrix_stride = 0;
};
struct WinogradOutput {
    int tile = 4;
    const float* m = nullptr;  // [n, matrix_stride]: rows of `channels`; tile `first` is row 0
    int64_t matrix_stride = 0, channels = 0;
    const float* bias = nullptr;
    float low = -kInfinity, high = kInfinity;
    int64_t tiles_across = 0;
    float* output = nullptr;  // the image [height, width, pixel_stride]
    int64_t height = 0, width = 0, pixel_stride = 0;
};

// The same on codes, F(2x2, 3x3) without loss: v = Bᵀ (code - zero) B has 11 bits, u = (2 G) weights (2 G)ᵀ 12, so that
// integer_product makes their products, and the sums are 4 times the convolution's (|sum| < 2^29).
struct IntegerWinogradInput {
    Codes from;  // the image [height, width, channels]; channels: an even number, at least 2 vectors'
    int64_t height = 0, width = 0, channels = 0, pixel_stride = 0;
    int64_t pad_top = 0, pad_left = 0;
    int64_t tiles_across = 0;
    int16_t* v = nullptr;  // [16, matrix_stride]; tile `first` is row 0
    int64_t matrix_stride = 0;
};
struct IntegerWinogradOutput {
    const int32_t* m =
        nullptr;  // [16, matrix_stride]: rows of `channels`, at least a vector's; tile `first` is row 0
    int64_t matrix_stride = 0, channels = 0;
    int64_t tiles_across = 0;
    int64_t height = 0, width = 0;
    IntegerResult to;  // c: the image
};

struct Kernels {
    const char* name;
    int lanes;  // floats in a vector
    int tile_rows, panel;  // of a product: rows worked on at once, and columns of a packed panel

    // Rows [first, last) and panels [first_panel, last_panel).
    void (*product)(const Product&, size_t first, size_t last, size_t first_panel, size_t last_panel);
    // b[k, n] at b + k * row_stride + n * column_stride into panels [first_panel, last_panel) of `packed`.
    void (*pack_panels)(const float* b, int64_t row_stride, int64_t column_stride, size_t depth,
                        size_t columns, float* packed, size_t first_panel, size_t last_panel);
    void (*widen)(const Widening&, size_t first, size_t last);  // rows
    void (*integer_product)(const IntegerProduct&, size_t first, size_t last, size_t first_panel,
                            size_t last_panel);
    void (*integer_depthwise)(const IntegerDepthwise&, size_t first, size_t last);  // pixels
    void (*quantize)(const float* x, const Quantization&, size_t count);
    void (*dequantize)(const Codes&, float* to, size_t count);
    // The least and the largest of the numbers and what is there; NaNs are passed over.
    void (*range)(const float* x, size_t count, float* low, float* high);
    void (*narrow)(const Narrowing&, size_t first, size_t last);  // rows
    void (*bf16_product)(const Bf16Product&, size_t first, size_t last, size_t first_panel,
                         size_t last_panel);
    void (*depthwise)(const Depthwise&, size_t first, size_t last);  // pixels
    void (*pool)(const Pool&, size_t first, size_t last);
    void (*code_pool)(const CodePool&, size_t first, size_t last);  // pixels
    void (*chain)(const Chain&, size_t count);  // elements from the beginning of each operand
    void (*normalize)(const Norm&, size_t first,
                      size_t last);  // rows: (x - mean) / sqrt(variance + epsilon) * scale + bias
    void (*softmax)(const float* input, int64_t input_stride, size_t columns, float* output,
                    int64_t output_stride, size_t first, size_t last);  // rows
    void (*reduce)(const Reduce&, size_t first, size_t last);  // outer
    void (*attention)(const Attention&, size_t first, size_t last);  // queries
    size_t (*attention_scratch)(size_t keys, size_t depth, size_t value_depth);
    void (*rotate)(const Rotary&, size_t first, size_t last);  // rows
    void (*copy)(const Copy&, size_t first, size_t last);  // of dimension 0
    void (*take)(const Take&, size_t first, size_t last);  // rows of the result
    void (*blend)(const Blend&, size_t first, size_t last);  // the same
    void (*moments)(const Moments&, size_t first, size_t last);  // columns
    void (*winograd_input)(const WinogradInput&, size_t first, size_t last);  // tiles
    void (*winograd_output)(const WinogradOutput&, size_t first, size_t last);

    void (*integer_winograd_input)(const IntegerWinogradInput&, size_t first, size_t last);  // tiles
    void (*integer_winograd_output)(const IntegerWinogradOutput&, size_t first, size_t last);

    // For measuring limits: `rounds` times kIndependentSums vectors sum = sum * factor + factor; and reading, whole blocks of 8
    // vectors. The results only keep the work from being left out.
    float (*multiply_adds)(size_t rounds, float factor);
    float (*read)(const float* from, size_t count);
};
inline constexpr size_t kIndependentSums = 12;

// What this processor can run, the best last; never empty.
struct KernelList {
    const Kernels* const* begin_;
    size_t count;
    const Kernels* const* begin() const { return begin_; }
    const Kernels* const* end() const { return begin_ + count; }
};
KernelList available_kernels();
const Kernels& best_kernels();

}  // namespace lathe::run::cpu
