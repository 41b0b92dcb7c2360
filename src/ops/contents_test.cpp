// Sizes travel through the small integer tensors that exporters compute shapes with.
#include "ops/try_op.h"

namespace lathe::ops {
namespace {

// What is known of the contents of output `i`.
std::string contents_in(std::string_view text, size_t i = 0) {
    const auto g = graph::parse_text(text, find_op);
    if (!g) return g.error().message;
    const auto& contents = (*g)[g->outputs[i]].contents;
    return contents ? graph::to_string(*contents) : "unknown";
}

TEST(Contents, ReshapeToComputedSizes) {
    // x.reshape(x.shape[0], -1) as PyTorch's exporter writes it.
    EXPECT_EQ(shape_in(R"(input x: f32[batch, 8, height, width]
        const zero: i64[] = [0]
        const rest: i64[1] = [-1]
        s = shape_of(x)
        b = gather(s, zero, axis=0)
        b1 = unsqueeze(b, axes=[0])
        target = concat(b1, rest, axis=0)
        y = reshape(x, target)
        output y)"),
              "[batch, 8*height*width]");
}

TEST(Contents, PatchesOfAnImage) {
    // [batch, c, h, w] to [batch, h * w, c], with every size looked up.
    EXPECT_EQ(shape_in(R"(input x: f32[batch, 8, h, w]
        const one: i64[1] = [1]
        s = shape_of(x)
        head = slice(s, starts=[0], ends=[2])
        hw = slice(s, starts=[2], ends=[9223372036854775807])
        h1, w1 = split(hw, split=[1, 1])
        h0 = squeeze(h1)
        left = constant_of_shape(shape=[1], value=-1.0, dtype=i64)
        target = concat(head, left, axis=0)
        flat = reshape(x, target)
        y = transpose(flat, perm=[0, 2, 1])
        big = concat(w1, h1, one, axis=0)
        z = expand(h0, big)
        output y, z)"),
              "[batch, h*w, 8]");
}

TEST(Contents, EachMovementKeepsThem) {
    const std::string head = "input x: f32[b, 3, h, w]\ns = shape_of(x)\nconst i: i64[3] = [-1, 0, 2]\n";
    EXPECT_EQ(contents_in(head + "y = identity(s)\noutput y"), "[b, 3, h, w]");
    EXPECT_EQ(contents_in(head + "y = gather(s, i)\noutput y"), "[w, b, h]");
    EXPECT_EQ(
        contents_in(head + "y = slice(s, starts=[-1], ends=[-9223372036854775807], steps=[-2])\noutput y"),
        "[w, 3]");
    EXPECT_EQ(contents_in(
                  head + "a = reshape(s, shape=[2, -1])\nt = transpose(a)\ny = flatten(t, axis=0)\noutput y"),
              "[b, h, 3, w]");
    EXPECT_EQ(contents_in(head + "y = tile(s, repeats=[2])\noutput y"), "[b, 3, h, w, b, 3, h, w]");
    EXPECT_EQ(
        contents_in(head +
                    "a = gather(s, i)\nb = unsqueeze(a, axes=[1])\ny = expand(b, shape=[3, 2])\noutput y"),
        "[w, w, b, b, h, h]");
    EXPECT_EQ(contents_in(head + "a, y = split(s, split=[1, 3])\noutput y"), "[3, h, w]");
    EXPECT_EQ(contents_in(head + "y = size_of(x)\noutput y"), "[3*b*h*w]");
    EXPECT_EQ(contents_in(head + "y = shape_of(x, start=-2)\noutput y"), "[h, w]");
    EXPECT_EQ(contents_in(head + "y = gather_elements(s, i)\noutput y"), "[w, b, h]");
    EXPECT_EQ(contents_in(head + "y = concat(i, s, axis=-1)\noutput y"), "[-1, 0, 2, b, 3, h, w]");
    EXPECT_EQ(contents_in("input x: i64[2]\ny = identity(x)\noutput y"), "unknown");
}

TEST(Contents, RangesOfSizes) {
    const std::string head =
        "input x: f32[b, n]\nconst zero: i64[] = [0]\nconst one: i64[] = [1]\nconst two: i64[] = [2]\n"
        "s = shape_of(x)\nn = gather(s, one)\n";
    EXPECT_EQ(shape_in(head + "y = range(zero, n, one)\noutput y"), "[n]");
    EXPECT_EQ(shape_in(head + "y = range(one, n, one)\noutput y"), "[n - 1]");
    EXPECT_EQ(shape_in(head + "y = range(zero, n, two)\noutput y"), "[floordiv(n + 1, 2)]");
    EXPECT_EQ(contents_in(head + "y = range(zero, two, one)\nz = gather(s, y)\noutput z"), "[b, n]");
}

TEST(Contents, SlicesOfSymbolicAxes) {
    const auto cut = [](std::string_view attrs) {
        return shape_in("input x: f32[b, n]\ny = slice(x, axes=[1], " + std::string(attrs) + ")\noutput y");
    };
    EXPECT_EQ(cut("starts=[0], ends=[9223372036854775807]"), "[b, n]");
    EXPECT_EQ(cut("starts=[1], ends=[2147483647]"), "[b, n - 1]");
    EXPECT_EQ(cut("starts=[0], ends=[-1]"), "[b, n - 1]");
    EXPECT_EQ(cut("starts=[0], ends=[1]"), "[b, 1]");
    EXPECT_EQ(cut("starts=[-1], ends=[9223372036854775807]"), "[b, 1]");
    EXPECT_EQ(cut("starts=[0], ends=[7]"), "[b, min(7, n)]");
    EXPECT_EQ(cut("starts=[0], ends=[n]"), "[b, n]");
    EXPECT_EQ(cut("starts=[0], ends=[9223372036854775807], steps=[2]"), "[b, floordiv(n + 1, 2)]");
    EXPECT_EQ(cut("starts=[-1], ends=[-9223372036854775807], steps=[-1]"), "[b, n]");
    EXPECT_EQ(cut("starts=[-2], ends=[-9223372036854775807], steps=[-1]"), "[b, n - 1]");
    EXPECT_EQ(shape_in("input x: f32[b, 512]\ninput t: f32[n]\ns = shape_of(t)\nconst o: i64[1] = [0]\n"
                       "const a: i64[1] = [1]\ny = slice(x, o, s, a)\noutput y"),
              "[b, min(512, n)]");
}

TEST(Contents, UnknownTargetsKeepTheRank) {
    const auto g = graph::parse_text(
        "input x: f32[b, n]\ninput t: i64[3]\ny = reshape(x, t)\nz = expand(x, t)\noutput y, z", find_op);
    ASSERT_TRUE(g.has_value()) << g.error().message;
    for (const auto id : g->outputs) EXPECT_EQ((*g)[id].shape.size(), 3u);
    EXPECT_NE(shape_in("input x: f32[b, n]\ninput t: i64[k]\ny = reshape(x, t)\noutput y")
                  .find("length of 'shape'"),
              std::string::npos);
}

}  // namespace
}  // namespace lathe::ops
