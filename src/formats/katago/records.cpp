#include "formats/katago/records.h"

#include "base/text.h"

namespace lathe::formats::katago {

Records::Scope Records::enter(std::string_view key) {
    levels_.push_back({std::string(key), {}});
    entered(key, -1);
    return Scope(*this);
}

Records::Scope Records::enter(std::string_view key, int64_t index) {
    levels_.push_back({format("{}.{}", key, index), {}});
    entered(key, index);
    return Scope(*this);
}

void Records::leave() {
    left();
    levels_.pop_back();
}

std::string Records::path_of(std::string_view key) const {
    std::string path;
    for (const Level& level : levels_) path += level.key + '.';
    return path.append(key);
}

std::string Records::name() {
    std::string text = word("name");
    if (!levels_.empty()) levels_.back().name = text;
    return text;
}

void Records::fail_here(std::string_view message) {
    if (error_) return;
    std::string place = path_of({});
    if (!place.empty()) place.pop_back();
    std::string_view layer;
    for (const Level& level : levels_)
        if (!level.name.empty()) layer = level.name;
    if (place.empty()) error_ = Error{std::string(message)};
    else if (layer.empty()) error_ = Error{format("{}: {}", place, message)};
    else error_ = Error{format("{} ('{}'): {}", place, printable(layer), message)};
}

void Records::expect_channels(std::string_view what, int64_t found, int64_t expected) {
    if (found != expected) fail_here(format("{} {}, expected {}", found, what, expected));
}

}  // namespace lathe::formats::katago
