#include "image/labels.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/check.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "image/labels_wordnet.h"

namespace lathe::image {
namespace {

std::vector<std::string_view> synset_names() {
    std::vector<std::string_view> names;
    for (const std::string_view line : split(kSynsetNames.substr(1), '\n'))
        for (const std::string_view name : split(line, ';')) names.push_back(name);
    CHECK(names.size() == kSynsetCount);
    return names;
}

std::vector<bool> members(std::string_view set) {
    std::vector<bool> in;
    for (const char c : set)
        for (int bit = 0; c != '\n' && bit < 6; ++bit) in.push_back(((c - '0') >> bit & 1) != 0);
    in.resize(kSynsetCount);
    return in;
}

std::vector<bool> all_but(std::initializer_list<size_t> missing) {
    std::vector<bool> in(kSynsetCount, true);
    for (const size_t i : missing) in[i] = false;
    return in;
}

// The members' names: up to the comma where that is unique among them.
void append_names(const std::vector<bool>& in, Labels& labels) {
    const auto names = synset_names();
    const auto short_name = [&](size_t i) { return names[i].substr(0, names[i].find(", ")); };
    std::map<std::string_view, int> count;
    for (size_t i = 0; i < kSynsetCount; ++i)
        if (in[i]) ++count[short_name(i)];
    for (size_t i = 0; i < kSynsetCount; ++i)
        if (in[i]) labels.emplace_back(count[short_name(i)] > 1 ? names[i] : short_name(i));
}

std::optional<int64_t> index_in(std::string_view key) {
    int64_t index = 0;
    return parse_int(key, index) ? std::optional(index) : std::nullopt;
}

// A name: a string, or the last string of a list.
std::optional<std::string> name_in(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_array() && !value.empty() && value.back().is_string())
        return value.back().get<std::string>();
    return std::nullopt;
}

Result<Labels> by_index(const Json& object) {
    std::map<int64_t, std::string> found;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const bool name_first = it.value().is_number_integer();
        const auto index = name_first ? std::optional(it.value().get<int64_t>()) : index_in(it.key());
        const auto name = name_first ? std::optional(it.key()) : name_in(it.value());
        if (!index || !name)
            return fail("'{}' and its value are no class index and name", printable(it.key(), 40));
        if (!found.emplace(*index, *name).second) return fail("class {} has two names", *index);
    }
    Labels labels;
    for (auto& [index, name] : found) {
        if (index != static_cast<int64_t>(labels.size()))
            return fail("there is no name for class {}", labels.size());
        labels.push_back(std::move(name));
    }
    return labels;
}

Result<Labels> labels_in(const Json& json) {
    if (json.is_object()) {
        for (const std::string_view key : {"id2label", "label2id", "label_names", "labels"})
            if (const Json* inner = find_member(json, key); inner != nullptr && inner->is_structured())
                return inner->is_object() ? by_index(*inner) : labels_in(*inner);
        return by_index(json);
    }
    Labels labels;
    for (const Json& value : json) {
        const auto name = name_in(value);
        if (!name) return fail("entry {} of the list is no name", labels.size());
        labels.push_back(*name);
    }
    return labels;
}

}  // namespace

Result<Labels> imagenet_labels(int64_t classes) {
    Labels labels;
    switch (classes) {
        case 1000: append_names(members(kMembers1k), labels); break;
        case 1001:
            labels.emplace_back("background");
            append_names(members(kMembers1k), labels);
            break;
        case 11221: append_names(members(kMembers21kMiil), labels); break;
        case 11821: append_names(members(kMembers12k), labels); break;
        case 21841: append_names(all_but({kPicture, kTeddy, kBleacher}), labels); break;
        case 21843: append_names(all_but({kTeddy}), labels); break;
        case 21842: {
            append_names(members(kMembers1k), labels);
            auto rest = all_but({kPicture, kTeddy, kBleacher});
            const auto first = members(kMembers1k);
            for (size_t i = 0; i < kSynsetCount; ++i)
                if (first[i]) rest[i] = false;
            append_names(rest, labels);
            break;
        }
        default:
            return fail(
                "ImageNet's names are known for 1000, 1001, 11221, 11821, 21841, 21842 and 21843 classes, not for {}; "
                "give a file with the names",
                classes);
    }
    CHECK(static_cast<int64_t>(labels.size()) == classes);
    return labels;
}

Result<Labels> parse_labels(std::string_view text) {
    const std::string_view trimmed = trim(text);
    if (trimmed.starts_with('{') || trimmed.starts_with('[')) {
        TRY(const Json json, parse_json(trimmed));
        return labels_in(json);
    }
    Labels labels;
    for (const std::string_view line : split(text, '\n')) labels.emplace_back(trim(line));
    while (!labels.empty() && labels.back().empty()) labels.pop_back();
    if (labels.empty()) return fail("there are no names");
    return labels;
}

Result<Labels> load_labels(const std::string& name_or_path, int64_t classes) {
    if (name_or_path == "imagenet") return imagenet_labels(classes);
    TRY(const SharedBytes bytes, map_file(name_or_path));
    TRY(Labels labels, with_place(parse_labels(as_text(bytes.bytes())), name_or_path));
    if (static_cast<int64_t>(labels.size()) != classes)
        return fail("{}: has {} names, but the model has {} classes", name_or_path, labels.size(), classes);
    return labels;
}

}  // namespace lathe::image
