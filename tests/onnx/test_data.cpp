#include "test_data.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "formats/onnx/read.h"

namespace lathe::onnx_data {
namespace {

namespace fs = std::filesystem;

Result<std::vector<Tensor>> tensors(const std::string& prefix) {
    std::vector<Tensor> result;
    for (int i = 0;; ++i) {
        const std::string path = format("{}{}.pb", prefix, i);
        if (!file_exists(path)) return result;
        TRY(const SharedBytes bytes, map_file(path));
        TRY(auto tensor, with_place(formats::onnx::read_tensor_file(bytes), path));
        result.push_back(tensor.tensor.to_contiguous());
    }
}

}  // namespace

std::vector<std::string> cases_of(const std::string& set) {
    std::vector<std::string> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(std::string(kRoot) + "/" + set, error))
        if (file_exists(entry.path().string() + "/model.onnx")) folders.push_back(entry.path().string());
    std::ranges::sort(folders);
    return folders;
}

Result<std::vector<DataSet>> data_sets_of(const std::string& folder) {
    std::vector<DataSet> sets;
    for (int i = 0;; ++i) {
        const std::string inside = format("{}/test_data_set_{}", folder, i);
        if (!is_directory(inside)) return sets;
        DataSet set;
        TRY(set.inputs, tensors(inside + "/input_"));
        TRY(set.outputs, tensors(inside + "/output_"));
        sets.push_back(std::move(set));
    }
}

std::string difference(const Tensor& found, const Tensor& expected, double relative, double absolute) {
    if (found.dtype() != expected.dtype() || found.shape() != expected.shape())
        return format("is {}, expected {}", describe(found), describe(expected));
    const auto a = found.to_doubles(), b = expected.to_doubles();
    for (size_t i = 0; i < a.size(); ++i) {
        const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])) ||
                          std::abs(a[i] - b[i]) <= absolute + relative * std::abs(b[i]);
        if (!same) return format("element {} is {}, expected {}", i, a[i], b[i]);
    }
    return "";
}

graph::Graph with_symbols(graph::Graph graph) {
    for (const auto id : graph.inputs)
        for (graph::Dim& dim : graph[id].shape)
            if (const auto size = dim.constant(); size && *size > 1)
                dim = graph::Dim::symbol(format("n{}", *size));
    return graph;
}

}  // namespace lathe::onnx_data
