// From LiteRT's operators to the graph's own.
#pragma once
#include <map>

#include "formats/litert/parse.h"
#include "graph/builder.h"

namespace lathe::formats::litert {

// One model being built. Errors of the builder stick; functions of operators return their own.
class Importer {
public:
    explicit Importer(const ParsedModel& model);
    Result<graph::Graph> run();

    graph::Builder& b() { return b_; }
    const ParsedTensor& tensor(int number) const { return model_.tensors[static_cast<size_t>(number)]; }
    // The tensor as real numbers: quantised ones are widened.
    graph::ValueId value(int number);
    graph::ValueId raw(int number);  // as it is stored
    void set(int number, graph::ValueId value) { values_[static_cast<size_t>(number)] = value; }

private:
    Status operation(const ParsedOperator& op);
    graph::ValueId quantised(graph::ValueId value, const ParsedTensor& info);
    std::pair<graph::ValueId, graph::ValueId> parameters(const ParsedTensor& info);  // scale, zero point

    const ParsedModel& model_;
    graph::Builder b_;
    std::vector<graph::ValueId> values_;  // as stored
    std::map<int, graph::ValueId> widened_;
};

// One operator as an import function sees it.
class OperatorView {
public:
    OperatorView(Importer& importer, const ParsedOperator& op) : importer_(importer), op_(op) {}
    graph::Builder& b() { return importer_.b(); }
    const ParsedOperator& op() const { return op_; }
    size_t inputs() const { return op_.inputs.size(); }
    bool has(size_t i) const { return i < op_.inputs.size() && op_.inputs[i] != kNoTensor; }
    const ParsedTensor& tensor(size_t i) const { return importer_.tensor(op_.inputs[i]); }
    const ParsedTensor& output(size_t i = 0) const { return importer_.tensor(op_.outputs[i]); }
    graph::ValueId in(size_t i) { return importer_.value(op_.inputs[i]); }
    graph::ValueId raw(size_t i) { return importer_.raw(op_.inputs[i]); }
    int rank(size_t i) const { return static_cast<int>(tensor(i).shape.size()); }
    // The whole numbers of an operand that must be constant. Errors: it is computed.
    Result<graph::Ints> ints(size_t i) const;
    graph::ValueId transposed(graph::ValueId value, graph::Ints perm) {
        return b().add("transpose", {value}, {{"perm", std::move(perm)}});
    }
    graph::ValueId nchw(graph::ValueId value) { return transposed(value, {0, 3, 1, 2}); }
    graph::ValueId nhwc(graph::ValueId value) { return transposed(value, {0, 2, 3, 1}); }
    // A weight with its axes in another order; constants that are plain numbers are seen so without a node.
    graph::ValueId weight(size_t i, const graph::Ints& perm);
    // relu, relu6, … by the fused code.
    Result<graph::ValueId> activated(graph::ValueId value, int64_t code);
    // Indices and sizes as i64.
    graph::ValueId as_i64(graph::ValueId value);
    std::vector<graph::ValueId> results;

private:
    Importer& importer_;
    const ParsedOperator& op_;
};

using Import = Status (*)(OperatorView&);
struct ImportRow {
    Builtin code;
    Import import;
    size_t inputs;  // how many operands there must at least be
};
std::span<const ImportRow> image_imports();
std::span<const ImportRow> move_imports();
std::span<const ImportRow> math_imports();

}  // namespace lathe::formats::litert
