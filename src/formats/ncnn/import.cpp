#include "formats/ncnn/import.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "formats/ncnn/read.h"
#include "formats/ncnn/write.h"
#include "graph/contexts.h"
#include "ops/ops.h"

namespace lathe::formats::ncnn {

using graph::Attrs;
using graph::Builder;
using graph::Graph;
using graph::ValueId;

// ---- weights

Result<SharedBytes> WeightReader::bytes(int64_t size) {
    const auto left = static_cast<int64_t>(bytes_.size() - at_);
    if (size < 0 || size > left)
        return fail("its weights need {} bytes at byte {}, and the .bin file has {} left", size, at_, left);
    const SharedBytes part = bytes_.slice(at_, static_cast<size_t>(size));
    at_ = std::min(bytes_.size(), at_ + static_cast<size_t>((size + 3) / 4 * 4));
    return part;
}

Result<Tensor> WeightReader::take(int64_t count, bool tagged) {
    if (count < 0 || count > static_cast<int64_t>(bytes_.size()))
        return fail("it says that it has {} weights, and the .bin file has {} bytes", count, bytes_.size());
    uint32_t tag = 0;
    if (tagged) {
        TRY(const SharedBytes word, bytes(4));
        std::memcpy(&tag, word.data(), 4);
    }
    const auto stored = [&](DType dtype) -> Result<Tensor> {
        TRY(const SharedBytes data, bytes(bytes_of(dtype, count)));
        return Tensor(dtype, {count}, data);
    };
    if (tag == 0 || tag == kTagPlain) return stored(DType::kF32);
    if (tag == kTagF16) return stored(DType::kF16);
    if (tag == kTagI8) return stored(DType::kI8);
    TRY(const SharedBytes table, bytes(256 * 4));
    TRY(const SharedBytes indices, bytes(count));
    TensorBuilder numbers(DType::kF32, {count});
    const auto values = numbers.values<float>();
    for (size_t i = 0; i < values.size(); ++i)
        std::memcpy(&values[i], table.data() + 4 * static_cast<size_t>(indices.data()[i]), 4);
    return numbers.finish();
}

// ---- one layer

Shape LayerView::blob_shape(ValueId value) const {
    const auto shape = graph::constant_shape(b_.shape(value));
    if (!shape || shape->empty()) return {};  // after an error
    return Shape(shape->begin() + 1, shape->end());
}

Status LayerView::wants_rank(int wanted, size_t i) const {
    if (rank(i) == wanted) return {};
    return fail("its blob '{}' has {} axes, expected {}", layer_.inputs[i], rank(i), wanted);
}

const Parameter* LayerView::find(int id) const {
    for (const auto& [known, value] : layer_.parameters)
        if (known == id) return &value;
    return nullptr;
}

bool LayerView::given(int id) const { return find(id) != nullptr; }

void LayerView::wrong_kind(int id, std::string_view expected) {
    if (!error_) error_ = Error{format("its parameter {} is not {}", id, expected)};
}

int32_t LayerView::number(int id, int32_t absent) {
    const Parameter* value = find(id);
    if (value == nullptr) return absent;
    if (const auto* whole = std::get_if<int32_t>(value)) return *whole;
    if (const auto* raw = std::get_if<RawNumber>(value)) return raw->bits;
    wrong_kind(id, "a whole number");
    return absent;
}

float LayerView::real(int id, float absent) {
    const Parameter* value = find(id);
    if (value == nullptr) return absent;
    if (const auto* real = std::get_if<float>(value)) return *real;
    if (const auto* raw = std::get_if<RawNumber>(value)) return std::bit_cast<float>(raw->bits);
    wrong_kind(id, "a number with a point");
    return absent;
}

Ints LayerView::list(int id) {
    const Parameter* value = find(id);
    if (value == nullptr) return {};
    if (const auto* list = std::get_if<Ints>(value)) return *list;
    if (const auto* raw = std::get_if<RawList>(value)) return raw->values;
    if (const auto* one = std::get_if<int32_t>(value)) return {*one};
    wrong_kind(id, "a list of whole numbers");
    return {};
}

Floats LayerView::reals(int id) {
    const Parameter* value = find(id);
    if (value == nullptr) return {};
    if (const auto* list = std::get_if<Floats>(value)) return *list;
    if (const auto* raw = std::get_if<RawList>(value)) {
        Floats list;
        for (const int32_t bits : raw->values) list.push_back(std::bit_cast<float>(bits));
        return list;
    }
    if (const auto* one = std::get_if<float>(value)) return {*one};
    wrong_kind(id, "a list of numbers");
    return {};
}

Result<int64_t> LayerView::size(int id, int64_t least, int64_t absent) {
    const int64_t value = number(id, static_cast<int32_t>(absent));
    if (value < least) return fail("its parameter {} is {}, expected at least {}", id, value, least);
    return value;
}

Result<int> LayerView::axis(int64_t given, int rank) { return graph::normal_axis(given, rank); }

ValueId LayerView::constant(std::string_view name, const Tensor& data, Shape shape) {
    if (element_count(shape) != data.count()) {
        b_.fail_with(
            Error{format("its weights are {} numbers, expected {}", data.count(), element_count(shape))});
        return graph::kNoValue;
    }
    const ValueId held =
        b_.constant(format("{}/{}", layer_.name, name), data.to_contiguous().reshaped(std::move(shape)));
    return data.dtype() == DType::kF16 ? b_.add("cast", {held}, {{"to", DType::kF32}}) : held;
}

ValueId LayerView::scalar(double value) {
    return b_.constant(layer_.name + "/number", tensor_from_doubles(DType::kF32, {}, std::span(&value, 1)));
}

ValueId LayerView::reshaped(ValueId value, const Shape& blob) {
    graph::Dims dims{graph::Dim(1)};
    for (const int64_t size : blob) dims.emplace_back(size);
    return b_.add("reshape", {value}, {{"shape", dims}});
}

Result<ValueId> LayerView::activated(ValueId value) {
    const int32_t kind = number(9);
    const Floats given = reals(10);
    const size_t needed = kind == 2 ? 1 : kind == 3 || kind == 6 ? 2 : 0;
    if (given.size() < needed)
        return fail("its activation {} has {} parameters, expected {}", kind, given.size(), needed);
    switch (kind) {
        case 0: return value;
        case 1: return add("relu", {value});
        case 2: return add("leaky_relu", {value}, {{"alpha", double{given[0]}}});
        case 3: return add("clip", {value}, {{"min", double{given[0]}}, {"max", double{given[1]}}});
        case 4: return add("sigmoid", {value});
        case 5: return add("mish", {value});
        case 6: {
            const ValueId factor =
                add("hard_sigmoid", {value}, {{"alpha", double{given[0]}}, {"beta", double{given[1]}}});
            return add("mul", {value, factor});
        }
        default: return fail("its activation is of the kind {}, which is not supported", kind);
    }
}

// ---- all layers

namespace {

const ImportRow* find_row(std::string_view type) {
    for (const auto& family : {image_imports(), product_imports(), math_imports(), move_imports()})
        for (const ImportRow& row : family)
            if (row.type == type) return &row;
    return nullptr;
}

using Shapes = std::map<std::string, Shape, std::less<>>;

// Sizes of an input or a constant by the parameters of w, h, d and c.
Result<Shape> declared_shape(LayerView& v) {
    Shape shape;
    for (const int id : {2, 11, 1, 0}) {
        const int64_t size = v.number(id);
        if (size < 0) return fail("its parameter {} is {}, and sizes are positive", id, size);
        if (size > 0) shape.push_back(size);
        else if (!shape.empty() && id != 11) return fail("its sizes are incomplete");
    }
    return shape;
}

Result<ValueId> input(Builder& b, LayerView& v, const std::string& name, const Shapes& shapes) {
    TRY(Shape shape, declared_shape(v));
    if (const auto it = shapes.find(name);
        it != shapes.end() || (shapes.size() == 1 && shapes.contains(""))) {
        const Shape& given = it != shapes.end() ? it->second : shapes.begin()->second;
        shape = given.size() > 1 && given[0] == 1 ? Shape(given.begin() + 1, given.end()) : given;
    }
    if (shape.empty())
        return fail("the file leaves its sizes open; say them (--input-shape {}=1,C,H,W)", name);
    graph::Dims dims{graph::Dim(1)};
    for (const int64_t size : shape) dims.emplace_back(size);
    return b.input(name, DType::kF32, dims);
}

}  // namespace

Result<Graph> import(const Network& network, const SharedBytes& weights, const Shapes& shapes) {
    Builder b(ops::find_op, "ncnn");
    WeightReader reader(weights);
    std::map<std::string, ValueId, std::less<>> blobs;
    std::vector<std::string> made;
    std::set<std::string, std::less<>> taken;
    for (const Layer& layer : network.layers) {
        const auto place = [&] {
            return format("layer '{}' ({})", printable(layer.name), printable(layer.type));
        };
        std::vector<ValueId> operands;
        for (const std::string& blob : layer.inputs) {
            const auto it = blobs.find(blob);
            if (it == blobs.end())
                return fail("{}: no layer before it makes the blob '{}'", place(), printable(blob));
            operands.push_back(it->second);
            taken.insert(blob);
        }
        LayerView view(b, layer, std::move(operands), reader);
        if (layer.type == "Input") {
            if (layer.outputs.size() != 1)
                return fail("{}: it has {} blobs, expected 1", place(), layer.outputs.size());
            TRY(const ValueId id, with_place(input(b, view, layer.outputs[0], shapes), place()));
            view.results = {id};
        } else {
            const ImportRow* row = find_row(layer.type);
            if (row == nullptr) return fail("{}: this layer is not supported", place());
            if (view.inputs() < row->inputs)
                return fail("{}: it takes {} blobs, expected {}", place(), view.inputs(), row->inputs);
            TRY_STATUS(with_place(row->import(view), place()));
        }
        if (view.error()) return std::unexpected(view.error()->at(place()));
        if (!b.ok()) return fail("{}: {}", place(), b.finish().error().message);
        if (view.results.size() != layer.outputs.size())
            return fail("{}: it has {} results, expected {}", place(), layer.outputs.size(),
                        view.results.size());
        for (size_t i = 0; i < layer.outputs.size(); ++i) {
            if (!blobs.emplace(layer.outputs[i], view.results[i]).second)
                return fail("{}: the blob '{}' is made twice", place(), printable(layer.outputs[i]));
            if (layer.type != "Input") made.push_back(layer.outputs[i]);
        }
    }
    if (reader.at() != reader.size())
        return fail("the layers take {} bytes of weights, and the .bin file has {}", reader.at(),
                    reader.size());
    for (const std::string& blob : made)
        if (!taken.contains(blob)) b.output(blob, blobs.find(blob)->second);
    TRY(Graph graph, b.finish());
    return graph::without_dead_code(std::move(graph));
}

// ---- files

namespace {

bool is_text(ByteSpan file) {
    const std::string magic = format("{}", kMagic);
    const std::string_view text = as_text(file);
    return text.starts_with(magic) &&
           (text.size() == magic.size() || text[magic.size()] == '\n' || text[magic.size()] == '\r');
}

bool is_binary(ByteSpan file) {
    uint32_t magic = 0;
    if (file.size() >= 12) std::memcpy(&magic, file.data(), 4);
    return magic == kMagic;
}

Result<Shapes> shapes_of(const OpenOptions& options) {
    Shapes shapes;
    for (const auto& [name, type] : options.inputs) {
        const auto shape = graph::constant_shape(type.shape);
        if (!shape)
            return fail("the sizes {} of the input '{}' must be numbers", to_string(type.shape), name);
        shapes[name] = *shape;
    }
    return shapes;
}

}  // namespace

Match match(ByteSpan file, std::string_view) {
    return is_text(file) || is_binary(file) ? Match::kCertain : Match::kNo;
}

Result<Graph> read_network(ByteSpan param, const SharedBytes& bin, const OpenOptions& options) {
    TRY(const Shapes shapes, shapes_of(options));
    TRY(const Network network, is_binary(param) ? parse_binary(param) : parse_text(as_text(param)));
    return import(network, bin, shapes);
}

Result<graph::Checkpoint> read(const SharedBytes& file, const std::string& path) {
    return read_with(file, path, {});
}

Result<graph::Checkpoint> read_with(const SharedBytes& file, const std::string& path,
                                    const OpenOptions& options) {
    const std::string beside = weights_path(path);
    if (beside == path)
        return fail("{}: is a description of layers; call it .param, with the weights in a .bin", path);
    if (!file_exists(beside))
        return fail("{}: its weights should be in {}, and there is no such file", path, beside);
    TRY(const SharedBytes weights, map_file(beside));
    TRY(auto network, with_place(read_network(file.bytes(), weights, options), path));
    graph::Checkpoint checkpoint{.format = "ncnn", .path = path};
    checkpoint.metadata = std::make_shared<const Json>(Json::object());
    for (const graph::Value& value : network.values)
        if (value.constant) checkpoint.tensors.push_back({value.name, *value.constant});
    checkpoint.graph = std::make_shared<const Graph>(std::move(network));
    return checkpoint;
}

}  // namespace lathe::formats::ncnn
