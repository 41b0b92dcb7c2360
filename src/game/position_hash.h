// PositionHash: 128 bits that tell whole-board positions apart, for superko and for repeated positions. Equal
// positions have equal hashes; different ones collide with a probability of about 2^-128 per pair. The keys
// are not random tables but a mixing function of what they stand for, so that they are the same in every
// build.
#pragma once
#include <cstddef>
#include <cstdint>

namespace lathe::game {

struct PositionHash {
    uint64_t low = 0;
    uint64_t high = 0;

    bool operator==(const PositionHash&) const = default;
    PositionHash& operator^=(const PositionHash& other) {
        low ^= other.low;
        high ^= other.high;
        return *this;
    }
    friend PositionHash operator^(PositionHash left, const PositionHash& right) { return left ^= right; }
};

struct PositionHasher {  // for hash tables
    size_t operator()(const PositionHash& hash) const { return static_cast<size_t>(hash.low); }
};

// What a key stands for; the same index means different things in different kinds.
enum class HashKind : uint64_t { kBlackStone = 1, kWhiteStone, kBoardSize, kToMove, kRecaptureBlock };

inline uint64_t splitmix64(uint64_t value) {  // Steele, Lea and Flood 2014, with Stafford's mix 13
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

inline PositionHash hash_key(HashKind kind, uint64_t index) {
    const uint64_t seed = splitmix64((static_cast<uint64_t>(kind) << 32) | index);
    return {splitmix64(seed), splitmix64(seed ^ 0xd1b54a32d192ed03u)};
}

}  // namespace lathe::game
