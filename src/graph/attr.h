// Attributes: the parameters of an operator that are not tensors.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "graph/dim.h"
#include "tensor/tensor.h"

namespace lathe::graph {

using Ints = std::vector<int64_t>;
using Floats = std::vector<double>;

enum class AttrType : uint8_t { kBool, kInt, kFloat, kString, kDType, kInts, kFloats, kDims, kTensor };
// In the order of AttrType. kDims is for sizes that may hold symbols (the target of a reshape).
using Attr = std::variant<bool, int64_t, double, std::string, DType, Ints, Floats, Dims, Tensor>;

inline AttrType type_of(const Attr& attr) { return static_cast<AttrType>(attr.index()); }
std::string_view name_of(AttrType type);
std::string to_string(const Attr& attr);  // as in the graph's text form: true, 3, 1e-05, "same", f16, [1, 2]
// Errors: `text` is not of that type. Tensors have no text.
Result<Attr> parse_attr(AttrType type, std::string_view text);
bool same_attr(const Attr& a, const Attr& b);  // tensors compare by bytes

// Attributes of one node, sorted by name.
class Attrs {
public:
    Attrs() = default;
    Attrs(std::initializer_list<std::pair<std::string_view, Attr>> entries);
    const Attr* find(std::string_view name) const;
    void set(std::string_view name, Attr value);
    void erase(std::string_view name);
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    size_t size() const { return entries_.size(); }

private:
    std::vector<std::pair<std::string, Attr>> entries_;
};

}  // namespace lathe::graph
