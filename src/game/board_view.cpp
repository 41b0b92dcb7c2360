#include "game/board_view.h"

#include <algorithm>
#include <cmath>

namespace lathe::game {

namespace {

std::vector<Candidate> best_moves(const ReadOut& readout, int count) {
    std::vector<Candidate> moves{{std::nullopt, readout.policy_pass}};
    for (int y = 0; y < readout.board_height; ++y) {
        for (int x = 0; x < readout.board_width; ++x) {
            const double share = readout.policy[static_cast<size_t>(y * readout.board_width + x)];
            if (!std::isnan(share)) moves.push_back({BoardPlace{x, y}, share});
        }
    }
    std::stable_sort(moves.begin(), moves.end(),
                     [](const Candidate& a, const Candidate& b) { return a.probability > b.probability; });
    moves.resize(std::min(moves.size(), static_cast<size_t>(std::max(count, 0))));
    return moves;
}

// Bytes of the character that `text` starts with; 0 when that is no valid UTF-8 or a control character.
size_t character_size(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
    const size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return 0;
    uint32_t code = byte(0) & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3fu);
    }
    const bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    const bool not_text =
        code < 0xa0 || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff || (code & 0xfffe) == 0xfffe;
    return too_long || not_text ? 0 : size;
}

// Where star points stand on an axis of `size` points: near the edges.
int star_margin(int size) {
    if (size < 7) return -1;
    return size < 13 ? 2 : 3;
}

}  // namespace

BoardView view_of(const History& history, const ReadOut* readout, int candidates) {
    const Board& board = history.board();
    BoardView view{.width = board.width(), .height = board.height(), .to_move = history.to_move()};
    board.for_each_point([&](Point point) { view.stones.push_back(board.color(point)); });
    view.move_number = static_cast<int>(history.moves().size());
    if (!history.moves().empty() && history.moves().back().point != kPass) {
        const Point last = history.moves().back().point;
        view.last_move = BoardPlace{board.x_of(last), board.y_of(last)};
    }
    view.subtitle = format("{}, komi {}", rules_title(history.rules()), history.rules().komi);
    if (readout == nullptr) return view;
    view.candidates = best_moves(*readout, candidates);
    view.white_ownership = readout->white_ownership;
    view.white_win_rate = readout->white_win_rate();
    view.white_lead = readout->white_lead;
    return view;
}

std::string percent_text(double share) {
    const double percent = 100 * share;
    const bool round = percent >= 9.95 && percent < 99.5;  // 99.9% is not 100%
    return round ? format("{:.0f}%", percent) : format("{:.1f}%", percent);
}

std::string lead_text(double white_lead) {
    if (std::abs(white_lead) < 0.05) return "even score";
    return format("{} leads by {:.1f} points", white_lead > 0 ? "White" : "Black", std::abs(white_lead));
}

std::string clean_text(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const size_t size = character_size(text);
        clean += size == 0 ? "?" : text.substr(0, size);
        text.remove_prefix(std::max<size_t>(size, 1));
    }
    return clean;
}

std::string column_name(int x) { return std::string(1, "ABCDEFGHJKLMNOPQRSTUVWXYZ"[x]); }

bool is_star_point(int width, int height, BoardPlace place) {
    const auto kind = [](int at, int size) {
        const int margin = star_margin(size);
        if (margin < 0) return 0;
        if (at == margin || at == size - 1 - margin) return 1;
        return size % 2 == 1 && 2 * at == size - 1 ? 2 : 0;  // the middle
    };
    const int x = kind(place.x, width);
    const int y = kind(place.y, height);
    if (x == 0 || y == 0) return false;
    return x == y || (width >= 15 && height >= 15);
}

}  // namespace lathe::game
