#include "game/readout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "game/symmetry.h"

namespace lathe::game {
namespace {

constexpr double kExact = 1e-12;

History start(Color to_move = Color::kBlack, const char* rules = "chinese", int width = 3, int height = 3) {
    return History(Board(width, height), to_move, *parse_rules(rules));
}

// Numbers of every kind for a 3x3 board on a 4x4 tensor.
RawOutputs sample(int version) {
    RawOutputs raw{.model_version = version, .height = 4, .width = 4};
    for (int i = 0; i < 17; ++i) {
        raw.policy.push_back(0.3 * i - 2);
        raw.optimistic_policy.push_back(std::sin(i));
        if (i < 16) raw.ownership.push_back(0.1 * i - 0.7);
    }
    raw.value = {0.5, -0.25, -1.0};
    const size_t counts[] = {1, 2, 4, 6};
    raw.score_value.assign(counts[version < 4 ? 0 : version < 8 ? 1 : version < 9 ? 2 : 3], 0.0);
    for (size_t i = 0; i < raw.score_value.size(); ++i)
        raw.score_value[i] = 0.2 * static_cast<double>(i) - 0.35;
    return raw;
}

ReadOut read(const RawOutputs& raw, const History& history, const ReadOutOptions& options = {}) {
    auto out = read_out(raw, history, options);
    EXPECT_TRUE(out.has_value()) << out.error().message;
    return out ? *out : ReadOut{};
}

double softplus(double x) { return std::log(1 + std::exp(x)); }

TEST(ReadOut, PolicyIsASoftmaxOverLegalMoves) {
    History history = start();
    history.play(history.board().at(1, 1), Color::kBlack);
    const RawOutputs raw = sample(15);
    const ReadOut out = read(raw, history);
    EXPECT_TRUE(std::isnan(out.policy[4]));
    double sum = out.policy_pass;
    for (size_t i = 0; i < 9; ++i) sum += i == 4 ? 0 : out.policy[i];
    EXPECT_NEAR(sum, 1, kExact);
    EXPECT_NEAR(std::log(out.policy[8] / out.policy_pass), raw.policy[10] - raw.policy[16],
                kExact);  // (2, 2) of 4 columns
    const ReadOut half = read(raw, history, {.optimism = 0.5, .temperature = 2});
    const double expected =
        (raw.policy[0] + raw.optimistic_policy[0] - raw.policy[1] - raw.optimistic_policy[1]) / 4;
    EXPECT_NEAR(std::log(half.policy[0] / half.policy[1]), expected, kExact);
}

TEST(ReadOut, IsWhitesPointOfView) {
    const RawOutputs raw = sample(15);
    const ReadOut black = read(raw, start(Color::kBlack));
    const ReadOut white = read(raw, start(Color::kWhite));
    EXPECT_EQ(black.white_win, white.white_loss);
    EXPECT_EQ(black.no_result, white.no_result);
    EXPECT_EQ(black.white_lead, -white.white_lead);
    EXPECT_EQ(black.white_score_selfplay, -white.white_score_selfplay);
    EXPECT_EQ(black.white_score_selfplay_sq, white.white_score_selfplay_sq);
    EXPECT_NEAR(white.white_ownership[4], std::tanh(raw.ownership[5]), kExact);
    EXPECT_NEAR(black.white_ownership[4], -std::tanh(raw.ownership[5]), kExact);
    EXPECT_NEAR(white.white_win_rate(), white.white_win + white.no_result / 2, kExact);
}

TEST(ReadOut, NoResultNeedsARuleThatKnowsIt) {
    EXPECT_GT(read(sample(15), start(Color::kBlack, "chinese")).no_result, 0);
    EXPECT_GT(read(sample(15), start(Color::kBlack, "japanese")).no_result, 0);
    EXPECT_GT(read(sample(15), start(Color::kBlack, "koPOSITIONALscoreTERRITORY")).no_result, 0);
    EXPECT_EQ(read(sample(15), start(Color::kBlack, "tromp-taylor")).no_result, 0);
    EXPECT_GT(read(sample(3), start(Color::kBlack, "tromp-taylor")).no_result, 0);
}

TEST(ReadOut, FormulasFollowTheVersion) {
    const History history =
        start(Color::kWhite, "tromp-taylor");  // no result is impossible: scores are unscaled
    const auto at = [&](int version) { return read(sample(version), history); };
    const std::vector<double> s = sample(17).score_value;
    EXPECT_NEAR(at(3).white_lead, s[0] * 2 * 3, kExact);
    EXPECT_NEAR(at(3).white_score_selfplay_sq, std::pow(s[0] * 6, 2), kExact);
    EXPECT_NEAR(at(4).white_lead, 20 * s[0], kExact);
    EXPECT_NEAR(at(7).white_score_selfplay_sq, std::pow(20 * s[0], 2) + std::pow(20 * softplus(s[1]), 2),
                1e-9);
    EXPECT_NEAR(at(8).white_lead, 20 * s[2], kExact);
    EXPECT_EQ(at(8).var_time_left, -1);
    EXPECT_EQ(at(8).shortterm_score_error, -1);
    EXPECT_NEAR(at(9).var_time_left, 40 * softplus(s[3]), kExact);
    EXPECT_NEAR(at(9).shortterm_winloss_error, softplus(s[4]), kExact);
    EXPECT_NEAR(at(9).shortterm_score_error, 10 * softplus(s[5]), kExact);
    EXPECT_NEAR(at(12).shortterm_winloss_error, std::sqrt(0.25 * softplus(s[4])), kExact);
    EXPECT_NEAR(at(13).shortterm_score_error, std::sqrt(30 * softplus(s[5])), kExact);
    EXPECT_NEAR(at(14).shortterm_winloss_error, 0.5 * softplus(s[4] / 2), kExact);
    EXPECT_NEAR(at(17).shortterm_score_error, std::sqrt(30) * softplus(s[5] / 2), kExact);
    RawOutputs huge = sample(3);
    huge.score_value[0] = -1e300;
    EXPECT_EQ(read(huge, history).white_lead, -1e6 * 2 * 3);
}

TEST(ReadOut, SymmetriesOfTheOutputsAreUndone) {
    const History history = start(Color::kBlack, "chinese", 4, 4);
    const RawOutputs upright = sample(15);
    const ReadOut expected = read(upright, history);
    for (int symmetry = 0; symmetry < kSymmetries; ++symmetry) {
        RawOutputs turned = upright;
        turned.symmetry = symmetry;
        const std::span<double> policy = std::span(turned.policy).first(16);
        apply_symmetry(std::span(upright.policy).first(16), 4, symmetry, policy);
        apply_symmetry(upright.ownership, 4, symmetry, turned.ownership);
        const ReadOut found = read(turned, history);
        EXPECT_EQ(found.policy, expected.policy) << symmetry;
        EXPECT_EQ(found.white_ownership, expected.white_ownership) << symmetry;
    }
}

TEST(ReadOut, JsonHasKataGosNamesAndNullForIllegalPoints) {
    History history = start();
    history.play(history.board().at(0, 0), Color::kBlack);
    const Json json = to_json(read(sample(15), history));
    const std::vector<std::string> names = {"whiteWin",
                                            "whiteLoss",
                                            "noResult",
                                            "whiteLead",
                                            "whiteScoreSelfplay",
                                            "whiteScoreSelfplaySq",
                                            "varTimeLeft",
                                            "shorttermWinlossError",
                                            "shorttermScoreError",
                                            "policy",
                                            "policyPass",
                                            "whiteOwnership",
                                            "toMove"};
    size_t at = 0;
    for (const auto& [key, value] : json.items()) EXPECT_EQ(key, names.at(at++));
    EXPECT_EQ(at, names.size());
    EXPECT_TRUE(json["policy"][0].is_null());
    EXPECT_EQ(json["policy"].size(), 9u);
    EXPECT_EQ(json["toMove"], "W");
    EXPECT_NE(to_text(json).find("\"policy\":[null,0."), std::string::npos);
}

TEST(ReadOut, ErrorsSayWhatDoesNotFit) {
    const History history = start();
    const auto error_of = [&](const RawOutputs& raw, const ReadOutOptions& options = {}) {
        const auto out = read_out(raw, history, options);
        return out ? std::string() : out.error().message;
    };
    RawOutputs raw = sample(15);
    raw.policy.pop_back();
    EXPECT_EQ(error_of(raw), "the network's policy has 16 numbers, expected 17");
    raw = sample(15);
    raw.score_value.resize(4);
    EXPECT_EQ(error_of(raw), "the network's score value has 4 numbers, expected 6");
    raw = sample(15);
    raw.width = 2;
    EXPECT_EQ(error_of(raw), "outputs for 2x4 points cannot hold a board of 3x3");
    raw = sample(15);
    raw.ownership[0] = NAN;
    EXPECT_EQ(error_of(raw), "the network's ownership holds NaN or infinity");
    raw = sample(15);
    raw.policy[3] = -INFINITY;  // off the board
    EXPECT_EQ(error_of(raw), "");
    raw.policy[16] = INFINITY;
    EXPECT_EQ(error_of(raw), "the network's policy for passing holds NaN or infinity");
    raw = sample(15);
    raw.model_version = 18;
    EXPECT_EQ(error_of(raw), "KataGo network of version 18, expected 3 to 17");
    raw = sample(15);
    raw.symmetry = 8;
    EXPECT_EQ(error_of(raw), "symmetry 8 is not possible on 4x4 points");
    raw = sample(8);
    raw.optimistic_policy.clear();
    EXPECT_EQ(error_of(raw, {.optimism = 0.2}),
              "policy optimism is 0.2, but the network has no optimistic policy (version 8); it must be 0");
    EXPECT_EQ(error_of(raw, {.optimism = -1}), "policy optimism is -1, expected 0 to 1");
    EXPECT_EQ(error_of(raw, {.temperature = 0}), "policy temperature is 0, expected a positive number");
}

}  // namespace
}  // namespace lathe::game
