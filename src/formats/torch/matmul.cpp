#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// x @ weightᵀ, weight: [out, in].
Results linear(Call& c) {
    TRY(const ValueId x, c.tensor("input"));
    TRY(const ValueId weight, c.tensor("weight"));
    TRY(const ValueId bias, c.optional_tensor("bias"));
    if (c.rank(weight) == 2 && c.rank(x) == 2)
        return one(c.add("gemm", {x, weight, bias}, {{"transB", true}}));
    ValueId turned = weight;
    if (c.rank(weight) == 2) {
        TRY(turned, c.importer.transposed(weight));
    }
    TRY(const ValueId product, c.add("matmul", {x, turned}));
    if (bias == kNoValue) return std::vector{product};
    return one(c.add("add", {product, bias}));
}

Results addmm(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const ValueId a, c.tensor("mat1"));
    TRY(const ValueId b, c.tensor("mat2"));
    TRY(const double beta, c.number("beta"));
    TRY(const double alpha, c.number("alpha"));
    if (c.rank(a) != 2 || c.rank(b) != 2)
        return fail("it multiplies {} and {}, expected matrices", graph::to_string(c.shape(a)),
                    graph::to_string(c.shape(b)));
    return one(c.add("gemm", {a, b, self}, {{"alpha", alpha}, {"beta", beta}}));
}

// beta * self + alpha * (batch1 @ batch2)
Results baddbmm(Call& c) {
    TRY(ValueId self, c.tensor("self"));
    TRY(const ValueId a, c.tensor("batch1"));
    TRY(const ValueId b, c.tensor("batch2"));
    TRY(const double beta, c.number("beta"));
    TRY(const double alpha, c.number("alpha"));
    TRY(ValueId product, c.add("matmul", {a, b}));
    if (alpha != 1) {
        TRY(product, c.add("mul", {product, c.constant_like(product, alpha)}));
    }
    if (beta == 0) return std::vector{product};
    if (beta != 1) {
        TRY(self, c.add("mul", {self, c.constant_like(self, beta)}));
    }
    return one(c.add("add", {self, product}));
}

Results addmv(Call& c) {
    TRY(const ValueId self, c.tensor("self"));
    TRY(const ValueId a, c.tensor("mat"));
    TRY(const ValueId b, c.tensor("vec"));
    TRY(const double beta, c.number("beta"));
    TRY(const double alpha, c.number("alpha"));
    if (alpha != 1 || beta != 1) return fail("its alpha and beta are {} and {}, expected 1", alpha, beta);
    TRY(const ValueId product, c.add("matmul", {a, b}));
    return one(c.add("add", {self, product}));
}

Results einsum(Call& c) {
    std::string equation = c.text("equation");
    std::erase(equation, ' ');
    TRY(const auto operands, c.tensors("tensors"));
    return one(c.add("einsum", operands, {{"equation", equation}}));
}

Results outer(Call& c) {
    TRY(const ValueId a, c.tensor("self"));
    TRY(const ValueId b, c.tensor("vec2"));
    TRY(const ValueId column, c.add("unsqueeze", {a}, {{"axes", Ints{1}}}));
    return one(c.add("mul", {column, b}));
}

constexpr Row kMatmulRows[] = {
    {.schema = "linear(Tensor input, Tensor weight, Tensor? bias=None)", .special = linear},
    {.schema = "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1)",
     .special = addmm},
    {.schema = "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)",
     .special = baddbmm},
    {.schema = "addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1)",
     .special = addmv},
    {"matmul(Tensor self, Tensor other)", "matmul(self, other)"},
    {"mm(Tensor self, Tensor mat2)", "matmul(self, mat2)"},
    {"bmm(Tensor self, Tensor mat2)", "matmul(self, mat2)"},
    {"mv(Tensor self, Tensor vec)", "matmul(self, vec)"},
    {"dot(Tensor self, Tensor tensor)", "matmul(self, tensor)"},
    {.schema = "outer(Tensor self, Tensor vec2)", .special = outer},
    {.schema = "ger(Tensor self, Tensor vec2)", .special = outer},
    {.schema = "einsum(str equation, Tensor[] tensors, *, any path=None)", .special = einsum},
};

}  // namespace

std::span<const Row> matmul_rows() { return kMatmulRows; }

}  // namespace lathe::formats::torch
