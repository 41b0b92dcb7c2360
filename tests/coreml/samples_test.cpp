// Every operator's samples, written as Core ML packages: their messages looked at by protoc, their operations against MIL's
// definitions, and read back by us.
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "../onnx/test_data.h"
#include "base/file.h"
#include "checks.h"
#include "formats/all.h"
#include "formats/coreml/messages.h"
#include "formats/coreml/write.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"

namespace lathe::coreml_data {
namespace {

using graph::Graph;

void hold_operands(ops::SampleGraph& sample) {
    Graph& graph = sample.graph;
    for (size_t i = 1; i < graph.inputs.size(); ++i) graph[graph.inputs[i]].constant = sample.inputs[i];
    graph.inputs.resize(std::min<size_t>(graph.inputs.size(), 1));
    sample.inputs.resize(graph.inputs.size());
}

// The inputs in the types that the package takes: f32 and i32.
std::vector<Tensor> as_taken(const Graph& graph, const std::vector<Tensor>& inputs) {
    std::vector<Tensor> taken;
    for (size_t i = 0; i < inputs.size(); ++i) {
        const DType dtype = graph[graph.inputs[i]].dtype;
        taken.push_back(is_float(dtype) ? inputs[i].to(dtype)
                                        : tensor_from_ints(dtype, inputs[i].shape(), inputs[i].to_ints()));
    }
    return taken;
}

Tensor as_given(const Tensor& expected) {
    if (is_float(expected.dtype())) return expected.to(DType::kF32);
    return tensor_from_ints(DType::kI32, expected.shape(), expected.to_ints());
}

TEST(CoremlSamples, TheReaderAgreesWithTheKernelsAndMilWithTheParameters) {
    if (const auto why = schema_missing(); !why.empty())
        std::printf("not by Apple's schema: %s%s\n", why.c_str(),
                    have_protoc() ? "; messages are decoded without it" : "");
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("lathe_coreml_samples_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::map<std::string, int> unwritten;
    int same = 0, decoded = 0;
    for (const graph::OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value());
            // Whole numbers are i32 there.
            if (text.inputs.find("9007199254740993") != text.inputs.npos) continue;
            const std::string place = format("{}({}; {})", op->name, text.inputs, text.attrs);
            const std::string path = (folder / "sample.mlpackage").string();
            auto written = formats::coreml::write(sample->graph, path, {.half = false});
            if (!written) {
                hold_operands(*sample);
                written = formats::coreml::write(sample->graph, path, {.half = false});
            }
            if (!written) {
                ++unwritten[written.error().message];
                continue;
            }
            const std::string specification = path + "/Data/com.apple.CoreML/model.mlmodel";
            const auto bytes = map_file(specification);
            ASSERT_TRUE(bytes.has_value());
            const auto model = formats::coreml::parse_model(bytes->bytes());
            ASSERT_TRUE(model.has_value()) << place << ": " << model.error().message;
            EXPECT_EQ(program_errors(*model), "") << place;
            EXPECT_EQ(message_errors(specification), "") << place;
            ++decoded;
            const auto expected = run::run_reference(sample->graph, sample->inputs);
            if (!expected) continue;
            const auto read = formats::open(path);
            ASSERT_TRUE(read.has_value()) << place << ": " << read.error().message;
            const auto found = run::run_reference(*read->graph, as_taken(*read->graph, sample->inputs));
            EXPECT_TRUE(found.has_value()) << place << ": " << found.error().message;
            if (!found) continue;
            std::string wrong;
            for (size_t k = 0; k < expected->size() && wrong.empty(); ++k) {
                const double tolerance = bits_of((*expected)[k].dtype()) == 16 ? 1e-2 : 1e-5;
                wrong = onnx_data::difference((*found)[k], as_given((*expected)[k]), tolerance, tolerance);
            }
            EXPECT_EQ(wrong, "") << place;
            same += wrong.empty() ? 1 : 0;
        }
    std::filesystem::remove_all(folder);
    std::printf("Core ML: %d samples written, %d of them read back with the kernels' answers\n", decoded,
                same);
    for (const auto& [message, count] : unwritten)
        std::printf("  %d not written: %s\n", count, message.c_str());
    EXPECT_GT(same, 200);
}

}  // namespace
}  // namespace lathe::coreml_data
