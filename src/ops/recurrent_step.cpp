#include "ops/recurrent_step.h"

#include <cmath>

#include "base/text.h"

namespace lathe::ops {

using namespace graph;

namespace {

struct NamedActivation {
    std::string_view name;
    Activation activation;
};
double sigmoid_of(double x, double, double) { return 1 / (1 + std::exp(-x)); }
double tanh_of(double x, double, double) { return std::tanh(x); }
double relu_of(double x, double, double) { return x < 0 ? 0 : x; }
double affine_of(double x, double alpha, double beta) { return alpha * x + beta; }
double leaky_of(double x, double alpha, double) { return x < 0 ? alpha * x : x; }
double thresholded_of(double x, double alpha, double) { return x < alpha ? 0 : x; }
double scaled_tanh_of(double x, double alpha, double beta) { return alpha * std::tanh(beta * x); }
double hard_sigmoid_of(double x, double alpha, double beta) {
    return std::min(std::max(alpha * x + beta, 0.0), 1.0);
}
double elu_of(double x, double alpha, double) { return x < 0 ? alpha * std::expm1(x) : x; }
double softsign_of(double x, double, double) { return x / (1 + std::fabs(x)); }
double softplus_of(double x, double, double) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}
constexpr NamedActivation kActivations[] = {{"Sigmoid", {sigmoid_of, 0, 0}},
                                            {"Tanh", {tanh_of, 0, 0}},
                                            {"Relu", {relu_of, 0, 0}},
                                            {"Affine", {affine_of, 1, 0}},
                                            {"LeakyRelu", {leaky_of, 0.01, 0}},
                                            {"ThresholdedRelu", {thresholded_of, 1, 0}},
                                            {"ScaledTanh", {scaled_tanh_of, 1, 1}},
                                            {"HardSigmoid", {hard_sigmoid_of, 0.2, 0.5}},
                                            {"Elu", {elu_of, 1, 0}},
                                            {"Softsign", {softsign_of, 0, 0}},
                                            {"Softplus", {softplus_of, 0, 0}}};

}  // namespace

Result<std::vector<Activation>> read_activations(const AttrReader& c, std::string_view own, size_t count,
                                                 int64_t directions) {
    std::string names = c.string("activations");
    if (names.empty()) names = directions == 2 ? std::string(own) + "," + std::string(own) : std::string(own);
    const Floats &alpha = c.numbers("activation_alpha"), &beta = c.numbers("activation_beta");
    std::vector<Activation> result;
    for (const std::string_view name : split(names, ',')) {
        const auto* found = std::ranges::find(kActivations, trim(name), &NamedActivation::name);
        if (found == std::end(kActivations))
            return fail("'{}' is no activation of a recurrent layer", printable(name));
        Activation activation = found->activation;
        if (result.size() < alpha.size()) activation.alpha = alpha[result.size()];
        if (result.size() < beta.size()) activation.beta = beta[result.size()];
        result.push_back(activation);
    }
    if (result.size() != count * static_cast<size_t>(directions))
        return fail("{} activations for {} directions, expected {} for each", result.size(), directions,
                    count);
    return result;
}

namespace {

void lstm_step(const EvalContext& c, const RecurrentLayer& l, const double* x, RecurrentState& s) {
    RecurrentState next = s;
    const bool coupled = c.flag("input_forget");
    for (int64_t u = 0; u < l.hidden; ++u) {
        const auto at = static_cast<size_t>(u);
        const double in = l.f[0](l.clipped(l.both(0, u, x, s.h.data()) + l.peephole(0, u) * s.c[at]));
        const double forget =
            coupled ? 1 - in : l.f[0](l.clipped(l.both(2, u, x, s.h.data()) + l.peephole(2, u) * s.c[at]));
        const double cell = l.f[1](l.clipped(l.both(3, u, x, s.h.data())));
        next.c[at] = forget * s.c[at] + in * cell;
        const double out = l.f[0](l.clipped(l.both(1, u, x, s.h.data()) + l.peephole(1, u) * next.c[at]));
        next.h[at] = out * l.f[2](l.clipped(next.c[at]));
    }
    s = std::move(next);
}

void gru_step(const EvalContext& c, const RecurrentLayer& l, const double* x, RecurrentState& s) {
    const bool linear_first = c.flag("linear_before_reset");
    RecurrentState next = s;
    std::vector<double> reset(s.h.size()), kept(s.h.size());
    for (int64_t u = 0; u < l.hidden; ++u) {
        const auto at = static_cast<size_t>(u);
        reset[at] = l.f[0](l.clipped(l.both(1, u, x, s.h.data())));
        kept[at] = reset[at] * s.h[at];
    }
    for (int64_t u = 0; u < l.hidden; ++u) {
        const auto at = static_cast<size_t>(u);
        const double update = l.f[0](l.clipped(l.both(0, u, x, s.h.data())));
        const double memory =
            linear_first ? reset[at] * l.from_state(2, u, s.h.data()) : l.from_state(2, u, kept.data());
        const double fresh = l.f[1](l.clipped(l.from_input(2, u, x) + memory));
        next.h[at] = (1 - update) * fresh + update * s.h[at];
    }
    s = std::move(next);
}

void rnn_step(const EvalContext&, const RecurrentLayer& l, const double* x, RecurrentState& s) {
    RecurrentState next = s;
    for (int64_t u = 0; u < l.hidden; ++u)
        next.h[static_cast<size_t>(u)] = l.f[0](l.clipped(l.both(0, u, x, s.h.data())));
    s = std::move(next);
}

}  // namespace

const RecurrentKind kLstm{4, "Sigmoid,Tanh,Tanh", 3, lstm_step}, kGru{3, "Sigmoid,Tanh", 2, gru_step},
    kRnn{1, "Tanh", 1, rnn_step};

}  // namespace lathe::ops
