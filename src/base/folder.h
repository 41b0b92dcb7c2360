// What is in a folder.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace lathe {

struct FolderEntry {
    std::string name;
    bool is_folder = false;
};

// Regular files and folders in `path`, sorted by the bytes of their names. A link to a file counts as the file; links to
// folders are left out, so that walking down always ends. Errors: no such folder, not readable.
Result<std::vector<FolderEntry>> list_folder(const std::string& path);

}  // namespace lathe
