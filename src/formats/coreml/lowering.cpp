#include "formats/coreml/lowering.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "formats/coreml/blob_file.h"
#include "formats/coreml/compress.h"
#include "formats/known_tensor.h"

namespace lathe::formats::coreml {

using graph::Dim;
using graph::Dims;
using graph::Graph;
using graph::kNoValue;
using graph::Node;
using graph::ValueId;

namespace {

constexpr int64_t kMostSmallBytes = 64;  // of constants that are looked up before another is made
constexpr int64_t kLeastInFile =
    10;  // elements of a constant that goes into the weight file, as coremltools has it

std::vector<int64_t> type_shape(const Dims& shape) {
    std::vector<int64_t> sizes;
    for (const Dim& dim : shape) sizes.push_back(dim.constant().value_or(kUnknownSize));
    return sizes;
}

Type tensor_type(DType dtype, const Dims& shape) {
    return {.element = info_of(dtype)->type, .shape = type_shape(shape)};
}

Value text_value(const std::string& text) {
    return {.type = {.element = DataType::kString}, .strings = {text}};
}

bool in_weight_file(DataType type, int64_t count, int version) {
    if (count < kLeastInFile) return false;
    switch (type) {
        case DataType::kF16:
        case DataType::kF32:
        case DataType::kU8:
        case DataType::kI8: return true;
        case DataType::kI4:
        case DataType::kI16:
        case DataType::kU16:
        case DataType::kI32:
        case DataType::kU32: return version >= 9;
        default: return false;
    }
}

bool fits_i32(int64_t value) {
    return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
}

bool is_beyond_half(const Tensor& data) {
    if (data.dtype() != DType::kF32 && data.dtype() != DType::kBF16 && data.dtype() != DType::kF64)
        return false;
    const Tensor plain = data.to(DType::kF32).to_contiguous();
    return std::ranges::any_of(plain.values<float>(), [](float value) {
        return std::isfinite(value) && static_cast<double>(std::fabs(value)) > kLargestHalf;
    });
}

// Whole numbers as i32; ends of slices and the like that lie beyond it as its ends.
Tensor to_i32(const Tensor& data) {
    std::vector<int64_t> values = data.to_ints();
    for (int64_t& value : values)
        value = std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                    std::numeric_limits<int32_t>::max());
    return tensor_from_ints(DType::kI32, data.shape(), values);
}

}  // namespace

// ---- names

std::string Lowering::fresh(std::string_view hint) {
    std::string name;
    for (const char c : hint) {
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (digit && name.empty()) name = "_";
        name += letter || digit ? c : '_';
    }
    if (name.empty()) name = "value";
    if (names_.insert(name).second) return name;
    int& variant = variants_[name];
    while (true)
        if (std::string other = format("{}_{}", name, ++variant); names_.insert(other).second) return other;
}

std::string Lowering::hint(ValueId id) const {
    const std::string& name = graph_[id].name;
    return io_names_.contains(id) && work_ == DType::kF16 ? name + "_fp16" : name;
}

// ---- constants

std::string Lowering::add_constant(const std::string& hint, Value value) {
    const std::string name = fresh(hint);
    Operation operation{.type = "const", .outputs = {{name, value.type}}};
    operation.attributes.emplace_back("name", text_value(name));
    operation.attributes.emplace_back("val", std::move(value));
    add(std::move(operation));
    return name;
}

std::string Lowering::constant(const std::string& hint, const Tensor& given, DType dtype) {
    const Tensor data = dtype == DType::kI32 ? to_i32(given) : given;
    if (dtype == DType::kF16 && is_beyond_half(data)) beyond_half_.push_back(hint);
    Value value{.type = tensor_type(dtype, graph::dims_of(data.shape())), .data = data};
    value.in_file = in_weight_file(value.type.element, data.count(), version_);
    if (data.size_bytes() > kMostSmallBytes) return add_constant(hint, std::move(value));
    const Tensor small = data.to_contiguous();
    const std::string key =
        format("{} {} {}", lathe::name_of(dtype), describe(small), as_text(small.bytes()));
    if (const auto it = small_.find(key); it != small_.end()) return it->second;
    return small_[key] = add_constant(hint, std::move(value));
}

std::string Lowering::text(const std::string& text) {
    const std::string key = "text " + text;
    if (const auto it = small_.find(key); it != small_.end()) return it->second;
    return small_[key] = add_constant("text", text_value(text));
}

std::string Lowering::flag(bool value) {
    return constant("flag", tensor_from_ints(DType::kBool, {}, std::vector<int64_t>{value ? 1 : 0}),
                    DType::kBool);
}

std::string Lowering::flags(const std::vector<bool>& values) {
    const std::vector<int64_t> wide(values.begin(), values.end());
    return constant("flags", tensor_from_ints(DType::kBool, {static_cast<int64_t>(wide.size())}, wide),
                    DType::kBool);
}

std::string Lowering::integer(int64_t value) {
    return constant("integer", tensor_from_ints(DType::kI32, {}, std::vector<int64_t>{value}), DType::kI32);
}

std::string Lowering::ints(const std::vector<int64_t>& values) {
    return constant("integers", tensor_from_ints(DType::kI64, {static_cast<int64_t>(values.size())}, values),
                    DType::kI32);
}

std::string Lowering::number(double value) {
    // What keeps a divisor from being 0 must not be rounded to it.
    if (work_ == DType::kF16 && value != 0 && std::fabs(value) < kLeastHalf)
        value = std::copysign(kLeastHalf, value);
    return constant("number", Tensor::filled(DType::kF32, {}, value), work_);
}

std::string Lowering::weight(const std::string& hint, const Tensor& data, int channels, int inputs) {
    const DataType wide = info_of(work_)->type;
    std::optional<Operation> operation;
    if (!keeps_plain_) operation = compress(data, wide, options_.weights, channels, inputs, options_.block);
    ++(operation ? compressed_ : plain_);
    if (!operation) return constant(hint, data, work_);
    const std::string name = fresh(hint);
    operation->outputs.push_back({name, tensor_type(work_, graph::dims_of(data.shape()))});
    operation->attributes.insert(operation->attributes.begin(), {"name", text_value(name)});
    add(*std::move(operation));
    return name;
}

// ---- operations

std::vector<std::string> Lowering::emit_many(std::string_view type, Arguments arguments,
                                             const std::vector<NamedType>& results) {
    Operation operation{.type = std::string(type)};
    for (Argument& argument : arguments) {
        Parameter parameter{.name = std::string(argument.name)};
        for (std::string& value : argument.values) parameter.bindings.push_back({.name = std::move(value)});
        operation.inputs.push_back(std::move(parameter));
    }
    std::vector<std::string> names;
    for (const NamedType& result : results) {
        names.push_back(fresh(result.name));
        operation.outputs.push_back({names.back(), result.type});
    }
    operation.attributes.emplace_back("name", text_value(names[0]));
    add(std::move(operation));
    return names;
}

std::string Lowering::emit(std::string_view type, Arguments arguments, const std::string& hint, DType dtype,
                           const Dims& shape) {
    return emit_many(type, std::move(arguments), {{hint, tensor_type(dtype, shape)}})[0];
}

Result<std::string> Lowering::reshape(const Place& from, const Dims& target, const std::string& hint) {
    if (target.empty()) {  // no shape says that there are no axes
        std::vector<int64_t> axes;
        for (size_t i = 0; i < from.shape.size(); ++i) axes.push_back(static_cast<int64_t>(i));
        return emit("squeeze", {{"x", from.name}, {"axes", ints(axes)}}, hint, from.dtype, target);
    }
    TRY(const std::string sizes, shape_operand(target, true));
    return emit("reshape", {{"x", from.name}, {"shape", sizes}}, hint, from.dtype, target);
}

Status Lowering::need(int version) {
    if (version_ >= version) return {};
    needed_ = std::max(needed_, version);
    return fail("it needs operators of {}", opset_of(version));
}

// ---- where values lie

Result<DType> Lowering::type_of(ValueId id) const {
    switch (const DType dtype = graph_[id].dtype; dtype) {
        case DType::kF32:
        case DType::kF16:
        case DType::kBF16: return work_;
        case DType::kI64:
        case DType::kI32: return DType::kI32;
        case DType::kBool: return dtype;
        default:
            return fail("'{}' is of {}, and Core ML's operators compute with f16, f32, i32 and bool",
                        graph_[id].name, lathe::name_of(dtype));
    }
}

void Lowering::place_result(ValueId id, Place place) {
    if (id != kNoValue) places_[static_cast<size_t>(id)].push_back(std::move(place));
}

Result<Place> Lowering::place(ValueId id) {
    TRY(const DType wanted, type_of(id));
    auto& places = places_[static_cast<size_t>(id)];
    for (const Place& place : places)
        if (place.dtype == wanted) return place;
    const graph::Value& value = graph_[id];
    if (places.empty()) {
        CHECK(value.constant.has_value(), value.name);
        if (value.constant->count() == 0)
            return fail("'{}' has no elements, and Core ML has no such tensors", value.name);
        if (value.constant->dtype() == DType::kI64)
            for (const int64_t number : value.constant->to_ints())
                if (!fits_i32(number))
                    return fail("'{}' holds {}, and Core ML's whole numbers have 32 bits", value.name,
                                number);
        const bool flat = value.shape.size() > kMostRank;
        const Tensor data =
            flat ? value.constant->to_contiguous().reshaped({value.constant->count()}) : *value.constant;
        const std::string name = constant(value.name, data, wanted);
        return places.emplace_back(Place{name, wanted, graph::dims_of(data.shape())});
    }
    const Place from = places.front();
    const std::string_view dtype = info_of(wanted)->name;
    const std::string type = text(std::string(dtype));
    const std::string name = emit("cast", {{"x", from.name}, {"dtype", type}},
                                  format("{}_to_{}", value.name, dtype), wanted, from.shape);
    return places.emplace_back(Place{name, wanted, from.shape});
}

Result<std::string> Lowering::operand(ValueId id) {
    if (const size_t rank = graph_[id].shape.size(); rank > kMostRank)
        return fail("'{}' has {} axes, and Core ML's tensors have at most {}", graph_[id].name, rank,
                    kMostRank);
    TRY(Place found, place(id));
    return std::move(found.name);
}

Result<std::string> Lowering::reshaped(ValueId id, const Dims& target) {
    TRY(const Place found, place(id));
    if (found.shape == target) return found.name;
    return reshape(found, target, graph_[id].name);
}

std::optional<Tensor> Lowering::known(ValueId id) const { return known_tensor(graph_, id); }

// ---- sizes

namespace {

// Arithmetic on sizes while a model runs; numbers are i32 [1].
class MilSizes : public graph::DimWalk {
public:
    MilSizes(Lowering& lowering, const std::map<std::string, std::string, std::less<>>& symbols)
        : lowering_(lowering), symbols_(symbols) {}
    Result<int> number(int64_t value) override { return keep(lowering_.ints({value})); }
    Result<int> symbol(const std::string& name) override {
        const auto it = symbols_.find(name);
        if (it == symbols_.end())
            return fail("the size '{}' is shown by no input; fix it (--fix {}=N)", name, name);
        return keep(it->second);
    }
    Result<int> apply(std::string_view function, int a, int b) override {
        const std::string_view type = function == "+"          ? "add"
                                      : function == "*"        ? "mul"
                                      : function == "floordiv" ? "floor_div"
                                      : function == "mod"      ? "mod"
                                      : function == "min"      ? "minimum"
                                                               : "maximum";
        return keep(lowering_.emit(type, {{"x", name(a)}, {"y", name(b)}}, "size", DType::kI32, {Dim(1)}));
    }
    const std::string& name(int number) const { return names_[static_cast<size_t>(number)]; }

private:
    int keep(std::string name) {
        names_.push_back(std::move(name));
        return static_cast<int>(names_.size() - 1);
    }
    Lowering& lowering_;
    const std::map<std::string, std::string, std::less<>>& symbols_;
    std::vector<std::string> names_;
};

}  // namespace

Result<std::string> Lowering::sizes(const Dims& shape) {
    for (const ValueId input : graph_.inputs)
        for (size_t axis = 0; axis < graph_[input].shape.size(); ++axis) {
            const Dim& dim = graph_[input].shape[axis];
            if (!dim.is_symbol() || symbols_.contains(dim.text())) continue;
            const std::string all = emit("shape", {{"x", places_[static_cast<size_t>(input)].front().name}},
                                         graph_[input].name + "_shape", DType::kI32,
                                         {Dim(static_cast<int64_t>(graph_[input].shape.size()))});
            const auto at = static_cast<int64_t>(axis);
            const std::string no = flags({false});
            symbols_[dim.text()] = emit("slice_by_index",
                                        {{"x", all},
                                         {"begin", ints({at})},
                                         {"end", ints({at + 1})},
                                         {"stride", ints({1})},
                                         {"begin_mask", no},
                                         {"end_mask", no},
                                         {"squeeze_mask", no}},
                                        dim.text(), DType::kI32, {Dim(1)});
        }
    std::vector<std::string> parts;
    for (const Dim& dim : shape) {
        MilSizes arithmetic(*this, symbols_);
        TRY(const int part, dim.walk(arithmetic));
        parts.push_back(arithmetic.name(part));
    }
    if (parts.size() == 1) return parts[0];
    const Dims length{Dim(static_cast<int64_t>(parts.size()))};
    return emit("concat", {{"values", parts}, {"axis", integer(0)}, {"interleave", flag(false)}}, "sizes",
                DType::kI32, length);
}

Result<std::string> Lowering::shape_operand(const Dims& shape, bool may_infer) {
    std::vector<int64_t> numbers;
    int open = 0;
    for (const Dim& dim : shape) {
        numbers.push_back(dim.constant().value_or(-1));
        open += dim.is_constant() ? 0 : 1;
    }
    if (open == 0 || (open == 1 && may_infer)) return ints(numbers);
    return sizes(shape);
}

// ---- the model's inputs and outputs

namespace {

// How a value enters and leaves a program.
DType port_type(DType dtype) { return is_float(dtype) ? DType::kF32 : DType::kI32; }

}  // namespace

Result<std::string> Lowering::picture(const Feature& feature, const std::string& input) {
    const Dims shape{Dim(1), Dim(3), Dim(feature.shape[0]), Dim(feature.shape[1])};
    const auto by_channel = [&](const std::vector<double>& values) {
        const auto count = static_cast<int64_t>(values.size());
        return constant(
            "picture", tensor_from_doubles(DType::kF32, count == 1 ? Shape{} : Shape{1, count, 1, 1}, values),
            DType::kF32);
    };
    std::string x = emit("mul", {{"x", input}, {"y", by_channel(options_.picture->scale)}}, input + "_scaled",
                         DType::kF32, shape);
    if (std::ranges::any_of(options_.picture->bias, [](double bias) { return bias != 0; }))
        x = emit("add", {{"x", x}, {"y", by_channel(options_.picture->bias)}}, input + "_normalized",
                 DType::kF32, shape);
    return x;
}

Status Lowering::inputs(Model& model) {
    work_ = DType::kF32;
    for (const ValueId id : graph_.inputs) {
        const graph::Value& value = graph_[id];
        TRY(const DType inner, type_of(id));
        if (value.shape.size() > kMostRank)
            return fail("the input '{}' has {} axes, and Core ML's tensors have at most {}", value.name,
                        value.shape.size(), kMostRank);
        Feature feature{.name = fresh(value.name), .element = info_of(port_type(value.dtype))->type};
        if (feature.name != value.name) own_names_[feature.name] = value.name;
        bool open = false;
        for (size_t axis = 0; axis < value.shape.size(); ++axis) {
            const Dim& dim = value.shape[axis];
            const bool batch = axis == 0 && dim.is_symbol() && options_.batch;
            if (!batch && !dim.is_constant())
                return fail(
                    "the input '{}' has the sizes {}, and Core ML needs numbers{}; fix them (--fix NAME=SIZE)",
                    value.name, to_string(value.shape), options_.batch ? " for all but the batch" : "");
            if (dim == Dim(0))
                return fail("the input '{}' has no elements, and Core ML has no such tensors", value.name);
            open |= batch;
            const int64_t usual = batch ? options_.batch->usual : *dim.constant();
            feature.shape.push_back(usual);
            feature.ranges.push_back(batch ? SizeRange{options_.batch->least, options_.batch->most}
                                           : SizeRange{usual, usual});
        }
        if (!open) feature.ranges.clear();
        if (feature.shape.empty()) feature.shape = {1};
        const DType outer = port_type(value.dtype);
        model.program.inputs.push_back({feature.name, tensor_type(outer, value.shape)});
        std::string name = feature.name;
        if (options_.picture && id == graph_.inputs[0]) {
            if (value.dtype != DType::kF32 || feature.shape.size() != 4 || feature.shape[0] != 1 ||
                feature.shape[1] != 3 || open)
                return fail("the input '{}' is {}, expected [1, 3, height, width] for a picture", value.name,
                            to_string(value.shape));
            feature.kind = Feature::Kind::kImage;
            feature.shape.erase(feature.shape.begin(), feature.shape.begin() + 2);
            TRY(name, picture(feature, name));
        } else if (inner != outer) {
            name = emit("cast", {{"x", name}, {"dtype", text(std::string(info_of(inner)->name))}},
                        name + "_cast", inner, value.shape);
        }
        place_result(id, {name, inner, value.shape});
        model.inputs.push_back(std::move(feature));
    }
    return {};
}

// The labels' names and numbers in the place of the output's.
void Lowering::classify(Model& model, const std::string& probabilities) {
    const auto count = static_cast<int64_t>(options_.labels.size());
    Value classes{.type = {.kind = Type::Kind::kList, .element = DataType::kString, .shape = {count}},
                  .strings = options_.labels};
    const std::string label = fresh("classLabel"), numbers = fresh("classLabel_probs");
    Operation operation{.type = "classify"};
    operation.inputs.push_back({"probabilities", {{.name = probabilities}}});
    operation.inputs.push_back({"classes", {{.value = std::move(classes)}}});
    operation.outputs.push_back({label, {.element = DataType::kString}});
    operation.outputs.push_back({numbers, {.kind = Type::Kind::kDictionary, .element = DataType::kF32}});
    operation.attributes.emplace_back("name", text_value(label));
    add(std::move(operation));
    model.outputs.push_back({.kind = Feature::Kind::kString, .name = label});
    model.outputs.push_back({.kind = Feature::Kind::kDictionary, .name = numbers});
    model.predicted_feature = label;
    model.predicted_probabilities = numbers;
    program_.outputs = {label, numbers};
}

Status Lowering::outputs(Model& model) {
    work_ = DType::kF32;
    for (const ValueId id : graph_.outputs) {
        const graph::Value& value = graph_[id];
        const DType outer = port_type(value.dtype);
        TRY(const Place from, place(id));
        const std::string& name = io_names_.at(id);
        if (from.shape.size() != value.shape.size())
            return fail("the output '{}' has {} axes, and Core ML's tensors have at most {}", value.name,
                        value.shape.size(), kMostRank);
        const bool classes = !options_.labels.empty() && id == graph_.outputs[0];
        // The name that is kept for the output is given here, behind whatever makes its value.
        names_.erase(name);
        if (from.dtype == outer) emit("identity", {{"x", from.name}}, name, outer, value.shape);
        else
            emit("cast", {{"x", from.name}, {"dtype", text(std::string(info_of(outer)->name))}}, name, outer,
                 value.shape);
        if (classes) {
            classify(model, name);
            own_names_[model.predicted_probabilities] = value.name;
            continue;
        }
        if (name != value.name) own_names_[name] = value.name;
        Feature feature{.name = name, .element = info_of(outer)->type};
        if (const auto fixed = graph::constant_shape(value.shape)) feature.shape = *fixed;
        model.outputs.push_back(std::move(feature));
        program_.outputs.push_back(name);
    }
    return {};
}

// ---- nodes

const graph::Cell* usable_cell(const Graph& graph, const Node& node) {
    const LowerRow* row = find_lower(node.op->name);
    if (row != nullptr && row->fits != nullptr && !row->fits(graph, node)) return nullptr;
    for (const graph::Cell& cell : node.op->cells) {
        if (cell.format != "coreml") continue;
        const auto first = node.inputs.empty() ? kNoValue : node.inputs[0];
        if (first == kNoValue || (cell.types & graph::type_bit(graph[first].dtype)) != 0) return &cell;
    }
    return nullptr;
}

const LowerRow* find_lower(std::string_view row) {
    for (const auto& family : {math_lowerings(), image_lowerings(), product_lowerings(), move_lowerings(),
                               index_lowerings(), norm_lowerings()})
        for (const LowerRow& entry : family)
            if (entry.row == row) return &entry;
    return nullptr;
}

Status Lowering::node(const Node& node) {
    const auto place = [&] {
        return format("node '{}' ({})", node.name.empty() ? std::string(node.op->name) : node.name,
                      node.op->name);
    };
    if (usable_cell(graph_, node) == nullptr) return fail("{}: Core ML has no such operator", place());
    keeps_plain_ = std::ranges::any_of(
        options_.keep_scopes, [&](const std::string& scope) { return node.name.starts_with(scope); });
    work_ = options_.half && !keeps_plain_ ? DType::kF16 : DType::kF32;
    NodeView view(*this, node);
    for (const ValueId id : node.outputs)
        if (id != kNoValue && graph::product(graph_[id].shape) == Dim(0))
            return fail("{}: '{}' has no elements, and Core ML has no such tensors", place(),
                        graph_[id].name);
    const LowerRow* row = find_lower(node.op->name);
    return with_place(row != nullptr ? row->lower(view) : lower_elementwise(view), place());
}

Result<Model> Lowering::run() {
    Model model{.version = version_};
    places_.resize(graph_.values.size());
    program_.opset = opset_of(version_);
    TRY_STATUS(inputs(model));
    for (const ValueId id : graph_.outputs) {
        if (io_names_.contains(id)) return fail("the output '{}' is given twice", graph_[id].name);
        io_names_[id] = fresh(graph_[id].name);
    }
    for (const Node& one : graph_.nodes) TRY_STATUS(node(one));
    TRY_STATUS(outputs(model));
    program_.inputs = std::move(model.program.inputs);
    model.program = std::move(program_);
    model.description = graph_.name;
    model.notes = graph_.metadata;
    for (const auto& [identifier, name] : own_names_) model.notes["lathe.name." + identifier] = name;
    return model;
}

// ---- what functions of operators call

Result<graph::Ints> NodeView::ints(std::string_view name) const {
    const graph::InferContext context(lowering.graph(), node);
    const auto values = context.ints(name);
    if (!values)
        return fail("its {} is computed while the network runs, and Core ML needs the numbers", name);
    return *values;
}

Result<Shape> fixed_shape(const Dims& dims, std::string_view what) {
    const auto numbers = graph::constant_shape(dims);
    if (!numbers)
        return fail("{} has the sizes {}, which Core ML needs as numbers; fix them (--fix NAME=SIZE)", what,
                    to_string(dims));
    return *numbers;
}

Result<int> NodeView::axis(std::string_view name, size_t operand) const {
    return graph::normal_axis(integer(name), rank_in(operand));
}

std::string_view NodeView::operation() const {
    const graph::Cell* cell = usable_cell(lowering.graph(), node);
    CHECK(cell != nullptr, node.op->name);
    return cell->op;
}

std::string NodeView::step(std::string_view type, Arguments arguments, DType dtype, const Dims& shape) const {
    return lowering.emit(type, std::move(arguments), lowering.value(out_id()).name + "_part", dtype, shape);
}

Result<std::string> NodeView::step(std::string_view type, Arguments arguments) const {
    TRY(const DType dtype, lowering.type_of(out_id()));
    return step(type, std::move(arguments), dtype, shape_out());
}

Status NodeView::out(std::string_view type, Arguments arguments) {
    TRY(const DType dtype, lowering.type_of(out_id()));
    if (shape_out().size() > kMostRank)
        return fail("its result has {} axes, and Core ML's tensors have at most {}", shape_out().size(),
                    kMostRank);
    std::string name = lowering.emit(type, std::move(arguments), lowering.hint(out_id()), dtype, shape_out());
    lowering.place_result(out_id(), {std::move(name), dtype, shape_out()});
    return {};
}

Status NodeView::same(size_t operand) {
    TRY(Place found, lowering.place(node.inputs[operand]));
    if (shape_out().size() <= kMostRank) found.shape = shape_out();
    lowering.place_result(out_id(), std::move(found));
    return {};
}

}  // namespace lathe::formats::coreml
