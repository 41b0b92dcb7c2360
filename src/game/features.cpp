#include "game/features.h"

#include <algorithm>

#include "game/feature_planes.h"

namespace lathe::game {

namespace {

// Writes planes 18 and 19. True when the game, ended now, would be no win for the player to move.
bool write_area(FeatureWriter& writer) {
    const History& history = writer.history;
    const bool counted = !history.rules().territory() || history.encore_phase() >= 2;
    if (!counted) return false;
    const ScoredArea area = history.scored_area();
    history.board().for_each_point([&](Point point) { writer.set_owner(18, point, area.owner[point]); });
    const int score_for_white = board_score(history.board(), area);
    const int score = writer.player == Color::kWhite ? score_for_white : -score_for_white;
    const float komi = history.self_komi(writer.player, writer.options.draw_equivalent_wins);
    return static_cast<float>(score) + komi <= 0;
}

// Versions 6 and 7 differ in the numbers at the end only.
void write_version_6_or_7(FeatureWriter& writer) {
    const History& history = writer.history;
    const FeatureOptions& options = writer.options;
    writer.write_stones();
    writer.write_liberties(3);
    writer.write_ko(6);
    const bool no_win = write_area(writer);

    // Where a pass would end the game and shall not be seen to, the moves before it are not shown either.
    const bool hide_end = history.pass_would_end_game() &&
                          (options.conservative_pass || history.end_is_suppressed_by_friendly_pass() ||
                           (options.passing_hacks && no_win));
    const bool over = history.finished() || history.past_phase_end();
    const int shown = hide_end ? 0 : over ? 1 : 5;
    int usable = std::min(options.max_history, history.usable_turns());
    if (options.version == 6) usable = std::min(usable, history.legal_turns_in_a_row());
    writer.write_ladders(writer.write_moves(9, std::min(shown, usable)));
    writer.write_second_encore(20);

    writer.write_komi_and_rules(20.0f);
    writer.global(10) = history.rules().tax != Tax::kNone ? 1.0f : 0.0f;
    writer.global(11) = history.rules().tax == Tax::kAll ? 1.0f : 0.0f;
    writer.write_encore(12);
    writer.global(14) = !hide_end && history.pass_would_end_phase() ? 1.0f : 0.0f;
}

}  // namespace

void write_version_6(FeatureWriter& writer) {
    write_version_6_or_7(writer);
    writer.write_komi_parity(15);
}

void write_version_7(FeatureWriter& writer) {
    write_version_6_or_7(writer);
    if (writer.options.playout_doubling_advantage != 0) {
        writer.global(15) = 1.0f;
        writer.global(16) = static_cast<float>(0.5 * writer.options.playout_doubling_advantage);
    }
    writer.global(17) = writer.history.has_button() ? 1.0f : 0.0f;
    writer.write_komi_parity(18);
}

Result<FeatureShape> feature_shape(int version) {
    switch (version) {
        case 7: return FeatureShape{22, 19};
        case 6: return FeatureShape{22, 16};
        case 5: return FeatureShape{13, 12};
        case 4:
        case 3: return FeatureShape{22, 14};
        default: return fail("features version {}, expected 3 to 7", version);
    }
}

Result<int> feature_version_of_model(int model_version) {
    if (model_version < 3 || model_version > 17) {
        return fail("KataGo network of version {}, expected 3 to 17", model_version);
    }
    return model_version >= 8 ? 7 : std::max(model_version - 1, 3);
}

Result<Features> make_features(const History& history, int height, int width, const FeatureOptions& options) {
    TRY(const FeatureShape shape, feature_shape(options.version));
    const Board& board = history.board();
    if (width < board.width() || height < board.height()) {
        return fail("planes of {}x{} (width x height) cannot hold a board of {}x{}", width, height,
                    board.width(), board.height());
    }
    FeatureWriter writer(history, options, shape, height, width);
    using Write = void (*)(FeatureWriter&);
    constexpr Write kWriters[] = {write_version_3, write_version_4, write_version_5, write_version_6,
                                  write_version_7};
    kWriters[options.version - 3](writer);
    return writer.finish();
}

}  // namespace lathe::game
