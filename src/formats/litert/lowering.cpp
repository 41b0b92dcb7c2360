#include "formats/litert/lowering.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "formats/known_tensor.h"
#include "formats/litert/metadata.h"
#include "formats/litert/model_metadata.h"

namespace lathe::formats::litert {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

constexpr int64_t kMostSmall = 64;  // bytes of constants that are looked up before another is made
constexpr int64_t kSmallestNarrow = 256;  // elements of a weight that is worth narrowing

// The axes in their order, those of size 1 left out.
Order moved_axes(const Order& order, const Dims& shape) {
    Order result;
    for (const int axis : order)
        if (!(shape[static_cast<size_t>(axis)] == Dim(1))) result.push_back(axis);
    return result;
}

}  // namespace

Dims permuted(const Dims& shape, const Order& order) {
    Dims result;
    for (const int axis : order) result.push_back(shape[static_cast<size_t>(axis)]);
    return result;
}

Order identity_order(size_t rank) {
    Order order(rank);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

bool is_identity(const Order& order) { return order == identity_order(order.size()); }

size_t place_of(const Order& order, int axis) {
    const auto it = std::ranges::find(order, axis);
    CHECK(it != order.end());
    return static_cast<size_t>(it - order.begin());
}

// ---- tensors

int Lowering::result(const std::string& name, DType dtype, Dims shape) {
    model_.tensors.push_back({.name = name, .dtype = dtype, .shape = std::move(shape)});
    return static_cast<int>(model_.tensors.size() - 1);
}

int Lowering::constant_tensor(const std::string& name, Tensor data) {
    std::string key;
    if (data.size_bytes() <= kMostSmall) {
        data = data.to_contiguous();
        key = describe(data) + std::string(as_text(data.bytes()));
        if (const auto it = small_.find(key); it != small_.end()) return it->second;
    }
    const int number = result(name, data.dtype(), graph::dims_of(data.shape()));
    tensor(number).data = std::move(data);
    if (!key.empty()) small_[key] = number;
    return number;
}

int Lowering::ints(const std::vector<int64_t>& values, const std::string& name) {
    return constant_tensor(name,
                           tensor_from_ints(DType::kI32, {static_cast<int64_t>(values.size())}, values));
}

int Lowering::scalar(DType dtype, double value) {
    return constant_tensor("number", Tensor::filled(dtype, {}, value));
}

int Lowering::weight(const std::string& name, Tensor data, int channels, bool may_quantise) {
    const bool narrow = data.dtype() == DType::kF32 && data.count() >= kSmallestNarrow;
    if (!narrow || keeps_f32_ || options_.weights == Weights::kF32)
        return constant_tensor(name, std::move(data));
    if (options_.weights == Weights::kI8) {
        if (!may_quantise) return constant_tensor(name, std::move(data));
        const int number = constant_tensor(name, std::move(data));
        quantise_weight(tensor(number), channels);
        return number;
    }
    const Dims shape = graph::dims_of(data.shape());
    const int stored = constant_tensor(name, std::move(data));
    tensor(stored).dtype = DType::kF16;
    const int wide = result(name + "/f32", DType::kF32, shape);
    emit(Builtin::kDequantize, {stored}, {wide});
    return wide;
}

void Lowering::emit(Builtin code, std::vector<int> inputs, std::vector<int> outputs,
                    std::vector<wire::FlatField> options) {
    model_.operators.push_back({.code = code,
                                .inputs = std::move(inputs),
                                .outputs = std::move(outputs),
                                .options = std::move(options)});
}

int Lowering::transpose(int from_tensor, const Order& from, const Order& to, const Dims& shape,
                        const std::string& name) {
    if (from == to) return from_tensor;
    const DType dtype = tensor(from_tensor).dtype;
    const int moved = result(name, dtype, permuted(shape, to));
    if (moved_axes(from, shape) == moved_axes(to, shape)) {
        if (const auto target = shape_operand(permuted(shape, to), true)) {
            emit(Builtin::kReshape, {from_tensor, *target}, {moved});
            return moved;
        }
    }
    std::vector<int64_t> permutation;
    for (const int axis : to) permutation.push_back(static_cast<int64_t>(place_of(from, axis)));
    emit(Builtin::kTranspose, {from_tensor, ints(permutation, "permutation")}, {moved});
    return moved;
}

// ---- where values lie

std::vector<View>& Lowering::views_of(ValueId id) {
    auto& views = views_[static_cast<size_t>(id)];
    if (views.empty() && graph_[id].constant) {
        const Tensor& data = *graph_[id].constant;
        views.push_back({weight(graph_[id].name, data, 0, false), identity_order(data.shape().size())});
    }
    CHECK(!views.empty(), graph_[id].name);
    return views;
}

View Lowering::view(ValueId id) { return views_of(id).front(); }

int Lowering::in_order(ValueId id, const Order& order) { return broadcast_to(id, rank(id), order); }

int Lowering::broadcast_to(ValueId id, size_t wanted, const Order& order) {
    const auto key = std::pair(std::pair(static_cast<uint32_t>(id), wanted), order);
    if (const auto it = broadcasts_.find(key); it != broadcasts_.end()) return it->second;
    const size_t more = wanted - rank(id);
    Dims shape(more, Dim(1));
    shape.insert(shape.end(), graph_[id].shape.begin(), graph_[id].shape.end());
    int found = kNoTensor;
    if (const auto& data = graph_[id].constant) {
        const auto numbers = graph::constant_shape(shape);
        Tensor moved = data->count() == 1 || more == 0 ? *data : data->to_contiguous();
        moved = moved.reshaped(*numbers).transposed(order);
        found = weight(graph_[id].name, moved.count() <= 4096 ? moved.to_contiguous() : moved, 0, false);
    } else {
        std::vector<View> views = views_of(id);
        for (View& v : views) {
            if (more == 0 && v.order == order) return v.tensor;
            Order wider = identity_order(more);
            for (const int axis : v.order) wider.push_back(axis + static_cast<int>(more));
            v.order = wider;
        }
        View from = views.front();
        for (const View& v : views)
            if (moved_axes(v.order, shape) == moved_axes(order, shape)) from = v;
        // LiteRT puts missing axes in front itself.
        if (more > 0 && from.order == order) return from.tensor;
        found = transpose(from.tensor, from.order, order, shape, graph_[id].name + "/moved");
        if (more == 0) views_of(id).push_back({found, order});
    }
    broadcasts_[key] = found;
    return found;
}

void Lowering::place(ValueId id, int tensor, Order order) {
    if (id == kNoValue) return;
    CHECK(order.size() == rank(id), graph_[id].name);
    views_[static_cast<size_t>(id)].push_back({tensor, std::move(order)});
}

int Lowering::result_for(ValueId id, const Order& order) {
    const int number = result(graph_[id].name, graph_[id].dtype, permuted(graph_[id].shape, order));
    place(id, number, order);
    return number;
}

// ---- sizes

namespace {

// Arithmetic on sizes while a model runs; numbers are i32 [1].
class SizeArithmetic : public graph::DimWalk {
public:
    SizeArithmetic(Lowering& lowering, const std::map<std::string, int, std::less<>>& symbols)
        : lowering_(lowering), symbols_(symbols) {}
    Result<int> number(int64_t value) override { return lowering_.ints({value}); }
    Result<int> symbol(const std::string& name) override {
        const auto it = symbols_.find(name);
        if (it == symbols_.end())
            return fail("the size '{}' is shown by no input; fix it (--fix {}=N)", name, name);
        return it->second;
    }
    Result<int> apply(std::string_view function, int a, int b) override {
        const Builtin code = function == "+"          ? Builtin::kAdd
                             : function == "*"        ? Builtin::kMul
                             : function == "floordiv" ? Builtin::kFloorDiv
                             : function == "mod"      ? Builtin::kFloorMod
                             : function == "min"      ? Builtin::kMinimum
                                                      : Builtin::kMaximum;
        const int y = lowering_.result("size", DType::kI32, {Dim(1)});
        lowering_.emit(code, {a, b}, {y});
        return y;
    }

private:
    Lowering& lowering_;
    const std::map<std::string, int, std::less<>>& symbols_;
};

}  // namespace

Result<int> Lowering::sizes(const Dims& shape) {
    for (const ValueId input : graph_.inputs)
        for (size_t axis = 0; axis < rank(input); ++axis) {
            const Dim& dim = graph_[input].shape[axis];
            if (!dim.is_symbol() || symbol_tensors_.contains(dim.text())) continue;
            const int all = result("shape", DType::kI32, {Dim(static_cast<int64_t>(rank(input)))});
            emit(Builtin::kShape, {views_[static_cast<size_t>(input)].front().tensor}, {all},
                 {wire::flat_number(0, *tensor_type_of(DType::kI32))});
            const int one = result(dim.text(), DType::kI32, {Dim(1)});
            emit(Builtin::kSlice, {all, ints({static_cast<int64_t>(axis)}), ints({1})}, {one});
            symbol_tensors_[dim.text()] = one;
        }
    std::vector<int> parts;
    for (const Dim& dim : shape) {
        SizeArithmetic arithmetic(*this, symbol_tensors_);
        TRY(const int part, dim.walk(arithmetic));
        parts.push_back(part);
    }
    if (parts.size() == 1) return parts[0];
    const int vector = result("sizes", DType::kI32, {Dim(static_cast<int64_t>(parts.size()))});
    emit(Builtin::kConcatenation, parts, {vector}, {wire::flat_number(0, int32_t{0})});
    return vector;
}

Result<int> Lowering::shape_operand(const Dims& shape, bool may_infer) {
    std::vector<int64_t> numbers;
    int open = 0;
    for (const Dim& dim : shape) {
        numbers.push_back(dim.constant().value_or(-1));
        open += dim.is_constant() ? 0 : 1;
    }
    if (open == 0 || (open == 1 && may_infer)) return ints(numbers, "shape");
    return sizes(shape);
}

std::optional<Tensor> Lowering::known(ValueId id) const { return known_tensor(graph_, id); }

Result<Shape> fixed_shape(const Dims& dims, std::string_view what) {
    const auto numbers = graph::constant_shape(dims);
    if (!numbers)
        return fail("{} has the sizes {}, which LiteRT needs as numbers; fix them (--fix NAME=SIZE)", what,
                    to_string(dims));
    return *numbers;
}

// ---- nodes

Result<graph::Ints> NodeView::ints(std::string_view name) const {
    const graph::InferContext context(lowering.graph(), node);
    const auto values = context.ints(name);
    if (!values) return fail("its {} is computed while the network runs, and LiteRT needs the numbers", name);
    return *values;
}

Builtin NodeView::builtin() const {
    const graph::Cell* cell = usable_cell(lowering.graph(), node);
    CHECK(cell != nullptr, node.op->name);
    const BuiltinInfo* info = builtin_named(cell->op);
    CHECK(info != nullptr, cell->op);
    return info->code;
}

const graph::Cell* usable_cell(const Graph& graph, const Node& node) {
    const LowerRow* row = find_lower(node.op->name);
    if (row != nullptr && row->fits != nullptr && !row->fits(graph, node)) return nullptr;
    for (const graph::Cell& cell : node.op->cells) {
        if (cell.format != "litert") continue;
        const auto holds = [&](graph::TypeSet types, const std::vector<ValueId>& values) {
            return values.empty() || values[0] == kNoValue ||
                   (types & graph::type_bit(graph[values[0]].dtype)) != 0;
        };
        if (holds(cell.types, node.inputs) && holds(cell.results, node.outputs)) return &cell;
    }
    return nullptr;
}

const LowerRow* find_lower(std::string_view row) {
    for (const auto& family : {math_lowerings(), image_lowerings(), product_lowerings(), move_lowerings(),
                               reduce_lowerings(), code_lowerings()})
        for (const LowerRow& entry : family)
            if (entry.row == row) return &entry;
    return nullptr;
}

Status Lowering::node(const Node& node) {
    const LowerRow* row = find_lower(node.op->name);
    if (row == nullptr && usable_cell(graph_, node) == nullptr)
        return fail("node '{}' ({}): LiteRT has no such operator", node.name, node.op->name);
    keeps_f32_ = std::ranges::any_of(options_.keep_scopes,
                                     [&](const std::string& scope) { return node.name.starts_with(scope); });
    NodeView view(*this, node);
    const auto place = [&] {
        return format("node '{}' ({})", node.name.empty() ? std::string(node.op->name) : node.name,
                      node.op->name);
    };
    const Status status = row != nullptr ? row->lower(view) : lower_elementwise(view);
    if (!status) return fail("{}: {}", place(), status.error().message);
    for (const ValueId id : node.outputs)
        if (id != kNoValue && views_[static_cast<size_t>(id)].empty() && !graph_[id].constant)
            return fail("{}: its result '{}' is of a kind that LiteRT lacks", place(), graph_[id].name);
    return {};
}

Status Lowering::inputs() {
    for (const ValueId id : graph_.inputs) {
        const int number = result_for(id, identity_order(rank(id)));
        model_.inputs.push_back({graph_[id].name, number});
    }
    return {};
}

Status Lowering::outputs() {
    std::map<int, int> seen;
    for (const ValueId id : graph_.outputs) {
        int number = plain(id);
        const bool own = !tensor(number).data && std::ranges::none_of(model_.inputs, [&](const Port& port) {
            return port.tensor == number;
        }) && seen.emplace(number, 1).second;
        if (!own) {  // an input or a constant, or an output twice: a copy of it
            const int copy = result(graph_[id].name, tensor(number).dtype, tensor(number).shape);
            TRY(const int target, shape_operand(graph_[id].shape, true));
            emit(Builtin::kReshape, {number, target}, {copy});
            number = copy;
        }
        tensor(number).name = graph_[id].name;
        model_.outputs.push_back({graph_[id].name, number});
    }
    return {};
}

Result<Model> Lowering::run() {
    views_.resize(graph_.values.size());
    for (const Node& one : graph_.nodes)
        if (one.op->name == "dequantize_linear" && graph_[one.inputs[0]].constant)
            widened_[one.outputs[0]] = &one;
    model_.name = graph_.name.empty() ? "main" : graph_.name;
    TRY_STATUS(inputs());
    for (const Node& one : graph_.nodes) TRY_STATUS(node(one));
    TRY_STATUS(outputs());
    model_.metadata = metadata_of(graph_);
    if (!options_.labels.empty() || graph_.metadata.contains("image.size")) {
        TRY(std::string description, model_metadata(model_, graph_.metadata, !options_.labels.empty()));
        model_.metadata.push_back({std::string(kModelMetadata), std::move(description)});
    }
    fuse(model_);
    use_integers(model_);
    drop_unused(model_);
    set_versions(model_);
    return std::move(model_);
}

}  // namespace lathe::formats::litert
