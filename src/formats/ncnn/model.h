// An ncnn network as it stands in its two files: layers with numbered parameters (.param) and the weights that they
// read, one behind the other (.bin). Layouts: ncnn, docs/developer-guide/param-and-model-file-structure.md,
// operation-param-weight-table.md, src/paramdict.cpp and src/modelbin.cpp.
//
// A blob has one to four axes, [W], [H, W], [C, H, W] or [C, D, H, W], and no batch axis.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "tensor/tensor.h"

namespace lathe::formats::ncnn {

inline constexpr size_t kMostAxes = 4;
inline constexpr uint32_t kMagic = 7767517;
inline constexpr uint32_t kTagF16 = 0x01306B47, kTagI8 = 0x000D4B38, kTagPlain = 0x0002C056;

using Ints = std::vector<int32_t>;
using Floats = std::vector<float>;
// Four bytes of a number whose kind only its layer knows, as the binary form of .param has them.
struct RawNumber {
    int32_t bits;
};
struct RawList {
    Ints values;
};
using Parameter = std::variant<int32_t, float, Ints, Floats, std::string, RawNumber, RawList>;

struct Weight {
    Tensor data;  // f32, f16 or i8
    bool tagged =
        false;  // the layer reads a tag first, which says how the numbers are stored; others are f32
};

struct Layer {
    std::string type, name;
    std::vector<std::string> inputs, outputs;  // names of blobs
    std::vector<std::pair<int, Parameter>> parameters;  // each number once
    std::vector<Weight> weights;  // in the order in which the layer reads them
};

struct Network {
    std::vector<Layer> layers;
};

// The text of the .param file. Errors: a name that the format cannot hold, a parameter that is not finite.
Result<std::string> to_param(const Network& network);
// The .bin file, appended to `file`.
Status write_weights(const Network& network, OutputFile& file);
std::vector<std::byte> weight_bytes(const Network& network);

// Every blob may be taken by one layer only: those that more take go through a Split first. Blobs of `outputs`
// (of a blob, under a name) get their names; one that is taken besides, or twice, or is an input, through a Split too.
struct Output {
    std::string blob, name;
};
void split_shared(Network& network, const std::vector<Output>& outputs);

// Layers by their numbers in the binary form of .param. nullptr: there is none such.
const char* layer_type(int64_t number);

// The layers of a .param file, text or binary (without weights). Errors say the line or the byte.
Result<Network> parse_text(std::string_view text);
Result<Network> parse_binary(ByteSpan bytes);

}  // namespace lathe::formats::ncnn
