#include "pipeline/compare_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/file.h"
#include "base/text.h"
#include "base/threads.h"
#include "formats/all.h"

namespace lathe::pipeline {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr int64_t kBandElements = int64_t{1} << 18;

bool same_bytes(const Weight& a, const Weight& b) {
    if (!a.raw() || !b.raw() || a.dtype != b.dtype) return false;
    const Tensor x = a.stored.to_contiguous(), y = b.stored.to_contiguous();
    return std::ranges::equal(x.bytes(), y.bytes());
}

bool numeric(DType dtype) { return dtype != DType::kC64 && dtype != DType::kC128 && dtype != DType::kString; }

quant::ErrorSums errors_between(const Weight& a, const Weight& b, ThreadPool& threads) {
    const int64_t rows = b.shape.empty() ? 1 : b.shape[0];
    const int64_t columns = rows == 0 ? 0 : element_count(b.shape) / rows;
    if (rows * columns == 0) return {};
    const int64_t step = std::max<int64_t>(1, kBandElements / columns);
    std::vector<quant::ErrorSums> sums(static_cast<size_t>((rows + step - 1) / step));
    threads.parallel_for(sums.size(), [&](size_t i) {
        const int64_t first = static_cast<int64_t>(i) * step, count = std::min(step, rows - first);
        std::vector<float> x(static_cast<size_t>(count * columns)), y(x.size());
        if (b.shape.empty()) {
            x[0] = static_cast<float>(a.stored.to_doubles()[0]);
            y[0] = static_cast<float>(b.stored.to_doubles()[0]);
        } else {
            a.read_rows(first, count, x.data());
            b.read_rows(first, count, y.data());
        }
        sums[i] = quant::error_sums(y.data(), x.data(), x.size());
    });
    quant::ErrorSums all;
    for (const quant::ErrorSums& one : sums) all.merge(one);
    return all;
}

// What a plain cast may cost: 3 dB below a rounding error that is spread evenly over half a unit in the last place.
double expected_of_cast(DType dtype) {
    switch (dtype) {
        case DType::kF16: return 60;
        case DType::kBF16: return 45;
        case DType::kF8E4M3: return 25;
        case DType::kF8E5M2: return 19;
        default: return 100;
    }
}

void judge(LayerComparison& layer, const Weight& a, const Weight& b, const CompareOptions& options) {
    layer.snr_db = layer.errors.snr_db();
    layer.relative_error = layer.errors.relative_error();
    layer.least_snr_db = a.quantized() ? expected_snr_db(a.spec) : expected_of_cast(a.dtype);
    if (!a.quantized() && a.dtype == b.dtype) layer.least_snr_db = kInfinite;
    if (options.least_snr_db && (a.quantized() || a.dtype != b.dtype))
        layer.least_snr_db = *options.least_snr_db;
    if (std::isnan(layer.snr_db)) layer.problem = "holds NaN or infinity";
    else if (layer.snr_db < layer.least_snr_db)
        layer.problem = std::isinf(layer.least_snr_db)
                            ? "differs though it was not quantised"
                            : format("{:.1f} dB, expected {:.1f}", layer.snr_db, layer.least_snr_db);
}

LayerComparison compare_one(const Weight& a, const Weight& b, const CompareOptions& options,
                            ThreadPool& threads) {
    LayerComparison layer{.name = b.name, .format = a.format, .quantized = a.quantized()};
    if (a.shape != b.shape) {
        layer.problem = format("has the shape {}, expected {}", to_string(a.shape), to_string(b.shape));
        return layer;
    }
    if (same_bytes(a, b)) {
        layer.snr_db = layer.least_snr_db = kInfinite;
        return layer;
    }
    if (!numeric(a.dtype) || !numeric(b.dtype) || bits_of(a.stored.dtype()) < 8 ||
        bits_of(b.stored.dtype()) < 8) {
        layer.problem = format("is {}, which cannot be compared with {}", name_of(a.dtype), name_of(b.dtype));
        return layer;
    }
    layer.errors = errors_between(a, b, threads);
    judge(layer, a, b, options);
    return layer;
}

std::string decibels(double snr) { return std::isinf(snr) ? "exact" : format("{:.2f}", snr); }

}  // namespace

double expected_snr_db(const quant::LayerSpec& spec) {
    const bool tensor = spec.scaling == quant::Scaling::kTensor;
    switch (spec.scheme->element) {
        case quant::Element::kF8E4M3: return 28;
        case quant::Element::kF8E5M2: return 22;
        case quant::Element::kI8: return tensor ? 24 : 30;
        case quant::Element::kF4E2M1: return 17;
        case quant::Element::kI4: return 12;
        case quant::Element::kU4: return 16;
        case quant::Element::kBook4: return 18;
    }
    return 0;
}

bool WeightsReport::passed() const {
    return missing.empty() &&
           std::ranges::all_of(layers, [](const LayerComparison& layer) { return layer.problem.empty(); });
}

Result<WeightsReport> compare_weights(const std::string& a, const std::string& b,
                                      const CompareOptions& options, const Progress& progress) {
    TRY(const Weights ours, open_weights(a));
    TRY(const Weights theirs, open_weights(b));
    ThreadPool threads(options.threads);
    WeightsReport report{.a = a, .b = b};
    std::unordered_map<std::string_view, const Weight*> by_name;
    for (const Weight& weight : ours.weights) by_name.emplace(weight.name, &weight);
    size_t done = 0;
    for (const Weight& original : theirs.weights) {
        if (progress) progress("comparing", done++, theirs.weights.size());
        const auto found = by_name.find(original.name);
        if (found == by_name.end()) {
            report.missing.push_back(original.name);
            continue;
        }
        report.layers.push_back(compare_one(*found->second, original, options, threads));
        if (report.layers.back().quantized) report.errors.merge(report.layers.back().errors);
        release_pages(original.stored.storage());
        release_pages(found->second->stored.storage());
        by_name.erase(found);
    }
    for (const Weight& weight : ours.weights)
        if (by_name.contains(weight.name)) report.added.push_back(weight.name);
    if (report.layers.empty()) return fail("{} and {} have no tensor of the same name", a, b);
    return report;
}

std::string to_table(const WeightsReport& report) {
    std::vector<const LayerComparison*> shown;
    size_t quantized = 0, failed = 0, equal = 0;
    for (const LayerComparison& layer : report.layers) {
        quantized += layer.quantized ? 1 : 0;
        failed += layer.problem.empty() ? 0 : 1;
        equal += !layer.quantized && layer.problem.empty() && std::isinf(layer.snr_db) ? 1 : 0;
        if (layer.quantized || !layer.problem.empty() || !std::isinf(layer.snr_db)) shown.push_back(&layer);
    }
    size_t width = 5;
    for (const LayerComparison* layer : shown) width = std::max(width, printable(layer->name).size());
    std::string text = format("{:<{}}  {:<16}  {:>7}  {:>9}  {:>10}\n", "layer", width, "format", "dB",
                              "relative", "largest");
    for (const LayerComparison* layer : shown)
        text += format("{:<{}}  {:<16}  {:>7}  {:>9.5f}  {:>10.4g}{}\n", printable(layer->name), width,
                       layer->format, decibels(layer->snr_db), layer->relative_error, layer->errors.largest,
                       layer->problem.empty() ? "" : "  " + layer->problem);
    text += format(
        "{} quantised layers: {} dB together, relative error {:.5f}, largest {:.4g}; {} other tensors are equal\n",
        quantized, decibels(report.errors.snr_db()), report.errors.relative_error(), report.errors.largest,
        equal);
    for (const std::string& name : report.missing) text += format("missing: {}\n", printable(name));
    for (const std::string& name : report.added)
        text += format("only in the quantised file: {}\n", printable(name));
    return text + (report.passed() ? "PASSED\n"
                                   : format("DIFFERENT: {} tensors fail, {} are missing\n", failed,
                                            report.missing.size()));
}

Json to_json(const WeightsReport& report) {
    Json layers = Json::array();
    for (const LayerComparison& layer : report.layers)
        layers.push_back({{"name", layer.name},
                          {"format", layer.format},
                          {"quantized", layer.quantized},
                          {"snr_db", json_number(layer.snr_db)},
                          {"expected_snr_db", json_number(layer.least_snr_db)},
                          {"relative_error", json_number(layer.relative_error)},
                          {"max_abs_error", layer.errors.largest},
                          {"problem", layer.problem}});
    return Json{{"a", report.a},
                {"b", report.b},
                {"passed", report.passed()},
                {"snr_db", json_number(report.errors.snr_db())},
                {"max_abs_error", report.errors.largest},
                {"missing", report.missing},
                {"only_in_a", report.added},
                {"layers", std::move(layers)}};
}

bool holds_quantized_layers(const std::string& path) {
    const auto file = map_file(path);
    const auto format = file ? formats::recognise(file->bytes(), path) : std::unexpected(file.error());
    if (!format || (*format)->name != "safetensors") return false;  // labels live nowhere else
    const auto weights = open_weights(path);
    return weights && weights->dequantized > 0;
}

}  // namespace lathe::pipeline
