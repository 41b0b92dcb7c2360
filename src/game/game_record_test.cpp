#include "game/game_record.h"

#include <gtest/gtest.h>

namespace lathe::game {
namespace {

std::string error_of(std::string_view sgf) {
    const auto record = read_game(sgf);
    if (!record) return record.error().message;
    const auto history = replay(*record);
    return history ? "" : history.error().message;
}

GameRecord record_of(std::string_view sgf, const RecordDefaults& defaults = {}) {
    auto record = read_game(sgf, defaults);
    EXPECT_TRUE(record.has_value()) << record.error().message;
    return record ? *record : GameRecord{};
}

bool has_note(const GameRecord& record, std::string_view text) {
    for (const std::string& note : record.notes) {
        if (note.find(text) != std::string::npos) return true;
    }
    return false;
}

TEST(GameRecord, ReadsTheHeader) {
    const GameRecord record = record_of(
        "(;GM[1]SZ[13:7]KM[-0.5]RU[AGA]PB[Black \\] one]PW[White]DT[2024-01-02]RE[B+R]EV[Cup];W[mg])");
    EXPECT_EQ(record.width, 13);
    EXPECT_EQ(record.height, 7);
    EXPECT_EQ(record.rules.komi, -0.5f);
    EXPECT_EQ(to_compact(record.rules), "koSITUATIONALscoreAREAtaxNONEsui0whbN-1fpok1");
    EXPECT_EQ(record.black_name, "Black ] one");
    EXPECT_EQ(record.white_name, "White");
    EXPECT_EQ(record.date + record.result + record.event, "2024-01-02B+RCup");
    EXPECT_EQ(record.first_to_move, Color::kWhite);
    EXPECT_TRUE(record.notes.empty());
}

TEST(GameRecord, SaysWhatItAssumes) {
    const GameRecord bare = record_of("(;)");
    EXPECT_EQ(bare.width, 19);
    EXPECT_EQ(bare.rules, Rules{});
    EXPECT_TRUE(has_note(bare, "no rules (RU); using koPOSITIONALscoreAREAtaxNONEsui1"));
    EXPECT_TRUE(has_note(bare, "no komi (KM); using 7.5"));
    const GameRecord odd = record_of("(;RU[My own rules]KM[0])", {.rules = *parse_rules("japanese")});
    EXPECT_TRUE(has_note(odd, "RU[My own rules] is not understood; using koSIMPLEscoreTERRITORY"));
    EXPECT_EQ(odd.rules.komi, 0.0f);
    EXPECT_TRUE(has_note(record_of("(;RU[japanese]KM[0]HA[4];W[pd])"), "HA[4], but the file places no"));
    const GameRecord forced = record_of(
        "(;RU[japanese]KM[0])", {.forced_rules = parse_rules("chinese").value(), .forced_komi = 3.5f});
    EXPECT_EQ(to_compact(forced.rules), "koSIMPLEscoreAREAtaxNONEsui0whbNfpok1");
    EXPECT_EQ(forced.rules.komi, 3.5f);
}

TEST(GameRecord, KomiOfOtherProgramsIsTranslated) {
    EXPECT_EQ(record_of("(;RU[Chinese]KM[3.75])").rules.komi, 7.5f);
    EXPECT_EQ(record_of("(;AP[foxwq]RU[Chinese]KM[375])").rules.komi, 7.5f);
    EXPECT_EQ(record_of("(;AP[foxwq]RU[Japanese]KM[650])").rules.komi, 6.5f);
    EXPECT_EQ(error_of("(;RU[Japanese]KM[3.75])"),
              "SGF@14: KM[3.75], expected a multiple of 0.5 between -400 and 400");
    EXPECT_EQ(error_of("(;KM[seven])"), "SGF@2: KM[seven] is not a number");
}

TEST(GameRecord, SetsUpStonesAndRectangles) {
    const GameRecord record = record_of("(;SZ[9]RU[chinese]KM[7]AB[aa:cb][ee];AW[ii];B[dd])");
    ASSERT_EQ(record.setup.size(), 8u);
    const auto history = replay(record, 0);
    ASSERT_TRUE(history.has_value());
    const Board& board = history->board();
    EXPECT_EQ(board.stones(board.at(0, 0)), 6);
    EXPECT_EQ(board.color(board.at(2, 1)), Color::kBlack);
    EXPECT_EQ(board.color(board.at(8, 8)), Color::kWhite);
    EXPECT_EQ(history->to_move(), Color::kBlack);
}

TEST(GameRecord, WhoIsToMove) {
    EXPECT_EQ(record_of("(;SZ[9])").first_to_move, Color::kBlack);
    EXPECT_EQ(record_of("(;SZ[9]AB[aa])").first_to_move, Color::kWhite);
    EXPECT_EQ(record_of("(;SZ[9]AB[aa]AW[bb])").first_to_move, Color::kBlack);
    EXPECT_EQ(record_of("(;SZ[9]PL[W])").first_to_move, Color::kWhite);
    EXPECT_EQ(record_of("(;SZ[9]AB[aa]PL[black])").first_to_move, Color::kBlack);
    EXPECT_EQ(record_of("(;SZ[9]AB[aa]PL[white];B[bb])").first_to_move, Color::kBlack);
}

TEST(GameRecord, PassesAreWrittenInTwoWays) {
    const GameRecord small = record_of("(;SZ[19];B[];W[tt])");
    EXPECT_EQ(small.moves[0].move.point, kPass);
    EXPECT_EQ(small.moves[1].move.point, kPass);
    const GameRecord large = record_of("(;SZ[21];B[tt])");
    EXPECT_EQ(large.moves[0].move.point, Board(21, 21).at(19, 19));
}

TEST(GameRecord, StopsAtTheMoveAskedFor) {
    const GameRecord record = record_of("(;SZ[9]KM[7]RU[chinese];B[aa];W[bb];B[cc])");
    EXPECT_EQ(replay(record, 2)->moves().size(), 2u);
    EXPECT_EQ(replay(record, 2)->to_move(), Color::kBlack);
    EXPECT_EQ(replay(record)->moves().size(), 3u);
    EXPECT_EQ(replay(record, 4).error().message, "move 4 was asked for, but the game has moves 0 to 3");
    EXPECT_EQ(replay(record, -1).error().message, "move -1 was asked for, but the game has moves 0 to 3");
}

TEST(GameRecord, ErrorsSayWhere) {
    EXPECT_EQ(error_of("(;GM[3])"), "SGF@2: GM[3] is not the game of Go (GM[1])");
    EXPECT_EQ(error_of("(;SZ[26])"), "SGF@2: SZ[26], expected a board size from 2 to 25, or width:height");
    EXPECT_EQ(error_of("(;SZ[9:])"), "SGF@2: SZ[9:], expected a board size from 2 to 25, or width:height");
    EXPECT_EQ(error_of("(;SZ[9:9:9])"),
              "SGF@2: SZ[9:9:9], expected a board size from 2 to 25, or width:height");
    EXPECT_EQ(error_of("(;SZ[9];B[jj])"), "SGF@8: B[jj] is not a point of the 9x9 board");
    EXPECT_EQ(error_of("(;SZ[9];B[D4])"), "SGF@8: B[D4] is not a point of the 9x9 board");
    EXPECT_EQ(error_of("(;SZ[9]AB[aa][aa])"), "SGF@7: AB sets up the point at column 1, row 1 a second time");
    EXPECT_EQ(error_of("(;SZ[9]AB[cc:aa])"),
              "SGF@7: AB[cc:aa] is not a rectangle from its upper left to its lower right corner");
    EXPECT_EQ(error_of("(;SZ[9];B[aa];AW[bb])"),
              "SGF@14: AW sets up stones after move 1; expected them before the first move only");
    EXPECT_EQ(error_of("(;SZ[9]AB[aa]AW[ab][ba])"),
              "the stones set up leave the one at A9 without a liberty");
    EXPECT_EQ(error_of("(;SZ[9];B[ca];W[ca])"), "move 2 (White C9, byte 14) is illegal: the point is taken");
    EXPECT_EQ(error_of("(;SZ[9]AW[ab][ba];B[aa])"),
              "move 1 (Black A9, byte 18) is illegal: the stone would have no liberty");
    std::string many = "(;SZ[9]";
    for (size_t i = 0; i <= kMaxMoves; ++i) many += ";B[]";
    EXPECT_EQ(error_of(many + ")"), "SGF@40008: more than 10000 moves");
}

TEST(GameRecord, MovesAgainstTheRulesAreNoted) {
    const GameRecord record = record_of("(;SZ[9]KM[7]RU[chinese];B[aa];W[bb];B[cc];B[dd])");
    std::vector<std::string> notes;
    ASSERT_TRUE(replay(record, {}, {}, &notes).has_value());
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_EQ(notes[0],
              "move 4 (Black D6, byte 42) is against the rules (not that player's turn) and was played all "
              "the same");
}

TEST(GameRecord, RetakingAKoAtOnceIsNoted) {
    const GameRecord record =
        record_of("(;SZ[5]KM[7]RU[chinese]AB[ba][ab][bc][cb]AW[ca][db][cc];W[bb];B[cb])");
    std::vector<std::string> notes;
    const auto history = replay(record, {}, {}, &notes);
    ASSERT_TRUE(history.has_value()) << history.error().message;
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_NE(notes[0].find("move 2 (Black C4, byte 62) is against the rules (ko or suicide)"),
              std::string::npos)
        << notes[0];
}

TEST(GameRecord, PointsHaveTheirNames) {
    const Board board(25, 13);
    EXPECT_EQ(point_name(board, board.at(0, 12)), "A1");
    EXPECT_EQ(point_name(board, board.at(8, 0)), "J13");
    EXPECT_EQ(point_name(board, board.at(24, 0)), "Z13");
    EXPECT_EQ(point_name(board, kPass), "pass");
}

}  // namespace
}  // namespace lathe::game
