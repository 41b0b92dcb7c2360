#include "wire/zip.h"

#include <gtest/gtest.h>

#include "wire/deflate.h"
#include "wire/little_endian.h"

namespace lathe::wire {
namespace {

using Bytes = std::vector<std::byte>;
constexpr uint64_t kLimit = 1 << 20;

SharedBytes shared_bytes(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(Bytes(view.begin(), view.end()));
}

// An archive put together field by field, after APPNOTE.TXT 4.3; with the means to lie.
struct HandMade {
    std::string bytes, directory;
    int entries = 0;

    void add(const std::string& name, const std::string& data, uint16_t method, uint32_t crc, uint32_t size,
             int64_t claimed_offset = -1, const std::string& local_name = "") {
        const auto offset =
            static_cast<uint32_t>(claimed_offset >= 0 ? static_cast<size_t>(claimed_offset) : bytes.size());
        const auto fields = [&](std::string& out, const std::string& own_name) {
            for (const int value : {20, 0, static_cast<int>(method), 0, 33})
                store_le(out, static_cast<uint16_t>(value));
            for (const uint32_t value : {crc, static_cast<uint32_t>(data.size()), size}) store_le(out, value);
            store_le(out, static_cast<uint16_t>(own_name.size()));
            store_le<uint16_t>(out, 0);
        };
        const std::string own = local_name.empty() ? name : local_name;
        bytes += "PK\3\4";
        fields(bytes, own);
        bytes += own + data;
        directory += std::string("PK\1\2") + std::string("\24\0", 2);
        fields(directory, name);
        directory += std::string(10, '\0');
        store_le(directory, offset);
        directory += name;
        ++entries;
    }
    std::string finish(const std::string& comment = "") const {
        std::string out = bytes + directory + "PK\5\6" + std::string(4, '\0');
        for (int i = 0; i < 2; ++i) store_le(out, static_cast<uint16_t>(entries));
        store_le(out, static_cast<uint32_t>(directory.size()));
        store_le(out, static_cast<uint32_t>(bytes.size()));
        store_le(out, static_cast<uint16_t>(comment.size()));
        return out + comment;
    }
};

std::string error_of(std::string_view archive) {
    auto opened = ZipArchive::open(shared_bytes(archive));
    if (!opened) return opened.error().message;
    for (const ZipEntry& entry : opened->entries())
        if (auto status = opened->verify(entry, kLimit); !status) return status.error().message;
    return "";
}

TEST(Zip, ReadsAHandMadeArchive) {
    HandMade zip;
    const std::string text = "hello hello hello hello";
    const Bytes packed = deflate(as_bytes(text), Wrap::kRaw);
    zip.add("a/stored", text, 0, crc32(as_bytes(text)), static_cast<uint32_t>(text.size()));
    zip.add("a/deflated", std::string(as_text(packed)), 8, crc32(as_bytes(text)),
            static_cast<uint32_t>(text.size()));
    zip.add("empty", "", 0, 0, 0);
    const SharedBytes file = shared_bytes(zip.finish("a comment PK\5\6 that looks like an end"));
    auto archive = ZipArchive::open(file);
    ASSERT_TRUE(archive.has_value()) << archive.error().message;
    ASSERT_EQ(archive->entries().size(), 3u);
    EXPECT_EQ(archive->find("nothing"), nullptr);
    for (const char* name : {"a/stored", "a/deflated"}) {
        ASSERT_NE(archive->find(name), nullptr);
        auto bytes = archive->read(*archive->find(name), kLimit);
        ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
        EXPECT_EQ(as_text(bytes->bytes()), text);
    }
    // Stored means: a slice of the file, at its place behind a header of 30 bytes and the name.
    EXPECT_EQ(archive->read(*archive->find("a/stored"), 0)->data(), file.data() + 30 + 8);
    EXPECT_EQ(archive->read(*archive->find("empty"), 0)->size(), 0u);
}

TEST(Zip, RefusesWhatLies) {
    const std::string text = "0123456789";
    const uint32_t crc = crc32(as_bytes(text));
    HandMade wrong_crc, twice, outside, overlap, method, renamed, wrong_size;
    wrong_crc.add("x", text, 0, crc + 1, 10);
    EXPECT_NE(error_of(wrong_crc.finish()).find("checksum"), std::string::npos);
    twice.add("x", text, 0, crc, 10);
    twice.add("x", text, 0, crc, 10);
    EXPECT_NE(error_of(twice.finish()).find("two zip entries"), std::string::npos);
    outside.add("x", text, 0, crc, 10, 1000000);
    EXPECT_NE(error_of(outside.finish()).find("offset 1000000"), std::string::npos);
    overlap.add("x", text, 0, crc, 10);
    overlap.add("y", text, 0, crc, 10, 5);
    EXPECT_NE(error_of(overlap.finish()).find("next thing begins"), std::string::npos);
    method.add("x", text, 12, crc, 10);
    EXPECT_NE(error_of(method.finish()).find("method 12"), std::string::npos);
    renamed.add("x", text, 0, crc, 10, -1, "z");
    EXPECT_NE(error_of(renamed.finish()).find("another name"), std::string::npos);
    wrong_size.add("x", text, 0, crc, 11);
    EXPECT_NE(error_of(wrong_size.finish()).find("claims 11"), std::string::npos);
    EXPECT_NE(error_of("PK\3\4 and no more than that").find("no zip directory"), std::string::npos);
}

TEST(Zip, RefusesBombs) {
    const Bytes zeros(2 << 20);
    const std::string packed(as_text(deflate(zeros, Wrap::kRaw, 9)));
    HandMade honest, liar, huge;
    honest.add("x", packed, 8, crc32(zeros), static_cast<uint32_t>(zeros.size()));
    EXPECT_NE(error_of(honest.finish()).find("allowed"), std::string::npos);
    liar.add("x", packed, 8, crc32(zeros), 1000);  // more inside than it says
    EXPECT_NE(error_of(liar.finish()).find("more than the expected"), std::string::npos);
    huge.add("x", packed, 8, crc32(zeros), 0xfffffff0);
    auto archive = ZipArchive::open(shared_bytes(huge.finish()));
    ASSERT_TRUE(archive.has_value());
    EXPECT_FALSE(archive->read(archive->entries()[0], uint64_t{1} << 40));
}

Bytes written(uint64_t zip64_from) {
    ZipWriter zip(zip64_from);
    Pieces pieces;
    pieces.copy("first ");
    pieces.borrow(shared_bytes("second "));
    pieces.make_later(5, []() -> Result<SharedBytes> { return shared_bytes("third"); });
    EXPECT_TRUE(zip.add("root/data.pkl", std::move(pieces)));
    EXPECT_TRUE(zip.add("root/version", "3\n"));
    EXPECT_TRUE(zip.add_deflated("root/packed", as_bytes(std::string(500, 'q'))));
    EXPECT_FALSE(zip.add("root/version", "4\n"));
    EXPECT_TRUE(zip.add("root/none", ""));
    return *zip.finish().to_vector();
}

TEST(Zip, WritesAlignedEntriesThatItReads) {
    for (const uint64_t zip64_from : {uint64_t{0xffffffff}, uint64_t{0}, uint64_t{7}}) {
        const SharedBytes file = SharedBytes::from_vector(written(zip64_from));
        auto archive = ZipArchive::open(file);
        ASSERT_TRUE(archive.has_value()) << archive.error().message;
        ASSERT_EQ(archive->entries().size(), 4u);
        auto bytes = archive->read(archive->entries()[0], 0);
        ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
        EXPECT_EQ(as_text(bytes->bytes()), "first second third");
        EXPECT_EQ((bytes->data() - file.data()) % 64, 0);
        EXPECT_EQ((archive->read(archive->entries()[1], 0)->data() - file.data()) % 64, 0);
        for (const ZipEntry& entry : archive->entries())
            EXPECT_TRUE(archive->verify(entry, kLimit)) << entry.name;
    }
}

TEST(Zip, EveryTruncationIsAnError) {
    for (const uint64_t zip64_from : {uint64_t{0xffffffff}, uint64_t{0}}) {
        const Bytes good = written(zip64_from);
        for (size_t size = 0; size < good.size(); ++size)
            EXPECT_NE(error_of(as_text(ByteSpan(good).first(size))), "") << size;
    }
}

TEST(Zip, FlippedBitsNeverCrash) {
    for (const uint64_t zip64_from : {uint64_t{0xffffffff}, uint64_t{0}}) {
        const Bytes good = written(zip64_from);
        for (size_t at = 0; at < good.size(); ++at)
            for (int bit = 0; bit < 8; ++bit) {
                Bytes bad = good;
                bad[at] ^= std::byte(1 << bit);
                (void)error_of(as_text(bad));
            }
    }
}

}  // namespace
}  // namespace lathe::wire
