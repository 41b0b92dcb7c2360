// `lathe export executorch`.
#include "formats/executorch/write.h"
#include "pipeline/exporters.h"

namespace lathe::pipeline {

Status write_executorch(graph::Graph graph, const ExportOptions& options, ExportReport&, const Progress&) {
    return formats::executorch::write(graph, options.output);
}

}  // namespace lathe::pipeline
