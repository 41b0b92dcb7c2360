// Whole networks as ExecuTorch programs: read back and compared with the source by the CPU engine, read by flatc with
// ExecuTorch's schema, and run by ExecuTorch's own runtime where it is at hand. Prints the table that docs/executorch.md
// holds.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "executorch_program.h"
#include "formats/executorch/program.h"
#include "formats/executorch/read.h"
#include "formats/executorch/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "pipeline/engines.h"
#include "pipeline/execute.h"
#include "pipeline/export.h"

namespace lathe::executorch_data {
namespace {

namespace fs = std::filesystem;

std::string shared_nets() {
    const char* shared = std::getenv("LATHE_SHARED");
    return std::string(shared != nullptr ? shared : "../shared") + "/data/katago/nets/";
}

struct Net {
    std::string name, source;
    bool random_weights;
    graph::Bindings sizes = {};
};

std::vector<Net> nets() {
    std::vector<Net> list;
    for (const char* name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                             "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true});
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"}) {
        const std::string file = shared_nets() + net + ".bin.gz";
        if (file_exists(file))
            list.push_back({net.substr(0, net.find('-')), file, false, {{"height", 19}, {"width", 19}}});
    }
    return list;
}

class Executorch : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("lathe_executorch_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    pipeline::ExportOptions options_for(const Net& net, const std::string& precision) const {
        pipeline::ExportOptions options;
        options.format = "executorch";
        options.precision = precision;
        options.fixed = net.sizes;
        options.output = (folder_ / (net.name + "-" + precision + ".pte")).string();
        options.model.random_weights = net.random_weights;
        return options;
    }

    fs::path folder_;
};

struct Found {
    double error = 0, scale = 0;
    bool lacking = false;  // a kernel that the driver was built without
    void add(const Tensor& actual, const Tensor& expected) {
        const auto a = actual.to_doubles(), b = expected.to_doubles();
        ASSERT_EQ(a.size(), b.size());
        for (size_t k = 0; k < a.size(); ++k) {
            error = std::max(error, std::isnan(a[k]) ? INFINITY : std::fabs(a[k] - b[k]));
            scale = std::max(scale, std::fabs(b[k]));
        }
    }
    double ratio() const { return error / std::max(scale, 1e-30); }
};

// The file read back, and run by ExecuTorch, on inputs by rule.
void compare(const Net& net, const std::string& path, const std::string& folder, Found& ours, Found& theirs) {
    const auto source = pipeline::open_model(net.source, {.random_weights = net.random_weights});
    const auto written = pipeline::open_model(path, {});
    ASSERT_TRUE(source.has_value());
    ASSERT_TRUE(written.has_value()) << written.error().message;
    std::string described;
    graph::Bindings sizes = net.sizes;
    sizes["batch"] = 1;
    const auto sets = pipeline::trial_inputs(source->graph, sizes, 1, described);
    ASSERT_TRUE(sets.has_value()) << sets.error().message;
    const auto expected = pipeline::plan_for(source->graph, {}),
               found = pipeline::plan_for(written->graph, {});
    ASSERT_TRUE(expected.has_value() && found.has_value());
    for (const auto& set : *sets) {
        const auto desired = (*expected)->run(*check::inputs_in_order(source->graph, set));
        const auto inputs = check::inputs_in_order(written->graph, set);
        const auto actual = (*found)->run(*inputs);
        ASSERT_TRUE(desired.has_value() && actual.has_value());
        for (size_t i = 0; i < desired->size(); ++i) ours.add((*actual)[i], (*desired)[i]);
        if (!executorch_missing().empty()) continue;
        ExecutorchJob job{path, *inputs, {}};
        for (const Tensor& tensor : *actual) job.outputs.emplace_back(tensor.dtype(), tensor.shape());
        const auto answers = run_executorch({&job, 1}, folder);
        if (!answers[0] && answers[0].error().message.find("(error 20)") != std::string::npos) {
            theirs.lacking = true;  // this driver was built without one of the kernels
            continue;
        }
        ASSERT_TRUE(answers[0].has_value()) << answers[0].error().message;
        for (size_t i = 0; i < desired->size(); ++i) theirs.add((*answers[0])[i], (*desired)[i]);
    }
}

TEST_F(Executorch, NetworksReadBackAndRunAsTheirSources) {
    const bool runs = executorch_missing().empty(), flatc = flatc_missing().empty();
    if (!runs) std::printf("not run by ExecuTorch: %s\n", executorch_missing().c_str());
    if (!flatc) std::printf("not read by flatc: %s\n", flatc_missing().c_str());
    std::printf(
        "| network | precision | file | planned | error read back | error in ExecuTorch | largest output |\n"
        "|---|---|---|---|---|---|---|\n");
    for (const Net& net : nets())
        for (const std::string precision : {"fp32", "fp16"}) {
            if (precision != "fp32" && net.name != "mobilenetv3_small_100") continue;
            SCOPED_TRACE(net.name + " " + precision);
            auto options = options_for(net, precision);
            options.verify = false;
            const auto report = pipeline::export_model(net.source, options, {});
            ASSERT_TRUE(report.has_value()) << report.error().message;
            Found ours, theirs;
            compare(net, options.output, folder_.string(), ours, theirs);
            if (flatc) {
                EXPECT_EQ(read_by_flatc("program.fbs", options.output), "");
            }
            const auto file = map_file(options.output);
            const auto read = formats::executorch::parse(*file);
            ASSERT_TRUE(read.has_value());
            uint64_t planned = 0;
            for (const uint64_t bytes : read->method.buffer_bytes) planned += bytes;
            const double limit = precision == "fp32" ? 2e-5 : 2e-2;
            std::printf("| %s | %s | %.2f MB | %.2f MB | %.2g | %s | %.3g |\n", net.name.c_str(),
                        precision.c_str(), static_cast<double>(report->output_bytes) / 1e6,
                        static_cast<double>(planned) / 1e6, ours.error,
                        !runs            ? "not run"
                        : theirs.lacking ? "not run: the driver lacks a kernel"
                                         : format("{:.2g}", theirs.error).c_str(),
                        ours.scale);
            std::fflush(stdout);
            EXPECT_LE(ours.ratio(), limit);
            EXPECT_LE(theirs.ratio(), limit);
            fs::remove(options.output);
        }
}

TEST_F(Executorch, TwoRunsGiveTheSameBytesAndAnInterruptedOneNothing) {
    const Net net{"mobilenetv3_small_050", "mobilenetv3_small_050", true};
    auto options = options_for(net, "fp32");
    const auto report = pipeline::export_model(net.source, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->comparison->passed());
    const std::string first = options.output;
    options.output = (folder_ / "again.pte").string();
    ASSERT_TRUE(pipeline::export_model(net.source, options, {}).has_value());
    EXPECT_TRUE(std::ranges::equal(map_file(first)->bytes(), map_file(options.output)->bytes()));
    fs::create_directories(folder_ / "taken.pte");
    options.output = (folder_ / "taken.pte").string();
    EXPECT_FALSE(pipeline::export_model(net.source, options, {}).has_value());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 3);
}

TEST_F(Executorch, OpenSizesAreRefusedWithTheWayOut) {
    const std::string net = shared_nets() + "g170-b6c96-s175395328-d26788732.bin.gz";
    if (!file_exists(net)) GTEST_SKIP() << net << " is not here";
    const auto options = options_for({"open", net, false}, "fp32");
    const auto report = pipeline::export_model(net, options, {});
    ASSERT_FALSE(report.has_value());
    EXPECT_NE(report.error().message.find("--fix"), std::string::npos) << report.error().message;
}

// What a file says is looked at before it is believed: cut anywhere, or with a bit turned, it is read or refused.
TEST(ExecutorchFiles, DamagedOnesAreReadOrRefused) {
    const auto weights = [](std::string_view, DType dtype, const Shape& shape) -> Result<Tensor> {
        return Tensor::filled(dtype, shape, 0.125);
    };
    constexpr std::string_view kNet = R"(graph "small" {
  input x: f32[1, 3, 4, 4]
  const w: f32[4, 3, 3, 3]
  c = conv(x, w, pads=[1, 1, 1, 1])
  r = relu(c)
  a, b = split(r, axis=1, num_outputs=2)
  s = silu(a)
  m = mul(s, b)
  output m
})";
    const auto graph = graph::parse_text(kNet, ops::find_op, weights);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    const auto bytes = formats::executorch::to_bytes(*graph);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
    const auto try_to_read = [&](std::vector<std::byte> damaged) {
        const auto read = formats::executorch::read(SharedBytes::from_vector(std::move(damaged)), "x");
        EXPECT_TRUE(read.has_value() || !read.error().message.empty());
        return read.has_value();
    };
    ASSERT_TRUE(try_to_read(*bytes));
    for (size_t size = 0; size < bytes->size(); ++size)
        EXPECT_FALSE(try_to_read(std::vector(bytes->begin(), bytes->begin() + static_cast<ptrdiff_t>(size))))
            << size;
    int refused = 0;
    for (size_t i = 0; i < bytes->size(); ++i)
        for (const int bit : {static_cast<int>(i % 8), 7}) {
            auto damaged = *bytes;
            damaged[i] ^= std::byte{1} << bit;
            refused += !try_to_read(std::move(damaged));
        }
    EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace lathe::executorch_data
