#include "game/score.h"

namespace lathe::game {

ScoredArea find_scored_area(const ScoringPosition& position) {
    const Board& board = position.board;
    const Rules& rules = position.rules;
    const bool suicide = position.suicide_legal_for_pass_alive;
    const bool taxed = rules.tax != Tax::kNone;
    if (!rules.territory() && !taxed) return {find_area(board, {.suicide_legal = suicide}), 0};
    IndependentLife life = find_independent_life(
        board, {.keep_territory = !taxed, .keep_stones = !rules.territory(), .suicide_legal = suicide});
    if (rules.territory()) {
        const PointMap<Color>* start = position.second_encore_start;
        board.for_each_point([&](Point point) {
            const Color color = board.color(point);
            const bool counts = start == nullptr || (*start)[point] == color;
            if (life.area[point] == Color::kEmpty && counts) life.area[point] = color;
        });
    }
    return {life.area, rules.tax == Tax::kAll ? -2 * life.white_minus_black_regions : 0};
}

int board_score(const Board& board, const ScoredArea& area) {
    int score = area.tax_for_white;
    board.for_each_point([&](Point point) {
        score += (area.owner[point] == Color::kWhite) - (area.owner[point] == Color::kBlack);
    });
    return score;
}

}  // namespace lathe::game
