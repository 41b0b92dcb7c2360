// Whether a tensor can take a format; if not, why, in words. An empty reason: it can.
#pragma once
#include <string>

#include "quant/name_classes.h"
#include "quant/select.h"

namespace lathe::quant {

std::string not_a_layer(const TensorInfo& tensor);  // "bias", "a vector", "i64 elements"

struct Fit {
    LayerSpec spec;
    std::string note;  // what was changed to make it fit
    std::string misfit;
};
// The spec for this layer. An int8 layer whose columns the rotation does not divide is not rotated.
Fit fit(LayerSpec spec, const TensorInfo& tensor);

// For a layer that fits.
bool changes_shape(const LayerSpec& spec, const TensorInfo& tensor);  // of X.weight, as loaders see it
// Why a loader would not take the format in a layer of this class.
std::string not_for_class(const NameClass& name_class, const LayerSpec& spec, const TensorInfo& tensor);
// The heuristics of convert_to_quant: a side below the block or no multiple of it.
std::string heuristic_reason(const LayerSpec& spec, const Shape& weight);

}  // namespace lathe::quant
