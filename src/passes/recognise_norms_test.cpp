// Norms that are spelled out, and what only looks like them.
#include "passes/recognise_samples.h"

namespace lathe::passes {
namespace {

TEST(RecogniseNorms, LayerNorm) {
    const std::string start = R"(input x: f32[n, 3, 5]
        const w: f32[5]
        const b: f32[5]
        const e: f32[] = [1e-06]
        const two: f32[] = [2]
        const half: f32[] = [0.5]
        m = reduce_mean(x, axes=[-1], keepdims=true)
        d = sub(x, m)
        )";
    expect_found(start + R"(q = pow(d, two)
        v = reduce_mean(q, axes=[2], keepdims=true)
        t = add(v, e)
        s = sqrt(t)
        u = div(d, s)
        p = mul(u, w)
        y = add(p, b)
        output y)",
                 "layer_norm", 1);
    expect_found(start + R"(d2 = sub(x, m)
        q = mul(d2, d2)
        v = reduce_mean(q, axes=[2], keepdims=true)
        t = add(e, v)
        s = pow(t, half)
        r = reciprocal(s)
        y = mul(r, d)
        output y)",
                 "layer_norm", 1);
    // Squares along another axis than the mean: the RMS norm of the differences.
    expect_found(start + R"(q = pow(d, two)
        v = reduce_mean(q, axes=[1], keepdims=true)
        t = add(v, e)
        s = sqrt(t)
        y = div(d, s)
        output y)",
                 "rms_norm", 5);
    expect_left(start + R"(q = mul(d, x)
        v = reduce_mean(q, axes=[2], keepdims=true)
        t = add(v, e)
        s = sqrt(t)
        y = div(d, s)
        output y)");
    // A bias for each row stays an addition.
    expect_found(start + R"(const pos: f32[3, 5]
        q = pow(d, two)
        v = reduce_mean(q, axes=[2], keepdims=true)
        t = add(v, e)
        s = sqrt(t)
        u = div(d, s)
        y = add(u, pos)
        output y)",
                 "layer_norm", 2);
}

TEST(RecogniseNorms, AlongChannels) {
    expect_found(R"(input x: f32[n, 5, 3, 2]
        const w: f32[5, 1, 1]
        const b: f32[1, 5, 1, 1]
        const e: f32[] = [1e-06]
        const two: f32[] = [2]
        m = reduce_mean(x, axes=[1], keepdims=true)
        d = sub(x, m)
        q = pow(d, two)
        v = reduce_mean(q, axes=[1], keepdims=true)
        t = add(v, e)
        s = sqrt(t)
        u = div(d, s)
        p = mul(w, u)
        y = add(p, b)
        output y)",
                 "layer_norm", 3);
}

TEST(RecogniseNorms, RmsNorm) {
    const std::string start = R"(input x: f32[n, 3, 5]
        const w: f32[5]
        const b: f32[5]
        const e: f32[] = [1e-06]
        q = mul(x, x)
        m = reduce_mean(q, axes=[-1], keepdims=true)
        t = add(m, e)
        s = sqrt(t)
        u = div(x, s)
        p = mul(u, w)
        )";
    expect_found(start + "output p", "rms_norm", 1);
    expect_found(start + "y = add(p, b)\noutput y", "rms_norm", 2);
    expect_left(start + "y = add(p, s)\noutput y");
    expect_left(R"(input x: f32[n, 3, 5]
        input z: f32[n, 3, 5]
        const e: f32[] = [100]
        q = mul(x, z)
        m = reduce_mean(q, axes=[-1], keepdims=true)
        t = add(m, e)
        s = sqrt(t)
        y = div(x, s)
        output y)");
}

}  // namespace
}  // namespace lathe::passes
