#include "zoo/timm/renames.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "zoo/timm/rename_rules.h"

namespace lathe::zoo::timm {
namespace {

using graph::NamedTensor;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where and how long `pattern` (without its anchors) matches at `at`, and the numbers in it.
std::optional<size_t> match_at(std::string_view name, size_t at, std::string_view pattern,
                               std::vector<int64_t>& numbers) {
    const size_t start = at;
    numbers.clear();
    for (const char c : pattern) {
        if (c == '#') {
            const size_t from = at;
            while (at < name.size() && is_digit(name[at])) ++at;
            int64_t number = 0;
            if (at == from || !parse_int(name.substr(from, at - from), number)) return std::nullopt;
            numbers.push_back(number);
        } else if (at < name.size() && name[at] == c) {
            ++at;
        } else {
            return std::nullopt;
        }
    }
    return at - start;
}

struct Pattern {
    std::string_view text;
    bool at_start = false, at_end = false;
    explicit Pattern(std::string_view pattern) : text(pattern) {
        if ((at_start = text.starts_with('^'))) text.remove_prefix(1);
        if ((at_end = text.ends_with('$'))) text.remove_suffix(1);
    }
};

struct Found {
    size_t at, size;
    std::vector<int64_t> numbers;
};
std::optional<Found> find(std::string_view name, const Pattern& pattern, size_t from) {
    std::vector<int64_t> numbers;
    for (size_t at = from; at <= name.size(); ++at) {
        if (pattern.at_start && at > 0) break;
        if (pattern.text.starts_with('#') && at > 0 && is_digit(name[at - 1])) continue;
        const auto size = match_at(name, at, pattern.text, numbers);
        if (size && (!pattern.at_end || at + *size == name.size())) return Found{at, *size, numbers};
    }
    return std::nullopt;
}

// "{0+1}" and its kind with the numbers put in.
std::string filled(std::string_view to, const std::vector<int64_t>& numbers) {
    std::string text;
    for (size_t i = 0; i < to.size(); ++i) {
        if (to[i] != '{') {
            text += to[i];
            continue;
        }
        const size_t end = to.find('}', i);
        int64_t number = numbers[static_cast<size_t>(to[i + 1] - '0')];
        if (end == i + 4) {
            const int64_t by = to[i + 3] - '0';
            number = to[i + 2] == '+' ? number + by : to[i + 2] == '-' ? number - by : number / by;
        }
        text += std::to_string(number);
        i = end;
    }
    return text;
}

Tensor mapped(const Tensor& tensor, double (*f)(double)) {
    auto values = tensor.to_doubles();
    for (double& value : values) value = f(value);
    return tensor_from_doubles(DType::kF32, tensor.shape(), values);
}

Shape with_axes(Shape shape, size_t count) {
    shape.insert(shape.begin(), count, 1);
    return shape;
}

void split_qkv(const NamedTensor& entry, std::vector<NamedTensor>& into) {
    const Tensor plain = entry.tensor.to_contiguous();
    if (plain.rank() < 1 || plain.dim(0) % 3 != 0 || !is_float(plain.dtype())) return into.push_back(entry);
    Shape shape = plain.shape();
    shape[0] /= 3;
    const auto values = plain.to_doubles();
    const size_t part = values.size() / 3, at = entry.name.rfind("qkv");
    for (size_t i = 0; i < 3; ++i) {
        std::string name = entry.name;
        name.replace(at, 3, 1, "qkv"[i]);
        into.push_back(
            {name, tensor_from_doubles(DType::kF32, shape, std::span(values).subspan(i * part, part))});
    }
}

Tensor changed(const Tensor& tensor, Change change) {
    const Shape& shape = tensor.shape();
    switch (change) {
        case Change::kTranspose:
            return shape.size() == 2 ? tensor.transposed(std::vector<int>{1, 0}).to_contiguous() : tensor;
        case Change::kFlatten: return tensor.to_contiguous().reshaped({tensor.count()});
        case Change::kAddAxis: return tensor.to_contiguous().reshaped(with_axes(shape, 1));
        case Change::kAddTwoAxes: return tensor.to_contiguous().reshaped(with_axes(shape, 2));
        case Change::kDropAxis:
            return !shape.empty() && shape[0] == 1
                       ? tensor.to_contiguous().reshaped(Shape(shape.begin() + 1, shape.end()))
                       : tensor;
        case Change::kLogOfInverse: return mapped(tensor, [](double x) { return std::log(1 / x); });
        case Change::kAbsPlusEpsilon: return mapped(tensor, [](double x) { return std::fabs(x) + 1e-5; });
        case Change::kSplitQkv: break;
    }
    return tensor;
}

bool has(const State& state, std::string_view name) {
    return std::ranges::any_of(state.tensors, [&](const NamedTensor& entry) { return entry.name == name; });
}

void keep(NamedTensor entry, const Spelling& spelling, std::vector<NamedTensor>& into) {
    for (const TensorRule& rule : spelling.tensors) {
        if (!find(entry.name, Pattern(rule.name), 0)) continue;
        if (rule.change == Change::kSplitQkv) return split_qkv(entry, into);
        entry.tensor = changed(entry.tensor, rule.change);
    }
    into.push_back(std::move(entry));
}

// "blocks.7.norm" as "stages.2.blocks.1.norm".
std::string in_stages(std::string name, std::string_view numbered, std::span<const int> depths) {
    if (numbered.empty() || !name.starts_with(numbered) || name.size() <= numbered.size()) return name;
    if (name[numbered.size()] != '.') return name;
    const size_t start = numbered.size() + 1, end = std::min(name.find('.', start), name.size());
    int64_t block = 0;
    if (!parse_int(std::string_view(name).substr(start, end - start), block)) return name;
    for (size_t stage = 0; stage < depths.size(); block -= depths[stage++])
        if (block < depths[stage]) return format("stages.{}.blocks.{}{}", stage, block, name.substr(end));
    return name;
}

NamedTensor* find_entry(State& state, std::string_view name) {
    const auto found = std::ranges::find(state.tensors, name, &NamedTensor::name);
    return found == state.tensors.end() ? nullptr : &*found;
}

void fold_class_position(State& state) {
    NamedTensor *const token = find_entry(state, "cls_token"), *const places = find_entry(state, "pos_embed");
    if (token == nullptr || places == nullptr || !is_float(token->tensor.dtype()) ||
        !is_float(places->tensor.dtype()))
        return;
    const Shape& shape = places->tensor.shape();
    if (shape.size() != 3 || shape[0] != 1 || shape[1] < 2 || token->tensor.count() != shape[2]) return;
    std::vector<double> values = token->tensor.to_doubles();
    const std::vector<double> rows = places->tensor.to_doubles();
    for (size_t i = 0; i < values.size(); ++i) values[i] += rows[i];
    token->tensor = tensor_from_doubles(DType::kF32, token->tensor.shape(), values);
    places->tensor =
        tensor_from_doubles(DType::kF32, {1, shape[1] - 1, shape[2]}, std::span(rows).subspan(values.size()));
}

State respelled(const State& state, const Spelling& spelling) {
    State result{.hint = state.hint};
    for (const NamedTensor& entry : state.tensors) {
        if (!entry.name.starts_with(spelling.prefix)) continue;
        bool dropped = false;
        std::string name =
            in_stages(entry.name.substr(spelling.prefix.size()), spelling.numbered, spelling.depths);
        name = renamed(std::move(name), spelling.rules, dropped);
        if (!dropped) keep({std::move(name), entry.tensor}, spelling, result.tensors);
    }
    if (spelling.fold_class_position) fold_class_position(result);
    if (spelling.zero_bias.empty()) return result;
    const std::string bias =
        std::string(spelling.zero_bias.substr(0, spelling.zero_bias.rfind('.'))) + ".bias";
    const auto weight = std::ranges::find(result.tensors, spelling.zero_bias, &NamedTensor::name);
    if (weight != result.tensors.end() && weight->tensor.rank() > 0 && !has(result, bias))
        result.tensors.push_back({bias, Tensor::filled(DType::kF32, {weight->tensor.dim(0)}, 0)});
    return result;
}

}  // namespace

std::string renamed(std::string name, std::span<const Rename> rules, bool& dropped) {
    dropped = false;
    for (const Rename& rule : rules) {
        const Pattern pattern(rule.from);
        size_t from = 0;
        while (const auto found = find(name, pattern, from)) {
            if (rule.to == "!") {
                dropped = true;
                return name;
            }
            const std::string to = filled(rule.to, found->numbers);
            name.replace(found->at, found->size, to);
            from = found->at + std::max<size_t>(to.size(), 1);
        }
    }
    return name;
}

State renamed(State state) {
    for (const Spelling& spelling : all_spellings())
        if (has(state, spelling.trigger)) return respelled(state, spelling);
    return state;
}

}  // namespace lathe::zoo::timm
