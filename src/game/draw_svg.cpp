#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "game/board_view.h"

namespace lathe::game {

namespace {

// Pixels; the picture scales with its viewBox.
constexpr double kCell = 40;
constexpr double kFrame = 46;      // from the board's edge to its outer line; coordinates stand there
constexpr double kPadding = 22;    // round everything
constexpr double kHeader = 92;
constexpr double kStone = 0.478 * kCell;
constexpr double kMinimumWidth = 460;

constexpr const char* kDefinitions = R"(<defs>
<linearGradient id="wood" x1="0" y1="0" x2="1" y2="1">
<stop offset="0" stop-color="#eec67c"/><stop offset="1" stop-color="#dba956"/>
</linearGradient>
<radialGradient id="black" cx="0.36" cy="0.3" r="0.75">
<stop offset="0" stop-color="#6b6f76"/><stop offset="0.45" stop-color="#2b2d31"/>
<stop offset="1" stop-color="#0c0d0f"/>
</radialGradient>
<radialGradient id="white" cx="0.36" cy="0.3" r="0.85">
<stop offset="0" stop-color="#ffffff"/><stop offset="0.6" stop-color="#f4f2ec"/>
<stop offset="1" stop-color="#cfcbc0"/>
</radialGradient>
<radialGradient id="shadow">
<stop offset="0.78" stop-color="#2e1f05" stop-opacity="0.55"/>
<stop offset="1" stop-color="#2e1f05" stop-opacity="0"/>
</radialGradient>
</defs>
)";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : clean_text(text)) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

// What fits into `room`, in units of the font's size, by a rough measure of letters; "…" where it was cut.
std::string shortened(std::string_view text, double room) {
    double used = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xc0) == 0x80) continue;  // the rest of a character
        used += byte < 0x80 ? 0.57 : 1.0;
        if (used > room) return std::string(text.substr(0, i)) + "…";
    }
    return std::string(text);
}

std::string number(double value) {  // at most two decimals, no trailing zeros
    std::string text = format("{:.2f}", value);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

class SvgBoard {
public:
    explicit SvgBoard(const BoardView& view) : view_(view) {
        board_width_ = (view.width - 1) * kCell + 2 * kFrame;
        board_height_ = (view.height - 1) * kCell + 2 * kFrame;
        total_width_ = std::max(board_width_ + 2 * kPadding, kMinimumWidth);
        total_height_ = board_height_ + kHeader + 2 * kPadding;
        left_ = (total_width_ - board_width_) / 2;
        top_ = kPadding + kHeader;
    }

    std::string draw() {
        svg_ = format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "font-family=\"Inter,'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif\">\n",
            number(total_width_), number(total_height_));
        svg_ += kDefinitions;
        svg_ += format("<rect width=\"{}\" height=\"{}\" rx=\"14\" fill=\"#f7f4ee\"/>\n",
                       number(total_width_), number(total_height_));
        draw_header();
        draw_grid();
        draw_coordinates();
        draw_ownership_of_empty_points();
        draw_stones();
        draw_last_move();
        draw_candidates();
        svg_ += "</svg>\n";
        return std::move(svg_);
    }

private:
    double x_at(int x) const { return left_ + kFrame + x * kCell; }
    double y_at(int y) const { return top_ + kFrame + y * kCell; }
    size_t index(int x, int y) const { return static_cast<size_t>(y * view_.width + x); }
    template <class F>
    void for_each_place(F visit) const {
        for (int y = 0; y < view_.height; ++y) {
            for (int x = 0; x < view_.width; ++x) visit(x, y);
        }
    }

    void text(double x, double y, std::string_view style, std::string_view words) {
        svg_ += format("<text x=\"{}\" y=\"{}\" {}>{}</text>\n", number(x), number(y), style, escaped(words));
    }

    void title_text(double y, double size, std::string_view style, std::string_view words) {
        const double room = (total_width_ - 2 * kPadding) / size;
        text(kPadding, y, format("font-size=\"{}\" {}", number(size), style), shortened(words, room));
    }

    void draw_header() {
        const std::string turn = format("Move {} · {} to play", view_.move_number,
                                        view_.to_move == Color::kBlack ? "Black" : "White");
        const bool titled = !view_.title.empty();
        title_text(kPadding + 18, 19, "font-weight=\"600\" fill=\"#2b2620\"", titled ? view_.title : turn);
        const std::string details = view_.subtitle.empty() ? "" : " · " + view_.subtitle;
        title_text(kPadding + 40, 13, "fill=\"#7a7264\"", titled ? turn + details : view_.subtitle);
        if (view_.white_win_rate) draw_win_rate(*view_.white_win_rate);
    }

    // A bar of both players' shares, the lead in its middle as results are written: "B+2.5".
    void draw_win_rate(double white) {
        const double y = kPadding + 54;
        const double width = total_width_ - 2 * kPadding;
        const double black_width = (1 - white) * width;
        svg_ += format(
            "<clipPath id=\"bar\"><rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"24\" rx=\"6\"/></clipPath>"
            "<g clip-path=\"url(#bar)\"><rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"24\" "
            "fill=\"#ffffff\"/><rect x=\"{0}\" y=\"{1}\" width=\"{3}\" height=\"24\" fill=\"#26282c\"/></g>"
            "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"24\" rx=\"6\" fill=\"none\" "
            "stroke=\"#b9b1a2\"/>\n",
            number(kPadding), number(y), number(width), number(black_width));
        const bool black_label_fits = black_width > 90;
        const bool white_label_fits = width - black_width > 90;
        if (black_label_fits) {
            text(kPadding + 10, y + 17, "font-size=\"13\" font-weight=\"600\" fill=\"#f4f2ec\"",
                 "Black " + percent_text(1 - white));
        }
        if (white_label_fits) {
            text(kPadding + width - 10, y + 17,
                 "font-size=\"13\" font-weight=\"600\" fill=\"#2b2620\" text-anchor=\"end\"",
                 percent_text(white) + " White");
        }
        if (view_.white_lead) draw_lead(total_width_ / 2, y + 12, *view_.white_lead);
    }

    void draw_lead(double x, double y, double white_lead) {
        const std::string lead = format("{}+{:.1f}", white_lead > 0 ? "W" : "B", std::abs(white_lead));
        svg_ += format("<rect x=\"{}\" y=\"{}\" width=\"76\" height=\"18\" rx=\"9\" fill=\"#eec67c\"/>",
                       number(x - 38), number(y - 9));
        text(x, y + 4.5, "font-size=\"12.5\" font-weight=\"600\" fill=\"#3b2c10\" text-anchor=\"middle\"",
             std::abs(white_lead) < 0.05 ? "even" : lead);
    }

    void draw_grid() {
        svg_ += format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"url(#wood)\" "
                       "stroke=\"#b98a3c\"/>\n",
                       number(left_), number(top_), number(board_width_), number(board_height_));
        svg_ += "<path fill=\"none\" stroke=\"#5e4517\" stroke-width=\"1\" stroke-linecap=\"square\" d=\"";
        for (int x = 0; x < view_.width; ++x) {
            svg_ += format("M{} {}V{}", number(x_at(x)), number(y_at(0)), number(y_at(view_.height - 1)));
        }
        for (int y = 0; y < view_.height; ++y) {
            svg_ += format("M{} {}H{}", number(x_at(0)), number(y_at(y)), number(x_at(view_.width - 1)));
        }
        svg_ += "\"/>\n<g fill=\"#5e4517\">";
        for_each_place([&](int x, int y) {
            if (!is_star_point(view_.width, view_.height, {x, y})) return;
            svg_ += format("<circle cx=\"{}\" cy=\"{}\" r=\"3.6\"/>", number(x_at(x)), number(y_at(y)));
        });
        svg_ += "</g>\n";
    }

    void draw_coordinates() {
        svg_ += "<g font-size=\"13\" fill=\"#6b4f1d\" text-anchor=\"middle\">\n";
        for (int x = 0; x < view_.width; ++x) {
            text(x_at(x), top_ + 19, "", column_name(x));
            text(x_at(x), top_ + board_height_ - 9, "", column_name(x));
        }
        for (int y = 0; y < view_.height; ++y) {
            const std::string row = format("{}", view_.height - y);
            text(left_ + 14, y_at(y) + 4.5, "", row);
            text(left_ + board_width_ - 14, y_at(y) + 4.5, "", row);
        }
        svg_ += "</g>\n";
    }

    void square(int x, int y, double white_ownership, double largest) {
        const double size = largest * kCell * std::sqrt(std::min(std::abs(white_ownership), 1.0));
        svg_ += format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>",
                       number(x_at(x) - size / 2), number(y_at(y) - size / 2), number(size), number(size),
                       white_ownership > 0 ? "#fffdf6" : "#1d1e21",
                       number(0.35 + 0.5 * std::min(std::abs(white_ownership), 1.0)));
    }

    void draw_ownership_of_empty_points() {
        if (view_.white_ownership.empty()) return;
        svg_ += "<g>";
        for_each_place([&](int x, int y) {
            const double owner = view_.white_ownership[index(x, y)];
            if (!is_player(view_.stones[index(x, y)]) && std::abs(owner) >= 0.05) square(x, y, owner, 0.4);
        });
        svg_ += "</g>\n";
    }

    void disc(double x, double y, double radius, const char* gradient) {
        svg_ += format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"url(#{})\"/>", number(x), number(y),
                       number(radius), gradient);
    }

    void draw_stones() {
        svg_ += "<g>";
        for_each_place([&](int x, int y) {
            if (is_player(view_.stones[index(x, y)]))
                disc(x_at(x) + 1.4, y_at(y) + 2.2, kStone * 1.12, "shadow");
        });
        for_each_place([&](int x, int y) {
            const Color stone = view_.stones[index(x, y)];
            if (is_player(stone)) disc(x_at(x), y_at(y), kStone, stone == Color::kBlack ? "black" : "white");
        });
        svg_ += "</g>\n<g>";
        for_each_place([&](int x, int y) {  // stones that are not expected to live
            const double owner = view_.white_ownership.empty() ? 0 : view_.white_ownership[index(x, y)];
            const Color stone = view_.stones[index(x, y)];
            const bool lost =
                (stone == Color::kBlack && owner > 0.1) || (stone == Color::kWhite && owner < -0.1);
            if (lost) square(x, y, owner, 0.36);
        });
        svg_ += "</g>\n";
    }

    void draw_last_move() {
        if (!view_.last_move) return;
        const auto [x, y] = *view_.last_move;
        const bool on_black = view_.stones[index(x, y)] == Color::kBlack;
        svg_ += format(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2.4\"/>\n",
            number(x_at(x)), number(y_at(y)), number(0.27 * kCell), on_black ? "#ffffff" : "#26282c");
    }

    // Blue is the first choice; the others go from green to grey as they get less likely.
    static const char* candidate_fill(size_t rank, double share_of_best) {
        if (rank == 0) return "#1f7fd1";
        if (share_of_best > 0.4) return "#129c8a";
        return share_of_best > 0.1 ? "#56a353" : "#7b8794";
    }

    void draw_candidates() {
        const double best =
            view_.candidates.empty() ? 1 : std::max(view_.candidates.front().probability, 1e-9);
        svg_ += "<g text-anchor=\"middle\" font-weight=\"600\">\n";
        for (size_t i = view_.candidates.size(); i-- > 0;) {
            const Candidate& move = view_.candidates[i];
            const std::string share = percent_text(move.probability);
            if (!move.place) {
                text(total_width_ / 2, top_ + board_height_ + 15, "font-size=\"12\" fill=\"#7a7264\"",
                     "pass " + share);
                continue;
            }
            const double x = x_at(move.place->x);
            const double y = y_at(move.place->y);
            svg_ += format(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" fill-opacity=\"0.94\" stroke=\"#ffffff\" "
                "stroke-width=\"{}\"/>",
                number(x), number(y), number(0.45 * kCell), candidate_fill(i, move.probability / best),
                i == 0 ? "2.2" : "1.2");
            text(x, y + 4.2, format("font-size=\"{}\" fill=\"#ffffff\"", share.size() > 3 ? "11.5" : "13"),
                 share);
        }
        svg_ += "</g>\n";
    }

    const BoardView& view_;
    double board_width_ = 0;
    double board_height_ = 0;
    double total_width_ = 0;
    double total_height_ = 0;
    double left_ = 0;
    double top_ = 0;
    std::string svg_;
};

}  // namespace

std::string draw_svg(const BoardView& view) {
    const size_t points = static_cast<size_t>(view.width) * static_cast<size_t>(view.height);
    CHECK(view.stones.size() == points &&
          (view.white_ownership.empty() || view.white_ownership.size() == points));
    return SvgBoard(view).draw();
}

}  // namespace lathe::game
