// Which graphs compute every image of a batch by itself.
#include "run/cpu/batch.h"

#include <algorithm>

#include "graph/contexts.h"

namespace lathe::run::cpu {
namespace {

using graph::Dim;
using graph::Graph;
using graph::InferContext;
using graph::Node;
using graph::ValueId;

enum class Kind : uint8_t {
    kPlain,    // the same whatever the batch
    kSizes,    // a list of sizes, perhaps with the batch among them
    kBatched,  // the leading size is a multiple of the batch, image after image
};

// What an operator asks for so that it keeps images apart. Where an operand is asked to be batched, the others are plain
// or sizes.
enum class Rule : uint8_t {
    kAligned,  // operands broadcast; the batched ones have the result's rank, the others do not reach its first axis
    kFirst,  // only the first operand is batched
    kAxis,  // kFirst, along `axis`, which is not the first
    kAxes,  // kFirst, along `axes`, without the first
    kMoved,  // kFirst, and the first axis stays where it is
    kJoined,  // all operands are batched, and `axis` is not the first
    kProduct,
    kAttention,
    kFilled,  // a plain operand, or none, is repeated
};

struct Named {
    Rule rule;
    std::string_view ops;  // each between spaces
};
constexpr Named kRules[] = {
    {Rule::kAligned,
     " add sub mul div min max sum pow mean neg abs sqrt reciprocal exp log tanh erf sigmoid sin cos floor ceil round"
     " sign relu mish hard_swish softplus softsign clip silu gelu elu leaky_relu hard_sigmoid selu celu prelu where"
     " equal greater less greater_equal less_equal logical_and logical_or logical_not logical_xor cast mod "},
    {Rule::kFirst,
     " conv conv_transpose max_pool avg_pool lp_pool global_avg_pool global_max_pool batch_norm instance_norm group_norm"
     " lrn depth_to_space space_to_depth identity dropout reshape flatten squeeze unsqueeze resize gemm quantize_linear"
     " dequantize_linear qlinear_conv conv_integer "},
    {Rule::kAxis, " softmax log_softmax layer_norm rms_norm lp_norm split arg_max arg_min gather "},
    {Rule::kAxes,
     " reduce_mean reduce_sum reduce_max reduce_min reduce_sum_square reduce_prod reduce_l1 reduce_l2 slice "},
    {Rule::kMoved, " transpose pad "},
    {Rule::kJoined, " concat "},
    {Rule::kProduct, " matmul "},
    {Rule::kAttention, " attention "},
    {Rule::kFilled, " expand constant_of_shape "},
};

std::optional<Rule> rule_of(std::string_view op) {
    const std::string spaced = " " + std::string(op) + " ";
    for (const Named& named : kRules)
        if (named.ops.find(spaced) != std::string_view::npos) return named.rule;
    return std::nullopt;
}

class Search {
public:
    Search(const Graph& graph, const graph::Bindings& bindings, std::string symbol)
        : graph_(graph), symbol_(std::move(symbol)), kinds_(graph.values.size(), Kind::kPlain) {
        for (const auto& [name, size] : bindings)
            if (name != symbol_) others_.emplace(name, Dim(size));
    }

    bool run() {
        for (const ValueId id : graph_.inputs) {
            const auto kind = by_shape(id);
            if (!kind) return false;
            kinds_[static_cast<size_t>(id)] = *kind;
        }
        for (const Node& node : graph_.nodes)
            if (!add(node)) return false;
        return std::ranges::all_of(graph_.outputs, [&](ValueId id) { return kind(id) == Kind::kBatched; });
    }

private:
    Kind kind(ValueId id) const { return kinds_[static_cast<size_t>(id)]; }
    size_t rank(ValueId id) const { return graph_[id].shape.size(); }

    // Batched or plain; nothing where the batch stands anywhere else.
    std::optional<Kind> by_shape(ValueId id) const {
        const graph::Dims& dims = graph_[id].shape;
        for (size_t axis = 0; axis < dims.size(); ++axis) {
            const Dim dim = dims[axis].substitute(others_);
            if (dim.is_constant()) continue;
            const auto one = dim.evaluate({{symbol_, 1}});
            if (axis > 0 || !one || !(dim == Dim::symbol(symbol_) * Dim(*one))) return std::nullopt;
        }
        return !dims.empty() && !dims[0].substitute(others_).is_constant() ? Kind::kBatched : Kind::kPlain;
    }

    bool add(const Node& node) {
        const bool batched = any(node, Kind::kBatched), sizes = any(node, Kind::kSizes);
        const auto rule = rule_of(node.op->name);
        bool in_result = false;
        for (const ValueId id : node.outputs) {
            if (id == graph::kNoValue) continue;
            const auto found = by_shape(id);
            if (!found) return false;
            Kind& kind = kinds_[static_cast<size_t>(id)];
            kind = *found;
            in_result |= kind == Kind::kBatched;
            if (kind == Kind::kBatched) continue;
            if (graph_[id].contents) kind = Kind::kSizes;
            else if (batched || sizes || mentions_batch(node)) return false;
        }
        if (!in_result) return true;
        return rule && (batched ? keeps_apart(node, *rule) : fills(node, *rule));
    }

    bool any(const Node& node, Kind wanted) const {
        return std::ranges::any_of(node.inputs,
                                   [&](ValueId id) { return id != graph::kNoValue && kind(id) == wanted; });
    }
    bool batched_at(const Node& node, size_t place) const {
        return place < node.inputs.size() && node.inputs[place] != graph::kNoValue &&
               kind(node.inputs[place]) == Kind::kBatched;
    }

    bool mentions_batch(const Node& node) const {
        for (const auto& [name, attr] : node.attrs)
            if (const auto* dims = std::get_if<graph::Dims>(&attr))
                for (const Dim& dim : *dims)
                    if (!dim.substitute(others_).is_constant()) return true;
        return false;
    }

    // A plain operand under a result of that rank is repeated for every image.
    bool repeats(ValueId id, size_t result_rank) const {
        return kind(id) == Kind::kPlain && (rank(id) < result_rank || graph_[id].shape[0] == Dim(1));
    }

    bool aligned(const Node& node, ValueId id, size_t result_rank) const {
        return id == graph::kNoValue || repeats(id, result_rank) ||
               (kind(id) == Kind::kBatched && rank(id) == result_rank) ||
               (node.op->name == "clip" && kind(id) == Kind::kPlain);
    }

    bool only_first(const Node& node) const {
        for (size_t place = 1; place < node.inputs.size(); ++place)
            if (batched_at(node, place)) return false;
        return batched_at(node, 0);
    }

    bool fills(const Node& node, Rule rule) const {
        if (rule != Rule::kFilled) return false;
        return node.op->name != "expand" || repeats(node.inputs[0], rank(node.outputs[0]));
    }

    // Of the operand's rank, when it is known.
    static bool is_first(int64_t axis, size_t rank) {
        return axis == 0 || axis + static_cast<int64_t>(rank) == 0;
    }

    bool keeps_apart(const Node& node, Rule rule) const {
        const InferContext context(graph_, node);
        const size_t result_rank = rank(node.outputs[0]);
        switch (rule) {
            case Rule::kAligned:
                return std::ranges::all_of(node.inputs,
                                           [&](ValueId id) { return aligned(node, id, result_rank); });
            case Rule::kFirst:
                return only_first(node) && (node.op->name != "gemm" || !context.flag("transA"));
            case Rule::kAxis:
                return only_first(node) && !is_first(context.integer("axis"), rank(node.inputs[0]));
            case Rule::kAxes: {
                const auto axes = context.ints("axes");
                return only_first(node) && axes && !axes->empty() &&
                       std::ranges::none_of(
                           *axes, [&](int64_t axis) { return is_first(axis, rank(node.inputs[0])); });
            }
            case Rule::kMoved: return only_first(node) && first_stays(node, context);
            case Rule::kJoined:
                return !is_first(context.integer("axis"), result_rank) &&
                       std::ranges::all_of(node.inputs,
                                           [&](ValueId id) { return kind(id) == Kind::kBatched; });
            case Rule::kProduct: return product(node, result_rank);
            case Rule::kAttention:
                return node.outputs.size() == 1 && node.inputs.size() <= 4 && batched_at(node, 0) &&
                       batched_at(node, 1) && batched_at(node, 2) &&
                       (node.inputs.size() < 4 || aligned(node, node.inputs[3], 4));
            case Rule::kFilled: return node.op->name == "expand" && only_first(node);
        }
        return false;
    }

    static bool first_stays(const Node& node, const InferContext& context) {
        if (node.op->name == "transpose") {
            const graph::Ints& perm = context.list("perm");
            return !perm.empty() && perm[0] == 0;
        }
        const auto pads = context.ints("pads");  // with all axes, or of some of them
        const auto axes = context.ints("axes");
        return pads && axes && axes->empty() && !pads->empty() && (*pads)[0] == 0 &&
               (*pads)[pads->size() / 2] == 0;
    }

    // Rows times a plain matrix, or matrices one by one.
    bool product(const Node& node, size_t result_rank) const {
        const ValueId a = node.inputs[0], b = node.inputs[1];
        if (!batched_at(node, 1)) return rank(a) == result_rank && (rank(b) <= 2 || repeats(b, result_rank));
        return rank(b) >= 3 && aligned(node, a, result_rank) && rank(b) == result_rank;
    }

    const Graph& graph_;
    std::string symbol_;
    std::map<std::string, Dim, std::less<>> others_;
    std::vector<Kind> kinds_;
};

bool whole_bytes(const Graph& graph, const std::vector<ValueId>& ids) {
    return std::ranges::all_of(ids, [&](ValueId id) {
        return graph[id].dtype != DType::kString && bits_of(graph[id].dtype) % 8 == 0;
    });
}

}  // namespace

std::optional<std::string> independent_batch(const Graph& graph, const graph::Bindings& bindings) {
    if (!whole_bytes(graph, graph.inputs) || !whole_bytes(graph, graph.outputs)) return std::nullopt;
    for (const ValueId id : graph.inputs) {
        const graph::Dims& dims = graph[id].shape;
        if (dims.empty() || !dims[0].is_symbol()) continue;
        if (Search(graph, bindings, dims[0].text()).run()) return dims[0].text();
        return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace lathe::run::cpu
