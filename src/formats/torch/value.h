// What a PyTorch program computes with, while its graph is being built: numbers, lists and modules are known, tensors
// stand for values of the graph, sizes may hold symbols.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "graph/graph.h"

namespace lathe::formats::torch {

struct Value;
struct Cell;  // a tensor, see tensors.h
using TensorRef = std::shared_ptr<Cell>;
using Items = std::vector<Value>;

// Something that only the run will tell, or the result of an operator that Lathe does not have. `input` >= 0: it is (or
// has the shape of) an input of the program whose shape is not known yet; `sizes`: its list of sizes.
struct Unknown {
    std::string why;
    int input = -1;
    bool sizes = false;
};

// Lists, dictionaries and objects are shared and change in place, as in Python; tuples never change.
struct List {
    Items items;
};
struct Tuple {
    Items items;
};
struct Dict {
    std::vector<std::pair<Value, Value>> entries;
};
// A module, or an object of another class that the program defines.
struct Object {
    std::string type;  // qualified name of its class: "__torch__.models.Net"
    std::string path;  // of a module: "layer1.0.conv1"; the root's is ""
    bool stored = false;  // it comes with the file
    std::map<std::string, Value, std::less<>> members;
};

enum class Kind { kNone, kUnknown, kTensor, kBool, kInt, kFloat, kText, kList, kTuple, kDict, kObject };
std::string_view name_of(Kind kind);  // "a tensor", "an integer", …

struct Value : std::variant<std::monostate, Unknown, TensorRef, bool, graph::Dim, double, std::string,
                            std::shared_ptr<List>, std::shared_ptr<const Tuple>, std::shared_ptr<Dict>,
                            std::shared_ptr<Object>> {
    using variant::variant;
    Kind kind() const { return static_cast<Kind>(index()); }
    bool is(Kind k) const { return kind() == k; }
    bool none() const { return is(Kind::kNone); }
    template <class T>
    const T* as() const {
        return std::get_if<T>(this);
    }
    template <class T>
    T* as() {
        return std::get_if<T>(this);
    }
    const Items* items() const;  // of a list or tuple, else nullptr
};

Value make_int(int64_t value);
Value make_list(Items items);
Value make_tuple(Items items);
Value unknown(std::string why);
std::string describe(const Value& value);  // for messages: "3", "a list of 2", "a tensor"
// Whether Python would call the two values equal. Nothing: that depends on sizes, or on tensors.
std::optional<bool> same(const Value& a, const Value& b);

}  // namespace lathe::formats::torch
