// One program, run from several threads at the same time.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "graph/text_form.h"
#include "ops/ops.h"
#include "run/cpu/cpu.h"

namespace lathe::run::cpu {
namespace {

TEST(Sessions, ThreadsDoNotDisturbEachOther) {
    const auto graph = graph::parse_text(
        "input x: f32[n, 8, 12, 12]\nconst w: f32[4, 8, 1, 1] = "
        "[0.5, -1, 0.25, 2, 1, 0, -0.5, 0.75, 1, 1, -1, 0, 0.5, 0.5, 2, -2, "
        "0, 1, 0, -1, 0.125, 3, 1, 1, -1, 0.5, 0.5, 1, 0, 0, 1, 2]\n"
        "y = conv(x, w)\nz = silu(y)\nm = reduce_mean(z, axes=[2, 3])\ns = mul(z, m)\noutput s",
        ops::find_op);
    ASSERT_TRUE(graph.has_value()) << graph.error().message;
    ThreadPool pool(2);
    const auto program = make_engine(pool)->plan(*graph);
    ASSERT_TRUE(program.has_value()) << program.error().message;
    const auto input = [](int64_t batch, float value) {
        std::vector<float> values(static_cast<size_t>(batch * 8 * 144));
        for (size_t i = 0; i < values.size(); ++i) values[i] = value * static_cast<float>(i % 17) - 1;
        return Tensor::of<float>({batch, 8, 12, 12}, values);
    };
    constexpr int kThreads = 4, kRuns = 20;
    std::vector<Tensor> inputs;
    std::vector<std::vector<Tensor>> expected;
    for (int t = 0; t < kThreads; ++t) {
        inputs.push_back(input(1 + t % 3, 0.25F * static_cast<float>(t + 1)));
        auto outputs = (*program)->run(std::span(&inputs.back(), 1));
        ASSERT_TRUE(outputs.has_value()) << outputs.error().message;
        expected.push_back(*std::move(outputs));
    }
    std::vector<int> same(kThreads, 0);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int run = 0; run < kRuns; ++run) {
                const auto outputs = (*program)->run(std::span(&inputs[t], 1));
                if (outputs && std::ranges::equal((*outputs)[0].bytes(), expected[t][0].bytes())) ++same[t];
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (const int count : same) EXPECT_EQ(count, kRuns);
}

}  // namespace
}  // namespace lathe::run::cpu
