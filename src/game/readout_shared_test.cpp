// KataGo's answers for three networks and 18 positions: the read-outs of its own full-precision outputs must
// be what it printed (kata-raw-nn: six decimals for probabilities, three for scores), and what an independent
// calculation in double precision gives.
#include "game/readout.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "game/game_record.h"
#include "game/load_shared_test.h"

namespace lathe::game {
namespace {

// KataGo's printed answers come from another run, on tensors of the board's own size: for 19x19 boards the
// same numbers up to the last printed digit, for smaller boards up to rounding inside the network as well.
struct Tolerances {
    double probability;
    double score;  // absolute
    double score_relative;  // squares of scores are large
    double ownership;
};
constexpr Tolerances kSameRun{8e-7, 5.01e-4, 2e-7, 2e-7};
constexpr Tolerances kOtherTensor{1.6e-6, 5.01e-4, 2e-6, 2.8e-6};
constexpr double kRecomputed = 1e-11;

const char* const kNetworks[] = {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm",
                                 "b7c96h6kv3qk32v16tflrs-fson-bnh"};
const char* const kProbabilities[] = {"whiteWin", "whiteLoss", "noResult", "policyPass"};
const char* const kScores[] = {"whiteLead",   "whiteScoreSelfplay",    "whiteScoreSelfplaySq",
                               "varTimeLeft", "shorttermWinlossError", "shorttermScoreError"};

std::vector<double> doubles(const Json& list) { return list.get<std::vector<double>>(); }

RawOutputs raw_outputs(const Json& harness) {
    const Json& raw = harness["raw"];
    RawOutputs out;
    out.model_version = harness["modelVersion"].get<int>();
    out.height = out.width = harness["nnLen"].get<int>();
    out.policy = doubles(raw["policy_logits_362"]);
    if (const Json* optimistic = find_member(raw, "policy_optimistic_logits_362"))
        out.optimistic_policy = doubles(*optimistic);
    const std::vector<double> value = doubles(raw["value_logits_win_loss_noresult"]);
    std::copy(value.begin(), value.end(), out.value.begin());
    out.score_value = doubles(raw["scorevalue_raw6"]);
    if (out.model_version == 8) out.score_value.resize(4);  // the harness pads with zeros
    out.ownership = doubles(raw["ownership_pretanh_361"]);
    if (out.model_version >= 13) out.post_process.shortterm_score_error = 150;  // as these files say
    return out;
}

// KataGo's own view of the position that the network was asked about.
void expect_same_position(const History& history, const Json& harness) {
    const Board& board = history.board();
    EXPECT_EQ(board.width(), harness["boardX"].get<int>());
    EXPECT_EQ(board.height(), harness["boardY"].get<int>());
    EXPECT_EQ(history.to_move() == Color::kWhite ? "W" : "B", harness["toMove"].get<std::string>());
    EXPECT_EQ(history.moves().size(), harness["moveCount"].get<size_t>());
    EXPECT_EQ(history.white_bonus(), harness["whiteBonusScore"].get<float>());
    EXPECT_EQ(history.white_handicap_bonus(), harness["whiteHandicapBonus"].get<float>());
    EXPECT_EQ(history.encore_phase(), harness["encorePhase"].get<int>());
    EXPECT_EQ(history.self_komi(history.to_move()), harness["selfKomi"].get<float>());
    EXPECT_EQ(parse_rules(to_text(harness["rules"])), history.rules());
    board.for_each_point([&](Point point) {
        const auto x = static_cast<size_t>(board.x_of(point));
        const auto y = static_cast<size_t>(board.y_of(point));
        const char stone = ".XO"[static_cast<size_t>(board.color(point))];
        EXPECT_EQ(stone, harness["board"][y].get<std::string>()[x]);
        EXPECT_EQ(history.is_legal(point), harness["legal"][y].get<std::string>()[x] == '1');
    });
}

void expect_policy(const Json& found, const Json& expected, const Tolerances& tolerances) {
    ASSERT_EQ(found["policy"].size(), expected["policy"].size());
    for (size_t i = 0; i < found["policy"].size(); ++i) {
        const Json& ours = found["policy"][i];
        const Json& printed = expected["policy"][i];
        ASSERT_EQ(ours.is_null(), printed.is_null()) << i;
        if (ours.is_null()) continue;
        EXPECT_NEAR(ours.get<double>(), printed.get<double>(), tolerances.probability) << i;
    }
    EXPECT_NEAR(found["policyPass"].get<double>(), expected["policyPass"].get<double>(),
                tolerances.probability);
}

void expect_printed(const Json& found, const Json& printed, const Tolerances& tolerances) {
    for (const char* key : kProbabilities) {
        EXPECT_NEAR(found[key].get<double>(), printed[key].get<double>(), tolerances.probability) << key;
    }
    for (const char* key : kScores) {
        const double score = printed[key].get<double>();
        const double tolerance = tolerances.score + tolerances.score_relative * std::abs(score);
        EXPECT_NEAR(found[key].get<double>(), score, tolerance) << key;
    }
    expect_policy(found, printed, tolerances);
    ASSERT_EQ(found["whiteOwnership"].size(), printed["whiteOwnership"].size());
    for (size_t i = 0; i < found["whiteOwnership"].size(); ++i) {
        EXPECT_NEAR(found["whiteOwnership"][i].get<double>(), printed["whiteOwnership"][i].get<double>(),
                    tolerances.ownership);
    }
}

void expect_recomputed(const Json& found, const Json& expected) {
    for (const auto& [key, value] : expected.items()) {
        const double wanted = value.get<double>();
        EXPECT_NEAR(found[key].get<double>(), wanted, kRecomputed * std::max(1.0, std::abs(wanted))) << key;
    }
}

class KataGoReadOuts : public SharedKataGo {};

TEST_F(KataGoReadOuts, AreWhatKataGoPrints) {
    int answers = 0;
    int optimistic = 0;
    for (const std::string& name : positions()) {
        const auto record = read_game(text("sgf/" + name + ".sgf"));
        ASSERT_TRUE(record.has_value());
        const auto history = replay(*record);
        ASSERT_TRUE(history.has_value());
        const Tolerances& tolerances = history->board().area() == 361 ? kSameRun : kOtherTensor;
        for (const char* network : kNetworks) {
            SCOPED_TRACE(std::string(network) + " " + name);
            const Json answer = json(std::string("rawnn/") + network + "__" + name + ".json.gz");
            const Json& harness = answer["harness_nnlen19_fp32"];
            expect_same_position(*history, harness);
            const auto plain = read_out(raw_outputs(harness), *history);
            ASSERT_TRUE(plain.has_value()) << plain.error().message;
            expect_printed(to_json(*plain), answer["gtp_raw_nn_symmetry0_optimism0"], tolerances);
            expect_recomputed(to_json(*plain), answer["post_recomputed_fp64"]);
            ++answers;
            const Json* printed = find_member(answer, "gtp_raw_nn_symmetry0_optimism1");
            if (printed == nullptr) continue;
            const auto blended = read_out(raw_outputs(harness), *history, {.optimism = 1});
            ASSERT_TRUE(blended.has_value());
            expect_policy(to_json(*blended), *printed, tolerances);
            ++optimistic;
        }
    }
    EXPECT_EQ(answers, 54);
    EXPECT_EQ(optimistic, 36);
}

}  // namespace
}  // namespace lathe::game
