#include "base/content_hash.h"

#include <bit>
#include <cstring>

#include "base/format.h"

namespace lathe {
namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014).
uint64_t mixed(uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

}  // namespace

void ContentHash::add_word(uint64_t word) {
    a_ = std::rotl((a_ ^ word) * 0x9e3779b97f4a7c15u, 29) + b_;
    b_ = std::rotl(b_ + word * 0xc2b2ae3d27d4eb4fu, 31) ^ a_;
}

void ContentHash::add(ByteSpan bytes) {
    add_word(bytes.size());
    size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        uint64_t word;
        std::memcpy(&word, bytes.data() + at, 8);
        add_word(word);
    }
    uint64_t rest = 0;
    if (at < bytes.size()) std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
    add_word(rest);
}

void ContentHash::add(std::string_view text) { add(as_bytes(text)); }

std::string ContentHash::text() const {
    return format("{:016x}{:016x}", mixed(a_ + mixed(b_)), mixed(b_ ^ mixed(a_)));
}

}  // namespace lathe
