// A hash of 128 bits that tells contents apart (not against somebody who wants two to agree): results that are kept for
// later are kept under it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lathe {

class ContentHash {
public:
    void add(ByteSpan bytes);  // with their number: "ab" + "c" is not "a" + "bc"
    void add(std::string_view text);
    std::string text() const;  // 32 hexadecimal digits

private:
    void add_word(uint64_t word);
    uint64_t a_ = 0x243f6a8885a308d3u, b_ = 0x13198a2e03707344u;  // digits of pi
};

}  // namespace lathe
