#include "base/pattern.h"

// (GCC 12 warns falsely of what <regex> inlines under the sanitizers.)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <regex>

namespace lathe {
namespace {

bool found(std::string_view pattern, std::string_view text) {
    const auto parsed = Pattern::parse(pattern);
    EXPECT_TRUE(parsed.has_value()) << pattern << ": " << (parsed ? "" : parsed.error().message);
    return parsed && parsed->found_in(text);
}

std::string error_of(std::string_view pattern) {
    const auto parsed = Pattern::parse(pattern);
    return parsed ? "" : parsed.error().message;
}

TEST(Pattern, FindsNames) {
    EXPECT_TRUE(found("", ""));
    EXPECT_TRUE(found("attn", "blocks.0.attn.qkv"));
    EXPECT_FALSE(found("^attn", "blocks.0.attn.qkv"));
    EXPECT_TRUE(found("qkv$", "blocks.0.attn.qkv"));
    EXPECT_TRUE(found(R"(blocks\.([0-3]|1\d)\.(attn|mlp))", "blocks.17.mlp.fc1"));
    EXPECT_FALSE(found(R"(blocks\.([0-3]|1\d)\.(attn|mlp))", "blocks.27.mlp.fc1"));
    EXPECT_FALSE(found(R"(a\.b)", "axb"));
    EXPECT_TRUE(found("a.b", "axb"));
    EXPECT_TRUE(found(R"(^(?:\w+\.){2,3}weight$)", "blocks.attn.weight"));
    EXPECT_FALSE(found(R"(^(?:\w+\.){2,3}weight$)", "a.b.c.d.weight"));
    EXPECT_TRUE(found(R"(\bin\b)", "img-in-x"));
    EXPECT_FALSE(found(R"(\bin\b)", "img_in"));
    EXPECT_TRUE(found(R"([\]\-x])", "]"));
    EXPECT_FALSE(found("[]", "a"));  // as in ECMAScript: nothing and anything
    EXPECT_TRUE(found("[^]", "a"));
    EXPECT_TRUE(found(R"(\x41\x2e)", "A."));
    EXPECT_TRUE(found("é", "caf\xc3\xa9"));
}

TEST(Pattern, FaultsNameTheirPlace) {
    EXPECT_EQ(error_of("a(b"), "pattern 'a(b', character 2: this group is not closed by ')'");
    EXPECT_EQ(error_of("ab)"),
              "pattern 'ab)', character 3: this ')' closes no group; write \\) for the character");
    EXPECT_NE(error_of("*a").find("character 1: there is nothing to repeat"), std::string::npos);
    EXPECT_NE(error_of("[a-").find("not closed by ']'"), std::string::npos);
    EXPECT_NE(error_of("[z-a]").find("a range ends before it begins"), std::string::npos);
    EXPECT_NE(error_of("a{3,2}").find("second count is below"), std::string::npos);
    EXPECT_NE(error_of("a{1001}").find("0 to 1000"), std::string::npos);
    EXPECT_NE(error_of("a{-1}").find("0 to 1000"), std::string::npos);
    EXPECT_NE(error_of("a{x}").find("needs counts"), std::string::npos);
    EXPECT_NE(error_of("a{2").find("needs counts"), std::string::npos);
    EXPECT_NE(error_of("a{2,-1}"), "");
    EXPECT_NE(error_of("a**").find("follows a repetition"), std::string::npos);
    EXPECT_NE(error_of("(?=a)").find("no look-around"), std::string::npos);
    EXPECT_NE(error_of(R"((a)\1)").find("references back"), std::string::npos);
    EXPECT_NE(error_of(R"(a\)").find("at the end"), std::string::npos);
    EXPECT_NE(error_of(R"([\)").find("at the end"), std::string::npos);
    EXPECT_NE(error_of(R"(\q)").find("\\q has no meaning"), std::string::npos);
    EXPECT_NE(error_of(R"(\x4)").find("two hexadecimal"), std::string::npos);
    EXPECT_NE(error_of(std::string(5000, '(')).find("100 deep"), std::string::npos);
    EXPECT_NE(error_of("((a{1000}){1000}){1000}").find("too long"), std::string::npos);
    EXPECT_NE(error_of(std::string(30000, 'a')).find("too long"), std::string::npos);
}

TEST(Pattern, CountsTheLiteralsOfEveryMatch) {
    const auto literals = [](std::string_view text) { return Pattern::parse(text)->literals(); };
    EXPECT_EQ(literals("img_in"), 6u);
    EXPECT_EQ(literals(R"(blocks\.\d+\.attn)"), 12u);
    EXPECT_EQ(literals("(attn|mlp)x?y*z+"), 4u);
    EXPECT_EQ(literals("(ab){3,}"), 6u);
    EXPECT_EQ(literals("[abc]."), 0u);
}

// Patterns that take a backtracking matcher exponential time.
TEST(Pattern, NoPatternHangs) {
    const auto start = std::chrono::steady_clock::now();
    const std::string text(2000, 'a');
    EXPECT_FALSE(found("(a*)*b", text));
    EXPECT_FALSE(found("(a|aa)+$", text + "c"));
    EXPECT_FALSE(found("(a?){500}a{500}c", text));
    EXPECT_TRUE(found("(a?){500}a{500}", text));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

std::string some_pattern(std::mt19937& random, int depth) {
    const auto pick = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
    std::string out;
    for (int i = pick(3) + 1; i > 0; --i) {
        switch (pick(depth > 0 ? 8 : 5)) {
            case 0: out += '.'; break;
            case 1: out += pick(2) ? "[ab]" : "[^a]"; break;
            case 2: out += pick(2) ? R"(\w)" : R"(\.)"; break;
            case 5: out += '(' + some_pattern(random, depth - 1) + ')'; break;
            case 6:
                out += "(?:" + some_pattern(random, depth - 1) + '|' + some_pattern(random, depth - 1) + ')';
                break;
            case 7: out += pick(2) ? "^" : "$"; continue;
            default: out += static_cast<char>('a' + pick(3));
        }
        constexpr const char* kRepeats[] = {"*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?"};
        if (pick(3) == 0) out += kRepeats[pick(8)];
    }
    return out;
}

// The oracle is the standard library's matcher of the same language.
TEST(Pattern, AgreesWithTheStandardLibrary) {
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        const std::string pattern = some_pattern(random, 2);
        const std::regex regex(pattern, std::regex::ECMAScript);
        const auto own = Pattern::parse(pattern);
        ASSERT_TRUE(own.has_value()) << own.error().message;
        for (int j = 0; j < 8; ++j) {
            std::string text;
            for (unsigned n = random() % 7; n > 0; --n) text += "abc._\n"[random() % 5];
            EXPECT_EQ(own->found_in(text), std::regex_search(text, regex)) << pattern << " in " << text;
        }
    }
}

}  // namespace
}  // namespace lathe
