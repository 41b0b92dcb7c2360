#include "base/process.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace lathe {
namespace {

TEST(Process, SpeaksInLines) {
    auto cat = ChildProcess::start({"cat"});
    ASSERT_TRUE(cat.has_value()) << cat.error().message;
    const std::string longer(200000, 'x');
    for (const std::string& line : {std::string("one"), std::string(), longer}) {
        ASSERT_TRUE(cat->send(line).has_value());
        const auto answer = cat->receive();
        ASSERT_TRUE(answer.has_value()) << answer.error().message;
        EXPECT_EQ(*answer, line);
    }
}

TEST(Process, SaysWhatDidNotRun) {
    const auto none = ChildProcess::start({"no-such-program-anywhere"});
    ASSERT_FALSE(none.has_value());
    EXPECT_NE(none.error().message.find("no-such-program-anywhere"), std::string::npos);
    auto brief = ChildProcess::start({"true"});
    ASSERT_TRUE(brief.has_value());
    const auto answer = brief->receive();
    ASSERT_FALSE(answer.has_value());
    EXPECT_NE(answer.error().message.find("ended too early"), std::string::npos);
    EXPECT_FALSE(brief->send("anyone").has_value());
}

TEST(Process, TemporaryFoldersGo) {
    std::string file;
    {
        auto made = TemporaryFolder::create();
        ASSERT_TRUE(made.has_value()) << made.error().message;
        const TemporaryFolder folder = std::move(*made);
        file = folder.at("x");
        ASSERT_TRUE(write_file(file, as_bytes("content")).has_value());
        EXPECT_TRUE(file_exists(file));
    }
    EXPECT_FALSE(file_exists(file));
    EXPECT_FALSE(is_directory(file.substr(0, file.rfind('/'))));
}

TEST(Process, PeakMemoryGrows) {
    const uint64_t before = peak_memory_bytes();
    const std::vector<char> block(64 << 20, 'x');
    EXPECT_GE(peak_memory_bytes(), before + (32 << 20) * (block[5] == 'x'));
}

}  // namespace
}  // namespace lathe
