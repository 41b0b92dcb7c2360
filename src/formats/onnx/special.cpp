// ONNX operators that a table cannot say: without a row, or with another meaning in older operator sets.
#include <algorithm>

#include "formats/onnx/export_node.h"
#include "formats/onnx/import.h"
#include "ops/ops.h"

namespace lathe::formats::onnx {
namespace {

using graph::Dims;
using graph::Ints;

// `value` is a tensor of one element; the row has its number and its type.
Status constant_of_shape(NodeImport& n) {
    if (!n.has(0)) return fail("it has no input");
    Tensor value = Tensor::scalar<float>(0);
    if (const Attribute* a = n.node.find("value")) {
        TRY(const Attr given, to_attr(*a, AttrType::kTensor, n.source));
        value = *std::get_if<Tensor>(&given);
    }
    if (value.count() != 1) return fail("its value has {} elements, expected 1", value.count());
    Attrs attrs{{"value", value.to_doubles()[0]}, {"dtype", value.dtype()}};
    const auto& contents = n.graph[n.inputs[0]].contents;
    if (contents) {
        attrs.set("shape", *contents);
        return n.finish("constant_of_shape", {}, std::move(attrs));
    }
    return n.finish("constant_of_shape", {n.inputs[0]}, std::move(attrs));
}

// Before operator set 7 the second operand was spread along `axis` only where `broadcast` said so.
Status old_binary(NodeImport& n) {
    TRY(const int64_t broadcast, n.integer("broadcast", 0));
    if (!n.has(0) || !n.has(1)) return fail("it needs two inputs");
    ValueId b = n.inputs[1];
    const auto rank = static_cast<int64_t>(n.graph[n.inputs[0]].shape.size());
    const Dims& shape = n.graph[b].shape;
    TRY(int64_t axis, n.integer("axis", rank - static_cast<int64_t>(shape.size())));
    if (axis < 0) axis += rank;
    const int64_t behind = rank - axis - static_cast<int64_t>(shape.size());
    if (broadcast != 0 && behind > 0) {
        Dims longer = shape;
        longer.insert(longer.end(), static_cast<size_t>(behind), 1);
        TRY(b, n.inner("reshape", {b}, {{"shape", longer}}));
    }
    const std::string& op = n.node.op_type;
    return n.finish(op == "Add"   ? "add"
                    : op == "Sub" ? "sub"
                    : op == "Mul" ? "mul"
                    : op == "Div" ? "div"
                                  : "pow",
                    {n.inputs[0], b});
}

// Operators whose oldest forms differ from the first one that a cell describes only in attributes that went away.
Status as_later(NodeImport& n) {
    if (n.node.op_type == "BatchNormalization") {
        TRY(const int64_t is_test, n.integer("is_test", 0));
        TRY(const int64_t spatial, n.integer("spatial", 1));
        if (is_test == 0 || spatial == 0)
            return fail("batch normalisation in training, or for each place on its own, is not supported");
    }
    static const RowIndex rows(ops::all_ops());
    Node later = n.node;
    std::erase_if(later.attributes, [](const Attribute& a) {
        return a.name == "broadcast" || a.name == "is_test" || a.name == "spatial" ||
               a.name == "consumed_inputs";
    });
    NodeImport renewed{.graph = n.graph,
                       .source = n.source,
                       .node = later,
                       .opset = 8,
                       .prefix = n.prefix,
                       .inputs = n.inputs};
    TRY_STATUS(import_by_row(renewed, rows.find(n.node.op_type, 8).at(0)));
    n.results = std::move(renewed.results);
    return {};
}

// The slope of each channel was a vector, before it became broadcastable to the input.
Status old_prelu(NodeImport& n) {
    if (!n.has(0) || !n.has(1)) return fail("it needs two inputs");
    ValueId slope = n.inputs[1];
    const size_t rank = n.graph[n.inputs[0]].shape.size();
    Dims shape = n.graph[slope].shape;
    if (shape.size() == 1 && rank > 2) {
        shape.insert(shape.end(), rank - 2, 1);
        TRY(slope, n.inner("reshape", {slope}, {{"shape", shape}}));
    }
    return n.finish("prelu", {n.inputs[0], slope});
}

Status write_constant_of_shape(const graph::Node& node, int, NamedAttrs& attributes) {
    std::erase_if(attributes, [](const auto& a) { return a.first == "value" || a.first == "dtype"; });
    const double number = *std::get_if<double>(node.attrs.find("value"));
    attributes.emplace_back("value",
                            Tensor::filled(*std::get_if<DType>(node.attrs.find("dtype")), {1}, number));
    return {};
}

struct Entry {
    std::string_view op_type;
    int since, until;
    Special import;
    std::string_view needs;  // the row it is made of
};

constexpr int kForever = std::numeric_limits<int>::max();
constexpr Entry kEntries[] = {
    {"ConstantOfShape", 9, kForever, constant_of_shape, "constant_of_shape"},
    {"Add", 1, 6, old_binary, "add"},
    {"Sub", 1, 6, old_binary, "sub"},
    {"Mul", 1, 6, old_binary, "mul"},
    {"Div", 1, 6, old_binary, "div"},
    {"Pow", 1, 6, old_binary, "pow"},
    {"AveragePool", 1, 6, as_later, "avg_pool"},
    {"BatchNormalization", 1, 6, as_later, "batch_norm"},
    {"Gemm", 1, 6, as_later, "gemm"},
    {"Max", 1, 7, as_later, "max"},
    {"Min", 1, 7, as_later, "min"},
    {"PRelu", 1, 6, old_prelu, "prelu"},
    {"Sum", 1, 7, as_later, "sum"},
};

struct ExportEntry {
    std::string_view row;
    SpecialExport write;
};
constexpr ExportEntry kExports[] = {
    {"constant_of_shape", write_constant_of_shape},
};

}  // namespace

SpecialExport find_special_export(std::string_view row) {
    for (const ExportEntry& entry : kExports)
        if (entry.row == row) return entry.write;
    return nullptr;
}

Special find_special(std::string_view op_type, int opset) {
    for (const Entry& entry : kEntries)
        if (entry.op_type == op_type && opset >= entry.since && opset <= entry.until &&
            ops::find_op(entry.needs) != nullptr)
            return entry.import;
    return nullptr;
}

}  // namespace lathe::formats::onnx
