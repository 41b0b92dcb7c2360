// The values that an encoded matrix can take, element by element, once its scales are fitted: read from the coder itself.
#pragma once
#include <cstdint>
#include <vector>

#include "base/threads.h"
#include "quant/coder.h"

namespace lathe::quant {

// Fits the scales of a whole matrix: values [rows, columns].
void fit_all(LayerCoder& coder, const float* values, ThreadPool& threads);
// error += what would be stored of values - values; both [rows, columns].
void add_rounding_error(const LayerCoder& coder, const float* values, float* error, ThreadPool& threads);

class Grid {
public:
    // The coder's scales must have been fitted; later fits do not change the grid.
    Grid(const LayerCoder& coder, ThreadPool& threads);

    // The nearest value of the grid. Of two that are equally far, the one the coder takes may be the other.
    float nearest(int64_t row, int64_t column, float value) const;
    // The values of the grid around it: low <= value <= high, the same if it is beyond the grid's ends.
    struct Pair {
        float low, high;
    };
    Pair around(int64_t row, int64_t column, float value) const;
    // What a code's unit is worth there.
    float step(int64_t row, int64_t column) const { return unit_of(row, column).scale; }

private:
    struct Unit {
        float scale = 0, zero = 0;
    };
    size_t index_of(int64_t row, int64_t column) const {
        return static_cast<size_t>(row * units_in_row_ + column / run_);
    }
    const Unit& unit_of(int64_t row, int64_t column) const { return units_[index_of(row, column)]; }
    void read_units(const LayerCoder& coder, int64_t row);
    void read_levels(const LayerCoder& coder, int64_t row);
    // In units: the last level that is not above the value and the one after it; both the same beyond the ends.
    Pair levels_around(size_t unit, float value) const;

    int64_t columns_ = 0, run_ = 0, units_in_row_ = 0;
    std::vector<Unit> units_;  // [rows, units in a row]
    float lowest_ = 0, highest_ = 0;  // of integers
    std::vector<float> levels_;  // of floats, ascending
    std::vector<float> own_levels_;  // of a codebook: [rows, units in a row, 16], ascending
};

}  // namespace lathe::quant
