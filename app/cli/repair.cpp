#include "pipeline/repair.h"

#include "cli.h"

namespace lathe::cli {
namespace {

struct RepairFlags {
    pipeline::RepairOptions job;
    std::vector<std::string> set;
    bool json = false;
};

// "key=value"; a value that is no JSON is a text.
Result<std::pair<std::string, Json>> setting(const std::string& text) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return fail("--set {}: expected KEY=VALUE", text);
    auto value = parse_json(text.substr(equals + 1));
    return std::pair(text.substr(0, equals), value ? *value : Json(text.substr(equals + 1)));
}

Result<int> run_repair(const RepairFlags& o) {
    pipeline::RepairOptions job = o.job;
    for (const std::string& text : o.set) {
        TRY(auto one, setting(text));
        job.set.push_back(std::move(one));
    }
    TRY(const pipeline::RepairReport report, pipeline::repair(job));
    if (o.json) {
        print_json(Json{{"output", report.output}, {"layers", report.layers}, {"changes", report.changes}});
        return 0;
    }
    for (const std::string& change : report.changes) print(change + "\n");
    print(
        format("{}: {} quantised layers, {} changes\n", report.output, report.layers, report.changes.size()));
    return 0;
}

}  // namespace

void add_repair(Program& program) {
    auto o = std::make_shared<RepairFlags>();
    CLI::App* verb = add_verb(program.app, program, "repair",
                              "Mend or edit the labels of a quantised checkpoint; weights stay as they are",
                              "lathe repair old-fp8-scaled.safetensors -o current.safetensors",
                              [o] { return run_repair(*o); });
    verb->add_option(
            "input", o->job.input,
            "a quantised checkpoint: older scaled_fp8 files become current ones, lost labels are found")
        ->required();
    verb->add_option("-o,--output", o->job.output, "the .safetensors file to write")->required();
    verb->add_option("--layers", o->job.layers, "edit only layers whose name has this pattern");
    verb->add_option("--set", o->set, "a key of comfy_quant, for example full_precision_matrix_mult=true");
    verb->add_option("--remove", o->job.remove, "a key of comfy_quant to take away");
    verb->add_option("--input-scale", o->job.input_scale,
                     "add this static activation scale where there is none");
    verb->add_option(
        "--input-scales", o->job.input_scales,
        "take activation scales from a .json {layer: number} or a checkpoint with X.input_scale");
    verb->add_option("--format", o->job.format,
                     "of unlabelled layers whose tensors fit two formats: int8 or convrot_w4a4");
    verb->add_flag("--hybrid", o->job.hybrid, "mxfp8 becomes hybrid_mxfp8 (for ComfyUI-QuantOps)");
    verb->add_option("--tensor-scales", o->job.tensor_scales,
                     "with --hybrid: a checkpoint whose X.weight_scale are taken");
    verb->add_flag("--json", o->json, "print JSON");
}

}  // namespace lathe::cli
