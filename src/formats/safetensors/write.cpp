#include <algorithm>
#include <numeric>

#include "base/file.h"
#include "formats/safetensors/layout.h"
#include "formats/safetensors/safetensors.h"

namespace lathe::formats {
namespace {

Status write_laid_out(const safetensors::Layout& layout, size_t file_index,
                      std::span<const OutgoingTensor> tensors) {
    std::vector<size_t> held;
    for (size_t i = 0; i < tensors.size(); ++i)
        if (layout.places[i].file == file_index && layout.places[i].size_bytes > 0) held.push_back(i);
    std::ranges::sort(held, {}, [&](size_t i) { return layout.places[i].offset; });
    const safetensors::LaidOutFile& laid_out = layout.files[file_index];
    wire::Pieces pieces;
    pieces.copy(laid_out.start);
    for (const size_t i : held) pieces.make_later(layout.places[i].size_bytes, tensors[i].make);
    TRY(OutputFile file, OutputFile::create(laid_out.path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

}  // namespace

OutgoingTensor OutgoingTensor::of(std::string name, Tensor tensor) {
    OutgoingTensor out{.name = std::move(name), .dtype = tensor.dtype(), .shape = tensor.shape()};
    out.make = [tensor = std::move(tensor)]() -> Result<SharedBytes> {
        return tensor.to_contiguous().storage();
    };
    return out;
}

Status write_safetensors(const std::string& path, std::span<const OutgoingTensor> tensors,
                         const SafetensorsOptions& options) {
    std::vector<safetensors::Slot> slots;
    for (const OutgoingTensor& tensor : tensors) slots.push_back({tensor.name, tensor.dtype, tensor.shape});
    TRY(const safetensors::Layout layout,
        safetensors::lay_out(path, slots, options.metadata, options.largest_shard_bytes));
    for (size_t i = 0; i < layout.files.size(); ++i) TRY_STATUS(write_laid_out(layout, i, tensors));
    if (layout.index_path.empty()) return {};
    return write_file(layout.index_path, as_bytes(layout.index));
}

Status write_safetensors(const std::string& path, std::span<const graph::NamedTensor> tensors,
                         const SafetensorsOptions& options) {
    std::vector<OutgoingTensor> outgoing;
    for (const graph::NamedTensor& named : tensors)
        outgoing.push_back(OutgoingTensor::of(named.name, named.tensor));
    return write_safetensors(path, outgoing, options);
}

}  // namespace lathe::formats
