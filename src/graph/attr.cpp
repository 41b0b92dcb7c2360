#include "graph/attr.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/text.h"

namespace lathe::graph {
namespace {

std::string float_text(double value) {
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (std::isnan(value)) return "nan";
    std::string text = format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

template <class List, class Print>
std::string list_text(const List& list, Print print) {
    std::string text = "[";
    for (size_t i = 0; i < list.size(); ++i) text += (i ? ", " : "") + print(list[i]);
    return text + "]";
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') out += "\\n";
        else out += c;
    }
    return out + "\"";
}

// The items of "[a, f(b, c)]".
Result<std::vector<std::string_view>> list_items(std::string_view text) {
    if (text.size() < 2 || text.front() != '[' || text.back() != ']')
        return fail("'{}' is no list", printable(text));
    text = trim(text.substr(1, text.size() - 2));
    std::vector<std::string_view> items;
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (text[i] == ',' && depth == 0) {
            items.push_back(trim(text.substr(start, i - start)));
            start = i + 1;
        }
    }
    if (!text.empty()) items.push_back(trim(text.substr(start)));
    return items;
}

Result<double> parse_float(std::string_view text) {
    double value = 0;
    if (!parse_double(text, value)) return fail("'{}' is no number", printable(text));
    return value;
}

Result<int64_t> parse_whole(std::string_view text) {
    int64_t value = 0;
    if (!parse_int(text, value)) return fail("'{}' is no whole number", printable(text));
    return value;
}

template <class T, class Parse>
Result<Attr> parse_list(std::string_view text, Parse parse) {
    TRY(const auto items, list_items(text));
    std::vector<T> values;
    for (const auto item : items) {
        TRY(T value, parse(item));
        values.push_back(std::move(value));
    }
    return Attr(std::move(values));
}

Result<Attr> parse_string(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return fail("'{}' is not quoted", printable(text));
    std::string value;
    for (size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size()) ++i, value += text[i] == 'n' ? '\n' : text[i];
        else value += text[i];
    }
    return Attr(std::move(value));
}

}  // namespace

std::string_view name_of(AttrType type) {
    static constexpr std::string_view kNames[] = {
        "a bool",           "an integer",           "a float", "a string", "a dtype", "a list of integers",
        "a list of floats", "a list of dimensions", "a tensor"};
    return kNames[static_cast<size_t>(type)];
}

std::string to_string(const Attr& attr) {
    switch (type_of(attr)) {
        case AttrType::kBool: return std::get<bool>(attr) ? "true" : "false";
        case AttrType::kInt: return format("{}", std::get<int64_t>(attr));
        case AttrType::kFloat: return float_text(std::get<double>(attr));
        case AttrType::kString: return quoted(std::get<std::string>(attr));
        case AttrType::kDType: return std::string(lathe::name_of(std::get<DType>(attr)));
        case AttrType::kInts:
            return list_text(std::get<Ints>(attr), [](int64_t v) { return format("{}", v); });
        case AttrType::kFloats: return list_text(std::get<Floats>(attr), float_text);
        case AttrType::kDims: return to_string(std::get<Dims>(attr));
        case AttrType::kTensor: return describe(std::get<Tensor>(attr));
    }
    return {};
}

Result<Attr> parse_attr(AttrType type, std::string_view text) {
    text = trim(text);
    switch (type) {
        case AttrType::kBool:
            if (text != "true" && text != "false")
                return fail("'{}' is neither true nor false", printable(text));
            return Attr(text == "true");
        case AttrType::kInt: {
            TRY(const int64_t value, parse_whole(text));
            return Attr(value);
        }
        case AttrType::kFloat: {
            TRY(const double value, parse_float(text));
            return Attr(value);
        }
        case AttrType::kString: return parse_string(text);
        case AttrType::kDType: {
            const auto dtype = dtype_named(text);
            if (!dtype) return fail("'{}' is no dtype", printable(text));
            return Attr(*dtype);
        }
        case AttrType::kInts: return parse_list<int64_t>(text, parse_whole);
        case AttrType::kFloats: return parse_list<double>(text, parse_float);
        case AttrType::kDims: return parse_list<Dim>(text, Dim::parse);
        case AttrType::kTensor: break;
    }
    return fail("a tensor attribute cannot be written as text");
}

bool same_attr(const Attr& a, const Attr& b) {
    if (a.index() != b.index()) return false;
    if (type_of(a) != AttrType::kTensor) return to_string(a) == to_string(b);
    const Tensor x = std::get<Tensor>(a).to_contiguous(), y = std::get<Tensor>(b).to_contiguous();
    return x.dtype() == y.dtype() && x.shape() == y.shape() &&
           std::memcmp(x.bytes().data(), y.bytes().data(), x.bytes().size()) == 0;
}

Attrs::Attrs(std::initializer_list<std::pair<std::string_view, Attr>> entries) {
    for (const auto& [name, value] : entries) set(name, value);
}

const Attr* Attrs::find(std::string_view name) const {
    const auto it = std::ranges::find(entries_, name, &std::pair<std::string, Attr>::first);
    return it == entries_.end() ? nullptr : &it->second;
}

void Attrs::set(std::string_view name, Attr value) {
    const auto it = std::ranges::lower_bound(entries_, name, {}, &std::pair<std::string, Attr>::first);
    if (it != entries_.end() && it->first == name) it->second = std::move(value);
    else entries_.insert(it, {std::string(name), std::move(value)});
}

void Attrs::erase(std::string_view name) {
    std::erase_if(entries_, [&](const auto& entry) { return entry.first == name; });
}

}  // namespace lathe::graph
