#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using Results = Result<std::vector<ValueId>>;

Results softplus(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const double beta, c.number("beta"));
    TRY(const double threshold, c.number("threshold"));
    // Without the threshold the result differs by less than exp(-threshold), which no float shows from 18 on.
    if (beta == 1 && threshold >= 18) return one(c.add("softplus", {self}));
    TRY(const ValueId scaled, c.add("mul", {self, c.constant_like(self, beta)}));
    TRY(const ValueId soft, c.add("softplus", {scaled}));
    TRY(const ValueId plain, c.add("div", {soft, c.constant_like(self, beta)}));
    TRY(const ValueId beyond, c.add("greater", {scaled, c.constant_like(self, threshold)}));
    return one(c.add("where", {beyond, self, plain}));
}

Results elu(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const double alpha, c.number("alpha"));
    TRY(const double scale, c.number("scale"));
    TRY(const double input_scale, c.number("input_scale"));
    if (input_scale != 1) return fail("its input_scale is {}, expected 1", input_scale);
    if (scale != 1) return one(c.add("selu", {self}, {{"alpha", alpha}, {"gamma", scale}}));
    return one(c.add("elu", {self}, {{"alpha", alpha}}));
}

// The slopes lie along axis 1.
Results prelu(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(ValueId weight, c.tensor("weight"));
    if (c.rank(weight) == 1 && c.rank(self) > 2) {
        Dims shape(static_cast<size_t>(c.rank(self) - 1), Dim(1));
        shape[0] = c.shape(weight)[0];
        TRY(weight, c.importer.reshape(weight, shape));
    }
    return one(c.add("prelu", {self, weight}));
}

Results glu(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const int64_t axis, c.integer("dim"));
    TRY(const auto halves,
        c.importer.add_many("split", {self}, {{"axis", axis}, {"num_outputs", int64_t{2}}}, 2));
    TRY(const ValueId gate, c.add("sigmoid", {halves[1]}));
    return one(c.add("mul", {halves[0], gate}));
}

Results rrelu(Call& c) {
    if (c.flag("training")) return fail("it is random while training; export the network with eval()");
    TRY(const ValueId self, c.tensor("self"));
    TRY(const double lower, c.number("lower"));
    TRY(const double upper, c.number("upper"));
    return one(c.add("leaky_relu", {self}, {{"alpha", (lower + upper) / 2}}));
}

Results logit(Call& c) {
    TRY(ValueId self, c.tensor("self"));
    if (c.given("eps")) {
        TRY(const double eps, c.number("eps"));
        TRY(self, c.add("clip", {self}, {{"min", eps}, {"max", 1 - eps}}));
    }
    TRY(const ValueId rest, c.add("sub", {c.constant_like(self, 1), self}));
    TRY(const ValueId odds, c.add("div", {self, rest}));
    return one(c.add("log", {odds}));
}

constexpr Row kActivationRows[] = {
    {"relu(Tensor self)", "relu(self)"},
    {"relu6(Tensor self)", "clip(self, min=0, max=6)"},
    {"hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1)", "clip(self, min=min_val, max=max_val)"},
    {"hardsigmoid(Tensor self)", "hard_sigmoid(self, alpha=0.16666666666666666, beta=0.5)"},
    {"hardswish(Tensor self)", "hard_swish(self)"},
    {"leaky_relu(Tensor self, Scalar negative_slope=0.01)", "leaky_relu(self, alpha=negative_slope)"},
    {.schema = "elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1)", .special = elu},
    {"selu(Tensor self)", "selu(self)"},
    {"celu(Tensor self, Scalar alpha=1.0)", "celu(self, alpha=alpha)"},
    {.schema = "prelu(Tensor self, Tensor weight)", .special = prelu},
    {.schema = "_prelu_kernel(Tensor self, Tensor weight)", .special = prelu},
    {.schema =
         "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False, any generator=None)",
     .special = rrelu},
    {"gelu(Tensor self, *, str approximate='none')", "gelu(self, approximate=approximate)"},
    {"silu(Tensor self)", "silu(self)"},
    {"mish(Tensor self)", "mish(self)"},
    {.schema = "glu(Tensor self, int dim=-1)", .special = glu},
    {.schema = "softplus(Tensor self, Scalar beta=1, Scalar threshold=20)", .special = softplus},
    {"log_sigmoid(Tensor self)", "neg(softplus(neg(self)))"},
    {"softsign(Tensor self)", "softsign(self)"},
    {"softshrink(Tensor self, Scalar lambd=0.5)", "shrink(self, lambd=lambd, bias=lambd)"},
    {"hardshrink(Tensor self, Scalar lambd=0.5)", "shrink(self, lambd=lambd)"},
    {"tanhshrink(Tensor self)", "sub(self, tanh(self))"},
    {"threshold(Tensor self, Scalar threshold, Scalar value)",
     "where(greater(self, threshold), self, value)"},
    {"sigmoid(Tensor self)", "sigmoid(self)", Types::kFloat},
    {"tanh(Tensor self)", "tanh(self)", Types::kFloat},
    {.schema = "logit(Tensor self, float? eps=None)", .types = Types::kFloat, .special = logit},
    {"softmax.int(Tensor self, int dim, int? dtype=None)", "softmax(self, axis=dim)", Types::kAsked},
    {"log_softmax.int(Tensor self, int dim, int? dtype=None)", "log_softmax(self, axis=dim)", Types::kAsked},
    {"_softmax(Tensor self, int dim, bool half_to_float)", "softmax(self, axis=dim)"},
    {"_log_softmax(Tensor self, int dim, bool half_to_float)", "log_softmax(self, axis=dim)"},
    {"softmin(Tensor self, int dim, int? dtype=None)", "softmax(neg(self), axis=dim)", Types::kAsked},
};

}  // namespace

std::span<const Row> activation_rows() { return kActivationRows; }

}  // namespace lathe::formats::torch
