// Which layers are quantised, and how: from the names, types and shapes of the tensors alone. The plan that comes of it is
// what --plan prints and what the run follows.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "quant/scheme.h"

namespace lathe::quant {

// A model's recipe: plain texts looked for anywhere in a tensor's name. Source: the filters of convert_to_quant 1.3.1.
struct Preset {
    std::string_view name;  // "flux2"
    std::string_view category;  // "text", "diffusion", "video", "image"
    std::span<const std::string_view> keep;  // stays in its own type (or takes the fallback format)
    std::span<const std::string_view> remove;  // is left out of the output
    std::string_view note;
};
std::span<const Preset> presets();
const Preset* preset_named(std::string_view name);

struct TensorInfo {
    std::string name;
    DType dtype = DType::kF32;
    Shape shape;
    bool quantized = false;  // in the source; dtype and shape are those of the matrix that it stands for
};

enum class Action : uint8_t { kKeep, kCast, kQuantize, kRemove };

struct Choice {
    Action action = Action::kKeep;
    LayerSpec spec;  // of kQuantize
    DType cast = DType::kF32;  // of kCast
    std::string why;  // a phrase: "preset flux2: 'img_in'", "bias", "96 columns are no multiple of 64"
    uint64_t bytes_before = 0;  // as dtype and shape say
    uint64_t bytes_after = 0;  // of all its parts, comfy_quant included
};

// What to do with a layer that a rule of the user's chooses.
struct Target {
    bool keep = false;
    std::optional<DType> cast;
    LayerSpec spec;  // where neither
};
// A target by its name on the command line: a scheme, "fp16", "bf16", "fp32" or "keep". Errors: no such format, listing them.
Result<Target> target_named(std::string_view name);

// Patterns are regular expressions (base/pattern.h), searched for in the tensor's full name and in its layer's (without
// ".weight"). Of several rules that match, the one with more literal characters decides, the layer's very name before all;
// of equals the first.
struct Rule {
    std::string pattern;  // empty: what no other rule decides; stands in the place of the primary target
    Target target;
};

struct SelectOptions {
    Target primary;
    // For layers that are kept out by preset, pattern, shape or heuristics, and for those of the sensible defaults where it
    // leaves what loaders read of them as it is.
    std::optional<Target> fallback;
    std::vector<std::string> presets;
    std::vector<std::string> exclude, only;  // patterns
    std::vector<Rule> rules;  // --layer-config and the second format
    bool heuristics = false;  // leave small and ill-shaped layers alone (convert_to_quant --heur)
    bool sensible_defaults =
        true;  // without a preset: leave norms, tables, first and last layers (name_classes.h)
};

// One choice per tensor, in order. What decides, from the first: what a preset removes, rules, exclude, only, presets,
// sensible defaults, a shape that does not fit, heuristics. Only layers are quantised: names that end in ".weight", two
// dimensions, floating point; a cast that is the primary target or a rule's reaches every tensor of floating point.
// Errors: a preset that does not exist (listing them), a pattern that is no regular expression, a rule or pattern that
// matches nothing (with the nearest names), a rule that asks for a format and matches no layer, a target whose settings
// contradict each other.
Result<std::vector<Choice>> select(std::span<const TensorInfo> tensors, const SelectOptions& options);

// --layer-config: {"PATTERN": {"format": "nvfp4", "scaling": "block", "block_size": 128, "convrot": 256,
// "rounding": "sweep", "full_precision_matrix_mult": true, "input_scale": true, "linear_dtype": "int8"} | {"skip": true},
// "_default": {…}}. Keys of convert_to_quant (scaling_mode, simple, float8_e4m3fn, int8_tensorwise, …) are understood too;
// other keys that begin with _ are notes. What is left out is as target_named has it. Errors name the pattern and the key;
// settings that the format could not be written with are errors.
Result<std::vector<Rule>> parse_layer_config(const Json& json);
// A template of that file for these tensors, with what would be done now filled in: read back, it gives the same choices.
Json layer_config_template(std::span<const TensorInfo> tensors, std::span<const Choice> choices);

}  // namespace lathe::quant
