// Attention that is spelled out, and what only looks like it.
#include "passes/recognise_samples.h"

namespace lathe::passes {
namespace {

constexpr std::string_view kQkv = R"(input q: f32[n, 3, s, 4]
    input k: f32[n, 3, 7, 4]
    input v: f32[n, 3, 7, 2]
    input mask: f32[n, 1, 1, 7]
    const c: f32[] = [0.25]
    )";

TEST(RecogniseAttention, ScalesAndMasks) {
    const std::string start(kQkv);
    expect_found(start + R"(kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        b = mul(a, c)
        d = add(b, mask)
        w = softmax(d, axis=-1)
        y = matmul(w, v)
        output y)",
                 "attention", 1);
    const Graph plain = expect_found(start + R"(ks = mul(k, c)
        kt = transpose(ks, perm=[0, 1, 3, 2])
        qs = div(q, c)
        a = matmul(qs, kt)
        w = softmax(a, axis=3)
        y = matmul(w, v)
        output y)",
                                     "attention", 1);
    EXPECT_EQ(std::get<double>(*plain.nodes[0].attrs.find("scale")), 1.0);
    expect_found(start + R"(const none: f32[] = [0]
        kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=3)
        t = is_nan(w)
        p = where(t, none, w)
        y = matmul(p, v)
        output y)",
                 "attention", 1);
    // Softmax over the queries; probabilities that are asked for; a mask before the scale.
    expect_left(start + R"(kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=2)
        y = matmul(w, v)
        output y)");
    expect_left(start + R"(kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=3)
        y = matmul(w, v)
        output y
        output w)");
    expect_left(start + R"(kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        b = add(a, mask)
        d = mul(b, c)
        w = softmax(d, axis=3)
        y = matmul(w, v)
        output y)");
}

TEST(RecogniseAttention, KeysThatComeTurnedAndMatricesOfThreeAxes) {
    expect_found(R"(input q: f32[n, 3, s, 4]
        input k: f32[n, 7, 12]
        input v: f32[n, 3, 7, 2]
        k4 = reshape(k, shape=[n, 7, 3, 4])
        kt = transpose(k4, perm=[0, 2, 3, 1])
        a = matmul(q, kt)
        w = softmax(a, axis=3)
        y = matmul(w, v)
        output y)",
                 "attention", 4);
    expect_found(R"(input q: f32[n, s, 4]
        input k: f32[n, 7, 4]
        input v: f32[n, 7, 2]
        input mask: f32[n, s, 7]
        kt = transpose(k, perm=[0, 2, 1])
        a = matmul(q, kt)
        b = add(mask, a)
        w = softmax(b, axis=2)
        y = matmul(w, v)
        output y)",
                 "attention", 6);
    // Keys that all batches share broadcast in a product, but are no operand of the row.
    expect_left(R"(input q: f32[n, 3, s, 4]
        input k: f32[1, 3, 7, 4]
        input v: f32[n, 3, 7, 2]
        kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=3)
        y = matmul(w, v)
        output y)");
}

TEST(RecogniseAttention, HeadsThatShareKeysAsRows) {
    const Graph after = expect_found(R"(input q: f32[n, 6, s, 4]
        input k: f32[n, 3, s, 4]
        input v: f32[n, 3, s, 2]
        input mask: f32[n, 1, 1, s]
        rows = reshape(q, shape=[n, 3, 2*s, 4])
        kt = transpose(k, perm=[0, 1, 3, 2])
        a = matmul(rows, kt)
        b = add(a, mask)
        w = softmax(b, axis=-1)
        t = matmul(w, v)
        y = reshape(t, shape=[n, 6, s, 2])
        output y)",
                                     "attention", 1);
    EXPECT_EQ(after.nodes[0].inputs[0], after.inputs[0]);
}

TEST(RecogniseAttention, HeadsOfKeysThatAreRepeated) {
    const std::string start = R"(input q: f32[n, 6, s, 4]
        input k: f32[n, 2, 7, 4]
        input v: f32[n, 2, 7, 3]
        ku = unsqueeze(k, axes=[2])
        ke = expand(ku, shape=[n, 2, 3, 7, 4])
        kr = reshape(ke, shape=[n, 6, 7, 4])
        vu = unsqueeze(v, axes=[2])
        ve = expand(vu, shape=[n, 2, 3, 7, 3])
        vr = reshape(ve, shape=[n, 6, 7, 3])
        )";
    const Graph after = expect_found(start + R"(kt = transpose(kr, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=-1)
        y = matmul(w, vr)
        output y)",
                                     "attention", 1);
    EXPECT_EQ(after.nodes[0].inputs[1], after.inputs[1]);
    // Heads in another order: head 1 of the queries sees head 1 of the keys.
    expect_found(R"(input q: f32[n, 6, s, 4]
        input k: f32[n, 2, 7, 4]
        ku = unsqueeze(k, axes=[1])
        ke = expand(ku, shape=[n, 3, 2, 7, 4])
        kr = reshape(ke, shape=[n, 6, 7, 4])
        kt = transpose(kr, perm=[0, 1, 3, 2])
        a = matmul(q, kt)
        w = softmax(a, axis=-1)
        y = matmul(w, kr)
        output y)",
                 "attention", 4);
}

}  // namespace
}  // namespace lathe::passes
