// Activations in the ways in which programs spell them out.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "graph/contexts.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace lathe::passes {
namespace {

using graph::kNoValue;
using graph::Node;
using graph::ValueId;

struct Found {
    std::string_view op;
    ValueId x;
    graph::Attrs attrs;
};

// number * x * f, where f follows from x.
struct Gate {
    double number;
    ValueId x, f;
};

// f = offset + scale * op(argument)
struct Applied {
    ValueId argument = kNoValue;
    double scale = 0, offset = 0;
};
std::optional<Applied> applied(const Rewrite& rewrite, const Gate& gate, std::string_view op) {
    const Affine outer = affine(rewrite, gate.f, gate.x);
    const Node* node = rewrite.maker(outer.base, op);
    if (node == nullptr) return std::nullopt;
    return Applied{node->inputs[0], gate.number * outer.scale, gate.number * outer.offset};
}

// x * sigmoid(alpha * x)
std::optional<Found> silu(const Rewrite& rewrite, const Gate& gate) {
    const auto sigmoid = applied(rewrite, gate, "sigmoid");
    if (!sigmoid || sigmoid->offset != 0 || !close(sigmoid->scale, 1)) return std::nullopt;
    const Affine argument = affine(rewrite, sigmoid->argument, gate.x);
    if (argument.base != gate.x || argument.offset != 0) return std::nullopt;
    return Found{"silu", gate.x, {{"alpha", close(argument.scale, 1) ? 1.0 : argument.scale}}};
}

// x / 2 * (1 + erf(x / √2)), or with tanh(√(2/π) (x + 0.044715 x³)) in place of erf (Hendrycks & Gimpel, 2016).
std::optional<Found> gelu(const Rewrite& rewrite, const Gate& gate) {
    for (const bool exact : {true, false}) {
        const auto bend = applied(rewrite, gate, exact ? "erf" : "tanh");
        if (!bend || !close(bend->scale, 0.5) || !close(bend->offset, 0.5)) continue;
        const auto inner = cubic(rewrite, bend->argument, gate.x);
        if (!inner || (*inner)[0] != 0 || (*inner)[2] != 0) continue;
        const double linear = exact ? 1 / std::numbers::sqrt2 : std::sqrt(2 / std::numbers::pi);
        if (!close((*inner)[1], linear) || !close((*inner)[3], exact ? 0 : 0.044715 * linear)) continue;
        return Found{"gelu", gate.x, {{"approximate", std::string(exact ? "none" : "tanh")}}};
    }
    return std::nullopt;
}

// A value held between two numbers.
struct Clamp {
    ValueId argument = kNoValue;
    double low = -HUGE_VAL, high = HUGE_VAL;
};
std::optional<Clamp> clamp_once(const Rewrite& rewrite, ValueId value) {
    const Node* node = rewrite.maker(value);
    if (node == nullptr) return std::nullopt;
    const std::string_view op = node->op->name;
    if (op == "relu") return Clamp{node->inputs[0], 0, HUGE_VAL};
    if (op == "clip") {
        Clamp clamp{node->inputs[0]};
        for (size_t i = 1; i < 3; ++i) {
            double& limit = i == 1 ? clamp.low : clamp.high;
            const graph::Attr* attr = node->attrs.find(i == 1 ? "min" : "max");
            if (i < node->inputs.size() && node->inputs[i] != kNoValue) {
                const auto number = rewrite.number(node->inputs[i]);
                if (!number) return std::nullopt;
                limit = *number;
            } else if (attr != nullptr) limit = std::get<double>(*attr);
        }
        return clamp;
    }
    if ((op != "min" && op != "max") || node->inputs.size() != 2) return std::nullopt;
    for (size_t i = 0; i < 2; ++i)
        if (const auto number = rewrite.number(node->inputs[i])) {
            Clamp clamp{node->inputs[1 - i]};
            (op == "min" ? clamp.high : clamp.low) = *number;
            return clamp;
        }
    return std::nullopt;
}
std::optional<Clamp> clamp_of(const Rewrite& rewrite, ValueId value) {
    auto clamp = clamp_once(rewrite, value);
    if (!clamp) return std::nullopt;
    // The limits of the inner one hold too, where the outer one leaves them open.
    if (const auto inner = clamp_once(rewrite, clamp->argument);
        inner && inner->low <= clamp->high && inner->high >= clamp->low)
        return Clamp{inner->argument, std::max(clamp->low, inner->low), std::min(clamp->high, inner->high)};
    return clamp;
}

// x * min(max(0, x / 6 + 1/2), 1) (Howard et al., 2019), before or after the division.
std::optional<Found> hard_swish(const Rewrite& rewrite, const Gate& gate) {
    if (const auto ramp = applied(rewrite, gate, "hard_sigmoid")) {
        const Node* node = rewrite.maker(affine(rewrite, gate.f, gate.x).base, "hard_sigmoid");
        const graph::AttrReader attrs(*node->op, node->attrs);
        if (ramp->argument == gate.x && ramp->offset == 0 && close(ramp->scale, 1) &&
            close(attrs.number("alpha"), 1.0 / 6) && close(attrs.number("beta"), 0.5))
            return Found{"hard_swish", gate.x, {}};
        return std::nullopt;
    }
    const Affine outer = affine(rewrite, gate.f, gate.x);
    const auto clamp = clamp_of(rewrite, outer.base);
    if (!clamp || outer.offset != 0) return std::nullopt;
    const Affine argument = affine(rewrite, clamp->argument, gate.x);
    const double scale = gate.number * outer.scale;
    if (argument.base != gate.x || clamp->low != 0 || !close(clamp->high * scale, 1) ||
        !close(argument.scale * scale, 1.0 / 6) || !close(argument.offset * scale, 0.5))
        return std::nullopt;
    return Found{"hard_swish", gate.x, {}};
}

bool is_e_to_the(const Rewrite& rewrite, ValueId value, ValueId x) {
    const Node* exp = rewrite.maker(value, "exp");
    if (exp == nullptr) return false;
    if (exp->inputs[0] == x) return true;
    // Beyond 20 the factor of x is 1 to the last bit of f32.
    const auto clamp = clamp_once(rewrite, exp->inputs[0]);
    return clamp && clamp->argument == x && clamp->low == -HUGE_VAL && clamp->high >= 20;
}

// value = other + number
std::optional<ValueId> sum_with(const Rewrite& rewrite, ValueId value, double number) {
    const Affine sum = affine(rewrite, value);
    const Node* node = rewrite.maker(value, "add");
    if (node == nullptr || sum.offset != number) return std::nullopt;
    for (size_t i = 0; i < 2; ++i)
        if (rewrite.number(node->inputs[i]) == number) return node->inputs[1 - i];
    return std::nullopt;
}
// value = number - other
bool is_rest(const Rewrite& rewrite, ValueId value, double number, ValueId other) {
    const Affine rest = affine(rewrite, value, other);
    return rest.base == other && rest.scale == -1 && rest.offset == number;
}

// tanh(ln(1 + e^x)) (Misra, 2019) as n / (n + 2) with n = e^x (e^x + 2), or t / (2 - t) with t = s (2 - s) and the
// sigmoid s of x.
bool is_mish_quotient(const Rewrite& rewrite, ValueId value, ValueId x) {
    const Node* quotient = rewrite.maker(value, "div");
    const Node* n = quotient != nullptr ? rewrite.maker(quotient->inputs[0], "mul") : nullptr;
    if (n == nullptr) return false;
    for (size_t i = 0; i < 2; ++i) {
        const ValueId one = n->inputs[i], other = n->inputs[1 - i];
        const Node* sigmoid = rewrite.maker(one, "sigmoid");
        if (sum_with(rewrite, quotient->inputs[1], 2) == quotient->inputs[0] &&
            sum_with(rewrite, other, 2) == one && is_e_to_the(rewrite, one, x))
            return true;
        if (sigmoid != nullptr && sigmoid->inputs[0] == x && is_rest(rewrite, other, 2, one) &&
            is_rest(rewrite, quotient->inputs[1], 2, quotient->inputs[0]))
            return true;
    }
    return false;
}

std::optional<Found> mish(const Rewrite& rewrite, const Gate& gate) {
    if (!close(gate.number, 1)) return std::nullopt;
    const Node* tanh = rewrite.maker(gate.f, "tanh");
    if (tanh == nullptr)
        return is_mish_quotient(rewrite, gate.f, gate.x) ? std::optional(Found{"mish", gate.x, {}})
                                                         : std::nullopt;
    const Node *softplus = rewrite.maker(tanh->inputs[0], "softplus"),
               *log = rewrite.maker(tanh->inputs[0], "log");
    const auto exp = log != nullptr ? sum_with(rewrite, log->inputs[0], 1) : std::nullopt;
    if ((softplus != nullptr && softplus->inputs[0] == gate.x) || (exp && is_e_to_the(rewrite, *exp, gate.x)))
        return Found{"mish", gate.x, {}};
    return std::nullopt;
}

// relu(x) + (e^min(x, 0) - 1)
std::optional<Found> elu(const Rewrite& rewrite, ValueId root) {
    const Node* sum = rewrite.maker(root, "add");
    if (sum == nullptr) return std::nullopt;
    for (size_t i = 0; i < 2; ++i) {
        const Node* above = rewrite.maker(sum->inputs[i], "relu");
        const Affine below = affine(rewrite, sum->inputs[1 - i]);
        const Node* exp = rewrite.maker(below.base, "exp");
        if (above == nullptr || exp == nullptr || below.offset != -below.scale || below.scale <= 0) continue;
        const auto clamp = clamp_once(rewrite, exp->inputs[0]);
        if (clamp && clamp->argument == above->inputs[0] && clamp->high == 0 && clamp->low == -HUGE_VAL)
            return Found{"elu", above->inputs[0], {{"alpha", below.scale}}};
    }
    return std::nullopt;
}

std::optional<Found> activation(const Rewrite& rewrite, ValueId root) {
    const std::string_view op = rewrite.maker(root)->op->name;
    if (op == "add") return elu(rewrite, root);
    if (op != "mul" && op != "div") return std::nullopt;
    const Factors product = factors(rewrite, root);
    if (product.values.size() != 2) return std::nullopt;
    for (size_t i = 0; i < 2; ++i) {
        const Gate gate{product.number, product.values[i], product.values[1 - i]};
        for (const auto recognise : {silu, gelu, hard_swish, mish})
            if (auto found = recognise(rewrite, gate)) return found;
    }
    return std::nullopt;
}

}  // namespace

Result<Graph> recognise_activations(Graph graph) {
    Rewrite rewrite(std::move(graph));
    rewrite.for_each_result([&](ValueId root) {
        const auto found = activation(rewrite, root);
        if (!found || !rewrite.closed(root, std::array{found->x})) return;
        const std::string name = rewrite.maker(root)->name;
        rewrite.replace(root, rewrite.add(found->op, {found->x}, found->attrs, name));
    });
    return std::move(rewrite).finish();
}

}  // namespace lathe::passes
