#include "formats/safetensors/header.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/json.h"
#include "base/text.h"
#include "wire/little_endian.h"

namespace lathe::formats::safetensors {
namespace {

struct Row {
    std::string_view name;
    DType dtype;
};
constexpr std::array<Row, 18> kRows{{
    {"BOOL", DType::kBool},
    {"F4", DType::kF4E2M1},
    {"U8", DType::kU8},
    {"I8", DType::kI8},
    {"F8_E5M2", DType::kF8E5M2},
    {"F8_E4M3", DType::kF8E4M3},
    {"F8_E8M0", DType::kF8E8M0},
    {"I16", DType::kI16},
    {"U16", DType::kU16},
    {"F16", DType::kF16},
    {"BF16", DType::kBF16},
    {"I32", DType::kI32},
    {"U32", DType::kU32},
    {"F32", DType::kF32},
    {"C64", DType::kC64},
    {"F64", DType::kF64},
    {"I64", DType::kI64},
    {"U64", DType::kU64},
}};

// Takes the header apart while it is parsed, so that a hostile one costs no more memory than it has bytes. A parser's
// callback returns false to stop; `problem` then says why.
class HeaderParser : public nlohmann::json_sax<Json> {
public:
    std::vector<Entry> entries;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::string problem;

    bool null() override { return value("null"); }
    bool boolean(bool) override { return value("a bool"); }
    bool number_integer(number_integer_t) override { return value("a negative number"); }
    bool number_float(number_float_t, const string_t&) override { return value("a number with a fraction"); }
    bool binary(binary_t&) override { return value("bytes"); }
    bool number_unsigned(number_unsigned_t number) override {
        if (depth_ != 3 || list_ == nullptr) return value("a number");
        if (number > static_cast<uint64_t>(INT64_MAX)) return stop("a number beyond 64 bits");
        list_->push_back(static_cast<int64_t>(number));
        return true;
    }
    bool string(string_t& text) override {
        if (depth_ == 2 && in_metadata_) metadata.emplace_back(field_, text);
        else if (depth_ == 2 && field_ == "dtype") return set_dtype(text);
        else return value("text");
        return true;
    }
    bool key(string_t& text) override {
        if (depth_ == 1) return start_entry(text);
        if (depth_ == 2) field_ = text;
        return true;
    }
    bool start_object(std::size_t) override {
        if (++depth_ > kMostLevels) return stop("nested too deep");
        if (list_ != nullptr || (depth_ == 3 && (in_metadata_ || known_field())))
            return stop("an object where it does not belong");
        return true;
    }
    bool end_object() override {
        --depth_;
        return depth_ != 1 || in_metadata_ || end_entry();
    }
    bool start_array(std::size_t) override {
        if (++depth_ > kMostLevels) return stop("nested too deep");
        if (depth_ <= 2 || (depth_ == 3 && in_metadata_)) return stop("a list where it does not belong");
        if (depth_ == 3 && field_ == "dtype") return stop("a list as dtype");
        if (depth_ == 4 && list_ != nullptr) return stop("a list in a list");
        if (depth_ == 3 && field_ == "shape") list_ = start_list(shape_, has_shape_);
        if (depth_ == 3 && field_ == "data_offsets") list_ = start_list(offsets_, has_offsets_);
        return problem.empty();
    }
    bool end_array() override {
        if (--depth_ == 2) list_ = nullptr;
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        if (problem.empty()) problem = format("not valid JSON at its byte {}", position);
        return false;
    }

private:
    static constexpr int kMostLevels = 64;

    bool stop(std::string_view what) {
        problem = depth_ < 2
                      ? std::string(what)
                      : format("'{}' has in '{}' {}", printable(current_.name), printable(field_), what);
        return false;
    }
    bool known_field() const { return field_ == "dtype" || field_ == "shape" || field_ == "data_offsets"; }
    // A value of a kind that no known field has: fine inside unknown fields only.
    bool value(std::string_view what) {
        if (depth_ < 2 || in_metadata_ || list_ != nullptr || (depth_ == 2 && known_field()))
            return stop(format("{} where it does not belong", what));
        return true;
    }
    bool set_dtype(const std::string& text) {
        const auto dtype = dtype_named(text);
        if (!dtype) return stop(format("the type '{}', which is not supported", printable(text)));
        if (has_dtype_) return stop("a second value");
        current_.dtype = *dtype;
        has_dtype_ = true;
        return true;
    }
    std::vector<int64_t>* start_list(std::vector<int64_t>& list, bool& has) {
        if (has) problem = format("'{}' has '{}' twice", printable(current_.name), printable(field_));
        has = true;
        return &list;
    }
    bool start_entry(const std::string& name) {
        if (!names_.insert(name).second) {
            problem = format("two tensors are named '{}'", printable(name));
            return false;
        }
        in_metadata_ = name == kMetadataKey;
        current_ = Entry{.name = name};
        field_.clear();
        shape_.clear();
        offsets_.clear();
        has_dtype_ = has_shape_ = has_offsets_ = false;
        return true;
    }
    bool end_entry() {
        if (!has_dtype_ || !has_shape_ || offsets_.size() != 2) {
            problem = format("'{}' lacks dtype, shape or two data_offsets", printable(current_.name));
            return false;
        }
        current_.shape = shape_;
        current_.begin = static_cast<uint64_t>(offsets_[0]);
        current_.end = static_cast<uint64_t>(offsets_[1]);
        entries.push_back(std::move(current_));
        return true;
    }

    int depth_ = 0;
    bool in_metadata_ = false;
    std::string field_;
    Entry current_;
    std::vector<int64_t> shape_, offsets_;
    std::vector<int64_t>* list_ = nullptr;
    bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
    std::unordered_set<std::string> names_;
};

Status check_size(const Entry& entry) {
    const auto count = checked_element_count(entry.shape);
    if (!count || *count > (int64_t{1} << 58))
        return fail("tensor '{}' has the impossible shape {}", printable(entry.name), to_string(entry.shape));
    if (*count * bits_of(entry.dtype) % 8 != 0)
        return fail("tensor '{}' has {} elements of {} bits, which are no whole bytes", printable(entry.name),
                    *count, bits_of(entry.dtype));
    const auto needed = static_cast<uint64_t>(bytes_of(entry.dtype, *count));
    if (entry.end < entry.begin || entry.end - entry.begin != needed)
        return fail("tensor '{}', {}{}, has the bytes {} to {}, expected {} bytes", printable(entry.name),
                    lathe::name_of(entry.dtype), to_string(entry.shape), entry.begin, entry.end, needed);
    return {};
}

}  // namespace

std::optional<DType> dtype_named(std::string_view name) {
    const auto it = std::ranges::find(kRows, name, &Row::name);
    return it == kRows.end() ? std::nullopt : std::optional(it->dtype);
}

std::optional<std::string_view> name_of(DType dtype) {
    const auto it = std::ranges::find(kRows, dtype, &Row::dtype);
    return it == kRows.end() ? std::nullopt : std::optional(it->name);
}

Result<Header> parse_header(ByteSpan file) {
    if (file.size() < 8) return fail("{} bytes are too few for a safetensors file", file.size());
    const auto size = wire::load_le<uint64_t>(file);
    if (size > kLargestHeader) return fail("a header of {} bytes, expected at most {}", size, kLargestHeader);
    if (size > file.size() - 8)
        return fail("a header of {} bytes, but the file has {}; the download may be incomplete", size,
                    file.size());
    const std::string_view text = as_text(file.subspan(8, static_cast<size_t>(size)));
    if (!text.starts_with('{'))
        return fail("the header begins with '{}', expected '{{'", printable(text.substr(0, 1)));
    HeaderParser parser;
    if (!Json::sax_parse(text.begin(), text.end(), &parser))
        return fail("the header is damaged: {}", parser.problem);

    Header header{.entries = std::move(parser.entries),
                  .metadata = std::move(parser.metadata),
                  .data_offset = static_cast<size_t>(size) + 8};
    std::ranges::stable_sort(header.entries, {},
                             [](const Entry& entry) { return std::pair(entry.begin, entry.end); });
    uint64_t at = 0;
    for (const Entry& entry : header.entries) {
        TRY_STATUS(check_size(entry));
        if (entry.begin != at)
            return fail("tensor '{}' begins at byte {} of the data, but the one before ends at {}",
                        printable(entry.name), entry.begin, at);
        at = entry.end;
    }
    const uint64_t there = file.size() - header.data_offset;
    if (at > there)
        return fail(
            "tensor '{}' ends at byte {} of the data, but the file has {}; the download may be incomplete",
            printable(header.entries.back().name), at, there);
    if (at < there) return fail("{} bytes behind the last tensor belong to none", there - at);
    return header;
}

}  // namespace lathe::formats::safetensors
