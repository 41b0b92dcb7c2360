#include "game/rules.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace lathe::game {

namespace {

struct Preset {
    std::string_view names;  // separated by spaces, hyphens left out
    std::string_view title;
    Rules rules;
};

using enum KoRule;
using enum Scoring;

// ko, scoring, tax, suicide, button, white handicap bonus, friendly pass, komi
constexpr Preset kPresets[] = {
    {"tromptaylor",
     "Tromp-Taylor",
     {kPositional, kArea, Tax::kNone, true, false, HandicapBonus::kZero, false, 7.5f}},
    {"japanese korean",
     "Japanese",
     {kSimple, kTerritory, Tax::kSeki, false, false, HandicapBonus::kZero, false, 6.5f}},
    {"chinese", "Chinese", {kSimple, kArea, Tax::kNone, false, false, HandicapBonus::kN, true, 7.5f}},
    {"chineseogs chinesekgs",
     "Chinese (superko)",
     {kPositional, kArea, Tax::kNone, false, false, HandicapBonus::kN, true, 7.5f}},
    {"ancientarea stonescoring",
     "stone-scoring",
     {kSimple, kArea, Tax::kAll, false, false, HandicapBonus::kZero, true, 7.5f}},
    {"ancientterritory",
     "ancient territory",
     {kSimple, kTerritory, Tax::kAll, false, false, HandicapBonus::kZero, false, 6.5f}},
    {"agabutton",
     "AGA button",
     {kSituational, kArea, Tax::kNone, false, true, HandicapBonus::kNMinusOne, true, 7.0f}},
    {"aga bga french",
     "AGA",
     {kSituational, kArea, Tax::kNone, false, false, HandicapBonus::kNMinusOne, true, 7.5f}},
    {"nz newzealand",
     "New Zealand",
     {kSituational, kArea, Tax::kNone, true, false, HandicapBonus::kZero, true, 7.0f}},
    {"goe ing", "Ing", {kPositional, kArea, Tax::kNone, true, false, HandicapBonus::kZero, true, 7.5f}},
};

template <class T>
struct Word {
    std::string_view text;
    T value;
};
// Longer words come before their prefixes, because the compact form has no separators.
constexpr Word<KoRule> kKoWords[] = {
    {"SIMPLE", kSimple}, {"POSITIONAL", kPositional}, {"SITUATIONAL", kSituational}, {"SPIGHT", kSpight}};
constexpr Word<Scoring> kScoringWords[] = {{"AREA", kArea}, {"TERRITORY", kTerritory}};
constexpr Word<Tax> kTaxWords[] = {{"NONE", Tax::kNone}, {"SEKI", Tax::kSeki}, {"ALL", Tax::kAll}};
constexpr Word<HandicapBonus> kBonusWords[] = {
    {"0", HandicapBonus::kZero}, {"N-1", HandicapBonus::kNMinusOne}, {"N", HandicapBonus::kN}};
constexpr Word<bool> kFlagWords[] = {{"0", false}, {"1", true}};

template <class T, size_t N>
std::string_view word_of(const Word<T> (&words)[N], T value) {
    for (const auto& word : words) {
        if (word.value == value) return word.text;
    }
    return {};
}

template <class T, size_t N>
Result<T> value_of(const Word<T> (&words)[N], std::string_view key, std::string_view text) {
    std::string known;
    for (const auto& word : words) {
        if (word.text == text) return word.value;
        known += (known.empty() ? "" : ", ") + std::string(word.text);
    }
    return fail("rules: '{}' is '{}', expected one of {}", key, printable(text), known);
}

// What is specified beside the rules themselves decides the defaults of the rest.
struct Draft {
    Rules rules;
    bool has_tax = false;
    bool has_komi = false;

    Rules finish() const {
        Rules done = rules;
        if (!has_tax) done.tax = done.territory() ? Tax::kSeki : Tax::kNone;
        if (!has_komi && done.territory()) {
            done.komi = 6.5f;
        } else if (!has_komi && done.has_button) {
            done.komi = 7.0f;
        }
        return done;
    }
};

Result<float> checked_komi(double komi) {
    if (is_usable_komi(komi)) return static_cast<float>(komi);
    return fail("rules: komi is {}, expected a multiple of 0.5 between {} and {}", komi, -kMaxKomi, kMaxKomi);
}

Result<bool> flag_of(std::string_view key, const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    return fail("rules: '{}' is {}, expected true or false", key, printable(to_text(value)));
}

Status set_member(Draft& draft, std::string_view key, const Json& value) {
    Rules& rules = draft.rules;
    const std::string text = value.is_string() ? value.get<std::string>() : to_text(value);
    if (key == "ko") {
        TRY(rules.ko, value_of(kKoWords, key, text));
    } else if (key == "score" || key == "scoring") {
        TRY(rules.scoring, value_of(kScoringWords, key, text));
    } else if (key == "tax") {
        TRY(rules.tax, value_of(kTaxWords, key, text));
        draft.has_tax = true;
    } else if (key == "suicide") {
        TRY(rules.suicide, flag_of(key, value));
    } else if (key == "hasButton") {
        TRY(rules.has_button, flag_of(key, value));
    } else if (key == "whiteHandicapBonus") {
        TRY(rules.white_handicap_bonus, value_of(kBonusWords, key, text));
    } else if (key == "friendlyPassOk") {
        TRY(rules.friendly_pass_ok, flag_of(key, value));
    } else if (key == "komi") {
        if (!value.is_number()) return fail("rules: 'komi' is {}, expected a number", printable(text));
        TRY(rules.komi, checked_komi(value.get<double>()));
        draft.has_komi = true;
    } else {
        return fail("rules: unknown key '{}'", printable(key));
    }
    return {};
}

Result<Rules> parse_json_rules(std::string_view text) {
    TRY(const Json json, with_place(parse_json(text), "rules"));
    if (!json.is_object()) return fail("rules: expected a JSON object, found {}", printable(text));
    Draft draft;
    for (const auto& [key, value] : json.items()) TRY_STATUS(set_member(draft, key, value));
    return draft.finish();
}

// Takes `prefix` off the front of `text`, and white space after it.
bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text = trim(text.substr(prefix.size()));
    return true;
}

template <class T, size_t N>
bool take_word(std::string_view& text, const Word<T> (&words)[N], T& value) {
    for (const auto& word : words) {
        if (!take(text, word.text)) continue;
        value = word.value;
        return true;
    }
    return false;
}

// Nothing when the text does not go on with a number.
std::optional<double> take_number(std::string_view& text) {
    size_t size = 0;
    while (size < text.size() && std::string_view("+-.0123456789").find(text[size]) != std::string_view::npos)
        ++size;
    double number = 0;
    if (!parse_double(text.substr(0, size), number)) return std::nullopt;
    text = trim(text.substr(size));
    return number;
}

// One item of the compact form. False: not understood.
Result<bool> take_item(std::string_view& rest, Draft& draft) {
    Rules& rules = draft.rules;
    if (take(rest, "komi")) {
        const auto number = take_number(rest);
        if (!number) return false;
        TRY(rules.komi, checked_komi(*number));
        draft.has_komi = true;
        return true;
    }
    if (take(rest, "ko")) return take_word(rest, kKoWords, rules.ko);
    if (take(rest, "scoring") || take(rest, "score")) return take_word(rest, kScoringWords, rules.scoring);
    if (take(rest, "tax")) {
        draft.has_tax = true;
        return take_word(rest, kTaxWords, rules.tax);
    }
    if (take(rest, "sui")) return take_word(rest, kFlagWords, rules.suicide);
    if (take(rest, "button")) return take_word(rest, kFlagWords, rules.has_button);
    if (take(rest, "whb")) return take_word(rest, kBonusWords, rules.white_handicap_bonus);
    if (take(rest, "fpok")) return take_word(rest, kFlagWords, rules.friendly_pass_ok);
    return false;
}

Result<Rules> parse_compact(std::string_view text) {
    Draft draft;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view item = rest;
        TRY(const bool known, take_item(rest, draft));
        if (!known) {
            return fail("rules: '{}' is not understood at '{}'; known are names such as japanese, chinese, "
                        "tromp-taylor, aga, and KataGo's JSON and compact forms",
                        printable(text), printable(item, 20));
        }
    }
    return draft.finish();
}

// Lower case, without the separators that names are written with.
std::string plain_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        if (c == '-' || c == '_' || c == ' ') continue;
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return name;
}

}  // namespace

bool Rules::result_is_integer() const { return (komi == std::trunc(komi)) != has_button; }

bool is_usable_komi(double komi) {
    return std::isfinite(komi) && std::abs(komi) <= kMaxKomi && komi * 2 == std::trunc(komi * 2);
}

Result<Rules> parse_rules(std::string_view text) {
    text = trim(text);
    if (text.empty()) return fail("rules: expected a name such as japanese, found nothing");
    if (text.front() == '{') return parse_json_rules(text);
    const std::string name = plain_name(text);
    for (const Preset& preset : kPresets) {
        for (const std::string_view known : split(preset.names, ' ')) {
            if (known == name) return preset.rules;
        }
    }
    return parse_compact(text);
}

std::string to_compact(const Rules& rules) {
    std::string text =
        format("ko{}score{}tax{}sui{}", word_of(kKoWords, rules.ko), word_of(kScoringWords, rules.scoring),
               word_of(kTaxWords, rules.tax), rules.suicide ? 1 : 0);
    if (rules.has_button) text += "button1";
    if (rules.white_handicap_bonus != HandicapBonus::kZero) {
        text += format("whb{}", word_of(kBonusWords, rules.white_handicap_bonus));
    }
    if (rules.friendly_pass_ok) text += "fpok1";
    return text;
}

std::string rules_title(const Rules& rules) {
    for (const Preset& preset : kPresets) {
        Rules same_komi = preset.rules;
        same_komi.komi = rules.komi;
        if (same_komi == rules) return format("{} rules", preset.title);
    }
    return to_compact(rules);
}

Json to_json(const Rules& rules) {
    Json json;
    json["ko"] = word_of(kKoWords, rules.ko);
    json["scoring"] = word_of(kScoringWords, rules.scoring);
    json["tax"] = word_of(kTaxWords, rules.tax);
    json["suicide"] = rules.suicide;
    json["hasButton"] = rules.has_button;
    json["whiteHandicapBonus"] = word_of(kBonusWords, rules.white_handicap_bonus);
    json["friendlyPassOk"] = rules.friendly_pass_ok;
    json["komi"] = rules.komi;
    return json;
}

}  // namespace lathe::game
