#include <algorithm>
#include <optional>

#include "base/pattern.h"
#include "base/text.h"

namespace lathe {
namespace {

using Step = Pattern::Step;
using Kind = Pattern::Step::Kind;
using Bytes = Pattern::Bytes;

constexpr size_t kMaxSteps = 20000, kMaxPatternDepth = 100;
constexpr int kUnlimited = -1;

// Steps whose jumps are relative, so that they can be put anywhere and repeated.
struct Piece {
    std::vector<Step> steps;
    size_t literals = 0;
    std::string required;  // the longest text known to stand in every match
    bool plain = false;  // exactly one literal character, which is `required`
};

struct Repeat {
    int least = 1, most = 1;
};

void add_range(Bytes& bytes, int first, int last) {
    for (int byte = first; byte <= last; ++byte)
        bytes[static_cast<size_t>(byte) / 64] |= uint64_t{1} << (byte % 64);
}

Bytes inverse(Bytes bytes) {
    for (uint64_t& word : bytes) word = ~word;
    return bytes;
}

// \d \w \s and their opposites.
std::optional<Bytes> named_class(char letter) {
    Bytes bytes{};
    switch (letter | 0x20) {
        case 'd': add_range(bytes, '0', '9'); break;
        case 'w':
            add_range(bytes, '0', '9');
            add_range(bytes, 'A', 'Z');
            add_range(bytes, 'a', 'z');
            add_range(bytes, '_', '_');
            break;
        case 's':
            add_range(bytes, '\t', '\r');
            add_range(bytes, ' ', ' ');
            break;
        default: return std::nullopt;
    }
    return letter & 0x20 ? bytes : inverse(bytes);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

}  // namespace

class PatternParser {
public:
    explicit PatternParser(std::string_view text) : text_(text) { pattern_.text_ = text; }

    Result<Pattern> parse() {
        TRY(Piece piece, alternatives(0));
        if (at_ < text_.size()) return fault("this ')' closes no group; write \\) for the character");
        piece.steps.push_back({.kind = Kind::kMatch});
        pattern_.steps_ = std::move(piece.steps);
        pattern_.literals_ = piece.literals;
        pattern_.required_ = std::move(piece.required);
        return std::move(pattern_);
    }

private:
    bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }
    bool take(char c) {
        if (!at(c)) return false;
        ++at_;
        return true;
    }
    std::unexpected<Error> fault(std::string_view what) const {
        return fail("pattern '{}', character {}: {}", printable(text_, 200), at_ + 1, what);
    }

    Result<Piece> alternatives(size_t depth) {
        if (depth > kMaxPatternDepth) return fault("groups are nested more than 100 deep");
        TRY(Piece piece, sequence(depth));
        while (take('|')) {
            TRY(Piece other, sequence(depth));
            const auto length = static_cast<int32_t>(piece.steps.size()),
                       more = static_cast<int32_t>(other.steps.size());
            piece.steps.insert(piece.steps.begin(), {.kind = Kind::kSplit, .first = 1, .second = length + 2});
            piece.steps.push_back({.kind = Kind::kJump, .first = more + 1});
            TRY_STATUS(append(piece.steps, other.steps));
            piece.literals = std::min(piece.literals, other.literals);
            piece.required.clear();
            piece.plain = false;
        }
        return piece;
    }

    Result<Piece> sequence(size_t depth) {
        Piece all;
        std::string run;  // of literal characters, up to here
        const auto offer = [&](std::string& text) {
            if (text.size() > all.required.size()) all.required = text;
        };
        while (at_ < text_.size() && !at('|') && !at(')')) {
            TRY(Piece piece, atom(depth));
            TRY(const Repeat repeat, repetition());
            const bool once = repeat.least == 1 && repeat.most == 1;
            if (once && piece.plain) run += piece.required;
            offer(run);
            if (!(once && piece.plain)) run.clear();
            if (repeat.least > 0) offer(piece.required);
            all.literals += piece.literals * static_cast<size_t>(repeat.least);
            TRY_STATUS(append_repeated(all.steps, piece.steps, repeat));
        }
        return all;
    }

    Status append(std::vector<Step>& steps, const std::vector<Step>& more) const {
        if (steps.size() + more.size() > kMaxSteps)
            return fault("the pattern is too long with its repetitions written out");
        steps.insert(steps.end(), more.begin(), more.end());
        return {};
    }

    Status append_repeated(std::vector<Step>& steps, const std::vector<Step>& piece, Repeat repeat) const {
        const auto length = static_cast<int32_t>(piece.size());
        for (int i = 0; i < repeat.least; ++i) TRY_STATUS(append(steps, piece));
        if (repeat.most == kUnlimited) {
            TRY_STATUS(append(steps, {{.kind = Kind::kSplit, .first = 1, .second = length + 2}}));
            TRY_STATUS(append(steps, piece));
            return append(steps, {{.kind = Kind::kJump, .first = -length - 1}});
        }
        for (int left = repeat.most - repeat.least; left > 0; --left) {
            TRY_STATUS(append(steps, {{.kind = Kind::kSplit, .first = 1, .second = length + 1}}));
            TRY_STATUS(append(steps, piece));
        }
        return {};
    }

    Result<Repeat> repetition() {
        Repeat repeat;
        if (take('*')) repeat = {0, kUnlimited};
        else if (take('+')) repeat = {1, kUnlimited};
        else if (take('?')) repeat = {0, 1};
        else if (at('{')) {
            TRY(repeat, counts());
        } else {
            return repeat;
        }
        take('?');
        if (at('*') || at('+') || at('?') || at('{')) return fault("a repetition follows a repetition");
        return repeat;
    }

    Result<Repeat> counts() {
        constexpr std::string_view kHelp =
            "'{' needs counts, as in {2}, {2,} or {2,5}; write \\{ for the character";
        const size_t end = text_.find('}', at_);
        if (end == std::string_view::npos) return fault(kHelp);
        const auto parts = split(text_.substr(at_ + 1, end - at_ - 1), ',');
        int64_t least = 0, most = kUnlimited;
        if (parts.size() > 2 || !parse_int(parts[0], least)) return fault(kHelp);
        if (parts.size() == 1) most = least;
        else if (!parts[1].empty() && !parse_int(parts[1], most)) return fault(kHelp);
        const bool open = most == kUnlimited && parts.size() == 2 && parts[1].empty();
        if (least < 0 || least > 1000 || most > 1000) return fault("counts go from 0 to 1000");
        if (!open && most < least) return fault("the second count is below the first");
        at_ = end + 1;
        return Repeat{static_cast<int>(least), static_cast<int>(most)};
    }

    Result<Piece> atom(size_t depth) {
        const char c = text_[at_];
        switch (c) {
            case '(': return group(depth);
            case '[': return bracket();
            case '\\': return escape();
            case '.': ++at_; return class_piece(inverse(one('\n')));
            case '^': ++at_; return piece_of({.kind = Kind::kBegin});
            case '$': ++at_; return piece_of({.kind = Kind::kEnd});
            case '*':
            case '+':
            case '?':
                return fault(
                    "there is nothing to repeat before this; write a \\ before it for the character");
            case '{': return fault("there is nothing to repeat before this; write \\{ for the character");
            default: ++at_; return literal(c);
        }
    }

    Result<Piece> group(size_t depth) {
        const size_t start = at_++;
        if (take('?') && !take(':'))
            return fault("only (?: is understood after a bracket, no look-around or names");
        TRY(Piece piece, alternatives(depth + 1));
        if (take(')')) {
            piece.plain = false;
            return piece;
        }
        at_ = start;
        return fault("this group is not closed by ')'");
    }

    Result<Piece> escape() {
        if (at_ + 1 == text_.size()) return fault("a \\ stands at the end; write \\\\ for the character");
        const char letter = text_[at_ + 1];
        if (const auto bytes = named_class(letter)) {
            at_ += 2;
            return class_piece(*bytes);
        }
        if (letter == 'b' || letter == 'B') {
            at_ += 2;
            return piece_of({.kind = letter == 'b' ? Kind::kEdge : Kind::kNoEdge});
        }
        TRY(const uint8_t byte, escaped_byte());
        return literal(static_cast<char>(byte));
    }

    // \n, \x2e, \. and the like.
    Result<uint8_t> escaped_byte() {
        if (at_ + 1 >= text_.size()) return fault("a \\ stands at the end; write \\\\ for the character");
        const char letter = text_[at_ + 1];
        constexpr std::string_view kLetters = "tnrfv", kBytes = "\t\n\r\f\v";
        if (const size_t index = kLetters.find(letter); index != std::string_view::npos) {
            at_ += 2;
            return static_cast<uint8_t>(kBytes[index]);
        }
        if (letter == 'x') {
            const int high = at_ + 3 < text_.size() ? hex_digit(text_[at_ + 2]) : -1;
            const int low = high >= 0 ? hex_digit(text_[at_ + 3]) : -1;
            if (low < 0) return fault("\\x needs two hexadecimal digits");
            at_ += 4;
            return static_cast<uint8_t>(high * 16 + low);
        }
        if (letter >= '0' && letter <= '9') return fault("references back to a group are not supported");
        if (is_alphanumeric(letter)) return fault(format("\\{} has no meaning", letter));
        at_ += 2;
        return static_cast<uint8_t>(letter);
    }

    Result<Piece> bracket() {
        const size_t start = at_++;
        const bool inverted = take('^');
        Bytes bytes{};
        while (at_ < text_.size() && !at(']')) TRY_STATUS(bracket_item(bytes));
        if (take(']')) return class_piece(inverted ? inverse(bytes) : bytes);
        at_ = start;
        return fault("this '[' is not closed by ']'");
    }

    Status bracket_item(Bytes& bytes) {
        if (at('\\') && at_ + 1 < text_.size()) {
            if (const auto named = named_class(text_[at_ + 1])) {
                for (size_t i = 0; i < bytes.size(); ++i) bytes[i] |= (*named)[i];
                at_ += 2;
                return {};
            }
        }
        TRY(const uint8_t first, bracket_byte());
        const bool range = at('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
        if (!range) {
            add_range(bytes, first, first);
            return {};
        }
        ++at_;
        TRY(const uint8_t last, bracket_byte());
        if (last < first) return fault("a range ends before it begins");
        add_range(bytes, first, last);
        return {};
    }

    Result<uint8_t> bracket_byte() {
        if (at('\\')) return escaped_byte();
        return static_cast<uint8_t>(text_[at_++]);
    }

    static Bytes one(char c) {
        Bytes bytes{};
        add_range(bytes, static_cast<uint8_t>(c), static_cast<uint8_t>(c));
        return bytes;
    }
    static Piece piece_of(Step step) {
        Piece piece;
        piece.steps.push_back(step);
        return piece;
    }
    Piece class_piece(const Bytes& bytes) {
        pattern_.classes_.push_back(bytes);
        return piece_of({.kind = Kind::kClass, .first = static_cast<int32_t>(pattern_.classes_.size() - 1)});
    }
    static Piece literal(char c) {
        Piece piece = piece_of({.kind = Kind::kByte, .byte = static_cast<uint8_t>(c)});
        piece.literals = 1;
        piece.required = std::string(1, c);
        piece.plain = true;
        return piece;
    }

    std::string_view text_;
    size_t at_ = 0;
    Pattern pattern_;
};

Result<Pattern> Pattern::parse(std::string_view text) { return PatternParser(text).parse(); }

}  // namespace lathe
