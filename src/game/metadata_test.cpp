#include "game/metadata.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lathe::game {
namespace {

TEST(Metadata, ProfilesAreReadByName) {
    EXPECT_EQ(metadata_profile("rank_9d")->black.inverse_rank, 1);
    EXPECT_EQ(metadata_profile("rank_1d")->white.inverse_rank, 9);
    EXPECT_EQ(metadata_profile("rank_20k")->white.inverse_rank, 29);
    const auto pair = metadata_profile("preaz_3k_2d");
    ASSERT_TRUE(pair.has_value());
    EXPECT_EQ(pair->black.inverse_rank, 12);
    EXPECT_EQ(pair->white.inverse_rank, 8);
    EXPECT_EQ(pair->days_since_1970, 17045);  // 2016-09-01
    EXPECT_EQ(metadata_profile("rank_5k")->days_since_1970, 18322);  // 2020-03-01
    EXPECT_EQ(metadata_profile("proyear_2020")->source, GameSource::kGoGoD);
    EXPECT_EQ(metadata_profile("proyear_2021")->source, GameSource::kGo4Go);
    EXPECT_LT(metadata_profile("proyear_1800")->days_since_1970, 0);
}

TEST(Metadata, OtherNamesAreErrors) {
    for (const char* name :
         {"", "rank_", "rank_10d", "rank_0d", "rank_21k", "rank_5k_", "rank_5k_1d_2d", "rank_+5k", "rank_05k",
          "proyear_1799", "proyear_2024", "proyear_20x0", "human_5k", "rank_5q"}) {
        const auto profile = metadata_profile(name);
        ASSERT_FALSE(profile.has_value()) << name;
        EXPECT_NE(profile.error().message.find("'" + std::string(name) + "' is unknown"), std::string::npos);
    }
}

TEST(Metadata, PlayerToMoveComesFirst) {
    const GameMetadata metadata{.black = {.inverse_rank = 3, .is_human = true},
                                .white = {.inverse_rank = 60, .is_unranked = true, .rank_unknown = true}};
    const Tensor black = metadata_input(metadata, Color::kBlack, 361);
    const Tensor white = metadata_input(metadata, Color::kWhite, 361);
    const auto b = black.values<float>();
    const auto w = white.values<float>();
    EXPECT_EQ(b[0], 1.0f);
    EXPECT_EQ(w[1], 1.0f);
    EXPECT_EQ(b[3] + b[5], 2.0f);
    EXPECT_EQ(w[2] + w[4], 2.0f);
    EXPECT_EQ(b[8], 1.0f);
    EXPECT_EQ(b[9], 0.0f);
    EXPECT_EQ(w[42], 1.0f);
    EXPECT_EQ(w[6] + b[40], 0.0f);  // unranked players show no rank
    EXPECT_EQ(black.shape(), (Shape{kMetadataInputs}));
}

TEST(Metadata, TimesAreBounded) {
    GameMetadata metadata{.rated = Rated::kNo,
                          .time_control = TimeControl::kFischer,
                          .main_time_s = 1e12,
                          .period_time_s = -5,
                          .byo_yomi_periods = 1000,
                          .canadian_moves = -1};
    const Tensor input = metadata_input(metadata, Color::kBlack, 81);
    const auto values = input.values<float>();
    EXPECT_EQ(values[74], 1.0f);
    EXPECT_EQ(values[81], 1.0f);
    EXPECT_FLOAT_EQ(values[82], static_cast<float>(0.4 * (std::log(3 * 86400.0 + 60) - 6.5)));
    EXPECT_FLOAT_EQ(values[83], -0.9f);
    EXPECT_FLOAT_EQ(values[84], static_cast<float>(0.5 * (std::log(52.0) - 1.5)));
    EXPECT_FLOAT_EQ(values[85], static_cast<float>(0.25 * (std::log(2.0) - 1.5)));
    EXPECT_FLOAT_EQ(values[86], static_cast<float>(0.5 * std::log(81 / 361.0)));
}

}  // namespace
}  // namespace lathe::game
