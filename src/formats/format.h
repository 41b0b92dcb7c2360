// A format, as the table of all formats lists it: how to recognise a file by its bytes and how to open it.
// One folder per format; each offers plain functions of these two types, and all.cpp names them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "graph/checkpoint.h"
#include "graph/dim.h"

namespace lathe::formats {

// kCertain: the bytes are of this format and of no other. kPossible: they may be (a format without a signature, or a
// container that others use too); the extension may raise kNo to kPossible only where the bytes say nothing.
enum class Match { kNo, kPossible, kCertain };

struct InputType {
    std::optional<DType> dtype;  // nothing: as the file says, or as it seems
    graph::Dims shape;  // with symbols for sizes that stay open
};

// What the user says of a file that the file itself does not.
struct OpenOptions {
    std::map<std::string, InputType, std::less<>> inputs;  // of a program, by name; "" means the only input
};

struct Format {
    std::string_view name;  // as in Checkpoint::format and on the command line: "safetensors"
    std::string_view description;  // a phrase for people: "safetensors, single or sharded by an index file"
    // file: all bytes of the file (mapped, so only those looked at are read); path: for extensions and messages.
    // Cheap, and without errors: bytes that contradict the format give kNo.
    Match (*match)(ByteSpan file, std::string_view path);
    // file: the mapped file, of which the checkpoint's tensors are slices. path: as the user gave it; also leads to
    // sibling files (shards, external data). Errors begin with the path.
    Result<graph::Checkpoint> (*read)(const SharedBytes& file, const std::string& path);
    // The same with options, for formats that have a use for them.
    Result<graph::Checkpoint> (*read_with)(const SharedBytes& file, const std::string& path,
                                           const OpenOptions& options) = nullptr;
};

}  // namespace lathe::formats
