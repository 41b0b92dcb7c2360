// Files in WebAssembly: read whole through stdio, written under a temporary name and renamed.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/file.h"

namespace lathe {

Result<SharedBytes> map_file(const std::string& path) {
    struct stat info{};
    if (stat(path.c_str(), &info) != 0)
        return fail("{}: cannot open the file: {}", path, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fail("{}: not a regular file", path);
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) return fail("{}: cannot open the file: {}", path, std::strerror(errno));
    HeapBytes block(static_cast<size_t>(info.st_size));
    const size_t got = std::fread(block.data.get(), 1, block.size, file);
    std::fclose(file);
    if (got != block.size) return fail("{}: read {} bytes of {}", path, got, block.size);
    return block.freeze();
}

bool file_exists(const std::string& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0;
}

bool is_directory(const std::string& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

struct OutputFile::Impl {
    std::string path;
    std::string temporary;
    std::FILE* file = nullptr;
    uint64_t written = 0;
    ~Impl() {
        if (file != nullptr) std::fclose(file);
        if (!temporary.empty()) unlink(temporary.c_str());
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
    const size_t slash = path.rfind('/');
    impl->temporary = folder.empty() || slash == std::string::npos ? path + ".partial"
                                                                   : folder + path.substr(slash) + ".partial";
    impl->file = std::fopen(impl->temporary.c_str(), "wb");
    if (impl->file == nullptr) {
        const std::string why = std::strerror(errno);
        impl->temporary.clear();
        return fail("{}: cannot write here: {}", path, why);
    }
    return OutputFile(std::move(impl));
}

Status OutputFile::write(ByteSpan bytes) {
    auto& out = *impl_;
    if (std::fwrite(bytes.data(), 1, bytes.size(), out.file) != bytes.size())
        return fail("{}: cannot write {} bytes at offset {}: {}", out.path, bytes.size(), out.written,
                    std::strerror(errno));
    out.written += bytes.size();
    return {};
}

uint64_t OutputFile::offset() const { return impl_->written; }

Status OutputFile::sync() {
    if (std::fflush(impl_->file) != 0) return fail("{}: cannot write: {}", impl_->path, std::strerror(errno));
    return {};
}

Status OutputFile::commit_as(const std::string& path) {
    impl_->path = path;
    return commit();
}

Status OutputFile::commit() {
    auto& out = *impl_;
    const int closed = std::fclose(out.file);
    out.file = nullptr;
    if (closed != 0 || std::rename(out.temporary.c_str(), out.path.c_str()) != 0)
        return fail("{}: cannot finish the file: {}", out.path, std::strerror(errno));
    out.temporary.clear();
    return {};
}

// WebAssembly's file systems have no second names: a file that the first one replaces is gone when the second cannot be named.
Status commit_both(OutputFile& first, OutputFile& second) {
    const std::string path = first.impl_->path;
    TRY_STATUS(first.commit());
    Status status = second.commit();
    if (!status) std::remove(path.c_str());
    return status;
}

void release_pages(const SharedBytes&) {}

}  // namespace lathe
