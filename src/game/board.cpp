#include "game/board.h"

#include <bitset>

#include "base/check.h"

namespace lathe::game {

namespace {

PositionHash stone_key(Point point, Color color) {
    return hash_key(color == Color::kBlack ? HashKind::kBlackStone : HashKind::kWhiteStone,
                    static_cast<uint64_t>(point.index));
}

}  // namespace

Board::Board(int width, int height) : width_(width), height_(height) {
    CHECK(width >= kMinBoardSize && width <= kMaxBoardSize && height >= kMinBoardSize &&
          height <= kMaxBoardSize);
    colors_.values.fill(Color::kWall);
    for_each_point([&](Point point) { colors_[point] = Color::kEmpty; });
    hash_ = hash_key(HashKind::kBoardSize, static_cast<uint64_t>(width * 256 + height));
}

std::array<Point, 4> Board::neighbours(Point point) const {
    const auto row = static_cast<int16_t>(width_ + 1);
    const int16_t index = point.index;
    return {Point{static_cast<int16_t>(index - row)}, Point{static_cast<int16_t>(index - 1)},
            Point{static_cast<int16_t>(index + 1)}, Point{static_cast<int16_t>(index + row)}};
}

bool Board::adjacent(Point first, Point second) const {
    for (const Point point : neighbours(first)) {
        if (point == second) return true;
    }
    return false;
}

int Board::empty_neighbours(Point point) const {
    int count = 0;
    for (const Point near : neighbours(point)) count += color(near) == Color::kEmpty;
    return count;
}

int Board::adjacent_chains(Point point, Color wanted, std::array<Point, 4>& found) const {
    int count = 0;
    for (const Point near : neighbours(point)) {
        if (color(near) != wanted) continue;
        const Point id = chain(near);
        bool seen = false;
        for (int i = 0; i < count; ++i) seen = seen || found[static_cast<size_t>(i)] == id;
        if (!seen) found[static_cast<size_t>(count++)] = id;
    }
    return count;
}

Point Board::ko_capture(Point point, Color player) const {
    if (color(point) != Color::kEmpty) return kNoPoint;
    Point taken = kNoPoint;
    for (const Point near : neighbours(point)) {
        if (color(near) == Color::kWall) continue;
        if (color(near) != opponent(player)) return kNoPoint;
        if (liberties(near) != 1) continue;
        if (taken != kNoPoint) return kNoPoint;
        taken = near;
    }
    return taken != kNoPoint && stones(taken) == 1 ? taken : kNoPoint;
}

bool Board::is_suicide(Point point, Color player) const {
    for (const Point near : neighbours(point)) {
        const Color found = color(near);
        if (found == Color::kEmpty) return false;
        if (found == player && liberties(near) > 1) return false;
        if (found == opponent(player) && liberties(near) == 1) return false;
    }
    return true;
}

bool Board::is_illegal_suicide(Point point, Color player, bool suicide_allowed) const {
    if (!is_suicide(point, player)) return false;
    if (!suicide_allowed) return true;
    for (const Point near : neighbours(point)) {
        if (color(near) == player) return false;  // more than one stone would die
    }
    return true;
}

bool Board::is_legal_ignoring_ko(Point point, Color player, bool suicide_allowed) const {
    if (point == kPass) return true;
    return color(point) == Color::kEmpty && !is_illegal_suicide(point, player, suicide_allowed);
}

bool Board::is_legal(Point point, Color player, bool suicide_allowed) const {
    return point == kPass || (point != ko_point_ && is_legal_ignoring_ko(point, player, suicide_allowed));
}

void Board::put(Point point, Color color) {
    colors_[point] = color;
    hash_ ^= stone_key(point, color);
    chain_[point] = point.index;
    next_[point] = point.index;
    stones_[point] = 1;
}

void Board::remove(Point point) {
    hash_ ^= stone_key(point, colors_[point]);
    colors_[point] = Color::kEmpty;
}

// Every chain of the other colour that touches a removed stone gains that point as a liberty.
int Board::remove_chain(Point stone) {
    const Color other = opponent(color(stone));
    int removed = 0;
    std::array<Point, 4> near;
    for_each_stone(stone, [&](Point point) {
        remove(point);
        ++removed;
        const int count = adjacent_chains(point, other, near);
        for (int i = 0; i < count; ++i) ++liberties_[near[static_cast<size_t>(i)]];
    });
    return removed;
}

// Makes one chain of two; the liberties of the result are for the caller to count. The smaller chain's circle
// is put in behind the larger one's head, head first.
void Board::join(Point first, Point second) {
    Point big = chain(first);
    Point small = chain(second);
    if (stones_[big] < stones_[small]) std::swap(big, small);
    Point last = small;
    for_each_stone(small, [&](Point point) {
        chain_[point] = big.index;
        last = point;
    });
    stones_[big] = static_cast<int16_t>(stones_[big] + stones_[small]);
    next_[last] = next_[big];
    next_[big] = small.index;
}

int Board::count_liberties(Point stone) const {
    std::bitset<kPointCount> seen;
    for_each_stone(stone, [&](Point point) {
        for (const Point near : neighbours(point)) {
            if (color(near) == Color::kEmpty) seen.set(static_cast<size_t>(near.index));
        }
    });
    return static_cast<int>(seen.count());
}

void Board::play(Point point, Color player) {
    ko_point_ = kNoPoint;
    if (point == kPass) return;
    DCHECK(color(point) == Color::kEmpty && is_player(player));
    put(point, player);
    int taken = 0;
    Point last_taken = kNoPoint;
    std::array<Point, 4> near;
    const int enemies = adjacent_chains(point, opponent(player), near);
    for (int i = 0; i < enemies; ++i) {
        const Point enemy = near[static_cast<size_t>(i)];
        if (--liberties_[enemy] > 0) continue;
        taken += remove_chain(enemy);
        last_taken = enemy;
    }
    for (const Point friendly : neighbours(point)) {
        if (color(friendly) == player && chain(friendly) != chain(point)) join(friendly, point);
    }
    liberties_[chain(point)] = static_cast<int16_t>(count_liberties(point));
    if (taken == 1 && stones(point) == 1 && liberties(point) == 1) ko_point_ = last_taken;
    captured_[static_cast<size_t>(opponent(player))] += taken;
    if (liberties(point) == 0) captured_[static_cast<size_t>(player)] += remove_chain(point);
}

Point Board::set_stones(std::span<const Stone> stones) {
    const Board before = *this;
    for (const Stone& stone : stones) {
        DCHECK(color(stone.point) != Color::kWall);
        if (is_player(color(stone.point))) remove(stone.point);
        if (is_player(stone.color)) put(stone.point, stone.color);
    }
    ko_point_ = kNoPoint;
    rebuild_chains();
    Point dead = kNoPoint;
    for_each_point([&](Point point) {
        if (is_player(color(point)) && liberties(point) == 0 && dead == kNoPoint) dead = point;
    });
    if (dead != kNoPoint) *this = before;
    return dead;
}

void Board::rebuild_chains() {
    for_each_point([&](Point point) {
        chain_[point] = point.index;
        next_[point] = point.index;
        stones_[point] = 1;
    });
    for_each_point([&](Point point) {
        if (!is_player(color(point))) return;
        for (const Point near : neighbours(point)) {
            if (color(near) == color(point) && chain(near) != chain(point)) join(near, point);
        }
    });
    for_each_point([&](Point point) {
        if (is_player(color(point)) && chain(point) == point) {
            liberties_[point] = static_cast<int16_t>(count_liberties(point));
        }
    });
}

PositionHash Board::hash_after(Point point, Color player) const {
    Board after = *this;
    after.play(point, player);
    return after.hash();
}

}  // namespace lathe::game
