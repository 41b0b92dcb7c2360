#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/text.h"
#include "game/board_view.h"

namespace lathe::game {

namespace {

// 256-colour codes.
constexpr int kInk = 58;  // lines of the board
constexpr int kBlack = 16;
constexpr int kWhite = 231;
constexpr int kShades[] = {94, 137, 179, 186, 187};  // Black's ground, wood, White's ground
constexpr int kCandidateGrounds[] = {25, 31, 37};       // best, others, faint
constexpr const char* kReset = "\x1b[0m";

// From 0 (surely Black's) to 4 (surely White's).
size_t shade_of(double white_ownership) {
    if (white_ownership < -0.6) return 0;
    if (white_ownership < -0.25) return 1;
    if (white_ownership <= 0.25) return 2;
    return white_ownership <= 0.6 ? 3 : 4;
}

// Three columns.
std::string share_cell(double share) {
    const double percent = 100 * share;
    if (percent < 0.95) return "<1%";
    if (percent >= 99.5) return "100";
    return format("{:>2.0f}%", percent);
}

class TextBoard {
public:
    TextBoard(const BoardView& view, bool colour) : view_(view), colour_(colour) {}

    std::string draw() {
        draw_header();
        draw_columns();
        for (int y = 0; y < view_.height; ++y) draw_row(y);
        draw_columns();
        draw_candidates();
        if (!colour_ && !view_.white_ownership.empty()) {
            text_ += "x, o: empty points that are likely Black's, White's\n";
        }
        return std::move(text_);
    }

private:
    void draw_header() {
        if (!view_.title.empty()) text_ += clean_text(view_.title) + "\n";
        if (!view_.subtitle.empty()) text_ += clean_text(view_.subtitle) + "\n";
        const bool black = view_.to_move == Color::kBlack;
        const char* letter = colour_ ? "" : black ? " (X)" : " (O)";
        text_ +=
            format("after move {}, {}{} to move\n", view_.move_number, black ? "Black" : "White", letter);
        if (view_.white_win_rate) {
            const double white = *view_.white_win_rate;
            text_ +=
                format("Black {} {} {} White", percent_text(1 - white), bar(1 - white), percent_text(white));
            if (view_.white_lead) text_ += format(", {}", lead_text(*view_.white_lead));
            text_ += "\n";
        }
        text_ += "\n";
    }

    std::string bar(double share) const {
        constexpr int kWidth = 24;
        const int filled = static_cast<int>(std::lround(share * kWidth));
        if (!colour_)
            return "[" + std::string(static_cast<size_t>(filled), '#') +
                   std::string(static_cast<size_t>(kWidth - filled), '.') + "]";
        return format("\x1b[48;5;{}m{:{}}\x1b[48;5;{}m{:{}}{}", 236, "", filled, 255, "", kWidth - filled,
                      kReset);
    }

    void draw_columns() {
        text_ += "   ";
        for (int x = 0; x < view_.width; ++x) text_ += " " + column_name(x) + " ";
        text_ += "\n";
    }

    void draw_row(int y) {
        text_ += format("{:>2} ", view_.height - y);
        for (int x = 0; x < view_.width; ++x) draw_cell({x, y});
        if (colour_) text_ += kReset;
        text_ += format(" {:<2}", view_.height - y);
        while (text_.back() == ' ') text_.pop_back();
        text_ += "\n";
    }

    size_t index(BoardPlace place) const { return static_cast<size_t>(place.y * view_.width + place.x); }

    double ownership(BoardPlace place) const {
        return view_.white_ownership.empty() ? 0.0 : view_.white_ownership[index(place)];
    }

    void draw_cell(BoardPlace place) {
        for (size_t i = 0; i < view_.candidates.size(); ++i) {
            if (view_.candidates[i].place != place) continue;
            const std::string share = share_cell(view_.candidates[i].probability);
            const size_t ground = i == 0 ? 0 : view_.candidates[i].probability >= 0.05 ? 1 : 2;
            text_ += colour_ ? format("\x1b[1;38;5;{};48;5;{}m{}{}", kWhite, kCandidateGrounds[ground], share,
                                      kReset)
                             : share;
            return;
        }
        const bool last = view_.last_move == place;
        text_ += colour_ ? coloured_cell(place, last) : plain_cell(place, last);
    }

    std::string coloured_cell(BoardPlace place, bool last) const {
        const Color stone = view_.stones[index(place)];
        const int ground = kShades[shade_of(ownership(place))];
        if (!is_player(stone)) {
            const char* mark = is_star_point(view_.width, view_.height, place) ? "•" : "·";
            return format("\x1b[0;38;5;{};48;5;{}m {} ", kInk, ground, mark);
        }
        const int ink = stone == Color::kBlack ? kBlack : kWhite;
        return format("\x1b[0;{}38;5;{};48;5;{}m{}●{}", last || stone == Color::kWhite ? "1;" : "", ink,
                      ground, last ? "(" : " ", last ? ")" : " ");
    }

    std::string plain_cell(BoardPlace place, bool last) const {
        const Color stone = view_.stones[index(place)];
        char mark = is_star_point(view_.width, view_.height, place) ? '+' : '.';
        if (shade_of(ownership(place)) == 0) mark = 'x';
        if (shade_of(ownership(place)) == 4) mark = 'o';
        if (is_player(stone)) mark = stone == Color::kBlack ? 'X' : 'O';
        return format("{}{}{}", last ? '(' : ' ', mark, last ? ')' : ' ');
    }

    void draw_candidates() {
        if (view_.candidates.empty()) return;
        text_ += "\n";
        for (size_t i = 0; i < view_.candidates.size(); ++i) {
            const Candidate& move = view_.candidates[i];
            const std::string name =
                move.place ? format("{}{}", column_name(move.place->x), view_.height - move.place->y)
                           : "pass";
            text_ += format("{:>2}. {:<4} {:>6}\n", i + 1, name, percent_text(move.probability));
        }
    }

    const BoardView& view_;
    const bool colour_;
    std::string text_;
};

}  // namespace

std::string draw_text(const BoardView& view, bool colour) {
    const size_t points = static_cast<size_t>(view.width) * static_cast<size_t>(view.height);
    CHECK(view.stones.size() == points &&
          (view.white_ownership.empty() || view.white_ownership.size() == points));
    return TextBoard(view, colour).draw();
}

}  // namespace lathe::game
