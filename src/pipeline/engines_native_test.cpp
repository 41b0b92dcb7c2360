#include "pipeline/engines.h"

#include <gtest/gtest.h>

#include "graph/text_form.h"
#include "ops/ops.h"

namespace lathe::pipeline {
namespace {

graph::Graph small_graph() {
    auto graph = graph::parse_text(
        "input x: f32[n, 3]\ninput w: f32[3, 5]\na = matmul(x, w)\nb = relu(a)\noutput b", ops::find_op);
    CHECK(graph.has_value());
    return *std::move(graph);
}

TEST(Engines, AllRunTheSameGraph) {
    const std::vector<Tensor> inputs{Tensor::filled(DType::kF32, {2, 3}, 0.5),
                                     Tensor::filled(DType::kF32, {3, 5}, 2)};
    for (const std::string& name : engine_names()) {
        const auto program = plan_for(small_graph(), {.engine = name, .threads = 2});
        ASSERT_TRUE(program.has_value()) << program.error().message;
        const auto outputs = (*program)->run(inputs);
        ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
        EXPECT_EQ((*outputs)[0].to_doubles(), std::vector<double>(10, 3.0)) << name;
    }
    // Of numbers that bf16 holds.
    const auto program = plan_for(small_graph(), {.threads = 2, .precision = "bf16"});
    ASSERT_TRUE(program.has_value()) << program.error().message;
    EXPECT_EQ((*(*program)->run(inputs))[0].to_doubles(), std::vector<double>(10, 3.0));
    for (const std::string& isa : isa_names()) EXPECT_EQ(kernels_for({.isa = isa}).name, isa);
    EXPECT_EQ(kernels_for({}).name, isa_names().back());
}

TEST(Engines, WhatIsNotThereIsSaidWithWhatIs) {
    const auto message = [](const EngineOptions& options) {
        const auto program = plan_for(small_graph(), options);
        return program ? std::string("planned") : program.error().message;
    };
    EXPECT_EQ(message({.engine = "gpu"}), "there is no engine 'gpu'; there are: cpu, reference");
    EXPECT_EQ(message({.precision = "f16"}),
              "the cpu engine does not compute in 'f16'; it has: f32, bf16, int8");
    EXPECT_NE(message({.isa = "vax"}).find("there are no kernels 'vax'"), std::string::npos);
}

}  // namespace
}  // namespace lathe::pipeline
