#include "game/ladder.h"

#include <algorithm>

namespace lathe::game {

namespace {

constexpr int kNodeBudget = 25000;

void append_new(std::vector<Point>& points, Point point) {
    if (std::find(points.begin(), points.end(), point) == points.end()) points.push_back(point);
}

std::vector<Point> liberties_of(const Board& board, Point stone) {
    std::vector<Point> found;
    board.for_each_stone(stone, [&](Point point) {
        for (const Point near : board.neighbours(point)) {
            if (board.color(near) == Color::kEmpty) append_new(found, near);
        }
    });
    return found;
}

// The last liberties of the opponent's chains that touch `stone`'s chain and are in atari.
std::vector<Point> captures_around(const Board& board, Point stone) {
    std::vector<Point> found;
    const Color enemy = opponent(board.color(stone));
    board.for_each_stone(stone, [&](Point point) {
        for (const Point near : board.neighbours(point)) {
            if (board.color(near) != enemy || board.liberties(near) != 1) continue;
            append_new(found, liberties_of(board, near).front());
        }
    });
    return found;
}

struct LibertyBounds {
    int lower = 0;
    int upper = 0;
};

// Quick bounds on the liberties that a stone of `player` at `point` would have.
LibertyBounds bound_liberties(const Board& board, Point point, Color player) {
    int captures = 0;
    int captured_stones = 0;
    int friendly = 0;
    int best_friendly = 0;
    for (const Point near : board.neighbours(point)) {
        const Color color = board.color(near);
        if (color == opponent(player) && board.liberties(near) == 1) {
            ++captures;
            captured_stones += board.stones(near);
        } else if (color == player) {
            friendly += board.liberties(near) - 1;
            best_friendly = std::max(best_friendly, board.liberties(near) - 1);
        }
    }
    const int empty = board.empty_neighbours(point);
    return {captures + std::max(best_friendly, empty), empty + captured_stones + friendly};
}

int liberties_after(const Board& board, Point point, Color player) {
    Board after = board;
    after.play(point, player);
    return after.color(point) == player ? after.liberties(point) : 0;
}

// How promising it is for the attacker to play here first: what the defender would gain by playing here.
int attraction(const Board& board, Point point, Color defender) {
    int value = 2 * board.empty_neighbours(point);
    for (const Point near : board.neighbours(point)) {
        if (board.color(near) == defender && board.liberties(near) > 1)
            value += 2 * board.liberties(near) - 3;
    }
    return value;
}

enum class Outcome { kOpen, kCaptured, kEscaped };

class LadderSearch {
public:
    LadderSearch(const Board& board, Point stone, bool defender_first)
        : stone_(stone),
          defender_(board.color(stone)),
          defender_first_(defender_first),
          max_depth_(static_cast<size_t>(board.area() * 3 / 2)) {
        stack_.push_back({board, {}, 0});
        if (defender_first) stack_.front().board.clear_ko();
    }

    bool run() {
        Outcome outcome = enter();
        int plays = 0;
        while (true) {
            if (outcome != Outcome::kOpen) {  // the level on top is decided
                stack_.pop_back();
                if (stack_.empty()) return outcome == Outcome::kCaptured;
                const Outcome wanted = defender_moves() ? Outcome::kEscaped : Outcome::kCaptured;
                if (outcome == wanted) continue;
            }
            Level& level = stack_.back();
            outcome = defender_moves() ? Outcome::kCaptured : Outcome::kEscaped;  // when no move is left
            const Color player = defender_moves() ? defender_ : opponent(defender_);
            while (level.next < level.moves.size() &&
                   !level.board.is_legal(level.moves[level.next], player, false)) {
                ++level.next;
            }
            if (level.next == level.moves.size()) continue;
            const Point move = level.moves[level.next++];
            stack_.push_back({level.board, {}, 0});
            stack_.back().board.play(move, player);
            if (++plays >= kNodeBudget) return false;
            outcome = enter();
        }
    }

private:
    struct Level {
        Board board;  // before this level's moves
        std::vector<Point> moves;
        size_t next;
    };

    bool defender_moves() const { return (stack_.size() % 2 == 1) == defender_first_; }

    // Decides the new level on top at once, or lists its moves.
    Outcome enter() {
        if (stack_.size() > max_depth_) return Outcome::kCaptured;
        return defender_moves() ? enter_defender(stack_.back()) : enter_attacker(stack_.back());
    }

    Outcome enter_defender(Level& level) const {
        const Board& board = level.board;
        if (board.liberties(stone_) >= 2 || board.ko_point() != kNoPoint) return Outcome::kEscaped;
        level.moves = captures_around(board, stone_);
        append_new(level.moves, liberties_of(board, stone_).front());
        // The last move is the own liberty, unless filling that captures; KataGo takes the last one in any
        // case.
        const LibertyBounds bounds = bound_liberties(board, level.moves.back(), defender_);
        if (bounds.lower >= 3) return Outcome::kEscaped;
        if (level.moves.size() == 1 && bounds.upper <= 1) return Outcome::kCaptured;
        return Outcome::kOpen;
    }

    Outcome enter_attacker(Level& level) const {
        const Board& board = level.board;
        const int liberties = board.liberties(stone_);
        if (liberties <= 1) return Outcome::kCaptured;
        if (liberties >= 3) return Outcome::kEscaped;
        level.moves = liberties_of(board, stone_);
        const Point first = level.moves[0];
        const Point second = level.moves[1];
        if (is_double_ko_death(board, first, second)) return Outcome::kCaptured;
        if (!board.adjacent(first, second)) {
            const bool first_runs = board.empty_neighbours(first) >= 3;
            const bool second_runs = board.empty_neighbours(second) >= 3;
            if (first_runs && second_runs) return Outcome::kEscaped;
            if (first_runs || second_runs) {
                level.moves = {first_runs ? first : second};
                return Outcome::kOpen;
            }
        }
        if (attraction(board, second, defender_) > attraction(board, first, defender_)) {
            std::swap(level.moves[0], level.moves[1]);
        }
        return Outcome::kOpen;
    }

    // Both liberties are ko mouths, filling either gains nothing, and the defender has nothing to capture.
    bool is_double_ko_death(const Board& board, Point first, Point second) const {
        for (const Point point : {first, second}) {
            if (board.empty_neighbours(point) != 0) return false;
            if (board.ko_capture(point, opponent(defender_)) == kNoPoint) return false;
            if (liberties_after(board, point, defender_) > 2) return false;
        }
        return captures_around(board, stone_).empty();
    }

    const Point stone_;
    const Color defender_;
    const bool defender_first_;
    const size_t max_depth_;
    std::vector<Level> stack_;
};

}  // namespace

bool is_ladder_captured(const Board& board, Point stone, bool defender_first) {
    if (board.liberties(stone) > (defender_first ? 1 : 2)) return false;
    return LadderSearch(board, stone, defender_first).run();
}

std::vector<Point> ladder_captures(const Board& board, Point stone) {
    std::vector<Point> working;
    const Color attacker = opponent(board.color(stone));
    for (const Point move : liberties_of(board, stone)) {
        if (!board.is_legal(move, attacker, false)) continue;
        Board after = board;
        after.play(move, attacker);
        if (is_ladder_captured(after, stone, true)) working.push_back(move);
    }
    return working;
}

Ladders find_ladders(const Board& board) {
    Ladders ladders;
    PointMap<bool> solved;
    board.for_each_point([&](Point point) {
        if (!is_player(board.color(point)) || solved[point]) return;
        board.for_each_stone(point, [&](Point stone) { solved[stone] = true; });
        bool captured = false;
        if (board.liberties(point) == 1) {
            captured = is_ladder_captured(board, point, true);
        } else if (board.liberties(point) == 2) {
            const std::vector<Point> moves = ladder_captures(board, point);
            captured = !moves.empty();
            auto& list = board.color(point) == Color::kWhite ? ladders.white_moves : ladders.black_moves;
            list.insert(list.end(), moves.begin(), moves.end());
        }
        if (captured) {
            board.for_each_stone(point, [&](Point stone) { ladders.captured[stone] = true; });
        }
    });
    return ladders;
}

}  // namespace lathe::game
