// TokenSource: the words and float blocks of a KataGo network file, in order, from plain or gzipped bytes.
#pragma once
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/deflate.h"

namespace lathe::formats::katago {

class TokenSource {
public:
    explicit TokenSource(SharedBytes file);  // gzip is recognised by its first bytes

    // The next word. Errors: the data ends; longer than 1,000 bytes; not printable ASCII.
    Result<std::string> word();
    // The next `count` floats, binary or as words. Errors: the data ends or cannot be that long; not floats.
    Result<SharedBytes> floats(int64_t count);
    // Errors: anything but white space is left.
    Status end();
    uint64_t offset_bytes() const { return base_offset_ + at_; }  // in the uncompressed data
    bool compressed() const { return stream_ != nullptr; }

private:
    int peek();  // the next byte, or -1 at the end or after an error
    bool refill();
    void skip_space();
    Status read_exactly(std::span<std::byte> out);
    Status check_room(int64_t count, int64_t bytes_each);
    Result<SharedBytes> binary_floats(int64_t count);
    Result<SharedBytes> text_floats(int64_t count);

    SharedBytes file_;
    std::unique_ptr<wire::InflateStream> stream_;  // null: `file_` is the data itself
    std::unique_ptr<std::byte[]> buffer_;
    ByteSpan window_;  // what is at hand: the whole file, or a piece of the inflated data
    size_t at_ = 0;
    uint64_t base_offset_ = 0;  // of the window in the data
    uint64_t released_at_ = 0;  // of the inflated data: when pages of the file were last given back
    std::string broken_;  // what the decompressor said
};

}  // namespace lathe::formats::katago
