// Networks of every version of KataGo's file format become graphs with the inputs and outputs that the version has,
// and the text form of a file is the same network as its binary form.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/bytes.h"
#include "formats/katago/katago.h"
#include "formats/katago/test_spelling.h"
#include "run/reference.h"
#include "zoo/katago/katago.h"

namespace lathe {
namespace {

constexpr int64_t kSide = 5;

graph::Graph graph_of(const std::string& text) {
    const auto bytes = SharedBytes::from_vector({as_bytes(text).begin(), as_bytes(text).end()});
    const auto file = formats::read_katago(bytes, "tiny");
    EXPECT_TRUE(file.has_value()) << file.error().message;
    const auto net = zoo::katago::load(*file);
    EXPECT_TRUE(net.has_value()) << net.error().message;
    auto graph = zoo::katago::to_graph(*net);
    EXPECT_TRUE(graph.has_value()) << graph.error().message;
    return *std::move(graph);
}

Tensor by_rule(const Shape& shape) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 7 % 11) / 16;
    const auto plane = static_cast<size_t>(kSide * kSide);
    for (size_t i = 0; shape.size() == 4 && i < plane; ++i) values[i] = 1;  // all points are on the board
    return tensor_from_doubles(DType::kF32, shape, values);
}

class Versions : public testing::TestWithParam<int> {};

TEST_P(Versions, BecomeGraphs) {
    const int version = GetParam();
    const formats::katago::Spelling facts(true, version);
    const graph::Graph binary = graph_of(formats::katago::tiny_network(true, version)),
                       text = graph_of(formats::katago::tiny_network(false, version));
    std::vector<Tensor> inputs{by_rule({1, facts.planes(), kSide, kSide}), by_rule({1, facts.globals()})};
    if (version == 17) inputs.push_back(by_rule({1, 192}));
    const auto answers = run::run_reference(binary, inputs), same = run::run_reference(text, inputs);
    ASSERT_TRUE(answers.has_value()) << answers.error().message;
    ASSERT_TRUE(same.has_value()) << same.error().message;
    std::map<std::string, Shape> shapes;
    for (size_t i = 0; i < answers->size(); ++i) {
        shapes[binary[binary.outputs[i]].name] = (*answers)[i].shape();
        EXPECT_EQ((*answers)[i].to_doubles(), (*same)[i].to_doubles());
        for (const double value : (*answers)[i].to_doubles()) ASSERT_TRUE(std::isfinite(value));
    }
    EXPECT_EQ(shapes["policy"], (Shape{1, facts.policies(), kSide * kSide + 1}));
    EXPECT_EQ(shapes["value"], (Shape{1, 3}));
    EXPECT_EQ(shapes["miscvalue"], (Shape{1, std::min(facts.scores(), 4)}));
    EXPECT_EQ(shapes.contains("moremiscvalue"), version >= 9);
    EXPECT_EQ(shapes["ownership"], (Shape{1, 1, kSide, kSide}));
}

INSTANTIATE_TEST_SUITE_P(All, Versions, testing::Range(3, 18), testing::PrintToStringParamName());

}  // namespace
}  // namespace lathe
