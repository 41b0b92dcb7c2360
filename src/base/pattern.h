// Pattern: a regular expression over bytes that is searched for in names. It is simulated as a set of states (Thompson
// 1968), so a search costs at most length of the text x length of the pattern: no pattern can hang.
//
// The language is the part of ECMAScript's that needs no memory of what was matched:
//   literals   .   [a-z_]  [^0-9]   \d \D \w \W \s \S   \b \B   ^ $   ( ) (?: )   |   * + ? {m} {m,} {m,n}
//   \t \n \r \f \v \xHH, and \ before any punctuation mark for the mark itself
// A ? after a repetition (lazy) is allowed and changes nothing, for it is only asked whether there is a match.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe {

class Pattern {
public:
    // Errors: not of the language, with the place (a count of bytes from 1); longer than 20,000 steps once the counted
    // repetitions are written out; groups nested more than 100 deep.
    static Result<Pattern> parse(std::string_view text);

    bool found_in(std::string_view text) const;  // anywhere; ^ and $ are the ends of the text
    // Literal characters that every match has: a measure of how specific the pattern is.
    size_t literals() const { return literals_; }
    const std::string& text() const { return text_; }

    struct Step {
        enum class Kind : uint8_t { kByte, kClass, kJump, kSplit, kBegin, kEnd, kEdge, kNoEdge, kMatch };
        Kind kind = Kind::kMatch;
        uint8_t byte = 0;
        int32_t first = 0, second = 0;  // kClass: its index; kJump, kSplit: where to go, from here
    };
    using Bytes = std::array<uint64_t, 4>;  // a set of bytes

private:
    friend class PatternParser;
    Pattern() = default;

    std::string text_;
    std::string required_;  // stands in every match; a quick way to say no
    size_t literals_ = 0;
    std::vector<Step> steps_;
    std::vector<Bytes> classes_;
};

}  // namespace lathe
