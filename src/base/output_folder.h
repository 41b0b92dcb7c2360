// OutputFolder: a folder of files that appears under its name only when everything in it is complete.
//
//   TRY(OutputFolder folder, OutputFolder::create("net.mlpackage"));
//   TRY(OutputFile file, folder.file("Data/model.bin"));
//   … file.write(…) …
//   folder.put(std::move(file));
//   TRY_STATUS(folder.commit());
//
// Files have no name while they are written (see OutputFile). commit() brings all of them to the disk first, then makes
// the folder `.net.mlpackage.partial` beside its place, names them in it, and puts it there in one step; an older folder of
// that name changes places with it. So a program that is interrupted leaves nothing behind, but in that last moment the
// partial folder, which the next commit() under that name takes away. Move-only.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace lathe {

class OutputFolder {
public:
    // `replaceable`: a file that an existing folder must have at its top to be replaced. Errors: the parent is missing;
    // `path` is a file, or a folder without that file.
    static Result<OutputFolder> create(const std::string& path,
                                       std::string_view replaceable = "Manifest.json");

    // A file of the folder; `name` is its path in it, with '/'. One at a time: put() it before the next.
    Result<OutputFile> file(const std::string& name);
    void put(OutputFile file);
    // Errors: disk full and the like; then the older folder, or none, is there.
    Status commit();

private:
    explicit OutputFolder(std::string path) : path_(std::move(path)) {}
    Status name_files(const std::string& root);

    std::string path_;
    struct Part {
        OutputFile file;
        std::string name;
    };
    std::vector<Part> files_;
    std::string open_;  // the name of the file that is being written
};

}  // namespace lathe
