// Layers that a file holds quantised: what says so, and how to read them. Three tongues: `X.comfy_quant` tensors (JSON
// texts), the header's _quantization_metadata, which overrides them, and the older "scaled_fp8" marker with X.scale_weight.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "quant/coder.h"
#include "quant/scheme.h"

namespace lathe::quant {

inline constexpr std::string_view kHeaderKey = "_quantization_metadata";
inline constexpr std::string_view kLegacyMarker = "scaled_fp8";

struct StoredLayer {
    LayerSpec spec;
    Shape shape;  // of the matrix, without padding
    DType dtype = DType::kBF16;  // of the matrix before it was quantised, bf16 where nothing says
    bool legacy = false;
};

struct StoredLayers {
    std::map<std::string, StoredLayer, std::less<>> layers;  // by X, the name without ".weight"
    std::set<std::string, std::less<>> side;  // names of tensors that belong to them, X.weight not among them
};

using FindTensor = std::function<const Tensor*(std::string_view name)>;  // nullptr: there is none

// names: of all tensors of the file. header: the text of _quantization_metadata, or empty.
// Errors: texts that are no JSON or name no known format, labels that do not fit their tensors (a row of scales under a
// tensor-wise label, a rotation that is no power of 4), naming the layer and what was found.
Result<StoredLayers> find_stored_layers(std::span<const std::string> names, const FindTensor& find,
                                        std::string_view header);

// Reads rows of the matrix that the layer stands for: rotation is undone, and the factors of its inputs (X.pre_quant_scale,
// one a column) are multiplied in.
class StoredReader {
public:
    // Errors: as LayerCoder::from_parts, factors that do not fit, naming the layer.
    static Result<StoredReader> open(const std::string& layer, const StoredLayer& stored,
                                     const FindTensor& find);
    void read(int64_t row, int64_t count, float* values) const;  // values: [count, columns]

private:
    StoredReader(LayerCoder coder, Tensor codes) : coder_(std::move(coder)), codes_(std::move(codes)) {}
    LayerCoder coder_;
    Tensor codes_;
    std::vector<float> input_factor_;  // empty: none
};

// The text of the header: {"format_version": "1.0", "layers": {"X": {…}, …}}, from the layers' own texts.
std::string header_text(std::span<const std::pair<std::string, std::string>> layers);

}  // namespace lathe::quant
