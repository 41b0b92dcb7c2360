// Features: what KataGo's networks see of a game: planes over the board and a few numbers about the whole
// game, from the point of view of the player to move. All five versions of them are here; networks of version
// 8 to 17 use the seventh.
//
//   version  networks  planes  globals
//   7        8 … 17    22      19
//   6        7         22      16
//   5        6         13      12
//   4        5         22      14
//   3        3, 4      22      14
//
// Planes are 0 or 1, f32, [planes, height, width]; the board lies in the upper left corner, and plane 0 is 1
// on it. Source: KataGo's network inputs (nninputs), whose values these equal.
#pragma once
#include "base/result.h"
#include "game/history.h"
#include "tensor/tensor.h"

namespace lathe::game {

struct FeatureOptions {
    int version = 7;
    double draw_equivalent_wins = 0.5;  // what a draw is worth to White, in wins
    bool conservative_pass = false;  // at the root of a search: as if a pass did not end the game
    bool passing_hacks = false;  // KataGo's enablePassingHacks
    double playout_doubling_advantage = 0;  // version 7; for handicap play
    int max_history = 5;  // moves shown, 0 to 5; versions 6 and 7
};

struct Features {
    Tensor spatial;  // f32 [planes, height, width]
    Tensor global;  // f32 [globals]
};

struct FeatureShape {
    int planes = 0;
    int globals = 0;
};

// Errors: a version that does not exist.
Result<FeatureShape> feature_shape(int version);
Result<int> feature_version_of_model(int model_version);

// height, width: of the planes. Errors: smaller than the board, or a version that does not exist.
Result<Features> make_features(const History& history, int height, int width,
                               const FeatureOptions& options = {});

}  // namespace lathe::game
