// `lathe export ncnn`.
#include "formats/ncnn/write.h"
#include "pipeline/exporters.h"
#include "pipeline/precision.h"

namespace lathe::pipeline {

// ncnn's integers: weights and the operands that they meet as i8 around 0; results are f32.
Status ncnn_integers(passes::StaticOptions& options) {
    if (options.weights != DType::kI8) return fail("ncnn's integer kernels take weights of i8, not of u8");
    options.activations = DType::kI8;
    options.symmetric = true;
    options.integer_bias = false;
    return {};
}

Status write_ncnn(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                  const Progress& progress) {
    using formats::ncnn::Weights;
    formats::ncnn::WriteOptions write{.keep_scopes = head_scopes(), .progress = progress};
    if (options.precision == "fp16") write.weights = Weights::kF16;
    TRY_STATUS(formats::ncnn::write(graph, options.output, write));
    report.files.push_back(formats::ncnn::weights_path(options.output));
    if (!graph.metadata.empty())
        report.notes.emplace_back(
            "ncnn's files hold no metadata: how images are prepared and other notes stay behind");
    report.notes.emplace_back("ncnn has no batch axis: inputs and outputs are those of one sample");
    return {};
}

}  // namespace lathe::pipeline
