// OpDef: one operator, as one row of a table. A row says everything that is known of the operator once: its operands and
// attributes, how shapes follow, what it computes (a reference kernel in plain loops), samples to try it on, what it
// costs, how each format calls it (cells), and what it is made of (a body in text form) for formats without a cell.
// Rows are constant data in src/ops/*.cpp, listed in src/ops/all.cpp; nothing registers itself.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "base/result.h"
#include "graph/attr.h"

namespace lathe::graph {

class InferContext;
class EvalContext;

// Sets of element types.
using TypeSet = uint32_t;
constexpr TypeSet type_bit(DType d) { return TypeSet{1} << static_cast<int>(d); }
template <class... D>
constexpr TypeSet types(D... d) {
    return (type_bit(d) | ...);
}
inline constexpr TypeSet kFloatTypes = types(DType::kF64, DType::kF32, DType::kF16, DType::kBF16);
inline constexpr TypeSet kSmallFloatTypes =
    types(DType::kF8E4M3, DType::kF8E5M2, DType::kF8E8M0, DType::kF4E2M1);
inline constexpr TypeSet kSignedTypes = types(DType::kI64, DType::kI32, DType::kI16, DType::kI8);
inline constexpr TypeSet kUnsignedTypes = types(DType::kU64, DType::kU32, DType::kU16, DType::kU8);
inline constexpr TypeSet kIntTypes = kSignedTypes | kUnsignedTypes;
inline constexpr TypeSet kNumericTypes = kFloatTypes | kIntTypes;
inline constexpr TypeSet kBoolType = type_bit(DType::kBool);
inline constexpr TypeSet kIndexTypes = types(DType::kI64, DType::kI32);
inline constexpr TypeSet kAllTypes = ~TypeSet{0};

enum class Arity : uint8_t { kOne, kOptional, kVariadic };  // variadic: the last operand only, one or more

// Operands that share a `group` letter must have one dtype ('\0': no group).
struct OperandDef {
    std::string_view name;
    TypeSet types = kAllTypes;
    char group = '\0';
    Arity arity = Arity::kOne;
};

inline constexpr std::string_view kRequired = "!";  // AttrDef::absent of an attribute that must be given

// `absent` is the default in text form ("1", "[]", "\"explicit\"", "false").
// A parameter that formats give either as an attribute or as a tensor (the axes of a reduction, the target of a reshape)
// is an attribute here and, under the same name, an optional operand: one of the two is given. InferContext::ints/dims
// and EvalContext::ints read whichever it is.
struct AttrDef {
    std::string_view name;
    AttrType type;
    std::string_view absent = kRequired;
};

// How one parameter travels to a format, where it is not simply an attribute (or the operand in the same place) of the
// same name. `theirs` empty: the format has no such parameter; it must then hold its default.
struct Place {
    std::string_view ours;
    std::string_view theirs;
    int input = -1;  // >= 0: it is the format's operand number `input` rather than an attribute
    int since = 0;  // of the format's versions, inclusive
    int until = std::numeric_limits<int>::max();
};

// How a format calls the operator: `op` in that format, for the versions [since, until].
// `fixed`: attributes that the format's spelling needs with a constant value, "axis=1; mode=\"linear\"".
// `types`: the dtypes of operand 0 that the format's operator takes; `results`: those of result 0 that it gives.
struct Cell {
    std::string_view format;
    std::string_view op;
    int since = 1;
    int until = std::numeric_limits<int>::max();
    std::span<const Place> places = {};
    std::string_view fixed = {};
    TypeSet types = kAllTypes;
    TypeSet results = kAllTypes;
};

// Inputs to try the operator on, as text: types with shapes, and optionally values. Separated by ';', in operand order:
//   "f32[2, 3]"               values by rule in [-1, 1)
//   "f32[2, 3]{0.5, 2}"       values by rule in [0.5, 2); integers likewise, both ends included
//   "i64[3]=1,0,2"            these values
//   "-"                       an absent optional operand
// attrs: "axis=1; keepdims=false". outputs: how many results are asked for; 0: those that are not optional.
struct Sample {
    std::string_view inputs;
    std::string_view attrs = {};
    int outputs = 0;
};

// Concrete shapes and types of the operands and results; absent operands have rank 0 and no elements counted.
struct CostContext {
    std::span<const Shape> inputs;
    std::span<const Shape> outputs;
    const Attrs& attrs;
};

struct OpDef {
    std::string_view name;
    std::string_view summary;  // one line: what it computes, and the source of the definition
    std::span<const OperandDef> inputs;
    std::span<const OperandDef> outputs;
    std::span<const AttrDef> attrs = {};
    Status (*infer)(InferContext&) = nullptr;
    Status (*evaluate)(EvalContext&) = nullptr;
    // Multiplications of products of operands, each with its addition; null: none.
    double (*macs)(const CostContext&) = nullptr;
    // All operations; null: two for each of `macs`, without those one per output element.
    double (*flops)(const CostContext&) = nullptr;
    std::span<const Sample> samples = {};
    std::span<const Cell> cells = {};
    // The operator in simpler ones, in the graph's text form: operands by their names, attributes as $name, results by
    // their names: "t = exp(x)\n y = mul(x, t)". Empty: it cannot be taken apart.
    std::string_view body = {};
    // Writes the body for one node, where it depends on ranks, sizes, or which operands there are; stands in for `body`.
    Result<std::string> (*write_body)(const InferContext&) = nullptr;

    bool has_body() const { return !body.empty() || write_body != nullptr; }
    const AttrDef* find_attr(std::string_view attr_name) const;
    int input_index(std::string_view operand_name) const;  // -1: none of that name
    const Cell* cell(std::string_view format, int version) const;  // nullptr: the format has none
};

using OpLookup = const OpDef* (*)(std::string_view name);  // ops::find_op

}  // namespace lathe::graph
