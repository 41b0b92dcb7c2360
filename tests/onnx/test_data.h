// The ONNX project's own test data (Debian's libonnx-testdata): folders with a model and sets of inputs and outputs.
#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"
#include "tensor/tensor.h"

namespace lathe::onnx_data {

inline constexpr const char* kRoot = "/usr/share/libonnx-testdata/data";

// Folders with a model in one of the sets: "node", "pytorch-converted", "pytorch-operator", "simple". Sorted; empty when
// the data is not installed.
std::vector<std::string> cases_of(const std::string& set);

struct DataSet {
    std::vector<Tensor> inputs;
    std::vector<Tensor> outputs;
};
// test_data_set_0, … of a folder. Errors: values that are no tensors of ours.
Result<std::vector<DataSet>> data_sets_of(const std::string& folder);

// The meaning of numpy.testing.assert_allclose: |found - expected| <= absolute + relative * |expected|, NaN equals NaN.
// Returns "" or what differs.
std::string difference(const Tensor& found, const Tensor& expected, double relative, double absolute);

// The graph with symbols for sizes of its inputs above 1, equal sizes equal symbols. Shapes are not inferred again.
graph::Graph with_symbols(graph::Graph graph);

}  // namespace lathe::onnx_data
