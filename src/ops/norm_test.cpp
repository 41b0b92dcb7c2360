// Normalisation, attention and rotary embedding against naive loops over their definitions.
#include <numeric>

#include "ops/test_support.h"

namespace lathe::ops {
namespace {

using namespace graph;
using testing::error_of;
using testing::expect_close;
using testing::floats;
using testing::run_op;

using Doubles = std::vector<double>;

Tensor f32(const Shape& shape, const Doubles& values) {
    return tensor_from_doubles(DType::kF32, shape, values);
}

double mean_of(const Doubles& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
double variance_of(const Doubles& v) {
    Doubles squares;
    for (const double x : v) squares.push_back(x * x);
    return mean_of(squares) - mean_of(v) * mean_of(v);
}

TEST(Norm, LayerNormOverTheLastAxes) {
    const Tensor x = floats({3, 2, 5}, 1), scale = floats({2, 5}, 2), bias = floats({5}, 3);
    const auto xs = x.to_doubles(), s = scale.to_doubles(), b = bias.to_doubles();
    Doubles y, means, factors;
    for (size_t i = 0; i < 3; ++i) {
        const Doubles line(xs.begin() + static_cast<int64_t>(i) * 10,
                           xs.begin() + static_cast<int64_t>(i + 1) * 10);
        means.push_back(mean_of(line));
        factors.push_back(1 / std::sqrt(variance_of(line) + 1e-3));
        for (size_t k = 0; k < 10; ++k) y.push_back((line[k] - means[i]) * factors[i] * s[k] + b[k % 5]);
    }
    const auto found = run_op("layer_norm", {x, scale, bias}, {{"axis", int64_t{1}}, {"epsilon", 1e-3}}, 3);
    expect_close(found[0], f32({3, 2, 5}, y), "layer_norm");
    expect_close(found[1], f32({3, 1, 1}, means), "mean");
    expect_close(found[2], f32({3, 1, 1}, factors), "inv_std_dev");
    EXPECT_NE(error_of("layer_norm", {x, floats({4}, 1)}).find("does not broadcast"), std::string::npos);
    EXPECT_NE(error_of("layer_norm", {x, floats({2, 3, 2, 5}, 1)}).find("does not broadcast"),
              std::string::npos);
}

TEST(Norm, RmsNormTakesNoMeanAway) {
    const Tensor x = f32({2, 2}, {3, 4, -1, 7}), scale = f32({2}, {1, 2});
    const double a = std::sqrt(12.5 + 1e-5), b = std::sqrt(25 + 1e-5);
    expect_close(run_op("rms_norm", {x, scale})[0], f32({2, 2}, {3 / a, 8 / a, -1 / b, 14 / b}), "rms_norm");
}

TEST(Norm, GroupsOfChannels) {
    const Tensor x = floats({2, 6, 3}, 1), scale = floats({6}, 2), bias = floats({6}, 3);
    const auto xs = x.to_doubles(), s = scale.to_doubles(), b = bias.to_doubles();
    const auto expected = [&](size_t groups) {
        Doubles y(36);
        const size_t size = 18 / groups;
        for (size_t start = 0; start < 36; start += size) {
            const Doubles part(xs.begin() + static_cast<int64_t>(start),
                               xs.begin() + static_cast<int64_t>(start + size));
            for (size_t i = start; i < start + size; ++i)
                y[i] = (xs[i] - mean_of(part)) / std::sqrt(variance_of(part) + 1e-5) * s[i / 3 % 6] +
                       b[i / 3 % 6];
        }
        return f32({2, 6, 3}, y);
    };
    expect_close(run_op("group_norm", {x, scale, bias}, {{"num_groups", int64_t{2}}})[0], expected(2),
                 "group_norm");
    expect_close(run_op("instance_norm", {x, scale, bias})[0], expected(6), "instance_norm");
    EXPECT_NE(error_of("group_norm", {x, scale, bias}, {{"num_groups", int64_t{4}}}).find("do not divide"),
              std::string::npos);
    EXPECT_NE(error_of("instance_norm", {x, floats({5}, 2), bias}).find("scale is [5]"), std::string::npos);
}

TEST(Norm, BatchNormUsesTheStatistics) {
    const Tensor x = f32({1, 2, 2}, {1, 2, 3, 4});
    const Tensor y =
        run_op("batch_norm", {x, f32({2}, {2, 1}), f32({2}, {0, 5}), f32({2}, {1, 3}), f32({2}, {3, 0})},
               {{"epsilon", 1.0}})[0];
    expect_close(y, f32({1, 2, 2}, {0, 1, 5, 6}), "batch_norm");
    EXPECT_NE(
        error_of("batch_norm", {x, f32({2}, {2, 1}), f32({2}, {0, 5}), f32({2}, {1, 3}), f32({2}, {3, 0})},
                 {{"training_mode", true}}),
        "");
}

TEST(Norm, PlainNorms) {
    expect_close(run_op("lp_norm", {f32({2, 2}, {3, 4, 0, 0})})[0], f32({2, 2}, {0.6, 0.8, 0, 0}), "lp_norm");
    const Tensor x = floats({1, 4, 2}, 1, -3, 3);
    const auto xs = x.to_doubles();
    Doubles y;
    for (int c = 0; c < 4; ++c)
        for (int i = 0; i < 2; ++i) {
            double sum = 0;
            for (int k = c - 1; k <= c + 1; ++k)
                if (k >= 0 && k < 4) sum += std::pow(xs[static_cast<size_t>(k * 2 + i)], 2);
            y.push_back(xs[static_cast<size_t>(c * 2 + i)] * std::pow(2 + 0.3 / 3 * sum, -0.5));
        }
    expect_close(run_op("lrn", {x}, {{"size", int64_t{3}}, {"alpha", 0.3}, {"beta", 0.5}, {"bias", 2.0}})[0],
                 f32({1, 4, 2}, y), "lrn");
}

struct AttentionCase {
    int64_t batch, heads, shared, queries, keys, size, value_size;
};

// y[b, h, t] = sum over s of softmax(q k * scale)[s] v[s], over the keys that `seen` lets through, with `bias` added.
template <class Seen, class Bias>
Doubles attention_by_definition(const AttentionCase& a, const Doubles& q, const Doubles& k, const Doubles& v,
                                double scale, double cap, Seen seen, Bias bias) {
    Doubles y;
    for (int64_t b = 0; b < a.batch; ++b)
        for (int64_t h = 0; h < a.heads; ++h)
            for (int64_t t = 0; t < a.queries; ++t) {
                const int64_t other = b * a.shared + h / (a.heads / a.shared);
                Doubles weight(static_cast<size_t>(a.keys), 0);
                double sum = 0;
                for (int64_t s = 0; s < a.keys; ++s) {
                    if (!seen(b, t, s)) continue;
                    double dot = 0;
                    for (int64_t i = 0; i < a.size; ++i)
                        dot += q[static_cast<size_t>(((b * a.heads + h) * a.queries + t) * a.size + i)] *
                               k[static_cast<size_t>((other * a.keys + s) * a.size + i)];
                    dot *= scale;
                    if (cap > 0) dot = cap * std::tanh(dot / cap);
                    sum += weight[static_cast<size_t>(s)] = std::exp(dot + bias(b, h, t, s));
                }
                for (int64_t i = 0; i < a.value_size; ++i) {
                    double total = 0;
                    for (int64_t s = 0; s < a.keys; ++s)
                        total += weight[static_cast<size_t>(s)] *
                                 v[static_cast<size_t>((other * a.keys + s) * a.value_size + i)];
                    y.push_back(sum > 0 ? total / sum : 0);
                }
            }
    return y;
}

const auto kAll = [](int64_t, int64_t, int64_t) { return true; };
const auto kNoBias = [](int64_t, int64_t, int64_t, int64_t) { return 0.0; };

TEST(Attention, HeadsShareKeysAndMasksAdd) {
    const AttentionCase a{2, 4, 2, 3, 5, 6, 7};
    const Tensor q = floats({2, 4, 3, 6}, 1, -2, 2), k = floats({2, 2, 5, 6}, 2, -2, 2),
                 v = floats({2, 2, 5, 7}, 3), mask = floats({2, 1, 3, 5}, 4, -3, 3);
    const auto m = mask.to_doubles();
    const auto bias = [&](int64_t b, int64_t, int64_t t, int64_t s) {
        return m[static_cast<size_t>((b * 3 + t) * 5 + s)];
    };
    const Shape shape{2, 4, 3, 7};
    expect_close(run_op("attention", {q, k, v})[0],
                 f32(shape, attention_by_definition(a, q.to_doubles(), k.to_doubles(), v.to_doubles(),
                                                    1 / std::sqrt(6.0), 0, kAll, kNoBias)),
                 "attention");
    expect_close(run_op("attention", {q, k, v, mask}, {{"softcap", 1.5}, {"scale", 0.7}})[0],
                 f32(shape, attention_by_definition(a, q.to_doubles(), k.to_doubles(), v.to_doubles(), 0.7,
                                                    1.5, kAll, bias)),
                 "with a mask and a cap");
    const auto banded = [](int64_t, int64_t t, int64_t s) { return s >= t - 1 && s <= t + 2; };
    expect_close(run_op("attention", {q, k, v},
                        {{"left_window_size", int64_t{1}}, {"right_window_size", int64_t{2}}})[0],
                 f32(shape, attention_by_definition(a, q.to_doubles(), k.to_doubles(), v.to_doubles(),
                                                    1 / std::sqrt(6.0), 0, banded, kNoBias)),
                 "windowed");
    const Tensor counts = Tensor::of<int64_t>({2}, {4, 2});
    const auto padded = [](int64_t b, int64_t t, int64_t s) {
        return s < (b == 0 ? 4 : 2) && s <= t + (b == 0 ? 4 : 2) - 3;
    };
    expect_close(run_op("attention", {q, k, v, std::nullopt, std::nullopt, std::nullopt, counts},
                        {{"is_causal", true}})[0],
                 f32(shape, attention_by_definition(a, q.to_doubles(), k.to_doubles(), v.to_doubles(),
                                                    1 / std::sqrt(6.0), 0, padded, kNoBias)),
                 "with padding");
}

TEST(Attention, MergedHeadsAreTheSameHeads) {
    const Tensor q = floats({2, 3, 8}, 1), k = floats({2, 5, 8}, 2), v = floats({2, 5, 4}, 3);
    const auto heads = [](const Tensor& x) {
        const Tensor split = x.reshaped({x.dim(0), x.dim(1), 2, x.dim(2) / 2});
        return split.transposed(std::vector<int>{0, 2, 1, 3}).to_contiguous();
    };
    const Attrs two{{"q_num_heads", int64_t{2}}, {"kv_num_heads", int64_t{2}}};
    const Tensor merged = run_op("attention", {q, k, v}, two)[0],
                 split = run_op("attention", {heads(q), heads(k), heads(v)})[0];
    ASSERT_EQ(merged.shape(), (Shape{2, 3, 4}));
    expect_close(heads(merged), split, "merged");
    EXPECT_NE(error_of("attention", {q, k, v}).find("heads must be given"), std::string::npos);
    EXPECT_NE(error_of("attention", {q, k, v}, {{"q_num_heads", int64_t{3}}, {"kv_num_heads", int64_t{1}}})
                  .find("3 heads"),
              std::string::npos);
}

// Feeding positions one by one through the cache gives what feeding them at once gives.
TEST(Attention, TheCacheContinuesTheSequence) {
    const Tensor q = floats({1, 2, 4, 3}, 1), k = floats({1, 2, 4, 3}, 2), v = floats({1, 2, 4, 5}, 3);
    const Tensor whole = run_op("attention", {q, k, v}, {{"is_causal", true}})[0];
    Tensor keys = Tensor::of<float>({1, 2, 0, 3}, {}), values = Tensor::of<float>({1, 2, 0, 5}, {});
    for (int64_t t = 0; t < 4; ++t) {
        const auto step = [&](const Tensor& x) {
            return run_op("slice", {x}, {{"starts", Dims{t}}, {"ends", Dims{t + 1}}, {"axes", Ints{2}}})[0];
        };
        const auto found = run_op("attention", {step(q), step(k), step(v), std::nullopt, keys, values},
                                  {{"is_causal", true}}, 3);
        expect_close(found[0], step(whole), "step");
        keys = found[1];
        values = found[2];
    }
    expect_close(keys, k, "cached keys");
    EXPECT_NE(error_of("attention", {q, k, v, std::nullopt, keys}).find("together"), std::string::npos);
}

TEST(Attention, ARowThatSeesNothingIsZero) {
    const Tensor q = floats({1, 1, 2, 3}, 1), k = floats({1, 1, 2, 3}, 2), v = floats({1, 1, 2, 3}, 3);
    const Tensor mask = tensor_from_ints(DType::kBool, {2, 2}, Ints{0, 0, 1, 0});
    const auto y = run_op("attention", {q, k, v, mask})[0].to_doubles(), values = v.to_doubles();
    EXPECT_EQ(Doubles(y.begin(), y.begin() + 3), (Doubles{0, 0, 0}));
    EXPECT_EQ(Doubles(y.begin() + 3, y.end()), Doubles(values.begin(), values.begin() + 3));
}

// A rotation keeps the length of every pair, adds up, and makes dot products depend on the distance alone.
TEST(Rotary, RotatesPairs) {
    Doubles cos, sin;
    for (int p = 0; p < 8; ++p)
        for (int i = 0; i < 2; ++i) {
            cos.push_back(std::cos(p * std::pow(0.1, i)));
            sin.push_back(std::sin(p * std::pow(0.1, i)));
        }
    const Tensor c = tensor_from_doubles(DType::kF64, {8, 2}, cos),
                 s = tensor_from_doubles(DType::kF64, {8, 2}, sin);
    for (const bool interleaved : {false, true}) {
        const Tensor x = floats({1, 1, 1, 4}, 5).to(DType::kF64), y = floats({1, 1, 1, 4}, 6).to(DType::kF64);
        const auto at = [&](const Tensor& v, int64_t position) {
            return run_op("rotary_embedding", {v, c, s, Tensor::of<int64_t>({1, 1}, {position})},
                          {{"interleaved", interleaved}})[0];
        };
        const auto dot = [](const Tensor& a, const Tensor& b) {
            const auto p = a.to_doubles(), q = b.to_doubles();
            return std::inner_product(p.begin(), p.end(), q.begin(), 0.0);
        };
        EXPECT_EQ(at(x, 0).to_doubles(), x.to_doubles());
        EXPECT_NEAR(dot(at(x, 5), at(y, 2)), dot(at(x, 3), at(y, 0)), 1e-12);
        expect_close(at(at(x, 3), 2), at(x, 5), "rotation");
        const auto turned = at(x, 1).to_doubles(), plain = x.to_doubles();
        const size_t second = interleaved ? 1 : 2;
        EXPECT_NEAR(turned[0], std::cos(1) * plain[0] - std::sin(1) * plain[second], 1e-12);
    }
    const Tensor x = floats({1, 1, 1, 4}, 5).to(DType::kF64);
    EXPECT_NE(error_of("rotary_embedding", {x, c, s, Tensor::of<int64_t>({1, 1}, {8})}).find("position 8"),
              std::string::npos);
    EXPECT_NE(error_of("rotary_embedding", {x, c, s}).find("caches"), std::string::npos);
}

}  // namespace
}  // namespace lathe::ops
