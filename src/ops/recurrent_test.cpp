// Recurrent layers against their equations written with other operators, and their directions against each other.
#include "ops/test_support.h"

namespace lathe::ops {
namespace {

using namespace graph;
using testing::error_of;
using testing::expect_close;
using testing::floats;
using testing::run_op;

Tensor one(std::string_view op, const std::vector<std::optional<Tensor>>& operands, Attrs attrs = {}) {
    return run_op(op, operands, std::move(attrs))[0];
}

// Rows [gate * hidden, (gate + 1) * hidden) of the last axis.
Tensor gate(const Tensor& x, int64_t number, int64_t hidden) {
    return one(
        "slice", {x},
        {{"starts", Dims{number * hidden}}, {"ends", Dims{(number + 1) * hidden}}, {"axes", Ints{-1}}});
}
Tensor step_of(const Tensor& x, int64_t step) { return one("gather", {x, Tensor::scalar<int64_t>(step)}); }
// x w' + h r' + both halves of b.
Tensor linear(const Tensor& x, const Tensor& w, const Tensor& bias) {
    return one("add", {one("matmul", {x, one("transpose", {w.reshaped({w.dim(1), w.dim(2)})})}), bias});
}

struct Weights {
    Tensor w, r, b;
    Weights(int64_t gates, int64_t input, int64_t hidden, uint64_t seed)
        : w(floats({1, gates * hidden, input}, seed).to(DType::kF64)),
          r(floats({1, gates * hidden, hidden}, seed + 1).to(DType::kF64)),
          b(floats({1, 2 * gates * hidden}, seed + 2).to(DType::kF64)) {}
    Tensor input_bias(int64_t rows) const { return gate(b, 0, rows); }
    Tensor state_bias(int64_t rows) const { return gate(b, 1, rows); }
};

TEST(Recurrent, LstmFollowsItsEquations) {
    const int64_t hidden = 4, rows = 16;
    const Weights m(4, 3, hidden, 1);
    const Tensor x = floats({5, 2, 3}, 7).to(DType::kF64), p = floats({1, 12}, 9).to(DType::kF64);
    const auto found = run_op("lstm", {x, m.w, m.r, m.b, std::nullopt, std::nullopt, std::nullopt, p},
                              {{"hidden_size", hidden}}, 3);
    Tensor h = Tensor::filled(DType::kF64, {2, hidden}, 0), c = h;
    for (int64_t t = 0; t < 5; ++t) {
        const Tensor sums =
            one("add", {linear(step_of(x, t), m.w, m.input_bias(rows)), linear(h, m.r, m.state_bias(rows))});
        const auto peep = [&](const Tensor& v, int64_t number, const Tensor& cell) {
            return one("add", {v, one("mul", {gate(p, number, hidden), cell})});
        };
        const Tensor i = one("sigmoid", {peep(gate(sums, 0, hidden), 0, c)}),
                     f = one("sigmoid", {peep(gate(sums, 2, hidden), 2, c)});
        c = one("add", {one("mul", {f, c}), one("mul", {i, one("tanh", {gate(sums, 3, hidden)})})});
        h = one("mul", {one("sigmoid", {peep(gate(sums, 1, hidden), 1, c)}), one("tanh", {c})});
        expect_close(step_of(found[0], t).reshaped({2, hidden}), h, "lstm");
    }
    expect_close(found[1].reshaped({2, hidden}), h, "last state");
    expect_close(found[2].reshaped({2, hidden}), c, "last cell");
}

TEST(Recurrent, GruFollowsItsEquations) {
    const int64_t hidden = 4, rows = 12;
    const Weights m(3, 3, hidden, 11);
    const Tensor x = floats({4, 2, 3}, 17).to(DType::kF64);
    const Tensor ones = Tensor::filled(DType::kF64, {}, 1);
    for (const bool linear_first : {false, true}) {
        const Tensor y = run_op("gru", {x, m.w, m.r, m.b}, {{"linear_before_reset", linear_first}})[0];
        Tensor h = Tensor::filled(DType::kF64, {2, hidden}, 0);
        for (int64_t t = 0; t < 4; ++t) {
            const Tensor from_x = linear(step_of(x, t), m.w, m.input_bias(rows)),
                         from_h = linear(h, m.r, m.state_bias(rows));
            const auto squashed = [&](int64_t number) {
                return one("sigmoid",
                           {one("add", {gate(from_x, number, hidden), gate(from_h, number, hidden)})});
            };
            const Tensor z = squashed(0), r = squashed(1);
            const Tensor memory = linear_first
                                      ? one("mul", {r, gate(from_h, 2, hidden)})
                                      : gate(linear(one("mul", {r, h}), m.r, m.state_bias(rows)), 2, hidden);
            const Tensor fresh = one("tanh", {one("add", {gate(from_x, 2, hidden), memory})});
            h = one("add", {one("mul", {one("sub", {ones, z}), fresh}), one("mul", {z, h})});
            expect_close(step_of(y, t).reshaped({2, hidden}), h, "gru");
        }
    }
}

Tensor reversed(const Tensor& x) {
    return one("slice", {x},
               {{"starts", Dims{-1}}, {"ends", Dims{-1000}}, {"axes", Ints{0}}, {"steps", Ints{-1}}});
}

TEST(Recurrent, DirectionsAndLayouts) {
    const Weights a(1, 3, 4, 21), b(1, 3, 4, 31);
    const Tensor x = floats({5, 2, 3}, 27).to(DType::kF64);
    const Tensor forward = one("rnn", {x, a.w, a.r, a.b}),
                 backward = one("rnn", {x, b.w, b.r, b.b}, {{"direction", std::string("reverse")}});
    expect_close(reversed(backward), one("rnn", {reversed(x), b.w, b.r, b.b}), "reverse");
    const auto stacked = [](const Tensor& p, const Tensor& q) {
        return one("concat", {p, q}, {{"axis", int64_t{0}}});
    };
    const auto both = run_op("rnn", {x, stacked(a.w, b.w), stacked(a.r, b.r), stacked(a.b, b.b)},
                             {{"direction", std::string("bidirectional")}}, 2);
    expect_close(both[0], one("concat", {forward, backward}, {{"axis", int64_t{1}}}), "bidirectional");
    const Tensor turned = one("transpose", {x}, {{"perm", Ints{1, 0, 2}}});
    expect_close(one("rnn", {turned, a.w, a.r, a.b}, {{"layout", int64_t{1}}}),
                 one("transpose", {forward}, {{"perm", Ints{2, 0, 1, 3}}}), "layout");
    // A shorter sequence ends early: zeros behind, and the state of its last step.
    const auto cut = run_op("rnn", {x, a.w, a.r, a.b, Tensor::of<int32_t>({2}, {5, 2})}, {}, 2);
    const auto y = cut[0].to_doubles(), whole = forward.to_doubles(), last = cut[1].to_doubles();
    for (size_t t = 0; t < 5; ++t)
        for (size_t i = 0; i < 4; ++i)
            EXPECT_EQ(y[(t * 2 + 1) * 4 + i], t < 2 ? whole[(t * 2 + 1) * 4 + i] : 0);
    for (size_t i = 0; i < 4; ++i) EXPECT_EQ(last[4 + i], whole[(1 * 2 + 1) * 4 + i]);
}

TEST(Recurrent, ErrorsAreSentences) {
    const Weights m(1, 3, 4, 1);
    const Tensor x = floats({5, 2, 3}, 7).to(DType::kF64);
    EXPECT_NE(error_of("rnn", {x, m.w, m.r, m.b}, {{"activations", std::string("Nope")}})
                  .find("'Nope' is no activation"),
              std::string::npos);
    EXPECT_NE(error_of("rnn", {x, m.w, m.r, m.b}, {{"activations", std::string("Tanh,Tanh")}})
                  .find("2 activations"),
              std::string::npos);
    EXPECT_NE(error_of("rnn", {x, m.w, m.r, m.b}, {{"hidden_size", int64_t{5}}}).find("hidden_size is 5"),
              std::string::npos);
    EXPECT_NE(error_of("lstm", {x, m.w, m.r, m.b}).find("w is [1, 4, 3]"), std::string::npos);
    EXPECT_NE(
        error_of("rnn", {x, m.w, m.r, m.b, Tensor::of<int32_t>({2}, {6, 1})}).find("sequence_lens holds 6"),
        std::string::npos);
    EXPECT_NE(
        error_of("rnn", {x, m.w, m.r, m.b}, {{"direction", std::string("up")}}).find("direction is 'up'"),
        std::string::npos);
}

}  // namespace
}  // namespace lathe::ops
