#include "game/feature_planes.h"

#include <algorithm>
#include <cmath>

namespace lathe::game {

FeatureWriter::FeatureWriter(const History& game, const FeatureOptions& wanted, FeatureShape shape,
                             int height, int width)
    : history(game),
      options(wanted),
      player(game.to_move()),
      enemy(opponent(player)),
      height_(height),
      width_(width),
      spatial_(DType::kF32, {shape.planes, height, width}),
      global_(DType::kF32, {shape.globals}),
      planes_(spatial_.values<float>()),
      globals_(global_.values<float>()) {
    std::fill(planes_.begin(), planes_.end(), 0.0f);
    std::fill(globals_.begin(), globals_.end(), 0.0f);
}

void FeatureWriter::set(int plane, Point point) {
    const Board& board = history.board();
    planes_[static_cast<size_t>((plane * height_ + board.y_of(point)) * width_ + board.x_of(point))] = 1.0f;
}

void FeatureWriter::set_owner(int plane, Point point, Color owner) {
    if (is_player(owner)) set(owner == player ? plane : plane + 1, point);
}

Features FeatureWriter::finish() { return {spatial_.finish(), global_.finish()}; }

void FeatureWriter::write_stones() {
    history.board().for_each_point([&](Point point) {
        set(0, point);
        set_owner(1, point, history.board().color(point));
    });
}

void FeatureWriter::write_liberties(int first_plane) {
    const Board& board = history.board();
    board.for_each_point([&](Point point) {
        if (!is_player(board.color(point))) return;
        const int liberties = board.liberties(point);
        if (liberties <= 3) set(first_plane + liberties - 1, point);
    });
}

void FeatureWriter::write_ko(int plane) {
    const Board& board = history.board();
    if (history.encore_phase() == 0 && board.ko_point() != kNoPoint) set(plane, board.ko_point());
    board.for_each_point([&](Point point) {
        if (history.superko_banned(point)) set(plane, point);
        if (history.encore_phase() > 0 && history.recapture_blocked(point)) set(plane + 1, point);
    });
}

// Moves are shown as long as the players alternate.
int FeatureWriter::write_moves(int first_plane, int limit) {
    const std::span<const Move> moves = history.moves();
    const int count = std::min({limit, 5, static_cast<int>(moves.size())});
    for (int i = 0; i < count; ++i) {
        const Move& move = moves[moves.size() - 1 - static_cast<size_t>(i)];
        if (move.color != (i % 2 == 0 ? enemy : player)) return i;
        if (move.point == kPass) {
            global(i) = 1.0f;
        } else {
            set(first_plane + i, move.point);
        }
    }
    return count;
}

void FeatureWriter::write_ladders(int moves_shown) {
    for (int turns = 0; turns < 3; ++turns) {
        const Board& board = history.board_before(std::min(turns, moves_shown));
        const Ladders ladders = find_ladders(board);
        board.for_each_point([&](Point point) {
            if (ladders.captured[point]) set(14 + turns, point);
        });
        if (turns > 0) continue;
        for (const Point move : enemy == Color::kWhite ? ladders.white_moves : ladders.black_moves)
            set(17, move);
    }
}

void FeatureWriter::write_second_encore(int first_plane) {
    if (history.encore_phase() < 2) return;
    history.board().for_each_point(
        [&](Point point) { set_owner(first_plane, point, history.second_encore_start(point)); });
}

float FeatureWriter::bounded_self_komi() const {
    const float margin = options.version == 7 ? kKomiMargin7 : kKomiMarginBefore7;
    const float limit = static_cast<float>(history.board().area()) + margin;
    return std::clamp(history.self_komi(player, options.draw_equivalent_wins), -limit, limit);
}

void FeatureWriter::write_komi_and_rules(float scale) {
    const Rules& rules = history.rules();
    global(5) = bounded_self_komi() / scale;
    if (rules.ko != KoRule::kSimple) {
        global(6) = 1.0f;
        global(7) = rules.ko == KoRule::kSituational ? -0.5f : 0.5f;
    }
    global(8) = rules.suicide ? 1.0f : 0.0f;
    global(9) = rules.territory() ? 1.0f : 0.0f;
}

void FeatureWriter::write_encore(int first_global) {
    global(first_global) = history.encore_phase() > 0 ? 1.0f : 0.0f;
    global(first_global + 1) = history.encore_phase() > 1 ? 1.0f : 0.0f;
}

void FeatureWriter::write_komi_parity(int index) {
    if (history.rules().territory() && history.encore_phase() < 2) return;
    const float komi = bounded_self_komi();
    const float odd = history.board().area() % 2 == 0 ? 0.0f : 1.0f;
    const float drawable = std::floor((komi - odd) / 2.0f) * 2.0f + odd;
    const float above = std::clamp(komi - drawable, 0.0f, 2.0f);
    if (above < 0.5f) {
        global(index) = above;
    } else {
        global(index) = above < 1.5f ? 1.0f - above : above - 2.0f;
    }
}

}  // namespace lathe::game
