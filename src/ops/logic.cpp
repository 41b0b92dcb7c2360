// Comparisons, logic, bits, and choosing by them. Definitions: ONNX, operators of the same names in CamelCase.
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kTwoNumbers[] = {{"a", kNumericTypes, 'T'}, {"b", kNumericTypes, 'T'}};
constexpr OperandDef kTwoAny[] = {{"a", kNumericTypes | kBoolType, 'T'},
                                  {"b", kNumericTypes | kBoolType, 'T'}};
constexpr OperandDef kTwoBools[] = {{"a", kBoolType}, {"b", kBoolType}};
constexpr OperandDef kTwoInts[] = {{"a", kIntTypes, 'T'}, {"b", kIntTypes, 'T'}};
constexpr OperandDef kTwoUnsigned[] = {{"a", kUnsignedTypes, 'T'}, {"b", kUnsignedTypes, 'T'}};
constexpr OperandDef kOneBool[] = {{"x", kBoolType}};
constexpr OperandDef kOneInt[] = {{"x", kIntTypes, 'T'}};
constexpr OperandDef kLogicBoolOut[] = {{"y", kBoolType}};
constexpr OperandDef kIntOut[] = {{"y", kIntTypes, 'T'}};

constexpr Sample kCompareSamples[] = {{"f32[2, 3, 5]; f32[3, 1]"},
                                      {"f32[4]=1,nan,2,-0.0; f32[4]=1,nan,3,0"},
                                      {"f16[7]; f16[]"},
                                      {"i64[4]{-2, 2}; i64[2, 1]{-2, 2}"},
                                      {"i32[5]{-2, 2}; i32[5]{-2, 2}"}};
constexpr Sample kBoolSamples[] = {{"bool[2, 3]; bool[3]"}, {"bool[4]=0,0,1,1; bool[4]=0,1,0,1"}};
constexpr Sample kBitSamples[] = {{"u8[2, 3]{0, 255}; u8[3]{0, 255}"}, {"i32[4]{-99, 99}; i32[4]{-99, 99}"}};

// Test{}(a, b) for a, b of type double, int64_t or uint64_t.
template <class Test>
Status compare(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    std::vector<int64_t> results(static_cast<size_t>(element_count(shape)));
    const auto run = [&]<class T>(T, auto test) {
        const auto a = values_of<T>(c.in(0), shape), b = values_of<T>(c.in(1), shape);
        for (size_t i = 0; i < results.size(); ++i) results[i] = test(a[i], b[i]);
    };
    const DType dtype = c.in(0).dtype();
    if (computes_in_double(dtype)) run(double{}, Test{});
    else if (is_signed_integer(dtype) || dtype == DType::kBool) run(int64_t{}, Test{});
    else
        run(int64_t{},
            [](int64_t a, int64_t b) { return Test{}(static_cast<uint64_t>(a), static_cast<uint64_t>(b)); });
    c.output(0, tensor_from_ints(DType::kBool, shape, results));
    return {};
}

struct Equal {
    bool operator()(auto a, auto b) const { return a == b; }
};
struct Greater {
    bool operator()(auto a, auto b) const { return a > b; }
};
struct GreaterEqual {
    bool operator()(auto a, auto b) const { return a >= b; }
};
struct Less {
    bool operator()(auto a, auto b) const { return a < b; }
};
struct LessEqual {
    bool operator()(auto a, auto b) const { return a <= b; }
};

// a - b as far as its sign is known.
std::optional<int64_t> known_gap(const Dim& a, const Dim& b) {
    const Dim gap = a - b;
    if (gap.is_constant()) return gap.constant();
    if (gap.lower_bound().value_or(0) > 0) return 1;
    if ((b - a).lower_bound().value_or(0) > 0) return -1;
    return std::nullopt;
}

template <class Test>
std::optional<Dim> compare_dims(const Dim& a, const Dim& b) {
    const auto gap = known_gap(a, b);
    return gap ? std::optional<Dim>(Test{}(*gap, int64_t{0}) ? 1 : 0) : std::nullopt;
}

template <class Test>
Status infer_compare(InferContext& c) {
    TRY_STATUS(broadcast_shapes(c, DType::kBool));
    combine_contents(c, compare_dims<Test>);
    return {};
}
Status infer_bool(InferContext& c) { return broadcast_shapes(c, DType::kBool); }
Status infer_bits(InferContext& c) { return broadcast_shapes(c, c.dtype(0)); }
Status infer_not(InferContext& c) {
    TRY_STATUS(same_shape(c));
    if (const auto& contents = c.contents(0)) {
        Dims inverted;
        for (const Dim& dim : *contents) inverted.push_back(Dim(1) - dim);
        c.output_contents(0, std::move(inverted));
    }
    return {};
}

template <int64_t (*function)(int64_t, int64_t)>
Status evaluate_bits(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    auto values = values_of<int64_t>(c.in(0), shape);
    const auto others = values_of<int64_t>(c.in(1), shape);
    for (size_t i = 0; i < values.size(); ++i) values[i] = function(values[i], others[i]);
    c.output(0, tensor_from_ints(c.in(0).dtype(), shape, values));
    return {};
}
int64_t and_of(int64_t a, int64_t b) { return a & b; }
int64_t or_of(int64_t a, int64_t b) { return a | b; }
int64_t xor_of(int64_t a, int64_t b) { return a ^ b; }

template <int64_t (*function)(int64_t)>
Status evaluate_one(EvalContext& c) {
    auto values = c.in(0).to_ints();
    for (int64_t& v : values) v = function(v);
    c.output(0, tensor_from_ints(c.in(0).dtype(), c.in(0).shape(), values));
    return {};
}
int64_t not_of(int64_t x) { return x == 0; }
int64_t invert(int64_t x) { return ~x; }

constexpr AttrDef kShiftAttrs[] = {{"direction", AttrType::kString}};
constexpr Sample kShiftSamples[] = {{"u8[2, 3]{0, 255}; u8[3]{0, 8}", "direction=\"LEFT\""},
                                    {"u32[4]{0, 9999}; u32[4]{0, 9}", "direction=\"RIGHT\""}};
int64_t shift_left(int64_t a, int64_t b) {
    const auto places = static_cast<uint64_t>(b);
    return places > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) << places);
}
int64_t shift_right(int64_t a, int64_t b) {
    const auto places = static_cast<uint64_t>(b);
    return places > 63 ? 0 : static_cast<int64_t>(static_cast<uint64_t>(a) >> places);
}
Status infer_shift(InferContext& c) {
    const std::string& direction = c.string("direction");
    if (direction != "LEFT" && direction != "RIGHT")
        return fail("direction is '{}', expected LEFT or RIGHT", direction);
    return infer_bits(c);
}
Status evaluate_shift(EvalContext& c) {
    return c.string("direction") == "LEFT" ? evaluate_bits<shift_left>(c) : evaluate_bits<shift_right>(c);
}

constexpr OperandDef kWhereIn[] = {
    {"condition", kBoolType}, {"a", kNumericTypes | kBoolType, 'T'}, {"b", kNumericTypes | kBoolType, 'T'}};
constexpr OperandDef kWhereOut[] = {{"y", kNumericTypes | kBoolType, 'T'}};
constexpr Sample kWhereSamples[] = {{"bool[2, 3]; f32[2, 3]; f32[3]"},
                                    {"bool[2, 1]; f32[]; f32[3]"},
                                    {"bool[4]; i64[4]{-9, 9}; i64[1]{5, 5}"}};

Status infer_where(InferContext& c) {
    TRY_STATUS(broadcast_shapes(c, c.dtype(1)));
    const auto &chosen = c.contents(0), &a = c.contents(1), &b = c.contents(2);
    if (!chosen || !a || !b || c.rank(0) > 1 || c.rank(1) > 1 || c.rank(2) > 1) return {};
    const size_t count = std::max({chosen->size(), a->size(), b->size()});
    const auto at = [](const Dims& list, size_t i) { return list[list.size() == 1 ? 0 : i]; };
    if (std::min({chosen->size(), a->size(), b->size()}) == 0) return {};
    Dims result;
    for (size_t i = 0; i < count; ++i) {
        const auto yes = at(*chosen, i).constant();
        if (!yes) return {};
        result.push_back(at(*yes != 0 ? *a : *b, i));
    }
    c.output_contents(0, std::move(result));
    return {};
}

Status evaluate_where(EvalContext& c) {
    TRY(const Shape shape, broadcast_shapes(c));
    const auto chosen = values_of<int64_t>(c.in(0), shape);
    const auto run = [&]<class T>(T) {
        auto values = values_of<T>(c.in(1), shape);
        const auto others = values_of<T>(c.in(2), shape);
        for (size_t i = 0; i < values.size(); ++i)
            if (chosen[i] == 0) values[i] = others[i];
        c.output(0, tensor_from(c.in(1).dtype(), shape, std::span<const T>(values)));
    };
    if (computes_in_double(c.in(1).dtype())) run(double{});
    else run(int64_t{});
    return {};
}

template <class Test>
constexpr OpDef comparison(std::string_view name, std::string_view summary,
                           std::span<const OperandDef> inputs, std::span<const Cell> cells,
                           std::string_view body = {}) {
    return {.name = name,
            .summary = summary,
            .inputs = inputs,
            .outputs = kLogicBoolOut,
            .infer = infer_compare<Test>,
            .evaluate = compare<Test>,
            .samples = kCompareSamples,
            .cells = cells,
            .body = body};
}
constexpr OpDef logic(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                      std::span<const Cell> cells) {
    return {.name = name,
            .summary = summary,
            .inputs = kTwoBools,
            .outputs = kLogicBoolOut,
            .infer = infer_bool,
            .evaluate = evaluate,
            .samples = kBoolSamples,
            .cells = cells};
}
constexpr OpDef bits(std::string_view name, std::string_view summary, Status (*evaluate)(EvalContext&),
                     std::span<const Cell> cells) {
    return {.name = name,
            .summary = summary,
            .inputs = kTwoInts,
            .outputs = kIntOut,
            .infer = infer_bits,
            .evaluate = evaluate,
            .samples = kBitSamples,
            .cells = cells};
}
constexpr Sample kNotSamples[] = {{"bool[2, 3]"}};
constexpr Sample kInvertSamples[] = {{"u8[2, 3]{0, 255}"}, {"i32[4]{-99, 99}"}};

constexpr OpDef kLogicOps[] = {
    comparison<Equal>(
        "equal", "a = b", kTwoAny,
        cells<Onnx<"Equal", 7>, LitertNumbers<"EQUAL">, CoremlNumbers<"equal">, Openvino<"Equal">>),
    comparison<Greater>(
        "greater", "a > b", kTwoNumbers,
        cells<Onnx<"Greater", 7>, LitertNumbers<"GREATER">, CoremlNumbers<"greater">, Openvino<"Greater">>),
    comparison<GreaterEqual>("greater_equal", "a >= b", kTwoNumbers,
                             cells<Onnx<"GreaterOrEqual", 12>, LitertNumbers<"GREATER_EQUAL">,
                                   CoremlNumbers<"greater_equal">, Openvino<"GreaterEqual">>,
                             "more = greater(a, b)\nsame = equal(a, b)\ny = logical_or(more, same)"),
    comparison<Less>("less", "a < b", kTwoNumbers,
                     cells<Onnx<"Less", 7>, LitertNumbers<"LESS">, CoremlNumbers<"less">, Openvino<"Less">>),
    comparison<LessEqual>("less_equal", "a <= b", kTwoNumbers,
                          cells<Onnx<"LessOrEqual", 12>, LitertNumbers<"LESS_EQUAL">,
                                CoremlNumbers<"less_equal">, Openvino<"LessEqual">>,
                          "fewer = less(a, b)\nsame = equal(a, b)\ny = logical_or(fewer, same)"),
    logic(
        "logical_and", "a and b", evaluate_bits<and_of>,
        cells<Onnx<"And", 7>, LitertAny<"LOGICAL_AND">, CoremlValues<"logical_and">, Openvino<"LogicalAnd">>),
    logic("logical_or", "a or b", evaluate_bits<or_of>,
          cells<Onnx<"Or", 7>, LitertAny<"LOGICAL_OR">, CoremlValues<"logical_or">, Openvino<"LogicalOr">>),
    logic("logical_xor", "either a or b", evaluate_bits<xor_of>,
          cells<Onnx<"Xor", 7>, CoremlValues<"logical_xor">, Openvino<"LogicalXor">>),
    {.name = "logical_not",
     .summary = "not x",
     .inputs = kOneBool,
     .outputs = kLogicBoolOut,
     .infer = infer_not,
     .evaluate = evaluate_one<not_of>,
     .samples = kNotSamples,
     .cells =
         cells<Onnx<"Not">, LitertAny<"LOGICAL_NOT">, CoremlValues<"logical_not">, Openvino<"LogicalNot">>},
    bits("bitwise_and", "the bits set in both", evaluate_bits<and_of>,
         cells<Onnx<"BitwiseAnd", 18>, Openvino<"BitwiseAnd", 13>>),
    bits("bitwise_or", "the bits set in either", evaluate_bits<or_of>,
         cells<Onnx<"BitwiseOr", 18>, Openvino<"BitwiseOr", 13>>),
    bits("bitwise_xor", "the bits set in just one", evaluate_bits<xor_of>,
         cells<Onnx<"BitwiseXor", 18>, Openvino<"BitwiseXor", 13>>),
    {.name = "bitwise_not",
     .summary = "the bits not set in x",
     .inputs = kOneInt,
     .outputs = kIntOut,
     .infer = same_shape,
     .evaluate = evaluate_one<invert>,
     .samples = kInvertSamples,
     .cells = cells<Onnx<"BitwiseNot", 18>, Openvino<"BitwiseNot", 13>>},
    {.name = "bit_shift",
     .summary = "a with its bits moved by b places",
     .inputs = kTwoUnsigned,
     .outputs = kIntOut,
     .attrs = kShiftAttrs,
     .infer = infer_shift,
     .evaluate = evaluate_shift,
     .samples = kShiftSamples,
     .cells = cells<Onnx<"BitShift", 11>, Openvino<"BitwiseLeftShift", 15>>},
    {.name = "where",
     .summary = "a where the condition holds, else b",
     .inputs = kWhereIn,
     .outputs = kWhereOut,
     .infer = infer_where,
     .evaluate = evaluate_where,
     .samples = kWhereSamples,
     .cells = cells<Onnx<"Where", 9>, LitertAny<"SELECT_V2">, CoremlValues<"select">, Openvino<"Select">>},
};

}  // namespace

std::span<const OpDef> logic_ops() { return kLogicOps; }

}  // namespace lathe::ops
