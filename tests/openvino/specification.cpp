#include "specification.h"

#include <algorithm>
#include <span>

#include "base/format.h"
#include "base/text.h"

namespace lathe::openvino_data {
namespace {

using formats::openvino::Layer;
using formats::openvino::Model;

// One operation. `inputs`: a letter for each port. T: the type of the first T. I: whole numbers. i: i64 or i32. B: boolean. S: any type,
// the same for all S. A: any. Small k: a scalar of whole numbers. What follows '?' is optional; '*' repeats the letter before it.
// `outputs` likewise, F: floating point. `attributes`: those that are required, then, behind '|', those that may be left
// out; "name=a/b" lists the values that there are.
struct Specification {
    std::string_view type;
    int opset;
    std::string_view inputs, outputs, attributes;
};

constexpr std::string_view kBroadcasts = "|auto_broadcast=none/numpy/pdpd";
constexpr std::string_view kWindow =
    "strides pads_begin pads_end dilations|auto_pad=explicit/same_upper/same_lower/valid";
constexpr std::string_view kBackward =
    "strides pads_begin pads_end dilations|auto_pad=explicit/same_upper/same_lower/valid output_padding";

constexpr Specification kSpecifications[] = {
    // arithmetic and activation
    {"Abs", 1, "T", "T", ""},
    {"Acos", 1, "T", "T", ""},
    {"Acosh", 4, "T", "T", ""},
    {"Add", 1, "TT", "T", kBroadcasts},
    {"Asin", 1, "T", "T", ""},
    {"Asinh", 4, "T", "T", ""},
    {"Atan", 1, "T", "T", ""},
    {"Atanh", 4, "T", "T", ""},
    {"BitwiseAnd", 13, "TT", "T", kBroadcasts},
    {"BitwiseLeftShift", 15, "TT", "T", kBroadcasts},
    {"BitwiseNot", 13, "T", "T", ""},
    {"BitwiseOr", 13, "TT", "T", kBroadcasts},
    {"BitwiseRightShift", 15, "TT", "T", kBroadcasts},
    {"BitwiseXor", 13, "TT", "T", kBroadcasts},
    {"Ceiling", 1, "T", "T", ""},
    {"Clamp", 1, "T", "T", "min max"},
    {"Cos", 1, "T", "T", ""},
    {"Cosh", 1, "T", "T", ""},
    {"CumSum", 3, "Tk", "T", "|exclusive=true/false reverse=true/false"},
    {"Divide", 1, "TT", "T", "|auto_broadcast=none/numpy/pdpd m_pythondiv=true/false"},
    {"Elu", 1, "T", "T", "alpha"},
    {"Erf", 1, "T", "T", ""},
    {"Exp", 1, "T", "T", ""},
    {"Floor", 1, "T", "T", ""},
    {"FloorMod", 1, "TT", "T", kBroadcasts},
    {"Gelu", 7, "T", "T", "|approximation_mode=erf/tanh"},
    {"HSwish", 4, "T", "T", ""},
    {"HardSigmoid", 1, "TTT", "T", ""},
    {"Log", 1, "T", "T", ""},
    {"LogSoftmax", 5, "T", "T", "|axis"},
    {"Maximum", 1, "TT", "T", kBroadcasts},
    {"Minimum", 1, "TT", "T", kBroadcasts},
    {"Mish", 4, "T", "T", ""},
    {"Mod", 1, "TT", "T", kBroadcasts},
    {"Multiply", 1, "TT", "T", kBroadcasts},
    {"Negative", 1, "T", "T", ""},
    {"PReLU", 1, "TT", "T", ""},
    {"Power", 1, "TT", "T", kBroadcasts},
    {"ReLU", 1, "T", "T", ""},
    {"Round", 5, "T", "T", "|mode=half_to_even/half_away_from_zero"},
    {"Selu", 1, "TTT", "T", ""},
    {"Sigmoid", 1, "T", "T", ""},
    {"Sign", 1, "T", "T", ""},
    {"Sin", 1, "T", "T", ""},
    {"Sinh", 1, "T", "T", ""},
    {"SoftMax", 8, "T", "T", "|axis"},
    {"SoftPlus", 4, "T", "T", ""},
    {"SoftSign", 9, "T", "T", ""},
    {"Sqrt", 1, "T", "T", ""},
    {"Subtract", 1, "TT", "T", kBroadcasts},
    {"Swish", 4, "T?T", "T", ""},
    {"Tan", 1, "T", "T", ""},
    {"Tanh", 1, "T", "T", ""},
    // comparison and logic
    {"Equal", 1, "SS", "B", kBroadcasts},
    {"Greater", 1, "SS", "B", kBroadcasts},
    {"GreaterEqual", 1, "SS", "B", kBroadcasts},
    {"IsInf", 10, "A", "B", "|detect_negative=true/false detect_positive=true/false"},
    {"IsNaN", 10, "A", "B", ""},
    {"Less", 1, "SS", "B", kBroadcasts},
    {"LessEqual", 1, "SS", "B", kBroadcasts},
    {"LogicalAnd", 1, "BB", "B", kBroadcasts},
    {"LogicalNot", 1, "B", "B", ""},
    {"LogicalOr", 1, "BB", "B", kBroadcasts},
    {"LogicalXor", 1, "BB", "B", kBroadcasts},
    {"Select", 1, "BTT", "T", kBroadcasts},
    // products and windows
    {"AvgPool", 1, "T", "T",
     "strides pads_begin pads_end kernel exclude-pad=true/false|rounding_type=floor/ceil "
     "auto_pad=explicit/same_upper/same_lower/valid"},
    {"AvgPool", 14, "T", "T",
     "strides pads_begin pads_end kernel exclude-pad=true/false|rounding_type=floor/ceil/ceil_torch "
     "auto_pad=explicit/same_upper/same_lower/valid"},
    {"Convolution", 1, "TT", "T", kWindow},
    {"ConvolutionBackpropData", 1, "TT?I", "T", kBackward},
    {"GroupConvolution", 1, "TT", "T", kWindow},
    {"GroupConvolutionBackpropData", 1, "TT?I", "T", kBackward},
    {"MatMul", 1, "TT", "T", "|transpose_a=true/false transpose_b=true/false"},
    {"MaxPool", 1, "T", "T",
     "strides pads_begin pads_end kernel|rounding_type=floor/ceil auto_pad=explicit/same_upper/same_lower/valid"},
    {"MaxPool", 8, "T", "Ti",
     "strides pads_begin pads_end kernel|dilations rounding_type=floor/ceil "
     "auto_pad=explicit/same_upper/same_lower/valid index_element_type=i64/i32 axis"},
    {"MaxPool", 14, "T", "Ti",
     "strides pads_begin pads_end kernel|dilations rounding_type=floor/ceil/ceil_torch "
     "auto_pad=explicit/same_upper/same_lower/valid index_element_type=i64/i32 axis"},
    // norms, reductions
    {"BatchNormInference", 5, "TTTTT", "T", "epsilon"},
    {"GroupNormalization", 12, "TTT", "T", "num_groups epsilon"},
    {"LRN", 1, "TI", "T", "alpha beta bias size"},
    {"MVN", 6, "Ti", "T", "normalize_variance=true/false eps eps_mode=inside_sqrt/outside_sqrt"},
    {"ReduceL1", 4, "TI", "T", "|keep_dims=true/false"},
    {"ReduceL2", 4, "TI", "T", "|keep_dims=true/false"},
    {"ReduceMax", 1, "TI", "T", "|keep_dims=true/false"},
    {"ReduceMean", 1, "TI", "T", "|keep_dims=true/false"},
    {"ReduceMin", 1, "TI", "T", "|keep_dims=true/false"},
    {"ReduceProd", 1, "TI", "T", "|keep_dims=true/false"},
    {"ReduceSum", 1, "TI", "T", "|keep_dims=true/false"},
    // images
    {"DepthToSpace", 1, "T", "T", "mode=blocks_first/depth_first|block_size"},
    {"GridSample", 9, "TF", "T",
     "|align_corners=true/false mode=bilinear/bicubic/nearest padding_mode=zeros/border/reflection"},
    {"Interpolate", 11, "TA?I", "T",
     "mode=nearest/linear/linear_onnx/cubic/bilinear_pillow/bicubic_pillow shape_calculation_mode=sizes/scales|"
     "coordinate_transformation_mode=half_pixel/pytorch_half_pixel/asymmetric/tf_half_pixel_for_nn/align_corners "
     "nearest_mode=round_prefer_floor/round_prefer_ceil/floor/ceil/simple antialias=true/false pads_begin pads_end cube_coeff"},
    {"SpaceToDepth", 1, "T", "T", "mode=blocks_first/depth_first|block_size"},
    // movement
    {"Broadcast", 3, "TI", "T", "|mode=numpy/bidirectional"},
    {"Concat", 1, "T*", "T", "axis"},
    {"Gather", 8, "TIk", "T", "|batch_dims"},
    {"GatherElements", 6, "Ti", "T", "axis"},
    {"GatherND", 8, "TI", "T", "|batch_dims"},
    {"Pad", 1, "TII?T", "T", "pad_mode=constant/edge/reflect/symmetric"},
    {"Pad", 12, "TII?T", "T", "pad_mode=constant/edge/reflect/symmetric"},
    {"Reshape", 1, "TI", "T", "special_zero=true/false"},
    {"ReverseSequence", 1, "TA", "T", "|batch_axis seq_axis"},
    {"ScatterElementsUpdate", 12, "TITI", "T",
     "|reduction=none/sum/prod/min/max/mean use_init_val=true/false"},
    {"ScatterNDUpdate", 3, "TiT", "T", ""},
    {"ScatterNDUpdate", 15, "TiT", "T", "|reduction=none/sum/sub/prod/min/max"},
    {"Slice", 8, "TIII?I", "T", ""},
    {"Squeeze", 1, "T?I", "T", ""},
    {"Tile", 1, "TI", "T", ""},
    {"Transpose", 1, "TI", "T", ""},
    {"Unsqueeze", 1, "TI", "T", ""},
    {"VariadicSplit", 1, "TkI", "T*", ""},
    // sizes, indices, order
    {"NonZero", 3, "A", "i", "|output_type=i64/i32"},
    {"OneHot", 1, "ikSS", "S", "axis"},
    {"Range", 4, "AAA", "A", "output_type"},
    {"ShapeOf", 3, "A", "i", "|output_type=i64/i32"},
    {"TopK", 11, "Tk", "Ti",
     "axis mode=min/max sort=value/index/none|stable=true/false index_element_type=i64/i32"},
    // types
    {"Convert", 1, "A", "A", "destination_type"},
    {"FakeQuantize", 1, "TTTTT", "T", "levels|auto_broadcast=none/numpy/pdpd"},
    // the network's own
    {"Const", 1, "", "A", ""},
    {"Parameter", 1, "", "A", ""},
    {"Result", 1, "A", "", ""},
};

struct Port {
    DType dtype;
    size_t rank;
};

std::string wrong_ports(std::string_view letters, const std::vector<Port>& ports, std::string_view kind,
                        std::optional<DType>& t, std::optional<DType>& s) {
    size_t at = 0;
    bool optional = false;
    for (size_t i = 0; i < letters.size(); ++i) {
        if (letters[i] == '?') {
            optional = true;
            continue;
        }
        const bool repeats = i + 1 < letters.size() && letters[i + 1] == '*';
        if (at == ports.size() && !optional) return format("{} {} is missing", kind, at);
        for (bool first = true; at < ports.size() && (first || repeats); first = false, ++at) {
            const Port& port = ports[at];
            const auto same = [&](std::optional<DType>& type) {
                if (!type) type = port.dtype;
                return *type == port.dtype;
            };
            const bool index = port.dtype == DType::kI64 || port.dtype == DType::kI32;
            const bool fits = letters[i] == 'T'   ? same(t)
                              : letters[i] == 'S' ? same(s)
                              : letters[i] == 'I' ? is_integer(port.dtype)
                              : letters[i] == 'i' ? index
                              : letters[i] == 'k' ? is_integer(port.dtype) && port.rank == 0
                              : letters[i] == 'B' ? port.dtype == DType::kBool
                              : letters[i] == 'F' ? is_float(port.dtype)
                                                  : true;
            if (!fits)
                return format("{} {} is {} of rank {}, expected '{}'", kind, at, name_of(port.dtype),
                              port.rank, letters[i]);
        }
        if (repeats) ++i;
    }
    return at == ports.size() ? "" : format("there are {} ports of {}, expected {}", ports.size(), kind, at);
}

std::string wrong_attributes(std::string_view attributes, const Layer& layer) {
    const size_t bar = std::min(attributes.find('|'), attributes.size());
    std::vector<std::string_view> known;
    const auto check = [&](std::string_view words, bool required) -> std::string {
        for (const std::string_view word : split(words, ' ')) {
            if (word.empty()) continue;
            const size_t equal = std::min(word.find('='), word.size());
            const std::string_view name = word.substr(0, equal);
            known.push_back(name);
            const std::string* value = layer.find(name);
            if (value == nullptr && required) return format("the attribute {} is missing", name);
            if (value == nullptr || equal == word.size()) continue;
            const auto values = split(word.substr(equal + 1), '/');
            if (std::ranges::find(values, *value) == values.end()) return format("{} is '{}'", name, *value);
        }
        return "";
    };
    if (std::string why = check(attributes.substr(0, bar), true); !why.empty()) return why;
    if (std::string why = check(attributes.substr(std::min(bar + 1, attributes.size())), false); !why.empty())
        return why;
    for (const auto& [key, value] : layer.data)
        if (std::ranges::find(known, key) == known.end()) return format("there is no attribute {}", key);
    return "";
}

// What a specification says of sizes that attributes and ports must share.
std::string wrong_sizes(const Model& model, const Layer& layer) {
    const auto rank = [&](size_t i) {
        const auto& from = layer.inputs[i];
        return model.layers[static_cast<size_t>(from.layer)]
            .outputs[static_cast<size_t>(from.output)]
            .shape.size();
    };
    if (layer.find("strides") != nullptr) {
        const size_t axes = rank(0) - 2;
        if (axes < 1 || axes > 3) return format("the image has {} axes of space", axes);
        for (const std::string_view key :
             {"strides", "pads_begin", "pads_end", "dilations", "kernel", "output_padding"}) {
            const std::string* list = layer.find(key);
            if (list != nullptr && split(*list, ',').size() != axes)
                return format("{} is '{}' for {} axes", key, *list, axes);
            if (list != nullptr && list->find('-') != list->npos) return format("{} is '{}'", key, *list);
        }
    }
    if (layer.type.starts_with("Group") && layer.type != "GroupNormalization" && rank(1) != rank(0) + 1)
        return "the filter has no axis of groups";
    if (layer.type.starts_with("Convolution") && rank(1) != rank(0))
        return "the filter has another rank than the image";
    if (layer.type == "Pad" && layer.opset == 1 && layer.inputs.size() == 4 &&
        *layer.find("pad_mode") != "constant")
        return "it has a value to pad with, and does not use it";
    if (layer.type == "GridSample" && (rank(0) != 4 || rank(1) != 4)) return "its inputs do not have 4 axes";
    if (layer.type == "PReLU" && rank(1) < 1) return "its slope is a scalar";
    if (layer.type == "OneHot" && (rank(2) != 0 || rank(3) != 0)) return "its values are no scalars";
    return "";
}

}  // namespace

std::string violation(const Model& model, const Layer& layer) {
    const auto it = std::ranges::find_if(kSpecifications, [&](const Specification& one) {
        return one.type == layer.type && one.opset == layer.opset;
    });
    const std::string place = format("{}-{} '{}': ", layer.type, layer.opset, layer.name);
    if (it == std::end(kSpecifications)) return place + "no such operation in that set";
    std::vector<Port> inputs, outputs;
    for (const auto& from : layer.inputs) {
        const auto& port =
            model.layers[static_cast<size_t>(from.layer)].outputs[static_cast<size_t>(from.output)];
        inputs.push_back({port.dtype, port.shape.size()});
    }
    for (const auto& port : layer.outputs) outputs.push_back({port.dtype, port.shape.size()});
    std::optional<DType> t, s;
    std::string why = wrong_ports(it->inputs, inputs, "input", t, s);
    if (why.empty()) why = wrong_ports(it->outputs, outputs, "output", t, s);
    if (why.empty() && layer.type != "Const" && layer.type != "Parameter")
        why = wrong_attributes(it->attributes, layer);
    if (why.empty()) why = wrong_sizes(model, layer);
    return why.empty() ? "" : place + why;
}

}  // namespace lathe::openvino_data
