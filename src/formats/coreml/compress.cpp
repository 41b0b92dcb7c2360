#include "formats/coreml/compress.h"

#include <algorithm>
#include <cmath>

#include "formats/coreml/palette.h"

namespace lathe::formats::coreml {
namespace {

Value file_value(DataType type, Tensor data) {
    return {.type = {.element = type, .shape = data.shape()}, .data = std::move(data), .in_file = true};
}

Value number_value(DataType type, Tensor data) {
    return {.type = {.element = type, .shape = data.shape()},
            .data = std::move(data),
            .in_file = data.count() >= 10};
}

// Rounded as it will be stored, so that codes fit what reads them.
float as_stored(double value, DataType wide) {
    const DType dtype = *info_of(wide)->dtype;
    return static_cast<float>(tensor_from_doubles(dtype, {}, std::vector<double>{value}).to_doubles()[0]);
}

std::vector<float> floats_of(const Tensor& data) {
    const Tensor plain = data.to(DType::kF32).to_contiguous();
    const auto values = plain.values<float>();
    return {values.begin(), values.end()};
}

// Which scale an element has: blocks of `block` along axis `inputs` and single ones along `channels`.
struct Blocks {
    Shape scales;  // sizes of the scales' tensor
    std::vector<size_t> of;  // for every element
};

Blocks blocks_of(const Shape& shape, int channels, int inputs, int64_t block) {
    Blocks blocks{.scales = Shape(shape.size(), 1)};
    blocks.scales[static_cast<size_t>(channels)] = shape[static_cast<size_t>(channels)];
    if (block > 0) blocks.scales[static_cast<size_t>(inputs)] = shape[static_cast<size_t>(inputs)] / block;
    const Shape strides = row_major_strides(shape), steps = row_major_strides(blocks.scales);
    const auto count = static_cast<size_t>(element_count(shape));
    blocks.of.resize(count);
    for (size_t i = 0; i < count; ++i) {
        int64_t place = 0;
        for (size_t axis = 0; axis < shape.size(); ++axis) {
            const int64_t at = static_cast<int64_t>(i) / strides[axis] % shape[axis];
            place += at * blocks.scales[axis] / shape[axis] * steps[axis];
        }
        blocks.of[i] = static_cast<size_t>(place);
    }
    return blocks;
}

struct Codes {
    std::vector<int64_t> codes;
    std::vector<double> scales;
};

Codes symmetric_codes(std::span<const float> values, const Blocks& blocks, int64_t largest, DataType wide) {
    Codes result;
    result.scales.assign(static_cast<size_t>(element_count(blocks.scales)), 0);
    for (size_t i = 0; i < values.size(); ++i) {
        double& most = result.scales[blocks.of[i]];
        most = std::max(most, static_cast<double>(std::fabs(values[i])));
    }
    for (double& scale : result.scales)
        scale = static_cast<double>(as_stored(scale / static_cast<double>(largest), wide));
    for (size_t i = 0; i < values.size(); ++i) {
        const double scale = result.scales[blocks.of[i]];
        const double code = scale == 0 ? 0 : std::nearbyint(static_cast<double>(values[i]) / scale);
        result.codes.push_back(static_cast<int64_t>(
            std::clamp(code, -static_cast<double>(largest), static_cast<double>(largest))));
    }
    return result;
}

Operation linear_int8(const Tensor& data, DataType wide, int channels) {
    const Blocks blocks = blocks_of(data.shape(), channels, channels, 0);
    const Codes codes = symmetric_codes(floats_of(data), blocks, 127, wide);
    const Shape one_each{data.dim(channels)};
    Operation operation{.type = "constexpr_affine_dequantize"};
    auto& a = operation.attributes;
    a.emplace_back("axis", number_value(DataType::kI32,
                                        tensor_from_ints(DType::kI32, {}, std::vector<int64_t>{channels})));
    a.emplace_back("quantized_data",
                   file_value(DataType::kI8, tensor_from_ints(DType::kI8, data.shape(), codes.codes)));
    a.emplace_back("scale",
                   number_value(wide, tensor_from_doubles(*info_of(wide)->dtype, one_each, codes.scales)));
    a.emplace_back("zero_point", number_value(DataType::kI8, Tensor::filled(DType::kI8, {}, 0)));
    return operation;
}

// The largest block up to the wanted one that divides the width, where it is not much smaller; else all of it.
int64_t fitting_block(int64_t width, int64_t wanted) {
    for (int64_t block = std::min(wanted, width); block * 4 >= wanted; --block)
        if (block > 0 && width % block == 0) return block;
    return width;
}

Operation block_int4(const Tensor& data, DataType wide, int channels, int inputs, int64_t block) {
    const Blocks blocks = blocks_of(data.shape(), channels, inputs, fitting_block(data.dim(inputs), block));
    const Codes codes = symmetric_codes(floats_of(data), blocks, 7, wide);
    Operation operation{.type = "constexpr_blockwise_shift_scale"};
    const auto add = [&](std::string name, Value value) {
        operation.inputs.push_back({std::move(name), {{.value = std::move(value)}}});
    };
    add("data", file_value(DataType::kI4, tensor_from_ints(DType::kI4, data.shape(), codes.codes)));
    add("scale", number_value(wide, tensor_from_doubles(*info_of(wide)->dtype, blocks.scales, codes.scales)));
    return operation;
}

Operation palette(const Tensor& data, DataType wide, int bits) {
    const std::vector<float> values = floats_of(data);
    const size_t count = size_t{1} << bits;
    std::vector<float> table = find_palette(values, count);
    for (float& number : table) number = as_stored(static_cast<double>(number), wide);
    const std::vector<uint8_t> indices = palette_indices(values, table);
    table.resize(count, table.back());
    const std::vector<uint8_t> packed = pack_bits(indices, bits);
    const Shape sizes{data.rank()};
    Operation operation{.type = "constexpr_lut_to_dense"};
    auto& a = operation.attributes;
    a.emplace_back("indices", file_value(DataType::kU8,
                                         Tensor::of<uint8_t>({static_cast<int64_t>(packed.size())}, packed)));
    a.emplace_back("lut", file_value(wide, Tensor::of<float>({static_cast<int64_t>(count)}, table)));
    a.emplace_back("shape", number_value(DataType::kU32, tensor_from_ints(DType::kU32, sizes, data.shape())));
    return operation;
}

}  // namespace

std::optional<Operation> compress(const Tensor& data, DataType wide, Weights weights, int channels,
                                  int inputs, int64_t block) {
    if (data.count() < kSmallestCompressed || first_non_finite(data) >= 0) return std::nullopt;
    if (wide == DataType::kF16 && first_non_finite(data.to(DType::kF16)) >= 0) return std::nullopt;
    switch (weights) {
        case Weights::kPlain: return std::nullopt;
        case Weights::kI8: return linear_int8(data, wide, channels);
        case Weights::kI4: return block_int4(data, wide, channels, inputs, block);
        case Weights::kPalette8: return palette(data, wide, 8);
        case Weights::kPalette6: return palette(data, wide, 6);
        case Weights::kPalette4: return palette(data, wide, 4);
    }
    return std::nullopt;
}

}  // namespace lathe::formats::coreml
