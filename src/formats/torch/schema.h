// Operator schemas in PyTorch's own notation, and the matching of a call's arguments with them:
//   "softplus(Tensor self, Scalar beta=1, Scalar threshold=20)"
//   "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)"
// A name, an overload after a dot, parameters with types and defaults; '*' begins those that are given by name only.
// Types: Tensor, Scalar, int, float, bool, str, any (whatever comes; devices, layouts, memory formats), each also as
// T? (or None), T[] (a list), T[n] (a list; one number stands for n). Sizes and element types are ints.
#pragma once
#include <span>
#include <string_view>

#include "formats/torch/value.h"

namespace lathe::formats::torch {

struct ParameterType {
    enum class Base { kTensor, kScalar, kInt, kFloat, kBool, kText, kAny };
    Base base = Base::kAny;
    bool optional = false;  // None is taken
    bool list = false;
    bool optional_elements = false;  // of the list
    int count = 0;  // T[n]
};

struct Parameter {
    std::string_view name;
    ParameterType type;
    bool has_default = false;
    Value absent;
};

struct Schema {
    std::string_view name;  // "add"
    std::string_view overload;  // "Tensor"; "" is also called "default"
    std::vector<Parameter> parameters;
    size_t positional = 0;  // how many may be given by position

    int find(std::string_view parameter) const;  // -1: none of that name
};

// `text` must outlive the result. Aborts when it is no schema: schemas are our own data.
Schema parse_schema(std::string_view text);

struct Arguments {
    Items positional;
    std::vector<std::pair<std::string, Value>> named;
};

// One value for every parameter. Errors: too many, unknown, missing, or of another type, naming the parameter.
Result<Items> match_arguments(const Schema& schema, const Arguments& arguments);

}  // namespace lathe::formats::torch
