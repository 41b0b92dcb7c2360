#include "quant/match.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::quant {
namespace {

// The name that a pattern without operators stands for; empty when it is more than a name.
std::string name_in(std::string_view text) {
    if (text.starts_with('^')) text.remove_prefix(1);
    if (text.ends_with('$') && !text.ends_with("\\$")) text.remove_suffix(1);
    std::string name;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            if (++i == text.size() || !std::string_view(R"(\^$|()[]{}*+?.-/)").contains(text[i])) return {};
        } else if (std::string_view(R"(^$|()[]{}*+?)").contains(text[i])) {
            return {};
        }
        name += text[i];
    }
    return name;
}

// The fewest changes that make `text` a part of `name` (Sellers 1980: edit distance whose ends in the name are free).
size_t distance_within(std::string_view text, std::string_view name) {
    std::vector<size_t> row(name.size() + 1, 0);
    for (size_t i = 1; i <= text.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= name.size(); ++j) {
            const size_t change = diagonal + (text[i - 1] != name[j - 1] ? 1 : 0);
            diagonal = row[j];
            row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
        }
    }
    return *std::ranges::min_element(row);
}

}  // namespace

std::string_view layer_of(std::string_view tensor) {
    constexpr std::string_view kEnd = ".weight";
    if (tensor.ends_with(kEnd)) tensor.remove_suffix(kEnd.size());
    return tensor;
}

NamePattern::NamePattern(Pattern pattern) : pattern_(std::move(pattern)), name_(name_in(pattern_.text())) {}

Result<NamePattern> NamePattern::parse(std::string_view what, std::string_view text) {
    if (text.empty())
        return fail("{}: an empty pattern matches everything; write '.' if that is meant", what);
    TRY(Pattern pattern, with_place(Pattern::parse(text), what));
    return NamePattern(std::move(pattern));
}

bool NamePattern::found_in(std::string_view tensor) const {
    if (pattern_.found_in(tensor)) return true;
    const std::string_view layer = layer_of(tensor);
    return layer.size() != tensor.size() && pattern_.found_in(layer);
}

size_t NamePattern::specificity(std::string_view tensor) const {
    if (name_ == tensor || name_ == layer_of(tensor)) return SIZE_MAX;
    return pattern_.literals();
}

std::string nearest_names(std::span<const TensorInfo> tensors, std::string_view text) {
    constexpr size_t kShown = 3, kCompared = 200;
    std::string plain;  // the pattern's letters, without its operators
    for (const char c : text.substr(0, kCompared))
        if (!std::string_view(R"(\^$|()[]{}*+?)").contains(c)) plain += c;
    std::vector<std::pair<size_t, std::string_view>> order;
    for (const TensorInfo& tensor : tensors)
        order.emplace_back(distance_within(plain, std::string_view(tensor.name).substr(0, kCompared)),
                           tensor.name);
    std::ranges::stable_sort(order, {}, &std::pair<size_t, std::string_view>::first);
    std::vector<std::string> names;
    for (const auto& [distance, name] : order) {
        if (names.size() == kShown) break;
        names.push_back(format("'{}'", printable(name, kCompared)));
    }
    return names.empty() ? "none: there are no tensors" : join(names, ", ");
}

}  // namespace lathe::quant
