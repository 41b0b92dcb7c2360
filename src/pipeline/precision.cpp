#include "pipeline/precision.h"

#include "passes/precision.h"

namespace lathe::pipeline {
namespace {

// Heads stay f32: their few operations decide what a user sees.
const std::vector<std::string>& head_scopes() {
    static const std::vector<std::string> scopes{"policy_head/", "value_head/", "intermediate_policy_head/",
                                                 "intermediate_value_head/"};
    return scopes;
}

}  // namespace

Result<graph::Graph> apply_precision(graph::Graph graph, const std::string& precision, bool half_io,
                                     std::vector<std::string>& notes) {
    if (half_io && precision != "fp16") return fail("--half-io is for fp16, not {}", precision);
    if (precision == "fp32") return graph;
    if (precision == "fp16")
        return passes::to_half(std::move(graph), {.keep_io = !half_io, .keep_scopes = head_scopes()}, notes);
    if (precision == "bf16") {
        notes.emplace_back(
            "weights are stored as bf16, arithmetic is f32: ONNX convolutions take bf16 only from operator set 22, and ONNX "
            "Runtime's CPU has no bf16 kernels");
        return passes::store_weights(std::move(graph), {.dtype = DType::kBF16, .keep_scopes = head_scopes()});
    }
    const passes::QuantizeOptions options{.weights = precision == "uint8" ? DType::kU8 : DType::kI8,
                                          .keep_scopes = head_scopes()};
    if (precision == "int8")
        notes.emplace_back("convolutions hold unsigned 8-bit weights: ONNX Runtime's CPU runs no others");
    return passes::dynamic_quantize(std::move(graph), options, notes);
}

}  // namespace lathe::pipeline
