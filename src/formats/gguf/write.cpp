#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "formats/gguf/gguf.h"
#include "formats/gguf/types.h"
#include "wire/little_endian.h"
#include "wire/pieces.h"

namespace lathe::formats {
namespace {

constexpr size_t kGgufListed = 10;

void store_gguf_text(std::string& out, std::string_view text) {
    wire::store_le<uint64_t>(out, text.size());
    out += text;
}

void store_gguf_pair(std::string& out, std::string_view key, std::string_view value) {
    store_gguf_text(out, key);
    wire::store_le<int32_t>(out, static_cast<int32_t>(gguf::ValueType::kString));
    store_gguf_text(out, value);
}

void store_gguf_pair(std::string& out, std::string_view key, uint32_t value) {
    store_gguf_text(out, key);
    wire::store_le<int32_t>(out, static_cast<int32_t>(gguf::ValueType::kU32));
    wire::store_le<uint32_t>(out, value);
}

DType gguf_type_of(const Tensor& tensor, const GgufOptions& options) {
    const bool narrows =
        options.matrices && tensor.rank() >= 2 && is_float(tensor.dtype()) && bits_of(tensor.dtype()) >= 16;
    return narrows ? *options.matrices : tensor.dtype();
}

Status check_gguf_tensors(std::span<const graph::NamedTensor> tensors, const GgufOptions& options) {
    std::vector<std::string> bad;
    std::set<std::string_view> names;
    for (const auto& [name, tensor] : tensors) {
        if (name.size() >= gguf::kNameLimit)
            bad.push_back(format("'{}' (a name of {} bytes)", printable(name), name.size()));
        else if (!gguf::number_of_dtype(gguf_type_of(tensor, options)))
            bad.push_back(format("'{}' ({})", printable(name), name_of(tensor.dtype())));
        else if (tensor.rank() > static_cast<int>(gguf::kMostAxes))
            bad.push_back(format("'{}' ({} axes)", printable(name), tensor.rank()));
        else if (!names.insert(name).second) bad.push_back(format("'{}' (twice)", printable(name)));
    }
    if (bad.empty()) return {};
    const size_t more = bad.size() > kGgufListed ? bad.size() - kGgufListed : 0;
    if (more > 0) bad.resize(kGgufListed);
    return fail(
        "GGUF holds names of up to {} bytes, {} axes and the types f64 f32 f16 bf16 i64 i32 i16 i8, not {}{}",
        gguf::kNameLimit - 1, gguf::kMostAxes, join(bad, ", "),
        more == 0 ? "" : format(" and {} more", more));
}

// The numbers of llama.cpp's general.file_type.
uint32_t gguf_file_type(const GgufOptions& options) {
    if (options.matrices == DType::kF16) return 1;
    return options.matrices == DType::kBF16 ? 32 : 0;
}

}  // namespace

Status write_gguf(const std::string& path, std::span<const graph::NamedTensor> tensors,
                  const GgufOptions& options) {
    TRY_STATUS(check_gguf_tensors(tensors, options));
    std::string pairs;
    uint64_t count = 0;
    const auto add = [&](std::string_view key, const auto& value) {
        store_gguf_pair(pairs, key, value);
        ++count;
    };
    add("general.architecture", std::string_view(options.architecture));
    if (!options.name.empty()) add("general.name", std::string_view(options.name));
    add("general.alignment", static_cast<uint32_t>(gguf::kUsualAlignment));
    add("general.file_type", gguf_file_type(options));
    for (const auto& [key, value] : options.metadata) add(key, std::string_view(value));

    std::string head(gguf::kMagic);
    wire::store_le<uint32_t>(head, gguf::kVersion);
    wire::store_le<int64_t>(head, static_cast<int64_t>(tensors.size()));
    wire::store_le<int64_t>(head, static_cast<int64_t>(count));
    head += pairs;
    uint64_t offset = 0;
    wire::Pieces data;
    for (const auto& [name, tensor] : tensors) {
        const DType dtype = gguf_type_of(tensor, options);
        const auto size = static_cast<uint64_t>(bytes_of(dtype, tensor.count()));
        store_gguf_text(head, name);
        wire::store_le<uint32_t>(head, static_cast<uint32_t>(tensor.rank()));
        for (size_t i = tensor.shape().size(); i-- > 0;) wire::store_le<int64_t>(head, tensor.shape()[i]);
        wire::store_le<int32_t>(head, *gguf::number_of_dtype(dtype));
        wire::store_le<uint64_t>(head, offset);
        data.make_later(size, [tensor, dtype]() -> Result<SharedBytes> {
            return tensor.to_contiguous().to(dtype).to_contiguous().storage();
        });
        const uint64_t padding =
            (gguf::kUsualAlignment - size % gguf::kUsualAlignment) % gguf::kUsualAlignment;
        data.zeros(padding);
        offset += size + padding;
    }
    head.append((gguf::kUsualAlignment - head.size() % gguf::kUsualAlignment) % gguf::kUsualAlignment, '\0');
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(file.write(head));
    TRY_STATUS(data.write_to(file));
    return file.commit();
}

}  // namespace lathe::formats
