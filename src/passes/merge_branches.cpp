// Parallel branches that are linear in the same value become one convolution.
#include <algorithm>
#include <optional>

#include "graph/contexts.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace lathe::passes {
namespace {

using graph::AttrReader;
using graph::Ints;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// Kernel, stride and padding of a convolution of two spatial axes without dilation.
struct Window {
    Ints kernel, strides, pads;  // pads: top, left, bottom, right
    int64_t groups = 1;
    int64_t in = 0;  // channels of one group
};

// conv(x; weight) + diagonal * x + bias, per output channel. Without a window only the diagonal.
struct Linear {
    std::optional<Window> window;
    std::vector<double> weight;  // [out, in, kh, kw]
    std::vector<double> diagonal, bias;
    int branches = 1;
};

bool same_layers(const Window& a, const Window& b) {
    return a.strides == b.strides && a.groups == b.groups && a.in == b.in;
}

// `small`'s kernel inside one of `big`'s size, where both see the same place; nothing where it does not fit.
std::optional<std::vector<double>> embedded(const Linear& small, const Window& big, int64_t out) {
    const Window& w = *small.window;
    const int64_t top = big.pads[0] - w.pads[0], left = big.pads[1] - w.pads[1];
    const int64_t bottom = big.pads[2] - w.pads[2], right = big.pads[3] - w.pads[3];
    if (std::min({top, left, bottom, right}) < 0 || w.kernel[0] + top + bottom != big.kernel[0] ||
        w.kernel[1] + left + right != big.kernel[1])
        return std::nullopt;
    std::vector<double> weight(static_cast<size_t>(out * big.in * big.kernel[0] * big.kernel[1]), 0);
    for (int64_t plane = 0; plane < out * big.in; ++plane)
        for (int64_t i = 0; i < w.kernel[0]; ++i)
            for (int64_t j = 0; j < w.kernel[1]; ++j)
                weight[static_cast<size_t>((plane * big.kernel[0] + i + top) * big.kernel[1] + j + left)] =
                    small.weight[static_cast<size_t>((plane * w.kernel[0] + i) * w.kernel[1] + j)];
    return weight;
}

void add_to(std::vector<double>& into, const std::vector<double>& other, double sign) {
    for (size_t i = 0; i < into.size(); ++i) into[i] += sign * other[i];
}

// a + sign * b.
std::optional<Linear> sum(Linear a, Linear b, double sign) {
    if (a.bias.size() != b.bias.size()) return std::nullopt;
    const auto out = static_cast<int64_t>(a.bias.size());
    if (a.window && b.window) {
        if (!same_layers(*a.window, *b.window)) return std::nullopt;
        const bool a_is_big =
            a.window->kernel[0] * a.window->kernel[1] >= b.window->kernel[0] * b.window->kernel[1];
        const auto fitted = embedded(a_is_big ? b : a, a_is_big ? *a.window : *b.window, out);
        if (!fitted) return std::nullopt;
        (a_is_big ? b : a).weight = *fitted;
        if (!a_is_big) a.window = b.window;
        add_to(a.weight, b.weight, sign);
    } else if (b.window) {
        a.window = b.window;
        a.weight.assign(b.weight.size(), 0);
        add_to(a.weight, b.weight, sign);
    }
    add_to(a.diagonal, b.diagonal, sign);
    add_to(a.bias, b.bias, sign);
    a.branches += b.branches;
    return a;
}

class Merger {
public:
    explicit Merger(Graph graph) : graph_(std::move(graph)), uses_(graph::uses_of(graph_)) {}

    Result<Graph> run() {
        // From the end, so that the largest sum is met before its parts.
        for (size_t i = graph_.nodes.size(); i-- > 0;) {
            const Node& node = graph_.nodes[i];
            if ((node.op->name == "add" || node.op->name == "sub") && is_image(node.outputs[0])) merge(i);
        }
        return graph::without_dead_code(std::move(graph_));
    }

private:
    bool is_image(ValueId id) const {
        const graph::Value& value = graph_[id];
        return value.shape.size() == 4 && value.dtype == DType::kF32 && value.shape[1].is_constant();
    }
    const Node* maker(ValueId id) const {
        const int64_t node = uses_.producer[static_cast<size_t>(id)];
        return node < 0 ? nullptr : &graph_.nodes[static_cast<size_t>(node)];
    }
    const Tensor* constant(ValueId id) const {
        return id != kNoValue && graph_[id].constant ? &*graph_[id].constant : nullptr;
    }
    bool inner(ValueId id) const {
        return uses_.users[static_cast<size_t>(id)].size() == 1 &&
               std::ranges::find(graph_.outputs, id) == graph_.outputs.end();
    }

    // The constant per channel that a mul or add joins to an image, and the image.
    struct Joined {
        ValueId image;
        std::vector<double> values;
    };
    std::optional<Joined> joined(const Node& node) const {
        for (const size_t i : {size_t{0}, size_t{1}}) {
            const Tensor* tensor = constant(node.inputs[i]);
            const ValueId image = node.inputs[1 - i];
            if (tensor == nullptr || constant(image) != nullptr || !is_image(image)) continue;
            const int64_t channels = *graph_[image].shape[1].constant();
            const Shape& shape = tensor->shape();
            const size_t rank = shape.size();
            const bool along_channels =
                rank >= 3 && rank <= 4 && shape[rank - 3] == channels && tensor->count() == channels;
            if (!along_channels && tensor->count() != 1) return std::nullopt;
            auto values = tensor->to_doubles();
            values.resize(static_cast<size_t>(channels), values[0]);
            return Joined{image, std::move(values)};
        }
        return std::nullopt;
    }

    std::optional<Linear> convolution(const Node& node) const {
        const Tensor* weight = constant(node.inputs[1]);
        const Tensor* bias = node.inputs.size() > 2 ? constant(node.inputs[2]) : nullptr;
        if (weight == nullptr || weight->rank() != 4 || weight->dtype() != DType::kF32) return std::nullopt;
        if (node.inputs.size() > 2 && node.inputs[2] != kNoValue && bias == nullptr) return std::nullopt;
        const AttrReader attrs(*node.op, node.attrs);
        if (attrs.string("auto_pad") != "NOTSET" ||
            std::ranges::any_of(attrs.list("dilations"), [](int64_t d) { return d != 1; }))
            return std::nullopt;
        Window window{.kernel = {weight->dim(2), weight->dim(3)},
                      .strides = attrs.list("strides"),
                      .pads = attrs.list("pads"),
                      .groups = attrs.integer("group"),
                      .in = weight->dim(1)};
        if (window.strides.empty()) window.strides = {1, 1};
        if (window.pads.empty()) window.pads = {0, 0, 0, 0};
        const auto out = static_cast<size_t>(weight->dim(0));
        return Linear{.window = window,
                      .weight = weight->to_doubles(),
                      .diagonal = std::vector<double>(out, 0),
                      .bias = bias != nullptr ? bias->to_doubles() : std::vector<double>(out, 0)};
    }

    // What `id` is as a linear function of `base`; nothing when it is none, or when others need a part of it.
    std::optional<Linear> linear(ValueId id, ValueId base, bool root, int depth = 0) const {
        if (id == base) {
            const auto channels = static_cast<size_t>(*graph_[id].shape[1].constant());
            return Linear{.diagonal = std::vector<double>(channels, 1),
                          .bias = std::vector<double>(channels, 0)};
        }
        const Node* node = maker(id);
        if (node == nullptr || depth > 16 || (!root && !inner(id))) return std::nullopt;
        if (node->op->name == "conv") return node->inputs[0] == base ? convolution(*node) : std::nullopt;
        const bool mul = node->op->name == "mul", add = node->op->name == "add",
                   sub = node->op->name == "sub";
        if (!mul && !add && !sub) return std::nullopt;
        if (!sub)
            if (const auto parts = joined(*node)) {
                auto form = linear(parts->image, base, false, depth + 1);
                if (form) mul ? multiply(*form, parts->values) : add_to(form->bias, parts->values, 1);
                return form;
            }
        if (mul || !is_image(node->inputs[0]) || !is_image(node->inputs[1])) return std::nullopt;
        auto a = linear(node->inputs[0], base, false, depth + 1);
        auto b = a ? linear(node->inputs[1], base, false, depth + 1) : std::nullopt;
        return b ? sum(*std::move(a), *std::move(b), sub ? -1 : 1) : std::nullopt;
    }

    static void multiply(Linear& form, const std::vector<double>& factors) {
        const size_t row = form.weight.size() / std::max<size_t>(1, factors.size());
        for (size_t i = 0; i < form.weight.size(); ++i) form.weight[i] *= factors[i / row];
        for (size_t c = 0; c < factors.size(); ++c) {
            form.diagonal[c] *= factors[c];
            form.bias[c] *= factors[c];
        }
    }

    // What convolutions below a sum take: the values that it may be linear in.
    void find_bases(ValueId id, std::vector<ValueId>& bases, int depth = 0) const {
        const Node* node = maker(id);
        if (node == nullptr || depth > 16) return;
        if (node->op->name == "conv") {
            if (is_image(node->inputs[0]) && std::ranges::find(bases, node->inputs[0]) == bases.end())
                bases.push_back(node->inputs[0]);
        } else if (node->op->name == "add" || node->op->name == "sub" || node->op->name == "mul") {
            for (const ValueId input : node->inputs)
                if (constant(input) == nullptr) find_bases(input, bases, depth + 1);
        }
    }

    // The diagonal as a part of the kernel: x itself is what the tap over the output's own place sees.
    static bool absorb_diagonal(Linear& form) {
        if (std::ranges::all_of(form.diagonal, [](double d) { return d == 0; })) return true;
        const Window& w = *form.window;
        const auto out = static_cast<int64_t>(form.bias.size());
        const bool keeps_size = w.strides == Ints{1, 1} && w.kernel[0] == w.pads[0] + w.pads[2] + 1 &&
                                w.kernel[1] == w.pads[1] + w.pads[3] + 1;
        if (!keeps_size || out != w.in * w.groups) return false;
        for (int64_t o = 0; o < out; ++o)
            form.weight[static_cast<size_t>(((o * w.in + o % w.in) * w.kernel[0] + w.pads[0]) * w.kernel[1] +
                                            w.pads[1])] += form.diagonal[static_cast<size_t>(o)];
        return true;
    }

    void merge(size_t index) {
        const ValueId result = graph_.nodes[index].outputs[0];
        std::vector<ValueId> bases;
        find_bases(result, bases);
        for (const ValueId base : bases) {
            auto form = linear(result, base, true);
            if (!form || !form->window || form->branches < 2 || !absorb_diagonal(*form)) continue;
            replace(index, base, *form);
            return;
        }
    }

    void replace(size_t index, ValueId base, const Linear& form) {
        const Window& w = *form.window;
        const auto out = static_cast<int64_t>(form.bias.size());
        Node& node = graph_.nodes[index];
        const std::string name = node.name;
        const ValueId weight = graph_.add_constant(
            name + ".merged.weight",
            tensor_from_doubles(DType::kF32, {out, w.in, w.kernel[0], w.kernel[1]}, form.weight));
        const ValueId bias =
            graph_.add_constant(name + ".merged.bias", tensor_from_doubles(DType::kF32, {out}, form.bias));
        Node conv{.op = ops::find_op("conv"),
                  .name = name,
                  .inputs = {base, weight, bias},
                  .outputs = node.outputs};
        conv.attrs = {{"auto_pad", std::string("NOTSET")}, {"dilations", Ints{1, 1}}, {"group", w.groups},
                      {"kernel_shape", w.kernel},          {"pads", w.pads},          {"strides", w.strides}};
        graph_.nodes[index] = std::move(conv);
        uses_ = graph::uses_of(graph_);
    }

    Graph graph_;
    graph::Uses uses_;
};

}  // namespace

Result<Graph> merge_branches(Graph graph) {
    TRY(Graph merged, Merger(std::move(graph)).run());
    TRY_STATUS(graph::infer_again(merged));
    return merged;
}

}  // namespace lathe::passes
