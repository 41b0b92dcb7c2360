#include "formats/numpy/npy.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "formats/numpy/header.h"
#include "wire/little_endian.h"

namespace lathe::formats {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLargestHeader = 1 << 20;

std::string stem_of(std::string_view path) {
    path = path.substr(path.rfind('/') + 1);
    const size_t dot = path.rfind('.');
    return std::string(dot == 0 ? path : path.substr(0, dot));
}

}  // namespace

Match match_npy(ByteSpan file, std::string_view) {
    return as_text(file).starts_with(kMagic) ? Match::kCertain : Match::kNo;
}

Result<Tensor> parse_npy(const SharedBytes& contents) {
    const ByteSpan all = contents.bytes();
    if (match_npy(all, "") == Match::kNo || all.size() < 10)
        return fail("not a .npy file, or cut off in its first bytes");
    const int version = std::to_integer<int>(all[6]);
    if (version < 1 || version > 3) return fail(".npy version {}, expected 1 to 3", version);
    if (version > 1 && all.size() < 12) return fail("the .npy file is cut off in its first bytes");
    const size_t start = version == 1 ? 10 : 12;
    const size_t size = version == 1 ? wire::load_le<uint16_t>(all, 8) : wire::load_le<uint32_t>(all, 8);
    if (size > std::min(all.size() - start, kLargestHeader))
        return fail("the .npy header claims {} bytes; the file has {} and the limit is {}", size, all.size(),
                    kLargestHeader);
    TRY(const numpy::Header header, numpy::parse_header(as_text(all.subspan(start, size))));
    const auto count = checked_element_count(header.shape);
    const size_t there = all.size() - start - size;
    const auto element = static_cast<size_t>(bits_of(header.dtype) / 8);
    if (!count || static_cast<uint64_t>(*count) > there / element)
        return fail(
            "an array {}{} does not fit in the {} bytes behind its header; the file may be incomplete",
            name_of(header.dtype), to_string(header.shape), there);
    SharedBytes data = contents.slice(start + size, static_cast<size_t>(*count) * element);
    if (header.big_endian && element > 1) data = numpy::swapped(data.bytes(), header.dtype);
    if (!header.fortran_order || header.shape.size() < 2)
        return Tensor(header.dtype, header.shape, std::move(data));
    return Tensor(header.dtype, header.shape, numpy::fortran_strides(header.shape), std::move(data));
}

Result<graph::Checkpoint> read_npy(const SharedBytes& file, const std::string& path) {
    TRY(Tensor tensor, with_place(parse_npy(file), path));
    graph::Checkpoint checkpoint{.format = "npy", .path = path};
    checkpoint.tensors.push_back({stem_of(path), std::move(tensor)});
    checkpoint.metadata = std::make_shared<const Json>(Json::object());
    return checkpoint;
}

Result<wire::Pieces> npy_pieces(const Tensor& tensor) {
    TRY(const std::string descr, numpy::descr_of(tensor.dtype()));
    std::string shape;
    for (const int64_t size : tensor.shape()) shape += format("{}, ", size);
    if (tensor.rank() > 1) shape.resize(shape.size() - 2);
    if (tensor.rank() == 1) shape.resize(shape.size() - 1);
    std::string header = format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
    header.append(63 - (kMagic.size() + 4 + header.size()) % 64, ' ');  // data begin at a multiple of 64
    header += '\n';
    if (header.size() > 65535)
        return fail("an array of {} dimensions does not fit in a .npy header", tensor.rank());
    std::string start(kMagic);
    start += std::string("\1\0", 2);
    wire::store_le(start, static_cast<uint16_t>(header.size()));
    wire::Pieces pieces;
    pieces.copy(start + header);
    if (tensor.contiguous()) pieces.borrow(tensor.storage());
    else
        pieces.make_later(static_cast<uint64_t>(tensor.size_bytes()),
                          [tensor]() -> Result<SharedBytes> { return tensor.to_contiguous().storage(); });
    return pieces;
}

Status write_npy(OutputFile& file, const Tensor& tensor) {
    TRY(const wire::Pieces pieces, npy_pieces(tensor));
    return pieces.write_to(file);
}

}  // namespace lathe::formats
