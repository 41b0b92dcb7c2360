// What must hold of files on a real system: an interrupted or failed write leaves the older file or none.
#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/file.h"

namespace lathe {
namespace {

class FileTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "lathe_file_XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override {
        for (const std::string& name : listing()) unlink((folder_ + "/" + name).c_str());
        rmdir(folder_.c_str());
    }
    std::vector<std::string> listing() const {
        std::vector<std::string> names;
        DIR* dir = opendir(folder_.c_str());
        while (const dirent* entry = readdir(dir))
            if (std::string_view(entry->d_name) != "." && std::string_view(entry->d_name) != "..")
                names.emplace_back(entry->d_name);
        closedir(dir);
        return names;
    }
    std::string path() const { return folder_ + "/out.bin"; }
    std::string contents() const { return std::string(as_text(map_file(path())->bytes())); }
    std::string folder_;
};

// Runs `work` in a child process; returns its wait status.
template <class Work>
int in_child(Work work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST_F(FileTest, AppearsOnlyWhenCommitted) {
    {
        auto file = OutputFile::create(path());
        ASSERT_TRUE(file.has_value()) << file.error().message;
        ASSERT_TRUE(file->write("half").has_value());
        EXPECT_FALSE(file_exists(path()));
    }
    EXPECT_TRUE(listing().empty());
    auto file = OutputFile::create(path());
    ASSERT_TRUE(file->write("abc").has_value());
    ASSERT_TRUE(file->pad_to(64).has_value());
    ASSERT_TRUE(file->write(std::string(3 << 20, 'x')).has_value());
    EXPECT_EQ(file->offset(), 64u + (3u << 20));
    ASSERT_TRUE(file->commit().has_value());
    EXPECT_EQ(listing(), std::vector<std::string>{"out.bin"});
    EXPECT_EQ(contents(), "abc" + std::string(61, '\0') + std::string(3 << 20, 'x'));
}

// Two files that belong together: where the second cannot be named, the first is as it was before.
TEST_F(FileTest, TwoFilesAppearTogetherOrNotAtAll) {
    const std::string other = path() + ".other";
    const auto write_both = [&](std::string_view text) {
        auto first = OutputFile::create(path()), second = OutputFile::create(other);
        EXPECT_TRUE(first.has_value() && second.has_value());
        EXPECT_TRUE(first->write(text).has_value() && second->write(text).has_value());
        return std::pair(*std::move(first), *std::move(second));
    };
    auto [a, b] = write_both("one");
    ASSERT_TRUE(commit_both(a, b).has_value());
    EXPECT_EQ(listing().size(), 2U);
    EXPECT_EQ(contents(), "one");
    auto [c, d] = write_both("two");
    unlink(other.c_str());
    ASSERT_EQ(mkdir(other.c_str(), 0700), 0);
    EXPECT_FALSE(commit_both(c, d).has_value());
    EXPECT_EQ(contents(), "one");
    unlink(path().c_str());
    rmdir(other.c_str());
    auto [e, f] = write_both("three");
    ASSERT_EQ(mkdir(other.c_str(), 0700), 0);
    EXPECT_FALSE(commit_both(e, f).has_value());
    EXPECT_FALSE(file_exists(path()));
    rmdir(other.c_str());
}

TEST_F(FileTest, KilledWritersLeaveTheOldFile) {
    ASSERT_TRUE(write_file(path(), as_bytes("old")).has_value());
    const int status = in_child([&] {
        auto file = OutputFile::create(path());
        const std::string block(5 << 20, 'n');
        (void)file->write(block);
        raise(SIGKILL);
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(listing(), std::vector<std::string>{"out.bin"});
    EXPECT_EQ(contents(), "old");
}

// A file-size limit fails writes as a full disk does, at the same call.
TEST_F(FileTest, FullDiskIsAnErrorAndKeepsTheOldFile) {
    ASSERT_TRUE(write_file(path(), as_bytes("old")).has_value());
    const int status = in_child([&] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        const std::string block(3 << 20, 'n');
        const Status written = write_file(path(), as_bytes(block));
        _exit(!written.has_value() && written.error().message.find("cannot write") != std::string::npos ? 0
                                                                                                        : 1);
    });
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(contents(), "old");
    EXPECT_EQ(listing(), std::vector<std::string>{"out.bin"});
}

TEST_F(FileTest, UnusablePathsAreNamed) {
    const auto message = [](const std::string& path) {
        const auto file = OutputFile::create(path);
        return file ? std::string("created") : file.error().message;
    };
    EXPECT_NE(message(folder_).find("is a folder"), std::string::npos);
    EXPECT_NE(message(folder_ + "/missing/out").find("cannot write in the folder"), std::string::npos);
    EXPECT_NE(message("/proc/out").find("cannot write in the folder '/proc'"), std::string::npos);
    EXPECT_FALSE(map_file(folder_).has_value());
    EXPECT_FALSE(map_file(path()).has_value());
}

TEST_F(FileTest, ReleasedPagesComeBack) {
    ASSERT_TRUE(write_file(path(), as_bytes(std::string(1 << 20, 'y'))).has_value());
    const auto file = map_file(path());
    ASSERT_TRUE(file.has_value());
    release_pages(*file);
    EXPECT_EQ(file->data()[12345], std::byte{'y'});
    const HeapBytes heap(1 << 16);
    heap.span()[5] = std::byte{7};
    release_pages(heap.freeze());
    EXPECT_EQ(heap.span()[5], std::byte{7});
}

}  // namespace
}  // namespace lathe
