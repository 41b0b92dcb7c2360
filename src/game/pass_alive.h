// Unconditional life: which chains of one player cannot be captured even if that player only passes, and the
// regions between them. Source: D. Benson, "Life in the game of Go", Information Sciences 10 (1976), with
// KataGo's reading of what a region is vital for.
//
// A region of a player is a maximal connected set of points without that player's stones. It is vital for a
// chain when each of its empty points (each of its points, where suicide is legal) is a liberty or neighbour
// of that chain. A chain lives when it has two vital regions that touch living chains only.
#pragma once
#include <vector>

#include "game/board.h"

namespace lathe::game {

struct Region {
    std::vector<Point> points;      // empty points and the opponent's stones
    bool has_opponent = false;      // at least one stone of the opponent
    int interior_points = 0;        // points that no stone of the player touches
    bool touches_dead_chain = false;  // a chain that is not unconditionally alive
};

struct PassAlive {
    bool any_stone = false;      // the player has a stone on the board
    std::vector<Point> chains;   // the living ones, as Board::chain names them
    std::vector<Region> regions;
};

PassAlive find_pass_alive(const Board& board, Color player, bool suicide_legal);

}  // namespace lathe::game
