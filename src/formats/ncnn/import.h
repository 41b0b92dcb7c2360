// From ncnn's layers to the graph's operators. A blob of shape [C, H, W] is a value of shape [1, C, H, W].
#pragma once
#include <map>

#include "formats/ncnn/model.h"
#include "graph/builder.h"

namespace lathe::formats::ncnn {

// The weights of all layers, read in order.
class WeightReader {
public:
    explicit WeightReader(SharedBytes bytes) : bytes_(std::move(bytes)) {}
    // `count` numbers: f32, or behind a tag f32, f16, i8, or indices of a table of 256 numbers. Errors: the file ends.
    Result<Tensor> take(int64_t count, bool tagged);
    size_t at() const { return at_; }
    size_t size() const { return bytes_.size(); }

private:
    Result<SharedBytes> bytes(int64_t size);
    SharedBytes bytes_;
    size_t at_ = 0;
};

// One layer as an import function sees it.
class LayerView {
public:
    LayerView(graph::Builder& b, const Layer& layer, std::vector<graph::ValueId> inputs,
              WeightReader& weights)
        : b_(b), layer_(layer), inputs_(std::move(inputs)), weights_(weights) {}

    graph::Builder& b() { return b_; }
    const Layer& layer() const { return layer_; }
    size_t inputs() const { return inputs_.size(); }
    graph::ValueId in(size_t i = 0) const { return inputs_[i]; }
    Shape shape(size_t i = 0) const { return blob_shape(inputs_[i]); }
    Shape blob_shape(graph::ValueId value) const;  // without the batch axis
    int rank(size_t i = 0) const { return static_cast<int>(shape(i).size()); }
    // Errors: the operand's blob has another number of axes.
    Status wants_rank(int rank, size_t i = 0) const;

    // Parameters by their numbers. Errors (kept until finish): another kind.
    int32_t number(int id, int32_t absent = 0);
    float real(int id, float absent = 0);
    Ints list(int id);
    Floats reals(int id);
    bool given(int id) const;
    // A number of at least `least`. Errors: a smaller one.
    Result<int64_t> size(int id, int64_t least, int64_t absent = 0);
    Result<int> axis(int64_t given, int rank);  // of a blob, negative ones from the end

    // The next weights of the layer.
    Result<Tensor> take(int64_t count, bool tagged) { return weights_.take(count, tagged); }
    // f16 is widened.
    graph::ValueId constant(std::string_view name, const Tensor& data, Shape shape);
    // A scalar.
    graph::ValueId scalar(double value);
    graph::ValueId reshaped(graph::ValueId value, const Shape& blob);
    graph::ValueId add(std::string_view op, std::vector<graph::ValueId> inputs, graph::Attrs attrs = {}) {
        return b_.add(op, std::move(inputs), std::move(attrs));
    }
    // What the layer does to its result, by the parameters 9 and 10.
    Result<graph::ValueId> activated(graph::ValueId value);

    std::vector<graph::ValueId> results;
    const std::optional<Error>& error() const { return error_; }

private:
    const Parameter* find(int id) const;
    void wrong_kind(int id, std::string_view expected);

    graph::Builder& b_;
    const Layer& layer_;
    std::vector<graph::ValueId> inputs_;
    WeightReader& weights_;
    std::optional<Error> error_;
};

// x as codes of i8 around 0 and back; ncnn's scales are factors from numbers to codes.
Result<graph::ValueId> narrowed(LayerView& v, graph::ValueId x, float inverse_scale);
// Weights [O, …] of codes (or numbers of which ncnn makes codes), with a scale for each output channel or group of them.
Result<graph::ValueId> widened(LayerView& v, const Tensor& codes, Shape shape, const Tensor& inverse_scales);

using Import = Status (*)(LayerView&);
struct ImportRow {
    std::string_view type;
    Import import;
    size_t inputs = 1;  // how many there must at least be
};
std::span<const ImportRow> image_imports();
std::span<const ImportRow> product_imports();
std::span<const ImportRow> math_imports();
std::span<const ImportRow> move_imports();

// Errors: a layer or parameter that is not supported, naming it; weights that the file does not have or has too many of;
// blobs that nothing makes. `shapes`: of inputs, for those that leave their sizes open.
Result<graph::Graph> import(const Network& network, const SharedBytes& weights,
                            const std::map<std::string, Shape, std::less<>>& shapes);

}  // namespace lathe::formats::ncnn
