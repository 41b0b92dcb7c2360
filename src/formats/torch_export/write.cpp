#include "formats/torch_export/write.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "formats/torch/notes.h"
#include "formats/torch/storage.h"
#include "formats/torch/weight_paths.h"
#include "formats/torch_export/print.h"
#include "wire/zip.h"

namespace lathe::formats::torch_export {
namespace {

namespace aten = torch::aten;

constexpr std::string_view kRoot = "archive/", kZipVersion = "6\n";

// data/weights/weight_N or data/constants/tensor_N, and what says which is which. Equal tensors of the graph share a file.
Status add_payload(wire::ZipWriter& zip, const aten::Program& program, const std::vector<std::string>& paths,
                   const ProgramPrinter& printer, bool parameters) {
    const std::string folder = format("{}data/{}/", kRoot, parameters ? "weights" : "constants");
    Json config = Json::object();
    std::map<std::tuple<const std::byte*, DType, uint64_t>, std::string> files;
    for (size_t i = 0; i < program.weights.size(); ++i) {
        const aten::Weight& weight = program.weights[i];
        if (is_parameter(weight) != parameters) continue;
        wire::Pieces bytes = torch::stored_bytes(weight.tensor);
        const bool whole = bytes.size_bytes() == weight.tensor.storage().size();
        const auto key =
            std::tuple(weight.tensor.storage().data(), weight.tensor.dtype(), bytes.size_bytes());
        const auto known = files.find(key);
        if (known != files.end() && whole) {
            config[paths[i]] = printer.payload(weight, known->second);
            continue;
        }
        const std::string name = format("{}_{}", parameters ? "weight" : "tensor", files.size());
        files[whole ? key
                    : std::tuple(static_cast<const std::byte*>(nullptr), weight.tensor.dtype(),
                                 uint64_t{i})] = name;
        config[paths[i]] = printer.payload(weight, name);
        TRY_STATUS(zip.add(folder + name, std::move(bytes)));
    }
    return zip.add(format("{}model_{}_config.json", folder, parameters ? "weights" : "constants"),
                   to_text(Json{{"config", std::move(config)}}));
}

Result<wire::Pieces> pieces_of(const graph::Graph& graph) {
    TRY(const aten::Program program, aten::lower(graph, {.since_2 = true}));
    const auto paths = torch::weight_paths(program);
    const ProgramPrinter printer(program, paths);
    const std::string root(kRoot);
    wire::ZipWriter zip;
    TRY_STATUS(zip.add(root + "archive_format", std::string_view("pt2")));
    TRY_STATUS(zip.add(root + "archive_version", std::string_view("0")));
    TRY_STATUS(zip.add(root + "byteorder", std::string_view("little")));
    TRY_STATUS(add_payload(zip, program, paths, printer, true));
    TRY_STATUS(add_payload(zip, program, paths, printer, false));
    TRY_STATUS(zip.add(root + "models/model.json", to_text(printer.program())));
    TRY_STATUS(zip.add(root + "data/sample_inputs/model.pt", std::string_view()));  // none
    TRY_STATUS(zip.add(root + std::string(torch::kNotesEntry), torch::to_text(torch::notes_of(graph))));
    TRY_STATUS(zip.add(root + ".data/version", kZipVersion));
    return zip.finish();
}

}  // namespace

Status write(const graph::Graph& graph, const std::string& path) {
    TRY(const wire::Pieces pieces, pieces_of(graph));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph) {
    TRY(const wire::Pieces pieces, pieces_of(graph));
    return pieces.to_vector();
}

}  // namespace lathe::formats::torch_export
