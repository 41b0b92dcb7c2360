#include "formats/torch/aten_lowering.h"

#include <algorithm>

#include "base/check.h"
#include "formats/known_tensor.h"
#include "formats/torch/scalar_type.h"
#include "formats/torch/schema.h"
#include "graph/take_apart.h"
#include "ops/ops.h"

namespace lathe::formats::torch::aten {
namespace {

using graph::kNoValue;
using graph::Node;

constexpr int64_t kNewestTypeOfVersion1 = 15;  // bf16

// Words that mean something to Python or to TorchScript's parser.
constexpr std::string_view kTaken[] = {"self",
                                       "torch",
                                       "ops",
                                       "None",
                                       "True",
                                       "False",
                                       "def",
                                       "return",
                                       "if",
                                       "else",
                                       "for",
                                       "while",
                                       "in",
                                       "is",
                                       "not",
                                       "and",
                                       "or",
                                       "class",
                                       "import",
                                       "from",
                                       "as",
                                       "with",
                                       "pass",
                                       "break",
                                       "continue",
                                       "lambda",
                                       "global",
                                       "nonlocal",
                                       "del",
                                       "assert",
                                       "raise",
                                       "try",
                                       "except",
                                       "finally",
                                       "yield",
                                       "int",
                                       "float",
                                       "bool",
                                       "str",
                                       "getattr",
                                       "inf",
                                       "nan",
                                       "infj",
                                       "nanj",
                                       "CONSTANTS",
                                       "fork",
                                       "annotate",
                                       "uninitialized",
                                       "unchecked_cast",
                                       "Tensor",
                                       "List",
                                       "Dict",
                                       "Tuple",
                                       "Optional",
                                       "async",
                                       "await",
                                       "elif",
                                       "print",
                                       "isinstance",
                                       "range",
                                       "device",
                                       "__torch__",
                                       "math",
                                       "type",
                                       "len",
                                       "min",
                                       "max",
                                       "abs",
                                       "number"};

std::string identifier(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain) text += c;
        else if (!text.empty() && text.back() != '_') text += '_';
    }
    while (text.ends_with('_')) text.pop_back();
    if (text.empty()) text = "value";
    if (text[0] >= '0' && text[0] <= '9') text = "v" + text;
    return text;
}

bool writable(const graph::Graph& graph, const Node& node, const LowerOptions& options) {
    const Row* row = find_row(node.op->name);
    if (row == nullptr || (options.keep != nullptr && !options.keep(graph, node))) return false;
    if (row->fits == nullptr) return true;
    Lowering lowering(graph, options);
    return row->fits(NodeView(lowering, node));
}

std::string name_of(const Node& node) { return node.name.empty() ? std::string(node.op->name) : node.name; }

// Everything that neither has a row nor can be taken apart, by operator.
Status check_rows(const graph::Graph& graph, const LowerOptions& options) {
    std::map<std::string_view, std::string> missing;
    for (const Node& node : graph.nodes)
        if (!writable(graph, node, options)) missing.try_emplace(node.op->name, name_of(node));
    if (missing.empty()) return {};
    std::string text;
    for (const auto& [op, where] : missing)
        text += format("{}{} (node '{}')", text.empty() ? "" : ", ", op, where);
    return fail("PyTorch has no operators that say, with these attributes: {}", text);
}

// Those that are small and follow from constants, brought along by bodies.
constexpr int64_t kSmallResult = 4096;  // elements

Status fold_small(graph::Graph& graph) {
    std::vector<Node> kept;
    for (Node& node : graph.nodes) {
        const bool small = std::ranges::all_of(node.outputs, [&](ValueId id) {
            if (id == kNoValue) return true;
            const auto shape = graph::constant_shape(graph[id].shape);
            const auto count = shape ? checked_element_count(*shape) : std::nullopt;
            return count && *count <= kSmallResult;
        });
        const bool constants = std::ranges::all_of(
            node.inputs, [&](ValueId id) { return id == kNoValue || graph[id].constant; });
        if (!small || !constants || node.inputs.empty()) {
            kept.push_back(std::move(node));
            continue;
        }
        std::vector<Tensor> held(node.inputs.size());
        std::vector<const Tensor*> operands(node.inputs.size(), nullptr);
        for (size_t i = 0; i < held.size(); ++i)
            if (node.inputs[i] != kNoValue) {
                held[i] = graph[node.inputs[i]].constant->to_contiguous();
                operands[i] = &held[i];
            }
        auto results = graph::evaluate(*node.op, node.attrs, operands, node.outputs.size());
        if (!results) {
            kept.push_back(std::move(node));
            continue;
        }
        for (size_t i = 0; i < results->size(); ++i)
            if (node.outputs[i] != kNoValue) graph[node.outputs[i]].constant = std::move((*results)[i]);
    }
    graph.nodes = std::move(kept);
    return {};
}

}  // namespace

const Row* find_row(std::string_view op) {
    for (const auto family : {math_rows(), product_rows(), image_rows(), move_rows(), reduce_rows()})
        for (const Row& row : family)
            if (row.op == op) return &row;
    return nullptr;
}

Result<Program> lower(graph::Graph graph, const LowerOptions& options) {
    const auto wanted = [&](const graph::Graph& g, const Node& node) -> Result<bool> {
        return node.op->has_body() && !writable(g, node, options);
    };
    TRY(graph, graph::take_apart(std::move(graph), ops::find_op, wanted, true));
    TRY_STATUS(fold_small(graph));
    graph = graph::without_dead_code(std::move(graph));
    TRY_STATUS(check_rows(graph, options));
    return Lowering(graph, options).run();
}

// ---- Lowering

Lowering::Lowering(const graph::Graph& graph, const LowerOptions& options)
    : graph_(graph), options_(options), refs_(graph.values.size(), -1) {
    for (const std::string_view word : kTaken) names_.emplace(word);
}

void Lowering::fail_with(Error error) {
    if (!error_) error_ = std::move(error);
}

int Lowering::add_value(Value value) {
    const int64_t code = value.is_size ? 4 : scalar_type_of(value.dtype);
    if (code < 0 || (code > kNewestTypeOfVersion1 && !options_.since_2))
        fail_with({format("'{}' is of type {}, which PyTorch{} does not have", value.name,
                          lathe::name_of(value.dtype), code < 0 ? "" : " before 2.3")});
    const std::string base = identifier(value.name);
    std::string name = base;
    for (int i = 1; names_.contains(name); ++i) name = format("{}_{}", base, i);
    names_.insert(name);
    value.name = std::move(name);
    program_.values.push_back(std::move(value));
    return static_cast<int>(program_.values.size()) - 1;
}

void Lowering::learn(int value) {
    const Dims& shape = program_.values[static_cast<size_t>(value)].shape;
    for (size_t i = 0; i < shape.size(); ++i)
        if (shape[i].is_symbol())
            sources_.try_emplace(shape[i].text(), Source{value, static_cast<int64_t>(i)});
}

void Lowering::place(ValueId id, Ref ref) { refs_[static_cast<size_t>(id)] = ref.value; }

Ref Lowering::constant(std::string_view name, Tensor data) {
    const int value =
        add_value({.name = std::string(name), .dtype = data.dtype(), .shape = graph::dims_of(data.shape())});
    program_.weights.push_back({value, std::string(name), std::move(data)});
    return {value};
}

Ref Lowering::tensor(ValueId id) {
    int& ref = refs_[static_cast<size_t>(id)];
    if (ref >= 0) return {ref};
    const graph::Value& value = graph_[id];
    if (value.constant) {
        ref = constant(value.name, *value.constant).value;
        return {ref};
    }
    if (!value.contents || value.shape.size() > 1) {
        fail_with({format("'{}' is used before it is computed", value.name)});
        return {0};
    }
    Args parts;
    for (const Dim& dim : *value.contents)
        parts.push_back(call("scalar_tensor(Scalar s, *, int? dtype=None)", {size(dim), value.dtype},
                             {{value.dtype, {}, value.name}})[0]);
    if (value.shape.empty()) ref = std::get<Ref>(parts[0]).value;
    else
        ref = call("stack(Tensor[] tensors, int dim=0)", {parts}, {{value.dtype, value.shape, value.name}})[0]
                  .value;
    return {ref};
}

bool Lowering::can_compute(const Dims& dims) const {
    std::vector<std::string> symbols;
    for (const Dim& dim : dims) dim.collect_symbols(symbols);
    return std::ranges::all_of(symbols, [&](const std::string& s) { return sources_.contains(s); });
}

Arg Lowering::size(const Dim& dim) {
    if (const auto number = dim.constant()) return *number;
    walked_.clear();
    walked_dims_.clear();
    const auto index = dim.walk(*this);
    if (!index) {
        fail_with(index.error());
        return int64_t{0};
    }
    return walked_[static_cast<size_t>(*index)];
}

Arg Lowering::sizes(const Dims& dims) {
    Args list;
    for (const Dim& dim : dims) list.push_back(size(dim));
    return list;
}

int Lowering::size_call(std::string_view op, Args args, Dim size) {
    std::vector<NamedArg> named;
    if (op == "sym_size.int") named = {{"self", false, true, args[0]}, {"dim", false, false, args[1]}};
    else named = {{"a", false, false, args[0]}, {"b", false, false, args[1]}};
    const auto known = known_sizes_.find(size.text());
    if (known != known_sizes_.end()) return known->second;
    const std::string name = size.is_symbol() ? size.text() : "size";
    const int value = add_value({.name = name, .is_size = true, .dtype = DType::kI64, .size = size});
    known_sizes_.emplace(size.text(), value);
    program_.calls.push_back({op, std::move(named), {value}});
    return value;
}

Result<int> Lowering::number(int64_t value) {
    walked_.emplace_back(value);
    walked_dims_.emplace_back(value);
    return static_cast<int>(walked_.size()) - 1;
}

Result<int> Lowering::symbol(const std::string& name) {
    const auto it = sources_.find(name);
    if (it == sources_.end()) return fail("the size '{}' is shown by no input of the network", name);
    const Dim dim = Dim::symbol(name);
    walked_.emplace_back(Ref{size_call("sym_size.int", {Ref{it->second.value}, it->second.axis}, dim)});
    walked_dims_.push_back(dim);
    return static_cast<int>(walked_.size()) - 1;
}

Result<int> Lowering::apply(std::string_view function, int a, int b) {
    const Dim x = walked_dims_[static_cast<size_t>(a)], y = walked_dims_[static_cast<size_t>(b)];
    const Dim made = function == "+"          ? x + y
                     : function == "*"        ? x * y
                     : function == "floordiv" ? Dim::floor_div(x, y)
                     : function == "mod"      ? Dim::mod(x, y)
                     : function == "min"      ? Dim::min(x, y)
                                              : Dim::max(x, y);
    if (const auto number_made = made.constant()) return number(*number_made);
    const Args args{walked_[static_cast<size_t>(a)], walked_[static_cast<size_t>(b)]};
    walked_.emplace_back(Ref{size_call(function, args, made)});
    walked_dims_.push_back(made);
    return static_cast<int>(walked_.size()) - 1;
}

std::vector<Ref> Lowering::call(std::string_view schema, Args args, std::vector<Type> results, bool list) {
    const Schema parsed = parse_schema(schema);
    CHECK(args.size() <= parsed.parameters.size(), schema);
    Call made{.op = schema.substr(0, schema.find('(')), .args = {}, .results = {}, .gives_list = list};
    for (size_t i = 0; i < parsed.parameters.size(); ++i) {
        const Parameter& p = parsed.parameters[i];
        if (i >= args.size()) {
            CHECK(p.has_default, schema);
            continue;
        }
        const bool is_tensor = p.type.base == ParameterType::Base::kTensor;
        const bool as_float = p.type.base == ParameterType::Base::kFloat;
        if (as_float && args[i].as<int64_t>() != nullptr)
            args[i] = static_cast<double>(*args[i].as<int64_t>());
        made.args.push_back({p.name, i >= parsed.positional, is_tensor, std::move(args[i])});
    }
    std::vector<Ref> refs;
    for (Type& type : results) {
        refs.push_back({add_value({.name = type.name, .dtype = type.dtype, .shape = std::move(type.shape)})});
        made.results.push_back(refs.back().value);
    }
    program_.calls.push_back(std::move(made));
    return refs;
}

void Lowering::emit(const Node& node) {
    // Sizes are computed where they are needed.
    const bool only_sizes = std::ranges::all_of(node.outputs, [&](ValueId id) {
        return id == kNoValue || (graph_[id].contents && graph_[id].shape.size() <= 1 &&
                                  !graph_[id].contents->empty() && can_compute(*graph_[id].contents));
    });
    if (only_sizes) return;
    const Row* row = find_row(node.op->name);
    CHECK(row != nullptr, node.op->name);
    NodeView view(*this, node);
    if (row->write != nullptr) row->write(view);
    else view.give(row->schema, view.operands());
    if (error_) return;
    for (const ValueId id : node.outputs)
        if (id != kNoValue && refs_[static_cast<size_t>(id)] >= 0) learn(refs_[static_cast<size_t>(id)]);
}

Result<Program> Lowering::run() {
    for (const ValueId id : graph_.inputs) {
        const graph::Value& value = graph_[id];
        const int ref = add_value({.name = value.name, .dtype = value.dtype, .shape = value.shape});
        program_.inputs.push_back(ref);
        program_.input_names.push_back(value.name);
        refs_[static_cast<size_t>(id)] = ref;
    }
    for (const int input : program_.inputs) learn(input);
    for (const Node& node : graph_.nodes) {
        emit(node);
        if (error_) return fail("node '{}' ({}): {}", name_of(node), node.op->name, error_->message);
    }
    for (const ValueId id : graph_.outputs) {
        program_.outputs.push_back(tensor(id).value);
        program_.output_names.push_back(graph_[id].name);
    }
    if (error_) return std::unexpected(*error_);
    return std::move(program_);
}

// ---- NodeView

Arg NodeView::in(size_t i) {
    if (!has(i)) return {};
    return lowering.tensor(node.inputs[i]);
}

Args NodeView::operands() {
    Args args;
    for (size_t i = 0; i < node.inputs.size(); ++i) args.push_back(in(i));
    return args;
}

std::optional<Tensor> NodeView::known(size_t i) const {
    if (!has(i)) return std::nullopt;
    auto tensor = known_tensor(lowering.graph(), node.inputs[i]);
    if (tensor) tensor = tensor->to_contiguous();
    return tensor;
}

std::optional<double> NodeView::number_in(size_t i) const {
    const auto tensor = known(i);
    if (!tensor || tensor->count() != 1) return std::nullopt;
    return tensor->to_doubles()[0];
}

std::optional<Dims> NodeView::dims(std::string_view name) const {
    const graph::InferContext context(lowering.graph(), node);
    if (auto found = context.dims(name)) return found;
    const int operand = node.op->input_index(name);
    if (operand < 0) return std::nullopt;
    const auto tensor = known(static_cast<size_t>(operand));
    if (!tensor) return std::nullopt;
    Dims list;
    for (const int64_t one : tensor->to_ints()) list.emplace_back(one);
    return list;
}

std::optional<Ints> NodeView::ints(std::string_view name) const {
    const auto list = dims(name);
    if (!list) return std::nullopt;
    return graph::constant_shape(*list);
}

bool NodeView::given(std::string_view name) const {
    return graph::InferContext(lowering.graph(), node).given(name);
}

int NodeView::axis(std::string_view name, int rank_of) const {
    const int64_t given_axis = integer(name);
    const int count = rank_of < 0 ? rank() : rank_of;
    return static_cast<int>(given_axis < 0 ? given_axis + count : given_axis);
}

Ref NodeView::call(std::string_view schema, Args args, DType dtype, Dims shape) {
    return lowering.call(schema, std::move(args), {{dtype, std::move(shape), out().name + "_part"}})[0];
}

void NodeView::give(std::string_view schema, Args args) {
    lowering.place(node.outputs[0],
                   lowering.call(schema, std::move(args), {{out().dtype, out().shape, out().name}})[0]);
}

void NodeView::give(Ref ref) {
    ref = reshape(ref, out().shape);
    lowering.place(node.outputs[0], ref);
}

Ref NodeView::cast(Ref ref, DType to) {
    const Value from = made(ref);
    if (from.dtype == to) return ref;
    return call(kCast, {ref, to}, to, from.shape);
}

Ref NodeView::reshape(Ref ref, const Dims& shape) {
    const Value from = made(ref);
    if (from.shape == shape) return ref;
    Args list;
    bool hole = false;
    for (const Dim& dim : shape) {
        const bool open = !lowering.can_compute({dim});
        if (open && hole) refuse("two of its sizes are known only when it has run");
        hole = hole || open;
        list.push_back(open ? Arg(int64_t{-1}) : size(dim));
    }
    return call(kReshape, {ref, list}, from.dtype, shape);
}

void NodeView::refuse(std::string why) { lowering.fail_with({std::move(why)}); }

}  // namespace lathe::formats::torch::aten
