// What a program asks of its system beside files: the memory that it took, a folder for a while, another program.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace lathe {

// The most memory of this process that was resident at once; 0 where the system does not say.
uint64_t peak_memory_bytes();

// A folder of its own for temporary files (in TMPDIR, or /tmp), removed with the files in it. Move-only.
class TemporaryFolder {
public:
    static Result<TemporaryFolder> create();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    std::string at(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

// Another program, spoken to in lines over its standard input and output; what it says on its standard error is dropped.
// It is killed when the object goes. Move-only.
class ChildProcess {
public:
    // command: the program, looked for on the PATH, and its arguments. Errors: no such program.
    static Result<ChildProcess> start(const std::vector<std::string>& command);
    ChildProcess(ChildProcess&&) noexcept;
    ChildProcess& operator=(ChildProcess&&) noexcept;
    ~ChildProcess();

    Status send(std::string_view line);  // adds the end of the line
    Result<std::string> receive();  // the next line without its end; waits for it. Errors: the program ended

private:
    struct Impl;
    explicit ChildProcess(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace lathe
