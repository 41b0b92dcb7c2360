#include "quant/select.h"

#include <algorithm>

#include "base/text.h"
#include "quant/eligible.h"
#include "quant/match.h"
#include "quant/name_classes.h"
#include "quant/target.h"

namespace lathe::quant {
namespace {

std::string with(std::string text, std::string_view more) {
    if (!text.empty() && !more.empty()) text += "; ";
    return text += more;
}

struct CompiledRule {
    NamePattern pattern;
    const Target* target;
    bool matched = false, matched_layer = false;
    std::string example;  // a name it matched
};
struct CompiledPattern {
    NamePattern pattern;
    bool matched = false;
};

class Selector {
public:
    static Result<Selector> make(const SelectOptions& options);
    Choice choose(const TensorInfo& tensor);
    // Errors: a pattern that has matched nothing in choose().
    Status all_matched(std::span<const TensorInfo> tensors) const;

private:
    explicit Selector(const SelectOptions& options) : options_(options), primary_(&options.primary) {}

    Status add_rules();
    CompiledRule* best_rule(const TensorInfo& tensor, bool layer);
    std::string removed(std::string_view name) const;
    std::string kept_by_pattern(std::string_view name);
    std::string kept_by_preset(std::string_view name) const;
    Choice by_rule(const CompiledRule& rule, const TensorInfo& tensor, const std::string& no_layer) const;
    Choice by_primary(const TensorInfo& tensor, const std::string& kept) const;
    Choice cast(const TensorInfo& tensor, DType dtype, std::string why) const;
    Choice fall_back(const TensorInfo& tensor, std::string why) const;
    bool knows_classes() const { return options_.sensible_defaults && options_.presets.empty(); }

    const SelectOptions& options_;
    const Target* primary_;
    std::vector<const Preset*> presets_;
    std::vector<CompiledRule> rules_;
    std::vector<CompiledPattern> exclude_, only_;
};

Result<Selector> Selector::make(const SelectOptions& options) {
    Selector selector(options);
    TRY_STATUS(check_target(options.primary));
    if (options.fallback) TRY_STATUS(with_place(check_target(*options.fallback), "fallback"));
    for (const std::string& name : options.presets) {
        const Preset* preset = preset_named(name);
        if (preset == nullptr) {
            std::vector<std::string> names;
            for (const Preset& known : presets()) names.emplace_back(known.name);
            return fail("there is no preset '{}'; there are {}", printable(name), join(names, ", "));
        }
        selector.presets_.push_back(preset);
    }
    for (const std::string& text : options.exclude) {
        TRY(NamePattern pattern, NamePattern::parse("exclude", text));
        selector.exclude_.push_back({std::move(pattern)});
    }
    for (const std::string& text : options.only) {
        TRY(NamePattern pattern, NamePattern::parse("only", text));
        selector.only_.push_back({std::move(pattern)});
    }
    TRY_STATUS(selector.add_rules());
    return selector;
}

Status Selector::add_rules() {
    for (const Rule& rule : options_.rules) {
        TRY_STATUS(with_place(check_target(rule.target), format("rule '{}'", printable(rule.pattern))));
        if (rule.pattern.empty()) {
            primary_ = &rule.target;
            continue;
        }
        TRY(NamePattern pattern, NamePattern::parse("rule", rule.pattern));
        rules_.push_back({std::move(pattern), &rule.target});
    }
    return {};
}

CompiledRule* Selector::best_rule(const TensorInfo& tensor, bool layer) {
    CompiledRule* best = nullptr;
    size_t most = 0;
    for (CompiledRule& rule : rules_) {
        if (!rule.pattern.found_in(tensor.name)) continue;
        rule.matched = true;
        rule.matched_layer |= layer;
        if (rule.example.empty()) rule.example = tensor.name;
        const size_t specificity = rule.pattern.specificity(tensor.name);
        if (best != nullptr && specificity <= most) continue;
        best = &rule;
        most = specificity;
    }
    return best;
}

std::string Selector::removed(std::string_view name) const {
    for (const Preset* preset : presets_)
        for (const std::string_view text : preset->remove)
            if (name.contains(text)) return format("preset {}: '{}' is left out", preset->name, text);
    return {};
}

std::string Selector::kept_by_pattern(std::string_view name) {
    std::string why;
    for (CompiledPattern& exclude : exclude_) {
        if (!exclude.pattern.found_in(name)) continue;
        exclude.matched = true;
        if (why.empty()) why = format("excluded by '{}'", exclude.pattern.text());
    }
    bool among = only_.empty();
    for (CompiledPattern& only : only_) {
        if (!only.pattern.found_in(name)) continue;
        only.matched = true;
        among = true;
    }
    if (why.empty() && !among) why = "not among the only ones asked for";
    return why;
}

std::string Selector::kept_by_preset(std::string_view name) const {
    for (const Preset* preset : presets_)
        for (const std::string_view text : preset->keep)
            if (name.contains(text)) return format("preset {}: '{}'", preset->name, text);
    return {};
}

Choice Selector::choose(const TensorInfo& tensor) {
    const std::string no_layer = not_a_layer(tensor);
    CompiledRule* rule = best_rule(tensor, no_layer.empty());
    std::string kept = kept_by_pattern(tensor.name);
    if (std::string why = removed(tensor.name); !why.empty())
        return {.action = Action::kRemove, .why = std::move(why)};
    if (rule != nullptr) return by_rule(*rule, tensor, no_layer);
    if (kept.empty()) kept = kept_by_preset(tensor.name);
    if (primary_->keep) return {.why = no_layer.empty() ? "not asked for" : no_layer};
    if (primary_->cast && kept.empty()) return cast(tensor, *primary_->cast, {});
    if (!no_layer.empty()) return {.why = primary_->cast ? kept : no_layer};
    return by_primary(tensor, kept);
}

Choice Selector::by_rule(const CompiledRule& rule, const TensorInfo& tensor,
                         const std::string& no_layer) const {
    const Target& target = *rule.target;
    const std::string why = format("rule '{}'", rule.pattern.text());
    if (target.keep) return {.why = why};
    if (target.cast) return cast(tensor, *target.cast, why);
    if (!no_layer.empty()) return {.why = no_layer};
    Fit fitted = fit(target.spec, tensor);
    if (!fitted.misfit.empty()) return fall_back(tensor, with(why, fitted.misfit));
    return {.action = Action::kQuantize, .spec = std::move(fitted.spec), .why = with(why, fitted.note)};
}

Choice Selector::by_primary(const TensorInfo& tensor, const std::string& kept) const {
    if (!kept.empty()) return fall_back(tensor, kept);
    Fit fitted = fit(primary_->spec, tensor);
    if (knows_classes()) {
        const bool packed = fitted.misfit.empty() && changes_shape(fitted.spec, tensor);
        if (const NameClass* found = class_of(layer_of(tensor.name), packed))
            return fall_back(tensor, std::string(found->why));
    }
    if (!fitted.misfit.empty()) return fall_back(tensor, fitted.misfit);
    if (options_.heuristics)
        if (std::string why = heuristic_reason(fitted.spec, tensor.shape); !why.empty())
            return fall_back(tensor, why);
    return {.action = Action::kQuantize, .spec = std::move(fitted.spec), .why = std::move(fitted.note)};
}

Choice Selector::cast(const TensorInfo& tensor, DType dtype, std::string why) const {
    if (!is_float(tensor.dtype))
        return {.why = with(std::move(why), format("{} elements", name_of(tensor.dtype)))};
    if (tensor.dtype == dtype && !tensor.quantized)
        return {.why = with(std::move(why), format("it is {} already", name_of(dtype)))};
    return {.action = Action::kCast, .cast = dtype, .why = std::move(why)};
}

Choice Selector::fall_back(const TensorInfo& tensor, std::string why) const {
    if (!options_.fallback || options_.fallback->keep) return {.why = std::move(why)};
    const Target& target = *options_.fallback;
    if (target.cast) return cast(tensor, *target.cast, with(std::move(why), "fallback"));
    Fit fitted = fit(target.spec, tensor);
    const bool packed = fitted.misfit.empty() && changes_shape(fitted.spec, tensor);
    const NameClass* found = options_.sensible_defaults ? class_of(layer_of(tensor.name), packed) : nullptr;
    if (found != nullptr && fitted.misfit.empty()) fitted.misfit = not_for_class(*found, fitted.spec, tensor);
    if (!fitted.misfit.empty()) return {.why = with(std::move(why), "fallback: " + fitted.misfit)};
    why = with(with(std::move(why), "fallback"), fitted.note);
    return {.action = Action::kQuantize, .spec = std::move(fitted.spec), .why = std::move(why)};
}

Status Selector::all_matched(std::span<const TensorInfo> tensors) const {
    const auto unmatched = [&](std::string_view what, const NamePattern& pattern) {
        return fail("{} '{}' matches no tensor; the nearest names are {}", what,
                    printable(pattern.text(), 200), nearest_names(tensors, pattern.text()));
    };
    for (const CompiledPattern& exclude : exclude_)
        if (!exclude.matched) return unmatched("exclude", exclude.pattern);
    for (const CompiledPattern& only : only_)
        if (!only.matched) return unmatched("only", only.pattern);
    for (const CompiledRule& rule : rules_) {
        if (!rule.matched) return unmatched("rule", rule.pattern);
        if (rule.matched_layer || rule.target->keep || rule.target->cast) continue;
        const auto tensor = std::ranges::find(tensors, rule.example, &TensorInfo::name);
        return fail(
            "rule '{}' asks for {}, but matches no layer that could be quantised; '{}' it matches: {}",
            printable(rule.pattern.text(), 200), name_of(*rule.target), printable(rule.example, 200),
            not_a_layer(*tensor));
    }
    return {};
}

void count_bytes(const TensorInfo& tensor, Choice& choice) {
    const int64_t count = checked_element_count(tensor.shape).value_or(0);
    choice.bytes_before = static_cast<uint64_t>(bytes_of(tensor.dtype, count));
    switch (choice.action) {
        case Action::kKeep: choice.bytes_after = choice.bytes_before; break;
        case Action::kCast: choice.bytes_after = static_cast<uint64_t>(bytes_of(choice.cast, count)); break;
        case Action::kRemove: break;
        case Action::kQuantize:
            for (const Part& part : parts_of(choice.spec, tensor.shape, tensor.dtype))
                choice.bytes_after += static_cast<uint64_t>(bytes_of(part.dtype, element_count(part.shape)));
            choice.bytes_after += comfy_json(choice.spec, tensor.shape, tensor.dtype).size();
    }
}

}  // namespace

Result<std::vector<Choice>> select(std::span<const TensorInfo> tensors, const SelectOptions& options) {
    TRY(Selector selector, Selector::make(options));
    std::vector<Choice> choices;
    choices.reserve(tensors.size());
    for (const TensorInfo& tensor : tensors) {
        choices.push_back(selector.choose(tensor));
        count_bytes(tensor, choices.back());
    }
    TRY_STATUS(selector.all_matched(tensors));
    return choices;
}

}  // namespace lathe::quant
