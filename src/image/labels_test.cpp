#include "image/labels.h"

#include <gtest/gtest.h>

#include <set>

namespace lathe::image {
namespace {

// Class numbers that everybody who works with ImageNet knows (ILSVRC 2012, synsets in order).
TEST(Labels, AreImageNetsInTheirOrder) {
    const auto labels = imagenet_labels(1000);
    ASSERT_TRUE(labels.has_value());
    ASSERT_EQ(labels->size(), 1000u);
    const std::vector<std::pair<size_t, std::string>> known{
        {0, "tench"},    {1, "goldfish"},       {151, "Chihuahua"},   {207, "golden retriever"},
        {281, "tabby"},  {285, "Egyptian cat"}, {388, "giant panda"}, {817, "sports car"},
        {954, "banana"}, {999, "toilet tissue"}};
    for (const auto& [index, name] : known) EXPECT_EQ((*labels)[index], name) << index;
    EXPECT_EQ(std::set(labels->begin(), labels->end()).size(), 1000u);  // the two cranes and maillots, too
}

TEST(Labels, ComeInTheSizesThatNetworksHave) {
    for (const int64_t classes : {1000, 1001, 11221, 11821, 21841, 21842, 21843}) {
        const auto labels = imagenet_labels(classes);
        ASSERT_TRUE(labels.has_value());
        EXPECT_EQ(static_cast<int64_t>(labels->size()), classes);
        for (const std::string& label : *labels) EXPECT_FALSE(label.empty());
    }
    EXPECT_EQ((*imagenet_labels(1001))[1], "tench");
    EXPECT_EQ((*imagenet_labels(21842))[999], "toilet tissue");
    EXPECT_EQ((*imagenet_labels(21841))[0], "organism");  // n00004475, the lowest number
    EXPECT_FALSE(imagenet_labels(10).has_value());
}

TEST(Labels, AreReadFromLinesAndJson) {
    const Labels pets{"cat", "dog"};
    for (const std::string_view text :
         {"cat\ndog", "cat\r\ndog\r\n\n", R"(["cat", "dog"])", R"({"1": "dog", "0": "cat"})",
          R"({"dog": 1, "cat": 0})", R"({"0": ["n1", "cat"], "1": ["n2", "dog"]})",
          R"({"model": "x", "id2label": {"0": "cat", "1": "dog"}})",
          R"({"label_names": ["cat", "dog"], "num_classes": 2})"}) {
        const auto labels = parse_labels(text);
        ASSERT_TRUE(labels.has_value()) << text << ": " << labels.error().message;
        EXPECT_EQ(*labels, pets) << text;
    }
}

TEST(Labels, RefuseGapsAndOtherThings) {
    for (const std::string_view text : {"", "\n\n", "[1, 2]", "{\"a\": {}}", R"({"0": "cat", "2": "dog"})",
                                        R"({"cat": 0, "dog": 0})", "[\"cat\"", R"({"-1": "cat"})"})
        EXPECT_FALSE(parse_labels(text).has_value()) << text;
}

}  // namespace
}  // namespace lathe::image
