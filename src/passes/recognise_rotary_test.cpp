// Rotary embeddings that are spelled out, and what only looks like them.
#include "base/format.h"
#include "passes/recognise_samples.h"

namespace lathe::passes {
namespace {

TEST(RecogniseRotary, TablesThatTheRunComputes) {
    const std::string start = R"(input x: f32[n, 2, s, 4]
        input f: f32[1, s, 2]
        input g: f32[1, s, 2]
        a, b = split(x, axis=3, num_outputs=2)
        nb = neg(b)
        t = concat(nb, a, axis=-1)
        )";
    const std::string end = R"(co = cos(e)
        si = sin(e)
        c4 = unsqueeze(co, axes=[1])
        s4 = unsqueeze(si, axes=[1])
        u = mul(t, s4)
        v = mul(x, c4)
        y = add(v, u)
        output y)";
    expect_found(start + "e = concat(f, f, axis=-1)\n" + end, "rotary_embedding", 8);
    expect_left(start + "e = concat(f, g, axis=-1)\n" + end);
}

TEST(RecogniseRotary, ByHalvesWithTablesOfHeads) {
    const std::string start = R"(input x: f32[n, 6, s, 8]
        input co: f32[6, s, 4]
        input si: f32[6, s, 4]
        a = slice(x, starts=[0], ends=[4], axes=[-1])
        b = slice(x, starts=[4], ends=[8], axes=[-1])
        ac = mul(a, co)
        bs = mul(si, b)
        as = mul(a, si)
        bc = mul(b, co)
        )";
    expect_found(start + "r = sub(ac, bs)\ni = add(bc, as)\ny = concat(r, i, axis=-1)\noutput y",
                 "rotary_embedding", 3);
    expect_left(start + "r = add(ac, bs)\ni = add(bc, as)\ny = concat(r, i, axis=-1)\noutput y");
    expect_left(start + "r = sub(ac, bs)\ni = add(bc, as)\ny = concat(i, r, axis=-1)\noutput y");
}

TEST(RecogniseRotary, GroupsOfHeadsWithOneTable) {
    expect_found(R"(input x: f32[n, 6, s, 8]
        input co: f32[3, 1, s, 4]
        input si: f32[3, 1, s, 4]
        x5 = reshape(x, shape=[n, 3, 2, s, 8])
        a, b = split(x5, axis=-1, num_outputs=2)
        ac = mul(a, co)
        bs = mul(si, b)
        as = mul(a, si)
        bc = mul(b, co)
        r = sub(ac, bs)
        i = add(as, bc)
        t = concat(r, i, axis=4)
        y = reshape(t, shape=[n, 3, 2*s, 8])
        output y)",
                 "rotary_embedding", 8);
}

std::string doubled(std::string_view cosine, std::string_view body) {
    return lathe::format(R"(input x: f32[n, 2, 2, 4]
        const co: f32[2, 4] = [{}]
        const si: f32[1, 1, 2, 4] = [5, 5, 6, 6, 7, 7, 8, 8]
        const sh: f32[2, 4] = [5, 6, 5, 6, 7, 8, 7, 8]
        const ch: f32[2, 4] = [1, 2, 1, 2, 3, 4, 3, 4]
        {})",
                         cosine, body);
}

TEST(RecogniseRotary, WithTablesThatHaveEveryAngleTwice) {
    const std::string_view neighbours = R"(p = reshape(x, shape=[n, 2, 2, 2, 2])
        a, b = split(p, axis=4, num_outputs=2)
        nb = neg(b)
        c = concat(nb, a, axis=-1)
        t = reshape(c, shape=[n, 2, 2, 4])
        u = mul(t, si)
        v = mul(co, x)
        y = add(v, u)
        output y)";
    expect_found(doubled("1, 1, 2, 2, 3, 3, 4, 4", neighbours), "rotary_embedding", 2);
    expect_left(doubled("1, 2, 1, 2, 3, 4, 3, 4", neighbours));
    expect_found(doubled("1, 1, 2, 2, 3, 3, 4, 4", R"(a = slice(x, starts=[0], ends=[2], axes=[3])
        b = slice(x, starts=[2], ends=[9223372036854775807], axes=[3])
        nb = neg(b)
        t = concat(nb, a, axis=-1)
        u = mul(t, sh)
        v = mul(x, ch)
        y = add(v, u)
        output y)"),
                 "rotary_embedding", 3);
}

}  // namespace
}  // namespace lathe::passes
