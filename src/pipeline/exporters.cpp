#include "pipeline/exporters.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::pipeline {
namespace {

constexpr Exporter kExporters[] = {
    {.name = "onnx",
     .extension = ".onnx",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 bf16 uint8 int8 int8-static fp8 int4",
     .options = "--opset --external-data --half-io --batch-size --dynamic-batch --nhwc-input"},
    {.name = "litert",
     .extension = ".tflite",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 int8 int8-static",
     .options = "--batch-size --dynamic-batch --nhwc-input --labels",
     .write = write_litert,
     .narrows_itself = true,
     .integers = litert_integers,
     .fixed_batch = true},
    {.name = "coreml",
     .extension = ".mlpackage",
     .from = Exporter::From::kGraph,
     .precisions = "fp16 fp32 int8-weights int4-weights palette8 palette6 palette4",
     .options = "--batch-size --dynamic-batch --dynamic-batch=MIN:OPT:MAX --labels --image-input",
     .write = write_coreml,
     .narrows_itself = true,
     .unjudged = "int8-weights int4-weights palette8 palette6 palette4",
     .usual_precision = "fp16",
     .folder = true,
     .check = check_coreml,
     .inputs = coreml_inputs,
     .fixed_batch = true},
    {.name = "torchscript",
     .extension = ".pt",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 bf16",
     .options = "--half-io --batch-size --dynamic-batch --nhwc-input",
     .write = write_torchscript},
    {.name = "ncnn",
     .extension = ".param",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 int8-static",
     .options = "",
     .write = write_ncnn,
     .narrows_itself = true,
     .integers = ncnn_integers,
     .fixed_batch = true},
    {.name = "torch-export",
     .extension = ".pt2",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 bf16",
     .options = "--half-io --batch-size --dynamic-batch --nhwc-input",
     .write = write_torch_export},
    {.name = "openvino",
     .extension = ".xml",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 int8 int8-static",
     .options = "--batch-size --dynamic-batch --nhwc-input",
     .write = write_openvino,
     .narrows_itself = true,
     .integers = openvino_integers},
    {.name = "tensorrt",
     .extension = ".engine",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 bf16 int8-static fp8",
     .options = "--opset --half-io --batch-size --dynamic-batch --dynamic-batch=MIN:OPT:MAX --nhwc-input",
     .integers = tensorrt_integers,
     .also = ".onnx",
     .whole = export_tensorrt,
     .check = check_tensorrt},
    {.name = "executorch",
     .extension = ".pte",
     .from = Exporter::From::kGraph,
     .precisions = "fp32 fp16 bf16",
     .options = "--half-io --batch-size --nhwc-input",
     .write = write_executorch,
     .fixed_batch = true},
    {.name = "katago",
     .extension = ".bin.gz",
     .from = Exporter::From::kNetwork,
     .precisions = "fp32",
     .options = ""},
    {.name = "safetensors",
     .extension = ".safetensors",
     .from = Exporter::From::kTensors,
     .precisions = "fp32",
     .options = ""},
    {.name = "npz",
     .extension = ".npz",
     .from = Exporter::From::kTensors,
     .precisions = "fp32",
     .options = ""},
    {.name = "gguf",
     .extension = ".gguf",
     .from = Exporter::From::kTensors,
     .precisions = "fp32 fp16 bf16",
     .options = ""},
    {.name = "bin",
     .extension = ".bin",
     .from = Exporter::From::kTensors,
     .precisions = "fp32",
     .options = ""},
};

bool lists(std::string_view words, std::string_view word) {
    return std::ranges::any_of(split(words, ' '), [&](std::string_view one) { return one == word; });
}

std::string words_with_commas(std::string_view words) {
    std::vector<std::string> list;
    for (const std::string_view word : split(words, ' ')) list.emplace_back(word);
    return join(list, ", ");
}

struct Given {
    std::string_view option;
    bool given;
};

// Which formats hold the option, for messages.
std::string holders(std::string_view option) {
    std::vector<std::string> names;
    for (const Exporter& exporter : kExporters)
        if (lists(exporter.options, option)) names.emplace_back(exporter.name);
    return join(names, ", ");
}

}  // namespace

bool lists_word(std::string_view words, std::string_view word) { return lists(words, word); }

std::span<const Exporter> all_exporters() { return kExporters; }

const Exporter* find_exporter(std::string_view name) {
    const auto it = std::ranges::find(kExporters, name, &Exporter::name);
    return it == std::end(kExporters) ? nullptr : it;
}

Status check_exporter_options(const Exporter& exporter, const ExportOptions& options) {
    if (!lists(exporter.precisions, options.precision))
        return fail("{} does not hold --precision {}; it holds {}", exporter.name, options.precision,
                    words_with_commas(exporter.precisions));
    const ExportOptions usual;
    const Given given[] = {{"--opset", options.opset != usual.opset},
                           {"--external-data", options.external_data != usual.external_data},
                           {"--half-io", options.half_io},
                           {"--batch-size", options.batch_size != 0},
                           {"--dynamic-batch", options.dynamic_batch},
                           {"--dynamic-batch=MIN:OPT:MAX", options.batch_range.has_value()},
                           {"--nhwc-input", options.nhwc_input},
                           {"--image-input", options.image_input},
                           {"--labels", !options.labels.empty()}};
    for (const Given& one : given)
        if (one.given && !lists(exporter.options, one.option))
            return fail("{} has no use for {}; it is for {}", exporter.name, one.option, holders(one.option));
    if (options.batch_size < 0) return fail("--batch-size is {}, expected at least 1", options.batch_size);
    if (options.batch_size != 0 && options.dynamic_batch)
        return fail("--batch-size fixes what --dynamic-batch leaves open; give one of them");
    if (options.batch_range) {
        const auto [least, usual, most] = *options.batch_range;
        if (least < 1 || usual < least || most < usual)
            return fail("--dynamic-batch is {}:{}:{}, expected 1 <= MIN <= OPT <= MAX", least, usual, most);
    }
    if (exporter.folder && !options.output.ends_with(exporter.extension))
        return fail("{}: a {} model is a folder whose name ends in {}", options.output, exporter.name,
                    exporter.extension);
    for (const Exporter& other : kExporters)
        // Files of many programs end in .bin.
        if (&other != &exporter && other.extension != ".bin" && options.output.ends_with(other.extension) &&
            !options.output.ends_with(exporter.extension) &&
            (exporter.also.empty() || !options.output.ends_with(exporter.also)))
            return fail("{}: ends like a file of {}, and {} is to be written; call it {}", options.output,
                        other.name, exporter.name, exporter.extension);
    return exporter.check != nullptr ? exporter.check(options) : Status();
}

void settle_batch(const Exporter& exporter, const graph::Graph& graph, ExportOptions& options) {
    if (options.dynamic_batch || (options.batch_size == 0 && !exporter.fixed_batch)) return;
    for (const graph::ValueId id : graph.inputs) {
        const graph::Dims& shape = graph[id].shape;
        if (!shape.empty() && shape[0].is_symbol())
            options.fixed.try_emplace(shape[0].text(), std::max<int64_t>(options.batch_size, 1));
    }
}

}  // namespace lathe::pipeline
