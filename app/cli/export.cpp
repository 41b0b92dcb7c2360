#include "pipeline/export.h"
#include "base/text.h"
#include "cli.h"

namespace lathe::cli {
namespace {

struct ExportFlags {
    std::string input;
    pipeline::ExportOptions job;
    std::vector<std::string> fix;
    std::string batch;
    bool no_verify = false, json = false;
};

// "": fixed; "true": open; "MIN:OPT:MAX": open within bounds.
Status read_batch(const std::string& text, pipeline::ExportOptions& job) {
    job.dynamic_batch = !text.empty() && text != "false";
    if (text.empty() || text == "true" || text == "false") return {};
    const auto parts = split(text, ':');
    std::array<int64_t, 3> range{};
    bool fine = parts.size() == range.size();
    for (size_t i = 0; fine && i < range.size(); ++i) fine = parse_int(parts[i], range[i]);
    if (!fine)
        return fail("--dynamic-batch is '{}', expected MIN:OPT:MAX, for example 1:4:16", printable(text));
    job.batch_range = range;
    return {};
}

Result<int> run_export(const ExportFlags& options) {
    pipeline::ExportOptions job = options.job;
    TRY(job.fixed, parse_sizes(options.fix));
    TRY_STATUS(read_batch(options.batch, job));
    job.verify = !options.no_verify;
    TRY(const auto report, pipeline::export_model(options.input, job, progress_bar()));
    if (options.json) print_json(pipeline::to_json(report));
    else print(pipeline::to_text(report));
    return report.comparison && !report.comparison->passed() ? 1 : 0;
}

}  // namespace

namespace {

std::vector<std::string> precisions() {
    std::vector<std::string> names = pipeline::export_precisions();
    names.emplace_back(pipeline::kDynamicInt8);
    return names;
}

}  // namespace

void add_export(Program& program) {
    auto o = std::make_shared<ExportFlags>();
    CLI::App* verb =
        add_verb(program.app, program, "export", "Write a model in another format, read it back and compare",
                 "lathe export onnx kata.ckpt -o kata.onnx --precision fp16", [o] { return run_export(*o); });
    verb->add_option("format", o->job.format, "what to write")
        ->required()
        ->check(CLI::IsMember(pipeline::export_formats()));
    verb->add_option("file", o->input, "the checkpoint or model")->required();
    verb->add_option("-o,--output", o->job.output, "the file to write")->required();
    add_model_options(*verb, o->job.model);
    verb->add_option(
            "--precision", o->job.precision,
            "of the arithmetic inside; uint8 and int8 find the scales of activations while the model runs, "
            "int8-static and fp8 have them from --calibration-data, int4 and bf16 are of weights only; "
            "dynamic-int8 is another name for int8; int8-weights, int4-weights and palettes are coreml's; without it fp32, "
            "for coreml fp16")
        ->check(CLI::IsMember(precisions()));
    add_quantization_options(*verb, o->job.quantization);
    verb->add_option("--opset", o->job.opset,
                     "ONNX operator set (default: 17, or the first that has the precision)")
        ->check(CLI::Range(13, 21));
    verb->add_option("--external-data", o->job.external_data,
                     "weights beside the model: auto (above 2 GB), always, never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    verb->add_flag("--half-io", o->job.half_io, "inputs and outputs in the inner precision too");
    verb->add_option("--batch-size", o->job.batch_size, "fix the batch (litert: 1 unless given)");
    verb->add_flag(
        "--dynamic-batch", o->batch,
        "leave the batch open (onnx, torchscript, torch-export: it is); coreml, tensorrt: --dynamic-batch=MIN:OPT:MAX bounds it");
    verb->add_flag("--image-input", o->job.image_input,
                   "coreml: the input is a picture; mean and deviation go into the file");
    verb->add_flag("--nhwc-input", o->job.nhwc_input, "images come as [N, H, W, C]");
    verb->add_option("--labels", o->job.labels,
                     "litert, coreml: names of the classes for the file, \"imagenet\" or a file of them");
    verb->add_option("--fix", o->fix,
                     "fix a size of the inputs, for example --fix batch=1,height=19,width=19")
        ->delimiter(',');
    verb->add_flag("--no-reparameterize{false}", o->job.reparameterize,
                   "keep parallel branches (RepVGG, MobileOne, FastViT) as they were trained");
    verb->add_flag("--no-verify", o->no_verify, "do not read back and compare");
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
