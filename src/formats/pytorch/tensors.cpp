#include "formats/pytorch/tensors.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::formats::pytorch {

using wire::name_of;
using wire::Pickle;
using wire::PickleKind;
using wire::PickleNode;
using wire::PickleRef;

namespace {

constexpr size_t kMostDimensions = 64;
constexpr int kMostWrappers = 8;
// A tensor of stride 0 can be larger than anything stored; this much of it is believed.
constexpr int64_t kLargestRepeated = int64_t{1} << 30;

Result<int64_t> integer(const Pickle& pickle, PickleRef ref, std::string_view what) {
    const PickleNode& node = pickle[ref];
    if (node.kind != PickleKind::kInt) return fail("{} is {}, expected an int", what, name_of(node.kind));
    return node.integer;
}

// The last element that a strided view reaches, or nothing when that is beyond `limit` elements.
std::optional<int64_t> last_element(int64_t offset, const Shape& shape, const Shape& strides, int64_t limit) {
    __int128 last = offset;
    for (size_t i = 0; i < shape.size(); ++i) last += static_cast<__int128>(shape[i] - 1) * strides[i];
    return last < limit ? std::optional(static_cast<int64_t>(last)) : std::nullopt;
}

}  // namespace

Result<Tensor> strided_view(DType dtype, const SharedBytes& storage, int64_t offset, Shape shape,
                            Shape strides) {
    const auto count = checked_element_count(shape);
    if (!count || offset < 0 || shape.size() != strides.size() ||
        std::ranges::any_of(strides, [](int64_t s) { return s < 0; }))
        return fail("impossible shape {}, strides {}, offset {}", to_string(shape), to_string(strides),
                    offset);
    if (*count == 0) return Tensor(dtype, std::move(shape), storage.slice(0, 0));
    const int64_t element = bits_of(dtype) / 8;
    const auto there = static_cast<int64_t>(storage.size()) / element;
    const auto last = last_element(offset, shape, strides, there);
    if (!last)
        return fail("shape {}, strides {}, offset {} reach beyond the {} elements of the storage",
                    to_string(shape), to_string(strides), offset, there);
    if (*count > std::max(kLargestRepeated / element, there))
        return fail("shape {} repeats the {} stored elements too often", to_string(shape), there);
    for (size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == 1) strides[i] = 1;  // never used, and PyTorch writes anything
    const auto start = static_cast<size_t>(offset * element),
               end = static_cast<size_t>((*last + 1) * element);
    return Tensor(dtype, std::move(shape), std::move(strides), storage.slice(start, end - start));
}

Result<StorageId> parse_storage_id(const Pickle& pickle, const PickleNode& persistent) {
    const PickleNode& id = pickle[persistent.arguments];
    if (id.kind != PickleKind::kTuple || id.items.size() < 5 || pickle[id.items[0]].text != "storage")
        return fail("a persistent id that is no storage, expected ('storage', type, key, device, count)");
    const PickleNode& type = pickle[id.items[1]];
    const auto storage_type = storage_type_named(type.text);
    if (type.kind != PickleKind::kGlobal || !storage_type)
        return fail("a storage of the unknown type '{}'", printable(type.text));
    const PickleNode& key = pickle[id.items[2]];
    if (key.kind != PickleKind::kText) return fail("a storage's key is {}, expected text", name_of(key.kind));
    StorageId result{.type = *storage_type, .key = key.text};
    TRY(result.count, integer(pickle, id.items[4], "a storage's size"));
    if (result.count < 0 || result.count > (int64_t{1} << 58))
        return fail("a storage of {} elements", result.count);
    result.view_count = result.count;
    if (id.items.size() > 5 && pickle[id.items[5]].kind == PickleKind::kTuple &&
        pickle[id.items[5]].items.size() == 3) {
        const auto& view = pickle[id.items[5]].items;  // (key, offset, count)
        TRY(result.view_offset, integer(pickle, view[1], "a view's offset"));
        TRY(result.view_count, integer(pickle, view[2], "a view's size"));
        if (result.view_offset < 0 || result.view_offset > result.count || result.view_count < 0 ||
            result.view_count > result.count - result.view_offset)
            return fail("a view of {} elements at {} of a storage of {}", result.view_count,
                        result.view_offset, result.count);
    }
    return result;
}

bool TensorMaker::makes_tensor(const PickleNode& node) const {
    if (node.kind == PickleKind::kPersistent) return true;
    if (node.kind != PickleKind::kCall) return false;
    const Maker maker = maker_named(pickle_.callee_name(node));
    return maker == Maker::kTensor || maker == Maker::kArray || maker == Maker::kArrayOfBuffer;
}

Result<Tensor> TensorMaker::make(const PickleNode& node) const {
    if (node.kind == PickleKind::kPersistent) return whole_storage(node);
    switch (maker_named(pickle_.callee_name(node))) {
        case Maker::kTensor: return call(pickle_.callee_name(node), pickle_.arguments(node), 0);
        case Maker::kArray: return array_of_state(node);
        case Maker::kArrayOfBuffer: return array_of_buffer(node);
        default: return fail("{} where a tensor is expected", name_of(node.kind));
    }
}

Result<Tensor> TensorMaker::whole_storage(const PickleNode& persistent) const {
    TRY(const StorageId id, parse_storage_id(pickle_, persistent));
    TRY(const SharedBytes bytes, storages_.find(id));
    return strided_view(id.type.dtype, bytes, id.view_offset, {id.view_count}, {1});
}

// Wrappers around tensors: parameters, subclasses.
Result<Tensor> TensorMaker::call(std::string_view name, std::span<const PickleRef> arguments,
                                 int depth) const {
    if (depth > kMostWrappers) return fail("more than {} wrappers around one tensor", kMostWrappers);
    if (name.ends_with("._rebuild_from_type_v2")) {  // (function, type, its arguments, state)
        if (arguments.size() < 3 || pickle_[arguments[0]].kind != PickleKind::kGlobal ||
            pickle_[arguments[2]].kind != PickleKind::kTuple ||
            maker_named(pickle_[arguments[0]].text) != Maker::kTensor)
            return fail("a tensor's subclass that is made in an unknown way");
        return call(pickle_[arguments[0]].text, pickle_[arguments[2]].items, depth + 1);
    }
    if (name.find("_rebuild_parameter") !=
        std::string_view::npos) {  // (tensor, requires_grad, hooks[, state])
        if (arguments.empty()) return fail("a parameter without a tensor");
        const PickleNode& inner = pickle_[arguments[0]];
        if (inner.kind == PickleKind::kCall && maker_named(pickle_.callee_name(inner)) == Maker::kTensor)
            return call(pickle_.callee_name(inner), pickle_.arguments(inner), depth + 1);
        return make(inner);
    }
    return rebuild(name, arguments);
}

// A view that is to be read as its conjugate or negative holds other values than its storage does.
Status TensorMaker::check_plain(std::span<const PickleRef> arguments, size_t metadata) const {
    if (arguments.size() <= metadata) return {};
    for (const std::string_view flag : {"conj", "neg"})
        if (const PickleRef found = pickle_.find(pickle_[arguments[metadata]], flag);
            found != wire::kNoPickle)
            if (pickle_[found].integer != 0)
                return fail("a tensor with its {} bit set is not supported; save tensor.resolve_{}()", flag,
                            flag);
    return {};
}

// _rebuild_tensor(storage, offset, size, stride); _v2 adds (requires_grad, hooks[, metadata]) and _v3
// (requires_grad, hooks, dtype[, metadata]), there the storage is untyped.
Result<Tensor> TensorMaker::rebuild(std::string_view name, std::span<const PickleRef> arguments) const {
    const bool v3 = name.ends_with("_v3");
    if (arguments.size() < (v3 ? 7u : 4u))
        return fail("'{}' is called with {} arguments", name, arguments.size());
    const PickleNode& storage = pickle_[arguments[0]];
    if (storage.kind != PickleKind::kPersistent)
        return fail("'{}' is called with {}, expected a storage", name, name_of(storage.kind));
    TRY(const StorageId id, parse_storage_id(pickle_, storage));
    TRY_STATUS(check_plain(arguments, v3 ? 7 : 6));
    DType dtype = id.type.dtype;
    if (v3) {
        const PickleNode& given = pickle_[arguments[6]];
        const auto named = dtype_named(given.text);
        if (given.kind != PickleKind::kGlobal || !named)
            return fail("unknown element type '{}'", printable(given.text));
        dtype = *named;
    } else if (id.type.untyped) {
        return fail("'{}' of a storage without an element type", name);
    }
    TRY(const SharedBytes all, storages_.find(id));
    const auto element = static_cast<size_t>(id.element_bytes());
    const SharedBytes bytes = all.slice(static_cast<size_t>(id.view_offset) * element,
                                        static_cast<size_t>(id.view_count) * element);
    TRY(const int64_t offset, integer(pickle_, arguments[1], "a tensor's offset"));
    TRY(Shape shape, sizes(arguments[2], "a tensor's shape"));
    TRY(Shape strides, sizes(arguments[3], "a tensor's strides"));
    return strided_view(dtype, bytes, offset, std::move(shape), std::move(strides));
}

// A tuple or list of ints, or torch.Size of one.
Result<Shape> TensorMaker::sizes(PickleRef ref, std::string_view what) const {
    const PickleNode* node = &pickle_[ref];
    if (node->kind == PickleKind::kCall && pickle_.callee_name(*node) == "torch.Size" &&
        pickle_.arguments(*node).size() == 1)
        node = &pickle_[pickle_.arguments(*node)[0]];
    if (node->kind != PickleKind::kTuple && node->kind != PickleKind::kList)
        return fail("{} is {}, expected a tuple", what, name_of(node->kind));
    if (node->items.size() > kMostDimensions)
        return fail("{} has {} numbers, more than the {} dimensions that there can be", what,
                    node->items.size(), kMostDimensions);
    Shape result;
    for (const PickleRef item : node->items) {
        TRY(const int64_t size, integer(pickle_, item, what));
        result.push_back(size);
    }
    return result;
}

}  // namespace lathe::formats::pytorch
