// The text of a .param file, and its binary form (ncnn's ncnn2mem).
#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "formats/ncnn/model.h"

namespace lathe::formats::ncnn {
namespace {

constexpr int kMostParameters = 32;  // numbers are below this
constexpr int32_t kArrayBase = -23300, kEndOfParameters = -233;
constexpr int64_t kMostOperands = 4096;  // of one layer

// In the order of ncnn's src/CMakeLists.txt, by which the binary form numbers them.
constexpr const char* kTypes[] = {"AbsVal",
                                  "ArgMax",
                                  "BatchNorm",
                                  "Bias",
                                  "BNLL",
                                  "Concat",
                                  "Convolution",
                                  "Crop",
                                  "Deconvolution",
                                  "Dropout",
                                  "Eltwise",
                                  "ELU",
                                  "Embed",
                                  "Exp",
                                  "Flatten",
                                  "InnerProduct",
                                  "Input",
                                  "Log",
                                  "LRN",
                                  "MemoryData",
                                  "MVN",
                                  "Pooling",
                                  "Power",
                                  "PReLU",
                                  "Proposal",
                                  "Reduction",
                                  "ReLU",
                                  "Reshape",
                                  "ROIPooling",
                                  "Scale",
                                  "Sigmoid",
                                  "Slice",
                                  "Softmax",
                                  "Split",
                                  "SPP",
                                  "TanH",
                                  "Threshold",
                                  "Tile",
                                  "RNN",
                                  "LSTM",
                                  "BinaryOp",
                                  "UnaryOp",
                                  "ConvolutionDepthWise",
                                  "Padding",
                                  "Squeeze",
                                  "ExpandDims",
                                  "Normalize",
                                  "Permute",
                                  "PriorBox",
                                  "DetectionOutput",
                                  "Interp",
                                  "DeconvolutionDepthWise",
                                  "ShuffleChannel",
                                  "InstanceNorm",
                                  "Clip",
                                  "Reorg",
                                  "YoloDetectionOutput",
                                  "Quantize",
                                  "Dequantize",
                                  "Yolov3DetectionOutput",
                                  "PSROIPooling",
                                  "ROIAlign",
                                  "Packing",
                                  "Requantize",
                                  "Cast",
                                  "HardSigmoid",
                                  "SELU",
                                  "HardSwish",
                                  "Noop",
                                  "PixelShuffle",
                                  "DeepCopy",
                                  "Mish",
                                  "StatisticsPooling",
                                  "Swish",
                                  "Gemm",
                                  "GroupNorm",
                                  "LayerNorm",
                                  "Softplus",
                                  "GRU",
                                  "MultiHeadAttention",
                                  "GELU",
                                  "Convolution1D",
                                  "Pooling1D",
                                  "ConvolutionDepthWise1D",
                                  "Convolution3D",
                                  "ConvolutionDepthWise3D",
                                  "Pooling3D",
                                  "MatMul",
                                  "Deconvolution1D",
                                  "DeconvolutionDepthWise1D",
                                  "Deconvolution3D",
                                  "DeconvolutionDepthWise3D",
                                  "Einsum",
                                  "DeformableConv2D",
                                  "GLU",
                                  "Fold",
                                  "Unfold",
                                  "GridSample",
                                  "CumulativeSum",
                                  "CopyTo",
                                  "Erf",
                                  "Diag",
                                  "CELU",
                                  "Shrink",
                                  "RMSNorm",
                                  "Spectrogram",
                                  "InverseSpectrogram",
                                  "Flip",
                                  "SDPA",
                                  "RotaryEmbed"};

bool fits_i32(int64_t value) { return value == static_cast<int32_t>(value); }

// ---- text

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (size_t i = 0; i < line.size();) {
        const size_t start = line.find_first_not_of(" \t\r", i);
        if (start == line.npos) break;
        // A text in quotes may hold spaces.
        size_t end = line.find_first_of(" \t\r", start);
        if (const size_t quote = line.find("=\"", start); quote < end && quote != line.npos) {
            const size_t close = line.find('"', quote + 2);
            end = close == line.npos ? line.npos : close + 1;
        }
        if (end == line.npos) end = line.size();
        words.push_back(line.substr(start, end - start));
        i = end;
    }
    return words;
}

// A number is a float where it has a point or an exponent.
bool is_float_text(std::string_view text) { return text.find_first_of(".eE") != text.npos; }

Result<Parameter> number_of(std::string_view text) {
    double real = 0;
    int64_t whole = 0;
    if (is_float_text(text)) {
        if (parse_double(text, real)) return Parameter(static_cast<float>(real));
    } else if (parse_int(text, whole) && fits_i32(whole)) {
        return Parameter(static_cast<int32_t>(whole));
    }
    return fail("'{}' is no number", printable(text));
}

// Of one kind, as the first number says.
Result<Parameter> list_of(std::span<const std::string_view> texts) {
    if (texts.empty() || !is_float_text(texts[0])) {
        Ints values;
        for (const auto text : texts) {
            int64_t whole = 0;
            if (!parse_int(text, whole) || !fits_i32(whole))
                return fail("'{}' is no whole number", printable(text));
            values.push_back(static_cast<int32_t>(whole));
        }
        return Parameter(std::move(values));
    }
    Floats values;
    for (const auto text : texts) {
        double real = 0;
        if (!parse_double(text, real)) return fail("'{}' is no number", printable(text));
        values.push_back(static_cast<float>(real));
    }
    return Parameter(std::move(values));
}

Status add_parameter(Layer& layer, int64_t id, Parameter value) {
    if (id < 0 || id >= kMostParameters)
        return fail("the parameter number {} is none of 0 to {}", id, kMostParameters - 1);
    for (auto& [known, held] : layer.parameters)
        if (known == id) return held = std::move(value), Status{};
    layer.parameters.emplace_back(static_cast<int>(id), std::move(value));
    return {};
}

Status parse_parameter(Layer& layer, std::string_view word) {
    const size_t equals = word.find('=');
    int64_t id = 0;
    if (equals == word.npos || !parse_int(word.substr(0, equals), id))
        return fail("'{}' is no parameter (NUMBER=VALUE)", printable(word));
    const std::string_view text = word.substr(equals + 1);
    if (id <= kArrayBase) {
        const auto parts = split(text, ',');
        int64_t count = 0;
        if (!parse_int(parts[0], count) || count < 0 || static_cast<uint64_t>(count) + 1 != parts.size())
            return fail("'{}' does not have as many elements as it says", printable(word));
        TRY(Parameter list, list_of(std::span(parts).subspan(1)));
        return add_parameter(layer, kArrayBase - id, std::move(list));
    }
    if (!text.empty() &&
        (text[0] == '"' || (text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'))) {
        const size_t from = text[0] == '"' ? 1 : 0;
        const size_t to = text.size() - (text.size() > 1 && text.back() == '"' ? 1 : 0);
        return add_parameter(layer, id, Parameter(std::string(text.substr(from, to - from))));
    }
    auto parts = split(text, ',');
    if (parts.size() > 1) {
        if (parts.back().empty()) parts.pop_back();
        TRY(Parameter list, list_of(parts));
        return add_parameter(layer, id, std::move(list));
    }
    TRY(Parameter value, number_of(text));
    return add_parameter(layer, id, std::move(value));
}

Result<Layer> parse_layer(std::span<const std::string_view> words) {
    if (words.size() < 4)
        return fail("a layer has a type, a name and two counts, and here are {} words", words.size());
    Layer layer{.type = std::string(words[0]), .name = std::string(words[1])};
    int64_t counts[2];
    for (const size_t side : {size_t{0}, size_t{1}})
        if (!parse_int(words[2 + side], counts[side]) || counts[side] < 0 || counts[side] > kMostOperands)
            return fail("'{}' is no count of blobs", printable(words[2 + side]));
    const auto needed = static_cast<size_t>(counts[0] + counts[1]) + 4;
    if (words.size() < needed)
        return fail("it has {} words, and its blobs alone need {}", words.size(), needed);
    for (size_t i = 4; i < needed; ++i)
        (i < 4 + static_cast<size_t>(counts[0]) ? layer.inputs : layer.outputs).emplace_back(words[i]);
    for (const auto word : words.subspan(needed)) TRY_STATUS(parse_parameter(layer, word));
    return layer;
}

// ---- binary

class Reader {
public:
    explicit Reader(ByteSpan bytes) : bytes_(bytes) {}
    size_t at() const { return at_; }
    Result<int32_t> number() {
        if (bytes_.size() - at_ < 4) return fail("byte {}: the file ends in the middle of a layer", at_);
        int32_t value = 0;
        std::memcpy(&value, bytes_.data() + at_, 4);
        at_ += 4;
        return value;
    }
    Result<int32_t> count(int64_t most) {
        TRY(const int32_t value, number());
        if (value < 0 || value > most || static_cast<size_t>(value) > (bytes_.size() - at_) / 4)
            return fail("byte {}: {} is no count that the file could hold", at_ - 4, value);
        return value;
    }

private:
    ByteSpan bytes_;
    size_t at_ = 0;
};

// Numbers are kept as they stand: what kind they are, only the layer knows.
Status parse_parameters(Reader& r, Layer& layer) {
    while (true) {
        TRY(const int32_t id, r.number());
        if (id == kEndOfParameters) return {};
        if (id > kArrayBase) {
            TRY(const int32_t value, r.number());
            TRY_STATUS(add_parameter(layer, id, Parameter(RawNumber{value})));
            continue;
        }
        TRY(const int32_t count, r.count(1 << 20));
        RawList list;
        for (int32_t i = 0; i < count; ++i) {
            TRY(const int32_t value, r.number());
            list.values.push_back(value);
        }
        TRY_STATUS(add_parameter(layer, int64_t{kArrayBase} - id, Parameter(std::move(list))));
    }
}

}  // namespace

const char* layer_type(int64_t number) {
    return number >= 0 && number < std::ssize(kTypes) ? kTypes[number] : nullptr;
}

Result<Network> parse_text(std::string_view text) {
    Network network;
    size_t number = 0;
    int64_t expected = -1, blobs = 0;
    for (const auto line : split(text, '\n')) {
        ++number;
        const auto words = words_of(line);
        if (words.empty()) continue;
        int64_t magic = 0;
        if (number == 1) {
            if (words.size() != 1 || !parse_int(words[0], magic) || magic != kMagic)
                return fail("line 1: '{}' is not {}, with which ncnn's text begins", printable(line), kMagic);
        } else if (expected < 0) {
            if (words.size() != 2 || !parse_int(words[0], expected) || !parse_int(words[1], blobs) ||
                expected < 0)
                return fail("line {}: '{}' are not the counts of layers and blobs", number, printable(line));
        } else if (std::ssize(network.layers) < expected) {
            TRY(Layer layer, with_place(parse_layer(words), format("line {}", number)));
            network.layers.push_back(std::move(layer));
        } else {
            return fail("line {}: there are more layers than the {} that the file counts", number, expected);
        }
    }
    if (expected < 0 || std::ssize(network.layers) != expected)
        return fail("the text has {} layers and says that they are {}; it may be cut off",
                    network.layers.size(), expected);
    return network;
}

Result<Network> parse_binary(ByteSpan bytes) {
    Reader r(bytes);
    Network network;
    TRY(const int32_t magic, r.number());
    if (static_cast<uint32_t>(magic) != kMagic) return fail("byte 0: {} is not {}", magic, kMagic);
    TRY(const int32_t layers, r.count(1 << 24));
    TRY(const int32_t blobs, r.count(1 << 24));
    for (int32_t i = 0; i < layers; ++i) {
        const size_t start = r.at();
        TRY(const int32_t type, r.number());
        if (layer_type(type) == nullptr)
            return fail("byte {}: ncnn has no layer of the number {}", start, type);
        Layer layer{.type = layer_type(type), .name = format("{}_{}", layer_type(type), i)};
        TRY(const int32_t inputs, r.count(kMostOperands));
        TRY(const int32_t outputs, r.count(kMostOperands));
        for (int32_t k = 0; k < inputs + outputs; ++k) {
            TRY(const int32_t blob, r.number());
            if (blob < 0 || blob >= blobs) return fail("byte {}: there is no blob {}", r.at() - 4, blob);
            (k < inputs ? layer.inputs : layer.outputs).push_back(format("blob{}", blob));
        }
        TRY_STATUS(parse_parameters(r, layer));
        network.layers.push_back(std::move(layer));
    }
    return network;
}

}  // namespace lathe::formats::ncnn
