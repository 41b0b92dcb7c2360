#include "zoo/timm/models.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace lathe::zoo::timm {
namespace {

uint64_t hash_of(std::string_view text, uint64_t hash = 0xcbf29ce484222325) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

Tag parse_tag(std::string_view text) {
    const size_t equals = text.find('='), colon = text.find(':', equals);
    int64_t config = 0, classes = 0;
    CHECK(colon != text.npos && parse_int(text.substr(equals + 1, colon - equals - 1), config) &&
          parse_int(text.substr(colon + 1), classes));
    return {.name = text.substr(0, equals),
            .config = &all_configs()[static_cast<size_t>(config)],
            .classes = static_cast<int32_t>(classes)};
}

// Insertions, deletions and changes of one character that lead from a to b (Levenshtein 1966).
size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t change = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
            diagonal = row[j];
            row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::vector<std::string> quoted;
    for (const std::string& name : names) quoted.push_back("'" + name + "'");
    return join(quoted, ", ");
}

}  // namespace

const Model* find_model(std::string_view name) {
    const auto models = all_models();
    const auto at =
        std::lower_bound(models.begin(), models.end(), name,
                         [](const Model& model, std::string_view key) { return model.name < key; });
    return at != models.end() && at->name == name ? &*at : nullptr;
}

std::vector<Tag> tags_of(const Model& model) {
    std::vector<Tag> tags;
    for (const std::string_view tag : split(model.tags, ' ')) tags.push_back(parse_tag(tag));
    return tags;
}

std::vector<std::string> nearest_names(std::string_view name, size_t count) {
    const std::string_view wanted = name.substr(0, 100);
    std::vector<std::pair<size_t, std::string_view>> ranked;
    for (const Model& model : all_models()) {
        // What begins with the words given comes before what only looks like them.
        const bool begins = wanted.size() >= 3 && model.name.starts_with(wanted);
        const size_t distance =
            begins ? (model.name.size() - wanted.size() + 3) / 4 : edit_distance(wanted, model.name);
        ranked.emplace_back(distance, model.name);
    }
    std::ranges::sort(ranked);
    std::vector<std::string> names;
    for (size_t i = 0; i < std::min(count, ranked.size()); ++i) names.emplace_back(ranked[i].second);
    return names;
}

Result<Chosen> choose_model(std::string_view name) {
    for (const std::string_view prefix : {"hf_hub:", "hf-hub:", "timm/"})
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const size_t dot = name.find('.');
    const Model* model = find_model(name.substr(0, dot));
    if (model == nullptr)
        return fail("no model is called '{}'; the nearest names are {}; `lathe list` shows all",
                    printable(name), quoted_list(nearest_names(name.substr(0, dot), 3)));
    const std::vector<Tag> tags = tags_of(*model);
    if (dot == name.npos) return Chosen{model, tags[0]};
    std::vector<std::string> names;
    for (const Tag& tag : tags) {
        if (tag.name == name.substr(dot + 1)) return Chosen{model, tag};
        names.emplace_back(tag.name);
    }
    return fail("{} has no weights tagged '{}'; its tags are {}", model->name,
                printable(name.substr(dot + 1)), quoted_list(names));
}

void TensorSetHash::add(std::string_view name, std::span<const int64_t> shape) {
    uint64_t hash = hash_of(name);
    names += hash;
    for (const int64_t size : shape) hash = hash_of(format(",{}", size), hash);
    shapes += hash;
}

bool is_of_layers(std::string_view tensor_name, std::string_view layers) {
    for (const std::string_view layer : split(layers, ' '))
        if (!layer.empty() && tensor_name.starts_with(layer) && tensor_name.size() > layer.size() &&
            tensor_name[layer.size()] == '.')
            return true;
    return false;
}

}  // namespace lathe::zoo::timm
