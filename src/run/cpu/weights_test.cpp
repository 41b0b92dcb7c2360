// Constants are held once: as they are packed.
#include "run/cpu/compare_engines.h"

namespace lathe::run::cpu {
namespace {

// Memory of a tensor that says when it is given up.
Tensor watched(const Tensor& tensor, std::shared_ptr<bool> gone) {
    auto* bytes = new std::vector<std::byte>(tensor.bytes().begin(), tensor.bytes().end());
    const std::shared_ptr<const void> owner(bytes, [gone](std::vector<std::byte>* memory) {
        *gone = true;
        delete memory;
    });
    return Tensor(tensor.dtype(), tensor.shape(), SharedBytes(owner, *bytes));
}

struct Watched {
    graph::Graph graph;
    std::shared_ptr<bool> gone = std::make_shared<bool>(false);
};
Watched watched_graph(const std::string& text, const Shape& shape) {
    Watched result;
    auto graph = graph::parse_text(text, ops::find_op);
    EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().message);
    result.graph = std::move(*graph);
    const auto w = result.graph.find("w");
    result.graph[w].constant = watched(noise(shape, 3), result.gone);
    std::erase(result.graph.inputs, w);
    return result;
}

// Runs images of several sizes; the weights' memory is given up after the first run, and nobody notices.
void check_sizes(const std::string& text, const Shape& weights, const std::vector<Shape>& images) {
    ThreadPool pool(2);
    for (const Kernels* kernels : available_kernels()) {
        Watched watched = watched_graph(text, weights);
        const graph::Graph plain = watched_graph(text, weights).graph;
        const auto program = make_engine(pool, {.kernels = kernels})->plan(watched.graph);
        ASSERT_TRUE(program.has_value()) << program.error().message;
        watched.graph = {};
        for (const Shape& shape : images) {
            const Tensor x = noise(shape, 5);
            const auto found = (*program)->run({{x}}), expected = run_reference(plain, {{x}});
            ASSERT_TRUE(found.has_value() && expected.has_value());
            ASSERT_NO_FATAL_FAILURE(expect_close(*found, *expected, kernels->name + to_string(shape)));
            EXPECT_TRUE(*watched.gone) << kernels->name;
        }
    }
}

TEST(Weights, AreGivenUpOncePackedAndMadeAgainForOtherSizes) {
    check_sizes("input x: f32[batch, 300]\ninput w: f32[300, 129]\ny = matmul(x, w)\noutput y", {300, 129},
                {{1, 300}, {7, 300}, {2, 300}});
    check_sizes("input x: f32[batch, 300]\ninput w: f32[129, 300]\ny = gemm(x, w, transB=true)\noutput y",
                {129, 300}, {{3, 300}, {1, 300}});
    // Small images by a direct convolution, large ones by Winograd's.
    check_sizes("input x: f32[1, 48, height, width]\ninput w: f32[64, 48, 3, 3]\n"
                "y = conv(x, w, pads=[1, 1, 1, 1])\noutput y",
                {64, 48, 3, 3}, {{1, 48, 1, 1}, {1, 48, 16, 16}, {1, 48, 1, 2}});
}

// Where the sizes are fixed even what Winograd's form was made of goes; runs on several threads make the same plan.
TEST(Weights, OfFixedSizesAreGivenUpInEveryForm) {
    check_sizes("input x: f32[1, 48, 16, 16]\ninput w: f32[64, 48, 3, 3]\n"
                "y = conv(x, w, pads=[1, 1, 1, 1])\noutput y",
                {64, 48, 3, 3}, {{1, 48, 16, 16}, {1, 48, 16, 16}});
    check_sizes("input x: f32[1, 512, 5, 5]\ninput w: f32[512, 1, 7, 7]\n"
                "y = conv(x, w, pads=[3, 3, 3, 3], group=512)\noutput y",
                {512, 1, 7, 7}, {{1, 512, 5, 5}});
}

}  // namespace
}  // namespace lathe::run::cpu
