// Pieces: bytes laid out before they are written. A list of small owned bytes, of borrowed bytes (slices of a mapped
// file, tensors) and of bytes that are made when their turn comes; the size is known throughout. So a message of nested
// lengths, or a file of 100 MB, is described first and then streams straight from the mapping into the output file:
// the memory taken is the largest made piece, never the whole.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace lathe::wire {

// Makes the bytes of a piece when it is written, for example a tensor converted to another type.
using MakeBytes = std::function<Result<SharedBytes>()>;

class Pieces {
public:
    void copy(ByteSpan bytes);  // keeps a copy: for small things
    void copy(std::string_view text) { copy(as_bytes(text)); }
    void byte(uint8_t value) {
        tail().push_back(static_cast<char>(value));
        ++size_bytes_;
    }
    void borrow(SharedBytes bytes);  // keeps a reference to the owner
    // `make` is called once for every writing, in order, and must give exactly `size_bytes` bytes.
    void make_later(uint64_t size_bytes, MakeBytes make);
    void zeros(uint64_t count);
    void append(Pieces&& other);

    uint64_t size_bytes() const { return size_bytes_; }

    // Appends everything to the file. Mapped pages leave memory again once written. Errors: those of the file and of a
    // maker; a maker that gave another number of bytes than it promised.
    Status write_to(OutputFile& file) const;
    // The same into memory, for small things and tests.
    Result<std::vector<std::byte>> to_vector() const;
    // Hands all bytes to `sink`, in order; made pieces are made anew.
    Status for_each(const std::function<Status(ByteSpan)>& sink) const;

private:
    struct Piece {
        std::string owned;
        SharedBytes borrowed;
        MakeBytes make;
        uint64_t made_size_bytes = 0;
        bool plain() const { return borrowed.size() == 0 && !make; }
    };
    std::string& tail();  // the owned bytes at the end

    std::vector<Piece> pieces_;
    uint64_t size_bytes_ = 0;
};

}  // namespace lathe::wire
