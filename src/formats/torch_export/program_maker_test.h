// For tests of this room: exported programs put together by hand, from the schema's own words.
#pragma once
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "formats/torch/saved_test.h"

namespace lathe::formats::torch_export::testing {

using torch::testing::Entries;
using torch::testing::saved;
using torch::testing::zipped;

inline Json tensor_arg(const std::string& name) { return {{"as_tensor", {{"name", name}}}}; }
inline Json int_arg(int64_t value) { return {{"as_int", value}}; }
inline Json ints_arg(const std::vector<int64_t>& values) { return {{"as_ints", values}}; }
inline Json none_arg() { return {{"as_none", true}}; }
inline Json size(int64_t value) { return {{"as_int", value}}; }
inline Json size(const char* expression) {
    return {{"as_expr", {{"expr_str", expression}, {"hint", {{"as_int", 4}}}}}};
}
inline constexpr int kFloat = 7, kLong = 5;

struct ProgramMaker {
    Json input_specs = Json::array(), output_specs = Json::array(), nodes = Json::array(),
         graph_inputs = Json::array();
    Json tensor_values = Json::object(), sym_int_values = Json::object(), ranges = Json::object();
    std::vector<std::pair<std::string, Tensor>> weights, constants;
    int major_version = 8;

    void meta(const std::string& name, int dtype, Json sizes) {
        tensor_values[name] = {{"dtype", dtype},
                               {"sizes", sizes},
                               {"requires_grad", false},
                               {"device", {{"type", "cpu"}, {"index", nullptr}}},
                               {"strides", Json::array()},
                               {"storage_offset", {{"as_int", 0}}},
                               {"layout", 7}};
    }
    void input(const std::string& name, int dtype, Json sizes) {
        meta(name, dtype, std::move(sizes));
        graph_inputs.push_back(tensor_arg(name));
        input_specs.push_back({{"user_input", {{"arg", tensor_arg(name)}}}});
    }
    void parameter(const std::string& arg, const std::string& name, Tensor tensor) {
        graph_inputs.push_back(tensor_arg(arg));
        input_specs.push_back({{"parameter", {{"arg", {{"name", arg}}}, {"parameter_name", name}}}});
        weights.emplace_back(name, std::move(tensor));
    }
    void buffer(const std::string& arg, const std::string& name, Tensor tensor) {
        graph_inputs.push_back(tensor_arg(arg));
        input_specs.push_back(
            {{"buffer", {{"arg", {{"name", arg}}}, {"buffer_name", name}, {"persistent", true}}}});
        weights.emplace_back(name, std::move(tensor));
    }
    void constant(const std::string& arg, const std::string& name, Tensor tensor) {
        graph_inputs.push_back(tensor_arg(arg));
        input_specs.push_back(
            {{"tensor_constant", {{"arg", {{"name", arg}}}, {"tensor_constant_name", name}}}});
        constants.emplace_back(name, std::move(tensor));
    }
    void node(const std::string& target, const std::vector<std::pair<std::string, Json>>& inputs,
              const Json& outputs) {
        Json list = Json::array();
        for (const auto& [name, arg] : inputs) list.push_back({{"name", name}, {"arg", arg}, {"kind", 1}});
        nodes.push_back(
            {{"target", target}, {"inputs", list}, {"outputs", outputs}, {"metadata", Json::object()}});
    }
    // One tensor result.
    void op(const std::string& target, const std::vector<std::pair<std::string, Json>>& inputs,
            const std::string& output) {
        node("torch.ops.aten." + target, inputs, Json::array({tensor_arg(output)}));
    }
    void output(const std::string& name) {
        output_specs.push_back({{"user_output", {{"arg", tensor_arg(name)}}}});
    }

    Json program() const {
        Json outputs = Json::array();
        Json graph{{"inputs", graph_inputs},
                   {"outputs", outputs},
                   {"nodes", nodes},
                   {"tensor_values", tensor_values},
                   {"sym_int_values", sym_int_values},
                   {"sym_bool_values", Json::object()},
                   {"is_single_tensor_return", false}};
        Json module{{"graph", graph},
                    {"signature", {{"input_specs", input_specs}, {"output_specs", output_specs}}},
                    {"module_call_graph", Json::array()},
                    {"metadata", Json::object()}};
        return {{"graph_module", module},      {"opset_version", {{"aten", 10}}},
                {"range_constraints", ranges}, {"schema_version", {{"major", major_version}, {"minor", 2}}},
                {"verifiers", {"TRAINING"}},   {"torch_version", "2.6.0"}};
    }

    // The layout of generation 1, 2 or 3.
    Entries entries(int generation) const {
        const std::string json = to_text(program());
        if (generation == 1)
            return {{"version", "8.2"},
                    {"serialized_exported_program.json", json},
                    {"serialized_state_dict.pt", saved(weights)},
                    {"serialized_constants.pt", saved(constants)},
                    {"serialized_example_inputs.pt", ""}};
        Entries all{{"net/archive_format", "pt2"},   {"net/archive_version", "0"},
                    {"net/byteorder", "little"},     {"net/.data/version", "6"},
                    {"net/models/model.json", json}, {"net/data/sample_inputs/model.pt", ""}};
        if (generation == 2) {
            all.emplace_back("net/data/weights/model.pt", saved(weights));
            all.emplace_back("net/data/constants/model.pt", saved(constants));
            return all;
        }
        for (const auto& [kind, prefix, tensors] :
             {std::tuple("weights", "weight", &weights), std::tuple("constants", "tensor", &constants)}) {
            Json config = Json::object();
            for (size_t i = 0; i < tensors->size(); ++i) {
                const Tensor& tensor = (*tensors)[i].second;
                const std::string path = format("{}_{}", prefix, i);
                all.emplace_back(format("net/data/{}/{}", kind, path), std::string(as_text(tensor.bytes())));
                Json sizes = Json::array(), strides = Json::array();
                for (const int64_t s : tensor.shape()) sizes.push_back(size(s));
                for (const int64_t s : row_major_strides(tensor.shape())) strides.push_back(size(s));
                config[(*tensors)[i].first] = {{"path_name", path},
                                               {"is_param", true},
                                               {"use_pickle", false},
                                               {"tensor_meta",
                                                {{"dtype", tensor.dtype() == DType::kI64 ? kLong : kFloat},
                                                 {"sizes", sizes},
                                                 {"strides", strides},
                                                 {"storage_offset", size(int64_t{0})},
                                                 {"layout", 7}}}};
            }
            all.emplace_back(format("net/data/{}/model_{}_config.json", kind, kind),
                             to_text(Json{{"config", config}}));
        }
        return all;
    }
};

}  // namespace lathe::formats::torch_export::testing
