#include "zoo/katago/katago.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"

namespace lathe::zoo {
namespace {

using graph::Checkpoint;

// The smallest training checkpoint: one ordinary block of two channels, as KataGo's PyTorch model names its weights.
class TinyCheckpoint {
public:
    TinyCheckpoint() {
        config = {{"version", 15},
                  {"norm_kind", "fixup"},
                  {"activation", "mish"},
                  {"trunk_num_channels", 2},
                  {"mid_num_channels", 2},
                  {"gpool_num_channels", 1},
                  {"initial_conv_1x1", true},
                  {"block_kind", Json::array({Json::array({"rconv1", "regular"})})}};
        add("conv_spatial.weight", {2, 22, 1, 1});
        add("linear_global.weight", {2, 19});
        for (const std::string part : {"1", "2"}) {
            add("blocks.0.normactconv" + part + ".norm.beta", {1, 2, 1, 1});
            add("blocks.0.normactconv" + part + ".conv.weight", {2, 2, 3, 3});
        }
        add("blocks.0.normactconv2.norm.gamma", {1, 2, 1, 1});
        add("norm_trunkfinal.beta", {1, 2, 1, 1});
        policy();
        value();
    }
    void add(const std::string& name, const Shape& shape) {
        tensors["model." + prefix + name] = Tensor::filled(DType::kF32, shape, 0.25);
    }

    Checkpoint checkpoint() const {
        Checkpoint result{.format = "pytorch", .path = "tiny.ckpt"};
        for (const auto& [name, tensor] : tensors) result.tensors.push_back({name, tensor});
        Json metadata = Json::object();
        if (!config.is_null()) metadata["config"] = config;
        result.metadata = std::make_shared<const Json>(metadata);
        return result;
    }
    std::string error() const {
        const auto net = katago::load(checkpoint());
        return net ? "" : net.error().message;
    }

    std::string prefix = "module._orig_mod.module.";
    Json config;
    std::map<std::string, Tensor> tensors;

private:
    void policy() {
        add("policy_head.conv1p.weight", {3, 2, 1, 1});
        add("policy_head.conv1g.weight", {2, 2, 1, 1});
        add("policy_head.biasg.beta", {1, 2, 1, 1});
        add("policy_head.linear_g.weight", {3, 6});
        add("policy_head.bias2.beta", {1, 3, 1, 1});
        add("policy_head.conv2p.weight", {6, 3, 1, 1});
        add("policy_head.linear_pass.weight", {3, 6});
        add("policy_head.linear_pass.bias", {3});
        add("policy_head.linear_pass2.weight", {6, 3});
    }
    void value() {
        add("value_head.conv1.weight", {2, 2, 1, 1});
        add("value_head.bias1.beta", {1, 2, 1, 1});
        for (const auto& [name, in, out] : std::initializer_list<std::tuple<const char*, int64_t, int64_t>>{
                 {"linear2", 6, 4},
                 {"linear_valuehead", 4, 3},
                 {"linear_miscvaluehead", 4, 10},
                 {"linear_moremiscvaluehead", 4, 8},
                 {"linear_s2", 6, 5},
                 {"linear_s3", 5, 2},
                 {"linear_smix", 6, 2}}) {
            add(std::string("value_head.") + name + ".weight", {out, in});
            add(std::string("value_head.") + name + ".bias", {out});
        }
        add("value_head.linear_s2off.weight", {5, 1});
        add("value_head.linear_s2par.weight", {5, 1});
        add("value_head.conv_ownership.weight", {1, 2, 1, 1});
        add("value_head.conv_scoring.weight", {1, 2, 1, 1});
        add("value_head.conv_futurepos.weight", {2, 2, 1, 1});
        add("value_head.conv_seki.weight", {4, 2, 1, 1});
    }
};

std::vector<std::string> names(const graph::Graph& graph, const std::vector<graph::ValueId>& ids) {
    std::vector<std::string> all;
    for (const graph::ValueId id : ids) all.push_back(graph[id].name);
    return all;
}

void expect_contains(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(KataGoCheckpoint, GivesAGraphWithKataGosOutputs) {
    const Checkpoint checkpoint = TinyCheckpoint().checkpoint();
    EXPECT_EQ(detect_architecture(checkpoint)->name, "katago");
    const auto graph = katago_build(checkpoint, {});
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    EXPECT_EQ(names(*graph, graph->inputs), (std::vector<std::string>{"bin_input", "global_input"}));
    const std::vector<std::pair<std::string, std::string>> expected{
        {"policy", "[batch, 6, height*width + 1]"},
        {"value", "[batch, 3]"},
        {"miscvalue", "[batch, 10]"},
        {"moremiscvalue", "[batch, 8]"},
        {"ownership", "[batch, 1, height, width]"},
        {"scoring", "[batch, 1, height, width]"},
        {"futurepos", "[batch, 2, height, width]"},
        {"seki", "[batch, 4, height, width]"},
        {"scorebelief", "[batch, 842]"}};
    ASSERT_EQ(graph->outputs.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        const graph::Value& value = (*graph)[graph->outputs[i]];
        EXPECT_EQ(value.name, expected[i].first);
        EXPECT_EQ(graph::to_string(value.shape), expected[i].second);
    }
    EXPECT_EQ(graph->metadata.at("katago.version"), "15");
    EXPECT_EQ(graph->metadata.at("katago.weights"), "model");
    for (const graph::Node& node : graph->nodes) {
        EXPECT_NE(node.op->name, "softplus");
        EXPECT_NE(node.op->name, "log_softmax");
    }
}

TEST(KataGoCheckpoint, KeepsOnlyTheWantedHeads) {
    const Checkpoint checkpoint = TinyCheckpoint().checkpoint();
    const auto graph = katago_build(checkpoint, {.outputs = {"policy", "value"}});
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    EXPECT_EQ(names(*graph, graph->outputs), (std::vector<std::string>{"policy", "value"}));
    EXPECT_EQ(graph->find("value_head.linear_s2.weight"), graph::kNoValue);
    const auto unknown = katago_build(checkpoint, {.outputs = {"winrate"}});
    ASSERT_FALSE(unknown.has_value());
    expect_contains(unknown.error().message, "no output 'winrate'; it has policy, value,");
}

TEST(KataGoCheckpoint, NamesWhatIsMissingOrLeftOver) {
    TinyCheckpoint tiny;
    const std::string at = "model." + tiny.prefix;
    auto lacking = tiny;
    lacking.tensors.erase(at + "value_head.conv1.weight");
    expect_contains(lacking.error(), "'value_head.conv1.weight' is missing");
    auto surplus = tiny;
    surplus.add("blocks.1.normactconv1.conv.weight", {2, 2, 3, 3});
    expect_contains(surplus.error(), "'blocks.1.normactconv1.conv.weight' (f32[2, 2, 3, 3]) has no place");
    auto misshapen = tiny;
    misshapen.add("policy_head.linear_g.weight", {3, 7});
    expect_contains(misshapen.error(), "'policy_head.linear_g' has 7 input channels, expected 6");
    auto flat = tiny;
    flat.add("conv_spatial.weight", {2, 22});
    expect_contains(flat.error(), "'conv_spatial.weight' is f32[2, 22], expected 4 axes");
    auto infinite = tiny;
    infinite.tensors[at + "norm_trunkfinal.beta"] = Tensor::filled(DType::kF32, {1, 2, 1, 1}, 1.0 / 0.0);
    expect_contains(infinite.error(), "'norm_trunkfinal.beta' holds a NaN or an infinity");
}

TEST(KataGoCheckpoint, IgnoresWhatOnlyTrainingNeeds) {
    TinyCheckpoint tiny;
    tiny.add("value_head.score_belief_offset_vector", {842});
    tiny.add("blocks.0.normactconv1.norm.renorm_running_mean", {2});
    EXPECT_EQ(tiny.error(), "");
}

TEST(KataGoCheckpoint, RefusesOptionsByName) {
    const auto error_with = [](const char* key, const Json& value) {
        TinyCheckpoint tiny;
        tiny.config[key] = value;
        return tiny.error();
    };
    expect_contains(error_with("inline_registers", true), "'inline_registers', which is not supported");
    expect_contains(error_with("attention_num_rw_registers", 16), "'attention_num_rw_registers'");
    EXPECT_EQ(error_with("attention_num_rw_registers", 0), "");
    expect_contains(error_with("norm_kind", "layer"), "'norm_kind' is 'layer'");
    expect_contains(error_with("activation", "swish2"), "'activation' is 'swish2'");
    expect_contains(error_with("version", 18), "version 18 is newer than 17");
    expect_contains(error_with("version", "15"), "version");
    const Json gab = Json::array({Json::array({"b", "attngab"})});
    expect_contains(error_with("block_kind", gab), "'attngab', which is not supported");
}

// The gate of block n shares n + 1 between the sum so far and the block: evenly at 0, all to one of them far from it.
TEST(KataGoCheckpoint, SharesTheTrunkByItsGates) {
    TinyCheckpoint tiny;
    tiny.config["use_trunk_channel_gate"] = true;
    expect_contains(tiny.error(), "'trunk_channel_gate_logits.0' is missing");
    for (const auto& [logit, keep, take] :
         {std::tuple(0.0F, 1.0, 1.0), std::tuple(90.0F, 0.0, 2.0), std::tuple(-90.0F, 2.0, 0.0)}) {
        tiny.tensors["model.trunk_channel_gate_logits.0"] = Tensor::filled(DType::kF32, {1, 2, 1, 1}, logit);
        const auto net = katago::load(tiny.checkpoint());
        ASSERT_TRUE(net.has_value()) << net.error().message;
        EXPECT_NEAR(net->trunk.shares.keep[0].to_doubles()[0], keep, 1e-6);
        EXPECT_NEAR(net->trunk.shares.take[0].to_doubles()[0], take, 1e-6);
        EXPECT_TRUE(katago::to_graph(*net).has_value());
        const auto records = katago::to_records(*net, "tiny");
        ASSERT_FALSE(records.has_value());
        expect_contains(records.error().message, "use_trunk_channel_gate");
    }
}

TEST(KataGoCheckpoint, AsksForAMissingConfiguration) {
    TinyCheckpoint tiny;
    tiny.config = nullptr;
    expect_contains(tiny.error(), "no configuration, and there is no 'model.config.json'");

    // Training keeps it beside old checkpoints.
    const std::string folder = format("/tmp/lathe_test_{:08x}", std::random_device()());
    ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
    const std::string config = folder + "/model.config.json";
    EXPECT_TRUE(write_file(config, as_bytes(to_text(TinyCheckpoint().config))).has_value());
    Checkpoint old = tiny.checkpoint();
    old.path = folder + "/old.ckpt";
    EXPECT_TRUE(katago::load(old).has_value());
    unlink(config.c_str());
    rmdir(folder.c_str());
}

TEST(KataGoCheckpoint, ChoosesItsWeights) {
    TinyCheckpoint tiny;
    const auto no_average = katago::load(tiny.checkpoint(), "swa");
    ASSERT_FALSE(no_average.has_value());
    expect_contains(no_average.error().message, "no averaged weights");
    auto both = tiny;
    both.tensors["swa_model.n_averaged"] = Tensor::scalar<int64_t>(3);
    for (const auto& [name, tensor] : tiny.tensors)
        both.tensors["swa_model.module." + name.substr(6 + tiny.prefix.size())] =
            Tensor::filled(DType::kF32, tensor.shape(), 0.5);
    const auto averaged = katago::load(both.checkpoint(), "swa");
    ASSERT_TRUE(averaged.has_value()) << averaged.error().message;
    EXPECT_EQ(averaged->trunk.spatial.weight.values<float>()[0], 0.5F);
    EXPECT_FALSE(katago::load(both.checkpoint(), "ema").has_value());
}

TEST(KataGoCheckpoint, SaysWhatANetworkFileCannotHold) {
    TinyCheckpoint tiny;
    tiny.config["activation"] = "gelu";
    const auto net = katago::load(tiny.checkpoint());
    ASSERT_TRUE(net.has_value());
    EXPECT_TRUE(katago::to_graph(*net).has_value());
    const auto records = katago::to_records(*net, "tiny");
    ASSERT_FALSE(records.has_value());
    expect_contains(records.error().message, "no gelu activation");
}

TEST(KataGoDemo, IsANetworkOfTheAskedShape) {
    const Checkpoint demo = katago::make_demo_net({.blocks = 3, .channels = 24});
    EXPECT_EQ(katago_detect(demo), Certainty::kCertain);
    EXPECT_EQ((*demo.metadata)["name"], "demo-b3c24nbt");
    const auto graph = katago_build(demo, {});
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    EXPECT_EQ(graph::to_string((*graph)[graph->outputs[0]].shape), "[batch, 2, height*width + 1]");
    const Checkpoint again = katago::make_demo_net({.blocks = 3, .channels = 24}),
                     other = katago::make_demo_net({.blocks = 3, .channels = 24, .seed = 2});
    const auto values = [](const Checkpoint& c) {
        return c.find("trunk.blocks.2.normactconvp.conv.weight")->to_doubles();
    };
    EXPECT_EQ(values(demo), values(again));
    EXPECT_NE(values(demo), values(other));
    // The family's published network of this shape has 26.1 million (reference/katago.md, section 1.7).
    int64_t parameters = 0;
    const Checkpoint large = katago::make_demo_net({.blocks = 18, .channels = 384});
    for (const auto& [name, tensor] : large.tensors) parameters += tensor.count();
    EXPECT_NEAR(static_cast<double>(parameters) * 1e-6, 26.1, 0.5);
}

}  // namespace
}  // namespace lathe::zoo
