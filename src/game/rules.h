// Rules: what KataGo distinguishes in the rules of Go, parsed from the three forms in use and printed back.
//   name     "japanese", "tromp-taylor", "aga-button" … (any case; spaces or underscores for hyphens)
//   JSON     {"ko":"SIMPLE","scoring":"AREA","tax":"NONE","suicide":false,"hasButton":false,
//             "whiteHandicapBonus":"N","friendlyPassOk":true,"komi":7.5};
//            what is left out is as in tromp-taylor, except that the tax of territory scoring is SEKI
//   compact  koSIMPLEscoreAREAtaxNONEsui0whbNfpok1, as KataGo writes into RU of SGF; komi7.5 may follow
// Source: KataGo's GTP extensions (kata-set-rules) and its documentation of supported Go rules.
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace lathe::game {

enum class KoRule { kSimple, kPositional, kSituational, kSpight };
enum class Scoring { kArea, kTerritory };
enum class Tax { kNone, kSeki, kAll };  // no points in seki; or also two points less per living group
enum class HandicapBonus { kZero, kN, kNMinusOne };  // points for White per handicap stone

struct Rules {  // as it stands: Tromp-Taylor
    KoRule ko = KoRule::kPositional;
    Scoring scoring = Scoring::kArea;
    Tax tax = Tax::kNone;
    bool suicide = true;      // of more than one stone; of one stone it is never allowed
    bool has_button = false;  // half a point for the first to pass
    HandicapBonus white_handicap_bonus = HandicapBonus::kZero;
    bool friendly_pass_ok = false;  // passing is fine although dead stones are still on the board
    float komi = 7.5f;              // points for White; a multiple of 0.5

    bool operator==(const Rules&) const = default;
    bool territory() const { return scoring == Scoring::kTerritory; }
    // Whether a game under these rules can be drawn, handicap and captures aside.
    bool result_is_integer() const;
};

inline constexpr float kMaxKomi = 400.0f;

// Whether komi is a multiple of 0.5 and not beyond ±kMaxKomi.
bool is_usable_komi(double komi);

// Errors: unknown name, key, value or form, naming what was found; komi that is not usable.
Result<Rules> parse_rules(std::string_view text);

std::string to_compact(const Rules& rules);  // without komi
Json to_json(const Rules& rules);            // with komi
// For people: "Japanese rules" when all but komi is as one of the names says, else the compact form.
std::string rules_title(const Rules& rules);

}  // namespace lathe::game
