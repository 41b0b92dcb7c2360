// Area: whose every point is, as KataGo counts it for scores and features. Nobody removes dead stones by hand
// here: what is not unconditionally alive or dead counts as it stands on the board. Source: KataGo's inputs
// 18 and 19 and its rules documentation (tax, seki, independent life).
#pragma once
#include "game/board.h"

namespace lathe::game {

struct AreaOptions {
    bool other_stones = true;  // stones that are not pass-alive count for their colour
    // Empty regions of any size, bordered by one player's pass-alive stones only.
    bool safe_territory = true;
    // Empty regions bordered by one player's stones only, where nobody else has a claim.
    bool unsafe_territory = true;
    bool suicide_legal = false;  // for what is pass-alive
};

// kEmpty: nobody's. Pass-alive chains and their small or opponent-free regions always count.
PointMap<Color> find_area(const Board& board, const AreaOptions& options);

struct IndependentLifeOptions {
    bool keep_territory = false;  // points of the area without an owner's stone count everywhere, in seki too
    bool keep_stones = false;  // stones count everywhere
    bool suicide_legal = false;
};

struct IndependentLife {
    PointMap<Color> area;
    int white_minus_black_regions = 0;  // living groups, for the group tax
};

// The area (all of AreaOptions) less every one-coloured part of it that is in seki: a part with an owner's
// stone in atari, or next to a point that belongs to nobody.
IndependentLife find_independent_life(const Board& board, const IndependentLifeOptions& options);

}  // namespace lathe::game
