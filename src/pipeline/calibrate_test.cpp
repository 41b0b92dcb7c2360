// Statistics of layers' inputs against brute force in double precision, and against what a network's outputs say of the
// inputs of its last layers: the mean of W x + b is W mean(x) + b, that of (W x)^2 is W mean(x x^T) W^T.
#include "pipeline/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "formats/all.h"
#include "graph/builder.h"
#include "ops/ops.h"
#include "pipeline/calibration.h"
#include "pipeline/input_sums.h"
#include "pipeline/make_net.h"
#include "pipeline/noise_test.h"
#include "run/reference.h"
#include "wire/test_folder.h"
#include "zoo/zoo.h"

namespace lathe::pipeline {
namespace {

using graph::Dim;
using graph::Ints;
using Doubles = std::vector<double>;

struct Expected {
    Doubles mean, mean_square, products;
    Expected(const std::vector<Doubles>& vectors) {
        const size_t columns = vectors[0].size();
        mean.resize(columns), mean_square.resize(columns), products.resize(columns * columns);
        for (const Doubles& x : vectors)
            for (size_t i = 0; i < columns; ++i) {
                mean[i] += x[i] / static_cast<double>(vectors.size());
                mean_square[i] += x[i] * x[i] / static_cast<double>(vectors.size());
                for (size_t j = 0; j < columns; ++j)
                    products[i * columns + j] += x[i] * x[j] / static_cast<double>(vectors.size());
            }
    }
};

void expect_near(const Tensor& found, const Doubles& expected, const char* what) {
    const Doubles values = found.to_doubles();
    ASSERT_EQ(values.size(), expected.size()) << what;
    for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-6) << what << " " << i;
}

void expect_sums(const InputSums& sums, const std::vector<Doubles>& vectors) {
    ASSERT_EQ(sums.samples(), static_cast<int64_t>(vectors.size()));
    const Expected expected(vectors);
    expect_near(sums.mean(), expected.mean, "mean");
    expect_near(sums.mean_square(), expected.mean_square, "mean square");
    expect_near(sums.products(), expected.products, "products");
}

bool same_bytes(const Tensor& a, const Tensor& b) {
    return a.shape() == b.shape() && std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0;
}

graph::Graph finish(graph::Builder& builder) {
    auto graph = builder.finish();
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return graph ? *graph : graph::Graph{};
}

TEST(InputSums, SeesThePatchesOfAConvolution) {
    graph::Builder b(ops::find_op);
    const auto x = b.input("x", DType::kF32, {Dim(2), Dim(3), Dim(7), Dim(6)});
    b.output("y", b.add("conv", {x, b.constant("w", noise({4, 3, 3, 2}, 1))},
                        {{"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 2, 1}}, {"dilations", Ints{1, 2}}}));
    const graph::Graph graph = finish(b);
    const Tensor image = noise({2, 3, 7, 6}, 2);
    const Doubles values = image.to_doubles();
    std::vector<Doubles> patches;
    for (int n = 0; n < 2; ++n)
        for (int y = 0; y < (7 + 3 - 3) / 2 + 1; ++y)
            for (int col = 0; col < 6 + 1 - 2; ++col) {
                Doubles& patch = patches.emplace_back();
                for (int c = 0; c < 3; ++c)
                    for (int ky = 0; ky < 3; ++ky)
                        for (int kx = 0; kx < 2; ++kx) {
                            const int at_y = 2 * y + ky - 1, at_x = col + 2 * kx;
                            const bool inside = at_y >= 0 && at_y < 7 && at_x >= 0 && at_x < 6;
                            patch.push_back(
                                inside ? values[static_cast<size_t>(((n * 3 + c) * 7 + at_y) * 6 + at_x)]
                                       : 0);
                        }
            }
    const LayerUse use{0, x, VectorLayout::kPatches, {4, 3, 3, 2}};
    ThreadPool one(1), three(3);
    InputSums sums(18, true), again(18, true);
    ASSERT_TRUE(sums.add(image, use, graph, one));
    ASSERT_TRUE(again.add(image, use, graph, three));
    expect_sums(sums, patches);
    EXPECT_TRUE(same_bytes(sums.products(), again.products()));
    EXPECT_TRUE(same_bytes(sums.mean_square(), again.mean_square()));
}

TEST(InputSums, SeesVectorsAlongEitherAxis) {
    const graph::Graph graph;
    const Tensor x = noise({5, 40, 9}, 3);  // more vectors than are added at once
    const Doubles values = x.to_doubles();
    std::vector<Doubles> rows, columns;
    for (size_t r = 0; r < 200; ++r)
        rows.emplace_back(values.begin() + static_cast<int64_t>(r * 9),
                          values.begin() + static_cast<int64_t>(r * 9 + 9));
    for (size_t n = 0; n < 5; ++n)
        for (size_t c = 0; c < 9; ++c) {
            Doubles& column = columns.emplace_back();
            for (size_t k = 0; k < 40; ++k) column.push_back(values[(n * 40 + k) * 9 + c]);
        }
    ThreadPool threads(2);
    InputSums last(9, true), before(40, true);
    ASSERT_TRUE(last.add(x, {0, {}, VectorLayout::kLast, {}}, graph, threads));
    ASSERT_TRUE(before.add(x, {0, {}, VectorLayout::kSecondLast, {}}, graph, threads));
    expect_sums(last, rows);
    expect_sums(before, columns);
}

TEST(InputSums, RefusesWhatIsNoNumber) {
    ThreadPool threads(1);
    InputSums sums(2, false);
    const Tensor x = Tensor::of<float>({1, 2}, {1.0f, NAN});
    const Status status = sums.add(x, {0, {}, VectorLayout::kLast, {}}, graph::Graph{}, threads);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("input 1"), std::string::npos) << status.error().message;
}

const Layer* layer_of(const LayerInputs& found, std::string_view tensor) {
    for (const Layer& layer : found.layers)
        if (layer.tensor == tensor) return &layer;
    return nullptr;
}
std::string why_left_out(const LayerInputs& found, std::string_view tensor) {
    for (const LeftOut& one : found.left_out)
        if (one.tensor == tensor) return one.why;
    return {};
}

TEST(LayerInputs, TracesWeightsThroughWhatIsDoneToThem) {
    const Tensor square = noise({6, 6}, 1), qkv = noise({18, 6}, 2), wide = noise({4, 6}, 3),
                 left = noise({6, 5}, 4);
    constexpr int kSwap[] = {1, 0};
    graph::Builder b(ops::find_op);
    const auto x = b.input("x", DType::kF32, {Dim(5), Dim(6)});
    const auto swapped = [&](graph::ValueId w) { return b.add("transpose", {w}, {{"perm", Ints{1, 0}}}); };
    const auto z = b.add("matmul", {x, b.constant("square.weight", square.transposed(kSwap))});
    const auto all = b.constant("qkv.weight", qkv);
    for (int64_t part = 0; part < 3; ++part) {
        const auto rows = b.add("slice", {all},
                                {{"starts", graph::Dims{Dim(6 * part)}},
                                 {"ends", graph::Dims{Dim(6 * part + 6)}},
                                 {"axes", Ints{0}}});
        b.output(format("part{}", part), b.add("matmul", {z, swapped(rows)}));
    }
    b.output("g", b.add("gemm", {z, b.constant("other_name", wide)}, {{"transB", true}}));
    b.output("l", b.add("matmul", {b.constant("left.weight", left), z}));
    const graph::Graph graph = finish(b);
    graph::Checkpoint checkpoint;
    checkpoint.tensors = {{"model.square.weight", square},
                          {"model.qkv.weight", qkv},
                          {"model.wide.weight", wide},
                          {"left.weight", left}};
    const LayerInputs found = find_layer_inputs(graph, checkpoint);
    EXPECT_TRUE(found.left_out.empty()) << found.left_out[0].tensor << ": " << found.left_out[0].why;
    ASSERT_EQ(found.layers.size(), 4u);
    const Layer* of_square = layer_of(found, "model.square.weight");
    ASSERT_NE(of_square, nullptr);
    EXPECT_EQ(of_square->name(), "model.square");
    EXPECT_EQ(of_square->uses[0].value, x);
    for (const char* name : {"model.qkv.weight", "model.wide.weight"}) {
        const Layer* layer = layer_of(found, name);
        ASSERT_NE(layer, nullptr) << name;
        ASSERT_EQ(layer->uses.size(), 1u) << name;
        EXPECT_EQ(layer->uses[0].value, z) << name;
        EXPECT_EQ(layer->uses[0].layout, VectorLayout::kLast) << name;
    }
    const Layer* of_left = layer_of(found, "left.weight");
    ASSERT_NE(of_left, nullptr);
    EXPECT_EQ(of_left->columns, 5);
    EXPECT_EQ(of_left->uses[0].layout, VectorLayout::kSecondLast);
}

TEST(LayerInputs, AddsUpUsesAndRefusesPartsOfDifferentInputs) {
    const Tensor shared = noise({6, 6}, 1), parts = noise({12, 6}, 2);
    graph::Builder b(ops::find_op);
    const auto x = b.input("x", DType::kF32, {Dim(5), Dim(6)}),
               y = b.input("y", DType::kF32, {Dim(5), Dim(6)});
    const auto w = b.constant("shared.weight", shared);
    const auto gemm = [&](const char* name, graph::ValueId in, graph::ValueId weight) {
        b.output(name, b.add("gemm", {in, weight}, {{"transB", true}}));
    };
    gemm("a", x, w);
    gemm("b", y, w);
    const auto halves = b.add_many("split", {b.constant("parts.weight", parts)},
                                   {{"axis", int64_t{0}}, {"num_outputs", int64_t{2}}}, 2);
    gemm("c", x, halves[0]);
    gemm("d", y, halves[1]);
    const graph::Graph graph = finish(b);
    graph::Checkpoint checkpoint;
    checkpoint.tensors = {{"shared.weight", shared}, {"parts.weight", parts}};
    const LayerInputs found = find_layer_inputs(graph, checkpoint);
    ASSERT_EQ(found.layers.size(), 1u);
    EXPECT_EQ(found.layers[0].uses.size(), 2u);
    EXPECT_NE(why_left_out(found, "parts.weight").find("different inputs"), std::string::npos);
}

TEST(LayerInputs, SaysWhyTensorsAreLeftOut) {
    const Tensor in_out = noise({6, 6}, 1), grouped = noise({6, 2, 3, 3}, 2), halved = noise({6, 6}, 3),
                 changed = noise({6, 6}, 4), unused = noise({3, 3}, 5), table = noise({8, 6}, 6);
    const auto times = [](const Tensor& tensor, auto factor) {
        Doubles values = tensor.to_doubles();
        for (size_t i = 0; i < values.size(); ++i) values[i] *= factor(i);
        return tensor_from_doubles(DType::kF32, tensor.shape(), values);
    };
    graph::Builder b(ops::find_op);
    const auto x = b.input("x", DType::kF32, {Dim(1), Dim(6), Dim(6), Dim(6)});
    const auto by = [&](const char* output, const char* name, Tensor weight) {
        const auto w = b.add("transpose", {b.constant(name, std::move(weight))}, {{"perm", Ints{1, 0}}});
        b.output(output, b.add("matmul", {x, w}));
    };
    b.output("a", b.add("matmul", {x, b.constant("in_out.weight", in_out)}));
    b.output("b", b.add("conv", {x, b.constant("grouped.weight", grouped)}, {{"group", int64_t{3}}}));
    by("c", "halved.weight", times(halved, [](size_t) { return 0.5; }));  // the same columns: kept
    by("d", "changed.weight",
       times(changed, [](size_t i) { return i % 6 == 2 ? 2.0 : 1.0; }));  // one column doubled
    b.output("e", b.add("gather",
                        {b.constant("table.weight", table), b.constant("i", Tensor::of<int64_t>({1}, {3}))}));
    const graph::Graph graph = finish(b);
    graph::Checkpoint checkpoint;
    checkpoint.tensors = {{"in_out.weight", in_out},   {"grouped.weight", grouped}, {"halved.weight", halved},
                          {"changed.weight", changed}, {"unused.weight", unused},   {"table.weight", table}};
    const LayerInputs found = find_layer_inputs(graph, checkpoint);
    ASSERT_EQ(found.layers.size(), 1u);
    EXPECT_EQ(found.layers[0].tensor, "halved.weight");
    EXPECT_EQ(found.left_out.size(), 5u);
    const auto says = [&](const char* tensor, const char* text) {
        EXPECT_NE(why_left_out(found, tensor).find(text), std::string::npos) << why_left_out(found, tensor);
    };
    says("in_out.weight", "[in, out]");
    says("grouped.weight", "groups");
    says("changed.weight", "other values");
    says("unused.weight", "not among");
    says("table.weight", "used by gather");
}

// mean(W x) and mean((W x)^2) from the statistics of x; w: one row.
struct Projected {
    double mean = 0, square = 0;
    Projected(const Doubles& w, const LayerStatistics& x) {
        for (size_t i = 0; i < w.size(); ++i) {
            mean += w[i] * static_cast<double>(x.mean[i]);
            for (size_t j = 0; j < w.size(); ++j)
                square += w[i] * w[j] * static_cast<double>(x.products[i * w.size() + j]);
        }
    }
};

// The outputs of a graph's runs on the sets that calibrate() makes.
Doubles outputs_of(const graph::Graph& graph, const CalibrateOptions& options, std::string_view name) {
    std::string described;
    const auto sets = trial_inputs(graph, options.sizes, options.samples, described);
    Doubles all;
    for (const auto& set : *sets) {
        const auto outputs = run::run_reference(graph, *check::inputs_in_order(graph, set));
        for (size_t i = 0; i < graph.outputs.size(); ++i)
            if (graph[graph.outputs[i]].name == name)
                for (const double value : (*outputs)[i].to_doubles()) all.push_back(value);
    }
    return all;
}

TEST(Calibrate, KnowsTheInputsOfALastConvolution) {
    TestFolder folder;
    const std::string net = folder.file("net.bin"), file = folder.file("stats.safetensors");
    ASSERT_TRUE(make_net({.blocks = 2, .channels = 24}, net));
    const CalibrateOptions options{.samples = 3, .sizes = {{"batch", 1}}, .products = true};
    const auto report = calibrate(net, file, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->sets, 3u);
    EXPECT_NE(to_text(*report).find("no substitute"), std::string::npos);
    const auto model = open_model(net, {});
    const Doubles weights = model->checkpoint.find("value_head.conv_ownership.weight")->to_doubles();
    const auto statistics = Statistics::open(file);
    ASSERT_TRUE(statistics.has_value()) << statistics.error().message;
    const LayerStatistics x = statistics->of("value_head.conv_ownership");
    ASSERT_EQ(x.products.size(), weights.size() * weights.size());
    const Doubles ownership = outputs_of(model->graph, options, "ownership");  // of whole boards
    double mean = 0, square = 0;
    for (const double value : ownership) {
        mean += value / static_cast<double>(ownership.size());
        square += value * value / static_cast<double>(ownership.size());
    }
    const Projected expected(weights, x);
    EXPECT_NEAR(expected.mean, mean, 1e-5 * std::sqrt(square));
    EXPECT_NEAR(expected.square, square, 1e-5 * square);
}

TEST(Calibrate, KnowsTheInputsOfAClassifierAndTheBytesDoNotDependOnMemoryOrThreads) {
    TestFolder folder;
    const std::string file = folder.file("stats.safetensors"), again = folder.file("again.safetensors");
    CalibrateOptions options{.model = {.random_weights = true}, .samples = 2, .products = true, .threads = 1};
    options.model.image.input_size = {32, 32};
    options.model.image.in_channels = 3;
    const auto report = calibrate("test_vit", file, options, {});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->passes, 1u);
    options.threads = 3;
    options.product_memory_bytes = 1 << 20;
    const auto second = calibrate("test_vit", again, options, {});
    ASSERT_TRUE(second.has_value()) << second.error().message;
    EXPECT_GT(second->passes, 2u);
    const auto a = map_file(file), b = map_file(again);
    ASSERT_TRUE(a && b);
    EXPECT_TRUE(a->size() == b->size() && std::memcmp(a->data(), b->data(), a->size()) == 0);

    const auto model = open_model("test_vit", options.model);
    const auto checkpoint = zoo::checkpoint_by_rule({.model = "test_vit", .image = options.model.image});
    const Doubles weights = checkpoint->find("head.weight")->to_doubles(),
                  bias = checkpoint->find("head.bias")->to_doubles();
    const auto statistics = Statistics::open(file);
    ASSERT_TRUE(statistics.has_value()) << statistics.error().message;
    const LayerStatistics x = statistics->of("head");
    const Doubles logits = outputs_of(model->graph, options, model->graph[model->graph.outputs[0]].name);
    const size_t classes = bias.size(), columns = weights.size() / classes;
    ASSERT_EQ(x.mean.size(), columns);
    for (size_t c = 0; c < classes; c += 97) {
        double mean = 0, square = 0;
        const auto rows = static_cast<double>(logits.size() / classes);
        for (size_t i = c; i < logits.size(); i += classes) {
            mean += (logits[i] - bias[c]) / rows;
            square += (logits[i] - bias[c]) * (logits[i] - bias[c]) / rows;
        }
        const Projected expected(Doubles(weights.begin() + static_cast<int64_t>(c * columns),
                                         weights.begin() + static_cast<int64_t>((c + 1) * columns)),
                                 x);
        EXPECT_NEAR(expected.mean, mean, 1e-4 * std::sqrt(square)) << c;
        EXPECT_NEAR(expected.square, square, 1e-4 * square) << c;
    }
}

TEST(Calibrate, AsksForInputsAndAName) {
    const auto nothing = calibrate("test_vit", "stats.safetensors", {.model = {.random_weights = true}}, {});
    ASSERT_FALSE(nothing.has_value());
    EXPECT_NE(nothing.error().message.find("--samples 8"), std::string::npos) << nothing.error().message;
    const auto name =
        calibrate("test_vit", "stats.npz", {.model = {.random_weights = true}, .samples = 1}, {});
    ASSERT_FALSE(name.has_value());
    EXPECT_NE(name.error().message.find(".safetensors"), std::string::npos) << name.error().message;
}

}  // namespace
}  // namespace lathe::pipeline
