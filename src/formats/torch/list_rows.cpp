// Operators on lists and dictionaries.
#include <algorithm>

#include "formats/torch/call.h"
#include "formats/torch/numbers.h"

namespace lathe::formats::torch {
namespace {

constexpr size_t kLongestList = 1'000'000;

List* list_of(Call& c) {
    auto* list = c.values[0].as<std::shared_ptr<List>>();
    return list == nullptr ? nullptr : list->get();
}

Result<List*> changeable(Call& c) {
    List* list = list_of(c);
    if (list == nullptr) return fail("it changes {}, expected a list", describe(c.values[0]));
    if (list->items.size() >= kLongestList) return fail("a list grows beyond {} elements", kLongestList);
    return list;
}

Result<const Items*> elements(Call& c) {
    const Items* items = c.values[0].items();
    if (items == nullptr) return fail("it reads {}, expected a list", describe(c.values[0]));
    return items;
}

// An index from either end, in [0, size). Nothing: not known.
Result<std::optional<size_t>> place(const Value& index, size_t size) {
    const auto* dim = index.as<Dim>();
    if (dim == nullptr) return fail("its index is {}", describe(index));
    const auto at = dim->constant();
    if (!at) return std::optional<size_t>();
    const auto length = static_cast<int64_t>(size);
    if (*at >= length || *at < -length) return fail("its index is {} in a list of {}", *at, size);
    return std::optional(static_cast<size_t>(*at < 0 ? *at + length : *at));
}

Result<Value> length(Call& c) {
    if (const auto* text = c.values[0].as<std::string>()) return make_int(static_cast<int64_t>(text->size()));
    if (const auto* dict = c.values[0].as<std::shared_ptr<Dict>>())
        return make_int(static_cast<int64_t>((*dict)->entries.size()));
    if (c.values[0].is(Kind::kUnknown)) return unknown("the length of something unknown");
    TRY(const Items* items, elements(c));
    return make_int(static_cast<int64_t>(items->size()));
}

Result<Value> lookup(Call& c) {
    if (c.values[0].is(Kind::kUnknown) || c.values[1].is(Kind::kUnknown)) {
        const auto* from = c.values[0].as<Unknown>();
        return from != nullptr && from->sizes ? unknown("a size of an input")
                                              : unknown("an element of a list");
    }
    if (const auto* dict = c.values[0].as<std::shared_ptr<Dict>>()) {
        c.importer.count_compared((*dict)->entries.size());
        for (const auto& [key, value] : (*dict)->entries)
            if (same(key, c.values[1]) == true) return value;
        return fail("there is no key {} in a dictionary of {}", describe(c.values[1]),
                    (*dict)->entries.size());
    }
    TRY(const Items* items, elements(c));
    TRY(const auto at, place(c.values[1], items->size()));
    return at ? (*items)[*at] : unknown("an element of a list");
}

Result<Value> append(Call& c) {
    TRY(List * list, changeable(c));
    list->items.push_back(c.values[1]);
    return c.values[0];
}

Result<Value> insert(Call& c) {
    TRY(List * list, changeable(c));
    TRY(const int64_t at, c.integer("idx"));
    const auto size = static_cast<int64_t>(list->items.size());
    list->items.insert(list->items.begin() + std::clamp<int64_t>(at < 0 ? at + size : at, 0, size),
                       c.value("el"));
    return c.values[0];
}

Result<Value> extend(Call& c) {
    TRY(List * list, changeable(c));
    const Items* more = c.values[1].items();
    if (more == nullptr) return fail("it extends a list by {}", describe(c.values[1]));
    const Items copy = *more;
    if (copy.size() + list->items.size() > kLongestList)
        return fail("a list grows beyond {} elements", kLongestList);
    list->items.insert(list->items.end(), copy.begin(), copy.end());
    return c.values[0];
}

Result<Value> pop(Call& c) {
    TRY(List * list, changeable(c));
    TRY(const auto at, place(c.values[1], list->items.size()));
    if (!at) return fail("its index is not known");
    Value value = list->items[*at];
    list->items.erase(list->items.begin() + static_cast<std::ptrdiff_t>(*at));
    return value;
}

Result<Value> clear(Call& c) {
    TRY(List * list, changeable(c));
    list->items.clear();
    return Value();
}

Result<Value> reverse(Call& c) {
    TRY(List * list, changeable(c));
    std::ranges::reverse(list->items);
    return Value();
}

Result<Value> set_item(Call& c) {
    if (const auto* dict = c.values[0].as<std::shared_ptr<Dict>>()) {
        if ((*dict)->entries.size() >= kLongestList)
            return fail("a dictionary grows beyond {} entries", kLongestList);
        c.importer.count_compared((*dict)->entries.size());
        if (c.values[1].is(Kind::kUnknown)) return fail("a dictionary's key is not known");
        for (auto& [key, value] : (*dict)->entries)
            if (same(key, c.values[1]) == true) {
                value = c.values[2];
                return c.values[0];
            }
        (*dict)->entries.emplace_back(c.values[1], c.values[2]);
        return c.values[0];
    }
    TRY(List * list, changeable(c));
    TRY(const auto at, place(c.values[1], list->items.size()));
    if (!at) return fail("its index is not known");
    list->items[*at] = c.values[2];
    return c.values[0];
}

Result<Value> slice_of_list(Call& c) {
    TRY(const Items* items, elements(c));
    const auto size = static_cast<int64_t>(items->size());
    TRY(const int64_t step, c.integer_or("step", 1));
    if (step < 1) return fail("its step is {}, expected 1 or more", step);
    TRY(int64_t start, c.integer_or("start", 0));
    TRY(int64_t end, c.integer_or("end", size));
    start = std::clamp<int64_t>(start < 0 ? start + size : start, 0, size);
    end = std::clamp<int64_t>(end < 0 ? end + size : end, 0, size);
    Items part;
    for (int64_t i = start; i < end; i += std::min(step, size + 1))
        part.push_back((*items)[static_cast<size_t>(i)]);
    return make_list(std::move(part));
}

Result<Value> join_lists(Call& c) {
    TRY(const Items* first, elements(c));
    const Items* second = c.values[1].items();
    if (second == nullptr) return fail("it adds {} to a list", describe(c.values[1]));
    if (first->size() + second->size() > kLongestList)
        return fail("a list grows beyond {} elements", kLongestList);
    Items all = *first;
    all.insert(all.end(), second->begin(), second->end());
    return make_list(std::move(all));
}

Result<Value> repeat_list(Call& c) {
    TRY(const Items* items, elements(c));
    TRY(const int64_t times, c.integer("n"));
    if (times > 0 && items->size() > kLongestList / static_cast<size_t>(times))
        return fail("a list grows beyond {} elements", kLongestList);
    Items all;
    for (int64_t i = 0; i < times; ++i) all.insert(all.end(), items->begin(), items->end());
    return make_list(std::move(all));
}

Result<Value> copy_of_list(Call& c) {
    if (c.values[0].is(Kind::kUnknown)) return c.values[0];
    TRY(const Items* items, elements(c));
    return make_list(*items);
}

Result<Value> contains(Call& c) {
    bool certain = true;
    const auto check = [&](const Value& v) {
        const auto equal = same(v, c.values[1]);
        certain = certain && equal.has_value();
        return equal == true;
    };
    bool found = false;
    if (const auto* dict = c.values[0].as<std::shared_ptr<Dict>>()) {
        c.importer.count_compared((*dict)->entries.size());
        for (const auto& [key, value] : (*dict)->entries) found = found || check(key);
    } else {
        TRY(const Items* items, elements(c));
        c.importer.count_compared(items->size());
        for (const Value& v : *items) found = found || check(v);
    }
    return found || certain ? Value(found) : unknown("whether a list holds something");
}

Result<Dict*> dictionary(Call& c) {
    auto* dict = c.values[0].as<std::shared_ptr<Dict>>();
    if (dict == nullptr) return fail("it reads {}, expected a dictionary", describe(c.values[0]));
    return dict->get();
}

Result<Value> keys(Call& c) {
    TRY(const Dict* dict, dictionary(c));
    Items items;
    for (const auto& [key, value] : dict->entries) items.push_back(key);
    return make_list(std::move(items));
}

Result<Value> values(Call& c) {
    TRY(const Dict* dict, dictionary(c));
    Items items;
    for (const auto& [key, value] : dict->entries) items.push_back(value);
    return make_list(std::move(items));
}

Result<Value> pairs(Call& c) {
    TRY(const Dict* dict, dictionary(c));
    Items items;
    for (const auto& [key, value] : dict->entries) items.push_back(make_tuple({key, value}));
    return make_list(std::move(items));
}

Result<Value> get(Call& c) {
    TRY(const Dict* dict, dictionary(c));
    c.importer.count_compared(dict->entries.size());
    for (const auto& [key, value] : dict->entries)
        if (same(key, c.values[1]) == true) return value;
    return c.values[2];
}

Result<Value> sum_of(Call& c) {
    TRY(const Items* items, elements(c));
    c.importer.count_compared(items->size());
    Value total = make_int(0);
    for (const Value& v : *items) {
        TRY(total, arithmetic("+", total, v));
    }
    return total;
}

// Whether all elements are true, or any is.
template <bool all>
Result<Value> agreement(Call& c) {
    TRY(const Items* items, elements(c));
    c.importer.count_compared(items->size());
    bool certain = true;
    for (const Value& v : *items) {
        const auto holds = truth(v);
        if (holds == !all) return Value(!all);
        certain = certain && holds.has_value();
    }
    return certain ? Value(all) : unknown("whether the elements of a list are true");
}

// A dictionary of its own: empty, or of a dictionary's or a list's pairs.
Result<Value> new_dictionary(Call& c) {
    const auto made = std::make_shared<Dict>();
    if (const auto* from = c.values[0].as<std::shared_ptr<Dict>>()) made->entries = (*from)->entries;
    else if (!c.values[0].none()) {
        TRY(const Items* pairs, elements(c));
        for (const Value& pair : *pairs) {
            const Items* two = pair.items();
            if (two == nullptr || two->size() != 2) return fail("a dictionary is made of {}", describe(pair));
            made->entries.emplace_back((*two)[0], (*two)[1]);
        }
    }
    return Value(made);
}

#define LATHE_LISTS(schema_text, function) {.schema = schema_text, .takes_unknown = true, .compute = function}
constexpr Row kListRows[] = {
    LATHE_LISTS("len(any a)", length),
    LATHE_LISTS("__getitem__(any a, any index)", lookup),
    LATHE_LISTS("append(any self, any el)", append),
    LATHE_LISTS("insert(any self, int idx, any el)", insert),
    LATHE_LISTS("extend(any self, any other)", extend),
    LATHE_LISTS("pop(any self, any idx=-1)", pop),
    LATHE_LISTS("clear(any self)", clear),
    LATHE_LISTS("reverse(any self)", reverse),
    LATHE_LISTS("_set_item(any l, any idx, any el)", set_item),
    LATHE_LISTS("slice.t(any l, int? start=None, int? end=None, int step=1)", slice_of_list),
    LATHE_LISTS("add.t(any[] a, any[] b)", join_lists),
    LATHE_LISTS("mul.left_t(any[] l, int n)", repeat_list),
    LATHE_LISTS("list(any l)", copy_of_list),
    LATHE_LISTS("copy.t(any[] l)", copy_of_list),
    {.schema = "__contains__(any a, any element)", .compute = contains},
    LATHE_LISTS("keys(any self)", keys),
    LATHE_LISTS("values(any self)", values),
    LATHE_LISTS("items(any self)", pairs),
    LATHE_LISTS("get(any self, any key, any default_value=None)", get),
    {.schema = "sum.int(any[] self)", .compute = sum_of},
    {.schema = "all.bool(any[] self)", .compute = agreement<true>},
    {.schema = "any.bool(any[] self)", .compute = agreement<false>},
    {.schema = "dict(any self=None)", .compute = new_dictionary},
};
#undef LATHE_LISTS

}  // namespace

std::span<const Row> list_rows() { return kListRows; }

}  // namespace lathe::formats::torch
