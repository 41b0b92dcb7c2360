#include "quant/scheme.h"

#include <algorithm>
#include <array>

#include "base/format.h"

namespace lathe::quant {
namespace {

using enum Element;

constexpr Scheme kSchemes[] = {
    {"fp8_e4m3", "float8_e4m3fn", kF8E4M3, ScaleCode::kF32, 0, 1, false, Rounding::kNearest,
     "8-bit floats of 3 mantissa bits, scaled by tensor, row or tile"},
    {"fp8_e5m2", "float8_e5m2", kF8E5M2, ScaleCode::kF32, 0, 1, false, Rounding::kNearest,
     "8-bit floats of 2 mantissa bits, scaled by tensor, row or tile"},
    {"int8", "int8_tensorwise", kI8, ScaleCode::kF32, 0, 1, false, Rounding::kNearest,
     "8-bit integers, scaled by row, tensor or tile; --convrot rotates the columns"},
    {"nvfp4", "nvfp4", kF4E2M1, ScaleCode::kF8E4M3, 16, 16, false, Rounding::kSweep,
     "4-bit floats in blocks of 16 with 8-bit scales"},
    {"mxfp8", "mxfp8", kF8E4M3, ScaleCode::kE8M0, 32, 32, false, Rounding::kNearest,
     "8-bit floats in blocks of 32 with powers of two as scales"},
    {"mxfp8_hybrid", "hybrid_mxfp8", kF8E4M3, ScaleCode::kE8M0, 32, 32, false, Rounding::kNearest,
     "mxfp8 and one scale for the whole tensor"},
    {"convrot_w4a4", "convrot_w4a4", kI4, ScaleCode::kF32, 0, 1, true, Rounding::kSweep,
     "4-bit integers by row, columns rotated, activations in 4 or 8 bits"},
    {"asym_w4a8_int8", "asym_w4a8_int8", kBook4, ScaleCode::kRowF8E4M3, 16, 1, true, Rounding::kNearest,
     "4-bit codebook in blocks of 16, columns rotated, activations in 8 bits"},
    {"awq_w4a16", "awq_w4a16", kU4, ScaleCode::kStored, 64, 1, false, Rounding::kSweep,
     "4-bit integers in groups of 64 with zero points, activations in 16 bits"},
};

constexpr std::array<std::string_view, 3> kScalings = {"tensor", "row", "block"};
constexpr std::array<std::string_view, 6> kRoundings = {"nearest", "sweep", "svd", "adaround", "gptq", "awq"};

template <class Enum, size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

bool is_power_of_4(int64_t value) {
    while (value > 1 && value % 4 == 0) value /= 4;
    return value == 1;
}

bool is_fp8(const LayerSpec& spec) {
    return spec.scheme->scale == ScaleCode::kF32 &&
           (spec.scheme->element == kF8E4M3 || spec.scheme->element == kF8E5M2);
}
bool is_int8(const LayerSpec& spec) { return spec.scheme->element == kI8; }
bool in_tiles(const LayerSpec& spec) { return spec.scheme->block == 0 && spec.scaling == Scaling::kBlock; }

std::optional<std::string> misfit_of_rotation(const LayerSpec& spec, int64_t columns) {
    const int64_t group = spec.rotation;
    if (group == 0) return std::nullopt;
    if (group < 4 || !is_power_of_4(group))
        return format("rotation groups are powers of 4 from 4 on, not {}", group);
    if (spec.scheme->element == kI4 && group != 16 && group != 64 && group != 256)
        return format("{} rotates groups of 16, 64 or 256, not {}", spec.scheme->name, group);
    if (columns % group != 0)
        return format("{} columns are no multiple of the rotation's {}", columns, group);
    return std::nullopt;
}

std::string_view torch_name(DType dtype) {
    switch (dtype) {
        case DType::kF64: return "torch.float64";
        case DType::kF16: return "torch.float16";
        case DType::kBF16: return "torch.bfloat16";
        default: return "torch.float32";
    }
}

}  // namespace

std::span<const Scheme> schemes() { return kSchemes; }

const Scheme* scheme_named(std::string_view name) {
    const auto found = std::ranges::find(kSchemes, name, &Scheme::name);
    return found == std::end(kSchemes) ? nullptr : found;
}

std::string_view name_of(Scaling scaling) { return kScalings[static_cast<size_t>(scaling)]; }
std::optional<Scaling> scaling_named(std::string_view name) { return named<Scaling>(kScalings, name); }
std::string_view name_of(Rounding rounding) { return kRoundings[static_cast<size_t>(rounding)]; }
std::optional<Rounding> rounding_named(std::string_view name) { return named<Rounding>(kRoundings, name); }

bool sweeps(const LayerSpec& spec) {
    switch (spec.rounding) {
        case Rounding::kSweep: return true;
        case Rounding::kNearest:
        case Rounding::kSvd: return false;  // (as convert_to_quant has it)
        case Rounding::kAdaRound:
        case Rounding::kGptq:
        case Rounding::kAwq: break;
    }
    return spec.scheme->rounding == Rounding::kSweep;
}

Rounding default_rounding(const LayerSpec& spec) {
    return is_fp8(spec) && spec.scaling != Scaling::kTensor ? Rounding::kSweep : spec.scheme->rounding;
}

std::optional<std::string> misfit(const LayerSpec& spec, const Shape& weight, DType stored) {
    if (weight.size() != 2) return format("{} dimensions, not the 2 of a matrix", weight.size());
    const int64_t rows = weight[0], columns = weight[1];
    if (rows == 0 || columns == 0) return "it is empty";
    if (!is_float(stored)) return format("{} elements are no weights", name_of(stored));
    if (in_tiles(spec) && (rows % spec.block_size != 0 || columns % spec.block_size != 0))
        return format("{} x {} is no multiple of tiles of {}", rows, columns, spec.block_size);
    if (spec.rotation != 0 && !spec.scheme->always_rotated &&
        !(is_int8(spec) && spec.scaling == Scaling::kRow))
        return "only int8 scaled by row can be rotated";
    if (auto why = misfit_of_rotation(spec, columns)) return why;
    const int64_t step = spec.scheme->element == kI4 ? 64 : spec.scheme->element == kBook4 ? 16 : 1;
    if (columns % step != 0) return format("{} columns are no multiple of {}", columns, step);
    if (spec.scheme->element == kU4 && columns % spec.block_size != 0)
        return format("{} columns are no multiple of groups of {}", columns, spec.block_size);
    return std::nullopt;
}

std::string format_name(const LayerSpec& spec) {
    const std::string base(spec.scheme->format);
    if (is_fp8(spec) && spec.scaling == Scaling::kRow) return base + "_rowwise";
    if (is_fp8(spec) && spec.scaling == Scaling::kBlock) return base + "_blockwise";
    if (is_int8(spec) && spec.scaling == Scaling::kBlock) return "int8_blockwise";
    return base;
}

bool core_loads(const LayerSpec& spec) {
    if (is_fp8(spec)) return spec.scaling == Scaling::kTensor;
    if (is_int8(spec)) return spec.scaling != Scaling::kBlock;
    return spec.scheme->format != "hybrid_mxfp8";
}

std::vector<Part> parts_of(const LayerSpec& spec, const Shape& weight, DType stored) {
    const int64_t rows = weight[0], columns = weight[1];
    const int64_t pad = spec.scheme->pad, m = round_up(rows, pad), n = round_up(columns, pad);
    std::vector<Part> parts;
    const auto add = [&](std::string_view suffix, DType dtype, Shape shape) {
        parts.push_back({suffix, dtype, std::move(shape)});
    };
    const auto add_open_scale = [&](Shape by_row) {
        const int64_t size = spec.block_size;
        add("weight_scale", DType::kF32,
            spec.scaling == Scaling::kTensor ? Shape{}
            : spec.scaling == Scaling::kRow  ? std::move(by_row)
                                             : Shape{rows / size, columns / size});
    };
    const auto tiles = [&](int64_t block) { return Shape{round_up(m, 128), round_up(n / block, 4)}; };
    switch (spec.scheme->element) {
        case kF8E4M3:
        case kF8E5M2:
            add("weight", spec.scheme->element == kF8E4M3 ? DType::kF8E4M3 : DType::kF8E5M2, {m, n});
            if (spec.scheme->scale == ScaleCode::kE8M0) add("weight_scale", DType::kU8, tiles(32));
            else add_open_scale({rows});
            if (spec.scheme->format == "hybrid_mxfp8") add("weight_scalar", DType::kF32, {});
            break;
        case kI8:
            add("weight", DType::kI8, {m, n});
            add_open_scale({rows, 1});
            break;
        case kF4E2M1:
            add("weight", DType::kU8, {m, n / 2});
            add("weight_scale", DType::kF8E4M3, tiles(16));
            add("weight_scale_2", DType::kF32, {});
            break;
        case kI4:
            add("weight", DType::kI8, {m, n / 2});
            add("weight_scale", DType::kF32, {m});
            break;
        case kU4: {
            const DType scale = stored == DType::kF16 ? DType::kF16 : DType::kBF16;
            add("weight", DType::kI8, {m, n / 2});
            add("weight_scale", scale, {n / spec.block_size, m});
            add("weight_zeros", scale, {n / spec.block_size, m});
            break;
        }
        case kBook4:
            add("weight", DType::kI8, {m, n / 2});
            add("weight_s_rel", DType::kF8E4M3, {m, n / 16});
            add("weight_s_channel", DType::kF32, {m});
            add("weight_codebook", DType::kF32, {16});
            break;
    }
    if (spec.input_scale || (is_int8(spec) && spec.scaling == Scaling::kBlock))
        add("input_scale", DType::kF32, {});
    return parts;
}

std::string comfy_json(const LayerSpec& spec, const Shape& weight, DType stored) {
    std::string text = format("{{\"format\": \"{}\"", format_name(spec));
    const auto add = [&](std::string_view key, std::string_view value) {
        text += format(", \"{}\": {}", key, value);
    };
    const Element element = spec.scheme->element;
    const int block = spec.scheme->block;
    if (element == kU4) add("group_size", format("{}", spec.block_size));
    else if (block != 0) add("group_size", format("{}", block));
    else if (in_tiles(spec)) add("group_size", format("{}", spec.block_size));
    if (spec.full_precision_matmul) add("full_precision_matrix_mult", "true");
    if (spec.scheme->scale == ScaleCode::kE8M0 || spec.scheme->scale == ScaleCode::kF8E4M3) {
        add("orig_dtype", format("\"{}\"", torch_name(stored)));
        add("orig_shape", format("[{}, {}]", weight[0], weight[1]));
    }
    if (spec.rotation != 0) {
        if (element != kI4) add("convrot", "true");
        add("convrot_groupsize", format("{}", spec.rotation));
    }
    if (element == kI8 && spec.scaling == Scaling::kRow) add("per_row", "true");
    if (element == kI4 && spec.linear_dtype != "int4")
        add("linear_dtype", format("\"{}\"", spec.linear_dtype));
    return text + "}";
}

}  // namespace lathe::quant
