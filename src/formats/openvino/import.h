// From OpenVINO's layers to the graph's operators.
#pragma once
#include <set>

#include "formats/openvino/model.h"
#include "graph/builder.h"

namespace lathe::formats::openvino {

class Importer {
public:
    explicit Importer(const Model& model);
    Result<graph::Graph> run();

    graph::Builder& b() { return b_; }
    const Model& model() const { return model_; }
    graph::ValueId value(Source source) const {
        return values_[static_cast<size_t>(source.layer)][static_cast<size_t>(source.output)];
    }

private:
    Status layer(size_t number);
    Status parameter(size_t number);
    std::vector<std::string> unknown() const;
    std::string name_of_result(const Layer& layer) const;

    const Model& model_;
    graph::Builder b_;
    std::vector<std::vector<graph::ValueId>> values_;  // by layer and output
    std::set<std::string, std::less<>> output_names_;
};

// One layer as an import function sees it: it puts its outputs into `results`.
class LayerView {
public:
    LayerView(Importer& importer, const Layer& layer) : importer_(importer), layer_(layer) {}
    const Layer& layer() const { return layer_; }
    graph::Builder& b() { return importer_.b(); }
    size_t inputs() const { return layer_.inputs.size(); }
    graph::ValueId in(size_t i) const { return importer_.value(layer_.inputs[i]); }
    const Layer& source(Source from) const {
        return importer_.model().layers[static_cast<size_t>(from.layer)];
    }
    graph::ValueId value(Source from) const { return importer_.value(from); }
    DType dtype(size_t i) { return b().dtype(in(i)); }
    const graph::Dims& shape(size_t i) { return b().shape(in(i)); }
    int rank(size_t i) { return static_cast<int>(shape(i).size()); }

    // What <data> says; `absent` where it does not. Errors: of another kind.
    std::string text(std::string_view key, std::string_view absent) const;  // in small letters
    Result<bool> flag(std::string_view key, bool absent) const;
    Result<int64_t> integer(std::string_view key, int64_t absent) const;
    Result<double> number(std::string_view key, double absent) const;
    Result<graph::Ints> list(std::string_view key, graph::Ints absent) const;
    Result<DType> element(std::string_view key, DType absent) const;

    std::optional<Tensor> known(size_t i);  // an input's elements, where they are known
    // Whole numbers of an input. Errors: they are computed while the network runs.
    Result<graph::Ints> ints(size_t i);
    Result<double> scalar(size_t i);
    graph::ValueId as_i64(size_t i);
    graph::ValueId constant(std::string_view name, Tensor tensor) {
        return b().constant(name, std::move(tensor));
    }
    graph::ValueId number_like(size_t i, double value) {
        return constant("number", Tensor::filled(dtype(i), {}, value));
    }
    graph::ValueId add(std::string_view op, std::vector<graph::ValueId> inputs, graph::Attrs attrs = {}) {
        return b().add(op, std::move(inputs), std::move(attrs));
    }
    void result(graph::ValueId value) { results.push_back(value); }

    std::vector<graph::ValueId> results;

private:
    Importer& importer_;
    const Layer& layer_;
};

using Import = Status (*)(LayerView&);
struct ImportRow {
    std::string_view type;
    size_t inputs;  // how many there must at least be
    Import import;
    int since = 1, until = 1000;  // operation sets in which it is understood
};
std::span<const ImportRow> math_imports();
std::span<const ImportRow> image_imports();
std::span<const ImportRow> move_imports();

}  // namespace lathe::formats::openvino
