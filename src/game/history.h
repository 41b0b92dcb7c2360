// History: a game from its first position to the current one, with all that KataGo's network looks at: the
// rules' bans (simple ko, superko, the encore's ko rules), passes and phases, who gets which bonus points,
// and the last boards. It accepts what game records contain, not only what the rules allow: see playable().
//
// Phases: under area rules a game has one; under territory rules two passes lead to the first encore, there
// two more to the second, and there two more to the end (or the game stands still after the first two, with
// prevent_encore). Source: KataGo's rules documentation (Rules.md) and the behaviour of its GTP engine.
#pragma once
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "game/board.h"
#include "game/rules.h"
#include "game/score.h"

namespace lathe::game {

struct Move {
    Point point = kPass;
    Color color = Color::kEmpty;
};

struct HistoryOptions {
    bool prevent_encore = false;  // KataGo's preventCleanupPhase, on in its GTP mode unless configured
    // Black's moves before White's first one count as handicap stones, as KataGo's GTP mode has it.
    bool leading_black_moves_are_handicap = true;
    // Networks that say preferPassAliveUnderSuicideRules count pass-alive chains as if suicide were legal.
    bool pass_alive_under_suicide = false;
};

class History {
public:
    History(const Board& start, Color to_move, const Rules& rules, const HistoryOptions& options = {});

    // The move could be made with stones on a board: the point is empty, and playing there is no suicide of a
    // single stone; or it is a pass, or lifts a ko block in the encore. Either player may move.
    bool playable(Point point, Color player) const;
    // The rules allow it to the player to move.
    bool is_legal(Point point) const { return is_legal_for(point, to_move_); }
    void play(Point point, Color player);  // a playable move

    const Board& board() const { return recent_[0]; }
    // 0, 1 or 2 turns ago; the first board, if the game is shorter.
    const Board& board_before(int turns) const { return recent_[static_cast<size_t>(turns)]; }
    Color to_move() const { return to_move_; }
    const Rules& rules() const { return rules_; }
    std::span<const Move> moves() const { return moves_; }

    // Bans for the player to move. In the encore: captures of a ko that this player made before in the same
    // position.
    bool superko_banned(Point point) const { return superko_banned_[point]; }
    // Encore: this stone may be retaken only after a pass for the ko.
    bool recapture_blocked(Point point) const { return recapture_blocked_[point]; }
    int encore_phase() const { return encore_phase_; }  // 0, 1 or 2
    Color second_encore_start(Point point) const { return second_encore_start_[point]; }
    bool has_button() const { return has_button_; }

    // Turns of this phase that may be shown to a network: all of them, but one after the game ended.
    int usable_turns() const { return usable_turns_; }
    // The same, cut at the last move against the rules.
    int legal_turns_in_a_row() const { return legal_turns_; }
    bool finished() const { return finished_; }
    bool no_result() const { return no_result_; }  // finished, by a repeated position
    bool past_phase_end() const { return past_phase_end_; }  // the encore that should follow is prevented
    ScoredArea scored_area() const;  // of the board as it stands, in this phase
    // White's points less Black's, with komi; of a finished game that has a result.
    std::optional<float> final_score() const { return final_score_; }

    bool pass_would_end_phase() const;
    bool pass_would_end_game() const { return pass_would_end_phase() && in_last_phase(); }
    // A pass would end the game by the rules, but friendly passing says that it is not meant so.
    bool end_is_suppressed_by_friendly_pass() const;

    float white_bonus() const { return white_bonus_; }  // captures under territory rules, button
    float white_handicap_bonus() const { return white_handicap_bonus_; }
    // Points that `player` has beside the board; where a draw is possible, a draw is worth that many wins to
    // White.
    float self_komi(Color player, double draw_equivalent_wins_for_white = 0.5) const;
    bool suicide_legal_for_pass_alive() const { return rules_.suicide || options_.pass_alive_under_suicide; }

private:
    struct KoCapture {
        PositionHash before;
        Move move;
    };

    bool is_legal_for(Point point, Color player) const;
    bool is_pass_for_ko(Point point, Color player) const;
    Point blocked_ko(Point point, Color player) const;
    PositionHash situation(const Board& board, Color to_move) const;
    bool repeated_passes_end() const;
    bool repeats_own_pass(Color player) const;
    int passes_after_pass() const;
    bool in_last_phase() const { return !rules_.territory() || encore_phase_ >= 2; }

    void reopen();
    bool note_pass(Point point, Color player);
    bool lift_block(Point point, Color player);
    void place(Point point, Color player);
    void set_block(Point point, bool blocked);
    void update_bans();
    void update_encore_bans();
    void update_bonuses(Point point, Color player, bool was_pass_for_ko);
    int handicap_stones() const;
    float handicap_bonus() const;
    void end_phase();
    void start_next_encore();
    void end_game();
    void end_on_long_cycle(int occurrences);

    Rules rules_;
    HistoryOptions options_;
    Board start_;
    std::array<Board, 3> recent_;
    std::vector<Move> moves_;
    Color to_move_;
    // How often each situation occurred since the ko history was last cleared, the current one included.
    std::unordered_map<PositionHash, int, PositionHasher> situations_;
    std::vector<PositionHash> before_passes_[2];  // situations in which Black, White passed in this phase
    PointMap<bool> ever_occupied_;
    PointMap<bool> superko_banned_;
    PointMap<bool> recapture_blocked_;
    PointMap<Color> second_encore_start_;
    PositionHash block_hash_;
    std::vector<KoCapture> encore_captures_;
    int encore_phase_ = 0;
    int passes_in_a_row_ = 0;
    int usable_turns_ = 0;
    int legal_turns_ = 0;
    float white_bonus_ = 0;
    float white_handicap_bonus_ = 0;
    bool white_has_moved_ = false;
    bool has_button_ = false;
    bool finished_ = false;
    bool no_result_ = false;
    bool past_phase_end_ = false;
    std::optional<float> final_score_;
};

}  // namespace lathe::game
