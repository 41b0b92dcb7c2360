#include "formats/katago/tokens.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace lathe::formats::katago {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr uint64_t kReleaseBytes = 4 << 20;
constexpr size_t kMaxWord = 1000;
constexpr std::string_view kBinaryMark = "@BIN@";
// Weights hardly compress: data that grows more than this, beyond the first bytes, is no network.
constexpr uint64_t kMaxExpansion = 200;
constexpr uint64_t kFreeBytes = 64 << 20;

bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool parse_float(std::string_view text, float& value) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.empty()) return false;
    if (code == std::errc()) return true;
    double wide = 0;  // below the smallest float, which is 0
    if (code != std::errc::result_out_of_range || !parse_double(text, wide)) return false;
    value = static_cast<float>(wide);
    return true;
}

}  // namespace

TokenSource::TokenSource(SharedBytes file) : file_(std::move(file)) {
    if (!wire::looks_like_gzip(file_.bytes())) {
        window_ = file_.bytes();
        return;
    }
    stream_ = wire::open_inflate(file_, wire::Wrap::kGzip);
    buffer_ = std::make_unique<std::byte[]>(kBufferBytes);
}

bool TokenSource::refill() {
    if (!stream_ || !broken_.empty()) return false;
    base_offset_ += window_.size();
    at_ = 0;
    window_ = {};
    const auto got = stream_->read({buffer_.get(), kBufferBytes});
    if (!got) broken_ = got.error().message;
    else window_ = {buffer_.get(), *got};
    return !window_.empty();
}

int TokenSource::peek() {
    if (at_ == window_.size() && !refill()) return -1;
    return std::to_integer<int>(window_[at_]);
}

void TokenSource::skip_space() {
    while (is_space(peek())) ++at_;
}

Result<std::string> TokenSource::word() {
    skip_space();
    std::string text;
    for (int c = peek(); c >= 0 && !is_space(c); c = peek()) {
        text += static_cast<char>(c);
        ++at_;
        if (c < 0x20 || c > 0x7e || text.size() > kMaxWord)
            return fail("expected a word at byte {}, found '{}'", offset_bytes() - text.size(),
                        printable(text, 24));
    }
    if (!broken_.empty()) return fail("{}", broken_);
    if (text.empty()) return fail("the data ends at byte {}; the file may be cut off", offset_bytes());
    return text;
}

Status TokenSource::check_room(int64_t count, int64_t bytes_each) {
    const uint64_t wanted = static_cast<uint64_t>(count * bytes_each);
    const uint64_t room = stream_ ? kFreeBytes + kMaxExpansion * file_.size() : file_.size();
    if (offset_bytes() <= room && wanted <= room - offset_bytes()) return {};
    return fail("{} floats at byte {} cannot be in a file of {} bytes; it may be cut off",
                with_commas(uint64_t(count)), offset_bytes(), with_commas(file_.size()));
}

Result<SharedBytes> TokenSource::floats(int64_t count) {
    skip_space();
    return peek() == kBinaryMark.front() ? binary_floats(count) : text_floats(count);
}

Status TokenSource::read_exactly(std::span<std::byte> out) {
    const size_t at_hand = std::min(out.size(), window_.size() - at_);
    if (at_hand > 0) std::memcpy(out.data(), window_.data() + at_, at_hand);
    at_ += at_hand;
    if (at_hand == out.size()) return {};
    size_t got = 0;
    if (stream_) {
        TRY(got, stream_->read(out.subspan(at_hand)));
        base_offset_ += got;
        if (base_offset_ - released_at_ > kReleaseBytes) {
            release_pages(file_);  // a hint: what is still to come is mapped again when it is read
            released_at_ = base_offset_;
        }
    }
    if (at_hand + got == out.size()) return {};
    return fail(
        "the data ends at byte {}, {} bytes before the end of a block of floats; the file may be cut off",
        offset_bytes(), out.size() - at_hand - got);
}

Result<SharedBytes> TokenSource::binary_floats(int64_t count) {
    std::byte mark[kBinaryMark.size()];
    TRY_STATUS(read_exactly(mark));
    if (as_text(mark) != kBinaryMark)
        return fail("expected \"@BIN@\" at byte {}, found '{}'", offset_bytes() - kBinaryMark.size(),
                    printable(as_text(mark)));
    TRY_STATUS(check_room(count, sizeof(float)));
    const size_t size = static_cast<size_t>(count) * sizeof(float);
    if (!stream_) {
        at_ += size;
        return file_.slice(at_ - size, size);
    }
    HeapBytes block(size);
    TRY_STATUS(read_exactly(block.span()));
    return block.freeze();
}

Result<SharedBytes> TokenSource::text_floats(int64_t count) {
    TRY_STATUS(check_room(count, 2));  // a digit and a space each, at least
    std::vector<float> values;         // grows with what is there
    for (int64_t i = 0; i < count; ++i) {
        TRY(const std::string text, word());
        float value = 0;
        if (!parse_float(text, value))
            return fail("expected a float at byte {}, found '{}'", offset_bytes() - text.size(),
                        printable(text, 24));
        values.push_back(value);
    }
    HeapBytes block(values.size() * sizeof(float));
    if (!values.empty()) std::memcpy(block.data.get(), values.data(), block.size);
    return block.freeze();
}

Status TokenSource::end() {
    skip_space();
    const int c = peek();
    if (!broken_.empty()) return fail("{}", broken_);
    if (c < 0) return {};
    return fail("the network ends at byte {}, but the file goes on", offset_bytes());
}

}  // namespace lathe::formats::katago
