// Operators on texts: exactly Python's where they hold texts, flags and integers (keys of dictionaries are made so); with
// floats, open sizes and the like they are messages, which nobody reads.
#include <algorithm>

#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

constexpr size_t kLongestText = 100'000;

// As Python's str() writes it. Nothing: floats (their shortest form), sizes with symbols, lists and the like.
std::optional<std::string> text_of(const Value& value) {
    if (const auto* text = value.as<std::string>()) return *text;
    if (const auto* flag = value.as<bool>()) return *flag ? "True" : "False";
    if (value.none()) return "None";
    if (const auto* dim = value.as<Dim>(); dim != nullptr && dim->is_constant()) return dim->text();
    return std::nullopt;
}

// A message with something in it that is not spelled as Python does.
Value inexact() { return Value(std::string("…")); }

Value text_or_unknown(std::optional<std::string> text) {
    if (!text || text->size() > kLongestText) return inexact();
    return Value(*std::move(text));
}

Result<Value> as_text(Call& c) { return text_or_unknown(text_of(c.values[0])); }

// "{} and {}".format(a, b)
Result<Value> filled_in(Call& c) {
    const auto* pattern = c.values[0].as<std::string>();
    if (pattern == nullptr) return inexact();
    std::string text;
    size_t argument = 1;
    for (size_t i = 0; i < pattern->size(); ++i) {
        if (pattern->compare(i, 2, "{}") != 0) {
            if ((*pattern)[i] == '{' || (*pattern)[i] == '}') return inexact();
            text += (*pattern)[i];
            continue;
        }
        ++i;
        const auto part = argument < c.values.size() ? text_of(c.values[argument++]) : std::nullopt;
        if (!part || text.size() > kLongestText) return inexact();
        text += *part;
    }
    return text_or_unknown(std::move(text));
}

Result<Value> joined(Call& c) {
    const auto *a = c.values[0].as<std::string>(), *b = c.values[1].as<std::string>();
    if (a == nullptr || b == nullptr) return inexact();
    return text_or_unknown(*a + *b);
}

// The first place of `substr` in [start, end), or -1.
Result<Value> found(Call& c) {
    const std::string text = c.text("self"), part = c.text("substr");
    const auto size = static_cast<int64_t>(text.size());
    TRY(int64_t start, c.integer("start"));
    TRY(int64_t end, c.integer("end"));
    const auto clamped = [&](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + size : at, 0, size); };
    start = clamped(start);
    end = clamped(end);
    if (start > end) return make_int(-1);
    const size_t at = text.substr(0, static_cast<size_t>(end)).find(part, static_cast<size_t>(start));
    return make_int(at == std::string::npos ? -1 : static_cast<int64_t>(at));
}

Result<Value> formatted(Call&) { return inexact(); }
Result<Value> nothing(Call&) { return Value(); }

constexpr Row kTextRows[] = {
    {.schema = "str(any elem)", .takes_unknown = true, .compute = as_text},
    {.schema =
         "format(any self, any a=None, any b=None, any c=None, any d=None, any e=None, any f=None, any g=None, any h=None)",
     .takes_unknown = true,
     .compute = filled_in},
    {.schema = "percentFormat(any self, any a=None, any b=None, any c=None, any d=None, any e=None)",
     .takes_unknown = true,
     .compute = formatted},
    {.schema = "add.str(str a, str b)", .compute = joined},
    {.schema = "find(str self, str substr, int start=0, int end=-1)", .compute = found},
    {.schema = "warn(any message, any stacklevel=2)", .takes_unknown = true, .compute = nothing},
};

}  // namespace

std::span<const Row> text_rows() { return kTextRows; }

}  // namespace lathe::formats::torch
