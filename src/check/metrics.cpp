#include "check/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace lathe::check {
namespace {

bool close(double actual, double desired, Tolerance t) {
    if (std::isnan(actual) || std::isnan(desired)) return std::isnan(actual) && std::isnan(desired);
    if (std::isinf(actual) || std::isinf(desired)) return actual == desired;
    return std::fabs(actual - desired) <= t.atol + t.rtol * std::fabs(desired);
}

// Both signals' powers, kept until the end so that merged metrics stay exact.
double snr(double signal, double noise) {
    if (noise == 0) return std::numeric_limits<double>::infinity();
    return 10 * std::log10(signal / noise);
}

size_t arg_max(std::span<const double> row) {
    return static_cast<size_t>(std::ranges::max_element(row) - row.begin());
}

void count_top1(Metrics& m, std::span<const double> actual, std::span<const double> desired) {
    const int64_t width = m.shape.empty() ? 1 : m.shape.back();
    if (width < 2) return;
    const auto w = static_cast<size_t>(width);
    for (size_t at = 0; at < desired.size(); at += w) {
        ++m.rows;
        m.top1_agree += arg_max(actual.subspan(at, w)) == arg_max(desired.subspan(at, w));
    }
}

Json number(double value) {
    if (std::isfinite(value)) return value;
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

}  // namespace

Tolerance tolerance_for(DType arithmetic) {
    switch (arithmetic) {
        case DType::kF64: return {1e-9, 1e-9};
        case DType::kF32: return {1e-3, 1e-4};
        case DType::kF16: return {2e-2, 5e-2};
        case DType::kBF16: return {1e-1, 4e-1};
        case DType::kI8:
        case DType::kU8: return {2e-1, 2.0};
        default: return {0, 0};
    }
}

Result<Metrics> compare(std::string name, const Tensor& actual, const Tensor& desired, Tolerance tolerance) {
    if (actual.shape() != desired.shape())
        return fail("output '{}' has shape {}, the reference {}", name, to_string(actual.shape()),
                    to_string(desired.shape()));
    Metrics m{.name = std::move(name), .shape = desired.shape(), .count = desired.count()};
    const auto a = actual.to_doubles(), d = desired.to_doubles();
    double signal = 0, noise = 0, total = 0;
    for (size_t i = 0; i < d.size(); ++i) {
        if (!close(a[i], d[i], tolerance)) ++m.mismatched;
        const bool same = a[i] == d[i] || (std::isnan(a[i]) && std::isnan(d[i]));
        const double error = same ? 0 : std::fabs(a[i] - d[i]);
        const double worse = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
        if (worse > m.max_abs || m.worst < 0) {
            m.max_abs = worse;
            m.worst = static_cast<int64_t>(i);
            m.worst_actual = a[i];
            m.worst_desired = d[i];
        }
        if (d[i] != 0) m.max_rel = std::max(m.max_rel, worse / std::fabs(d[i]));
        if (std::isfinite(d[i])) m.max_desired = std::max(m.max_desired, std::fabs(d[i]));
        total += worse;
        signal += std::isfinite(d[i]) ? d[i] * d[i] : 0;
        noise += worse * worse;
    }
    m.mean_abs = d.empty() ? 0 : total / static_cast<double>(d.size());
    m.snr_db = snr(signal, noise);
    count_top1(m, a, d);
    return m;
}

void merge(Metrics& total, const Metrics& next) {
    if (next.max_abs > total.max_abs || total.worst < 0) {
        total.max_abs = next.max_abs;
        total.worst = next.worst;
        total.worst_actual = next.worst_actual;
        total.worst_desired = next.worst_desired;
        total.shape = next.shape;
    }
    const auto n = static_cast<double>(total.count), k = static_cast<double>(next.count);
    if (n + k > 0) total.mean_abs = (total.mean_abs * n + next.mean_abs * k) / (n + k);
    total.count += next.count;
    total.max_rel = std::max(total.max_rel, next.max_rel);
    total.snr_db = std::min(total.snr_db, next.snr_db);
    total.max_desired = std::max(total.max_desired, next.max_desired);
    total.mismatched += next.mismatched;
    total.rows += next.rows;
    total.top1_agree += next.top1_agree;
}

bool Comparison::passed() const {
    return std::ranges::all_of(outputs, [](const Metrics& m) { return m.passed(); });
}

std::string to_table(const Comparison& comparison) {
    size_t width = 6;
    for (const Metrics& m : comparison.outputs) width = std::max(width, m.name.size());
    const bool judged = !std::isinf(comparison.tolerance.atol);
    std::string text = format("{:<{}}  {:>10} {:>10} {:>10} {:>10} {:>9} {:>10}  {}\n", "output", width,
                              "max |err|", "mean |err|", "max rel", "max |ref|", "SNR dB", "top-1", "result");
    for (const Metrics& m : comparison.outputs) {
        const std::string top1 = m.rows > 0 ? format("{}/{}", m.top1_agree, m.rows) : "-";
        const std::string snr_text =
            std::isinf(m.snr_db) && m.snr_db > 0 ? "exact" : format("{:.1f}", m.snr_db);
        text +=
            format("{:<{}}  {:>10.3g} {:>10.3g} {:>10.3g} {:>10.4g} {:>9} {:>10}  {}\n", m.name, width,
                   m.max_abs, m.mean_abs, m.max_rel, m.max_desired, snr_text, top1,
                   m.passed() ? (judged ? "ok" : "-")
                              : format("{} of {} differ", with_commas(static_cast<uint64_t>(m.mismatched)),
                                       with_commas(static_cast<uint64_t>(m.count))));
        if (!m.passed())
            text += format("{:<{}}  worst at element {}: {:.9g}, reference {:.9g}\n", "", width, m.worst,
                           m.worst_actual, m.worst_desired);
    }
    if (!judged && comparison.passed())
        return text + format("{} set{} of inputs; nothing is judged without a tolerance (--atol, --rtol)\n",
                             comparison.samples, comparison.samples == 1 ? "" : "s");
    text += format("{} set{} of inputs, tolerance |err| <= {:g} + {:g}*|ref|: {}\n", comparison.samples,
                   comparison.samples == 1 ? "" : "s", comparison.tolerance.atol, comparison.tolerance.rtol,
                   comparison.passed() ? "equal within the tolerance" : "DIFFERENT");
    return text;
}

Json to_json(const Comparison& comparison) {
    Json outputs = Json::array();
    for (const Metrics& m : comparison.outputs)
        outputs.push_back({{"name", m.name},
                           {"shape", m.shape},
                           {"count", m.count},
                           {"max_abs", number(m.max_abs)},
                           {"mean_abs", number(m.mean_abs)},
                           {"max_rel", number(m.max_rel)},
                           {"snr_db", number(m.snr_db)},
                           {"max_reference", number(m.max_desired)},
                           {"mismatched", m.mismatched},
                           {"rows", m.rows},
                           {"top1_agree", m.top1_agree},
                           {"passed", m.passed()}});
    return {{"passed", comparison.passed()},
            {"samples", comparison.samples},
            {"rtol", comparison.tolerance.rtol},
            {"atol", comparison.tolerance.atol},
            {"outputs", std::move(outputs)}};
}

}  // namespace lathe::check
