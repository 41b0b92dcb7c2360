// What holds for every row: its samples infer and evaluate, the rule's shapes are the kernel's, also with symbols for
// sizes, and the body computes what the kernel computes.
#include <gtest/gtest.h>

#include <set>

#include "graph/text_form.h"
#include "ops/samples.h"
#include "ops/test_support.h"

namespace lathe::ops {
namespace testing {

using namespace graph;

Result<std::vector<Tensor>> run_graph(const Graph& graph, const std::vector<Tensor>& inputs) {
    Bindings bindings;
    std::vector<std::optional<Tensor>> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i) values[i] = graph.values[i].constant;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
        values[static_cast<size_t>(graph.inputs[i])] = inputs[i];
        TRY_STATUS(bind(graph[graph.inputs[i]].shape, inputs[i].shape(), bindings));
    }
    for (const Node& node : graph.nodes) {
        std::vector<const Tensor*> operands;
        for (const ValueId id : node.inputs)
            operands.push_back(id == kNoValue ? nullptr : &*values[static_cast<size_t>(id)]);
        auto results = with_place(evaluate(*node.op, node.attrs, operands, node.outputs.size(), bindings),
                                  node.op->name);
        if (!results) return std::unexpected(results.error());
        for (size_t i = 0; i < results->size(); ++i) {
            if (node.outputs[i] == kNoValue) continue;
            const Value& value = graph[node.outputs[i]];
            TRY_STATUS(with_place(bind(value.shape, (*results)[i].shape(), bindings),
                                  format("result of {}", node.op->name)));
            if (value.dtype != (*results)[i].dtype())
                return fail("{} makes another dtype than its rule says", node.op->name);
            values[static_cast<size_t>(node.outputs[i])] = (*results)[i];
        }
    }
    std::vector<Tensor> outputs;
    for (const ValueId id : graph.outputs) outputs.push_back(*values[static_cast<size_t>(id)]);
    return outputs;
}

namespace {

Result<std::vector<Tensor>> try_op(std::string_view name, const std::vector<std::optional<Tensor>>& operands,
                                   Attrs attrs, size_t outputs) {
    const OpDef* op = find_op(name);
    CHECK(op != nullptr, name);
    Graph graph;
    std::vector<ValueId> ids;
    for (const auto& operand : operands)
        ids.push_back(operand ? graph.add_constant("operand", *operand) : kNoValue);
    TRY(const size_t node, add_node(graph, *op, ids, std::move(attrs), std::vector<std::string>(outputs)));
    graph.outputs = graph.nodes[node].outputs;
    return run_graph(graph, {});
}

}  // namespace

std::vector<Tensor> run_op(std::string_view name, const std::vector<std::optional<Tensor>>& operands,
                           Attrs attrs, size_t outputs) {
    auto results = try_op(name, operands, std::move(attrs), outputs);
    if (results) return *std::move(results);
    ADD_FAILURE() << name << ": " << results.error().message;
    return std::vector<Tensor>(outputs);
}

std::string error_of(std::string_view name, const std::vector<std::optional<Tensor>>& operands, Attrs attrs,
                     size_t outputs) {
    const auto results = try_op(name, operands, std::move(attrs), outputs);
    return results ? std::string() : results.error().message;
}

Tensor floats(Shape shape, uint64_t seed, double low, double high) {
    std::vector<double> values(static_cast<size_t>(element_count(shape)));
    for (double& v : values) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        v = low + static_cast<double>(seed >> 11) * 0x1p-53 * (high - low);
    }
    return tensor_from_doubles(DType::kF32, std::move(shape), values);
}

}  // namespace testing

namespace {

using namespace graph;

struct Case {
    const OpDef* op;
    const Sample* sample;
    std::string name() const { return format("{}({}; {})", op->name, sample->inputs, sample->attrs); }
};

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    for (const OpDef* op : all_ops())
        for (const Sample& sample : op->samples) cases.push_back({op, &sample});
    return cases;
}

TEST(EveryOperator, HasAKernelSamplesAndLegalDefaults) {
    for (const OpDef* op : all_ops()) {
        EXPECT_TRUE(op->infer != nullptr && op->evaluate != nullptr) << op->name;
        EXPECT_FALSE(op->samples.empty()) << op->name;
        EXPECT_FALSE(op->summary.empty()) << op->name;
        EXPECT_FALSE(op->cells.empty() && !op->has_body()) << op->name << " can be written to no format";
        for (const AttrDef& attr : op->attrs)
            EXPECT_TRUE(attr.absent == kRequired || parse_attr(attr.type, attr.absent).has_value())
                << op->name << " " << attr.name;
    }
}

TEST(EveryOperator, CellsNameParametersThatExist) {
    for (const OpDef* op : all_ops())
        for (const Cell& cell : op->cells)
            for (const Place& place : cell.places)
                EXPECT_TRUE(op->find_attr(place.ours) != nullptr || op->input_index(place.ours) >= 0)
                    << op->name << " " << place.ours;
}

TEST(EveryOperator, SamplesEvaluateToTheInferredShapes) {
    for (const Case& c : all_cases()) {
        const auto sample = sample_graph(*c.op, *c.sample);
        ASSERT_TRUE(sample.has_value()) << c.name() << ": " << sample.error().message;
        const auto verified = verify(sample->graph);
        EXPECT_TRUE(verified.has_value()) << c.name() << ": " << verified.error().message;
        const auto results = testing::run_graph(sample->graph, sample->inputs);
        EXPECT_TRUE(results.has_value()) << c.name() << ": " << results.error().message;
    }
}

// Sizes above 1 become symbols, equal sizes equal symbols; axes before `until` only.
void put_symbols(Graph& graph, size_t until) {
    for (const ValueId id : graph.inputs) {
        Dims& shape = graph[id].shape;
        for (size_t axis = 0; axis < std::min(until, shape.size()); ++axis)
            if (const auto size = shape[axis].constant(); size && *size > 1)
                shape[axis] = Dim::symbol(format("n{}", *size));
    }
}

TEST(EveryOperator, RulesHoldWithSymbols) {
    std::set<std::string_view> refused;
    for (const Case& c : all_cases()) {
        auto sample = sample_graph(*c.op, *c.sample);
        ASSERT_TRUE(sample.has_value());
        for (const size_t until : {size_t{1}, size_t{99}}) {
            Graph graph = sample->graph;
            put_symbols(graph, until);
            if (const auto inferred = infer_again(graph); !inferred) {
                refused.insert(c.op->name);
                continue;
            }
            const auto results = testing::run_graph(graph, sample->inputs);
            EXPECT_TRUE(results.has_value()) << c.name() << " with symbols: " << results.error().message;
        }
    }
    // Rules that must know a size before the graph runs: that of the kernel.
    const std::set<std::string_view> allowed{"conv", "conv_integer", "conv_transpose", "qlinear_conv"};
    for (const auto name : refused) EXPECT_TRUE(allowed.contains(name)) << name << " refuses symbols";
}

TEST(EveryOperator, BodiesComputeWhatKernelsDo) {
    std::set<std::string_view> refused,
        expanded;  // operators; a body may refuse some nodes in a sentence, but not all
    for (const Case& c : all_cases()) {
        if (!c.op->has_body()) continue;
        const auto sample = sample_graph(*c.op, *c.sample);
        ASSERT_TRUE(sample.has_value());
        const auto expected = testing::run_graph(sample->graph, sample->inputs);
        ASSERT_TRUE(expected.has_value()) << c.name();
        Graph graph = sample->graph;
        const Node node = graph.nodes[0];
        const auto results = expand_body(graph, node, find_op);
        if (!results) {
            EXPECT_EQ(results.error().message.find("line "), std::string::npos)
                << c.name() << ": " << results.error().message;
            refused.insert(c.op->name);
            continue;
        }
        graph.outputs = *results;
        graph = without_dead_code(std::move(graph));
        const auto found = testing::run_graph(graph, sample->inputs);
        ASSERT_TRUE(found.has_value()) << c.name() << ": " << found.error().message;
        for (size_t i = 0; i < found->size(); ++i)
            testing::expect_close((*found)[i], (*expected)[i], c.name());
        expanded.insert(c.op->name);
    }
    for (const auto name : refused)
        EXPECT_TRUE(expanded.contains(name)) << name << " refuses all of its samples";
    EXPECT_GT(expanded.size(), 20u);
}

TEST(EveryOperator, WrongSamplesAreSentences) {
    const OpDef& op = *find_op("add");
    const auto message = [&](std::string_view inputs, std::string_view attrs = {}) {
        const auto sample = parse_sample(op, {inputs, attrs});
        return sample ? std::string("parsed") : sample.error().message;
    };
    EXPECT_NE(message("f32[2; f32[2]").find("no shape"), std::string::npos);
    EXPECT_NE(message("q32[2]").find("no dtype"), std::string::npos);
    EXPECT_NE(message("f32[2]=1,2,3").find("3 values"), std::string::npos);
    EXPECT_NE(message("f32[2]", "axis=1").find("no attribute"), std::string::npos);
    EXPECT_EQ(message("f32[2]{0, 1}; f32[2]"), "parsed");
}

TEST(Samples, ValuesFollowFromTheTextAlone) {
    const OpDef& op = *find_op("add");
    const auto a = parse_sample(op, {"f32[64]{0.5, 2}; i64[64]{-2, 3}"}),
               b = parse_sample(op, {"f32[64]{0.5, 2}; i64[64]{-2, 3}"});
    ASSERT_TRUE(a.has_value() && b.has_value());
    EXPECT_EQ(a->operands[0]->to_doubles(), b->operands[0]->to_doubles());
    std::set<int64_t> seen;
    for (const int64_t v : a->operands[1]->to_ints()) seen.insert(v);
    EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2, 3}));
    for (const double v : a->operands[0]->to_doubles()) EXPECT_TRUE(v >= 0.5 && v < 2);
}

}  // namespace
}  // namespace lathe::ops
