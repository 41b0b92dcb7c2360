#include "game/board_view.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace lathe::game {
namespace {

// 5x4: Black C3, White D2 (the last move); a network that likes B2, and gives Black the left half.
BoardView sample() {
    History history(Board(5, 4), Color::kBlack, *parse_rules("japanese"));
    history.play(history.board().at(2, 1), Color::kBlack);
    history.play(history.board().at(3, 2), Color::kWhite);
    ReadOut readout{
        .board_width = 5, .board_height = 4, .white_win = 0.25, .white_loss = 0.75, .white_lead = -3.5};
    readout.policy.assign(20, 0.001);
    readout.policy[11] = 0.6;
    readout.policy[3] = 0.03;
    readout.policy[7] = readout.policy[13] = kIllegal;
    readout.policy_pass = 0.05;
    for (int i = 0; i < 20; ++i) readout.white_ownership.push_back(i % 5 < 2 ? -0.9 : i % 5 == 4 ? 0.9 : 0.0);
    BoardView view = view_of(history, &readout, 3);
    view.title = "A & B <c>";
    return view;
}

std::string without_escapes(const std::string& text) {
    std::string plain;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\x1b') {
            plain += text[i];
            continue;
        }
        while (text[i] != 'm') ++i;
    }
    return plain;
}

size_t count(std::string_view text, std::string_view part) {
    size_t found = 0;
    for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(BoardView, TakesTheBestMovesOfAReadOut) {
    const BoardView view = sample();
    EXPECT_EQ(view.move_number, 2);
    EXPECT_EQ(view.last_move, (BoardPlace{3, 2}));
    EXPECT_EQ(view.subtitle, "Japanese rules, komi 6.5");
    ASSERT_EQ(view.candidates.size(), 3u);
    EXPECT_EQ(view.candidates[0].place, (BoardPlace{1, 2}));
    EXPECT_FALSE(view.candidates[1].place.has_value());  // the pass
    EXPECT_EQ(view.candidates[2].place, (BoardPlace{3, 0}));
    EXPECT_EQ(view.white_win_rate, 0.25);
    EXPECT_TRUE(view_of(History(Board(5, 4), Color::kWhite, Rules{})).candidates.empty());
}

TEST(DrawText, PlainBoard) {
    EXPECT_EQ(draw_text(sample(), false),
              "A & B <c>\n"
              "Japanese rules, komi 6.5\n"
              "after move 2, Black (X) to move\n"
              "Black 75% [##################......] 25% White, Black leads by 3.5 points\n"
              "\n"
              "    A  B  C  D  E \n"
              " 4  x  x  .  3% o  4\n"
              " 3  x  x  X  .  o  3\n"
              " 2  x 60% . (O) o  2\n"
              " 1  x  x  .  .  o  1\n"
              "    A  B  C  D  E \n"
              "\n"
              " 1. B2      60%\n"
              " 2. pass   5.0%\n"
              " 3. D4     3.0%\n"
              "x, o: empty points that are likely Black's, White's\n");
}

TEST(DrawText, ColouredBoardHasTheSameLayout) {
    const std::string coloured = draw_text(sample(), true);
    const std::vector<std::string> lines = [&] {
        std::vector<std::string> copies;
        const std::string plain = without_escapes(coloured);
        for (const std::string_view line : split(plain, '\n')) copies.emplace_back(line);
        return copies;
    }();
    EXPECT_EQ(lines[6], " 4  ·  ·  ·  3% ·  4");
    EXPECT_EQ(lines[7], " 3  ·  ·  ●  ·  ·  3");
    EXPECT_EQ(lines[8], " 2  · 60% · (●) ·  2");
    // Every line that sets colours ends them.
    for (const std::string_view line : split(coloured, '\n')) {
        const size_t last = line.rfind('\x1b');
        if (last == std::string_view::npos) continue;
        EXPECT_EQ(line.substr(last, 4), "\x1b[0m") << line;
    }
}

TEST(DrawText, WithoutANetworkThereIsOnlyTheBoard) {
    const std::string text = draw_text(view_of(History(Board(9, 9), Color::kBlack, Rules{})), false);
    EXPECT_NE(text.find("\n 7  .  .  +  .  .  .  +  .  .  7\n"), std::string::npos);
    EXPECT_NE(text.find("\n 5  .  .  .  .  +  .  .  .  .  5\n"), std::string::npos);
    EXPECT_EQ(text.find('%'), std::string::npos);
    EXPECT_NE(text.find("A  B  C  D  E  F  G  H  J \n"), std::string::npos);
}

TEST(DrawText, StarPointsAreWhereBoardsHaveThem) {
    const auto stars = [](int width, int height) {
        int found = 0;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) found += is_star_point(width, height, {x, y});
        }
        return found;
    };
    EXPECT_EQ(stars(19, 19), 9);
    EXPECT_TRUE(is_star_point(19, 19, {3, 9}));
    EXPECT_EQ(stars(13, 13), 5);
    EXPECT_TRUE(is_star_point(13, 13, {6, 6}) && is_star_point(13, 13, {3, 9}));
    EXPECT_EQ(stars(9, 9), 5);
    EXPECT_EQ(stars(18, 18), 4);
    EXPECT_EQ(stars(5, 5), 0);
}

TEST(DrawText, NamesFromFilesCannotControlTheTerminal) {
    BoardView view = sample();
    view.title = "a\x1b[2Jb\xff\xc2\x9b"
                 "c\nd 棋 \xe6\xa3 e";
    EXPECT_TRUE(draw_text(view, false).starts_with("a?[2Jb???c?d 棋 ?? e\n"));
    EXPECT_EQ(clean_text("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xef\xbf\xbf"), "????????????");
    EXPECT_EQ(clean_text("é\xf0\x9f\x98\x80"), "é\xf0\x9f\x98\x80");
}

// Tags open and close in order, attributes are quoted, and entities are known.
std::string xml_fault(std::string_view text) {
    std::vector<std::string> open;
    for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        const size_t end = text.find('>', at);
        if (end == std::string_view::npos) return "unclosed <";
        const std::string_view tag = text.substr(at + 1, end - at - 1);
        if (tag.find('<') != std::string_view::npos) return "< inside a tag";
        if (count(tag, "\"") % 2 != 0) return "odd quotes in " + std::string(tag);
        const std::string name(
            tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" \n/", 1) - (tag[0] == '/' ? 1 : 0)));
        if (tag[0] == '/') {
            if (open.empty() || open.back() != tag.substr(1))
                return "unexpected </" + std::string(tag.substr(1));
            open.pop_back();
        } else if (tag.back() != '/') {
            open.push_back(name);
        }
        at = end;
    }
    for (size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
        const std::string_view entity = text.substr(at, text.find(';', at) + 1 - at);
        if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") return "bare &";
    }
    return open.empty() ? "" : "unclosed " + open.back();
}

TEST(DrawSvg, IsWellFormedAndShowsEverything) {
    const std::string svg = draw_svg(sample());
    EXPECT_EQ(xml_fault(svg), "");
    EXPECT_EQ(count(svg, "fill=\"url(#black)\""), 1u);
    EXPECT_EQ(count(svg, "fill=\"url(#white)\""), 1u);
    for (const char* text :
         {">A &amp; B &lt;c&gt;<", ">Move 2 · Black to play · Japanese rules, komi 6.5<", ">60%<", ">3.0%<",
          ">pass 5.0%<", ">Black 75%<", ">25% White<", ">B+3.5<", ">E<", ">4<"}) {
        EXPECT_GE(count(svg, text), 1u) << text;
    }
    EXPECT_EQ(count(svg, "fill-opacity=\"0.8\""), 12u);  // an ownership square on every sure empty point
    EXPECT_EQ(count(svg, "<script"), 0u);
    EXPECT_EQ(count(svg, "href"), 0u);
}

TEST(DrawSvg, StonesThatWillDieAreMarked) {
    BoardView view = sample();
    const size_t before = count(draw_svg(view), "fill=\"#fffdf6\"");
    view.white_ownership[7] = 0.8;  // the black stone
    EXPECT_EQ(count(draw_svg(view), "fill=\"#fffdf6\""), before + 1);
}

TEST(DrawSvg, LongTitlesAreCut) {
    BoardView view = sample();
    for (int i = 0; i < 100; ++i) view.title += "棋<";
    const std::string svg = draw_svg(view);
    EXPECT_EQ(xml_fault(svg), "");
    EXPECT_EQ(count(svg, "…</text>"), 1u);
    EXPECT_LT(count(svg, "棋"), 30u);
}

TEST(DrawSvg, EveryBoardSizeIsDrawn) {
    for (const auto& [width, height] : {std::pair{2, 2}, {25, 25}, {25, 2}, {13, 9}}) {
        const std::string svg = draw_svg(view_of(History(Board(width, height), Color::kBlack, Rules{})));
        EXPECT_EQ(xml_fault(svg), "");
        EXPECT_EQ(count(svg, "nan"), 0u);
    }
}

}  // namespace
}  // namespace lathe::game
