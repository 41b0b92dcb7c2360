// One step of a recurrent layer, and the activations between its gates.
#pragma once
#include <algorithm>

#include "graph/contexts.h"

namespace lathe::ops {

struct Activation {
    double (*function)(double x, double alpha, double beta);
    double alpha, beta;
    double operator()(double x) const { return function(x, alpha, beta); }
};

// `count` activations for each direction from the attributes activations, activation_alpha and activation_beta; `own` are
// the operator's when there are none. Errors: unknown names, another number of them.
Result<std::vector<Activation>> read_activations(const graph::AttrReader& c, std::string_view own,
                                                 size_t count, int64_t directions);

// One direction's numbers. Rows of gates: w [gates * H, I], r [gates * H, H]; wb and rb [gates * H]; p [3 * H].
struct RecurrentLayer {
    int64_t input, hidden, gates;
    const double *w, *r;
    std::vector<double> wb, rb, p;
    double clip = 0;
    const Activation* f = nullptr;  // f, g, h one after another

    double clipped(double v) const { return clip > 0 ? std::min(std::max(v, -clip), clip) : v; }
    double from_input(int64_t gate, int64_t unit, const double* x) const {
        const double* row = w + (gate * hidden + unit) * input;
        double sum = 0;
        for (int64_t i = 0; i < input; ++i) sum += row[i] * x[i];
        return sum + wb[static_cast<size_t>(gate * hidden + unit)];
    }
    double from_state(int64_t gate, int64_t unit, const double* h) const {
        const double* row = r + (gate * hidden + unit) * hidden;
        double sum = 0;
        for (int64_t i = 0; i < hidden; ++i) sum += row[i] * h[i];
        return sum + rb[static_cast<size_t>(gate * hidden + unit)];
    }
    double both(int64_t gate, int64_t unit, const double* x, const double* h) const {
        return from_input(gate, unit, x) + from_state(gate, unit, h);
    }
    double peephole(int64_t which, int64_t unit) const {
        return p[static_cast<size_t>(which * hidden + unit)];
    }
};

struct RecurrentState {
    std::vector<double> h, c;
};
using RecurrentStep = void (*)(const graph::EvalContext& c, const RecurrentLayer& layer, const double* x,
                               RecurrentState& state);

// What tells the three operators apart.
struct RecurrentKind {
    int64_t gates;
    std::string_view activations;
    size_t activation_count;
    RecurrentStep step;
};
extern const RecurrentKind kLstm, kGru, kRnn;

}  // namespace lathe::ops
