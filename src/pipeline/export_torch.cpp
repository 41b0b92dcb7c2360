// `lathe export torchscript`.
#include "formats/torchscript/write.h"
#include "pipeline/exporters.h"

namespace lathe::pipeline {

Status write_torchscript(graph::Graph graph, const ExportOptions& options, ExportReport&, const Progress&) {
    return formats::torchscript::write(graph, options.output);
}

}  // namespace lathe::pipeline
