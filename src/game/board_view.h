// BoardView: a position as it is shown to a person, with what a network says about it, as text for a terminal
// or as SVG.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "game/readout.h"

namespace lathe::game {

struct BoardPlace {
    int x = 0;  // column from the left
    int y = 0;  // row from the top
    bool operator==(const BoardPlace&) const = default;
};

struct Candidate {
    std::optional<BoardPlace> place;  // nothing: a pass
    double probability = 0;  // of the policy, 0 to 1
};

struct BoardView {
    int width = 19;
    int height = 19;
    std::vector<Color> stones;  // width * height, row by row
    Color to_move = Color::kBlack;
    int move_number = 0;
    std::optional<BoardPlace> last_move;
    std::string title;  // the players, or the file
    std::string subtitle;  // rules and komi
    // What a network says; all of it may be missing.
    std::vector<Candidate> candidates;  // best first
    std::vector<double> white_ownership;  // width * height from -1 (Black's) to 1 (White's)
    std::optional<double> white_win_rate;  // 0 to 1
    std::optional<double> white_lead;  // points
};

// The position of `history`, and the `candidates` most likely moves of `readout`, if given.
BoardView view_of(const History& history, const ReadOut* readout = nullptr, int candidates = 5);

// Lines for a terminal: board with coordinates, stones, last move, the candidates' percentages in their
// places, and a list of them. With colour (256-colour escape sequences): ownership as the shade of the board.
// Without: plain ASCII for the board (X Black, O White, parentheses round the last move; x and o are empty
// points that are most likely Black's, White's).
std::string draw_text(const BoardView& view, bool colour);

// A picture of its own: no scripts, fonts or links. Ownership as squares: on empty points, and on stones that
// are not expected to live.
std::string draw_svg(const BoardView& view);

// Shared by the two.
std::string percent_text(double share);  // "4.3%", "43%", "99.9%"
std::string lead_text(double white_lead);  // "White leads by 2.5 points"
std::string column_name(int x);  // "A" to "Z" without I
std::string clean_text(
    std::string_view text);  // from a file: valid UTF-8 without control characters, '?' for others
bool is_star_point(int width, int height, BoardPlace place);

}  // namespace lathe::game
