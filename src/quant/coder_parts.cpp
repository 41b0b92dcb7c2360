// LayerCoder's parts beside the codes, as they lie in files.
#include <cstring>

#include "base/check.h"
#include "quant/coder_state.h"

namespace lathe::quant {

std::vector<std::pair<Part, ByteSpan>> LayerCoder::side_parts() {
    State& s = *state_;
    const auto bytes = [](const auto& values) { return std::as_bytes(std::span(values)); };
    const auto one = [](const float& value) { return std::as_bytes(std::span(&value, 1)); };
    if (scaled_by_units(*spec_.scheme) && !s.nonzero) std::ranges::fill(s.scale, 1.0f);
    if (spec_.scheme->format == "hybrid_mxfp8") {
        const uint8_t largest = *std::ranges::max_element(s.codes);
        s.tensor_scale = spec_.tensor_scale != 0 ? spec_.tensor_scale
                         : largest == 0          ? 1
                                                 : power_of_two(largest);
    }
    std::vector<std::pair<Part, ByteSpan>> found;
    for (const Part& part : std::span(s.parts).subspan(1)) {
        ByteSpan content;
        if (part.suffix == "weight_scale_2" || part.suffix == "weight_scalar") content = one(s.tensor_scale);
        else if (part.suffix == "input_scale") content = one(s.input_scale);
        else if (part.suffix == "weight_codebook") content = bytes(s.codebook);
        else if (spec_.scheme->scale == ScaleCode::kStored) {
            const bool zeros = part.suffix == "weight_zeros";
            auto& halves = zeros ? s.stored_zero : s.stored_scale;
            const auto& floats = zeros ? s.zero : s.scale;
            halves.resize(floats.size());
            store_halves(part.dtype, floats.data(), floats.size(), halves.data());
            content = bytes(halves);
        } else if (part.dtype == DType::kF32) content = bytes(s.scale);
        else content = bytes(s.codes);
        CHECK(content.size() == static_cast<size_t>(bytes_of(part.dtype, element_count(part.shape))));
        found.emplace_back(part, content);
    }
    return found;
}

Result<LayerCoder> LayerCoder::from_parts(const LayerSpec& spec, const Shape& weight, DType stored,
                                          const std::function<const Tensor*(std::string_view)>& part) {
    LayerCoder coder(spec, weight, stored);
    State& s = *coder.state_;
    s.nonzero = true;
    for (const Part& expected : std::span(s.parts).subspan(1)) {
        if (expected.suffix == "input_scale" || expected.suffix == "weight_scalar") continue;
        const Tensor* tensor = part(expected.suffix);
        if (tensor == nullptr) return fail("'{}' is missing", expected.suffix);
        const int64_t count = element_count(expected.shape);
        if (tensor->count() != count || (bits_of(expected.dtype) == 8 && bits_of(tensor->dtype()) != 8))
            return fail("'{}' is {}, expected {} elements of {}", expected.suffix, describe(*tensor), count,
                        name_of(expected.dtype));
        const Tensor plain = tensor->to_contiguous();
        if (bits_of(expected.dtype) == 8) {
            std::memcpy(s.codes.data(), plain.bytes().data(), s.codes.size());
            continue;
        }
        if (!is_float(plain.dtype()))
            return fail("'{}' is {}, expected numbers", expected.suffix, describe(*tensor));
        std::vector<float> values(static_cast<size_t>(count));
        decode_floats(plain.dtype(), plain.bytes(), values);
        if (expected.suffix == "weight_scale_2") s.tensor_scale = values[0];
        else if (expected.suffix == "weight_codebook") std::ranges::copy(values, s.codebook.begin());
        else if (expected.suffix == "weight_zeros") s.zero = std::move(values);
        else s.scale = std::move(values);
    }
    return coder;
}

}  // namespace lathe::quant
