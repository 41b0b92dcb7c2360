// `lathe export torchscript` and `lathe export torch-export`.
#include "formats/torch_export/write.h"
#include "formats/torchscript/write.h"
#include "pipeline/exporters.h"

namespace lathe::pipeline {

Status write_torchscript(graph::Graph graph, const ExportOptions& options, ExportReport&, const Progress&) {
    return formats::torchscript::write(graph, options.output);
}

Status write_torch_export(graph::Graph graph, const ExportOptions& options, ExportReport&, const Progress&) {
    return formats::torch_export::write(graph, options.output);
}

}  // namespace lathe::pipeline
