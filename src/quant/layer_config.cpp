#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "quant/match.h"
#include "quant/target.h"

namespace lathe::quant {
namespace {

constexpr std::array<std::string_view, 11> kKeys = {
    "format",       "skip",        "scaling",
    "scaling_mode", "block_size",  "convrot",
    "rounding",     "simple",      "full_precision_matrix_mult",
    "input_scale",  "linear_dtype"};

// Names by which files say what is stored: they settle the scaling too.
struct FileFormat {
    std::string_view name, scheme;
    Scaling scaling;
    bool by_row_too;  // the name leaves open whether one scale is for the tensor or for a row
};
constexpr FileFormat kFileFormats[] = {
    {"float8_e4m3fn", "fp8_e4m3", Scaling::kTensor, false},
    {"float8_e4m3fn_rowwise", "fp8_e4m3", Scaling::kRow, false},
    {"float8_e4m3fn_blockwise", "fp8_e4m3", Scaling::kBlock, false},
    {"float8_e5m2", "fp8_e5m2", Scaling::kTensor, false},
    {"int8_tensorwise", "int8", Scaling::kTensor, true},
    {"int8_blockwise", "int8", Scaling::kBlock, false},
    {"hybrid_mxfp8", "mxfp8_hybrid", Scaling::kTensor, false},
};

// The settings of one pattern, read key by key.
class Settings {
public:
    Settings(std::string_view pattern, const Json& json) : pattern_(pattern), json_(json) {}

    Result<Target> target();

private:
    template <class... Args>
    std::unexpected<Error> fault(std::string_view key, format_string<Args...> text, Args&&... args) const {
        const std::string what = fmt::vformat(text, fmt::make_format_args(args...));
        return fail("layer config, pattern '{}', key '{}': {}", printable(pattern_, 200), printable(key),
                    what);
    }
    bool has(std::string_view key) const { return find_member(json_, key) != nullptr; }
    Result<std::string> text(std::string_view key) const {
        const Json& value = *find_member(json_, key);
        if (!value.is_string()) return fault(key, "it is {}, not a text", value.type_name());
        return value.get<std::string>();
    }
    Result<bool> flag(std::string_view key) const {
        const Json* value = find_member(json_, key);
        if (value == nullptr) return false;
        if (!value->is_boolean()) return fault(key, "it is {}, not true or false", value->type_name());
        return value->get<bool>();
    }
    Result<int64_t> whole(std::string_view key) const {
        const Json& value = *find_member(json_, key);
        if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX))
            return fault(key, "it is {}, not a whole number", printable(to_text(value)));
        return value.get<int64_t>();
    }

    Status check_keys() const;
    Status read_format();
    Status read_scaling();
    Status read_block_size();
    Status read_rotation();
    Status read_rounding();
    Status read_rest();

    std::string_view pattern_;
    const Json& json_;
    std::string format_;
    const FileFormat* file_format_ = nullptr;
    Target target_;
};

Status Settings::check_keys() const {
    if (!json_.is_object())
        return fail("layer config, pattern '{}': {} stands where an object of settings is expected",
                    printable(pattern_, 200), json_.type_name());
    for (const auto& item : json_.items()) {
        if (item.key().starts_with('_') || std::ranges::find(kKeys, item.key()) != kKeys.end()) continue;
        std::vector<std::string> known(kKeys.begin(), kKeys.end());
        return fault(item.key(), "there is no such setting; there are {}", join(known, ", "));
    }
    return {};
}

Status Settings::read_format() {
    if (!has("format")) return fault("format", "it is missing; give a format or \"skip\": true");
    TRY(format_, text("format"));
    if (format_.empty()) return fault("format", "it is empty; give a format or \"skip\": true");
    const auto found = std::ranges::find(kFileFormats, format_, &FileFormat::name);
    if (found != std::end(kFileFormats)) file_format_ = found;
    auto named = target_named(file_format_ != nullptr ? file_format_->scheme : std::string_view(format_));
    if (!named) {
        std::string all = target_names();
        for (const FileFormat& known : kFileFormats) all += format(", {}", known.name);
        return fault("format", "there is no format '{}'; there are {}", printable(format_), all);
    }
    target_ = *std::move(named);
    if (file_format_ != nullptr) target_.spec.scaling = file_format_->scaling;
    return {};
}

Status Settings::read_scaling() {
    if (has("scaling") && has("scaling_mode"))
        return fault("scaling_mode", "'scaling' is given as well; keep one of them");
    const std::string_view key = has("scaling") ? "scaling" : "scaling_mode";
    if (!has(key)) return {};
    TRY(const std::string name, text(key));
    const auto scaling = scaling_named(name == "block2d" ? "block" : name);
    if (!scaling)
        return fault(key, "there is no scaling '{}'; there are tensor, row and block", printable(name));
    const Scheme& scheme = *target_.spec.scheme;
    if (scheme.block != 0 || scheme.always_rotated) {
        if (scheme.block != 0 && *scaling == Scaling::kBlock) return {};  // what it is anyway
        if (scheme.block == 0 && *scaling == Scaling::kRow) return {};
        return fault(key, "'{}' has its own scaling, not '{}'; leave the key out", format_, name);
    }
    const bool by_row = file_format_ != nullptr && file_format_->by_row_too && *scaling == Scaling::kRow;
    if (file_format_ != nullptr && *scaling != file_format_->scaling && !by_row)
        return fault(key, "'{}' means scaling by {}, not by {}; write \"format\": \"{}\" for that", format_,
                     name_of(file_format_->scaling), name_of(*scaling), scheme.name);
    target_.spec.scaling = *scaling;
    return {};
}

Status Settings::read_block_size() {
    if (!has("block_size")) return {};
    if (find_member(json_, "block_size")->is_null()) return {};
    TRY(const int64_t size, whole("block_size"));
    const Scheme& scheme = *target_.spec.scheme;
    const bool open =
        scheme.element == Element::kU4 || (scheme.block == 0 && target_.spec.scaling == Scaling::kBlock);
    if (!open && scheme.block == 0)
        return fault("block_size",
                     "'{}' scaled by {} has no blocks; leave the key out or write \"scaling\": \"block\"",
                     format_, scheme.always_rotated ? "row" : name_of(target_.spec.scaling));
    if (!open && size != scheme.block)
        return fault("block_size", "'{}' has blocks of {}, not of {}", format_, scheme.block, size);
    if (open) target_.spec.block_size = size;
    return {};
}

Status Settings::read_rotation() {
    if (!has("convrot")) return {};
    const Json& value = *find_member(json_, "convrot");
    if (value.is_boolean()) {
        target_.spec.rotation = value.get<bool>() ? 256 : 0;
        return {};
    }
    TRY(target_.spec.rotation, whole("convrot"));
    return {};
}

Status Settings::read_rounding() {
    target_.spec.rounding = default_rounding(target_.spec);
    TRY(const bool simple, flag("simple"));
    if (simple) target_.spec.rounding = Rounding::kNearest;
    if (!has("rounding")) return {};
    TRY(const std::string name, text("rounding"));
    const auto rounding = rounding_named(name);
    if (!rounding)
        return fault("rounding",
                     "there is no rounding '{}'; there are nearest, sweep, svd, adaround, gptq and awq",
                     printable(name));
    if (simple && *rounding != Rounding::kNearest)
        return fault("rounding", "'{}' contradicts \"simple\": true, which is nearest", name);
    target_.spec.rounding = *rounding;
    return {};
}

Status Settings::read_rest() {
    LayerSpec& spec = target_.spec;
    TRY(spec.full_precision_matmul, flag("full_precision_matrix_mult"));
    TRY(spec.input_scale, flag("input_scale"));
    const bool fp8 = spec.scheme->scale == ScaleCode::kF32 && spec.scheme->pad == 1 &&
                     (spec.scheme->element == Element::kF8E4M3 || spec.scheme->element == Element::kF8E5M2);
    if (spec.input_scale && !fp8) return fault("input_scale", "only fp8 formats have one, not '{}'", format_);
    if (!has("linear_dtype")) return {};
    TRY(const std::string name, text("linear_dtype"));
    if (spec.scheme->element != Element::kI4)
        return fault("linear_dtype", "only convrot_w4a4 has one, not '{}'", format_);
    if (name != "int4" && name != "int8")
        return fault("linear_dtype", "it is int4 or int8, not '{}'", printable(name));
    spec.linear_dtype = name == "int8" ? "int8" : "int4";
    return {};
}

Result<Target> Settings::target() {
    TRY_STATUS(check_keys());
    TRY(const bool skip, flag("skip"));
    if (skip) {
        if (!has("format")) return Target{.keep = true};
        TRY(const std::string name, text("format"));
        if (name.empty() || name == "keep") return Target{.keep = true};
        return fault("skip", "it is true, but '{}' is asked for as well; keep one of them", printable(name));
    }
    TRY_STATUS(read_format());
    if (target_.keep || target_.cast) {
        for (const std::string_view key : kKeys)
            if (key != "format" && key != "skip" && has(key))
                return fault(key, "'{}' has no such setting", format_);
        return target_;
    }
    TRY_STATUS(read_scaling());
    TRY_STATUS(read_block_size());
    TRY_STATUS(read_rotation());
    TRY_STATUS(read_rounding());
    TRY_STATUS(read_rest());
    if (auto status = check_target(target_); !status)
        return fail("layer config, pattern '{}': {}", printable(pattern_, 200), status.error().message);
    return target_;
}

// A pattern that finds this layer alone. Dots stay as they are, for the eye.
std::string pattern_of(std::string_view layer) {
    std::string pattern = "^";
    for (const char c : layer) {
        if (std::string_view(R"(\^$|()[]{}*+?)").contains(c)) pattern += '\\';
        pattern += c;
    }
    return pattern + '$';
}

Json settings_of(const Choice& choice) {
    Json json = Json::object();
    if (choice.action == Action::kKeep) {
        json["skip"] = true;
        return json;
    }
    if (choice.action == Action::kCast) {
        json["format"] = name_of(Target{.cast = choice.cast});
        return json;
    }
    const LayerSpec& spec = choice.spec;
    json["format"] = spec.scheme->name;
    const bool open = spec.scheme->block == 0 && !spec.scheme->always_rotated;
    if (open) json["scaling"] = name_of(spec.scaling);
    if (spec.scheme->element == Element::kU4 || (open && spec.scaling == Scaling::kBlock))
        json["block_size"] = spec.block_size;
    if (spec.rotation != 0) json["convrot"] = spec.rotation;
    json["rounding"] = name_of(spec.rounding);
    if (spec.full_precision_matmul) json["full_precision_matrix_mult"] = true;
    if (spec.input_scale) json["input_scale"] = true;
    if (spec.linear_dtype != "int4") json["linear_dtype"] = spec.linear_dtype;
    return json;
}

}  // namespace

Result<std::vector<Rule>> parse_layer_config(const Json& json) {
    if (!json.is_object())
        return fail("layer config: {} stands where an object of patterns is expected", json.type_name());
    std::vector<Rule> rules;
    for (const auto& item : json.items()) {
        const std::string& pattern = item.key();
        const bool otherwise = pattern == "_default";
        if (pattern.starts_with('_') && !otherwise) continue;
        if (!otherwise) TRY_STATUS(NamePattern::parse("layer config", pattern));
        TRY(Target target, Settings(pattern, item.value()).target());
        rules.push_back({otherwise ? "" : pattern, std::move(target)});
    }
    return rules;
}

Json layer_config_template(std::span<const TensorInfo> tensors, std::span<const Choice> choices) {
    Json json = Json::object();
    for (size_t i = 0; i < tensors.size(); ++i) {
        const TensorInfo& tensor = tensors[i];
        const bool layer =
            tensor.name.ends_with(".weight") && tensor.shape.size() == 2 && is_float(tensor.dtype);
        if (!layer || choices[i].action == Action::kRemove) continue;
        Json settings = settings_of(choices[i]);
        settings["_shape"] = tensor.shape;
        if (!choices[i].why.empty()) settings["_why"] = choices[i].why;
        json[pattern_of(layer_of(tensor.name))] = std::move(settings);
    }
    return json;
}

}  // namespace lathe::quant
