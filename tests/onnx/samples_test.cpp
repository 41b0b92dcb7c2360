// Every operator's samples written as ONNX, read back and evaluated: the answers are those of the graph that was
// written, with numbers and with symbols for sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "graph/text_form.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "run/reference.h"
#include "test_data.h"

namespace lathe::onnx_data {
namespace {

using graph::Graph;
using graph::OpDef;

double relative_for(DType dtype) {
    switch (dtype) {
        case DType::kF16: return 4e-3;
        case DType::kBF16: return 3e-2;
        case DType::kF32: return 2e-5;
        default: return 1e-9;
    }
}

struct Counts {
    int same = 0;
    std::map<std::string, std::string> refused;  // operator -> why
};

// "" or what is wrong.
std::string round_trip(const Graph& graph, const std::vector<Tensor>& inputs, int opset, Counts& counts) {
    const auto expected = run::run_reference(graph, inputs);
    if (!expected) return "the sample itself: " + expected.error().message;
    auto bytes = formats::onnx::to_bytes(graph, {.opset = opset});
    if (!bytes) {
        counts.refused.emplace(graph.name, bytes.error().message);
        return "";
    }
    const auto again = formats::onnx::read_graph(SharedBytes::from_vector(*std::move(bytes)), "");
    if (!again) return again.error().message;
    const auto found = run::run_reference(*again, inputs);
    if (!found) return found.error().message + "\n" + graph::to_text(*again);
    for (size_t i = 0; i < expected->size(); ++i) {
        const double relative = relative_for((*expected)[i].dtype());
        if (const auto text = difference((*found)[i], (*expected)[i], relative, relative); !text.empty())
            return format("output {} {}\n{}", i, text, graph::to_text(*again));
    }
    ++counts.same;
    return "";
}

class Samples : public ::testing::TestWithParam<int> {};

TEST_P(Samples, ComeBackFromOnnx) {
    const int opset = GetParam();
    Counts numbers, symbols;
    int samples = 0;
    for (const OpDef* op : ops::all_ops())
        for (const graph::Sample& text : op->samples) {
            auto sample = ops::sample_graph(*op, text);
            ASSERT_TRUE(sample.has_value()) << sample.error().message;
            const std::string place =
                format("{}({}; {}) at operator set {}: ", op->name, text.inputs, text.attrs, opset);
            ++samples;
            if (const auto wrong = round_trip(sample->graph, sample->inputs, opset, numbers); !wrong.empty())
                ADD_FAILURE() << place << wrong;
            Graph open = with_symbols(sample->graph);
            if (!graph::infer_again(open)) continue;
            if (const auto wrong = round_trip(open, sample->inputs, opset, symbols); !wrong.empty())
                ADD_FAILURE() << place << "with symbols: " << wrong;
        }
    std::printf("operator set %d: %d samples, %d come back with numbers, %d with symbols\n", opset, samples,
                numbers.same, symbols.same);
    for (const auto& [op, why] : numbers.refused) std::printf("  %s\n", why.c_str());
    for (const auto& [op, why] : symbols.refused)
        if (!numbers.refused.contains(op)) std::printf("  with symbols: %s\n", why.c_str());
}

INSTANTIATE_TEST_SUITE_P(OperatorSets, Samples, ::testing::Values(13, 17, 21));

}  // namespace
}  // namespace lathe::onnx_data
