// GameMetadata: who plays, when and under which conditions, as the metadata encoder of KataGo's human-style
// networks is told: 192 numbers. Its rows follow the way the record would have come from a game server.
// Source: KataGo's SGF metadata inputs and its humanSLProfile names.
#pragma once
#include <string_view>

#include "base/result.h"
#include "game/board.h"
#include "tensor/tensor.h"

namespace lathe::game {

inline constexpr int kMetadataInputs = 192;

struct PlayerMetadata {
    int inverse_rank = 0;  // 0 professional or unknown, 1 is 9 dan, 9 is 1 dan, 10 is 1 kyu, 29 is 20 kyu
    bool is_human = false;
    bool is_unranked = false;   // the server gave no rank; inverse_rank is not shown then
    bool rank_unknown = false;  // the record names no rank
};

enum class TimeControl { kUnknown, kNone, kAbsolute, kSimple, kByoYomi, kCanadian, kFischer };
enum class GameSource { kUnknown = 0, kOgs = 1, kKgs = 2, kFox = 3, kTygem = 4, kGoGoD = 5, kGo4Go = 6 };
enum class Rated { kYes, kNo, kUnknown };

struct GameMetadata {
    PlayerMetadata black;
    PlayerMetadata white;
    Rated rated = Rated::kYes;
    TimeControl time_control = TimeControl::kUnknown;
    double main_time_s = 0;
    double period_time_s = 0;  // byo-yomi
    int byo_yomi_periods = 0;
    int canadian_moves = 0;
    int64_t days_since_1970 = 0;  // of the game's date
    GameSource source = GameSource::kUnknown;
};

// Profiles: "rank_5k" (both), "rank_3d_1k" (Black, White), "preaz_…" (the same in 2016), 9d to 20k; and
// "proyear_1965" from 1800 to 2023. Errors: any other name.
Result<GameMetadata> metadata_profile(std::string_view name);

int64_t days_since_1970(int year, int month, int day);  // Gregorian calendar

// f32 [192], from the point of view of the player to move. board_area: width times height.
Tensor metadata_input(const GameMetadata& metadata, Color player, int board_area);

}  // namespace lathe::game
