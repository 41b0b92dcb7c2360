#include "game/ladder.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

namespace lathe::game {
namespace {

Board board_of(std::string_view rows, int width) {
    Board board(width, static_cast<int>(rows.size()) / width);
    std::vector<Stone> stones;
    board.for_each_point([&](Point point) {
        const char c = rows[static_cast<size_t>(board.y_of(point) * width + board.x_of(point))];
        if (c != '.') stones.push_back({point, c == 'X' ? Color::kBlack : Color::kWhite});
    });
    EXPECT_EQ(board.set_stones(stones), kNoPoint);
    return board;
}

std::vector<Point> liberties_of(const Board& board, Point stone) {
    std::vector<Point> found;
    board.for_each_point([&](Point point) {
        if (board.color(point) != Color::kEmpty) return;
        for (const Point near : board.neighbours(point)) {
            if (board.color(near) == board.color(stone) && board.chain(near) == board.chain(stone)) {
                found.push_back(point);
                return;
            }
        }
    });
    return found;
}

// The rule of ladders by plain recursion, without any of the shortcuts; gives up (nothing) where KataGo's
// rule differs on purpose: when the attacker's ko captures matter, or when the defender may capture and
// extend in one move.
class Reference {
public:
    Reference(Point stone, Color defender) : stone_(stone), defender_(defender) {}

    bool unusual() const { return unusual_; }

    bool captured(const Board& board, bool defender_moves, int depth) {
        const int liberties = board.liberties(stone_);
        if (depth > 60) unusual_ = true;
        if (unusual_) return false;
        if (!defender_moves) return attack(board, liberties, depth);
        if (liberties >= 2 || board.ko_point() != kNoPoint) return false;
        std::vector<Point> moves = liberties_of(board, stone_);
        board.for_each_stone(stone_, [&](Point own) {
            for (const Point near : board.neighbours(own)) {
                if (board.color(near) != opponent(defender_) || board.liberties(near) != 1) continue;
                const Point capture = liberties_of(board, near).front();
                if (capture == moves.front()) unusual_ = true;
                moves.push_back(capture);
            }
        });
        for (const Point move : moves) {
            if (!board.is_legal(move, defender_, false)) continue;
            Board after = board;
            after.play(move, defender_);
            if (!captured(after, false, depth + 1)) return false;
        }
        return true;
    }

private:
    bool attack(const Board& board, int liberties, int depth) {
        if (liberties <= 1) return true;
        if (liberties >= 3) return false;
        int ko_captures = 0;
        for (const Point move : liberties_of(board, stone_)) {
            ko_captures += board.ko_capture(move, opponent(defender_)) != kNoPoint;
        }
        if (ko_captures == 2) unusual_ = true;
        for (const Point move : liberties_of(board, stone_)) {
            if (!board.is_legal(move, opponent(defender_), false)) continue;
            Board after = board;
            after.play(move, opponent(defender_));
            if (captured(after, true, depth + 1)) return true;
        }
        return false;
    }

    const Point stone_;
    const Color defender_;
    bool unusual_ = false;
};

std::optional<bool> reference_answer(const Board& board, Point stone, bool defender_first) {
    Board start = board;
    if (defender_first) start.clear_ko();
    Reference reference(stone, board.color(stone));
    const bool captured = reference.captured(start, defender_first, 0);
    if (reference.unusual()) return std::nullopt;
    return captured;
}

TEST(Ladder, AgreesWithPlainSearchOnRandomBoards) {
    std::mt19937 random(1);
    int compared = 0;
    int captured = 0;
    for (int i = 0; i < 3000; ++i) {
        const int size = 5 + i % 5;
        Board board(size, size);
        Color player = Color::kBlack;
        for (unsigned n = random() % static_cast<unsigned>(size * size); n > 0;
             --n, player = opponent(player)) {
            const Point point = board.at(static_cast<int>(random() % static_cast<unsigned>(size)),
                                         static_cast<int>(random() % static_cast<unsigned>(size)));
            if (board.color(point) == Color::kEmpty && board.is_legal(point, player, false))
                board.play(point, player);
        }
        board.for_each_point([&](Point point) {
            if (!is_player(board.color(point)) || board.chain(point) != point || board.liberties(point) > 2)
                return;
            const bool atari = board.liberties(point) == 1;
            const auto expected = reference_answer(board, point, atari);
            if (!expected) return;
            ASSERT_EQ(is_ladder_captured(board, point, atari), *expected) << i;
            ++compared;
            captured += *expected;
        });
    }
    EXPECT_GT(compared, 5000);
    EXPECT_GT(captured, 1000);
}

TEST(Ladder, RunsAcrossTheBoard) {
    // The white stone at C7 is caught in a ladder; a stone at G3 breaks it.
    const std::string_view rows = "........."
                                  "..XX....."
                                  ".XO......"
                                  ".XX......"
                                  "........."
                                  "........."
                                  "........."
                                  "........."
                                  ".........";
    Board board = board_of(rows, 9);
    const Point stone = board.at(2, 2);
    ASSERT_EQ(board.liberties(stone), 1);
    EXPECT_TRUE(is_ladder_captured(board, stone, true));
    const Stone breaker{board.at(6, 6), Color::kWhite};
    ASSERT_EQ(board.set_stones({&breaker, 1}), kNoPoint);
    EXPECT_FALSE(is_ladder_captured(board, stone, true));
}

TEST(Ladder, FindsTheAttackersMoves) {
    const Board board = board_of("........."
                                 "..XX....."
                                 ".XO......"
                                 ".X......."
                                 "........."
                                 "........."
                                 "........."
                                 "........."
                                 ".........",
                                 9);
    const Ladders ladders = find_ladders(board);
    EXPECT_TRUE(ladders.captured[board.at(2, 2)]);
    EXPECT_TRUE(ladders.black_moves.empty());
    ASSERT_FALSE(ladders.white_moves.empty());
    for (const Point move : ladders.white_moves) {
        Board after = board;
        after.play(move, Color::kBlack);
        EXPECT_TRUE(is_ladder_captured(after, board.at(2, 2), true));
    }
}

}  // namespace
}  // namespace lathe::game
