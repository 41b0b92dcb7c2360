// quantize_linear and dequantize_linear: FakeQuantize, and codes with their widening.
#include <cmath>

#include "formats/openvino/lowering.h"

namespace lathe::formats::openvino {
namespace {

using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::Node;

struct CodeRange {
    double low, high;
};

std::optional<CodeRange> range_of(DType codes) {
    switch (codes) {
        case DType::kI8: return CodeRange{-128, 127};
        case DType::kU8: return CodeRange{0, 255};
        case DType::kI4: return CodeRange{-8, 7};
        case DType::kU4: return CodeRange{0, 15};
        default: return std::nullopt;
    }
}

// How a node quantises, its numbers as f64: one, or one for each place along `axis`.
struct Steps {
    std::vector<double> scale, zero;
    Shape shape;  // that they broadcast by
    CodeRange range;
};

Result<Steps> steps_of(NodeView& n, const Node& node) {
    Lowering& l = n.lowering;
    const auto& scale = l.constant(node.inputs[1]);
    const bool has_zero = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (!scale || (has_zero && !l.constant(node.inputs[2])))
        return fail("its scales are computed while the network runs");
    const DType codes =
        node.op->name == "quantize_linear" ? l.value(node.outputs[0]).dtype : l.value(node.inputs[0]).dtype;
    const auto range = range_of(codes);
    if (!range) return fail("its codes are {}, expected i8, u8, i4 or u4", name_of(codes));
    Steps s{.scale = scale->to_doubles(), .zero = {}, .shape = {}, .range = *range};
    s.zero.assign(s.scale.size(), 0);
    if (has_zero) s.zero = l.constant(node.inputs[2])->to_doubles();
    if (s.scale.size() > 1) {
        const int rank = l.rank(node.inputs[0]);
        TRY(const int axis, graph::normal_axis(*std::get_if<int64_t>(node.attrs.find("axis")), rank));
        s.shape.assign(static_cast<size_t>(rank), 1);
        s.shape[static_cast<size_t>(axis)] = static_cast<int64_t>(s.scale.size());
    }
    return s;
}

// FakeQuantize of `x`: to numbers again, or to codes as numbers.
Source fake_quantize(NodeView& n, Source x, const Steps& s, bool numbers) {
    Lowering& l = n.lowering;
    const Output like{l.output(x).dtype, l.output(x).shape, {}};
    const auto number = [&](double code, bool as_numbers) {
        std::vector<double> values;
        for (size_t i = 0; i < s.scale.size(); ++i)
            values.push_back(as_numbers ? (code - s.zero[i]) * s.scale[i] : code);
        return l.weight("range", tensor_from_doubles(like.dtype, s.shape, values));
    };
    const Source low = number(s.range.low, true), high = number(s.range.high, true);
    const auto levels = static_cast<int64_t>(s.range.high - s.range.low) + 1;
    return l.add("FakeQuantize", 1, {{"levels", std::to_string(levels)}, {"auto_broadcast", "numpy"}},
                 {x, low, high, numbers ? low : number(s.range.low, false),
                  numbers ? high : number(s.range.high, false)},
                 like);
}

// Alone: codes as numbers, then as codes.
Status lower_quantize(NodeView& n) {
    TRY(const Steps s, steps_of(n, n.node));
    n.lowering.place(n.out(), n.lowering.convert(fake_quantize(n, n.source(0), s, false), n.result().dtype));
    return {};
}
bool quantize_fits(const Graph& graph, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && !graph[node.inputs[i]].constant) return false;
    const DType from = graph[node.inputs[0]].dtype;
    return range_of(graph[node.outputs[0]].dtype) && (from == DType::kF32 || from == DType::kF16) &&
           graph[node.inputs[1]].dtype == from && *std::get_if<int64_t>(node.attrs.find("block_size")) == 0;
}

Status lower_dequantize(NodeView& n) {
    Lowering& l = n.lowering;
    const auto pair = l.fused().fake.find(&n.node);
    if (pair != l.fused().fake.end()) {
        TRY(const Steps s, steps_of(n, *pair->second));
        l.place(n.out(), fake_quantize(n, l.of(pair->second->inputs[0]), s, true));
        return {};
    }
    const Tensor& scale = *l.constant(n.in(1));
    const auto zero = n.has(2) ? l.constant(n.in(2)) : std::nullopt;
    int axis = 0;
    if (scale.count() > 1) {
        TRY(axis, n.axis("axis", n.rank_in(0)));
    }
    const auto& codes = l.constant(n.in(0));
    if (codes) {
        l.place(n.out(), l.widened(l.value(n.in(0)).name, *codes, scale, zero, axis));
        return {};
    }
    TRY(const Steps s, steps_of(n, n.node));
    const DType wide = n.result().dtype;
    const Data numpy = {{"auto_broadcast", "numpy"}};
    Source y = l.convert(n.source(0), wide);
    y = l.add("Subtract", 1, numpy, {y, l.weight("zero_point", tensor_from_doubles(wide, s.shape, s.zero))},
              n.result());
    y = l.add("Multiply", 1, numpy, {y, l.weight("scale", tensor_from_doubles(wide, s.shape, s.scale))},
              n.result());
    l.place(n.out(), y);
    return {};
}
bool dequantize_fits(const Graph& graph, const Node& node) {
    for (size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && !graph[node.inputs[i]].constant) return false;
    const DType to = graph[node.outputs[0]].dtype;
    return range_of(graph[node.inputs[0]].dtype) && (to == DType::kF32 || to == DType::kF16) &&
           graph[node.inputs[1]].dtype == to && *std::get_if<int64_t>(node.attrs.find("block_size")) == 0;
}

constexpr LowerRow kCodeLowerings[] = {{"quantize_linear", lower_quantize, quantize_fits},
                                       {"dequantize_linear", lower_dequantize, dequantize_fits}};

}  // namespace

std::span<const LowerRow> code_lowerings() { return kCodeLowerings; }

}  // namespace lathe::formats::openvino
