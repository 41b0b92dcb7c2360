#include "formats/pytorch/flatten.h"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/text.h"

namespace lathe::formats::pytorch {

using wire::kNoPickle;
using wire::name_of;
using wire::Pickle;
using wire::PickleKind;
using wire::PickleNode;
using wire::PickleRef;

namespace {

constexpr int kMostLevels = 60;

using Pair = std::pair<PickleRef, PickleRef>;  // key, value

class Flattener {
public:
    Flattener(const Pickle& pickle, Storages& storages, graph::Checkpoint& checkpoint)
        : pickle_(pickle),
          maker_(pickle, storages),
          checkpoint_(checkpoint),
          budget_((uint64_t{64} << 20) + uint64_t{16} * pickle.size_bytes()) {}

    // Records the tensors below `ref`, which is called `name`; whatever is none goes to `json`, which stays discarded
    // when there is nothing.
    Status walk(PickleRef ref, const std::string& name, int depth, Json& json) {
        const PickleNode& node = pickle_[ref];
        if (depth > kMostLevels)
            return fail("'{}' is nested deeper than {} levels", printable(name), kMostLevels);
        TRY_STATUS(spend(16 + node.text.size()));
        if (maker_.makes_tensor(node)) return add_tensor(node, name);
        switch (node.kind) {
            case PickleKind::kNone: json = nullptr; return {};
            case PickleKind::kBool: json = node.integer != 0; return {};
            case PickleKind::kInt: json = node.integer; return {};
            case PickleKind::kBigInt: json = hexadecimal(node.text); return {};
            case PickleKind::kFloat: json = node.number; return {};
            case PickleKind::kText:
            case PickleKind::kGlobal: json = std::string(node.text); return {};
            case PickleKind::kBytes: return add_bytes(ref, json);
            case PickleKind::kList:
            case PickleKind::kTuple:
            case PickleKind::kSet: return walk_items(node.items, name, depth, json);
            case PickleKind::kDict: return walk_pairs(pairs_of(node.items), name, depth, json);
            case PickleKind::kCall: return walk_call(ref, name, depth, json);
            case PickleKind::kPersistent: break;  // a tensor, see above
        }
        return {};
    }

private:
    Status spend(uint64_t bytes) {
        if (bytes > budget_)
            return fail(
                "the pickle's objects share so much that they cannot be written out; it is no checkpoint");
        budget_ -= bytes;
        return {};
    }

    static std::string join_name(const std::string& name, std::string_view key) {
        return name.empty() ? std::string(key) : name + "." + std::string(key);
    }

    static std::string hexadecimal(std::string_view little_endian) {
        std::string text = "0x";
        for (size_t i = little_endian.size(); i-- > 0;)
            text += format("{:02x}", static_cast<uint8_t>(little_endian[i]));
        return text;
    }

    Status add_tensor(const PickleNode& node, const std::string& given) {
        const std::string name = given.empty() ? "tensor" : given;
        TRY_STATUS(spend(64 + name.size()));
        TRY(Tensor tensor, with_place(maker_.make(node), "tensor '" + printable(name) + "'"));
        if (!names_.insert(name).second) return fail("two tensors are named '{}'", printable(name));
        checkpoint_.tensors.push_back({name, std::move(tensor)});
        return {};
    }

    Status add_bytes(PickleRef ref, Json& json) {
        TRY(const SharedBytes bytes, maker_.bytes_of(ref));
        TRY_STATUS(spend(bytes.size()));
        const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
        json = Json::binary(std::vector<uint8_t>(first, first + bytes.size()));
        return {};
    }

    Status walk_items(std::span<const PickleRef> items, const std::string& name, int depth, Json& json) {
        json = Json::array();
        bool tensors_only = !items.empty();
        for (size_t i = 0; i < items.size(); ++i) {
            Json item(Json::value_t::discarded);
            const std::string item_name = join_name(name, format("{}", i));
            TRY_STATUS(spend(item_name.size()));
            TRY_STATUS(walk(items[i], item_name, depth + 1, item));
            tensors_only = tensors_only && item.is_discarded();
            json.push_back(item.is_discarded() ? Json(nullptr) : std::move(item));
        }
        if (tensors_only) json = Json(Json::value_t::discarded);
        return {};
    }

    Status walk_pairs(const std::vector<Pair>& pairs, const std::string& name, int depth, Json& json) {
        json = Json::object();
        auto& object = json.get_ref<Json::object_t&>();
        std::unordered_set<std::string> keys;
        for (const auto& [key_ref, value_ref] : pairs) {
            TRY(std::string key, key_text(key_ref, depth));
            const std::string value_name = join_name(name, key);
            TRY_STATUS(spend(key.size() + value_name.size()));
            Json value(Json::value_t::discarded);
            TRY_STATUS(walk(value_ref, value_name, depth + 1, value));
            if (!keys.insert(key).second)
                return fail("'{}' has two keys '{}'", printable(name), printable(key));
            if (!value.is_discarded()) object.push_back({std::move(key), std::move(value)});
        }
        return {};
    }

    // A dictionary's key as text: "3" for 3, "(1, 2)" for a tuple.
    Result<std::string> key_text(PickleRef ref, int depth) {
        const PickleNode& node = pickle_[ref];
        if (node.kind == PickleKind::kText) return std::string(node.text);
        const size_t before = checkpoint_.tensors.size();
        Json json(Json::value_t::discarded);
        TRY_STATUS(walk(ref, "key", depth + 1, json));
        if (json.is_discarded() || checkpoint_.tensors.size() != before)
            return fail("a tensor is the key of a dictionary");
        return json.is_string() ? json.get<std::string>() : to_text(json);
    }

    static std::vector<Pair> pairs_of(std::span<const PickleRef> items) {
        std::vector<Pair> pairs;
        for (size_t i = 0; i + 1 < items.size(); i += 2) pairs.emplace_back(items[i], items[i + 1]);
        return pairs;
    }

    Status walk_call(PickleRef ref, const std::string& name, int depth, Json& json) {
        const PickleNode& node = pickle_[ref];
        const std::string_view callee = pickle_.callee_name(node);
        const auto arguments = pickle_.arguments(node);
        switch (maker_named(callee)) {
            case Maker::kDictionary: {
                TRY(const std::vector<Pair> pairs, dictionary_pairs(node));
                return walk_pairs(pairs, name, depth, json);
            }
            case Maker::kSequence: {
                std::vector<PickleRef> items = node.items;
                if (!arguments.empty()) {
                    const PickleNode& given = pickle_[arguments[0]];
                    if (given.kind != PickleKind::kList && given.kind != PickleKind::kTuple &&
                        given.kind != PickleKind::kSet)
                        return fail("{}({}), expected a list", callee, name_of(given.kind));
                    items.insert(items.begin(), given.items.begin(), given.items.end());
                }
                return walk_items(items, name, depth, json);
            }
            case Maker::kEncoded:
            case Maker::kByteArray: return add_bytes(ref, json);
            case Maker::kPath: return walk_text(arguments, "/", json);
            case Maker::kText: return walk_text(arguments, "", json);
            case Maker::kDevice: return walk_text(arguments, ":", json);
            case Maker::kComplex: return walk_items(arguments, name, depth, json);
            case Maker::kScalar: return walk_scalar(node, json);
            default: break;
        }
        if (callee == "numpy.dtype" && !arguments.empty()) return walk(arguments[0], name, depth + 1, json);
        return fail("'{}' is an object of type '{}', which is not known to be data", printable(name), callee);
    }

    // The pairs of an OrderedDict(list of pairs), a Counter(dictionary), a Namespace (its attributes), and those added.
    Result<std::vector<Pair>> dictionary_pairs(const PickleNode& call) {
        std::vector<Pair> pairs;
        const std::string_view callee = pickle_.callee_name(call);
        const auto arguments = pickle_.arguments(call);
        if (!arguments.empty() && callee != "collections.defaultdict") {
            const PickleNode& given = pickle_[arguments[0]];
            if (given.kind == PickleKind::kDict) pairs = pairs_of(given.items);
            else if (given.kind != PickleKind::kList)
                return fail("{}({}), expected a dictionary or a list", callee, name_of(given.kind));
            else
                for (const PickleRef item : given.items) {
                    if (pickle_[item].items.size() != 2) return fail("{} of a list without pairs", callee);
                    pairs.emplace_back(pickle_[item].items[0], pickle_[item].items[1]);
                }
        }
        if (call.items_are_pairs)
            for (const Pair& pair : pairs_of(call.items)) pairs.push_back(pair);
        const bool attributes_are_contents = callee.ends_with("Namespace");
        if (attributes_are_contents && call.state != kNoPickle &&
            pickle_[call.state].kind == PickleKind::kDict)
            for (const Pair& pair : pairs_of(pickle_[call.state].items)) pairs.push_back(pair);
        return pairs;
    }

    // Texts and numbers, joined: PosixPath('/', 'home'), device('cuda', 0).
    Status walk_text(std::span<const PickleRef> arguments, std::string_view separator, Json& json) {
        std::string text;
        for (const PickleRef ref : arguments) {
            const PickleNode& part = pickle_[ref];
            TRY_STATUS(spend(16 + part.text.size()));
            if (part.kind != PickleKind::kText && part.kind != PickleKind::kInt)
                return fail("{} where text is expected", name_of(part.kind));
            if (!text.empty() && !text.ends_with(separator)) text += separator;
            text += part.kind == PickleKind::kText ? std::string(part.text) : format("{}", part.integer);
        }
        json = std::move(text);
        return {};
    }

    Status walk_scalar(const PickleNode& node, Json& json) {
        TRY(const Tensor scalar, maker_.make_scalar(node));
        if (scalar.dtype() == DType::kBool) json = scalar.to_ints()[0] != 0;
        else if (is_float(scalar.dtype())) json = scalar.to_doubles()[0];
        else if (scalar.dtype() == DType::kU64) json = scalar.values<uint64_t>()[0];
        else if (is_integer(scalar.dtype())) json = scalar.to_ints()[0];
        else return fail("a complex NumPy scalar is not supported");
        return {};
    }

    const Pickle& pickle_;
    TensorMaker maker_;
    graph::Checkpoint& checkpoint_;
    uint64_t budget_;
    std::unordered_set<std::string> names_;
};

}  // namespace

Status flatten(const Pickle& pickle, Storages& storages, graph::Checkpoint& checkpoint) {
    Json json(Json::value_t::discarded);
    TRY_STATUS(Flattener(pickle, storages, checkpoint).walk(pickle.root(), "", 0, json));
    if (!json.is_object()) {
        Json object = Json::object();
        if (!json.is_discarded()) object["value"] = std::move(json);
        json = std::move(object);
    }
    checkpoint.metadata = std::make_shared<const Json>(std::move(json));
    return {};
}

}  // namespace lathe::formats::pytorch
