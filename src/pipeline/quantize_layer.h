// One item of a quantising run: a weight on its way from the source into the slots of the output.
#pragma once
#include <memory>

#include "base/threads.h"
#include "pipeline/quantize.h"
#include "pipeline/quantize_output.h"

namespace lathe::pipeline {

struct Item {
    const Weight* weight = nullptr;
    const quant::Choice* choice = nullptr;
    std::vector<size_t>
        slots;  // quantised: of parts_of, then comfy_quant and pre_quant_scale where they are written
    std::string json;  // the contents of comfy_quant; empty: not written
    bool pre_quant_scale = false;
    size_t lora_slot = 0;  // of lora_up; lora_down follows. 0: none (slot 0 is always something else)
    int64_t lora_rank = 0;
    const Weight* bias = nullptr;  // written with the layer, corrected; nullptr: on its own, as it is
    size_t bias_slot = 0;
    uint64_t index = 0;
};

// The statistics of a layer's inputs, from a calibration; empty where nothing is known.
struct LayerStatistics {
    std::vector<float> mean_square, mean, products;
    // In the basis of rotated columns.
    LayerStatistics rotated(int64_t group) const;
    quant::InputStatistics view() const { return {mean_square, mean, products}; }
};

struct ItemContext {
    QuantizeOutput& output;
    ThreadPool& threads;
    const QuantizeOptions& options;
    const LayerStatistics& statistics;
};

// Rows that are processed at once: a multiple of the coder's step.
int64_t band_rows(int64_t columns, int64_t step);
// All that process_item writes, in its pieces.
std::vector<Piece> pieces_of(const Item& item);
// Does the work; fills errors. Errors: see quantize().
Status process_item(const Item& item, ItemContext context, uint64_t& sum, LayerReport& report);

}  // namespace lathe::pipeline
