#include "game/features.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/text.h"
#include "game/katago_games_test.h"

namespace lathe::game {
namespace {

class Fnv {
public:
    void add(const void* data, size_t size) {
        const auto* bytes = static_cast<const unsigned char*>(data);
        for (size_t i = 0; i < size; ++i) hash_ = (hash_ ^ bytes[i]) * 1099511628211u;
    }
    void add(const Tensor& tensor) {
        for (const float value : tensor.values<float>()) {
            const float plain = value + 0.0f;
            add(&plain, sizeof(plain));
        }
    }
    std::string text() const { return format("{:016x}", hash_); }

private:
    uint64_t hash_ = 1469598103934665603u;
};

struct OracleGame {
    int planes_width = 0;
    int planes_height = 0;
    FeatureOptions options;
    std::vector<Stone> moves;
    std::vector<std::string> hashes;
};

std::vector<Stone> stones_of(const Board& board, std::string_view text) {
    std::vector<Stone> stones;
    for (size_t i = 1; i + 2 < text.size(); i += 3) {
        const Point point = text[i + 1] == '-' ? kPass : board.at(text[i + 1] - 'a', text[i + 2] - 'a');
        stones.push_back({point, text[i] == 'B' ? Color::kBlack : Color::kWhite});
    }
    return stones;
}

double number(std::string_view text) {
    double value = 0;
    EXPECT_TRUE(parse_double(text, value)) << text;
    return value;
}

// Reads a game and leaves its first position in `history`.
OracleGame read_oracle(const std::vector<std::string_view>& field, std::optional<History>& history) {
    const auto integer = [&](size_t i) { return static_cast<int>(number(field[i])); };
    OracleGame game{integer(2), integer(3)};
    auto rules = parse_rules(field[4]);
    EXPECT_TRUE(rules.has_value());
    EXPECT_EQ(to_compact(*rules), field[4]);
    rules->komi = static_cast<float>(number(field[5]));
    const auto flag = [&](size_t i) { return field[6][i] == '1'; };
    game.options = {.draw_equivalent_wins = number(field[7]),
                    .conservative_pass = flag(3),
                    .passing_hacks = flag(4),
                    .playout_doubling_advantage = number(field[8]),
                    .max_history = std::min(integer(9), 5)};
    Board board(integer(0), integer(1));
    EXPECT_EQ(board.set_stones(stones_of(board, field[11])), kNoPoint);
    history.emplace(board, field[10] == "B" ? Color::kBlack : Color::kWhite, *rules,
                    HistoryOptions{.prevent_encore = flag(0),
                                   .leading_black_moves_are_handicap = flag(2),
                                   .pass_alive_under_suicide = flag(1)});
    game.moves = stones_of(board, field[12]);
    for (size_t i = 13; i < field.size(); ++i) game.hashes.emplace_back(field[i]);
    return game;
}

void add_state(const History& history, Fnv& hash) {
    const Board& board = history.board();
    std::string state;
    board.for_each_point([&](Point point) { state += history.is_legal(point) ? '1' : '0'; });
    state += history.finished() ? 'F' : '.';
    state += history.no_result() ? 'N' : '.';
    state += history.past_phase_end() ? 'P' : '.';
    state += static_cast<char>('0' + history.encore_phase());
    state += format("{:.1f}", history.no_result() ? 0.0 : history.final_score().value_or(0) + 0.0);
    hash.add(state.data(), state.size());
}

void add_position(const History& history, OracleGame& game, std::vector<Fnv>& hashes) {
    add_state(history, hashes[0]);
    for (int version = 3; version <= 7; ++version) {
        game.options.version = version;
        const auto features = make_features(history, game.planes_height, game.planes_width, game.options);
        ASSERT_TRUE(features.has_value());
        hashes[static_cast<size_t>(version - 2)].add(features->spatial);
        hashes[static_cast<size_t>(version - 2)].add(features->global);
    }
}

TEST(Features, OfAllVersionsEqualKataGosOnRandomGames) {
    std::string text;
    for (const char c : std::string_view(kKataGoGames)) {
        if (c != '\n') text += c;
    }
    int games = 0;
    int phases[3] = {};
    int no_results = 0;
    for (const std::string_view line : split(text, ';')) {
        if (line.empty()) continue;
        std::optional<History> history;
        OracleGame game = read_oracle(split(line, ' '), history);
        std::vector<Fnv> hashes(6);
        add_position(*history, game, hashes);
        for (const Stone& move : game.moves) {
            ASSERT_TRUE(history->playable(move.point, move.color));
            history->play(move.point, move.color);
            add_position(*history, game, hashes);
        }
        for (size_t i = 0; i < 6; ++i) EXPECT_EQ(hashes[i].text(), game.hashes[i]) << i << ": " << line;
        ++games;
        ++phases[history->encore_phase()];
        no_results += history->no_result();
    }
    EXPECT_EQ(games, 42);
    EXPECT_GE(phases[1], 3);  // so that the encores are really in it
    EXPECT_GE(phases[2], 9);
    EXPECT_GE(no_results, 3);
}

TEST(Features, VersionsHaveTheirShapes) {
    const History history(Board(9, 7), Color::kBlack, Rules{});
    const struct {
        int model, version, planes, globals;
    } expected[] = {{3, 3, 22, 14}, {4, 3, 22, 14}, {5, 4, 22, 14}, {6, 5, 13, 12},
                    {7, 6, 22, 16}, {8, 7, 22, 19}, {17, 7, 22, 19}};
    for (const auto& row : expected) {
        EXPECT_EQ(feature_version_of_model(row.model), row.version);
        const auto features = make_features(history, 10, 9, {.version = row.version});
        ASSERT_TRUE(features.has_value());
        EXPECT_EQ(features->spatial.shape(), (Shape{row.planes, 10, 9}));
        EXPECT_EQ(features->global.shape(), (Shape{row.globals}));
    }
    EXPECT_FALSE(feature_version_of_model(2).has_value());
    EXPECT_FALSE(feature_version_of_model(18).has_value());
    EXPECT_EQ(make_features(history, 10, 9, {.version = 8}).error().message,
              "features version 8, expected 3 to 7");
}

TEST(Features, PlanesSmallerThanTheBoardAreRefused) {
    const History history(Board(9, 7), Color::kBlack, Rules{});
    EXPECT_EQ(make_features(history, 7, 8).error().message,
              "planes of 8x7 (width x height) cannot hold a board of 9x7");
}

}  // namespace
}  // namespace lathe::game
