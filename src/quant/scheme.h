// Schemes: how the numbers of a weight matrix are stored in few bits, as data. A scheme says which code an element has,
// which elements share a scale and how the scale itself is stored; coder.h turns matrices into bytes by it.
//
// Sources: the loader of ComfyUI (comfy/ops.py, comfy/quant_ops.py) and comfy-kitchen 0.2.31 for names, shapes, packing
// and swizzle; OCP Microscaling Formats 1.0 (mxfp8, e8m0); NVIDIA's NVFP4 (e2m1 in blocks of 16 with e4m3 scales).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace lathe::quant {

enum class Element : uint8_t {
    kF8E4M3,
    kF8E5M2,
    kI8,  // -127 … 127
    kF4E2M1,  // two in a byte, the even column in the high half
    kI4,  // -7 … 7, two in a byte, the even column in the low half
    kU4,  // 0 … 15 about 8, packed as kI4, with a zero point
    kBook4,  // an index into 16 values of the tensor's own, packed as kI4
};

enum class ScaleCode : uint8_t {
    kF32,
    kE8M0,  // a power of two
    kF8E4M3,  // times one f32 for the whole tensor
    kRowF8E4M3,  // times one f32 for the row
    kStored,  // in the weight's own 16-bit type (bf16 for f32 weights), beside a zero point
};

// Which elements share a scale, where the scheme leaves it open.
enum class Scaling : uint8_t { kTensor, kRow, kBlock };  // kBlock: square tiles of block_size

enum class Rounding : uint8_t { kNearest, kSweep, kSvd, kAdaRound, kGptq, kAwq };

struct Scheme {
    std::string_view name;  // on the command line: "nvfp4"
    std::string_view format;  // in comfy_quant with one scale for the tensor (or the only one it has)
    Element element;
    ScaleCode scale;
    int block;  // columns that share a scale; 0: Scaling says
    int pad;  // rows and columns are filled with zeros to a multiple of it
    bool always_rotated;  // in ConvRot groups
    Rounding rounding;  // the default: sweep where it pays
    std::string_view description;
};

std::span<const Scheme> schemes();
const Scheme* scheme_named(std::string_view name);  // nullptr: there is none
std::string_view name_of(Scaling scaling);  // "tensor", "row", "block"
std::optional<Scaling> scaling_named(std::string_view name);
std::string_view name_of(Rounding rounding);  // "nearest", "sweep", …
std::optional<Rounding> rounding_named(std::string_view name);

// How one layer is quantised.
struct LayerSpec {
    const Scheme* scheme = nullptr;
    Scaling scaling = Scaling::kTensor;
    int64_t block_size = 128;  // edge of the tiles of Scaling::kBlock; of awq_w4a16 the columns of a group
    int64_t rotation = 0;  // group of the ConvRot rotation (a power of 4); 0: none
    Rounding rounding = Rounding::kNearest;
    bool full_precision_matmul = false;  // tells the loader to compute in the model's own type
    bool input_scale = false;  // fp8: a static scale of 1 for the activations
    std::string_view linear_dtype = "int4";  // convrot_w4a4: what the loader multiplies in, int4 or int8
    // hybrid mxfp8: a scale for the whole tensor from elsewhere; 0: the largest of the blocks' own
    float tensor_scale = 0;
};

// Scales are chosen by trying (sweep.h): asked for, or by default in the scheme and with a method that only chooses codes.
bool sweeps(const LayerSpec& spec);

// The rounding to take where nobody says: the scheme's, and sweep for fp8 by row and by tile, where it wins too.
Rounding default_rounding(const LayerSpec& spec);

// Why the matrix cannot be stored so, in words, with the way out; nothing when it can.
std::optional<std::string> misfit(const LayerSpec& spec, const Shape& weight, DType stored);

// The format's name as its reader knows it: "float8_e4m3fn_rowwise".
std::string format_name(const LayerSpec& spec);
// ComfyUI's own code loads it; else the extension ComfyUI-QuantOps is needed.
bool core_loads(const LayerSpec& spec);

// A tensor of the quantised layer X: X.weight and what stands beside it.
struct Part {
    std::string_view suffix;  // "weight", "weight_scale", …
    DType dtype = DType::kF32;
    Shape shape;
};
// All of them, X.weight first. The codes of packed types are I8 or U8 with half the columns.
std::vector<Part> parts_of(const LayerSpec& spec, const Shape& weight, DType stored);
// The text of X.comfy_quant, as Python's json.dumps writes it, keys in the order of convert_to_quant.
std::string comfy_json(const LayerSpec& spec, const Shape& weight, DType stored);

// Places of scales in the 128 x 4 tiles of cuBLAS ("block scaling factors layout"): row r, column c of a matrix with
// `columns` columns of scales.
constexpr int64_t swizzled(int64_t r, int64_t c, int64_t columns) {
    const int64_t tiles = (columns + 3) / 4;
    return ((r / 128) * tiles + c / 4) * 512 + (r % 32) * 16 + ((r % 128) / 32) * 4 + c % 4;
}
constexpr int64_t round_up(int64_t value, int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

}  // namespace lathe::quant
