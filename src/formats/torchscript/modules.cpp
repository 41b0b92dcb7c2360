#include "formats/torchscript/modules.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "formats/torch/storage.h"
#include "formats/torch/weight_paths.h"
#include "wire/pickle_writer.h"

namespace lathe::formats::torchscript {
namespace {

namespace aten = torch::aten;

using Module = ModuleTree::Module;
using Member = ModuleTree::Member;

bool is_identifier(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string member_of(const std::string& object, const std::string& name) {
    if (is_identifier(name)) return format("{}.{}", object, name);
    return format("getattr({}, \"{}\")", object, name);
}

class TreeBuilder {
public:
    TreeBuilder() { tree_.modules.push_back({"Network", {}}); }

    void add(const aten::Program& program, int index, const std::string& path) {
        const aten::Weight& weight = program.weights[static_cast<size_t>(index)];
        const auto parts = split(path, '.');
        size_t module = 0;
        std::string expression = "self";
        for (size_t i = 0; i + 1 < parts.size(); ++i) {
            module = child(module, std::string(parts[i]));
            expression = member_of(expression, std::string(parts[i]));
        }
        const std::string name(parts.back());
        const bool parameter = is_float(weight.tensor.dtype()) && weight.tensor.rank() > 0;
        tree_.modules[module].members.push_back({name, -1, index, parameter});
        tree_.expressions[weight.value] = member_of(expression, name);
    }

    ModuleTree tree() { return std::move(tree_); }

private:
    // The module of that name in `module`, made when there is none.
    size_t child(size_t module, const std::string& name) {
        const auto [it, fresh] = children_.try_emplace({module, name}, tree_.modules.size());
        if (!fresh) return it->second;
        tree_.modules.push_back({format("Part{}_{}", it->second, name), {}});
        tree_.modules[module].members.push_back({name, static_cast<int>(it->second), -1, false});
        return it->second;
    }

    ModuleTree tree_;
    std::map<std::pair<size_t, std::string>, size_t> children_;
};

// ---- data.pkl

std::string_view storage_class(DType dtype) {
    switch (dtype) {
        case DType::kU8: return "ByteStorage";
        case DType::kI8: return "CharStorage";
        case DType::kI16: return "ShortStorage";
        case DType::kI32: return "IntStorage";
        case DType::kI64: return "LongStorage";
        case DType::kF16: return "HalfStorage";
        case DType::kF32: return "FloatStorage";
        case DType::kF64: return "DoubleStorage";
        case DType::kBool: return "BoolStorage";
        case DType::kBF16: return "BFloat16Storage";
        case DType::kC64: return "ComplexFloatStorage";
        case DType::kC128: return "ComplexDoubleStorage";
        default: return "";
    }
}

class WeightsPickle {
public:
    WeightsPickle(const ModuleTree& tree, const aten::Program& program) : tree_(tree), program_(program) {}

    // Which storage each weight lies in; equal tensors of the graph share one.
    std::vector<const Tensor*> storages;

    std::string run() {
        module(tree_.modules[0]);
        p_.stop();
        return p_.bytes();
    }

private:
    void module(const Module& m) {
        p_.global("__torch__", m.class_name);
        p_.empty_tuple();
        p_.new_object();
        p_.empty_dict();
        p_.mark();
        p_.text("training");
        p_.boolean(false);
        for (const Member& member : m.members) {
            p_.text(member.name);
            if (member.module >= 0) module(tree_.modules[static_cast<size_t>(member.module)]);
            else tensor(program_.weights[static_cast<size_t>(member.weight)].tensor);
        }
        p_.set_items();
        p_.build();
    }

    void tuple(const Shape& numbers) {
        p_.mark();
        for (const int64_t number : numbers) p_.integer(number);
        p_.tuple();
    }

    void tensor(const Tensor& t) {
        p_.global("torch._utils", "_rebuild_tensor_v2");
        p_.mark();
        p_.mark();
        p_.text("storage");
        p_.global("torch", storage_class(t.dtype()));
        p_.text(format("{}", storage_of(t)));
        p_.text("cpu");
        p_.integer(t.count());
        p_.tuple();
        p_.persistent();
        p_.integer(0);
        tuple(t.shape());
        tuple(torch::stored_strides(t));
        p_.boolean(false);
        p_.global("collections", "OrderedDict");
        p_.empty_tuple();
        p_.reduce();
        p_.tuple();
        p_.reduce();
    }

    size_t storage_of(const Tensor& t) {
        const auto key = std::tuple(t.storage().data(), t.dtype(), t.shape(), t.strides());
        const auto [it, fresh] = known_.try_emplace(key, storages.size());
        if (fresh) storages.push_back(&t);
        return it->second;
    }

    const ModuleTree& tree_;
    const aten::Program& program_;
    wire::PickleWriter p_;
    std::map<std::tuple<const std::byte*, DType, Shape, Shape>, size_t> known_;
};

}  // namespace

ModuleTree module_tree(const aten::Program& program) {
    TreeBuilder builder;
    const auto paths = torch::weight_paths(program);
    for (size_t i = 0; i < paths.size(); ++i) builder.add(program, static_cast<int>(i), paths[i]);
    return builder.tree();
}

std::string classes_text(const ModuleTree& tree, const aten::Program&, std::string_view forward) {
    std::string text;
    for (size_t i = tree.modules.size(); i-- > 0;) {
        const Module& m = tree.modules[i];
        std::string parameters, buffers, members;
        for (const Member& member : m.members) {
            if (member.module < 0)
                (member.parameter ? parameters : buffers) += format("\"{}\", ", member.name);
            const std::string type =
                member.module < 0
                    ? "Tensor"
                    : "__torch__." + tree.modules[static_cast<size_t>(member.module)].class_name;
            members += is_identifier(member.name)
                           ? format("  {} : {}\n", member.name, type)
                           : format("  __annotations__[\"{}\"] = {}\n", member.name, type);
        }
        text += format("class {}(Module):\n  __parameters__ = [{}]\n  __buffers__ = [{}]\n", m.class_name,
                       parameters, buffers);
        text += "  training : bool\n" + members;
        if (i == 0) text += forward;
    }
    return text;
}

Status add_weights(wire::ZipWriter& zip, const std::string& folder, const ModuleTree& tree,
                   const aten::Program& program) {
    WeightsPickle pickle(tree, program);
    const std::string data = pickle.run();
    TRY_STATUS(zip.add(folder + "data.pkl", data));
    for (size_t i = 0; i < pickle.storages.size(); ++i)
        TRY_STATUS(zip.add(format("{}data/{}", folder, i), torch::stored_bytes(*pickle.storages[i])));
    return {};
}

}  // namespace lathe::formats::torchscript
