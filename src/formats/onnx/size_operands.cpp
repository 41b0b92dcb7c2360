#include <algorithm>
#include <map>

#include "base/check.h"
#include "formats/onnx/cell_map.h"
#include "formats/onnx/legalise.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Attr;
using graph::AttrType;
using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

// Makes nodes that compute sizes; all results are i64[1].
class SizeNodes : public graph::DimWalk {
public:
    explicit SizeNodes(Graph& graph) : graph_(graph) {}

    // Sizes that `value` shows from here on.
    void learn(ValueId value) {
        const Dims& shape = graph_[value].shape;
        for (size_t axis = 0; axis < shape.size(); ++axis)
            if (shape[axis].is_symbol()) sources_.try_emplace(shape[axis].text(), Source{value, axis});
    }

    Result<ValueId> vector(const Dims& dims) {
        std::vector<ValueId> parts;
        for (size_t i = 0; i < dims.size();) {
            graph::Ints run;  // neighbouring numbers make one constant
            while (i < dims.size() && dims[i].is_constant()) run.push_back(*dims[i++].constant());
            if (!run.empty()) parts.push_back(graph_.add_constant("sizes", Tensor::ints(run)));
            if (i < dims.size()) {
                TRY(const int id, dims[i++].walk(*this));
                parts.push_back(ValueId{static_cast<uint32_t>(id)});
            }
        }
        if (parts.size() == 1) return parts[0];
        return add("sizes", "concat", std::move(parts), {{"axis", int64_t{0}}});
    }

    Result<int> number(int64_t value) override {
        const auto [it, fresh] = numbers_.try_emplace(value, kNoValue);
        if (fresh)
            it->second = graph_.add_constant(format("size_{}", value), Tensor::ints(std::span(&value, 1)));
        return static_cast<int>(it->second);
    }

    Result<int> symbol(const std::string& name) override {
        const auto source = sources_.find(name);
        if (source == sources_.end())
            return fail(
                "the size '{}' is no dimension of an input or of an earlier result; bind it to a number",
                name);
        auto [shape, fresh] = shapes_.try_emplace(source->second.value, kNoValue);
        if (fresh) {
            TRY(shape->second,
                add("shape_of_" + graph_[source->second.value].name, "shape_of", {source->second.value}, {}));
        }
        TRY(const int axis, number(static_cast<int64_t>(source->second.axis)));
        return once(name, "size_" + name, "gather", {shape->second, ValueId{static_cast<uint32_t>(axis)}},
                    {{"axis", int64_t{0}}});
    }

    Result<int> apply(std::string_view function, int a, int b) override {
        const std::string_view op = function == "+"          ? "add"
                                    : function == "*"        ? "mul"
                                    : function == "floordiv" ? "div"
                                                             : function;
        return once(format("{} {} {}", op, a, b), "size", op,
                    {ValueId{static_cast<uint32_t>(a)}, ValueId{static_cast<uint32_t>(b)}}, {});
    }

private:
    struct Source {
        ValueId value;
        size_t axis;
    };

    // Makes a node unless one for the same `key` was made before.
    Result<int> once(const std::string& key, const std::string& name, std::string_view op,
                     std::vector<ValueId> inputs, graph::Attrs attrs) {
        if (const auto it = known_.find(key); it != known_.end()) return it->second;
        TRY(const ValueId id, add(name, op, std::move(inputs), std::move(attrs)));
        return known_[key] = static_cast<int>(id);
    }

    Result<ValueId> add(const std::string& name, std::string_view op, std::vector<ValueId> inputs,
                        graph::Attrs attrs) {
        const graph::OpDef* row = ops::find_op(op);
        CHECK(row != nullptr, op);
        TRY(const size_t index,
            graph::add_node(graph_, *row, std::move(inputs), std::move(attrs), {name}, name));
        return graph_.nodes[index].outputs[0];
    }

    Graph& graph_;
    std::map<std::string, Source, std::less<>> sources_;
    std::map<ValueId, ValueId> shapes_;
    std::map<int64_t, ValueId> numbers_;
    std::map<std::string, int, std::less<>> known_;
};

bool has_symbols(const Attr& attr) {
    const Dims* dims = std::get_if<Dims>(&attr);
    return dims != nullptr && !graph::constant_shape(*dims);
}

// The target of a reshape as numbers: 0 where a size of the input stays in its place, -1 for one other size.
std::optional<graph::Ints> plain_reshape(const Dims& from, const Dims& to) {
    graph::Ints result;
    bool rest_used = false;
    for (size_t i = 0; i < to.size(); ++i) {
        if (to[i].is_constant()) {
            if (*to[i].constant() <= 0) return std::nullopt;
            result.push_back(*to[i].constant());
        } else if (i < from.size() && from[i] == to[i]) {
            result.push_back(0);
        } else if (!rest_used) {
            rest_used = true;
            result.push_back(-1);
        } else {
            return std::nullopt;
        }
    }
    return result;
}

Status give_operands(Graph& graph, Node& node, int opset, SizeNodes& sizes) {
    for (const graph::AttrDef& def : node.op->attrs) {
        const Attr* attr = node.attrs.find(def.name);
        if (attr == nullptr || def.type != AttrType::kDims || !has_symbols(*attr)) continue;
        const Dims& dims = *std::get_if<Dims>(attr);
        if (node.op->name == "reshape")
            if (const auto plain = plain_reshape(graph[node.inputs[0]].shape, dims)) {
                node.attrs.set(def.name, Dims(plain->begin(), plain->end()));
                continue;
            }
        const int operand = node.op->input_index(def.name);
        const graph::Cell* cell = usable_cell(graph, node, opset);
        if (cell == nullptr || operand < 0 ||
            locate(*node.op, *cell, def.name, opset).kind != Location::Kind::kInput)
            return fail(
                "node '{}' ({}): its {} is {}, but ONNX's operator takes only numbers there; bind the sizes",
                node.name, node.op->name, def.name, graph::to_string(dims));
        TRY(const ValueId id,
            with_place(sizes.vector(dims), format("node '{}' ({})", node.name, node.op->name)));
        const auto index = static_cast<size_t>(operand);
        if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoValue);
        node.inputs[index] = id;
        node.attrs.erase(def.name);
    }
    return {};
}

}  // namespace

Result<Graph> with_size_operands(Graph graph, int opset) {
    SizeNodes sizes(graph);
    for (const ValueId id : graph.inputs) sizes.learn(id);
    std::vector<Node> nodes = std::exchange(graph.nodes, {});
    for (Node& node : nodes) {
        TRY_STATUS(give_operands(graph, node, opset, sizes));
        for (const ValueId id : node.outputs)
            if (id != kNoValue) sizes.learn(id);
        graph.nodes.push_back(std::move(node));
    }
    return graph;
}

}  // namespace lathe::formats::onnx
