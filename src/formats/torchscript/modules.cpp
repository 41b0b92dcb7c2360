#include "formats/torchscript/modules.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "formats/torch/storage.h"
#include "wire/pickle_writer.h"

namespace lathe::formats::torchscript {
namespace {

using AtenProgram = torch::aten::Program;
using torch::aten::Weight;
using Module = ModuleTree::Module;
using Member = ModuleTree::Member;

bool is_identifier(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Names that TorchScript's classes or Python's modules give a meaning to.
constexpr std::string_view kKept[] = {"training",  "forward",    "self",    "None",
                                      "True",      "False",      "in",      "is",
                                      "if",        "for",        "def",     "class",
                                      "return",    "not",        "and",     "or",
                                      "as",        "from",       "import",  "with",
                                      "pass",      "lambda",     "global",  "del",
                                      "while",     "else",       "try",     "eval",
                                      "train",     "parameters", "buffers", "modules",
                                      "children",  "state_dict", "name",    "type",
                                      "half",      "float",      "double",  "apply",
                                      "to",        "cpu",        "cuda",    "register_buffer",
                                      "extra_repr"};

// What may stand in a member's name: letters, digits, '_'; anything else would end the path.
std::string plain(std::string_view part) {
    std::string text;
    for (const char c : part) {
        const bool keep =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        text += keep ? c : '_';
    }
    return text.empty() ? "_" : text;
}

std::string class_name(std::string_view path, size_t number) { return format("Part{}_{}", number, path); }

class TreeBuilder {
public:
    TreeBuilder() { tree_.modules.push_back({"Network", {}}); }

    void add(const AtenProgram& program, int index) {
        const Weight& weight = program.weights[static_cast<size_t>(index)];
        const auto parts = split(weight.name, '.');
        size_t module = 0;
        std::string expression = "self";
        for (size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto [next, name] = child(module, plain(parts[i]));
            module = next;
            expression = member_of(expression, name);
        }
        const std::string name = free_name(module, plain(parts.back()));
        const bool parameter = is_float(weight.tensor.dtype()) && weight.tensor.rank() > 0;
        tree_.modules[module].members.push_back({name, -1, index, parameter});
        tree_.expressions[weight.value] = member_of(expression, name);
    }

    ModuleTree tree() { return std::move(tree_); }

private:
    static std::string member_of(const std::string& object, const std::string& name) {
        if (is_identifier(name)) return format("{}.{}", object, name);
        return format("getattr({}, \"{}\")", object, name);
    }

    const Member* find(size_t module, std::string_view name) const {
        const auto& members = tree_.modules[module].members;
        const auto it = std::ranges::find(members, name, &Member::name);
        return it == members.end() ? nullptr : &*it;
    }

    std::string free_name(size_t module, const std::string& wanted) const {
        std::string name = wanted;
        for (int i = 1; find(module, name) != nullptr || std::ranges::find(kKept, name) != std::end(kKept);
             ++i)
            name = format("{}_{}", wanted, i);
        return name;
    }

    // The module of that name in `module`, made when there is none: its number, and the name that it has.
    std::pair<size_t, std::string> child(size_t module, const std::string& wanted) {
        const auto key = std::pair(module, wanted);
        const auto it = children_.find(key);
        if (it != children_.end()) return it->second;
        const std::string name = free_name(module, wanted);
        const size_t number = tree_.modules.size();
        tree_.modules.push_back({class_name(name, number), {}});
        tree_.modules[module].members.push_back({name, static_cast<int>(number), -1, false});
        return children_[key] = {number, name};
    }

    ModuleTree tree_;
    std::map<std::pair<size_t, std::string>, std::pair<size_t, std::string>> children_;
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
    WeightsPickle(const ModuleTree& tree, const AtenProgram& program) : tree_(tree), program_(program) {}

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
    const AtenProgram& program_;
    wire::PickleWriter p_;
    std::map<std::tuple<const std::byte*, DType, Shape, Shape>, size_t> known_;
};

}  // namespace

ModuleTree module_tree(const AtenProgram& program) {
    TreeBuilder builder;
    for (size_t i = 0; i < program.weights.size(); ++i) builder.add(program, static_cast<int>(i));
    return builder.tree();
}

std::string classes_text(const ModuleTree& tree, const AtenProgram&, std::string_view forward) {
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
                   const AtenProgram& program) {
    WeightsPickle pickle(tree, program);
    const std::string data = pickle.run();
    TRY_STATUS(zip.add(folder + "data.pkl", data));
    for (size_t i = 0; i < pickle.storages.size(); ++i)
        TRY_STATUS(zip.add(format("{}data/{}", folder, i), torch::stored_bytes(*pickle.storages[i])));
    return {};
}

}  // namespace lathe::formats::torchscript
