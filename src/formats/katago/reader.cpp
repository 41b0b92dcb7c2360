// Reading: tokens -> description and tensors; and recognising such a file by its first words.
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/number_codecs.h"
#include "base/text.h"
#include "formats/katago/katago.h"
#include "formats/katago/records.h"
#include "formats/katago/tokens.h"

namespace lathe::formats {
namespace katago {
namespace {

class RecordReader final : public Records {
public:
    RecordReader(const SharedBytes& file, graph::Checkpoint& checkpoint)
        : tokens_(file), checkpoint_(checkpoint), description_(Json::object()), here_{&description_} {}

    std::string word(std::string_view key) override {
        std::string text = next(key);
        if (ok()) (*here_.back())[std::string(key)] = text;
        return text;
    }

    int64_t integer(std::string_view key, int64_t low, int64_t high) override {
        const std::string text = next(key);
        int64_t value = 0;
        if (!ok()) return low;
        if (!parse_int(text, value)) {
            fail_here(format("{} is '{}', expected a whole number", key, printable(text, 24)));
            return low;
        }
        if (value < low || value > high) {
            fail_here(format("{} is {}, expected {} to {}", key, value, low, high));
            return low;
        }
        (*here_.back())[std::string(key)] = value;
        return value;
    }

    double number(std::string_view key) override {
        const std::string text = next(key);
        double value = 1;
        if (!ok()) return value;
        if (!parse_double(text, value) || !(value > 0) || !std::isfinite(value)) {
            fail_here(format("{} is '{}', expected a number above 0", key, printable(text, 24)));
            return 1;
        }
        (*here_.back())[std::string(key)] = value;
        return value;
    }

    int64_t list(std::string_view key, int64_t low, int64_t high) override {
        const int64_t length = integer(key, low, high);
        if (!ok()) return low;
        (*here_.back())[std::string(key)] = Json::array();
        return length;
    }

    void reserved(int count) override {
        for (int i = 0; i < count; ++i) {
            const std::string text = next("a reserved value");
            if (!ok()) return;
            if (text != "0")
                fail_here(
                    format("a reserved value is '{}', expected 0: the file needs something that came after "
                           "version 17 of the format",
                           printable(text, 24)));
        }
    }

    void floats(std::string_view key, const Shape& shape, std::span<const int> view) override {
        if (!ok()) return;
        const auto count = checked_element_count(shape);
        if (!count) return fail_here(format("{} has the impossible shape {}", key, to_string(shape)));
        auto bytes = tokens_.floats(*count);
        if (!bytes) return fail_here(format("{}: {}", key, bytes.error().message));
        if (!all_finite_f32(bytes->bytes())) return fail_here(format("{} holds a NaN or an infinity", key));
        const Tensor stored(DType::kF32, shape, *std::move(bytes));
        checkpoint_.tensors.push_back({path_of(key), stored.transposed(view)});
    }

    void end() override {
        if (!ok()) return;
        if (auto status = tokens_.end(); !status) return fail_here(status.error().message);
        checkpoint_.metadata = std::make_shared<const Json>(std::move(description_));
    }

private:
    std::string next(std::string_view what) {
        if (!ok()) return {};
        auto text = tokens_.word();
        if (text) return *std::move(text);
        fail_here(format("{}: {}", what, text.error().message));
        return {};
    }

    void entered(std::string_view key, int64_t index) override {
        Json& parent = *here_.back();
        Json* child = &parent[std::string(key)];
        if (index >= 0) {
            if (!child->is_array()) *child = Json::array();  // after an error only
            child->push_back(Json::object());
            child = &child->back();
        } else if (!child->is_object()) {
            *child = Json::object();
        }
        here_.push_back(child);
    }
    void left() override { here_.pop_back(); }

    TokenSource tokens_;
    graph::Checkpoint& checkpoint_;
    Json description_;
    // The present record and those around it. Only the innermost grows, so that the pointers stay right.
    std::vector<Json*> here_;
};

bool is_number(const std::string& text) {
    double value = 0;
    return parse_double(text, value);
}

// name, version, two sizes, up to 15 numbers of the header, "trunk" or whatever the trunk is called.
bool looks_like_network(TokenSource& tokens) {
    constexpr int kHeader = 15;
    if (!tokens.word()) return false;
    for (int i = 0; i < 3 + kHeader + 1; ++i) {
        const auto text = tokens.word();
        if (!text) return false;
        if (*text == "trunk") return i >= 3;
        if (!is_number(*text)) return false;
    }
    return false;
}

}  // namespace
}  // namespace katago

Match match_katago(ByteSpan file, std::string_view) {
    katago::TokenSource tokens(SharedBytes(nullptr, file));
    return katago::looks_like_network(tokens) ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read_katago(const SharedBytes& file, const std::string& path) {
    graph::Checkpoint checkpoint{.format = "katago", .path = path};
    katago::RecordReader records(file, checkpoint);
    katago::network_records(records);
    if (!records.ok()) return std::unexpected(records.error().at(path));
    return checkpoint;
}

}  // namespace lathe::formats
