#include "pipeline/quantize.h"

#include <fstream>

#include "base/file.h"
#include "cli.h"

namespace lathe::cli {
namespace {

struct QuantizeFlags {
    pipeline::QuantizeOptions job;
    std::string to, scaling, rounding, fallback, second, second_pattern, layer_config, report, plan_file,
        shard;
    int64_t block_size = 0, convrot = 0;
    bool full_precision = false, input_scale = false, plan = false, json = false, no_measure = false;
    bool all_layers = false;
    std::vector<std::string> loras;
};

void apply(const QuantizeFlags& o, quant::Target& target) {
    if (target.keep || target.cast) return;
    quant::LayerSpec& spec = target.spec;
    if (!o.scaling.empty()) spec.scaling = *quant::scaling_named(o.scaling);
    if (o.block_size > 0) spec.block_size = o.block_size;
    if (o.convrot > 0) spec.rotation = o.convrot;
    spec.rounding = o.rounding.empty() ? quant::default_rounding(spec) : *quant::rounding_named(o.rounding);
    spec.full_precision_matmul = o.full_precision;
    spec.input_scale = o.input_scale;
}

Result<pipeline::LoraFile> lora_of(const std::string& text) {
    const size_t colon = text.rfind(':');
    pipeline::LoraFile lora{.path = text};
    if (colon == std::string::npos || file_exists(text)) return lora;
    char* end = nullptr;
    lora.path = text.substr(0, colon);
    lora.strength = std::strtod(text.c_str() + colon + 1, &end);
    if (end == text.c_str() + colon + 1 || *end != '\0')
        return fail("--lora {}: expected FILE or FILE:STRENGTH, for example style.safetensors:0.8", text);
    return lora;
}

Result<uint64_t> size_of(const std::string& text) {
    if (text.empty()) return 0;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const std::string unit = end;
    const double factor = unit == "GB" || unit == "G"   ? 1e9
                          : unit == "MB" || unit == "M" ? 1e6
                          : unit.empty()                ? 1
                                                        : 0;
    if (factor == 0 || !(value * factor >= 1))
        return fail("--shard-size {}: expected a size such as 5GB or 500MB", text);
    return static_cast<uint64_t>(value * factor);
}

// --plan --layer-config FILE with a file that is not there yet.
bool writes_template(const QuantizeFlags& o) {
    return o.plan && !o.layer_config.empty() && !file_exists(o.layer_config);
}

Result<std::vector<quant::Rule>> rules_of(const QuantizeFlags& o) {
    std::vector<quant::Rule> rules;
    if (!o.layer_config.empty() && !writes_template(o)) {
        TRY(const SharedBytes file, map_file(o.layer_config));
        TRY(const Json json, with_place(parse_json(as_text(file.bytes())), o.layer_config));
        TRY(rules, with_place(quant::parse_layer_config(json), o.layer_config));
    }
    if (o.second.empty() != o.second_pattern.empty())
        return fail("--second-format and --second-layers belong together");
    if (!o.second.empty()) {
        TRY(quant::Target target, quant::target_named(o.second));
        rules.push_back({o.second_pattern, std::move(target)});
    }
    return rules;
}

Result<pipeline::QuantizeOptions> job_of(const QuantizeFlags& o) {
    pipeline::QuantizeOptions job = o.job;
    job.legacy = o.to == "comfy-legacy";
    TRY(job.select.primary, quant::target_named(job.legacy ? "fp8_e4m3" : o.to));
    apply(o, job.select.primary);
    if (!o.fallback.empty()) {
        TRY(job.select.fallback, quant::target_named(o.fallback));
    }
    TRY(job.select.rules, rules_of(o));
    job.select.sensible_defaults = !o.all_layers;
    for (const std::string& text : o.loras) {
        TRY(pipeline::LoraFile lora, lora_of(text));
        job.loras.push_back(std::move(lora));
    }
    TRY(job.shard_bytes, size_of(o.shard));
    job.measure = !o.no_measure;
    if (job.lora_rank > 0 && job.lora_output.empty())
        job.lora_output = job.output.substr(0, job.output.rfind(".safetensors")) + "_lora.safetensors";
    return job;
}

Result<int> show_plan(const QuantizeFlags& o, const pipeline::QuantizeOptions& job) {
    TRY(const pipeline::QuantizePlan plan, pipeline::plan_quantization(job));
    if (o.json) print_json(pipeline::to_json(plan));
    else print(pipeline::to_table(plan));
    const std::string path = writes_template(o) ? o.layer_config : o.plan_file;
    if (path.empty()) return 0;
    std::vector<quant::TensorInfo> infos;
    for (const pipeline::Weight& weight : plan.weights.weights)
        infos.push_back({weight.name, weight.dtype, weight.shape, weight.quantized()});
    const Json config = quant::layer_config_template(infos, plan.choices);
    TRY_STATUS(write_file(path, as_bytes(to_text(config, 2) + "\n")));
    if (!o.json) print(format("a template for --layer-config is in {}\n", path));
    return 0;
}

Result<int> run_quantize(const QuantizeFlags& o) {
    TRY(const pipeline::QuantizeOptions job, job_of(o));
    if (o.plan || !o.plan_file.empty()) return show_plan(o, job);
    if (job.output.empty()) return fail("-o is missing; name the file to write, or look at --plan first");
    if (!o.report.empty()) TRY_STATUS(pipeline::check_report_name(o.report));
    TRY(const pipeline::QuantizeReport report, pipeline::quantize(job, progress_bar()));
    if (!o.report.empty()) TRY_STATUS(pipeline::write_report(report, o.report));
    if (o.json) print_json(pipeline::to_json(report));
    else print(pipeline::to_text(report));
    return 0;
}

std::string formats_text() {
    std::string text;
    for (const quant::Scheme& scheme : quant::schemes())
        text += format("  {:<16}{}\n", scheme.name, scheme.description);
    return text +
           "  fp16 bf16 fp32  plain casts\n  comfy-legacy    fp8_e4m3 under ComfyUI's older names (scaled_fp8)\n";
}

std::string presets_text() {
    std::string text;
    for (const quant::Preset& preset : quant::presets())
        text += (text.empty() ? "" : " ") + std::string(preset.name);
    return text;
}

}  // namespace

void add_quantize(Program& program) {
    auto o = std::make_shared<QuantizeFlags>();
    CLI::App* verb =
        add_verb(program.app, program, "quantize", "Store the weights of a checkpoint in few bits",
                 "lathe quantize flux.safetensors --to nvfp4 --preset flux2 -o flux-nvfp4.safetensors",
                 [o] { return run_quantize(*o); });
    verb->add_option("input", o->job.input, "the checkpoint: safetensors (one file or an index), PyTorch, …")
        ->required();
    verb->add_option("-o,--output", o->job.output, "the .safetensors file to write");
    verb->add_option("--to", o->to, "format:\n" + formats_text())->required();
    verb->add_option("--scaling", o->scaling,
                     "elements that share a scale, for fp8 and int8 (default: fp8 tensor, int8 row)")
        ->check(CLI::IsMember({"tensor", "row", "block"}));
    verb->add_option("--block-size", o->block_size,
                     "edge of the tiles of --scaling block (128); awq_w4a16: columns of a group (64)")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 20));
    verb->add_option("--convrot", o->convrot, "int8 by row: rotate groups of so many columns (a power of 4)")
        ->expected(0, 1)
        ->default_str("256")
        ->check(CLI::Range(int64_t{4}, int64_t{1} << 20));
    verb->add_option("--rounding", o->rounding,
                     "how codes are chosen (default: sweep where it pays, else nearest)")
        ->check(CLI::IsMember({"nearest", "sweep", "svd", "adaround", "gptq", "awq"}));
    verb->add_option("--preset", o->job.select.presets, "the model's recipe: " + presets_text())
        ->delimiter(',');
    verb->add_option("--exclude", o->job.select.exclude, "keep layers whose name has this pattern");
    verb->add_option("--only", o->job.select.only, "quantise only layers whose name has this pattern");
    verb->add_option(
        "--layer-config", o->layer_config,
        "JSON file of patterns and formats; with --plan, one that is not there is written as a template");
    verb->add_option("--second-format", o->second, "another format for --second-layers");
    verb->add_option("--second-layers", o->second_pattern, "pattern of names");
    verb->add_option("--fallback", o->fallback, "format for layers that are kept out");
    verb->add_flag("--heuristics", o->job.select.heuristics, "leave small and ill-shaped layers alone");
    verb->add_flag("--all-layers", o->all_layers,
                   "without a preset: quantise embeddings, first and last layers too");
    verb->add_flag("--full-precision-matmul", o->full_precision,
                   "tell the loader to multiply in the model's own type");
    verb->add_flag("--input-scale", o->input_scale, "fp8: add a static scale of 1 for activations");
    verb->add_option("--stats", o->job.stats, "activation statistics from lathe calibrate");
    verb->add_flag("--bias-correction", o->job.bias_correction,
                   "with --stats: biases take up what the errors do to the mean input");
    verb->add_option("--lora", o->loras, "merge a LoRA file first, FILE or FILE:STRENGTH");
    verb->add_option("--lora-rank", o->job.lora_rank,
                     "write the error's best matrices of this rank as a LoRA file")
        ->check(CLI::Range(int64_t{1}, int64_t{4096}));
    verb->add_option("--lora-output", o->job.lora_output, "its name (default: OUTPUT_lora.safetensors)");
    verb->add_option("--shard-size", o->shard,
                     "split the output into files of at most this size, for example 5GB");
    verb->add_option("--threads", o->job.threads, "how many (default: all processors)")
        ->check(CLI::Range(1, 1024));
    verb->add_flag("--resume", o->job.resume, "go on after an interruption");
    verb->add_flag("--plan", o->plan, "print what would be done to each tensor and write nothing");
    verb->add_option("--write-layer-config", o->plan_file,
                     "print the plan and write it as a template for --layer-config");
    verb->add_option("--report", o->report, "write the errors by layer to a .json, .md or .html file");
    verb->add_flag("--no-errors", o->no_measure, "do not measure the error of each layer");
    verb->add_flag("--json", o->json, "print JSON");
    const std::string learned = "Learned rounding (--rounding svd)";
    quant::SvdOptions& svd = o->job.rounding.svd;
    verb->add_option("--optimizer", svd.optimizer, "closed form, or an iteration to compare with")
        ->check(CLI::IsMember({"closed", "original", "adamw", "radam", "prodigy"}))
        ->capture_default_str()
        ->group(learned);
    verb->add_option("--iterations", svd.iterations)
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000))
        ->group(learned);
    verb->add_option("--lr", svd.learning_rate)->capture_default_str()->group(learned);
    verb->add_option("--lr-schedule", svd.schedule)
        ->check(CLI::IsMember({"plateau", "exponential", "adaptive"}))
        ->capture_default_str()
        ->group(learned);
    verb->add_option("--top-p", svd.top_p, "share of singular directions")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0))
        ->group(learned);
    verb->add_option("--min-k", svd.min_k)
        ->capture_default_str()
        ->check(CLI::Range(1, 100000))
        ->group(learned);
    verb->add_option("--max-k", svd.max_k)
        ->capture_default_str()
        ->check(CLI::Range(1, 100000))
        ->group(learned);
    const auto number = [&](const std::string& name, double& value, const std::string& what) {
        verb->add_option(name, value, what)
            ->capture_default_str()
            ->check(CLI::NonNegativeNumber)
            ->group(learned);
    };
    const auto count = [&](const std::string& name, int64_t& value, const std::string& what) {
        verb->add_option(name, value, what)
            ->capture_default_str()
            ->check(CLI::NonNegativeNumber)
            ->group(learned);
    };
    number("--lr-gamma", svd.gamma, "exponential: factor of every step");
    number("--lr-factor", svd.factor, "plateau, adaptive: factor of a decay");
    number("--lr-min", svd.lowest_rate, "lowest rate");
    number("--lr-shape-influence", svd.shape_influence, "how much oblong matrices slow the decay");
    number("--lr-threshold", svd.threshold, "relative improvement that counts as one");
    count("--lr-patience", svd.patience, "plateau: steps without improvement before a decay");
    count("--lr-cooldown", svd.cooldown, "plateau: steps after a decay before the next");
    number("--stop-loss", svd.stop_loss, "stop below this loss");
    number("--stop-rate", svd.stop_rate, "stop at this rate");
    count("--stop-stall", svd.stop_stall, "stop after so many steps without improvement");
    const std::string others = "Rounding with statistics";
    verb->add_option("--adaround-iterations", o->job.rounding.adaround.iterations)
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000))
        ->group(others);
    verb->add_option("--gptq-damping", o->job.rounding.gptq.damping, "of the mean of the Hessian's diagonal")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 10.0))
        ->group(others);
    verb->add_option("--awq-grid", o->job.rounding.awq.grid, "powers of the input's size that are tried")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000))
        ->group(others);
}

}  // namespace lathe::cli
