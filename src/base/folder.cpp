// POSIX calls that WASI has as well.
#include "base/folder.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lathe {

Result<std::vector<FolderEntry>> list_folder(const std::string& path) {
    DIR* folder = opendir(path.c_str());
    if (folder == nullptr) return fail("{}: cannot open the folder: {}", path, std::strerror(errno));
    std::vector<FolderEntry> entries;
    while (const dirent* entry = readdir(folder)) {
        const std::string name = entry->d_name, whole = path + "/" + name;
        struct stat own{}, target{};
        if (name == "." || name == ".." || lstat(whole.c_str(), &own) != 0 ||
            stat(whole.c_str(), &target) != 0)
            continue;
        if (S_ISREG(target.st_mode) || S_ISDIR(own.st_mode)) entries.push_back({name, S_ISDIR(own.st_mode)});
    }
    closedir(folder);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
}

}  // namespace lathe
