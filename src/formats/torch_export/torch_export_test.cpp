#include "formats/torch_export/read.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "formats/torch/run_graph_test.h"
#include "formats/torch_export/expression.h"
#include "formats/torch_export/program_maker_test.h"

namespace lathe::formats::torch_export {
namespace {

using namespace testing;
using torch::testing::expect_near;
using torch::testing::run_graph;
using torch::testing::shared;

Result<graph::Checkpoint> opened(const Entries& entries) { return read(shared(zipped(entries)), "x.pt2"); }
std::string error_of(const Entries& entries) {
    const auto checkpoint = opened(entries);
    return checkpoint ? "" : checkpoint.error().message;
}
std::string error_of(const ProgramMaker& program) { return error_of(program.entries(3)); }

std::vector<Tensor> results_of(const ProgramMaker& program, const std::vector<Tensor>& inputs,
                               int generation = 3) {
    const auto checkpoint = opened(program.entries(generation));
    if (!checkpoint) {
        ADD_FAILURE() << checkpoint.error().message;
        return {};
    }
    return run_graph(*checkpoint->graph, inputs);
}

// relu(x @ wᵀ + b) * c, then two rows side by side; the batch is open.
ProgramMaker small_program() {
    ProgramMaker p;
    p.parameter("p_fc_weight", "fc.weight", Tensor::of<float>({2, 3}, {1, 2, 3, -1, 0, 1}));
    p.buffer("b_fc_bias", "fc.bias", Tensor::of<float>({2}, {0.5f, -0.5f}));
    p.constant("c_scale", "scale", Tensor::scalar<float>(2));
    p.input("x", kFloat, Json::array({size("s0"), size(3)}));
    p.ranges["s0"] = {{"min_val", 2}, {"max_val", nullptr}};
    p.op("linear.default",
         {{"input", tensor_arg("x")},
          {"weight", tensor_arg("p_fc_weight")},
          {"bias", tensor_arg("b_fc_bias")}},
         "linear");
    p.op("relu.default", {{"self", tensor_arg("linear")}}, "relu");
    p.op("mul.Tensor", {{"self", tensor_arg("relu")}, {"other", tensor_arg("c_scale")}}, "mul");
    p.sym_int_values["sym_size_int"] = size("s0");
    p.node("torch.ops.aten.sym_size.int", {{"self", tensor_arg("x")}, {"dim", int_arg(0)}},
           Json::array({{{"as_sym_int", {{"as_name", "sym_size_int"}}}}}));
    p.op(
        "view.default",
        {{"self", tensor_arg("mul")},
         {"size",
          {{"as_sym_ints", Json::array({{{"as_name", "sym_size_int"}}, {{"as_int", 1}}, {{"as_int", 2}}})}}}},
        "view");
    p.output("view");
    return p;
}

TEST(TorchExport, AllThreeLayoutsGiveTheSameGraph) {
    const Tensor x = Tensor::of<float>({2, 3}, {1, 1, 1, -4, 0, 2});
    for (const int generation : {1, 2, 3}) {
        SCOPED_TRACE(generation);
        const auto checkpoint = opened(small_program().entries(generation));
        ASSERT_TRUE(checkpoint) << checkpoint.error().message;
        EXPECT_EQ(checkpoint->format, "torch.export");
        ASSERT_EQ(checkpoint->tensors.size(), 3u);
        EXPECT_EQ(checkpoint->tensors[0].name, "fc.weight");
        const graph::Graph& graph = *checkpoint->graph;
        EXPECT_EQ(graph[graph.inputs[0]].name, "x");
        EXPECT_EQ(graph::to_string(graph[graph.inputs[0]].shape), "[s0, 3]");
        EXPECT_EQ(graph[graph.outputs[0]].name, "output");
        EXPECT_EQ(graph::to_string(graph[graph.outputs[0]].shape), "[s0, 1, 2]");
        EXPECT_NE(graph.find("fc.weight"), graph::kNoValue);
        EXPECT_EQ(graph.metadata.at("range s0"), "2 to any");
        // 6.5 and -0.5 of the first row, 2.5 and 5.5 of the second; negatives cut, doubled.
        expect_near(run_graph(graph, {x})[0], {2, 1, 2}, {13, 0, 5, 11});
    }
}

TEST(TorchExport, MatchesByBytes) {
    for (const int generation : {1, 2, 3})
        EXPECT_EQ(match(shared(zipped(small_program().entries(generation))).bytes(), "x"), Match::kCertain);
    EXPECT_EQ(match(shared(zipped({{"a/data.pkl", "x"}})).bytes(), "x.pt2"), Match::kNo);
    EXPECT_EQ(match(shared("PK").bytes(), "x.pt2"), Match::kNo);
}

TEST(TorchExport, ParametersMayShareAStorage) {
    ProgramMaker p;
    p.parameter("a", "a", Tensor::of<float>({4}, {1, 2, 3, 4}));
    p.parameter("b", "b", Tensor::of<float>({1}, {0}));
    p.input("x", kFloat, Json::array({size(2)}));
    p.op("add.Tensor", {{"self", tensor_arg("x")}, {"other", tensor_arg("b")}}, "y");
    p.output("y");
    Entries entries = p.entries(3);
    for (auto& [name, content] : entries) {
        if (!name.ends_with("weights_config.json")) continue;
        Json config = *parse_json(content);
        Json& b = config["config"]["b"];
        b["path_name"] = "weight_0";
        b["tensor_meta"]["sizes"] = Json::array({size(2)});
        b["tensor_meta"]["strides"] = Json::array({size(2)});
        b["tensor_meta"]["storage_offset"] = size(1);
        content = to_text(config);
        const auto checkpoint = opened(entries);
        ASSERT_TRUE(checkpoint) << checkpoint.error().message;
        expect_near(run_graph(*checkpoint->graph, {Tensor::of<float>({2}, {10, 20})})[0], {2}, {12, 24});
        b["tensor_meta"]["storage_offset"] = size(2);
        content = to_text(config);
        EXPECT_NE(error_of(entries).find("reach beyond the 4 elements"), std::string::npos)
            << error_of(entries);
        return;
    }
    FAIL() << "no configuration of the weights";
}

TEST(TorchExport, ReadsEveryResultOfAnOperator) {
    ProgramMaker p;
    p.input("x", kFloat, Json::array({size(2), size(4)}));
    p.node("torch.ops.aten.split.Tensor",
           {{"self", tensor_arg("x")}, {"split_size", int_arg(3)}, {"dim", int_arg(1)}},
           Json::array({{{"as_tensors", Json::array({{{"name", "a"}}, {{"name", "b"}}})}}}));
    p.node("torch.ops.aten.max.dim", {{"self", tensor_arg("a")}, {"dim", int_arg(1)}},
           Json::array({tensor_arg("values"), tensor_arg("indices")}));
    p.output("b");
    p.output("values");
    p.output("indices");
    const auto y = results_of(p, {Tensor::of<float>({2, 4}, {1, 5, 2, 7, 8, 3, 4, 9})});
    ASSERT_EQ(y.size(), 3u);
    expect_near(y[0], {2, 1}, {7, 9});
    expect_near(y[1], {2}, {5, 8});
    expect_near(y[2], {2}, {1, 0});
}

// softmax(q kᵀ / sqrt(E)) v in double precision; `causal`: key j is seen by queries from j on.
std::vector<double> attention(const Tensor& q, const Tensor& k, const Tensor& v, bool causal) {
    const auto a = q.to_doubles(), b = k.to_doubles(), c = v.to_doubles();
    const int64_t heads = q.dim(0) * q.dim(1), t = q.dim(2), s = k.dim(2), e = q.dim(3);
    std::vector<double> y(a.size(), 0);
    for (int64_t h = 0; h < heads; ++h)
        for (int64_t i = 0; i < t; ++i) {
            std::vector<double> p(static_cast<size_t>(s), 0);
            double sum = 0;
            for (int64_t j = 0; j < s; ++j) {
                if (causal && j > i) continue;
                double dot = 0;
                for (int64_t d = 0; d < e; ++d)
                    dot += a[static_cast<size_t>((h * t + i) * e + d)] *
                           b[static_cast<size_t>((h * s + j) * e + d)];
                sum += p[static_cast<size_t>(j)] = std::exp(dot / std::sqrt(static_cast<double>(e)));
            }
            for (int64_t j = 0; j < s; ++j)
                for (int64_t d = 0; d < e; ++d)
                    y[static_cast<size_t>((h * t + i) * e + d)] +=
                        p[static_cast<size_t>(j)] / sum * c[static_cast<size_t>((h * s + j) * e + d)];
        }
    return y;
}

TEST(TorchExport, AttendsAsItsFormulaSays) {
    std::mt19937 random(3);
    std::vector<float> values(2 * 2 * 5 * 4);
    const auto made = [&] {
        for (float& v : values) v = std::uniform_real_distribution<float>(-1, 1)(random);
        return Tensor::of<float>({2, 2, 5, 4}, std::span<const float>(values));
    };
    const Tensor q = made(), k = made(), v = made();
    for (const bool causal : {false, true}) {
        ProgramMaker p;
        for (const char* name : {"q", "k", "v"})
            p.input(name, kFloat, Json::array({size("s0"), size(2), size("s1"), size(4)}));
        p.op("scaled_dot_product_attention.default",
             {{"query", tensor_arg("q")},
              {"key", tensor_arg("k")},
              {"value", tensor_arg("v")},
              {"attn_mask", none_arg()},
              {"dropout_p", {{"as_float", 0.0}}},
              {"is_causal", {{"as_bool", causal}}}},
             "y");
        p.output("y");
        expect_near(results_of(p, {q, k, v})[0], {2, 2, 5, 4}, attention(q, k, v, causal));
    }
}

TEST(TorchExport, NormalisesAsTheFormulasSay) {
    ProgramMaker p;
    p.input("x", kFloat, Json::array({size(1), size(2), size(2)}));
    p.parameter("w", "w", Tensor::of<float>({2}, {1, 2}));
    p.op("rms_norm.default",
         {{"input", tensor_arg("x")},
          {"normalized_shape", ints_arg({2})},
          {"weight", tensor_arg("w")},
          {"eps", {{"as_float", 0.5}}}},
         "rms");
    p.node("torch.ops.aten._native_batch_norm_legit_no_training.default",
           {{"input", tensor_arg("x")},
            {"weight", tensor_arg("w")},
            {"bias", none_arg()},
            {"running_mean", tensor_arg("w")},
            {"running_var", tensor_arg("w")},
            {"momentum", {{"as_float", 0.1}}},
            {"eps", {{"as_float", 1.0}}}},
           Json::array({tensor_arg("bn"), tensor_arg("bn_mean"), tensor_arg("bn_std")}));
    p.output("rms");
    p.output("bn");
    const auto y = results_of(p, {Tensor::of<float>({1, 2, 2}, {3, 4, 1, -1})});
    ASSERT_EQ(y.size(), 2u);
    const double r0 = std::sqrt(25.0 / 2 + 0.5), r1 = std::sqrt(1.5);
    expect_near(y[0], {1, 2, 2}, {3 / r0, 8 / r0, 1 / r1, -2 / r1});
    expect_near(y[1], {1, 2, 2},
                {2 / std::sqrt(2.0), 3 / std::sqrt(2.0), -2 / std::sqrt(3.0), -6 / std::sqrt(3.0)});
}

TEST(TorchExport, WritesThroughViews) {
    ProgramMaker p;  // a[:, 1] = 0 of a copy, before functionalisation
    p.input("x", kFloat, Json::array({size(2), size(3)}));
    p.op("clone.default", {{"self", tensor_arg("x")}}, "a");
    p.op("select.int", {{"self", tensor_arg("a")}, {"dim", int_arg(1)}, {"index", int_arg(1)}}, "column");
    p.op("fill_.Scalar", {{"self", tensor_arg("column")}, {"value", int_arg(0)}}, "filled");
    p.op("add.Tensor", {{"self", tensor_arg("a")}, {"other", tensor_arg("x")}}, "y");
    p.output("y");
    expect_near(results_of(p, {Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6})})[0], {2, 3},
                {2, 2, 6, 8, 5, 12});
}

TEST(TorchExport, PutsGraphsOfSettingsInPlace) {
    ProgramMaker inner, p;
    inner.op("neg.default", {{"self", tensor_arg("arg0")}}, "neg");
    Json graph{{"inputs", Json::array({tensor_arg("arg0")})},
               {"outputs", Json::array({tensor_arg("neg")})},
               {"nodes", inner.nodes},
               {"tensor_values", Json::object()},
               {"sym_int_values", Json::object()},
               {"sym_bool_values", Json::object()}};
    p.input("x", kFloat, Json::array({size(2)}));
    p.node("torch.ops.higher_order.wrap_with_set_grad_enabled",
           {{"", {{"as_bool", false}}},
            {"", {{"as_graph", {{"name", "submod_1"}, {"graph", graph}}}}},
            {"", tensor_arg("x")}},
           Json::array({{{"as_tensors", Json::array({{{"name", "getitem"}}})}}}));
    p.output("getitem");
    expect_near(results_of(p, {Tensor::of<float>({2}, {1, -2})})[0], {2}, {-1, 2});
}

TEST(TorchExport, ListsEveryOperatorThatLatheLacks) {
    ProgramMaker p;
    p.input("x", kFloat, Json::array({size(2), size(2)}));
    p.op("fft_rfft.default", {{"self", tensor_arg("x")}}, "fft");
    p.op("relu.default", {{"self", tensor_arg("fft")}}, "relu");
    p.op("linalg_inv.default", {{"self", tensor_arg("x")}}, "inv");
    p.op("add.out", {{"self", tensor_arg("x")}}, "out");
    p.output("relu");
    const std::string error = error_of(p);
    for (const char* part : {"operators that Lathe does not have", "aten::fft_rfft.default ('fft')",
                             "aten::linalg_inv.default ('inv')", "aten::add.out"})
        EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(TorchExport, RefusesWhatAGraphCannotSay) {
    auto p = small_program();
    p.major_version = 7;
    EXPECT_NE(error_of(p).find("schema version 7, expected 8"), std::string::npos) << error_of(p);
    p = small_program();
    p.output_specs.push_back({{"buffer_mutation", {{"arg", {{"name", "mul"}}}, {"buffer_name", "fc.bias"}}}});
    EXPECT_NE(error_of(p).find("buffer_mutation"), std::string::npos) << error_of(p);
    p = small_program();
    p.weights.erase(p.weights.begin());
    EXPECT_NE(error_of(p).find("no tensor 'fc.weight'"), std::string::npos) << error_of(p);
    p = small_program();
    p.meta("relu", kFloat, Json::array({size("s0"), size(5)}));
    EXPECT_NE(error_of(p).find("the program says [s0, 5]"), std::string::npos) << error_of(p);
    auto entries = small_program().entries(3);
    entries[1].second = "1";
    EXPECT_NE(error_of(entries).find("archive_version is '1'"), std::string::npos) << error_of(entries);
}

TEST(TorchExport, ReadsSizesInBothSpellings) {
    const std::pair<const char*, const char*> cases[] = {
        {"s0", "s0"},
        {"2*s0 + 1", "2*s0 + 1"},
        {"-s0 + 5", "-s0 + 5"},
        {"(s0//2)", "floordiv(s0, 2)"},
        {"FloorDiv(s0, 2)", "floordiv(s0, 2)"},
        {"s0**2", "s0*s0"},
        {"Max(1, s0)", "max(1, s0)"},
        {"Mod(s0 + 1, 3)", "mod(s0 + 1, 3)"},
        {"Symbol('s77', positive=True, integer=True)", "s77"},
        {"Add(Mul(Integer(2), Symbol('s0', integer=True)), Integer(-1))", "2*s0 - 1"},
        {"Pow(Symbol('s0', integer=True), Integer(2))", "s0*s0"},
        {"FloorDiv(Add(Symbol('s1', integer=True), Integer(1)), Integer(2))", "floordiv(s1 + 1, 2)"},
        {"7", "7"},
    };
    for (const auto& [text, expected] : cases) {
        const auto parsed = parse_expression(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        EXPECT_EQ(parsed->text(), graph::Dim::parse(expected)->text()) << text;
    }
    for (const char* text : {"", "s0 +", "Mod(s0, 0)", "s0//0", "1.5", "Foo(s0)", "Symbol(s0", "s0 s1",
                             "s0**s1", "Max()", "s0**999"})
        EXPECT_FALSE(parse_expression(text)) << text;
    EXPECT_FALSE(parse_expression(std::string(100'000, '(')));
    EXPECT_FALSE(parse_expression(std::string(100'000, '-') + "1"));
}

TEST(TorchExport, DamagedFilesAreErrorsOrLegalGraphs) {
    const std::string whole = zipped(small_program().entries(3));
    for (size_t length = 0; length < whole.size(); length += 7)
        EXPECT_FALSE(read(shared(whole.substr(0, length)), "x.pt2"));
    // The program's own text, with bits flipped and with bytes missing.
    auto entries = small_program().entries(1);
    const std::string json = entries[1].second;
    for (size_t i = 0; i < json.size(); i += 3) {
        entries[1].second = json;
        entries[1].second[i] ^= static_cast<char>(1 << (i % 7));
        (void)opened(entries);
        entries[1].second = json.substr(0, i) + json.substr(i + 1);
        (void)opened(entries);
    }
}

}  // namespace
}  // namespace lathe::formats::torch_export
