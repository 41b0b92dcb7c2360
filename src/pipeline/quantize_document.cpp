// The report of a quantising run as a document: figures, the error by layer as a chart, all layers in a table.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "pipeline/quantize.h"
#include "report/document.h"

namespace lathe::pipeline {
namespace {

using quant::Action;

std::string shape_text(const Shape& shape) {
    std::string text;
    for (const int64_t size : shape) text += format("{}{}", text.empty() ? "" : " x ", size);
    return text.empty() ? "scalar" : text;
}

std::string percent(uint64_t part, uint64_t whole) {
    if (whole == 0) return "";
    return format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

report::Table summary(const QuantizeReport& r) {
    report::Table table{.columns = {{"", false}, {"", false}}};
    const auto add = [&](std::string what, std::string value) {
        table.rows.push_back({std::move(what), std::move(value)});
    };
    add("Source", r.input);
    for (const std::string& file : r.files) add("Written", file);
    add("Bytes", format("{} -> {} ({})", human_bytes(r.bytes_before), human_bytes(r.bytes_after),
                        percent(r.bytes_after, r.bytes_before)));
    for (const Action action : {Action::kQuantize, Action::kCast, Action::kKeep}) {
        const auto count = std::ranges::count(r.layers, action, &LayerReport::action);
        constexpr std::string_view kNames[] = {"Tensors kept", "Tensors cast", "Layers quantised"};
        if (count > 0) add(std::string(kNames[static_cast<size_t>(action)]), format("{}", count));
    }
    if (r.errors.signal > 0) {
        add("Signal to noise of all quantised weights", report::short_number(r.errors.snr_db()) + " dB");
        add("Relative error (Frobenius)", report::short_number(r.errors.relative_error()));
        add("Largest error", report::short_number(static_cast<double>(r.errors.largest)));
    }
    add("Time", format("{:.2f} s", r.seconds));
    return table;
}

report::Chart chart_of(const QuantizeReport& r) {
    report::Chart chart{.title = "Signal to noise by layer", .axis = "dB"};
    for (const LayerReport& layer : r.layers) {
        if (layer.action != Action::kQuantize || !layer.measured) continue;
        const auto found = std::ranges::find(chart.series, layer.format);
        const auto series = static_cast<uint32_t>(found - chart.series.begin());
        if (found == chart.series.end()) chart.series.push_back(layer.format);
        chart.points.push_back({layer.name, layer.snr_db(), series});
    }
    return chart;
}

report::Table all_layers(const QuantizeReport& r) {
    report::Table table{.caption = "All tensors",
                        .columns = {{"tensor"},
                                    {"shape"},
                                    {"stored as"},
                                    {"before", true},
                                    {"after", true},
                                    {"dB", true},
                                    {"relative error", true},
                                    {"largest error", true},
                                    {"why"}},
                        .folded = r.layers.size() > 60};
    for (const LayerReport& layer : r.layers) {
        const bool measured = layer.measured && layer.action != Action::kKeep;
        table.rows.push_back(
            {layer.name, shape_text(layer.shape), layer.format, human_bytes(layer.bytes_before),
             human_bytes(layer.bytes_after), measured ? report::short_number(layer.snr_db()) : "",
             measured ? report::short_number(layer.relative_error()) : "",
             measured ? report::short_number(static_cast<double>(layer.errors.largest)) : "", layer.why});
    }
    return table;
}

report::Document document_of(const QuantizeReport& r) {
    report::Document document{.title = "Quantised weights: " + r.output.substr(r.output.rfind('/') + 1)};
    document.blocks.push_back(summary(r));
    for (const std::string& note : r.notes) document.blocks.push_back(report::Paragraph{note});
    report::Chart chart = chart_of(r);
    if (!chart.points.empty()) {
        document.blocks.push_back(report::Heading{.level = 2, .text = "Error by layer"});
        document.blocks.push_back(report::Paragraph{
            "Ten times the logarithm of the ratio of squared weights to squared errors; 6 dB more is half the error. "
            "Formats of 4 bits reach about 20 dB, fp8 about 31, int8 by row about 40: compare layers of one format."});
        document.blocks.push_back(std::move(chart));
    }
    document.blocks.push_back(report::Heading{.level = 2, .text = "Tensors"});
    document.blocks.push_back(all_layers(r));
    return document;
}

}  // namespace

Status check_report_name(const std::string& path) {
    for (const std::string_view extension : {".json", ".md", ".html"})
        if (path.ends_with(extension)) return {};
    return fail("{}: reports are written as .json, .md or .html", path);
}

Status write_report(const QuantizeReport& r, const std::string& path) {
    if (path.ends_with(".json")) return write_file(path, as_bytes(lathe::to_text(to_json(r), 2) + "\n"));
    if (path.ends_with(".md")) return write_file(path, as_bytes(report::to_markdown(document_of(r))));
    TRY_STATUS(check_report_name(path));
    return write_file(path, as_bytes(report::to_html(document_of(r))));
}

}  // namespace lathe::pipeline
