// Static quantisation: every activation has its scale before the graph runs. The result is a graph of quantize_linear and
// dequantize_linear around operators that stay as they are (Q/DQ), the form that ONNX Runtime, TensorRT and others make
// integer kernels of:
//
//   x -> quantize_linear -> dequantize_linear -> conv(., dequantize_linear(w: i8), dequantize_linear(b: i32)) -> relu
//     -> quantize_linear -> dequantize_linear -> ...
//
//   weights      symmetric per output channel, code = round(w / scale), scale = max|w| / 127
//   biases       i32 of scale x_scale * w_scale[o] (a weight's scale grows where its bias would not fit)
//   activations  code = round(x / scale) + zero_point, one scale for a value
//
// conv, gemm and matmul by a constant take codes. add, mul, global_avg_pool and reduce_mean do when an integer operator reads their
// result and their operands come from integer operators (through functions of one value also), so that codes flow
// on; operators that only move or select elements (max_pool, reshape, concat, ...) do too, and have one scale for operands and
// results, as avg_pool. Between a product and a function that the consumer fuses with it (StaticOptions::fused) there are no
// codes. The bias behind a matmul stays f32. Everything else computes in f32.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/pattern.h"
#include "graph/graph.h"

namespace lathe::passes {

using graph::Graph;

struct Range {
    double low = 0, high = 0;
};
using Ranges = std::map<std::string, Range, std::less<>>;  // by the names of values

enum class Results : uint8_t {
    kConvolutions,  // codes for results of convolutions, and of matrix products where an integer operator reads them
    kAll,  // of all products: for formats whose products give no floats
};

struct StaticOptions {
    DType activations = DType::kU8;  // kU8, kI8 or kF8E4M3
    bool symmetric = false;  // zero points of activations are 0 (kI8; f8 is always symmetric)
    DType weights = DType::kI8;  // kI8, kU8 (zero point 128) or, with f8 activations, kF8E4M3
    bool reduce_range = false;  // weights in 7 bits: scale = max|w| / 63
    bool integer_bias = true;  // else biases stay f32
    Results results = Results::kConvolutions;
    bool split_silu = false;  // where sigmoid and multiplication have integer kernels, and silu has none
    std::vector<std::string> fused{"relu", "clip"};  // operators that a consumer computes in the one before
    std::vector<Pattern> keep;  // nodes with such names stay f32
};

// What became of a product.
struct LayerPrecision {
    std::string name, op, precision;  // "int8", "fp8", "int4", "fp32"
    int64_t weights = 0;  // elements
    std::string why;  // it stays fp32, a phrase
};

// What integer kernels know under one name: a matmul of matrices and its bias become a gemm (whose bias can have codes), a mean over
// height and width becomes global_avg_pool, silu (when asked for) x * sigmoid(x). Before the two below.
Result<Graph> prepare_static(Graph graph, const StaticOptions& options);

// The values whose ranges quantize_static() needs, in the graph's order. Errors: options that contradict each other; a pattern of
// `keep` that no node has (naming some that there are).
Result<std::vector<std::string>> values_to_calibrate(const Graph& graph, const StaticOptions& options);

// Norms and constants should have been folded before. Errors: as above; a value without range, or with one that is not
// finite; a weight that is not finite.
Result<Graph> quantize_static(Graph graph, const Ranges& ranges, const StaticOptions& options,
                              std::vector<LayerPrecision>& layers);

struct BlockOptions {
    DType dtype = DType::kI4;
    int64_t block = 32;  // weights of one output channel that share a scale
    std::vector<Pattern> keep;
};

// Only weights: constants that a matmul or gemm multiplies with are stored in blocks along the summed axis, each with a
// scale of its own (the one of least squared error), and dequantised where they are used; arithmetic stays f32.
// Errors: as above.
Result<Graph> quantize_blocks(Graph graph, const BlockOptions& options, std::vector<LayerPrecision>& layers);

}  // namespace lathe::passes
