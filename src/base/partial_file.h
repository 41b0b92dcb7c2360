// PartialFile: a large output file that is filled in any order by many threads and survives an interruption. It lies beside
// its final name as PATH.partial until commit() syncs it and renames it in one step.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace lathe {

std::string partial_path(const std::string& path);  // "PATH.partial"

class PartialFile {
public:
    // A new file of zeros with `size_bytes` bytes, whose room on the disk is taken at once. Replaces an older partial file.
    // Errors: the folder is missing or not writable, no room on the disk, `path` is a folder.
    static Result<PartialFile> create(const std::string& path, uint64_t size_bytes);
    // The one that an interrupted run left. Errors: there is none, or it has another size.
    static Result<PartialFile> reopen(const std::string& path, uint64_t size_bytes);
    PartialFile(PartialFile&& other) noexcept;
    PartialFile& operator=(PartialFile&& other) noexcept;
    ~PartialFile();  // the partial file stays, unless discard() or commit() were called

    // Threads may write different places at the same time. Errors: disk full and the like.
    Status write_at(uint64_t offset, ByteSpan bytes);
    Status read_at(uint64_t offset, std::span<std::byte> bytes) const;
    Status commit();
    void discard();

private:
    PartialFile(std::string path, int fd, uint64_t size_bytes)
        : path_(std::move(path)), fd_(fd), size_(size_bytes) {}
    std::string path_;
    int fd_ = -1;
    uint64_t size_ = 0;
    std::atomic<uint64_t> written_ = 0;  // bytes
};

// A text file to which lines are appended, each of them whole even when the process is killed.
class LineFile {
public:
    // Errors: the folder is missing or not writable.
    static Result<LineFile> create(const std::string& path);  // empty
    static Result<LineFile> append_to(const std::string& path);  // as it is
    LineFile(LineFile&& other) noexcept;
    LineFile& operator=(LineFile&& other) noexcept;
    ~LineFile();
    Status append(std::string_view line);  // without its end
    void discard();  // removes the file

private:
    LineFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
    static Result<LineFile> open_with(const std::string& path, int flags);
    std::string path_;
    int fd_ = -1;
};

}  // namespace lathe
