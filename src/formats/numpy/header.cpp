#include "formats/numpy/header.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace lathe::formats::numpy {
namespace {

struct Row {
    std::string_view code;  // kind and bytes
    DType dtype;
};
constexpr std::array<Row, 14> kRows{{{"f8", DType::kF64},
                                     {"f4", DType::kF32},
                                     {"f2", DType::kF16},
                                     {"i8", DType::kI64},
                                     {"i4", DType::kI32},
                                     {"i2", DType::kI16},
                                     {"i1", DType::kI8},
                                     {"u8", DType::kU64},
                                     {"u4", DType::kU32},
                                     {"u2", DType::kU16},
                                     {"u1", DType::kU8},
                                     {"b1", DType::kBool},
                                     {"c8", DType::kC64},
                                     {"c16", DType::kC128}}};
constexpr size_t kMostDimensions = 64;  // NumPy's own limit

// The few parts of Python's notation that headers use.
class Literal {
public:
    explicit Literal(std::string_view text) : text_(text) {}

    bool accept(char c) {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool next_is(char c) {
        if (!accept(c)) return false;
        --at_;
        return true;
    }
    Result<std::string_view> string() {
        const char quote = next_is('"') ? '"' : '\'';
        if (!accept(quote)) return wrong("a string");
        const size_t end = text_.find(quote, at_);
        if (end == std::string_view::npos) return wrong("the end of a string");
        const std::string_view value = text_.substr(at_, end - at_);
        at_ = end + 1;
        return value;
    }
    Result<bool> boolean() {
        accept(' ');
        for (const std::string_view word : {"True", "False"}) {
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            return word == "True";
        }
        return wrong("True or False");
    }
    Result<int64_t> size() {
        accept(' ');
        const size_t start = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        int64_t value = 0;
        if (!parse_int(text_.substr(start, at_ - start), value)) return wrong("a size");
        if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2
        return value;
    }
    bool at_end() {
        while (accept('\n')) {}
        return at_ == text_.size();
    }
    std::unexpected<Error> wrong(std::string_view expected) const {
        return fail("the .npy header has '{}' at its byte {}, expected {}", printable(text_.substr(at_), 20),
                    at_, expected);
    }

private:
    std::string_view text_;
    size_t at_ = 0;
};

Result<Shape> parse_shape(Literal& in) {
    if (!in.accept('(')) return in.wrong("'(' of the shape");
    Shape shape;
    while (!in.accept(')')) {
        if (shape.size() == kMostDimensions)
            return fail("the .npy header has more than {} dimensions", kMostDimensions);
        TRY(const int64_t size, in.size());
        shape.push_back(size);
        if (!in.accept(',') && !in.next_is(')')) return in.wrong("',' or ')'");
    }
    return shape;
}

}  // namespace

Result<DType> parse_descr(std::string_view descr, bool& big_endian) {
    const char order = descr.empty() ? ' ' : descr[0];
    big_endian = order == '>';
    const bool has_order = order == '<' || order == '>' || order == '|' || order == '=';
    const std::string_view code = descr.substr(has_order ? 1 : 0);
    for (const Row& row : kRows)
        if (row.code == code) return row.dtype;
    const char kind = code.empty() ? ' ' : code[0];
    const std::string_view what =
        kind == 'O'                  ? "Python objects, which are never run or read"
        : kind == 'S' || kind == 'U' ? "text"
        : kind == 'M' || kind == 'm' ? "dates or times"
        : kind == 'V' ? "raw bytes of an unknown type (NumPy cannot say bfloat16; save as float32)"
                      : "a type that is not supported";
    return fail("the array's elements ('{}') are {}", printable(descr), what);
}

Result<std::string> descr_of(DType dtype) {
    for (const Row& row : kRows)
        if (row.dtype == dtype) return (bits_of(dtype) == 8 ? "|" : "<") + std::string(row.code);
    return fail("NumPy has no type for {}; convert the tensor to f32 first", name_of(dtype));
}

SharedBytes swapped(ByteSpan bytes, DType dtype) {
    const bool complex = dtype == DType::kC64 || dtype == DType::kC128;
    const auto size = static_cast<std::ptrdiff_t>(bits_of(dtype) / (complex ? 16 : 8));
    const HeapBytes out(bytes.size());
    std::ranges::copy(bytes, out.data.get());
    for (auto at = out.span().begin(); at != out.span().end(); at += size) std::reverse(at, at + size);
    return out.freeze();
}

Shape fortran_strides(const Shape& shape) {
    Shape strides(shape.size(), 1);
    for (size_t i = 1; i < strides.size(); ++i) strides[i] = strides[i - 1] * shape[i - 1];
    return strides;
}

Result<Header> parse_header(std::string_view text) {
    Literal in(text);
    Header header;
    if (!in.accept('{')) return in.wrong("'{'");
    bool descr = false, order = false, shape = false;
    while (!in.accept('}')) {
        TRY(const std::string_view key, in.string());
        if (!in.accept(':')) return in.wrong("':'");
        if (key == "descr" && !descr) {
            if (in.next_is('['))
                return fail("the array's elements are records; save each field as an array of its own");
            TRY(const std::string_view code, in.string());
            TRY(header.dtype, parse_descr(code, header.big_endian));
            descr = true;
        } else if (key == "fortran_order" && !order) {
            TRY(header.fortran_order, in.boolean());
            order = true;
        } else if (key == "shape" && !shape) {
            TRY(header.shape, parse_shape(in));
            shape = true;
        } else {
            return fail("the .npy header has an unexpected key '{}'", printable(key));
        }
        if (!in.accept(',') && !in.next_is('}')) return in.wrong("',' or '}'");
    }
    if (!descr || !order || !shape) return fail("the .npy header lacks descr, fortran_order or shape");
    if (!in.at_end()) return in.wrong("the end");
    return header;
}

}  // namespace lathe::formats::numpy
