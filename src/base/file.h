// Files: read by mapping, written atomically. file_posix.cpp serves native builds, file_wasi.cpp WebAssembly.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace lathe {

// The whole file, mapped read-only (WebAssembly: read). The mapping lives as long as any slice of it.
// Errors: no such file, not a regular file, not readable.
Result<SharedBytes> map_file(const std::string& path);

// Tells the system that mapped pages of `bytes` will not be needed again soon, so that they leave this process' memory
// (they stay in the page cache and come back when touched). Does nothing for heap bytes.
void release_pages(const SharedBytes& bytes);

bool file_exists(const std::string& path);
bool is_directory(const std::string& path);

// A file that appears under its name only when it is complete. Bytes go to an unnamed (or temporary) file in the same
// folder; commit() syncs it and gives it its name in one step, replacing an older file. Destroying it uncommitted, or
// killing the process, leaves the older file or none. Move-only.
class OutputFile {
public:
    // `folder`: where its bytes lie until it has its name, on the same file system; "": in the folder of its name.
    // Errors: the folder is missing or not writable; `path` is a folder.
    static Result<OutputFile> create(const std::string& path, const std::string& folder = "");
    OutputFile(OutputFile&&) noexcept;
    OutputFile& operator=(OutputFile&&) noexcept;
    ~OutputFile();

    Status write(ByteSpan bytes);  // appends; buffered for small pieces. Errors: disk full and the like
    Status write(std::string_view text) { return write(as_bytes(text)); }
    Status pad_to(uint64_t offset_bytes);  // appends zeros up to that offset
    uint64_t offset() const;  // bytes written so far
    Status sync();  // everything written so far is on the disk; the file still has no name
    Status commit();
    // The same under another name on the same file system.
    Status commit_as(const std::string& path);

private:
    friend Status commit_both(OutputFile& first, OutputFile& second);
    struct Impl;
    explicit OutputFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

// Names two files that belong together: both, or where one cannot be named, neither, and what lay there before stays.
// `first` is named first. Errors: as commit()'s.
Status commit_both(OutputFile& first, OutputFile& second);

// Writes a whole small file atomically.
Status write_file(const std::string& path, ByteSpan bytes);

}  // namespace lathe
