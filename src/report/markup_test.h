// A strict reader of markup for tests: whether every element is closed in order and every & begins an entity.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lathe::report {

// Empty when it is well formed, else what is wrong. Counts the elements of each name in `seen` when given.
inline std::string fault_of_markup(std::string_view text, std::vector<std::string>* seen = nullptr) {
    std::vector<std::string> open;
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '&') {
            const size_t end = text.find(';', at);
            const std::string_view entity = text.substr(at, std::min(end, text.size()) - at);
            constexpr std::string_view kKnown[] = {"&amp", "&lt", "&gt", "&quot", "&#39"};
            if (std::ranges::find(kKnown, entity) == std::end(kKnown))
                return "bad entity " + std::string(entity);
        }
        if (text[at] == '>') return "a bare >";
        if (text[at] != '<') {
            ++at;
            continue;
        }
        size_t end = at + 1;
        for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) {
            if (text[end] == '<') return "a bare < within a tag";
            if (text[end] == '"') quoted = !quoted;
        }
        if (end == text.size()) return "an unfinished tag";
        const std::string tag(text.substr(at + 1, end - at - 1));
        const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
        at = end + 1;
        if (tag.starts_with('!') || name == "meta" || tag.ends_with('/')) continue;
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) return "unexpected <" + tag + ">";
            open.pop_back();
            continue;
        }
        open.push_back(name);
        if (seen != nullptr) seen->push_back(name);
        if (name == "style") at = std::min(text.find("</style>", at), text.size());
    }
    return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

}  // namespace lathe::report
