// The common half of the readers of PyTorch programs: a graph being built from calls of PyTorch's operators, whatever
// format the calls were written in.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "formats/size_nodes.h"
#include "formats/torch/schema.h"
#include "formats/torch/tensors.h"

namespace lathe::formats::torch {

using graph::Attrs;
using graph::Dim;
using graph::Dims;
using graph::kNoValue;
using graph::ValueId;

struct Row;

class Importer {
public:
    Importer();
    ~Importer();
    Importer(const Importer&) = delete;
    Importer& operator=(const Importer&) = delete;

    graph::Graph graph;
    std::string hint;  // the name of what the next call makes
    std::function<std::string()> place;  // where the program stands, for messages
    // Stands in for a call that takes something unknown; by default its result is unknown too.
    std::function<Value(const Schema&, const Items&)> on_unknown;

    // One call: name "aten::add", overload "Tensor" ("": the first that the arguments fit). In-place operators
    // ("aten::add_") are the functional ones whose result is written to the first argument. An operator that Lathe does
    // not have is noted, and its result is unknown. Errors: everything else that is wrong with the call.
    Result<Value> call(std::string_view name, std::string_view overload, const Arguments& arguments);
    bool has_operator(std::string_view name) const;
    void note_unsupported(const std::string& what);
    // Errors: operators were noted that Lathe does not have; all of them, with where they are used.
    Status check_supported() const;

    Result<ValueId> read(const Value& tensor);  // of a tensor's cell
    // Adds a node, named after `hint`. Returns all results.
    Result<std::vector<ValueId>> add_many(std::string_view op, std::vector<ValueId> operands, Attrs attrs,
                                          size_t outputs);
    Result<ValueId> add(std::string_view op, std::vector<ValueId> operands, Attrs attrs = {});
    ValueId constant(Tensor tensor);
    Result<ValueId> number(const Value& value,
                           DType dtype);  // an integer (symbols too), float or bool as a scalar tensor
    Result<ValueId> sizes(const Dims& dims);  // i64[dims.size()], computed while the graph runs
    Result<ValueId> cast(ValueId value, DType dtype);  // itself when it is of that type
    Result<std::vector<ValueId>> promoted(
        std::vector<ValueId> values);  // all in the type that they promote to
    Result<ValueId> reshape(ValueId value, const Dims& shape);
    Result<ValueId> expand(ValueId value, const Dims& shape);
    // The last two axes swapped; of a weight, a view that is made once.
    Result<ValueId> transposed(ValueId value);

    // Keeps lists, dictionaries and objects until the importer goes, so that what a program nests deeply, or puts into
    // itself, is taken apart one by one.
    Value keep(Value container);
    // Errors: a program has made more lists, constants or numbers out of tensors than any network does.
    Status check_budgets() const;
    Status count_reading();
    void count_compared(size_t elements) { compared_ += elements; }

private:
    struct ParsedRow {
        const Row* row;
        Schema schema;
    };
    const std::vector<ParsedRow>* find(std::string_view name) const;
    Result<Value> run(const ParsedRow& row, Items values, bool in_place);
    Result<Value> wrap(const ParsedRow& row, const Items& values, const std::vector<ValueId>& results);

    std::map<std::string, std::vector<ParsedRow>, std::less<>> rows_;
    std::map<std::string, std::vector<std::string>> unsupported_;
    std::vector<Value> kept_;
    size_t kept_elements_ = 0;
    size_t compared_ = 0;  // elements of lists and dictionaries that were looked at one by one
    int64_t constant_bytes_ = 0;
    int readings_ = 0;
    std::map<ValueId, ValueId> transposed_;
    SizeNodes sizes_;
    size_t learnt_ = 0;  // nodes whose results `sizes_` has seen
};

}  // namespace lathe::formats::torch
