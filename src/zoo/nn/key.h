// Key: where a module lies in a checkpoint: Key("layer1") / 0 / "conv1" is "layer1.0.conv1".
#pragma once
#include <concepts>
#include <string>
#include <string_view>

namespace lathe::zoo::nn {

class Key {
public:
    Key() = default;  // the model itself
    Key(std::string_view text) : text_(text) {}  // NOLINT: names are keys
    Key(const char* text) : text_(text) {}       // NOLINT
    Key operator/(std::string_view part) const {
        if (part.empty()) return *this;
        return Key(text_.empty() ? std::string(part) : text_ + "." + std::string(part));
    }
    Key operator/(const char* part) const { return *this / std::string_view(part); }
    Key operator/(std::integral auto index) const { return *this / std::string_view(std::to_string(index)); }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

}  // namespace lathe::zoo::nn
