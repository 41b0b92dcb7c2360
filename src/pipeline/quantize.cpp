#include "pipeline/quantize.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "formats/safetensors/layout.h"
#include "pipeline/calibration.h"
#include "pipeline/quantize_layer.h"

namespace lathe::pipeline {
namespace {

using formats::safetensors::Layout;
using formats::safetensors::Slot;
using quant::Action;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string layer_of(const std::string& name) {
    constexpr std::string_view kWeight = ".weight";
    return name.ends_with(kWeight) ? name.substr(0, name.size() - kWeight.size()) : name;
}

// "diffusion_model.X", as loaders of LoRA files want it.
std::string lora_name(std::string layer) {
    for (const std::string_view prefix : {"model.diffusion_model.", "diffusion_model."})
        if (layer.starts_with(prefix)) layer.erase(0, prefix.size());
    return "diffusion_model." + layer;
}

// What is to be written: items and the slots they fill.
struct Work {
    std::vector<Item> items;
    std::vector<Slot> slots, lora_slots;
    std::vector<std::pair<std::string, std::string>> texts;
};

void add_quantized(const QuantizeOptions& options, Item& item, Work& work,
                   std::vector<std::pair<std::string, std::string>>& headers) {
    const Weight& weight = *item.weight;
    const quant::LayerSpec& spec = item.choice->spec;
    const std::string layer = layer_of(weight.name);
    const auto add = [&](std::string_view suffix, DType dtype, Shape shape) {
        item.slots.push_back(work.slots.size());
        work.slots.push_back({layer + "." + std::string(suffix), dtype, std::move(shape)});
    };
    for (quant::Part& part : quant::parts_of(spec, weight.shape, weight.dtype)) {
        std::string_view suffix = part.suffix;
        if (options.legacy)
            suffix = suffix == "weight_scale"  ? "scale_weight"
                     : suffix == "input_scale" ? "scale_input"
                                               : suffix;
        add(suffix, part.dtype, std::move(part.shape));
    }
    if (!options.legacy) {
        item.json = quant::comfy_json(spec, weight.shape, weight.dtype);
        add("comfy_quant", DType::kU8, {static_cast<int64_t>(item.json.size())});
        headers.emplace_back(layer, item.json);
    }
    item.pre_quant_scale =
        spec.rounding == quant::Rounding::kAwq && spec.scheme->element == quant::Element::kF4E2M1;
    if (item.pre_quant_scale)
        add("pre_quant_scale", weight.dtype == DType::kF16 ? DType::kF16 : DType::kBF16, {weight.shape[1]});
    if (options.lora_rank <= 0) return;
    item.lora_rank = std::min({options.lora_rank, weight.shape[0], weight.shape[1]});
    item.lora_slot = work.lora_slots.size();  // moved behind the others when all are known
    work.lora_slots.push_back(
        {lora_name(layer) + ".lora_up.weight", DType::kF32, {weight.shape[0], item.lora_rank}});
    work.lora_slots.push_back(
        {lora_name(layer) + ".lora_down.weight", DType::kF32, {item.lora_rank, weight.shape[1]}});
}

// Biases that are written with their layers.
std::map<std::string_view, const Weight*> corrected_biases(const QuantizeOptions& options,
                                                           const QuantizePlan& plan,
                                                           const Statistics& statistics) {
    std::map<std::string_view, const Weight*> biases, found;
    if (!options.bias_correction) return found;
    for (const Weight& weight : plan.weights.weights)
        if (weight.name.ends_with(".bias") && weight.shape.size() == 1 && is_float(weight.dtype))
            biases[weight.name] = &weight;
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        const Weight& weight = plan.weights.weights[i];
        const auto bias = biases.find(layer_of(weight.name) + ".bias");
        if (plan.choices[i].action != Action::kQuantize || bias == biases.end()) continue;
        const bool fits =
            bias->second->shape[0] == weight.shape[0] &&
            static_cast<int64_t>(statistics.of(layer_of(weight.name)).mean.size()) == weight.shape[1];
        if (fits) found.insert(*bias);
    }
    return found;
}

Result<Work> lay_out_work(const QuantizeOptions& options, const QuantizePlan& plan,
                          const Statistics& statistics) {
    const auto corrected = corrected_biases(options, plan, statistics);
    Work work{.texts = plan.weights.texts};
    std::vector<std::pair<std::string, std::string>> headers;
    bool legacy_layers = false;
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        const quant::Choice& choice = plan.choices[i];
        const Weight& weight = plan.weights.weights[i];
        if (choice.action == Action::kRemove || corrected.contains(weight.name)) continue;
        Item item{.weight = &weight, .choice = &choice, .index = i};
        if (choice.action == Action::kQuantize) {
            if (options.legacy &&
                (choice.spec.scheme->name != "fp8_e4m3" || choice.spec.scaling != quant::Scaling::kTensor))
                return fail("'{}': the older scaled_fp8 files hold fp8_e4m3 with one scale a tensor only",
                            weight.name);
            add_quantized(options, item, work, headers);
            if (const auto bias = corrected.find(layer_of(weight.name) + ".bias"); bias != corrected.end()) {
                item.bias = bias->second;
                item.bias_slot = work.slots.size();
                work.slots.push_back({bias->second->name, bias->second->dtype, bias->second->shape});
            }
            legacy_layers = true;
        } else {
            item.slots.push_back(work.slots.size());
            work.slots.push_back(
                {weight.name, choice.action == Action::kCast ? choice.cast : weight.dtype, weight.shape});
        }
        work.items.push_back(std::move(item));
    }
    if (options.legacy && legacy_layers)
        work.slots.push_back({std::string(quant::kLegacyMarker),
                              DType::kF8E4M3,
                              {options.select.primary.spec.input_scale ? 0 : 2}});
    for (Item& item : work.items)
        if (item.lora_rank > 0) item.lora_slot += work.slots.size();
    if (!headers.empty()) work.texts.emplace_back(quant::kHeaderKey, quant::header_text(headers));
    return work;
}

Result<Layout> lay_out_files(const QuantizeOptions& options, const Work& work) {
    TRY(Layout layout,
        formats::safetensors::lay_out(options.output, work.slots, work.texts, options.shard_bytes));
    if (work.lora_slots.empty()) return layout;
    TRY(const Layout lora, formats::safetensors::lay_out(options.lora_output, work.lora_slots, {}, 0));
    for (formats::safetensors::Place place : lora.places) {
        place.file += layout.files.size();
        layout.places.push_back(place);
    }
    layout.files.push_back(lora.files[0]);
    return layout;
}

// What tells one run from another: the source's names and a little of its contents, and all that decides what is written.
std::string identity_of(const QuantizeOptions& options, const QuantizePlan& plan, const Layout& layout) {
    uint64_t sum = 0;
    const auto add = [&](std::string_view text) { sum = checksum(sum, as_bytes(text)); };
    for (const auto& file : layout.files) {
        add(file.path);
        add(file.start);
    }
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        const quant::LayerSpec& spec = plan.choices[i].spec;
        const Weight& weight = plan.weights.weights[i];
        add(format("{} {} {} {} {} {}", weight.name, static_cast<int>(plan.choices[i].action),
                   name_of(spec.rounding), spec.tensor_scale, weight.terms.size(), options.measure));
        const ByteSpan bytes = weight.stored.storage().bytes();
        for (const size_t at : {size_t{0}, bytes.size() / 2})
            sum = checksum(sum, bytes.subspan(at, std::min<size_t>(64, bytes.size() - at)));
    }
    const quant::SvdOptions& svd = options.rounding.svd;
    add(format("{} {} {} {} {} {} {}", svd.top_p, svd.min_k, svd.max_k, svd.optimizer, svd.iterations,
               svd.learning_rate, svd.schedule));
    add(format("{} {} {} {} {}", options.bias_correction, options.rounding.adaround.iterations,
               options.rounding.gptq.damping, options.rounding.awq.grid, options.stats));
    for (const LoraFile& lora : options.loras) add(format("{}:{}", lora.path, lora.strength));
    return format("{:016x}", sum);
}

LayerReport report_of(const QuantizePlan& plan, size_t index) {
    const quant::Choice& choice = plan.choices[index];
    const Weight& weight = plan.weights.weights[index];
    LayerReport report{.name = weight.name,
                       .why = choice.why,
                       .shape = weight.shape,
                       .bytes_before = choice.bytes_before,
                       .bytes_after = choice.bytes_after,
                       .action = choice.action};
    switch (choice.action) {
        case Action::kQuantize: report.format = quant::format_name(choice.spec); break;
        case Action::kCast: report.format = name_of(choice.cast); break;
        case Action::kKeep: report.format = name_of(weight.dtype); break;
        case Action::kRemove: report.format = "removed"; break;
    }
    return report;
}

Json note_of(const LayerReport& report) {
    return Json{{"signal", report.errors.signal},
                {"noise", report.errors.noise},
                {"largest", report.errors.largest},
                {"measured", report.measured},
                {"seconds", report.seconds}};
}
void recall(const Json& note, LayerReport& report) {
    report.errors.signal = number_member(note, "signal", 0).value_or(0);
    report.errors.noise = number_member(note, "noise", 0).value_or(0);
    report.errors.largest = static_cast<float>(number_member(note, "largest", 0).value_or(0));
    report.measured = bool_member(note, "measured", false).value_or(false);
    report.seconds = number_member(note, "seconds", 0).value_or(0);
}

class Run {
public:
    Run(const QuantizeOptions& options, const QuantizePlan& plan, const Statistics& statistics,
        const Progress& progress)
        : options_(options),
          plan_(plan),
          statistics_(statistics),
          progress_(progress),
          threads_(options.threads) {}

    Result<QuantizeReport> run() {
        const double start = now();
        TRY(const Work work, lay_out_work(options_, plan_, statistics_));
        TRY(Layout layout, lay_out_files(options_, work));
        for (const auto& file : layout.files) report_.files.push_back(file.path);
        if (!layout.index_path.empty()) report_.files.push_back(layout.index_path);
        const std::string identity = identity_of(options_, plan_, layout);
        TRY(QuantizeOutput output, QuantizeOutput::open(std::move(layout), identity, options_.resume));
        for (const Item& item : work.items) {
            corrected_ += item.bias != nullptr ? 1 : 0;
            if (Status status = one(item, output); !status) {
                if (output.disk_failed())
                    return fail("{}; what is done is kept: --resume goes on from there",
                                status.error().message);
                output.discard();
                return std::unexpected(std::move(status).error());
            }
        }
        TRY_STATUS(output.commit());
        finish(now() - start);
        return std::move(report_);
    }

private:
    Status one(const Item& item, QuantizeOutput& output) {
        LayerReport report = report_of(plan_, item.index);
        if (progress_)
            progress_(report.action == Action::kQuantize ? "quantising" : "copying", done_,
                      plan_.bytes_before);
        done_ += report.bytes_before;
        if (const Json* note = output.finished(item.index)) {
            TRY(const bool intact, output.intact(item.index, pieces_of(item)));
            if (intact) {
                recall(*note, report);
                report_.layers.push_back(std::move(report));
                ++report_.resumed_layers;
                return {};
            }
        }
        const double start = now();
        uint64_t sum = 0;
        LayerStatistics statistics = statistics_.of(layer_of(item.weight->name));
        Status status = process_item(item, {output, threads_, options_, statistics}, sum, report);
        release_pages(item.weight->stored.storage());
        if (!status) return status;
        report.seconds = now() - start;
        status = output.finish(item.index, sum, note_of(report));
        report_.layers.push_back(std::move(report));
        return status;
    }

    void finish(double seconds) {
        report_.input = options_.input;
        report_.output = options_.output;
        report_.notes = plan_.weights.notes;
        if (const auto without = std::ranges::count_if(report_.layers,
                                                       [](const LayerReport& layer) {
                                                           return layer.why.find("no statistics for") !=
                                                                  std::string::npos;
                                                       });
            without > 0)
            report_.notes.push_back(
                format("{} layers have no statistics and are rounded without them", without));
        if (options_.bias_correction)
            report_.notes.push_back(format("{} biases are corrected for the mean input", corrected_));
        report_.bytes_before = plan_.bytes_before;
        report_.bytes_after = plan_.bytes_after;
        report_.seconds = seconds;
        for (const LayerReport& layer : report_.layers) {
            if (layer.action == Action::kQuantize && layer.measured) report_.errors.merge(layer.errors);
        }
        for (const quant::Choice& choice : plan_.choices)
            if (choice.action == Action::kQuantize && !quant::core_loads(choice.spec) && !options_.legacy) {
                report_.notes.push_back(
                    format("'{}' needs the extension ComfyUI-QuantOps; ComfyUI alone cannot load it",
                           quant::format_name(choice.spec)));
                break;
            }
    }

    const QuantizeOptions& options_;
    const QuantizePlan& plan_;
    const Statistics& statistics_;
    const Progress& progress_;
    ThreadPool threads_;
    QuantizeReport report_;
    uint64_t done_ = 0;
    size_t corrected_ = 0;
};

Status check_paths(const QuantizeOptions& options) {
    if (options.output == options.input)
        return fail("{}: the output would replace the input; give another name", options.output);
    if (!options.output.ends_with(".safetensors"))
        return fail("{}: the output's name must end in .safetensors", options.output);
    if (options.bias_correction && options.stats.empty())
        return fail(
            "correcting biases needs the mean inputs of the layers; give --stats from lathe calibrate");
    if (options.lora_rank > 0 && options.lora_output == options.output)
        return fail("{}: the LoRA file needs a name of its own", options.output);
    return {};
}

}  // namespace

Result<QuantizePlan> plan_quantization(const QuantizeOptions& options) {
    QuantizePlan plan;
    TRY(plan.weights, open_weights(options.input));
    for (const LoraFile& lora : options.loras) TRY_STATUS(merge_lora(plan.weights, lora.path, lora.strength));
    std::vector<quant::TensorInfo> infos;
    for (const Weight& weight : plan.weights.weights)
        infos.push_back({weight.name, weight.dtype, weight.shape, weight.quantized()});
    TRY(plan.choices, quant::select(infos, options.select));
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        plan.choices[i].bytes_before = static_cast<uint64_t>(plan.weights.weights[i].stored.size_bytes());
        plan.bytes_before += plan.choices[i].bytes_before;
        plan.bytes_after += plan.choices[i].bytes_after;
    }
    return plan;
}

Result<QuantizeReport> quantize(const QuantizeOptions& options, const Progress& progress) {
    TRY_STATUS(check_paths(options));
    TRY(const QuantizePlan plan, plan_quantization(options));
    Statistics statistics;
    if (!options.stats.empty()) {
        TRY(statistics, Statistics::open(options.stats));
    }
    return Run(options, plan, statistics, progress).run();
}

}  // namespace lathe::pipeline
