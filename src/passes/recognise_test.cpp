// What is spelled out in simpler operators becomes one, computes the same, and stays where somebody needs a part of it or a
// number is another.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/contexts.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "passes/passes.h"

namespace lathe::passes {
namespace {

// Values by rule, so that a graph's text needs none.
Result<Tensor> weight(std::string_view name, DType dtype, const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] =
            std::sin(static_cast<double>(i * i + i * 7 + name.size() * 3 + static_cast<size_t>(name[0])));
    return tensor_from_doubles(dtype, shape, values);
}

Graph parsed(std::string_view text) {
    auto graph = graph::parse_text(text, ops::find_op, weight);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *std::move(graph) : Graph();
}

int count(const Graph& graph, std::string_view op) {
    int n = 0;
    for (const auto& node : graph.nodes) n += node.op->name == op;
    return n;
}

// The outputs by the rows' own kernels. Symbols are sizes by rule.
std::vector<std::vector<double>> run(const Graph& graph, const std::vector<Tensor>& inputs) {
    graph::Bindings bindings;
    std::vector<Tensor> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].constant) values[i] = graph.values[i].constant->to_contiguous();
    for (size_t i = 0; i < inputs.size(); ++i) {
        EXPECT_TRUE(graph::bind(graph[graph.inputs[i]].shape, inputs[i].shape(), bindings).has_value());
        values[static_cast<size_t>(graph.inputs[i])] = inputs[i];
    }
    for (const graph::Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const auto id : node.inputs)
            operands.push_back(id == graph::kNoValue ? nullptr : &values[static_cast<size_t>(id)]);
        const auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings);
        EXPECT_TRUE(results.has_value()) << node.op->name << ": " << results.error().message;
        if (!results) return {};
        for (size_t i = 0; i < results->size(); ++i)
            if (node.outputs[i] != graph::kNoValue)
                values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
    }
    std::vector<std::vector<double>> outputs;
    for (const auto id : graph.outputs) outputs.push_back(values[static_cast<size_t>(id)].to_doubles());
    return outputs;
}

void expect_same(const Graph& before, const Graph& after, const std::vector<Tensor>& inputs,
                 double tolerance) {
    EXPECT_TRUE(graph::verify(after).has_value()) << graph::verify(after).error().message;
    const auto a = run(before, inputs), b = run(after, inputs);
    ASSERT_EQ(a.size(), b.size());
    for (size_t o = 0; o < a.size(); ++o) {
        ASSERT_EQ(a[o].size(), b[o].size());
        for (size_t i = 0; i < a[o].size(); ++i)
            ASSERT_NEAR(a[o][i], b[o][i], tolerance * std::max(1.0, std::fabs(a[o][i]))) << i;
    }
}

// The text's graph with inputs that are wide enough for every branch; `symbols` says what symbols are.
std::vector<Tensor> inputs_of(const Graph& graph, const graph::Bindings& symbols) {
    std::vector<Tensor> inputs;
    for (const auto id : graph.inputs) {
        const auto shape = graph::evaluate(graph[id].shape, symbols);
        EXPECT_TRUE(shape.has_value());
        auto values = (*weight(graph[id].name, DType::kF64, *shape)).to_doubles();
        for (double& value : values) value *= 4;
        inputs.push_back(tensor_from_doubles(graph[id].dtype, *shape, values));
    }
    return inputs;
}

const graph::Bindings kSizes{{"n", 2}, {"s", 6}};

// After the passes the graph has that many nodes, among them one (or `times`) of the operator.
Graph expect_found(std::string_view text, std::string_view op, size_t nodes, int times = 1) {
    SCOPED_TRACE(text);
    const Graph before = parsed(text);
    auto after = recognise_operators(before);
    EXPECT_TRUE(after.has_value()) << after.error().message;
    if (!after) return {};
    EXPECT_EQ(count(*after, op), times) << graph::to_text(*after);
    EXPECT_EQ(after->nodes.size(), nodes) << graph::to_text(*after);
    for (const auto& output : after->outputs)
        EXPECT_EQ((*after)[output].name, before[before.outputs[0]].name);
    expect_same(before, *after, inputs_of(before, kSizes), 2e-6);
    return *std::move(after);
}
void expect_left(std::string_view text) {
    SCOPED_TRACE(text);
    const Graph before = parsed(text);
    const auto after = recognise_operators(before);
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->nodes.size(), before.nodes.size()) << graph::to_text(*after);
    expect_same(before, *after, inputs_of(before, kSizes), 0);
}

// What a row's own body takes apart is put together again.
TEST(Recognise, WhatBodiesTakeApart) {
    int found = 0;
    for (const std::string_view name :
         {"silu", "gelu", "mish", "layer_norm", "rms_norm", "rotary_embedding", "attention"}) {
        const graph::OpDef* op = ops::find_op(name);
        for (const graph::Sample& sample : op->samples) {
            const auto made = ops::sample_graph(*op, sample);
            ASSERT_TRUE(made.has_value());
            const graph::Node& node = made->graph.nodes[0];
            const DType dtype = made->graph[node.inputs[0]].dtype;
            if (dtype != DType::kF32 || node.outputs.size() != 1) continue;
            SCOPED_TRACE(lathe::format("{}: {} ({})", name, sample.inputs, sample.attrs));
            Graph apart = made->graph;
            // Parameters are constants in networks.
            std::vector<Tensor> inputs;
            std::vector<graph::ValueId> open;
            const bool parameters = name == "layer_norm" || name == "rms_norm" || name == "rotary_embedding";
            for (size_t i = 0; i < apart.inputs.size(); ++i) {
                if (i > 0 && parameters) {
                    apart[apart.inputs[i]].constant = made->inputs[i];
                    continue;
                }
                open.push_back(apart.inputs[i]);
                inputs.push_back(made->inputs[i]);
            }
            apart.inputs = open;
            const Graph whole = apart;
            const graph::Node taken = apart.nodes[0];
            apart.nodes.clear();
            const auto results = graph::expand_body(apart, taken, ops::find_op);
            if (!results) continue;
            graph::substitute(apart, taken.outputs[0], (*results)[0]);
            auto again = recognise_operators(*fold_constants(apart));
            ASSERT_TRUE(again.has_value()) << again.error().message;
            expect_same(whole, *again, inputs, 1e-5);
            found += count(*again, name);
        }
    }
    EXPECT_GE(found, 15);
}

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
