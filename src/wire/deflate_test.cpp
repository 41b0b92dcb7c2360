#include "wire/deflate.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/file.h"

namespace lathe::wire {
namespace {

using Bytes = std::vector<std::byte>;

// Text-like, random, and long runs, so that every block type and distance appears.
Bytes mixed(size_t size, uint32_t seed) {
    std::mt19937 random(seed);
    Bytes bytes;
    while (bytes.size() < size) {
        const uint32_t kind = random() % 4, length = random() % 600 + 1;
        for (uint32_t i = 0; i < length; ++i) {
            if (kind == 0) bytes.push_back(std::byte(random() & 0xff));
            if (kind == 1) bytes.push_back(std::byte('a' + random() % 5));
            if (kind == 2) bytes.push_back(std::byte{7});
            if (kind == 3 && !bytes.empty())
                bytes.push_back(bytes[bytes.size() - 1 - (random() % bytes.size()) % 30000]);
        }
    }
    bytes.resize(size);
    return bytes;
}

// Reads to the end in pieces of `piece` bytes.
Result<Bytes> read_all(InflateStream& stream, size_t piece) {
    Bytes all, part(piece);
    while (true) {
        TRY(const size_t got, stream.read(part));
        all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
        if (got < piece) return all;
    }
}

SharedBytes shared(Bytes bytes) { return SharedBytes::from_vector(std::move(bytes)); }
constexpr Wrap kWraps[] = {Wrap::kRaw, Wrap::kZlib, Wrap::kGzip};

TEST(Checksums, KnownValues) {
    // The check value of CRC-32/ISO-HDLC, and the example of Wikipedia's article on Adler-32.
    EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926u);
    EXPECT_EQ(portable::crc32(as_bytes("123456789")), 0xcbf43926u);
    EXPECT_EQ(portable::adler32(as_bytes("Wikipedia")), 0x11e60398u);
    const Bytes bytes = mixed(100000, 1);
    const ByteSpan all(bytes);
    EXPECT_EQ(portable::crc32(all.subspan(777), portable::crc32(all.first(777))), crc32(all));
}

TEST(Deflate, PortableReadsWhatTheLibraryWrites) {
    for (const size_t size : {0, 1, 100, 65535, 65536, 300000})
        for (const int level : {0, 1, 6, 9})
            for (const Wrap wrap : kWraps) {
                const Bytes bytes = mixed(size, static_cast<uint32_t>(size + static_cast<size_t>(level)));
                const SharedBytes packed = shared(deflate(bytes, wrap, level));
                for (const size_t piece : {size_t{1}, size_t{1000}, size + 1}) {
                    if (piece == 1 && size > 1000) continue;
                    auto got = read_all(*portable::open_inflate(packed, wrap), piece);
                    ASSERT_TRUE(got.has_value()) << got.error().message;
                    ASSERT_EQ(*got, bytes);
                }
                auto whole = inflate(packed, wrap, size);
                ASSERT_TRUE(whole.has_value()) << whole.error().message;
                EXPECT_EQ(*whole, bytes);
            }
}

TEST(Deflate, TheLibraryReadsWhatPortableWrites) {
    for (const size_t size : {0, 1, 65535, 65536, 200000})
        for (const Wrap wrap : kWraps) {
            const Bytes bytes = mixed(size, 3);
            Bytes packed;
            const auto stream = portable::open_deflate(wrap, [&](ByteSpan piece) -> Status {
                packed.insert(packed.end(), piece.begin(), piece.end());
                return {};
            });
            ASSERT_TRUE(stream->write(ByteSpan(bytes).first(size / 3)) &&
                        stream->write(ByteSpan(bytes).subspan(size / 3)));
            ASSERT_TRUE(stream->finish());
            auto got = inflate(shared(packed), wrap, size);
            ASSERT_TRUE(got.has_value()) << got.error().message;
            EXPECT_EQ(*got, bytes);
        }
}

TEST(Deflate, MembersFollowEachOther) {
    Bytes packed = deflate(as_bytes("first "), Wrap::kGzip),
          second = deflate(as_bytes("second"), Wrap::kGzip);
    packed.insert(packed.end(), second.begin(), second.end());
    packed.resize(packed.size() + 10);  // zeros
    for (const auto open : {open_inflate, portable::open_inflate}) {
        auto got = read_all(*open(shared(packed), Wrap::kGzip), 5);
        ASSERT_TRUE(got.has_value()) << got.error().message;
        EXPECT_EQ(as_text(*got), "first second");
        Bytes bad = packed;
        bad.push_back(std::byte{1});
        EXPECT_FALSE(read_all(*open(shared(bad), Wrap::kGzip), 5));
    }
}

// A gzip header with every optional field (RFC 1952, section 2.3), made by hand.
TEST(Deflate, OptionalHeaderFields) {
    std::string head("\x1f\x8b\x08\x1e\0\0\0\0\0\3\4\0extrname\0comment\0", 29);
    const uint32_t crc = portable::crc32(as_bytes(head));
    head += static_cast<char>(crc & 0xff);
    head += static_cast<char>(crc >> 8 & 0xff);
    const Bytes plain = deflate(as_bytes("text"), Wrap::kGzip);
    head.append(as_text(ByteSpan(plain).subspan(10)));
    for (const auto open : {open_inflate, portable::open_inflate}) {
        const ByteSpan view = as_bytes(head);
        Bytes bytes(view.begin(), view.end());
        auto got = read_all(*open(shared(bytes), Wrap::kGzip), 100);
        ASSERT_TRUE(got.has_value()) << got.error().message;
        EXPECT_EQ(as_text(*got), "text");
        bytes[20] ^= std::byte{1};  // inside the name
        EXPECT_FALSE(read_all(*open(shared(bytes), Wrap::kGzip), 100));
    }
}

TEST(Deflate, LimitsAreKept) {
    const Bytes zeros(1 << 20);
    const SharedBytes bomb = shared(deflate(zeros, Wrap::kZlib, 9));
    auto got = inflate(bomb, Wrap::kZlib, zeros.size() - 1);
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().message.find("allowed"), std::string::npos);
    EXPECT_TRUE(inflate(bomb, Wrap::kZlib, zeros.size()));
    EXPECT_TRUE(inflate_exactly(bomb, Wrap::kZlib, zeros.size()));
    EXPECT_FALSE(inflate_exactly(bomb, Wrap::kZlib, zeros.size() - 1));
    EXPECT_FALSE(inflate_exactly(bomb, Wrap::kZlib, zeros.size() + 1));
    auto huge = inflate_exactly(bomb, Wrap::kZlib, uint64_t{1} << 60);
    ASSERT_FALSE(huge);
    EXPECT_NE(huge.error().message.find("no deflate stream"), std::string::npos);
}

// Both decoders see every truncation, and judge every flipped bit alike.
TEST(Deflate, DamageIsFoundByBothAlike) {
    const Bytes bytes = mixed(700, 5);
    for (const Wrap wrap : kWraps) {
        const Bytes good = deflate(bytes, wrap, 9);
        for (size_t size = 0; size < good.size(); ++size) {
            const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_FALSE(read_all(*open_inflate(shared(cut), wrap), 10000)) << size;
            EXPECT_FALSE(read_all(*portable::open_inflate(shared(cut), wrap), 10000)) << size;
        }
        for (size_t at = 0; at < good.size(); ++at)
            for (int bit = 0; bit < 8; ++bit) {
                Bytes bad = good;
                bad[at] ^= std::byte(1 << bit);
                auto one = read_all(*open_inflate(shared(bad), wrap), 100000);
                auto two = read_all(*portable::open_inflate(shared(bad), wrap), 100000);
                ASSERT_EQ(one.has_value(), two.has_value())
                    << at << "." << bit << (one ? two.error().message : one.error().message);
                EXPECT_TRUE(!one || *one == *two);
            }
    }
}

TEST(Deflate, RandomBytesAreJudgedAlike) {
    std::mt19937 random(11);
    for (int round = 0; round < 20000; ++round) {
        Bytes bytes(random() % 60);
        for (auto& b : bytes) b = std::byte(random() & 0xff);
        auto one = read_all(*open_inflate(shared(bytes), Wrap::kRaw), 1000);
        auto two = read_all(*portable::open_inflate(shared(bytes), Wrap::kRaw), 1000);
        ASSERT_EQ(one.has_value(), two.has_value()) << round;
        EXPECT_TRUE(!one || *one == *two);
    }
}

TEST(Deflate, AKataGoNetworkUnpacksAlike) {
    const char* folder = std::getenv("LATHE_SHARED");
    const std::string path =
        std::string(folder != nullptr ? folder : "../shared") + "/data/katago/ckpt/A-b2c16.model.bin.gz";
    if (!file_exists(path)) GTEST_SKIP() << "no file " << path;
    const SharedBytes packed = *map_file(path);
    EXPECT_TRUE(looks_like_gzip(packed.bytes()));
    auto one = read_all(*open_inflate(packed, Wrap::kGzip), 4096);
    auto two = read_all(*portable::open_inflate(packed, Wrap::kGzip), 4096);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(*one, *two);
}

}  // namespace
}  // namespace lathe::wire
