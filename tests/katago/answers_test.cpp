// KataGo's networks against the answers of KataGo itself: the raw outputs of its engine for network files, and of its
// PyTorch model for training checkpoints (shared/data/katago).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "formats/katago/katago.h"
#include "formats/numpy/npy.h"
#include "formats/numpy/npz.h"
#include "formats/pytorch/pytorch.h"
#include "run/cpu/cpu.h"
#include "run/reference.h"
#include "wire/deflate.h"
#include "wire/test_folder.h"
#include "zoo/katago/katago.h"

namespace lathe {
namespace {

std::string data_folder() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/katago/";
}
bool have_data() { return file_exists(data_folder() + "positions.json"); }

SharedBytes unzipped(const std::string& path) {
    const auto file = map_file(path);
    EXPECT_TRUE(file.has_value()) << path;
    auto bytes = wire::inflate(*file, wire::Wrap::kGzip, 1 << 28);
    EXPECT_TRUE(bytes.has_value()) << path;
    return SharedBytes::from_vector(*std::move(bytes));
}

Tensor feature(const std::string& position, const char* what, Shape shape) {
    const auto tensor = formats::parse_npy(unzipped(data_folder() + "features/" + position + what));
    EXPECT_TRUE(tensor.has_value()) << position;
    return tensor->to_contiguous().reshaped(std::move(shape));
}

zoo::katago::Net load_net(const std::string& path) {
    const auto checkpoint = formats::read_katago(*map_file(path), path);
    EXPECT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    auto net = zoo::katago::load(*checkpoint);
    EXPECT_TRUE(net.has_value()) << net.error().message;
    return *std::move(net);
}

graph::Graph graph_of(const zoo::katago::Net& net, const zoo::katago::GraphOptions& options = {}) {
    auto graph = zoo::katago::to_graph(net, options);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return *std::move(graph);
}

std::vector<const run::Engine*> engines() {
    static ThreadPool threads(2);
    static const auto fast = run::cpu::make_engine(threads);
    return {&run::reference_engine(), fast.get()};
}

std::map<std::string, std::vector<double>> run(const run::Program& program, const graph::Graph& graph,
                                               const std::vector<Tensor>& inputs) {
    const auto outputs = program.run(inputs);
    EXPECT_TRUE(outputs.has_value()) << outputs.error().message;
    std::map<std::string, std::vector<double>> named;
    for (size_t i = 0; i < outputs->size(); ++i)
        named[graph[graph.outputs[i]].name] = (*outputs)[i].to_doubles();
    return named;
}

// The largest difference of each quantity within a test, for docs/formats/katago.md.
std::map<std::string, double>& largest() {
    static std::map<std::string, double> all;
    return all;
}
void print_largest(std::string_view engine) {
    std::string line;
    for (const auto& [what, difference] : largest()) line += format("  {} {:.1e}", what, difference);
    std::printf("largest differences (%s):%s\n", std::string(engine).c_str(), line.c_str());
    largest().clear();
}

void expect_near(std::span<const double> found, std::span<const double> expected, double tolerance,
                 const char* what) {
    ASSERT_EQ(found.size(), expected.size()) << what;
    double worst = 0;
    for (size_t i = 0; i < found.size(); ++i) worst = std::max(worst, std::fabs(found[i] - expected[i]));
    EXPECT_LE(worst, tolerance) << what;
    largest()[what] = std::max(largest()[what], worst);
}

// KataGo's engine on 19x19 tensors: a board lies in the top left corner, the rest of its arrays is 0.
void compare(const std::map<std::string, std::vector<double>>& ours, const Json& harness) {
    const Json& raw = harness["raw"];
    const int width = harness["boardX"], height = harness["boardY"];
    std::vector<double> policy, optimistic, ownership, expected_policy, expected_optimistic,
        expected_ownership;
    const auto& all = ours.at("policy");
    const auto point = [&](int at) {
        policy.push_back(all[static_cast<size_t>(at)]);
        expected_policy.push_back(raw["policy_logits_362"][static_cast<size_t>(at)]);
        if (!raw.contains("policy_optimistic_logits_362")) return;
        optimistic.push_back(all[static_cast<size_t>(362 + at)]);
        expected_optimistic.push_back(raw["policy_optimistic_logits_362"][static_cast<size_t>(at)]);
    };
    point(361);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            point(y * 19 + x);
            ownership.push_back(ours.at("ownership")[static_cast<size_t>(y * 19 + x)]);
            expected_ownership.push_back(raw["ownership_pretanh_361"][static_cast<size_t>(y * 19 + x)]);
        }
    // reference/katago.md, section 1.8
    expect_near(policy, expected_policy, 2e-4, "policy");
    expect_near(optimistic, expected_optimistic, 2e-4, "optimistic policy");
    expect_near(ownership, expected_ownership, 5e-5, "ownership");
    expect_near(ours.at("value"), raw["value_logits_win_loss_noresult"].get<std::vector<double>>(), 5e-5,
                "value");
    std::vector<double> scores = ours.at("miscvalue");
    if (ours.contains("moremiscvalue"))
        scores.insert(scores.end(), ours.at("moremiscvalue").begin(), ours.at("moremiscvalue").end());
    auto expected = raw["scorevalue_raw6"].get<std::vector<double>>();
    expected.resize(scores.size());
    expect_near(scores, expected, 5e-5, "scores");
}

class NetworkFiles : public testing::TestWithParam<const char*> {};

TEST_P(NetworkFiles, AnswerAsKataGoDoes) {
    if (!have_data()) GTEST_SKIP() << "no KataGo data in " << data_folder();
    const graph::Graph graph = graph_of(load_net(data_folder() + "nets/" + GetParam() + ".bin.gz"));
    const auto positions = parse_json(as_text(map_file(data_folder() + "positions.json")->bytes()));
    ASSERT_TRUE(positions.has_value());
    for (const run::Engine* engine : engines()) {
        SCOPED_TRACE(engine->name());
        const auto program = engine->plan(graph);
        ASSERT_TRUE(program.has_value()) << program.error().message;
        int compared = 0;
        for (const Json& position : *positions) {
            const std::string name = position["name"];
            SCOPED_TRACE(name);
            const auto answer = parse_json(
                as_text(unzipped(data_folder() + "rawnn/" + GetParam() + "__" + name + ".json.gz").bytes()));
            ASSERT_TRUE(answer.has_value());
            compare(run(**program, graph,
                        {feature(name, ".spatial.npy.gz", {1, 22, 19, 19}),
                         feature(name, ".global.npy.gz", {1, 19})}),
                    (*answer)["harness_nnlen19_fp32"]);
            ++compared;
        }
        EXPECT_EQ(compared, 18);
        print_largest(engine->name());
    }
}

INSTANTIATE_TEST_SUITE_P(All, NetworkFiles,
                         testing::Values("g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm",
                                         "b7c96h6kv3qk32v16tflrs-fson-bnh"),
                         [](const auto& info) {
                             return std::string(info.param).substr(0, std::string_view(info.param).find('-'));
                         });

class Checkpoints : public testing::TestWithParam<std::tuple<const char*, const char*>> {
protected:
    void SetUp() override {
        if (!have_data()) GTEST_SKIP() << "no KataGo data in " << data_folder();
        const std::string path = data_folder() + "ckpt/" + std::get<0>(GetParam());
        auto checkpoint = formats::read_pytorch(*map_file(path + ".ckpt"), path + ".ckpt");
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        EXPECT_EQ(zoo::katago_detect(*checkpoint), zoo::Certainty::kCertain);
        auto net = zoo::katago::load(*checkpoint, weights());
        ASSERT_TRUE(net.has_value()) << net.error().message;
        net_ = *std::move(net);
        auto answers = formats::read_npz(*map_file(path + ".npz"), path + ".npz");
        ASSERT_TRUE(answers.has_value()) << answers.error().message;
        answers_ = *std::move(answers);
        auto file = formats::read_katago(*map_file(path + "." + weights() + ".bin.gz"), path);
        ASSERT_TRUE(file.has_value()) << file.error().message;
        file_ = *std::move(file);
    }
    static std::string weights() { return std::get<1>(GetParam()); }
    Tensor answer(const std::string& name) const {
        const Tensor* tensor = answers_.find(name);
        EXPECT_NE(tensor, nullptr) << name;
        return tensor->to_contiguous();
    }

    zoo::katago::Net net_;
    graph::Checkpoint answers_, file_;
};

// Every head of KataGo's PyTorch model, for a full board and a smaller one in the same batch.
TEST_P(Checkpoints, AnswerAsPyTorchDoes) {
    const graph::Graph graph = graph_of(net_, {.intermediate = true});
    std::vector<Tensor> inputs{answer("input.spatial"), answer("input.global")};
    if (net_.trunk.meta) inputs.push_back(answer("input.meta"));
    for (const run::Engine* engine : engines()) {
        SCOPED_TRACE(engine->name());
        const auto program = engine->plan(graph);
        ASSERT_TRUE(program.has_value()) << program.error().message;
        const auto ours = run(**program, graph, inputs);
        size_t compared = 0;
        for (const auto& [name, tensor] : answers_.tensors) {
            const std::string raw = weights() + ".raw.", middle = weights() + ".intermediate_raw.";
            const bool is_raw = name.starts_with(raw);
            if (!is_raw && !name.starts_with(middle)) continue;
            const std::string head =
                is_raw ? name.substr(raw.size()) : "intermediate_" + name.substr(middle.size());
            ASSERT_TRUE(ours.contains(head)) << head;
            expect_near(ours.at(head), tensor.to_doubles(), 2e-5, head.c_str());
            ++compared;
        }
        EXPECT_EQ(compared, ours.size());
        EXPECT_EQ(compared, net_.intermediate ? 18U : 9U);
        print_largest(engine->name());
    }
}

// What KataGo's exporter made of the same checkpoint: every word and every weight.
TEST_P(Checkpoints, BecomeTheNetworkFileThatKataGoWrites) {
    const auto records = zoo::katago::to_records(net_, std::string((*file_.metadata)["name"]));
    ASSERT_TRUE(records.has_value()) << records.error().message;
    TestFolder folder;
    const std::string path = folder.file("written.bin");
    ASSERT_TRUE(formats::write_katago(*records, path).has_value());
    const auto written = formats::read_katago(*map_file(path), path);
    ASSERT_TRUE(written.has_value()) << written.error().message;
    EXPECT_EQ(to_text(*written->metadata, 1), to_text(*file_.metadata, 1));
    ASSERT_EQ(written->tensors.size(), file_.tensors.size());
    for (size_t i = 0; i < file_.tensors.size(); ++i) {
        ASSERT_EQ(written->tensors[i].name, file_.tensors[i].name);
        expect_near(written->tensors[i].tensor.to_doubles(), file_.tensors[i].tensor.to_doubles(), 0,
                    file_.tensors[i].name.c_str());
    }
    const std::string theirs =
        data_folder() + "ckpt/" + std::get<0>(GetParam()) + "." + weights() + ".bin.gz";
    EXPECT_TRUE(as_text(map_file(path)->bytes()) == as_text(unzipped(theirs).bytes())) << "the bytes differ";
}

INSTANTIATE_TEST_SUITE_P(
    All, Checkpoints,
    testing::Combine(testing::Values("A-b2c16", "B-nbt-fbrng-v14", "C-nbt-fson-mish-rvgl-bnh",
                                     "D-nbttf-lrope-gqa-silu-rsnh-q", "F-nbt-bn-mish-meta"),
                     testing::Values("model", "swa")),
    [](const auto& info) {
        return std::string(std::get<0>(info.param)).substr(0, 1) + "_" + std::get<1>(info.param);
    });

// A board gives the same answers in a tensor of its own size as in the corner of a larger one, whatever else is there.
TEST(DemoNetwork, SeesTheBoardOnly) {
    const auto net = zoo::katago::load(zoo::katago::make_demo_net({.blocks = 2, .channels = 24}));
    ASSERT_TRUE(net.has_value());
    const graph::Graph graph = graph_of(*net, {.outputs = {"policy", "value", "ownership"}});
    constexpr int kHeight = 4, kWidth = 6, kLarge = 7;
    std::vector<float> exact(22 * kHeight * kWidth), large(22 * kLarge * kLarge, 0), global(19);
    for (size_t i = 0; i < global.size(); ++i) global[i] = 0.1F * static_cast<float>(i % 5);
    for (int plane = 0; plane < 22; ++plane)
        for (int y = 0; y < kHeight; ++y)
            for (int x = 0; x < kWidth; ++x) {
                const float value = plane == 0 || (plane * 7 + y * 5 + x * 3) % 4 == 0 ? 1 : 0;
                exact[static_cast<size_t>((plane * kHeight + y) * kWidth + x)] = value;
                large[static_cast<size_t>((plane * kLarge + y) * kLarge + x)] = value;
            }
    const auto globals = Tensor::of<float>({1, 19}, std::span<const float>(global));
    const auto program = engines().back()->plan(graph);
    ASSERT_TRUE(program.has_value()) << program.error().message;
    const auto small_answer =
        run(**program, graph,
            {Tensor::of<float>({1, 22, kHeight, kWidth}, std::span<const float>(exact)), globals});
    const auto large_answer =
        run(**program, graph,
            {Tensor::of<float>({1, 22, kLarge, kLarge}, std::span<const float>(large)), globals});
    expect_near(small_answer.at("value"), large_answer.at("value"), 1e-5, "value");
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x) {
            const auto at = static_cast<size_t>(y * kWidth + x),
                       at_large = static_cast<size_t>(y * kLarge + x);
            EXPECT_NEAR(small_answer.at("policy")[at], large_answer.at("policy")[at_large], 1e-5);
            EXPECT_NEAR(small_answer.at("ownership")[at], large_answer.at("ownership")[at_large], 1e-5);
        }
    EXPECT_NEAR(small_answer.at("policy")[kHeight * kWidth], large_answer.at("policy")[kLarge * kLarge],
                1e-5);
    EXPECT_LT(large_answer.at("policy")[kWidth], -4000);  // off the board
}

}  // namespace
}  // namespace lathe
