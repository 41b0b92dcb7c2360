#include "pipeline/list.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "zoo/timm/families.h"
#include "zoo/timm/models.h"

namespace lathe::pipeline {
namespace {

// One character class "[a-c]" or "[!a-c]" at the start of `pattern`: whether c is in it, and what follows. Nothing: no
// closing bracket.
struct ClassMatch {
    bool matches;
    std::string_view rest;
};
std::optional<ClassMatch> match_class(std::string_view pattern, char c) {
    const size_t end = pattern.find(']', 2);
    if (end == pattern.npos) return std::nullopt;
    std::string_view inside = pattern.substr(1, end - 1);
    const bool inverted = inside.starts_with('!') || inside.starts_with('^');
    if (inverted) inside.remove_prefix(1);
    bool found = false;
    for (size_t i = 0; i < inside.size(); ++i) {
        if (i + 2 < inside.size() && inside[i + 1] == '-') {
            found = found || (c >= inside[i] && c <= inside[i + 2]);
            i += 2;
        } else found = found || c == inside[i];
    }
    return ClassMatch{found != inverted, pattern.substr(end + 1)};
}

// Shell patterns. A star is tried against every length, the last star only, which is enough.
bool glob(std::string_view pattern, std::string_view text) {
    std::optional<std::pair<std::string_view, std::string_view>> star;
    while (true) {
        bool ok = false;
        if (!pattern.empty() && pattern[0] == '*') {
            pattern.remove_prefix(1);
            star = {pattern, text};
            continue;
        }
        if (text.empty()) {
            if (pattern.empty()) return true;
        } else if (!pattern.empty()) {
            const auto in_class = pattern[0] == '[' ? match_class(pattern, text[0]) : std::nullopt;
            ok = in_class ? in_class->matches : pattern[0] == '?' || pattern[0] == text[0];
            if (ok) pattern = in_class ? in_class->rest : pattern.substr(1);
        }
        if (ok) {
            text.remove_prefix(1);
            continue;
        }
        if (!star || star->second.empty()) return false;
        star->second.remove_prefix(1);
        pattern = star->first;
        text = star->second;
    }
}

bool matches(const zoo::timm::Model& model, const std::string& pattern) {
    if (pattern.empty() || model.family == pattern) return true;
    if (pattern.find_first_of("*?[") != pattern.npos) return glob(pattern, model.name);
    return model.name.find(pattern) != model.name.npos;
}

std::string short_count(int64_t count) {
    if (count >= 1'000'000) return format("{:.2f}M", static_cast<double>(count) / 1e6);
    return count >= 1000 ? format("{:.2f}K", static_cast<double>(count) / 1e3) : format("{}", count);
}

}  // namespace

std::vector<ListedModel> list_models(const std::string& pattern) {
    std::vector<ListedModel> models;
    for (const zoo::timm::Model& model : zoo::timm::all_models()) {
        if (!matches(model, pattern)) continue;
        const auto tags = zoo::timm::tags_of(model);
        const zoo::timm::Config& config = *tags[0].config;
        ListedModel listed{.name = std::string(model.name),
                           .family = std::string(model.family),
                           .type = std::string(model.type),
                           .parameters = model.parameters,
                           .features = model.features,
                           .classes = tags[0].classes,
                           .input_size = {config.channels, config.height, config.width}};
        for (const auto& tag : tags)
            if (!tag.name.empty()) listed.tags.emplace_back(tag.name);
        models.push_back(std::move(listed));
    }
    return models;
}

std::string to_text(const std::vector<ListedModel>& models) {
    size_t width = 5, family_width = 6;
    for (const ListedModel& model : models) {
        width = std::max(width, model.name.size());
        family_width = std::max(family_width, model.family.size());
    }
    std::string text;
    if (!models.empty())
        text = format("{:<{}}  {:<{}}  {:>9}  {:<14}{}\n", "model", width, "family", family_width, "params",
                      "input", "classes");
    for (const ListedModel& model : models)
        text += format("{:<{}}  {:<{}}  {:>9}  {:<14}{}\n", model.name, width, model.family, family_width,
                       short_count(model.parameters),
                       format("{} x {} x {}", model.input_size[0], model.input_size[1], model.input_size[2]),
                       model.classes);
    return text +
           format("{}{} model{}\n", models.empty() ? "" : "\n", models.size(), models.size() == 1 ? "" : "s");
}

Json to_json(const std::vector<ListedModel>& models) {
    Json list = Json::array();
    for (const ListedModel& model : models)
        list.push_back({{"name", model.name},
                        {"family", model.family},
                        {"type", model.type},
                        {"parameters", model.parameters},
                        {"features", model.features},
                        {"classes", model.classes},
                        {"input_size", model.input_size},
                        {"tags", model.tags}});
    return list;
}

}  // namespace lathe::pipeline
