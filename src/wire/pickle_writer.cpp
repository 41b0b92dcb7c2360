#include "wire/pickle_writer.h"

#include <algorithm>

#include "base/check.h"
#include "wire/little_endian.h"

namespace lathe::wire {

void PickleWriter::integer(int64_t value) {
    if (value >= 0 && value < 256) {
        out_ += 'K';
        out_ += static_cast<char>(value);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        out_ += 'J';
        store_le(out_, static_cast<int32_t>(value));
    } else {
        out_ += "\x8a\x08";
        store_le(out_, value);
    }
}

void PickleWriter::number(double value) {
    std::string bytes;
    store_le(bytes, value);
    std::ranges::reverse(bytes);
    out_ += 'G' + bytes;
}

void PickleWriter::text(std::string_view utf8) {
    CHECK(utf8.size() <= UINT32_MAX);
    out_ += 'X';
    store_le(out_, static_cast<uint32_t>(utf8.size()));
    out_ += utf8;
}

void PickleWriter::global(std::string_view module, std::string_view name) {
    CHECK(module.find('\n') == std::string_view::npos && name.find('\n') == std::string_view::npos);
    out_ += 'c';
    out_ += module;
    out_ += '\n';
    out_ += name;
    out_ += '\n';
}

void PickleWriter::put(uint32_t index) {
    out_ += index < 256 ? 'q' : 'r';
    if (index < 256) out_ += static_cast<char>(index);
    else store_le(out_, index);
}

void PickleWriter::get(uint32_t index) {
    out_ += index < 256 ? 'h' : 'j';
    if (index < 256) out_ += static_cast<char>(index);
    else store_le(out_, index);
}

}  // namespace lathe::wire
