// Ranges of values against a run of the reference engine, what is kept of them from one run to the next, and what calibration
// says of inputs that cannot serve.
#include "pipeline/activation_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "formats/numpy/npz.h"
#include "graph/builder.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "pipeline/export.h"
#include "pipeline/noise_test.h"
#include "run/reference.h"
#include "wire/test_folder.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;

graph::Graph net(double gain = 1) {
    auto graph = graph::parse_text(R"(
        input x: f32[batch, 3, 8, 8]
        const w1: f32[4, 3, 3, 3]
        const w2: f32[5, 64]
        c = conv(x, w1, pads=[1, 1, 1, 1], strides=[2, 2])
        r = relu(c)
        f = reshape(r, shape=[batch, 64])
        y = gemm(f, w2, transB=true)
        output y)",
                                   ops::find_op,
                                   [&](std::string_view name, DType, const Shape& shape) -> Result<Tensor> {
                                       auto values = noise(shape, name.back() == '1' ? 7 : 8).to_doubles();
                                       for (double& v : values) v *= gain;
                                       return tensor_from_doubles(DType::kF32, shape, values);
                                   });
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *std::move(graph) : graph::Graph{};
}

InputSets three_sets() {
    InputSets inputs;
    for (uint64_t i = 0; i < 3; ++i) inputs.sets.push_back({{"x", noise({2, 3, 8, 8}, 20 + i)}});
    return inputs;
}

TEST(ActivationRanges, AreThoseOfTheReferenceInOneRunOrInMany) {
    const graph::Graph graph = net();
    const InputSets inputs = three_sets();
    passes::Ranges expected;
    for (const NamedTensors& set : inputs.sets) {
        const auto note = [&](graph::ValueId id, const Tensor& value) {
            const auto numbers = value.to_doubles();
            passes::Range& range = expected[graph[id].name];
            range.low = std::min(range.low, std::ranges::min(numbers));
            range.high = std::max(range.high, std::ranges::max(numbers));
        };
        const std::vector<Tensor> x{set[0].second};
        note(graph.inputs[0], x[0]);
        ASSERT_TRUE(run::run_reference_watched(graph, x, [&](size_t node, std::span<const Tensor> results) {
                        note(graph.nodes[node].outputs[0], results[0]);
                    }).has_value());
    }
    const std::vector<std::string> values{"x", "c", "r", "y"};
    for (const uint64_t memory : {uint64_t{1} << 29, uint64_t{1}}) {
        const auto measured = measure_ranges(graph, values, inputs, {.memory_bytes = memory}, {});
        ASSERT_TRUE(measured.has_value()) << measured.error().message;
        EXPECT_EQ(measured->passes, memory == 1 ? 4u : 1u);
        for (const std::string& name : values) {
            EXPECT_NEAR(measured->ranges.at(name).low, expected[name].low, 1e-5) << name;
            EXPECT_NEAR(measured->ranges.at(name).high, expected[name].high, 1e-5) << name;
        }
    }
    EXPECT_FALSE(measure_ranges(graph, {"nothing"}, inputs, {}, {}).has_value());
}

TEST(ActivationRanges, ValuesThatAreNoNumbersAreNamed) {
    InputSets inputs = three_sets();
    auto values = inputs.sets[1][0].second.to_doubles();
    values[5] = std::numeric_limits<double>::infinity();
    inputs.sets[1][0].second = tensor_from_doubles(DType::kF32, {2, 3, 8, 8}, values);
    const auto measured = measure_ranges(net(), {"x"}, inputs, {}, {});
    ASSERT_FALSE(measured.has_value());
    EXPECT_EQ(measured.error().message, "the value 'x' with set 2 of the inputs: element 5 is infinite");
}

TEST(ActivationRanges, AreKeptForTheSameAndNothingElse) {
    TestFolder folder;
    const std::string file = folder.file("ranges.json");
    const InputSets inputs = three_sets();
    const RangeChoices choices{.cache = file};
    const auto first = measure_ranges(net(), {"x", "c"}, inputs, choices, {});
    ASSERT_TRUE(first.has_value()) << first.error().message;
    EXPECT_EQ(first->passes, 1u);
    const auto again = measure_ranges(net(), {"x", "c"}, inputs, choices, {});
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->passes, 0u);
    EXPECT_EQ(again->ranges.at("c").low, first->ranges.at("c").low);
    EXPECT_EQ(again->ranges.at("c").high, first->ranges.at("c").high);
    const auto ran = [&](const graph::Graph& graph, const std::vector<std::string>& values,
                         const InputSets& sets, RangeChoices how) {
        how.cache = file;
        const auto measured = measure_ranges(graph, values, sets, how, {});
        EXPECT_TRUE(measured.has_value()) << measured.error().message;
        return measured ? measured->passes : 0;
    };
    EXPECT_EQ(ran(net(), {"x", "y"}, inputs, {}), 1u) << "a value that is not there";
    EXPECT_EQ(ran(net(2), {"x", "y"}, inputs, {}), 1u) << "other weights";
    InputSets fewer = inputs;
    fewer.sets.pop_back();
    EXPECT_EQ(ran(net(2), {"x", "y"}, fewer, {}), 1u) << "other inputs";
    EXPECT_EQ(ran(net(2), {"x", "y"}, fewer, {.method = {.method = quant::RangeMethod::kMse}}), 1u);
    EXPECT_EQ(ran(net(2), {"x", "y"}, fewer, {.method = {.method = quant::RangeMethod::kMse}}), 0u);
    ASSERT_TRUE(write_file(file, as_bytes("{\"kind\": \"shopping list\"}")).has_value());
    EXPECT_FALSE(measure_ranges(net(), {"x"}, inputs, choices, {}).has_value())
        << "the file is somebody else's";
}

TEST(CalibrationInputs, TensorsAreCutIntoRuns) {
    TestFolder folder;
    const std::string file = folder.file("x.npz");
    const Tensor x = noise({10, 3, 8, 8}, 3);
    ASSERT_TRUE(formats::write_npz(file, std::vector<graph::NamedTensor>{{"x", x}}).has_value());
    const auto inputs = calibration_inputs(net(), {.paths = {file}, .samples = 5, .batch = 2}, {}, {});
    ASSERT_TRUE(inputs.has_value()) << inputs.error().message;
    ASSERT_EQ(inputs->sets.size(), 3u);
    EXPECT_EQ(inputs->sets[0][0].second.shape(), (Shape{2, 3, 8, 8}));
    EXPECT_EQ(inputs->sets[2][0].second.shape(), (Shape{1, 3, 8, 8}));
    // Every second one.
    const size_t row = 3 * 8 * 8 * 4;
    EXPECT_EQ(std::memcmp(inputs->sets[1][0].second.bytes().data(), x.bytes().data() + 4 * row, row), 0);
    EXPECT_EQ(inputs->beginning(3).sets.size(), 2u);
    const std::string wrong = folder.file("wrong.npz");
    ASSERT_TRUE(formats::write_npz(wrong, std::vector<graph::NamedTensor>{{"x", noise({10, 3, 9, 8}, 3)}})
                    .has_value());
    const auto refused = calibration_inputs(net(), {.paths = {wrong}}, {}, {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("f32[10, 3, 9, 8]"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("f32[batch, 3, 8, 8]"), std::string::npos);
}

std::string refusal(const CalibrationData& data) {
    const auto status = check_calibration_data(data);
    return status ? "" : status.error().message;
}

TEST(CalibrationInputs, PathsAreLookedAtFirst) {
    TestFolder folder;
    const std::string empty = folder.file(""), text = folder.file("notes.txt"), tensor = folder.file("x.npy");
    EXPECT_NE(refusal({}).find("--calibration-data"), std::string::npos);
    EXPECT_EQ(refusal({.paths = {"/nowhere/at/all"}}),
              "/nowhere/at/all: there is no such file or folder to calibrate with");
    EXPECT_NE(refusal({.paths = {empty}}).find("neither pictures nor .sgf games"), std::string::npos);
    ASSERT_TRUE(write_file(text, as_bytes("x")).has_value());
    ASSERT_TRUE(write_file(tensor, as_bytes("x")).has_value());
    EXPECT_NE(refusal({.paths = {text}}).find("calibration takes folders"), std::string::npos);
    EXPECT_EQ(refusal({.paths = {tensor}}), "");
    EXPECT_EQ(refusal({.paths = {"random"}}), "");
    EXPECT_NE(refusal({.paths = {"random", tensor}}).find("one kind"), std::string::npos);
    EXPECT_NE(refusal({.paths = {tensor, "random"}}).find("one kind"), std::string::npos);
    EXPECT_NE(refusal({.paths = {"random", "random"}}).find("stands alone"), std::string::npos);
    EXPECT_NE(refusal({.paths = {tensor}, .samples = 0}).find("at least one"), std::string::npos);
}

TEST(CalibrationInputs, ChoicesThatMeanNothingAreRefused) {
    const auto refused = [](const std::string& precision, const QuantizationChoices& choices) {
        return !check_choices(precision, choices).has_value();
    };
    const CalibrationData random{.paths = {"random"}};
    EXPECT_FALSE(refused("int8-static", {.data = random}));
    EXPECT_TRUE(refused("int8-static", {}));
    EXPECT_TRUE(refused("int8", {.data = random}));
    EXPECT_TRUE(refused("fp32", {.keep_fp32 = {"head"}}));
    EXPECT_TRUE(refused("int8-static", {.data = random, .keep_fp32 = {"("}}));
    EXPECT_TRUE(refused("int8-static", {.data = random, .weights = "u8", .reduce_range = true}));
    EXPECT_TRUE(refused("int8-static", {.data = random, .activations = "i8", .weights = "u8"}));
    EXPECT_TRUE(refused("fp8", {.data = random, .reduce_range = true}));
    EXPECT_TRUE(refused("int4", {.block = 24}));
    EXPECT_FALSE(refused("int4", {.keep_fp32 = {"head"}}));
}

}  // namespace
}  // namespace lathe::pipeline
