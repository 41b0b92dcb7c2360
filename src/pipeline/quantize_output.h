// The files that a quantising run writes: laid out first, filled by many threads, and able to go on after an interruption.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/partial_file.h"
#include "formats/safetensors/layout.h"
#include "pipeline/write_behind.h"

namespace lathe::pipeline {

// A sum over pieces of bytes and their places, to see after an interruption that they arrived.
uint64_t checksum(uint64_t place, ByteSpan bytes);

// A piece of a slot, written at once.
struct Piece {
    size_t slot = 0;
    uint64_t offset = 0, size_bytes = 0;
};

class QuantizeOutput {
public:
    static constexpr size_t kWaitingPieces = 8;

    // identity: what tells this run from others; a journal of another run is refused.
    // Errors: those of the disk; with `resume` also: nothing to resume, another run's journal.
    static Result<QuantizeOutput> open(formats::safetensors::Layout layout, std::string identity,
                                       bool resume);

    // What the journal says of an item that was finished before, or nullptr.
    const Json* finished(size_t item) const;
    // Whether these pieces of the item are what was written then.
    Result<bool> intact(size_t item, std::span<const Piece> pieces) const;

    // Adds to `sum`. Threads may write different pieces at the same time; when all are back, all is written.
    Status write(const Piece& piece, SharedBytes bytes, std::atomic<uint64_t>& sum);
    // The same for bytes of the caller's, from one thread.
    Status write(const Piece& piece, ByteSpan bytes, std::atomic<uint64_t>& sum);
    // Notes that an item is complete, with its sum and what the report says of it.
    Status finish(size_t item, uint64_t sum, Json note);

    bool disk_failed() const { return *disk_failed_; }  // a write or a note of the journal did

    Status commit();  // names all files, the index last, and removes the journal
    void discard();  // removes everything

private:
    formats::safetensors::Layout layout_;
    std::vector<PartialFile> files_;
    std::vector<LineFile> journal_;  // one
    std::map<size_t, Json> finished_;
    std::unique_ptr<WriteBehind> behind_ = std::make_unique<WriteBehind>(kWaitingPieces);
    std::unique_ptr<std::atomic<bool>> disk_failed_ = std::make_unique<std::atomic<bool>>(false);
};

}  // namespace lathe::pipeline
