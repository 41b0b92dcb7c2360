// `lathe export openvino`.
#include "base/version.h"
#include "formats/openvino/write.h"
#include "pipeline/exporters.h"
#include "pipeline/precision.h"

namespace lathe::pipeline {

// OpenVINO's integers: weights i8 around 0 with a scale for each channel, FakeQuantize before what computes with codes.
Status openvino_integers(passes::StaticOptions& options) {
    if (options.weights != DType::kI8) return fail("OpenVINO's weights are written as i8 here, not as u8");
    options.integer_bias = false;
    return {};
}

Status write_openvino(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                      const Progress& progress) {
    using formats::openvino::Weights;
    formats::openvino::WriteOptions write{
        .keep_scopes = head_scopes(), .producer_version = version(), .progress = progress};
    if (options.precision == "fp16") write.weights = Weights::kF16;
    if (options.precision == "int8") {
        write.weights = Weights::kI8;
        report.notes.emplace_back(
            "weights are i8 with a scale for each output channel, widened to f32 where they are used");
    }
    TRY(const std::string weights, formats::openvino::weights_path(options.output));
    TRY_STATUS(formats::openvino::write(graph, options.output, write));
    report.files.push_back(options.output);
    report.files.push_back(weights);
    return {};
}

}  // namespace lathe::pipeline
