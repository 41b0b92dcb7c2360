// The range of values that 8-bit codes of an activation shall cover, chosen from what was seen of it.
//
// ValueHistogram counts values in bins of one width between -limit and limit. The limit is a power of two that doubles when
// a larger value comes, two bins becoming one, so that values are looked at once, and the counts do not depend on the
// order or the portions in which they come. Zeros are counted apart: every code has them exactly.
//
//   minmax      the smallest and the largest value
//   percentile  what is left when (100 - percentile) / 2 % of the values are cut at either end
//   entropy     the threshold on |x| that loses the least information when what is left is put into as many levels as
//               codes are there (Migacz, "8-bit Inference with TensorRT", GTC 2017: Kullback-Leibler divergence of the
//               clipped distribution from the quantised one)
//   mse         the range whose codes have the least squared error, by trying
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::quant {

enum class RangeMethod : uint8_t { kMinMax, kPercentile, kEntropy, kMse };
std::optional<RangeMethod> range_method_named(std::string_view name);
std::string_view name_of(RangeMethod method);  // "minmax", …
std::vector<std::string> range_method_names();

struct ValueRange {
    double low = 0, high = 0;
};

struct RangeOptions {
    RangeMethod method = RangeMethod::kMinMax;
    double percentile = 99.99;
    int codes = 256;  // that the range shall be spread over
    bool symmetric = false;  // the range is [-t, t]
};

class ValueHistogram {
public:
    static constexpr int kBins = 8192;  // a multiple of 4

    // Errors: a NaN or an infinity, naming its place in `values`. Nothing is counted then.
    Status add(std::span<const float> values);
    uint64_t count() const { return count_; }
    ValueRange seen() const { return {low_, high_}; }  // with 0 in it, as every range of codes has
    // Zero is always inside. Of no values: [0, 0].
    ValueRange range(const RangeOptions& options) const;

    // --- for the methods ---
    double width() const { return limit_ / (kBins / 2); }  // of a bin
    double start_of(int bin) const { return (bin - kBins / 2) * width(); }
    std::span<const uint64_t> bins() const { return bins_; }  // without zeros; empty: there were only zeros
    uint64_t zeros() const { return zeros_; }

private:
    void widen(double largest);

    std::vector<uint64_t> bins_;
    double limit_ = 0, low_ = 0, high_ = 0;
    uint64_t count_ = 0, zeros_ = 0;
};

// The squared error, summed over what the histogram holds, of `codes` codes spread over [low, high] with a code for 0.
double squared_error(const ValueHistogram& histogram, const ValueRange& range, int codes);

}  // namespace lathe::quant
