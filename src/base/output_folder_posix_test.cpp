// What must hold of folders on a real system: one that is interrupted, or that the disk has no room for, leaves the older
// folder or none.
#include "base/output_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/process.h"

namespace lathe {
namespace {

class OutputFolderTest : public testing::Test {
protected:
    void SetUp() override {
        auto made = TemporaryFolder::create();
        ASSERT_TRUE(made.has_value());
        folder_ = std::make_unique<TemporaryFolder>(*std::move(made));
    }
    std::string path() const { return folder_->at("net.package"); }
    std::vector<std::string> listing(const std::string& name = "") const {
        std::vector<std::string> names;
        const auto entries = list_folder(folder_->at(name));
        EXPECT_TRUE(entries.has_value());
        if (entries)
            for (const FolderEntry& entry : *entries) names.push_back(entry.name);
        return names;
    }
    std::string contents() const { return std::string(as_text(map_file(path() + "/a/b.bin")->bytes())); }
    std::unique_ptr<TemporaryFolder> folder_;
};

Status write_folder(const std::string& path, const std::string& text) {
    TRY(OutputFolder folder, OutputFolder::create(path));
    for (const std::string name : {"a/b.bin", "Manifest.json"}) {
        TRY(OutputFile file, folder.file(name));
        TRY_STATUS(file.write(text));
        folder.put(std::move(file));
    }
    return folder.commit();
}

const std::vector<std::string> kOnlyTheFolder{"net.package"};

TEST_F(OutputFolderTest, AppearsWholeAndReplacesAnOlderOne) {
    ASSERT_TRUE(write_folder(path(), "old").has_value());
    EXPECT_EQ(contents(), "old");
    EXPECT_EQ(listing(), kOnlyTheFolder);
    // What lay in the older one goes with it, and a partial folder of an interrupted program too.
    ASSERT_TRUE(write_file(path() + "/more", as_bytes("x")).has_value());
    ASSERT_EQ(mkdir(folder_->at(".net.package.partial").c_str(), 0777), 0);
    ASSERT_TRUE(write_file(folder_->at(".net.package.partial/rest"), as_bytes("x")).has_value());
    ASSERT_TRUE(write_folder(path() + "/", "new").has_value());
    EXPECT_EQ(contents(), "new");
    EXPECT_EQ(listing("net.package"), (std::vector<std::string>{"Manifest.json", "a"}));
    EXPECT_EQ(listing(), kOnlyTheFolder);
}

TEST_F(OutputFolderTest, OneThatIsKilledLeavesTheOlder) {
    ASSERT_TRUE(write_folder(path(), "old").has_value());
    const pid_t child = fork();
    if (child == 0) {
        auto folder = OutputFolder::create(path());
        auto first = folder->file("a/b.bin");
        (void)first->write(std::string(5 << 20, 'n'));
        folder->put(*std::move(first));
        auto second = folder->file("Manifest.json");
        (void)second->write("begun");
        raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(listing(), kOnlyTheFolder);
    EXPECT_EQ(contents(), "old");
}

// A file-size limit fails writes as a full disk does.
TEST_F(OutputFolderTest, AFullDiskIsAnErrorAndKeepsTheOlder) {
    ASSERT_TRUE(write_folder(path(), "old").has_value());
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1 << 20, 1 << 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        const Status written = write_folder(path(), std::string(3 << 20, 'n'));
        const bool fine = !written && written.error().message.starts_with(path() + "/a/b.bin: cannot write");
        _exit(fine ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(contents(), "old");
    EXPECT_EQ(listing(), kOnlyTheFolder);
}

TEST_F(OutputFolderTest, PlacesThatItCannotTakeAreNamed) {
    const auto message = [](const std::string& path) {
        const Status written = write_folder(path, "x");
        return written ? std::string("written") : written.error().message;
    };
    ASSERT_TRUE(write_file(folder_->at("note.txt"), as_bytes("x")).has_value());
    EXPECT_NE(message(folder_->at("note.txt")).find("is a file"), std::string::npos);
    EXPECT_NE(message(folder_->at("")).find("a folder of something else"), std::string::npos);
    EXPECT_NE(message(folder_->at("missing/net.package")).find("cannot write in the folder"),
              std::string::npos);
    EXPECT_NE(message("/proc/net.package").find("cannot write in the folder '/proc'"), std::string::npos);
}

}  // namespace
}  // namespace lathe
