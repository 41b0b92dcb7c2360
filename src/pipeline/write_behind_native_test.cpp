#include "pipeline/write_behind.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "base/file.h"
#include "base/threads.h"

namespace lathe::pipeline {
namespace {

TEST(WriteBehind, EveryPieceArrivesWhateverTheOrder) {
    const std::string path = (std::filesystem::path(testing::TempDir()) / "write_behind.bin").string();
    constexpr size_t kPieces = 300, kSize = 4096;
    auto file = PartialFile::create(path, kPieces * kSize);
    ASSERT_TRUE(file);
    WriteBehind behind(3);
    ThreadPool threads(4);
    std::vector<char> fine(kPieces);
    threads.parallel_for(kPieces, [&](size_t i) {
        const HeapBytes piece(kSize);
        std::ranges::fill(piece.span(), static_cast<std::byte>(i * 7 + 1));
        fine[i] = behind.write(*file, i * kSize, piece.freeze()).has_value();
    });
    for (const char one : fine) EXPECT_TRUE(one);
    ASSERT_TRUE(file->commit());
    const auto mapped = map_file(path);
    ASSERT_TRUE(mapped);
    for (size_t i = 0; i < kPieces * kSize; ++i)
        ASSERT_EQ(mapped->data()[i], static_cast<std::byte>(i / kSize * 7 + 1)) << i;
}

// A limit on the size of files fails writes as a full disk does. Every thread hears of it, and none waits for ever.
TEST(WriteBehind, AFailureIsToldToAll) {
    const std::string path = (std::filesystem::path(testing::TempDir()) / "write_behind_full.bin").string();
    auto file = PartialFile::create(path, 64 * 4096);
    ASSERT_TRUE(file);
    rlimit old{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
    const rlimit small{32 * 4096, old.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    WriteBehind behind(2);
    ThreadPool threads(4);
    threads.parallel_for(64, [&](size_t i) {
        const HeapBytes piece(4096);
        std::ranges::fill(piece.span(), std::byte{1});
        (void)behind.write(*file, i * 4096, piece.freeze());
    });
    const Status status = behind.write(*file, 0, HeapBytes(1).freeze());
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("cannot write"), std::string::npos) << status.error().message;
    file->discard();
}

}  // namespace
}  // namespace lathe::pipeline
