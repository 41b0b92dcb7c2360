#include "base/bytes.h"

#include <cstdlib>

#include "base/check.h"

namespace lathe {

SharedBytes SharedBytes::from_vector(std::vector<std::byte> bytes) {
    auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    ByteSpan view(*owner);
    return SharedBytes(std::move(owner), view);
}

SharedBytes SharedBytes::slice(size_t offset, size_t size) const {
    CHECK(offset <= bytes_.size() && size <= bytes_.size() - offset);
    return SharedBytes(owner_, bytes_.subspan(offset, size), mapped_);
}

HeapBytes::HeapBytes(size_t size_bytes) : size(size_bytes) {
    const size_t rounded = (size_bytes + 63) / 64 * 64;
    auto* block = static_cast<std::byte*>(std::aligned_alloc(64, rounded == 0 ? 64 : rounded));
    CHECK(block != nullptr, "out of memory");
    data = std::shared_ptr<std::byte>(block, [](std::byte* p) { std::free(p); });
}

}  // namespace lathe
