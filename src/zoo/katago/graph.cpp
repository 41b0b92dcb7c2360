// From a Net to a graph: inputs, trunk, heads, outputs.
#include <algorithm>

#include "base/text.h"
#include "ops/ops.h"
#include "zoo/katago/katago.h"
#include "zoo/katago/layers.h"

namespace lathe::zoo::katago {

using graph::Dim;
using graph::Dims;
using graph::Ints;

namespace {

constexpr double kOffBoardPolicy = 5000;
constexpr int64_t kScoreRadius = 60, kScoreBoard = 19 * 19;       // of the score belief head
constexpr int64_t kScoreMiddle = kScoreBoard + kScoreRadius, kScores = 2 * kScoreMiddle;

// The trunk's sums, block by block.
class TrunkSum {
public:
    TrunkSum(Layers& layers, const Trunk& trunk, ValueId start, int64_t channels)
        : g_(layers), trunk_(trunk), shares_(trunk.shares), sum_{.planes = start, .channels = channels} {
        if (shares_.back_start) back_ = g_.mul(start, share("back_start", *shares_.back_start));
    }
    void run(size_t from, size_t to) {
        for (size_t i = from; i < to && g_.b.ok(); ++i) step(i);
    }
    ValueId planes() { return g_.planes(sum_); }
    ValueId final_planes() {
        if (!shares_.back_start) return planes();
        return g_.sub(planes(), g_.mul(back_, share("back_use_final", *shares_.back_use_final)));
    }

private:
    ValueId share(const std::string& name, const Tensor& tensor) {
        return g_.channel_constant("trunk." + name, tensor);
    }
    void step(size_t i);

    Layers& g_;
    const Trunk& trunk_;
    const ResidualShares& shares_;
    Board sum_;
    ValueId back_ = graph::kNoValue;  // [batch, T, height, width]
};

void TrunkSum::step(size_t i) {
    const Block& block = trunk_.blocks[i];
    if (!shares_.back_start && shares_.keep.empty()) {
        sum_ = g_.sum(sum_, g_.run(sum_, block));
        return;
    }
    Board in = sum_;
    if (shares_.back_start && i > 0)
        in = {.planes = g_.sub(planes(), g_.mul(back_, share("back_use", shares_.back_use[i - 1]))),
              .channels = sum_.channels};
    Board residual = g_.run(in, block);
    ValueId kept = planes(), added = g_.planes(residual);
    if (!shares_.keep.empty()) {
        const ValueId keep = share("keep", shares_.keep[i]);
        kept = g_.mul(kept, keep);
        added = g_.mul(added, share("take", shares_.take[i]));
        if (shares_.back_start) back_ = g_.mul(back_, keep);
    }
    if (shares_.back_start && i + 1 < trunk_.blocks.size())
        back_ = g_.add(back_, g_.mul(added, share("back_add", shares_.back_add[i])));
    sum_ = {.planes = g_.add(kept, added), .channels = sum_.channels};
}

class NetGraph {
public:
    NetGraph(const Net& net, const GraphOptions& options)
        : net_(net), options_(options), b_(ops::find_op, net.name.empty() ? "katago" : net.name) {}
    Result<graph::Graph> build();

private:
    void trunk();
    ValueId start();
    void policy_head(const PolicyHead& head, ValueId trunk, const std::string& prefix);
    void value_head(const ValueHead& head, ValueId trunk, const std::string& prefix);
    void score_belief(const ScoreBelief& belief, ValueId pooled, Activation act, const std::string& name);
    void on_board(Layers& g, const std::optional<Conv>& conv, ValueId x, const std::string& name);
    void output(const std::string& name, ValueId value);
    bool wanted(const std::string& name) const;
    void write_metadata(graph::Graph& graph) const;

    const Net& net_;
    const GraphOptions& options_;
    graph::Builder b_;
    std::optional<Layers> layers_;
    ValueId spatial_{}, global_{}, meta_{};
    std::vector<std::string> known_;  // outputs that the network has
};

bool NetGraph::wanted(const std::string& name) const {
    return options_.outputs.empty() || std::ranges::find(options_.outputs, name) != options_.outputs.end();
}

void NetGraph::output(const std::string& name, ValueId value) {
    known_.push_back(name);
    if (wanted(name)) b_.output(name, value);
}

ValueId NetGraph::start() {
    Layers& g = *layers_;
    b_.scope("start/");
    ValueId start = g.conv(spatial_, net_.trunk.spatial);  // [batch, T, height, width]
    start =
        g.add(start, g.as_bias(g.matrix(global_, net_.trunk.global)));  // off the board too; never looked at
    if (net_.trunk.meta) {
        const MetaEncoder& encoder = *net_.trunk.meta;
        ValueId m = g.act(g.matrix(meta_, encoder.first), encoder.first_act);  // [batch, M]
        m = g.act(g.matrix(m, encoder.second), encoder.second_act);  // [batch, M]
        start = g.add(start, g.as_bias(g.matrix(m, encoder.last)));  // [batch, T, height, width]
    }
    return start;
}

void NetGraph::trunk() {
    Layers& g = *layers_;
    const int64_t channels = net_.channels();
    TrunkSum sum(g, net_.trunk, start(), channels);
    const size_t middle =
        options_.intermediate && net_.intermediate ? static_cast<size_t>(net_.intermediate->blocks) : 0;
    sum.run(0, middle);
    if (middle > 0 && b_.ok()) {
        b_.scope("intermediate/");
        const ValueId tip = g.tip(sum.planes(), net_.intermediate->tip, channels);
        policy_head(net_.intermediate->heads.policy, tip, "intermediate_");
        value_head(net_.intermediate->heads.value, tip, "intermediate_");
    }
    sum.run(middle, net_.trunk.blocks.size());
    if (!b_.ok()) return;
    b_.scope("tip/");
    const ValueId tip = g.tip(sum.final_planes(), net_.trunk.tip, channels);  // [batch, T, height, width]
    policy_head(net_.heads.policy, tip, "");
    value_head(net_.heads.value, tip, "");
}

void NetGraph::policy_head(const PolicyHead& head, ValueId trunk, const std::string& prefix) {
    Layers& g = *layers_;
    b_.scope(prefix + "policy_head/");
    const ValueId pooled =
        g.pool(g.norm_act(g.conv(trunk, head.g1), head.g_norm, head.g_act));  // [batch, 3 * G]
    ValueId p =
        g.add(g.conv(trunk, head.p1), g.as_bias(g.matrix(pooled, head.g_to_p)));  // [batch, P, height, width]
    p = g.conv(g.norm_act(p, head.p_norm, head.p_act), head.p2);  // [batch, policies, …]
    p = g.add(p, g.mul(g.off_board, g.number(kOffBoardPolicy)));
    const int64_t policies = head.p2.weight.dim(0);
    p = g.reshape(p, {g.batch, policies, g.height * g.width});
    ValueId pass = g.matrix(pooled, head.pass);  // [batch, policies]
    if (head.pass2) pass = g.matrix(g.act(pass, head.pass_act), *head.pass2);
    pass = b_.add("unsqueeze", {pass}, {{"axes", Ints{2}}});  // [batch, policies, 1]
    output(prefix + "policy", g.concat({p, pass}, 2));
}

// conv(x), 0 off the board.
void NetGraph::on_board(Layers& g, const std::optional<Conv>& conv, ValueId x, const std::string& name) {
    if (conv) output(name, g.mul(g.conv(x, *conv), g.mask));
}

void NetGraph::value_head(const ValueHead& head, ValueId trunk, const std::string& prefix) {
    Layers& g = *layers_;
    b_.scope(prefix + "value_head/");
    const ValueId v = g.norm_act(g.conv(trunk, head.v1), head.norm, head.act);  // [batch, V, height, width]
    const ValueId pooled = g.pool_for_value(v);  // [batch, 3 * V]
    const ValueId inner = g.act(g.matrix(pooled, head.v2), head.v2_act);  // [batch, D]
    output(prefix + "value", g.matrix(inner, head.value));  // [batch, 3]
    const ValueId misc = g.matrix(inner, head.misc);
    if (head.more_misc) {
        output(prefix + "miscvalue", misc);  // [batch, 10]
        output(prefix + "moremiscvalue", g.matrix(inner, *head.more_misc));  // [batch, 8]
    } else if (head.misc.out() <= 4) {
        output(prefix + "miscvalue", misc);  // [batch, 1 | 2 | 4]
    } else {
        output(prefix + "miscvalue", g.slice(misc, 1, 0, 4));  // [batch, 4]
        output(prefix + "moremiscvalue", g.slice(misc, 1, 4, head.misc.out()));  // [batch, 2]
    }
    on_board(g, head.ownership, v, prefix + "ownership");  // [batch, 1, height, width]
    on_board(g, head.scoring, v, prefix + "scoring");  // [batch, 1, height, width]
    on_board(g, head.futurepos, trunk, prefix + "futurepos");  // [batch, 2, height, width]
    on_board(g, head.seki, trunk, prefix + "seki");  // [batch, 4, height, width]
    if (head.score_belief) score_belief(*head.score_belief, pooled, head.v2_act, prefix + "scorebelief");
}

// Logarithms of the probabilities of 842 final scores. softmax and its logarithm are spelled out in exp and log, which
// every runtime has.
void NetGraph::score_belief(const ScoreBelief& belief, ValueId pooled, Activation act,
                            const std::string& name) {
    Layers& g = *layers_;
    b_.scope(name + "/");
    std::vector<float> offsets, parities;
    for (int64_t i = 0; i < kScores; ++i) {
        offsets.push_back(static_cast<float>(0.05 * (static_cast<double>(i - kScoreMiddle) + 0.5)));
        parities.push_back((i + kScoreMiddle) % 2 == 0 ? 0.5F : -0.5F);  // whether i - middle is even
    }
    const int64_t inner = belief.pooled.out();
    const ValueId offset =
        g.constant(name + ".offsets", Tensor::of<float>({1, kScores, 1}, std::span<const float>(offsets)));
    const ValueId parity =
        g.constant(name + ".parities", Tensor::of<float>({1, kScores, 1}, std::span<const float>(parities)));
    const ValueId wave =
        b_.add("unsqueeze", {g.slice(global_, 1, net_.globals() - 1, net_.globals())}, {{"axes", Ints{2}}});
    ValueId x = b_.add("unsqueeze", {g.matrix(pooled, belief.pooled)}, {{"axes", Ints{1}}});  // [batch, 1, D]
    x = g.add(x, g.mul(offset,
                       g.constant(belief.pooled.key + "off.weight", belief.offset.reshaped({1, 1, inner}))));
    x = g.add(x, g.mul(g.mul(parity, wave),  // [batch, 842, 1]
                       g.constant(belief.pooled.key + "par.weight", belief.parity.reshaped({1, 1, inner}))));
    x = g.matrix(g.act(x, act), belief.mixands);  // [batch, 842, N]
    const auto log_softmax = [&](ValueId z) {  // along axis 1
        const ValueId lower = g.sub(z, g.reduce("reduce_max", z, {1}, true));
        return g.sub(lower, g.unary("log", g.reduce("reduce_sum", g.unary("exp", lower), {1}, true)));
    };
    const ValueId weights =
        b_.add("unsqueeze", {log_softmax(g.matrix(pooled, belief.weights))}, {{"axes", Ints{1}}});
    x = g.add(log_softmax(x), weights);  // [batch, 842, N]
    const ValueId largest = g.reduce("reduce_max", x, {2}, true);  // [batch, 842, 1]
    const ValueId total = g.reduce("reduce_sum", g.unary("exp", g.sub(x, largest)), {2}, true);
    output(name,
           b_.add("squeeze", {g.add(g.unary("log", total), largest)}, {{"axes", Ints{2}}}));  // [batch, 842]
}

bool has_rotary(const std::vector<Block>& blocks) {
    return std::ranges::any_of(blocks, [](const Block& block) {
        if (const auto* nested = std::get_if<Nested>(&block.body)) return has_rotary(nested->blocks);
        const auto* attention = std::get_if<Attention>(&block.body);
        return attention != nullptr && attention->rotary.has_value();
    });
}

void NetGraph::write_metadata(graph::Graph& graph) const {
    const auto set = [&](const char* key, std::string value) {
        graph.metadata[format("katago.{}", key)] = std::move(value);
    };
    const Multipliers& m = net_.multipliers;
    if (!net_.name.empty()) set("name", net_.name);
    set("version", format("{}", net_.version));
    set("multipliers", format("{} {} {} {} {} {} {}", m.td_score, m.score_mean, m.score_stdev, m.lead,
                              m.variance_time, m.shortterm_value_error, m.shortterm_score_error));
    set("pass_alive_under_suicide_rules", net_.pass_alive_under_suicide_rules ? "1" : "0");
    if (net_.from_checkpoint()) set("weights", net_.weights);
    if (!net_.config.empty()) set("config", net_.config);
    if (has_rotary(net_.trunk.blocks)) set("longest_board", format("{}", kLongestBoard));
    if (graph.find("scorebelief") != graph::kNoValue) set("scorebelief", "842 scores, as for a 19x19 board");
}

Result<graph::Graph> NetGraph::build() {
    const Dim batch = Dim::symbol("batch"), height = Dim::symbol("height"), width = Dim::symbol("width");
    spatial_ = b_.input("bin_input", DType::kF32, {batch, net_.planes(), height, width});
    global_ = b_.input("global_input", DType::kF32, {batch, net_.globals()});
    if (net_.trunk.meta) meta_ = b_.input("meta_input", DType::kF32, {batch, net_.trunk.meta->first.in()});
    layers_.emplace(b_, spatial_);
    trunk();
    for (const std::string& name : options_.outputs)
        if (b_.ok() && std::ranges::find(known_, name) == known_.end())
            return fail("the network has no output '{}'; it has {}", name, join(known_, ", "));
    TRY(graph::Graph whole, b_.finish());
    graph::Graph result = graph::without_dead_code(std::move(whole));
    write_metadata(result);
    return result;
}

}  // namespace

Result<graph::Graph> to_graph(const Net& net, const GraphOptions& options) {
    return NetGraph(net, options).build();
}

}  // namespace lathe::zoo::katago
