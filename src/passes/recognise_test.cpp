// What the rows' own bodies take apart is put together again.
#include "base/format.h"
#include "ops/samples.h"
#include "passes/recognise_samples.h"

namespace lathe::passes {
namespace {

TEST(Recognise, WhatBodiesTakeApart) {
    int found = 0;
    for (const std::string_view name :
         {"silu", "gelu", "mish", "layer_norm", "rms_norm", "rotary_embedding", "attention"}) {
        const graph::OpDef* op = ops::find_op(name);
        for (const graph::Sample& sample : op->samples) {
            const auto made = ops::sample_graph(*op, sample);
            ASSERT_TRUE(made.has_value());
            const graph::Node& node = made->graph.nodes[0];
            const DType dtype = made->graph[node.inputs[0]].dtype;
            if (dtype != DType::kF32 || node.outputs.size() != 1) continue;
            SCOPED_TRACE(lathe::format("{}: {} ({})", name, sample.inputs, sample.attrs));
            Graph apart = made->graph;
            // Parameters are constants in networks.
            std::vector<Tensor> inputs;
            std::vector<graph::ValueId> open;
            const bool parameters = name == "layer_norm" || name == "rms_norm" || name == "rotary_embedding";
            for (size_t i = 0; i < apart.inputs.size(); ++i) {
                if (i > 0 && parameters) {
                    apart[apart.inputs[i]].constant = made->inputs[i];
                    continue;
                }
                open.push_back(apart.inputs[i]);
                inputs.push_back(made->inputs[i]);
            }
            apart.inputs = open;
            const Graph whole = apart;
            const graph::Node taken = apart.nodes[0];
            apart.nodes.clear();
            const auto results = graph::expand_body(apart, taken, ops::find_op);
            if (!results) continue;
            graph::substitute(apart, taken.outputs[0], (*results)[0]);
            auto again = recognise_operators(*fold_constants(apart));
            ASSERT_TRUE(again.has_value()) << again.error().message;
            expect_same(whole, *again, inputs, 1e-5);
            found += count(*again, name);
        }
    }
    EXPECT_GE(found, 15);
}

}  // namespace
}  // namespace lathe::passes
