#include "quant/label.h"

namespace lathe::quant {
namespace {

bool is_8_bits(const Tensor* tensor) { return tensor != nullptr && bits_of(tensor->dtype()) == 8; }

StoredLayer stored_as(std::string_view scheme, Shape shape) {
    StoredLayer layer{.shape = std::move(shape)};
    layer.spec.scheme = scheme_named(scheme);
    if (layer.spec.scheme->always_rotated) layer.spec.rotation = 256;
    if (layer.spec.scheme->element == Element::kU4) layer.spec.block_size = 64;
    return layer;
}

// One scale, one a row, or one a square tile.
bool set_scaling(LayerSpec& spec, const Shape& codes, const Tensor& scale) {
    const int64_t rows = codes[0], columns = codes[1], count = scale.count();
    if (count == 1) {
        spec.scaling = Scaling::kTensor;
        return true;
    }
    if (count == rows && (scale.rank() == 1 || scale.dim(-1) == 1)) {
        spec.scaling = Scaling::kRow;
        return true;
    }
    if (scale.rank() != 2 || scale.dim(0) == 0 || rows % scale.dim(0) != 0) return false;
    spec.scaling = Scaling::kBlock;
    spec.block_size = rows / scale.dim(0);
    return columns % spec.block_size == 0 && scale.dim(1) == columns / spec.block_size;
}

Result<std::optional<StoredLayer>> of_scales(const Tensor& codes, const Tensor& scale) {
    const bool fp8 = codes.dtype() == DType::kF8E4M3 || codes.dtype() == DType::kF8E5M2;
    if (!fp8 && codes.dtype() != DType::kI8) return std::optional<StoredLayer>();
    if (fp8 && is_8_bits(&scale)) {
        const int64_t expected = round_up(codes.dim(0), 128) * round_up(codes.dim(1) / 32, 4);
        if (codes.dim(1) % 32 != 0 || scale.count() != expected)
            return fail("its scales {} do not fit mxfp8 codes {}", describe(scale), describe(codes));
        return stored_as("mxfp8", codes.shape());
    }
    if (!is_float(scale.dtype())) return fail("its scale is {}, expected numbers", describe(scale));
    if (codes.dtype() == DType::kI8 && scale.rank() == 1 && scale.count() == codes.dim(0) &&
        scale.count() > 1)
        return fail("its tensors fit int8 by row and convrot_w4a4 alike; say which with --format");
    StoredLayer layer = stored_as(codes.dtype() == DType::kI8       ? "int8"
                                  : codes.dtype() == DType::kF8E5M2 ? "fp8_e5m2"
                                                                    : "fp8_e4m3",
                                  codes.shape());
    if (!set_scaling(layer.spec, codes.shape(), scale))
        return fail("its scale {} fits neither tensor, rows nor square tiles of {}", describe(scale),
                    describe(codes));
    return layer;
}

}  // namespace

Result<std::optional<StoredLayer>> infer_layer(const std::string& layer, const FindTensor& find) {
    const Tensor* codes = find(layer + ".weight");
    if (codes == nullptr || codes->rank() != 2 || !is_8_bits(codes)) return std::optional<StoredLayer>();
    const auto part = [&](std::string_view suffix) { return find(layer + "." + std::string(suffix)); };
    const Shape unpacked = {codes->dim(0), codes->dim(1) * 2};
    if (part("weight_s_rel") != nullptr) return stored_as("asym_w4a8_int8", unpacked);
    if (part("weight_zeros") != nullptr) {
        StoredLayer found = stored_as("awq_w4a16", unpacked);
        if (const Tensor* scale = part("weight_scale");
            scale != nullptr && scale->rank() == 2 && scale->dim(0) > 0)
            found.spec.block_size = unpacked[1] / scale->dim(0);
        return found;
    }
    const Tensor* scale = part("weight_scale");
    if (scale == nullptr) return std::optional<StoredLayer>();
    if (part("weight_scale_2") != nullptr && is_8_bits(scale)) return stored_as("nvfp4", unpacked);
    if (part("weight_scalar") != nullptr) return stored_as("mxfp8_hybrid", codes->shape());
    return of_scales(*codes, *scale);
}

}  // namespace lathe::quant
