#include "formats/torchscript/objects.h"

#include <unordered_map>

#include "base/text.h"
#include "formats/torchscript/program.h"

namespace lathe::formats::torchscript {

using torch::Dict;
using torch::Items;
using torch::List;
using torch::Object;
using torch::Value;
using wire::Pickle;
using wire::PickleKind;
using wire::PickleNode;
using wire::PickleRef;

namespace {

constexpr int kDeepest = 100;
constexpr size_t kMostValues = 10'000'000;

class Reader {
public:
    Reader(const Pickle& pickle, pytorch::Storages& storages, torch::Importer& importer,
           std::vector<graph::NamedTensor>& tensors)
        : pickle_(pickle), maker_(pickle, storages), importer_(importer), tensors_(tensors) {}

    Result<Value> read(PickleRef ref, const std::string& path, int depth) {
        if (depth > kDeepest) return fail("objects are nested deeper than {}", kDeepest);
        if (++count_ > kMostValues) return fail("more than {} objects", kMostValues);
        const PickleNode& node = pickle_[ref];
        if (const auto it = made_.find(ref); it != made_.end()) return it->second;
        if (maker_.makes_tensor(node)) return tensor(ref, path);
        switch (node.kind) {
            case PickleKind::kNone: return Value();
            case PickleKind::kBool: return Value(node.integer != 0);
            case PickleKind::kInt: return torch::make_int(node.integer);
            case PickleKind::kFloat: return Value(node.number);
            case PickleKind::kText:
            case PickleKind::kBytes:
            case PickleKind::kGlobal: return Value(std::string(node.text));
            case PickleKind::kList: return list(ref, node.items, path, depth);
            case PickleKind::kTuple: return tuple(node.items, path, depth);
            case PickleKind::kDict: return dict(ref, node.items, path, depth);
            case PickleKind::kCall: return call(ref, path, depth);
            default: return fail("'{}' is {}, which Lathe cannot read", printable(path), name_of(node.kind));
        }
    }

private:
    static std::string join_path(const std::string& path, std::string_view key) {
        return path.empty() ? std::string(key) : path + "." + std::string(key);
    }

    Result<Value> tensor(PickleRef ref, const std::string& path) {
        TRY(Tensor made, with_place(maker_.make(pickle_[ref]), "tensor '" + printable(path) + "'"));
        tensors_.push_back({path.empty() ? "tensor" : path, made});
        const Value value(torch::make_weight(path.empty() ? "tensor" : path, std::move(made)));
        made_.emplace(ref, value);
        return value;
    }

    Result<Items> read_all(std::span<const PickleRef> refs, const std::string& path, int depth) {
        Items items;
        for (size_t i = 0; i < refs.size(); ++i) {
            TRY(items.emplace_back(), read(refs[i], join_path(path, format("{}", i)), depth + 1));
        }
        return items;
    }

    Result<Value> list(PickleRef ref, std::span<const PickleRef> refs, const std::string& path, int depth) {
        const auto made = std::make_shared<List>();
        made_.emplace(ref, importer_.keep(Value(made)));
        TRY(made->items, read_all(refs, path, depth));
        return Value(made);
    }

    Result<Value> tuple(std::span<const PickleRef> refs, const std::string& path, int depth) {
        TRY(Items items, read_all(refs, path, depth));
        return importer_.keep(torch::make_tuple(std::move(items)));
    }

    Result<Value> dict(PickleRef ref, std::span<const PickleRef> refs, const std::string& path, int depth) {
        const auto made = std::make_shared<Dict>();
        made_.emplace(ref, importer_.keep(Value(made)));
        for (size_t i = 0; i + 1 < refs.size(); i += 2) {
            TRY(Value key, read(refs[i], join_path(path, "key"), depth + 1));
            const std::string name =
                key.is(torch::Kind::kText) ? *key.as<std::string>() : torch::describe(key);
            TRY(Value value, read(refs[i + 1], join_path(path, name), depth + 1));
            made->entries.emplace_back(std::move(key), std::move(value));
        }
        return Value(made);
    }

    // Objects of the archive's classes, and lists that say what they hold.
    Result<Value> call(PickleRef ref, const std::string& path, int depth) {
        const PickleNode& node = pickle_[ref];
        const std::string_view callee = pickle_.callee_name(node);
        const auto arguments = pickle_.arguments(node);
        if (callee.starts_with(kCodeRoot)) return object(ref, callee, path, depth);
        if (callee.starts_with("torch.jit._pickle.") && !arguments.empty())
            return read(arguments[0], path, depth + 1);
        if (callee == "collections.OrderedDict") return dict(ref, node.items, path, depth);
        if (callee == "torch.device") return Value(std::string("cpu"));
        return fail("'{}' is an object of type '{}', which is not known to be data", printable(path),
                    printable(callee));
    }

    Result<Value> object(PickleRef ref, std::string_view type, const std::string& path, int depth) {
        const auto made = std::make_shared<Object>();
        made->type = type;
        made->path = path;
        made->stored = true;
        made_.emplace(ref, importer_.keep(Value(made)));
        const PickleRef state = pickle_[ref].state;
        if (state == wire::kNoPickle) return Value(made);
        if (pickle_[state].kind != PickleKind::kDict)
            return fail("'{}' has a state of its own making (__getstate__), which is not supported",
                        printable(path));
        const auto& pairs = pickle_[state].items;
        for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
            if (pickle_[pairs[i]].kind != PickleKind::kText)
                return fail("'{}' has an attribute without a name", printable(path));
            const std::string key(pickle_[pairs[i]].text);
            TRY(made->members[key], read(pairs[i + 1], join_path(path, key), depth + 1));
        }
        return Value(made);
    }

    const Pickle& pickle_;
    pytorch::TensorMaker maker_;
    torch::Importer& importer_;
    std::vector<graph::NamedTensor>& tensors_;
    std::unordered_map<PickleRef, Value> made_;
    size_t count_ = 0;
};

}  // namespace

wire::PickleOptions pickle_options() {
    static const std::vector<std::string_view> allowed = [] {
        const wire::PickleOptions base = pytorch::pickle_options();
        std::vector<std::string_view> names(base.allowed.begin(), base.allowed.end());
        for (const std::string_view name :
             {"torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist",
              "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist",
              "torch.jit._pickle.restore_type_tag"})
            names.push_back(name);
        return names;
    }();
    return {.allowed = allowed, .allowed_prefix = kCodeRoot};
}

Result<Value> value_of(const Pickle& pickle, pytorch::Storages& storages, torch::Importer& importer,
                       const std::string& path, std::vector<graph::NamedTensor>& tensors) {
    return Reader(pickle, storages, importer, tensors).read(pickle.root(), path, 0);
}

}  // namespace lathe::formats::torchscript
