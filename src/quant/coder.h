// LayerCoder: one weight matrix on its way into a scheme's bytes, a few rows at a time, so that no more of it than those
// rows is in memory. First what concerns the whole matrix (`prepare`), then, for every run of rows, `fit` chooses the
// scales and `encode` the codes; the same coder, made from stored parts, decodes.
//
// Rows are f32, already rotated when the spec says so (rotate.h). With Rounding::kNearest scales and codes are exactly the
// plain formulas in float32:
//   fp8   factor = L / max(|W|), at least 1e-12 below; scale = 1 / factor; code = round(clamp(W * factor, ±L)), L = 448, 57344
//   int8  tensor: scale = max(a, 1e-12) / 127, factor = 1 / scale; row: factor = 127 / max(a, 1e-12), scale = 1 / factor;
//         block: scale = max(a / 127, 1e-8), code = round(clamp(W / scale))
//   nvfp4 g = max|W| / 2688; b = e4m3(min(448, (a / 6) / g)); t = g * b; code = e2m1(clamp(W / t, ±6)); t = 0: codes 0
//   mxfp8 e = clamp(ceil(log2(max(a / 448, 2^-127))) + 127, 0, 254); code = e4m3(clamp(W / 2^(e - 127), ±448)); a = 0: e = 0
//   w4a4  scale = max(a, 1e-10) / 7; code = round(W / scale) within ±7
//   w4a8  as comfy-kitchen's: two least-squares passes of block scales against a table of 16 values, then the nearest level
//         of the int8 grid
//   awq   scale = (max - min) / 15 and zero = min + 8 * scale, both rounded to 16 bits; code = round((W - zero) / scale) + 8
// where a is the largest magnitude of the elements that share the scale. A matrix of zeros gets codes 0 and scales 1.
#pragma once
#include <functional>
#include <memory>
#include <span>

#include "quant/kernels.h"
#include "quant/scheme.h"
#include "tensor/tensor.h"

namespace lathe::quant {

class LayerCoder {
public:
    // weight: [rows, columns] as stored, of type `stored`; the spec must fit it (misfit).
    LayerCoder(const LayerSpec& spec, const Shape& weight, DType stored);
    // For decoding: `part` gives the tensors by suffix ("weight_scale"), nullptr for those that are not there.
    // Errors: a part is missing or has another type or shape than parts_of says.
    static Result<LayerCoder> from_parts(const LayerSpec& spec, const Shape& weight, DType stored,
                                         const std::function<const Tensor*(std::string_view)>& part);

    const LayerSpec& spec() const { return spec_; }
    int64_t rows() const { return rows_; }
    int64_t columns() const { return columns_; }
    int64_t bytes_per_row() const { return bytes_per_row_; }  // of codes
    int64_t step() const {
        return step_;
    }  // runs of rows begin and, but for the last, end at multiples of it

    // Whether prepare looks at max_abs, and at sample.
    bool needs_max_abs() const;
    bool needs_sample() const;
    int64_t sample_rows() const;  // how many rows of a sample are worth while
    // max_abs: of the whole matrix (in its rotated form). sample: f32 [any, columns], rows spread over it.
    // weights: f32 [columns], what an error in the column counts (the mean square of the layer's input), or empty.
    void prepare(float max_abs, std::span<const float> sample = {}, std::span<const float> weights = {});

    // values: f32 [count, columns] of the rows from `row` on. Calls for different rows may run at the same time.
    void fit(int64_t row, int64_t count, const float* values);
    // codes: [count, bytes_per_row]. With the scales of the last fit of these rows.
    void encode(int64_t row, int64_t count, const float* values, std::byte* codes) const;
    void decode(int64_t row, int64_t count, const std::byte* codes, float* values) const;
    // decode(encode(values)), in place; the values that the stored layer will have.
    void round_trip(int64_t row, int64_t count, float* values) const;

    // The parts beside X.weight, in the order of parts_of, complete once all rows are fitted.
    std::vector<std::pair<Part, ByteSpan>> side_parts();

private:
    struct State;
    LayerCoder(const LayerSpec& spec, const Shape& weight, std::shared_ptr<State> state);
    void fit_units(int64_t row, int64_t count, const float* values);  // scales in f32: by tensor, row, tile
    void fit_row(int64_t row, const float* values);  // scales of blocks within a row
    void fit_groups(int64_t row, const float* values);  // scales with zero points
    size_t unit_at(int64_t row, int64_t block) const;  // of scales in f32
    void scales_of(int64_t row, float* scales) const;  // of a row's blocks
    float sweep_tensor_scale(std::span<const float> sample, size_t sampled) const;
    void encode_unit(const float* values, size_t count, size_t unit, uint8_t* codes) const;
    void decode_unit(const uint8_t* codes, size_t count, size_t unit, float* values) const;

    LayerSpec spec_;
    int64_t rows_ = 0, columns_ = 0, padded_columns_ = 0, bytes_per_row_ = 0, step_ = 1;
    std::shared_ptr<State> state_;  // shared by copies: a coder is handed to many threads
};

}  // namespace lathe::quant
