#include "wire/huffman.h"

#include <algorithm>

namespace lathe::wire {

bool HuffmanCode::build(std::span<const uint8_t> lengths, bool may_be_incomplete) {
    count_.fill(0);
    fast_.fill(0);
    for (const uint8_t length : lengths) ++count_[length];
    count_[0] = 0;
    int left = 1, longest = 0;
    for (int bits = 1; bits <= kMaxBits; ++bits) {
        const int count = count_[static_cast<size_t>(bits)];
        left = 2 * left - count;
        if (left < 0) return false;
        if (count > 0) longest = bits;
    }
    if (left > 0 && longest > 0 && !(may_be_incomplete && longest == 1)) return false;
    if (longest == 0 && !may_be_incomplete) return false;

    std::array<uint16_t, kMaxBits + 2> start{}, code{};  // first index in symbols_, next code, of each length
    for (size_t bits = 1; bits <= kMaxBits; ++bits) {
        start[bits + 1] = static_cast<uint16_t>(start[bits] + count_[bits]);
        code[bits + 1] = static_cast<uint16_t>((code[bits] + count_[bits]) << 1);
    }
    for (size_t symbol = 0; symbol < lengths.size(); ++symbol) {
        const int length = lengths[symbol];
        if (length == 0) continue;
        symbols_[start[static_cast<size_t>(length)]++] = static_cast<uint16_t>(symbol);
        uint32_t reversed = 0;
        const uint32_t own = code[static_cast<size_t>(length)]++;
        for (int i = 0; i < length; ++i) reversed |= (own >> i & 1) << (length - 1 - i);
        if (length <= kFastBits)
            for (size_t at = reversed; at < fast_.size(); at += size_t{1} << length)
                fast_[at] = static_cast<uint16_t>(symbol << 4 | static_cast<size_t>(length));
    }
    return true;
}

int HuffmanCode::decode(BitReader& in) const {
    const uint32_t bits = in.peek(kMaxBits);
    if (const uint16_t entry = fast_[bits & ((1u << kFastBits) - 1)]; entry != 0) {
        in.skip(entry & 15);
        return entry >> 4;
    }
    int code = 0, first = 0, index = 0;
    for (int length = 1; length <= kMaxBits; ++length) {
        code |= static_cast<int>(bits >> (length - 1) & 1);
        const int count = count_[static_cast<size_t>(length)];
        if (code - first < count) {
            in.skip(length);
            return symbols_[static_cast<size_t>(index + code - first)];
        }
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return -1;
}

}  // namespace lathe::wire
