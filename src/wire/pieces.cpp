#include "wire/pieces.h"

namespace lathe::wire {

std::string& Pieces::tail() {
    if (pieces_.empty() || !pieces_.back().plain()) pieces_.emplace_back();
    return pieces_.back().owned;
}

void Pieces::copy(ByteSpan bytes) {
    if (bytes.empty()) return;
    tail().append(as_text(bytes));
    size_bytes_ += bytes.size();
}

void Pieces::borrow(SharedBytes bytes) {
    if (bytes.size() == 0) return;
    size_bytes_ += bytes.size();
    pieces_.push_back({.borrowed = std::move(bytes)});
}

void Pieces::make_later(uint64_t size_bytes, MakeBytes make) {
    size_bytes_ += size_bytes;
    pieces_.push_back({.make = std::move(make), .made_size_bytes = size_bytes});
}

void Pieces::zeros(uint64_t count) {
    if (count == 0) return;
    tail().append(static_cast<size_t>(count), '\0');
    size_bytes_ += count;
}

void Pieces::append(Pieces&& other) {
    size_bytes_ += other.size_bytes_;
    for (Piece& piece : other.pieces_) {
        if (piece.plain()) tail().append(piece.owned);
        else pieces_.push_back(std::move(piece));
    }
    other = Pieces();
}

Status Pieces::for_each(const std::function<Status(ByteSpan)>& sink) const {
    for (const Piece& piece : pieces_) {
        if (piece.make) {
            TRY(const SharedBytes made, piece.make());
            if (made.size() != piece.made_size_bytes)
                return fail("a part of {} bytes was promised, but {} were made", piece.made_size_bytes,
                            made.size());
            TRY_STATUS(sink(made.bytes()));
            release_pages(made);
        } else if (piece.borrowed.size() > 0) {
            TRY_STATUS(sink(piece.borrowed.bytes()));
            release_pages(piece.borrowed);
        } else {
            TRY_STATUS(sink(as_bytes(piece.owned)));
        }
    }
    return {};
}

Status Pieces::write_to(OutputFile& file) const {
    return for_each([&](ByteSpan bytes) { return file.write(bytes); });
}

Result<std::vector<std::byte>> Pieces::to_vector() const {
    std::vector<std::byte> all;
    all.reserve(size_bytes_);
    TRY_STATUS(for_each([&](ByteSpan bytes) -> Status {
        all.insert(all.end(), bytes.begin(), bytes.end());
        return {};
    }));
    return all;
}

}  // namespace lathe::wire
