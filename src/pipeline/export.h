// `lathe export`: from any model to a file of another format, checked by reading it back.
#pragma once
#include <array>
#include <optional>

#include "base/progress.h"
#include "check/metrics.h"
#include "pipeline/model.h"
#include "pipeline/precision.h"

namespace lathe::pipeline {

inline constexpr std::string_view kDynamicInt8 = "dynamic-int8";  // another name for the precision int8

struct ExportOptions {
    ModelOptions model;
    std::string format;                 // one of export_formats()
    std::string output;
    std::string precision;  // one of export_precisions(); "": what is usual for the format
    bool precision_is_usual = false;  // nobody asked for it
    QuantizationChoices quantization;   // of the quantised precisions
    int opset = 0;                      // 0: 17, or the first that has the precision
    std::string external_data = "auto"; // auto always never
    bool half_io = false;               // inputs and outputs in the inner precision too
    int64_t batch_size = 0;             // 0: open, or 1 for formats with one batch size
    bool dynamic_batch = false;         // open for formats that would have one batch size
    std::optional<std::array<int64_t, 3>> batch_range;  // with dynamic_batch: least, usual, most
    bool image_input = false;           // pictures of 8 bits; mean and deviation go into the file
    bool nhwc_input = false;            // images come as [N, H, W, C]
    std::string labels;  // of the classes, for the file: "imagenet" or a file's path; "": none
    graph::Bindings fixed;  // sizes to fix ("batch" = 1)
    bool reparameterize = true;  // merge branches that are linear in the same image
    bool verify = true;
};

struct ExportReport {
    std::string source, output, format, precision;
    std::vector<std::string> files;
    uint64_t source_bytes = 0, output_bytes = 0;
    double seconds = 0, verify_seconds = 0;
    std::vector<std::string> notes;
    std::optional<check::Comparison> comparison;  // nothing: not verified
    std::string compared_on;                      // "3 Go positions on 9x9", "random inputs, batch = 2"
    std::vector<passes::LayerPrecision>
        layers;   // of the products, where the precision is not the same for all
    // By ONNX Runtime, for precisions whose integers its kernels compute with. Nothing: why_not says why.
    std::optional<check::Comparison> by_onnxruntime;
    std::string onnxruntime_version, why_not;
    std::optional<check::Comparison> by_tensorrt;  // the engine, beside the model that it was built from
};

Result<ExportReport> export_model(const std::string& input, const ExportOptions& options,
                                  const Progress& progress);
std::string to_text(const ExportReport& report);
Json to_json(const ExportReport& report);

std::vector<std::string> export_precisions();  // of all formats
std::vector<std::string> export_formats();  // the names that ExportOptions::format may have

}  // namespace lathe::pipeline
