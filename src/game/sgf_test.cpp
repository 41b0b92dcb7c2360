#include "game/sgf.h"

#include <gtest/gtest.h>

#include <random>

#include "game/game_record.h"

namespace lathe::game {
namespace {

std::string parse_error(std::string_view text) {
    const auto tree = parse_sgf(text);
    return tree ? "" : tree.error().message;
}

TEST(Sgf, ReadsNodesPropertiesAndVariations) {
    const auto tree = parse_sgf("(;FF[4]SZ[9];B[aa](;W[bb];B[cc](;W[ee])(;W[ff]))(;W[dd]C[second]))");
    ASSERT_TRUE(tree.has_value());
    ASSERT_EQ(tree->nodes.size(), 7u);
    EXPECT_EQ(tree->main_line(), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(*tree->nodes[4].value("W"), "ee");
    EXPECT_EQ(tree->nodes[4].next_sibling, 5);
    EXPECT_EQ(tree->nodes[2].next_sibling, 6);
    EXPECT_EQ(tree->nodes[6].parent, 1);
    EXPECT_EQ(*tree->nodes[6].value("C"), "second");
    EXPECT_EQ(tree->nodes[0].find("SZ")->offset_bytes, 7u);
    EXPECT_EQ(tree->nodes[0].value("KM"), nullptr);
}

TEST(Sgf, UnescapesTextAsTheSpecificationSays) {
    const auto value = [](std::string_view text) {
        const auto tree = parse_sgf("(;C[" + std::string(text) + "])");
        return tree ? *tree->nodes[0].value("C") : tree.error().message;
    };
    EXPECT_EQ(value("a\\]b\\\\c\\:d"), "a]b\\c:d");
    EXPECT_EQ(value("soft\\\nbreak\\\r\nhere"), "softbreakhere");
    EXPECT_EQ(value("hard\nbreak"), "hard\nbreak");
    EXPECT_EQ(value("a\tb\\\tc"), "a b c");
    EXPECT_EQ(value("(;[)"), "(;[)");
}

TEST(Sgf, TakesOldAndSloppyFiles) {
    EXPECT_EQ(*parse_sgf("\xEF\xBB\xBF (\n; GaMe [1] )")->nodes[0].value("GM"), "1");
    EXPECT_EQ(parse_sgf("From: me (at home)\n\n(;AB[aa] [bb]\n[cc])")->nodes[0].find("AB")->values.size(),
              3u);
    EXPECT_EQ(parse_sgf("(;AB[aa]AB[bb])")->nodes[0].find("AB")->values.size(), 2u);
    EXPECT_EQ(parse_sgf("(;C[first])(;C[second])")->nodes.size(), 1u);
}

TEST(Sgf, ErrorsSayWhere) {
    EXPECT_EQ(parse_error(""), "SGF@0: no game found: expected '(;', found ''");
    EXPECT_EQ(parse_error("hello (world)"), "SGF@0: no game found: expected '(;', found 'hello (world)'");
    EXPECT_EQ(parse_error("(;B[aa];W[bb"), "SGF@9: this '[' is never closed by ']'");
    EXPECT_EQ(parse_error("(;B[aa]"), "SGF@7: the text ends inside a game, 1 ')' missing");
    EXPECT_EQ(parse_error("(;B;W[aa])"), "SGF@3: expected '[' after property 'B'");
    EXPECT_EQ(parse_error("(;B[aa]?)"), "SGF@7: expected a property, ';', '(' or ')', found '?'");
    EXPECT_EQ(parse_error("(;(B[aa]))"), "SGF@3: expected ';' after '(', found 'B'");
    EXPECT_EQ(parse_error("(;b[aa])"), "SGF@2: property 'b' has no upper-case letters");
}

TEST(Sgf, DepthAndSizeAreHarmless) {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "(;B[aa]";
    EXPECT_EQ(parse_error(deep), "SGF@700000: the text ends inside a game, 100000 ')' missing");
    EXPECT_EQ(parse_error(deep + std::string(100000, ')')), "");
    EXPECT_EQ(parse_error("(" + std::string(kMaxSgfNodes + 1, ';') + ")"),
              "SGF@400001: more than 400000 nodes");
    EXPECT_EQ(parse_error("(;C[" + std::string(kMaxSgfBytes, 'x') + "])"),
              "SGF: 16777222 bytes, more than the limit of 16777216");
}

// Whatever the bytes are: a game or an error, and a game can be replayed or says why not.
void expect_no_crash(std::string_view text) {
    const auto record = read_game(text);
    if (!record) {
        EXPECT_FALSE(record.error().message.empty());
        return;
    }
    const auto history = replay(*record);
    EXPECT_TRUE(history.has_value() || !history.error().message.empty());
}

constexpr std::string_view kGame =
    "(;GM[1]FF[4]SZ[9:7]KM[6.5]RU[{\"ko\":\"SIMPLE\"}]AB[aa:bb][cc]AW[ee]PL[W]HA[2]PB[a\\]b]\n"
    ";W[dd];B[de](;W[];B[tt];W[fg];B[];W[];B[gg])(;W[ef]C[x]))";

TEST(Sgf, TruncationAtEveryByteIsAnError) {
    ASSERT_TRUE(read_game(kGame).has_value()) << read_game(kGame).error().message;
    for (size_t size = 0; size < kGame.size(); ++size) {
        EXPECT_FALSE(read_game(kGame.substr(0, size)).has_value()) << size;
    }
}

TEST(Sgf, FlippedAndRandomBytesDoNoHarm) {
    for (size_t at = 0; at < kGame.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string text(kGame);
            text[at] = static_cast<char>(text[at] ^ (1 << bit));
            expect_no_crash(text);
        }
    }
    std::mt19937 random(3);
    constexpr std::string_view kLetters = "(;)[]\\:BWABSZKM0129abt\n x{";
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 2 == 0 ? "(;" : std::string(kGame.substr(0, random() % kGame.size()));
        for (unsigned n = random() % 40; n > 0; --n) text += kLetters[random() % kLetters.size()];
        expect_no_crash(text);
    }
}

}  // namespace
}  // namespace lathe::game
