// POSIX calls that WASI has as well.
#include "base/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/folder.h"

namespace lathe {
namespace {

constexpr int kMostDepth = 16;

std::string beside(const std::string& path, std::string_view suffix) {
    const size_t slash = path.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    return format("{}.{}.{}", path.substr(0, name), path.substr(name), suffix);
}

// What an interrupted commit left. Never follows links.
void remove_tree(const std::string& path, int depth = 0) {
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0) return;
    if (!S_ISDIR(info.st_mode)) {
        unlink(path.c_str());
        return;
    }
    if (const auto entries = list_folder(path); entries && depth < kMostDepth)
        for (const FolderEntry& entry : *entries) remove_tree(path + "/" + entry.name, depth + 1);
    rmdir(path.c_str());
}

// The folders above the file `name` in `root`.
Status make_folders(const std::string& root, const std::string& name) {
    for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        const std::string folder = root + "/" + name.substr(0, slash);
        if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
            return fail("{}: cannot make the folder: {}", folder, std::strerror(errno));
    }
    return {};
}

struct RemovedAtEnd {
    std::string path;
    ~RemovedAtEnd() { remove_tree(path); }
};

// Puts `fresh` in the place of the folder `path`, and that one in `fresh`'s. Where the system cannot do both at once, there
// is a moment with neither.
bool change_places(const std::string& fresh, const std::string& path) {
#ifdef RENAME_EXCHANGE
    if (renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) return true;
#endif
    const std::string old = beside(path, "old");
    remove_tree(old);
    if (std::rename(path.c_str(), old.c_str()) != 0) return false;
    if (std::rename(fresh.c_str(), path.c_str()) != 0) {
        const int why = errno;
        (void)std::rename(old.c_str(), path.c_str());
        errno = why;
        return false;
    }
    remove_tree(old);
    return true;
}

}  // namespace

Result<OutputFolder> OutputFolder::create(const std::string& path, std::string_view replaceable) {
    std::string plain = path;
    while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
    if (is_directory(plain)) {
        const auto entries = list_folder(plain);
        const bool ours =
            entries && (entries->empty() || file_exists(plain + "/" + std::string(replaceable)));
        if (!ours) return fail("{}: is a folder of something else; give another name", path);
    } else if (file_exists(plain)) {
        return fail("{}: is a file, and a folder is to be written", path);
    }
    return OutputFolder(std::move(plain));
}

Result<OutputFile> OutputFolder::file(const std::string& name) {
    open_ = name;
    const size_t slash = path_.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : path_.substr(0, std::max<size_t>(slash, 1));
    return OutputFile::create(path_ + "/" + name, parent);
}

void OutputFolder::put(OutputFile file) { files_.push_back({std::move(file), std::exchange(open_, {})}); }

Status OutputFolder::name_files(const std::string& root) {
    if (mkdir(root.c_str(), 0777) != 0)
        return fail("{}: cannot make the folder: {}", path_, std::strerror(errno));
    for (Part& part : files_) {
        TRY_STATUS(make_folders(root, part.name));
        TRY_STATUS(part.file.commit_as(root + "/" + part.name));
    }
    files_.clear();
    return {};
}

Status OutputFolder::commit() {
    for (Part& part : files_) TRY_STATUS(part.file.sync());
    const RemovedAtEnd fresh{beside(path_, "partial")};
    remove_tree(fresh.path);
    TRY_STATUS(name_files(fresh.path));
    const bool done = is_directory(path_) ? change_places(fresh.path, path_)
                                          : std::rename(fresh.path.c_str(), path_.c_str()) == 0;
    if (!done) return fail("{}: cannot name the finished folder: {}", path_, std::strerror(errno));
    return {};
}

}  // namespace lathe
