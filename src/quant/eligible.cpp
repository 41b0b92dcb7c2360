#include "quant/eligible.h"

#include <algorithm>

#include "base/format.h"

namespace lathe::quant {
namespace {

// Blocks below which convert_to_quant's heuristics leave a layer alone.
int64_t heuristic_block(const LayerSpec& spec) {
    if (spec.scheme->block != 0) return spec.scheme->block;
    if (spec.scaling == Scaling::kBlock) return spec.block_size;
    return spec.scheme->element == Element::kI8 ? 128 : 64;
}

}  // namespace

std::string not_a_layer(const TensorInfo& tensor) {
    if (tensor.name.ends_with(".bias") || tensor.name == "bias") return "bias";
    if (!tensor.name.ends_with(".weight")) return "no weight of a layer";
    if (!is_float(tensor.dtype)) return format("{} elements", name_of(tensor.dtype));
    if (!checked_element_count(tensor.shape)) return "its size is beyond any memory";
    switch (tensor.shape.size()) {
        case 0: return "a single number";
        case 1: return "a vector";
        case 2: return {};
        case 3: return "3 dimensions: a bank of experts or a convolution over a line";
        case 4: return "4 dimensions: a convolution over an area";
        case 5: return "5 dimensions: a convolution over a volume";
        default: return format("{} dimensions, not the 2 of a matrix", tensor.shape.size());
    }
}

std::string heuristic_reason(const LayerSpec& spec, const Shape& shape) {
    const int64_t block = heuristic_block(spec), smaller = std::min(shape[0], shape[1]);
    if (smaller < block) return format("heuristics: {} is less than {}", smaller, block);
    for (const int64_t size : shape)
        if (size % block != 0) return format("heuristics: {} is no multiple of {}", size, block);
    return {};
}

bool changes_shape(const LayerSpec& spec, const TensorInfo& tensor) {
    return parts_of(spec, tensor.shape, tensor.dtype).front().shape != tensor.shape;
}

// Why a loader would not take the format in a layer of this class.
std::string not_for_class(const NameClass& name_class, const LayerSpec& spec, const TensorInfo& tensor) {
    const Element element = spec.scheme->element;
    const bool simple = spec.scheme->scale == ScaleCode::kF32 && element != Element::kI4 && core_loads(spec);
    if (name_class.lookup && !simple) return format("{} is no format for tables", spec.scheme->name);
    if (changes_shape(spec, tensor))
        return format("{} would change the sizes that loaders read", spec.scheme->name);
    return {};
}

Fit fit(LayerSpec spec, const TensorInfo& tensor) {
    Fit out;
    const int64_t columns = tensor.shape[1];
    if (spec.rotation != 0 && !spec.scheme->always_rotated && columns % spec.rotation != 0) {
        out.note = format("not rotated: {} columns are no multiple of {}", columns, spec.rotation);
        spec.rotation = 0;
    }
    out.misfit = misfit(spec, tensor.shape, tensor.dtype).value_or("");
    out.spec = std::move(spec);
    return out;
}

}  // namespace lathe::quant
