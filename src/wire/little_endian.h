// Numbers in little-endian byte order, as nearly every container stores them.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "base/bytes.h"
#include "base/check.h"

namespace lathe::wire {

// The number at `offset`, which must lie inside `bytes`.
template <class T>
T load_le(ByteSpan bytes, size_t offset = 0) {
    static_assert(std::is_arithmetic_v<T>);
    CHECK(offset <= bytes.size() && sizeof(T) <= bytes.size() - offset);
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

// Appends the number's bytes to a std::string.
template <class T>
void store_le(std::string& out, T value) {
    static_assert(std::is_arithmetic_v<T>);
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append(bytes, sizeof(T));
}

}  // namespace lathe::wire
