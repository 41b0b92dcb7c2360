// The ONNX project's own models and answers, read and evaluated by the reference engine. Counts are printed; of models
// whose operators all have rows, every one must give the answers.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "base/file.h"
#include "formats/onnx/read.h"
#include "run/reference.h"
#include "test_data.h"

namespace lathe::onnx_data {
namespace {

// Those of ONNX's own runner (onnx/backend/test/case/test_case.py).
constexpr double kRelative = 1e-3, kAbsolute = 1e-7;

struct Outcome {
    enum { kPassed, kFailed, kNotClaimed } state;
    std::string reason;
};

// bf16 is stored as u16 in this data.
Tensor as_declared(const Tensor& tensor, DType dtype) {
    return dtype == DType::kBF16 && tensor.dtype() == DType::kU16
               ? Tensor(dtype, tensor.shape(), tensor.storage())
               : tensor;
}

std::string compare(const graph::Graph& graph, const std::vector<Tensor>& inputs,
                    const std::vector<Tensor>& expected) {
    const auto results = run::run_reference(graph, inputs);
    if (!results) return results.error().message;
    for (size_t i = 0; i < expected.size() && i < results->size(); ++i) {
        const DType dtype = (*results)[i].dtype();
        const double relative =
            dtype == DType::kBF16 ? 0x1p-7 : kRelative;  // the data cuts bf16 off instead of rounding
        if (const auto text = difference((*results)[i], as_declared(expected[i], dtype), relative, kAbsolute);
            !text.empty())
            return format("output {} {}", i, text);
    }
    return "";
}

// What no row is meant to do: text, sequences, choices at run time, random numbers.
bool is_claim(const std::string& message) {
    for (const char* word : {"operators that Lathe does not have", "not supported", "Lathe's tensors",
                             "string", "random", "depends on the input"})
        if (message.find(word) != std::string::npos) return false;
    return true;
}

// Reads the model with the named inputs turned into constants of the data.
Outcome run_data(const SharedBytes& file, const DataSet& set, bool fix_parameters) {
    formats::onnx::ReadOptions options;
    const auto names = formats::onnx::input_names(file);
    if (!names) return {Outcome::kFailed, names.error().message};
    std::vector<Tensor> inputs;
    for (size_t i = 0; i < names->size() && i < set.inputs.size(); ++i) {
        const Tensor& tensor = set.inputs[i];
        if (fix_parameters && (is_integer(tensor.dtype()) || tensor.count() == 1 || tensor.rank() == 1))
            options.input_values[(*names)[i]] = tensor;
        else inputs.push_back(tensor);
        options.input_shapes[(*names)[i]] =
            graph::dims_of(tensor.shape());  // some models declare others than they are given
    }
    const auto graph = formats::onnx::read_graph(file, "", options);
    if (!graph) {
        const std::string& message = graph.error().message;
        if (!fix_parameters && message.find("known before") != std::string::npos)
            return run_data(file, set, true);
        return {is_claim(message) ? Outcome::kFailed : Outcome::kNotClaimed, message};
    }
    for (size_t i = 0; i < inputs.size() && i < graph->inputs.size(); ++i)
        inputs[i] = as_declared(inputs[i], (*graph)[graph->inputs[i]].dtype);
    const auto text = compare(*graph, inputs, set.outputs);
    return {text.empty() ? Outcome::kPassed : is_claim(text) ? Outcome::kFailed : Outcome::kNotClaimed, text};
}

Outcome run_case(const std::string& folder) {
    const auto file = map_file(folder + "/model.onnx");
    if (!file) return {Outcome::kFailed, file.error().message};
    if (const auto graph = formats::onnx::read_graph(*file, ""); !graph && !is_claim(graph.error().message))
        return {Outcome::kNotClaimed, graph.error().message};
    const auto sets = data_sets_of(folder);
    if (!sets) return {Outcome::kNotClaimed, sets.error().message};
    for (const DataSet& set : *sets)
        if (const Outcome outcome = run_data(*file, set, false); outcome.state != Outcome::kPassed)
            return outcome;
    return {Outcome::kPassed, ""};
}

void run_set(const char* set) {
    const auto folders = cases_of(set);
    if (folders.empty()) GTEST_SKIP() << "no test data in " << kRoot << "; Debian's libonnx-testdata has it";
    size_t passed = 0, claimed = 0;
    std::map<std::string, int> not_claimed;
    for (const std::string& folder : folders) {
        const Outcome outcome = run_case(folder);
        const std::string name = folder.substr(folder.rfind('/') + 1);
        passed += outcome.state == Outcome::kPassed;
        claimed += outcome.state != Outcome::kNotClaimed;
        if (outcome.state == Outcome::kFailed) ADD_FAILURE() << name << ": " << outcome.reason;
        if (outcome.state == Outcome::kNotClaimed)
            ++not_claimed[outcome.reason.substr(0, outcome.reason.find('('))];
    }
    std::printf("%s: %zu of %zu pass; of %zu whose operators Lathe has, %zu\n", set, passed, folders.size(),
                claimed, passed);
    for (const auto& [reason, count] : not_claimed)
        std::printf("  %3d not claimed: %s\n", count, reason.c_str());
}

TEST(OnnxNodeData, Node) { run_set("node"); }
TEST(OnnxNodeData, PytorchConverted) { run_set("pytorch-converted"); }
TEST(OnnxNodeData, PytorchOperator) { run_set("pytorch-operator"); }
TEST(OnnxNodeData, Simple) { run_set("simple"); }

}  // namespace
}  // namespace lathe::onnx_data
