#include "formats/litert/metadata.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace lathe::formats::litert {

std::vector<Metadata> metadata_of(const graph::Graph& graph) {
    std::vector<Metadata> entries;
    if (!graph.metadata.empty()) {
        Json notes = Json::object();
        for (const auto& [key, value] : graph.metadata) notes[key] = value;
        entries.push_back({std::string(kGraphMetadata), to_text(notes)});
    }
    return entries;
}

void quantise_weight(TensorInfo& weight, int axis) {
    const Tensor dense = weight.data->to_contiguous();
    const auto values = dense.values<float>();
    const auto channels = static_cast<size_t>(dense.dim(axis));
    size_t inner = 1;
    for (int i = axis + 1; i < dense.rank(); ++i) inner *= static_cast<size_t>(dense.dim(i));
    std::vector<float> largest(channels, 0);
    for (size_t i = 0; i < values.size(); ++i) {
        float& most = largest[i / inner % channels];
        most = std::max(most, std::fabs(values[i]));
    }
    for (float& scale : largest) scale = scale == 0 ? 1 : scale / 127;
    weight.dtype = DType::kI8;
    weight.quantization = {
        .scales = std::move(largest), .zero_points = std::vector<int64_t>(channels, 0), .axis = axis};
}

}  // namespace lathe::formats::litert
