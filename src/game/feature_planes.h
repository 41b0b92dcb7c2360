// What the versions of features have in common: a writer of planes, and the groups of planes and numbers that
// several versions share. Internal to the features.
#pragma once
#include <span>

#include "game/features.h"
#include "game/ladder.h"

namespace lathe::game {

// Own komi is kept within the board's area plus this many points.
inline constexpr float kKomiMargin7 = 20.0f;
inline constexpr float kKomiMarginBefore7 = 1.0f;

class FeatureWriter {
public:
    FeatureWriter(const History& history, const FeatureOptions& options, FeatureShape shape, int height,
                  int width);

    const History& history;
    const FeatureOptions& options;
    const Color player;
    const Color enemy;

    void set(int plane, Point point);
    // One plane for what is the player's, the next one for what is the opponent's.
    void set_owner(int plane, Point point, Color owner);
    float& global(int index) { return globals_[static_cast<size_t>(index)]; }
    Features finish();

    void write_stones();  // planes 0 1 2
    void write_liberties(int first_plane);  // chains with 1, 2, 3 liberties
    void write_ko(int plane);  // banned points; the next plane: blocked recaptures of the encore
    // Planes for the last five moves and globals 0 to 4 for passes; returns how many moves are shown.
    int write_moves(int first_plane, int limit);
    void write_ladders(int moves_shown);  // planes 14 to 17
    void write_second_encore(int first_plane);  // stones at its start
    // Globals 5 to 9: own komi divided by `scale`; ko rule (2), suicide, territory.
    void write_komi_and_rules(float scale);
    void write_encore(int first_global);  // two globals
    // How komi stands to the next one that can give a draw; a wave of period 2. Area scoring or second encore
    // only.
    void write_komi_parity(int index);

private:
    float bounded_self_komi() const;

    int height_;
    int width_;
    TensorBuilder spatial_;
    TensorBuilder global_;
    std::span<float> planes_;
    std::span<float> globals_;
};

void write_version_7(FeatureWriter& writer);
void write_version_6(FeatureWriter& writer);
void write_version_5(FeatureWriter& writer);
void write_version_4(FeatureWriter& writer);
void write_version_3(FeatureWriter& writer);

}  // namespace lathe::game
