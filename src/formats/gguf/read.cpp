#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "formats/gguf/gguf.h"
#include "formats/gguf/types.h"
#include "wire/little_endian.h"

namespace lathe::formats {
namespace {

constexpr uint64_t kShownGgufValues = 64;
constexpr int kDeepestGgufArray = 4;
constexpr uint64_t kLargestGgufAlignment = uint64_t{1} << 20;

class GgufReader {
public:
    explicit GgufReader(const SharedBytes& file) : file_(file) {}
    Result<graph::Checkpoint> run();

private:
    size_t left() const { return file_.size() - at_; }
    template <class T>
    Result<T> number() {
        if (left() < sizeof(T))
            return fail("the file ends at byte {} where a number of {} bytes should be", file_.size(),
                        sizeof(T));
        const T value = wire::load_le<T>(file_.bytes(), at_);
        at_ += sizeof(T);
        return value;
    }
    Result<std::string> text(std::string_view what);
    template <class T>
    Result<Json> as_json() {
        TRY(const T value, number<T>());
        return Json(value);
    }
    Result<Json> value(int32_t type, int depth);
    Result<Json> array(int depth);
    Status pairs(int64_t count);
    Status tensor();

    struct Entry {
        std::string name;
        DType dtype;
        Shape shape;
        uint64_t offset, size;
    };
    const SharedBytes& file_;
    size_t at_ = 0;
    uint64_t alignment_ = gguf::kUsualAlignment;
    Json metadata_ = Json::object();
    std::vector<Entry> entries_;
    std::set<std::string> names_;
    std::map<int32_t, int> unknown_;  // types, and how many tensors have them
};

Result<std::string> GgufReader::text(std::string_view what) {
    TRY(const uint64_t size, number<uint64_t>());
    if (size > left())
        return fail("{} at byte {} is said to have {} bytes, but the file has {} more", what, at_, size,
                    left());
    std::string result(as_text(file_.bytes().subspan(at_, static_cast<size_t>(size))));
    at_ += static_cast<size_t>(size);
    return result;
}

Result<Json> GgufReader::array(int depth) {
    if (depth == kDeepestGgufArray) return fail("arrays are nested deeper than {} levels", kDeepestGgufArray);
    TRY(const int32_t type, number<int32_t>());
    TRY(const uint64_t count, number<uint64_t>());
    if (count > left())
        return fail("an array at byte {} is said to have {} values, but the file has {} more bytes", at_,
                    count, left());
    Json list = Json::array();
    for (uint64_t i = 0; i < count; ++i) {
        TRY(Json one, value(type, depth + 1));
        if (count <= kShownGgufValues) list.push_back(std::move(one));
    }
    return count <= kShownGgufValues ? list : Json(format("{} values", count));
}

Result<Json> GgufReader::value(int32_t type, int depth) {
    switch (static_cast<gguf::ValueType>(type)) {
        case gguf::ValueType::kU8: return as_json<uint8_t>();
        case gguf::ValueType::kI8: return as_json<int8_t>();
        case gguf::ValueType::kU16: return as_json<uint16_t>();
        case gguf::ValueType::kI16: return as_json<int16_t>();
        case gguf::ValueType::kU32: return as_json<uint32_t>();
        case gguf::ValueType::kI32: return as_json<int32_t>();
        case gguf::ValueType::kF32: return as_json<float>();
        case gguf::ValueType::kU64: return as_json<uint64_t>();
        case gguf::ValueType::kI64: return as_json<int64_t>();
        case gguf::ValueType::kF64: return as_json<double>();
        case gguf::ValueType::kBool: {
            TRY(const uint8_t flag, number<uint8_t>());
            if (flag > 1) return fail("a truth value at byte {} is {}", at_ - 1, flag);
            return Json(flag == 1);
        }
        case gguf::ValueType::kString: {
            TRY(std::string words, text("a text"));
            return Json(std::move(words));
        }
        case gguf::ValueType::kArray: return array(depth);
    }
    return fail("a value at byte {} is of type {}, expected 0 to 12", at_, type);
}

Status GgufReader::pairs(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        TRY(const std::string key, text("a key"));
        TRY(const int32_t type, number<int32_t>());
        TRY(Json found, with_place(value(type, 0), format("the key '{}'", printable(key))));
        if (metadata_.contains(key)) return fail("the key '{}' is there twice", printable(key));
        if (key == "general.alignment") {
            if (!found.is_number_unsigned()) return fail("general.alignment is no whole number");
            alignment_ = found.get<uint64_t>();
            if (alignment_ == 0 || (alignment_ & (alignment_ - 1)) != 0 || alignment_ > kLargestGgufAlignment)
                return fail("general.alignment is {}, expected a power of two", alignment_);
        }
        metadata_[key] = std::move(found);
    }
    return {};
}

Status GgufReader::tensor() {
    Entry entry{};
    TRY(entry.name, text("the name of a tensor"));
    const std::string place = format("tensor '{}'", printable(entry.name));
    if (entry.name.size() >= gguf::kNameLimit)
        return fail("{}: its name has {} bytes, expected at most {}", place, entry.name.size(),
                    gguf::kNameLimit - 1);
    if (!names_.insert(entry.name).second) return fail("{}: there are two of that name", place);
    TRY(const uint32_t axes, number<uint32_t>());
    if (axes > gguf::kMostAxes)
        return fail("{}: it has {} dimensions, expected at most {}", place, axes, gguf::kMostAxes);
    for (uint32_t i = 0; i < axes; ++i) {
        TRY(const int64_t size, number<int64_t>());
        entry.shape.insert(entry.shape.begin(), size);
    }
    TRY(const int32_t type, number<int32_t>());
    TRY(entry.offset, number<uint64_t>());
    const auto dtype = gguf::dtype_of_number(type);
    const auto count = checked_element_count(entry.shape);
    if (!count || *count > (int64_t{1} << 58))
        return fail("{}: its sizes {} are no shape", place, to_string(entry.shape));
    if (!dtype) {
        ++unknown_[type];
        return {};
    }
    entry.dtype = *dtype;
    entry.size = static_cast<uint64_t>(bytes_of(*dtype, *count));
    entries_.push_back(std::move(entry));
    return {};
}

Result<graph::Checkpoint> GgufReader::run() {
    if (left() < gguf::kMagic.size()) return fail("the file has {} bytes, too few for GGUF", left());
    at_ = gguf::kMagic.size();
    TRY(const uint32_t version, number<uint32_t>());
    if (version != gguf::kVersion)
        return fail("its version is {}, expected {}{}", version, gguf::kVersion,
                    version > 0xffff ? " (the file is big-endian)" : "");
    TRY(const int64_t tensors, number<int64_t>());
    TRY(const int64_t count, number<int64_t>());
    // A tensor takes 24 bytes at least, a pair 13.
    if (tensors < 0 || count < 0 || static_cast<uint64_t>(tensors) > left() / 24 ||
        static_cast<uint64_t>(count) > left() / 13)
        return fail("it is said to have {} tensors and {} pairs, for which it is too short", tensors, count);
    TRY_STATUS(pairs(count));
    for (int64_t i = 0; i < tensors; ++i) TRY_STATUS(tensor());
    if (!unknown_.empty()) {
        std::vector<std::string> kinds;
        for (const auto& [type, many] : unknown_) kinds.push_back(format("{} of type {}", many, type));
        return fail("it has tensors of quantised types, which are not read: {}", join(kinds, ", "));
    }
    const uint64_t data = (at_ + alignment_ - 1) / alignment_ * alignment_;
    graph::Checkpoint checkpoint{.format = "gguf", .path = {}};
    for (Entry& entry : entries_) {
        if (entry.offset % alignment_ != 0)
            return fail("tensor '{}': its offset {} is no multiple of {}", printable(entry.name),
                        entry.offset, alignment_);
        const uint64_t room = file_.size() < data ? 0 : file_.size() - data;
        if (entry.offset > room || entry.size > room - entry.offset)
            return fail(
                "tensor '{}': it ends at byte {} of the data, which has {}; the download may be incomplete",
                printable(entry.name), entry.offset + entry.size, room);
        checkpoint.tensors.push_back(
            {std::move(entry.name),
             Tensor(entry.dtype, std::move(entry.shape),
                    file_.slice(static_cast<size_t>(data + entry.offset), static_cast<size_t>(entry.size)))});
    }
    checkpoint.metadata = std::make_shared<const Json>(std::move(metadata_));
    return checkpoint;
}

}  // namespace

Match match_gguf(ByteSpan file, std::string_view) {
    return file.size() >= 8 && as_text(file.first(4)) == gguf::kMagic ? Match::kCertain : Match::kNo;
}

Result<graph::Checkpoint> read_gguf(const SharedBytes& file, const std::string& path) {
    TRY(graph::Checkpoint checkpoint, with_place(GgufReader(file).run(), path));
    checkpoint.path = path;
    return checkpoint;
}

}  // namespace lathe::formats
