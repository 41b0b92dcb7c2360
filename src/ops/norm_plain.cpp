// Normalisation without learned parameters. Definitions: ONNX LpNormalization, MeanVarianceNormalization, LRN.
#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kNormPlainIn[] = {{"x", kFloatTypes, 'T'}};
constexpr OperandDef kNormPlainOut[] = {{"y", kFloatTypes, 'T'}};

double flops_of_plain_norm(const CostContext& c) {
    return 8 * static_cast<double>(element_count(c.inputs[0]));
}

constexpr AttrDef kLpAttrs[] = {{"axis", AttrType::kInt, "-1"}, {"p", AttrType::kInt, "2"}};
constexpr Sample kLpSamples[] = {
    {"f32[2, 3, 5]"}, {"f32[2, 3, 5]", "axis=1; p=1"}, {"f32[2, 3]=0,0,0,3,4,0"}};
Status infer_lp(InferContext& c) {
    TRY_STATUS(normal_axis(c.integer("axis"), c.rank(0)));
    if (const int64_t p = c.integer("p"); p != 1 && p != 2) return fail("p is {}, expected 1 or 2", p);
    return same_shape(c);
}
Status evaluate_lp_norm(EvalContext& c) {
    const Shape& shape = c.in(0).shape();
    TRY(const int axis, normal_axis(c.integer("axis"), c.in(0).rank()));
    Shape kept = shape;
    kept[static_cast<size_t>(axis)] = 1;
    const Shape strides = broadcast_strides(kept, shape);
    const bool squares = c.integer("p") == 2;
    auto values = c.in(0).to_doubles();
    std::vector<double> norms(static_cast<size_t>(element_count(kept)), 0);
    const auto walk = [&](auto visit) {
        size_t i = 0;
        walk_strided(shape, strides, [&](int64_t at) { visit(values[i++], norms[static_cast<size_t>(at)]); });
    };
    walk([&](double v, double& norm) { norm += squares ? v * v : std::fabs(v); });
    for (double& norm : norms) norm = squares ? std::sqrt(norm) : norm;
    walk([](double& v, double norm) { v = norm == 0 ? 0 : v / norm; });
    c.output(0, tensor_from_doubles(c.in(0).dtype(), shape, values));
    return {};
}
Result<std::string> write_lp(const InferContext& c) {
    return format(
        "const zero: x[] = [0]\nconst one: x[] = [1]\nn = {}(x, axes=[$axis])\nnone = equal(n, zero)\n"
        "d = where(none, one, n)\ny = div(x, d)",
        c.integer("p") == 1 ? "reduce_l1" : "reduce_l2");
}

constexpr AttrDef kMvnAttrs[] = {{"axes", AttrType::kInts, "[0, 2, 3]"}};
constexpr Sample kMvnSamples[] = {{"f32[2, 3, 5, 4]"}, {"f32[2, 3, 5]", "axes=[-1, 0]"}};
constexpr double kMvnEpsilon = 1e-9;  // of the function that defines the operator
Status infer_mvn(InferContext& c) {
    TRY_STATUS(normal_axes(c.list("axes"), c.rank(0)));
    return same_shape(c);
}
Status evaluate_mvn(EvalContext& c) {
    const Shape& shape = c.in(0).shape();
    TRY(const auto axes, normal_axes(c.list("axes"), c.in(0).rank()));
    Shape kept = shape;
    for (const int axis : axes) kept[static_cast<size_t>(axis)] = 1;
    const Shape strides = broadcast_strides(kept, shape);
    const double count =
        static_cast<double>(c.in(0).count()) / static_cast<double>(std::max<int64_t>(element_count(kept), 1));
    auto values = c.in(0).to_doubles();
    std::vector<double> means(static_cast<size_t>(element_count(kept)), 0), squares(means.size(), 0);
    const auto walk = [&](auto visit) {
        size_t i = 0;
        walk_strided(shape, strides, [&](int64_t at) { visit(values[i++], static_cast<size_t>(at)); });
    };
    walk([&](double v, size_t at) { means[at] += v / count; });
    walk([&](double v, size_t at) { squares[at] += (v - means[at]) * (v - means[at]); });
    walk([&](double& v, size_t at) { v = (v - means[at]) / (std::sqrt(squares[at] / count) + kMvnEpsilon); });
    c.output(0, tensor_from_doubles(c.in(0).dtype(), shape, values));
    return {};
}

constexpr AttrDef kLrnAttrs[] = {{"alpha", AttrType::kFloat, "0.0001"},
                                 {"beta", AttrType::kFloat, "0.75"},
                                 {"bias", AttrType::kFloat, "1.0"},
                                 {"size", AttrType::kInt}};
constexpr Sample kLrnSamples[] = {{"f32[2, 7, 3, 2]{-4, 4}", "size=3"},
                                  {"f32[1, 5, 4, 2]{-4, 4}", "size=4; alpha=0.5; beta=0.5; bias=2.0"}};
Status infer_lrn(InferContext& c) {
    if (c.rank(0) < 2) return fail("x is {}, expected batch, channels and more", to_string(c.shape(0)));
    if (c.integer("size") < 1) return fail("size is {}, expected at least 1", c.integer("size"));
    return same_shape(c);
}
Status evaluate_lrn(EvalContext& c) {
    const Tensor& x = c.in(0);
    const int64_t size = c.integer("size"), channels = x.dim(1),
                  plane = x.dim(0) * channels == 0 ? 0 : x.count() / (x.dim(0) * channels);
    const auto values = x.to_doubles();
    auto results = values;
    for (int64_t i = 0; i < x.count(); ++i) {
        const int64_t channel = i / plane % channels;
        double squares = 0;
        for (int64_t k = std::max<int64_t>(0, channel - (size - 1) / 2);
             k <= std::min(channels - 1, channel + size / 2); ++k) {
            const double v = values[static_cast<size_t>(i + (k - channel) * plane)];
            squares += v * v;
        }
        results[static_cast<size_t>(i)] /= std::pow(
            c.number("bias") + c.number("alpha") / static_cast<double>(size) * squares, c.number("beta"));
    }
    c.output(0, tensor_from_doubles(x.dtype(), x.shape(), results));
    return {};
}

// The mean over nearby channels, those outside counted as zeros, is what an average pool along them gives.
Result<std::string> write_lrn(const InferContext& c) {
    const int64_t size = c.integer("size");
    std::string shape = "[";
    for (const Dim& dim : c.shape(0)) shape += (shape.size() > 1 ? ", " : "") + dim.text();
    return format(
        "const alpha: x[] = [$alpha]\nconst beta: x[] = [$beta]\nconst bias: x[] = [$bias]\n"
        "q = mul(x, x)\nplanes = reshape(q, shape=[{}, 1, {}, -1])\n"
        "means = avg_pool(planes, kernel_shape=[{}, 1], pads=[{}, 0, {}, 0], count_include_pad=true)\n"
        "nearby = reshape(means, shape={})\nt = mul(nearby, alpha)\ns = add(t, bias)\nd = pow(s, beta)\n"
        "y = div(x, d)",
        c.shape(0)[0].text(), c.shape(0)[1].text(), size, (size - 1) / 2, size / 2, shape + "]");
}

constexpr OpDef kNormPlainOps[] = {
    {.name = "lp_norm",
     .summary = "x over its p-norm along the axis; 0 where that is 0",
     .inputs = kNormPlainIn,
     .outputs = kNormPlainOut,
     .attrs = kLpAttrs,
     .infer = infer_lp,
     .evaluate = evaluate_lp_norm,
     .flops = flops_of_plain_norm,
     .samples = kLpSamples,
     .cells = onnx<"LpNormalization">,
     .write_body = write_lp},
    {.name = "mean_variance_norm",
     .summary = "x with mean 0 and variance 1 over the axes",
     .inputs = kNormPlainIn,
     .outputs = kNormPlainOut,
     .attrs = kMvnAttrs,
     .infer = infer_mvn,
     .evaluate = evaluate_mvn,
     .flops = flops_of_plain_norm,
     .samples = kMvnSamples,
     .cells = onnx<"MeanVarianceNormalization", 9>,
     .body = "const epsilon: x[] = [1e-09]\nm = reduce_mean(x, axes=$axes)\nd = sub(x, m)\nq = mul(d, d)\n"
             "v = reduce_mean(q, axes=$axes)\n"
             "s = sqrt(v)\ns1 = add(s, epsilon)\ny = div(d, s1)"},
    {.name = "lrn",
     .summary = "x / (bias + alpha/size * squares summed over nearby channels)^beta (Krizhevsky et al. 2012)",
     .inputs = kNormPlainIn,
     .outputs = kNormPlainOut,
     .attrs = kLrnAttrs,
     .infer = infer_lrn,
     .evaluate = evaluate_lrn,
     .flops = flops_of_plain_norm,
     .samples = kLrnSamples,
     .cells = cells<Onnx<"LRN">, Coreml<"local_response_norm">, Openvino<"LRN">>,
     .write_body = write_lrn},
};

}  // namespace

std::span<const OpDef> norm_plain_ops() { return kNormPlainOps; }

}  // namespace lathe::ops
