#include "wire/pickle_machine.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/text.h"

namespace lathe::wire {
namespace {

constexpr int kNewestProtocol = 5;

// The text of Python's raw-unicode-escape: \uXXXX and \UXXXXXXXX, all other bytes are Latin-1.
void append_utf8(std::string& out, uint32_t point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        out += static_cast<char>(0x80 | (point & 63));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 63));
        out += static_cast<char>(0x80 | (point & 63));
    } else {
        out += static_cast<char>(0xf0 | (point >> 18 & 7));
        out += static_cast<char>(0x80 | (point >> 12 & 63));
        out += static_cast<char>(0x80 | (point >> 6 & 63));
        out += static_cast<char>(0x80 | (point & 63));
    }
}

// `digits` hexadecimal digits, or nothing.
bool parse_hex(std::string_view text, size_t digits, uint32_t& value) {
    if (text.size() < digits) return false;
    value = 0;
    for (const char c : text.substr(0, digits)) {
        const int digit = c >= '0' && c <= '9'                 ? c - '0'
                          : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                               : -1;
        if (digit < 0) return false;
        value = value << 4 | static_cast<uint32_t>(digit);
    }
    return true;
}

std::string decode_unicode_line(std::string_view line) {
    std::string out;
    for (size_t i = 0; i < line.size();) {
        uint32_t point = 0;
        const size_t digits = line.substr(i).starts_with("\\u")   ? 4
                              : line.substr(i).starts_with("\\U") ? 8
                                                                  : 0;
        if (digits > 0 && parse_hex(line.substr(i + 2), digits, point) && point < 0x110000) {
            append_utf8(out, point);
            i += 2 + digits;
        } else {
            append_utf8(out, static_cast<uint8_t>(line[i++]));
        }
    }
    return out;
}

// A Python string between quotes, with its escapes. False when it is none.
bool decode_quoted(std::string_view line, std::string& out) {
    if (line.size() < 2 || (line[0] != '\'' && line[0] != '"') || line.back() != line[0]) return false;
    line = line.substr(1, line.size() - 2);
    constexpr std::string_view kLetters = "\\'\"abfnrtv", kMeanings = "\\'\"\a\b\f\n\r\t\v";
    for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\') {
            out += line[i];
            continue;
        }
        if (++i == line.size()) return false;
        uint32_t value = 0;
        if (const size_t letter = kLetters.find(line[i]); letter != std::string_view::npos) {
            out += kMeanings[letter];
        } else if (line[i] == 'x' && parse_hex(line.substr(i + 1), 2, value)) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace

std::unexpected<Error> PickleMachine::wrong(std::string_view what) const {
    return fail("the pickle is damaged at byte {}: {}", opcode_at_, what);
}

Result<ByteSpan> PickleMachine::take(uint64_t size) {
    const ByteSpan all = pickle_.bytes_.bytes();
    if (size > all.size() - at_)
        return fail("the pickle is cut off: at byte {} it needs {} bytes and has {}", opcode_at_, size,
                    all.size() - at_);
    const ByteSpan taken = all.subspan(at_, static_cast<size_t>(size));
    at_ += taken.size();
    return taken;
}

Result<uint64_t> PickleMachine::take_unsigned(int bytes) {
    TRY(const ByteSpan taken, take(static_cast<uint64_t>(bytes)));
    uint64_t value = 0;
    for (size_t i = taken.size(); i-- > 0;) value = value << 8 | std::to_integer<uint64_t>(taken[i]);
    return value;
}

Result<ByteSpan> PickleMachine::take_counted(int count_bytes) {
    TRY(const uint64_t size, take_unsigned(count_bytes));
    return take(size);
}

Result<std::string_view> PickleMachine::take_line() {
    const std::string_view rest = as_text(pickle_.bytes_.bytes()).substr(at_);
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) return fail("the pickle is cut off in a line at byte {}", opcode_at_);
    at_ += end + 1;
    return rest.substr(0, end);
}

Result<PickleRef> PickleMachine::pop() {
    const size_t floor = marks_.empty() ? 0 : marks_.back();
    if (stack_.size() <= floor) return wrong("its stack is empty");
    const PickleRef ref = stack_.back();
    stack_.pop_back();
    return ref;
}

Result<std::vector<PickleRef>> PickleMachine::pop_to_mark() {
    if (marks_.empty()) return wrong("a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleRef> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
}

Status PickleMachine::push(PickleNode node) {
    if (pickle_.nodes_.size() >= options_.most_nodes)
        return fail("the pickle has more than the {} objects that are allowed", options_.most_nodes);
    stack_.push_back(static_cast<PickleRef>(pickle_.nodes_.size()));
    pickle_.nodes_.push_back(std::move(node));
    return {};
}

Status PickleMachine::push_made(PickleKind kind, std::string text) {
    pickle_.made_texts_.push_back(std::move(text));
    return push_text(kind, pickle_.made_texts_.back());
}

Status PickleMachine::push_long(ByteSpan bytes) {
    if (bytes.size() > 8) return push_text(PickleKind::kBigInt, as_text(bytes));
    uint64_t value = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0} ? ~uint64_t{0} : 0;
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<uint64_t>(bytes[i]);
    return push_int(static_cast<int64_t>(value));
}

Status PickleMachine::push_line_number(std::string_view line) {
    if (line == "00" || line == "01") return push({.kind = PickleKind::kBool, .integer = line == "01"});
    if (line.ends_with('L')) line.remove_suffix(1);
    int64_t value = 0;
    if (!parse_int(line, value)) return wrong("'" + printable(line, 30) + "' is no integer of 64 bits");
    return push_int(value);
}

Result<bool> PickleMachine::run_number(uint8_t opcode) {
    switch (opcode) {
        case 'N': TRY_STATUS(push({})); return true;
        case 0x88: TRY_STATUS(push({.kind = PickleKind::kBool, .integer = 1})); return true;
        case 0x89: TRY_STATUS(push({.kind = PickleKind::kBool})); return true;
        case 'I':
        case 'L': {
            TRY(const std::string_view line, take_line());
            TRY_STATUS(push_line_number(line));
            return true;
        }
        case 'J':
        case 'K':
        case 'M': {
            TRY(const uint64_t value, take_unsigned(opcode == 'J' ? 4 : opcode == 'K' ? 1 : 2));
            TRY_STATUS(push_int(opcode == 'J' ? static_cast<int32_t>(static_cast<uint32_t>(value))
                                              : static_cast<int64_t>(value)));
            return true;
        }
        case 0x8a:
        case 0x8b: {
            TRY(const ByteSpan bytes, take_counted(opcode == 0x8a ? 1 : 4));
            TRY_STATUS(push_long(bytes));
            return true;
        }
        case 'F': {
            TRY(const std::string_view line, take_line());
            double value = 0;
            if (!parse_double(line, value)) return wrong("'" + printable(line, 30) + "' is no number");
            TRY_STATUS(push({.kind = PickleKind::kFloat, .number = value}));
            return true;
        }
        case 'G': {
            TRY(const ByteSpan bytes, take(8));  // the one number in big-endian order
            uint64_t bits = 0;
            for (const std::byte b : bytes) bits = bits << 8 | std::to_integer<uint64_t>(b);
            TRY_STATUS(push({.kind = PickleKind::kFloat, .number = std::bit_cast<double>(bits)}));
            return true;
        }
        default: return false;
    }
}

Result<bool> PickleMachine::run_text(uint8_t opcode) {
    struct Counted {
        uint8_t opcode;
        PickleKind kind;
        int count_bytes;
    };
    constexpr std::array<Counted, 9> kCounted{{{'X', PickleKind::kText, 4},
                                               {'T', PickleKind::kText, 4},
                                               {'U', PickleKind::kText, 1},
                                               {0x8c, PickleKind::kText, 1},
                                               {0x8d, PickleKind::kText, 8},
                                               {'B', PickleKind::kBytes, 4},
                                               {'C', PickleKind::kBytes, 1},
                                               {0x8e, PickleKind::kBytes, 8},
                                               {0x96, PickleKind::kBytes, 8}}};
    for (const Counted& row : kCounted) {
        if (row.opcode != opcode) continue;
        TRY(const ByteSpan bytes, take_counted(row.count_bytes));
        TRY_STATUS(push_text(row.kind, as_text(bytes)));
        return true;
    }
    if (opcode != 'S' && opcode != 'V') return false;
    TRY(const std::string_view line, take_line());
    std::string text;
    if (opcode == 'V') text = decode_unicode_line(line);
    else if (!decode_quoted(line, text)) return wrong("a string without quotes or with an unknown escape");
    TRY_STATUS(push_made(PickleKind::kText, std::move(text)));
    return true;
}

Status PickleMachine::run() {
    while (!stopped_) {
        opcode_at_ = at_;
        TRY(const uint64_t byte, take_unsigned(1));
        const auto opcode = static_cast<uint8_t>(byte);
        if (opcode == 0x80) {
            TRY(const uint64_t protocol, take_unsigned(1));
            if (protocol > kNewestProtocol)
                return fail("pickle protocol {} at byte {}, expected 0 to {}", protocol, opcode_at_,
                            kNewestProtocol);
            continue;
        }
        if (opcode == 0x95) {  // a frame: only its length, which says nothing that the opcodes do not
            TRY(const uint64_t size, take_unsigned(8));
            if (size > pickle_.bytes_.size() - at_) return wrong("a frame is longer than what is left");
            continue;
        }
        bool done = false;
        for (const auto family :
             {&PickleMachine::run_number, &PickleMachine::run_text, &PickleMachine::run_container,
              &PickleMachine::run_stack, &PickleMachine::run_object}) {
            TRY(done, (this->*family)(opcode));
            if (done) break;
        }
        if (!done) return wrong(format("unknown opcode {:#04x}", opcode));
    }
    pickle_.size_bytes_ = at_;
    return {};
}

}  // namespace lathe::wire
