// What a quantising run tells: to the terminal, and as JSON.
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pipeline/quantize.h"

namespace lathe::pipeline {
namespace {

using quant::Action;

std::string_view name_of(Action action) {
    switch (action) {
        case Action::kQuantize: return "quantise";
        case Action::kCast: return "cast";
        case Action::kRemove: return "remove";
        case Action::kKeep: break;
    }
    return "keep";
}

std::string short_shape(const Shape& shape) {
    std::string text;
    for (const int64_t size : shape) text += format("{}{}", text.empty() ? "" : "x", size);
    return text.empty() ? "scalar" : text;
}

std::string format_of(const quant::Choice& choice, const Weight& weight) {
    switch (choice.action) {
        case Action::kQuantize: {
            std::string text = quant::format_name(choice.spec);
            if (choice.spec.rotation != 0) text += format("+convrot{}", choice.spec.rotation);
            if (choice.spec.scheme->element == quant::Element::kI8 &&
                choice.spec.scaling == quant::Scaling::kRow)
                text += " row";
            return text;
        }
        case Action::kCast: return std::string(lathe::name_of(choice.cast));
        case Action::kRemove: return "removed";
        case Action::kKeep: break;
    }
    return std::string(lathe::name_of(weight.dtype));
}

// Rows of equal width; the first column to the left, the others as asked.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view right) {
    std::vector<size_t> widths(rows.empty() ? 0 : rows[0].size());
    for (const auto& row : rows)
        for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            const std::string fill(widths[i] - row[i].size(), ' ');
            line += (i > 0 ? "  " : "") + (right[i] == '>' ? fill + row[i] : row[i] + fill);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string ratio_text(uint64_t before, uint64_t after) {
    if (before == 0) return "";
    return format(" ({:.1f} %)", 100.0 * static_cast<double>(after) / static_cast<double>(before));
}

std::string snr_text(double snr) { return std::isinf(snr) ? "exact" : format("{:.2f}", snr); }

std::vector<const LayerReport*> measured_layers(const QuantizeReport& report) {
    std::vector<const LayerReport*> layers;
    for (const LayerReport& layer : report.layers)
        if (layer.action == Action::kQuantize && layer.measured) layers.push_back(&layer);
    return layers;
}

size_t count_of(const QuantizeReport& report, Action action) {
    return static_cast<size_t>(std::ranges::count(report.layers, action, &LayerReport::action));
}

}  // namespace

double LayerReport::snr_db() const { return errors.snr_db(); }
double LayerReport::relative_error() const { return errors.relative_error(); }

std::string to_table(const QuantizePlan& plan) {
    std::vector<std::vector<std::string>> rows = {
        {"tensor", "shape", "from", "to", "before", "after", "why"}};
    size_t quantized = 0;
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        const quant::Choice& choice = plan.choices[i];
        const Weight& weight = plan.weights.weights[i];
        quantized += choice.action == Action::kQuantize ? 1 : 0;
        rows.push_back(
            {printable(weight.name), short_shape(weight.shape),
             std::string(lathe::name_of(weight.quantized() ? weight.stored.dtype() : weight.dtype)),
             format_of(choice, weight), human_bytes(choice.bytes_before), human_bytes(choice.bytes_after),
             choice.why});
    }
    std::string text = aligned(rows, "<><<>><");
    text += format("{} of {} tensors are quantised; {} -> {}{}\n", quantized, plan.choices.size(),
                   human_bytes(plan.bytes_before), human_bytes(plan.bytes_after),
                   ratio_text(plan.bytes_before, plan.bytes_after));
    for (const std::string& note : plan.weights.notes) text += format("note: {}\n", note);
    return text;
}

Json to_json(const QuantizePlan& plan) {
    Json layers = Json::array();
    for (size_t i = 0; i < plan.choices.size(); ++i) {
        const quant::Choice& choice = plan.choices[i];
        const Weight& weight = plan.weights.weights[i];
        Json layer{{"name", weight.name},
                   {"shape", weight.shape},
                   {"from", lathe::name_of(weight.dtype)},
                   {"action", name_of(choice.action)},
                   {"format", format_of(choice, weight)},
                   {"bytes_before", choice.bytes_before},
                   {"bytes_after", choice.bytes_after},
                   {"why", choice.why}};
        if (choice.action == Action::kQuantize) {
            layer["rounding"] = quant::name_of(choice.spec.rounding);
            layer["comfy_quant"] = quant::comfy_json(choice.spec, weight.shape, weight.dtype);
        }
        layers.push_back(std::move(layer));
    }
    return Json{{"layers", std::move(layers)},
                {"bytes_before", plan.bytes_before},
                {"bytes_after", plan.bytes_after},
                {"notes", plan.weights.notes}};
}

std::string to_text(const QuantizeReport& report) {
    std::string text = format("{} -> {}\n", report.input, report.output);
    text +=
        format("  {} -> {}{} in {:.2f} s", human_bytes(report.bytes_before), human_bytes(report.bytes_after),
               ratio_text(report.bytes_before, report.bytes_after), report.seconds);
    if (report.seconds > 0)
        text += format(", {}/s", human_bytes(static_cast<uint64_t>(static_cast<double>(report.bytes_before) /
                                                                   report.seconds)));
    text += format("\n  {} layers quantised, {} cast, {} kept", count_of(report, Action::kQuantize),
                   count_of(report, Action::kCast), count_of(report, Action::kKeep));
    if (report.resumed_layers > 0)
        text += format("; {} were done before the interruption", report.resumed_layers);
    text += "\n";
    auto layers = measured_layers(report);
    if (!layers.empty()) {
        text +=
            format("  all layers: signal to noise {} dB, relative error {:.5f}, largest error {:.4g}\n",
                   snr_text(report.errors.snr_db()), report.errors.relative_error(), report.errors.largest);
        std::ranges::stable_sort(layers, {}, [](const LayerReport* layer) { return layer->snr_db(); });
        const size_t shown = std::min<size_t>(layers.size(), 5);
        std::vector<std::vector<std::string>> rows = {
            {"  the " + std::string(shown < layers.size() ? "worst layers" : "layers"), "format", "dB",
             "relative", "largest"}};
        for (const LayerReport* layer : std::span(layers).first(shown))
            rows.push_back({"  " + printable(layer->name), layer->format, snr_text(layer->snr_db()),
                            format("{:.5f}", layer->relative_error()),
                            format("{:.4g}", layer->errors.largest)});
        text += aligned(rows, "<<>>>");
    }
    for (size_t i = 1; i < report.files.size(); ++i) text += format("  with {}\n", report.files[i]);
    for (const std::string& note : report.notes) text += format("  note: {}\n", note);
    return text;
}

Json to_json(const QuantizeReport& report) {
    Json layers = Json::array();
    for (const LayerReport& layer : report.layers) {
        Json entry{{"name", layer.name},
                   {"shape", layer.shape},
                   {"action", name_of(layer.action)},
                   {"format", layer.format},
                   {"why", layer.why},
                   {"bytes_before", layer.bytes_before},
                   {"bytes_after", layer.bytes_after},
                   {"seconds", layer.seconds}};
        if (layer.measured) {
            entry["snr_db"] = json_number(layer.snr_db());
            entry["relative_error"] = json_number(layer.relative_error());
            entry["max_abs_error"] = layer.errors.largest;
        }
        layers.push_back(std::move(entry));
    }
    return Json{{"input", report.input},
                {"output", report.output},
                {"files", report.files},
                {"bytes_before", report.bytes_before},
                {"bytes_after", report.bytes_after},
                {"seconds", report.seconds},
                {"resumed_layers", report.resumed_layers},
                {"snr_db", json_number(report.errors.snr_db())},
                {"relative_error", json_number(report.errors.relative_error())},
                {"max_abs_error", report.errors.largest},
                {"notes", report.notes},
                {"layers", std::move(layers)}};
}

}  // namespace lathe::pipeline
