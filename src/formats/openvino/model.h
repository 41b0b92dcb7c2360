// A network as OpenVINO's intermediate representation has it: layers in order, each with what its <data> says, where its inputs
// come from and what its outputs are. The writer makes one and the reader reads one.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/dim.h"
#include "tensor/tensor.h"

namespace lathe::formats::openvino {

inline constexpr int kIrVersion = 11;
inline constexpr std::string_view kParameter = "Parameter", kConst = "Const", kResult = "Result";

// An output of a layer: the layer's place in Model::layers, and which of its outputs.
struct Source {
    int layer = -1;
    int output = 0;
    auto operator<=>(const Source&) const = default;
};

struct Output {
    DType dtype = DType::kF32;
    graph::Dims shape;  // what is no number is open: -1 in the file
    std::vector<std::string> names;
};

using Data = std::vector<std::pair<std::string, std::string>>;

struct Layer {
    std::string name, type;
    int opset = 1;
    Data data;
    std::vector<Source> inputs;
    std::vector<Output> outputs;
    bool decompression = false;  // a Convert that widens stored weights: not to be folded away
    // Of a Const: its elements. Their type in the file is that of the output; they are converted while they are written.
    std::optional<Tensor> value;

    const std::string* find(std::string_view key) const;  // of `data`; nullptr: absent
};

struct Model {
    std::string name;
    std::vector<Layer> layers;  // parameters first, results last, every layer behind those that it reads
    std::map<std::string, std::string> metadata;  // <rt_info><lathe>: what Graph::metadata holds
    std::map<std::string, std::string>
        input_shapes;  // <rt_info><lathe_inputs>: "[batch, 3, 2*h]" of inputs by name
};

// The names of element types: in <data> ("f32", "boolean") and on ports ("FP32", "BOOL"). Empty: OpenVINO has none.
std::string_view element_name(DType dtype);
std::string_view precision_name(DType dtype);
std::optional<DType> element_named(std::string_view name);  // either kind of name

}  // namespace lathe::formats::openvino
