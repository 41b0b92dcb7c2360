#include "game/history.h"

#include <algorithm>

#include "base/check.h"

namespace lathe::game {

namespace {

size_t side(Color player) { return player == Color::kBlack ? 0 : 1; }

}  // namespace

History::History(const Board& start, Color to_move, const Rules& rules, const HistoryOptions& options)
    : rules_(rules),
      options_(options),
      start_(start),
      recent_{start, start, start},
      to_move_(to_move),
      has_button_(rules.has_button) {
    situations_[situation(start, to_move)] = 1;
    start.for_each_point([&](Point point) {
        const Color color = start.color(point);
        ever_occupied_[point] = color != Color::kEmpty;
        if (rules.territory())
            white_bonus_ += static_cast<float>((color == Color::kBlack) - (color == Color::kWhite));
    });
    if (rules.territory()) {
        white_bonus_ -= static_cast<float>(start.captured(Color::kWhite) - start.captured(Color::kBlack));
    }
    white_handicap_bonus_ = handicap_bonus();
}

// ---- What may be played ----------------------------------------------------------------------------------

// Encore: the stone whose ko block a move at `point` would lift, or kNoPoint. One may point at the stone or
// at the ko.
Point History::blocked_ko(Point point, Color player) const {
    if (encore_phase_ == 0 || point == kPass) return kNoPoint;
    if (board().color(point) == opponent(player) && recapture_blocked_[point]) return point;
    const Point stone = board().ko_capture(point, player);
    return stone != kNoPoint && recapture_blocked_[stone] ? stone : kNoPoint;
}

bool History::is_pass_for_ko(Point point, Color player) const {
    const Point stone = blocked_ko(point, player);
    if (stone == kNoPoint) return false;
    return stone != point || (board().stones(stone) == 1 && board().liberties(stone) == 1);
}

bool History::is_legal_for(Point point, Color player) const {
    if (player != to_move_) return false;
    if (is_pass_for_ko(point, player)) return true;
    if (encore_phase_ == 0 && point == board().ko_point()) return false;
    if (!board().is_legal_ignoring_ko(point, player, rules_.suicide)) return false;
    return point == kPass || !superko_banned_[point];
}

bool History::playable(Point point, Color player) const {
    return is_pass_for_ko(point, player) || board().is_legal_ignoring_ko(point, player, true);
}

// ---- Passes ----------------------------------------------------------------------------------------------

// What must not be repeated: the stones, and who is to move unless only positions count.
PositionHash History::situation(const Board& board, Color to_move) const {
    const bool with_player =
        encore_phase_ > 0 || rules_.ko == KoRule::kSituational || rules_.ko == KoRule::kSimple;
    PositionHash hash = board.hash() ^ block_hash_;
    if (with_player) hash ^= hash_key(HashKind::kToMove, static_cast<uint64_t>(to_move));
    return hash;
}

// Whether passes clear the history of positions, and passing twice in the same situation ends the phase.
bool History::repeated_passes_end() const {
    return encore_phase_ > 0 || rules_.ko == KoRule::kSimple || rules_.ko == KoRule::kSpight;
}

bool History::repeats_own_pass(Color player) const {
    if (!repeated_passes_end()) return false;
    const auto& earlier = before_passes_[side(player)];
    return std::find(earlier.begin(), earlier.end(), situation(board(), player)) != earlier.end();
}

int History::passes_after_pass() const {
    return encore_phase_ == 0 && rules_.ko == KoRule::kSpight ? 0 : passes_in_a_row_ + 1;
}

bool History::pass_would_end_phase() const { return passes_after_pass() >= 2 || repeats_own_pass(to_move_); }

bool History::end_is_suppressed_by_friendly_pass() const {
    return rules_.friendly_pass_ok && !rules_.territory() && passes_after_pass() == 2 &&
           !repeats_own_pass(to_move_);
}

// Counts the move as a pass or not; true when it ends the phase by repeating the player's own pass.
bool History::note_pass(Point point, Color player) {
    if (point != kPass) {
        passes_in_a_row_ = 0;
        return false;
    }
    if (has_button_) {
        has_button_ = false;
        white_bonus_ += player == Color::kWhite ? 0.5f : -0.5f;
        passes_in_a_row_ = 0;
        before_passes_[0].clear();
        before_passes_[1].clear();
        situations_.clear();
        return false;
    }
    if (repeated_passes_end()) situations_.clear();
    passes_in_a_row_ = passes_after_pass();
    const bool repeats = repeats_own_pass(player);
    before_passes_[side(player)].push_back(situation(board(), player));
    return repeats;
}

// ---- Playing ---------------------------------------------------------------------------------------------

void History::play(Point point, Color player) {
    CHECK(playable(point, player));
    if (finished_ || past_phase_end_) reopen();
    const bool legal = is_legal_for(point, player);
    const bool repeats_pass = note_pass(point, player);
    recent_[2] = recent_[1];
    recent_[1] = recent_[0];
    const bool pass_for_ko = lift_block(point, player);
    if (!pass_for_ko) place(point, player);

    to_move_ = opponent(player);
    const int occurrences = ++situations_[situation(board(), to_move_)];
    moves_.push_back({point, player});
    ++usable_turns_;
    legal_turns_ = legal ? legal_turns_ + 1 : 0;
    if (point != kPass) ever_occupied_[point] = true;
    update_bans();
    update_bonuses(point, player, pass_for_ko);
    if (passes_in_a_row_ >= 2 || repeats_pass) end_phase();
    if (point != kPass) end_on_long_cycle(occurrences);
}

// A move after the end: the last pass may still be shown, what came before may not.
void History::reopen() {
    usable_turns_ = std::min(usable_turns_, 1);
    legal_turns_ = std::min(legal_turns_, 1);
    finished_ = false;
    no_result_ = false;
    past_phase_end_ = false;
    final_score_.reset();
}

bool History::lift_block(Point point, Color player) {
    const Point stone = blocked_ko(point, player);
    if (stone == kNoPoint) return false;
    set_block(stone, false);
    recent_[0].clear_ko();
    return true;
}

void History::set_block(Point point, bool blocked) {
    if (recapture_blocked_[point] == blocked) return;
    recapture_blocked_[point] = blocked;
    block_hash_ ^= hash_key(HashKind::kRecaptureBlock, static_cast<uint64_t>(point.index));
}

// In the encore a ko capture blocks its recapture until the opponent passes for it, instead of for one move.
void History::place(Point point, Color player) {
    Board& current = recent_[0];
    const PositionHash before = current.hash();
    current.play(point, player);
    if (encore_phase_ == 0) return;
    if (current.ko_point() != kNoPoint) {
        set_block(point, true);
        encore_captures_.push_back({before, {point, player}});
        current.clear_ko();
    }
    current.for_each_point([&](Point each) {
        if (current.color(each) == Color::kEmpty) set_block(each, false);
    });
}

// A move can only repeat a position if it takes a stone off or fills a point that was filled before.
void History::update_bans() {
    if (encore_phase_ > 0) return update_encore_bans();
    if (rules_.ko == KoRule::kSimple) return;
    const Board& current = board();
    current.for_each_point([&](Point point) {
        superko_banned_[point] = false;
        if (current.color(point) != Color::kEmpty || point == current.ko_point()) return;
        if (!ever_occupied_[point] && !current.is_suicide(point, to_move_)) return;
        if (current.is_illegal_suicide(point, to_move_, rules_.suicide)) return;
        PositionHash after = current.hash_after(point, to_move_);
        if (rules_.ko == KoRule::kSituational) {
            after ^= hash_key(HashKind::kToMove, static_cast<uint64_t>(opponent(to_move_)));
        }
        superko_banned_[point] = situations_.contains(after);
    });
}

void History::update_encore_bans() {
    superko_banned_ = {};
    for (const KoCapture& capture : encore_captures_) {
        if (capture.before == board().hash() && capture.move.color == to_move_) {
            superko_banned_[capture.move.point] = true;
        }
    }
}

// ---- Bonus points ----------------------------------------------------------------------------------------

void History::update_bonuses(Point point, Color player, bool was_pass_for_ko) {
    const bool stone_played = point != kPass;
    if (rules_.territory() && encore_phase_ <= 1 && stone_played && !was_pass_for_ko) {
        white_bonus_ += player == Color::kBlack ? 1.0f : -1.0f;
    }
    if (player == Color::kWhite && stone_played) white_has_moved_ = true;
    if (options_.leading_black_moves_are_handicap && !white_has_moved_ && player == Color::kBlack) {
        white_handicap_bonus_ = handicap_bonus();
    }
}

// Black stones set up, and Black's moves before White's first. Single passes of White in between do not
// matter; two turns of White in a row look like a position being set up, not like handicap.
int History::handicap_stones() const {
    int stones = 0;
    bool white_was_set_up = false;
    start_.for_each_point([&](Point point) {
        stones += start_.color(point) == Color::kBlack;
        white_was_set_up = white_was_set_up || start_.color(point) == Color::kWhite;
    });
    if (white_was_set_up) return 0;
    int leading = 0;
    for (size_t i = 0; options_.leading_black_moves_are_handicap && i < moves_.size(); ++i) {
        if (moves_[i].color == Color::kBlack) {
            leading += moves_[i].point != kPass;
            continue;
        }
        if (i + 1 < moves_.size() && moves_[i + 1].color != Color::kBlack) {
            leading = 0;
            break;
        }
        if (moves_[i].point != kPass) break;
    }
    return stones + leading > 1 ? stones + leading : 0;
}

float History::handicap_bonus() const {
    if (rules_.white_handicap_bonus == HandicapBonus::kZero) return 0;
    const int stones = handicap_stones();
    const int less = rules_.white_handicap_bonus == HandicapBonus::kNMinusOne ? 1 : 0;
    return static_cast<float>(std::max(stones - less, 0));
}

float History::self_komi(Color player, double draw_equivalent_wins_for_white) const {
    const float draw =
        rules_.result_is_integer() ? static_cast<float>(draw_equivalent_wins_for_white - 0.5) : 0.0f;
    const float white = white_bonus_ + white_handicap_bonus_ + rules_.komi + draw;
    return player == Color::kWhite ? white : -white;
}

// ---- Ends ------------------------------------------------------------------------------------------------

void History::end_phase() {
    if (in_last_phase()) return end_game();
    if (!options_.prevent_encore) return start_next_encore();
    past_phase_end_ = true;
    usable_turns_ = std::min(usable_turns_, 1);
    legal_turns_ = std::min(legal_turns_, 1);
}

void History::start_next_encore() {
    ++encore_phase_;
    usable_turns_ = 0;
    if (encore_phase_ == 2) {
        board().for_each_point([&](Point point) { second_encore_start_[point] = board().color(point); });
    }
    superko_banned_ = {};
    recapture_blocked_ = {};
    block_hash_ = {};
    encore_captures_.clear();
    passes_in_a_row_ = 0;
    before_passes_[0].clear();
    before_passes_[1].clear();
    situations_ = {{situation(board(), to_move_), 1}};
}

ScoredArea History::scored_area() const {
    return find_scored_area({.board = board(),
                             .rules = rules_,
                             .suicide_legal_for_pass_alive = suicide_legal_for_pass_alive(),
                             .second_encore_start = encore_phase_ >= 2 ? &second_encore_start_ : nullptr});
}

void History::end_game() {
    const float score = static_cast<float>(board_score(board(), scored_area()));
    if (has_button_) {
        has_button_ = false;
        white_bonus_ += to_move_ == Color::kWhite ? 0.5f : -0.5f;
    }
    final_score_ = score + white_bonus_ + white_handicap_bonus_ + rules_.komi;
    finished_ = true;
}

// The third occurrence of a situation without a pass in between, where no superko rule prevents it.
void History::end_on_long_cycle(int occurrences) {
    if (encore_phase_ == 0 && rules_.ko != KoRule::kSimple) return;
    if (occurrences < 3) return;
    no_result_ = true;
    finished_ = true;
}

}  // namespace lathe::game
