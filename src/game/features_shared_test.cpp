// KataGo's own planes and numbers for real positions, with encores, button, ladders, ko, handicap and every
// tax.
#include "game/features.h"
#include "game/game_record.h"
#include "game/load_shared_test.h"
#include "game/metadata.h"

namespace lathe::game {
namespace {

std::string differing(std::span<const float> found, const std::vector<float>& expected, size_t plane_size) {
    if (found.size() != expected.size()) return "sizes differ";
    std::string places;
    size_t count = 0;
    for (size_t i = 0; i < found.size(); ++i) {
        if (found[i] == expected[i]) continue;
        if (++count <= 5)
            places += format(" [{}][{}]={} not {}", i / plane_size, i % plane_size, found[i], expected[i]);
    }
    return count == 0 ? "" : format("{} values differ:{}", count, places);
}

class KataGoFeatures : public SharedKataGo {
protected:
    std::optional<History> position(const std::string& name) const {
        const auto record = read_game(text("sgf/" + name + ".sgf"));
        if (!record) {
            ADD_FAILURE() << name << ": " << record.error().message;
            return {};
        }
        EXPECT_TRUE(record->notes.empty()) << name;
        auto history = replay(*record);
        if (history) return *history;
        ADD_FAILURE() << name << ": " << history.error().message;
        return {};
    }
};

TEST_F(KataGoFeatures, OfEveryPositionAreEqual) {
    const std::vector<std::string> names = positions();
    EXPECT_EQ(names.size(), 18u);
    for (const std::string& name : names) {
        const auto history = position(name);
        if (!history) continue;
        const auto features = make_features(*history, 19, 19);
        ASSERT_TRUE(features.has_value());
        EXPECT_EQ(features->spatial.shape(), (Shape{22, 19, 19}));
        EXPECT_EQ(features->global.shape(), (Shape{19}));
        EXPECT_EQ(
            differing(features->spatial.values<float>(), npy("features/" + name + ".spatial.npy.gz"), 361),
            "")
            << name;
        EXPECT_EQ(differing(features->global.values<float>(), npy("features/" + name + ".global.npy.gz"), 1),
                  "")
            << name;
    }
}

TEST_F(KataGoFeatures, OnAnExactTensorAreTheSameBoard) {
    const auto history = position("ko9_tt");
    ASSERT_TRUE(history.has_value());
    const auto exact = make_features(*history, 9, 9);
    ASSERT_TRUE(exact.has_value());
    const std::vector<float> wide = npy("features/ko9_tt.spatial.npy.gz");
    const auto found = exact->spatial.values<float>();
    for (size_t plane = 0; plane < 22; ++plane) {
        for (size_t y = 0; y < 9; ++y) {
            for (size_t x = 0; x < 9; ++x) {
                EXPECT_EQ(found[(plane * 9 + y) * 9 + x], wide[(plane * 19 + y) * 19 + x]);
            }
        }
    }
}

TEST_F(KataGoFeatures, MetadataOfProfilesIsEqual) {
    const auto profiles = npz("features/meta_profiles_area361.npz");
    EXPECT_EQ(profiles.size(), 10u);
    for (const auto& [key, expected] : profiles) {
        const auto metadata = metadata_profile(std::string_view(key).substr(0, key.size() - 2));
        ASSERT_TRUE(metadata.has_value()) << key;
        const Tensor input =
            metadata_input(*metadata, key.ends_with("_B") ? Color::kBlack : Color::kWhite, 361);
        EXPECT_EQ(differing(input.values<float>(), expected, 1), "") << key;
    }
}

TEST_F(KataGoFeatures, MetadataOfPositionsIsEqual) {
    const std::pair<const char*, const char*> games[] = {{"g19w38_m60", "rank_5k"},
                                                         {"g13w12_m50", "preaz_3k_1d"}};
    for (const auto& [name, profile] : games) {
        const auto history = position(name);
        const auto metadata = metadata_profile(profile);
        ASSERT_TRUE(history.has_value() && metadata.has_value());
        const Tensor input = metadata_input(*metadata, history->to_move(), history->board().area());
        EXPECT_EQ(differing(input.values<float>(), npy(std::string("features/") + name + ".meta.npy.gz"), 1),
                  "")
            << name;
    }
}

}  // namespace
}  // namespace lathe::game
