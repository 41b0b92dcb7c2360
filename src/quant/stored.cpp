#include "quant/stored.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "quant/rotate.h"

namespace lathe::quant {
namespace {

constexpr std::string_view kJsonSuffix = ".comfy_quant";
constexpr std::string_view kWeightSuffix = ".weight";
constexpr std::string_view kInputFactor = "pre_quant_scale";
constexpr std::array<std::string_view, 10> kSideSuffixes = {
    "weight_scale", "weight_scale_2", "weight_scalar",   "weight_s_rel", "weight_s_channel",
    "weight_zeros", "input_scale",    "weight_codebook", "comfy_quant",  kInputFactor};

struct Label {
    std::string_view format, scheme;
    Scaling scaling;
};
constexpr Label kLabels[] = {
    {"float8_e4m3fn", "fp8_e4m3", Scaling::kTensor},
    {"float8_e4m3fn_rowwise", "fp8_e4m3", Scaling::kRow},
    {"float8_e4m3fn_blockwise", "fp8_e4m3", Scaling::kBlock},
    {"float8_e5m2", "fp8_e5m2", Scaling::kTensor},
    {"float8_e5m2_rowwise", "fp8_e5m2", Scaling::kRow},
    {"float8_e5m2_blockwise", "fp8_e5m2", Scaling::kBlock},
    {"int8_tensorwise", "int8", Scaling::kTensor},
    {"int8_blockwise", "int8", Scaling::kBlock},
    {"nvfp4", "nvfp4", Scaling::kTensor},
    {"mxfp8", "mxfp8", Scaling::kTensor},
    {"hybrid_mxfp8", "mxfp8_hybrid", Scaling::kTensor},
    {"convrot_w4a4", "convrot_w4a4", Scaling::kRow},
    {"asym_w4a8_int8", "asym_w4a8_int8", Scaling::kTensor},
    {"awq_w4a16", "awq_w4a16", Scaling::kTensor},
};

// Options may lie beside the format or under "params".
Result<int64_t> option(const Json& json, std::string_view key, int64_t absent) {
    if (find_member(json, key) == nullptr)
        if (const Json* nested = find_member(json, "params")) return int_member(*nested, key, absent);
    return int_member(json, key, absent);
}
Result<bool> flag(const Json& json, std::string_view key) {
    if (find_member(json, key) == nullptr)
        if (const Json* nested = find_member(json, "params")) return bool_member(*nested, key, false);
    return bool_member(json, key, false);
}

DType original_dtype(const Json& json) {
    const auto text = string_member(json, "orig_dtype");
    if (!text) return DType::kBF16;
    if (*text == "torch.float32") return DType::kF32;
    return *text == "torch.float16" ? DType::kF16 : DType::kBF16;
}

Result<Shape> shape_of(const Json& json, const LayerSpec& spec, const Shape& codes) {
    Shape shape = codes;
    if (spec.scheme->element >= Element::kF4E2M1) shape[1] *= 2;
    const Json* original = find_member(json, "orig_shape");
    if (original == nullptr || spec.scheme->pad == 1) return shape;
    if (!original->is_array() || original->size() != 2 || !(*original)[0].is_number_unsigned() ||
        !(*original)[1].is_number_unsigned())
        return fail("'orig_shape' is no pair of sizes");
    const Shape found = {(*original)[0].get<int64_t>(), (*original)[1].get<int64_t>()};
    for (size_t i = 0; i < 2; ++i)
        if (found[i] < 1 || found[i] > shape[i] || round_up(found[i], spec.scheme->pad) != shape[i])
            return fail("'orig_shape' [{}, {}] does not fit codes for [{}, {}]", found[0], found[1], shape[0],
                        shape[1]);
    return found;
}

Result<StoredLayer> layer_of(const Json& json, const Tensor& codes, const Tensor* scale) {
    TRY(const std::string format_text, string_member(json, "format"));
    const auto label = std::ranges::find(kLabels, format_text, &Label::format);
    if (label == std::end(kLabels)) return fail("the format '{}' is unknown", printable(format_text));
    StoredLayer layer;
    LayerSpec& spec = layer.spec;
    spec.scheme = scheme_named(label->scheme);
    spec.scaling = label->scaling;
    if (codes.rank() != 2) return fail("its weight is {}, expected a matrix", describe(codes));
    if (label->format == "int8_tensorwise" && scale != nullptr && scale->count() != 1)
        spec.scaling = Scaling::kRow;
    const bool awq = spec.scheme->element == Element::kU4;
    TRY(spec.block_size, option(json, "group_size", awq ? 64 : 128));
    if (spec.block_size < 1) return fail("a group size of {} is impossible", spec.block_size);
    TRY(const bool rotated, flag(json, "convrot"));
    if (rotated || spec.scheme->always_rotated) {
        TRY(spec.rotation, option(json, "convrot_groupsize", 256));
    }
    TRY(spec.full_precision_matmul, flag(json, "full_precision_matrix_mult"));
    TRY(layer.shape, shape_of(json, spec, codes.shape()));
    layer.dtype = original_dtype(json);
    if (const auto why = misfit(spec, layer.shape, layer.dtype))
        return fail("its format '{}' does not fit: {}", format_text, *why);
    const Part expected = parts_of(spec, layer.shape, layer.dtype)[0];
    if (codes.shape() != expected.shape || bits_of(codes.dtype()) != bits_of(expected.dtype))
        return fail("its weight is {}, expected {} for '{}'", describe(codes), name_of(expected.dtype),
                    format_text);
    return layer;
}

// The scale's shape tells the unit.
Result<StoredLayer> legacy_layer(const Tensor& codes, const Tensor& scale) {
    if (codes.rank() != 2) return fail("its weight is {}, expected a matrix", describe(codes));
    StoredLayer layer{.shape = codes.shape(), .legacy = true};
    layer.spec.scheme = scheme_named(codes.dtype() == DType::kF8E5M2 ? "fp8_e5m2" : "fp8_e4m3");
    const int64_t rows = codes.dim(0), columns = codes.dim(1), count = scale.count();
    if (count == 1) {
        layer.spec.scaling = Scaling::kTensor;
    } else if (count == rows) {
        layer.spec.scaling = Scaling::kRow;
    } else if (scale.rank() == 2 && scale.dim(0) > 0 && rows % scale.dim(0) == 0 &&
               columns % (rows / scale.dim(0)) == 0 && scale.dim(1) == columns / (rows / scale.dim(0))) {
        layer.spec.scaling = Scaling::kBlock;
        layer.spec.block_size = rows / scale.dim(0);
    } else {
        return fail("its scale {} fits neither tensor, rows nor square tiles of {}", describe(scale),
                    describe(codes));
    }
    return layer;
}

class Finder {
public:
    Finder(std::span<const std::string> names, const FindTensor& find) : names_(names), find_(find) {}

    Result<StoredLayers> run(std::string_view header) {
        if (!header.empty()) TRY_STATUS(with_place(add_header(header), kHeaderKey));
        for (const std::string& name : names_)
            if (name.ends_with(kJsonSuffix)) {
                const std::string layer = name.substr(0, name.size() - kJsonSuffix.size());
                if (found_.layers.contains(layer)) continue;
                TRY_STATUS(with_place(add_text(layer, *find_(name)), format("layer '{}'", printable(layer))));
            }
        if (header.empty() && find_(kLegacyMarker) != nullptr) TRY_STATUS(add_legacy());
        for (const auto& [layer, stored] : found_.layers)
            for (const std::string_view suffix : kSideSuffixes)
                if (std::string name = layer + "." + std::string(suffix); find_(name) != nullptr)
                    found_.side.insert(std::move(name));
        return std::move(found_);
    }

private:
    Status add_header(std::string_view text) {
        TRY(const Json json, parse_json(text));
        const Json* layers = find_member(json, "layers");
        if (layers == nullptr || !layers->is_object()) return fail("has no object 'layers'");
        for (const auto& [layer, entry] : layers->items())
            TRY_STATUS(with_place(add(layer, entry), format("layer '{}'", printable(layer))));
        return {};
    }

    Status add_text(const std::string& layer, const Tensor& text) {
        if (bits_of(text.dtype()) != 8 || text.count() > 65536)
            return fail("its comfy_quant is {}, expected a short text", describe(text));
        const Tensor plain = text.to_contiguous();
        TRY(const Json json, parse_json(as_text(plain.bytes())));
        return add(layer, json);
    }

    Status add(const std::string& layer, const Json& json) {
        const Tensor* codes = find_(layer + std::string(kWeightSuffix));
        if (codes == nullptr) return {};  // of a layer that this file has not
        TRY(StoredLayer stored, layer_of(json, *codes, find_(layer + ".weight_scale")));
        found_.layers.emplace(layer, std::move(stored));
        return {};
    }

    Status add_legacy() {
        found_.side.insert(std::string(kLegacyMarker));
        for (const std::string& name : names_) {
            constexpr std::string_view kScale = ".scale_weight", kInput = ".scale_input";
            if (name.ends_with(kInput)) found_.side.insert(name);
            if (!name.ends_with(kScale)) continue;
            found_.side.insert(name);
            const std::string layer = name.substr(0, name.size() - kScale.size());
            const Tensor* codes = find_(layer + std::string(kWeightSuffix));
            const bool is_fp8 = codes != nullptr && is_float(codes->dtype()) && bits_of(codes->dtype()) == 8;
            if (!is_fp8) continue;  // a scale without codes says nothing
            TRY(StoredLayer stored,
                with_place(legacy_layer(*codes, *find_(name)), format("layer '{}'", printable(layer))));
            found_.layers.emplace(layer, std::move(stored));
        }
        return {};
    }

    std::span<const std::string> names_;
    const FindTensor& find_;
    StoredLayers found_;
};

}  // namespace

Result<StoredLayers> find_stored_layers(std::span<const std::string> names, const FindTensor& find,
                                        std::string_view header) {
    return Finder(names, find).run(header);
}

Result<StoredReader> StoredReader::open(const std::string& layer, const StoredLayer& stored,
                                        const FindTensor& find) {
    LayerSpec spec = stored.spec;
    spec.input_scale = false;
    auto coder = LayerCoder::from_parts(spec, stored.shape, stored.dtype, [&](std::string_view suffix) {
        const bool legacy = stored.legacy && suffix == "weight_scale";
        return find(layer + "." + (legacy ? "scale_weight" : std::string(suffix)));
    });
    if (!coder) return std::unexpected(coder.error().at(format("layer '{}'", printable(layer))));
    StoredReader reader(std::move(*coder), find(layer + std::string(kWeightSuffix))->to_contiguous());
    if (const Tensor* factor = find(layer + "." + std::string(kInputFactor)); factor != nullptr) {
        const bool plain = is_float(factor->dtype()) && bits_of(factor->dtype()) >= 16;
        if (!plain || factor->count() != stored.shape[1])
            return fail("layer '{}': its {} is {}, expected a float for each of {} columns", printable(layer),
                        kInputFactor, describe(*factor), stored.shape[1]);
        for (const double value : factor->to_doubles())
            reader.input_factor_.push_back(static_cast<float>(value));
    }
    return reader;
}

void StoredReader::read(int64_t row, int64_t count, float* values) const {
    coder_.decode(row, count, codes_.bytes().data() + row * coder_.bytes_per_row(), values);
    if (const int64_t group = coder_.spec().rotation; group != 0)
        rotate(values, static_cast<size_t>(count * coder_.columns() / group), static_cast<size_t>(group));
    if (input_factor_.empty()) return;
    for (int64_t r = 0; r < count; ++r)
        for (size_t c = 0; c < input_factor_.size(); ++c) *values++ *= input_factor_[c];
}

std::string header_text(std::span<const std::pair<std::string, std::string>> layers) {
    std::string text = R"({"format_version": "1.0", "layers": {)";
    for (size_t i = 0; i < layers.size(); ++i) {
        if (i > 0) text += ", ";
        text += Json(layers[i].first).dump(-1, ' ', true) + ": " + layers[i].second;
    }
    return text + "}}";
}

}  // namespace lathe::quant
