// Deflate by zlib.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"
#include "wire/deflate.h"

namespace lathe::wire {
namespace {

int window_bits(Wrap wrap) { return wrap == Wrap::kRaw ? -15 : wrap == Wrap::kZlib ? 15 : 15 + 16; }

uInt piece_size(size_t left) {
    return static_cast<uInt>(std::min<size_t>(left, std::numeric_limits<uInt>::max()));
}

class ZlibInflate final : public InflateStream {
public:
    ZlibInflate(SharedBytes compressed, Wrap wrap) : compressed_(std::move(compressed)), wrap_(wrap) {
        CHECK(inflateInit2(&state_, window_bits(wrap)) == Z_OK);
    }
    ~ZlibInflate() override { inflateEnd(&state_); }

    Result<size_t> read(std::span<std::byte> out) override {
        size_t got = 0;
        while (got < out.size() && !ended_) {
            state_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed_.data() + at_));
            state_.avail_in = piece_size(compressed_.size() - at_);
            state_.next_out = reinterpret_cast<Bytef*>(out.data() + got);
            state_.avail_out = piece_size(out.size() - got);
            const uInt given = state_.avail_in, room = state_.avail_out;
            const int code = ::inflate(&state_, Z_NO_FLUSH);
            at_ += given - state_.avail_in;
            got += room - state_.avail_out;
            if (code == Z_STREAM_END) {
                TRY_STATUS(end_member());
            } else if (code == Z_BUF_ERROR ||
                       (code == Z_OK && at_ == compressed_.size() && state_.avail_out > 0)) {
                return over(format("the compressed data is cut off after {} bytes", compressed_.size()));
            } else if (code != Z_OK) {
                return over(format("damaged compressed data near byte {}: {}", at_,
                                   state_.msg != nullptr ? state_.msg : "not a deflate stream"));
            }
        }
        return got;
    }

private:
    Status end_member() {
        const ByteSpan rest = compressed_.bytes().subspan(at_);
        if (wrap_ == Wrap::kGzip && looks_like_gzip(rest)) {
            CHECK(inflateReset(&state_) == Z_OK);
            return {};
        }
        ended_ = true;
        if (std::ranges::all_of(rest, [](std::byte b) { return b == std::byte{0}; })) return {};
        return fail("{} bytes that are no compressed data follow the end at byte {}", rest.size(), at_);
    }

    std::unexpected<Error> over(std::string message) {
        ended_ = true;
        return std::unexpected(Error{std::move(message)});
    }

    SharedBytes compressed_;
    Wrap wrap_;
    size_t at_ = 0;
    bool ended_ = false;
    z_stream state_{};
};

class ZlibDeflate final : public DeflateStream {
public:
    ZlibDeflate(Wrap wrap, int level, ByteSink sink) : sink_(std::move(sink)) {
        CHECK(deflateInit2(&state_, level, Z_DEFLATED, window_bits(wrap), 8, Z_DEFAULT_STRATEGY) == Z_OK);
    }
    ~ZlibDeflate() override { deflateEnd(&state_); }

    Status write(ByteSpan bytes) override {
        while (!bytes.empty()) {
            state_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
            state_.avail_in = piece_size(bytes.size());
            bytes = bytes.subspan(state_.avail_in);
            TRY_STATUS(run(Z_NO_FLUSH));
        }
        return {};
    }
    Status finish() override { return run(Z_FINISH); }

private:
    Status run(int flush) {
        std::array<std::byte, 32 * 1024> piece;
        do {
            state_.next_out = reinterpret_cast<Bytef*>(piece.data());
            state_.avail_out = static_cast<uInt>(piece.size());
            CHECK(::deflate(&state_, flush) != Z_STREAM_ERROR);
            const size_t made = piece.size() - state_.avail_out;
            if (made > 0) TRY_STATUS(sink_(ByteSpan(piece).first(made)));
        } while (state_.avail_out == 0);
        return {};
    }

    ByteSink sink_;
    z_stream state_{};
};

}  // namespace

uint32_t crc32(ByteSpan bytes, uint32_t before) {
    return static_cast<uint32_t>(
        ::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::unique_ptr<InflateStream> open_inflate(SharedBytes compressed, Wrap wrap) {
    return std::make_unique<ZlibInflate>(std::move(compressed), wrap);
}

std::unique_ptr<DeflateStream> open_deflate(Wrap wrap, int level, ByteSink sink) {
    return std::make_unique<ZlibDeflate>(wrap, level, std::move(sink));
}

}  // namespace lathe::wire
