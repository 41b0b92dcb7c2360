#include "game/area.h"

#include <vector>

#include "game/pass_alive.h"

namespace lathe::game {

namespace {

void mark_player(const Board& board, Color player, const AreaOptions& options, PointMap<Color>& area) {
    const PassAlive alive = find_pass_alive(board, player, options.suicide_legal);
    for (const Point chain : alive.chains) {
        board.for_each_stone(chain, [&](Point stone) { area[stone] = player; });
    }
    if (!alive.any_stone) return;
    for (const Region& region : alive.regions) {
        const bool small = region.interior_points <= 1;
        const bool sure =
            !region.touches_dead_chain && (small || (options.safe_territory && !region.has_opponent));
        if (!sure && (!options.unsafe_territory || region.has_opponent)) continue;
        for (const Point point : region.points) {
            // What is sure overrules an unsafe claim that the other player made before.
            if (sure || area[point] == Color::kEmpty) area[point] = player;
        }
    }
}

// Calls visit on every point of the part of `area` of one colour that holds `start`, `reached` marking them.
template <class F>
void flood_part(const Board& board, const PointMap<Color>& area, Point start, PointMap<bool>& reached,
                F visit) {
    std::vector<Point> queue{start};
    reached[start] = true;
    for (size_t i = 0; i < queue.size(); ++i) {
        const Point point = queue[i];
        visit(point);
        for (const Point near : board.neighbours(point)) {
            if (area[near] != area[start] || reached[near]) continue;
            reached[near] = true;
            queue.push_back(near);
        }
    }
}

bool shows_seki(const Board& board, const PointMap<Color>& area, Point point) {
    if (board.color(point) == area[point] && board.liberties(point) == 1) return true;
    for (const Point near : board.neighbours(point)) {
        if (board.color(near) == Color::kEmpty && area[near] == Color::kEmpty) return true;
    }
    return false;
}

}  // namespace

PointMap<Color> find_area(const Board& board, const AreaOptions& options) {
    PointMap<Color> area;
    mark_player(board, Color::kBlack, options, area);
    mark_player(board, Color::kWhite, options, area);
    if (options.other_stones) {
        board.for_each_point([&](Point point) {
            if (area[point] == Color::kEmpty) area[point] = board.color(point);
        });
    }
    return area;
}

IndependentLife find_independent_life(const Board& board, const IndependentLifeOptions& options) {
    const PointMap<Color> area = find_area(board, {.suicide_legal = options.suicide_legal});
    PointMap<bool> seki;
    board.for_each_point([&](Point point) {
        if (area[point] == Color::kEmpty || seki[point] || !shows_seki(board, area, point)) return;
        flood_part(board, area, point, seki, [](Point) {});
    });
    IndependentLife life;
    PointMap<bool> counted;
    board.for_each_point([&](Point point) {
        if (area[point] == Color::kEmpty || seki[point] || counted[point]) return;
        life.white_minus_black_regions += area[point] == Color::kWhite ? 1 : -1;
        flood_part(board, area, point, counted, [&](Point reached) { life.area[reached] = area[point]; });
    });
    board.for_each_point([&](Point point) {
        if (area[point] == Color::kEmpty) return;
        const bool own_stone = area[point] == board.color(point);
        if (own_stone ? options.keep_stones : options.keep_territory) life.area[point] = area[point];
    });
    return life;
}

}  // namespace lathe::game
