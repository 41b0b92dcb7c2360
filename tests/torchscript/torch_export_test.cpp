// Programs of torch.export that we write, read back by us: every operator's samples, networks with open sizes, and files
// that are damaged.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "../onnx/test_data.h"
#include "base/file.h"
#include "formats/torch_export/read.h"
#include "formats/torch_export/write.h"
#include "formats/torchscript/read.h"
#include "formats/torchscript/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "pipeline/export.h"
#include "run/reference.h"

namespace lathe {
namespace {

TEST(TorchExportSamples, TheReaderAgreesWithTheKernels) {
    int same = 0, unwritten = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            const auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            const auto bytes = formats::torch_export::to_bytes(sample->graph);
            if (!bytes) {
                ++unwritten;
                continue;
            }
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            ASSERT_TRUE(expected.has_value()) << place;
            const auto read = formats::torch_export::read(SharedBytes::from_vector(*bytes), "sample");
            EXPECT_TRUE(read.has_value()) << place << ": " << (read ? "" : read.error().message);
            if (!read) continue;
            const auto again = run::run_reference(*read->graph, sample->inputs);
            EXPECT_TRUE(again.has_value()) << place << ": " << (again ? "" : again.error().message);
            if (!again) continue;
            for (size_t k = 0; k < expected->size(); ++k)
                EXPECT_EQ(onnx_data::difference((*again)[k], (*expected)[k], 4e-3, 4e-5), "") << place;
            ++same;
        }
    std::printf("torch.export: %d samples read back, %d not written\n", same, unwritten);
    EXPECT_GT(same, 540);
}

// A network with open sizes of all kinds, run at two sizes from one file.
constexpr std::string_view kOpenSizes = R"(graph "open" {
  input x: f32[batch, 3, height, width]
  const w: f32[4, 3, 3, 3] 
  c = conv(x, w, pads=[1, 1, 1, 1], strides=[2, 2])
  r = relu(c)
  t = transpose(r, perm=[0, 2, 3, 1])
  flat = reshape(t, shape=[0, -1, 4])
  m = reduce_mean(flat, axes=[1], keepdims=false)
  output flat
  output m
})";

Result<Tensor> weights(std::string_view, DType dtype, const Shape& shape) {
    return Tensor::filled(dtype, shape, 0.125);
}

TEST(TorchExportModels, SizesStayOpenUnderTheirNames) {
    const auto graph = graph::parse_text(kOpenSizes, ops::find_op, weights);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    for (const bool script : {false, true}) {
        const auto bytes =
            script ? formats::torchscript::to_bytes(*graph) : formats::torch_export::to_bytes(*graph);
        ASSERT_TRUE(bytes.has_value()) << bytes.error().message;
        const auto file = SharedBytes::from_vector(*bytes);
        const auto read =
            script ? formats::torchscript::read(file, "x") : formats::torch_export::read(file, "x");
        ASSERT_TRUE(read.has_value()) << read.error().message;
        const graph::Graph& again = *read->graph;
        EXPECT_EQ(graph::to_string(again[again.inputs[0]].shape), "[batch, 3, height, width]");
        EXPECT_EQ(again[again.outputs[1]].name, "m");
        for (const Shape& shape : {Shape{1, 3, 5, 8}, Shape{2, 3, 4, 7}}) {
            const std::vector<Tensor> x{Tensor::filled(DType::kF32, shape, 0.5)};
            const auto expected = run::run_reference(*graph, x), found = run::run_reference(again, x);
            ASSERT_TRUE(expected.has_value() && found.has_value());
            for (size_t k = 0; k < 2; ++k)
                EXPECT_EQ(onnx_data::difference((*found)[k], (*expected)[k], 1e-6, 1e-6), "");
        }
    }
}

TEST(TorchExportModels, NetworksAreReadBackEqual) {
    const auto folder = std::filesystem::path(testing::TempDir()) / ("lathe_pt2_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    for (const std::string name : {"mobilenetv3_small_050", "vit_tiny_patch16_224"})
        for (const std::string precision : {"fp32", "bf16"}) {
            if (precision == "bf16" && name != "mobilenetv3_small_050") continue;
            pipeline::ExportOptions options;
            options.format = "torch-export";
            options.precision = precision;
            options.output = (folder / (name + ".pt2")).string();
            options.model.random_weights = true;
            const auto report = pipeline::export_model(name, options, {});
            ASSERT_TRUE(report.has_value()) << name << ": " << report.error().message;
            EXPECT_TRUE(report->comparison && report->comparison->passed()) << name << " " << precision;
        }
    std::filesystem::remove_all(folder);
}

// What a file says is looked at before it is believed: cut anywhere, or with a byte changed, it is read or refused.
TEST(TorchFiles, DamagedOnesAreReadOrRefused) {
    const auto graph = graph::parse_text(kOpenSizes, ops::find_op, weights);
    for (const bool script : {false, true}) {
        const auto bytes =
            script ? formats::torchscript::to_bytes(*graph) : formats::torch_export::to_bytes(*graph);
        ASSERT_TRUE(bytes.has_value());
        const auto try_to_read = [&](std::vector<std::byte> damaged) {
            const auto file = SharedBytes::from_vector(std::move(damaged));
            const auto read =
                script ? formats::torchscript::read(file, "x") : formats::torch_export::read(file, "x");
            EXPECT_TRUE(read.has_value() || !read.error().message.empty());
            return read.has_value();
        };
        for (size_t size = 0; size < bytes->size(); ++size)
            EXPECT_FALSE(
                try_to_read(std::vector(bytes->begin(), bytes->begin() + static_cast<ptrdiff_t>(size))))
                << size;
        for (size_t i = 0; i < bytes->size(); i += 97) {
            auto damaged = *bytes;
            damaged[i] ^= std::byte{1} << (i % 8);
            try_to_read(std::move(damaged));
        }
    }
}

}  // namespace
}  // namespace lathe
