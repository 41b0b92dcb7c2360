// From MIL's operations to the graph's operators.
#pragma once
#include <map>

#include "formats/coreml/model.h"
#include "graph/builder.h"

namespace lathe::formats::coreml {

// One program being built. Errors of the builder stick; functions of operations return their own.
class Importer {
public:
    Importer(const Model& model, const SharedBytes& weights);
    Result<graph::Graph> run();

    graph::Builder& b() { return b_; }
    // The value of that name; kNoValue: there is none. Constants become constants of the graph when they are asked for.
    graph::ValueId value(const std::string& name);
    const Value* constant(const std::string& name) const;  // nullptr: not a constant
    // What a binding stands for.
    graph::ValueId bound(const Binding& binding, const std::string& hint);
    const Value* constant_of(const Binding& binding) const;
    Result<Value> loaded(
        const Value& value) const;  // with its contents, from the weight file where it is there

private:
    Status inputs();
    Status outputs();
    Status constants(const Operation& operation);
    Status operation(const Operation& operation);
    std::string given_name(const std::string& identifier) const;

    const Model& model_;
    const SharedBytes& weights_;
    graph::Builder b_;
    std::map<std::string, graph::ValueId, std::less<>> values_;
    std::map<std::string, Value, std::less<>> constants_;
};

// One operation as an import function sees it.
class OperationView {
public:
    OperationView(Importer& importer, const Operation& operation)
        : importer_(importer), operation_(operation) {}
    graph::Builder& b() { return importer_.b(); }
    const Operation& operation() const { return operation_; }
    bool has(std::string_view name) const { return operation_.input(name) != nullptr; }
    // Errors: there is no such operand, or nothing made its value.
    Result<graph::ValueId> in(std::string_view name);
    Result<std::vector<graph::ValueId>> all(std::string_view name);
    // Parameters that must be constant. Without `absent` they must be there. Errors: they are computed.
    Result<graph::Ints> ints(std::string_view name);
    Result<graph::Ints> ints(std::string_view name, graph::Ints absent);
    Result<int64_t> integer(std::string_view name);
    Result<int64_t> integer(std::string_view name, int64_t absent);
    Result<bool> flag(std::string_view name, bool absent);
    Result<double> number(std::string_view name, double absent);
    Result<std::string> text(std::string_view name, std::string absent);
    const Value* constant(std::string_view name) const;  // nullptr: absent or computed

    graph::ValueId add(std::string_view op, std::vector<graph::ValueId> inputs, graph::Attrs attrs = {}) {
        return b().add(op, std::move(inputs), std::move(attrs));
    }
    int rank(graph::ValueId id) { return static_cast<int>(b().shape(id).size()); }
    graph::ValueId number_like(graph::ValueId like, double value);  // a scalar of that value's type
    graph::ValueId as_i64(graph::ValueId value);
    std::vector<graph::ValueId> results;

private:
    Importer& importer_;
    const Operation& operation_;
};

using Import = Status (*)(OperationView&);
struct ImportRow {
    std::string_view type;
    Import import;
};
std::span<const ImportRow> math_imports();
std::span<const ImportRow> image_imports();
std::span<const ImportRow> move_imports();
std::span<const ImportRow> index_imports();

graph::Dims as_dims(const graph::Ints& values);

}  // namespace lathe::formats::coreml
