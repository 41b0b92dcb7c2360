// How fast the reference kernels are, on operands of the sizes that image networks have: GFLOP/s of convolutions and
// matrix products, nanoseconds per element of what is read and written for other operators.
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "graph/contexts.h"
#include "graph/cost.h"
#include "ops/ops.h"
#include "ops/samples.h"

namespace {

using namespace lathe;

struct Row {
    std::string_view what, op;
    graph::Sample sample;
};

constexpr Row kProducts[] = {
    {"first 7x7, stride 2",
     "conv",
     {"f32[1, 3, 224, 224]; f32[64, 3, 7, 7]", "strides=[2, 2]; pads=[3, 3, 3, 3]"}},
    {"3x3, 56x56x64", "conv", {"f32[1, 64, 56, 56]; f32[64, 64, 3, 3]", "pads=[1, 1, 1, 1]"}},
    {"1x1, 56x56x256 to 64", "conv", {"f32[1, 256, 56, 56]; f32[64, 256, 1, 1]"}},
    {"3x3, 28x28x128, stride 2",
     "conv",
     {"f32[1, 128, 56, 56]; f32[128, 128, 3, 3]", "strides=[2, 2]; pads=[1, 1, 1, 1]"}},
    {"3x3, 7x7x512", "conv", {"f32[1, 512, 7, 7]; f32[512, 512, 3, 3]", "pads=[1, 1, 1, 1]"}},
    {"3x3, 14x14x256, dilation 2",
     "conv",
     {"f32[1, 256, 14, 14]; f32[256, 256, 3, 3]", "pads=[2, 2, 2, 2]; dilations=[2, 2]"}},
    {"3x3, 56x56, 32 groups of 4",
     "conv",
     {"f32[1, 128, 56, 56]; f32[128, 4, 3, 3]", "pads=[1, 1, 1, 1]; group=32"}},
    {"depthwise 3x3, 112x112x96",
     "conv",
     {"f32[1, 96, 112, 112]; f32[96, 1, 3, 3]", "pads=[1, 1, 1, 1]; group=96"}},
    {"depthwise 3x3, stride 2",
     "conv",
     {"f32[1, 96, 112, 112]; f32[96, 1, 3, 3]", "strides=[2, 2]; pads=[1, 1, 1, 1]; group=96"}},
    {"depthwise 7x7, 56x56x96",
     "conv",
     {"f32[1, 96, 56, 56]; f32[96, 1, 7, 7]", "pads=[3, 3, 3, 3]; group=96"}},
    {"depthwise 7x7, 7x7x768",
     "conv",
     {"f32[1, 768, 7, 7]; f32[768, 1, 7, 7]", "pads=[3, 3, 3, 3]; group=768"}},
    {"1x1 of a single position", "conv", {"f32[1, 1024, 1, 1]; f32[256, 1024, 1, 1]"}},
    {"patches 16x16", "conv", {"f32[1, 3, 224, 224]; f32[768, 3, 16, 16]", "strides=[16, 16]"}},
    {"transposed 2x2, stride 2",
     "conv_transpose",
     {"f32[1, 256, 28, 28]; f32[256, 128, 2, 2]", "strides=[2, 2]"}},
    {"tokens to 3072", "matmul", {"f32[1, 197, 768]; f32[768, 3072]"}},
    {"scores of 12 heads", "matmul", {"f32[1, 12, 197, 64]; f32[1, 12, 64, 197]"}},
    {"768 to 3072", "gemm", {"f32[197, 768]; f32[3072, 768]; f32[3072]", "transB=true"}},
    {"classes", "gemm", {"f32[1, 2048]; f32[1000, 2048]; f32[1000]", "transB=true"}},
    {"12 heads", "attention", {"f32[1, 12, 197, 64]; f32[1, 12, 197, 64]; f32[1, 12, 197, 64]"}},
    {"whole numbers", "matmul", {"i32[197, 256]{-9, 9}; i32[256, 256]{-9, 9}"}},
};

constexpr Row kOthers[] = {
    {"", "add", {"f32[1, 64, 112, 112]; f32[1, 64, 112, 112]"}},
    {"bias", "add", {"f32[197, 3072]; f32[3072]"}},
    {"channels", "mul", {"f32[1, 64, 112, 112]; f32[1, 64, 1, 1]"}},
    {"scalar", "mul", {"f32[1, 64, 112, 112]; f32[]"}},
    {"", "div", {"f32[1, 64, 112, 112]; f32[]{1, 2}"}},
    {"", "relu", {"f32[1, 64, 112, 112]"}},
    {"", "sigmoid", {"f32[1, 64, 112, 112]"}},
    {"", "silu", {"f32[1, 64, 112, 112]"}},
    {"", "gelu", {"f32[1, 197, 3072]{-4, 4}"}},
    {"tanh", "gelu", {"f32[1, 197, 3072]{-4, 4}", "approximate=\"tanh\""}},
    {"", "hard_swish", {"f32[1, 64, 112, 112]{-4, 4}"}},
    {"", "clip", {"f32[1, 64, 112, 112]{-4, 8}; f32[]=0; f32[]=6"}},
    {"", "erf", {"f32[1, 197, 3072]{-4, 4}"}},
    {"", "exp", {"f32[1, 197, 3072]{-4, 4}"}},
    {"", "tanh", {"f32[1, 197, 3072]{-4, 4}"}},
    {"", "pow", {"f32[1, 197, 3072]{0.1, 4}; f32[]=2"}},
    {"", "sqrt", {"f32[1, 197, 3072]{0.1, 4}"}},
    {"", "batch_norm", {"f32[1, 64, 112, 112]; f32[64]; f32[64]; f32[64]; f32[64]{0.5, 2}"}},
    {"", "layer_norm", {"f32[1, 197, 768]; f32[768]; f32[768]"}},
    {"", "rms_norm", {"f32[1, 197, 768]; f32[768]"}},
    {"", "group_norm", {"f32[1, 64, 112, 112]; f32[64]; f32[64]", "num_groups=1"}},
    {"", "softmax", {"f32[1, 12, 197, 197]"}},
    {"axis 1", "softmax", {"f32[1, 64, 56, 56]", "axis=1"}},
    {"inner", "reduce_mean", {"f32[1, 64, 112, 112]; i64[2]=2,3"}},
    {"outer", "reduce_mean", {"f32[1, 64, 112, 112]; i64[1]=1"}},
    {"l2", "reduce_l2", {"f32[1, 197, 768]; i64[1]=2"}},
    {"3x3 stride 2",
     "max_pool",
     {"f32[1, 64, 112, 112]", "kernel_shape=[3, 3]; strides=[2, 2]; pads=[1, 1, 1, 1]"}},
    {"3x3", "avg_pool", {"f32[1, 64, 56, 56]", "kernel_shape=[3, 3]; pads=[1, 1, 1, 1]"}},
    {"2x2 stride 2", "avg_pool", {"f32[1, 64, 56, 56]", "kernel_shape=[2, 2]; strides=[2, 2]"}},
    {"", "global_avg_pool", {"f32[1, 512, 28, 28]"}},
    {"to channels last", "transpose", {"f32[1, 96, 56, 56]", "perm=[0, 2, 3, 1]"}},
    {"heads", "transpose", {"f32[1, 197, 12, 64]", "perm=[0, 2, 1, 3]"}},
    {"windows", "transpose", {"f32[1, 8, 7, 8, 7, 96]", "perm=[0, 1, 3, 2, 4, 5]"}},
    {"", "reshape", {"f32[1, 96, 56, 56]; i64[2]=96,-1"}},
    {"", "concat", {"f32[1, 64, 56, 56]; f32[1, 64, 56, 56]", "axis=1"}},
    {"last axis", "concat", {"f32[56, 56, 64]; f32[56, 56, 64]", "axis=2"}},
    {"", "slice", {"f32[1, 128, 56, 56]; i64[1]=32; i64[1]=96; i64[1]=1"}},
    {"columns", "slice", {"f32[1, 64, 56, 56]; i64[1]=3; i64[1]=53; i64[1]=3"}},
    {"", "split", {"f32[1, 128, 56, 56]", "axis=1; num_outputs=2", 2}},
    {"", "pad", {"f32[1, 64, 56, 56]; i64[8]=0,0,1,1,0,0,1,1"}},
    {"rows", "gather", {"f32[1000, 768]; i64[4]=3,1,7,900"}},
    {"bilinear", "resize", {"f32[1, 64, 28, 28]; -; f32[4]=1,1,2,2", "mode=\"linear\""}},
    {"nearest", "resize", {"f32[1, 64, 28, 28]; -; f32[4]=1,1,2,2", "mode=\"nearest\""}},
    {"bicubic", "resize", {"f32[1, 64, 28, 28]; -; f32[4]=1,1,2,2", "mode=\"cubic\""}},
    {"to blocks", "depth_to_space", {"f32[1, 64, 56, 56]", "blocksize=2"}},
    {"", "expand", {"f32[1, 64, 1, 1]; i64[4]=1,64,56,56"}},
    {"", "where", {"bool[1, 64, 56, 56]{0, 1}; f32[1, 64, 56, 56]; f32[]"}},
    {"f16", "cast", {"f32[1, 64, 56, 56]", "to=f16"}},
    {"half", "add", {"f16[1, 64, 56, 56]; f16[1, 64, 56, 56]"}},
    {"", "top_k", {"f32[1, 1000]; i64[1]=5", "", 2}},
    {"", "lrn", {"f32[1, 64, 56, 56]", "size=5"}},
    {"", "einsum", {"f32[1, 12, 49, 32]; f32[1, 12, 49, 32]", "equation=\"bhid,bhjd->bhij\""}},
};

// Processor seconds of one run of the operator's kernel, the best of several; flops and elements of all operands and results.
struct Measured {
    double seconds = 0, flops = 0, elements = 0;
};

Result<Measured> measure(const Row& row) {
    const graph::OpDef* op = ops::find_op(row.op);
    if (op == nullptr) return fail("there is no operator '{}'", row.op);
    TRY(const ops::SampleInputs made, ops::parse_sample(*op, row.sample));
    std::vector<const Tensor*> operands;
    std::vector<Shape> inputs, outputs;
    Measured result{.seconds = 1e9};
    for (const auto& tensor : made.operands) {
        operands.push_back(tensor ? &*tensor : nullptr);
        inputs.push_back(tensor ? tensor->shape() : Shape{});
        if (tensor) result.elements += static_cast<double>(tensor->count());
    }
    TRY(const ops::SampleGraph completed, ops::sample_graph(*op, row.sample));
    const graph::Attrs& attrs = completed.graph.nodes[0].attrs;
    double total = 0;
    for (int i = 0; i < 3 || (total < 0.3 && i < 1000); ++i) {
        const std::clock_t start = std::clock();
        TRY(const auto results, graph::evaluate(*op, attrs, operands, made.outputs));
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        result.seconds = std::min(result.seconds, seconds);
        total += seconds;
        if (i > 0) continue;
        for (const Tensor& tensor : results) outputs.push_back(tensor.shape());
        for (const Tensor& tensor : results) result.elements += static_cast<double>(tensor.count());
    }
    result.flops = graph::flops_of(*op, {.inputs = inputs, .outputs = outputs, .attrs = attrs});
    return result;
}

}  // namespace

int main() {
    const auto each = [](std::span<const Row> rows, const char* unit, auto figure) {
        std::printf("%-16s %-28s %10s %10s\n", "operator", "", "ms", unit);
        for (const Row& row : rows) {
            const auto m = measure(row);
            if (!m) return std::printf("%s: %s\n", std::string(row.op).c_str(), m.error().message.c_str()), 1;
            std::printf("%-16s %-28s %10.3f %10.2f\n", std::string(row.op).c_str(),
                        std::string(row.what).c_str(), m->seconds * 1e3, figure(*m));
        }
        return 0;
    };
    return each(kProducts, "GFLOP/s", [](const Measured& m) { return m.flops / m.seconds * 1e-9; }) +
           each(kOthers, "ns/element", [](const Measured& m) { return m.seconds / m.elements * 1e9; });
}
