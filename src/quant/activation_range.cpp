#include "quant/activation_range.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace lathe::quant {
namespace {

constexpr std::array<std::string_view, 4> kNames{"minmax", "percentile", "entropy", "mse"};

// The place below which there are at most `most` values, searched from the lowest bin up (or the highest down).
double cut_end(const ValueHistogram& h, double most, bool from_below) {
    const auto bins = h.bins();
    double passed = 0;
    for (int i = 0; i < ValueHistogram::kBins; ++i) {
        const int bin = from_below ? i : ValueHistogram::kBins - 1 - i;
        // The zeros stand between the bins that end and begin there.
        if (i == ValueHistogram::kBins / 2 && (passed += static_cast<double>(h.zeros())) > most) return 0;
        passed += static_cast<double>(bins[static_cast<size_t>(bin)]);
        if (passed > most) return h.start_of(bin) + (from_below ? 0 : h.width());
    }
    return 0;
}

ValueRange percentile_range(const ValueHistogram& h, const RangeOptions& options) {
    const double cut = static_cast<double>(h.count()) * (100 - options.percentile) / 100;
    const ValueRange seen = h.seen();
    if (!options.symmetric)
        return {std::clamp(cut_end(h, cut / 2, true), seen.low, 0.0),
                std::clamp(cut_end(h, cut / 2, false), 0.0, seen.high)};
    // By the size of the values: both ends together.
    const auto bins = h.bins();
    double passed = 0, threshold = 0;
    constexpr int kHalf = ValueHistogram::kBins / 2;
    for (int i = kHalf - 1; i >= 0 && threshold == 0; --i) {
        passed += static_cast<double>(bins[static_cast<size_t>(kHalf + i)] +
                                      bins[static_cast<size_t>(kHalf - 1 - i)]);
        if (passed > cut) threshold = (i + 1) * h.width();
    }
    threshold = std::min(threshold, std::max(-seen.low, seen.high));
    return {-threshold, threshold};
}

// Counts of |x|, two bins of the histogram in one, as far as there are any.
std::vector<double> magnitudes(const ValueHistogram& h) {
    constexpr int kHalf = ValueHistogram::kBins / 2;
    std::vector<double> counts(kHalf / 2, 0);
    for (int i = 0; i < kHalf; ++i)
        counts[static_cast<size_t>(i / 2)] += static_cast<double>(
            h.bins()[static_cast<size_t>(kHalf + i)] + h.bins()[static_cast<size_t>(kHalf - 1 - i)]);
    while (!counts.empty() && counts.back() == 0) counts.pop_back();
    return counts;
}

// The divergence of the first `kept` counts, with all that lies beyond added to the last, from the same counts without
// that, put into `levels` equal levels; a level is spread evenly over those of its counts that are not 0 in the first.
double divergence(std::span<const double> counts, size_t kept, double beyond, size_t levels) {
    double total_p = beyond, total_q = 0, sum = 0;
    for (size_t i = 0; i < kept; ++i) total_q += counts[i];
    total_p += total_q;
    if (total_q == 0) return HUGE_VAL;
    for (size_t level = 0; level < levels; ++level) {
        const size_t from = level * kept / levels, to = (level + 1) * kept / levels;
        const auto clipped = [&](size_t i) { return counts[i] + (i + 1 == kept ? beyond : 0); };
        double in_level = 0, filled = 0;
        for (size_t i = from; i < to; ++i) in_level += counts[i], filled += clipped(i) > 0 ? 1 : 0;
        const double spread = filled > 0 ? in_level / filled / total_q : 0;
        for (size_t i = from; i < to; ++i) {
            const double p = clipped(i) / total_p;
            if (p > 0) sum += p * std::log(p / (spread > 0 ? spread : 1e-12));
        }
    }
    return sum;
}

ValueRange entropy_range(const ValueHistogram& h, const RangeOptions& options) {
    const ValueRange seen = h.seen();
    const std::vector<double> counts = magnitudes(h);
    const bool both_signs = options.symmetric || (seen.low < 0 && seen.high > 0);
    const auto levels = static_cast<size_t>(both_signs ? options.codes / 2 : options.codes);
    size_t best = counts.size();
    double least = HUGE_VAL, beyond = 0;
    for (size_t kept = counts.size(); kept >= std::max<size_t>(levels, 1); --kept) {
        const double found = divergence(counts, kept, beyond, levels);
        if (found < least) least = found, best = kept;
        beyond += counts[kept - 1];
    }
    const double threshold =
        std::min(static_cast<double>(best) * 2 * h.width(), std::max(-seen.low, seen.high));
    if (options.symmetric) return {-threshold, threshold};
    return {std::max(seen.low, -threshold), std::min(seen.high, threshold)};
}

ValueRange mse_range(const ValueHistogram& h, const RangeOptions& options) {
    constexpr int kSteps = 100;
    const ValueRange seen = h.seen();
    const double largest = std::max(-seen.low, seen.high);
    ValueRange best = options.symmetric ? ValueRange{-largest, largest} : seen;
    double least = squared_error(h, best, options.codes);
    const auto offer = [&](const ValueRange& range) {
        const double error = squared_error(h, range, options.codes);
        if (error < least) least = error, best = range;
    };
    const ValueRange whole = best;
    for (int i = kSteps - 1; i > 0; --i) offer({whole.low * i / kSteps, whole.high * i / kSteps});
    if (options.symmetric || whole.low == 0 || whole.high == 0) return best;
    // Then each end by itself.
    for (ValueRange from = best; const bool low : {false, true}) {
        for (int i = kSteps; i > 0; --i)
            offer(low ? ValueRange{whole.low * i / kSteps, from.high}
                      : ValueRange{from.low, whole.high * i / kSteps});
        from = best;
    }
    return best;
}

}  // namespace

std::optional<RangeMethod> range_method_named(std::string_view name) {
    for (size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == name) return static_cast<RangeMethod>(i);
    return std::nullopt;
}

std::string_view name_of(RangeMethod method) { return kNames[static_cast<size_t>(method)]; }

std::vector<std::string> range_method_names() { return {kNames.begin(), kNames.end()}; }

// Bins of twice the width, until the largest value is below the limit.
void ValueHistogram::widen(double largest) {
    if (bins_.empty()) {
        bins_.assign(kBins, 0);
        limit_ = std::ldexp(1, std::ilogb(largest) + 1);
        return;
    }
    int doublings = 0;
    while (limit_ <= largest) limit_ *= 2, ++doublings;
    if (doublings == 0) return;
    std::vector<uint64_t> wider(kBins, 0);
    for (int i = 0; i < kBins; ++i) {
        const int from_middle = i - kBins / 2;
        const int bin = doublings > 30 ? (from_middle < 0 ? -1 : 0) : from_middle >> doublings;
        wider[static_cast<size_t>(bin + kBins / 2)] += bins_[static_cast<size_t>(i)];
    }
    bins_ = std::move(wider);
}

Status ValueHistogram::add(std::span<const float> values) {
    float low = 0, high = 0, bad = 0;
    for (const float v : values) {
        low = std::min(low, v);
        high = std::max(high, v);
        bad += v * 0.0f;  // NaN as soon as one value is not finite
    }
    if (bad != 0 || std::isnan(bad)) {
        size_t at = 0;
        while (std::isfinite(values[at])) ++at;
        return fail("element {} is {}", at, std::isnan(values[at]) ? "not a number" : "infinite");
    }
    count_ += values.size();
    low_ = std::min(low_, static_cast<double>(low));
    high_ = std::max(high_, static_cast<double>(high));
    const double largest = std::max(-static_cast<double>(low), static_cast<double>(high));
    if (largest == 0) {
        zeros_ += values.size();
        return {};
    }
    widen(largest);
    const double per_unit = 1 / width();
    uint64_t zeros = 0;
    for (const float v : values) {
        if (v == 0) ++zeros;
        else ++bins_[static_cast<size_t>(static_cast<int>(std::floor(v * per_unit)) + kBins / 2)];
    }
    zeros_ += zeros;
    return {};
}

ValueRange ValueHistogram::range(const RangeOptions& options) const {
    if (bins_.empty()) return {};
    switch (options.method) {
        case RangeMethod::kPercentile: return percentile_range(*this, options);
        case RangeMethod::kEntropy: return entropy_range(*this, options);
        case RangeMethod::kMse: return mse_range(*this, options);
        case RangeMethod::kMinMax: break;
    }
    const double largest = std::max(-low_, high_);
    return options.symmetric ? ValueRange{-largest, largest} : seen();
}

double squared_error(const ValueHistogram& histogram, const ValueRange& range, int codes) {
    if (histogram.bins().empty()) return 0;
    const double scale = (range.high - range.low) / (codes - 1);
    if (!(scale > 0)) return HUGE_VAL;
    const double lowest = std::nearbyint(range.low / scale), highest = lowest + codes - 1,
                 per_unit = 1 / scale;
    double sum = 0;
    for (int i = 0; i < ValueHistogram::kBins; ++i) {
        const auto count = histogram.bins()[static_cast<size_t>(i)];
        if (count == 0) continue;
        const double x = histogram.start_of(i) + histogram.width() / 2;
        const double q = std::clamp(std::nearbyint(x * per_unit), lowest, highest) * scale;
        sum += static_cast<double>(count) * (x - q) * (x - q);
    }
    return sum;
}

}  // namespace lathe::quant
