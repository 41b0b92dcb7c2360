#include "pipeline/quantized_outputs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/text.h"
#include "pipeline/go_inputs.h"
#include "pipeline/weights.h"
#include "run/reference.h"

namespace lathe::pipeline {
namespace {

constexpr size_t kOutputsShown = 3;

// The weight as f32, or as it lies in the file where it is plain.
Tensor values_of(const Weight& weight) {
    if (weight.raw()) return weight.stored;
    TensorBuilder builder(DType::kF32, weight.shape);
    weight.read_rows(0, weight.shape[0], builder.values<float>().data());
    return builder.finish();
}

// b's checkpoint with a's weights.
Result<graph::Checkpoint> replaced(graph::Checkpoint checkpoint, const Weights& weights,
                                   QuantizedOutputs& report) {
    std::unordered_map<std::string, size_t> places;
    for (size_t i = 0; i < checkpoint.tensors.size(); ++i) places.emplace(checkpoint.tensors[i].name, i);
    std::vector<std::string> foreign;
    for (const Weight& weight : weights.weights) {
        const auto place = places.find(weight.name);
        if (place == places.end()) {
            foreign.push_back(weight.name);
            continue;
        }
        Tensor& tensor = checkpoint.tensors[place->second].tensor;
        if (tensor.shape() != weight.shape)
            return fail("{}: '{}' is {}, but {} in {}", report.a, printable(weight.name),
                        to_string(weight.shape), to_string(tensor.shape()), report.b);
        tensor = values_of(weight);
        ++report.replaced;
        if (weight.quantized()) ++report.quantized;
    }
    if (report.quantized == 0)
        return fail(
            "{}: none of its {} quantised layers is a tensor of {}; give the checkpoint it was made from",
            report.a, weights.dequantized, report.b);
    if (!foreign.empty()) {
        const std::vector<std::string> shown(
            foreign.begin(), foreign.begin() + static_cast<int64_t>(std::min(foreign.size(), kOutputsShown)));
        report.notes.push_back(format("{} tensors of {} are not in {}: {}{}", foreign.size(), report.a,
                                      report.b, join(shown, ", "),
                                      foreign.size() > kOutputsShown ? ", …" : ""));
    }
    if (const size_t kept = checkpoint.tensors.size() - report.replaced; kept > 0)
        report.notes.push_back(
            format("{} tensors of {} are not in {} and stay as they are", kept, report.b, report.a));
    return checkpoint;
}

Result<std::vector<check::NamedTensors>> inputs_for(const graph::Graph& graph, const VerifyOptions& options,
                                                    std::string& described) {
    if (!options.inputs.empty()) {
        described = join(options.inputs, ", ");
        return read_input_sets(graph, options.inputs);
    }
    graph::Bindings sizes = options.sizes;
    if (takes_go_planes(graph)) sizes.try_emplace("batch", 1);
    return trial_inputs(graph, sizes, options.samples, described);
}

}  // namespace

Result<QuantizedOutputs> compare_outputs(const std::string& a, const std::string& b,
                                         const VerifyOptions& options, const Progress& progress) {
    QuantizedOutputs report{.a = a, .b = b};
    TRY(const Weights weights, open_weights(a));
    if (weights.dequantized == 0) return fail("{}: holds no quantised layers", a);
    TRY(const Model original, open_for_inputs(b, options.model_b, options.inputs));
    if (original.checkpoint.format == "name")
        return fail("'{}' is a model's name; give the checkpoint that {} was made from", b, a);
    if (original.checkpoint.graph)
        return fail(
            "{}: holds its own graph, which other weights cannot be put into; give the checkpoint of bare weights that {} was made from",
            b, a);
    TRY(graph::Checkpoint checkpoint, replaced(original.checkpoint, weights, report));
    TRY(const Model quantized, with_place(model_of(std::move(checkpoint), options.model_b), a));
    TRY(const auto sets, inputs_for(original.graph, options, report.compared_on));
    constexpr double kAny = std::numeric_limits<double>::infinity();
    report.judged = options.rtol.has_value() || options.atol.has_value();
    const check::Tolerance tolerance =
        report.judged ? check::Tolerance{options.rtol.value_or(0), options.atol.value_or(0)}
                      : check::Tolerance{0, kAny};
    const auto& engine = run::reference_engine();
    TRY(report.comparison, check::compare_graphs({quantized.graph, engine}, {original.graph, engine}, sets,
                                                 tolerance, options.common_only, progress));
    return report;
}

std::string to_table(const QuantizedOutputs& report) {
    const check::Comparison& comparison = report.comparison;
    size_t width = 6;
    for (const check::Metrics& m : comparison.outputs) width = std::max(width, m.name.size());
    std::string text = format("{:<{}}  {:>9} {:>10} {:>10} {:>10} {:>10}\n", "output", width, "SNR dB",
                              "max |err|", "mean |err|", "max |ref|", "top-1");
    for (const check::Metrics& m : comparison.outputs) {
        const std::string snr = std::isinf(m.snr_db) && m.snr_db > 0 ? "exact" : format("{:.1f}", m.snr_db);
        const std::string top1 = m.rows > 0 ? format("{}/{}", m.top1_agree, m.rows) : "-";
        text += format("{:<{}}  {:>9} {:>10.3g} {:>10.3g} {:>10.4g} {:>10}\n", m.name, width, snr, m.max_abs,
                       m.mean_abs, m.max_desired, top1);
        if (!m.passed())
            text += format("{:<{}}  {} of {} elements {}\n", "", width,
                           with_commas(static_cast<uint64_t>(m.mismatched)),
                           with_commas(static_cast<uint64_t>(m.count)),
                           report.judged ? "are outside the tolerance" : "are no longer finite");
    }
    text += format("{} set{} of inputs, {} of {} replaced tensors quantised\n", comparison.samples,
                   comparison.samples == 1 ? "" : "s", report.quantized, report.replaced);
    for (const std::string& note : report.notes) text += format("note: {}\n", note);
    return text;
}

Json to_json(const QuantizedOutputs& report) {
    Json json = check::to_json(report.comparison);
    if (!report.judged)
        for (const char* key : {"rtol", "atol"}) json.erase(key);
    json["a"] = report.a;
    json["b"] = report.b;
    json["compared_on"] = report.compared_on;
    json["quantized"] = report.quantized;
    json["replaced"] = report.replaced;
    json["notes"] = report.notes;
    return json;
}

}  // namespace lathe::pipeline
