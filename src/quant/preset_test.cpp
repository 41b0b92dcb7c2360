#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/json.h"
#include "quant/select.h"

namespace lathe::quant {
namespace {

// The specification as the shared reference has it; null where it is not at hand.
Json shared_presets() {
    const char* folder = std::getenv("LATHE_SHARED");
    const std::string path =
        std::string(folder ? folder : "../shared") + "/reference/quantization_presets.json";
    const auto bytes = map_file(path);
    if (!bytes) return {};
    return parse_json(as_text(bytes->bytes())).value_or(Json());
}

std::vector<std::string> texts(const Json& filter, std::initializer_list<const char*> keys) {
    std::vector<std::string> all;
    for (const char* key : keys)
        if (const Json* list = find_member(filter, key))
            for (const Json& text : *list) all.push_back(text.get<std::string>());
    return all;
}

class PresetTable : public testing::Test {
protected:
    void SetUp() override {
        json_ = shared_presets();
        if (json_.is_null()) GTEST_SKIP() << "../shared/reference/quantization_presets.json is not there";
    }
    Json json_;
};

TEST_F(PresetTable, IsTheReference) {
    const Json& filters = json_.at("filters");
    ASSERT_EQ(presets().size(), filters.size());
    for (const auto& item : filters.items()) {
        const Preset* preset = preset_named(item.key());
        ASSERT_NE(preset, nullptr) << item.key();
        EXPECT_EQ(preset->category, item.value().at("category").get<std::string>());
        EXPECT_EQ(std::vector<std::string>(preset->keep.begin(), preset->keep.end()),
                  texts(item.value(), {"exclude", "highprec"}))
            << item.key();
        EXPECT_EQ(std::vector<std::string>(preset->remove.begin(), preset->remove.end()),
                  texts(item.value(), {"remove"}))
            << item.key();
        EXPECT_FALSE(preset->note.empty());
    }
}

// An alias stands for presets that it implies; what those keep must be kept by it too.
TEST_F(PresetTable, AliasesKeepWhatTheyImply) {
    for (const auto& item : json_.at("aliases").items()) {
        const Preset* alias = preset_named(item.key());
        ASSERT_NE(alias, nullptr);
        for (const Json& implied : item.value()) {
            const Preset* other = preset_named(implied.get<std::string>());
            ASSERT_NE(other, nullptr);
            for (const std::string_view text : other->keep)
                EXPECT_NE(std::ranges::find(alias->keep, text), alias->keep.end()) << text;
        }
    }
}

// The choice by a preset, against a loop over the reference's texts.
TEST_F(PresetTable, DecidesByPlainText) {
    std::vector<TensorInfo> tensors;
    for (const auto& item : json_.at("filters").items())
        for (const std::string& text : texts(item.value(), {"exclude", "highprec", "remove"}))
            for (const std::string& name :
                 {"model." + text + ".weight", "model." + text.substr(1) + "0.weight"})
                tensors.push_back({.name = name, .dtype = DType::kBF16, .shape = {256, 256}});
    for (const auto& item : json_.at("filters").items()) {
        const auto choices = select(tensors, {.primary = *target_named("nvfp4"), .presets = {item.key()}});
        ASSERT_TRUE(choices.has_value()) << choices.error().message;
        const auto keep = texts(item.value(), {"exclude", "highprec"}),
                   remove = texts(item.value(), {"remove"});
        for (size_t i = 0; i < tensors.size(); ++i) {
            const auto stands = [&](const std::string& text) { return tensors[i].name.contains(text); };
            const Action expected = std::ranges::any_of(remove, stands) ? Action::kRemove
                                    : std::ranges::any_of(keep, stands) ? Action::kKeep
                                                                        : Action::kQuantize;
            EXPECT_EQ((*choices)[i].action, expected) << item.key() << ": " << tensors[i].name;
        }
    }
}

}  // namespace
}  // namespace lathe::quant
