// Activations that are spelled out, and what only looks like them.
#include "passes/recognise_samples.h"

namespace lathe::passes {
namespace {

constexpr std::string_view kX =
    "input x: f32[n, 5]\nconst half: f32[] = [0.5]\nconst one: f32[] = [1]\nconst two: f32[] = [2]\n"
    "const three: f32[1] = [3]\nconst six: f32[] = [6]\nconst zero: f32[] = [0]\n";

TEST(RecogniseActivations, Gelu) {
    const std::string x(kX);
    expect_found(x + R"(const root: f32[] = [1.41421354]
        a = div(x, root)
        b = erf(a)
        c = add(b, one)
        d = mul(x, c)
        y = mul(d, half)
        output y)",
                 "gelu", 1);
    expect_found(x + R"(const c1: f32[] = [0.044715]
        const c2: f32[] = [0.7978846]
        a = pow(x, three)
        b = mul(a, c1)
        c = add(x, b)
        d = mul(c2, c)
        e = tanh(d)
        f = add(one, e)
        g = mul(half, x)
        y = mul(g, f)
        output y)",
                 "gelu", 1);
    // x (1 + 0.044715 x²) √(2/π)
    expect_found(x + R"(const c1: f32[] = [0.035677407]
        const c2: f32[] = [0.7978846]
        a = mul(x, x)
        b = mul(a, c1)
        c = add(b, c2)
        d = mul(x, c)
        e = tanh(d)
        f = add(e, one)
        g = mul(f, x)
        y = div(g, two)
        output y)",
                 "gelu", 1);
    expect_left(x + R"(const root: f32[] = [1.42]
        a = div(x, root)
        b = erf(a)
        c = add(b, one)
        d = mul(x, c)
        y = mul(d, half)
        output y)");
    // The error function's own value is asked for.
    expect_left(x + R"(const root: f32[] = [1.41421354]
        a = div(x, root)
        b = erf(a)
        c = add(b, one)
        d = mul(x, c)
        y = mul(d, half)
        output y
        output b)");
}

TEST(RecogniseActivations, SiluAndMish) {
    const std::string x(kX);
    expect_found(x + "s = sigmoid(x)\ny = mul(s, x)\noutput y", "silu", 1);
    const Graph quick = expect_found(
        x + "const k: f32[] = [1.702]\na = mul(x, k)\ns = sigmoid(a)\ny = mul(x, s)\noutput y", "silu", 1);
    EXPECT_NEAR(std::get<double>(*quick.nodes[0].attrs.find("alpha")), 1.702, 1e-6);
    expect_found(x + "a = softplus(x)\nb = tanh(a)\ny = mul(x, b)\noutput y", "mish", 1);
    expect_found(x + "e = exp(x)\na = add(e, one)\nl = log(a)\nb = tanh(l)\ny = mul(b, x)\noutput y", "mish",
                 1);
    expect_found(x + R"(s = sigmoid(x)
        a = sub(two, s)
        t = mul(s, a)
        b = sub(two, t)
        c = div(t, b)
        y = mul(x, c)
        output y)",
                 "mish", 1);
    expect_left(x + "input z: f32[n, 5]\ns = sigmoid(x)\ny = mul(s, z)\noutput y");
    expect_left(x + "s = sigmoid(x)\na = mul(s, x)\ny = add(a, s)\noutput y");
    expect_left(x + "a = add(x, one)\ns = sigmoid(a)\ny = mul(x, s)\noutput y");
    expect_left(x + R"(s = sigmoid(x)
        a = sub(two, s)
        t = mul(s, a)
        b = sub(three, t)
        c = div(t, b)
        y = mul(x, c)
        output y)");
}

TEST(RecogniseActivations, HardSwishAndElu) {
    const std::string x(kX);
    expect_found(x + R"(a = add(x, three)
        b = clip(a, min=0, max=6)
        c = mul(x, b)
        y = div(c, six)
        output y)",
                 "hard_swish", 1);
    expect_found(x + R"(const sixth: f32[] = [0.16666667]
        a = mul(x, sixth)
        b = add(a, half)
        c = relu(b)
        d = min(c, one)
        y = mul(x, d)
        output y)",
                 "hard_swish", 1);
    expect_found(x + "a = hard_sigmoid(x, alpha=0.16666667, beta=0.5)\ny = mul(x, a)\noutput y", "hard_swish",
                 1);
    expect_left(x + "a = hard_sigmoid(x, alpha=0.2, beta=0.5)\ny = mul(x, a)\noutput y");
    expect_left(x + "a = add(x, three)\nb = clip(a, min=0, max=5)\nc = mul(x, b)\ny = div(c, six)\noutput y");
    expect_found(x + R"(a = min(x, zero)
        b = exp(a)
        c = sub(b, one)
        d = relu(x)
        y = add(d, c)
        output y)",
                 "elu", 1);
    expect_left(x + "a = min(x, one)\nb = exp(a)\nc = sub(b, one)\nd = relu(x)\ny = add(d, c)\noutput y");
}

}  // namespace
}  // namespace lathe::passes
