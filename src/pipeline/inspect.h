// `lathe info`: what a file is.
#pragma once
#include "base/json.h"
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
    double flops = 0;                           // at the sizes in flops_at; 0 when unknown
    std::string flops_at;
    // How an image model's images are prepared: size (channels, height, width), mean, std, interpolation, crop_pct, …
    std::map<std::string, std::string> images;
    std::shared_ptr<const Json> metadata;
    std::vector<std::string> notes;
};

Result<Inspection> inspect(const std::string& path, const ModelOptions& options);
std::string to_text(const Inspection& inspection, bool all_tensors);
Json to_json(const Inspection& inspection);

// Floating-point operations of one evaluation, by the operators' own cost rules, at the given sizes.
Result<double> count_flops(const graph::Graph& graph, const graph::Bindings& sizes);

}  // namespace lathe::pipeline
