// A TorchScript archive opened: its modules as objects, its code as trees that are parsed when they are first needed.
// Layout: ROOT/data.pkl (the module, with tensors in ROOT/data/), ROOT/constants.pkl (a tuple, with tensors in
// ROOT/constants/), ROOT/code/__torch__/….py. Source: torch/csrc/jit/docs/serialization.md.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/torch/importer.h"
#include "formats/torch/notes.h"
#include "formats/torchscript/syntax.h"
#include "graph/checkpoint.h"
#include "wire/zip.h"

namespace lathe::formats::torchscript {

// What the qualified names of an archive's own classes and functions begin with.
inline constexpr std::string_view kCodeRoot = "__torch__.";

// Where a piece of code stands.
struct CodePlace {
    std::string file;  // "code/__torch__/models.py"
    std::string module;  // "__torch__.models"
};

struct FoundClass {
    const ClassSyntax* syntax = nullptr;
    const CodePlace* place = nullptr;
};
struct FoundFunction {
    const FunctionSyntax* syntax = nullptr;
    const CodePlace* place = nullptr;
};

class Program {
public:
    // Objects are kept by `importer`. Errors: no TorchScript archive, damaged, or of a version that is not known.
    static Result<std::unique_ptr<Program>> open(const SharedBytes& file, torch::Importer& importer);

    // By qualified name, "__torch__.models.Net". Null syntax: there is none. Errors: code that does not parse.
    Result<FoundClass> find_class(std::string_view name);
    Result<FoundFunction> find_function(std::string_view name);

    torch::Value root;  // the module
    torch::Items constants;  // CONSTANTS.c0, …
    std::vector<graph::NamedTensor> tensors;  // of the module, by their paths
    int64_t version = 0;
    std::optional<torch::Notes> notes;  // of a program that Lathe wrote

private:
    struct File {
        CodePlace place;
        FileSyntax syntax;
    };
    explicit Program(wire::ZipArchive archive) : archive_(std::move(archive)) {}
    Result<const File*> file_of(std::string_view module);

    wire::ZipArchive archive_;
    std::string folder_;  // "ROOT/"
    uint64_t limit_bytes_ = 0;
    std::map<std::string, std::unique_ptr<File>, std::less<>> files_;  // by module; null: there is none
};

// The folder of the archive ("ROOT/"), or nothing when it is no TorchScript archive.
std::optional<std::string> folder_of(const wire::ZipArchive& archive);

}  // namespace lathe::formats::torchscript
