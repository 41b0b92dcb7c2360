#include "game/pass_alive.h"

#include <algorithm>

namespace lathe::game {

namespace {

class Benson {
public:
    Benson(const Board& board, Color player, bool suicide_legal)
        : board_(board), player_(player), suicide_legal_(suicide_legal) {
        region_of_.values.fill(-1);
        board.for_each_point([&](Point point) {
            if (board.color(point) == player && board.chain(point) == point) chains_.push_back(point);
            if (board.color(point) == Color::kEmpty && region_of_[point] < 0) flood(point);
        });
    }

    PassAlive run() {
        for (const auto& chains : vital_) {
            for (const Point chain : chains) ++vital_regions_[chain];
        }
        std::vector<Point> alive = chains_;
        size_t before = 0;
        do {
            before = alive.size();
            std::erase_if(alive, [&](Point chain) {
                if (vital_regions_[chain] >= 2) return false;
                kill(chain);
                return true;
            });
        } while (alive.size() != before);
        return {!chains_.empty(), std::move(alive), std::move(regions_)};
    }

private:
    // The distinct chains of the player next to `point`.
    std::vector<Point> chains_at(Point point) const {
        std::vector<Point> found;
        for (const Point near : board_.neighbours(point)) {
            if (board_.color(near) != player_) continue;
            const Point chain = board_.chain(near);
            if (std::find(found.begin(), found.end(), chain) == found.end()) found.push_back(chain);
        }
        return found;
    }

    bool is_region_point(Point point) const {
        return board_.color(point) == Color::kEmpty || board_.color(point) == opponent(player_);
    }

    // Grows a new region from an empty point, and keeps the chains that it is vital for.
    void flood(Point start) {
        const int id = static_cast<int>(regions_.size());
        Region region;
        std::vector<Point> vital = chains_at(start);
        region.points.push_back(start);
        region_of_[start] = static_cast<int16_t>(id);
        for (size_t i = 0; i < region.points.size(); ++i) {
            const Point point = region.points[i];
            const std::vector<Point> near_chains = chains_at(point);
            region.interior_points += near_chains.empty();
            region.has_opponent = region.has_opponent || board_.color(point) != Color::kEmpty;
            if (suicide_legal_ || board_.color(point) == Color::kEmpty) {
                std::erase_if(vital, [&](Point chain) {
                    return std::find(near_chains.begin(), near_chains.end(), chain) == near_chains.end();
                });
            }
            for (const Point near : board_.neighbours(point)) {
                if (!is_region_point(near) || region_of_[near] >= 0) continue;
                region_of_[near] = static_cast<int16_t>(id);
                region.points.push_back(near);
            }
        }
        regions_.push_back(std::move(region));
        vital_.push_back(std::move(vital));
    }

    // Every region that a dead chain touches stops being vital for anyone.
    void kill(Point chain) {
        board_.for_each_stone(chain, [&](Point stone) {
            for (const Point near : board_.neighbours(stone)) {
                if (!is_region_point(near)) continue;
                const auto id = static_cast<size_t>(region_of_[near]);
                if (regions_[id].touches_dead_chain) continue;
                regions_[id].touches_dead_chain = true;
                for (const Point served : vital_[id]) --vital_regions_[served];
            }
        });
    }

    const Board& board_;
    const Color player_;
    const bool suicide_legal_;
    std::vector<Point> chains_;
    std::vector<Region> regions_;
    std::vector<std::vector<Point>> vital_;  // by region: the chains that it is vital for
    PointMap<int16_t> region_of_;
    PointMap<int> vital_regions_;  // by chain
};

}  // namespace

PassAlive find_pass_alive(const Board& board, Color player, bool suicide_legal) {
    return Benson(board, player, suicide_legal).run();
}

}  // namespace lathe::game
