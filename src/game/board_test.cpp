#include "game/board.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace lathe::game {
namespace {

// A board of text: '.', 'X' (Black), 'O' (White), rows separated by '/'.
Board board_of(std::string_view text) {
    std::vector<std::string> rows(1);
    for (const char c : text) {
        if (c == '/') {
            rows.emplace_back();
        } else {
            rows.back() += c;
        }
    }
    Board board(static_cast<int>(rows[0].size()), static_cast<int>(rows.size()));
    std::vector<Stone> stones;
    board.for_each_point([&](Point point) {
        const char c = rows[static_cast<size_t>(board.y_of(point))][static_cast<size_t>(board.x_of(point))];
        if (c != '.') stones.push_back({point, c == 'X' ? Color::kBlack : Color::kWhite});
    });
    EXPECT_EQ(board.set_stones(stones), kNoPoint);
    return board;
}

// Chain and liberties of a stone by a flood fill that knows only colours.
struct Flooded {
    std::set<int> stones;
    std::set<int> liberties;
};
Flooded flood(const Board& board, Point start) {
    Flooded found;
    std::vector<Point> queue{start};
    found.stones.insert(start.index);
    for (size_t i = 0; i < queue.size(); ++i) {
        for (const Point near : board.neighbours(queue[i])) {
            if (board.color(near) == Color::kEmpty) found.liberties.insert(near.index);
            if (board.color(near) != board.color(start) || !found.stones.insert(near.index).second) continue;
            queue.push_back(near);
        }
    }
    return found;
}

void expect_consistent(const Board& board) {
    std::vector<Stone> stones;
    board.for_each_point([&](Point point) {
        if (!is_player(board.color(point))) return;
        stones.push_back({point, board.color(point)});
        const Flooded expected = flood(board, point);
        ASSERT_EQ(board.stones(point), static_cast<int>(expected.stones.size()));
        ASSERT_EQ(board.liberties(point), static_cast<int>(expected.liberties.size()));
        ASSERT_GT(board.liberties(point), 0);
        std::set<int> listed;
        board.for_each_stone(point, [&](Point stone) {
            listed.insert(stone.index);
            ASSERT_EQ(board.chain(stone), board.chain(point));
        });
        ASSERT_EQ(listed, expected.stones);
    });
    Board again(board.width(), board.height());
    ASSERT_EQ(again.set_stones(stones), kNoPoint);
    ASSERT_EQ(again.hash(), board.hash());
}

// What a move does, with nothing but colours: the stones after it, and how many were taken.
struct Played {
    std::map<int, Color> colors;
    int taken = 0;
    bool suicide = false;
};
Played play_by_colors(const Board& board, Point point, Color player) {
    Board bare = board;
    Played result;
    const auto color_at = [&](Point p) {
        return result.colors.contains(p.index) ? result.colors[p.index] : bare.color(p);
    };
    const auto dead_chain = [&](Point start) {
        std::vector<Point> chain{start};
        std::set<int> seen{start.index};
        for (size_t i = 0; i < chain.size(); ++i) {
            for (const Point near : bare.neighbours(chain[i])) {
                if (color_at(near) == Color::kEmpty) return std::vector<Point>{};
                if (color_at(near) == color_at(start) && seen.insert(near.index).second)
                    chain.push_back(near);
            }
        }
        return chain;
    };
    result.colors[point.index] = player;
    for (const Point near : bare.neighbours(point)) {
        if (color_at(near) != opponent(player)) continue;
        const std::vector<Point> dead = dead_chain(near);
        result.taken += static_cast<int>(dead.size());
        for (const Point stone : dead) result.colors[stone.index] = Color::kEmpty;
    }
    const std::vector<Point> own = dead_chain(point);
    result.suicide = !own.empty();
    for (const Point stone : own) result.colors[stone.index] = Color::kEmpty;
    return result;
}

TEST(Board, AgreesWithFloodFillOnRandomGames) {
    std::mt19937 random(7);
    const std::pair<int, int> sizes[] = {{2, 2}, {3, 5}, {7, 7}, {9, 4}, {19, 19}, {25, 25}};
    for (const auto& [width, height] : sizes) {
        Board board(width, height);
        Color player = Color::kBlack;
        for (int turn = 0; turn < 3 * width * height; ++turn, player = opponent(player)) {
            const Point point = board.at(static_cast<int>(random() % static_cast<unsigned>(width)),
                                         static_cast<int>(random() % static_cast<unsigned>(height)));
            if (board.color(point) != Color::kEmpty) continue;
            const Played expected = play_by_colors(board, point, player);
            ASSERT_EQ(board.is_suicide(point, player), expected.suicide);
            if (!board.is_legal_ignoring_ko(point, player, true)) {
                ASSERT_TRUE(expected.suicide && expected.colors.size() == 1);  // of a single stone
                continue;
            }
            ASSERT_EQ(board.is_legal_ignoring_ko(point, player, false), !expected.suicide);
            const int before = board.captured(opponent(player));
            const PositionHash announced = board.hash_after(point, player);
            board.play(point, player);
            ASSERT_EQ(board.hash(), announced);
            ASSERT_EQ(board.captured(opponent(player)) - before, expected.taken);
            for (const auto& [index, color] : expected.colors) {
                ASSERT_EQ(board.color(Point{static_cast<int16_t>(index)}), color);
            }
            if (turn % 5 == 0 || width < 9) expect_consistent(board);
        }
    }
}

TEST(Board, KoPointForbidsToTakeBackAtOnce) {
    Board board = board_of(".XO./X.XO/.XO./....");
    board.play(board.at(1, 1), Color::kWhite);
    EXPECT_EQ(board.ko_point(), board.at(2, 1));
    EXPECT_FALSE(board.is_legal(board.at(2, 1), Color::kBlack, true));
    EXPECT_TRUE(board.is_legal_ignoring_ko(board.at(2, 1), Color::kBlack, true));
    EXPECT_EQ(board.ko_capture(board.at(2, 1), Color::kBlack), board.at(1, 1));
    board.play(board.at(3, 3), Color::kBlack);
    EXPECT_EQ(board.ko_point(), kNoPoint);
}

TEST(Board, TakingTwoStonesIsNoKo) {
    Board board = board_of("XX./OO./...");
    board.play(board.at(2, 0), Color::kWhite);
    EXPECT_EQ(board.captured(Color::kBlack), 2);
    EXPECT_EQ(board.ko_point(), kNoPoint);
}

TEST(Board, TakingOneStoneWithAChainIsNoKo) {
    Board board = board_of("O.XO/XXO./....");
    board.play(board.at(1, 0), Color::kWhite);
    EXPECT_EQ(board.captured(Color::kBlack), 1);
    EXPECT_EQ(board.liberties(board.at(0, 0)), 1);
    EXPECT_EQ(board.ko_point(), kNoPoint);
}

TEST(Board, SuicideTakesTheOwnChain) {
    Board board = board_of(".XO./XXO./OOO.");
    EXPECT_FALSE(board.is_legal(board.at(0, 0), Color::kBlack, false));
    ASSERT_TRUE(board.is_legal(board.at(0, 0), Color::kBlack, true));
    board.play(board.at(0, 0), Color::kBlack);
    EXPECT_EQ(board.captured(Color::kBlack), 4);
    EXPECT_EQ(board.color(board.at(1, 1)), Color::kEmpty);
    Board single = board_of(".O/O.");
    EXPECT_FALSE(single.is_legal(single.at(0, 0), Color::kBlack, true));
}

TEST(Board, StonesWithoutLibertiesCannotBeSetUp) {
    Board board(3, 3);
    const PositionHash empty = board.hash();
    const std::vector<Stone> stones{
        {board.at(0, 0), Color::kBlack}, {board.at(1, 0), Color::kWhite}, {board.at(0, 1), Color::kWhite}};
    EXPECT_EQ(board.set_stones(stones), board.at(0, 0));
    EXPECT_EQ(board.hash(), empty);
    EXPECT_EQ(board.color(board.at(1, 0)), Color::kEmpty);
}

TEST(Board, HashesTellSizesAndPositionsApart) {
    std::set<std::pair<uint64_t, uint64_t>> seen;
    int boards = 0;
    for (int width = 2; width <= 25; ++width) {
        for (int height = 2; height <= 25; ++height, ++boards) {
            const PositionHash hash = Board(width, height).hash();
            seen.insert({hash.low, hash.high});
        }
    }
    Board board(25, 25);
    board.for_each_point([&](Point point) {
        for (const Color color : {Color::kBlack, Color::kWhite}) {
            const PositionHash hash = board.hash_after(point, color);
            seen.insert({hash.low, hash.high});
            ++boards;
        }
    });
    EXPECT_EQ(seen.size(), static_cast<size_t>(boards));
}

}  // namespace
}  // namespace lathe::game
