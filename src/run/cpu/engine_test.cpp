// Every operator's samples, and random convolutions and products, by this engine and by the reference.
#include <gtest/gtest.h>

#include <random>

#include "base/number_codecs.h"
#include "ops/samples.h"
#include "run/cpu/compare_engines.h"

namespace lathe::run::cpu {
namespace {

TEST(CpuEngine, EverySampleIsAsTheReferenceHasIt) {
    size_t samples = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& sample : op->samples) {
            SCOPED_TRACE(op->name);
            const auto made = ops::sample_graph(*op, sample);
            if (!made) continue;  // another test reads them
            compare(made->graph, made->inputs, format("{}: {} ({})", op->name, sample.inputs, sample.attrs));
            ++samples;
        }
    EXPECT_GT(samples, 500u);
}

TEST(CpuEngine, RandomConvolutions) {
    std::mt19937_64 random(7);
    const auto pick = [&](int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
    };
    for (int round = 0; round < 60; ++round) {
        const int64_t kind = pick(0, 4), batch = pick(1, 9);
        const int64_t groups = kind == 0 ? pick(2, 40) : kind == 1 ? pick(2, 4) : 1;
        const int64_t group_in = kind == 0 ? 1 : pick(1, 24), group_out = kind == 0 ? 1 : pick(1, 40);
        const int64_t kernel_h = pick(1, 4), kernel_w = kind == 2 ? kernel_h : pick(1, 5);
        const int64_t dilation_h = pick(1, 2), dilation_w = pick(1, 2), stride_h = pick(1, 3),
                      stride_w = pick(1, 2);
        const int64_t top = pick(0, 2), left = pick(0, 2), bottom = pick(0, 2), right = pick(0, 1);
        const int64_t height = (kernel_h - 1) * dilation_h + pick(1, 9),
                      width = (kernel_w - 1) * dilation_w + pick(1, 9);
        const Shape x{batch, groups * group_in, height, width},
            w{groups * group_out, group_in, kernel_h, kernel_w}, b{groups * group_out};
        const std::string attrs =
            format("strides=[{}, {}], dilations=[{}, {}], pads=[{}, {}, {}, {}], group={}", stride_h,
                   stride_w, dilation_h, dilation_w, top, left, bottom, right, groups);
        compare_text(declare("x", x) + declare("w", w) + declare("wb", b), {x, w, b},
                     format("y = conv(x, w, wb, {})\nz = relu(y)\nt = silu(y)\noutput {}", attrs,
                            round % 3 == 0   ? "z"
                            : round % 3 == 1 ? "y, t"
                                             : "t"));
    }
}

TEST(CpuEngine, WinogradConvolutions) {
    for (const int64_t batch : {1, 3})
        for (const int64_t size : {9, 19})
            for (const int64_t channels : {32, 72}) {
                const Shape x{batch, channels, size, size + 1}, w{channels + 5, channels, 3, 3},
                    r{batch, channels + 5, size, size + 1};
                compare_text(
                    declare("x", x) + declare("w", w) + declare("r", r), {x, w, r},
                    "y = conv(x, w, pads=[1, 1, 1, 1])\ns = add(y, r)\nz = relu(s)\nu = conv(x, w)\nv = mish(u)\noutput z, s, v");
            }
}

TEST(CpuEngine, RandomProducts) {
    std::mt19937_64 random(3);
    const auto pick = [&](int64_t low, int64_t high) {
        return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
    };
    for (int round = 0; round < 40; ++round) {
        const int64_t b1 = pick(1, 3), b2 = pick(1, 4), m = pick(1, 40), k = pick(1, 70), n = pick(1, 90);
        const Shape a{b1, b2, m, k}, c{n};
        const Shape b = round % 3 == 0 ? Shape{k, n} : round % 3 == 1 ? Shape{b2, k, n} : Shape{b1, 1, k, n};
        for (const std::string name : {"w", "b"})
            compare_text(declare("a", a) + declare(name, b) + declare("wc", c), {a, b, c},
                         format("y = matmul(a, {})\nz = add(y, wc)\nt = gelu(z)\nu = mul(t, z)\noutput u{}",
                                name, round % 2 == 0 ? "" : ", z"));
    }
}

// Of numbers that bf16 holds, products in bf16 are those in f32.
TEST(CpuEngine, Bf16LosesNothingOfBf16Numbers) {
    const auto halves = [](const Shape& shape, uint64_t seed) {
        const Tensor exact = noise(shape, seed);
        std::vector<float> values(static_cast<size_t>(exact.count()));
        decode_floats(DType::kF32, exact.bytes(), values);
        for (float& x : values) x = bf16_to_f32(f32_to_bf16(x));
        return Tensor::of<float>(shape, values);
    };
    ThreadPool threads(3);
    for (
        const std::string body : {
            "y = conv(x, w, wb, pads=[1, 1, 1, 1])\nz = relu(y)\noutput z",
            "y = conv(x, w, wb, strides=[2, 1], dilations=[1, 2], pads=[1, 0, 2, 1])\nz = gelu(y)\noutput z, y",
            "y = conv(x, wg, pads=[1, 1, 1, 1], group=2)\nz = add(y, x)\noutput z",
            "y = conv(x, wd, pads=[1, 1, 1, 1], group=40)\noutput y",
            "y = matmul(x, wm)\nz = silu(y)\noutput z",
            "r = reshape(x, shape=[3, 6240])\nt = slice(r, starts=[0], ends=[13], axes=[1])\ny = gemm(t, wt, wc, transB=true)\noutput y",
        }) {
        SCOPED_TRACE(body);
        const std::map<std::string, Shape> shapes = {
            {"x", {3, 40, 12, 13}}, {"w", {70, 40, 3, 3}}, {"wb", {70}},    {"wg", {40, 20, 3, 3}},
            {"wd", {40, 1, 3, 3}},  {"wm", {13, 50}},      {"wt", {9, 13}}, {"wc", {9}}};
        std::string text;
        for (const auto& [name, shape] : shapes) text += declare(name, shape);
        auto graph = graph::parse_text(text + body, ops::find_op);
        ASSERT_TRUE(graph.has_value()) << graph.error().message;
        std::vector<Tensor> inputs;
        std::vector<graph::ValueId> left;
        for (const graph::ValueId id : graph->inputs) {
            graph::Value& value = (*graph)[id];
            const Tensor tensor = halves(shapes.at(value.name), static_cast<uint64_t>(id) + 1);
            if (value.name != "x") value.constant = tensor;
            else inputs.push_back(tensor), left.push_back(id);
        }
        graph->inputs = left;
        const auto expected = run_reference(*graph, inputs);
        ASSERT_TRUE(expected.has_value());
        for (const Kernels* kernels : available_kernels()) {
            const auto program = make_engine(threads, {.kernels = kernels, .bf16 = true})->plan(*graph);
            ASSERT_TRUE(program.has_value());
            const auto found = (*program)->run(inputs);
            ASSERT_TRUE(found.has_value()) << found.error().message;
            ASSERT_NO_FATAL_FAILURE(expect_close(*found, *expected, kernels->name));
        }
    }
}

// Images by themselves, in parts of any size, give the same bits as all together.
TEST(CpuEngine, PartsOfABatch) {
    const auto graph = graph::parse_text(R"(
input x: f32[batch, 3, 18, 20]
input w: f32[24, 3, 3, 3]
input wd: f32[24, 1, 3, 3]
input ww: f32[24, 24, 3, 3]
input wp: f32[24, 10]
input scale: f32[1, 24, 1, 1]
a = conv(x, w, strides=[2, 2], pads=[1, 1, 1, 1])
b = relu(a)
c = conv(b, wd, pads=[1, 1, 1, 1], group=24)
d = conv(c, ww, pads=[1, 1, 1, 1])
e = add(d, b)
f = mul(e, scale)
g = reshape(f, shape=[batch*3, 8, 90])
h = softmax(g)
i = reshape(h, shape=[batch, 24, 90])
j = transpose(i, perm=[0, 2, 1])
k = matmul(j, wp)
m = reduce_mean(k, axes=[1], keepdims=false)
output m, h
)",
                                         ops::find_op);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    std::vector<Tensor> inputs;
    for (const auto id : graph->inputs) {
        Shape shape = *graph::evaluate((*graph)[id].shape, {{"batch", 7}});
        inputs.push_back(noise(shape, inputs.size()));
    }
    ThreadPool threads(3);
    std::vector<Tensor> whole;
    for (const int64_t images : {7, 1, 2, 3, 4, 6}) {
        const auto program = make_engine(threads, {.images_at_once = images})->plan(*graph);
        ASSERT_TRUE(program.has_value());
        const auto found = (*program)->run(inputs);
        ASSERT_TRUE(found.has_value()) << found.error().message;
        const auto notes = (*program)->notes();
        const bool told = std::ranges::any_of(notes, [](const std::string& note) {
            return note.find("of 7 are computed at a time") != note.npos;
        });
        EXPECT_EQ(told, images < 7);
        if (whole.empty()) {
            whole = *found;
            expect_close(whole, *run_reference(*graph, inputs), "whole");
        }
        for (size_t i = 0; i < whole.size(); ++i) {
            EXPECT_EQ((*found)[i].shape(), whole[i].shape());
            EXPECT_TRUE(std::ranges::equal((*found)[i].bytes(), whole[i].bytes())) << images;
        }
    }
}

// What is only moved makes no copy; what reads it must follow its strides.
TEST(CpuEngine, ViewsAndBroadcasts) {
    const Shape x{2, 6, 5, 4};
    const auto run = [&](const std::string& body, const std::vector<Shape>& more = {}) {
        std::string text = declare("x", x);
        std::vector<Shape> shapes{x};
        for (size_t i = 0; i < more.size(); ++i) {
            text += declare(format("m{}", i), more[i]);
            shapes.push_back(more[i]);
        }
        compare_text(text, shapes, body);
    };
    run("a = transpose(x, perm=[0, 2, 3, 1])\nb = reshape(a, shape=[2, 20, 6])\nc = softmax(b)\noutput c, b");
    run("a = slice(x, starts=[1, -1], ends=[5, -6], axes=[1, 2], steps=[2, -1])\nb = exp(a)\noutput b, a");
    run("a, b, c = split(x, axis=1)\nd = mul(a, c)\ne = add(d, b)\nf = concat(e, a, axis=2)\noutput f");
    run("a = mul(x, m0)\nb = add(a, m1)\nc = sub(b, m2)\noutput c", {{2, 1, 5, 4}, {6, 1, 1}, {2, 6, 1, 1}});
    run("a = expand(m0, shape=[2, 6, 5, 4])\nb = add(a, x)\nc = reshape(a, shape=[2, 6, 20])\noutput b, c",
        {{6, 1, 4}});
    run("a = reduce_mean(x, axes=[2, 3])\nb = sigmoid(a)\nc = mul(x, b)\nd = reduce_max(c, axes=[1], keepdims=false)\noutput d, c");
    run("a = add(x, x)\nb = mul(a, x)\nc = add(a, b)\nd = relu(c)\noutput a, b, c, d");
}

}  // namespace
}  // namespace lathe::run::cpu
