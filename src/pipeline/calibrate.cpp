#include "pipeline/calibrate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/safetensors/safetensors.h"
#include "pipeline/calibration_inputs.h"
#include "pipeline/input_sums.h"
#include "run/reference.h"
#include "zoo/zoo.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;

constexpr size_t kNamesShown = 3;

Status check_kinds(const CalibrateOptions& options) {
    const int kinds =
        (options.inputs.empty() ? 0 : 1) + (options.pictures.empty() ? 0 : 1) + (options.samples > 0 ? 1 : 0);
    if (kinds == 1) return {};
    return fail(
        "{}: real inputs (--input x.npz or game.sgf, --image photos/), or --samples 8 for some made by rule",
        kinds == 0 ? "give what to run the model on" : "give inputs of one kind only");
}

Result<InputSets> collect_inputs(const Model& model, const std::string& path,
                                 const CalibrateOptions& options) {
    InputSets inputs;
    if (!options.pictures.empty()) {
        TRY(inputs.pictures, picture_paths(options.pictures));
        TRY(inputs.image,
            with_place(image_input(model.graph, with_options(options.choices, options.model.image)), path));
        inputs.batch = options.batch;
        inputs.described =
            format("{} picture{}", inputs.pictures.size(), inputs.pictures.size() == 1 ? "" : "s");
        if (!inputs.image->assumed.empty())
            inputs.notes.push_back(format("{} does not say how pictures are prepared; taken as in timm: {}",
                                          path, join(inputs.image->assumed, ", ")));
    } else if (!options.inputs.empty()) {
        TRY(inputs.sets, read_input_sets(model.graph, options.inputs, options.every));
        inputs.described = options.inputs.size() <= kNamesShown
                               ? join(options.inputs, ", ")
                               : format("{} files, {}, …", options.inputs.size(), options.inputs[0]);
    } else {
        TRY(inputs.sets, trial_inputs(model.graph, options.sizes, options.samples, inputs.described));
        inputs.notes.push_back(
            "inputs made by rule are no substitute for real ones: layers see other values than in use, and rounding that is fitted to them can be worse than none; calibrate on real inputs before you trust it");
    }
    return inputs;
}

class Calibration {
public:
    Calibration(const graph::Graph& graph, std::vector<Layer> layers, const InputSets& inputs,
                const CalibrateOptions& options, const Progress& progress)
        : graph_(graph),
          layers_(std::move(layers)),
          inputs_(inputs),
          options_(options),
          progress_(progress),
          threads_(options.threads),
          sums_(layers_.size()) {
        form_groups();
    }

    // The first pass: everything but the products of later groups. Errors: a layer without inputs.
    Status run_first() { return run_pass(0); }

    size_t passes() const { return std::max<size_t>(1, groups_.size()); }
    size_t sets() const { return sets_; }

    CalibratedLayer describe(size_t i) const {
        const Layer& layer = layers_[i];
        double square = 0;
        for (const double value : means_[i].mean_square.to_doubles()) square += value;
        return {layer.name(), layer.columns, means_[i].samples,
                std::sqrt(square / static_cast<double>(layer.columns)), group_of_[i] >= 0};
    }

    // After run_first(). The writer asks for the tensors in this order, so that the products of a group are there once.
    std::vector<formats::OutgoingTensor> tensors() {
        std::vector<formats::OutgoingTensor> list;
        for (size_t i = 0; i < layers_.size(); ++i)
            list.push_back(formats::OutgoingTensor::of(layers_[i].name() + ".samples",
                                                       Tensor::scalar(means_[i].samples)));
        for (size_t i = 0; i < layers_.size(); ++i) {
            list.push_back(
                formats::OutgoingTensor::of(layers_[i].name() + ".mean_square", means_[i].mean_square));
            list.push_back(formats::OutgoingTensor::of(layers_[i].name() + ".mean", means_[i].mean));
        }
        for (const auto& group : groups_)
            for (const size_t i : group)
                list.push_back({layers_[i].name() + ".products",
                                DType::kF32,
                                {layers_[i].columns, layers_[i].columns},
                                [this, i]() -> Result<SharedBytes> {
                                    const auto group = static_cast<size_t>(group_of_[i]);
                                    if (pass_ != group) TRY_STATUS(run_pass(group));
                                    return sums_[i]->products().storage();
                                }});
        return list;
    }

private:
    struct Means {
        Tensor mean, mean_square;
        int64_t samples = 0;
    };

    // Layers whose products are in memory together.
    void form_groups() {
        group_of_.assign(layers_.size(), -1);
        uint64_t bytes = 0;
        for (size_t i = 0; options_.products && i < layers_.size(); ++i) {
            if (layers_[i].columns > options_.max_columns) continue;
            const auto more = static_cast<uint64_t>(InputSums::product_bytes(layers_[i].columns));
            if (groups_.empty() || bytes + more > options_.product_memory_bytes)
                groups_.emplace_back(), bytes = 0;
            groups_.back().push_back(i);
            group_of_[i] = static_cast<int64_t>(groups_.size()) - 1;
            bytes += more;
        }
    }

    Status run_pass(size_t pass) {
        pass_ = pass;
        watched_.clear();
        for (size_t i = 0; i < layers_.size(); ++i) {
            sums_[i].reset();
            const bool products = group_of_[i] == static_cast<int64_t>(pass);
            if (pass > 0 && !products) continue;
            sums_[i] = std::make_unique<InputSums>(layers_[i].columns, products);
            for (const LayerUse& use : layers_[i].uses) watched_[use.value].push_back({i, &use});
        }
        sets_ = 0;
        TRY_STATUS(inputs_.for_each(threads_, [&](const NamedTensors& set) { return run_set(set, pass); }));
        if (pass > 0) return {};
        means_.clear();
        for (size_t i = 0; i < layers_.size(); ++i) {
            if (sums_[i]->samples() == 0)
                return fail("the layer '{}' saw no input; give inputs that are not empty", layers_[i].name());
            means_.push_back({sums_[i]->mean(), sums_[i]->mean_square(), sums_[i]->samples()});
        }
        return {};
    }

    Status run_set(const NamedTensors& set, size_t pass) {
        TRY(const auto inputs, check::inputs_in_order(graph_, set));
        Status status;
        for (size_t i = 0; i < inputs.size() && status; ++i) status = look(graph_.inputs[i], inputs[i]);
        if (!status) return status;
        TRY_STATUS(
            run::run_reference_watched(graph_, inputs, [&](size_t node, std::span<const Tensor> results) {
                const auto& outputs = graph_.nodes[node].outputs;
                for (size_t i = 0; i < results.size() && status; ++i)
                    if (outputs[i] != graph::kNoValue) status = look(outputs[i], results[i]);
            }));
        ++sets_;
        if (progress_) {
            const size_t all = std::max(inputs_.count(), sets_);
            progress_("calibrating", pass * all + sets_, passes() * all);
        }
        return status;
    }

    Status look(graph::ValueId id, const Tensor& value) {
        const auto found = watched_.find(id);
        if (found == watched_.end()) return {};
        for (const auto& [layer, use] : found->second)
            TRY_STATUS(with_place(sums_[layer]->add(value, *use, graph_, threads_),
                                  format("layer '{}', input set {}", layers_[layer].name(), sets_ + 1)));
        return {};
    }

    const graph::Graph& graph_;
    const std::vector<Layer> layers_;
    const InputSets& inputs_;
    const CalibrateOptions& options_;
    const Progress& progress_;
    ThreadPool threads_;
    std::vector<std::unique_ptr<InputSums>> sums_;  // of the pass at hand
    std::vector<std::vector<size_t>> groups_;
    std::vector<int64_t> group_of_;  // -1: no products
    std::vector<Means> means_;
    std::map<graph::ValueId, std::vector<std::pair<size_t, const LayerUse*>>> watched_;
    size_t pass_ = 0, sets_ = 0;
};

Status check_output(const std::string& output) {
    return output.ends_with(".safetensors")
               ? Status{}
               : fail("{}: statistics are written as .safetensors; give such a name", output);
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Names of what was left out, by the reason.
std::vector<std::pair<std::string, std::vector<std::string>>> by_reason(
    const std::vector<LeftOut>& left_out) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const LeftOut& one : left_out) {
        const auto found =
            std::ranges::find_if(groups, [&](const auto& group) { return group.first == one.why; });
        if (found == groups.end()) groups.push_back({one.why, {one.tensor}});
        else found->second.push_back(one.tensor);
    }
    return groups;
}

}  // namespace

Result<CalibrateReport> calibrate(const std::string& path, const std::string& output,
                                  const CalibrateOptions& options, const Progress& progress) {
    TRY_STATUS(check_kinds(options));
    TRY_STATUS(check_output(output));
    ModelOptions model_options = options.model;
    model_options.for_pictures = !options.pictures.empty();
    TRY(Model model, open_for_inputs(path, model_options, options.inputs));
    if (model.checkpoint.format == "name") {
        TRY(model.checkpoint, zoo::checkpoint_by_rule({.model = path, .image = options.model.image}));
    }
    CalibrateReport report{.model = path, .output = output};
    TRY(const InputSets inputs, collect_inputs(model, path, options));
    report.inputs = inputs.described;
    report.notes = model.notes;
    report.notes.insert(report.notes.end(), inputs.notes.begin(), inputs.notes.end());
    LayerInputs found = find_layer_inputs(model.graph, model.checkpoint);
    if (found.layers.empty())
        return fail("{}: none of its layers can be calibrated{}", path,
                    found.left_out.empty()
                        ? ": it multiplies its inputs with no weight"
                        : format("; '{}': {}", found.left_out[0].tensor, found.left_out[0].why));
    report.left_out = std::move(found.left_out);
    const size_t layers = found.layers.size();
    Calibration calibration(model.graph, std::move(found.layers), inputs, options, progress);
    TRY_STATUS(calibration.run_first());
    TRY_STATUS(formats::write_safetensors(
        output, calibration.tensors(),
        {.metadata = {{"lathe.statistics_of", file_name(path)}, {"lathe.inputs", inputs.described}}}));
    for (size_t i = 0; i < layers; ++i) report.layers.push_back(calibration.describe(i));
    report.sets = calibration.sets();
    report.passes = calibration.passes();
    if (options.products)
        for (const CalibratedLayer& layer : report.layers)
            if (!layer.products)
                report.notes.push_back(
                    format("{}: {} columns are more than --max-columns {}, so without products", layer.name,
                           layer.columns, options.max_columns));
    return report;
}

std::string to_text(const CalibrateReport& report) {
    std::string text = format("{} on {}\n", report.model, report.inputs);
    size_t width = 5;
    for (const CalibratedLayer& layer : report.layers) width = std::max(width, layer.name.size());
    text += format("{:<{}}  {:>7}  {:>9}  {:>9}\n", "layer", width, "columns", "vectors", "rms");
    for (const CalibratedLayer& layer : report.layers)
        text += format("{:<{}}  {:>7}  {:>9}  {:>9.4g}{}\n", layer.name, width, layer.columns, layer.samples,
                       layer.rms, layer.products ? "  products" : "");
    for (const auto& [why, names] : by_reason(report.left_out)) {
        const std::vector<std::string> shown(
            names.begin(), names.begin() + static_cast<int64_t>(std::min(names.size(), kNamesShown)));
        text += format("left out, {} tensor{}: {} ({}{})\n", names.size(), names.size() == 1 ? "" : "s", why,
                       join(shown, ", "), names.size() > kNamesShown ? ", …" : "");
    }
    for (const std::string& note : report.notes) text += format("note: {}\n", note);
    return text + format("wrote {}: the inputs of {} layers{}\n", report.output, report.layers.size(),
                         report.passes > 1 ? format(", in {} runs", report.passes) : "");
}

Json to_json(const CalibrateReport& report) {
    Json json{{"model", report.model},     {"output", report.output}, {"inputs", report.inputs},
              {"input_sets", report.sets}, {"passes", report.passes}, {"notes", report.notes}};
    json["layers"] = Json::array();
    for (const CalibratedLayer& layer : report.layers)
        json["layers"].push_back({{"name", layer.name},
                                  {"columns", layer.columns},
                                  {"vectors", layer.samples},
                                  {"rms", layer.rms},
                                  {"products", layer.products}});
    json["left_out"] = Json::array();
    for (const LeftOut& one : report.left_out)
        json["left_out"].push_back({{"name", one.tensor}, {"why", one.why}});
    return json;
}

}  // namespace lathe::pipeline
