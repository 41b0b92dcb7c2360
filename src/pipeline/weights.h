// The tensors of a checkpoint as quantising sees them: quantised layers are matrices again, LoRA files are merged in, and
// rows come as f32 when they are asked for, so that no tensor is in memory as a whole.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/checkpoint.h"
#include "quant/kernels.h"
#include "quant/stored.h"

namespace lathe::pipeline {

// A part of a low-rank change of a weight: W += factor * up * down.
struct LowRankTerm {
    double factor = 1;
    std::vector<float> up, down;  // [rows, rank], [rank, columns]
    int64_t rank = 0;
};

struct Weight {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
    Tensor stored;  // as it lies in the file
    std::shared_ptr<const quant::StoredReader> reader;  // of a quantised layer
    std::string format;  // "nvfp4", as its reader knows it; of other tensors the type: "bf16"
    quant::LayerSpec spec;  // of a quantised layer
    std::vector<LowRankTerm> terms;

    bool raw() const { return reader == nullptr && terms.empty(); }
    bool quantized() const { return reader != nullptr; }
    // Rows of a matrix (or of any tensor seen as [first dimension, the rest]) as f32.
    void read_rows(int64_t first, int64_t count, float* values) const;
    // The range of these rows as they are read.
    quant::Range range_of_rows(int64_t first, int64_t count) const;
};

struct Weights {
    graph::Checkpoint checkpoint;
    std::vector<Weight> weights;  // in the file's order; parts of quantised layers are not among them
    std::vector<std::pair<std::string, std::string>>
        texts;  // of the file's metadata, without what told of quantising
    size_t dequantized = 0;
    std::vector<std::string> notes;
};

// Opens a checkpoint of any format that holds tensors. Errors: those of the reader, of find_stored_layers, no tensors.
Result<Weights> open_weights(const std::string& path);

// Merges a LoRA file: PREFIX.X.lora_up.weight / lora_down.weight / alpha, lora_A / lora_B, lora.up / lora.down, for weights X
// that are named with or without "diffusion_model.", "model.", "lora_unet_" (underscores for dots). W += strength * alpha / rank * up down.
// Errors: an unreadable file, none of its layers is here, shapes that do not fit (naming them).
Status merge_lora(Weights& weights, const std::string& path, double strength);

// Rows [first, first + count) of the first axis; no byte moves.
Tensor rows_of(const Tensor& tensor, int64_t first, int64_t count);

}  // namespace lathe::pipeline
