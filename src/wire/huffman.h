// Reading bits and canonical Huffman codes as deflate has them (RFC 1951, section 3.2).
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace lathe::wire {

// Bits of a byte run, lowest first. Past the end it delivers zeros and says so through `overrun`.
class BitReader {
public:
    explicit BitReader(ByteSpan bytes) : bytes_(bytes) {}

    uint32_t peek(int count) {  // up to 32 bits
        while (held_ < count) {
            const uint64_t next = at_ < bytes_.size() ? std::to_integer<uint64_t>(bytes_[at_]) : 0;
            ++at_;
            bits_ |= next << held_;
            held_ += 8;
        }
        return static_cast<uint32_t>(bits_ & ((uint64_t{1} << count) - 1));
    }
    void skip(int count) {
        bits_ >>= count;
        held_ -= count;
    }
    uint32_t take(int count) {
        const uint32_t value = peek(count);
        skip(count);
        return value;
    }
    void align() { skip(held_ % 8); }
    // The next byte's position; only when aligned.
    size_t position() const { return at_ - static_cast<size_t>(held_ / 8); }
    void seek(size_t position) {
        at_ = position;
        bits_ = 0;
        held_ = 0;
    }
    bool overrun() const { return at_ > bytes_.size() + static_cast<size_t>(held_ / 8); }
    ByteSpan bytes() const { return bytes_; }

private:
    ByteSpan bytes_;
    size_t at_ = 0;
    uint64_t bits_ = 0;
    int held_ = 0;
};

// A canonical code of up to 15 bits over up to 288 symbols.
class HuffmanCode {
public:
    // lengths[s]: bits of symbol s, 0 when unused. False when no such code exists: more codes than the lengths have
    // room for, or, unless all are unused or one has a single bit, fewer.
    bool build(std::span<const uint8_t> lengths, bool may_be_incomplete);
    int decode(BitReader& in) const;  // the symbol, or -1 for bits that are no code

private:
    static constexpr int kMaxBits = 15, kFastBits = 9;
    std::array<uint16_t, kMaxBits + 1> count_{};  // codes of each length
    std::array<uint16_t, 288> symbols_{};  // by length, then by symbol
    std::array<uint16_t, 1 << kFastBits> fast_{};  // next 9 bits -> symbol << 4 | length; 0: not that short
};

}  // namespace lathe::wire
