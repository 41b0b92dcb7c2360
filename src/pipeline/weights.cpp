#include "pipeline/weights.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/text.h"
#include "formats/all.h"

namespace lathe::pipeline {
namespace {

using Index = std::unordered_map<std::string_view, const Tensor*>;

Index index_of(const graph::Checkpoint& checkpoint) {
    Index index;
    for (const graph::NamedTensor& named : checkpoint.tensors) index.emplace(named.name, &named.tensor);
    return index;
}

// The texts that a safetensors file carries; other formats' metadata says how to load them and stays behind.
void keep_texts(Weights& weights) {
    if (weights.checkpoint.format != "safetensors" || weights.checkpoint.metadata == nullptr) return;
    for (const auto& [key, value] : weights.checkpoint.metadata->items())
        if (value.is_string() && key != quant::kHeaderKey)
            weights.texts.emplace_back(key, value.get<std::string>());
}

std::string header_of(const graph::Checkpoint& checkpoint) {
    if (checkpoint.metadata == nullptr) return {};
    const Json* text = find_member(*checkpoint.metadata, quant::kHeaderKey);
    return text != nullptr && text->is_string() ? text->get<std::string>() : std::string();
}

struct LoraLayer {
    const Tensor *up = nullptr, *down = nullptr, *alpha = nullptr;
};

struct LoraSuffix {
    std::string_view suffix;
    const Tensor* LoraLayer::* part;
};
constexpr LoraSuffix kLoraSuffixes[] = {
    {".lora_up.weight", &LoraLayer::up},
    {".lora_down.weight", &LoraLayer::down},
    {".lora_B.weight", &LoraLayer::up},
    {".lora_A.weight", &LoraLayer::down},
    {".lora_B.default.weight", &LoraLayer::up},
    {".lora_A.default.weight", &LoraLayer::down},
    {".lora.up.weight", &LoraLayer::up},
    {".lora.down.weight", &LoraLayer::down},
    {".alpha", &LoraLayer::alpha},
};

std::map<std::string, LoraLayer> lora_layers(const graph::Checkpoint& file) {
    std::map<std::string, LoraLayer> layers;
    for (const auto& [name, tensor] : file.tensors)
        for (const LoraSuffix& row : kLoraSuffixes)
            if (name.ends_with(row.suffix)) {
                layers[name.substr(0, name.size() - row.suffix.size())].*row.part = &tensor;
                break;
            }
    return layers;
}

// What a layer may be called without the prefixes that programs put in front.
std::string bare(std::string_view name) {
    for (bool more = true; more;) {
        more = false;
        for (const std::string_view prefix : {"model.diffusion_model.", "diffusion_model.", "transformer.",
                                              "unet.", "base_model.model.", "model."})
            if (name.starts_with(prefix)) {
                name.remove_prefix(prefix.size());
                more = true;
            }
    }
    return std::string(name);
}
std::string underscored(std::string name) {
    std::ranges::replace(name, '.', '_');
    return name;
}

std::vector<float> loaded_floats(const Tensor& tensor) {
    const Tensor plain = tensor.to_contiguous();
    std::vector<float> values(static_cast<size_t>(plain.count()));
    quant::load_floats(plain.dtype(), plain.bytes(), values.size(), values.data());
    return values;
}

Result<LowRankTerm> term_of(const LoraLayer& layer, const Weight& weight, double strength) {
    if (layer.up == nullptr || layer.down == nullptr) return fail("has no pair of up and down");
    if (!is_float(layer.up->dtype()) || !is_float(layer.down->dtype())) return fail("is not of floats");
    if (layer.up->rank() < 2 || layer.down->rank() < 2)
        return fail("has {} and {}, expected matrices", describe(*layer.up), describe(*layer.down));
    LowRankTerm term{.rank = layer.down->dim(0)};
    const int64_t rows = weight.shape[0], columns = element_count(weight.shape) / std::max<int64_t>(1, rows);
    if (term.rank < 1 || layer.up->count() != rows * term.rank || layer.up->dim(0) != rows ||
        layer.down->count() != term.rank * columns)
        return fail("{} times {} does not fit '{}' of [{}, {}]", describe(*layer.up), describe(*layer.down),
                    weight.name, rows, columns);
    double alpha = static_cast<double>(term.rank);
    if (layer.alpha != nullptr && layer.alpha->count() == 1) alpha = layer.alpha->to_doubles()[0];
    term.factor = strength * alpha / static_cast<double>(term.rank);
    term.up = loaded_floats(*layer.up);
    term.down = loaded_floats(*layer.down);
    return term;
}

void add_term(const LowRankTerm& term, int64_t first, int64_t count, int64_t columns, float* values) {
    std::vector<double> sums(static_cast<size_t>(columns));
    for (int64_t r = 0; r < count; ++r, values += columns) {
        std::ranges::fill(sums, 0.0);
        for (int64_t k = 0; k < term.rank; ++k) {
            const double up =
                term.factor * static_cast<double>(term.up[static_cast<size_t>((first + r) * term.rank + k)]);
            const float* down = term.down.data() + k * columns;
            for (int64_t c = 0; c < columns; ++c)
                sums[static_cast<size_t>(c)] += up * static_cast<double>(down[c]);
        }
        for (int64_t c = 0; c < columns; ++c)
            values[c] = static_cast<float>(static_cast<double>(values[c]) + sums[static_cast<size_t>(c)]);
    }
}

}  // namespace

Tensor rows_of(const Tensor& tensor, int64_t first, int64_t count) {
    const int64_t bits = bits_of(tensor.dtype());
    Shape shape = tensor.shape();
    if (tensor.contiguous()) {
        const int64_t row_bits = shape[0] == 0 ? 0 : tensor.count() / shape[0] * bits;
        CHECK(row_bits % 8 == 0);
        shape[0] = count;
        return Tensor(tensor.dtype(), shape,
                      tensor.storage().slice(static_cast<size_t>(first * row_bits / 8),
                                             static_cast<size_t>(count * row_bits / 8)));
    }
    const auto offset = static_cast<size_t>(first * tensor.strides()[0] * bits / 8);
    shape[0] = count;
    return Tensor(tensor.dtype(), shape, tensor.strides(),
                  tensor.storage().slice(offset, tensor.storage().size() - offset));
}

void Weight::read_rows(int64_t first, int64_t count, float* values) const {
    const int64_t columns = shape[0] == 0 ? 0 : element_count(shape) / shape[0];
    if (reader != nullptr) {
        reader->read(first, count, values);
    } else {
        const Tensor rows = rows_of(stored, first, count).to_contiguous();
        quant::load_floats(stored.dtype(), rows.bytes(), static_cast<size_t>(count * columns), values);
    }
    for (const LowRankTerm& term : terms) add_term(term, first, count, columns, values);
}

quant::Range Weight::range_of_rows(int64_t first, int64_t count) const {
    const int64_t columns = element_count(shape) / shape[0];
    if (raw()) {
        const Tensor rows = rows_of(stored, first, count).to_contiguous();
        return quant::range_of(stored.dtype(), rows.bytes(), static_cast<size_t>(rows.count()));
    }
    std::vector<float> values(static_cast<size_t>(count * columns));
    read_rows(first, count, values.data());
    return quant::range_of(values.data(), values.size());
}

Result<Weights> open_weights(const std::string& path) {
    Weights weights;
    TRY(weights.checkpoint, formats::open(path));
    if (weights.checkpoint.tensors.empty())
        return fail("{}: holds no tensors; give a checkpoint with weights", path);
    const Index index = index_of(weights.checkpoint);
    const quant::FindTensor find = [&](std::string_view name) {
        const auto found = index.find(name);
        return found == index.end() ? nullptr : found->second;
    };
    std::vector<std::string> names;
    for (const auto& named : weights.checkpoint.tensors) names.push_back(named.name);
    TRY(const quant::StoredLayers stored,
        with_place(quant::find_stored_layers(names, find, header_of(weights.checkpoint)), path));
    keep_texts(weights);
    for (const auto& [name, tensor] : weights.checkpoint.tensors) {
        if (stored.side.contains(name)) continue;
        Weight weight{.name = name,
                      .dtype = tensor.dtype(),
                      .shape = tensor.shape(),
                      .stored = tensor,
                      .format = std::string(name_of(tensor.dtype()))};
        constexpr std::string_view kWeight = ".weight";
        if (name.ends_with(kWeight)) {
            const std::string layer = name.substr(0, name.size() - kWeight.size());
            if (const auto found = stored.layers.find(layer); found != stored.layers.end()) {
                TRY(auto reader, with_place(quant::StoredReader::open(layer, found->second, find), path));
                weight.reader = std::make_shared<const quant::StoredReader>(std::move(reader));
                weight.shape = found->second.shape;
                weight.dtype = found->second.dtype;
                weight.spec = found->second.spec;
                weight.format = quant::format_name(weight.spec);
                ++weights.dequantized;
            }
        }
        weights.weights.push_back(std::move(weight));
    }
    if (weights.dequantized > 0)
        weights.notes.push_back(
            format("{} layers were quantised already and are dequantised first", weights.dequantized));
    return weights;
}

Status merge_lora(Weights& weights, const std::string& path, double strength) {
    TRY(const graph::Checkpoint file, formats::open(path));
    std::unordered_map<std::string, Weight*> by_name;
    for (Weight& weight : weights.weights) {
        constexpr std::string_view kWeight = ".weight";
        if (!weight.name.ends_with(kWeight) || weight.shape.size() < 2 || !is_float(weight.dtype)) continue;
        const std::string name = bare(weight.name.substr(0, weight.name.size() - kWeight.size()));
        by_name.emplace(name, &weight);
        by_name.emplace("lora_unet_" + underscored(name), &weight);
        by_name.emplace("lora_te_" + underscored(name), &weight);
        by_name.emplace("lora_transformer_" + underscored(name), &weight);
    }
    size_t merged = 0, left = 0;
    for (const auto& [name, layer] : lora_layers(file)) {
        const auto found = by_name.find(bare(name));
        if (found == by_name.end()) {
            ++left;
            continue;
        }
        TRY(LowRankTerm term, with_place(term_of(layer, *found->second, strength),
                                         format("{}: LoRA layer '{}'", path, printable(name))));
        found->second->terms.push_back(std::move(term));
        ++merged;
    }
    if (merged == 0)
        return fail("{}: none of its {} LoRA layers belongs to a weight of this checkpoint", path, left);
    weights.notes.push_back(format("{} layers of {} are merged in{}", merged, path,
                                   left > 0 ? format(", {} are not for this checkpoint", left) : ""));
    return {};
}

}  // namespace lathe::pipeline
