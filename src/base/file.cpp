// What is common to every system: writing whole files and padding.
#include "base/file.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace lathe {

Status write_file(const std::string& path, ByteSpan bytes) {
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(file.write(bytes));
    return file.commit();
}

Status OutputFile::pad_to(uint64_t offset_bytes) {
    static constexpr std::array<std::byte, 4096> kZeros{};
    CHECK(offset_bytes >= offset());
    for (uint64_t left = offset_bytes - offset(); left > 0;) {
        const uint64_t piece = std::min<uint64_t>(left, kZeros.size());
        TRY_STATUS(write(ByteSpan(kZeros).first(piece)));
        left -= piece;
    }
    return {};
}

}  // namespace lathe
