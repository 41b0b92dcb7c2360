// Ladders: can a chain with one or two liberties be captured by an unbroken sequence of ataris? The search is
// depth-first with alternating moves, at most 25,000 moves (then: not captured) and 1.5 times the board's
// area deep (then: captured). The defender may extend or capture a neighbouring chain in atari; the attacker
// plays the two liberties. Suicide is never allowed. Ko helps the defender: a ko that is to be fought counts
// as an escape, and the ko ban on the board is lifted before the defender's first move. Source: KataGo's
// inputs 14 to 17; its order of moves is ours only where it does not change the answer, so that a search
// which exhausts the budget, or one where a capturing move fills the last liberty, may differ.
#pragma once
#include <vector>

#include "game/board.h"

namespace lathe::game {

// stone: of a chain with 1 or 2 liberties (1, when the defender moves first), else false.
bool is_ladder_captured(const Board& board, Point stone, bool defender_first);

// stone: of a chain with exactly 2 liberties. The liberties by which the attacker, moving first, captures it.
std::vector<Point> ladder_captures(const Board& board, Point stone);

struct Ladders {
    // Stones of chains that are captured: with one liberty although the defender moves first, with two if the
    // attacker moves first.
    PointMap<bool> captured;
    // The attacker's working moves against white, against black chains with two liberties.
    std::vector<Point> white_moves;
    std::vector<Point> black_moves;
};
Ladders find_ladders(const Board& board);

}  // namespace lathe::game
