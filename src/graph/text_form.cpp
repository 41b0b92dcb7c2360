#include "graph/text_form.h"

#include <cctype>
#include <map>

#include "base/text.h"
#include "graph/contexts.h"

namespace lathe::graph {
namespace {

constexpr int64_t kInlineElements = 16;

bool plain_name(std::string_view name) {
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) || name[0] == '.') return false;
    for (const char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') return false;
    return true;
}

std::string quoted_name(std::string_view name) { return to_string(Attr(std::string(name))); }
std::string spelled(std::string_view name) {
    return plain_name(name) ? std::string(name) : quoted_name(name);
}

std::string type_text(const Value& value) {
    return format("{}{}", lathe::name_of(value.dtype), to_string(value.shape));
}

bool written_out(const Tensor& tensor) {
    return tensor.count() <= kInlineElements &&
           (is_integer(tensor.dtype()) || is_float(tensor.dtype()) || tensor.dtype() == DType::kBool);
}

std::string values_text(const Tensor& tensor) {
    if (is_float(tensor.dtype())) return to_string(Attr(tensor.to_doubles()));
    return to_string(Attr(tensor.to_ints()));
}

std::string node_text(const Graph& graph, const Node& node) {
    std::string text;
    for (const ValueId id : node.outputs) {
        if (!text.empty()) text += ", ";
        text += id == kNoValue ? "-" : format("{}: {}", spelled(graph[id].name), type_text(graph[id]));
    }
    text += format(" = {}(", node.op->name);
    bool first = true;
    for (const ValueId id : node.inputs) {
        text += (first ? "" : ", ") + (id == kNoValue ? "-" : spelled(graph[id].name));
        first = false;
    }
    for (const auto& [name, value] : node.attrs) {
        const AttrDef* def = node.op->find_attr(name);
        const bool is_default =
            def->absent != kRequired && to_string(value) == to_string(*parse_attr(def->type, def->absent));
        if (is_default) continue;
        text += format("{}{}={}", first ? "" : ", ", name, to_string(value));
        first = false;
    }
    return text + ")";
}

// Reads tokens of one line: names, quoted_name names, punctuation, and raw runs (attribute values, types).
class Line {
public:
    explicit Line(std::string_view text) : text_(text) {}
    bool done() {
        skip();
        return at_ >= text_.size();
    }
    bool take(std::string_view word) {
        skip();
        if (!text_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }
    bool peek(char c) {
        skip();
        return at_ < text_.size() && text_[at_] == c;
    }
    Result<std::string> name() {
        skip();
        if (peek('"')) {
            const std::string_view raw = quoted_run();
            TRY(const Attr value, parse_attr(AttrType::kString, raw));
            return *std::get_if<std::string>(&value);
        }
        const size_t start = at_;
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                      text_[at_] == '_' || text_[at_] == '.' || text_[at_] == '$'))
            ++at_;
        if (at_ == start) return fail("expected a name before '{}'", printable(text_.substr(at_)));
        return std::string(text_.substr(start, at_ - start));
    }
    // Up to a top-level ',' or ')' or the end.
    std::string_view raw() {
        skip();
        const size_t start = at_;
        int depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                quoted_run();
                continue;
            }
            if (depth == 0 && (c == ',' || c == ')' || c == '=')) break;
            depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
            ++at_;
        }
        return trim(text_.substr(start, at_ - start));
    }

private:
    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    std::string_view quoted_run() {
        const size_t start = at_++;
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
        return text_.substr(start, at_ - start);
    }
    std::string_view text_;
    size_t at_ = 0;
};

// The value as an attribute of that type: one number may stand for a list of one, a whole number for a float.
Result<Attr> as_type(AttrType type, const Attr& value) {
    if (type_of(value) == type) return value;
    const int64_t* whole = std::get_if<int64_t>(&value);
    const double* number = std::get_if<double>(&value);
    if (type == AttrType::kInts && whole != nullptr) return Attr(Ints{*whole});
    if (whole != nullptr || number != nullptr) {
        const double real = whole != nullptr ? static_cast<double>(*whole) : *number;
        if (type == AttrType::kFloat) return Attr(real);
        if (type == AttrType::kFloats) return Attr(Floats{real});
    }
    return fail("{} cannot stand where {} is expected", name_of(type_of(value)), name_of(type));
}

class Parser {
public:
    Parser(Graph& graph, OpLookup ops, const ConstantLookup* constants, const Node* node)
        : graph_(graph), ops_(ops), constants_(constants), node_(node) {}

    std::map<std::string, ValueId, std::less<>> names;

    Status statement(std::string_view text) {
        Line line(text);
        if (line.take("graph ")) {
            TRY(graph_.name, line.name());
            return line.take("{") ? Status{} : fail("expected '{{' after the graph's name");
        }
        if (line.take("}") || line.done()) return {};
        if (line.take("meta ")) return meta(line);
        if (line.take("input ")) return input(line);
        if (line.take("const ")) return constant(line);
        if (line.take("output ")) return output(line);
        return node(line);
    }

private:
    Status declare(const std::string& name, ValueId id) {
        if (!names.emplace(name, id).second) return fail("'{}' is defined twice", name);
        return {};
    }

    Status meta(Line& line) {
        TRY(const std::string key, line.name());
        if (!line.take("=")) return fail("expected '=' after the key '{}'", key);
        TRY(graph_.metadata[key], line.name());
        return {};
    }

    Status input(Line& line) {
        TRY(Value value, typed(line));
        const std::string name = value.name;
        const ValueId id = graph_.add_value(std::move(value));
        graph_.inputs.push_back(id);
        return declare(name, id);
    }

    Status constant(Line& line) {
        TRY(Value value, typed(line));
        const auto shape = constant_shape(value.shape);
        if (!shape || !checked_element_count(*shape))
            return fail("constant '{}' needs a shape of numbers", value.name);
        Result<Tensor> tensor = Tensor();
        if (line.take("=")) tensor = literal(line, value.dtype, *shape);
        else if (constants_ != nullptr && *constants_)
            tensor = (*constants_)(value.name, value.dtype, *shape);
        else tensor = fail("constant '{}' has no values here", value.name);
        if (!tensor) return std::unexpected(tensor.error());
        if (tensor->dtype() != value.dtype || tensor->shape() != *shape)
            return fail("constant '{}' is {}, expected {}", value.name, describe(*tensor), type_text(value));
        return declare(value.name, graph_.add_constant(value.name, *std::move(tensor)));
    }

    Result<Tensor> literal(Line& line, DType dtype, const Shape& shape) {
        TRY(const Attr list, parameter(is_float(dtype) ? AttrType::kFloats : AttrType::kInts, line.raw()));
        const size_t given =
            is_float(dtype) ? std::get_if<Floats>(&list)->size() : std::get_if<Ints>(&list)->size();
        if (given != static_cast<size_t>(element_count(shape)))
            return fail("{} values for the shape {}", given, lathe::to_string(shape));
        if (is_float(dtype)) return tensor_from_doubles(dtype, shape, *std::get_if<Floats>(&list));
        return tensor_from_ints(dtype, shape, *std::get_if<Ints>(&list));
    }

    Status output(Line& line) {
        do {
            TRY(const std::string name, line.name());
            TRY(const ValueId id, use(name));
            graph_.outputs.push_back(id);
        } while (line.take(","));
        return {};
    }

    Result<Value> typed(Line& line) {
        TRY(std::string name, line.name());
        if (!line.take(":")) return fail("expected ': type' after '{}'", name);
        TRY(Value value, parse_type(line.raw()));
        value.name = std::move(name);
        return value;
    }

    // "f32[2, height]"; in a body also "x[1]": the dtype of the operand x.
    Result<Value> parse_type(std::string_view text) const {
        const size_t bracket = text.find('[');
        const std::string_view word = trim(text.substr(0, bracket));
        auto dtype = dtype_named(word);
        if (const auto it = names.find(word); !dtype && node_ != nullptr && it != names.end())
            dtype = graph_[it->second].dtype;
        if (!dtype || bracket == std::string_view::npos)
            return fail("'{}' is no type like f32[2, 3]", printable(text));
        TRY(const Attr dims, parse_attr(AttrType::kDims, text.substr(bracket)));
        return Value{.dtype = *dtype, .shape = *std::get_if<Dims>(&dims)};
    }

    Result<ValueId> use(const std::string& name) {
        const auto it = names.find(name);
        if (it == names.end()) return fail("'{}' is not defined before its use", name);
        return it->second;
    }

    struct Target {
        std::string name;
        std::optional<Value> type;
    };

    Status node(Line& line) {
        std::vector<Target> targets;
        do {
            Target target;
            if (!line.take("-")) {
                TRY(target.name, line.name());
                if (line.take(":")) {
                    TRY(target.type, parse_type(line.raw()));
                }
            }
            targets.push_back(std::move(target));
        } while (line.take(","));
        if (!line.take("=")) return fail("expected '=' after '{}'", targets.back().name);
        TRY(const std::string op_name, line.name());
        const OpDef* op = ops_(op_name);
        if (op == nullptr) return fail("there is no operator '{}'", op_name);
        if (!line.take("(")) return fail("expected '(' after '{}'", op_name);
        std::vector<ValueId> inputs;
        Attrs attrs;
        TRY_STATUS(arguments(line, *op, inputs, attrs));
        return add(*op, targets, std::move(inputs), std::move(attrs));
    }

    Status arguments(Line& line, const OpDef& op, std::vector<ValueId>& inputs, Attrs& attrs) {
        while (!line.take(")")) {
            if (line.done()) return fail("expected ')'");
            if (line.take("-")) {
                inputs.push_back(kNoValue);
            } else {
                TRY(const std::string name, line.name());
                if (line.take("=")) {
                    TRY_STATUS(attribute(op, name, line.raw(), attrs));
                } else {
                    TRY(const ValueId id, use(name));
                    inputs.push_back(id);
                }
            }
            line.take(",");
        }
        return {};
    }

    Status attribute(const OpDef& op, const std::string& name, std::string_view raw, Attrs& attrs) {
        const AttrDef* def = op.find_attr(name);
        if (def == nullptr) return fail("{} has no attribute '{}'", op.name, name);
        TRY(Attr value, parameter(def->type, raw));
        attrs.set(name, std::move(value));
        return {};
    }

    // An attribute as text; in a body also "$name" or "[$name]": the attribute of that name of the node.
    Result<Attr> parameter(AttrType type, std::string_view raw) const {
        std::string_view name = raw;
        if (name.starts_with("[$") && name.ends_with(']')) name = trim(name.substr(1, name.size() - 2));
        if (!name.starts_with('$')) return parse_attr(type, raw);
        const Attr* value = node_ == nullptr ? nullptr : node_->attrs.find(name.substr(1));
        if (value == nullptr) return fail("there is no attribute '{}' here", printable(raw));
        return as_type(type, *value);
    }

    Status add(const OpDef& op, std::vector<Target>& targets, std::vector<ValueId> inputs, Attrs attrs) {
        std::vector<std::string> output_names;
        for (const Target& target : targets) {
            const bool inner = node_ != nullptr && !node_->name.empty();
            output_names.push_back(inner ? format("{}/{}", node_->name, target.name) : target.name);
        }
        std::string node_name = node_ != nullptr ? node_->name : targets[0].name;
        TRY(const size_t index, add_node(graph_, op, std::move(inputs), std::move(attrs),
                                         std::move(output_names), std::move(node_name)));
        Node& added = graph_.nodes[index];
        for (size_t i = 0; i < targets.size(); ++i) {
            const ValueId id = added.outputs[i];
            if (targets[i].name.empty()) continue;
            if (targets[i].type && (targets[i].type->dtype != graph_[id].dtype ||
                                    !adopt_sizes(graph_, index, i, targets[i].type->shape)))
                return fail("'{}' is declared {}, but is {}", targets[i].name, type_text(*targets[i].type),
                            type_text(graph_[id]));
            TRY_STATUS(declare(targets[i].name, id));
        }
        return {};
    }

    Graph& graph_;
    OpLookup ops_;
    const ConstantLookup* constants_;
    const Node* node_;  // whose body is being expanded; null otherwise
};

// '#' outside quotes starts a comment.
std::string_view without_comment(std::string_view line) {
    bool inside = false;
    for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') ++i;
        else if (line[i] == '"') inside = !inside;
        else if (line[i] == '#' && !inside) return line.substr(0, i);
    }
    return line;
}

Status parse_lines(Parser& parser, std::string_view text) {
    size_t number = 0;
    for (const auto line : split(text, '\n')) {
        ++number;
        TRY_STATUS(with_place(parser.statement(trim(without_comment(line))), format("line {}", number)));
    }
    return {};
}

}  // namespace

std::string to_text(const Graph& graph) {
    std::string text = format("graph {} {{\n", quoted_name(graph.name));
    for (const auto& [key, value] : graph.metadata)
        text += format("  meta {} = {}\n", quoted_name(key), quoted_name(value));
    for (const ValueId id : graph.inputs)
        text += format("  input {}: {}\n", spelled(graph[id].name), type_text(graph[id]));
    for (const Value& value : graph.values) {
        if (!value.constant) continue;
        text += format("  const {}: {}", spelled(value.name), type_text(value));
        if (written_out(*value.constant)) text += " = " + values_text(*value.constant);
        text += "\n";
    }
    for (const Node& node : graph.nodes) text += "  " + node_text(graph, node) + "\n";
    for (const ValueId id : graph.outputs) text += format("  output {}\n", spelled(graph[id].name));
    return text + "}\n";
}

Result<Graph> parse_text(std::string_view text, OpLookup ops, const ConstantLookup& constants) {
    Graph graph;
    Parser parser(graph, ops, &constants, nullptr);
    TRY_STATUS(parse_lines(parser, text));
    TRY_STATUS(verify(graph));
    return graph;
}

Result<std::vector<ValueId>> expand_body(Graph& graph, const Node& node, OpLookup ops) {
    if (!node.op->has_body()) return fail("{} cannot be taken apart", node.op->name);
    std::string text(node.op->body);
    if (node.op->write_body != nullptr) {
        TRY(text, with_place(node.op->write_body(InferContext(graph, node)), node.op->name));
    }
    Parser parser(graph, ops, nullptr, &node);
    for (size_t i = 0; i < node.op->inputs.size(); ++i)
        if (i < node.inputs.size() && node.inputs[i] != kNoValue)
            parser.names.emplace(std::string(node.op->inputs[i].name), node.inputs[i]);
    if (const size_t last = node.op->inputs.size() - 1;
        !node.op->inputs.empty() && node.op->inputs[last].arity == Arity::kVariadic)
        for (size_t i = last; i < node.inputs.size(); ++i)
            parser.names.emplace(format("{}.{}", node.op->inputs[last].name, i - last), node.inputs[i]);
    TRY_STATUS(with_place(parse_lines(parser, text), format("body of {}", node.op->name)));
    std::vector<ValueId> results;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
        const auto it = parser.names.find(node.op->outputs[i].name);
        if (it == parser.names.end())
            return fail("the body of {} makes no '{}'", node.op->name, node.op->outputs[i].name);
        results.push_back(it->second);
    }
    return results;
}

}  // namespace lathe::graph
