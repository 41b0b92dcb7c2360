// `lathe quantize`: from any checkpoint to a safetensors file whose matrices take few bits. One pass over the file; what is
// in memory is, for T threads, T bands of 256 K elements in a few copies (about 5 MB a thread), the scales of one layer and
// the header; the methods that look at a whole matrix add quant::working_bytes of the largest one.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "pipeline/weights.h"
#include "quant/rounding.h"
#include "quant/select.h"

namespace lathe::pipeline {

struct LoraFile {
    std::string path;
    double strength = 1;
};

struct QuantizeOptions {
    std::string input, output;
    quant::SelectOptions select;
    quant::RoundingOptions rounding;  // options of the methods; which one is in each layer's spec
    bool legacy = false;  // ComfyUI's older "scaled_fp8" names instead of comfy_quant
    std::string stats;  // what `lathe calibrate` wrote
    bool bias_correction = false;  // X.bias takes up what the errors of X do to the mean input; needs stats
    std::vector<LoraFile> loras;  // merged in before quantising
    int64_t lora_rank = 0;  // > 0: the error's best matrix of this rank goes to lora_output
    std::string lora_output;
    uint64_t shard_bytes = 0;  // > 0: shards of at most so many bytes
    int threads = 0;  // 0: all processors
    bool resume = false;
    bool measure = true;  // decode every layer and compare
};

struct QuantizePlan {
    Weights weights;
    std::vector<quant::Choice> choices;  // one a weight
    uint64_t bytes_before = 0, bytes_after = 0;
};
// What quantize() would do; nothing is written.
Result<QuantizePlan> plan_quantization(const QuantizeOptions& options);
std::string to_table(const QuantizePlan& plan);
Json to_json(const QuantizePlan& plan);

struct LayerReport {
    std::string name, format, why;
    Shape shape;
    uint64_t bytes_before = 0, bytes_after = 0;
    quant::Action action = quant::Action::kKeep;
    bool measured = false;
    quant::ErrorSums errors;
    double seconds = 0;
    double snr_db() const;  // infinite without noise
    double relative_error() const;  // ||W - Q|| / ||W||, Frobenius
};

struct QuantizeReport {
    std::string input, output, to;
    std::vector<std::string> files;
    std::vector<LayerReport> layers;
    std::vector<std::string> notes;
    uint64_t bytes_before = 0, bytes_after = 0;
    size_t resumed_layers = 0;
    double seconds = 0;
    quant::ErrorSums errors;  // of all measured layers together
};

// Errors: those of the reader, the plan and the disk; a NaN or infinity in a layer that is to be quantised (naming it and
// its place). After an error of the disk or an interruption OUT.partial and OUT.partial.journal stay for `resume`.
Result<QuantizeReport> quantize(const QuantizeOptions& options, const Progress& progress);
std::string to_text(const QuantizeReport& report);
Json to_json(const QuantizeReport& report);
// report.json, report.md or report.html, by the extension. Errors: another extension, the file cannot be written.
Status write_report(const QuantizeReport& report, const std::string& path);
Status check_report_name(const std::string& path);  // before the work

}  // namespace lathe::pipeline
