// SharedBytes: a run of read-only bytes and whoever keeps them alive (a mapped file, a heap block, a static table).
// Copying it copies a reference. Everything that a reader hands out is a slice of one of these.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace lathe {

using ByteSpan = std::span<const std::byte>;

class SharedBytes {
public:
    SharedBytes() = default;
    SharedBytes(std::shared_ptr<const void> owner, ByteSpan bytes, bool mapped = false)
        : owner_(std::move(owner)), bytes_(bytes), mapped_(mapped) {}
    static SharedBytes from_vector(std::vector<std::byte> bytes);

    ByteSpan bytes() const { return bytes_; }
    const std::byte* data() const { return bytes_.data(); }
    size_t size() const { return bytes_.size(); }
    // The bytes [offset, offset + size), which must lie inside; shares the owner.
    SharedBytes slice(size_t offset, size_t size) const;
    bool mapped() const { return mapped_; }  // pages of a file, not memory of ours

private:
    std::shared_ptr<const void> owner_;
    ByteSpan bytes_;
    bool mapped_ = false;
};

// A heap block of `size` bytes, 64-byte aligned, not initialised, shared by whoever holds it. Written through `data`
// while it is new, then frozen into SharedBytes. Aborts when memory is exhausted: check sizes from files against
// something real before calling.
struct HeapBytes {
    std::shared_ptr<std::byte> data;
    size_t size = 0;
    explicit HeapBytes(size_t size_bytes);
    std::span<std::byte> span() const { return {data.get(), size}; }
    SharedBytes freeze() const { return SharedBytes(data, {data.get(), size}); }
};

inline ByteSpan as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(ByteSpan bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lathe
