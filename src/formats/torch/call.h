// One call of an operator on its way into the graph: what rows' functions work with.
#pragma once
#include "formats/torch/importer.h"
#include "formats/torch/row.h"

namespace lathe::formats::torch {

class Call {
public:
    Call(Importer& importer, const Row& row, const Schema& schema, Items values)
        : importer(importer), row(row), schema(schema), values(std::move(values)) {}

    Importer& importer;
    const Row& row;
    const Schema& schema;
    Items values;  // one for every parameter

    // Runs the row. Errors: without the operator's name.
    Result<std::vector<ValueId>> run();

    // Arguments by the parameter's name, which must exist.
    const Value& value(std::string_view parameter) const;
    bool given(std::string_view parameter) const { return !value(parameter).none(); }
    Result<ValueId> tensor(std::string_view parameter);           // after the row's Types
    Result<ValueId> optional_tensor(std::string_view parameter);  // kNoValue for None
    Result<std::vector<ValueId>> tensors(std::string_view parameter);
    // A tensor or number as an operand of that type.
    Result<ValueId> operand(std::string_view parameter, DType dtype);
    Result<Dim> size(std::string_view parameter) const;
    Result<Dims> dims(std::string_view parameter) const;  // None: empty
    Result<int64_t> integer(std::string_view parameter) const;
    Result<int64_t> integer_or(std::string_view parameter, int64_t absent) const;
    Result<graph::Ints> ints(std::string_view parameter) const;  // None: empty; one number: a list of one
    Result<double> number(std::string_view parameter) const;
    Result<graph::Floats> numbers(std::string_view parameter) const;
    bool flag(std::string_view parameter) const;  // None: false
    std::string text(std::string_view parameter) const;
    Result<std::optional<DType>> dtype(std::string_view parameter) const;  // None: nothing
    Result<int> axis(std::string_view parameter, int rank) const;          // in [0, rank)

    // The graph.
    const Dims& shape(ValueId id) const { return importer.graph[id].shape; }
    int rank(ValueId id) const { return static_cast<int>(shape(id).size()); }
    DType type(ValueId id) const { return importer.graph[id].dtype; }
    Result<ValueId> add(std::string_view op, std::vector<ValueId> operands, Attrs attrs = {}) {
        return importer.add(op, std::move(operands), std::move(attrs));
    }
    // A constant scalar of the operand's type.
    ValueId constant_like(ValueId like, double value);

    // An argument as an attribute of that type. Errors: it cannot be one.
    Result<graph::Attr> attribute(const Value& value, graph::AttrType type, std::string_view parameter) const;

private:
    Status settle_types();
    Status settle_promoted(bool floats);
    Status settle_asked();

    std::map<size_t, ValueId> settled_;  // arguments as operands, after the row's Types
};

// Evaluates a row's body (row.h).
Result<std::vector<ValueId>> run_body(Call& call, std::string_view body);

// {op(…)}: what a special function with one result returns.
inline Result<std::vector<ValueId>> one(Result<ValueId> result) {
    if (!result) return std::unexpected(result.error());
    return std::vector<ValueId>{*result};
}

}  // namespace lathe::formats::torch
