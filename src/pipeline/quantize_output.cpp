#include "pipeline/quantize_output.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace lathe::pipeline {
namespace {

constexpr uint64_t kPrimes[4] = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9,
                                 0xd6e8feb86659fd93};

uint64_t mixed(uint64_t a, uint64_t b) { return std::rotl(a ^ b, 29) * kPrimes[0]; }

std::string journal_path(const formats::safetensors::Layout& layout) {
    const std::string base = layout.index_path.empty() ? layout.files[0].path : layout.index_path;
    return partial_path(base) + ".journal";
}

// The lines of an interrupted run; the last one may be cut.
Result<std::map<size_t, Json>> read_journal(const std::string& path, const std::string& identity) {
    auto file = map_file(path);
    if (!file) return fail("{}: nothing to resume here; run without --resume", path);
    std::map<size_t, Json> finished;
    std::string_view text = as_text(file->bytes());
    for (bool first = true; !text.empty(); first = false) {
        const size_t end = text.find('\n');
        if (end == std::string_view::npos) break;
        const auto line = parse_json(text.substr(0, end));
        text.remove_prefix(end + 1);
        if (first) {
            if (!line || string_member(*line, "run").value_or("") != identity)
                return fail(
                    "{}: belongs to another command or another input; remove it, or run without --resume",
                    path);
            continue;
        }
        if (!line) continue;  // one that was cut
        const auto item = int_member(*line, "item", -1);
        if (item && *item >= 0) finished.emplace(static_cast<size_t>(*item), *line);
    }
    return finished;
}

}  // namespace

uint64_t checksum(uint64_t place, ByteSpan bytes) {
    uint64_t lanes[4] = {place, place + 1, place + 2, place + 3};
    size_t i = 0;
    for (; i + 32 <= bytes.size(); i += 32) {
        uint64_t words[4];
        std::memcpy(words, bytes.data() + i, sizeof words);
        for (size_t j = 0; j < 4; ++j) lanes[j] = std::rotl(lanes[j] ^ words[j], 29) * kPrimes[j];
    }
    uint64_t rest[4] = {};
    std::memcpy(rest, bytes.data() + i, bytes.size() - i);
    uint64_t sum = bytes.size() * kPrimes[1];
    for (size_t j = 0; j < 4; ++j) sum = mixed(sum, mixed(lanes[j], rest[j]));
    return sum ^ sum >> 31;
}

Result<QuantizeOutput> QuantizeOutput::open(formats::safetensors::Layout layout, std::string identity,
                                            bool resume) {
    QuantizeOutput output;
    const std::string journal = journal_path(layout);
    if (resume) {
        TRY(output.finished_, read_journal(journal, identity));
    }
    for (const auto& file : layout.files) {
        TRY(PartialFile partial, resume ? PartialFile::reopen(file.path, file.size_bytes)
                                        : PartialFile::create(file.path, file.size_bytes));
        TRY_STATUS(partial.write_at(0, as_bytes(file.start)));
        output.files_.push_back(std::move(partial));
    }
    TRY(LineFile lines, resume ? LineFile::append_to(journal) : LineFile::create(journal));
    if (!resume) TRY_STATUS(lines.append(lathe::to_text(Json{{"run", identity}})));
    else TRY_STATUS(lines.append(""));  // ends a line that was cut
    output.journal_.push_back(std::move(lines));
    output.layout_ = std::move(layout);
    return output;
}

const Json* QuantizeOutput::finished(size_t item) const {
    const auto found = finished_.find(item);
    return found == finished_.end() ? nullptr : &found->second;
}

Result<bool> QuantizeOutput::intact(size_t item, std::span<const Piece> pieces) const {
    const Json* note = finished(item);
    if (note == nullptr) return false;
    uint64_t sum = 0;
    std::vector<std::byte> bytes;
    for (const Piece& piece : pieces) {
        const auto& place = layout_.places[piece.slot];
        bytes.resize(piece.size_bytes);
        TRY_STATUS(files_[place.file].read_at(place.offset + piece.offset, bytes));
        sum += checksum(place.offset + piece.offset, bytes);
    }
    return string_member(*note, "sum").value_or("") == format("{:016x}", sum);
}

Status QuantizeOutput::write(const Piece& piece, ByteSpan bytes, std::atomic<uint64_t>& sum) {
    return write(piece, SharedBytes(nullptr, bytes), sum);
}

Status QuantizeOutput::write(const Piece& piece, SharedBytes bytes, std::atomic<uint64_t>& sum) {
    const auto& place = layout_.places[piece.slot];
    sum.fetch_add(checksum(place.offset + piece.offset, bytes.bytes()), std::memory_order_relaxed);
    Status status = behind_->write(files_[place.file], place.offset + piece.offset, std::move(bytes));
    if (!status) *disk_failed_ = true;
    return status;
}

Status QuantizeOutput::finish(size_t item, uint64_t sum, Json note) {
    note["item"] = item;
    note["sum"] = format("{:016x}", sum);
    Status status = journal_[0].append(lathe::to_text(note));
    if (!status) *disk_failed_ = true;
    return status;
}

Status QuantizeOutput::commit() {
    for (PartialFile& file : files_) TRY_STATUS(file.commit());
    if (!layout_.index_path.empty()) TRY_STATUS(write_file(layout_.index_path, as_bytes(layout_.index)));
    journal_[0].discard();
    return {};
}

void QuantizeOutput::discard() {
    for (PartialFile& file : files_) file.discard();
    journal_[0].discard();
}

}  // namespace lathe::pipeline
