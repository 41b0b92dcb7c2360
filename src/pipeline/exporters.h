// The formats that `lathe export` writes, a line each: what they can hold, and how they are written.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/compare.h"
#include "graph/graph.h"
#include "passes/quantize_static.h"
#include "pipeline/export.h"

namespace lathe::pipeline {

struct Exporter {
    enum class From : uint8_t {
        kGraph,  // any model, by its graph
        kNetwork,  // a KataGo network, by its description
        kTensors,  // the weights of any file
    };
    std::string_view name;  // on the command line: "litert"
    std::string_view extension;  // usual, with the dot
    From from;
    std::string_view precisions;  // those that it can hold, with spaces between
    // Options that mean something here, with spaces between; others are refused when they are given.
    std::string_view options;
    // Writes options.output from a graph made ready (sizes fixed, constants and norms folded), in the precision that the
    // options say. What a person should know is appended to the report's notes. null: export.cpp writes it itself.
    Status (*write)(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                    const Progress& progress) = nullptr;
    bool narrows_itself =
        false;  // the writer sees to precisions that need no calibration; the graph stays f32
    // What the format's integer kernels are like, for precisions by calibration; null: as ONNX's. Errors: a choice that
    // it cannot hold.
    Status (*integers)(passes::StaticOptions& options) = nullptr;
    // Precisions whose cost depends on the network, with spaces between: compared without being judged.
    std::string_view unjudged = "";
    std::string_view usual_precision = "fp32";  // where none is asked for
    bool folder = false;  // what is written is a folder
    std::string_view also = "";  // another ending that means something here
    // The whole export, where it is more than writing and reading back; export_by_writing is a part of it.
    Result<ExportReport> (*whole)(const std::string& input, const ExportOptions& options,
                                  const Progress& progress) = nullptr;
    // Before any work: choices that exclude each other in this format; null: none do.
    Status (*check)(const ExportOptions& options) = nullptr;
    // How the written file takes what the source takes; null: the same.
    Status (*inputs)(const graph::Graph& source, const ExportOptions& options,
                     check::NamedTensors& set) = nullptr;
    bool fixed_batch = false;  // the batch is one size, 1 unless asked otherwise, without --dynamic-batch
};

std::span<const Exporter> all_exporters();
bool lists_word(std::string_view words, std::string_view word);  // "a b c" has "b"
const Exporter* find_exporter(std::string_view name);  // nullptr: none

// Before any work: an option or a precision that the format cannot hold, an output with another format's extension.
// Errors say what the format can do instead.
Status check_exporter_options(const Exporter& exporter, const ExportOptions& options);

// Fixes the batch (the first axis of the inputs, where it is a size by name) as the options say.
void settle_batch(const Exporter& exporter, const graph::Graph& graph, ExportOptions& options);

Status litert_integers(passes::StaticOptions& options);
Status write_litert(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                    const Progress& progress);
Status write_torch_export(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                          const Progress& progress);
Status write_torchscript(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                         const Progress& progress);
Status write_executorch(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                        const Progress& progress);
Status ncnn_integers(passes::StaticOptions& options);
Status write_ncnn(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                  const Progress& progress);

// What the options say, written and read back, without asking Exporter::whole.
Result<ExportReport> export_by_writing(const std::string& input, ExportOptions options,
                                       const Progress& progress);

Status check_tensorrt(const ExportOptions& options);
Status tensorrt_integers(passes::StaticOptions& options);
Result<ExportReport> export_tensorrt(const std::string& input, const ExportOptions& options,
                                     const Progress& progress);
Status openvino_integers(passes::StaticOptions& options);
Status write_openvino(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                      const Progress& progress);

std::vector<std::string> coreml_precisions();
Status check_coreml(const ExportOptions& options);
Status coreml_inputs(const graph::Graph& source, const ExportOptions& options, check::NamedTensors& set);
Status write_coreml(graph::Graph graph, const ExportOptions& options, ExportReport& report,
                    const Progress& progress);

}  // namespace lathe::pipeline
