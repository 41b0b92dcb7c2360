// Elementwise operators, in whatever order their operands lie.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "formats/litert/lowering.h"

namespace lathe::formats::litert {
namespace {

using graph::Dim;
using graph::Dims;
using graph::kNoValue;
using graph::ValueId;
using wire::flat_number;

// Elements, an open size counting as one.
double elements(const Dims& shape) {
    double count = 1;
    for (const Dim& dim : shape) count *= static_cast<double>(dim.constant().value_or(1));
    return count;
}

// Whether the value can be had in that order, seen with `rank` axes, without moving anything.
bool lies_in(Lowering& l, ValueId id, size_t rank, const Order& order) {
    const size_t more = rank - l.rank(id);
    const auto moved = [&](const Order& from, size_t shift) {
        Order result;
        for (const int axis : from) {
            const int own = axis + static_cast<int>(shift) - static_cast<int>(more);
            if (own >= 0 && !(l.shape(id)[static_cast<size_t>(own)] == Dim(1))) result.push_back(own);
        }
        return result;
    };
    const Order wanted = moved(order, 0);
    return l.find_order(id, [&](const Order& o) { return moved(o, more) == wanted; }, {-1}) != Order{-1};
}

// The order of axes in which the operands meet with the least data moved.
Order meeting_order(Lowering& l, const std::vector<ValueId>& operands, size_t rank) {
    std::vector<ValueId> computed;
    for (const ValueId id : operands)
        if (!l.constant(id)) computed.push_back(id);
    Order best = identity_order(rank);
    double least = std::numeric_limits<double>::infinity();
    for (const ValueId candidate : computed) {
        if (l.rank(candidate) != rank) continue;
        const Order order = l.view(candidate).order;
        double cost = 0;
        for (const ValueId id : computed)
            if (!lies_in(l, id, rank, order)) cost += elements(l.shape(id));
        if (cost < least) {
            least = cost;
            best = order;
        }
    }
    return best;
}

}  // namespace

Status elementwise(NodeView& n, Builtin code, const std::vector<ValueId>& operands,
                   std::vector<wire::FlatField> options) {
    Lowering& l = n.lowering;
    const size_t rank = n.shape_out().size();
    const Order order = meeting_order(l, operands, rank);
    std::vector<int> inputs;
    for (const ValueId id : operands) {
        const bool single = l.constant(id) && l.constant(id)->count() == 1;
        inputs.push_back(single ? l.weight(l.name_of(id), l.constant(id)->reshaped({}), 0, false)
                                : l.broadcast_to(id, rank, order));
    }
    l.emit(code, inputs, {l.result_for(n.out(), order)}, std::move(options));
    return {};
}

Status lower_elementwise(NodeView& n) {
    std::vector<ValueId> operands;
    for (const ValueId id : n.node.inputs)
        if (id != kNoValue) operands.push_back(id);
    return elementwise(n, n.builtin(), operands);
}

namespace {

// A chain of two-operand operators; each step lies as the first operand's view says.
Status fold(NodeView& n) {
    Lowering& l = n.lowering;
    if (n.node.inputs.size() == 2) return lower_elementwise(n);
    const size_t rank = n.shape_out().size();
    const Order order = meeting_order(l, n.node.inputs, rank);
    if (n.node.inputs.size() == 1) {
        l.place(n.out(), l.broadcast_to(n.in(0), rank, order), order);
        return {};
    }
    int so_far = l.broadcast_to(n.in(0), rank, order);
    for (size_t i = 1; i < n.node.inputs.size(); ++i) {
        const bool last = i + 1 == n.node.inputs.size();
        Dims shape;
        for (const int axis : order) shape.push_back(n.shape_out()[static_cast<size_t>(axis)]);
        const int next = l.broadcast_to(n.in(i), rank, order);
        const int y = last ? l.result_for(n.out(), order)
                           : l.result(l.name_of(n.out()) + "/part", l.value(n.out()).dtype, shape);
        l.emit(n.builtin(), {so_far, next}, {y});
        so_far = y;
    }
    return {};
}

// What is done to one operand, step by step, in the order that it lies in.
class Chain {
public:
    explicit Chain(NodeView& n) : n_(n), view_(n.lowering.view(n.in(0))) {}
    int tensor() const { return view_.tensor; }
    Lowering& lowering() { return n_.lowering; }
    int step(Builtin code, std::vector<int> inputs, bool last = false,
             std::vector<wire::FlatField> options = {}) {
        const TensorInfo info = n_.lowering.tensor(view_.tensor);
        const int y =
            last ? n_.lowering.result_for(n_.out(), view_.order)
                 : n_.lowering.result(n_.lowering.name_of(n_.out()) + "/part", info.dtype, info.shape);
        n_.lowering.emit(code, std::move(inputs), {y}, std::move(options));
        return y;
    }
    int number(double value) { return n_.lowering.scalar(n_.lowering.tensor(view_.tensor).dtype, value); }

private:
    NodeView& n_;
    View view_;
};

Result<double> bound(NodeView& n, size_t operand, std::string_view name) {
    if (!n.has(operand)) return n.number(name);
    const auto known = n.lowering.known(n.in(operand));
    if (!known || known->count() != 1) return fail("its {} is computed while the network runs", name);
    return known->to_doubles()[0];
}

Status lower_clip(NodeView& n) {
    TRY(const double low, bound(n, 1, "min"));
    TRY(const double high, bound(n, 2, "max"));
    constexpr double kInf = std::numeric_limits<double>::infinity();
    Chain c(n);
    const auto known = low == 0 && high == 6      ? std::optional(Builtin::kRelu6)
                       : low == 0 && high == kInf ? std::optional(Builtin::kRelu)
                       : low == 0 && high == 1    ? std::optional(Builtin::kRelu0To1)
                       : low == -1 && high == 1   ? std::optional(Builtin::kReluN1To1)
                                                  : std::nullopt;
    if (known) {
        c.step(*known, {c.tensor()}, true);
        return {};
    }
    int x = c.tensor();
    if (low != -kInf) x = c.step(Builtin::kMaximum, {x, c.number(low)}, high == kInf);
    if (high != kInf || low == -kInf) c.step(Builtin::kMinimum, {x, c.number(high)}, true);
    return {};
}

Status lower_gelu(NodeView& n) {
    Chain c(n);
    c.step(Builtin::kGelu, {c.tensor()}, true, {flat_number(0, uint8_t{n.string("approximate") == "tanh"})});
    return {};
}

Status lower_leaky(NodeView& n) {
    Chain c(n);
    c.step(Builtin::kLeakyRelu, {c.tensor()}, true, {flat_number(0, static_cast<float>(n.number("alpha")))});
    return {};
}

Status lower_elu(NodeView& n) {
    Chain c(n);
    const double alpha = n.number("alpha");
    if (alpha == 1) {
        c.step(Builtin::kElu, {c.tensor()}, true);
        return {};
    }
    // max(x, 0) + alpha * (exp(min(x, 0)) - 1)
    const int up = c.step(Builtin::kRelu, {c.tensor()});
    const int down = c.step(Builtin::kMinimum, {c.tensor(), c.number(0)});
    const int less_one = c.step(Builtin::kSub, {c.step(Builtin::kExp, {down}), c.number(1)});
    c.step(Builtin::kAdd, {up, c.step(Builtin::kMul, {less_one, c.number(alpha)})}, true);
    return {};
}

Status lower_reciprocal(NodeView& n) {
    Chain c(n);
    c.step(Builtin::kDiv, {c.number(1), c.tensor()}, true);
    return {};
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
int softplus(Chain& c, int x, bool last) {
    const int far = c.step(Builtin::kExp, {c.step(Builtin::kNeg, {c.step(Builtin::kAbs, {x})})});
    const int near = c.step(Builtin::kLog, {c.step(Builtin::kAdd, {far, c.number(1)})});
    return c.step(Builtin::kAdd, {c.step(Builtin::kRelu, {x}), near}, last);
}
Status lower_softplus(NodeView& n) {
    Chain c(n);
    softplus(c, c.tensor(), true);
    return {};
}
// x * tanh(log(1 + e^x)) = x * n / (n + 2) with n = e^x * (e^x + 2); from x = 20 on it is x in f32.
Status lower_mish(NodeView& n) {
    Chain c(n);
    const int x = c.tensor();
    const int e = c.step(Builtin::kExp, {c.step(Builtin::kMinimum, {x, c.number(20)})});
    const int top = c.step(Builtin::kMul, {e, c.step(Builtin::kAdd, {e, c.number(2)})});
    const int ratio = c.step(Builtin::kDiv, {top, c.step(Builtin::kAdd, {top, c.number(2)})});
    c.step(Builtin::kMul, {x, ratio}, true);
    return {};
}

// erf(x) = sign(x) * (1 - (a1*t + ... + a5*t^5) * exp(-x*x)), t = 1 / (1 + p*|x|); Abramowitz & Stegun 7.1.26, error
// below 1.5e-7.
Status lower_erf(NodeView& n) {
    constexpr double kA[] = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592},
                     kP = 0.3275911;
    Chain c(n);
    const int x = c.tensor();
    const int far = c.step(Builtin::kMul, {c.step(Builtin::kAbs, {x}), c.number(kP)});
    const int t = c.step(Builtin::kDiv, {c.number(1), c.step(Builtin::kAdd, {far, c.number(1)})});
    int sum = c.step(Builtin::kMul, {t, c.number(kA[0])});
    for (size_t i = 1; i < std::size(kA); ++i)
        sum = c.step(Builtin::kMul, {t, c.step(Builtin::kAdd, {sum, c.number(kA[i])})});
    const int bell = c.step(Builtin::kExp, {c.step(Builtin::kNeg, {c.step(Builtin::kMul, {x, x})})});
    const int size = c.step(Builtin::kSub, {c.number(1), c.step(Builtin::kMul, {sum, bell})});
    c.step(Builtin::kMul, {c.step(Builtin::kSign, {x}), size}, true);
    return {};
}

Status lower_pow(NodeView& n) {
    Lowering& l = n.lowering;
    const auto exponent = l.known(n.in(1));
    if (exponent && exponent->count() == 1 && l.rank(n.in(0)) == n.shape_out().size()) {
        Chain c(n);
        const double e = exponent->to_doubles()[0];
        if (e == 2) return c.step(Builtin::kMul, {c.tensor(), c.tensor()}, true), Status{};
        if (e == 0.5) return c.step(Builtin::kSqrt, {c.tensor()}, true), Status{};
        if (e == -0.5) return c.step(Builtin::kRsqrt, {c.tensor()}, true), Status{};
    }
    if (l.value(n.in(1)).dtype != DType::kF32) {
        if (!exponent || exponent->count() != 1) return fail("LiteRT's exponents are of the base's type");
        Chain c(n);
        return c.step(Builtin::kPow, {c.tensor(), c.number(exponent->to_doubles()[0])}, true), Status{};
    }
    return elementwise(n, Builtin::kPow, {n.in(0), n.in(1)});
}

Status lower_mod(NodeView& n) {
    if (n.flag("fmod"))
        return fail("LiteRT's remainder has the sign of the divisor, not that of the dividend");
    return lower_elementwise(n);
}

Status lower_prelu(NodeView& n) {
    Lowering& l = n.lowering;
    const View x = l.view(n.in(0));
    // LiteRT's slope has the axes of x without the first.
    const int slope = l.broadcast_to(n.in(1), x.order.size(), x.order);
    const int x2 = x.tensor;
    Chain c(n);
    const int up = c.step(Builtin::kRelu, {x2});
    const int down = c.step(Builtin::kMinimum, {x2, c.number(0)});
    c.step(Builtin::kAdd, {up, c.step(Builtin::kMul, {down, slope})}, true);
    return {};
}

Status lower_cast(NodeView& n) {
    const DType to = n.lowering.value(n.out()).dtype, from = n.lowering.value(n.in(0)).dtype;
    const View x = n.lowering.view(n.in(0));
    if (to == from) return n.lowering.place(n.out(), x.tensor, x.order), Status{};
    const auto from_code = tensor_type_of(from), to_code = tensor_type_of(to);
    if (!from_code || !to_code)
        return fail("a cast from {} to {} is not in LiteRT", lathe::name_of(from), lathe::name_of(to));
    n.lowering.emit(Builtin::kCast, {x.tensor}, {n.lowering.result_for(n.out(), x.order)},
                    {flat_number(0, *from_code), flat_number(1, *to_code)});
    return {};
}

Status same(NodeView& n) {
    for (const View& v : {n.lowering.view(n.in(0))}) n.lowering.place(n.out(), v.tensor, v.order);
    return {};
}

constexpr LowerRow kLowerMathRows[] = {
    {"cast", lower_cast},
    {"clip", lower_clip},
    {"dropout", same},
    {"elu", lower_elu},
    {"erf", lower_erf},
    {"gelu", lower_gelu},
    {"identity", same},
    {"leaky_relu", lower_leaky},
    {"max", fold},
    {"min", fold},
    {"mish", lower_mish},
    {"mod", lower_mod},
    {"pow", lower_pow},
    {"prelu", lower_prelu},
    {"reciprocal", lower_reciprocal},
    {"softplus", lower_softplus},
    {"sum", fold},
};

}  // namespace

std::span<const LowerRow> math_lowerings() { return kLowerMathRows; }

}  // namespace lathe::formats::litert
