// Inflate in plain C++, from RFC 1950, 1951 and 1952.
#include <algorithm>

#include "wire/deflate.h"
#include "wire/huffman.h"

namespace lathe::wire::portable {
namespace {

constexpr std::array<uint16_t, 29> kLengthBase{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                               15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                               67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<uint8_t, 29> kLengthBits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                              2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<uint16_t, 30> kDistanceBase{
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<uint8_t, 19> kLengthOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                               11, 4,  12, 3, 13, 2, 14, 1, 15};
constexpr size_t kWindow = 32768;

class Inflate final : public InflateStream {
public:
    Inflate(SharedBytes compressed, Wrap wrap)
        : compressed_(std::move(compressed)), wrap_(wrap), in_(compressed_.bytes()), window_(kWindow) {}

    Result<size_t> read(std::span<std::byte> out) override {
        out_ = out;
        got_ = 0;
        const Status status = run();
        if (status) return got_;
        state_ = State::kEnd;
        return std::unexpected(
            status.error().at(format("damaged compressed data near byte {}", in_.position())));
    }

private:
    enum class State { kHeader, kBlock, kStored, kCoded, kTrailer, kEnd };

    Status run() {
        size_t checked = 0;  // output that is in the checksum
        const auto account = [&] {
            const ByteSpan fresh = ByteSpan(out_).subspan(checked, got_ - checked);
            if (wrap_ == Wrap::kGzip) check_ = crc32(fresh, check_);
            if (wrap_ == Wrap::kZlib) check_ = adler32(fresh, check_);
            checked = got_;
        };
        while (state_ != State::kEnd) {
            // The trailer is read as soon as the data is over; every other state needs room.
            if (got_ == out_.size() && state_ != State::kTrailer) break;
            switch (state_) {
                case State::kHeader: TRY_STATUS(read_header()); break;
                case State::kBlock: TRY_STATUS(read_block_start()); break;
                case State::kStored: TRY_STATUS(copy_stored()); break;
                case State::kCoded: TRY_STATUS(decode_block()); break;
                case State::kTrailer:
                    account();
                    TRY_STATUS(read_trailer());
                    break;
                case State::kEnd: break;
            }
            if (in_.overrun()) return fail("it is cut off");
        }
        account();
        return {};
    }

    Status read_header() {
        check_ = wrap_ == Wrap::kZlib ? 1 : 0;
        total_ = 0;
        state_ = State::kBlock;
        if (wrap_ == Wrap::kRaw) return {};
        const uint32_t first = in_.take(8), second = in_.take(8);
        if (wrap_ == Wrap::kZlib) {
            if ((first * 256 + second) % 31 != 0 || (first & 15) != 8 || first >> 4 > 7)
                return fail("no zlib header");
            if ((second & 32) != 0) return fail("it needs a preset dictionary");
            return {};
        }
        return read_gzip_header(first, second);
    }

    Status read_gzip_header(uint32_t first, uint32_t second) {
        const size_t start = in_.position() - 2;
        const uint32_t method = in_.take(8), flags = in_.take(8);
        if (first != 0x1f || second != 0x8b || method != 8) return fail("no gzip header");
        if ((flags & 0xe0) != 0) return fail("unknown gzip flags {:#x}", flags);
        in_.take(32), in_.take(16);  // time, extra flags, system
        if ((flags & 4) != 0)
            for (uint32_t left = in_.take(16); left > 0 && !in_.overrun(); --left) in_.take(8);
        for (const uint32_t text : {8u, 16u})  // name, comment: up to a zero
            if ((flags & text) != 0)
                while (in_.take(8) != 0 && !in_.overrun()) {}
        if (in_.overrun()) return fail("it is cut off");
        if ((flags & 2) != 0) {
            const uint32_t expected = crc32(in_.bytes().subspan(start, in_.position() - start)) & 0xffff;
            if (in_.take(16) != expected) return fail("the gzip header's checksum is wrong");
        }
        return {};
    }

    Status read_block_start() {
        last_ = in_.take(1) != 0;
        switch (in_.take(2)) {
            case 0: {
                in_.align();
                stored_ = in_.take(16);
                if (in_.take(16) != (~stored_ & 0xffff)) return fail("a stored block's length is damaged");
                state_ = State::kStored;
                return {};
            }
            case 1: return use_fixed_codes();
            case 2: return read_codes();
            default: return fail("unknown block type 3");
        }
    }

    Status use_fixed_codes() {
        std::array<uint8_t, 288> lengths;
        for (size_t s = 0; s < 288; ++s) lengths[s] = s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8;
        literals_.build(lengths, false);
        lengths.fill(5);
        distances_.build(std::span(lengths).first(32), false);
        state_ = State::kCoded;
        return {};
    }

    Status read_codes() {
        const size_t literals = in_.take(5) + 257, distances = in_.take(5) + 1, coded = in_.take(4) + 4;
        if (literals > 286 || distances > 30) return fail("too many symbols");
        std::array<uint8_t, 320> lengths{};
        for (size_t i = 0; i < coded; ++i) lengths[kLengthOrder[i]] = static_cast<uint8_t>(in_.take(3));
        HuffmanCode meta;
        if (!meta.build(std::span(lengths).first(19), false)) return fail("impossible code lengths");
        lengths.fill(0);
        for (size_t i = 0; i < literals + distances;) {
            const int symbol = meta.decode(in_);
            if (symbol < 0 || in_.overrun()) return fail("no code length");
            if (symbol < 16) {
                lengths[i++] = static_cast<uint8_t>(symbol);
                continue;
            }
            if (symbol == 16 && i == 0) return fail("a repeated code length with none before");
            const uint8_t value = symbol == 16 ? lengths[i - 1] : 0;
            const size_t times = symbol == 16   ? 3 + in_.take(2)
                                 : symbol == 17 ? 3 + in_.take(3)
                                                : 11 + in_.take(7);
            if (times > literals + distances - i) return fail("too many code lengths");
            for (size_t k = 0; k < times; ++k) lengths[i++] = value;
        }
        if (lengths[256] == 0) return fail("a block without an end");
        const std::span<const uint8_t> all(lengths);
        if (!literals_.build(all.first(literals), true) ||
            !distances_.build(all.subspan(literals, distances), true))
            return fail("impossible code lengths");
        state_ = State::kCoded;
        return {};
    }

    void put(std::byte value) {
        window_[total_++ % kWindow] = value;
        out_[got_++] = value;
    }

    Status copy_stored() {
        const size_t at = in_.position();
        if (at > in_.bytes().size()) return fail("it is cut off");
        const size_t there = std::min<size_t>(stored_, in_.bytes().size() - at);
        const size_t size = std::min(there, out_.size() - got_);
        for (const std::byte value : in_.bytes().subspan(at, size)) put(value);
        in_.seek(at + size);
        stored_ -= static_cast<uint32_t>(size);
        if (stored_ == 0) end_block();
        else if (size == there && got_ < out_.size()) return fail("it is cut off");
        return {};
    }

    void end_block() { state_ = last_ ? State::kTrailer : State::kBlock; }

    // Until the block's end or until the output is full; a copy that does not fit goes on at the next call.
    Status decode_block() {
        while (got_ < out_.size()) {
            if (copy_ > 0) {
                put(window_[(total_ - distance_) % kWindow]);
                --copy_;
                continue;
            }
            const int symbol = literals_.decode(in_);
            if (in_.overrun()) return fail("it is cut off");
            if (symbol < 0 || symbol > 285) return fail("no literal or length");
            if (symbol < 256) {
                put(static_cast<std::byte>(symbol));
            } else if (symbol == 256) {
                end_block();
                return {};
            } else {
                TRY_STATUS(start_copy(static_cast<size_t>(symbol - 257)));
            }
        }
        return {};
    }

    Status start_copy(size_t symbol) {
        copy_ = kLengthBase[symbol] + in_.take(kLengthBits[symbol]);
        const int code = distances_.decode(in_);
        if (code < 0 || code > 29) return fail("no distance");
        distance_ = kDistanceBase[static_cast<size_t>(code)] + in_.take(code < 2 ? 0 : code / 2 - 1);
        if (in_.overrun()) return fail("it is cut off");
        if (distance_ > total_ || distance_ > kWindow) return fail("a copy from before the start");
        return {};
    }

    Status read_trailer() {
        in_.align();
        if (wrap_ == Wrap::kZlib) {
            uint32_t expected = 0;
            for (int i = 0; i < 4; ++i) expected = expected << 8 | in_.take(8);
            if (!in_.overrun() && expected != check_) return fail("the checksum is wrong");
        }
        if (wrap_ == Wrap::kGzip) {
            const uint32_t expected = in_.take(32), size = in_.take(32);
            if (!in_.overrun() && expected != check_) return fail("the checksum is wrong");
            if (!in_.overrun() && size != static_cast<uint32_t>(total_)) return fail("the length is wrong");
        }
        if (in_.overrun()) return fail("it is cut off");
        const ByteSpan rest = in_.bytes().subspan(in_.position());
        state_ = wrap_ == Wrap::kGzip && looks_like_gzip(rest) ? State::kHeader : State::kEnd;
        if (state_ == State::kHeader ||
            std::ranges::all_of(rest, [](std::byte b) { return b == std::byte{0}; }))
            return {};
        return fail("{} bytes that are no compressed data follow the end", rest.size());
    }

    SharedBytes compressed_;
    Wrap wrap_;
    BitReader in_;
    std::vector<std::byte> window_;
    HuffmanCode literals_, distances_;
    State state_ = State::kHeader;
    bool last_ = false;
    uint32_t stored_ = 0;  // bytes left of a stored block
    size_t copy_ = 0, distance_ = 0;  // a copy under way
    uint64_t total_ = 0;  // output of this member
    uint32_t check_ = 0;
    std::span<std::byte> out_;
    size_t got_ = 0;
};

}  // namespace

std::unique_ptr<InflateStream> open_inflate(SharedBytes compressed, Wrap wrap) {
    return std::make_unique<Inflate>(std::move(compressed), wrap);
}

}  // namespace lathe::wire::portable
