// `lathe bench`: what its report has, what it says of bad use, and the comparison where ONNX Runtime is installed.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "places.h"
#include "program.h"

namespace lathe::cli_test {
namespace {

using nlohmann::json;

constexpr const char* kSpeedFields[] = {"load_ms", "first_ms",   "median_ms", "p90_ms",   "p99_ms",
                                        "min_ms",  "throughput", "gflops",    "gb_per_s", "peak_mb"};

void expect_sane_speed(const json& speed) {
    for (const char* field : kSpeedFields) {
        ASSERT_TRUE(speed.contains(field)) << field;
        EXPECT_GT(speed[field].get<double>(), 0) << field;
    }
    EXPECT_LE(speed["min_ms"], speed["median_ms"]);
    EXPECT_LE(speed["median_ms"], speed["p90_ms"]);
    EXPECT_LE(speed["p90_ms"], speed["p99_ms"]);
    EXPECT_LT(speed["load_ms"], speed["first_ms"]);
}

class BenchTest : public CliTest {
protected:
    json report(const std::string& arguments, const std::string& before = "") const {
        const Outcome outcome = lathe("bench " + arguments + " --json", before);
        EXPECT_EQ(outcome.status, 0) << outcome.err << outcome.out;
        return outcome.status == 0 ? json::parse(outcome.out) : json();
    }
};

TEST_F(BenchTest, ReportsSpeedsBesideTheLimits) {
    const std::string net = demo_net();
    const json r = report("'" + net + "' --batch 3 --sizes height=9,width=9 --threads 2 --runs 5");
    expect_sane_speed(r);
    EXPECT_EQ(r["runs"], 5);
    EXPECT_EQ(r["batch"], 3);
    EXPECT_EQ(r["threads"], 2);
    EXPECT_EQ(r["engine"], "cpu");
    EXPECT_NE(r["inputs"].get<std::string>().find("bin_input f32[3, 22, 9, 9]"), std::string::npos);
    const double median = r["median_ms"];
    EXPECT_NEAR(r["throughput"].get<double>(), 3000 / median, 1e-3 * 3000 / median);
    EXPECT_NEAR(r["gflops"].get<double>(), r["flops"].get<double>() / median * 1e-6, 1e-3);
    for (const char* which : {"one", "all"}) {
        EXPECT_GT(r["limits"][which]["gflops"].get<double>(), 0.1);
        EXPECT_GT(r["limits"][which]["read_gb_per_s"].get<double>(), 0.1);
    }
    EXPECT_GT(r["share_of_peak"].get<double>(), 0);
    EXPECT_FALSE(r.contains("onnxruntime"));
    EXPECT_FALSE(r.contains("profile"));
}

TEST_F(BenchTest, ProfilesByOperator) {
    const std::string bench =
        "test_vit --random-weights --engine reference --runs 2 --profile --trace '" + at("t.json") + "'";
    const json r = report(bench);
    const json& profile = r["profile"];
    double share = 0;
    bool products = false;
    for (const json& row : profile["operators"]) {
        share += row["share"].get<double>();
        products = products || row["op"] == "matmul";
        EXPECT_TRUE(row["bound"] == "compute" || row["bound"] == "memory" || row["bound"] == "overhead");
    }
    EXPECT_TRUE(products) << profile["operators"];
    EXPECT_GT(share, 0.5);
    EXPECT_LT(share, 1.001);
    EXPECT_GE(profile["steps"].size(), profile["operators"].size());

    const json trace = json::parse(slurp(at("t.json")));
    double last = -1;
    size_t steps = 0;
    for (const json& event : trace["traceEvents"]) {
        if (event["ph"] == "M") continue;
        EXPECT_EQ(event["ph"], "X");
        EXPECT_GE(event["dur"].get<double>(), 0);
        EXPECT_GE(event["ts"].get<double>(), last);
        last = event["ts"];
        steps += event["cat"] == "step";
    }
    EXPECT_GE(steps, profile["steps"].size());
    const Outcome text = lathe("bench " + bench);
    EXPECT_NE(text.out.find("matmul"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("bound by"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("wrote "), std::string::npos) << text.out;
}

TEST_F(BenchTest, SaysBadUseAndModelsThatDoNotRun) {
    for (const char* arguments :
         {"", "x.onnx --engine gpu", "x.onnx --batch 0", "x.onnx --compare tensorrt", "x.onnx --seconds -1",
          "x.onnx --runs 3 --seconds 1", "x.onnx --isa vax", "x.onnx --threads none"})
        EXPECT_EQ(lathe(std::string("bench ") + arguments).status, 2) << arguments;
    const auto fails = [&](const std::string& arguments, const std::string& words) {
        const Outcome outcome = lathe("bench " + arguments);
        EXPECT_EQ(outcome.status, 1) << arguments;
        EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
    };
    fails("'" + at("none.onnx") + "'", "cannot open the file");
    fails("resnet18", "--random-weights");
    const std::string net = demo_net();
    fails("'" + net + "' --precision f16", "does not compute in 'f16'; it has: f32, bf16, int8");
    fails("'" + net + "' --sizes depth=3", "batch, height, width");
    ASSERT_EQ(lathe("export onnx '" + net + "' -o '" + at("one.onnx") + "' --fix batch=1 --no-verify").status,
              0);
    fails("'" + at("one.onnx") + "' --batch 2", "a batch of 2 does not fit");
    const Outcome unwritten = lathe("bench '" + net + "' --runs 1 --trace '" + at("no/t.json") + "'");
    EXPECT_EQ(unwritten.status, 1);
}

TEST_F(BenchTest, ComparesWithOnnxRuntime) {
    const std::string modules = std::string(kRepository) + "/tests/node/node_modules";
    if (!std::filesystem::exists(modules + "/onnxruntime-node")) GTEST_SKIP() << "./dev setup installs it";
    const std::string before = "NODE_PATH='" + modules + "' TMPDIR='" + at("") + "' ";
    for (const std::string& model :
         {"'" + demo_net() + "' --engine reference --batch 2 --sizes height=9,width=9",
          std::string("mobilenetv3_small_050 --random-weights")}) {
        const json r = report(model + " --runs 4 --threads 1 --compare onnxruntime", before);
        ASSERT_TRUE(r.contains("onnxruntime"));
        const json& other = r["onnxruntime"];
        expect_sane_speed(other);
        EXPECT_EQ(other["runs"], 4);
        EXPECT_TRUE(other["agrees"].get<bool>());
        EXPECT_LT(other["largest_error"].get<double>(), 1e-3);
        EXPECT_NEAR(r["ratio"].get<double>(), other["median_ms"].get<double>() / r["median_ms"].get<double>(),
                    1e-6);
    }
    EXPECT_EQ(listing().size(), 1u);  // nothing is left but the network
}

TEST_F(BenchTest, SaysHowToGetOnnxRuntime) {
    const Outcome none =
        lathe("bench '" + demo_net() + "' --runs 1 --sizes height=9,width=9 --compare onnxruntime",
              "cd '" + at("") + "'; NODE_PATH= ");
    EXPECT_EQ(none.status, 1);
    EXPECT_NE(none.err.find("npm install onnxruntime-node"), std::string::npos) << none.err;
}

}  // namespace
}  // namespace lathe::cli_test
