#include "game/pass_alive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "game/area.h"

namespace lathe::game {
namespace {

Board random_board(std::mt19937& random, int width, int height) {
    Board board(width, height);
    Color player = Color::kBlack;
    const int moves = 5 + static_cast<int>(random() % 25);
    for (int i = 0; i < moves; ++i) {
        const Point point = board.at(static_cast<int>(random() % static_cast<unsigned>(width)),
                                     static_cast<int>(random() % static_cast<unsigned>(height)));
        if (random() % 3 != 0) player = Color::kBlack;
        if (board.color(point) == Color::kEmpty && board.is_legal(point, player, false))
            board.play(point, player);
        player = opponent(player);
    }
    board.clear_ko();
    return board;
}

// Every chain of `player` of which the opponent, moving alone, can ever take a stone.
std::set<int> takeable(const Board& start, Color player, bool suicide_legal) {
    std::set<int> taken;
    std::set<uint64_t> seen{start.hash().low};
    std::vector<Board> open{start};
    while (!open.empty()) {
        Board board = open.back();
        open.pop_back();
        start.for_each_point([&](Point point) {
            if (start.color(point) == player && board.color(point) != player)
                taken.insert(start.chain(point).index);
        });
        board.for_each_point([&](Point point) {
            if (board.color(point) != Color::kEmpty) return;
            if (!board.is_legal_ignoring_ko(point, opponent(player), suicide_legal)) return;
            Board after = board;
            after.play(point, opponent(player));
            if (seen.insert(after.hash().low).second) open.push_back(after);
        });
    }
    return taken;
}

// Benson's theorem: the chains found are those that cannot be captured even if their owner always passes.
TEST(PassAlive, IsWhatAnAttackerAloneCannotTake) {
    std::mt19937 random(5);
    int alive = 0;
    int boards = 0;
    for (int i = 0; i < 100; ++i) {
        const Board board = random_board(random, 4, 3);
        for (const bool suicide : {false, true}) {
            std::set<int> expected;
            board.for_each_point([&](Point point) {
                if (board.color(point) == Color::kBlack) expected.insert(board.chain(point).index);
            });
            for (const int chain : takeable(board, Color::kBlack, suicide)) expected.erase(chain);
            std::set<int> found;
            for (const Point chain : find_pass_alive(board, Color::kBlack, suicide).chains)
                found.insert(chain.index);
            // Without suicide the attacker may be unable to approach for other reasons than two vital
            // regions.
            ASSERT_TRUE(std::includes(expected.begin(), expected.end(), found.begin(), found.end()));
            if (suicide) {
                ASSERT_EQ(found, expected);
            }
            alive += static_cast<int>(found.size());
            ++boards;
        }
    }
    EXPECT_EQ(boards, 200);
    EXPECT_GT(alive, 20);
}

Board drawn_board(std::string_view rows, int width) {
    Board board(width, static_cast<int>(rows.size()) / width);
    std::vector<Stone> stones;
    board.for_each_point([&](Point point) {
        const char c = rows[static_cast<size_t>(board.y_of(point) * width + board.x_of(point))];
        if (c != '.') stones.push_back({point, c == 'X' ? Color::kBlack : Color::kWhite});
    });
    EXPECT_EQ(board.set_stones(stones), kNoPoint);
    return board;
}

std::string picture(const Board& board, const PointMap<Color>& area) {
    std::string text;
    board.for_each_point([&](Point point) { text += ".XO"[static_cast<size_t>(area[point])]; });
    return text;
}

TEST(Area, RegionsOfOneColourAreOwned) {
    const Board board = drawn_board("..X.."
                                    "XXX.."
                                    "....."
                                    "..OOO"
                                    "..O..",
                                    5);
    EXPECT_EQ(picture(board, find_area(board, {})), "XXX..XXX.........OOO..OOO");
    const AreaOptions sure{.other_stones = false, .unsafe_territory = false};
    EXPECT_EQ(picture(board, find_area(board, sure)), std::string(25, '.'));
}

TEST(Area, DeadStonesInASmallEyeBelongToTheOwner) {
    // Black lives with two eyes; the white stone inside one of them is dead.
    const Board board = drawn_board(".XO.X"
                                    "XXXXX"
                                    "....."
                                    "....."
                                    ".....",
                                    5);
    const PointMap<Color> area = find_area(board, {});
    EXPECT_EQ(area[board.at(2, 0)], Color::kBlack);
    EXPECT_EQ(area[board.at(3, 0)], Color::kBlack);
}

TEST(Area, SekiKeepsStonesAndLosesTerritory) {
    // Two shared liberties in the corner: neither side's chain has an eye, the outside ones live.
    const Board board = drawn_board(".XO.X.O"
                                    ".XO.X.O"
                                    "XXOOXXO"
                                    "OOOXXOO"
                                    "..OX.XO"
                                    "OOOXXXO"
                                    "O.OOOOO",
                                    7);
    const IndependentLife life = find_independent_life(board, {.keep_territory = false, .keep_stones = true});
    board.for_each_point([&](Point point) {
        if (is_player(board.color(point))) {
            EXPECT_NE(life.area[point], Color::kEmpty) << board.x_of(point) << board.y_of(point);
        }
    });
}

}  // namespace
}  // namespace lathe::game
