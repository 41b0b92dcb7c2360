// TensorProto -> Tensor: raw bytes, typed fields and external data files.
#pragma once
#include <map>
#include <string>

#include "graph/checkpoint.h"
#include "wire/protobuf.h"

namespace lathe::formats::onnx {

// Where a model's bytes are: the mapped file, and the files beside it, which are mapped once each.
class DataSource {
public:
    // path: of the model, for sibling files; "" when it has none (then external data is refused).
    DataSource(SharedBytes file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
    const SharedBytes& file() const { return file_; }
    // Bytes [offset, offset + length) of a sibling; length < 0: to its end. Errors: a location that is absolute or
    // leaves the model's folder ("..", a drive letter), a file that is missing or shorter.
    Result<SharedBytes> external(std::string_view location, int64_t offset, int64_t length);

private:
    SharedBytes file_;
    std::string path_;
    std::map<std::string, SharedBytes, std::less<>> siblings_;
};

// The tensor is a view of the file wherever its bytes lie there as they are (raw or external); else a copy.
// Errors: a type that Lathe does not have (strings too), sizes that do not match the bytes there, segments.
Result<graph::NamedTensor> read_tensor(wire::ProtoReader reader, DataSource& source);

}  // namespace lathe::formats::onnx
