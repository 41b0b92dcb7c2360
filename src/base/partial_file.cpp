#include "base/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/file.h"

namespace lathe {
namespace {

std::string reason(int error) { return std::strerror(error); }

// Takes the room on the disk, where the system can.
int make_size(int fd, uint64_t size_bytes) {
    const auto size = static_cast<off_t>(size_bytes);
    if (size == 0) return 0;
    const int error = posix_fallocate(fd, 0, size);
    if (error == 0) return 0;
    if (error != EOPNOTSUPP && error != EINVAL && error != ENOSYS) return error;
    return ftruncate(fd, size) == 0 ? 0 : errno;
}

// Lets the disk begin with what lies in the page cache, so that commit() has little left to wait for.
void start_writing_back([[maybe_unused]] int fd) {
#ifdef __linux__
    sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);  // a hint: its failures are those that fsync reports
#endif
}
constexpr uint64_t kWriteBack = uint64_t{64} << 20;

}  // namespace

std::string partial_path(const std::string& path) { return path + ".partial"; }

Result<PartialFile> PartialFile::create(const std::string& path, uint64_t size_bytes) {
    if (is_directory(path)) return fail("{}: is a folder; give a file name", path);
    const std::string name = partial_path(path);
    const int fd = open(name.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0666);
    if (fd < 0) return fail("{}: cannot write: {}", name, reason(errno));
    PartialFile file(path, fd, size_bytes);
    if (const int error = make_size(fd, size_bytes); error != 0) {
        file.discard();
        return fail("{}: cannot take {} bytes of the disk: {}", path, size_bytes, reason(error));
    }
    return file;
}

Result<PartialFile> PartialFile::reopen(const std::string& path, uint64_t size_bytes) {
    const std::string name = partial_path(path);
    const int fd = open(name.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return fail("{}: cannot open what an interrupted run left: {}", name, reason(errno));
    PartialFile file(path, fd, size_bytes);
    struct stat info{};
    if (fstat(fd, &info) != 0 || static_cast<uint64_t>(info.st_size) != size_bytes)
        return fail("{}: has {} bytes, expected {}", name, info.st_size, size_bytes);
    return file;
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      written_(other.written_.load()) {}
PartialFile& PartialFile::operator=(PartialFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    written_ = other.written_.load();
    return *this;
}
PartialFile::~PartialFile() {
    if (fd_ >= 0) close(fd_);
}

Status PartialFile::write_at(uint64_t offset, ByteSpan bytes) {
    CHECK(offset + bytes.size() <= size_);
    const uint64_t before = written_.fetch_add(bytes.size(), std::memory_order_relaxed);
    const bool due = before / kWriteBack != (before + bytes.size()) / kWriteBack;
    while (!bytes.empty()) {
        const ssize_t n = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return fail("{}: cannot write {} bytes at offset {}: {}", partial_path(path_), bytes.size(),
                        offset, reason(errno));
        offset += static_cast<uint64_t>(n);
        bytes = bytes.subspan(static_cast<size_t>(n));
    }
    if (due) start_writing_back(fd_);
    return {};
}

Status PartialFile::read_at(uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t n = pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail("{}: cannot read at offset {}", partial_path(path_), offset);
        offset += static_cast<uint64_t>(n);
        bytes = bytes.subspan(static_cast<size_t>(n));
    }
    return {};
}

Status PartialFile::commit() {
    const std::string name = partial_path(path_);
    if (fsync(fd_) != 0) return fail("{}: cannot sync: {}", name, reason(errno));
    if (rename(name.c_str(), path_.c_str()) != 0)
        return fail("{}: cannot name the finished file: {}", path_, reason(errno));
    close(std::exchange(fd_, -1));
    return {};
}

void PartialFile::discard() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
    unlink(partial_path(path_).c_str());
}

Result<LineFile> LineFile::open_with(const std::string& path, int flags) {
    const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
    if (fd < 0) return fail("{}: cannot write: {}", path, reason(errno));
    return LineFile(path, fd);
}
Result<LineFile> LineFile::create(const std::string& path) { return open_with(path, O_TRUNC); }
Result<LineFile> LineFile::append_to(const std::string& path) { return open_with(path, 0); }

LineFile::LineFile(LineFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
LineFile& LineFile::operator=(LineFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    return *this;
}
LineFile::~LineFile() {
    if (fd_ >= 0) close(fd_);
}

Status LineFile::append(std::string_view line) {
    const std::string text = std::string(line) + "\n";
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n != static_cast<ssize_t>(text.size())) return fail("{}: cannot write: {}", path_, reason(errno));
    return {};
}

void LineFile::discard() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
    unlink(path_.c_str());
}

}  // namespace lathe
