// Matrix products. Definitions: ONNX MatMul (NumPy's matmul) and Gemm.
#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/matrix_product.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr TypeSet kMatmulTypes = kFloatTypes | types(DType::kI32, DType::kI64, DType::kU32, DType::kU64);
constexpr OperandDef kMatmulIn[] = {{"a", kMatmulTypes, 'T'}, {"b", kMatmulTypes, 'T'}};
constexpr OperandDef kMatmulOut[] = {{"y", kMatmulTypes, 'T'}};
constexpr Sample kMatmulSamples[] = {
    {"f32[3, 5]; f32[5, 7]"},          {"f32[2, 3, 5]; f32[5, 7]"},
    {"f32[2, 1, 3, 5]; f32[4, 5, 2]"}, {"f32[5]; f32[5, 7]"},
    {"f32[2, 3, 5]; f32[5]"},          {"f32[5]; f32[5]"},
    {"f16[3, 5]; f16[5, 2]"},          {"i32[2, 3]{-9, 9}; i32[3, 2]{-9, 9}"}};

struct MatmulShape {
    Dims result;      // without the axes that vectors are given
    Dims batch;       // what the leading axes broadcast to
    Dim m, k, n;
};

bool surely_differ(const Dim& a, const Dim& b) { return a.is_constant() && b.is_constant() && a != b; }

Result<MatmulShape> matmul_shape(Dims a, Dims b) {
    if (a.empty() || b.empty())
        return fail("matmul of {} and {}: a scalar is no matrix", to_string(a), to_string(b));
    const bool row = a.size() == 1, column = b.size() == 1;
    if (row) a.insert(a.begin(), Dim(1));
    if (column) b.push_back(Dim(1));
    MatmulShape s{.m = a[a.size() - 2], .k = a.back(), .n = b.back()};
    if (surely_differ(s.k, b[b.size() - 2]))
        return fail("matmul of {} and {}: {} columns against {} rows", to_string(a), to_string(b), s.k.text(),
                    b[b.size() - 2].text());
    TRY(s.batch, broadcast(Dims(a.begin(), a.end() - 2), Dims(b.begin(), b.end() - 2)));
    s.result = s.batch;
    if (!row) s.result.push_back(s.m);
    if (!column) s.result.push_back(s.n);
    return s;
}

Status infer_matmul(InferContext& c) {
    TRY(MatmulShape s, matmul_shape(c.shape(0), c.shape(1)));
    c.output(0, c.dtype(0), std::move(s.result));
    return {};
}

// Offsets, in matrices, of every matrix of the broadcast batch.
Ints batch_offsets(const Shape& own, const Shape& batch) {
    const Shape strides = broadcast_strides(own, batch);
    Ints offsets;
    for_each_index(batch, [&](const Shape& index) {
        int64_t offset = 0;
        for (size_t i = 0; i < index.size(); ++i) offset += index[i] * strides[i];
        offsets.push_back(offset);
    });
    return offsets;
}

Shape leading(const Shape& shape) {
    return shape.size() < 2 ? Shape{} : Shape(shape.begin(), shape.end() - 2);
}

Status evaluate_matmul(EvalContext& c) {
    const Tensor &a = c.in(0), &b = c.in(1);
    TRY(const MatmulShape s, matmul_shape(dims_of(a.shape()), dims_of(b.shape())));
    const Shape batch = *constant_shape(s.batch), shape = *constant_shape(s.result);
    const int64_t m = *s.m.constant(), k = *s.k.constant(), n = *s.n.constant();
    TRY_STATUS(check_result(DType::kF64, shape));
    const Ints from_a = batch_offsets(leading(a.shape()), batch),
               from_b = batch_offsets(leading(b.shape()), batch);
    const auto run = [&]<class In, class Sum>(const In* pa, const In* pb, Sum zero) {
        std::vector<Sum> sums(static_cast<size_t>(element_count(shape)), zero);
        for (size_t i = 0; i < from_a.size(); ++i)
            add_product(row_major(pa + from_a[i] * m * k, k), row_major(pb + from_b[i] * k * n, n),
                        sums.data() + static_cast<int64_t>(i) * m * n, m, k, n);
        return sums;
    };
    if (!is_float(a.dtype())) {
        const Ints left = a.to_ints(), right = b.to_ints();  // unsigned arithmetic wraps around
        const auto sums = run(reinterpret_cast<const uint64_t*>(left.data()),
                              reinterpret_cast<const uint64_t*>(right.data()), uint64_t{0});
        c.output(0, tensor_from_ints(a.dtype(), shape, Ints(sums.begin(), sums.end())));
    } else if (a.dtype() == DType::kF64) {
        const auto sums = run(a.values<double>().data(), b.values<double>().data(), 0.0);
        c.output(0, tensor_from_doubles(a.dtype(), shape, sums));
    } else {
        const auto sums = run(FloatView(a).data(), FloatView(b).data(), 0.0);
        c.output(0, tensor_from_doubles(a.dtype(), shape, sums));
    }
    return {};
}

double matmul_macs(const CostContext& c) {
    const double k = static_cast<double>(c.inputs[0].empty() ? 1 : c.inputs[0].back());
    return k * static_cast<double>(element_count(c.outputs[0]));
}

constexpr OperandDef kGemmIn[] = {
    {"a", kFloatTypes, 'T'}, {"b", kFloatTypes, 'T'}, {"c", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kGemmOut[] = {{"y", kFloatTypes, 'T'}};
constexpr AttrDef kGemmAttrs[] = {{"alpha", AttrType::kFloat, "1.0"},
                                  {"beta", AttrType::kFloat, "1.0"},
                                  {"transA", AttrType::kBool, "false"},
                                  {"transB", AttrType::kBool, "false"}};
constexpr Sample kGemmSamples[] = {{"f32[3, 5]; f32[5, 7]; f32[7]"},
                                   {"f32[3, 5]; f32[7, 5]; f32[3, 1]", "transB=true; alpha=0.5; beta=2.0"},
                                   {"f32[5, 3]; f32[5, 7]", "transA=true"},
                                   {"f32[5, 3]; f32[7, 5]; f32[]", "transA=true; transB=true; beta=0.25"},
                                   {"f16[3, 5]; f16[2, 5]; f16[2]", "transB=true"}};

Result<Dims> gemm_shape(const AttrReader& c, const Dims& a, const Dims& b, const Dims* bias) {
    if (a.size() != 2 || b.size() != 2)
        return fail("gemm takes matrices, got {} and {}", to_string(a), to_string(b));
    const bool ta = c.flag("transA"), tb = c.flag("transB");
    if (surely_differ(a[ta ? 0 : 1], b[tb ? 1 : 0]))
        return fail("gemm of {} and {}: their inner sizes differ", to_string(a), to_string(b));
    const Dims shape{a[ta ? 1 : 0], b[tb ? 0 : 1]};
    if (bias != nullptr) {
        TRY(const Dims full, broadcast(shape, *bias));
        if (full.size() != 2 || surely_differ(full[0], shape[0]) || surely_differ(full[1], shape[1]))
            return fail("c is {}, which does not broadcast to {}", to_string(*bias), to_string(shape));
    }
    return shape;
}

Status infer_gemm(InferContext& c) {
    TRY(Dims shape, gemm_shape(c, c.shape(0), c.shape(1), c.has(2) ? &c.shape(2) : nullptr));
    c.output(0, c.dtype(0), std::move(shape));
    return {};
}

Status evaluate_gemm(EvalContext& c) {
    const Tensor &a = c.in(0), &b = c.in(1);
    const Dims bias_dims = c.has(2) ? dims_of(c.in(2).shape()) : Dims{};
    TRY(const Dims dims,
        gemm_shape(c, dims_of(a.shape()), dims_of(b.shape()), c.has(2) ? &bias_dims : nullptr));
    const Shape shape = *constant_shape(dims);
    const int64_t k = a.shape()[c.flag("transA") ? 0 : 1];
    TRY_STATUS(check_result(DType::kF64, shape));
    std::vector<double> sums(static_cast<size_t>(element_count(shape)), 0);
    const auto run = [&](const auto* pa, const auto* pb) {
        const auto left = row_major(pa, a.dim(1)), right = row_major(pb, b.dim(1));
        add_product(c.flag("transA") ? transposed(left) : left, c.flag("transB") ? transposed(right) : right,
                    sums.data(), shape[0], k, shape[1]);
    };
    if (a.dtype() == DType::kF64) run(a.values<double>().data(), b.values<double>().data());
    else run(FloatView(a).data(), FloatView(b).data());
    const double alpha = c.number("alpha"), beta = c.number("beta");
    for (double& sum : sums) sum *= alpha;
    if (c.has(2)) {
        const auto bias = values_of<double>(c.in(2), shape);
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += beta * bias[i];
    }
    c.output(0, tensor_from_doubles(a.dtype(), shape, sums));
    return {};
}

Result<std::string> write_gemm(const InferContext& c) {
    std::string text, a = "a", b = "b", product = "y", bias = "c";
    if (c.flag("transA")) text += "at = transpose(a, perm=[1, 0])\n", a = "at";
    if (c.flag("transB")) text += "bt = transpose(b, perm=[1, 0])\n", b = "bt";
    const bool scaled = c.number("alpha") != 1;
    if (c.has(2) || scaled) product = "p";
    text += format("{} = matmul({}, {})\n", product, a, b);
    if (scaled) text += format("const alpha: a[] = [$alpha]\n{} = mul(p, alpha)\n", c.has(2) ? "q" : "y");
    if (!c.has(2)) return text;
    if (c.number("beta") != 1) text += "const beta: a[] = [$beta]\nd = mul(c, beta)\n", bias = "d";
    return text + format("y = add({}, {})", scaled ? "q" : "p", bias);
}

double gemm_macs(const CostContext& c) {
    const auto* transposed = c.attrs.find("transA");
    const bool ta = transposed != nullptr && *std::get_if<bool>(transposed);
    return static_cast<double>(c.inputs[0][ta ? 0 : 1]) * static_cast<double>(element_count(c.outputs[0]));
}

constexpr OpDef kMatmulOps[] = {
    {.name = "matmul",
     .summary = "the matrix product over the last two axes, batches broadcast",
     .inputs = kMatmulIn,
     .outputs = kMatmulOut,
     .infer = infer_matmul,
     .evaluate = evaluate_matmul,
     .macs = matmul_macs,
     .samples = kMatmulSamples,
     .cells =
         cells<Onnx<"MatMul">, Litert<"BATCH_MATMUL">, Coreml<"matmul">, Ncnn<"MatMul">, Openvino<"MatMul">>},
    {.name = "gemm",
     .summary = "alpha * a * b + beta * c of matrices a: [M, K] and b: [K, N] (transposed if asked for)",
     .inputs = kGemmIn,
     .outputs = kGemmOut,
     .attrs = kGemmAttrs,
     .infer = infer_gemm,
     .evaluate = evaluate_gemm,
     .macs = gemm_macs,
     .samples = kGemmSamples,
     .cells = cells<Onnx<"Gemm", 7>, Litert<"FULLY_CONNECTED">, Coreml<"linear">, Ncnn<"InnerProduct">,
                    Openvino<"MatMul">>,
     .write_body = write_gemm},
};

}  // namespace

Result<Dims> matmul_output(const Dims& a, const Dims& b) {
    TRY(MatmulShape s, matmul_shape(a, b));
    return std::move(s.result);
}

std::span<const OpDef> matmul_ops() { return kMatmulOps; }

}  // namespace lathe::ops
