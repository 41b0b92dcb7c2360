// What the tests of operators share: running one operator or a small graph, and comparing tensors.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "graph/contexts.h"
#include "graph/graph.h"
#include "ops/ops.h"

namespace lathe::ops::testing {

// Largest difference allowed between two ways to compute the same values, relative to max(1, |expected|).
inline double tolerance(DType dtype) {
    switch (dtype) {
        case DType::kF64: return 1e-12;
        case DType::kF32: return 4e-6;
        case DType::kF16: return 6e-3;
        case DType::kBF16: return 5e-2;
        default: return 0;
    }
}

inline void expect_close(const Tensor& found, const Tensor& expected, std::string_view what) {
    ASSERT_EQ(found.dtype(), expected.dtype()) << what;
    ASSERT_EQ(found.shape(), expected.shape()) << what;
    const auto a = found.to_doubles(), b = expected.to_doubles();
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
        const double limit = tolerance(expected.dtype()) * std::max(1.0, std::fabs(b[i]));
        ASSERT_LE(std::fabs(a[i] - b[i]), limit)
            << what << " at element " << i << ": " << a[i] << ", expected " << b[i];
    }
}

// Runs every node of a graph with its reference kernel. Inputs in the graph's order.
Result<std::vector<Tensor>> run_graph(const graph::Graph& graph, const std::vector<Tensor>& inputs);

// Runs one operator through a graph of one node, so that attributes are completed and shapes checked. An operand may be
// nothing. Fails the test on an error, and returns no tensors then.
std::vector<Tensor> run_op(std::string_view op, const std::vector<std::optional<Tensor>>& operands,
                           graph::Attrs attrs = {}, size_t outputs = 1);
// The error's message, or "" when the operator runs.
std::string error_of(std::string_view op, const std::vector<std::optional<Tensor>>& operands,
                     graph::Attrs attrs = {}, size_t outputs = 1);

// f32 values that follow from the seed alone, in [low, high).
Tensor floats(Shape shape, uint64_t seed, double low = -1, double high = 1);

}  // namespace lathe::ops::testing
