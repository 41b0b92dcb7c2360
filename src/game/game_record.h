// GameRecord: what an SGF file says about one game of Go: the board, stones set up, rules, komi and the moves
// of its main line. And the way from there to the History at any move.
//
// Board: SZ ("19" or "w:h"), 19x19 without. Komi: KM, else that of the rules. Rules: RU, read as rules.h
// does. Setup: AB, AW, AE (with rectangles "aa:cc") before the first move. Moves: B and W; [] is a pass, and
// so is [tt] on boards up to 19. First to move: the colour of the first move, else PL, else White when only
// black stones were set up, else Black. Source: SGF FF[4] and KataGo's behaviour on loading SGF files.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "game/history.h"
#include "game/sgf.h"

namespace lathe::game {

inline constexpr size_t kMaxMoves = 10000;

struct RecordedMove {
    Move move;
    size_t offset_bytes = 0;  // in the SGF text
};

struct GameRecord {
    int width = 19;
    int height = 19;
    Rules rules;
    Color first_to_move = Color::kBlack;
    std::vector<Stone> setup;
    std::vector<RecordedMove> moves;
    std::string black_name, white_name, event, date, result;  // PB, PW, EV, DT, RE; empty when absent
    // What a person should know: rules that were not understood and what is used instead, odd komi, missing
    // stones.
    std::vector<std::string> notes;
};

struct RecordDefaults {
    Rules rules;  // where RU is absent or not understood (a note says so)
    std::optional<Rules> forced_rules;  // whatever RU says; komi is still KM's
    std::optional<float> forced_komi;  // whatever KM says
};

// Errors, with the byte offset: a size that is not between 2 and 25, komi that is no multiple of 0.5, a point
// off the board, stones set up twice or after the first move, another game than Go (GM), more than kMaxMoves
// moves.
Result<GameRecord> read_game(const SgfTree& tree, const RecordDefaults& defaults = {});
Result<GameRecord> read_game(std::string_view sgf_text, const RecordDefaults& defaults = {});

// The game after `move_count` moves (all of them without). Moves that break the rules of ko, suicide or turn
// are played as they stand, as KataGo does, and a note is appended to `notes`, if given. Errors: more moves
// asked for than there are; setup stones without liberties; a move on a stone, or a single-stone suicide,
// with the move's number and byte offset.
Result<History> replay(const GameRecord& record, std::optional<int> move_count = {},
                       const HistoryOptions& options = {}, std::vector<std::string>* notes = nullptr);

// "D4": columns A to Z without I, rows from the bottom; "pass".
std::string point_name(const Board& board, Point point);

}  // namespace lathe::game
