#include "game/rules.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace lathe::game {
namespace {

// The table of KataGo's GTP documentation.
TEST(Rules, NamesMeanWhatKataGoSays) {
    const struct {
        const char* name;
        const char* compact;
        float komi;
    } expected[] = {
        {"tromp-taylor", "koPOSITIONALscoreAREAtaxNONEsui1", 7.5f},
        {"Tromp Taylor", "koPOSITIONALscoreAREAtaxNONEsui1", 7.5f},
        {"Japanese", "koSIMPLEscoreTERRITORYtaxSEKIsui0", 6.5f},
        {"KOREAN", "koSIMPLEscoreTERRITORYtaxSEKIsui0", 6.5f},
        {" chinese ", "koSIMPLEscoreAREAtaxNONEsui0whbNfpok1", 7.5f},
        {"chinese_ogs", "koPOSITIONALscoreAREAtaxNONEsui0whbNfpok1", 7.5f},
        {"chinese-kgs", "koPOSITIONALscoreAREAtaxNONEsui0whbNfpok1", 7.5f},
        {"AGA", "koSITUATIONALscoreAREAtaxNONEsui0whbN-1fpok1", 7.5f},
        {"bga", "koSITUATIONALscoreAREAtaxNONEsui0whbN-1fpok1", 7.5f},
        {"french", "koSITUATIONALscoreAREAtaxNONEsui0whbN-1fpok1", 7.5f},
        {"aga-button", "koSITUATIONALscoreAREAtaxNONEsui0button1whbN-1fpok1", 7.0f},
        {"NZ", "koSITUATIONALscoreAREAtaxNONEsui1fpok1", 7.0f},
        {"new zealand", "koSITUATIONALscoreAREAtaxNONEsui1fpok1", 7.0f},
        {"GOE", "koPOSITIONALscoreAREAtaxNONEsui1fpok1", 7.5f},
        {"ing", "koPOSITIONALscoreAREAtaxNONEsui1fpok1", 7.5f},
        {"stone scoring", "koSIMPLEscoreAREAtaxALLsui0fpok1", 7.5f},
        {"ancient-territory", "koSIMPLEscoreTERRITORYtaxALLsui0", 6.5f},
    };
    for (const auto& row : expected) {
        const auto rules = parse_rules(row.name);
        ASSERT_TRUE(rules.has_value()) << row.name;
        EXPECT_EQ(to_compact(*rules), row.compact) << row.name;
        EXPECT_EQ(rules->komi, row.komi) << row.name;
    }
}

TEST(Rules, EveryCombinationComesBackFromItsTexts) {
    for (int code = 0; code < 4 * 2 * 3 * 2 * 2 * 3 * 2; ++code) {
        int rest = code;
        const auto digit = [&](int base) {
            const int value = rest % base;
            rest /= base;
            return value;
        };
        Rules rules;
        rules.ko = static_cast<KoRule>(digit(4));
        rules.scoring = static_cast<Scoring>(digit(2));
        rules.tax = static_cast<Tax>(digit(3));
        rules.suicide = digit(2) == 1;
        rules.has_button = digit(2) == 1;
        rules.white_handicap_bonus = static_cast<HandicapBonus>(digit(3));
        rules.friendly_pass_ok = digit(2) == 1;
        rules.komi = static_cast<float>(code % 7) * 0.5f - 1.0f;
        const auto compact = parse_rules(format("{} komi{}", to_compact(rules), rules.komi));
        ASSERT_TRUE(compact.has_value()) << compact.error().message;
        EXPECT_EQ(*compact, rules);
        const auto json = parse_rules(to_text(to_json(rules)));
        ASSERT_TRUE(json.has_value());
        EXPECT_EQ(*json, rules);
    }
}

TEST(Rules, WhatIsLeftOutHasDefaults) {
    const auto territory = parse_rules(R"({"scoring":"TERRITORY"})");
    ASSERT_TRUE(territory.has_value());
    EXPECT_EQ(to_compact(*territory), "koPOSITIONALscoreTERRITORYtaxSEKIsui1");
    EXPECT_EQ(territory->komi, 6.5f);
    EXPECT_EQ(parse_rules("button1")->komi, 7.0f);
    EXPECT_EQ(parse_rules("{}"), Rules{});
}

TEST(Rules, ErrorsNameWhatWasFound) {
    const std::pair<const char*, const char*> bad[] = {
        {"", "found nothing"},
        {"martian", "'martian' is not understood"},
        {"koSIMPLEscoreAREAtaxNEVER", "at 'taxNEVER'"},
        {"koSIMPLEkomi3.3", "komi is 3.3"},
        {"komi", "at 'komi'"},
        {R"({"ko":"SIMPEL"})", "'ko' is 'SIMPEL', expected one of SIMPLE, POSITIONAL, SITUATIONAL, SPIGHT"},
        {R"({"ko":3})", "'ko' is '3'"},
        {R"({"suicide":"yes"})", "'suicide' is \"yes\", expected true or false"},
        {R"({"komi":1e9})", "komi is 1000000000"},
        {R"({"komi":"7"})", "'komi' is 7, expected a number"},
        {R"({"speed":1})", "unknown key 'speed'"},
        {R"({"ko":)", "rules: "},
    };
    for (const auto& [text, message] : bad) {
        const auto rules = parse_rules(text);
        ASSERT_FALSE(rules.has_value()) << text;
        EXPECT_NE(rules.error().message.find(message), std::string::npos) << rules.error().message;
    }
    EXPECT_FALSE(is_usable_komi(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Rules, TitlesIgnoreKomi) {
    EXPECT_EQ(rules_title(*parse_rules("japanese")), "Japanese rules");
    EXPECT_EQ(rules_title(*parse_rules("koSIMPLEscoreAREAtaxNONEsui0whbNfpok1komi0.5")), "Chinese rules");
    EXPECT_EQ(rules_title(*parse_rules("koSPIGHT")), "koSPIGHTscoreAREAtaxNONEsui1");
}

TEST(Rules, ResultIsIntegerWhenKomiAndButtonSaySo) {
    EXPECT_FALSE(parse_rules("tromp-taylor")->result_is_integer());
    EXPECT_FALSE(parse_rules("aga-button")->result_is_integer());
    EXPECT_TRUE(parse_rules("nz")->result_is_integer());
    EXPECT_TRUE(parse_rules("button1komi7.5")->result_is_integer());
}

}  // namespace
}  // namespace lathe::game
