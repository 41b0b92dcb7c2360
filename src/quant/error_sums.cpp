#include <algorithm>
#include <cmath>
#include <limits>

#include "quant/kernels.h"

namespace lathe::quant {

void ErrorSums::merge(const ErrorSums& other) {
    signal += other.signal;
    noise += other.noise;
    largest = std::max(largest, other.largest);
}

double ErrorSums::snr_db() const {
    return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

double ErrorSums::relative_error() const { return signal > 0 ? std::sqrt(noise / signal) : 0; }

}  // namespace lathe::quant
