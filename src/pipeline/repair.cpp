#include "pipeline/repair.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "base/pattern.h"
#include "base/text.h"
#include "formats/all.h"
#include "formats/safetensors/safetensors.h"
#include "quant/label.h"

namespace lathe::pipeline {
namespace {

// json.dumps of Python: ", " between members and ": " behind keys, ASCII only.
std::string python_text(const Json& json) {
    if (json.is_object() || json.is_array()) {
        std::string text = json.is_object() ? "{" : "[";
        bool first = true;
        for (const auto& [key, value] : json.items()) {
            if (!first) text += ", ";
            first = false;
            if (json.is_object()) text += Json(key).dump(-1, ' ', true) + ": ";
            text += python_text(value);
        }
        return text + (json.is_object() ? "}" : "]");
    }
    return json.dump(-1, ' ', true);
}

class Repair {
public:
    explicit Repair(const RepairOptions& options) : options_(options) {}

    Result<RepairReport> run() {
        TRY(file_, formats::open(options_.input));
        TRY_STATUS(load());
        rename_legacy();
        TRY_STATUS(find_labels());
        if (labels_.empty()) return fail("{}: holds no quantised layers", options_.input);
        TRY_STATUS(edit());
        TRY_STATUS(add_scales());
        TRY_STATUS(write());
        report_.output = options_.output;
        report_.layers = labels_.size();
        return std::move(report_);
    }

private:
    void change(std::string line) { report_.changes.push_back(std::move(line)); }

    const Tensor* find(std::string_view name) const {
        const auto found = tensors_.find(std::string(name));
        return found == tensors_.end() ? nullptr : &found->second;
    }
    quant::FindTensor finder() const {
        return [this](std::string_view name) { return find(name); };
    }
    void put(const std::string& name, Tensor tensor) {
        if (!tensors_.contains(name)) order_.push_back(name);
        tensors_[name] = std::move(tensor);
    }
    void drop(const std::string& name) {
        tensors_.erase(name);
        std::erase(order_, name);
    }

    Status load() {
        for (const auto& [name, tensor] : file_.tensors) {
            order_.push_back(name);
            tensors_.emplace(name, tensor);
        }
        if (file_.metadata != nullptr && file_.format == "safetensors")
            for (const auto& [key, value] : file_.metadata->items())
                if (value.is_string()) texts_.emplace_back(key, value.get<std::string>());
        const auto header =
            std::ranges::find(texts_, quant::kHeaderKey, &std::pair<std::string, std::string>::first);
        if (header == texts_.end()) return {};
        TRY(header_, with_place(parse_json(header->second), options_.input));
        texts_.erase(header);
        return {};
    }

    void rename_legacy() {
        if (find(quant::kLegacyMarker) == nullptr || !header_.is_null()) return;
        legacy_ = true;
        const Tensor marker = *find(quant::kLegacyMarker);
        full_precision_ = marker.count() == 2;
        drop(std::string(quant::kLegacyMarker));
        std::vector<std::string> names = order_;
        size_t renamed = 0;
        for (const std::string& name : names)
            for (const auto& [old, current] :
                 {std::pair{".scale_weight", ".weight_scale"}, {".scale_input", ".input_scale"}}) {
                if (!name.ends_with(old)) continue;
                const std::string layer = name.substr(0, name.size() - std::string_view(old).size());
                const Tensor* codes = find(layer + ".weight");
                const bool fp8 = codes != nullptr && is_float(codes->dtype()) && bits_of(codes->dtype()) == 8;
                Tensor scale = *find(name);
                drop(name);
                if (!fp8) continue;  // a scale without codes
                put(layer + current, scale.count() == 1 ? scale.to_contiguous().reshaped({}) : scale);
                ++renamed;
            }
        change(format("{} scales of the older scaled_fp8 names are renamed", renamed));
    }

    // Labels by layer: the header's, else the tensors', else what the tensors show.
    Status find_labels() {
        if (const Json* layers = find_member(header_, "layers"); layers != nullptr && layers->is_object())
            for (const auto& [layer, label] : layers->items())
                if (find(layer + ".weight") != nullptr) labels_.emplace(layer, label);
        for (const std::string& name : order_) {
            constexpr std::string_view kWeight = ".weight";
            if (!name.ends_with(kWeight)) continue;
            const std::string layer = name.substr(0, name.size() - kWeight.size());
            TRY_STATUS(
                with_place(label_of(layer), format("{}: layer '{}'", options_.input, printable(layer))));
        }
        return {};
    }

    Status label_of(const std::string& layer) {
        const Tensor* text = find(layer + ".comfy_quant");
        if (text != nullptr && !labels_.contains(layer)) {
            const Tensor plain = text->to_contiguous();
            if (bits_of(plain.dtype()) != 8)
                return fail("its comfy_quant is {}, expected a text", describe(plain));
            TRY(Json label, parse_json(as_text(plain.bytes())));
            labels_.emplace(layer, std::move(label));
        } else if (text == nullptr && labels_.contains(layer)) {
            change(format("{}: comfy_quant added from the header", printable(layer)));
        }
        if (labels_.contains(layer) && readable(layer)) return {};
        TRY(const auto found, inferred(layer));
        if (!found) {
            if (labels_.contains(layer))
                return fail("its label {} fits its tensors in no way", python_text(labels_[layer]));
            return {};
        }
        quant::LayerSpec spec = found->spec;
        spec.full_precision_matmul = legacy_ && full_precision_;
        std::string label = quant::comfy_json(spec, found->shape, found->dtype);
        change(format("{}: labelled {}{}", printable(layer), label,
                      labels_.contains(layer) ? " instead of " + python_text(labels_[layer]) : ""));
        labels_[layer] = *parse_json(label);
        return {};
    }

    Result<std::optional<quant::StoredLayer>> inferred(const std::string& layer) const {
        auto found = quant::infer_layer(layer, finder());
        if (found || options_.format.empty()) return found;
        const quant::Scheme* scheme = quant::scheme_named(options_.format);
        if (scheme == nullptr) return fail("there is no format '{}'", options_.format);
        quant::StoredLayer stored{.shape = find(layer + ".weight")->shape()};
        if (scheme->element >= quant::Element::kF4E2M1) stored.shape[1] *= 2;
        stored.spec = {
            .scheme = scheme, .scaling = quant::Scaling::kRow, .rotation = scheme->always_rotated ? 256 : 0};
        return std::optional(stored);
    }

    // Whether the layer can be read by its label as it is now.
    Status check(const std::string& layer) const {
        const Json header = {{"layers", {{layer, labels_.at(layer)}}}};
        const std::vector<std::string> names = {layer + ".weight"};
        TRY(const quant::StoredLayers stored,
            quant::find_stored_layers(names, finder(), lathe::to_text(header)));
        for (const auto& [name, one] : stored.layers)
            TRY_STATUS(quant::StoredReader::open(name, one, finder()));
        return {};
    }
    bool readable(const std::string& layer) const { return check(layer).has_value(); }

    Status edit() {
        TRY(const Pattern pattern, Pattern::parse(options_.layers));
        for (auto& [layer, label] : labels_) {
            if (!options_.layers.empty() && !pattern.found_in(layer)) continue;
            const std::string before = python_text(label);
            for (const std::string& key : options_.remove) label.erase(key);
            for (const auto& [key, value] : options_.set) label[key] = value;
            if (options_.hybrid && string_member(label, "format").value_or("") == "mxfp8")
                label["format"] = "hybrid_mxfp8";
            if (python_text(label) == before) continue;
            change(format("{}: {} instead of {}", printable(layer), python_text(label), before));
            TRY_STATUS(with_place(check(layer), "after the edit"));
        }
        return options_.hybrid ? add_scalars() : Status{};
    }

    Status add_scalars() {
        graph::Checkpoint other;
        if (!options_.tensor_scales.empty()) {
            TRY(other, formats::open(options_.tensor_scales));
        }
        for (const auto& [layer, label] : labels_) {
            if (string_member(label, "format").value_or("") != "hybrid_mxfp8" ||
                find(layer + ".weight_scalar") != nullptr)
                continue;
            double scalar = 0;
            if (const Tensor* scale = other.find(layer + ".weight_scale")) {
                for (const double value : scale->to_doubles()) scalar = std::max(scalar, value);
            } else {
                const Tensor codes = find(layer + ".weight_scale")->to_contiguous();
                uint8_t largest = 0;
                for (const std::byte code : codes.bytes())
                    largest = std::max(largest, static_cast<uint8_t>(code));
                scalar = largest == 0 ? 1 : std::ldexp(1.0, largest - 127);
            }
            put(layer + ".weight_scalar", Tensor::scalar(static_cast<float>(scalar)));
        }
        return {};
    }

    Result<std::map<std::string, double>> known_scales() const {
        std::map<std::string, double> scales;
        if (options_.input_scales.empty()) return scales;
        if (options_.input_scales.ends_with(".json")) {
            TRY(const SharedBytes file, map_file(options_.input_scales));
            TRY(const Json json, with_place(parse_json(as_text(file.bytes())), options_.input_scales));
            if (!json.is_object())
                return fail("{}: expected an object {{layer: number}}", options_.input_scales);
            for (const auto& [layer, value] : json.items()) {
                if (!value.is_number())
                    return fail("{}: '{}' is no number", options_.input_scales, printable(layer));
                scales.emplace(layer, value.get<double>());
            }
            return scales;
        }
        TRY(const graph::Checkpoint file, formats::open(options_.input_scales));
        constexpr std::string_view kSuffix = ".input_scale";
        for (const auto& [name, tensor] : file.tensors)
            if (name.ends_with(kSuffix) && tensor.count() == 1 && is_float(tensor.dtype()))
                scales.emplace(name.substr(0, name.size() - kSuffix.size()), tensor.to_doubles()[0]);
        if (scales.empty()) return fail("{}: holds no X.input_scale", options_.input_scales);
        return scales;
    }

    Status add_scales() {
        TRY(const auto known, known_scales());
        if (known.empty() && !options_.input_scale) return {};
        TRY(const Pattern pattern, Pattern::parse(options_.layers));
        size_t added = 0;
        for (const auto& [layer, label] : labels_) {
            const std::string kind = string_member(label, "format").value_or("");
            const bool takes = kind.starts_with("float8") || kind == "nvfp4" || kind.ends_with("mxfp8");
            const auto found = known.find(layer);
            const bool given = found != known.end();
            if (!takes || (!options_.layers.empty() && !pattern.found_in(layer))) continue;
            if (!given && (!options_.input_scale || find(layer + ".input_scale") != nullptr)) continue;
            put(layer + ".input_scale",
                Tensor::scalar(static_cast<float>(given ? found->second : *options_.input_scale)));
            ++added;
        }
        change(format("{} layers have an input_scale", added));
        return {};
    }

    Status write() {
        std::vector<std::pair<std::string, std::string>> labels;
        for (const auto& [layer, label] : labels_) {
            TRY_STATUS(with_place(check(layer), format("layer '{}'", printable(layer))));
            std::string text = python_text(label);
            const ByteSpan bytes = as_bytes(text);
            put(layer + ".comfy_quant", Tensor(DType::kU8, {static_cast<int64_t>(text.size())},
                                               SharedBytes::from_vector({bytes.begin(), bytes.end()})));
            const Tensor* scale = find(layer + ".weight_scale");
            if (scale != nullptr && scale->dtype() == DType::kF8E8M0) {  // readers know no such type
                put(layer + ".weight_scale",
                    Tensor(DType::kU8, scale->shape(), scale->to_contiguous().storage()));
                change(format("{}: scales are stored as u8", printable(layer)));
            }
            labels.emplace_back(layer, std::move(text));
        }
        texts_.emplace_back(quant::kHeaderKey, quant::header_text(labels));
        std::vector<graph::NamedTensor> tensors;
        for (const std::string& name : order_) tensors.push_back({name, tensors_.at(name)});
        return formats::write_safetensors(options_.output, tensors, {texts_, options_.shard_bytes});
    }

    const RepairOptions& options_;
    graph::Checkpoint file_;
    std::unordered_map<std::string, Tensor> tensors_;
    std::vector<std::string> order_;
    std::vector<std::pair<std::string, std::string>> texts_;
    Json header_;
    std::map<std::string, Json> labels_;
    bool legacy_ = false, full_precision_ = false;
    RepairReport report_;
};

}  // namespace

Result<RepairReport> repair(const RepairOptions& options) {
    if (options.output == options.input)
        return fail("{}: the output would replace the input; give another name", options.output);
    return Repair(options).run();
}

}  // namespace lathe::pipeline
