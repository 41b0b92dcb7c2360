// The options of the quantised precisions, shared by the formats of export.
#include "cli.h"
#include "pipeline/precision.h"

namespace lathe::cli {

void add_quantization_options(CLI::App& verb, pipeline::QuantizationChoices& choices) {
    constexpr const char* kGroup = "Quantised precisions";
    verb.add_option(
            "--calibration-data", choices.data.paths,
            "int8-static, fp8: inputs like those in use: folders of pictures (prepared as the model "
            "wants them) or of .sgf games, or tensors as they are (.npy, .npz, .pt, .safetensors); or the "
            "word random, to try it")
        ->group(kGroup);
    verb.add_option("--calibration-samples", choices.data.samples, "take at most so many, evenly")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 24))
        ->capture_default_str()
        ->group(kGroup);
    verb.add_option("--calibration-batch", choices.data.batch,
                    "samples in a run, where the model does not fix it")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str()
        ->group(kGroup);
    verb.add_option_function<std::string>(
            "--calibration-method",
            [&choices](const std::string& name) {
                choices.ranges.method.method = *quant::range_method_named(name);
            },
            "how ranges are chosen (default minmax)")
        ->check(CLI::IsMember(quant::range_method_names()))
        ->group(kGroup);
    verb.add_option("--percentile", choices.ranges.method.percentile,
                    "of the method percentile: the share of values, in %, that ranges hold")
        ->check(CLI::Range(50.0, 100.0))
        ->capture_default_str()
        ->group(kGroup);
    verb.add_option("--calibration-cache", choices.ranges.cache,
                    "a file that keeps the ranges; used again only for the same model, data and method")
        ->group(kGroup);
    verb.add_option("--activations", choices.activations, "int8-static: codes of activations")
        ->check(CLI::IsMember({"u8", "i8", "i8-symmetric"}))
        ->capture_default_str()
        ->group(kGroup);
    verb.add_option("--weight-codes", choices.weights, "int8-static: codes of weights")
        ->check(CLI::IsMember({"i8", "u8"}))
        ->capture_default_str()
        ->group(kGroup);
    verb.add_flag("--reduce-range", choices.reduce_range,
                  "int8-static: weights in 7 bits, for x86 processors without VNNI")
        ->group(kGroup);
    verb.add_option("--keep-fp32", choices.keep_fp32,
                    "int8-static, fp8, int4: operators whose names match stay in fp32 (regular expressions)")
        ->group(kGroup);
    verb.add_option("--block", choices.block, "int4: weights that share a scale")
        ->capture_default_str()
        ->group(kGroup);
}

}  // namespace lathe::cli
