// Score of a board as it stands, with every stone alive or dead as area.h says.
#pragma once
#include "game/area.h"
#include "game/rules.h"

namespace lathe::game {

struct ScoringPosition {
    const Board& board;
    const Rules& rules;
    bool suicide_legal_for_pass_alive;
    // Territory rules: in the second encore, stones count for area when they were there at its start.
    const PointMap<Color>* second_encore_start = nullptr;
};

struct ScoredArea {
    PointMap<Color> owner;
    int tax_for_white = 0;  // group tax, points for White less points for Black
};

// Under territory rules these are points of area in KataGo's sense: the history's bonus takes back a point
// per move.
ScoredArea find_scored_area(const ScoringPosition& position);

// Points on the board, White's less Black's, with the group tax, without komi and bonuses.
int board_score(const Board& board, const ScoredArea& area);

}  // namespace lathe::game
