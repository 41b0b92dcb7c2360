// `lathe export litert`.
#include "base/version.h"
#include "formats/litert/write.h"
#include "image/labels.h"
#include "pipeline/exporters.h"
#include "pipeline/precision.h"

namespace lathe::pipeline {
namespace {

Result<std::vector<std::string>> labels_for(const graph::Graph& graph, const std::string& source) {
    if (source.empty()) return std::vector<std::string>();
    const graph::Dims& shape = graph[graph.outputs[0]].shape;
    const auto classes = shape.empty() ? std::nullopt : shape.back().constant();
    if (!classes) return fail("--labels are for a network that says how likely each class is");
    return image::load_labels(source, *classes);
}

}  // namespace

// LiteRT's integers: activations i8 with a zero point, weights i8 around 0, products that give codes.
Status litert_integers(passes::StaticOptions& options) {
    if (options.weights != DType::kI8) return fail("LiteRT's integer kernels take weights of i8, not of u8");
    options.activations = DType::kI8;
    options.integer_bias = false;  // the writer makes codes of them
    options.results = passes::Results::kAll;
    return {};
}

Status write_litert(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                    const Progress& progress) {
    using formats::litert::Weights;
    formats::litert::WriteOptions write{
        .keep_scopes = head_scopes(), .producer_version = version(), .progress = progress};
    if (options.precision == "fp16") write.weights = Weights::kF16;
    if (options.precision == "int8") {
        write.weights = Weights::kI8;
        report.notes.emplace_back(
            "weights are i8 with a scale for each output channel; the runtime quantises activations as it goes, which the "
            "comparison below does not repeat");
    }
    TRY(write.labels, labels_for(graph, options.labels));
    return formats::litert::write(graph, options.output, write);
}

}  // namespace lathe::pipeline
