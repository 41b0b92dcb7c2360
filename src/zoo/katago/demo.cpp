// A network of KataGo's shape whose weights are made by rule. Most are random, at the scale of a fresh network. A few
// channels of every layer are reserved and carry a plain idea of the game instead: stones spread influence, which
// stands for territory; territory and komi give the score; moves near the last ones are likely, occupied points and the
// first lines are not.
#include <cmath>

#include "base/check.h"
#include "zoo/katago/katago.h"

namespace lathe::zoo::katago {
namespace {

// Reserved channels of the trunk.
enum : int64_t {
    kOwn,
    kOpponent,
    kTaken,
    kOwnInfluence,
    kOpponentInfluence,
    kRecent,
    kEdge,
    kKomi,
    kMinusKomi,
    kReserved
};
// Of the inside of a block, of the policy head, and of the value head.
enum : int64_t { kInnerOwn, kInnerOpponent, kInnerReserved };
enum : int64_t { kNearRecent, kNearTaken, kNearEdge, kPolicyReserved };
enum : int64_t { kOwnArea, kOpponentArea, kAddKomi, kTakeKomi, kValueReserved };
enum : int64_t { kAhead, kBehind, kHiddenReserved };

constexpr double kGain = 1.4867;  // of mish: keeps the variance of activations, sqrt(2.210277)

// A tensor being filled; reserved entries are set by hand over the random ones.
class Draft {
public:
    Draft(Shape shape, double deviation, uint64_t& state)
        : builder_(DType::kF32, shape), shape_(std::move(shape)) {
        const auto width = static_cast<float>(deviation * std::sqrt(3.0) * std::ldexp(1.0, -31));
        for (float& value :
             builder_.values<float>()) {  // uniform; state is the generator of Steele et al., 2014
            uint64_t z = state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            value = static_cast<float>(static_cast<int32_t>(z >> 32)) * width;
        }
    }
    float& at(int64_t i) { return builder_.values<float>()[static_cast<size_t>(i)]; }
    float& at(int64_t i, int64_t j) { return at(i * shape_[1] + j); }
    float& at(int64_t o, int64_t i, int64_t y, int64_t x) {
        return at(((o * shape_[1] + i) * shape_[2] + y) * shape_[3] + x);
    }
    void clear_row(int64_t o) {  // everything that flows into output o of a convolution
        const int64_t size = element_count(shape_) / shape_[0];
        for (int64_t i = 0; i < size; ++i) at(o * size + i) = 0;
    }
    void clear_column(int64_t j) {  // of a matrix [in, out]
        for (int64_t i = 0; i < shape_[0]; ++i) at(i, j) = 0;
    }
    Tensor finish() { return builder_.finish(); }

private:
    TensorBuilder builder_;
    Shape shape_;
};

class DemoMaker {
public:
    explicit DemoMaker(const DemoShape& shape)
        : shape_(shape),
          state_(shape.seed),
          channels_(shape.channels),
          mid_(shape.channels / 2),
          pooled_(shape.channels / 6) {}
    Net make();

private:
    Draft draft(Shape shape, double scale = 1);  // scaled to the number of inputs
    Conv spatial();
    Matrix global();
    Block block(int64_t i);
    Block inner_block(bool pooling, int64_t position, bool spreads);
    NormActConv layer(int64_t in, int64_t plain, double scale, Conv conv) const;
    Norm norm(int64_t channels, int64_t plain, double scale) const;
    PolicyHead policy_head();
    ValueHead value_head();
    void hidden_score(Draft& v2, int64_t v);
    Matrix with_bias(Draft weight, std::initializer_list<float> bias);

    DemoShape shape_;
    uint64_t state_;
    int64_t channels_, mid_, pooled_;
};

Draft DemoMaker::draft(Shape shape, double scale) {
    const int64_t inputs = shape.size() == 2 ? shape[0] : element_count(shape) / shape[0];
    return Draft(std::move(shape), scale * kGain / std::sqrt(static_cast<double>(inputs)), state_);
}

// The first `plain` channels keep their size, the others are scaled.
Norm DemoMaker::norm(int64_t channels, int64_t plain, double scale) const {
    std::vector<float> scales(static_cast<size_t>(channels), static_cast<float>(scale));
    for (int64_t i = 0; i < plain; ++i) scales[static_cast<size_t>(i)] = 1;
    return {.scale = Tensor::of<float>({channels}, std::span<const float>(scales)),
            .bias = Tensor::filled(DType::kF32, {channels}, 0)};
}

NormActConv DemoMaker::layer(int64_t in, int64_t plain, double scale, Conv conv) const {
    return {.norm = norm(in, plain, scale), .act = Activation::kMish, .conv = std::move(conv)};
}

Conv DemoMaker::spatial() {
    Draft w = draft({channels_, 22, 5, 5}, 0.8);
    for (int64_t o = 0; o < kReserved; ++o) w.clear_row(o);
    w.at(kOwn, 1, 2, 2) = 1;
    w.at(kOpponent, 2, 2, 2) = 1;
    w.at(kTaken, 1, 2, 2) = w.at(kTaken, 2, 2, 2) = 2;
    for (int64_t y = 0; y < 5; ++y)
        for (int64_t x = 0; x < 5; ++x) {
            const bool centre = y == 2 && x == 2;
            const auto distance =
                static_cast<float>(std::hypot(static_cast<double>(y - 2), static_cast<double>(x - 2)));
            w.at(kEdge, 0, y, x) = centre ? 1 : -1.0F / 24;  // what of the neighbourhood is off the board
            for (int64_t ago = 0; ago < 5; ++ago)  // of the last five moves
                if (!centre) w.at(kRecent, 9 + ago, y, x) = (2.9F - distance) / static_cast<float>(1 + ago);
        }
    return {.weight = w.finish()};
}

Matrix DemoMaker::global() {
    Draft w = draft({19, channels_}, 0.6);
    for (int64_t o = 0; o < kReserved; ++o) w.clear_column(o);
    w.at(5, kKomi) = 1;
    w.at(5, kMinusKomi) = -1;
    return {.weight = w.finish()};
}

// Two convolutions; the reserved channels of the second spread what is there, and lose where the other side is.
Block DemoMaker::inner_block(bool pooling, int64_t position, bool spreads) {
    const int64_t out = pooling ? mid_ - pooled_ : mid_;
    Draft first = draft({out, mid_, 3, 3}, pooling ? 0.8 : 1), second = draft({mid_, out, 3, 3});
    for (int64_t o = 0; o < kInnerReserved; ++o) {
        first.clear_row(o);
        second.clear_row(o);
        if (!spreads) continue;
        first.at(o, o, 1, 1) = 1;
        first.at(o, 1 - o, 1, 1) = -0.9F;
        for (int64_t tap = 0; tap < 9; ++tap)
            second.at(o, o, tap / 3, tap % 3) = tap == 4 ? 0 : tap % 2 == 1 ? 0.2F : 0.1F;
    }
    const double scale = 1 / std::sqrt(static_cast<double>(position));
    NormActConv entry = layer(mid_, kInnerReserved, scale, {.weight = first.finish()});
    if (pooling) {
        PoolingConv pool{.regular = std::get<Conv>(entry.conv),
                         .pooled = {.weight = draft({pooled_, mid_, 3, 3}).finish()},
                         .norm = norm(pooled_, 0, 1),
                         .act = Activation::kMish};
        Draft linear = draft({3 * pooled_, out}, 0.6);
        for (int64_t o = 0; o < kInnerReserved; ++o) linear.clear_column(o);
        pool.linear.weight = linear.finish();
        entry.conv = std::move(pool);
    }
    return {{}, Chain{{std::move(entry), layer(out, kInnerReserved, 1, {.weight = second.finish()})}}};
}

Block DemoMaker::block(int64_t i) {
    constexpr int64_t kSpreading = 6;  // blocks; more would not change the picture
    const bool spreads = i < kSpreading, pooling = i % 3 == 1;
    Draft in = draft({mid_, channels_, 1, 1}), out = draft({channels_, mid_, 1, 1});
    for (int64_t o = 0; o < kInnerReserved; ++o) {
        in.clear_row(o);
        in.at(o, kOwn + o, 0, 0) = 1.5F;
        in.at(o, kOwnInfluence + o, 0, 0) = 1;
    }
    for (int64_t o = 0; o < kReserved; ++o) out.clear_row(o);
    if (spreads)
        for (int64_t o = 0; o < kInnerReserved; ++o) out.at(kOwnInfluence + o, o, 0, 0) = 0.2F;
    Nested nested{.in = layer(channels_, kReserved, 1 / std::sqrt(static_cast<double>(i + 1)),
                              {.weight = in.finish()})};
    nested.blocks = {inner_block(pooling, 1, spreads), inner_block(false, 2, spreads)};
    nested.out = layer(mid_, kInnerReserved, 1 / std::sqrt(3.0), {.weight = out.finish()});
    return {{}, std::move(nested)};
}

Matrix DemoMaker::with_bias(Draft weight, std::initializer_list<float> bias) {
    Matrix matrix{.weight = weight.finish()};
    std::vector<float> values(bias);
    values.resize(static_cast<size_t>(matrix.out()), 0);
    matrix.bias = Tensor::of<float>({matrix.out()}, std::span<const float>(values));
    return matrix;
}

PolicyHead DemoMaker::policy_head() {
    const int64_t p = std::max<int64_t>(channels_ / 8, 8), g = p;
    Draft p1 = draft({p, channels_, 1, 1}, 0.8), to_p = draft({3 * g, p}, 0.3);
    for (int64_t o = 0; o < kPolicyReserved; ++o) p1.clear_row(o), to_p.clear_column(o);
    p1.at(kNearRecent, kRecent, 0, 0) = p1.at(kNearTaken, kTaken, 0, 0) = 1;
    p1.at(kNearEdge, kEdge, 0, 0) = 4;
    Draft p2 = draft({2, p, 1, 1}, 1), pass2 = draft({p, 2}, 0.3);
    for (int64_t o = 0; o < 2; ++o) {
        p2.at(o, kNearRecent, 0, 0) = 1.7F;
        p2.at(o, kNearTaken, 0, 0) = -5;
        p2.at(o, kNearEdge, 0, 0) = -1.6F;
        pass2.at(0, o) = -6;  // its hidden unit is always on
    }
    PolicyHead head{.p1 = {.weight = p1.finish()}, .g1 = {.weight = draft({g, channels_, 1, 1}).finish()}};
    head.g_norm = norm(g, g, 1);
    head.g_act = head.p_act = head.pass_act = Activation::kMish;
    head.g_to_p.weight = to_p.finish();
    head.p_norm = norm(p, p, 1);
    head.p2.weight = p2.finish();
    head.pass = with_bias(draft({3 * g, p}, 0.3), {1});
    head.pass2 = Matrix{.weight = pass2.finish()};
    return head;
}

// The sum over the board from its three pools: area = 206 + 280 s + 100 (s² - 0.1), where s = sqrt(area) / 10 - 1.4.
// Influence adds up to more than 1 a point, so that a third of the sum is taken for the score.
void DemoMaker::hidden_score(Draft& v2, int64_t v) {
    constexpr float kOfArea[] = {206, 280, 100};
    for (int64_t o = 0; o < kHiddenReserved; ++o) {
        const float sign = o == kAhead ? 1 : -1;
        v2.clear_column(o);
        for (int64_t part = 0; part < 3; ++part) {
            v2.at(part * v + kOwnArea, o) = sign * kOfArea[part] / 60;
            v2.at(part * v + kOpponentArea, o) = -sign * kOfArea[part] / 60;
        }
        v2.at(kAddKomi, o) = sign * 0.8F;
        v2.at(kTakeKomi, o) = -sign * 0.8F;
    }
}

ValueHead DemoMaker::value_head() {
    const int64_t v = std::max<int64_t>(channels_ / 4, 8), hidden = std::max<int64_t>(channels_ / 3, 16);
    Draft v1 = draft({v, channels_, 1, 1});
    for (int64_t o = 0; o < kValueReserved; ++o) v1.clear_row(o);
    for (int64_t o = 0; o < 2; ++o) {
        v1.at(kOwnArea + o, kOwn + o, 0, 0) = 0.8F;
        v1.at(kOwnArea + o, kOwnInfluence + o, 0, 0) = 1;
        v1.at(kOwnArea + o, kOpponentInfluence - o, 0, 0) = -0.5F;
    }
    v1.at(kAddKomi, kKomi, 0, 0) = v1.at(kTakeKomi, kMinusKomi, 0, 0) = 1;
    Draft v2 = draft({3 * v, hidden}, 0.5), value = draft({hidden, 3}, 0.1), misc = draft({hidden, 6}, 0.05);
    hidden_score(v2, v);
    for (int64_t o = 0; o < kHiddenReserved; ++o) {
        const float sign = o == kAhead ? 1 : -1;
        value.at(o, 0) = 2.5F * sign;
        value.at(o, 1) = -2.5F * sign;
        value.at(o, 2) = -0.5F;
        misc.at(o, 0) = misc.at(o, 2) = sign;
    }
    Draft ownership = draft({1, v, 1, 1}, 0.1);
    ownership.at(0, kOwnArea, 0, 0) = 1.6F;
    ownership.at(0, kOpponentArea, 0, 0) = -1.6F;
    ValueHead head{.v1 = {.weight = v1.finish()}, .norm = norm(v, v, 1)};
    head.act = head.v2_act = Activation::kMish;
    head.v2 = with_bias(std::move(v2), {});
    head.value = with_bias(std::move(value), {0, 0, -6});
    head.misc = with_bias(std::move(misc), {0, 0, 0, 0, -1, -2});
    head.ownership.weight = ownership.finish();
    return head;
}

Net DemoMaker::make() {
    Net net{.version = 15, .mid_channels = mid_, .gpool_channels = pooled_};
    net.multipliers.shortterm_score_error = 150;
    net.trunk.spatial = spatial();
    net.trunk.global = global();
    for (int64_t i = 0; i < shape_.blocks; ++i) net.trunk.blocks.push_back(block(i));
    const double scale = 1 / std::sqrt(static_cast<double>(shape_.blocks + 1));
    net.trunk.tip = {.norm = norm(channels_, kReserved, scale), .act = Activation::kMish};
    net.heads = {policy_head(), value_head()};
    return net;
}

}  // namespace

graph::Checkpoint make_demo_net(const DemoShape& shape) {
    CHECK(shape.blocks >= 1 && shape.channels >= 24, "a network of at least one block of 24 channels");
    auto checkpoint =
        to_records(DemoMaker(shape).make(), format("demo-b{}c{}nbt", shape.blocks, shape.channels));
    CHECK(checkpoint.has_value());
    checkpoint->path = "the demo network";
    return *std::move(checkpoint);
}

}  // namespace lathe::zoo::katago
