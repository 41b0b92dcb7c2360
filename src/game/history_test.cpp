#include "game/history.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace lathe::game {
namespace {

Rules rules_of(const char* text) {
    const auto rules = parse_rules(text);
    EXPECT_TRUE(rules.has_value());
    return rules ? *rules : Rules{};
}

void play_all(History& history, std::string_view sgf_points) {  // "aabb--": points of two letters, -- passes
    for (size_t i = 0; i + 1 < sgf_points.size(); i += 2) {
        const Point point =
            sgf_points[i] == '-' ? kPass : history.board().at(sgf_points[i] - 'a', sgf_points[i + 1] - 'a');
        ASSERT_TRUE(history.playable(point, history.to_move()));
        history.play(point, history.to_move());
    }
}

std::string picture(const Board& board) {
    std::string text;
    board.for_each_point([&](Point point) { text += ".XO"[static_cast<size_t>(board.color(point))]; });
    return text;
}

// Superko by its definition: no whole-board position (with the player to move, for situational superko) may
// come back.
TEST(History, SuperkoForbidsExactlyTheRepetitions) {
    for (const char* text :
         {"koPOSITIONALscoreAREAsui1", "koSITUATIONALscoreAREAsui1", "koPOSITIONALscoreAREAsui0"}) {
        const Rules rules = rules_of(text);
        std::mt19937 random(11);
        int bans = 0;
        for (int game = 0; game < 60; ++game) {
            History history(Board(game % 2 == 0 ? 3 : 2, 3), Color::kBlack, rules);
            std::set<std::string> seen;
            const auto key = [&](const Board& board, Color to_move) {
                return picture(board) +
                       (rules.ko == KoRule::kSituational ? (to_move == Color::kBlack ? "B" : "W") : "");
            };
            seen.insert(key(history.board(), history.to_move()));
            for (int turn = 0; turn < 60 && !history.finished(); ++turn) {
                std::vector<Point> legal{kPass};
                history.board().for_each_point([&](Point point) {
                    if (!history.board().is_legal(point, history.to_move(), rules.suicide)) return;
                    Board after = history.board();
                    after.play(point, history.to_move());
                    const bool repeats = seen.contains(key(after, opponent(history.to_move())));
                    ASSERT_EQ(history.is_legal(point), !repeats) << text << " " << picture(history.board());
                    bans += repeats;
                    if (!repeats) legal.insert(legal.end(), 4, point);
                });
                history.play(legal[random() % legal.size()], history.to_move());
                seen.insert(key(history.board(), history.to_move()));
            }
        }
        EXPECT_GT(bans, 20) << text;
    }
}

TEST(History, SimpleKoLastsOneMove) {
    History history(Board(5, 5), Color::kBlack, rules_of("chinese"));
    play_all(history, "bacaabdbbccccbbb");
    const Point ko = history.board().at(2, 1);
    EXPECT_EQ(history.board().ko_point(), ko);
    EXPECT_FALSE(history.is_legal(ko));
    EXPECT_TRUE(history.playable(ko, Color::kBlack));
    play_all(history, "eeed");
    EXPECT_TRUE(history.is_legal(ko));
}

// On tiny boards random play repeats itself; the third time in a row without a pass counts.
TEST(History, AThirdOccurrenceEndsASimpleKoGameWithoutResult) {
    std::mt19937 random(2);
    int cycles = 0;
    for (int game = 0; game < 1500; ++game) {
        History history(Board(2 + game % 2, 2), Color::kBlack, rules_of("koSIMPLEscoreAREAsui0"));
        std::map<std::string, int> seen{{picture(history.board()) + "B", 1}};
        for (int turn = 0; turn < 200 && !history.finished(); ++turn) {
            std::vector<Point> legal;
            history.board().for_each_point([&](Point point) {
                if (history.is_legal(point)) legal.push_back(point);
            });
            if (legal.empty()) {
                legal.push_back(kPass);
                seen.clear();  // passes clear the memory of positions
            }
            history.play(legal[random() % legal.size()], history.to_move());
            const std::string key =
                picture(history.board()) + (history.to_move() == Color::kBlack ? "B" : "W");
            const bool third = ++seen[key] >= (legal.front() == kPass ? 99 : 3);
            ASSERT_EQ(history.no_result(), third) << key;
            cycles += third;
        }
    }
    EXPECT_GT(cycles, 20);
}

TEST(History, TwoPassesEndAnAreaGame) {
    History history(Board(5, 5), Color::kBlack, rules_of("tromp-taylor"));
    play_all(history, "cc--");
    EXPECT_TRUE(history.pass_would_end_phase());
    EXPECT_TRUE(history.pass_would_end_game());
    EXPECT_FALSE(history.finished());
    play_all(history, "--");
    EXPECT_TRUE(history.finished());
    EXPECT_EQ(history.final_score(), 7.5f - 25.0f);
    play_all(history, "aa");  // a record may go on
    EXPECT_FALSE(history.finished());
    EXPECT_EQ(history.usable_turns(), 2);
}

TEST(History, TerritoryGamesPassThroughTwoEncores) {
    History history(Board(5, 5), Color::kBlack, rules_of("japanese"));
    // Black's wall on the third column; White plays nothing but passes.
    play_all(history, "ca--cb--cc--cd--ce");
    EXPECT_EQ(history.white_bonus(), 5.0f);  // a point for every black move
    play_all(history, "----");
    EXPECT_EQ(history.encore_phase(), 1);
    EXPECT_EQ(history.usable_turns(), 0);
    EXPECT_FALSE(history.pass_would_end_phase());
    play_all(history, "----");
    EXPECT_EQ(history.encore_phase(), 2);
    EXPECT_EQ(history.second_encore_start(history.board().at(2, 0)), Color::kBlack);
    EXPECT_TRUE(!history.pass_would_end_game());
    play_all(history, "----");
    EXPECT_TRUE(history.finished());
    EXPECT_EQ(history.final_score(), 6.5f - 20.0f);  // twenty empty points, and no points for stones
}

TEST(History, AnEncoreCanBePrevented) {
    History history(Board(5, 5), Color::kBlack, rules_of("japanese"), {.prevent_encore = true});
    play_all(history, "cc----");
    EXPECT_EQ(history.encore_phase(), 0);
    EXPECT_TRUE(history.past_phase_end());
    EXPECT_EQ(history.usable_turns(), 1);
}

TEST(History, PassingTwiceInTheSamePositionEndsAPhaseOfSimpleKo) {
    History history(Board(5, 5), Color::kBlack, rules_of("koSPIGHTscoreAREA"));
    play_all(history, "--");
    EXPECT_FALSE(history.pass_would_end_phase());  // White has not passed here yet
    play_all(history, "--");
    EXPECT_TRUE(history.pass_would_end_phase());  // Black has
    play_all(history, "--");
    EXPECT_TRUE(history.finished());
}

TEST(History, TheFirstPassTakesTheButton) {
    History history(Board(5, 5), Color::kBlack, rules_of("aga-button"));
    EXPECT_TRUE(history.has_button());
    play_all(history, "cc--");
    EXPECT_FALSE(history.has_button());
    EXPECT_EQ(history.white_bonus(), 0.5f);
    EXPECT_FALSE(history.pass_would_end_phase());
    play_all(history, "--");
    EXPECT_FALSE(history.finished());
    play_all(history, "--");
    EXPECT_TRUE(history.finished());
}

TEST(History, HandicapIsPaidByTheRules) {
    Board board(9, 9);
    const std::vector<Stone> two{{board.at(2, 2), Color::kBlack}, {board.at(6, 6), Color::kBlack}};
    ASSERT_EQ(board.set_stones(two), kNoPoint);
    EXPECT_EQ(History(board, Color::kWhite, rules_of("chinese")).white_handicap_bonus(), 2.0f);
    EXPECT_EQ(History(board, Color::kWhite, rules_of("aga")).white_handicap_bonus(), 1.0f);
    EXPECT_EQ(History(board, Color::kWhite, rules_of("japanese")).white_handicap_bonus(), 0.0f);
    EXPECT_EQ(History(board, Color::kWhite, rules_of("chinese")).self_komi(Color::kWhite), 9.5f);
    EXPECT_EQ(History(board, Color::kWhite, rules_of("chinese")).self_komi(Color::kBlack), -9.5f);

    const auto after = [&](std::string_view colors,
                           bool count) {  // stones from the left in the first row; lower case passes
        History history(Board(9, 9), Color::kBlack, rules_of("chinese"),
                        {.leading_black_moves_are_handicap = count});
        int x = 0;
        for (const char c : colors) {
            const Color player = c == 'B' || c == 'b' ? Color::kBlack : Color::kWhite;
            history.play(c == 'b' || c == 'w' ? kPass : history.board().at(x++, 0), player);
        }
        return history.white_handicap_bonus();
    };
    EXPECT_EQ(after("BBBW", true), 3.0f);
    EXPECT_EQ(after("BBBW", false), 0.0f);
    EXPECT_EQ(after("BW", true), 0.0f);
    EXPECT_EQ(after("BwBwBW", true), 3.0f);
    EXPECT_EQ(after("BBwwB", true), 0.0f);
    EXPECT_EQ(after("BbB", true), 2.0f);
}

TEST(History, ADrawCanBeWorthMoreOrLess) {
    const History whole(Board(9, 9), Color::kBlack, rules_of("nz"));
    EXPECT_EQ(whole.self_komi(Color::kWhite, 0.75), 7.25f);
    const History half(Board(9, 9), Color::kBlack, rules_of("tromp-taylor"));
    EXPECT_EQ(half.self_komi(Color::kWhite, 0.75), 7.5f);
}

TEST(History, KeepsTheLastBoards) {
    History history(Board(5, 5), Color::kBlack, rules_of("chinese"));
    play_all(history, "aabbcc");
    EXPECT_EQ(history.board_before(1).color(history.board().at(2, 2)), Color::kEmpty);
    EXPECT_EQ(history.board_before(1).color(history.board().at(1, 1)), Color::kWhite);
    EXPECT_EQ(history.board_before(2).color(history.board().at(1, 1)), Color::kEmpty);
}

}  // namespace
}  // namespace lathe::game
