#include "pipeline/precision.h"

namespace lathe::pipeline {

Result<graph::Graph> apply_precision(graph::Graph graph, const std::string& precision, bool half_io, std::vector<std::string>& notes) {
    (void)half_io;
    (void)notes;
    if (precision == "fp32") return graph;
    return fail("precision {} cannot be written", precision);
}

}  // namespace lathe::pipeline
