// Graphs in which images meet, and those in which they do not.
#include <gtest/gtest.h>

#include "graph/text_form.h"
#include "ops/ops.h"
#include "run/cpu/batch.h"

namespace lathe::run::cpu {
namespace {

// The symbol found, or "" where images are not certain to be independent. x: [batch, 4, 6], w: [6, 6].
std::string found_in(const std::string& body) {
    const std::string text = "input x: f32[batch, 4, 6]\ninput w: f32[6, 6]\n" + body;
    const auto graph = graph::parse_text(text, ops::find_op);
    EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().message);
    return graph ? independent_batch(*graph, {{"batch", 3}}).value_or("") : "error";
}

TEST(IndependentBatch, ImagesByThemselves) {
    for (const std::string body : {
             "y = relu(x)\noutput y",
             "y = matmul(x, w)\nz = add(y, x)\noutput z, y",
             "y = reshape(x, shape=[batch*2, 2, 6])\nz = softmax(y, axis=1)\noutput z",
             "t = transpose(x, perm=[0, 2, 1])\ny = matmul(t, x)\noutput y",
             "y = reduce_mean(x, axes=[-1, 1], keepdims=false)\noutput y",
             "y = slice(x, starts=[1], ends=[3], axes=[1])\nz = concat(y, x, axis=-2)\noutput z",
             "s = shape_of(x)\ny = exp(x)\nz = reshape(y, s)\noutput z",
             "c = expand(w, shape=[batch, 6, 6])\ny = concat(x, c, axis=1)\noutput y",
             "y = attention(x, x, x, q_num_heads=2, kv_num_heads=2)\noutput y",
         })
        EXPECT_EQ(found_in(body), "batch") << body;
}

TEST(IndependentBatch, ImagesThatMeet) {
    for (
        const std::string body : {
            "y = softmax(x, axis=0)\noutput y",
            "y = reduce_mean(x, axes=[0], keepdims=true)\nz = sub(x, y)\noutput z",
            "y = reduce_max(x)\nz = div(x, y)\noutput z",
            "y = slice(x, starts=[-1], ends=[-100], axes=[0], steps=[-1])\noutput y",
            "y = concat(x, x, axis=0)\noutput y",
            "y = transpose(x, perm=[1, 0, 2])\nz = relu(y)\noutput z",
            "y = dynamic_quantize_linear(x)\noutput y",
            "y = reshape(x, shape=[batch*24])\nz = cumsum(y, axis=0)\noutput z",
            "y = reshape(x, shape=[4, batch, 6])\noutput y",
            "y = relu(w)\nz = relu(x)\noutput y, z",
            "s = shape_of(x)\nf = cast(s, to=f32)\nt = reduce_sum(f, axes=[0], keepdims=true)\ny = mul(x, t)\noutput y",
        })
        EXPECT_EQ(found_in(body), "") << body;
}

TEST(ImagesAtOnce, FollowTheCaches) {
    const auto plan = [](double values, double weights, double flops) {
        Plan made;
        for (int i = 0; i < 20; ++i)
            made.steps.push_back(
                {.description = {.flops = flops}, .value_bytes = values, .weight_bytes = weights});
        return made;
    };
    const Kernels& kernels = best_kernels();
    // Large images and few weights: one by one. Small images and many weights: all at once.
    EXPECT_EQ(images_at_once(plan(5e6, 1e4, 1e7), 8, 1, kernels), 1);
    EXPECT_EQ(images_at_once(plan(1e4, 5e6, 1e7), 8, 1, kernels), 8);
    // Small steps on several threads: parts for each of them.
    EXPECT_LE(images_at_once(plan(1e4, 1e3, 1e4), 8, 2, kernels), 4);
}

}  // namespace
}  // namespace lathe::run::cpu
