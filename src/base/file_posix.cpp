// Files on POSIX systems: mmap, and O_TMPFILE where the file system has it.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "base/file.h"

namespace lathe {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr uint64_t kDiskBytes = 8 << 20;

std::string reason() { return std::strerror(errno); }

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

struct Mapping {
    void* address;
    size_t size;
    ~Mapping() { munmap(address, size); }
};

}  // namespace

Result<SharedBytes> map_file(const std::string& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail("{}: cannot open the file: {}", path, reason());
    struct stat info{};
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return fail("{}: not a regular file", path);
    }
    const auto size = static_cast<size_t>(info.st_size);
    if (size == 0) {
        close(fd);
        return SharedBytes();
    }
    void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (address == MAP_FAILED) return fail("{}: cannot map the file: {}", path, reason());
    auto owner = std::make_shared<const Mapping>(address, size);
    return SharedBytes(std::move(owner), ByteSpan(static_cast<const std::byte*>(address), size), true);
}

bool file_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

bool is_directory(const std::string& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

struct OutputFile::Impl {
    std::string path;
    std::string temporary;  // empty: the file has no name yet (O_TMPFILE)
    int fd = -1;
    uint64_t flushed = 0,
             on_the_way = 0;  // bytes given to the system, and those of them it was told to write now
    std::vector<std::byte> buffer;

    ~Impl() {
        if (fd < 0) return;
        close(fd);
        if (!temporary.empty()) unlink(temporary.c_str());
    }

    Status write_through(ByteSpan bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::write(fd, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0)
                return fail("{}: cannot write {} bytes at offset {}: {}", path, bytes.size(), flushed,
                            reason());
            flushed += static_cast<uint64_t>(n);
            bytes = bytes.subspan(static_cast<size_t>(n));
        }
        start_to_disk();
        return {};
    }

    // The disk works while the rest is made, so that commit() waits less.
    void start_to_disk() {
#ifdef SYNC_FILE_RANGE_WRITE
        if (flushed - on_the_way < kDiskBytes) return;
        (void)sync_file_range(fd, static_cast<off64_t>(on_the_way),
                              static_cast<off64_t>(flushed - on_the_way), SYNC_FILE_RANGE_WRITE);
        on_the_way = flushed;
#endif
    }

    Status flush() {
        TRY_STATUS(write_through(buffer));
        buffer.clear();
        return {};
    }

    Status sync() {
        TRY_STATUS(flush());
        if (fdatasync(fd) != 0) return fail("{}: cannot sync: {}", path, reason());
        return {};
    }

    // All bytes on the disk, under a temporary name.
    Status settle() {
        TRY_STATUS(sync());
        if (!temporary.empty()) return {};
        const std::string name = temporary_name(folder_of(path));
        unlink(name.c_str());
        const std::string proc = format("/proc/self/fd/{}", fd);
        if (linkat(AT_FDCWD, proc.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return fail("{}: cannot name the finished file: {}", path, reason());
        temporary = name;
        return {};
    }

    Status take_name() {
        if (rename(temporary.c_str(), path.c_str()) != 0)
            return fail("{}: cannot name the finished file: {}", path, reason());
        temporary.clear();
        return {};
    }

    std::string temporary_name(const std::string& folder) const {
        const size_t slash = path.rfind('/');
        const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
        return format("{}/.{}.{}.partial", folder, name, getpid());
    }
};

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile& OutputFile::operator=(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

Result<OutputFile> OutputFile::create(const std::string& path, const std::string& folder) {
    if (is_directory(path)) return fail("{}: is a folder; give a file name", path);
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    const std::string place = folder.empty() ? folder_of(path) : folder;
#ifdef O_TMPFILE
    impl->fd = open(place.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
#endif
    if (impl->fd < 0) {
        impl->temporary = impl->temporary_name(place);
        impl->fd = open(impl->temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (impl->fd < 0) {
            const std::string why = reason();
            impl->temporary.clear();
            return fail("{}: cannot write in the folder '{}': {}", path, place, why);
        }
    }
    return OutputFile(std::move(impl));
}

Status OutputFile::write(ByteSpan bytes) {
    auto& out = *impl_;
    if (out.buffer.size() + bytes.size() > kBufferBytes) {
        TRY_STATUS(out.flush());
        if (bytes.size() >= kBufferBytes) return out.write_through(bytes);
    }
    out.buffer.insert(out.buffer.end(), bytes.begin(), bytes.end());
    return {};
}

uint64_t OutputFile::offset() const { return impl_->flushed + impl_->buffer.size(); }

Status OutputFile::sync() { return impl_->sync(); }

Status OutputFile::commit() {
    TRY_STATUS(impl_->settle());
    return impl_->take_name();
}

Status OutputFile::commit_as(const std::string& path) {
    impl_->path = path;
    return commit();
}

Status commit_both(OutputFile& first, OutputFile& second) {
    auto &a = *first.impl_, &b = *second.impl_;
    TRY_STATUS(a.settle());
    TRY_STATUS(b.settle());
    // The file that the first one replaces keeps a second name until both are there.
    const std::string before = a.temporary_name(folder_of(a.path)) + ".before";
    unlink(before.c_str());
    const bool replaces = file_exists(a.path);
    if (replaces && link(a.path.c_str(), before.c_str()) != 0 && rename(a.path.c_str(), before.c_str()) != 0)
        return fail("{}: cannot be replaced: {}", a.path, reason());
    Status status = a.take_name();
    if (status) status = b.take_name();
    if (status) {
        unlink(before.c_str());
    } else if (replaces) {
        (void)rename(before.c_str(), a.path.c_str());
        unlink(before.c_str());  // both names were of one file: rename does nothing then
    } else {
        unlink(a.path.c_str());
    }
    return status;
}

void release_pages(const SharedBytes& bytes) {
    if (!bytes.mapped() || bytes.size() == 0) return;
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<uintptr_t>(bytes.data()) + page - 1) / page * page;
    const auto end = (reinterpret_cast<uintptr_t>(bytes.data()) + bytes.size()) / page * page;
    if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace lathe
