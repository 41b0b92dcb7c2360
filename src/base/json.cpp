#include "base/json.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "base/format.h"

namespace lathe {
namespace {

constexpr int kMaxDepth = 200;

// Where the first fault is; nlohmann-json without exceptions says only that there is one.
struct FaultFinder : nlohmann::json_sax<Json> {
    size_t offset = 0;
    bool too_deep = false;
    int depth = 0;
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool open() {
        too_deep = ++depth > kMaxDepth;
        return !too_deep;
    }
    bool close() {
        --depth;
        return true;
    }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool key(string_t&) override { return true; }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        offset = position;
        return false;
    }
};

template <class T>
std::unexpected<Error> wrong_type(std::string_view key, const Json& found, T expected) {
    return fail("'{}' is {}, expected {}", key, found.type_name(), expected);
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
    FaultFinder finder;
    if (!Json::sax_parse(text.begin(), text.end(), &finder)) {
        if (finder.too_deep) return fail("JSON is nested deeper than {} levels", kMaxDepth);
        return fail("not valid JSON at byte {}", finder.offset);
    }
    return Json::parse(text.begin(), text.end(), nullptr, false);
}

std::string to_text(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(format("{}", value)); }

const Json* find_member(const Json& json, std::string_view key) {
    if (!json.is_object()) return nullptr;
    for (auto it = json.begin(); it != json.end(); ++it)
        if (it.key() == key) return &it.value();
    return nullptr;
}

Result<std::string> string_member(const Json& json, std::string_view key, std::string_view absent) {
    const Json* member = find_member(json, key);
    if (member == nullptr || member->is_null()) return std::string(absent);
    if (!member->is_string()) return wrong_type(key, *member, "a string");
    return member->get<std::string>();
}

Result<int64_t> int_member(const Json& json, std::string_view key, int64_t absent) {
    const Json* member = find_member(json, key);
    if (member == nullptr || member->is_null()) return absent;
    if (!member->is_number_integer()) return wrong_type(key, *member, "an integer");
    return member->get<int64_t>();
}

Result<double> number_member(const Json& json, std::string_view key, double absent) {
    const Json* member = find_member(json, key);
    if (member == nullptr || member->is_null()) return absent;
    if (!member->is_number()) return wrong_type(key, *member, "a number");
    return member->get<double>();
}

Result<bool> bool_member(const Json& json, std::string_view key, bool absent) {
    const Json* member = find_member(json, key);
    if (member == nullptr || member->is_null()) return absent;
    if (!member->is_boolean()) return wrong_type(key, *member, "true or false");
    return member->get<bool>();
}

}  // namespace lathe
