#include "formats/executorch/plan.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "formats/executorch/kernels.h"
#include "formats/executorch/schema.h"

namespace lathe::formats::executorch {
namespace {

using torch::Parameter;
using torch::ParameterType;

// The instructions from which to which a tensor is needed: -1 before the first, their number behind the last.
struct Lifetime {
    int first = 0, last = -1;
    bool used = false;
    void add(int at) {
        first = used ? std::min(first, at) : at;
        last = used ? std::max(last, at) : at;
        used = true;
    }
};

std::vector<Lifetime> lifetimes_of(const Method& method) {
    std::vector<Lifetime> list(method.values.size());
    const auto touch = [&](int value, int at) {
        if (method.tensor(value) != nullptr) list[static_cast<size_t>(value)].add(at);
        if (const auto* tensors = std::get_if<TensorList>(&method.values[static_cast<size_t>(value)]))
            for (const int item : tensors->items)
                if (item >= 0) list[static_cast<size_t>(item)].add(at);
    };
    const int end = static_cast<int>(method.instructions.size());
    for (const int input : method.inputs) touch(input, -1);
    for (int i = 0; i < end; ++i)
        for (const int arg : method.instructions[static_cast<size_t>(i)].args) touch(arg, i);
    for (const int output : method.outputs) touch(output, end);
    return list;
}

uint64_t rounded_up(uint64_t bytes) {
    return (bytes + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
}

bool meet(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

// The largest first, each into the lowest gap among those that live at the same time.
void plan_memory(Method& method) {
    const std::vector<Lifetime> lifetimes = lifetimes_of(method);
    struct Need {
        int value;
        uint64_t bytes, offset;
    };
    std::vector<Need> needs;
    for (size_t i = 0; i < method.values.size(); ++i) {
        const TensorValue* tensor = method.tensor(static_cast<int>(i));
        if (tensor == nullptr || tensor->constant || !lifetimes[i].used) continue;
        needs.push_back({static_cast<int>(i), rounded_up(*bytes_of(*tensor)), 0});
    }
    std::ranges::stable_sort(needs, std::greater<>(), &Need::bytes);
    std::vector<Need> placed;  // by offset
    uint64_t end = 0;
    for (Need& need : needs) {
        uint64_t at = 0;
        for (const Need& other : placed) {
            if (!meet(lifetimes[static_cast<size_t>(other.value)],
                      lifetimes[static_cast<size_t>(need.value)]))
                continue;
            if (at + need.bytes <= other.offset) break;
            at = std::max(at, other.offset + other.bytes);
        }
        need.offset = at;
        end = std::max(end, at + need.bytes);
        placed.insert(std::ranges::upper_bound(placed, at, {}, &Need::offset), need);
        method.tensor(need.value)->place = Place{.memory = 1, .offset = at};
    }
    method.buffer_bytes = {0, end};
}

namespace {

std::string_view kind_of(const Value& value) {
    constexpr std::string_view kNames[] = {
        "none",     "an integer",         "a float",           "a bool",           "a text",
        "a tensor", "a list of integers", "a list of tensors", "a list of floats", "a list of bools"};
    return kNames[value.index()];
}

bool fits_kind(const Value& value, const ParameterType& type) {
    using Base = ParameterType::Base;
    if (std::holds_alternative<std::monostate>(value)) return type.optional || type.base == Base::kAny;
    const bool integer = std::holds_alternative<int64_t>(value),
               number = std::holds_alternative<double>(value), flag = std::holds_alternative<bool>(value);
    if (type.list) {
        const auto* tensors = std::get_if<TensorList>(&value);
        if (type.base == Base::kTensor)
            return tensors != nullptr && tensors->optional == type.optional_elements;
        if (type.base == Base::kFloat) return std::holds_alternative<DoubleList>(value);
        return std::holds_alternative<IntList>(value);
    }
    switch (type.base) {
        case Base::kTensor: return std::holds_alternative<TensorValue>(value);
        case Base::kScalar: return integer || number || flag;
        case Base::kInt: return integer;
        case Base::kFloat: return number;
        case Base::kBool: return flag;
        case Base::kText: return std::holds_alternative<std::string>(value);
        case Base::kAny: return true;
    }
    return false;
}

Status check_kernel_call(const Method& method, const Operator& op, const Instruction& call) {
    const Kernel* kernel = find_kernel(op.name, op.overload);
    if (kernel == nullptr) return fail("it is a kernel that is not known");
    const torch::Schema& schema = schema_of(*kernel);
    const size_t parameters = schema.parameters.size(),
                 results = static_cast<size_t>(std::max(kernel->results, 1)),
                 expected = parameters + results + 1;
    if (call.args.size() != expected)
        return fail("it has {} arguments, expected {} with its results and what it returns", call.args.size(),
                    expected);
    for (size_t i = 0; i < parameters; ++i) {
        const Parameter& parameter = schema.parameters[i];
        const Value& value = method.values[static_cast<size_t>(call.args[i])];
        if (!fits_kind(value, parameter.type))
            return fail("its argument '{}' is {}", parameter.name, kind_of(value));
    }
    std::vector<int> made;
    for (size_t i = 0; i < results; ++i) {
        const int result = call.args[parameters + i];
        if (kernel->results > 0) made.push_back(result);
        else if (const auto* list = std::get_if<TensorList>(&method.values[static_cast<size_t>(result)]))
            made = list->items;
        else
            return fail("its result is {}, expected a list of tensors",
                        kind_of(method.values[static_cast<size_t>(result)]));
    }
    if (made.empty()) return fail("it has no results");
    for (const int result : made) {
        const TensorValue* tensor = result < 0 ? nullptr : method.tensor(result);
        if (tensor == nullptr) return fail("a result of it is no tensor");
        if (tensor->constant) return fail("its result '{}' is a constant", printable(tensor->name));
    }
    const int returned = call.args.back();
    if (made.size() == 1 && kernel->results > 0 && returned != made[0])
        return fail("it returns something else than its result");
    return {};
}

// Of tensors that are needed at the same time, no two lie in the same bytes.
Status check_places(const Method& method) {
    const std::vector<Lifetime> lifetimes = lifetimes_of(method);
    struct Event {
        int at;
        bool begin;
        int value;
    };
    std::vector<Event> events;
    for (size_t i = 0; i < method.values.size(); ++i) {
        const TensorValue* tensor = method.tensor(static_cast<int>(i));
        if (tensor == nullptr || !tensor->place || tensor->constant || !lifetimes[i].used) continue;
        const auto bytes = bytes_of(*tensor);
        const Place& place = *tensor->place;
        if (place.memory >= method.buffer_bytes.size() || !bytes ||
            place.offset > method.buffer_bytes[place.memory] ||
            *bytes > method.buffer_bytes[place.memory] - place.offset)
            return fail("value {} does not lie in the planned memory", i);
        if (*bytes == 0) continue;
        events.push_back({lifetimes[i].first, true, static_cast<int>(i)});
        events.push_back({lifetimes[i].last + 1, false, static_cast<int>(i)});
    }
    std::ranges::sort(events, [](const Event& a, const Event& b) {
        return std::tie(a.at, a.begin, a.value) < std::tie(b.at, b.begin, b.value);
    });
    std::map<std::pair<uint32_t, uint64_t>, std::pair<uint64_t, int>>
        live;  // by memory and offset: end, value
    for (const Event& event : events) {
        const TensorValue& tensor = *method.tensor(event.value);
        const std::pair key{tensor.place->memory, tensor.place->offset};
        if (!event.begin) {
            const auto it = live.find(key);
            if (it != live.end() && it->second.second == event.value) live.erase(it);
            continue;
        }
        const uint64_t end = key.second + *bytes_of(tensor);
        const auto next = live.lower_bound(key);
        const auto clash = [&](auto it) {
            return fail("values {} and {} lie in the same bytes of the planned memory while both are needed",
                        it->second.second, event.value);
        };
        if (next != live.end() && next->first.first == key.first && next->first.second < end)
            return clash(next);
        if (next != live.begin()) {
            const auto before = std::prev(next);
            if (before->first.first == key.first && before->second.first > key.second) return clash(before);
        }
        live.emplace(key, std::pair(end, event.value));
    }
    return {};
}

}  // namespace

Status check_method(const Method& method) {
    for (size_t i = 0; i < method.instructions.size(); ++i) {
        const Instruction& instruction = method.instructions[i];
        if (instruction.delegate) continue;
        const Operator& op = method.operators[static_cast<size_t>(instruction.index)];
        if (auto status = check_kernel_call(method, op, instruction); !status)
            return std::unexpected(status.error().at(
                format("instruction {} ({}.{})", i, printable(op.name), printable(op.overload))));
    }
    return check_places(method);
}

}  // namespace lathe::formats::executorch
