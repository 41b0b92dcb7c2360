// `lathe info`: what a file is.
#pragma once
#include "base/json.h"
#include "graph/cost.h"
#include "pipeline/model.h"

namespace lathe::pipeline {

struct PortInfo {
    std::string name, type;  // "f32[batch, 22, height, width]"
};
struct TensorInfo {
    std::string name, dtype;
    Shape shape;
    int64_t size_bytes;
};

struct Inspection {
    std::string path, format, kind;
    uint64_t file_bytes = 0;
    int64_t parameters = 0, tensor_bytes = 0;
    std::vector<TensorInfo> tensors;
    std::vector<PortInfo> inputs, outputs;      // empty when the file's architecture is not known
    std::map<std::string, int64_t> operators;   // operator -> how many
    std::optional<graph::GraphCost> cost;  // at the sizes in cost_at; nothing where sizes depend on values
    std::string cost_at;                   // "batch = 1, height = 224"; empty: the graph has no symbols
    // How an image model's images are prepared: size (channels, height, width), mean, std, interpolation, crop_pct, …
    std::map<std::string, std::string> images;
    std::shared_ptr<const Json> metadata;
    std::vector<std::string> notes;
};

Result<Inspection> inspect(const std::string& path, const ModelOptions& options);
std::string to_text(const Inspection& inspection, bool all_tensors);
Json to_json(const Inspection& inspection);

}  // namespace lathe::pipeline
