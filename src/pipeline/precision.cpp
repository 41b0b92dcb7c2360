#include "pipeline/precision.h"

#include <algorithm>

#include "base/text.h"
#include "passes/precision.h"

namespace lathe::pipeline {

// Heads stay f32: their few operations decide what a user sees.
const std::vector<std::string>& head_scopes() {
    static const std::vector<std::string> scopes{"policy_head/", "value_head/", "intermediate_policy_head/",
                                                 "intermediate_value_head/"};
    return scopes;
}

namespace {

// The patterns that were asked for, and those of the heads that the graph has.
Result<std::vector<Pattern>> kept_patterns(const std::vector<std::string>& asked) {
    std::vector<Pattern> patterns;
    for (const std::string& text : asked) {
        TRY(Pattern pattern, with_place(Pattern::parse(text), format("--keep-fp32 '{}'", printable(text))));
        patterns.push_back(std::move(pattern));
    }
    return patterns;
}

Status add_heads(const graph::Graph& graph, std::vector<Pattern>& patterns) {
    for (const std::string& scope : head_scopes())
        if (std::ranges::any_of(graph.nodes,
                                [&](const graph::Node& n) { return n.name.starts_with(scope); })) {
            TRY(Pattern pattern, Pattern::parse("^" + scope));
            patterns.push_back(std::move(pattern));
        }
    return {};
}

// How many of the products, and of their weights, are no longer f32.
std::string summary(const std::vector<passes::LayerPrecision>& layers, std::string_view what) {
    int64_t done = 0, weights = 0, all = 0;
    for (const auto& layer : layers) {
        all += layer.weights;
        if (layer.precision == "fp32") continue;
        ++done;
        weights += layer.weights;
    }
    return format("{} of {} products {}, with {:.1f} % of their weights", done, layers.size(), what,
                  all == 0 ? 0.0 : 100.0 * static_cast<double>(weights) / static_cast<double>(all));
}

}  // namespace

std::vector<std::string> precision_names() {
    return {"fp32", "fp16", "bf16", "uint8", "int8", "int8-static", "fp8", "int4"};
}

bool is_calibrated(const std::string& precision) { return precision == "int8-static" || precision == "fp8"; }

Status check_choices(const std::string& precision, const QuantizationChoices& choices) {
    const bool calibrated = is_calibrated(precision);
    if (!calibrated && (!choices.data.paths.empty() || !choices.ranges.cache.empty()))
        return fail("calibration is for --precision int8-static and fp8, not {}", precision);
    if (!calibrated && precision != "int4" && !choices.keep_fp32.empty())
        return fail("--keep-fp32 is for --precision int8-static, fp8 and int4, not {}", precision);
    if (precision != "int8-static" &&
        (choices.activations != "u8" || choices.weights != "i8" || choices.reduce_range))
        return fail(
            "the types of activations and weights, and --reduce-range, are for --precision int8-static, not {}",
            precision);
    if (choices.reduce_range && choices.weights == "u8")
        return fail("--reduce-range is for weights of i8; those of u8 need no smaller range");
    if (choices.weights == "u8" && choices.activations != "u8")
        return fail("weights of u8 go with activations of u8, not {}", choices.activations);
    const double percentile = choices.ranges.method.percentile;
    if (!(percentile > 50 && percentile <= 100))
        return fail("the percentile is {}, expected more than 50 and at most 100", percentile);
    if (choices.block < 16 || choices.block > 4096 || (choices.block & (choices.block - 1)) != 0)
        return fail("blocks have {} weights, expected a power of two from 16 to 4096", choices.block);
    TRY(const auto patterns, kept_patterns(choices.keep_fp32));
    if (calibrated) TRY_STATUS(check_calibration_data(choices.data));
    return {};
}

Result<passes::StaticOptions> static_options(const std::string& precision,
                                             const QuantizationChoices& choices) {
    passes::StaticOptions options;
    TRY(options.keep, kept_patterns(choices.keep_fp32));
    if (precision == "fp8") {
        options.activations = options.weights = DType::kF8E4M3;
        options.integer_bias = false;
        return options;
    }
    options.split_silu = true;
    options.activations = choices.activations == "u8" ? DType::kU8 : DType::kI8;
    options.symmetric = choices.activations == "i8-symmetric";
    options.weights = choices.weights == "u8" ? DType::kU8 : DType::kI8;
    options.reduce_range = choices.reduce_range;
    return options;
}

Result<Precised> apply_precision(graph::Graph graph, const std::string& precision,
                                 const QuantizationChoices& choices, bool half_io) {
    Precised result;
    if (precision == "fp32") {
        result.graph = std::move(graph);
        return result;
    }
    if (precision == "fp16") {
        TRY(result.graph, passes::to_half(std::move(graph),
                                          {.keep_io = !half_io, .keep_scopes = head_scopes()}, result.notes));
        return result;
    }
    if (precision == "bf16") {
        result.notes.emplace_back(
            "weights are stored as bf16, arithmetic is f32: ONNX convolutions take bf16 only from operator set 22, and ONNX "
            "Runtime's CPU has no bf16 kernels");
        TRY(result.graph,
            passes::store_weights(std::move(graph), {.dtype = DType::kBF16, .keep_scopes = head_scopes()}));
        return result;
    }
    if (precision == "int4") {
        passes::BlockOptions options{.dtype = DType::kI4, .block = choices.block};
        TRY(options.keep, kept_patterns(choices.keep_fp32));
        TRY_STATUS(add_heads(graph, options.keep));
        TRY(result.graph, passes::quantize_blocks(std::move(graph), options, result.layers));
        result.notes.push_back(
            summary(result.layers,
                    format("have weights of 4 bits in blocks of {}, arithmetic is f32", choices.block)));
        return result;
    }
    const passes::QuantizeOptions options{.weights = precision == "uint8" ? DType::kU8 : DType::kI8,
                                          .keep_scopes = head_scopes()};
    if (precision == "int8")
        result.notes.emplace_back(
            "convolutions hold unsigned 8-bit weights: ONNX Runtime's CPU runs no others");
    TRY(result.graph, passes::dynamic_quantize(std::move(graph), options, result.notes));
    return result;
}

Result<Precised> apply_calibrated(graph::Graph graph, const InputSets& inputs,
                                  const QuantizationChoices& choices, const passes::StaticOptions& asked,
                                  const Progress& progress) {
    passes::StaticOptions options = asked;
    TRY(graph, passes::prepare_static(std::move(graph), options));
    TRY_STATUS(add_heads(graph, options.keep));
    TRY(const auto values, passes::values_to_calibrate(graph, options));
    RangeChoices ranges = choices.ranges;
    const bool f8 = options.activations == DType::kF8E4M3;
    ranges.method.symmetric = options.symmetric || f8;
    ranges.method.codes = options.symmetric ? 255 : 256;
    TRY(MeasuredRanges measured, measure_ranges(graph, values, inputs, ranges, progress));
    Precised result{.notes = inputs.notes};
    TRY(result.graph, passes::quantize_static(std::move(graph), measured.ranges, options, result.layers));
    result.notes.insert(result.notes.end(), measured.notes.begin(), measured.notes.end());
    result.notes.push_back(summary(result.layers, f8 ? "compute with codes of f8e4m3" : "compute in 8 bits"));
    result.notes.push_back(format("ranges of {} activations by {} on {}", values.size(),
                                  quant::name_of(ranges.method.method), inputs.described));
    return result;
}

Result<graph::Graph> int8_arithmetic(graph::Graph graph, std::vector<std::string>& notes) {
    const passes::QuantizeOptions options{
        .weights = DType::kI8, .exact_sums = true, .keep_scopes = head_scopes()};
    return passes::dynamic_quantize(std::move(graph), options, notes);
}

}  // namespace lathe::pipeline
