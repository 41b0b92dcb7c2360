// For tests: a folder of their own that goes away with them.
#pragma once
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/file.h"

namespace lathe {

class TestFolder {
public:
    TestFolder() {
        std::random_device random;  // WASI has no mkdtemp
        do path_ = testing::TempDir() + format("lathe_test_{:08x}{:08x}", random(), random());
        while (mkdir(path_.c_str(), 0700) != 0 && file_exists(path_));
    }
    ~TestFolder() {
        for (const std::string& file : files_) unlink(file.c_str());
        rmdir(path_.c_str());
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    // The path of a file in the folder; it is removed at the end.
    std::string file(const std::string& name) {
        files_.push_back(path_ + "/" + name);
        return files_.back();
    }
    std::string write(const std::string& name, ByteSpan bytes) {
        const std::string path = file(name);
        return write_file(path, bytes).has_value() ? path : std::string();
    }

private:
    std::string path_;
    std::vector<std::string> files_;
};

}  // namespace lathe
