// Versions 3, 4 and 5 of the features.
#include "game/area.h"
#include "game/feature_planes.h"

namespace lathe::game {

namespace {

// All of the last moves are shown, or none.
bool hides_history(const FeatureWriter& writer) {
    const History& history = writer.history;
    return history.finished() || history.past_phase_end() ||
           (history.pass_would_end_game() &&
            (writer.options.conservative_pass || history.end_is_suppressed_by_friendly_pass()));
}

// Versions 3 and 4 differ in what counts for planes 18 and 19 only.
void write_version_3_or_4(FeatureWriter& writer, const AreaOptions& area_options) {
    const History& history = writer.history;
    writer.write_stones();
    writer.write_liberties(3);
    writer.write_ko(6);
    const bool hidden = hides_history(writer);
    writer.write_ladders(writer.write_moves(9, hidden ? 0 : 5));
    const PointMap<Color> area = find_area(history.board(), area_options);
    history.board().for_each_point([&](Point point) { writer.set_owner(18, point, area[point]); });
    writer.write_second_encore(20);

    writer.write_komi_and_rules(15.0f);
    writer.write_encore(10);
    writer.global(12) = !hidden && history.pass_would_end_phase() ? 1.0f : 0.0f;
    writer.write_komi_parity(13);
}

}  // namespace

void write_version_3(FeatureWriter& writer) {
    const bool all = !writer.history.rules().territory();
    write_version_3_or_4(writer, {.other_stones = all,
                                  .unsafe_territory = all,
                                  .suicide_legal = writer.history.suicide_legal_for_pass_alive()});
}

void write_version_4(FeatureWriter& writer) {
    write_version_3_or_4(writer, {.other_stones = false,
                                  .unsafe_territory = false,
                                  .suicide_legal = writer.history.suicide_legal_for_pass_alive()});
}

void write_version_5(FeatureWriter& writer) {
    writer.write_stones();
    writer.write_ko(3);
    writer.write_moves(6, hides_history(writer) ? 0 : 5);
    writer.write_second_encore(11);
    writer.write_komi_and_rules(15.0f);
    writer.write_encore(10);
}

}  // namespace lathe::game
