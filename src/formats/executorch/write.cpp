#include "formats/executorch/write.h"

#include "base/file.h"
#include "formats/executorch/lower.h"

namespace lathe::formats::executorch {
namespace {

Result<wire::Pieces> pieces_of_program(const graph::Graph& graph) {
    TRY(const Program program, lower(graph));
    return serialise(program);
}

}  // namespace

Status write(const graph::Graph& graph, const std::string& path) {
    TRY(const wire::Pieces pieces, pieces_of_program(graph));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph) {
    TRY(const wire::Pieces pieces, pieces_of_program(graph));
    return pieces.to_vector();
}

}  // namespace lathe::formats::executorch
