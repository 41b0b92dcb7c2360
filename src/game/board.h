// Board: stones on a grid of 2x2 to 25x25 points (rectangles too), with chains, liberties, captures, the
// simple-ko point and a position hash. It knows how stones come and go, not whose turn it is: turns, superko
// and scoring are history.h. A Board is a plain value of about 6 KB without heap memory, so that a search
// copies it instead of undoing moves.
//
// A Point is an index into the board with a border of wall points: (y + 1) * (width + 1) + x + 1, y = 0 is
// the top row. It means nothing without its board's width. kPass stands for a pass, kNoPoint for "none".
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "game/position_hash.h"

namespace lathe::game {

enum class Color : uint8_t { kEmpty = 0, kBlack = 1, kWhite = 2, kWall = 3 };

constexpr Color opponent(Color player) { return static_cast<Color>(3 - static_cast<int>(player)); }
constexpr bool is_player(Color color) { return color == Color::kBlack || color == Color::kWhite; }

inline constexpr int kMaxBoardSize = 25;
inline constexpr int kMinBoardSize = 2;
inline constexpr int kPointCount = (kMaxBoardSize + 2) * (kMaxBoardSize + 1) + 1;

struct Point {
    int16_t index = 0;
    bool operator==(const Point&) const = default;
};
inline constexpr Point kPass{0};
inline constexpr Point kNoPoint{-1};

// A value for every point of a board.
template <class T>
struct PointMap {
    std::array<T, kPointCount> values{};
    T& operator[](Point point) { return values[static_cast<size_t>(point.index)]; }
    const T& operator[](Point point) const { return values[static_cast<size_t>(point.index)]; }
};

struct Stone {
    Point point;
    Color color = Color::kEmpty;  // kEmpty takes a stone away
};

class Board {
public:
    Board(int width, int height);  // both from kMinBoardSize to kMaxBoardSize

    int width() const { return width_; }
    int height() const { return height_; }
    int area() const { return width_ * height_; }
    Point at(int x, int y) const { return Point{static_cast<int16_t>((y + 1) * (width_ + 1) + x + 1)}; }
    int x_of(Point point) const { return point.index % (width_ + 1) - 1; }
    int y_of(Point point) const { return point.index / (width_ + 1) - 1; }
    bool contains(int x, int y) const { return x >= 0 && x < width_ && y >= 0 && y < height_; }

    Color color(Point point) const { return colors_[point]; }
    std::array<Point, 4> neighbours(Point point) const;  // up, left, right, down; wall points included
    bool adjacent(Point first, Point second) const;
    template <class F>
    void for_each_point(F visit) const;  // row by row from the top left

    // Chains. `stone` is any stone of the chain. chain() is the same for all its stones, until the next move.
    Point chain(Point stone) const { return Point{chain_[stone]}; }
    int stones(Point stone) const { return stones_[chain(stone)]; }
    int liberties(Point stone) const { return liberties_[chain(stone)]; }
    template <class F>
    void for_each_stone(Point stone, F visit) const;  // every stone of that chain
    int empty_neighbours(Point point) const;

    // The point where the opponent may not take back at once: the last move took one stone, is a single stone
    // itself and has that point as its only liberty. kNoPoint otherwise.
    Point ko_point() const { return ko_point_; }
    void clear_ko() { ko_point_ = kNoPoint; }
    // The single stone that `player` would take by playing at `point` if that were a ko capture (empty point,
    // all neighbours are the opponent's or wall, and exactly one of them, a chain of one stone, is taken);
    // else kNoPoint.
    Point ko_capture(Point point, Color player) const;

    bool is_suicide(Point point, Color player) const;  // would leave the own chain without liberties
    // Suicide that the rules forbid: of one stone always, of more unless `suicide_allowed`.
    bool is_illegal_suicide(Point point, Color player, bool suicide_allowed) const;
    bool is_legal_ignoring_ko(Point point, Color player, bool suicide_allowed) const;  // kPass is legal
    bool is_legal(Point point, Color player, bool suicide_allowed) const;  // simple ko only

    // Plays a move that is_legal_ignoring_ko(…, true) accepts; captures, then removes a suicided chain.
    void play(Point point, Color player);
    // Sets and takes away stones at once, without captures. Returns kNoPoint, or, leaving the board as it
    // was, a stone that would have no liberty.
    Point set_stones(std::span<const Stone> stones);

    // Stones of `color` taken so far.
    int captured(Color color) const { return captured_[static_cast<size_t>(color)]; }
    PositionHash hash() const { return hash_; }  // stones and board size; not ko, not the side to move
    PositionHash hash_after(Point point, Color player) const;

private:
    void put(Point point, Color color);
    void remove(Point point);
    int remove_chain(Point stone);
    void join(Point first, Point second);
    int count_liberties(Point stone) const;
    void rebuild_chains();
    // The chains of `color` next to `point`, each once; returns how many.
    int adjacent_chains(Point point, Color color, std::array<Point, 4>& found) const;

    int width_;
    int height_;
    Point ko_point_ = kNoPoint;
    std::array<int, 3> captured_{};
    PositionHash hash_;
    PointMap<Color> colors_;
    PointMap<int16_t> chain_;  // stone -> the point that stands for its chain
    PointMap<int16_t> next_;  // stone -> the next stone of its chain, in a circle
    PointMap<int16_t> stones_;  // chain -> number of stones
    PointMap<int16_t> liberties_;  // chain -> number of liberties
};

template <class F>
void Board::for_each_point(F visit) const {
    for (int y = 0; y < height_; ++y) {
        for (int x = 0; x < width_; ++x) visit(at(x, y));
    }
}

template <class F>
void Board::for_each_stone(Point stone, F visit) const {
    Point current = stone;
    do {
        visit(current);
        current = Point{next_[current]};
    } while (current != stone);
}

}  // namespace lathe::game
